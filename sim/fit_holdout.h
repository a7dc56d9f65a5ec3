/**
 * The shipped models held against runs that no fit has seen: models/data/holdout.csv.
 *
 * The runs lie outside the range of models/data/calibration on purpose. What is predicted of a run
 * is what its measurement is held against in the fits: memory, WAL and stored bytes of real time,
 * Loki's CPU at the run's own clock.
 *
 * Thread safety: reentrant; everything lives in the arena given.
 */
#ifndef SIM_FIT_HOLDOUT_H
#define SIM_FIT_HOLDOUT_H

#include "models/calibration.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum fit_holdout_figure {
    FIT_HOLDOUT_PEAK,
    FIT_HOLDOUT_MEAN,
    FIT_HOLDOUT_CPU,
    FIT_HOLDOUT_STORED, /**< Loki: chunks flushed in the run; Tempo: one completed block */
    FIT_HOLDOUT_WAL,    /**< the WAL's folder at its fullest */
    FIT_HOLDOUT_FIGURE_COUNT
};

struct fit_holdout_value {
    double measured, predicted;
    double width; /**< the 90 % interval is exp(width) either way */
};

enum fit_holdout_model { FIT_HOLDOUT_LOKI, FIT_HOLDOUT_TEMPO };

struct fit_holdout_row {
    const char *run;
    enum fit_holdout_model model;
    struct fit_holdout_value value[FIT_HOLDOUT_FIGURE_COUNT];
};

struct fit_holdout {
    const struct fit_holdout_row *rows; /**< [count], in the order of the table */
    size_t count;
};

/** Predict every run with `calibration`. */
enum status fit_holdout_predict(struct arena *arena, const struct calibration *calibration,
                                struct fit_holdout *holdout,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** Half of the 90 % interval of a figure of any run, in ln. */
double fit_holdout_width(const struct calibration *calibration, enum fit_holdout_model model,
                         enum fit_holdout_figure figure);

/** ln(measured / predicted). */
double fit_holdout_residual(const struct fit_holdout_value *value);

/** Whether the measurement lies within the 90 % interval. */
bool fit_holdout_is_inside(const struct fit_holdout_value *value);

/** Markdown for `make fidelity`: every figure of every run, as the shipped models predicted it. */
void fit_holdout_fidelity(const struct fit_holdout *holdout, struct text *markdown);

#endif
