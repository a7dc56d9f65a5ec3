/** A plan simulated in rounds against the same replicas all at once. */
#include "sim/outcome.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { REPLICAS = 600, PLANS = 2 };

/** Kills, lost lines, volumes that fill, surplus credits and a bill that some replicas pass. */
static const char *const lively[] = {
    "workload.profile.noise.cv=0.5",
    "workload.incidents={per_month: 20, magnitude: {median: 6, p95: 20}, "
    "duration: {median: 1h, p95: 6h}}",
    "stack.loki.limits.memory=1200Mi",
    "stack.loki.requests.memory=256Mi",
    "stack.loki.volume=6Gi",
    "stack.tempo.volume=5Gi",
    "workload.queries.per_hour=3000",
    "cluster.nodes=[{type: t3.medium, count: 2}]",
    "targets={cost: {at_most: 118, probability: 90%}, logs_retention: {at_least: 3d, "
    "probability: 99%}, traces_retention: {at_least: 3d, probability: 90%}, "
    "out_of_memory: {at_most: 1%}, log_loss: {at_most: 1%, probability: 50%}}",
    "simulation.replicas=600",
    NULL};

/** What rounds handed over, put together again. */
struct collected {
    float metric[PLANS][METRIC_COUNT][REPLICAS];
    size_t replicas, rounds;
    size_t fail_at; /**< round whose folding fails; 0: none */
};

static bool collect(const struct engine_samples *samples, size_t plan_count, void *context) {
    struct collected *all = context;
    assert_int_equal(plan_count, PLANS);
    assert_true(all->replicas + samples[0].replicas <= REPLICAS);
    for (size_t p = 0; p < plan_count; p++)
        for (size_t m = 0; m < METRIC_COUNT; m++)
            memcpy(&all->metric[p][m][all->replicas], samples[p].metric[m],
                   samples[p].replicas * sizeof(float));
    all->replicas += samples[0].replicas;
    return ++all->rounds != all->fail_at;
}

/** Progress that must rise from 0 to 1; stops past `stop_at`. */
struct watch {
    double done, stop_at;
};

static bool rise(double done, void *context) {
    struct watch *watch = context;
    assert_true(done > watch->done && done <= 1);
    watch->done = done;
    return done < watch->stop_at;
}

static enum status run_rounds(struct fixture_run *run, uint64_t round, int threads,
                              struct collected *all, struct engine_samples samples[PLANS]) {
    struct plan plans[PLANS] = {run->plan, run->plan};
    struct engine_input engine = run->engine;
    plans[1].resources[COMPONENT_LOKI].limit_bytes *= 2;
    engine.series = true;
    engine.threads = threads;
    engine.round_replicas = round;
    engine.fold = all ? collect : NULL;
    engine.fold_context = all;
    return engine_run(&engine, plans, PLANS, &run->arena, samples, &run->diagnostics);
}

static void rounds_hand_over_what_is_kept_at_once(void **state) {
    (void)state;
    static const struct {
        uint64_t round;
        int threads;
        size_t rounds, last;
    } cases[] = {
        {64, 1, 10, 24}, {64, 3, 10, 24}, {130, 2, 4, 24}, {256, 7, 3, 88}, {0, 2, 1, 600}};
    static struct collected all;
    struct fixture_run *run = fixture_run_new(false, lively);
    struct engine_samples kept[PLANS];
    assert_int_equal(run_rounds(run, 0, 1, NULL, kept), STATUS_OK);
    assert_int_equal(kept[0].replicas, REPLICAS);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct engine_samples samples[PLANS];
        all = (struct collected){0};
        assert_int_equal(run_rounds(run, cases[c].round, cases[c].threads, &all, samples),
                         STATUS_OK);
        assert_int_equal(all.rounds, cases[c].rounds);
        assert_int_equal(all.replicas, REPLICAS);
        assert_int_equal(samples[0].replicas, cases[c].last);
        for (size_t p = 0; p < PLANS; p++) {
            for (size_t m = 0; m < METRIC_COUNT; m++)
                assert_memory_equal(all.metric[p][m], kept[p].metric[m], REPLICAS * sizeof(float));
            assert_int_equal(samples[p].series_replicas, kept[p].series_replicas);
            for (size_t s = 0; s < ENGINE_SERIES_COUNT; s++)
                assert_memory_equal(samples[p].series[s], kept[p].series[s],
                                    kept[p].points * kept[p].series_replicas * sizeof(float));
        }
    }
    fixture_run_free(run);
}

static void progress_rises_over_all_rounds(void **state) {
    (void)state;
    static struct collected all;
    struct fixture_run *run = fixture_run_new(false, lively);
    struct engine_samples samples[PLANS];
    struct watch watch = {0, 2};
    all = (struct collected){0};
    run->engine.progress = rise;
    run->engine.progress_context = &watch;
    assert_int_equal(run_rounds(run, 128, 1, &all, samples), STATUS_OK);
    assert_close(watch.done, 1, 0, 0);
    /* Ten blocks in five rounds of two: stopped after the fifth block, in the third round. */
    watch = (struct watch){0, 0.5};
    all = (struct collected){0};
    assert_int_equal(run_rounds(run, 128, 1, &all, samples), STATUS_EXTERNAL);
    assert_int_equal(all.rounds, 2);
    fixture_run_free(run);
}

static void a_fold_that_fails_ends_the_run(void **state) {
    (void)state;
    static struct collected all;
    struct fixture_run *run = fixture_run_new(false, lively);
    struct engine_samples samples[PLANS];
    all = (struct collected){.fail_at = 2};
    assert_int_equal(run_rounds(run, 64, 2, &all, samples), STATUS_SYSTEM);
    assert_int_equal(all.rounds, 2);
    fixture_run_free(run);
}

static void simulate(struct fixture_run *run, uint64_t round, int threads,
                     struct plan_outcome *outcome) {
    static const char *const label = "lively";
    const struct outcome_context context = fixture_run_context(run);
    struct engine_samples samples;
    const struct outcome_plans plans = {&run->plan, &label, 1, &samples};
    struct engine_input engine = run->engine;
    engine.round_replicas = round;
    engine.threads = threads;
    assert_int_equal(
        outcome_simulate(&engine, &context, &plans, &run->arena, &outcome, &run->diagnostics),
        STATUS_OK);
}

static void check_quantiles(const struct quantiles *found, const struct quantiles *exact) {
    const double bin = 2.5e-4;
    assert_close(found->p5, exact->p5, bin, 0);
    assert_close(found->p50, exact->p50, bin, 0);
    assert_close(found->p95, exact->p95, bin, 0);
    assert_close(found->p99, exact->p99, bin, 0);
    assert_close(found->max, exact->max, 0, 0);
}

static void check_probability(const struct probability *found, const struct probability *exact) {
    assert_memory_equal(found, exact, sizeof *found);
}

static void check_outcome(const struct plan_outcome *found, const struct plan_outcome *exact) {
    for (int c = 0; c < COMPONENT_COUNT; c++) {
        const struct component_outcome *own = &found->components[c], *one = &exact->components[c];
        check_quantiles(&own->memory_peak_mib, &one->memory_peak_mib);
        check_quantiles(&own->cpu_peak_cores, &one->cpu_peak_cores);
        check_quantiles(&own->disk_gib, &one->disk_gib);
        check_quantiles(&own->kills, &one->kills);
        check_probability(&own->out_of_memory, &one->out_of_memory);
        check_probability(&own->volume_full, &one->volume_full);
        assert_close(own->throttled_fraction, one->throttled_fraction, 0, 0);
    }
    check_quantiles(&found->log_loss, &exact->log_loss);
    check_quantiles(&found->monthly_usd, &exact->monthly_usd);
    check_probability(&found->credits_exhausted, &exact->credits_exhausted);
    assert_int_equal(found->target_count, exact->target_count);
    for (size_t i = 0; i < found->target_count; i++) {
        check_probability(&found->targets[i].probability, &exact->targets[i].probability);
        assert_int_equal(found->targets[i].holds, exact->targets[i].holds);
    }
}

/** Verdicts, chances and means to the bit, quantiles to a bin. */
static void outcomes_hardly_depend_on_rounds(void **state) {
    (void)state;
    static struct plan_outcome exact, found;
    struct fixture_run *run = fixture_run_new(false, lively);
    simulate(run, 0, 1, &exact);
    /* The scenario is one where each count is neither none nor all. */
    assert_int_equal(exact.target_count, 5);
    for (size_t i = 0; i < exact.target_count; i++)
        assert_true(exact.targets[i].probability.value > 0 &&
                    exact.targets[i].probability.value < 1);
    for (int threads = 1; threads <= 3; threads++) {
        simulate(run, 128, threads, &found);
        check_outcome(&found, &exact);
    }
    fixture_run_free(run);
}

/** One round is what outcome_make() makes of samples that were all kept. */
static void one_round_is_exact(void **state) {
    (void)state;
    static struct plan_outcome kept, found;
    struct fixture_run *run = fixture_run_new(false, lively);
    const struct outcome_context context = fixture_run_context(run);
    const struct engine_samples samples = fixture_run_samples(run);
    assert_int_equal(
        outcome_make(&context, &run->plan, &samples, "lively", &kept, &run->diagnostics),
        STATUS_OK);
    simulate(run, REPLICAS, 2, &found);
    assert_memory_equal(found.components, kept.components, sizeof kept.components);
    assert_memory_equal(&found.monthly_usd, &kept.monthly_usd, sizeof kept.monthly_usd);
    assert_memory_equal(&found.log_loss, &kept.log_loss, sizeof kept.log_loss);
    assert_string_equal(found.binding, kept.binding);
    fixture_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_hand_over_what_is_kept_at_once),
        cmocka_unit_test(progress_rises_over_all_rounds),
        cmocka_unit_test(a_fold_that_fails_ends_the_run),
        cmocka_unit_test(outcomes_hardly_depend_on_rounds),
        cmocka_unit_test(one_round_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
