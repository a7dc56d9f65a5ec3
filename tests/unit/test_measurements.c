#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/measurement_csv.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A set and what reading into it said. */
struct fixture {
    struct arena arena;
    struct measurement_set set;
    struct diagnostics diagnostics;
    size_t rows;
    char path[64];
};

static void fixture_init(void **state, struct fixture *fixture) {
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    snprintf(fixture->path, sizeof fixture->path, "/tmp/test_measurements_XXXXXX");
    int descriptor = mkstemp(fixture->path);
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_int_equal(
        measurement_set_init(*state, &fixture->arena, &fixture->set, &fixture->diagnostics),
        STATUS_OK);
}

static void fixture_fini(struct fixture *fixture) {
    unlink(fixture->path);
    arena_fini(&fixture->arena);
}

static enum status read_text(struct fixture *fixture, const char *text) {
    const struct measurement_csv_options options = {0};
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return measurement_csv_read(fixture->path, &options, &fixture->set, &fixture->rows,
                                &fixture->diagnostics);
}

/** The text is refused at this line and column, with these words. */
static void assert_refused(void **state, const char *text, unsigned line, unsigned column,
                           const char *words) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(read_text(&fixture, text), STATUS_INVALID);
    assert_int_equal(fixture.diagnostics.count, 1);
    const struct diagnostic *item = &fixture.diagnostics.items[0];
    if (!strstr(item->message, words))
        fail_msg("\"%s\" does not say \"%s\"", item->message, words);
    assert_int_equal(item->line, line);
    assert_int_equal(item->column, column);
    fixture_fini(&fixture);
}

static void rows_become_points(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(read_text(&fixture, "cpu_cores,model,streams,bytes_per_second,max_chunk_age,"
                                         "encoding,memory_peak_bytes,traces_per_second,name\n"
                                         "25m,loki,500,60000,30m,gzip,1Gi,,first\n"
                                         ",tempo,,,,,1500000000,20,second\n"),
                     STATUS_OK);
    assert_int_equal(fixture.rows, 2);
    assert_int_equal(fixture.set.count, 2);
    const struct measurement_cell *cell = &fixture.set.cells[0];
    assert_close(cell->first.input.loki.settings.max_chunk_age_seconds, 1800, 0, 0);
    assert_close(cell->first.input.loki.encoding, LOKI_ENCODING_GZIP, 0, 0);
    assert_int_equal(cell->first.line, 2);
    assert_close(measurement_figure(&fixture.set, cell, 0), 1073741824, 1e-9, 0);
    assert_true(isnan(measurement_figure(&fixture.set, cell, 1)));
    assert_close(measurement_figure(&fixture.set, cell, 2), 0.025, 1e-9, 0);
    assert_close(measurement_figure(&fixture.set, &fixture.set.cells[1], 0), 1.5e9, 1e-9, 0);
    assert_int_equal(fixture.set.range[PREDICT_LOKI].encodings, 1 << LOKI_ENCODING_GZIP);
    fixture_fini(&fixture);
}

/** Five rows of one load, one of them wild: the point is their median. Two per cent more bytes are
 *  the same load; the figure then stands for the first row's. */
static void like_loads_share_a_point(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(read_text(&fixture, "model,bytes_per_second,streams,wal_bytes_per_second\n"
                                         "loki,60000,500,70000\nloki,60000,500,71000\n"
                                         "loki,60000,500,69000\nloki,60000,500,9000000\n"
                                         "loki,60000,500,70500\n"
                                         "loki,600000,500,700000\n"),
                     STATUS_OK);
    assert_int_equal(fixture.set.count, 2);
    assert_int_equal(fixture.set.cells[0].rows, 5);
    assert_close(measurement_figure(&fixture.set, &fixture.set.cells[0], 4), 70500, 1e-9, 0);
    const struct measurement_range *range = &fixture.set.range[PREDICT_LOKI];
    assert_close(range->least[0], 60000, 0, 0);
    assert_close(range->most[0], 600000, 0, 0);
    fixture_fini(&fixture);
}

/** Ten thousand loads over six decades do not fit 256 points one by one; every row still counts. */
static void many_loads_stay_bounded(void **state) {
    enum { ROWS = 10000 };
    struct fixture fixture;
    struct measurement measurement;
    fixture_init(state, &fixture);
    for (int i = 0; i < ROWS; i++) {
        measurement_init(PREDICT_LOKI, &measurement);
        measurement.input.loki.class_of.bytes_per_second = pow(10, 2 + 6.0 * i / ROWS);
        measurement.input.loki.class_of.streams = 10 + i % 977;
        measurement.figure[2] = 0.1;
        measurement_add(&fixture.set, &measurement);
    }
    size_t rows = 0;
    assert_in_range(fixture.set.count, 20, MEASUREMENT_CELLS_MAX);
    for (size_t i = 0; i < fixture.set.count; i++)
        rows += fixture.set.cells[i].rows;
    assert_int_equal(rows, ROWS);
    fixture_fini(&fixture);
}

static void what_says_nothing_is_passed_over(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(read_text(&fixture, "model,bytes_per_second,streams,cpu_cores\n"
                                         "loki,60000,500,\n"),
                     STATUS_OK);
    assert_int_equal(fixture.set.count, 0);
    fixture_fini(&fixture);
}

/** What --set says stands in cells that are empty, not in those that are filled. */
static void settings_fill_empty_cells(void **state) {
    static const struct scenario_override settings[] = {{"max_chunk_age=1h"}, {"gogomem=1"}};
    struct measurement_csv_options options = {.settings = settings, .setting_count = 1};
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(read_text(&fixture, "model,bytes_per_second,streams,max_chunk_age,cpu_cores\n"
                                         "loki,60000,500,30m,1\nloki,60000,500,,1\n"),
                     STATUS_OK);
    fixture.set.count = 0;
    assert_int_equal(measurement_csv_read(fixture.path, &options, &fixture.set, &fixture.rows,
                                          &fixture.diagnostics),
                     STATUS_OK);
    assert_int_equal(fixture.set.count, 2);
    assert_close(fixture.set.cells[0].first.input.loki.settings.max_chunk_age_seconds, 1800, 0, 0);
    assert_close(fixture.set.cells[1].first.input.loki.settings.max_chunk_age_seconds, 3600, 0, 0);
    /* A column that is not there has empty cells, of a required key too. */
    options.settings = &(struct scenario_override){"streams=700"};
    assert_int_equal(read_text(&fixture, "model,bytes_per_second,cpu_cores\nloki,60000,1\n"),
                     STATUS_INVALID);
    fixture.set.count = 0;
    assert_int_equal(measurement_csv_read(fixture.path, &options, &fixture.set, &fixture.rows,
                                          &fixture.diagnostics),
                     STATUS_OK);
    assert_close(fixture.set.cells[0].first.input.loki.class_of.streams, 700, 0, 0);
    options.settings = settings;
    options.setting_count = 2;
    assert_int_equal(measurement_csv_read(fixture.path, &options, &fixture.set, &fixture.rows,
                                          &fixture.diagnostics),
                     STATUS_INVALID);
    fixture_fini(&fixture);
}

static void damage_has_its_place(void **state) {
    assert_refused(state, "", 0, 0, "no measurements");
    assert_refused(state, "model,bytes_per_second,streems\n", 1, 24, "no column is called");
    assert_refused(state, "bytes_per_second,streams\n1,2\n", 1, 1, "no column called model");
    assert_refused(state, "model,streams,streams\n", 1, 15, "there twice");
    assert_refused(state, "model,bytes_per_second,streams\nmimir,1,2\n", 2, 1,
                   "expected loki or tempo");
    assert_refused(state, "model,bytes_per_second,streams\nloki,fast,2\n", 2, 6,
                   "expected a number");
    assert_refused(state, "model,bytes_per_second,streams\nloki,60000,-2\n", 2, 12,
                   "expected a value from 0");
    assert_refused(state, "model,bytes_per_second,streams\nloki,60000\n", 2, 0,
                   "the row has 2 fields, the header has 3");
    assert_refused(state, "model,bytes_per_second,streams\nloki,60000,\n", 2, 0,
                   "the row has no streams");
    assert_refused(state, "model,bytes_per_second,streams,cpu_cores\nloki,60000,5,1\nloki,6,5,0\n",
                   3, 10, "expected a number above 0");
    assert_refused(state, "model,traces_per_second,streams\ntempo,5,7\n", 2, 9,
                   "tempo has no such input");
}

static void a_mistyped_column_is_guessed(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(read_text(&fixture, "model,memory_peek_bytes\n"), STATUS_INVALID);
    assert_string_equal(fixture.diagnostics.items[0].hint, "did you mean memory_peak_bytes?");
    fixture_fini(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_points),
        cmocka_unit_test(like_loads_share_a_point),
        cmocka_unit_test(many_loads_stay_bounded),
        cmocka_unit_test(what_says_nothing_is_passed_over),
        cmocka_unit_test(settings_fill_empty_cells),
        cmocka_unit_test(damage_has_its_place),
        cmocka_unit_test(a_mistyped_column_is_guessed),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
