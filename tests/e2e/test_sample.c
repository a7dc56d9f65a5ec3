/** `simulate sample` from outside: its report, its snippet in a scenario, its messages. */
#include "tests/e2e/program.h"
#include "tests/unit/sample_logs.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LINES = 2000 };

/** The lines of sample_logs_add(), in a file of the test's folder; the arena keeps its path. */
static const char *write_lines(struct program *program, const char *name) {
    const char *path = program_path(program, name);
    struct text lines;
    text_init(&lines);
    sample_logs_add(&lines, 0, LINES);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(lines.data, 1, lines.length, file), lines.length);
    assert_int_equal(fclose(file), 0);
    text_fini(&lines);
    return path;
}

static void the_report_says_what_is_in_a_log(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "sample", write_lines(program, "Shop_API.log"), "--label-key", "level");
    assert_status(program, 0);
    assert_contains(program->out, "shop-api: 2.8");
    assert_contains(program->out, "JSON lines, times from \"ts\"");
    assert_contains(program->out, "2,000, ");
    assert_contains(program->out, "10 lines and 1.7 KiB a second, over 3m19s");
    assert_contains(program->out, "  Streams       4\n");
    assert_contains(program->out, "request_id");
    assert_contains(program->out, "- name: shop-api\n");
    assert_width(program->out, 100);
    assert_string_equal(program->err, "");
}

static void the_report_fits_a_terminal_of_80_columns(void **state) {
    struct program *program = *state;
    const char *path = write_lines(program, "shop.log");
    if (!program_run_on_terminal(program, 80,
                                 (const char *const[]){"sample", path, "--no-color", NULL}))
        skip();
    assert_status(program, 0);
    assert_contains(program->out, "reading [");
    const char *report = strstr(program->out, "shop: ");
    assert_non_null(report);
    assert_width(report, 80);
}

static void the_snippet_is_a_valid_service(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "sample", write_lines(program, "shop.log"));
    assert_status(program, 0);
    const char *snippet = strstr(program->out, "    - name: shop\n");
    assert_non_null(snippet);
    program->input =
        arena_print(&program->arena, "version: 1\nname: x\nworkload:\n  services:\n%s", snippet);
    PROGRAM_RUN(program, "check", "-");
    assert_status(program, 0);
}

static void json_csv_and_markdown_say_the_same(void **state) {
    struct program *program = *state;
    const char *path = write_lines(program, "shop.log");
    json_error_t problem;
    PROGRAM_RUN(program, "sample", path, "--format", "json");
    assert_status(program, 0);
    json_t *json = json_loads(program->out, JSON_REJECT_DUPLICATES, &problem);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json, "lines")), LINES);
    double snappy =
        json_number_value(json_object_get(json_object_get(json, "compression"), "snappy"));
    json_decref(json);
    PROGRAM_RUN(program, "sample", path, "--format", "csv");
    assert_status(program, 0);
    assert_contains(program->out, "figure,value\nlines,2000\n");
    assert_contains(program->out,
                    arena_print(&program->arena, "\ncompression_snappy,%.6g\n", snappy));
    PROGRAM_RUN(program, "sample", path, "--format", "markdown");
    assert_status(program, 0);
    assert_contains(program->out, arena_print(&program->arena, "| snappy | **%.2f** |", snappy));
    assert_contains(program->out, "```yaml\n    - name: shop\n");
}

static void any_number_of_threads_gives_the_same(void **state) {
    struct program *program = *state;
    const char *path = write_lines(program, "shop.log");
    PROGRAM_RUN(program, "sample", path, "--format", "json", "--threads", "1");
    const char *one = program->out;
    PROGRAM_RUN(program, "sample", path, "--format", "json", "--threads", "3");
    assert_string_equal(program->out, one);
}

static void standard_input_is_read_once(void **state) {
    struct program *program = *state;
    program->input = "2026-03-01T10:00:00Z stdout F hello\n2026-03-01T10:00:02Z stderr F hello\n";
    PROGRAM_RUN(program, "sample", "-");
    assert_status(program, 0);
    assert_contains(program->out, "<stdin>       plain text lines in CRI's wrapper");
    assert_contains(program->out, "- name: sample\n");
    assert_contains(program->out, "streams_per_replica: 2\n");
    PROGRAM_RUN(program, "sample", "-", "-");
    assert_status(program, 2);
    assert_contains(program->err, "standard input can be read only once");
}

static void what_cannot_be_read_is_explained(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "sample");
    assert_status(program, 2);
    PROGRAM_RUN(program, "sample", program->folder);
    assert_status(program, 4);
    assert_contains(program->err, ": is a folder; name a file in it");
    PROGRAM_RUN(program, "sample", "missing.log");
    assert_status(program, 4);
    assert_contains(program->err, "missing.log: cannot open: No such file");
    program->input = "\n\n";
    PROGRAM_RUN(program, "sample", "-");
    assert_status(program, 3);
    assert_contains(program->err, "expected log lines, found none");
    PROGRAM_RUN(program, "sample", write_lines(program, "shop.log"), "--format", "html");
    assert_status(program, 2);
    assert_contains(program->err, "sample prints text, json, csv or markdown");
    PROGRAM_RUN(program, "sample", write_lines(program, "shop.log"), "--label-key", "");
    assert_status(program, 2);
    assert_contains(program->err, "--label-key is empty");
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(the_report_says_what_is_in_a_log),     test(the_report_fits_a_terminal_of_80_columns),
        test(the_snippet_is_a_valid_service),       test(json_csv_and_markdown_say_the_same),
        test(any_number_of_threads_gives_the_same), test(standard_input_is_read_once),
        test(what_cannot_be_read_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
