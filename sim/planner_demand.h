/**
 * Demand: what each variant of Loki and of Tempo needs, replica by replica, when no limit, volume
 * or node holds it back. Private to the planner.
 *
 * All variants share one pass over the ingest paths. What is served does not depend on settings, so
 * sums over a chunk's life are kept once a length, and a variant costs one evaluation of its curves
 * an hour (Loki) or a block (Tempo) instead of one a step. Loki's highest moment within an hour is
 * taken where the load of a chunk's life is highest; that is on the path, so a peak found is never
 * above the engine's, and in practice within a percent of it (tests/unit/test_planner_demand.c).
 * Not in it, because limits alone bring them about: kills, throttling, the agents' backlog.
 *
 * Replica i draws what the engine draws for replica i. The same bytes for any number of threads.
 */
#ifndef SIM_PLANNER_DEMAND_H
#define SIM_PLANNER_DEMAND_H

#include "sim/engine.h"
#include "sim/engine_plan.h"
#include "sim/planner.h"

/** Of one variant, or of one small process; [replicas] each. */
struct planner_need {
    float *free_peak_mib;   /**< highest resident set, without GOMEMLIMIT */
    float *floor_mib;       /**< resident at no load: the least it ever has */
    float *memory_busy_mib; /**< usual resident set: Loki's at the busy load, Tempo's around blocks
                                 and between; the small processes' peak */
    float *cores_busy; /**< CPU at the busy load: what PLANNER_BUSY_FRACTION of the time passes */
    float *cores_peak; /**< highest step, or a little more */
    float *disk_peak_gib; /**< zeros for what has no volume */
    float *inodes_peak;
};

struct planner_demand {
    size_t replicas;
    struct planner_need *loki;                  /**< [loki_count] */
    struct planner_need *tempo;                 /**< [tempo_count] */
    struct planner_need small[COMPONENT_COUNT]; /**< from COMPONENT_GRAFANA on */
    float *log_factor_peak, *trace_factor_peak; /**< [replicas] highest load over the mean */
};

/** The constants of the variants: `loki[i].loki`, `tempo[i].tempo`; both at least one. */
struct planner_demand_input {
    const struct engine_input *engine; /**< its `replicas` are run */
    const struct engine_plan *loki, *tempo;
    size_t loki_count, tempo_count;
    enum agent_kind agent_kind;
};

/** Run the demand; everything in `demand` lives in `arena`. */
enum status planner_demand_run(const struct planner_demand_input *input, struct arena *arena,
                               struct planner_demand *demand,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
