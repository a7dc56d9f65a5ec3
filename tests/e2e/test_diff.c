/** `simulate diff` from outside: a finished result against a scenario, statuses and messages. */
#include "tests/e2e/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char small[] = "tests/e2e/small.yaml";

/** Simulate the small scenario; the path of its result.json. */
static const char *make_result(struct program *program) {
    PROGRAM_RUN(program, small, "--quiet", "--output", program->folder);
    assert_status(program, 0);
    return program_path(program, "small/result.json");
}

static void a_result_equals_its_own_scenario(void **state) {
    struct program *program = *state;
    const char *result = make_result(program);
    PROGRAM_RUN(program, "diff", result, small);
    assert_status(program, 0);
    assert_contains(program->out, "small: no difference\n");
    PROGRAM_RUN(program, "diff", small, result, "--format", "json", "--threads", "1");
    assert_status(program, 0);
    assert_contains(program->out, "\"different\": false");
}

static void a_target_that_B_misses_gives_1(void **state) {
    struct program *program = *state;
    static const char dear[] = "targets.cost.at_most=1";
    const char *result = make_result(program);
    PROGRAM_RUN(program, "diff", result, small, "--set", dear);
    assert_status(program, 1);
    assert_contains(program->out, "small: same cost (target lost): from holds to missed\n");
    assert_contains(program->out, "at most $1.00");
    assert_width(program->out, 100);
    PROGRAM_RUN(program, "diff", small, result, "--set", dear, "--format", "markdown");
    assert_status(program, 0);
    assert_contains(program->out,
                    "<!-- simulate-diff: small -->\n## ✅ small: same cost (target gained)");
    assert_contains(program->out, "**gained**");
    PROGRAM_RUN(program, "diff", result, small, "--set", dear, "--quiet");
    assert_status(program, 1);
    assert_string_equal(program->out, "");
}

static void what_cannot_be_compared_is_explained(void **state) {
    struct program *program = *state;
    const char *result = make_result(program);
    PROGRAM_RUN(program, "diff", result, result, "--seed", "2");
    assert_status(program, 2);
    assert_contains(program->err, "both sides are finished results");
    PROGRAM_RUN(program, "diff", "-", "-");
    assert_status(program, 2);
    assert_contains(program->err, "only one side of a diff can be standard input");
    PROGRAM_RUN(program, "diff", result, result, "--format", "html");
    assert_status(program, 2);
    assert_contains(program->err, "diff prints text, json or markdown");
    PROGRAM_RUN(program, "diff", result);
    assert_status(program, 2);
    assert_contains(program->err, "B is missing");
    PROGRAM_RUN(program, "diff", result, "nothing.json");
    assert_status(program, 4);
    assert_contains(program->err, "nothing.json: cannot open");
    program->input = "{\"schema_version\": 1,\n \"scenario\": \"sma";
    PROGRAM_RUN(program, "diff", result, "-");
    assert_status(program, 3);
    assert_contains(program->err, "<stdin>:2:14: not JSON: ");
    assert_contains(program->err, "was it cut short");
    program->input = "{\"schema_version\": 99}";
    PROGRAM_RUN(program, "diff", "-", result);
    assert_status(program, 3);
    assert_contains(program->err, "results of schema version 99 cannot be compared");
    assert_contains(program->err, "newer program");
    program->input = "version: 1\nnam: x\n";
    PROGRAM_RUN(program, "diff", result, "-");
    assert_status(program, 3);
    assert_contains(program->err, "<stdin>:2:1: nam: unknown key");
}

#define PROGRAM_TEST(test) cmocka_unit_test_setup_teardown(test, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        PROGRAM_TEST(a_result_equals_its_own_scenario),
        PROGRAM_TEST(a_target_that_B_misses_gives_1),
        PROGRAM_TEST(what_cannot_be_compared_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
