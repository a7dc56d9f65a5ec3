/**
 * Random ingest paths: how many times its mean the load is, at each step of each replica.
 *
 *   factor(t) = shape(t) x noise(t) x incidents(t)
 *
 * shape: daily profile x weekend x growth, mean 1 over an ungrown week; step 0 is Monday 00:00.
 * noise: exp(sigma x - sigma^2 / 2), x a stationary AR(1) of unit variance whose autocorrelation
 * falls to 1/e in the correlation time; sigma^2 = ln(1 + cv^2), so the mean is 1 and the
 * coefficient of variation cv. One noise drives the whole stack: services share their users, and
 * independent noises would average away the very peaks that kill.
 * incidents: Poisson arrivals, lognormal magnitude (at least 1) and duration; simultaneous ones add
 * up. Logs take the whole magnitude. Requests rise less than log lines: traces take
 * WORKLOAD_INCIDENT_TRACE_SHARE of the excess, an assumption (no measurement of ours backs it).
 *
 * Thread safety: a `struct workload` is read-only once made; a block belongs to one thread.
 */
#ifndef SIM_WORKLOAD_H
#define SIM_WORKLOAD_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/scenario.h"

#include <stddef.h>
#include <stdint.h>

/** Replicas that are advanced together: their state stays in the first-level cache. */
#define WORKLOAD_LANES 64

/** Steps that are taken together: one call of the random generator feeds their noise, and what
 *  each plan needs of a block of replicas stays in the first-level cache for as long. */
#define WORKLOAD_STEPS 8

#define WORKLOAD_INCIDENT_TRACE_SHARE 0.3

/** Which numbers a stream of the counter-based generator is for. */
enum random_purpose {
    RANDOM_NOISE,
    RANDOM_INCIDENTS,
    RANDOM_PARAMETERS,
    RANDOM_TEMPO_BLOCKS,
    RANDOM_TEMPO_RETRIES
};

/** One replica's load where it differs from the workload's. */
struct workload_own {
    float log_scale, trace_scale; /**< multiply the factors */
    float noise_sigma, noise_shift;
    float log_growth_per_step; /**< on top of what is in the shape */
    double incidents_per_second, magnitude_log_mean, duration_log_mean;
};

struct workload {
    uint64_t seed;
    size_t steps;
    double step_seconds;
    float *shape;                   /**< [steps] */
    float ar_keep;                  /**< AR(1) coefficient per step */
    float ar_add;                   /**< sqrt(1 - ar_keep^2) */
    float noise_sigma, noise_shift; /**< factor = exp(sigma x + shift) */
    double incidents_per_second;
    double magnitude_log_mean, magnitude_log_sd;
    double duration_log_mean, duration_log_sd;
    /** Borrowed: [replicas, rounded up to whole blocks]; NULL where all replicas are alike. */
    const struct workload_own *own;
};

/** A load that jumps at the start and the end of an incident. */
struct workload_edge {
    uint32_t step;
    uint32_t lane;
    float log_excess; /**< added to the lane's excess over 1; negative at an end */
};

/** Arrays come first: where the block is aligned to cache lines, so are they. */
struct workload_block {
    float log_factor[WORKLOAD_STEPS][WORKLOAD_LANES];   /**< result of the steps */
    float trace_factor[WORKLOAD_STEPS][WORKLOAD_LANES]; /**< result of the steps */
    float state[WORKLOAD_LANES];                        /**< AR(1) state after the last of them */
    float log_excess[WORKLOAD_LANES];                   /**< of the incidents that are under way */
    float log_sum[WORKLOAD_LANES], log_peak[WORKLOAD_LANES]; /**< of the factors so far */
    float trace_sum[WORKLOAD_LANES], trace_peak[WORKLOAD_LANES];
    /** Of the lanes' own loads, when they have such. */
    float own_log[WORKLOAD_LANES], own_trace[WORKLOAD_LANES], own_growth[WORKLOAD_LANES];
    float own_sigma[WORKLOAD_LANES], own_shift[WORKLOAD_LANES];
    float log_most[WORKLOAD_STEPS], trace_most[WORKLOAD_STEPS]; /**< highest factor of all lanes */
    uint64_t first_replica;
    size_t next_edge, edge_count, edge_capacity;
    struct workload_edge *edges; /**< sorted by step; owned */
};

/** Prepare the workload of a scenario; arrays live in `arena`. */
enum status workload_init(const struct scenario *scenario, struct arena *arena,
                          struct workload *workload, struct diagnostics *diagnostics) MUST_CHECK;

void workload_block_init(struct workload_block *block);
void workload_block_fini(struct workload_block *block);

/** Draw incidents and the first noise of replicas first_replica ... + WORKLOAD_LANES - 1. */
enum status workload_block_start(const struct workload *workload, uint64_t first_replica,
                                 struct workload_block *block,
                                 struct diagnostics *diagnostics) MUST_CHECK;

/** Factors of WORKLOAD_STEPS steps from `first` on, or of those that are left of the horizon; taken
 *  in order from 0. Those of step s are in row s % WORKLOAD_STEPS. Returns the end of the steps. */
size_t workload_block_steps(const struct workload *workload, size_t first,
                            struct workload_block *block);

/** Mean of shape over the horizon: the growth and the part of a week that the horizon holds. */
double workload_shape_mean(const struct workload *workload);

/** Expected mean of the incident factor of logs: 1 + rate x E[duration] x E[max(m, 1) - 1]. */
double workload_incident_mean(const struct workload *workload);

#endif
