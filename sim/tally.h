/**
 * What is kept of one plan's replicas, counted round by round (engine_input.fold).
 *
 * What is a count is exact, and means are sums in the replicas' order, so neither depends on the
 * size of a round. Quantiles are exact as long as all replicas came in one round, whose samples are
 * then still there to be sorted; over several they come from histograms (sim/histogram.h), off by
 * 0.025 % of their value at most. Memory: some hundred KiB a metric however many replicas there
 * are.
 *
 * Thread safety: one thread at a time.
 */
#ifndef SIM_TALLY_H
#define SIM_TALLY_H

#include "sim/engine.h"
#include "sim/result.h"

/** The metrics of one component; -1 where it has none. */
struct tally_metrics {
    int memory_peak, memory_mean, cpu_mean, cpu_peak, disk, inodes, kills, full, throttled;
};

const struct tally_metrics *tally_metrics(enum component component);

/** What replicas are held against; known before they are simulated. */
struct tally_bounds {
    float limit_mib[COMPONENT_COUNT];
    float surplus_usd; /**< what the bill leaves for surplus credits over the horizon */
    float log_loss;
};

/** Replicas of one component. */
struct tally_component {
    size_t over_limit;  /**< the memory peak passes the limit */
    size_t killed;      /**< once at least. Small processes are not followed through time: killed is
                           what passes its limit */
    size_t volume_full; /**< at any time */
    double throttled_sum; /**< fractions of steps, added up */
};

struct tally {
    struct tally_bounds bounds;
    size_t replicas;
    struct tally_component components[COMPONENT_COUNT];
    size_t any_killed; /**< any component at least once */
    size_t credits_exhausted;
    size_t within_surplus, within_loss; /**< at most the bound */
    bool one_round;
    const struct engine_samples *samples;       /**< borrowed, of the only round */
    float *sorted;                              /**< owned: one metric of the only round ... */
    int sorted_metric;                          /**< ... this one; -1: none yet */
    struct histogram *histograms[METRIC_COUNT]; /**< of several rounds; NULL where not asked for */
};

/** An empty tally. `one_round`: all replicas will come in one, and its samples outlive the tally.
 *  Otherwise histograms are taken from `arena`. tally_fini() afterwards, also on failure; false
 * when memory is out. */
bool tally_init(const struct tally_bounds *bounds, bool one_round, struct arena *arena,
                struct tally *tally);
void tally_fini(struct tally *tally);

/** Count a round. False when memory is out. */
bool tally_fold(struct tally *tally, const struct engine_samples *samples);

/** Quantile `p` of a metric, which is one of tally_metrics() other than full and throttled, or the
 *  log loss, the lowest credits or the surplus; 0 for -1. Neighbouring calls for one metric are
 *  cheap. */
double tally_quantile(struct tally *tally, int metric, double p);

/** P5, P50, P95, P99 and maximum, the same. */
struct quantiles tally_quantiles(struct tally *tally, int metric);

#endif
