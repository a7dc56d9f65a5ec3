/**
 * The break-even points of a result, as tables and charts show them.
 *
 * Pure; thread-safe.
 */
#ifndef REPORTS_BREAK_EVEN_H
#define REPORTS_BREAK_EVEN_H

#include "sim/result.h"

#include <stdbool.h>
#include <stddef.h>

struct break_even_list {
    const struct break_even *points[MANAGED_COUNT]; /**< borrowed from the result */
    size_t count;
};

/** The points by rising load: services that are dearer at any load first, those that are cheaper at
 *  any load last. Empty for a result without a search, which has none. */
void break_even_collect(const struct result *result, struct break_even_list *list);

/** Does the service cost more than the plan at the scenario's own load? */
bool break_even_is_dearer(const struct break_even *point);

/** What the points are held against: the best plan or, without one, the stack as written. */
const struct plan_outcome *break_even_plan(const struct result *result);

#endif
