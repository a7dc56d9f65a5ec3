/** Ingest paths against their definitions: shape, noise and incidents. */
#include "sim/base/units.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_week_of_shape_has_mean_one(void **state) {
    (void)state;
    const char *overrides[] = {"workload.profile.daily=business-hours",
                               "workload.profile.weekend=40%", "simulation.horizon=14d", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    assert_close(workload_shape_mean(&run->workload), 1, 1e-6, 0);
    const size_t day = 288;
    /* Saturday noon against Friday noon: 40 %; Monday again as Monday. */
    assert_close((double)run->workload.shape[5 * day + 144],
                 0.4 * (double)run->workload.shape[4 * day + 144], 1e-5, 0);
    assert_close((double)run->workload.shape[7 * day + 100], (double)run->workload.shape[100], 1e-6,
                 0);
    fixture_run_free(run);
}

static void growth_compounds_by_the_month(void **state) {
    (void)state;
    const char *overrides[] = {"workload.profile.growth_per_month=10%", "simulation.horizon=365d",
                               NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    const size_t last = run->workload.steps - 1;
    const double months = (double)last * 300 / SECONDS_PER_MONTH;
    assert_close((double)run->workload.shape[last], pow(1.1, months), 1e-5, 0);
    fixture_run_free(run);
}

/** Moments of ln(noise): mean -s^2/2, variance s^2 = ln(1 + cv^2), lag-k correlation exp(-k
 * dt/tau). 640 replicas of 864 steps with a correlation time of 6 steps are about 46,000
 * independent draws: standard error of the variance about sqrt(2/46000) = 0.7 %; four of them are
 * allowed. */
static void noise_is_the_ar1_that_was_asked_for(void **state) {
    (void)state;
    const char *overrides[] = {"workload.profile.noise={cv: 0.5, correlation_time: 30m}", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    const double variance = log(1 + 0.5 * 0.5);
    double sum = 0, squares = 0, lagged = 0, factors = 0;
    size_t count = 0, pairs = 0;
    struct workload_block block;
    workload_block_init(&block);
    for (uint64_t first = 0; first < 640; first += WORKLOAD_LANES) {
        double before[WORKLOAD_LANES] = {0};
        assert_int_equal(workload_block_start(&run->workload, first, &block, &run->diagnostics),
                         STATUS_OK);
        for (size_t step = 0; step < run->workload.steps; step++) {
            const size_t row = step % WORKLOAD_STEPS;
            if (row == 0)
                workload_block_steps(&run->workload, step, &block);
            for (size_t lane = 0; lane < WORKLOAD_LANES; lane++) {
                double x = log((double)block.log_factor[row][lane]) + variance / 2;
                factors += (double)block.log_factor[row][lane];
                sum += x;
                squares += x * x;
                lagged += step > 0 ? x * before[lane] : 0;
                pairs += step > 0;
                before[lane] = x;
                count++;
            }
        }
    }
    workload_block_fini(&block);
    const double n = (double)count;
    assert_close(sum / n, 0, 0, 4 * sqrt(variance / 46000));
    assert_close(squares / n, variance, 0.028, 0);
    assert_close(lagged / (double)pairs, variance * exp(-300.0 / 1800), 0.028, 0);
    assert_close(factors / n, 1, 0, 4 * 0.5 / sqrt(46000));
    fixture_run_free(run);
}

/** Without noise the excess over 1 is the incidents'. Its mean is rate x E[duration] x E[(m-1)+];
 *  about 20 incidents a replica and 640 replicas: some 12,600 incidents whose products vary by
 *  about 2.5 times their mean, so the standard error is 2.2 %; four are allowed. */
static void incidents_add_what_their_formula_says(void **state) {
    (void)state;
    const char *overrides[] = {
        "workload.incidents={per_month: 20, magnitude: {median: 4, p95: 12}, "
        "duration: {median: 30m, p95: 3h}}",
        "simulation.horizon=30d", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    double logs = 0, traces = 0, count = 0;
    struct workload_block block;
    workload_block_init(&block);
    for (uint64_t first = 0; first < 640; first += WORKLOAD_LANES) {
        assert_int_equal(workload_block_start(&run->workload, first, &block, &run->diagnostics),
                         STATUS_OK);
        for (size_t step = 0; step < run->workload.steps; step++) {
            const size_t row = step % WORKLOAD_STEPS;
            if (row == 0)
                workload_block_steps(&run->workload, step, &block);
            for (size_t lane = 0; lane < WORKLOAD_LANES; lane++) {
                assert_true(block.log_factor[row][lane] >= 0.999F);
                logs += (double)block.log_factor[row][lane] - 1;
                traces += (double)block.trace_factor[row][lane] - 1;
                count++;
            }
        }
    }
    workload_block_fini(&block);
    assert_close(logs / count, workload_incident_mean(&run->workload) - 1, 0.09, 0);
    assert_close(traces / logs, WORKLOAD_INCIDENT_TRACE_SHARE, 1e-3, 0);
    fixture_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_of_shape_has_mean_one),
        cmocka_unit_test(growth_compounds_by_the_month),
        cmocka_unit_test(noise_is_the_ar1_that_was_asked_for),
        cmocka_unit_test(incidents_add_what_their_formula_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
