/**
 * The steps of the demand's pass: one block of replicas, the loads that its variants share, and the
 * variants' own peaks. Private to sim/planner_demand.c.
 */
#ifndef SIM_PLANNER_DEMAND_STEP_H
#define SIM_PLANNER_DEMAND_STEP_H

#include "sim/engine_step.h"
#include "sim/planner_demand.h"

/** Levels of the load whose times are counted. */
#define DEMAND_LEVELS 24

/** Load over a chunk's or a block's life: variants of one length share it. */
struct demand_group {
    size_t steps;
    float *ring; /**< [steps][LANES] */
    float sum[LANES];
    float high[LANES], fresh[LANES]; /**< Loki: highest mean of the hour, and how fresh it was */
    float chance[TEMPO_DRAWN_CUTS][LANES]; /**< Tempo: of the blocks under way and next to come */
};

/** One store's state in one block of replicas. */
struct demand_store {
    size_t variant_count, group_count;
    struct demand_group *groups;  /**< [group_count] */
    unsigned *group_of;           /**< [variant_count] */
    struct demand_group retained; /**< buckets */
    float filling[LANES];
    float factor_sum[LANES], factor_peak[LANES];
    float level_count[DEMAND_LEVELS][LANES];
    float (*peak)[LANES], (*disk)[LANES], (*inodes)[LANES]; /**< [variant_count] */
};

/** A block of replicas. */
struct demand_state {
    struct workload_block load;
    struct engine_draws draws;
    struct demand_store loki, tempo;
};

/** Room for variants whose loads are summed over `steps` [variant_count], and for `buckets` of the
 *  retention; false when memory is out. */
bool demand_store_init(struct demand_store *store, size_t variant_count, const size_t *steps,
                       size_t buckets, struct arena *arena);

void demand_store_reset(struct demand_store *store);

/** Advance one step. `fresh` is 1 right after the start and decays as chunk ages part. */
void demand_step_loki(const struct planner_demand_input *input, struct demand_state *state,
                      size_t step, float fresh, bool last);
void demand_step_tempo(const struct planner_demand_input *input, struct demand_state *state,
                       size_t step, bool last);

/** Count which levels the load passes at this moment. */
void demand_count_levels(const float *factor, struct demand_store *store);

/** The lowest level that a lane passed for no more than PLANNER_BUSY_FRACTION of `moments`. */
float demand_busy_factor(const struct demand_store *store, size_t lane, float moments);

#endif
