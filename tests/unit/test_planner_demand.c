/** The demand's one pass against the engine's runs without limits: disk to the bit, memory from
 *  below and within a percent; the busy load against counting; any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/base/units.h"
#include "sim/planner_demand.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <math.h>
#include <string.h>

enum { VARIANTS = 4 };

static const char *const rough[] = {
    "workload.profile={daily: business-hours, weekend: 40%, noise: {cv: 0.5, correlation_time: "
    "30m}, growth_per_month: 3%}",
    "workload.incidents={per_month: 20, magnitude: {median: 4, p95: 12}, duration: {median: 1h, "
    "p95: 4h}}",
    "stack.loki.ingestion_rate=1Gi", /* no backlog, which the demand does not follow */
    "simulation={horizon: 3d, step: 5m, replicas: 128, seed: 7}", NULL};

/** Four settings of both stores, without limits. */
static void vary(const struct fixture_run *run, struct plan plans[VARIANTS]) {
    for (int i = 0; i < VARIANTS; i++) {
        plans[i] = run->plan;
        plans[i].node_count = plans[i].pod_count = 0;
        plans[i].loki.max_chunk_age_seconds = i == 1 ? 1800 : 7200;
        plans[i].loki.encoding = i == 2 ? LOKI_ENCODING_GZIP : LOKI_ENCODING_SNAPPY;
        plans[i].loki.chunk_target_size_bytes = i == 3 ? 256 * KIB : 1536 * KIB;
        plans[i].tempo.max_block_duration_seconds = i == 1 ? 600 : 1800;
        plans[i].tempo.parquet_row_group_size_bytes = i == 2 ? 1e6 : 1e8;
        plans[i].traces_dropped = i == 3 ? 0.5 : 0;
        for (int c = COMPONENT_LOKI; c <= COMPONENT_TEMPO; c++) {
            plans[i].resources[c].limit_bytes = 1e15;
            plans[i].resources[c].limit_cores = 64;
            plans[i].resources[c].volume_bytes = 16 * 1024 * GIB;
        }
    }
}

static void run_demand(struct fixture_run *run, const struct plan plans[VARIANTS], int threads,
                       struct planner_demand *demand) {
    static struct engine_plan constants[VARIANTS];
    for (int i = 0; i < VARIANTS; i++)
        assert_int_equal(engine_plan_init(run->scenario, run->engine.calibration,
                                          run->engine.prices, &plans[i], run->workload.step_seconds,
                                          &constants[i], &run->diagnostics),
                         STATUS_OK);
    run->engine.threads = threads;
    const struct planner_demand_input input = {&run->engine, constants, constants,
                                               VARIANTS,     VARIANTS,  run->plan.agent_kind};
    assert_int_equal(planner_demand_run(&input, &run->arena, demand, &run->diagnostics), STATUS_OK);
}

static void compare(float found, float engine, double below) {
    assert_true(found <= engine * 1.000001F);
    assert_true((double)found >= (double)engine * (1 - below));
}

static void compare_all(const struct planner_demand *demand, const struct engine_samples *samples) {
    for (int v = 0; v < VARIANTS; v++)
        for (size_t i = 0; i < demand->replicas; i++) {
            const struct planner_need *loki = &demand->loki[v], *tempo = &demand->tempo[v];
            float *const *metric = samples[v].metric;
            compare(loki->free_peak_mib[i], metric[METRIC_LOKI_FREE_PEAK_MIB][i], 0.01);
            compare(loki->disk_peak_gib[i], metric[METRIC_LOKI_DISK_PEAK_GIB][i], 1e-6);
            compare(loki->inodes_peak[i], metric[METRIC_LOKI_INODES_PEAK][i], 1e-6);
            compare(loki->floor_mib[i], metric[METRIC_LOKI_FLOOR_MIB][i], 1e-6);
            compare(metric[METRIC_LOKI_CPU_PEAK_CORES][i], loki->cores_peak[i], 0.2);
            compare(tempo->free_peak_mib[i], metric[METRIC_TEMPO_FREE_PEAK_MIB][i], 1e-6);
            compare(tempo->disk_peak_gib[i], metric[METRIC_TEMPO_DISK_PEAK_GIB][i], 1e-6);
            compare(tempo->inodes_peak[i], metric[METRIC_TEMPO_INODES_PEAK][i], 1e-6);
            compare(tempo->floor_mib[i], metric[METRIC_TEMPO_FLOOR_MIB][i], 1e-6);
            compare(metric[METRIC_TEMPO_CPU_PEAK_CORES][i], tempo->cores_peak[i], 0.01);
            compare(demand->small[COMPONENT_COLLECTOR].free_peak_mib[i],
                    metric[METRIC_COLLECTOR_MEMORY_PEAK_MIB][i], 1e-6);
            compare(demand->small[COMPONENT_AGENT].free_peak_mib[i],
                    metric[METRIC_AGENT_MEMORY_PEAK_MIB][i], 1e-6);
            compare(demand->small[COMPONENT_GRAFANA].cores_busy[i],
                    metric[METRIC_GRAFANA_CPU_CORES][i], 1e-6);
        }
}

static void one_pass_finds_what_the_engine_finds(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, rough);
    struct plan plans[VARIANTS];
    struct engine_samples samples[VARIANTS];
    struct planner_demand demand;
    vary(run, plans);
    assert_int_equal(
        engine_run(&run->engine, plans, VARIANTS, &run->arena, samples, &run->diagnostics),
        STATUS_OK);
    run_demand(run, plans, 1, &demand);
    compare_all(&demand, samples);
    fixture_run_free(run);
}

/** Flat load, no noise, no errors: what is passed hardly ever is the load itself, x 1 and at most
 *  one level (0.5 x 1.15^5 = 1.0057) more. */
static void the_busy_load_of_a_flat_day_is_its_mean(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    struct plan plans[VARIANTS];
    struct planner_demand demand;
    vary(run, plans);
    run_demand(run, plans, 1, &demand);
    const struct planner_need *loki = &demand.loki[0];
    assert_close((double)loki->cores_busy[0], (double)loki->cores_peak[0], 1e-6, 0);
    assert_close((double)demand.log_factor_peak[0], 1, 1e-6, 0);
    fixture_run_free(run);
}

/** Growth alone, from 1 to about 2 in a month of 100 %: 95 % of the time it is below
 *  2^0.95 = 1.932; the level above that is 0.5 x 1.15^10 = 2.023, more than the peak of 2. */
static void the_busy_load_is_passed_seldom(void **state) {
    (void)state;
    const char *grows[] = {"workload.profile.growth_per_month=100%",
                           "simulation={horizon: 30d, step: 30m, replicas: 64, seed: 1}", NULL};
    const char *spikes[] = {
        "workload.incidents={per_month: 1, magnitude: {median: 10, p95: 11}, duration: {median: "
        "30m, p95: 40m}}",
        "simulation={horizon: 30d, step: 30m, replicas: 64, seed: 1}", NULL};
    struct plan plans[VARIANTS];
    struct planner_demand demand;
    struct fixture_run *run = fixture_run_new(true, grows);
    vary(run, plans);
    run_demand(run, plans, 1, &demand);
    assert_close((double)demand.loki[0].cores_busy[0] / (double)demand.loki[0].cores_peak[0], 1, 0,
                 0.01);
    fixture_run_free(run);
    /* Incidents of half an hour or so, seven in a hundred of the time would be 100 of them. */
    run = fixture_run_new(true, spikes);
    vary(run, plans);
    run_demand(run, plans, 1, &demand);
    size_t struck = 0;
    for (size_t i = 0; i < demand.replicas; i++) {
        if (demand.log_factor_peak[i] < 2)
            continue;
        struck++;
        assert_true(demand.loki[0].cores_busy[i] < 0.5F * demand.loki[0].cores_peak[i]);
    }
    assert_true(struck > 16);
    fixture_run_free(run);
}

static void threads_change_nothing(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, rough);
    struct plan plans[VARIANTS];
    struct planner_demand one, three;
    vary(run, plans);
    run_demand(run, plans, 1, &one);
    run_demand(run, plans, 3, &three);
    const size_t size = one.replicas * sizeof(float);
    for (int v = 0; v < VARIANTS; v++) {
        assert_memory_equal(one.loki[v].free_peak_mib, three.loki[v].free_peak_mib, size);
        assert_memory_equal(one.tempo[v].free_peak_mib, three.tempo[v].free_peak_mib, size);
        assert_memory_equal(one.loki[v].memory_busy_mib, three.loki[v].memory_busy_mib, size);
    }
    fixture_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pass_finds_what_the_engine_finds),
        cmocka_unit_test(the_busy_load_of_a_flat_day_is_its_mean),
        cmocka_unit_test(the_busy_load_is_passed_seldom),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
