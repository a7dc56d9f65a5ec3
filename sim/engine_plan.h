/**
 * A plan turned into the constants of the engine's inner loop: model curves as broken lines, limits
 * as thresholds. Private to the engine.
 *
 * Loads are in multiples of the scenario's mean ("scale"), memory in MiB, disk in GiB, CPU in
 * cores, credits in vCPU-minutes.
 */
#ifndef SIM_ENGINE_PLAN_H
#define SIM_ENGINE_PLAN_H

#include "models/calibration.h"
#include "sim/plan.h"
#include "sim/workload.h"

/**
 * A broken line: value(x) = start + sum of bend[k] x max(x - knot[k], 0), x >= knot[0]. Sums of
 * hinges vectorise where a table would gather, element by element.
 */
#define CURVE_KNOTS 8
/** Many curves bend at fewer knots; they come first. */
#define CURVE_KNOTS_FEW 5
struct engine_curve {
    float start;
    float knot[CURVE_KNOTS], bend[CURVE_KNOTS];
};

/** resident = min(free, max(goal, slope x free + offset)): what GOMEMLIMIT makes of the free peak.
 */
struct engine_heap {
    float goal_mib, slope, offset_mib;
    float kill_free_mib; /**< the free peak from which the resident set passes the limit */
};

struct engine_loki {
    struct engine_heap heap;
    struct engine_curve free_spread; /**< free peak, MiB over scale, at synchrony 0 */
    struct engine_curve free_rise;   /**< what synchrony 1 adds; the same knots */
    int knots;                       /**< at which the two above bend: the first ones */
    struct engine_curve collector;   /**< cores that GOMEMLIMIT costs, over scale */
    bool collects;                   /**< GOMEMLIMIT is set and felt: the curve above is not 0 */
    float mean_base, mean_per_scale; /**< mean memory, MiB */
    float cpu_base, cpu_per_scale;   /**< of ingest, over what is served */
    float cpu_query_per_scale;       /**< of queries, over what a chunk's life brought */
    float cpu_limit;
    size_t window_steps;   /**< a chunk's life */
    float rate_cap_scale;  /**< ingestion limit; 429 above */
    float stream_loss;     /**< share of lines in streams past max_streams */
    float backlog_cap;     /**< scale-seconds that the nodes' log files hold */
    float drop_per_second; /**< scale given up per second of blocked pushes */
    float restart_seconds; /**< a kill's down time besides replay */
    float replay_seconds_per_scale;
    size_t bucket_steps, bucket_count;            /**< retention window in buckets */
    float disk_per_scale_second, disk_per_second; /**< GiB; chunks and index */
    float inodes_per_scale_second, inodes_per_second;
    float wal_base, wal_per_scale; /**< GiB */
    float usable_gib, usable_inodes;
    float synchrony_keep; /**< decay of synchrony per step */
    int node;
};

struct engine_tempo {
    struct engine_heap heap;
    struct engine_curve free_peak; /**< median of one block's event, MiB over scale */
    /** Cores that GOMEMLIMIT costs over the scale of a block; looked at when a block is cut. */
    struct engine_curve collector;
    bool collects;
    float idle_base, idle_per_scale;
    float mean_base, mean_per_scale;
    float cpu_base, cpu_per_scale, cpu_limit;
    size_t block_steps;
    float chance_sigma;
    float restart_seconds, replay_seconds_per_scale;
    size_t bucket_steps, bucket_count;
    float disk_per_scale_second;
    float extra_base, extra_per_scale; /**< WAL and compaction's double storage, GiB */
    float inodes_per_second;
    float usable_gib, usable_inodes;
    int node;
};

/** The affine floor of a heap under a tight goal: what a look-up needs to apply any GOMEMLIMIT. */
struct engine_heap_shape {
    double slope, offset_bytes; /**< trimmed floor over the free peak */
    double goal_offset_bytes;   /**< what a goal that binds comes to, less the goal itself */
};

struct engine_node {
    bool burstable;
    float vcpu;
    float fixed_cores; /**< what runs there besides Loki and Tempo */
    float fixed_mib;
    float allocatable_mib;
    float earn_per_step, cap; /**< credits */
    float surplus_cap;        /**< surplus that is not billed: a day's earnings */
    float least_credits;      /**< where the balance ends: surplus is billed, or nothing served */
    float usd_per_credit;
    bool hosts_loki, hosts_tempo;
};

struct engine_plan {
    float step_seconds;
    size_t day_steps;
    float load_scale; /**< the workload's factors are multiplied by this */
    bool loki_only;   /**< Tempo stands still: for runs that only ask about Loki */
    struct engine_loki loki;
    struct engine_tempo tempo;
    struct engine_heap_shape loki_heap, tempo_heap;
    struct engine_node nodes[PLAN_NODES_MAX];
    size_t node_count;
    bool credits_unlimited;
    float loki_request_mib, tempo_request_mib;
    struct process_need grafana;
    const struct collector_model *collector; /**< borrowed from the calibration */
    const struct agent_model *agent;
    double spans_per_second, agent_bytes_per_second, agent_files; /**< at the mean load */
};

/** Free peak from which the resident set passes `limit_bytes` under GOMEMLIMIT `goal_bytes` (0:
 * unset); bytes. */
double engine_heap_kill_bytes(const struct engine_heap_shape *shape, double goal_bytes,
                              double limit_bytes);

/** Fill only what the nodes need: what runs there besides Loki and Tempo. */
void engine_plan_nodes(const struct scenario *scenario, const struct calibration *calibration,
                       const struct price_table *prices, const struct plan *plan,
                       double step_seconds, struct engine_plan *out);

/** Share that queries take of a memory peak of Loki's of `peak_bytes`, when chunk ages are half
 *  spread: at the load that brings such a peak about; 0..1. */
double engine_plan_query_share(const struct scenario *scenario,
                               const struct calibration *calibration, const struct plan *plan,
                               double peak_bytes);

/** Fill the constants of `plan`. */
enum status engine_plan_init(const struct scenario *scenario, const struct calibration *calibration,
                             const struct price_table *prices, const struct plan *plan,
                             double step_seconds, struct engine_plan *out,
                             struct diagnostics *diagnostics) MUST_CHECK;

#endif
