/**
 * The result of a run: what the writers in reports/ and stack/ read, and nothing else.
 *
 * A result owns an arena; everything it points to dies with it. Read-only once made.
 * Non-finite numbers never appear in it.
 */
#ifndef SIM_RESULT_H
#define SIM_RESULT_H

#include "sim/calibrate_user_range.h"
#include "models/cost.h"
#include "models/managed.h"
#include "sim/plan.h"
#include "sim/scenario.h"

/** Bumped when result.json changes in a way a reader could trip over. */
#define RESULT_SCHEMA_VERSION 1

struct quantiles {
    double p5, p50, p95, p99, max;
};

/** A probability with its two-sided 95 % Clopper-Pearson interval. */
struct probability {
    double value, low, high;
};

struct component_outcome {
    struct quantiles memory_peak_mib;  /**< over replicas: highest moment of the horizon */
    struct quantiles memory_mean_mib;
    struct quantiles cpu_cores;        /**< over replicas: mean over the horizon */
    struct quantiles cpu_peak_cores;   /**< over replicas: highest step */
    struct quantiles disk_gib;         /**< over replicas: highest use; zeros without a volume */
    struct probability out_of_memory;  /**< any kill within the horizon */
    struct quantiles kills;            /**< kills within the horizon */
    struct probability volume_full;    /**< bytes or inodes ran out at some time */
    double inodes_peak_p95;
    double throttled_fraction;         /**< mean share of time that CPU was at the limit */
};

enum target_kind {
    TARGET_COST,
    TARGET_LOGS_RETENTION,
    TARGET_TRACES_RETENTION,
    TARGET_OUT_OF_MEMORY,
    TARGET_LOG_LOSS,
    TARGET_SAVINGS
};
#define TARGET_COUNT 6

/** `cost`, `logs_retention`, ... as in the scenario. */
const char *target_name(enum target_kind kind);
/** `Cost`, `Log retention`, ... */
const char *target_title(enum target_kind kind);

struct target_outcome {
    enum target_kind kind;
    bool holds;
    double bound;           /**< as the scenario wrote it: USD, seconds, fraction */
    double wanted;          /**< probability wanted; 0 when the target names none */
    double value;           /**< what was found, in the unit of bound (at the wanted quantile) */
    struct probability probability; /**< that the bound holds (for out_of_memory: of a kill) */
    const char *bound_text; /**< "at most $40 a month in 95 %" */
    const char *value_text; /**< "$33.17" */
    const char *reason;     /**< one sentence a tired engineer understands */
};

struct plan_outcome {
    struct plan plan;
    const char *label;               /**< "as written", "best", or what sets it apart */
    struct component_outcome components[COMPONENT_COUNT];
    struct quantiles monthly_usd;
    struct quantiles log_loss;       /**< fraction of log bytes lost */
    struct quantiles credit_balance_low; /**< lowest CPU credit balance of any node after day 1 */
    struct probability credits_exhausted;
    struct bill bill;                /**< at the median */
    struct target_outcome targets[TARGET_COUNT];
    size_t target_count;
    bool holds;                      /**< every target holds and no pod is pending */
    const char *binding;             /**< one sentence: what limits this plan */
};

#define SERIES_QUANTILES 5
/** Bands over replicas along time; quantiles 5, 25, 50, 75, 95 %. */
struct series {
    const char *name;  /**< `loki_memory`, `loki_disk`, `tempo_memory`, ... */
    const char *title; /**< "Loki memory" */
    const char *unit;  /**< "GiB" */
    size_t points;
    const double *day;                        /**< [points] */
    const double *quantile[SERIES_QUANTILES]; /**< [points] each */
    double limit;      /**< drawn as a line; 0 for none */
};

#define RESULT_ALTERNATIVES_MAX 10
/** Cheaper classes of plans (a class: one set of nodes) that are explained, at most. */
#define RESULT_CHEAPER_MAX 6
#define RESULT_SERIES_MAX 16

/** A candidate that was screened: a dot in the cost-against-risk chart. */
struct candidate_point {
    double monthly_usd;
    double miss_probability; /**< that any target is missed */
    bool efficient;          /**< nothing is both cheaper and safer */
};

/** How much more load the best plan takes before it misses a target. */
struct headroom {
    bool known;              /**< false when there is no best plan */
    double multiple;         /**< largest tried load multiple at which every target but cost holds */
    double first_miss;       /**< smallest tried multiple at which one is missed; 0: none was found */
    const char *reason;      /**< why, at first_miss: one sentence; NULL when none was found */
    double months_of_growth; /**< until growth brings `multiple`; 0 when the load does not grow */
};

/** Load at which a managed service costs what the plan costs. */
struct break_even {
    enum managed_service service;
    bool found;              /**< false: one side is cheaper at any load tried */
    bool managed_cheaper;    /**< when not found: the managed service is cheaper throughout */
    double multiple;         /**< of the scenario's load; below it the managed service is cheaper */
    double log_gb_per_day;   /**< the same as raw log volume */
};

struct managed_outcome {
    enum managed_service service;
    struct bill bill;
    double monthly_usd;
};

/** A line of the brief's own cost table beside the list price. */
struct brief_line {
    const char *item;
    double brief_usd;
    double list_usd;
    const char *note; /**< how the list price comes about, with its source */
};

#define BRIEF_LINES_MAX 12

/** Share of an output's variance that one input explains: alone, and with all that it interacts
 *  with; each with its 95 % interval. */
struct sensitivity_index {
    double first, first_low, first_high;
    double total, total_low, total_high;
};

/** What the plan and the search come to when one input is at one of its ends. */
struct sensitivity_end {
    double at;          /**< times what the scenario says or the models predict; synchrony: itself */
    double risk;        /**< that any target but cost and savings is missed */
    bool holds;         /**< every target but cost and savings holds */
    bool found;         /**< a plan passes the look-up */
    double monthly_usd; /**< of the cheapest that does; 0 when none is found */
    const char *nodes;  /**< of that plan; "" when none is found */
    const char *reason; /**< why a target is missed; NULL when all hold */
};

/** One uncertain input at its 10th and 90th percentile, all others at their base. */
struct sensitivity {
    const char *name;  /**< `log_rate`, ... */
    const char *title; /**< `Log lines a second`, ... */
    const char *noun;  /**< `the rate of log lines`, ... for sentences */
    const char *per;   /**< what an end's `at` means: "times what the scenario says" */
    struct sensitivity_end low, high;
    double moves;                          /**< what it is ranked by, 0 for nothing */
    bool decides;                          /**< another verdict or other nodes at an end */
    struct sensitivity_index memory, disk; /**< of the plan's headroom, as a logarithm */
};

#define RESULT_SENSITIVITY_MAX 10

/** What all inputs share. */
struct sensitivity_summary {
    bool known;                                          /**< false: it was not asked for */
    struct sensitivity_end base;                         /**< nothing moved; `at` is 1 */
    struct sensitivity_index chance_memory, chance_disk; /**< of the random paths */
    size_t replicas;                                     /**< of each risk */
    size_t evaluations;                                  /**< behind the indices */
    const char *measure_next;                            /**< one sentence */
};

struct result {
    struct arena arena;
    const struct scenario *scenario; /**< borrowed */
    struct calibrate_user_use calibration; /**< what the models were fitted to */
    struct plan_outcome *as_written;
    struct plan_outcome *best;       /**< NULL when no plan holds */
    struct plan_outcome *alternatives[RESULT_ALTERNATIVES_MAX];
    size_t alternative_count;
    /** Classes of plans cheaper than the best, each by its least risky plan; `binding` says why it
     *  fails. Cheapest first. */
    struct plan_outcome *cheaper[RESULT_CHEAPER_MAX];
    size_t cheaper_count;
    struct headroom headroom;         /**< of the best plan, or of the stack as written if it holds */
    struct break_even break_even[MANAGED_COUNT];
    struct managed_outcome managed[MANAGED_COUNT];
    struct series as_written_series[RESULT_SERIES_MAX];
    size_t as_written_series_count;
    struct series best_series[RESULT_SERIES_MAX];
    size_t best_series_count;
    const struct candidate_point *candidates; /**< [candidate_count] */
    size_t candidate_count;
    size_t candidates_screened;
    size_t candidates_verified; /**< of them simulated */
    const char *next_step;      /**< what less risk would cost: one sentence; NULL for none */
    const char *volumes_note;   /**< whether gp3's free IOPS and throughput do; NULL for none */
    struct brief_line brief[BRIEF_LINES_MAX];
    size_t brief_count;
    bool holds;                      /**< as written or best holds */
    double log_gb_per_day, span_per_second_mean; /**< profile mean over the horizon's first week */
    /** The inputs that move the plan most, the strongest first; empty unless asked for. */
    struct sensitivity sensitivity[RESULT_SENSITIVITY_MAX];
    size_t sensitivity_count;
    struct sensitivity_summary sensitivity_summary;
};

void result_free(struct result *result);

#endif
