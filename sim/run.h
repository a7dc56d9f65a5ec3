/**
 * The main job: a scenario simulated as written, the search for the best plan, and the result that
 * the writers read.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "sim/engine.h"
#include "sim/result.h"

/** What a run needs besides the scenario. */
struct run_options {
    int threads;                                  /**< 0: as many as OpenMP offers */
    bool search;                                  /**< look for the best plan too */
    bool series;                                  /**< keep the bands for charts */
    bool (*progress)(double done, void *context); /**< as in struct engine_input; may be NULL */
    void *progress_context;
    bool no_insight; /**< leave headroom and break-even out of a search */
    bool sensitivity; /**< with `search`: what moves the plan's risk and cost */
};

/** Tables that are loaded once for the whole program. */
struct run_tables {
    const struct price_table *prices;
    struct instance_table instances;
    struct calibration calibration;
};

/** Load the shipped tables, prices from `price_folder` where it has them (NULL: none). */
enum status run_tables_load(struct arena *arena, const char *price_folder,
                            struct run_tables *tables, struct diagnostics *diagnostics) MUST_CHECK;

/** Run. `*result` is the caller's: result_free(). It borrows the scenario and the tables. */
enum status run_scenario(const struct scenario *scenario, const struct run_tables *tables,
                         const struct run_options *options, struct result **result,
                         struct diagnostics *diagnostics) MUST_CHECK;

#endif
