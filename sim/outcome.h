/**
 * From a plan's samples to its outcome: quantiles, probabilities, targets and the sentences that
 * explain them.
 */
#ifndef SIM_OUTCOME_H
#define SIM_OUTCOME_H

#include "sim/engine.h"
#include "sim/result.h"

struct outcome_context {
    const struct scenario *scenario;
    const struct price_table *prices;
    double baseline_usd_per_month; /**< the managed baseline that savings are measured against */
    struct arena *arena;           /**< owns every string of the outcomes */
};

/** Make the outcome of `plan`. The samples' order within each metric is kept. */
enum status outcome_make(const struct outcome_context *context, const struct plan *plan,
                         const struct engine_samples *samples, const char *label,
                         struct plan_outcome *outcome, struct diagnostics *diagnostics) MUST_CHECK;

/** Bands along time from the samples' series; returns how many were written (<= RESULT_SERIES_MAX). */
enum status outcome_series(const struct plan *plan, const struct engine_samples *samples,
                           struct arena *arena, struct series *series, size_t *count,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Judge the targets of a finished outcome: fills targets, holds and binding. In outcome_targets.c. */
enum status outcome_judge(const struct outcome_context *context,
                          const struct engine_samples *samples, struct plan_outcome *outcome,
                          struct diagnostics *diagnostics) MUST_CHECK;

#endif
