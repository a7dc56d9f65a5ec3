#include "tests/unit/fixture_run.h"

#include "sim/base/diagnostic_print.h"

#include <gsl/gsl_errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char scenario_text[] =
    "version: 1\n"
    "name: small\n"
    "workload:\n"
    "  services:\n"
    "    - name: api\n"
    "      replicas: 10\n"
    "      logs: {lines_per_second: 20, bytes_per_line: 300, streams_per_replica: 10,\n"
    "             compression: {snappy: 2.5, gzip: 4.0, zstd: 4.2}}\n"
    "      traces: {requests_per_second: 10, sampled: 10%, spans_per_trace: 8,\n"
    "               bytes_per_span: 470}\n"
    "  profile: {daily: flat, weekend: 100%, noise: {cv: 0, correlation_time: 30m},\n"
    "            growth_per_month: 0%}\n"
    "  incidents: {per_month: 0}\n"
    "  queries: {per_hour: 0}\n"
    "stack:\n"
    "  loki: {limits: {cpu: 2000m, memory: 4Gi}, volume: 100Gi, retention: 3d,\n"
    "         memory_limit_target: 0%}\n"
    "  tempo: {limits: {cpu: 2000m, memory: 4Gi}, volume: 100Gi, retention: 3d,\n"
    "          memory_limit_target: 0%}\n"
    "cluster: {nodes: [{type: m5.large, count: 2}]}\n"
    "simulation: {horizon: 3d, step: 5m, replicas: 64, seed: 1}\n";

static void take_errors_away(struct calibration *calibration) {
    double loki_freedom = calibration->loki.error.degrees_of_freedom;
    double tempo_freedom = calibration->tempo.error.degrees_of_freedom;
    calibration->loki.error = (struct loki_error){.degrees_of_freedom = loki_freedom};
    calibration->tempo.error = (struct tempo_error){.degrees_of_freedom = tempo_freedom};
    calibration->collector.memory_error = calibration->collector.cpu_error = 0;
    calibration->grafana.memory_error = calibration->grafana.cpu_error = 0;
    for (int kind = 0; kind < AGENT_KIND_COUNT; kind++)
        calibration->agent[kind].memory_error = calibration->agent[kind].cpu_error = 0;
}

static void must(enum status status, const struct diagnostics *diagnostics) {
    if (status == STATUS_OK)
        return;
    struct text text;
    text_init(&text);
    diagnostics_print(&text, diagnostics);
    print_error("%s\n", text.data ? text.data : "no diagnostics");
    text_fini(&text);
    fail();
}

struct fixture_run *fixture_run_new(bool exact, const char *const *overrides) {
    struct fixture_run *run = calloc(1, sizeof *run);
    assert_non_null(run);
    gsl_set_error_handler_off();
    arena_init(&run->arena);
    diagnostics_init(&run->diagnostics);
    struct scenario_override list[32];
    size_t count = 0;
    for (; overrides && overrides[count]; count++)
        list[count].text = overrides[count];
    must(run_tables_load(&run->arena, NULL, &run->tables, &run->diagnostics), &run->diagnostics);
    must(scenario_parse("small.yaml", scenario_text, strlen(scenario_text), list, count,
                        run->tables.prices, &run->tables.instances, &run->scenario,
                        &run->diagnostics),
         &run->diagnostics);
    if (exact)
        take_errors_away(&run->tables.calibration);
    must(workload_init(run->scenario, &run->arena, &run->workload, &run->diagnostics),
         &run->diagnostics);
    must(plan_from_scenario(run->scenario, &run->tables.instances, &run->plan, &run->diagnostics),
         &run->diagnostics);
    run->engine = (struct engine_input){.scenario = run->scenario,
                                        .workload = &run->workload,
                                        .calibration = &run->tables.calibration,
                                        .prices = run->tables.prices,
                                        .replicas = run->scenario->simulation.replicas};
    return run;
}

void fixture_run_free(struct fixture_run *run) {
    scenario_free(run->scenario);
    arena_fini(&run->arena);
    free(run);
}

struct outcome_context fixture_run_context(struct fixture_run *run) {
    return (struct outcome_context){.scenario = run->scenario,
                                    .prices = run->tables.prices,
                                    .baseline_usd_per_month = 1000,
                                    .arena = &run->arena,
                                    .calibration = &run->tables.calibration};
}

struct engine_samples fixture_run_samples(struct fixture_run *run) {
    struct engine_samples samples;
    must(engine_run(&run->engine, &run->plan, 1, &run->arena, &samples, &run->diagnostics),
         &run->diagnostics);
    return samples;
}
