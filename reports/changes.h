/**
 * What one plan does differently from another, in words.
 */
#ifndef REPORTS_CHANGES_H
#define REPORTS_CHANGES_H

#include "sim/base/arena.h"
#include "sim/plan.h"

#include <stddef.h>

#define CHANGE_OF_CLUSTER (-1)

struct change {
    const char *what; /**< `Tempo memory limit` */
    const char *from; /**< `1Gi` */
    const char *to;   /**< `1344Mi` */
    int component;    /**< enum component, or CHANGE_OF_CLUSTER */
};

/** What `to` changes in `from`, nodes first: `*count` changes that live in `arena`. NULL, and a
 *  count of 0, when memory ran out. */
const struct change *changes_list(struct arena *arena, const struct plan *from,
                                  const struct plan *to, size_t *count);

#endif
