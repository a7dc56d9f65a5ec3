#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/chart_fidelity.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/svg_check.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

/** Every row by its name, one in 20 either way, without a point. */
static struct fit_points empty_rows(void) {
    static const enum fit_holdout_figure figures[] = {FIT_HOLDOUT_PEAK, FIT_HOLDOUT_MEAN,
                                                      FIT_HOLDOUT_CPU, FIT_HOLDOUT_STORED};
    struct fit_points points = {0};
    for (size_t i = 0; i < FIT_POINTS_ROWS; i++) {
        points.rows[i].model = i < 4 ? FIT_HOLDOUT_LOKI : FIT_HOLDOUT_TEMPO;
        points.rows[i].figure = figures[i % 4];
        points.rows[i].width = log(1.05);
    }
    return points;
}

static size_t count_of(const struct text *text, const char *word) {
    size_t count = 0;
    for (const char *at = text->data; (at = strstr(at, word)) != NULL; at += strlen(word))
        count++;
    return count;
}

static void make(const struct fit_points *points, struct chart *chart) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(chart_fidelity_make(points, chart, &diagnostics), STATUS_OK);
}

/** Left out: 2 %, 4 % and, the other way, 6 %: 4 % in the middle, two within 5 %. Held out: half as
 *  much again, and 3 %: in the middle of their logarithms (ln 1.5 + ln 1.03) / 2 = 0.2175,
 *  which is 24.3 %. */
static void the_title_says_what_half_lie_within(void **state) {
    const struct fit_point peak[] = {
        {"a", log(1.02), false}, {"b", -log(1.06), false}, {"h", log(1.5), true}};
    const struct fit_point cpu[] = {{"a", log(1.04), false}, {"w", -log(1.03), true}};
    struct fit_points points = empty_rows();
    struct chart chart;
    (void)state;
    points.rows[0].points = peak;
    points.rows[0].count = 3;
    points.rows[6].points = cpu;
    points.rows[6].count = 2;
    make(&points, &chart);
    assert_non_null(strstr(chart.title, "lie within 4 % of their forecast"));
    assert_non_null(strstr(chart.title, "range, within 24 %"));
    assert_non_null(strstr(chart.subtitle, "hold 2 of 3 and 1 of 2"));
    assert_non_null(strstr(chart.svg.data, chart.title));
    /* What is held out is a ring, and does not stretch the axis. */
    assert_int_equal(count_of(&chart.svg, "<circle"), 5);
    assert_int_equal(count_of(&chart.svg, "stroke=\"#d55e00\""), 2);
    assert_int_equal(count_of(&chart.svg, "×1.5"), 1);
    chart_fidelity_fini(&chart);
}

static void nothing_to_show_is_no_error(void **state) {
    struct fit_points points = empty_rows();
    struct chart chart;
    (void)state;
    make(&points, &chart);
    assert_int_equal(count_of(&chart.svg, "<circle"), 0);
    chart_fidelity_fini(&chart);
}

/** The runs of models/data: Loki's gzip run alone shows gzip's CPU, and one run of Tempo completed
 *  no block. */
static void every_run_has_its_point(void **state) {
    static const size_t left_out[FIT_POINTS_ROWS] = {12, 12, 11, 12, 11, 11, 11, 10};
    const struct fit_points *points = *state;
    for (size_t row = 0; row < FIT_POINTS_ROWS; row++) {
        const struct fit_points_row *at = &points->rows[row];
        const size_t held_out = at->model == FIT_HOLDOUT_LOKI ? 4 : 6;
        assert_int_equal(at->count, left_out[row] + held_out);
        for (size_t i = 0; i < at->count; i++) {
            assert_int_equal(at->points[i].held_out, i >= left_out[row]);
            assert_true(isfinite(at->points[i].logarithm));
        }
    }
}

/** The bands and the runs held out are those of the table of runs held out. */
static void bands_are_the_shipped_intervals(void **state) {
    const struct fit_points *points = *state;
    struct arena arena;
    struct diagnostics diagnostics;
    struct calibration calibration;
    struct fit_holdout holdout;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    assert_int_equal(calibration_shipped(&arena, &calibration, &diagnostics), STATUS_OK);
    assert_int_equal(fit_holdout_predict(&arena, &calibration, &holdout, &diagnostics), STATUS_OK);
    for (size_t row = 0; row < FIT_POINTS_ROWS; row++) {
        const struct fit_points_row *at = &points->rows[row];
        for (size_t run = 0, i = 0; run < holdout.count; run++) {
            const struct fit_holdout_value *value = &holdout.rows[run].value[at->figure];
            if (holdout.rows[run].model != at->model)
                continue;
            while (!at->points[i].held_out)
                i++;
            assert_string_equal(at->points[i].run, holdout.rows[run].run);
            assert_close(at->points[i++].logarithm, fit_holdout_residual(value), 0, 1e-12);
            assert_close(at->width, value->width, 0, 1e-12);
        }
    }
    arena_fini(&arena);
}

static void both_layouts_show_every_figure(void **state) {
    static const char *const titles[] = {
        "Loki peak memory",  "Loki mean memory",  "Loki CPU",  "Loki stored bytes",
        "Tempo peak memory", "Tempo mean memory", "Tempo CPU", "Tempo stored bytes"};
    struct chart chart;
    make(*state, &chart);
    const struct text *const pictures[] = {&chart.svg, &chart.svg_narrow};
    for (size_t i = 0; i < 2; i++) {
        assert_svg_well_formed(pictures[i]->data);
        assert_svg_texts_clear(pictures[i]->data, "fidelity");
        for (size_t title = 0; title < sizeof titles / sizeof *titles; title++)
            assert_int_equal(count_of(pictures[i], titles[title]), 1);
        assert_int_equal(count_of(pictures[i], "<circle"), 90 + 40);
        assert_int_equal(count_of(pictures[i], "stroke=\"#d55e00\""), 40);
    }
    assert_true(chart.png_length > 1000);
    chart_fidelity_fini(&chart);
}

struct fixture {
    struct fit_points points; /**< first: the tests' state */
    struct fit_fidelity fidelity;
    struct arena arena;
};

/** One fit for all tests: the tables do not change. */
static int collect_once(void **state) {
    static struct fixture fixture;
    struct diagnostics diagnostics;
    gsl_set_error_handler_off();
    diagnostics_init(&diagnostics);
    arena_init(&fixture.arena);
    *state = &fixture;
    if (fit_fidelity_read(&fixture.arena, &fixture.fidelity, &diagnostics) != STATUS_OK)
        return -1;
    return fit_points_collect(&fixture.arena, &fixture.fidelity, &fixture.points, &diagnostics) ==
                   STATUS_OK
               ? 0
               : -1;
}

static int let_go(void **state) {
    struct fixture *fixture = *state;
    arena_fini(&fixture->arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_title_says_what_half_lie_within),
        cmocka_unit_test(nothing_to_show_is_no_error),
        cmocka_unit_test(every_run_has_its_point),
        cmocka_unit_test(bands_are_the_shipped_intervals),
        cmocka_unit_test(both_layouts_show_every_figure),
    };
    return cmocka_run_group_tests(tests, collect_once, let_go);
}
