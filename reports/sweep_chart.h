/**
 * The chart of a sweep: cost along the one key that varies, or a field of costs over two.
 */
#ifndef REPORTS_SWEEP_CHART_H
#define REPORTS_SWEEP_CHART_H

#include "reports/charts.h"
#include "sim/sweep.h"

/** Is there one to draw: one or two keys, with not too many values to show? */
bool sweep_chart_wanted(const struct sweep *sweep);

/** Draw it as SVG in both layouts (no PNG). sweep_chart_fini() frees it, whatever is returned. */
enum status sweep_chart_make(const struct sweep *sweep, struct chart *chart,
                             struct diagnostics *diagnostics) MUST_CHECK;
void sweep_chart_fini(struct chart *chart);

#endif
