/**
 * Fitting Tempo's model to models/data/calibration/tempo.csv and tempo_blocks.csv.
 *
 * Figures of the idle run and of runs made once (searches, GOMEMLIMIT, restart) are taken as they
 * are; the rest is fitted in parts, each with few coefficients: heap between blocks; peaks of runs
 * together with single completions; mean memory; stored bytes; WAL; CPU.
 */
#ifndef SIM_FIT_TEMPO_H
#define SIM_FIT_TEMPO_H

#include "models/tempo.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/tempo_runs.h"

#include <stddef.h>

/** Coefficients, standard errors and errors on runs left out. Scratch from `arena`. */
enum status fit_tempo(struct arena *arena, struct tempo_model *model,
                      struct diagnostics *diagnostics) MUST_CHECK;

#define FIT_TEMPO_RUNS_MAX 32

/** ln(measured / predicted) of plain runs, each left out of the fit that predicts it; NaN where a
 *  run has no such figure. Names are borrowed from the arena. */
struct fit_tempo_left_out {
    struct tempo_runs runs;
    struct tempo_model model; /**< fitted to all of them */
    size_t count;
    const char *run[FIT_TEMPO_RUNS_MAX];
    double memory_peak[FIT_TEMPO_RUNS_MAX];
    double memory_mean[FIT_TEMPO_RUNS_MAX];
    double cpu[FIT_TEMPO_RUNS_MAX];
    double wal_peak[FIT_TEMPO_RUNS_MAX];
    double block_bytes[FIT_TEMPO_RUNS_MAX];
};

/** Read the runs, fit them, leave each out. */
enum status fit_tempo_leave_out(struct arena *arena, struct fit_tempo_left_out *left_out,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** The Markdown table of runs for `make fidelity`. */
void fit_tempo_fidelity(const struct fit_tempo_left_out *out, struct text *markdown);

#endif
