/** Ctrl-C: status 130 soon, and no half-written file. */
#include "sim/base/clock.h"
#include "tests/e2e/program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { NANOSECONDS_PER_MS = 1000000, PATIENCE_SECONDS = 60 };

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * NANOSECONDS_PER_MS}, NULL);
}

/** Start a run of hours, interrupt it after `ms`, and wait. */
static void run_interrupted(struct program *program, long ms) {
    static const char *const hours[] = {"run",   "scenarios/prod.yaml", "--replicas", "1000000",
                                        "--set", "simulation.step=1m",  "--output",   NULL,
                                        NULL};
    const char *arguments[sizeof hours / sizeof *hours];
    memcpy(arguments, hours, sizeof hours);
    arguments[7] = program->folder;
    pid_t id = program_start(program, arguments);
    pause_ms(ms);
    double start = clock_seconds();
    assert_int_equal(kill(id, SIGINT), 0);
    program_wait(program, id);
    assert_true(clock_seconds() - start < PATIENCE_SECONDS);
}

static void an_interrupted_run_says_so_and_writes_nothing(void **state) {
    struct program *program = *state;
    char **paths;
    static const long moments_ms[] = {50, 300, 1000};
    for (size_t i = 0; i < sizeof moments_ms / sizeof *moments_ms; i++) {
        run_interrupted(program, moments_ms[i]);
        assert_status(program, 130);
        assert_string_equal(program->out, "");
        assert_int_equal(program_files(program, program_path(program, "prod"), &paths), 0);
    }
}

/** The message begins a line of its own: what was left of the progress is cleared. */
static void the_progress_line_is_cleared(void **state) {
    struct program *program = *state;
    static const char *const hours[] = {"plan",  "scenarios/prod.yaml", "--replicas", "1000000",
                                        "--set", "simulation.step=1m",  "--progress", NULL};
    pid_t id = program_start(program, hours);
    size_t length = 0;
    for (int i = 0; i < 100 * PATIENCE_SECONDS && length == 0; i++) {
        pause_ms(10);
        program_read(program, program_path(program, ".err"), &length);
    }
    kill(id, SIGINT);
    program_wait(program, id);
    assert_status(program, 130);
    assert_contains(program->err, " %\033[K\r\033[Ksimulate: ");
}

/** Every file of the small scenario, or none; temporary names of half-written ones never. */
static void check_all_or_nothing(struct program *program) {
    char **paths;
    const char *folder = program_path(program, "small");
    size_t count = program_files(program, folder, &paths);
    if (program->status != 0) {
        assert_status(program, 130);
        assert_int_equal(count, 0);
        return;
    }
    assert_true(count >= 24);
    for (size_t i = 0; i < count; i++) {
        const char *ending = strrchr(paths[i], '.');
        if (!ending || strlen(ending) > strlen(".html"))
            fail_msg("%s was left behind", paths[i]);
    }
}

/** A small run takes some tenths of a second, half of them spent on charts and files. */
static void files_are_all_there_or_none(void **state) {
    struct program *program = *state;
    for (long ms = 10; ms <= 250; ms += 30) {
        program_remove(program, "small");
        pid_t id =
            program_start(program, (const char *const[]){"run", "tests/e2e/small.yaml", "--quiet",
                                                         "--output", program->folder, NULL});
        pause_ms(ms);
        kill(id, SIGINT);
        program_wait(program, id);
        check_all_or_nothing(program);
    }
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(an_interrupted_run_says_so_and_writes_nothing),
        test(the_progress_line_is_cleared),
        test(files_are_all_there_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
