/** Exit statuses, and that what is wrong is said on standard error and nowhere else. */
#include "tests/e2e/program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char small[] = "tests/e2e/small.yaml";

/** Nothing on standard output, and these words on standard error. */
static void assert_said(const struct program *program, const char *words) {
    assert_string_equal(program->out, "");
    assert_contains(program->err, words);
    assert_memory_equal(program->err, "simulate: ", strlen("simulate: "));
}

static void targets_that_hold_give_0(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "plan", small, "--quiet", "--strict");
    assert_status(program, 0);
    assert_string_equal(program->out, "");
    assert_string_equal(program->err, "");
}

static void targets_missed_give_1(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "plan", small, "--set", "targets.cost.at_most=1");
    assert_status(program, 1);
    assert_contains(program->out, "small: MISSED");
    PROGRAM_RUN(program, "emit", small, "--set", "targets.cost.at_most=1", "--output",
                program->folder);
    assert_status(program, 0);
    assert_contains(program->out, "no plan holds");
}

static void strict_judges_the_stack_as_written(void **state) {
    struct program *program = *state;
    static const char cramped[] = "stack.tempo.limits.memory=300Mi";
    PROGRAM_RUN(program, "plan", small, "--quiet", "--set", cramped);
    assert_status(program, 0);
    PROGRAM_RUN(program, "plan", small, "--quiet", "--set", cramped, "--strict");
    assert_status(program, 1);
}

static void wrong_usage_gives_2(void **state) {
    struct program *program = *state;
    static const struct {
        const char *words[4], *said;
    } cases[] = {
        {{"run"}, "SCENARIO is missing"},
        {{"chek", "x.yaml"}, "did you mean check?"},
        {{"check", "a.yaml", "b.yaml"}, "one operand too many"},
        {{"plan", "a.yaml", "--repplicas"}, "did you mean --replicas?"},
        {{"plan", "a.yaml", "--format=yaml"}, "no format is called"},
        {{"plan", "a.yaml", "--threads=0"}, "--threads takes a number"},
        {{"plan", "a.yaml", "--seed"}, "needs a value"},
        {{"predict", "mimir"}, "expected loki or tempo"},
        {{"calibrate", "nothing"}, "expected coefficients or fidelity"},
        {{"explain", "stack.loki.volum"}, "did you mean stack.loki.volume?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        program_run(program, cases[i].words);
        assert_status(program, 2);
        assert_said(program, cases[i].said);
    }
    PROGRAM_RUN(program, NULL);
    assert_status(program, 2);
}

static void invalid_input_gives_3_with_the_place(void **state) {
    struct program *program = *state;
    program->input = "version: 1\nname: x\nworkload:\n  services:\n    - {name: a, replcas: 2}\n";
    PROGRAM_RUN(program, "check", "-");
    assert_status(program, 3);
    assert_said(program, "<stdin>:5:17: workload.services.0.replcas: unknown key");
    assert_contains(program->err, "did you mean replicas?");
    program->input = "version: 1\nname: [";
    PROGRAM_RUN(program, "check", "-");
    assert_status(program, 3);
    PROGRAM_RUN(program, "check", small, "--set", "stack.loki.volume=-1Gi");
    assert_status(program, 3);
    assert_said(program, "--set stack.loki.volume=-1Gi");
    PROGRAM_RUN(program, "predict", "loki", "--set", "streams=many");
    assert_status(program, 3);
}

static void a_missing_file_gives_4(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "check", program_path(program, "none.yaml"));
    assert_status(program, 4);
    assert_said(program, "none.yaml: cannot open: No such file");
    PROGRAM_RUN(program, "check", program->folder);
    assert_status(program, 4);
    assert_said(program, "cannot read");
}

static void an_unwritable_folder_gives_4(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "run", small, "--quiet", "--output", small);
    assert_status(program, 4);
    assert_said(program, "cannot create the folder: Not a directory");
    if (geteuid() == 0)
        return; /* Root may write anywhere. */
    const char *locked = program_path(program, "locked");
    assert_int_equal(mkdir(locked, 0555), 0);
    PROGRAM_RUN(program, "run", small, "--quiet", "--output", locked);
    assert_status(program, 4);
    assert_said(program, "Permission denied");
}

static void a_full_standard_output_gives_4(void **state) {
    struct program *program = *state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    const char *out = program_path(program, ".out");
    assert_int_equal(symlink("/dev/full", out), 0);
    pid_t id = program_start(program, (const char *const[]){"init", NULL});
    assert_int_equal(unlink(out), 0);
    assert_true(open(out, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) >= 0);
    program_wait(program, id);
    assert_status(program, 4);
    assert_said(program, "cannot write to standard output: No space left on device");
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(targets_that_hold_give_0),
        test(targets_missed_give_1),
        test(strict_judges_the_stack_as_written),
        test(wrong_usage_gives_2),
        test(invalid_input_gives_3_with_the_place),
        test(a_missing_file_gives_4),
        test(an_unwritable_folder_gives_4),
        test(a_full_standard_output_gives_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
