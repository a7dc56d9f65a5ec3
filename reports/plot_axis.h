/**
 * What a chart needs around its marks: ticks, scales, wrapped texts, labels that keep apart.
 *
 * Pure but for what they are given; thread-safe.
 */
#ifndef REPORTS_PLOT_AXIS_H
#define REPORTS_PLOT_AXIS_H

#include "reports/plot.h"

#include <stdbool.h>
#include <stddef.h>

/** Round values at equal steps of 1, 2 or 5 times a power of ten. */
struct plot_ticks {
    double first, step;
    size_t count;
    int decimals; /**< that the values need */
};

/** Ticks that reach from `low` or below to `high` or above in at most `intervals` (>= 1) steps.
 *  An empty or senseless range becomes one around it. */
struct plot_ticks plot_ticks_outside(double low, double high, size_t intervals);

/** The same steps, but only ticks that lie within the range: for an axis that ends at `high`. */
struct plot_ticks plot_ticks_inside(double low, double high, size_t intervals);

double plot_tick(const struct plot_ticks *ticks, size_t index);
double plot_tick_last(const struct plot_ticks *ticks);

/** A linear map from values to pixels. */
struct plot_scale {
    double low, high; /**< values, low < high */
    double from, to;  /**< their pixels */
};

/** Pixel of a value; values outside the range are drawn at its end. */
double plot_scale_at(const struct plot_scale *scale, double value);

/**
 * Move `positions` as little as possible (least squares) so that neighbours are at least `gap`
 * apart, then into `low`..`high` as far as they fit. They must come in rising order.
 */
void plot_spread(double *positions, size_t count, double gap, double low, double high);

#define PLOT_LINES_MAX 6
#define PLOT_LINE_BYTES 256

/** Break a text at spaces into lines of at most `width` pixels (a longer word stands alone; `%`
 *  stays with its number). Returns the number of lines; what exceeds PLOT_LINES_MAX is cut. */
size_t plot_wrap(struct plot *plot, const char *utf8, double size, bool bold, double width,
                 char lines[PLOT_LINES_MAX][PLOT_LINE_BYTES]);

#endif
