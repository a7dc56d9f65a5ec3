/**
 * The search for the cheapest plan that holds every target.
 *
 * Demand for memory, CPU and disk does not depend on limits, volumes or node types, so it is
 * simulated once for all settings that change it (encoding, chunk age, idle period and target size;
 * block duration and size, row group, traces left out), without limits, on PLANNER_REPLICAS
 * replicas. Every candidate (nodes x how pods share them x settings x limits x volumes x
 * GOMEMLIMIT) is then a look-up in those samples; the cheapest that pass are simulated in full,
 * with the same random numbers, because kills, throttling and credits feed back on themselves.
 *
 * Requests: what a container passes for no more than PLANNER_BUSY_FRACTION of the time in
 * PLANNER_USUAL_SHARE of the runs. No limit is above what a node has for pods. gp3's IOPS and
 * throughput are no choice: see planner_output.volumes.
 */
#ifndef SIM_PLANNER_H
#define SIM_PLANNER_H

#include "sim/outcome.h"

/** Replicas that screening looks at, at most. */
#define PLANNER_REPLICAS 1024

/** Replicas that plans beside the best one are simulated with, at most. */
#define PLANNER_SHOWN_REPLICAS 512

/** A request is what a container passes for no more than this share of the time, ... */
#define PLANNER_BUSY_FRACTION 0.05
/** ... in this share of the runs. */
#define PLANNER_USUAL_SHARE 0.95

struct planner_input {
    struct engine_input engine; /**< replicas for the full simulation of finalists */
    const struct outcome_context *context;
    const struct instance_table *instances;
    const struct plan *as_written;
    size_t tries_per_cost; /**< candidates of one cost that are simulated, at most; 0: all */
};

struct planner_output {
    struct plan_outcome *best; /**< NULL when none holds; in the context's arena */
    /** With a best plan those that come next by cost and hold as well, simulated on
     *  PLANNER_SHOWN_REPLICAS; without one the least risky plan of each node set. */
    struct plan_outcome *alternatives[RESULT_ALTERNATIVES_MAX];
    size_t alternative_count;
    /** Cheaper node sets, each by its least risky plan, cheapest first; none without a best plan.
     */
    struct plan_outcome *cheaper[RESULT_CHEAPER_MAX];
    size_t cheaper_count;
    struct series best_series[RESULT_SERIES_MAX]; /**< the best plan's bands */
    size_t best_series_count;
    const struct candidate_point *points; /**< [point_count] */
    size_t point_count;
    size_t screened;       /**< candidates looked up */
    size_t verified;       /**< of them simulated */
    const char *next_step; /**< what less risk would cost: one sentence; NULL without a best plan */
    const char *volumes;   /**< why gp3's free IOPS and throughput do, or that they do not */
};

/** Search. Everything in `output` lives in the context's arena. */
enum status planner_search(const struct planner_input *input, struct planner_output *output,
                           struct diagnostics *diagnostics) MUST_CHECK;

#endif
