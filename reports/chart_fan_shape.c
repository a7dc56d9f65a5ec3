#include "reports/chart_fan_shape.h"

#include <math.h>
#include <stdlib.h>

static const double longest_part_of_day = 0.25;

/** Days that become one point; 0 when every point stays. */
static double slot_days(const struct series *series, double days, size_t points_max) {
    if (series->points <= points_max || points_max == 0)
        return 0;
    double slot = days / (double)points_max;
    return slot > longest_part_of_day ? ceil(slot) : slot;
}

bool fan_shape_by_days(const struct series *series, double days, size_t points_max) {
    return slot_days(series, days, points_max) >= 1;
}

/** Put the points `first` to before `end` of the series behind the shape's points. */
static void merge(const struct series *series, size_t first, size_t end, struct fan_shape *shape) {
    size_t to = shape->points++;
    shape->day[to] = (series->day[first] + series->day[end - 1]) / 2;
    for (size_t q = 0; q < SERIES_QUANTILES; q++) {
        const double *from = series->quantile[q];
        double low = from[first], high = from[first], sum = 0;
        for (size_t i = first; i < end; i++) {
            low = fmin(low, from[i]);
            high = fmax(high, from[i]);
            sum += from[i];
        }
        const double merged[SERIES_QUANTILES] = {low, low, sum / (double)(end - first), high, high};
        shape->quantile[q][to] = merged[q];
    }
}

bool fan_shape_make(const struct series *series, double days, size_t points_max,
                    struct fan_shape *shape) {
    double *block = malloc((1 + SERIES_QUANTILES) * series->points * sizeof *block);
    *shape = (struct fan_shape){.day = block};
    if (!block)
        return false;
    for (size_t q = 0; q < SERIES_QUANTILES; q++)
        shape->quantile[q] = block + (1 + q) * series->points;
    double slot = slot_days(series, days, points_max);
    /* A short rest of the last slot goes to the slot before, not to a point of its own. */
    double last = series->day[series->points - 1] - slot / 2;
    for (size_t first = 0; first < series->points;) {
        size_t end = first + 1;
        double limit = slot > 0 ? (floor(series->day[first] / slot + 1e-9) + 1) * slot : 0;
        while (end < series->points &&
               (series->day[end] < limit * (1 - 1e-12) || (slot > 0 && limit > last)))
            end++;
        merge(series, first, end, shape);
        first = end;
    }
    /* The picture reaches from the first day to the last, not to the middle of a slot. */
    shape->day[0] = series->day[0];
    shape->day[shape->points - 1] = series->day[series->points - 1];
    return true;
}

void fan_shape_fini(struct fan_shape *shape) {
    free(shape->day);
    *shape = (struct fan_shape){0};
}
