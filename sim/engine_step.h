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
#include <stdalign.h>

#define LANES WORKLOAD_LANES

/** Blocks of Tempo's whose chance is drawn together: one call of the random generator feeds all. */
#define TEMPO_DRAWN_CUTS 8

/** What is uncertain about one installation, drawn once a replica: factors around 1. */
struct engine_draws {
    float loki_memory[LANES], loki_cpu[LANES], loki_disk[LANES], loki_wal[LANES];
    float synchrony[LANES]; /**< where the synchrony of chunk ages settles, 0..1 */
    float tempo_memory[LANES], tempo_cpu[LANES], tempo_disk[LANES];
    float grafana_memory[LANES], grafana_cpu[LANES];
    float collector_memory[LANES], collector_cpu[LANES];
    float agent_memory[LANES], agent_cpu[LANES];
};

/** The size of a cache line: vectors that cross two of them take twice as long. */
#define CACHE_LINE 64

/** What is rare is looked for in groups of lanes: one vector of AVX-512, two of AVX2. */
#define GROUP 16
#define GROUPS (LANES / GROUP)

/** A sliding window: a ring of the newest values. */
struct engine_window {
    float *ring; /**< [length][LANES] */
    size_t length;
};

/** What Loki and Tempo have in common. */
struct engine_process {
    /* Of the installation. */
    float cpu_base[LANES], cpu_per_scale[LANES];
    float scale_per_core[LANES]; /**< 1 / cpu_per_scale */
    /* Under way. */
    float collector[LANES]; /**< cores that GOMEMLIMIT costs */
    float down[LANES];      /**< seconds still to be down */
    float share[LANES];     /**< of wanted CPU that the node gave */
    float cores[LANES], resident[LANES];
    float killed[LANES];  /**< 1 in a step that ends in a kill */
    float filling[LANES]; /**< served load in the retention's bucket under way, in scale-steps */
    float disk[LANES];    /**< once a retention bucket */
    /* Results. */
    float free_peak[LANES], cores_peak[LANES], cores_sum[LANES];
    float disk_peak[LANES], inodes_peak[LANES];
    float full_steps[LANES], throttled_steps[LANES], kills[LANES];
    float window_sum[LANES], retained_sum[LANES]; /**< of the windows below */
    struct engine_window window;   /**< served load: over a chunk's life, or a block's */
    struct engine_window retained; /**< buckets of served load over the retention, in scale-steps */
    float quiet_scale; /**< up to here all lanes serve a load at once, if nothing else waits */
    bool pressed;      /**< some lane is down, has a backlog or was not given what it wanted */
};

struct engine_loki_state {
    float cpu_query_per_scale[LANES];
    float fresh[LANES];               /**< 1 right after a restart, decaying */
    float backlog[LANES];             /**< scale-seconds at the agents */
    float full_share[LANES];          /**< of the lines that a full volume refuses */
    float stored[LANES], lost[LANES]; /**< scale-seconds */
    struct engine_process process;
};

struct engine_tempo_state {
    float chance[TEMPO_DRAWN_CUTS][LANES]; /**< of the blocks whose chance was drawn together */
    /** Of blocks that are built again; by step, as far as they were asked for. */
    float retry_chance[WORKLOAD_STEPS][LANES];
    float pending[LANES]; /**< 1 when a kill interrupted a block: it is built again at once */
    struct engine_process process;
    bool pending_anywhere;
    size_t retries_drawn[GROUPS]; /**< the first step of those above, plus 1; 0: none */
};

struct engine_node_state {
    alignas(CACHE_LINE) float credits[LANES]; /**< balance; below 0 it is surplus to be paid back */
    float low[LANES];                         /**< its lowest after the first day */
    float charged[LANES];                     /**< surplus that is billed */
    float exhausted[LANES];
    bool slowed; /**< some lane may not have been given what it wanted */
};

struct engine_block {
    alignas(CACHE_LINE) struct engine_loki_state loki;
    alignas(CACHE_LINE) struct engine_tempo_state tempo;
    alignas(CACHE_LINE) struct engine_node_state nodes[PLAN_NODES_MAX];
    const struct engine_plan *plan;
};

/** Take the block's windows from `arena`; the block serves one plan for its whole life. */
enum status engine_block_init(struct engine_block *block, const struct engine_plan *plan,
                              struct arena *arena, struct diagnostics *diagnostics) MUST_CHECK;

/** Forget everything: as freshly installed, with these parameters. */
void engine_block_reset(struct engine_block *block, const struct engine_draws *draws);

/** Draw the uncertain parameters of replicas first ... first + LANES - 1. */
void engine_draw(const struct calibration *calibration, enum agent_kind agent_kind, gsl_rng *rng,
                 uint64_t seed, uint64_t first, struct engine_draws *draws);

/** Put what is given in the place of what was drawn for replicas first ... first + LANES - 1. */
void engine_draws_give(const struct engine_given *given, size_t given_count, uint64_t first,
                       struct engine_draws *draws);

/** Some of the steps whose loads a workload_block holds. */
struct engine_span {
    const struct workload_block *load;
    const struct engine_draws *draws;
    uint64_t seed;
    size_t first, end; /**< steps first ... end - 1 */
    bool last;         /**< `end` is the horizon's */
};

/** Advance all lanes by the steps of `span`. `high` [ENGINE_SERIES_COUNT][LANES], unless NULL, is
 *  raised to where the bands' quantities stand after each step. */
void engine_block_steps(struct engine_block *block, const struct engine_span *span,
                        float (*high)[LANES]);

/** Draw exp(sigma z), the chance of a built block, of cuts TEMPO_DRAWN_CUTS x `index` and following
 *  of replicas first ... first + LANES - 1. The n-th cut is that at the end of step
 *  (n + 1) x block_steps - 1. */
void engine_tempo_chance(float sigma, uint64_t seed, uint64_t first, size_t index,
                         float chance[TEMPO_DRAWN_CUTS][LANES]);

/** Close a bucket of the retention: what is on disk, what a full volume refuses. */
void engine_loki_disk(const struct engine_plan *plan, const struct engine_draws *draws, size_t step,
                      struct engine_loki_state *state);
void engine_tempo_disk(const struct engine_plan *plan, const struct engine_draws *draws,
                       size_t step, struct engine_tempo_state *state);

/** Raise `high` [ENGINE_SERIES_COUNT][LANES] to where the bands' quantities stand. */
void engine_block_high(const struct engine_block *block, float (*high)[LANES]);

/** Write the block's metrics of its first `lanes` lanes to samples->metric[...][first ...]; `load`
 *  stands at the horizon's end. */
void engine_block_finish(const struct engine_block *block, const struct workload_block *load,
                         const struct engine_draws *draws, size_t steps, uint64_t first,
                         size_t lanes, struct engine_samples *samples);

#endif
