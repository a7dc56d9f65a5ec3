/** Rows one by one: what is in them, where damage is, and memory that stays the same. */
#include "sim/base/csv_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { SEEN_BYTES = 4096 };

struct fixture {
    char path[64];
    char seen[SEEN_BYTES]; /**< `line:a|b|c;` for each row */
    size_t rows;
    unsigned last_line;
    struct diagnostics diagnostics;
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "build/test_csv_stream_XXXXXX");
    int descriptor = mkstemp(fixture->path);
    diagnostics_init(&fixture->diagnostics);
    *state = fixture;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    unlink(fixture->path);
    free(fixture);
    return 0;
}

static void put(const struct fixture *fixture, const void *bytes, size_t length) {
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static enum status see(const struct csv_stream_row *row, void *context,
                       struct diagnostics *diagnostics) {
    (void)diagnostics;
    struct fixture *fixture = context;
    size_t used = strlen(fixture->seen);
    fixture->rows++;
    fixture->last_line = row->line;
    if (used + 256 > SEEN_BYTES)
        return STATUS_OK;
    used += (size_t)snprintf(fixture->seen + used, SEEN_BYTES - used, "%u:", row->line);
    for (size_t i = 0; i < row->count; i++)
        used += (size_t)snprintf(fixture->seen + used, SEEN_BYTES - used, "%s%s", i > 0 ? "|" : "",
                                 row->fields[i]);
    snprintf(fixture->seen + used, SEEN_BYTES - used, ";");
    return STATUS_OK;
}

static enum status read_back(struct fixture *fixture) {
    const struct csv_stream_input input = {.path = fixture->path, .take = see, .context = fixture};
    return csv_stream_read(&input, &fixture->diagnostics);
}

static void rows_are_as_written(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *csv, *seen;
    } cases[] = {
        {"a,b\n1,2\n", "1:a|b;2:1|2;"},
        {"a,b\n1,2", "1:a|b;2:1|2;"},
        {"a,b\r\n1,2\r\n", "1:a|b;2:1|2;"},
        {"\xEF\xBB\xBF\"a\",b\n", "1:a|b;"},
        {"a\n\n  \n1\n", "1:a;4:1;"},
        {"\"x\ny\",\"q\"\"q\"\n3,4\n", "1:x\ny|q\"q;3:3|4;"},
        {"a,b,c\n1\n", "1:a|b|c;2:1;"},
        {"\"a,b\", c ,\n", "1:a,b|c|;"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture->seen[0] = '\0';
        put(fixture, cases[i].csv, strlen(cases[i].csv));
        assert_int_equal(read_back(fixture), STATUS_OK);
        assert_string_equal(fixture->seen, cases[i].seen);
    }
}

static void damage_is_placed(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *csv, *message;
        unsigned line, column;
    } cases[] = {
        /* The quote that is not closed is the one to show, not the end of the file. */
        {"a,b\n1,\"2\n3,4\n", "a quoted field is not closed", 2, 3},
        {"a,b\n1,2\"3\n", "a quoted field is not closed", 2, 3},
        {"a,b\n1,2\"3\"\n", "a quote is out of place", 2, 3},
        {"a,b\n\"1\"x,\"2\"\n", "a quote is out of place", 2, 1},
        /* Behind a field with an end of line in it. */
        {"\"a\nb\",c\"d\"\n", "a quote is out of place", 2, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(fixture, cases[i].csv, strlen(cases[i].csv));
        diagnostics_init(&fixture->diagnostics);
        assert_int_equal(read_back(fixture), STATUS_INVALID);
        const struct diagnostic *found = &fixture->diagnostics.items[0];
        assert_non_null(strstr(found->message, cases[i].message));
        assert_int_equal(found->line, cases[i].line);
        assert_int_equal(found->column, cases[i].column);
    }
}

static void a_zero_byte_is_refused(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "a,b\n1,x\0y\n", 10);
    assert_int_equal(read_back(fixture), STATUS_INVALID);
    assert_int_equal(fixture->diagnostics.items[0].line, 2);
    assert_int_equal(fixture->diagnostics.items[0].column, 3);
}

/** 600 KiB inside quotes: no row is that long, a quote is missing. Outside, it is just too long. */
static void an_endless_row_is_refused(void **state) {
    struct fixture *fixture = *state;
    size_t length = 600 * 1024;
    char *bytes = malloc(length);
    assert_non_null(bytes);
    memset(bytes, 'x', length);
    memcpy(bytes, "a,b\n1,\"", 7);
    put(fixture, bytes, length);
    assert_int_equal(read_back(fixture), STATUS_INVALID);
    assert_non_null(strstr(fixture->diagnostics.items[0].message, "512 KiB: a quoted field"));
    assert_int_equal(fixture->diagnostics.items[0].line, 2);
    assert_int_equal(fixture->diagnostics.items[0].column, 3);
    bytes[6] = 'x';
    put(fixture, bytes, length);
    free(bytes);
    assert_int_equal(read_back(fixture), STATUS_INVALID);
    assert_non_null(strstr(fixture->diagnostics.items[1].message, "512 KiB, the most"));
    assert_int_equal(fixture->diagnostics.items[1].line, 2);
}

/** Rows that begin and end anywhere in the buffer, some of them on two lines. */
static void rows_cross_the_buffers_end(void **state) {
    struct fixture *fixture = *state;
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    enum { ROWS = 30000 };
    for (int i = 0; i < ROWS; i++)
        fprintf(file, "%d,\"%.*s\n\",%d\n", i, i % 61,
                "..............................................................", i);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(read_back(fixture), STATUS_OK);
    assert_int_equal(fixture->rows, ROWS);
    assert_int_equal(fixture->last_line, 2 * ROWS - 1);
}

static size_t pack(const char *text, unsigned char *packed, size_t room) {
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (unsigned)strlen(text);
    stream.next_out = packed;
    stream.avail_out = (unsigned)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = stream.total_out;
    deflateEnd(&stream);
    return length;
}

static void gzip_is_unpacked(void **state) {
    struct fixture *fixture = *state;
    unsigned char packed[512];
    size_t first = pack("a,b\n1,", packed, sizeof packed);
    size_t length = first + pack("2\n", packed + first, sizeof packed - first);
    put(fixture, packed, length);
    assert_int_equal(read_back(fixture), STATUS_OK);
    assert_string_equal(fixture->seen, "1:a|b;2:1|2;");
    put(fixture, packed, length - 4);
    assert_int_equal(read_back(fixture), STATUS_INVALID);
    char expected[64];
    snprintf(expected, sizeof expected, "the gzip file ends too early, at byte %zu", length - 4);
    assert_string_equal(fixture->diagnostics.items[0].message, expected);
    packed[first - 6] ^= 0x55; /* the check sum of the first member */
    put(fixture, packed, length);
    assert_int_equal(read_back(fixture), STATUS_INVALID);
    assert_non_null(strstr(fixture->diagnostics.items[1].message, "the gzip file is damaged"));
}

static void a_file_that_is_not_there_is_named(void **state) {
    struct fixture *fixture = *state;
    const struct csv_stream_input input = {.path = "build/nowhere.csv", .take = see};
    assert_int_equal(csv_stream_read(&input, &fixture->diagnostics), STATUS_SYSTEM);
    assert_string_equal(fixture->diagnostics.items[0].file, "build/nowhere.csv");
}

static void other_packings_are_named(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "PAR1\x15", 5);
    assert_int_equal(read_back(fixture), STATUS_INVALID);
    assert_string_equal(fixture->diagnostics.items[0].message,
                        "expected text, plain, gzip or zstd, found a Parquet file");
}

static bool at_once(void) {
    return true;
}

static void an_interruption_ends_it(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "a\n", 2);
    const struct csv_stream_input input = {
        .path = fixture->path, .take = see, .context = fixture, .interrupted = at_once};
    assert_int_equal(csv_stream_read(&input, &fixture->diagnostics), STATUS_EXTERNAL);
}

static void names_are_compared_by_their_letters(void **state) {
    (void)state;
    assert_true(csv_stream_same_name("Region Code", "regionCode"));
    assert_true(csv_stream_same_name("lineItem/UsageType", "line_item_usage_type"));
    assert_true(csv_stream_same_name("Pre Installed S/W", "preinstalledsw"));
    assert_false(csv_stream_same_name("Region", "Region Code"));
    assert_false(csv_stream_same_name("Region Code", "Region"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(rows_are_as_written),
        TEST(damage_is_placed),
        TEST(a_zero_byte_is_refused),
        TEST(an_endless_row_is_refused),
        TEST(rows_cross_the_buffers_end),
        TEST(gzip_is_unpacked),
        TEST(a_file_that_is_not_there_is_named),
        TEST(other_packings_are_named),
        TEST(an_interruption_ends_it),
        TEST(names_are_compared_by_their_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
