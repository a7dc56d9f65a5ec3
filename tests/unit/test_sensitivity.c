/**
 * Sensitivity: the estimators against Ishigami's function, whose indices are known; inputs against
 * the direction they must push; the same bits for any number of threads; what is measured next.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/planner.h"
#include "sim/sensitivity.h"
#include "sim/sensitivity_indices.h"
#include "sim/sensitivity_inputs.h"
#include "sim/sensitivity_measure.h"
#include "sim/sensitivity_sobol.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOY_INPUTS = 3, TOY_ROWS = 4096 };

/** Ishigami and Homma: sin x + 7 sin^2 y + 0.1 z^4 sin x on (-pi, pi)^3. */
static double ishigami(const double *quantile) {
    double x[TOY_INPUTS];
    for (int i = 0; i < TOY_INPUTS; i++)
        x[i] = M_PI * (2 * quantile[i] - 1);
    return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

/** 4 x + 2 y, z without effect. */
static double linear(const double *quantile) {
    return 4 * quantile[0] + 2 * quantile[1];
}

static void toy_indices(double (*function)(const double *), struct sensitivity_index *index) {
    static double a[TOY_ROWS * TOY_INPUTS], b[TOY_ROWS * TOY_INPUTS];
    static double at_a[TOY_ROWS], at_b[TOY_ROWS], at_ab[TOY_ROWS];
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(sensitivity_design(TOY_INPUTS, TOY_ROWS, a, b, &diagnostics), STATUS_OK);
    for (unsigned input = 0; input < TOY_INPUTS; input++) {
        for (size_t row = 0; row < TOY_ROWS; row++) {
            double mixed[TOY_INPUTS];
            memcpy(mixed, &a[row * TOY_INPUTS], sizeof mixed);
            mixed[input] = b[row * TOY_INPUTS + input];
            at_a[row] = function(&a[row * TOY_INPUTS]);
            at_b[row] = function(&b[row * TOY_INPUTS]);
            at_ab[row] = function(mixed);
        }
        index[input] = sensitivity_index_of(at_a, at_b, at_ab, TOY_ROWS, 1, input);
    }
}

/** With a = 7 and b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2 = 13.8446;
 *  V1 = (1 + b pi^4/5)^2 / 2 = 4.3459, V2 = a^2/8 = 6.125, V13 = 8 b^2 pi^8/225 = 3.3737. So
 *  S = 0.3139, 0.4424, 0 and ST = (V1 + V13)/V = 0.5576, 0.4424, V13/V = 0.2437. */
static void ishigami_s_indices_are_found(void **state) {
    (void)state;
    struct sensitivity_index index[TOY_INPUTS];
    toy_indices(ishigami, index);
    assert_close(index[0].first, 0.3139, 0, 0.01);
    assert_close(index[1].first, 0.4424, 0, 0.01);
    assert_close(index[2].first, 0, 0, 0.01);
    assert_close(index[0].total, 0.5576, 0, 0.01);
    assert_close(index[1].total, 0.4424, 0, 0.01);
    assert_close(index[2].total, 0.2437, 0, 0.01);
    for (int i = 0; i < TOY_INPUTS; i++) {
        assert_true(index[i].first_low < index[i].first && index[i].first < index[i].first_high);
        assert_true(index[i].total_low < index[i].total && index[i].total < index[i].total_high);
        assert_true(index[i].first_high - index[i].first_low < 0.2);
    }
}

/** Of uniform inputs: V1 = 16/12, V2 = 4/12, so 0.8 and 0.2, alone and in total. */
static void a_sum_has_no_interactions(void **state) {
    (void)state;
    struct sensitivity_index index[TOY_INPUTS];
    toy_indices(linear, index);
    assert_close(index[0].first, 0.8, 0, 0.005);
    assert_close(index[1].first, 0.2, 0, 0.005);
    assert_close(index[0].total, 0.8, 0, 0.005);
    assert_close(index[1].total, 0.2, 0, 0.005);
    assert_true(index[2].first == 0 && index[2].total == 0);
}

static void what_does_not_vary_has_no_indices(void **state) {
    (void)state;
    static const double flat[4] = {3, 3, 3, 3};
    struct sensitivity_index index = sensitivity_index_of(flat, flat, flat, 4, 1, 0);
    assert_true(index.first == 0 && index.total == 0 && index.first_high == 0);
}

/** P10 and P90 are x 0.8 and x 1.25 of figures, x 0.5 and x 2 of incidents; the errors' ends are
 *  those of Student's t: t(0.9; 10) = 1.3722. */
static void the_ends_are_the_percentiles(void **state) {
    (void)state;
    struct calibration calibration = {0};
    calibration.loki.error.memory_peak = 0.1;
    calibration.loki.error.degrees_of_freedom = 10;
    assert_close(sensitivity_factor(SENSITIVITY_LOG_RATE, 0.1, &calibration), 0.8, 0, 1e-9);
    assert_close(sensitivity_factor(SENSITIVITY_LOG_RATE, 0.9, &calibration), 1.25, 0, 1e-9);
    assert_close(sensitivity_factor(SENSITIVITY_INCIDENTS, 0.1, &calibration), 0.5, 0, 1e-9);
    assert_close(sensitivity_factor(SENSITIVITY_DURATION, 0.9, &calibration), 2, 0, 1e-9);
    assert_close(sensitivity_factor(SENSITIVITY_LOKI_MEMORY, 0.9, &calibration), exp(0.13722), 0,
                 1e-5);
    assert_close(sensitivity_factor(SENSITIVITY_SYNCHRONY, 0.9, &calibration), 0.9, 0, 0);
    assert_close(sensitivity_factor(SENSITIVITY_STREAMS, -1, &calibration), 1, 0, 0);
}

static void moving_leaves_the_scenario_alone(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(false, NULL);
    struct sensitivity_point point = sensitivity_base();
    struct scenario moved;
    point.quantile[SENSITIVITY_LINE_BYTES] = 0.9;
    point.quantile[SENSITIVITY_COMPRESSION] = 0.1;
    assert_int_equal(sensitivity_move(run->scenario, &point, &run->tables.calibration, &run->arena,
                                      &moved, &run->diagnostics),
                     STATUS_OK);
    const struct scenario_service *service = moved.workload.services;
    assert_close(service->bytes_per_line, 375, 0, 1e-9);
    assert_close(service->compression[LOKI_ENCODING_GZIP], 3.2, 0, 1e-9);
    assert_close(service->lines_per_second, 20, 0, 0);
    assert_close(run->scenario->workload.services->bytes_per_line, 300, 0, 0);
    fixture_run_free(run);
}

/** Loads with noise and incidents; limits and volumes such that the base misses now and then. */
static struct fixture_run *tight_run(void) {
    static const char *const overrides[] = {
        "workload.profile.noise.cv=0.3",
        "workload.incidents={per_month: 10, magnitude: {median: 3, p95: 9}, "
        "duration: {median: 1h, p95: 4h}}",
        "workload.queries.per_hour=60",
        "stack.loki={limits: {cpu: 2000m, memory: 1300Mi}, volume: 4Gi, retention: 1d}",
        "stack.tempo={limits: {cpu: 1000m, memory: 1300Mi}, volume: 8Gi, retention: 1d}",
        "cluster={nodes: [{type: t3.large, count: 1}]}",
        "search={instance_types: [t3.medium, t3.large], max_nodes: 2, encodings: [snappy], "
        "memory_step: 64Mi}",
        "targets={out_of_memory: {at_most: 10%}, "
        "logs_retention: {at_least: 1d, probability: 90%}, "
        "traces_retention: {at_least: 1d, probability: 90%}}",
        "simulation={horizon: 3d, step: 30m, replicas: 128, seed: 1}",
        NULL};
    return fixture_run_new(false, overrides);
}

static void analyse(struct fixture_run *run, int threads, struct result *result) {
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 0};
    memset(result, 0, sizeof *result);
    input.engine.threads = threads;
    result->as_written = arena_take(&run->arena, sizeof *result->as_written);
    assert_non_null(result->as_written);
    result->as_written->plan = run->plan;
    enum status status = sensitivity_make(&input, result, &run->diagnostics);
    if (status != STATUS_OK)
        fail_msg("%s", run->diagnostics.items[0].message);
}

static void inputs_push_the_right_way(void **state) {
    (void)state;
    struct fixture_run *run = tight_run();
    struct result *result = malloc(sizeof *result);
    assert_non_null(result);
    analyse(run, 1, result);
    assert_int_equal(result->sensitivity_count, RESULT_SENSITIVITY_MAX);
    assert_true(result->sensitivity_summary.known);
    const struct sensitivity_end *base = &result->sensitivity_summary.base;
    size_t moved = 0;
    for (size_t i = 0; i < result->sensitivity_count; i++) {
        const struct sensitivity *row = &result->sensitivity[i];
        /* More of anything is more risk, but compression. */
        const bool less = strcmp(row->name, "compression") == 0;
        const struct sensitivity_end *calm = less ? &row->high : &row->low;
        const struct sensitivity_end *wild = less ? &row->low : &row->high;
        if (!(calm->risk <= base->risk + 0.01 && base->risk <= wild->risk + 0.01))
            fail_msg("%s: %g, %g, %g", row->name, calm->risk, base->risk, wild->risk);
        moved += wild->risk > calm->risk + 0.02;
        assert_true(i == 0 || row->moves <= result->sensitivity[i - 1].moves);
    }
    assert_true(moved >= 4);
    free(result);
    fixture_run_free(run);
}

static void threads_change_no_bit(void **state) {
    (void)state;
    struct fixture_run *run = tight_run();
    struct result *one = malloc(sizeof *one), *seven = malloc(sizeof *seven);
    assert_non_null(one);
    assert_non_null(seven);
    analyse(run, 1, one);
    analyse(run, 7, seven);
    for (size_t i = 0; i < one->sensitivity_count; i++) {
        const struct sensitivity *a = &one->sensitivity[i], *b = &seven->sensitivity[i];
        assert_string_equal(a->name, b->name);
        assert_memory_equal(&a->memory, &b->memory, sizeof a->memory);
        assert_memory_equal(&a->disk, &b->disk, sizeof a->disk);
        assert_true(a->moves == b->moves && a->low.risk == b->low.risk);
        assert_true(a->high.monthly_usd == b->high.monthly_usd);
    }
    assert_string_equal(one->sensitivity_summary.measure_next,
                        seven->sensitivity_summary.measure_next);
    free(one);
    free(seven);
    fixture_run_free(run);
}

/** A replica whose own load is the workload's, and whose parameters are drawn, is what it was. */
static void own_loads_that_do_not_differ_change_nothing(void **state) {
    (void)state;
    struct fixture_run *run = tight_run();
    const struct workload *load = &run->workload;
    static struct workload_own own[128];
    static const struct engine_given drawn = {-1, -1, -1, -1, -1};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        own[i] = (struct workload_own){.log_scale = 1,
                                       .trace_scale = 1,
                                       .noise_sigma = load->noise_sigma,
                                       .noise_shift = load->noise_shift,
                                       .incidents_per_second = load->incidents_per_second,
                                       .magnitude_log_mean = load->magnitude_log_mean,
                                       .duration_log_mean = load->duration_log_mean};
    struct engine_samples before = fixture_run_samples(run);
    run->workload.own = own;
    run->engine.given = &drawn;
    run->engine.given_count = 1;
    struct engine_samples after = fixture_run_samples(run);
    for (size_t m = 0; m < METRIC_COUNT; m++)
        assert_memory_equal(before.metric[m], after.metric[m], 128 * sizeof(float));
    own[5].log_scale = 2;
    after = fixture_run_samples(run);
    for (size_t i = 0; i < 128; i++)
        assert_close(after.metric[METRIC_LOG_FACTOR_PEAK][i],
                     (i == 5 ? 2 : 1) * before.metric[METRIC_LOG_FACTOR_PEAK][i], 1e-6, 0);
    fixture_run_free(run);
}

/** Without incidents nothing about them matters, and with all noise gone nor does chance. */
static void what_is_not_there_explains_nothing(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 0};
    struct sensitivity_sobol sobol;
    assert_int_equal(
        sensitivity_sobol(&input, &run->plan, 2 * WORKLOAD_LANES, &sobol, &run->diagnostics),
        STATUS_OK);
    static const int nothing[] = {SENSITIVITY_INCIDENTS,   SENSITIVITY_MAGNITUDE,
                                  SENSITIVITY_DURATION,    SENSITIVITY_NOISE,
                                  SENSITIVITY_GROWTH,      SENSITIVITY_QUERIES,
                                  SENSITIVITY_LOKI_MEMORY, SENSITIVITY_TEMPO_STORED};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_true(sobol.index[nothing[i]][SENSITIVITY_MEMORY].total == 0 &&
                    sobol.index[nothing[i]][SENSITIVITY_DISK].total == 0);
    assert_true(sobol.index[SENSITIVITY_CHANCE][SENSITIVITY_DISK].total == 0);
    assert_true(sobol.index[SENSITIVITY_LOG_RATE][SENSITIVITY_DISK].total > 0.1);
    assert_int_equal(sobol.evaluations, 19 * 2 * WORKLOAD_LANES);
    fixture_run_free(run);
}

static struct sensitivity_end end_of(double risk, bool holds, double usd, const char *nodes) {
    return (struct sensitivity_end){.at = 1,
                                    .risk = risk,
                                    .holds = holds,
                                    .found = usd > 0,
                                    .monthly_usd = usd,
                                    .nodes = nodes};
}

static void what_to_measure_is_what_decides(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    const struct sensitivity_end base = end_of(0.01, true, 40, "1 x a");
    struct sensitivity rows[2] = {{.noun = "the noise", .per = "times what the scenario says"},
                                  {.noun = "the rate", .per = "times what the scenario says"}};
    rows[0].low = end_of(0, true, 38, "1 x a");
    rows[0].high = end_of(0.04, true, 60, "1 x a");
    rows[1].low = end_of(0.01, true, 40, "1 x a");
    rows[1].high = end_of(0.2, false, 44, "2 x a");
    rows[1].high.at = 1.25;
    for (int i = 0; i < 2; i++)
        sensitivity_weigh(&base, &rows[i]);
    assert_close(rows[0].moves, 0.55, 0, 1e-12); /* (60 - 38) / 40 */
    assert_close(rows[1].moves, 0.19, 0, 1e-12); /* 0.2 - 0.01 */
    assert_false(rows[0].decides);
    assert_true(rows[1].decides);
    assert_string_equal(sensitivity_measure_next(&arena, &base, rows, 2),
                        "Measure the rate: at 1.25 times what the scenario says, this plan would "
                        "miss (risk 20%) and the cheapest that passes is 2 x a at $44.00");
    assert_string_equal(sensitivity_measure_next(&arena, &base, rows, 1),
                        "No single input, if it were known, would change the decision");
    rows[1].high = end_of(0.2, true, 0, "");
    sensitivity_weigh(&base, &rows[1]);
    assert_close(rows[1].moves, 1, 0, 0);
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigami_s_indices_are_found),
        cmocka_unit_test(a_sum_has_no_interactions),
        cmocka_unit_test(what_does_not_vary_has_no_indices),
        cmocka_unit_test(the_ends_are_the_percentiles),
        cmocka_unit_test(moving_leaves_the_scenario_alone),
        cmocka_unit_test(inputs_push_the_right_way),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(own_loads_that_do_not_differ_change_nothing),
        cmocka_unit_test(what_is_not_there_explains_nothing),
        cmocka_unit_test(what_to_measure_is_what_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
