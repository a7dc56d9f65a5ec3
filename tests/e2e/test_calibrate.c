#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/e2e/program.h"
#include "tests/unit/page_server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char table[] = "model,bytes_per_second,streams,synchrony,memory_peak_bytes,cpu_cores\n"
                            "loki,60000,500,1,1.1Gi,25m\n"
                            "loki,80000,500,1,1.3Gi,31m\n"
                            "loki,40000,480,1,0.9Gi,2\n";

static char *write_named(struct program *program, const char *name, const char *text) {
    char *path = program_path(program, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

/** `key` and the path behind it: `calibration=...`. */
static char *setting_of(struct program *program, const char *key, const char *path) {
    return arena_print(&program->arena, "%s=%s", key, path);
}

static void own_measurements_change_what_is_predicted(void **state) {
    struct program *program = *state;
    char *csv = write_named(program, "own.csv", table);
    char *folder = program_path(program, "out");
    PROGRAM_RUN(program, "calibrate", csv, "--output", folder);
    assert_status(program, 0);
    assert_width(program->out, 80);
    assert_contains(program->out, "Loki: 3 points of 3 measurements");
    assert_contains(program->out, "Hardly counts: cpu_cores of own.csv:4");
    assert_contains(program->out, "cpu_loaded_cores");
    char **files;
    assert_int_equal(program_files(program, folder, &files), 4);
    char *file = program_path(program, "out/calibration.csv");
    char *setting = setting_of(program, "calibration", file);
    PROGRAM_RUN(program, "predict", "loki", "--set", "bytes_per_second=60000", "--set",
                "streams=500", "--set", setting);
    assert_status(program, 0);
    assert_contains(program->out, "1.1 GiB");
    assert_null(strstr(program->out, "Beyond"));
    PROGRAM_RUN(program, "predict", "loki", "--set", "bytes_per_second=60000", "--set",
                "streams=5000", "--set", setting, "--format", "json");
    assert_status(program, 0);
    assert_contains(program->out, "\"beyond_range\": \"streams 5000 (calibrated at 480 to 500)\"");
}

static void a_run_says_whose_calibration_it_used(void **state) {
    struct program *program = *state;
    char *csv = write_named(program, "own.csv", table);
    char *folder = program_path(program, "out");
    PROGRAM_RUN(program, "calibrate", csv, "--output", folder, "--quiet");
    assert_status(program, 0);
    assert_string_equal(program->out, "");
    char *file = program_path(program, "out/calibration.csv");
    char *setting = setting_of(program, "simulation.calibration", file);
    PROGRAM_RUN(program, "plan", "tests/e2e/small.yaml", PROGRAM_SMALL, "--set", setting);
    assert_contains(program->out, "calibration.csv, your own measurements; Loki runs");
    PROGRAM_RUN(program, "plan", "tests/e2e/small.yaml", PROGRAM_SMALL, "--format", "markdown",
                "--set", setting);
    assert_contains(program->out, "runs left out of the fit, updated by your 3 points");
    PROGRAM_RUN(program, "plan", "tests/e2e/small.yaml", PROGRAM_SMALL, "--format", "json", "--set",
                setting);
    assert_contains(program->out, "\"calibration\": {");
    PROGRAM_RUN(program, "plan", "tests/e2e/small.yaml", PROGRAM_SMALL);
    assert_null(strstr(program->out, "your own measurements"));
}

static void damage_is_shown_with_row_and_column(void **state) {
    struct program *program = *state;
    char *csv = write_named(program, "own.csv",
                            "model,bytes_per_second,streams,cpu_cores\nloki,60000,500,much\n");
    PROGRAM_RUN(program, "calibrate", csv, "--output", program_path(program, "out"));
    assert_status(program, 3);
    assert_contains(program->err, "own.csv:2:16: cpu_cores is \"much\", expected a number above 0");
    PROGRAM_RUN(program, "calibrate", csv, "--format", "html");
    assert_status(program, 2);
    char *damaged = write_named(program, "calibration.csv", "model,name\nloki,x\n");
    PROGRAM_RUN(program, "check", "tests/e2e/small.yaml", "--set",
                setting_of(program, "simulation.calibration", damaged));
    assert_status(program, 3);
    assert_contains(program->err, "column `value` is missing");
}

static void assert_wrong_usage(struct program *program, const char *words) {
    assert_status(program, 2);
    assert_string_equal(program->out, "");
    assert_contains(program->err, words);
}

/** Nothing that is asked for is passed over: neither for servers without one, nor a form that a
 *  table is not printed in. */
static void options_that_would_do_nothing_are_refused(void **state) {
    struct program *program = *state;
    char *csv = write_named(program, "own.csv", table);
    char *token = write_named(program, "token", "s3cret-token\n");
    PROGRAM_RUN(program, "calibrate", csv, "--token-file", token);
    assert_wrong_usage(program,
                       "--token-file goes with --loki-url, --tempo-url or --prometheus-url");
    PROGRAM_RUN(program, "calibrate", csv, "--for", "10m");
    assert_wrong_usage(program, "--for goes with --loki-url, --tempo-url or --prometheus-url");
    PROGRAM_RUN(program, "calibrate", "fidelity", "--for", "10m");
    assert_wrong_usage(program, "--for goes with");
    PROGRAM_RUN(program, "calibrate", "fidelity", "--loki-url", "http://loki.example:3100");
    assert_wrong_usage(program, "they take no URL");
    PROGRAM_RUN(program, "calibrate", "fidelity", "--format", "json");
    assert_wrong_usage(program, "calibrate fidelity prints markdown");
    PROGRAM_RUN(program, "calibrate", "coefficients", "--format", "json");
    assert_wrong_usage(program, "calibrate coefficients prints csv");
    PROGRAM_RUN(program, "calibrate", "coefficients", "--format", "csv");
    assert_status(program, 0);
    assert_contains(program->out, "model,name,value,standard_error,unit,meaning\n");
}

/** A Loki that has been up for 10,000 s, and more with every look; it knows one token. */
struct loki {
    int looks;
    const char *token; /**< NULL: it answers everybody */
};

static void answer_as_loki(int descriptor, const char *request, void *context) {
    struct loki *loki = context;
    char body[1024];
    double seconds = 10000 + loki->looks++;
    if (loki->token && !strstr(request, loki->token)) {
        page_server_write(descriptor, "401 Unauthorized", "", 0);
        return;
    }
    int length = snprintf(body, sizeof body,
                          "process_start_time_seconds 1e+06\n"
                          "process_resident_memory_bytes 500000000\n"
                          "process_cpu_seconds_total %.3f\n"
                          "go_memstats_last_gc_time_seconds %.3f\n"
                          "loki_build_info 1\n"
                          "loki_distributor_bytes_received_total %.0f\n"
                          "loki_distributor_lines_received_total %.0f\n"
                          "loki_ingester_memory_streams 300\n",
                          0.03 * seconds, 1e6 + seconds, 50000 * seconds, 200 * seconds);
    page_server_write(descriptor, "200 OK", body, (size_t)length);
}

static void a_running_loki_is_asked(void **state) {
    struct program *program = *state;
    struct loki loki = {0};
    struct page_server server;
    page_server_start(&server, answer_as_loki, &loki);
    PROGRAM_RUN(program, "calibrate", "--loki-url", server.url, "--output",
                program_path(program, "out"));
    page_server_stop(&server);
    assert_status(program, 0);
    assert_contains(program->out, "Loki, 2h46m40s since its start");
    assert_contains(program->out, "load: 48.8 KiB/s in lines of 250 bytes, 300 streams");
    assert_contains(program->out, "at least: memory_peak_bytes");
    assert_width(program->out, 80);
}

/** Ctrl-C after two looks: what they told is fitted and written. */
static void an_interrupted_watch_keeps_what_it_has(void **state) {
    static const struct timespec moment = {0, 20000000};
    struct program *program = *state;
    struct loki loki = {0};
    struct page_server server;
    char *folder = program_path(program, "out");
    page_server_start(&server, answer_as_loki, &loki);
    pid_t id =
        program_start(program, (const char *const[]){"calibrate", "--loki-url", server.url, "--for",
                                                     "40s", "--output", folder, NULL});
    for (int i = 0; i < 500 && server.requests < 2; i++)
        nanosleep(&moment, NULL);
    assert_true(server.requests >= 2);
    assert_int_equal(kill(id, SIGINT), 0);
    program_wait(program, id);
    page_server_stop(&server);
    assert_status(program, 0);
    assert_contains(program->out, "Loki: 1 point of 1 measurement");
    assert_int_equal(access(program_path(program, "out/calibration.csv"), R_OK), 0);
}

static void a_token_is_sent_and_never_shown(void **state) {
    struct program *program = *state;
    struct loki loki = {.token = "Authorization: Bearer s3cret-token\r\n"};
    struct page_server server;
    char *folder = program_path(program, "out");
    char *token = write_named(program, "token", "s3cret-token\n");
    page_server_start(&server, answer_as_loki, &loki);
    PROGRAM_RUN(program, "calibrate", "--loki-url", server.url, "--output", folder);
    assert_status(program, 5);
    assert_contains(program->err, "answers 401: it wants a token (--token-file FILE)");
    PROGRAM_RUN(program, "calibrate", "--loki-url", server.url, "--output", folder, "--token-file",
                token);
    page_server_stop(&server);
    assert_status(program, 0);
    assert_null(strstr(program->out, "s3cret"));
    PROGRAM_RUN(program, "calibrate", "--loki-url", "http://loki.example:3100", "--token-file",
                token);
    assert_status(program, 2);
    assert_null(strstr(program->err, "s3cret"));
    PROGRAM_RUN(program, "calibrate", "--loki-url", "http://me:s3cret@loki.example");
    assert_status(program, 2);
    assert_null(strstr(program->err, "s3cret"));
    PROGRAM_RUN(program, "calibrate", "--loki-url", "file:///etc/passwd");
    assert_status(program, 2);
}

#define test(function) cmocka_unit_test_setup_teardown(function, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(own_measurements_change_what_is_predicted),
        test(a_run_says_whose_calibration_it_used),
        test(damage_is_shown_with_row_and_column),
        test(options_that_would_do_nothing_are_refused),
        test(a_running_loki_is_asked),
        test(an_interrupted_watch_keeps_what_it_has),
        test(a_token_is_sent_and_never_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
