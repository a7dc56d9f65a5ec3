/** The engine against closed forms and conservation laws. */
#include "models/volume.h"
#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/engine_step.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/** Loki's need at the fixture's mean load, straight from the model. */
static struct loki_need loki_mean(const struct fixture_run *run, double synchrony) {
    struct loki_class class = {
        .streams = 100, .bytes_per_second = 60000, .bytes_per_line = 300, .compression = 2.5};
    /* Ten replicas are two hosts, so two agents that push once a second. */
    struct loki_load load = {.classes = &class, .class_count = 1, .pushes_per_second = 2};
    struct loki_need need;
    loki_predict(&run->tables.calibration.loki, &run->plan.loki, &load, 1, synchrony, &need);
    return need;
}

static void without_noise_it_is_the_closed_form(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    struct engine_samples samples = fixture_run_samples(run);
    struct loki_need need = loki_mean(run, 1);
    const double days = 3;
    double disk =
        (need.chunk_disk_bytes_per_second + need.index_bytes_per_second) * days * SECONDS_PER_DAY +
        need.wal_bound_bytes;
    for (size_t i = 0; i < samples.replicas; i++) {
        assert_close((double)samples.metric[METRIC_LOG_FACTOR_MEAN][i], 1, 1e-5, 0);
        assert_close((double)samples.metric[METRIC_LOG_FACTOR_PEAK][i], 1, 1e-5, 0);
        assert_close((double)samples.metric[METRIC_LOKI_CPU_MEAN_CORES][i], need.cpu_cores, 1e-3,
                     0);
        assert_close((double)samples.metric[METRIC_LOKI_DISK_PEAK_GIB][i], disk / GIB, 2e-3, 0);
        assert_close((double)samples.metric[METRIC_LOG_STORED][i], 1, 1e-5, 0);
        assert_true(samples.metric[METRIC_LOKI_KILLS][i] == 0);
        assert_true(samples.metric[METRIC_TEMPO_KILLS][i] == 0);
    }
    fixture_run_free(run);
}

/** Right after installation all chunks are open together: the peak comes at the end of the first
 *  chunk's life, when synchrony has decayed by exp(-2 h / 24 h) towards where it settles. */
static void memory_peaks_after_the_first_chunk_age(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    struct engine_samples samples = fixture_run_samples(run);
    double together = loki_mean(run, 1).memory_free_peak_bytes / MIB;
    double spread = loki_mean(run, 0).memory_free_peak_bytes / MIB;
    const double kept = exp(-(7200.0 - 300) / SECONDS_PER_DAY);
    for (size_t i = 0; i < samples.replicas; i++) {
        double peak = (double)samples.metric[METRIC_LOKI_MEMORY_PEAK_MIB][i];
        assert_true(peak <= together * (1 + 1e-4));
        assert_true(peak >= spread + (together - spread) * kept - together * 1e-4);
    }
    fixture_run_free(run);
}

static void the_volume_is_full_when_arithmetic_says(void **state) {
    (void)state;
    const char *overrides[] = {"stack.loki.volume=3Gi", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    struct engine_samples samples = fixture_run_samples(run);
    struct loki_need need = loki_mean(run, 1);
    double rate = need.chunk_disk_bytes_per_second + need.index_bytes_per_second;
    double fills_after = (volume_usable_bytes(3 * GIB) - need.wal_bound_bytes) / rate;
    double full = 3 * SECONDS_PER_DAY - fills_after;
    assert_true(full > 0);
    for (size_t i = 0; i < samples.replicas; i++) {
        assert_close((double)samples.metric[METRIC_LOKI_FULL_SECONDS][i], full, 0, 3600);
        assert_true(samples.metric[METRIC_LOG_LOSS][i] > 0);
    }
    fixture_run_free(run);
}

/** Half of the load fits the ingestion limit: half is served, the rest waits at the agents until
 *  their files are full or its batches are given up. */
static void a_rate_limit_serves_its_share(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    run->plan.ingestion_rate_bytes_per_second = 30000;
    struct engine_samples samples = fixture_run_samples(run);
    for (size_t i = 0; i < samples.replicas; i++) {
        assert_close((double)samples.metric[METRIC_LOG_STORED][i], 0.5, 1e-4, 0);
        assert_close(
            (double)(samples.metric[METRIC_LOG_LOSS][i] + samples.metric[METRIC_LOG_PENDING][i]),
            0.5, 1e-4, 0);
        assert_true(samples.metric[METRIC_LOG_LOSS][i] > 0.01F);
    }
    fixture_run_free(run);
}

static void streams_past_the_limit_are_lost(void **state) {
    (void)state;
    const char *overrides[] = {"stack.loki.max_streams=75", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    struct engine_samples samples = fixture_run_samples(run);
    /* 25 of 100 streams are refused. */
    for (size_t i = 0; i < samples.replicas; i++)
        assert_close((double)samples.metric[METRIC_LOG_LOSS][i], 0.25, 1e-4, 0);
    fixture_run_free(run);
}

static void every_byte_is_stored_lost_or_waiting(void **state) {
    (void)state;
    const char *overrides[] = {
        "workload.profile.noise.cv=0.8",
        "workload.incidents={per_month: 30, magnitude: {median: 8, p95: 40}, "
        "duration: {median: 2h, p95: 12h}}",
        "stack.loki.ingestion_rate=200000",
        "stack.loki.limits.memory=600Mi",
        "stack.loki.requests.memory=256Mi",
        "stack.loki.volume=6Gi",
        "stack.loki.limits.cpu=100m",
        "stack.loki.requests.cpu=50m",
        NULL};
    struct fixture_run *run = fixture_run_new(false, overrides);
    struct engine_samples samples = fixture_run_samples(run);
    float kills = 0, lost = 0;
    for (size_t i = 0; i < samples.replicas; i++) {
        double sum = (double)samples.metric[METRIC_LOG_STORED][i] +
                     (double)samples.metric[METRIC_LOG_LOSS][i] +
                     (double)samples.metric[METRIC_LOG_PENDING][i];
        assert_close(sum, 1, 0, 1e-4);
        kills += samples.metric[METRIC_LOKI_KILLS][i];
        lost += samples.metric[METRIC_LOG_LOSS][i];
    }
    assert_true(kills > 0 && lost > 0);
    fixture_run_free(run);
}

static void limits_decide_kills(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    double peak = loki_mean(run, 0).memory_free_peak_bytes;
    run->plan.resources[COMPONENT_LOKI].limit_bytes = 0.9 * peak;
    struct engine_samples killed = fixture_run_samples(run);
    run->plan.resources[COMPONENT_LOKI].limit_bytes =
        1.1 * loki_mean(run, 1).memory_free_peak_bytes;
    struct engine_samples spared = fixture_run_samples(run);
    for (size_t i = 0; i < killed.replicas; i++) {
        assert_true(killed.metric[METRIC_LOKI_KILLS][i] > 0);
        assert_true(spared.metric[METRIC_LOKI_KILLS][i] == 0);
    }
    fixture_run_free(run);
}

/** The bill of so many days at a constant demand, by the model of one node's credits. */
static double surplus_usd(const struct instance_type *type, double cores, int days) {
    struct credit_state credits = {0};
    for (int step = 0; step < days * 288; step++)
        credit_step(type, true, cores, 300, &credits);
    return credits.surplus_charged / 60 * 0.05;
}

/** Another tenant burns 0.9 cores of a t3.medium in unlimited mode: it earns 24 credits an hour,
 *  spends 54 and a little more, owes 576 for free; the rest is billed at $0.05 a vCPU-hour. */
static void surplus_credits_are_billed(void **state) {
    (void)state;
    const char *overrides[] = {"cluster={nodes: [{type: t3.medium, count: 1}], dedicated: false, "
                               "other_requests: {cpu: 900m, memory: 64Mi, pods: 1}}",
                               "stack.loki.requests={cpu: 100m, memory: 256Mi}",
                               "stack.tempo.requests={cpu: 100m, memory: 256Mi}", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    assert_int_equal(run->plan.pending, 0);
    struct engine_samples samples = fixture_run_samples(run);
    for (size_t i = 0; i < samples.replicas; i++) {
        double stack_cores = (double)samples.metric[METRIC_LOKI_CPU_MEAN_CORES][i] +
                             (double)samples.metric[METRIC_TEMPO_CPU_MEAN_CORES][i] +
                             (double)samples.metric[METRIC_GRAFANA_CPU_CORES][i] +
                             (double)samples.metric[METRIC_COLLECTOR_CPU_CORES][i];
        /* System pods use 38 millicores; the node's agent tails nothing of note. */
        double cores = 0.9 + 0.038 + stack_cores;
        double billed = ((60 * cores - 24) * 72 - 576) / 60 * 0.05;
        assert_close((double)samples.metric[METRIC_SURPLUS_USD][i], billed, 0.02, 0);
        assert_close(surplus_usd(run->plan.nodes[0], cores, 3), billed, 1e-9, 0);
    }
    fixture_run_free(run);
}

/** The same in standard mode: nothing is billed, the node is held to its baseline. */
static void standard_credits_throttle(void **state) {
    (void)state;
    const char *overrides[] = {"cluster={nodes: [{type: t3.medium, count: 1}], credits: standard, "
                               "dedicated: false, "
                               "other_requests: {cpu: 900m, memory: 64Mi, pods: 1}}",
                               "stack.loki.requests={cpu: 100m, memory: 256Mi}",
                               "stack.tempo.requests={cpu: 100m, memory: 256Mi}", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    struct engine_samples samples = fixture_run_samples(run);
    for (size_t i = 0; i < samples.replicas; i++) {
        assert_true(samples.metric[METRIC_SURPLUS_USD][i] == 0);
        assert_true(samples.metric[METRIC_CREDITS_EXHAUSTED][i] == 1);
    }
    fixture_run_free(run);
}

static const char *const lively[] = {
    "workload.profile.noise.cv=0.5",
    "workload.incidents={per_month: 20, magnitude: {median: 6, p95: 20}, "
    "duration: {median: 1h, p95: 6h}}",
    "stack.loki.limits.memory=700Mi",
    "stack.loki.requests.memory=256Mi",
    "simulation.replicas=300",
    NULL};

static void threads_do_not_change_a_bit(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, lively);
    const int threads[] = {1, 2, 7};
    struct engine_samples samples[3];
    run->engine.series = true;
    for (int t = 0; t < 3; t++) {
        run->engine.threads = threads[t];
        samples[t] = fixture_run_samples(run);
    }
    for (int t = 1; t < 3; t++) {
        for (size_t m = 0; m < METRIC_COUNT; m++)
            assert_memory_equal(samples[0].metric[m], samples[t].metric[m],
                                samples[0].replicas * sizeof(float));
        for (size_t s = 0; s < ENGINE_SERIES_COUNT; s++)
            assert_memory_equal(samples[0].series[s], samples[t].series[s],
                                samples[0].points * samples[0].series_replicas * sizeof(float));
    }
    fixture_run_free(run);
}

/** Replica 250 is the same replica whether 300 or 256 are drawn, and alone or beside other plans.
 */
static void replicas_do_not_depend_on_their_company(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, lively);
    struct engine_samples all = fixture_run_samples(run);
    run->engine.replicas = 256;
    struct plan plans[2] = {run->plan, run->plan};
    plans[0].resources[COMPONENT_LOKI].limit_bytes = 300 * MIB;
    struct engine_samples two[2];
    assert_int_equal(engine_run(&run->engine, plans, 2, &run->arena, two, &run->diagnostics),
                     STATUS_OK);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        assert_memory_equal(all.metric[m], two[1].metric[m], 256 * sizeof(float));
    fixture_run_free(run);
}

/** Move a block under a lively load, `together` steps at once; with `always` by the long way. */
static void run_block(struct fixture_run *run, bool always, size_t together,
                      struct engine_block *block, struct engine_plan *plan,
                      struct workload_block *load) {
    const struct calibration *calibration = &run->tables.calibration;
    struct engine_draws draws;
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    assert_non_null(rng);
    assert_int_equal(engine_plan_init(run->scenario, calibration, run->tables.prices, &run->plan,
                                      300, plan, &run->diagnostics),
                     STATUS_OK);
    assert_int_equal(engine_block_init(block, plan, &run->arena, &run->diagnostics), STATUS_OK);
    assert_int_equal(workload_block_start(&run->workload, 0, load, &run->diagnostics), STATUS_OK);
    engine_draw(calibration, run->plan.agent_kind, rng, 1, 0, &draws);
    engine_block_reset(block, &draws);
    for (size_t step = 0; step < run->workload.steps; step += together) {
        if (always)
            block->loki.process.pressed = block->tempo.process.pressed = block->nodes[0].slowed =
                true;
        if (step % WORKLOAD_STEPS == 0)
            workload_block_steps(&run->workload, step, load);
        const struct engine_span span = {.load = load,
                                         .draws = &draws,
                                         .seed = 1,
                                         .first = step,
                                         .end = step + together,
                                         .last = step + together == run->workload.steps};
        engine_block_steps(block, &span, NULL);
    }
    gsl_rng_free(rng);
}

/** The short way through a step is one only where the long way does nothing more; and steps that
 *  are taken together are those taken one by one. */
static void the_short_way_gives_the_same_bits(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, lively);
    struct engine_block *blocks = aligned_alloc(CACHE_LINE, 2 * sizeof *blocks);
    struct engine_plan *plans = malloc(2 * sizeof *plans);
    struct workload_block load;
    assert_true(blocks && plans);
    workload_block_init(&load);
    assert_int_equal(run->workload.steps % WORKLOAD_STEPS, 0);
    run_block(run, false, WORKLOAD_STEPS, &blocks[0], &plans[0], &load);
    run_block(run, true, 1, &blocks[1], &plans[1], &load);
    workload_block_fini(&load);
    const struct engine_process *one = &blocks[0].loki.process, *other = &blocks[1].loki.process;
    float kills = 0;
    for (size_t i = 0; i < LANES; i++)
        kills += one->kills[i];
    assert_true(kills > 0);
    assert_memory_equal(one, other, offsetof(struct engine_process, window));
    assert_memory_equal(&blocks[0].tempo.process, &blocks[1].tempo.process,
                        offsetof(struct engine_process, window));
    assert_memory_equal(&blocks[0].loki, &blocks[1].loki,
                        offsetof(struct engine_loki_state, process));
    assert_memory_equal(&blocks[0].tempo, &blocks[1].tempo,
                        offsetof(struct engine_tempo_state, process));
    assert_memory_equal(&blocks[0].nodes[0], &blocks[1].nodes[0],
                        offsetof(struct engine_node_state, slowed));
    free(plans);
    free(blocks);
    fixture_run_free(run);
}

static bool stop_at_once(double done, void *context) {
    (void)done;
    (void)context;
    return false;
}

static void a_run_can_be_interrupted(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, lively);
    run->engine.progress = stop_at_once;
    struct engine_samples samples;
    assert_int_equal(
        engine_run(&run->engine, &run->plan, 1, &run->arena, &samples, &run->diagnostics),
        STATUS_EXTERNAL);
    fixture_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_noise_it_is_the_closed_form),
        cmocka_unit_test(memory_peaks_after_the_first_chunk_age),
        cmocka_unit_test(the_volume_is_full_when_arithmetic_says),
        cmocka_unit_test(a_rate_limit_serves_its_share),
        cmocka_unit_test(streams_past_the_limit_are_lost),
        cmocka_unit_test(every_byte_is_stored_lost_or_waiting),
        cmocka_unit_test(limits_decide_kills),
        cmocka_unit_test(surplus_credits_are_billed),
        cmocka_unit_test(standard_credits_throttle),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(replicas_do_not_depend_on_their_company),
        cmocka_unit_test(the_short_way_gives_the_same_bits),
        cmocka_unit_test(a_run_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
