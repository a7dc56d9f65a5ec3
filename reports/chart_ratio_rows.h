/**
 * A chart of measurements over their forecasts: a row a quantity, a point a measurement, a band
 * where nine in ten are expected.
 *
 * Knows nothing of where the figures come from. Thread safety: reentrant.
 */
#ifndef REPORTS_CHART_RATIO_ROWS_H
#define REPORTS_CHART_RATIO_ROWS_H

#include "reports/charts.h"

#include <stdbool.h>
#include <stddef.h>

struct chart_ratio_point {
    double logarithm; /**< ln(measured / predicted) */
    double other;     /**< the same by another forecast, drawn as a small grey ring; NaN: none */
    bool ring;        /**< a vermillion ring, which does not stretch the axis, not a blue dot */
};

struct chart_ratio_row {
    char title[48];                         /**< UTF-8 */
    double half_width;                      /**< of the band, in ln */
    const struct chart_ratio_point *points; /**< [count], borrowed; drawn one below the other */
    size_t count;
};

/** An empty chart, for who describes it. */
void chart_ratio_rows_init(struct chart *chart);

/** Draw as SVG in both layouts and as PNG, under the name, title, subtitle and description that
 *  `chart` has. STATUS_SYSTEM: memory is out. STATUS_INTERNAL: a figure is not finite, or libplot
 *  failed. */
enum status chart_ratio_rows_draw(const struct chart_ratio_row *rows, size_t count,
                                  struct chart *chart, struct diagnostics *diagnostics) MUST_CHECK;

void chart_ratio_rows_fini(struct chart *chart);

#endif
