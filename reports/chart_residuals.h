/**
 * The chart of a calibration by one's own measurements: how far each figure lies from its forecast,
 * as shipped and as calibrated, in a row a quantity.
 */
#ifndef REPORTS_CHART_RESIDUALS_H
#define REPORTS_CHART_RESIDUALS_H

#include "reports/charts.h"
#include "sim/calibrate_user.h"

/** Draw it as SVG in both layouts and as PNG. chart_residuals_fini() frees it, whatever is
 *  returned. */
enum status chart_residuals_make(const struct calibrate_user *user, struct chart *chart,
                                 struct diagnostics *diagnostics) MUST_CHECK;
void chart_residuals_fini(struct chart *chart);

#endif
