/**
 * What one plan does differently from another, in words.
 */
#ifndef REPORTS_CHANGES_H
#define REPORTS_CHANGES_H

#include "sim/base/arena.h"
#include "sim/plan.h"

#include <stdbool.h>
#include <stddef.h>

/** More than a plan can differ in. */
#define CHANGES_MAX 64
#define CHANGE_OF_CLUSTER (-1)

struct change {
    const char *what; /**< `Tempo memory limit` */
    const char *from; /**< `1Gi` */
    const char *to;   /**< `1344Mi` */
    int component;    /**< enum component, or CHANGE_OF_CLUSTER */
};

/** Fill `changes` [CHANGES_MAX] with what `to` changes in `from`, nodes first; strings are taken
 *  from `arena`. Returns how many. `*failed` is set when memory ran out. */
size_t changes_list(struct arena *arena, const struct plan *from, const struct plan *to,
                    struct change *changes, bool *failed);

#endif
