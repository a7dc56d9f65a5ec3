/**
 * How far the models are from what was measured: every run predicted by a fit that left it out, and
 * the runs that no fit has seen predicted by the shipped models. Fitting takes the time, so it is
 * done once here; the table of `make fidelity` and its chart (sim/fit_points.h) only read.
 *
 * Thread safety: reentrant; everything pointed to lives in the arena given.
 */
#ifndef SIM_FIT_FIDELITY_H
#define SIM_FIT_FIDELITY_H

#include "models/calibration.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/fit_holdout.h"
#include "sim/fit_loki.h"
#include "sim/fit_tempo.h"

struct fit_fidelity {
    struct calibration shipped;
    struct fit_holdout holdout;    /**< predicted by `shipped` */
    struct fit_loki_left_out loki; /**< fitted anew */
    struct fit_tempo_left_out tempo;
};

/** Fit Loki and Tempo anew, each run left out once, and predict the runs held out. */
enum status fit_fidelity_read(struct arena *arena, struct fit_fidelity *fidelity,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** The tables of `make fidelity` as Markdown: Loki's runs, Tempo's, those held out. */
void fit_fidelity_write(const struct fit_fidelity *fidelity, struct text *markdown);

#endif
