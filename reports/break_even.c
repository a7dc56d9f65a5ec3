#include "reports/break_even.h"

#include <math.h>

/** A result that was not searched has its points zeroed, so the last names the wrong service. */
static bool is_known(const struct result *result) {
    return result->break_even[MANAGED_COUNT - 1].service == MANAGED_COUNT - 1;
}

/** The multiple of the load from which the service is the dearer one. */
static double dearer_from(const struct break_even *point) {
    if (point->found)
        return point->multiple;
    return point->managed_cheaper ? INFINITY : 0;
}

void break_even_collect(const struct result *result, struct break_even_list *list) {
    list->count = 0;
    for (size_t i = 0; i < MANAGED_COUNT && is_known(result); i++) {
        const struct break_even *point = &result->break_even[i];
        if (result->managed[point->service].bill.count == 0)
            continue;
        size_t at = list->count++;
        for (; at > 0 && dearer_from(list->points[at - 1]) > dearer_from(point); at--)
            list->points[at] = list->points[at - 1];
        list->points[at] = point;
    }
}

bool break_even_is_dearer(const struct break_even *point) {
    return dearer_from(point) < 1;
}

const struct plan_outcome *break_even_plan(const struct result *result) {
    return result->best ? result->best : result->as_written;
}
