/**
 * From a plan's replicas to its outcome: quantiles, probabilities, targets and the sentences that
 * explain them.
 *
 * outcome_simulate() does it all, in memory that does not grow with the replicas: round by round
 * they are counted (sim/tally.h) and forgotten. Above ENGINE_ROUND_REPLICAS quantiles are then off
 * by up to 0.025 %; counts, and so probabilities and verdicts of them, are exact for any number.
 */
#ifndef SIM_OUTCOME_H
#define SIM_OUTCOME_H

#include "sim/engine.h"
#include "sim/result.h"
#include "sim/tally.h"

struct outcome_context {
    const struct scenario *scenario;
    const struct price_table *prices;
    double baseline_usd_per_month; /**< the managed baseline that savings are measured against */
    struct arena *arena;           /**< owns every string of the outcomes */
    /** For what Loki's memory is taken by; NULL: that is not said. */
    const struct calibration *calibration;
};

/** An outcome under way. */
struct outcome_draft {
    const struct outcome_context *context;
    struct plan_outcome *outcome;
    struct tally tally; /**< to be told of every replica, tally_fold(), between begin and end */
};

/** Begin the outcome of `plan`: its bill, and what its replicas will be held against. `one_round`
 *  and `scratch` as in tally_init(). outcome_drop() afterwards, also on failure. */
enum status outcome_begin(const struct outcome_context *context, const struct plan *plan,
                          const char *label, bool one_round, struct arena *scratch,
                          struct plan_outcome *outcome, struct outcome_draft *draft,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** Finish it. */
enum status outcome_end(struct outcome_draft *draft, struct diagnostics *diagnostics) MUST_CHECK;

void outcome_drop(struct outcome_draft *draft);

/** Make the outcome of `plan` from all its samples. Their order within each metric is kept. */
enum status outcome_make(const struct outcome_context *context, const struct plan *plan,
                         const struct engine_samples *samples, const char *label,
                         struct plan_outcome *outcome, struct diagnostics *diagnostics) MUST_CHECK;

/** Plans to be simulated together. */
struct outcome_plans {
    const struct plan *plans;
    const char *const *labels;
    size_t count;                   /**< <= ENGINE_PLANS_MAX */
    struct engine_samples *samples; /**< [count]; of them the bands are kept, in `scratch` */
};

/** Simulate plans and make their outcomes. engine->fold is not looked at. In outcome_simulate.c. */
enum status outcome_simulate(const struct engine_input *engine,
                             const struct outcome_context *context,
                             const struct outcome_plans *plans, struct arena *scratch,
                             struct plan_outcome *const *outcomes,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** Bands along time from the samples' series; returns how many were written (<= RESULT_SERIES_MAX).
 */
enum status outcome_series(const struct plan *plan, const struct engine_samples *samples,
                           struct arena *arena, struct series *series, size_t *count,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Judge the targets of an outcome that has its quantiles and probabilities: fills targets, holds
 * and binding. In outcome_targets.c. */
enum status outcome_judge(struct outcome_draft *draft, struct diagnostics *diagnostics) MUST_CHECK;

#endif
