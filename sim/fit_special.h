/**
 * Runs that coefficients of their own rest on (queries, GOMEMLIMIT, restarts), in the table of
 * `make fidelity`: predicted by the full fit, not left out of it.
 *
 * Private to sim/fit_*.c. Pure but for the text.
 */
#ifndef SIM_FIT_SPECIAL_H
#define SIM_FIT_SPECIAL_H

#include "sim/base/text.h"

enum fit_special_unit { FIT_SPECIAL_BYTES, FIT_SPECIAL_CORES, FIT_SPECIAL_SECONDS };

/** The sentence before the table, and its heading. */
void fit_special_begin(struct text *markdown);

/** One figure of one run. */
void fit_special_row(struct text *markdown, const char *run, const char *figure,
                     enum fit_special_unit unit, double measured, double predicted);

#endif
