/** A scenario made ready for measuring: its tables, its load and eight plans to run side by side.
 */
#ifndef TESTS_BENCH_BENCH_SETUP_H
#define TESTS_BENCH_BENCH_SETUP_H

#include "sim/engine.h"
#include "sim/run.h"

/** The first is the scenario as written, the next two are pressed from several sides at once; the
 *  others differ in one thing each. Together they take every branch of the engine. */
#define BENCH_PLANS 8
/** Plans that the peers simulate too. */
#define BENCH_PEER_PLANS 3

struct bench_setup {
    struct arena arena;
    struct diagnostics diagnostics;
    struct run_tables tables;
    struct scenario *scenario;
    struct workload workload;
    struct plan plans[BENCH_PLANS];
    struct engine_input engine; /**< replicas and threads are the caller's to set */
};

/** Load `scenario_file`, over `horizon` such as "10d" instead of its own unless NULL. On failure
 *  the reasons are in `setup->diagnostics`. Call bench_setup_fini() in any case. */
bool bench_setup_init(const char *scenario_file, const char *horizon, struct bench_setup *setup);

void bench_setup_fini(struct bench_setup *setup);

const char *bench_plan_name(size_t plan);

#endif
