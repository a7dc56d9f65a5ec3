/**
 * The chart of the shipped models' fidelity: how far every run of models/data lies from the
 * forecast of a fit that has not seen it, a row a figure.
 */
#ifndef REPORTS_CHART_FIDELITY_H
#define REPORTS_CHART_FIDELITY_H

#include "reports/charts.h"
#include "sim/fit_points.h"

/** Draw it as SVG in both layouts and as PNG. chart_fidelity_fini() frees it, whatever is
 *  returned. */
enum status chart_fidelity_make(const struct fit_points *points, struct chart *chart,
                                struct diagnostics *diagnostics) MUST_CHECK;
void chart_fidelity_fini(struct chart *chart);

#endif
