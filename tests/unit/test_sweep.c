/** Sweeps: the grid's order, rows equal to single runs, any threads, stopping and going on. */
#include "reports/sweep_report.h"
#include "sim/base/files.h"
#include "sim/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char yaml[] = "version: 1\n"
                           "name: swept\n"
                           "workload:\n"
                           "  services:\n"
                           "    - name: app\n"
                           "      logs: {lines_per_second: 10, bytes_per_line: 300}\n"
                           "      traces: {requests_per_second: 1, sampled: 100%}\n"
                           "stack:\n"
                           "  loki: {volume: 10Gi, limits: {memory: 1Gi}}\n"
    "  tempo: {limits: {memory: 2Gi}}\n"
                           "cluster: {nodes: [{type: t3.medium, count: 1}]}\n"
                           "targets:\n"
                           "  cost: {at_most: 70, probability: 95%}\n"
                           "  logs_retention: {at_least: 7d, probability: 90%}\n"
                           "  out_of_memory: {at_most: 20%}\n"
                           "search: {instance_types: [t3.medium, t3.large], max_nodes: 1}\n"
                           "simulation: {horizon: 8d, step: 1h, replicas: 64}\n";

static const char *const two_keys[] = {"stack.loki.volume=1Gi,10Gi,40Gi",
                                       "stack.loki.limits.memory=512Mi,1Gi"};

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct run_tables tables;
    struct sweep sweep;
    char checkpoint[64];
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    snprintf(fixture->checkpoint, sizeof fixture->checkpoint, "/tmp/simulate-sweep-%d.checkpoint",
             (int)getpid());
    *state = fixture;
    return run_tables_load(&fixture->arena, NULL, &fixture->tables, &fixture->diagnostics) ==
                   STATUS_OK
               ? 0
               : -1;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    unlink(fixture->checkpoint);
    arena_fini(&fixture->arena);
    free(fixture);
    return 0;
}

static struct sweep_input input_of(const struct fixture *fixture, const char *const *vary,
                                   size_t count) {
    return (struct sweep_input){.file = "swept.yaml",
                                .bytes = yaml,
                                .length = strlen(yaml),
                                .vary = vary,
                                .vary_count = count,
                                .tables = &fixture->tables,
                                .version = "test",
                                .search = true};
}

static void start(struct fixture *fixture, const struct sweep_input *input) {
    if (sweep_init(&fixture->sweep, input, &fixture->diagnostics) != STATUS_OK)
        fail_msg("%s", fixture->diagnostics.items[0].message);
}

/** The writer's output for a finished sweep; arena. */
static const char *written(struct fixture *fixture,
                           enum status (*write)(const struct sweep *, struct text *,
                                                struct diagnostics *)) {
    struct text text;
    text_init(&text);
    assert_int_equal(write(&fixture->sweep, &text, &fixture->diagnostics), STATUS_OK);
    const char *copy = arena_copy(&fixture->arena, text.data, text.length);
    text_fini(&text);
    assert_non_null(copy);
    return copy;
}

/** Run all of it and return its CSV, and the page as well. */
static const char *run(struct fixture *fixture, const struct sweep_input *input,
                       const struct sweep_options *options, const char **page) {
    start(fixture, input);
    if (sweep_start(&fixture->sweep, options, &fixture->diagnostics) != STATUS_OK ||
        sweep_run(&fixture->sweep, options, &fixture->diagnostics) != STATUS_OK)
        fail_msg("%s", fixture->diagnostics.items[0].message);
    assert_int_equal(fixture->sweep.done_count, fixture->sweep.grid.point_count);
    const char *csv = written(fixture, sweep_csv);
    if (page)
        *page = written(fixture, sweep_html);
    sweep_fini(&fixture->sweep);
    return csv;
}

static void the_last_key_varies_fastest(void **state) {
    struct fixture *fixture = *state;
    static const char *const vary[] = {
        "a.b=1,2", "c=x,y,z", "cluster.nodes=[{type: t3.small, count: 1}],[1,{2,3}],\",\""};
    struct sweep_grid grid;
    char words[200];
    assert_int_equal(sweep_grid_parse(vary, 3, &fixture->arena, &grid, &fixture->diagnostics),
                     STATUS_OK);
    assert_int_equal(grid.point_count, 18);
    assert_string_equal(sweep_grid_print(&grid, 0, words, sizeof words),
                        "a.b=1, c=x, cluster.nodes=[{type: t3.small, count: 1}]");
    assert_string_equal(sweep_grid_print(&grid, 1, words, sizeof words),
                        "a.b=1, c=x, cluster.nodes=[1,{2,3}]");
    /* 3 values of the last key, so point 3 is the first with the second value of the middle one;
     * 16 = 1 * 9 + 2 * 3 + 1. */
    assert_string_equal(sweep_grid_value(&grid, 3, 1), "y");
    assert_string_equal(sweep_grid_print(&grid, 16, words, sizeof words),
                        "a.b=2, c=z, cluster.nodes=[1,{2,3}]");
    assert_string_equal(sweep_grid_value(&grid, 17, 2), "\",\"");
}

static void bad_grids_are_refused(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *vary[3];
        size_t count;
        const char *message;
    } cases[] = {
        {{"stack.loki.volume=1Gi"}, 1, "one value"},
        {{"stack.loki.volume"}, 1, "form KEY=A,B,C"},
        {{"=1,2"}, 1, "form KEY=A,B,C"},
        {{"a=1,,2"}, 1, "empty value"},
        {{"a=1,"}, 1, "empty value"},
        {{"a=1,2,1"}, 1, "same value twice"},
        {{"a=1,2", "a=3,4"}, 2, "already varies"},
        {{NULL}, 0, "1 to 6 --vary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sweep_grid grid;
        diagnostics_init(&fixture->diagnostics);
        assert_int_equal(sweep_grid_parse(cases[i].vary, cases[i].count, &fixture->arena, &grid,
                                          &fixture->diagnostics),
                         STATUS_USAGE);
        if (!strstr(fixture->diagnostics.items[0].message, cases[i].message))
            fail_msg("%s: %s", cases[i].message, fixture->diagnostics.items[0].message);
    }
}

/** `key=0,1,...` with `count` values. */
static const char *many(struct arena *arena, const char *key, size_t count) {
    struct text text;
    text_init(&text);
    text_print(&text, "%s=", key);
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s%zu", i > 0 ? "," : "", i);
    const char *words = arena_copy(arena, text.data, text.length);
    text_fini(&text);
    return words;
}

static void ten_thousand_points_are_the_most(void **state) {
    struct fixture *fixture = *state;
    struct sweep_grid grid;
    const char *fits[] = {many(&fixture->arena, "a", 100), many(&fixture->arena, "b", 100)};
    const char *more[] = {many(&fixture->arena, "a", 100), many(&fixture->arena, "b", 101)};
    const char *single[] = {many(&fixture->arena, "a", 10001)};
    struct diagnostics *diagnostics = &fixture->diagnostics;
    assert_int_equal(sweep_grid_parse(fits, 2, &fixture->arena, &grid, diagnostics), STATUS_OK);
    assert_int_equal(grid.point_count, SWEEP_POINTS_MAX);
    assert_int_equal(sweep_grid_parse(more, 2, &fixture->arena, &grid, diagnostics), STATUS_USAGE);
    assert_non_null(strstr(diagnostics->items[0].message, "10100 points"));
    assert_int_equal(sweep_grid_parse(single, 1, &fixture->arena, &grid, diagnostics),
                     STATUS_USAGE);
}

static void the_loader_judges_keys_and_values(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *vary, *path, *message, *hint;
    } cases[] = {
        {"stack.loki.volum=1Gi,2Gi", "stack.loki.volum", "unknown key", "volume"},
        {"stack.loki.volume=1Gi,2GB", "stack.loki.volume", "found \"2GB\"", "2Gi"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sweep_input input = input_of(fixture, &cases[i].vary, 1);
        diagnostics_init(&fixture->diagnostics);
        start(fixture, &input);
        assert_int_equal(sweep_check(&fixture->sweep, &fixture->diagnostics), STATUS_INVALID);
        const struct diagnostic *first = &fixture->diagnostics.items[0];
        assert_string_equal(first->path, cases[i].path);
        assert_non_null(strstr(first->message, cases[i].message));
        assert_non_null(strstr(first->hint, cases[i].hint));
        assert_int_equal(strncmp(first->file, "--vary ", 7), 0);
        sweep_fini(&fixture->sweep);
    }
}

static void rows_equal_single_runs(void **state) {
    struct fixture *fixture = *state;
    const struct sweep_input input = input_of(fixture, two_keys, 2);
    const struct sweep_options options = {.threads = 2};
    start(fixture, &input);
    assert_int_equal(sweep_run(&fixture->sweep, &options, &fixture->diagnostics), STATUS_OK);
    size_t missed = 0, found = 0;
    for (size_t point = 0; point < fixture->sweep.grid.point_count; point++) {
        const struct sweep_row *row = &fixture->sweep.rows[point];
        const struct run_options run_options = {.threads = 1, .search = true, .series = true};
        struct scenario *scenario;
        struct result *result;
        struct scenario_override overrides[SWEEP_AXES_MAX];
        sweep_grid_overrides(&fixture->sweep.grid, point, overrides);
        assert_int_equal(scenario_parse("swept.yaml", yaml, strlen(yaml), overrides, 2,
                                        fixture->tables.prices, &fixture->tables.instances,
                                        &scenario, &fixture->diagnostics),
                         STATUS_OK);
        assert_int_equal(
            run_scenario(scenario, &fixture->tables, &run_options, &result, &fixture->diagnostics),
            STATUS_OK);
        assert_true(row->written_usd_per_month == result->as_written->monthly_usd.p50);
        assert_int_equal(row->written_holds, result->as_written->holds);
        assert_int_equal(row->holds, result->holds);
        assert_int_equal(row->found, result->best != NULL);
        if (result->best)
            assert_true(row->best_usd_per_month == result->best->monthly_usd.p50);
        for (size_t i = 0; i < result->as_written->target_count; i++) {
            const struct target_outcome *target = &result->as_written->targets[i];
            assert_true(row->targets[target->kind].set);
            assert_true(row->targets[target->kind].probability == target->probability.value);
        }
        missed += !row->written_holds;
        found += row->found;
        result_free(result);
        scenario_free(scenario);
    }
    /* The grid has both kinds, or the comparison says little. */
    assert_in_range(missed, 1, 5);
    assert_true(found > 0);
    sweep_fini(&fixture->sweep);
}

static void threads_change_no_byte(void **state) {
    struct fixture *fixture = *state;
    const struct sweep_input input = input_of(fixture, two_keys, 2);
    const char *page, *own_page;
    const char *csv = run(fixture, &input, &(struct sweep_options){.threads = 1}, &page);
    assert_non_null(strstr(page, "<svg"));
    static const int threads[] = {2, 7};
    for (size_t i = 0; i < 2; i++) {
        const struct sweep_options options = {.threads = threads[i]};
        assert_string_equal(run(fixture, &input, &options, &own_page), csv);
        assert_string_equal(own_page, page);
    }
    /* Head, and the first two points in order. */
    assert_non_null(strstr(csv, "\n1Gi,512Mi,"));
    assert_non_null(strstr(strstr(csv, "\n1Gi,512Mi,"), "\n1Gi,1Gi,"));
}

/** Lets a sweep go on until so many points are done. */
struct patience {
    size_t points, asked;
};

static bool until(size_t done, size_t count, void *context) {
    struct patience *patience = context;
    assert_true(done <= count);
    patience->asked++;
    return done < patience->points;
}

static void a_stopped_sweep_goes_on_to_the_same_bytes(void **state) {
    struct fixture *fixture = *state;
    const struct sweep_input input = input_of(fixture, two_keys, 2);
    const char *csv = run(fixture, &input, &(struct sweep_options){.threads = 1}, NULL);
    for (size_t points = 0; points < 6; points += 2) {
        struct patience patience = {.points = points};
        struct sweep_options options = {.threads = 2,
                                        .checkpoint = fixture->checkpoint,
                                        .progress = until,
                                        .progress_context = &patience};
        start(fixture, &input);
        assert_int_equal(sweep_start(&fixture->sweep, &options, &fixture->diagnostics), STATUS_OK);
        diagnostics_init(&fixture->diagnostics);
        assert_int_equal(sweep_run(&fixture->sweep, &options, &fixture->diagnostics),
                         STATUS_EXTERNAL);
        assert_non_null(strstr(fixture->diagnostics.items[0].message, "--resume"));
        const size_t done = fixture->sweep.done_count;
        assert_in_range(done, points, points + 1);
        assert_true(patience.asked > 0);
        sweep_fini(&fixture->sweep);
        options.resume = true;
        options.progress = NULL;
        assert_string_equal(run(fixture, &input, &options, NULL), csv);
    }
}

static void a_line_cut_off_is_simulated_again(void **state) {
    struct fixture *fixture = *state;
    const struct sweep_input input = input_of(fixture, two_keys, 2);
    struct sweep_options options = {.threads = 2, .checkpoint = fixture->checkpoint};
    const char *csv = run(fixture, &input, &options, NULL);
    char *bytes;
    size_t length;
    options.resume = true;
    assert_int_equal(file_read(&fixture->arena, fixture->checkpoint, 1 << 20, &bytes, &length,
                               &fixture->diagnostics),
                     STATUS_OK);
    assert_int_equal(file_write(fixture->checkpoint, bytes, length - 40, &fixture->diagnostics),
                     STATUS_OK);
    assert_string_equal(run(fixture, &input, &options, NULL), csv);
    /* Run once more, nothing is left to do, and the file is whole again. */
    start(fixture, &input);
    assert_int_equal(sweep_start(&fixture->sweep, &options, &fixture->diagnostics), STATUS_OK);
    assert_int_equal(fixture->sweep.done_count, 6);
    sweep_fini(&fixture->sweep);
}

static void a_foreign_or_damaged_checkpoint_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct sweep_input input = input_of(fixture, two_keys, 2);
    struct sweep_options options = {.threads = 2, .checkpoint = fixture->checkpoint};
    run(fixture, &input, &options, NULL);
    options.resume = true;
    static const char *const other[] = {"stack.loki.volume=1Gi,10Gi,41Gi",
                                        "stack.loki.limits.memory=512Mi,1Gi"};
    struct sweep_input foreign[] = {input, input, input};
    foreign[0].vary = other;
    foreign[1].search = false;
    foreign[2].version = "other";
    for (size_t i = 0; i < 3; i++) {
        diagnostics_init(&fixture->diagnostics);
        start(fixture, &foreign[i]);
        assert_int_equal(sweep_start(&fixture->sweep, &options, &fixture->diagnostics),
                         STATUS_INVALID);
        sweep_fini(&fixture->sweep);
    }
    char *bytes;
    size_t length;
    assert_int_equal(file_read(&fixture->arena, fixture->checkpoint, 1 << 20, &bytes, &length,
                               &fixture->diagnostics),
                     STATUS_OK);
    strchr(strchr(bytes, '\n'), ' ')[1] = '7';
    assert_int_equal(file_write(fixture->checkpoint, bytes, length, &fixture->diagnostics),
                     STATUS_OK);
    start(fixture, &input);
    assert_int_equal(sweep_start(&fixture->sweep, &options, &fixture->diagnostics), STATUS_INVALID);
    sweep_fini(&fixture->sweep);
}

/** Check the points, then start or with `resume` go on; the status of the latter. */
static enum status checked_start(struct fixture *fixture, const struct sweep_input *input,
                                 bool resume) {
    const struct sweep_options options = {.resume = resume, .checkpoint = fixture->checkpoint};
    diagnostics_init(&fixture->diagnostics);
    start(fixture, input);
    if (sweep_check(&fixture->sweep, &fixture->diagnostics) != STATUS_OK)
        fail_msg("%s", fixture->diagnostics.items[0].message);
    enum status status = sweep_start(&fixture->sweep, &options, &fixture->diagnostics);
    sweep_fini(&fixture->sweep);
    return status;
}

/** The least that is a calibration: it says of how many measurements it is made. */
static void put_calibration(struct fixture *fixture, const char *path, int points) {
    char bytes[128];
    int length = snprintf(bytes, sizeof bytes,
                          "model,name,value,standard_error,least,most\nloki_data,points,%d,,,\n",
                          points);
    assert_int_equal(file_write(path, bytes, (size_t)length, &fixture->diagnostics), STATUS_OK);
}

/** A calibration file of the same name may have been written anew; both are told apart. */
static void another_calibration_is_another_sweep(void **state) {
    struct fixture *fixture = *state;
    const char *first = arena_print(&fixture->arena, "%s.1.csv", fixture->checkpoint);
    const char *second = arena_print(&fixture->arena, "%s.2.csv", fixture->checkpoint);
    const char *vary[] = {
        arena_print(&fixture->arena, "simulation.calibration=shipped,%s,%s", first, second)};
    const struct sweep_input input = input_of(fixture, vary, 1);
    put_calibration(fixture, first, 3);
    put_calibration(fixture, second, 4);
    assert_int_equal(checked_start(fixture, &input, false), STATUS_OK);
    assert_int_equal(checked_start(fixture, &input, true), STATUS_OK);
    put_calibration(fixture, second, 5);
    assert_int_equal(checked_start(fixture, &input, true), STATUS_INVALID);
    put_calibration(fixture, second, 4);
    put_calibration(fixture, first, 5);
    assert_int_equal(checked_start(fixture, &input, true), STATUS_INVALID);
    put_calibration(fixture, first, 3);
    assert_int_equal(checked_start(fixture, &input, true), STATUS_OK);
    unlink(first);
    unlink(second);
}

static void without_search_there_is_no_best_plan(void **state) {
    struct fixture *fixture = *state;
    static const char *const one_key[] = {"stack.loki.volume=1Gi,10Gi"};
    struct sweep_input input = input_of(fixture, one_key, 1);
    const char *page;
    input.search = false;
    const char *csv = run(fixture, &input, &(struct sweep_options){.threads = 1}, &page);
    assert_null(strstr(csv, "t3."));
    assert_null(strstr(page, "Best plan"));
    assert_non_null(strstr(page, "<svg"));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(the_last_key_varies_fastest),
        test(bad_grids_are_refused),
        test(ten_thousand_points_are_the_most),
        test(the_loader_judges_keys_and_values),
        test(rows_equal_single_runs),
        test(threads_change_no_byte),
        test(a_stopped_sweep_goes_on_to_the_same_bytes),
        test(a_line_cut_off_is_simulated_again),
        test(a_foreign_or_damaged_checkpoint_is_refused),
        test(another_calibration_is_another_sweep),
        test(without_search_there_is_no_best_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
