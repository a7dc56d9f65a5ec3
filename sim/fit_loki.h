/**
 * Fitting Loki's model to models/data/calibration/loki.csv.
 */
#ifndef SIM_FIT_LOKI_H
#define SIM_FIT_LOKI_H

#include "models/loki.h"
#include "sim/base/arena.h"
#include "sim/base/text.h"

/** Coefficients, standard errors and errors on runs left out. Scratch from `arena`. */
enum status fit_loki(struct arena *arena, struct loki_model *model,
                     struct diagnostics *diagnostics) MUST_CHECK;

/** The Markdown table of runs for `make fidelity`. */
enum status fit_loki_fidelity(struct arena *arena, struct text *markdown,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
