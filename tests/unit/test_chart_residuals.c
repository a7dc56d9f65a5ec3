#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/chart_residuals.h"
#include "tests/unit/fixture_calibration.h"
#include "tests/unit/svg_check.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

enum { PEAK, MEAN, CPU };

/** Six loads of a Loki that takes 1.5 times the CPU, one of them 30 times; Tempo once if wanted. */
static void fill(const struct calibration *shipped, bool tempo, struct measurement_set *set) {
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    struct measurement one;
    for (int i = 0; i < 6; i++) {
        measurement_init(PREDICT_LOKI, &one);
        one.input.loki.class_of.bytes_per_second = 20000 + 15000 * i;
        one.input.loki.class_of.streams = 300;
        predict_estimates(shipped, &one.input, estimates);
        one.figure[CPU] = estimates[CPU].value * (i == 3 ? 30 : 1.5);
        one.figure[PEAK] = estimates[PEAK].value;
        one.at_least[PEAK] = true;
        measurement_add(set, &one);
    }
    measurement_init(PREDICT_TEMPO, &one);
    one.input.tempo.load.traces_per_second = 10;
    one.figure[PEAK] = 1e9;
    if (tempo)
        measurement_add(set, &one);
}

static void draw(void **state, bool tempo, struct chart *chart) {
    struct arena arena;
    struct measurement_set set;
    struct calibrate_user user;
    struct diagnostics diagnostics;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    assert_int_equal(measurement_set_init(*state, &arena, &set, &diagnostics), STATUS_OK);
    fill(*state, tempo, &set);
    assert_int_equal(calibrate_user_fit(&set, &arena, &user, &diagnostics), STATUS_OK);
    assert_int_equal(chart_residuals_make(&user, chart, &diagnostics), STATUS_OK);
    arena_fini(&arena);
}

static void both_layouts_show_every_quantity(void **state) {
    struct chart chart;
    draw(state, true, &chart);
    const struct text *const pictures[] = {&chart.svg, &chart.svg_narrow};
    for (size_t i = 0; i < 2; i++) {
        assert_svg_well_formed(pictures[i]->data);
        assert_svg_texts_clear(pictures[i]->data, "residuals");
        assert_non_null(strstr(pictures[i]->data, "Loki CPU"));
        assert_non_null(strstr(pictures[i]->data, "Tempo peak memory"));
        /* Bounds have no residual. */
        assert_null(strstr(pictures[i]->data, "Loki peak memory"));
        /* The wild one lies beyond the axis and says by how much. */
        assert_non_null(strstr(pictures[i]->data, "×20"));
    }
    assert_true(chart.png_length > 1000);
    assert_non_null(strstr(chart.title, "as shipped, within 50 %"));
    chart_residuals_fini(&chart);
}

static void what_was_not_measured_is_left_out(void **state) {
    struct chart chart;
    draw(state, false, &chart);
    assert_null(strstr(chart.svg.data, "Tempo"));
    chart_residuals_fini(&chart);
}

static int setup(void **state) {
    gsl_set_error_handler_off();
    return fixture_calibration(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_layouts_show_every_quantity),
        cmocka_unit_test(what_was_not_measured_is_left_out),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
