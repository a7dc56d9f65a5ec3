/**
 * The two drawings behind reports/sweep_chart.h.
 */
#ifndef REPORTS_SWEEP_CHART_PARTS_H
#define REPORTS_SWEEP_CHART_PARTS_H

#include "reports/chart_parts.h"
#include "sim/sweep.h"

/** What drawing needs at hand; all borrowed. */
struct sweep_drawing {
    const struct sweep *sweep;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
};

/** Fill in `area` and draw below a header that ends at `top`. */
void sweep_chart_line(struct sweep_drawing *drawing, double top);
void sweep_chart_field(struct sweep_drawing *drawing, double top);

/** The values of an axis below `area`, at `from` + i * `step`, as many as keep apart, and the
 *  key below them. */
void sweep_chart_values(const struct sweep_drawing *drawing, const struct sweep_axis *axis,
                        double from, double step);

#endif
