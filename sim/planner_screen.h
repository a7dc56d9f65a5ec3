/**
 * Screening: demand simulated once a setting, and what a candidate's limits make of it.
 * Private to the planner.
 */
#ifndef SIM_PLANNER_SCREEN_H
#define SIM_PLANNER_SCREEN_H

#include "sim/engine_plan.h"
#include "sim/planner.h"

/** Settings that change demand: encodings x chunk ages, and block durations. */
#define PLANNER_LOKI_VARIANTS_MAX 12
#define PLANNER_TEMPO_VARIANTS_MAX 4

struct planner_loki_variant {
    enum loki_encoding encoding;
    double max_chunk_age_seconds;
};

struct planner_screen {
    struct planner_loki_variant loki[PLANNER_LOKI_VARIANTS_MAX];
    double block_seconds[PLANNER_TEMPO_VARIANTS_MAX]; /**< Tempo's max_block_duration */
    size_t loki_count, tempo_count;
    size_t replicas;
    struct engine_samples loki_samples[PLANNER_LOKI_VARIANTS_MAX];   /**< Loki's metrics count */
    struct engine_samples tempo_samples[PLANNER_TEMPO_VARIANTS_MAX]; /**< Tempo's metrics count */
    struct engine_heap_shape loki_heap[PLANNER_LOKI_VARIANTS_MAX];
    struct engine_heap_shape tempo_heap[PLANNER_TEMPO_VARIANTS_MAX];
    /** The same, each metric sorted: for quantiles. */
    struct engine_samples loki_sorted[PLANNER_LOKI_VARIANTS_MAX];
    struct engine_samples tempo_sorted[PLANNER_TEMPO_VARIANTS_MAX];
};

/** A candidate's plan and which demand it has. */
struct planner_candidate {
    struct plan plan;
    size_t loki, tempo; /**< variants */
    double usd_per_month;
    double miss;      /**< probability that any target but cost is missed, by look-up */
    bool passes;      /**< every target but cost holds, by look-up */
    unsigned changes; /**< settings that differ from the scenario's */
};

/** Simulate the demand of every variant, without limits. Arrays live in `arena`. */
enum status planner_screen_init(const struct planner_input *input, struct arena *arena,
                                struct planner_screen *screen,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** Quantile `p` of one metric of sorted samples. */
double planner_screen_quantile(const struct engine_samples *sorted, enum engine_metric metric,
                               double p);

/** Smallest limit, in whole steps, that kills at most `allowed` of replicas when GOMEMLIMIT is
 *  `goal_fraction` of it. */
double planner_screen_limit(const struct engine_samples *sorted, enum engine_metric free_peak,
                            const struct engine_heap_shape *shape, double goal_fraction,
                            double step_bytes, double allowed);

/** Smallest volume, in whole steps, that at most `allowed` of replicas fill. */
double planner_screen_volume(const struct engine_samples *sorted, enum engine_metric disk_gib,
                             enum engine_metric inodes, double step_bytes, double allowed);

/** Judge a settled candidate by look-up: sets `miss` and `passes`. `nodes` holds the constants of
 *  its nodes (engine_plan_nodes()). */
void planner_screen_judge(const struct planner_input *input, const struct planner_screen *screen,
                          const struct engine_plan *nodes, struct planner_candidate *candidate);

#endif
