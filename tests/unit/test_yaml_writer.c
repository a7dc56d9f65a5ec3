#include "sim/base/yaml_tree.h"
#include "stack/yaml_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/** What a test writes and reads back. */
struct sheet {
    struct text text;
    struct yaml_writer writer;
    struct diagnostics diagnostics;
    struct arena arena;
    struct yaml_document document;
};

static void sheet_open(struct sheet *sheet) {
    text_init(&sheet->text);
    diagnostics_init(&sheet->diagnostics);
    arena_init(&sheet->arena);
    yaml_writer_open(&sheet->writer, &sheet->text);
}

static enum status sheet_close(struct sheet *sheet) {
    return yaml_writer_close(&sheet->writer, &sheet->diagnostics);
}

static void sheet_read(struct sheet *sheet) {
    assert_int_equal(yaml_tree_parse(&sheet->arena, "written", sheet->text.data, sheet->text.length,
                                     &sheet->document, &sheet->diagnostics),
                     STATUS_OK);
}

static void sheet_fini(struct sheet *sheet) {
    text_fini(&sheet->text);
    arena_fini(&sheet->arena);
}

/** The one scalar under the key `k` after writing `value` as a string and reading it back. */
static const struct yaml_node *round_trip(struct sheet *sheet, const char *value) {
    sheet_open(sheet);
    yaml_writer_mapping(&sheet->writer, NULL);
    yaml_writer_string(&sheet->writer, "k", value);
    yaml_writer_end(&sheet->writer);
    assert_int_equal(sheet_close(sheet), STATUS_OK);
    sheet_read(sheet);
    const struct yaml_node *node = yaml_tree_child(sheet->document.root, "k");
    assert_non_null(node);
    assert_string_equal(node->scalar, value);
    return node;
}

static void what_could_be_read_as_something_else_is_quoted(void **state) {
    (void)state;
    static const char *const values[] = {
        "",
        "~",
        "null",
        "Null",
        "true",
        "TRUE",
        "false",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "n",
        "0",
        "42",
        "-1",
        "+3",
        "0.5",
        ".5",
        "5.",
        "1e3",
        "1E+06",
        "0x1F",
        "0o17",
        "017",
        "1_000",
        "1:30",
        "12:30:45",
        "2024-04-01",
        "2024-04-01T00:00:00Z",
        ".inf",
        "-.INF",
        ".nan",
        "=",
        "<<",
        "1.13.0",
        "0.0.0.0:4317",
        "-",
        "+",
        "5d",
        "1,000",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct sheet sheet;
        if (!round_trip(&sheet, values[i])->quoted)
            fail_msg("\"%s\" is not quoted: %s", values[i], sheet.text.data);
        sheet_fini(&sheet);
    }
}

static void plain_words_stay_plain(void **state) {
    (void)state;
    static const char *const values[] = {
        "loki",
        "512Mi",
        "500m",
        "168h",
        "10m",
        "30s",
        "2Gi",
        "SingleBinary",
        "http://loki:3100/loki/api/v1/push",
        "/var/lib/alloy/data",
        "nothing",
        "yesterday",
        "1843MiB",
        "tempo:4317",
        "${env:MY_POD_IP}:4317",
        "v13",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct sheet sheet;
        if (round_trip(&sheet, values[i])->quoted)
            fail_msg("\"%s\" is quoted: %s", values[i], sheet.text.data);
        sheet_fini(&sheet);
    }
}

static void awkward_strings_come_back_as_they_were(void **state) {
    (void)state;
    static const char *const values[] = {
        "{app=~\".*(dramatiq|worker).*\"}",
        "^\\[\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2},\\d{3}\\] ",
        "(?:trace_id|traceID)[\"']?\\s*[=:]\\s*[\"']?([0-9a-fA-F]{32})",
        "$${__value.raw}",
        "it's: a # trap",
        "- item",
        "[1, 2]",
        "&anchor",
        "*alias",
        "!tag",
        "%directive",
        "@at",
        "`tick`",
        "? key",
        "key: value",
        " leading",
        "trailing ",
        "tab\there",
        "B\xc3\xa4r \xe2\x82\xac",
        "two\nlines\n",
        "no end\nof line",
        "many ends\n\n\n",
        "\n\nmany starts",
        "  indented first line\nsecond\n",
        "trailing space \nin a line\n",
        "---\n...\n",
        "server:\n  {{- toYaml .Values.tempo.server | nindent 2 }}\n",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct sheet sheet;
        round_trip(&sheet, values[i]);
        sheet_fini(&sheet);
    }
}

static void text_of_several_lines_is_a_literal_block(void **state) {
    (void)state;
    struct sheet sheet;
    round_trip(&sheet, "one\n  two\n");
    assert_string_equal(sheet.text.data, "k: |\n  one\n    two\n");
    sheet_fini(&sheet);
}

static void long_lines_are_not_folded(void **state) {
    (void)state;
    struct sheet sheet;
    round_trip(&sheet, "word word word word word word word word word word word word word word word "
                       "word word word word word word word word word word word word word");
    assert_int_equal(strchr(sheet.text.data, '\n') - sheet.text.data + 1,
                     (ptrdiff_t)sheet.text.length);
    sheet_fini(&sheet);
}

static void nesting_reads_well(void **state) {
    (void)state;
    struct sheet sheet;
    sheet_open(&sheet);
    yaml_writer_mapping(&sheet.writer, NULL);
    yaml_writer_plain(&sheet.writer, "replicas", "1");
    yaml_writer_sequence(&sheet.writer, "env");
    yaml_writer_mapping(&sheet.writer, NULL);
    yaml_writer_string(&sheet.writer, "name", "GOGC");
    yaml_writer_string(&sheet.writer, "value", "50");
    yaml_writer_end(&sheet.writer);
    yaml_writer_string(&sheet.writer, NULL, "last");
    yaml_writer_end(&sheet.writer);
    yaml_writer_null(&sheet.writer, "affinity");
    yaml_writer_mapping(&sheet.writer, "labels");
    yaml_writer_end(&sheet.writer);
    yaml_writer_string(&sheet.writer, "on", "yes");
    yaml_writer_end(&sheet.writer);
    assert_int_equal(sheet_close(&sheet), STATUS_OK);
    assert_string_equal(sheet.text.data, "replicas: 1\n"
                                         "env:\n"
                                         "- name: GOGC\n"
                                         "  value: \"50\"\n"
                                         "- last\n"
                                         "affinity: null\n"
                                         "labels: {}\n"
                                         "\"on\": \"yes\"\n");
    sheet_fini(&sheet);
}

/** Whether closing after `write` fails with a diagnostic. */
static void assert_fails(void (*write)(struct yaml_writer *writer)) {
    struct sheet sheet;
    sheet_open(&sheet);
    write(&sheet.writer);
    assert_int_equal(sheet_close(&sheet), STATUS_INTERNAL);
    assert_int_equal(sheet.diagnostics.count, 1);
    sheet_fini(&sheet);
}

static void left_open(struct yaml_writer *writer) {
    yaml_writer_mapping(writer, NULL);
}

static void ended_twice(struct yaml_writer *writer) {
    yaml_writer_mapping(writer, NULL);
    yaml_writer_end(writer);
    yaml_writer_end(writer);
}

static void key_in_a_sequence(struct yaml_writer *writer) {
    yaml_writer_sequence(writer, NULL);
    yaml_writer_string(writer, "key", "value");
    yaml_writer_end(writer);
}

static void item_without_key(struct yaml_writer *writer) {
    yaml_writer_mapping(writer, NULL);
    yaml_writer_string(writer, NULL, "value");
    yaml_writer_end(writer);
}

static void not_utf8(struct yaml_writer *writer) {
    yaml_writer_mapping(writer, NULL);
    yaml_writer_string(writer, "key", "\xff\xfe");
    yaml_writer_end(writer);
}

static void too_deep(struct yaml_writer *writer) {
    for (int i = 0; i <= YAML_WRITER_DEPTH_MAX; i++)
        yaml_writer_sequence(writer, NULL);
    for (int i = 0; i <= YAML_WRITER_DEPTH_MAX; i++)
        yaml_writer_end(writer);
}

static void nothing(struct yaml_writer *writer) {
    (void)writer;
}

static void wrong_use_is_an_error_and_no_crash(void **state) {
    (void)state;
    assert_fails(left_open);
    assert_fails(ended_twice);
    assert_fails(key_in_a_sequence);
    assert_fails(item_without_key);
    assert_fails(not_utf8);
    assert_fails(too_deep);
    assert_fails(nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_could_be_read_as_something_else_is_quoted),
        cmocka_unit_test(plain_words_stay_plain),
        cmocka_unit_test(awkward_strings_come_back_as_they_were),
        cmocka_unit_test(text_of_several_lines_is_a_literal_block),
        cmocka_unit_test(long_lines_are_not_folded),
        cmocka_unit_test(nesting_reads_well),
        cmocka_unit_test(wrong_use_is_an_error_and_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
