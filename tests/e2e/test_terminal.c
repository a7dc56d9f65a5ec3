/** On a terminal: colour, progress and the terminal's own width; in a pipe, none of them. */
#include "tests/e2e/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char small[] = "tests/e2e/small.yaml";
static const char color[] = "\033[1;32m";

static void run_on_terminal(struct program *program, unsigned short columns, const char *option) {
    const char *const arguments[] = {"plan", small, option, NULL};
    if (!program_run_on_terminal(program, columns, arguments))
        skip();
    assert_status(program, 0);
    assert_contains(program->out, "small: HOLDS");
}

static void a_terminal_gets_colour_and_progress(void **state) {
    struct program *program = *state;
    run_on_terminal(program, 100, NULL);
    assert_contains(program->out, color);
    assert_contains(program->out, "\rsimulating ");
}

static void no_color_is_obeyed(void **state) {
    struct program *program = *state;
    run_on_terminal(program, 100, "--no-color");
    assert_null(strstr(program->out, color));
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    run_on_terminal(program, 100, NULL);
    assert_null(strstr(program->out, color));
    assert_int_equal(setenv("NO_COLOR", "", 1), 0);
    run_on_terminal(program, 100, NULL);
    unsetenv("NO_COLOR");
    assert_contains(program->out, color);
}

static void the_report_fits_the_terminal(void **state) {
    struct program *program = *state;
    run_on_terminal(program, 80, "--no-color");
    assert_width(program->out, 80);
    run_on_terminal(program, 200, "--no-color");
    assert_width(program->out, 100);
}

/** COLUMNS is what a shell passes on to a pipe; a dumb terminal shows escapes as they are. */
static void the_environment_is_obeyed(void **state) {
    struct program *program = *state;
    assert_int_equal(setenv("COLUMNS", "80", 1), 0);
    PROGRAM_RUN(program, "plan", small);
    assert_status(program, 0);
    assert_width(program->out, 80);
    unsetenv("COLUMNS");
    PROGRAM_RUN(program, "plan", small);
    assert_width(program->out, 100);
    const char *terminal = getenv("TERM");
    char *kept = terminal ? arena_copy(&program->arena, terminal, strlen(terminal)) : NULL;
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    run_on_terminal(program, 100, NULL);
    if (kept)
        setenv("TERM", kept, 1);
    else
        unsetenv("TERM");
    assert_null(strstr(program->out, color));
}

static void a_pipe_gets_neither(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "plan", small);
    assert_status(program, 0);
    assert_null(strchr(program->out, '\033'));
    assert_string_equal(program->err, "");
    PROGRAM_RUN(program, "plan", small, "--progress");
    assert_status(program, 0);
    assert_contains(program->err, "simulating ");
    assert_null(strstr(program->out, "simulating "));
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(a_terminal_gets_colour_and_progress),
        test(no_color_is_obeyed),
        test(the_report_fits_the_terminal),
        test(the_environment_is_obeyed),
        test(a_pipe_gets_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
