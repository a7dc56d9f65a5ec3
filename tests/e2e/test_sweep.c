/** simulate sweep from outside: its table and files, bad options, Ctrl-C and --resume. */
#include "tests/e2e/program.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SWEEP "sweep", "tests/e2e/small.yaml"
#define GRID "--vary", "stack.loki.volume=1Gi,20Gi", "--vary", "cluster.root_volume=20Gi,30Gi"

static const char *file(struct program *program, const char *name) {
    size_t length;
    return program_read(program, program_path(program, name), &length);
}

static void a_table_and_two_files(void **state) {
    struct program *program = *state;
    char **paths;
    PROGRAM_RUN(program, SWEEP, GRID, "--output", program->folder);
    assert_status(program, 0);
    assert_width(program->out, 100);
    assert_contains(program->out, "4 of 4 points meet every target as written");
    assert_contains(program->out, "1 x t3.large");
    assert_string_equal(program->err, "");
    assert_int_equal(program_files(program, program_path(program, "small"), &paths), 2);
    assert_string_equal(paths[0], "sweep.csv");
    assert_string_equal(paths[1], "sweep.html");
    const char *csv = file(program, "small/sweep.csv");
    PROGRAM_RUN(program, SWEEP, GRID, "--output", program->folder, "--format", "csv");
    assert_string_equal(program->out, csv);
    PROGRAM_RUN(program, SWEEP, GRID, "--output", program->folder, "--format", "html");
    assert_string_equal(program->out, file(program, "small/sweep.html"));
    PROGRAM_RUN(program, SWEEP, GRID, "--output", program->folder, "--format", "markdown");
    assert_contains(program->out, "| --");
}

/** The number of a run's result.json in as many digits as the CSV's. */
static const char *number(struct program *program, const json_t *object) {
    assert_true(json_is_number(object));
    const char *words = arena_print(&program->arena, "%.6g", json_number_value(object));
    assert_non_null(words);
    return words;
}

static double probability(const json_t *plan, const char *target) {
    size_t i;
    json_t *item;
    json_array_foreach(
        json_object_get(plan, "targets"), i,
        item) if (strcmp(json_string_value(json_object_get(item, "name")), target) ==
                  0) return json_number_value(json_object_get(json_object_get(item, "probability"),
                                                              "value"));
    return -1;
}

static void figures_equal_those_of_a_run(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SWEEP, GRID, "--output", program->folder, "--format", "csv");
    assert_status(program, 0);
    /* The third of four points. */
    const char *line = program->out;
    for (int i = 0; i < 3; i++)
        line = strchr(line, '\n') + 1;
    PROGRAM_RUN(program, "run", "tests/e2e/small.yaml", "--set", "stack.loki.volume=20Gi", "--set",
                "cluster.root_volume=20Gi", "--format", "json", "--output", program->folder);
    assert_status(program, 0);
    json_t *result = json_loads(program->out, 0, NULL);
    const json_t *written = json_object_get(result, "as_written");
    const json_t *best = json_object_get(result, "best");
    const char *expected = arena_print(
        &program->arena, "20Gi,20Gi,holds,holds,%s,%.6g,%.6g,%.6g,%.6g,,%.6g,1 x t3.large,%s\n",
        number(program,
               json_object_get(json_object_get(json_object_get(written, "cost"), "monthly_usd"),
                               "p50")),
        probability(written, "cost"), probability(written, "logs_retention"),
        probability(written, "traces_retention"), probability(written, "out_of_memory"),
        probability(written, "savings"),
        number(program, json_object_get(
                            json_object_get(json_object_get(best, "cost"), "monthly_usd"), "p50")));
    assert_non_null(expected);
    if (strncmp(line, expected, strlen(expected)) != 0)
        fail_msg("expected %sfound %s", expected, line);
    json_decref(result);
}

static void statuses(void **state) {
    struct program *program = *state;
    const char *folder = program->folder;
    PROGRAM_RUN(program, SWEEP);
    assert_status(program, 2);
    assert_contains(program->err, "--vary KEY=A,B,C is missing");
    PROGRAM_RUN(program, SWEEP, "--vary", "stack.loki.volume=1Gi");
    assert_status(program, 2);
    PROGRAM_RUN(program, SWEEP, "--vary", "stack.loky.volume=1Gi,2Gi");
    assert_status(program, 3);
    assert_contains(program->err, "did you mean loki?");
    PROGRAM_RUN(program, SWEEP, GRID, "--format", "json");
    assert_status(program, 2);
    PROGRAM_RUN(program, "run", "tests/e2e/small.yaml", "--resume");
    assert_status(program, 2);
    PROGRAM_RUN(program, SWEEP, GRID, "--resume", "--output", folder);
    assert_status(program, 4);
    assert_contains(program->err, "sweep.checkpoint");
    PROGRAM_RUN(program, SWEEP, "--vary", "targets.cost.at_most=1,100", "--no-search", "--output",
                folder);
    assert_status(program, 1);
    assert_contains(program->out, "1 of 2 points");
}

static void progress_is_a_bar_when_asked_for(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SWEEP, GRID, "--progress", "--output", program->folder);
    assert_status(program, 0);
    assert_contains(program->err, "sweeping [");
    assert_contains(program->err, "] 4/4");
}

/** Wait until the checkpoint has `lines` lines, a minute at most. */
static void await_checkpoint(struct program *program, size_t lines) {
    const char *path = program_path(program, "small/sweep.checkpoint");
    for (int i = 0; i < 12000; i++) {
        size_t length, found = 0;
        if (access(path, R_OK) == 0) {
            for (const char *at = program_read(program, path, &length); *at; at++)
                found += *at == '\n';
            if (found >= lines)
                return;
        }
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    fail_msg("no point was finished in a minute");
}

/** Sixteen points, stopped by `number` after the first; then the rest, and compare with one go. */
static void stop_and_resume(struct program *program, int number, int status) {
#define MANY                                                                                       \
    SWEEP, "--vary", "stack.loki.volume=1Gi,2Gi,3Gi,4Gi,5Gi,6Gi,7Gi,8Gi", "--vary",       \
        "stack.tempo.volume=5Gi,20Gi", "--replicas", "128", "--output", program->folder
    pid_t id = program_start(program, (const char *const[]){MANY, NULL});
    await_checkpoint(program, 2);
    kill(id, number);
    program_wait(program, id);
    assert_status(program, status);
    assert_string_equal(program->out, "");
    if (number == SIGINT)
        assert_contains(program->err, "--resume goes on");
    assert_int_not_equal(access(program_path(program, "small/sweep.csv"), F_OK), 0);
    PROGRAM_RUN(program, MANY, "--resume");
    assert_status(program, 0);
    const char *out = program->out, *csv = file(program, "small/sweep.csv");
    const char *page = file(program, "small/sweep.html");
    assert_int_not_equal(access(program_path(program, "small/sweep.checkpoint"), F_OK), 0);
    PROGRAM_RUN(program, MANY, "--threads", "1");
    assert_string_equal(program->out, out);
    assert_string_equal(file(program, "small/sweep.csv"), csv);
    assert_string_equal(file(program, "small/sweep.html"), page);
}

static void an_interrupted_sweep_resumes_to_the_same_bytes(void **state) {
    stop_and_resume(*state, SIGINT, 130);
}

static void so_does_a_killed_one(void **state) {
    stop_and_resume(*state, SIGKILL, 128 + SIGKILL);
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(a_table_and_two_files),
        test(figures_equal_those_of_a_run),
        test(statuses),
        test(progress_is_a_bar_when_asked_for),
        test(an_interrupted_sweep_resumes_to_the_same_bytes),
        test(so_does_a_killed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
