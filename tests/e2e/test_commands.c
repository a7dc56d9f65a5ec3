/** Each command by itself: what it prints, and that it says nothing else. */
#include "tests/e2e/program.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char small[] = "tests/e2e/small.yaml";

static json_t *printed_json(const struct program *program) {
    json_error_t problem;
    json_t *json = json_loads(program->out, JSON_REJECT_DUPLICATES, &problem);
    if (!json)
        fail_msg("line %d of the JSON: %s", problem.line, problem.text);
    return json;
}

static void help_and_version_fit_the_terminal(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "--help");
    assert_status(program, 0);
    assert_contains(program->out, "Usage: simulate");
    assert_contains(program->out, "Exit status: 0");
    assert_width(program->out, 100);
    PROGRAM_RUN(program, "--version");
    assert_status(program, 0);
    assert_contains(program->out, "simulate ");
    assert_string_equal(program->err, "");
}

static void check_says_valid_of_every_shipped_scenario(void **state) {
    struct program *program = *state;
    char **paths;
    size_t count = program_files(program, "scenarios", &paths), scenarios = 0;
    for (size_t i = 0; i < count; i++) {
        if (!strstr(paths[i], ".yaml"))
            continue;
        const char *path = arena_print(&program->arena, "scenarios/%s", paths[i]);
        PROGRAM_RUN(program, "check", path);
        assert_status(program, 0);
        assert_contains(program->out, ": valid\n");
        assert_contains(program->out, path);
        assert_string_equal(program->err, "");
        scenarios++;
    }
    assert_true(scenarios >= 5);
}

static void init_passes_its_own_check(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "init");
    assert_status(program, 0);
    assert_width(program->out, 100);
    program->input = program->out;
    PROGRAM_RUN(program, "check", "-");
    assert_status(program, 0);
    assert_contains(program->out, "valid");
}

static void schema_is_the_shipped_one(void **state) {
    struct program *program = *state;
    size_t length;
    PROGRAM_RUN(program, "schema");
    assert_status(program, 0);
    assert_string_equal(program->out, program_read(program, "scenarios/schema.json", &length));
    json_t *schema = printed_json(program);
    assert_non_null(json_object_get(json_object_get(schema, "properties"), "workload"));
    json_decref(schema);
}

static void reference_and_explain_know_the_same_keys(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "reference");
    assert_status(program, 0);
    const char *reference = program->out;
    size_t keys = 0;
    for (const char *row = reference; (row = strstr(row, "\n| `")) != NULL; row += 4) {
        const char *key = arena_copy(&program->arena, row + 4, strcspn(row + 4, "`"));
        PROGRAM_RUN(program, "explain", key);
        assert_status(program, 0);
        assert_contains(program->out, key);
        assert_width(program->out, 100);
        keys++;
    }
    assert_true(keys > 100);
}

/** The figures that predict promises, each with the ends of its interval around it. */
static void check_prediction(const struct program *program, const char *const figures[]) {
    json_t *answer = printed_json(program);
    size_t count = 0;
    for (; figures[count]; count++) {
        char low[64], high[64];
        snprintf(low, sizeof low, "%s_low", figures[count]);
        snprintf(high, sizeof high, "%s_high", figures[count]);
        double value = json_number_value(json_object_get(answer, figures[count]));
        double least = json_number_value(json_object_get(answer, low));
        double most = json_number_value(json_object_get(answer, high));
        if (!(least > 0 && least < value && value < most))
            fail_msg("%s: %g is not inside %g to %g", figures[count], value, least, most);
    }
    assert_int_equal(json_object_size(answer), 3 * count);
    json_decref(answer);
}

static void predict_loki_gives_every_figure(void **state) {
    struct program *program = *state;
    static const char *const figures[] = {
        "memory_peak_bytes", "memory_mean_bytes",    "cpu_cores",
        "wal_peak_bytes",    "wal_bytes_per_second", "chunk_bytes_per_day",
        "chunks_per_day",    "index_bytes_per_day",  NULL};
    PROGRAM_RUN(program, "predict", "loki", "--set", "bytes_per_second=60000", "--set",
                "streams=500", "--set", "bytes_per_line=349", "--set", "encoding=snappy", "--set",
                "compression=2.46", "--set", "max_chunk_age=2h", "--set", "chunk_idle_period=30m",
                "--set", "chunk_target_size=1572864", "--set", "memory_limit=2Gi", "--set",
                "gomemlimit=1843Mi", "--format", "json");
    assert_status(program, 0);
    check_prediction(program, figures);
    PROGRAM_RUN(program, "predict", "loki", "--set", "bytes_per_second=60000", "--set",
                "streams=500");
    assert_status(program, 0);
    assert_width(program->out, 100);
}

static void predict_tempo_gives_every_figure(void **state) {
    struct program *program = *state;
    static const char *const figures[] = {"memory_peak_bytes", "memory_mean_bytes",   "cpu_cores",
                                          "wal_peak_bytes",    "block_bytes_per_day", NULL};
    PROGRAM_RUN(program, "predict", "tempo", "--set", "traces_per_second=20", "--set",
                "spans_per_trace=8", "--set", "bytes_per_span=470", "--set",
                "max_block_duration=30m", "--set", "flush_check_period=10s", "--set",
                "trace_idle_period=10s", "--set", "max_block_bytes=500000000", "--set",
                "parquet_row_group_size_bytes=100000000", "--set", "memory_limit=1Gi", "--set",
                "gomemlimit=921MiB", "--format", "json");
    assert_status(program, 0);
    check_prediction(program, figures);
    PROGRAM_RUN(program, "predict", "tempo", "--set", "traces_per_second=20", "--format", "csv");
    assert_status(program, 0);
    assert_contains(program->out, "memory_peak_bytes,");
    PROGRAM_RUN(program, "predict", "tempo", "--set", "traces_per_second=20", "--quiet");
    assert_status(program, 0);
    assert_string_equal(program->out, "");
    PROGRAM_RUN(program, "predict", "tempo", "--set", "traces_per_second=20", "--format", "html");
    assert_status(program, 2);
    assert_contains(program->err, "predict prints text, json or csv");
}

static void plan_prints_and_writes_nothing(void **state) {
    struct program *program = *state;
    char **paths;
    PROGRAM_RUN(program, "plan", small, "--output", program->folder);
    assert_status(program, 0);
    assert_contains(program->out, "small: HOLDS as written");
    assert_width(program->out, 100);
    assert_string_equal(program->err, "");
    assert_int_equal(program_files(program, program_path(program, "small"), &paths), 0);
}

static void emit_writes_no_report(void **state) {
    struct program *program = *state;
    char **paths;
    PROGRAM_RUN(program, "emit", small, "--output", program->folder);
    assert_status(program, 0);
    assert_contains(program->out, "wrote values, manifests and dashboards to ");
    assert_contains(program->out, "Promtail reached its end of life on 2026-03-02");
    size_t count = program_files(program, program_path(program, "small"), &paths);
    assert_int_equal(count, 11);
    for (size_t i = 0; i < count; i++)
        assert_true(strncmp(paths[i], "values/", 7) == 0 ||
                    strncmp(paths[i], "manifests/", 10) == 0 ||
                    strncmp(paths[i], "dashboards/", 11) == 0);
}

static void calibrate_reproduces_the_shipped_coefficients(void **state) {
    struct program *program = *state;
    size_t length;
    PROGRAM_RUN(program, "calibrate", "coefficients");
    assert_status(program, 0);
    const char *shipped = program_read(program, "models/data/coefficients.csv", &length);
    /* The values themselves are held to a fit anew in tests/unit/test_calibrate.c. */
    const size_t header = strcspn(shipped, "\n");
    assert_int_equal(strcspn(program->out, "\n"), header);
    assert_memory_equal(program->out, shipped, header);
    char *folder = program_path(program, "fidelity");
    char **files;
    PROGRAM_RUN(program, "calibrate", "fidelity", "--output", folder);
    assert_status(program, 0);
    assert_contains(program->out, "## Loki");
    assert_contains(program->out, "## Tempo");
    assert_int_equal(program_files(program, folder, &files), 2);
    assert_string_equal(files[0], "fidelity.png");
    assert_string_equal(files[1], "fidelity.svg");
}

static void every_format_is_what_it_says(void **state) {
    struct program *program = *state;
    static const struct {
        const char *format, *start;
    } cases[] = {
        {"text", "small: HOLDS"},    {"json", "{"},
        {"csv", "plan,component,"},  {"markdown", "<!-- simulate-report: small -->"},
        {"html", "<!DOCTYPE html>"}, {"github", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PROGRAM_RUN(program, "plan", small, "--format", cases[i].format);
        assert_status(program, 0);
        assert_memory_equal(program->out, cases[i].start, strlen(cases[i].start));
        assert_string_equal(program->err, "");
        if (strcmp(cases[i].format, "json") == 0)
            json_decref(printed_json(program));
    }
}

static void github_gets_a_summary_and_annotations(void **state) {
    struct program *program = *state;
    size_t length;
    const char *summary = program_path(program, "summary.md");
    assert_int_equal(setenv("GITHUB_STEP_SUMMARY", summary, 1), 0);
    PROGRAM_RUN(program, "plan", small, "--format", "github", "--set", "targets.cost.at_most=1");
    unsetenv("GITHUB_STEP_SUMMARY");
    assert_status(program, 1);
    assert_contains(program->out, "::error file=tests/e2e/small.yaml,");
    assert_contains(program_read(program, summary, &length), "small");
    PROGRAM_RUN(program, "check", small, "--format", "github", "--set", "name=Not_A_Name");
    assert_status(program, 3);
    assert_contains(program->out, "::error ");
}

static void no_format_is_silently_another(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "check", small, "--format", "json");
    assert_status(program, 2);
    assert_string_equal(program->out, "");
    assert_contains(program->err, "check prints text or github");
    PROGRAM_RUN(program, "emit", small, "--format", "json", "--output", program->folder);
    assert_status(program, 2);
    assert_contains(program->err, "emit prints text or github");
}

static void a_scenario_comes_from_standard_input(void **state) {
    struct program *program = *state;
    size_t length;
    PROGRAM_RUN(program, "plan", small, "--format", "csv");
    assert_status(program, 0);
    const char *from_file = program->out;
    program->input = program_read(program, small, &length);
    PROGRAM_RUN(program, "plan", "-", "--format", "csv");
    assert_status(program, 0);
    assert_string_equal(program->out, from_file);
}

static void overrides_change_the_answer(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "plan", small, "--format", "json", "--seed", "7", "--replicas", "32",
                "--set", "stack.loki.volume=30Gi", "--set", "name=other");
    assert_status(program, 0);
    json_t *result = printed_json(program);
    assert_string_equal(json_string_value(json_object_get(result, "scenario")), "other");
    assert_int_equal(json_integer_value(json_object_get(result, "seed")), 7);
    assert_int_equal(json_integer_value(json_object_get(result, "replicas")), 32);
    json_decref(result);
    assert_contains(program->out, "32212254720");
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(help_and_version_fit_the_terminal),
        test(check_says_valid_of_every_shipped_scenario),
        test(init_passes_its_own_check),
        test(schema_is_the_shipped_one),
        test(reference_and_explain_know_the_same_keys),
        test(predict_loki_gives_every_figure),
        test(predict_tempo_gives_every_figure),
        test(plan_prints_and_writes_nothing),
        test(emit_writes_no_report),
        test(calibrate_reproduces_the_shipped_coefficients),
        test(every_format_is_what_it_says),
        test(github_gets_a_summary_and_annotations),
        test(no_format_is_silently_another),
        test(a_scenario_comes_from_standard_input),
        test(overrides_change_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
