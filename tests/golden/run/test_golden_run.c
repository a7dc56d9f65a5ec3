/**
 * Small whole runs of the real program against tests/golden/run/NAME.json, and the same bytes from
 * any number of threads. `make golden` writes the files anew.
 */
#include "tests/e2e/program.h"
#include "tests/golden/run/json_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The bits are the same from any compiler; the C library's may round the last of six digits. */
static const struct json_close_limits close_enough = {.relative = 2e-5, .absolute = 1e-9};

static json_t *parsed(const char *path, const char *bytes) {
    json_error_t problem;
    json_t *json = json_loads(bytes, JSON_REJECT_DUPLICATES, &problem);
    if (!json)
        fail_msg("%s:%d: %s", path, problem.line, problem.text);
    return json;
}

/** Ten days of `scenarios/NAME.yaml` in 256 runs; what it prints. */
static const char *small_run(struct program *program, const char *name, const char *threads,
                             const char *format) {
    const char *scenario = arena_print(&program->arena, "scenarios/%s.yaml", name);
    PROGRAM_RUN(program, "plan", scenario, "--replicas", "256", "--seed", "1", "--set",
                "simulation.horizon=10d", "--threads", threads, "--format", format);
    assert_true(program->status == 0 || program->status == 1);
    assert_string_equal(program->err, "");
    return program->out;
}

static void check_golden(struct program *program, const char *name) {
    const char *path = arena_print(&program->arena, "tests/golden/run/%s.json", name);
    json_t *actual = parsed("the program's output", small_run(program, name, "2", "json"));
    assert_int_equal(json_object_del(actual, "version"), 0);
    if (getenv("GOLDEN_REFRESH"))
        assert_int_equal(json_dump_file(actual, path, JSON_INDENT(1) | JSON_REAL_PRECISION(9)), 0);
    size_t length;
    json_t *expected = parsed(path, program_read(program, path, &length));
    size_t differences = json_close_differences(actual, expected, &close_enough);
    json_decref(actual);
    json_decref(expected);
    if (differences > 0)
        fail_msg("%s: %zu differences (`make golden` writes it anew)", path, differences);
}

static void prod_is_as_it_was(void **state) {
    check_golden(*state, "prod");
}

static void brief_is_as_it_was(void **state) {
    check_golden(*state, "brief");
}

static void any_number_of_threads_gives_the_same_bytes(void **state) {
    struct program *program = *state;
    static const char *const names[] = {"prod", "brief"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *one = small_run(program, names[i], "1", "json");
        assert_string_equal(small_run(program, names[i], "2", "json"), one);
        assert_string_equal(small_run(program, names[i], "7", "json"), one);
    }
}

static void another_seed_gives_other_numbers(void **state) {
    struct program *program = *state;
    const char *one = small_run(program, "prod", "2", "json");
    PROGRAM_RUN(program, "plan", "scenarios/prod.yaml", "--replicas", "256", "--seed", "2", "--set",
                "simulation.horizon=10d", "--format", "json");
    assert_string_not_equal(program->out, one);
}

static void the_comparison_sees_what_differs(void **state) {
    (void)state;
    static const struct {
        const char *actual, *expected;
        size_t differences;
    } cases[] = {
        {"{\"a\": 1.0, \"b\": [true, null]}", "{\"b\": [true, null], \"a\": 1.000001}", 0},
        {"{\"a\": 1.0}", "{\"a\": 1.0001}", 1},
        {"{\"a\": 1}", "{\"a\": \"1\"}", 1},
        {"{\"a\": 1, \"c\": 2}", "{\"a\": 1}", 1},
        {"{\"a\": 1}", "{\"a\": 1, \"c\": 2, \"d\": 3}", 2},
        {"[1, 2]", "[1, 2, 3]", 1},
        {"[\"x\"]", "[\"y\"]", 1},
        {"[0.0]", "[1e-10]", 0},
        {"[null]", "[false]", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *actual = parsed("actual", cases[i].actual);
        json_t *expected = parsed("expected", cases[i].expected);
        assert_int_equal(json_close_differences(actual, expected, &close_enough),
                         cases[i].differences);
        json_decref(actual);
        json_decref(expected);
    }
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_comparison_sees_what_differs),
        test(prod_is_as_it_was),
        test(brief_is_as_it_was),
        test(any_number_of_threads_gives_the_same_bytes),
        test(another_seed_gives_other_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
