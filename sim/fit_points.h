/**
 * The tables of `make fidelity` as rows of points, for a chart: what was measured of every run over
 * what a fit says that has not seen it, and the interval that the shipped models give.
 *
 * Thread safety: reentrant; everything lives in the arena given.
 */
#ifndef SIM_FIT_POINTS_H
#define SIM_FIT_POINTS_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/fit_fidelity.h"
#include "sim/fit_holdout.h"

#include <stdbool.h>
#include <stddef.h>

struct fit_point {
    const char *run;
    double logarithm; /**< ln(measured / predicted), finite */
    bool held_out;    /**< predicted by the shipped models, not by a fit that left it out */
};

/** One figure of one model. */
struct fit_points_row {
    enum fit_holdout_model model;
    enum fit_holdout_figure figure;
    double width;                   /**< the shipped 90 % interval is exp(width) either way */
    const struct fit_point *points; /**< [count]; runs held out come last */
    size_t count;
};

/** Peak and mean memory, CPU and stored bytes of Loki, then of Tempo. */
#define FIT_POINTS_ROWS 8

struct fit_points {
    struct fit_points_row rows[FIT_POINTS_ROWS];
};

/** A run that has no such figure, or that a figure rests on alone, has no point. Names of runs are
 *  borrowed from `fidelity`. */
enum status fit_points_collect(struct arena *arena, const struct fit_fidelity *fidelity,
                               struct fit_points *points,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
