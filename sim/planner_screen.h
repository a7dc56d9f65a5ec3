/**
 * Screening: what each variant of a store needs, and from that its requests, volumes and the limits
 * worth trying. Private to the planner.
 *
 * A variant is a store's settings that change its demand; the demand of all of them is found in one
 * pass (sim/planner_demand.h). Limits, GOMEMLIMITs, volumes and nodes are look-ups in it.
 */
#ifndef SIM_PLANNER_SCREEN_H
#define SIM_PLANNER_SCREEN_H

#include "sim/engine_plan.h"
#include "sim/planner.h"
#include "sim/planner_demand.h"

#define PLANNER_VARIANTS_MAX 160
#define PLANNER_GOALS 5
#define PLANNER_VOLUMES 2
/** The share of runs in which may go wrong what no target asks about. An assumption. */
#define PLANNER_UNASKED_SHARE 0.01

/** How a memory limit is found: as the scenario has it, so that a kill is as unlikely as the
 *  targets ask or safer, with room for half as much again, or all that the node has. */
enum planner_limit { LIMIT_WRITTEN, LIMIT_SAFE, LIMIT_SAFER, LIMIT_ROOMY, LIMIT_NODE };
#define PLANNER_LIMITS 5

/** One demand that a store can have: its settings and what follows. */
struct planner_variant {
    struct loki_settings loki;   /**< of Loki's variants */
    struct tempo_settings tempo; /**< of Tempo's, as the next */
    double traces_dropped;
    unsigned changes; /**< settings that differ from the scenario's */
    struct planner_need need;
    struct engine_heap_shape heap;
    double request_bytes, request_cores; /**< passed for PLANNER_BUSY_FRACTION of the time */
    double limit_cores;                  /**< that is hardly ever passed */
    double limit_bytes[PLANNER_GOALS][PLANNER_LIMITS]; /**< 0 for LIMIT_NODE */
    double volume_bytes[PLANNER_VOLUMES];
    const uint32_t *full[PLANNER_VOLUMES]; /**< [full_count] replicas in which that volume fills */
    size_t full_count[PLANNER_VOLUMES];
    bool kept[PLANNER_VOLUMES]; /**< the target of retention holds with it */
    unsigned requests;          /**< index of the pair of requests among the store's */
};

/** All that one store (Loki or Tempo) can be: a grid that the caller may thin. */
struct planner_store {
    enum component component;
    struct planner_variant variants[PLANNER_VARIANTS_MAX]; /**< the scenario's own comes first */
    size_t variant_count;
    double goals[PLANNER_GOALS]; /**< GOMEMLIMIT over the limit, 0 unset; the scenario's first */
    size_t goal_count;
    enum planner_limit limits[PLANNER_LIMITS];
    size_t limit_count;
    size_t volume_count;
    unsigned request_count; /**< pairs of requests that differ */
};

struct planner_screen {
    struct planner_store loki, tempo;
    struct scenario_resources small[COMPONENT_COUNT]; /**< from COMPONENT_GRAFANA on */
    size_t replicas;
    double log_factor_p99, trace_factor_p99; /**< highest load of a run over the mean */
    double loki_peak_p99_mib;                /**< of the scenario's own settings */
};

/** Memory that is left on the nodes for Loki and Tempo, MiB; 1e9 where a bound does not apply. */
struct planner_room {
    float shared_mib, loki_mib, tempo_mib;
};

/** Find the demand of every variant and what follows from it. Arrays live in `arena`. */
enum status planner_screen_init(const struct planner_input *input, struct arena *arena,
                                struct planner_screen *screen,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** List the settings to try, the scenario's own first; in planner_variants.c. */
void planner_variants_list(const struct planner_input *input, struct planner_store *loki,
                           struct planner_store *tempo);

/** Give a plan the settings of a variant of `component`. */
void planner_variant_apply(const struct planner_variant *variant, enum component component,
                           struct plan *plan);

/** Drop variants that another one is at least as good as, in every replica, with no more changes.
 *  The first stays. */
void planner_variants_prune(struct planner_store *store, size_t replicas);

/** Loki's chunk cache in every candidate: 32 MB at most. It lives in the heap, counts twice at its
 *  peak, and only serves queries that come back to the same old chunks. */
double planner_chunk_cache_bytes(const struct plan *written);

/** GOMEMLIMIT in whole MiB, as plan_settle() sets it. */
double planner_goal_bytes(double limit_bytes, double goal_fraction);

/** Room on the nodes of a settled plan. */
struct planner_room planner_screen_room(const struct planner_input *input, const struct plan *plan);

#endif
