/**
 * One block of replicas of one plan, moved through time step by step. Private to the engine.
 *
 * Arrays are [WORKLOAD_LANES], one element a replica, in single precision: a block's state stays in
 * the first-level cache. Long sums are kept in two levels (bucket, total) so that they do not
 * swallow their addends.
 */
#ifndef SIM_ENGINE_STEP_H
#define SIM_ENGINE_STEP_H

#include "sim/engine.h"
#include "sim/engine_plan.h"

#include <gsl/gsl_rng.h>

#define LANES WORKLOAD_LANES

/** What is uncertain about one installation, drawn once a replica: factors around 1. */
struct engine_draws {
    float loki_memory[LANES], loki_cpu[LANES], loki_disk[LANES], loki_wal[LANES];
    float synchrony[LANES]; /**< where the synchrony of chunk ages settles, 0..1 */
    float tempo_memory[LANES], tempo_cpu[LANES], tempo_disk[LANES];
    float grafana_memory[LANES], grafana_cpu[LANES];
    float collector_memory[LANES], collector_cpu[LANES];
    float agent_memory[LANES], agent_cpu[LANES];
};

/** Sums over a sliding window: a ring of the newest values and their sum. */
struct engine_window {
    size_t length;
    float *ring; /**< [length][LANES] */
    float sum[LANES];
};

/** The retention window, in buckets of several steps. */
struct engine_retention {
    struct engine_window buckets;
    float filling[LANES]; /**< the bucket under way */
};

struct engine_loki_state {
    struct engine_window window;       /**< served load over a chunk's life */
    struct engine_retention retention; /**< served load, in scale-steps */
    float backlog[LANES];              /**< scale-seconds at the agents */
    float down[LANES];                 /**< seconds still to be down */
    float fresh[LANES];                /**< 1 right after a restart, decaying */
    float cores[LANES], resident[LANES],
        share[LANES]; /**< share: of wanted CPU that the node gave */
    float collector[LANES];
    float killed[LANES]; /**< 1 in a step that ends in a kill */
    float free_peak[LANES], cores_peak[LANES], cores_sum[LANES];
    float full_share[LANES]; /**< of the lines that a full volume refuses */
    float disk[LANES], disk_peak[LANES], inodes_peak[LANES]; /**< once a retention bucket */
    float offered[LANES], stored[LANES], lost[LANES];        /**< scale-seconds */
    float full_steps[LANES], throttled_steps[LANES], kills[LANES], factor_peak[LANES];
};

struct engine_tempo_state {
    struct engine_window window;
    struct engine_retention retention;
    float chance[LANES];  /**< exp(sigma z) of the block that is cut in this step */
    float pending[LANES]; /**< 1 when a kill interrupted a block: it is built again at once */
    float down[LANES], cores[LANES], resident[LANES], share[LANES], collector[LANES];
    float killed[LANES];
    float free_peak[LANES], cores_peak[LANES], cores_sum[LANES];
    float disk[LANES], disk_peak[LANES], inodes_peak[LANES];
    float full_steps[LANES], throttled_steps[LANES], kills[LANES];
    float factor_sum[LANES], factor_peak[LANES];
};

struct engine_node_state {
    float credits[LANES]; /**< balance; below 0 it is surplus to be paid back */
    float charged[LANES]; /**< surplus that is billed */
};

struct engine_block {
    const struct engine_plan *plan;
    struct engine_loki_state loki;
    struct engine_tempo_state tempo;
    struct engine_node_state nodes[PLAN_NODES_MAX];
    float credit_low[LANES], exhausted[LANES];
    bool tempo_pending; /**< some lane has a block pending */
};

/** Take the block's windows from `arena`; the block serves one plan for its whole life. */
enum status engine_block_init(struct engine_block *block, const struct engine_plan *plan,
                              struct arena *arena, struct diagnostics *diagnostics) MUST_CHECK;

/** Forget everything: as freshly installed. */
void engine_block_reset(struct engine_block *block);

/** Draw the uncertain parameters of replicas first ... first + LANES - 1. */
void engine_draw(const struct calibration *calibration, enum agent_kind agent_kind, gsl_rng *rng,
                 uint64_t seed, uint64_t first, struct engine_draws *draws);

/** Put what is given in the place of what was drawn for replicas first ... first + LANES - 1. */
void engine_draws_give(const struct engine_given *given, size_t given_count, uint64_t first,
                       struct engine_draws *draws);

/** Advance all lanes by one step under the workload's factors; `last` at the horizon's end. */
void engine_block_step(struct engine_block *block, const struct workload_block *load,
                       const struct engine_draws *draws, uint64_t seed, size_t step, bool last);

/** Write the block's metrics of its first `lanes` lanes to samples->metric[...][first ...]. */
void engine_block_finish(const struct engine_block *block, const struct engine_draws *draws,
                         size_t steps, uint64_t first, size_t lanes,
                         struct engine_samples *samples);

#endif
