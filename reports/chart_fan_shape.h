/**
 * A series thinned to what a picture can show: one point for every few pixels.
 *
 * Private to reports/chart*.c. Thread safety: reentrant.
 */
#ifndef REPORTS_CHART_FAN_SHAPE_H
#define REPORTS_CHART_FAN_SHAPE_H

#include "sim/result.h"

#include <stdbool.h>
#include <stddef.h>

struct fan_shape {
    size_t points;
    double *day;                        /**< [points], owned; the block the rest lies in */
    double *quantile[SERIES_QUANTILES]; /**< [points] each */
};

/**
 * Thin `series` (of at least one point) over `days` days to at most about `points_max` points.
 *
 * Points that share a slot become one: upper quantiles take the slot's highest, lower ones its
 * lowest, so that no peak gets lost, and the median its mean. Slots longer than a few hours are
 * made whole days, lest the daily rhythm beats with them. False when memory is out; `shape` is
 * owned by the caller either way.
 */
bool fan_shape_make(const struct series *series, double days, size_t points_max,
                    struct fan_shape *shape);

/** Does fan_shape_make() merge whole days, so that a band reaches from a day's lowest to its
 * highest?
 */
bool fan_shape_by_days(const struct series *series, double days, size_t points_max);

void fan_shape_fini(struct fan_shape *shape);

#endif
