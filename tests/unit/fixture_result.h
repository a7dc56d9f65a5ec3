/**
 * A made-up but plausible `struct result`, so that writers can be tested without a simulation.
 *
 * One t3.medium as the scenario wrote it, where Tempo is killed in most months, and the best plan
 * found, where nothing is; two sets of nodes that cost less and miss something. Figures are fixed:
 * the same bytes on every call. Tests may change any field before they hand it on; strings they put
 * in must outlive the result.
 */
#ifndef TESTS_UNIT_FIXTURE_RESULT_H
#define TESTS_UNIT_FIXTURE_RESULT_H

#include "sim/result.h"

/** Series in each plan: loki_memory, loki_disk, tempo_memory, tempo_disk. */
#define FIXTURE_SERIES 4
/** Points of each series: one every two hours for 30 days, both ends included. */
#define FIXTURE_POINTS 361
#define FIXTURE_CANDIDATES 160

/** The result and its scenario; NULL when memory is out. */
struct result *fixture_result(void);

/** Free a result made by fixture_result(), and its scenario. */
void fixture_result_free(struct result *result);

/** One result for all tests of a program: made by the group's setup, freed by its teardown. */
extern struct result *shared_result;
int shared_result_setup(void **state);
int shared_result_teardown(void **state);

/** Replace every series of the result by ones of `points` points over `days` days. */
void fixture_series(struct result *result, size_t points, double days);

#endif
