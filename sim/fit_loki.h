/**
 * Fitting Loki's model to models/data/calibration/loki.csv.
 *
 * Thread safety: reentrant; scratch memory comes from the arena given.
 */
#ifndef SIM_FIT_LOKI_H
#define SIM_FIT_LOKI_H

#include "models/loki.h"
#include "sim/base/arena.h"
#include "sim/base/text.h"
#include "sim/calibrate.h"
#include "sim/fit_loki_groups.h"

/** Coefficients, standard errors and errors on runs left out. */
enum status fit_loki(struct arena *arena, struct loki_model *model,
                     struct diagnostics *diagnostics) MUST_CHECK;

/** fit_loki() on runs that are at hand. */
enum status fit_loki_runs(const struct loki_runs *runs, struct loki_model *model,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** ln(measured / predicted) of runs that were left out of the fit that predicts them. */
struct fit_loki_residuals {
    const struct loki_run *runs[CALIBRATE_ROWS_MAX];
    double logarithm[CALIBRATE_ROWS_MAX]; /**< NaN for a run that alone shows a coefficient */
    size_t count;
};

/** Leave-one-out of one group, its coefficients refitted each time, others as in `model`. */
enum status fit_loki_left_out(const struct loki_model *model, const struct loki_runs *runs,
                              enum loki_group_name name, struct fit_loki_residuals *residuals,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** What the fits make of the runs, and the figures of each plain run, left out of the fit that
 *  predicts it. Large; residuals point into `runs`. */
struct fit_loki_left_out {
    struct loki_runs runs;
    struct loki_model model;
    struct fit_loki_residuals peak, mean, cpu;
    struct fit_loki_residuals stored; /**< of the runs of `peak`; nothing is fitted to it */
};

/** Read the runs, fit them, leave each out. */
enum status fit_loki_leave_out(struct arena *arena, struct fit_loki_left_out *left_out,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** The Markdown table of runs for `make fidelity`. */
void fit_loki_fidelity(const struct fit_loki_left_out *out, struct text *markdown);

#endif
