/**
 * The Monte Carlo engine: many replicas of a stack through time, for several plans at once.
 *
 * Each replica draws its ingest path (sim/workload.h) and its uncertain parameters once; every plan
 * sees the same draws (common random numbers). What feeds back is simulated: a kill with WAL
 * replay and the agents' backlog, CPU throttling, 429s with retries and drops, a full volume, CPU
 * credits. What a replica leaves behind is one float per metric, whatever the horizon. Kept, they
 * grow by some hundred bytes a replica; with `fold` replicas come in rounds whose samples take each
 * other's place, and memory stays what one round needs.
 *
 * Results are the same bytes for any number of threads and any size of rounds: replicas are
 * independent and nothing is summed across them here.
 */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include "models/calibration.h"
#include "sim/plan.h"
#include "sim/workload.h"

/** What is kept of each replica; MiB, cores, GiB, seconds, fractions, USD as named. */
enum engine_metric {
    METRIC_LOKI_MEMORY_PEAK_MIB, /**< highest resident set */
    METRIC_LOKI_FLOOR_MIB,       /**< resident at no load: the least it ever has */
    METRIC_LOKI_FREE_PEAK_MIB,   /**< the same as if GOMEMLIMIT were unset */
    METRIC_LOKI_MEMORY_MEAN_MIB,
    METRIC_LOKI_CPU_MEAN_CORES,
    METRIC_LOKI_CPU_PEAK_CORES,
    METRIC_LOKI_DISK_PEAK_GIB, /**< what the retention would need; may pass the volume */
    METRIC_LOKI_INODES_PEAK,
    METRIC_LOKI_KILLS,
    METRIC_LOKI_THROTTLED,    /**< fraction of steps with CPU at the limit */
    METRIC_LOKI_FULL_SECONDS, /**< time with the volume full */
    METRIC_LOG_LOSS,          /**< fraction of offered log bytes lost */
    METRIC_LOG_STORED,        /**< fraction of offered log bytes stored */
    METRIC_LOG_PENDING,       /**< fraction still with the agents at the end */
    METRIC_LOG_FACTOR_MEAN,   /**< offered logs over the scenario's mean */
    METRIC_LOG_FACTOR_PEAK,
    METRIC_TEMPO_MEMORY_PEAK_MIB,
    METRIC_TEMPO_FLOOR_MIB,
    METRIC_TEMPO_FREE_PEAK_MIB,
    METRIC_TEMPO_MEMORY_MEAN_MIB,
    METRIC_TEMPO_CPU_MEAN_CORES,
    METRIC_TEMPO_CPU_PEAK_CORES,
    METRIC_TEMPO_DISK_PEAK_GIB,
    METRIC_TEMPO_INODES_PEAK,
    METRIC_TEMPO_KILLS,
    METRIC_TEMPO_THROTTLED,
    METRIC_TEMPO_FULL_SECONDS,
    METRIC_TRACE_FACTOR_MEAN,
    METRIC_TRACE_FACTOR_PEAK,
    METRIC_GRAFANA_MEMORY_PEAK_MIB,
    METRIC_GRAFANA_CPU_CORES,
    METRIC_COLLECTOR_MEMORY_PEAK_MIB,
    METRIC_COLLECTOR_CPU_CORES,
    METRIC_AGENT_MEMORY_PEAK_MIB,
    METRIC_AGENT_CPU_CORES,
    METRIC_CREDIT_LOW,        /**< lowest balance of any bursting node, after the first day */
    METRIC_CREDITS_EXHAUSTED, /**< 1 when a node was held to its baseline (standard mode) */
    METRIC_SURPLUS_USD,       /**< surplus credits billed over the horizon */
    METRIC_COUNT
};

/** Quantities with bands along time. */
enum engine_series {
    ENGINE_SERIES_LOKI_MEMORY_GIB,
    ENGINE_SERIES_LOKI_DISK_GIB,
    ENGINE_SERIES_TEMPO_MEMORY_GIB,
    ENGINE_SERIES_TEMPO_DISK_GIB
};
#define ENGINE_SERIES_COUNT 4

/** Replicas whose paths feed the bands, at most: a 5 % quantile of 2,048 is exact enough to draw.
 */
#define ENGINE_SERIES_REPLICAS 2048
#define ENGINE_SERIES_POINTS_MAX 121
#define ENGINE_PLANS_MAX 16

/** Replicas of a round: whole blocks, enough of them that threads seldom wait for a round's last.
 */
#define ENGINE_ROUND_REPLICAS 32768

struct engine_samples {
    size_t replicas;             /**< of the round */
    float *metric[METRIC_COUNT]; /**< [replicas] each */
    size_t points, series_replicas;
    float *day;                         /**< [points] end of each interval; NULL without series */
    float *series[ENGINE_SERIES_COUNT]; /**< [points][series_replicas] */
};

/** How one plan's run differs from the workload as it is. */
struct engine_variation {
    double load_scale; /**< multiplies logs and traces (streams stay); 1 as it is */
    bool loki_only;    /**< leave Tempo out: its metrics are then without meaning */
};

/** Uncertain parameters of one installation that are given instead of drawn; where below 0 they
 *  are drawn. */
struct engine_given {
    float loki_memory, loki_disk, synchrony, tempo_memory, tempo_disk;
};

struct engine_input {
    const struct scenario *scenario;
    const struct workload *workload;
    const struct calibration *calibration;
    const struct price_table *prices;
    uint64_t replicas;
    int threads;                               /**< 0: as many as OpenMP offers */
    bool series;                               /**< keep the bands */
    const struct engine_variation *variations; /**< [plan_count], or NULL: none varies */
    /** Called now and then with the share done, 0..1, from one thread at a time; may be NULL.
     *  Returning false stops the run: engine_run() then returns STATUS_EXTERNAL. */
    bool (*progress)(double done, void *context);
    void *progress_context;
    const struct engine_given *given; /**< [given_count]; NULL: everything is drawn */
    size_t given_count;               /**< replica i takes given[i % given_count] */
    /** Called after each round, in order of the replicas, from one thread at a time, with the
     *  samples of all plans; the next round overwrites all of them but the series, which are
     *  complete at the end. NULL: all replicas are kept. False when memory is out. */
    bool (*fold)(const struct engine_samples *samples, size_t plan_count, void *context);
    void *fold_context;
    uint64_t round_replicas; /**< of a round, with fold; 0: ENGINE_ROUND_REPLICAS */
};

/** Replicas of a round when there is `fold`: whole blocks. */
uint64_t engine_round_replicas(const struct engine_input *input);

/** Run `plan_count` <= ENGINE_PLANS_MAX plans over the same replicas; samples[i] belong to
 *  plans[i], their arrays to `arena`. With `fold` they are those of the last round. */
enum status engine_run(const struct engine_input *input, const struct plan *plans,
                       size_t plan_count, struct arena *arena, struct engine_samples *samples,
                       struct diagnostics *diagnostics) MUST_CHECK;

#endif
