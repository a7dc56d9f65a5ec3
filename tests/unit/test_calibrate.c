#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/calibrate.h"
#include "sim/fit_fidelity.h"
#include "sim/fit_loki.h"
#include "sim/predict.h"
#include "tests/unit/assert_close.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

/** The model that says the same of every row. */
static double constant(const double *parameters, size_t row, const void *context) {
    (void)row;
    (void)context;
    return parameters[0];
}

/** a x^b at the abscissae in `context`. */
static double power(const double *parameters, size_t row, const void *context) {
    const double *x = context;
    return parameters[0] * pow(x[row], parameters[1]);
}

static struct calibrate_problem constant_problem(const double *measured, size_t rows,
                                                 const double *start, const double *width,
                                                 double noise) {
    return (struct calibrate_problem){.name = "test",
                                      .rows = rows,
                                      .parameters = 1,
                                      .measured = measured,
                                      .start = start,
                                      .prior_width = width,
                                      .noise = noise,
                                      .predict = constant};
}

static struct calibrate_solution solve(const struct calibrate_problem *problem, const bool *use) {
    struct calibrate_solution solution;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(calibrate_fit(problem, use, &solution, &diagnostics), STATUS_OK);
    return solution;
}

static void a_power_law_is_found_exactly(void **state) {
    (void)state;
    const double x[] = {1, 2, 4, 8}, start[] = {1, 1}, width[] = {0, 0};
    const double measured[] = {3, 3 * 1.6817928305074290861, 3 * 2.8284271247461900976,
                               3 * 4.7568284600108842}; /* 3 x^0.75 */
    struct calibrate_problem problem = {"test", 4, 2, measured, start, width, 0.1, power, x};
    struct calibrate_solution solution = solve(&problem, NULL);
    assert_close(solution.value[0], 3, 1e-7, 0);
    assert_close(solution.value[1], 0.75, 1e-7, 0);
    assert_close(solution.residual[2], 0, 0, 1e-7);
}

/** One row says ln y = 1 and the prior ln y = 0, both with deviation 0.5: the middle, 0.5 (with
 *  noise 0.5 the row's weight is 1 / (1 + (0.5 / (2.385 x 0.5))^2) = 0.8505, so 0.4596). */
static void a_prior_weighs_as_much_as_its_width_says(void **state) {
    (void)state;
    const double measured[] = {2.718281828459045}, start[] = {1}, width[] = {0.5};
    struct calibrate_problem problem = constant_problem(measured, 1, start, width, 0.5);
    double value = log(solve(&problem, NULL).value[0]);
    double distance = (1 - value) / (2.385 * 0.5);
    double weight = 1 / (1 + distance * distance);
    assert_close(value, weight / (weight + 1), 1e-6, 0);
    assert_true(value > 0.44 && value < 0.48);
}

static void an_outlier_hardly_pulls(void **state) {
    (void)state;
    double measured[11];
    const double start[] = {1}, width[] = {0};
    for (int i = 0; i < 10; i++)
        measured[i] = i % 2 ? 2.02 : 1.98;
    measured[10] = 20;
    struct calibrate_problem problem = constant_problem(measured, 11, start, width, 0.02);
    assert_close(solve(&problem, NULL).value[0], 2, 0.005, 0);
}

/** Four rows that agree to well within noise 0.1: the error of the mean of ln is 0.1 / sqrt 4. */
static void the_standard_error_is_that_of_a_mean(void **state) {
    (void)state;
    const double measured[] = {4.99, 5.01, 5, 5}, start[] = {1}, width[] = {0};
    struct calibrate_problem problem = constant_problem(measured, 4, start, width, 0.1);
    struct calibrate_solution solution = solve(&problem, NULL);
    assert_close(solution.standard_error[0], solution.value[0] * 0.05, 1e-3, 0);
}

/** ln measured = 0, 0, 0.3; wide noise, so no row is doubted. Without the third the mean is 0 and
 *  it is missed by 0.3; without the first it is 0.15 and that one is missed by -0.15. */
static void rows_are_left_out_one_by_one(void **state) {
    (void)state;
    const double measured[] = {1, 1, 1.3498588075760032}, start[] = {1}, width[] = {0};
    struct calibrate_problem problem = constant_problem(measured, 3, start, width, 1000);
    struct diagnostics diagnostics;
    double residual[3];
    diagnostics_init(&diagnostics);
    assert_int_equal(calibrate_leave_one_out(&problem, residual, &diagnostics), STATUS_OK);
    assert_close(residual[0], -0.15, 1e-6, 0);
    assert_close(residual[2], 0.3, 1e-6, 0);
    const bool use[] = {true, true, false};
    assert_close(solve(&problem, use).residual[2], 0.3, 1e-6, 0);
}

static void what_is_not_positive_is_refused(void **state) {
    (void)state;
    const double measured[] = {1, 0}, start[] = {1}, width[] = {0};
    struct calibrate_problem problem = constant_problem(measured, 2, start, width, 0.1);
    struct calibrate_solution solution;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(calibrate_fit(&problem, NULL, &solution, &diagnostics), STATUS_INVALID);
    assert_int_equal(diagnostics.count, 1);
    problem.rows = 0;
    assert_int_equal(calibrate_fit(&problem, NULL, &solution, &diagnostics), STATUS_INVALID);
}

/** Sizes 0.1, 0.2, 0.4: mean square (0.01 + 0.04 + 0.16) / 3 = 0.07. */
static void the_spread_skips_what_is_missing(void **state) {
    (void)state;
    const double residual[] = {-0.1, NAN, 0.4, 0.2};
    struct calibrate_spread spread = calibrate_spread_of(residual, 4);
    assert_int_equal(spread.count, 3);
    assert_close(spread.median, 0.2, 1e-12, 0);
    assert_close(spread.greatest, 0.4, 1e-12, 0);
    assert_close(spread.root_mean_square, sqrt(0.07), 1e-12, 0);
}

struct loki_fit {
    struct arena arena;
    struct loki_runs runs;
    struct loki_model model;
    struct diagnostics diagnostics;
};

static int fit_once(void **state) {
    static struct loki_fit fit;
    gsl_set_error_handler_off();
    arena_init(&fit.arena);
    diagnostics_init(&fit.diagnostics);
    *state = &fit;
    if (loki_runs_read(&fit.arena, &fit.runs, &fit.diagnostics) != STATUS_OK)
        return -1;
    return fit_loki_runs(&fit.runs, &fit.model, &fit.diagnostics) == STATUS_OK ? 0 : -1;
}

static int let_go(void **state) {
    struct loki_fit *fit = *state;
    arena_fini(&fit->arena);
    return 0;
}

static struct fit_loki_residuals left_out(struct loki_fit *fit, enum loki_group_name name) {
    struct fit_loki_residuals residuals = {0};
    assert_int_equal(
        fit_loki_left_out(&fit->model, &fit->runs, name, &residuals, &fit->diagnostics), STATUS_OK);
    return residuals;
}

static void lokis_peak_is_met_on_runs_left_out(void **state) {
    struct loki_fit *fit = *state;
    struct fit_loki_residuals residuals = left_out(fit, LOKI_GROUP_PEAK);
    struct calibrate_spread spread = calibrate_spread_of(residuals.logarithm, residuals.count);
    assert_int_equal(spread.count, 12);
    assert_true(spread.median <= 0.04);
    assert_true(spread.greatest <= 0.12);
}

static void nine_runs_of_ten_lie_in_the_interval(void **state) {
    struct loki_fit *fit = *state;
    struct fit_loki_residuals residuals = left_out(fit, LOKI_GROUP_PEAK);
    double width =
        predict_interval(fit->model.error.memory_peak, fit->model.error.degrees_of_freedom);
    size_t within = 0;
    for (size_t i = 0; i < residuals.count; i++)
        within += fabs(residuals.logarithm[i]) <= width;
    assert_true((double)within >= 0.85 * (double)residuals.count);
    assert_true(width < 0.12);
}

static void lokis_cpu_and_wal_are_met_on_runs_left_out(void **state) {
    struct loki_fit *fit = *state;
    struct fit_loki_residuals residuals = left_out(fit, LOKI_GROUP_CPU);
    struct calibrate_spread cpu = calibrate_spread_of(residuals.logarithm, residuals.count);
    assert_int_equal(cpu.count, 11); /* gzip's run stands alone */
    assert_true(cpu.greatest <= 0.20);
    residuals = left_out(fit, LOKI_GROUP_WAL_RATE);
    assert_true(calibrate_spread_of(residuals.logarithm, residuals.count).greatest <= 0.02);
    residuals = left_out(fit, LOKI_GROUP_MEAN);
    assert_true(calibrate_spread_of(residuals.logarithm, residuals.count).greatest <= 0.20);
}

static void lokis_stored_bytes_are_met(void **state) {
    struct loki_fit *fit = *state;
    for (size_t i = 0; i < fit->runs.count; i++) {
        double stored;
        if (!loki_run_is_plain(&fit->runs.rows[i]))
            continue;
        loki_run_chunks(&fit->runs.rows[i], &stored);
        assert_close(stored, fit->runs.rows[i].chunk_stored_bytes, 0.05, 0);
    }
}

static const struct loki_run *run_called(const struct loki_fit *fit, const char *name) {
    for (size_t i = 0; i < fit->runs.count; i++)
        if (strcmp(fit->runs.rows[i].name, name) == 0)
            return &fit->runs.rows[i];
    return NULL;
}

static void lokis_goals_and_queries_are_met(void **state) {
    struct loki_fit *fit = *state;
    static const char *const names[] = {"c09_60k_500_gml", "c15_250k_500_gml900",
                                        "c10_60k_500_query"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct loki_run *run = run_called(fit, names[i]);
        struct loki_need clock;
        assert_non_null(run);
        loki_run_predict_clock(&fit->model, run, &clock);
        assert_close(loki_run_peak_bytes(&fit->model, run), run->memory_peak_bytes, 0.08, 0);
        assert_close(clock.cpu_cores, run->clock_cpu_cores, 0.25, 0);
    }
}

static double number_at(const struct calibration *calibration, size_t offset) {
    double number;
    memcpy(&number, (const char *)calibration + offset, sizeof number);
    return number;
}

/** The committed file is what `make calibrate` writes. */
static void the_shipped_coefficients_are_refitted(void **state) {
    struct loki_fit *fit = *state;
    static struct calibration refitted, shipped;
    assert_int_equal(calibrate_all(&fit->arena, &refitted, &fit->diagnostics), STATUS_OK);
    assert_int_equal(calibration_shipped(&fit->arena, &shipped, &fit->diagnostics), STATUS_OK);
    const struct coefficient_slot *slot;
    for (size_t i = 0; (slot = calibration_slot(i)) != NULL; i++) {
        assert_close(number_at(&refitted, slot->value), number_at(&shipped, slot->value), 1e-3,
                     1e-12);
        if (slot->standard_error != COEFFICIENT_NO_ERROR)
            assert_close(number_at(&refitted, slot->standard_error),
                         number_at(&shipped, slot->standard_error), 0.06, 1e-12);
    }
}

static void a_written_calibration_reads_back(void **state) {
    struct loki_fit *fit = *state;
    static struct calibration shipped, again;
    struct text text;
    text_init(&text);
    assert_int_equal(calibration_shipped(&fit->arena, &shipped, &fit->diagnostics), STATUS_OK);
    calibrate_write(&shipped, &text);
    assert_int_equal(calibration_read(&fit->arena, "again.csv", text.data, text.length, &again,
                                      &fit->diagnostics),
                     STATUS_OK);
    assert_memory_equal(&again.loki.coefficient, &shipped.loki.coefficient,
                        sizeof shipped.loki.coefficient);
    text_fini(&text);
}

static void refuses(struct loki_fit *fit, const char *file_text, const char *message) {
    static struct calibration calibration;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(calibration_read(&fit->arena, "bad.csv", file_text, strlen(file_text),
                                      &calibration, &diagnostics),
                     STATUS_INVALID);
    assert_non_null(strstr(diagnostics.items[0].message, message));
}

#define HEADER "model,name,value,standard_error,unit,meaning\n"

static void damaged_coefficients_are_refused(void **state) {
    struct loki_fit *fit = *state;
    refuses(fit, HEADER, "is missing");
    refuses(fit, HEADER "loki,memory,1,,,\n", "no model has a coefficient loki.memory");
    refuses(fit, HEADER "loki_error,cpu,0.1,,,\nloki_error,cpu,0.1,,,\n", "is given twice");
    refuses(fit, HEADER "loki_error,cpu,,,,\n", "has no value");
    refuses(fit, "model,name\n", "value");
}

static void the_fidelity_table_names_every_run(void **state) {
    struct loki_fit *fit = *state;
    static struct fit_fidelity fidelity;
    struct text text;
    text_init(&text);
    assert_int_equal(fit_fidelity_read(&fit->arena, &fidelity, &fit->diagnostics), STATUS_OK);
    fit_fidelity_write(&fidelity, &text);
    for (size_t i = 0; i < fit->runs.count; i++)
        assert_non_null(strstr(text.data, fit->runs.rows[i].name));
    assert_non_null(strstr(text.data, "rate × chunk age"));
    assert_non_null(strstr(text.data, "v02_20tps"));
    assert_non_null(strstr(text.data, "| c10_60k_500_query | CPU, dilated | 0.521 cores |"));
    assert_non_null(strstr(text.data, "| c12_250k_5000_restart | peak memory of a replay"));
    text_fini(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_law_is_found_exactly),
        cmocka_unit_test(a_prior_weighs_as_much_as_its_width_says),
        cmocka_unit_test(an_outlier_hardly_pulls),
        cmocka_unit_test(the_standard_error_is_that_of_a_mean),
        cmocka_unit_test(rows_are_left_out_one_by_one),
        cmocka_unit_test(what_is_not_positive_is_refused),
        cmocka_unit_test(the_spread_skips_what_is_missing),
        cmocka_unit_test(lokis_peak_is_met_on_runs_left_out),
        cmocka_unit_test(nine_runs_of_ten_lie_in_the_interval),
        cmocka_unit_test(lokis_cpu_and_wal_are_met_on_runs_left_out),
        cmocka_unit_test(lokis_stored_bytes_are_met),
        cmocka_unit_test(lokis_goals_and_queries_are_met),
        cmocka_unit_test(the_shipped_coefficients_are_refitted),
        cmocka_unit_test(a_written_calibration_reads_back),
        cmocka_unit_test(damaged_coefficients_are_refused),
        cmocka_unit_test(the_fidelity_table_names_every_run),
    };
    return cmocka_run_group_tests(tests, fit_once, let_go);
}
