/** A small scenario and the program's tables, for tests that simulate. */
#ifndef TESTS_UNIT_FIXTURE_RUN_H
#define TESTS_UNIT_FIXTURE_RUN_H

#include "sim/engine.h"
#include "sim/outcome.h"
#include "sim/run.h"

struct fixture_run {
    struct arena arena;
    struct diagnostics diagnostics;
    struct run_tables tables;
    struct scenario *scenario;
    struct workload workload;
    struct plan plan;
    struct engine_input engine;
};

/** One API of 60 kB/s in 100 streams and 80 spans a second on two m5.large, flat and without noise
 *  or incidents, for three days in steps of five minutes; `overrides` are further KEY=VALUE texts,
 *  ended by NULL. `exact` takes the models' errors away. Fails the running test on any error. */
struct fixture_run *fixture_run_new(bool exact, const char *const *overrides);

void fixture_run_free(struct fixture_run *run);

/** For outcomes of `run`, against a managed baseline of $1,000 a month; their strings are its
 *  arena's. */
struct outcome_context fixture_run_context(struct fixture_run *run);

/** Simulate the plan of `run`. */
struct engine_samples fixture_run_samples(struct fixture_run *run);

#endif
