/** What the peers start from and are held to, as JSON: workload, constants of the first
 *  BENCH_PEER_PLANS plans as the engine takes them, and the statistics of the engine's samples. */
#ifndef TESTS_BENCH_BENCH_JSON_H
#define TESTS_BENCH_BENCH_JSON_H

#include "tests/bench/bench_setup.h"

#include <stdio.h>

/** Write to `out`. Returns false when memory is out, a plan cannot be made or `out` fails. */
bool bench_json_write(struct bench_setup *setup, const struct engine_samples *samples, FILE *out);

#endif
