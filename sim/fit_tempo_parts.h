/**
 * The parts that Tempo's fit is made of, each a few coefficients and the figures they answer for.
 * Private to sim/fit_tempo*.c.
 */
#ifndef SIM_FIT_TEMPO_PARTS_H
#define SIM_FIT_TEMPO_PARTS_H

#include "models/tempo.h"
#include "sim/base/status.h"
#include "sim/tempo_runs.h"

#include <stddef.h>

/** In the order in which they are fitted: later ones build on earlier ones. */
enum tempo_part {
    TEMPO_PART_BASE, /**< heap between blocks */
    TEMPO_PART_PEAK, /**< peaks of runs together with single completions */
    TEMPO_PART_MEAN,
    TEMPO_PART_STORED,
    TEMPO_PART_WAL,
    TEMPO_PART_CPU,
    TEMPO_PART_COUNT
};

/** Set every coefficient that is fitted to where its fit begins. */
void fit_tempo_start(struct tempo_model *model);

/** Fit the coefficients of one part; the others stay as `model` has them. */
enum status fit_tempo_part(const struct tempo_runs *runs, enum tempo_part which,
                           struct tempo_model *model, struct diagnostics *diagnostics) MUST_CHECK;

/** `residual[i]` = ln(measured / predicted) of the run `names[i]`, [count], from a fit of the part
 *  to everything that was not measured in that run; NaN when the run has no such figure. */
enum status fit_tempo_leave_out_part(const struct tempo_runs *runs, enum tempo_part which,
                                     const struct tempo_model *model, const char *const *names,
                                     size_t count, double *residual,
                                     struct diagnostics *diagnostics) MUST_CHECK;

#endif
