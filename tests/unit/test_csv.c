#include "sim/base/csv.h"
#include "tests/unit/assert_close.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct csv_table table;
    struct diagnostics diagnostics;
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    arena_fini(&fixture->arena);
    free(fixture);
    return 0;
}

static enum status read_bytes(struct fixture *fixture, const char *bytes, size_t length) {
    return csv_read(&fixture->arena, "t.csv", bytes, length, &fixture->table,
                    &fixture->diagnostics);
}

static enum status read_text(struct fixture *fixture, const char *text) {
    return read_bytes(fixture, text, strlen(text));
}

static void assert_diagnostic(const struct fixture *fixture, size_t index, unsigned line,
                              const char *message) {
    assert_true(index < fixture->diagnostics.count);
    const struct diagnostic *item = &fixture->diagnostics.items[index];
    assert_string_equal(item->file, "t.csv");
    assert_int_equal(item->line, line);
    assert_string_equal(item->message, message);
}

static void rows_and_cells(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a,b,c\n1,,x y\n\"2,\"\"5\"\"\",\" \",z"), STATUS_OK);
    const struct csv_table *table = &fixture->table;
    assert_int_equal(table->rows, 2);
    assert_int_equal(table->columns, 3);
    assert_string_equal(table->header[2], "c");
    assert_string_equal(csv_cell(table, 0, 0), "1");
    assert_string_equal(csv_cell(table, 0, 1), "");
    assert_string_equal(csv_cell(table, 0, 2), "x y");
    assert_string_equal(csv_cell(table, 1, 0), "2,\"5\"");
    assert_string_equal(csv_cell(table, 1, 1), " ");
    assert_string_equal(csv_cell(table, 1, 2), "z");
}

/* Lines: 1 and 2 comments, 3 blank, 4 header, 5 blank, 6 row, 7 blank with spaces, 8-9 one row
 * with a line break in quotes, 10 a row that looks like a comment. */
static void lines_are_those_of_the_file(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "\xEF\xBB\xBF# about\r\n#\"odd\r\n\r\na,b\r\n\r\n1,2\r\n"
                                        "  \t\r\n\"x\r\ny\",3\r\n#4,5\r\n"),
                     STATUS_OK);
    const struct csv_table *table = &fixture->table;
    assert_string_equal(table->header[0], "a");
    assert_int_equal(table->rows, 3);
    assert_int_equal(table->lines[0], 6);
    assert_int_equal(table->lines[1], 8);
    assert_int_equal(table->lines[2], 10);
    assert_string_equal(csv_cell(table, 1, 0), "x\r\ny");
    assert_string_equal(csv_cell(table, 2, 0), "#4");
}

static void byte_order_mark_before_a_header(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "\xEF\xBB\xBF"
                                        "a\r1\r2"),
                     STATUS_OK);
    assert_string_equal(fixture->table.header[0], "a");
    assert_int_equal(fixture->table.rows, 2);
    assert_int_equal(fixture->table.lines[1], 3);
}

static void header_alone_is_an_empty_table(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a,b"), STATUS_OK);
    assert_int_equal(fixture->table.rows, 0);
    assert_int_equal(fixture->table.columns, 2);
}

static void no_header(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "# only words\n\n"), STATUS_INVALID);
    assert_diagnostic(fixture, 0, 0, "the table has no header row");
    assert_int_equal(read_bytes(fixture, NULL, 0), STATUS_INVALID);
}

static void every_ragged_row_is_named(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a,b\n1\n\n1,2\n1,2,3\n"), STATUS_INVALID);
    assert_int_equal(fixture->diagnostics.count, 2);
    assert_diagnostic(fixture, 0, 2, "the row has 1 fields, the header has 2");
    assert_diagnostic(fixture, 1, 5, "the row has 3 fields, the header has 2");
}

static void repeated_column(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "# c\na,b,a\n1,2,3\n"), STATUS_INVALID);
    assert_int_equal(fixture->diagnostics.count, 1);
    assert_diagnostic(fixture, 0, 2, "column `a` is there twice");
}

static void quotes(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a,b\n1,2\n3,\"4\n5,6\n"), STATUS_INVALID);
    assert_diagnostic(fixture, 0, 3, "a quoted field is not closed");
    assert_int_equal(fixture->diagnostics.count, 1);
    assert_int_equal(read_text(fixture, "a,b\n1,2 \"x\"\n3,4\n"), STATUS_INVALID);
    assert_diagnostic(fixture, 1, 2,
                      "a quote is out of place: quote the whole field and double quotes in it");
    assert_int_equal(fixture->diagnostics.count, 2);
}

static void nul_bytes(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_bytes(fixture, "a,b\n1,x\0y\n", 10), STATUS_INVALID);
    assert_diagnostic(fixture, 0, 2, "a field holds a NUL byte");
}

static void field_length_is_bounded(void **state) {
    struct fixture *fixture = *state;
    size_t length = 2 + CSV_FIELD_BYTES_MAX + 1;
    char *bytes = malloc(length);
    assert_non_null(bytes);
    memset(bytes, 'x', length);
    memcpy(bytes, "a\n", 2);
    assert_int_equal(read_bytes(fixture, bytes, length - 1), STATUS_OK);
    assert_int_equal(strlen(csv_cell(&fixture->table, 0, 0)), CSV_FIELD_BYTES_MAX);
    assert_int_equal(read_bytes(fixture, bytes, length), STATUS_INVALID);
    assert_diagnostic(fixture, 0, 2,
                      "a field is longer than 65536 bytes (is a closing quote missing?)");
    free(bytes);
}

static void columns_are_bounded(void **state) {
    struct fixture *fixture = *state;
    char bytes[CSV_COLUMNS_MAX + 2];
    memset(bytes, ',', sizeof bytes);
    assert_int_equal(read_bytes(fixture, bytes, sizeof bytes), STATUS_INVALID);
    assert_diagnostic(fixture, 0, 1, "the header has more than 1000 columns");
}

static void columns_by_name(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a,b\n1,2\n"), STATUS_OK);
    size_t column = 99;
    assert_int_equal(csv_column(&fixture->table, "b", &column, &fixture->diagnostics), STATUS_OK);
    assert_int_equal(column, 1);
    assert_int_equal(csv_column(&fixture->table, "B", &column, &fixture->diagnostics),
                     STATUS_INVALID);
    assert_diagnostic(fixture, 0, 0, "column `B` is missing");
}

static void numbers(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "n\n0.0416\n-1.5e3\n +7\n\"\"\n"), STATUS_OK);
    static const double expected[] = {0.0416, -1500, 7, 42};
    for (size_t row = 0; row < 4; row++) {
        double value = 0;
        assert_int_equal(csv_number(&fixture->table, row, 0, 42, &value, &fixture->diagnostics),
                         STATUS_OK);
        assert_close(value, expected[row], 0, 0);
    }
    double value = 0;
    assert_int_equal(csv_number(&fixture->table, 3, 0, NAN, &value, &fixture->diagnostics),
                     STATUS_OK);
    assert_true(isnan(value));
}

static void not_numbers(void **state) {
    struct fixture *fixture = *state;
    static const char *const bad[] = {"x", "1x", "0x10", "nan", "inf", "1e999", "1 2", ".", "e"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[32];
        snprintf(text, sizeof text, "n\n%s\n", bad[i]);
        assert_int_equal(read_text(fixture, text), STATUS_OK);
        double value = 42;
        assert_int_equal(csv_number(&fixture->table, 0, 0, 0, &value, &fixture->diagnostics),
                         STATUS_INVALID);
        assert_close(value, 42, 0, 0);
    }
    assert_diagnostic(fixture, 2, 2, "column `n`: expected a number, found `0x10`");
}

static void written_fields_read_back(void **state) {
    struct fixture *fixture = *state;
    static const char *const fields[] = {"plain", "a b",  "",      "1,5",        "say \"hi\"",
                                         " lead", "end ", "#hash", "two\nlines", "\""};
    const size_t count = sizeof fields / sizeof *fields;
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%sc%zu", i ? "," : "", i);
    for (size_t i = 0; i < count; i++) {
        text_add(&text, i ? "," : "\n");
        csv_write_field(&text, fields[i]);
    }
    assert_false(text_failed(&text));
    assert_int_equal(read_bytes(fixture, text.data, text.length), STATUS_OK);
    assert_int_equal(fixture->table.rows, 1);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(csv_cell(&fixture->table, 0, i), fields[i]);
    text_fini(&text);
}

static void every_missing_column_is_named(void **state) {
    static const char *const names[] = {"b", "x", "a", "y"};
    struct fixture *fixture = *state;
    size_t columns[4];
    assert_int_equal(read_text(fixture, "a,b\n1,2"), STATUS_OK);
    assert_int_equal(csv_columns(&fixture->table, names, 4, columns, &fixture->diagnostics),
                     STATUS_INVALID);
    assert_diagnostic(fixture, 0, 0, "column `x` is missing");
    assert_diagnostic(fixture, 1, 0, "column `y` is missing");
    assert_int_equal(columns[0], 1);
    assert_int_equal(columns[2], 0);
}

struct weighed {
    const char *name;
    double weight, height;
};

static void columns_fill_structs(void **state) {
    static const struct csv_field fields[] = {{"height", offsetof(struct weighed, height), NAN},
                                              {"weight", offsetof(struct weighed, weight), 7}};
    struct fixture *fixture = *state;
    struct weighed rows[2] = {{"first", 0, 0}, {"second", 0, 0}};
    assert_int_equal(read_text(fixture, "weight,height\n1.5,2\n,\n"), STATUS_OK);
    assert_int_equal(
        csv_fill(&fixture->table, fields, 2, rows, sizeof *rows, &fixture->diagnostics), STATUS_OK);
    assert_close(rows[0].weight, 1.5, 0, 0);
    assert_close(rows[0].height, 2, 0, 0);
    assert_close(rows[1].weight, 7, 0, 0);
    assert_true(isnan(rows[1].height));
    assert_string_equal(rows[1].name, "second");
    assert_int_equal(read_text(fixture, "weight,height\n1,2\n3,much\n"), STATUS_OK);
    assert_int_equal(
        csv_fill(&fixture->table, fields, 2, rows, sizeof *rows, &fixture->diagnostics),
        STATUS_INVALID);
    assert_diagnostic(fixture, 0, 3, "column `height`: expected a number, found `much`");
}

static void shipped_tables_are_in_the_program(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(csv_read_shipped(&fixture->arena, "models/data/instances.csv", &fixture->table,
                                      &fixture->diagnostics),
                     STATUS_OK);
    assert_string_equal(fixture->table.header[0], "type");
    assert_int_equal(
        csv_read_shipped(&fixture->arena, "t.csv", &fixture->table, &fixture->diagnostics),
        STATUS_INTERNAL);
    assert_diagnostic(fixture, 0, 0, "the table is not in this program");
}

static void plain_fields_stay_plain(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    csv_write_field(&text, "t3.medium on demand");
    text_add(&text, ",");
    csv_write_field(&text, "a,b");
    assert_string_equal(text.data, "t3.medium on demand,\"a,b\"");
    text_fini(&text);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(rows_and_cells),
        TEST(lines_are_those_of_the_file),
        TEST(byte_order_mark_before_a_header),
        TEST(header_alone_is_an_empty_table),
        TEST(no_header),
        TEST(every_ragged_row_is_named),
        TEST(repeated_column),
        TEST(quotes),
        TEST(nul_bytes),
        TEST(field_length_is_bounded),
        TEST(columns_are_bounded),
        TEST(columns_by_name),
        TEST(every_missing_column_is_named),
        TEST(columns_fill_structs),
        TEST(shipped_tables_are_in_the_program),
        TEST(numbers),
        TEST(not_numbers),
        TEST(written_fields_read_back),
        TEST(plain_fields_stay_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
