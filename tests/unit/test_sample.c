/** Whole samples: of lines made here, and of the real ones beside the checkout when they are there.
 */
#include "sim/sample.h"
#include "sim/sample_chunk.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/sample_logs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

/** Of most tests; compression is measured on more. */
enum { LINES = 600, MANY_LINES = 6000 };

struct fixture {
    struct arena arena;
    char folder[32];
    struct text lines; /**< LINES of sample_logs_add() */
    struct sample_report report;
    struct diagnostics diagnostics;
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    text_init(&fixture->lines);
    sample_logs_add(&fixture->lines, 0, LINES);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_sample.XXXXXX");
    *state = fixture;
    return mkdtemp(fixture->folder) ? 0 : -1;
}

static const char *path_of(struct fixture *fixture, const char *name) {
    return arena_print(&fixture->arena, "%s/%s", fixture->folder, name);
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    static const char *const names[] = {"a", "b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(fixture, names[i]));
    rmdir(fixture->folder);
    text_fini(&fixture->lines);
    arena_fini(&fixture->arena);
    free(fixture);
    return 0;
}

static const char *write_file(struct fixture *fixture, const char *name, const void *bytes,
                              size_t length) {
    const char *path = path_of(fixture, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static enum status measure(struct fixture *fixture, const char *a, const char *b,
                           const char *label_key) {
    const char *const paths[] = {a, b};
    const struct sample_options options = {.paths = paths,
                                           .path_count = b ? 2 : 1,
                                           .label_keys = &label_key,
                                           .label_key_count = label_key ? 1 : 0,
                                           .threads = 1};
    diagnostics_init(&fixture->diagnostics);
    return sample_measure(&options, &fixture->arena, &fixture->report, &fixture->diagnostics);
}

static void measure_bytes(struct fixture *fixture, const void *bytes, size_t length) {
    const char *path = write_file(fixture, "a", bytes, length);
    if (measure(fixture, path, NULL, NULL) != STATUS_OK)
        fail_msg("%s", fixture->diagnostics.items[0].message);
}

static void refuse_bytes(struct fixture *fixture, const void *bytes, size_t length,
                         const char *message) {
    const char *path = write_file(fixture, "a", bytes, length);
    assert_int_equal(measure(fixture, path, NULL, NULL), STATUS_INVALID);
    assert_string_equal(fixture->diagnostics.items[0].file, path);
    if (!strstr(fixture->diagnostics.items[0].message, message))
        fail_msg("\"%s\" is not in \"%s\"", message, fixture->diagnostics.items[0].message);
}

/** Counts that every way of packing the lines must give. */
static void assert_lines(const struct fixture *fixture) {
    const struct sample_report *report = &fixture->report;
    assert_int_equal(report->lines, LINES);
    assert_int_equal(report->bytes, fixture->lines.length - LINES);
    assert_close(report->line_bytes_mean, (double)(fixture->lines.length - LINES) / LINES, 1e-12,
                 0);
}

/** Loki 3.5.0 itself was given these very lines, all in one stream, and flushed: chunk compression
 *  ratios of loki_ingester_chunk_compression_ratio. First with one time for the lines of a second,
 *  then with a nanosecond of its own for each. */
static void ratios_are_those_of_a_real_loki(void **state) {
    static const double blocks[LOKI_ENCODING_COUNT] = {2.821, 4.550, 4.617},
                        own[LOKI_ENCODING_COUNT] = {2.596, 3.959, 3.941};
    struct fixture *fixture = *state;
    sample_logs_add(&fixture->lines, LINES, MANY_LINES - LINES);
    measure_bytes(fixture, fixture->lines.data, fixture->lines.length);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++) {
        enum loki_encoding encoding = (enum loki_encoding)i;
        assert_close(sample_ratio(&fixture->report.blocks, encoding), blocks[i], 0.02, 0);
        assert_close(sample_ratio(&fixture->report.own, encoding), own[i], 0.02, 0);
    }
    /* The same lines in 64 streams of 16 KiB: 3.28 with gzip. */
    assert_close(fixture->report.ladder[1].ratio[LOKI_ENCODING_GZIP], 3.28, 0.03, 0);
}

static void logs_beside_the_checkout_come_within_five_per_cent(void **state) {
    static const struct {
        const char *path;
        double snappy, gzip; /**< 0: not measured */
    } cases[] = {{"../shared/data/logs/fastapi.log", 2.48, 4.01},
                 {"../shared/data/logs/dramatiq.log", 2.76, 0}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (access(cases[i].path, R_OK) != 0)
            skip();
        assert_int_equal(measure(fixture, cases[i].path, NULL, NULL), STATUS_OK);
        const struct sample_sizes *blocks = &fixture->report.blocks;
        assert_close(sample_ratio(blocks, LOKI_ENCODING_SNAPPY), cases[i].snappy, 0.05, 0);
        if (cases[i].gzip > 0)
            assert_close(sample_ratio(blocks, LOKI_ENCODING_GZIP), cases[i].gzip, 0.05, 0);
    }
}

static void rate_and_streams_are_counted(void **state) {
    struct fixture *fixture = *state;
    const struct sample_report *report = &fixture->report;
    const char *path = write_file(fixture, "a", fixture->lines.data, fixture->lines.length);
    assert_int_equal(measure(fixture, path, NULL, "level"), STATUS_OK);
    assert_lines(fixture);
    assert_true(report->timed);
    /* Ten lines a second for one minute; info, debug, warning and error. */
    assert_close(report->seconds, 60, 0.005, 0);
    assert_close(report->lines_per_second, 10, 0.005, 0);
    assert_close(report->streams, 4, 0, 0);
    assert_int_equal(report->label_misses, 0);
    assert_close(report->stream_bytes, 10 * report->line_bytes_mean / 4 * 7200, 0.005, 0);
    assert_int_equal(measure(fixture, path, NULL, "pod"), STATUS_OK);
    assert_int_equal(report->label_misses, LINES);
    assert_close(report->streams, 1, 0, 0);
}

static void files_of_the_same_time_are_replicas(void **state) {
    struct fixture *fixture = *state;
    const char *a = write_file(fixture, "a", fixture->lines.data, fixture->lines.length);
    const char *b = write_file(fixture, "b", fixture->lines.data, fixture->lines.length);
    assert_int_equal(measure(fixture, a, b, NULL), STATUS_OK);
    assert_int_equal(fixture->report.replicas, 2);
    assert_close(fixture->report.lines_per_second, 20, 0.005, 0);
    assert_close(fixture->report.streams, 2, 0, 0);
    /* One that goes on where the other ends is its continuation. */
    size_t half = fixture->lines.length / 2;
    while (fixture->lines.data[half - 1] != '\n')
        half++;
    write_file(fixture, "a", fixture->lines.data, half);
    write_file(fixture, "b", fixture->lines.data + half, fixture->lines.length - half);
    assert_int_equal(measure(fixture, a, b, NULL), STATUS_OK);
    assert_lines(fixture);
    assert_int_equal(fixture->report.replicas, 1);
    assert_close(fixture->report.streams, 1, 0, 0);
}

/** Two lines an hour apart come later than chunk_idle_period after each other: each has a chunk of
 *  its own, nearly all of it header. */
static void a_line_of_an_idle_stream_is_a_chunk(void **state) {
    struct fixture *fixture = *state;
    static const char lines[] = "2026-03-01T10:00:00Z the first line of a stream that says little\n"
                                "2026-03-01T11:00:00Z and the second, an hour later, is the last\n";
    measure_bytes(fixture, lines, sizeof lines - 1);
    assert_close(fixture->report.lines_per_second, 2 / 3600.0, 1e-9, 0);
    /* One line in 1800 s is just not idle: 4 in two hours. */
    assert_close(fixture->report.stream_bytes, 4 * fixture->report.line_bytes_mean, 1e-9, 0);
    measure_bytes(fixture, "2026-03-01T10:00:00Z one\n2026-03-01T14:00:00Z two\n", 50);
    assert_close(fixture->report.stream_bytes, fixture->report.line_bytes_mean, 1e-9, 0);
    assert_true(fixture->report.ratio[LOKI_ENCODING_SNAPPY] < 0.1);
}

/** A trace's lines have no time of their own, and come as fast as the others all the same. */
static void lines_without_a_time_count_for_the_rate(void **state) {
    struct fixture *fixture = *state;
    static const char lines[] = "2026-03-01T10:00:00Z failed\n"
                                "  at first\n"
                                "2026-03-01T10:00:05Z failed\n"
                                "  at second\n"
                                "2026-03-01T10:00:10Z went on\n";
    measure_bytes(fixture, lines, sizeof lines - 1);
    /* Five lines in 10 s. */
    assert_close(fixture->report.lines_per_second, 0.5, 1e-9, 0);
    /* Another file has no times at all: how fast its lines came is not known. */
    const char *a = write_file(fixture, "a", lines, sizeof lines - 1);
    const char *b = write_file(fixture, "b", "one\ntwo\n", 8);
    assert_int_equal(measure(fixture, a, b, NULL), STATUS_OK);
    assert_close(fixture->report.lines_per_second, 0.5, 1e-9, 0);
}

/** gzip of `length` bytes as one member, in the arena. */
static unsigned char *pack_gzip(struct fixture *fixture, const char *bytes, size_t length,
                                size_t *packed) {
    z_stream gzip = {0};
    assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    *packed = deflateBound(&gzip, length);
    unsigned char *out = arena_take(&fixture->arena, *packed);
    assert_non_null(out);
    gzip.next_in = (unsigned char *)(uintptr_t)bytes;
    gzip.avail_in = (unsigned)length;
    gzip.next_out = out;
    gzip.avail_out = (unsigned)*packed;
    assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
    *packed = gzip.total_out;
    deflateEnd(&gzip);
    return out;
}

static void gzip_members_are_read_and_damage_is_refused(void **state) {
    struct fixture *fixture = *state;
    size_t half = fixture->lines.length / 2, first, second;
    unsigned char *a = pack_gzip(fixture, fixture->lines.data, half, &first);
    unsigned char *b =
        pack_gzip(fixture, fixture->lines.data + half, fixture->lines.length - half, &second);
    unsigned char *both = arena_take(&fixture->arena, first + second + 4);
    assert_non_null(both);
    memcpy(both, a, first);
    memcpy(both + first, b, second);
    measure_bytes(fixture, both, first + second);
    assert_lines(fixture);
    assert_int_equal(fixture->report.files[0].packing, SAMPLE_GZIP);
    char expected[64];
    snprintf(expected, sizeof expected, "the gzip file ends too early, at byte %zu",
             first + second - 9);
    refuse_bytes(fixture, both, first + second - 9, expected);
    refuse_bytes(fixture, both, 5, "the gzip file ends too early, at byte 5");
    memcpy(both + first + second, "junk", 4);
    refuse_bytes(fixture, both, first + second + 4, "the gzip file is damaged near byte ");
    memset(both + first + second / 2, 0xFF, 64);
    refuse_bytes(fixture, both, first + second, "the gzip file is damaged near byte ");
}

static void zstd_is_read_and_damage_is_refused(void **state) {
    struct fixture *fixture = *state;
    size_t room = ZSTD_compressBound(fixture->lines.length);
    unsigned char *packed = arena_take(&fixture->arena, room);
    assert_non_null(packed);
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    assert_non_null(zstd);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
    size_t length = ZSTD_compress2(zstd, packed, room, fixture->lines.data, fixture->lines.length);
    ZSTD_freeCCtx(zstd);
    assert_false(ZSTD_isError(length));
    measure_bytes(fixture, packed, length);
    assert_lines(fixture);
    assert_int_equal(fixture->report.files[0].packing, SAMPLE_ZSTD);
    refuse_bytes(fixture, packed, length - 1, "the zstd file ends too early, at byte ");
    memset(packed + length / 2, 0xFF, 64);
    refuse_bytes(fixture, packed, length, "the zstd file is damaged near byte ");
}

static void what_is_no_log_is_refused(void **state) {
    struct fixture *fixture = *state;
    static const char xz[] = "\xFD"
                             "7zXZ\0";
    char binary[4096];
    for (size_t i = 0; i < sizeof binary; i++)
        binary[i] = (char)(i * 37 % 251);
    refuse_bytes(fixture, binary, sizeof binary, "expected log lines, found binary data: ");
    refuse_bytes(fixture, xz, 6, "expected text, plain, gzip or zstd, found an xz file");
    refuse_bytes(fixture, "", 0, "expected log lines, found none");
    refuse_bytes(fixture, "\n\n\n", 3, "expected log lines, found none");
    assert_int_equal(measure(fixture, fixture->folder, NULL, NULL), STATUS_SYSTEM);
    assert_string_equal(fixture->diagnostics.items[0].message, "is a folder; name a file in it");
    assert_int_equal(measure(fixture, path_of(fixture, "missing"), NULL, NULL), STATUS_SYSTEM);
}

static void odd_lines_are_counted(void **state) {
    struct fixture *fixture = *state;
    measure_bytes(fixture, "no newline", 10);
    assert_int_equal(fixture->report.lines, 1);
    assert_int_equal(fixture->report.bytes, 10);
    assert_false(fixture->report.timed);
    measure_bytes(fixture, "a\0b\n\n\r\n\xff\xfe\n", 10);
    assert_int_equal(fixture->report.lines, 4);
    assert_int_equal(fixture->report.bytes, 6);
    size_t long_line = 3 * 1024 * 1024;
    char *bytes = malloc(long_line + 3);
    assert_non_null(bytes);
    memset(bytes, 'x', long_line);
    memcpy(bytes + long_line, "\ny\n", 3);
    measure_bytes(fixture, bytes, long_line + 3);
    free(bytes);
    assert_int_equal(fixture->report.lines, 2);
    assert_int_equal(fixture->report.cut_lines, 1);
    assert_int_equal(fixture->report.line_bytes_longest, long_line);
    assert_int_equal(fixture->report.bytes, SAMPLE_LINE_BYTES_MAX + 1);
}

/** The id is 32 of a line's 169 bytes, random hexadecimal digits of 4 bits each: no coding stores
 *  it in less than 16 bytes. */
static void ids_dominate_and_dropping_them_is_measured(void **state) {
    struct fixture *fixture = *state;
    const struct sample_report *report = &fixture->report;
    measure_bytes(fixture, fixture->lines.data, fixture->lines.length);
    assert_true(report->field_count >= 4);
    assert_string_equal(report->fields[0].name, "request_id");
    assert_true(report->fields[0].id);
    /* "request_id":"...", with its comma. */
    assert_close(report->fields[0].bytes_per_line, 48, 1e-9, 0);
    assert_close(report->fields[0].distinct, LINES, 0.05, 0);
    double stored = report->line_bytes_mean * (double)report->blocks.stored[LOKI_ENCODING_GZIP] /
                    (double)report->blocks.line_bytes;
    assert_true(report->fields[0].saves[LOKI_ENCODING_GZIP] * stored > 16);
    assert_int_equal(report->id_count, 2); /* and the time */
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        assert_true(report->ids_save[i] > report->fields[0].saves[i]);
}

static bool stop(const char *path, double done, uint64_t bytes, void *context) {
    (void)path;
    (void)done;
    (void)bytes;
    ++*(int *)context;
    return false;
}

static void it_stops_when_asked(void **state) {
    struct fixture *fixture = *state;
    int asked = 0;
    sample_logs_add(&fixture->lines, LINES, MANY_LINES - LINES);
    const char *path = write_file(fixture, "a", fixture->lines.data, fixture->lines.length);
    const struct sample_options options = {
        .paths = &path, .path_count = 1, .progress = stop, .progress_context = &asked};
    assert_int_equal(
        sample_measure(&options, &fixture->arena, &fixture->report, &fixture->diagnostics),
        STATUS_EXTERNAL);
    assert_int_equal(asked, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(ratios_are_those_of_a_real_loki),
        TEST(logs_beside_the_checkout_come_within_five_per_cent),
        TEST(rate_and_streams_are_counted),
        TEST(lines_without_a_time_count_for_the_rate),
        TEST(files_of_the_same_time_are_replicas),
        TEST(a_line_of_an_idle_stream_is_a_chunk),
        TEST(gzip_members_are_read_and_damage_is_refused),
        TEST(zstd_is_read_and_damage_is_refused),
        TEST(what_is_no_log_is_refused),
        TEST(odd_lines_are_counted),
        TEST(ids_dominate_and_dropping_them_is_measured),
        TEST(it_stops_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
