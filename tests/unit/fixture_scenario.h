/** The scenario behind tests/unit/fixture_result.h. */
#ifndef TESTS_UNIT_FIXTURE_SCENARIO_H
#define TESTS_UNIT_FIXTURE_SCENARIO_H

#include "sim/plan.h"
#include "sim/scenario.h"

/** A scenario that owns its arena, or NULL; fixture_scenario_free() frees it. */
struct scenario *fixture_scenario(void);
void fixture_scenario_free(struct scenario *scenario);

/** The scenario's plan as written on one t3.medium; pods are placed by hand. */
void fixture_plan(const struct scenario *scenario, struct plan *plan);

#endif
