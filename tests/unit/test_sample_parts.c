/** The parts that a sample is read with, each by itself. */
#include "sim/sample_chunk.h"
#include "sim/sample_distinct.h"
#include "sim/sample_fields.h"
#include "sim/sample_format.h"
#include "sim/sample_json.h"
#include "sim/sample_label.h"
#include "sim/sample_length.h"
#include "sim/sample_level.h"
#include "sim/sample_lines.h"
#include "sim/sample_time.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000000LL
/* date -u -d '2026-11-02T09:00:00Z' +%s */
#define MORNING 1793610000LL

static void times_are_read_as_logs_write_them(void **state) {
    static const struct {
        const char *line;
        int64_t ns; /**< after MORNING; -1 for no time */
    } cases[] = {
        {"2026-11-02T09:00:00Z up", 0},
        {"2026-11-02T09:00:00.013109Z", 13109000},
        {"[2026-11-02 09:00:01,250] [PID 7]", SECOND + 250000000},
        {"2026/11/02 09:00:02 [error] 31#31", 2 * SECOND},
        {"2026-11-02T11:00:03+02:00", 3 * SECOND},
        {"2026-11-02T03:30:04.5-0530", 4 * SECOND + 500000000},
        {"10.0.0.1 - - [02/Nov/2026:10:00:05 +0100] \"GET / HTTP/1.1\"", 5 * SECOND},
        {"level=info ts=2026-11-02T09:00:06.123456789123Z", 6 * SECOND + 123456789},
        {"1793610007 up", 7 * SECOND},
        {"1793610008.25 up", 8 * SECOND + 250000000},
        {"1793610009125 up", 9 * SECOND + 125000000},
        {"9999999999999999999 items", -1},
        {"nothing here", -1},
        {"2026-13-02T09:00:00Z", -1},
        {"2026-11-02T09:61:00Z", -1},
        {"order 1793610007 paid", -1},
        {"0001-01-01T00:00:00Z", -1},
        {"2026-11-02T09:0", -1},
        {"", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ns;
        bool found = sample_time_in_text(cases[i].line, strlen(cases[i].line), &ns);
        if (found != (cases[i].ns >= 0) || (found && ns != MORNING * SECOND + cases[i].ns))
            fail_msg("\"%s\": %s %lld", cases[i].line, found ? "found" : "not found",
                     found ? (long long)(ns - MORNING * SECOND) : 0LL);
    }
}

static void json_times_are_found_by_their_key(void **state) {
    static const char text[] = "{\"msg\":\"ts\",\"ts\" : \"2026-11-02T09:00:00Z\"}",
                      number[] = "{\"msg\":\"\\\"ts\\\":1\",\"ts\":1793610000.5}",
                      none[] = "{\"events\":\"ts\"}";
    int64_t ns;
    (void)state;
    assert_true(sample_time_in_json(text, sizeof text - 1, "ts", &ns));
    assert_int_equal(ns, MORNING * SECOND);
    assert_true(sample_time_in_json(number, sizeof number - 1, "ts", &ns));
    assert_int_equal(ns, MORNING * SECOND + SECOND / 2);
    assert_false(sample_time_in_json(none, sizeof none - 1, "ts", &ns));
}

static void wrappers_are_taken_off(void **state) {
    static const struct {
        enum sample_wrapper wrapper;
        const char *line, *inside; /**< NULL: not in the wrapper */
        unsigned output;
        bool partial;
    } cases[] = {
        {SAMPLE_WRAPPER_CRI, "2026-11-02T09:00:00.5Z stdout F hello there", "hello there", 1,
         false},
        {SAMPLE_WRAPPER_CRI, "2026-11-02T09:00:00.5+00:00 stderr P hel", "hel", 2, true},
        {SAMPLE_WRAPPER_CRI, "2026-11-02T09:00:00.5Z stdout F ", "", 1, false},
        {SAMPLE_WRAPPER_CRI, "2026-11-02T09:00:00.5Z stdout F", "", 1, false},
        {SAMPLE_WRAPPER_CRI, "2026-11-02T09:00:00.5Z stdlog F x", NULL, 0, false},
        {SAMPLE_WRAPPER_CRI, "hello there", NULL, 0, false},
        {SAMPLE_WRAPPER_DOCKER,
         "{\"log\":\"say \\\"\\u00e9\\ud83d\\ude00\\\"\\t\\n\",\"stream\":\"stderr\",\"time\":"
         "\"2026-11-02T09:00:00.5Z\"}",
         "say \"\303\251\360\237\230\200\"\t", 2, false},
        {SAMPLE_WRAPPER_DOCKER,
         "{\"log\":\"hal\",\"stream\":\"stdout\",\"time\":"
         "\"2026-11-02T09:00:00.5Z\"}",
         "hal", 1, true},
        {SAMPLE_WRAPPER_DOCKER, "{\"log\":\"no time\\n\"}", NULL, 0, false},
        {SAMPLE_WRAPPER_DOCKER, "{\"log\":\"open", NULL, 0, false},
        {SAMPLE_WRAPPER_DOCKER, "{\"log\":\"\\uZZZZ\",\"time\":\"2026-11-02T09:00:00Z\"}", NULL, 0,
         false},
    };
    struct text unescaped;
    (void)state;
    text_init(&unescaped);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample_entry entry;
        const char *expected = cases[i].inside ? cases[i].inside : cases[i].line;
        bool fits = sample_format_unwrap(cases[i].wrapper, cases[i].line, strlen(cases[i].line),
                                         &unescaped, &entry);
        if (fits != (cases[i].inside != NULL) || entry.length != strlen(expected) ||
            (entry.length > 0 && memcmp(entry.bytes, expected, entry.length) != 0))
            fail_msg("case %zu: %s, \"%.*s\"", i, fits ? "in" : "out", (int)entry.length,
                     entry.bytes);
        assert_int_equal(entry.output, cases[i].output);
        assert_int_equal(entry.partial, cases[i].partial);
        assert_int_equal(entry.timed, fits);
        if (fits)
            assert_int_equal(entry.ns, MORNING * SECOND + SECOND / 2);
    }
    text_fini(&unescaped);
}

static void formats_are_told_from_the_first_lines(void **state) {
    static const struct {
        const char *lines;
        enum sample_wrapper wrapper;
        enum sample_payload payload;
        const char *time_key;
        bool has_times;
    } cases[] = {
        {"a\nb\nc\n", SAMPLE_WRAPPER_NONE, SAMPLE_PAYLOAD_TEXT, NULL, false},
        {"{\"a\":1}\n{\"a\":2}\n", SAMPLE_WRAPPER_NONE, SAMPLE_PAYLOAD_JSON, NULL, false},
        {"{\"time\":\"2026-11-02T09:00:00Z\"}\n", SAMPLE_WRAPPER_NONE, SAMPLE_PAYLOAD_JSON, "time",
         true},
        {"ts=2026-11-02T09:00:00Z level=info\nts=2026-11-02T09:00:01Z level=info\n",
         SAMPLE_WRAPPER_NONE, SAMPLE_PAYLOAD_LOGFMT, NULL, true},
        {"2026-11-02T09:00:00Z stdout F {\"a\":1}\n2026-11-02T09:00:00Z stdout F {\"a\":2}\n",
         SAMPLE_WRAPPER_CRI, SAMPLE_PAYLOAD_JSON, NULL, true},
        {"{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-02T09:00:00Z\"}\n",
         SAMPLE_WRAPPER_DOCKER, SAMPLE_PAYLOAD_TEXT, NULL, true},
        {"", SAMPLE_WRAPPER_NONE, SAMPLE_PAYLOAD_TEXT, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample_format format =
            sample_format_of(cases[i].lines, strlen(cases[i].lines), true);
        char words[96];
        if (format.wrapper != cases[i].wrapper || format.payload != cases[i].payload ||
            format.has_times != cases[i].has_times ||
            strcmp(format.time_key ? format.time_key : "",
                   cases[i].time_key ? cases[i].time_key : "") != 0)
            fail_msg("\"%s\": %s", cases[i].lines,
                     sample_format_words(words, sizeof words, &format));
    }
}

/** The lines that a splitter gave, one after the other, with `|` between. */
struct collected {
    struct text text;
    uint64_t longest;
    size_t most;
};

static void collect(void *context, const struct sample_line *line) {
    struct collected *collected = context;
    text_add_bytes(&collected->text, line->bytes, line->length < 100 ? line->length : 100);
    text_add(&collected->text, "|");
    if (line->full_length > collected->longest)
        collected->longest = line->full_length;
    if (line->length > collected->most)
        collected->most = line->length;
}

/** Feed `bytes` in pieces of `piece`. */
static void split(struct collected *collected, enum sample_wrapper wrapper, const char *bytes,
                  size_t length, size_t piece) {
    const struct sample_format format = {.wrapper = wrapper};
    struct sample_lines lines;
    *collected = (struct collected){.most = 0};
    text_init(&collected->text);
    sample_lines_init(&lines, &format, collect, collected);
    for (size_t at = 0; at < length; at += piece)
        sample_lines_feed(&lines, bytes + at, length - at < piece ? length - at : piece);
    sample_lines_end(&lines);
    assert_false(lines.failed);
    sample_lines_fini(&lines);
}

static void lines_are_the_same_however_the_bytes_come(void **state) {
    static const char plain[] = "one\n\ntwo\0two\n\xff\nlast",
                      cri[] = "2026-11-02T09:00:00Z stdout P one, \n"
                              "2026-11-02T09:00:01Z stderr F other\n"
                              "2026-11-02T09:00:02Z stdout F two\n"
                              "bare\n"
                              "2026-11-02T09:00:03Z stdout P open";
    (void)state;
    for (size_t piece = 1; piece < sizeof cri; piece++) {
        struct collected collected;
        split(&collected, SAMPLE_WRAPPER_NONE, plain, sizeof plain - 1, piece);
        assert_int_equal(collected.text.length, 20);
        assert_memory_equal(collected.text.data, "one||two\0two|\xff|last|", 20);
        text_fini(&collected.text);
        split(&collected, SAMPLE_WRAPPER_CRI, cri, sizeof cri - 1, piece);
        assert_string_equal(collected.text.data, "other|one, two|bare|open|");
        text_fini(&collected.text);
    }
}

static void long_lines_are_cut_but_counted(void **state) {
    enum { LENGTH = 5 * 1024 * 1024 };
    char *bytes = malloc(LENGTH + 1);
    struct collected collected;
    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'x', LENGTH);
    bytes[LENGTH] = '\n';
    split(&collected, SAMPLE_WRAPPER_NONE, bytes, LENGTH + 1, 65536);
    assert_int_equal(collected.longest, LENGTH);
    assert_int_equal(collected.most, SAMPLE_LINE_BYTES_MAX);
    text_fini(&collected.text);
    free(bytes);
}

static void quantiles_are_within_their_error(void **state) {
    static struct sample_lengths lengths;
    (void)state;
    memset(&lengths, 0, sizeof lengths);
    /* 1 to 100,000: the quantile q is 100,000 q. */
    for (size_t length = 1; length <= 100000; length++)
        sample_lengths_add(&lengths, length);
    for (double quantile = 0.001; quantile < 1; quantile += 0.013)
        assert_close(sample_lengths_quantile(&lengths, quantile), 1e5 * quantile,
                     SAMPLE_LENGTH_ERROR, 1);
    assert_close(sample_lengths_quantile(&lengths, 1), 100000, SAMPLE_LENGTH_ERROR, 0);
    memset(&lengths, 0, sizeof lengths);
    assert_true(sample_lengths_quantile(&lengths, 0.5) <= 0);
    sample_lengths_add(&lengths, 77);
    assert_close(sample_lengths_quantile(&lengths, 0.95), 77, 0, 0);
}

static void distinct_values_are_counted_within_their_error(void **state) {
    static const size_t counts[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    static struct sample_distinct distinct;
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        memset(&distinct, 0, sizeof distinct);
        for (size_t value = 0; value < counts[i]; value++)
            for (int again = 0; again < 2; again++)
                sample_distinct_add(&distinct, sample_hash(0, (const char *)&value, sizeof value));
        assert_close(sample_distinct_count(&distinct), (double)counts[i], 3 * SAMPLE_DISTINCT_ERROR,
                     0.5);
    }
}

static void streams_are_exact_until_there_are_many(void **state) {
    static struct sample_streams streams;
    (void)state;
    memset(&streams, 0, sizeof streams);
    for (size_t value = 0; value < SAMPLE_STREAMS_EXACT; value++)
        for (int again = 0; again < 2; again++)
            sample_streams_add(&streams, sample_hash(3, (const char *)&value, sizeof value));
    assert_close(sample_streams_count(&streams), SAMPLE_STREAMS_EXACT, 0, 0);
    for (size_t value = 0; value < 50000; value++)
        sample_streams_add(&streams, sample_hash(3, (const char *)&value, sizeof value));
    assert_int_equal(streams.count, SAMPLE_STREAMS_EXACT + 1);
    assert_close(sample_streams_count(&streams), 50000, 3 * SAMPLE_DISTINCT_ERROR, 0);
}

static void levels_are_those_loki_detects(void **state) {
    static const struct {
        const char *line, *level;
    } cases[] = {
        {"{\"level\":\"WARNING\",\"msg\":\"info\"}", "warn"},
        {"{\"severity\": \"err\"}", "error"},
        {"ts=1 level=dbg msg=\"an error\"", "debug"},
        {"[DEBUG] all is well", "unknown"},
        {"DEBUG: all is well", "debug"},
        {"INFO an ERROR", "info"},
        {"an ERROR", "error"},
        {"", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(
            sample_level_names[sample_level_of(cases[i].line, strlen(cases[i].line))],
            cases[i].level);
}

static void add_span(void *context, const struct sample_span *span) {
    text_print(context, "%s=%.*s;", span->name, (int)(span->value_end - span->value_begin),
               span->value_begin);
}

#define E_ACUTE_23                                                                                 \
    "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303" \
    "\251"                                                                                         \
    "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
#define E_ACUTE_24 E_ACUTE_23 "\303\251"

static void fields_have_names_or_shapes(void **state) {
    static const struct {
        enum sample_payload payload;
        const char *line, *fields;
    } cases[] = {
        {SAMPLE_PAYLOAD_JSON, "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,2]},\"e\":null}",
         "a=1;b.c=x;b.d=[1,2];e=null;"},
        {SAMPLE_PAYLOAD_JSON, "{\"a\":\"\\\"}\",\"b\":", "a=\\\"};"},
        {SAMPLE_PAYLOAD_JSON, "not JSON", ""},
        /* Names have 47 bytes: 46 of these, and no half of the character behind them. */
        {SAMPLE_PAYLOAD_JSON, "{\"" E_ACUTE_24 "\":1}", E_ACUTE_23 "=1;"},
        {SAMPLE_PAYLOAD_LOGFMT, E_ACUTE_24 "=1", E_ACUTE_23 "=1;"},
        {SAMPLE_PAYLOAD_LOGFMT, "level=info msg=\"a b\" n=1", "level=info;msg=a b;n=1;"},
        {SAMPLE_PAYLOAD_TEXT,
         "[2026-11-02 09:00:00,013] id '43a55e72-6442-5009-5e97-ec6ee8eb939c' in 38191 ms",
         "(time)=2026-11-02;(time)=09:00:00,013;(UUID)=43a55e72-6442-5009-5e97-ec6ee8eb939c;"
         "(number)=38191;"},
        {SAMPLE_PAYLOAD_TEXT, "10.0.3.7: deadbeef0123456789 cafe beef.",
         "(IP address)=10.0.3.7;"
         "(hex id)="
         "deadbeef0123456789;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text;
        text_init(&text);
        sample_fields_each(cases[i].payload, cases[i].line, strlen(cases[i].line), add_span, &text);
        assert_string_equal(text.data ? text.data : "", cases[i].fields);
        text_fini(&text);
    }
}

static void dropped_fields_take_their_commas_along(void **state) {
    static const char json[] = "{\"a\":1,\"b\":\"x\",\"c\":{\"d\":2}}";
    static const struct {
        const char *name, *left;
    } cases[] = {{"a", "{\"b\":\"x\",\"c\":{\"d\":2}}"},
                 {"b", "{\"a\":1,\"c\":{\"d\":2}}"},
                 {"c.d", "{\"a\":1,\"b\":\"x\",\"c\":{}}"},
                 {"z", json}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sample_field_set set = {{cases[i].name}, 1};
        struct text text;
        text_init(&text);
        sample_fields_drop(SAMPLE_PAYLOAD_JSON, json, sizeof json - 1, &set, &text);
        assert_string_equal(text.data, cases[i].left);
        text_fini(&text);
    }
}

static bool same_stream(const char *key, enum sample_payload payload, const char *a,
                        const char *b) {
    const struct sample_options options = {.label_keys = &key, .label_key_count = 1};
    struct sample_line first = {.bytes = a, .length = strlen(a)},
                       second = {.bytes = b, .length = strlen(b)};
    bool missed = false;
    uint64_t hash = sample_label_stream(&options, payload, &first, &missed);
    bool same = hash == sample_label_stream(&options, payload, &second, &missed);
    assert_false(missed);
    return same;
}

static void label_values_make_streams(void **state) {
    const enum sample_payload json = SAMPLE_PAYLOAD_JSON, logfmt = SAMPLE_PAYLOAD_LOGFMT;
    (void)state;
    assert_true(same_stream("pod", json, "{\"pod\":\"a\",\"n\":1}", "{\"n\":2,\"pod\":\"a\"}"));
    assert_false(same_stream("pod", json, "{\"pod\":\"a\"}", "{\"pod\":\"b\"}"));
    assert_false(same_stream("k.pod", json, "{\"k\":{\"pod\":\"a\"}}", "{\"k\":{\"pod\":\"b\"}}"));
    assert_true(same_stream("k.pod", json, "{\"k.pod\":\"a\"}", "{\"k\":{\"pod\":\"a\"}}"));
    assert_false(same_stream("pod", logfmt, "xpod=c pod=a", "xpod=c pod=b"));
    assert_true(same_stream("pod", logfmt, "pod=\"a b\" n=1", "n=2 pod=\"a b\""));
    /* Alike up to a letter of two bytes, and behind it. */
    assert_false(same_stream("city", logfmt, "city=Z\303\274rich", "city=Z\303\274lpich"));
    assert_false(
        same_stream("city", json, "{\"city\":Z\303\274rich}", "{\"city\":Z\303\274lpich}"));
}

static void an_empty_key_is_no_fields(void **state) {
    static const char line[] = "a=1 b=2";
    const char *key = "";
    const struct sample_options options = {.label_keys = &key, .label_key_count = 1};
    const struct sample_line sample = {.bytes = line, .length = sizeof line - 1};
    bool missed = false;
    (void)state;
    sample_label_stream(&options, SAMPLE_PAYLOAD_LOGFMT, &sample, &missed);
    assert_true(missed);
}

static void a_chunk_is_blocks_a_rest_and_a_header(void **state) {
    double held;
    (void)state;
    /* 100,000 bytes in one block of ratio 2: 50,000 stored, and 500 of header. */
    assert_close(sample_chunk_ratio(1e5, 4, 2, &held), 1e5 / 50500, 1e-12, 0);
    assert_close(held, 1e5, 0, 0);
    assert_close(sample_chunk_rest(1e5, 4), 1e5, 0, 0);
    /* One block of 262,144 with ratio 4 is 65,536; the rest of 37,856 with ratio 2 is 18,928. */
    assert_close(sample_chunk_ratio(3e5, 4, 2, &held), 3e5 / (65536 + 18928 + 500), 1e-12, 0);
    /* It closes when blocks and head reach 1,572,864: blocks of 65,536 leave a head no room for a
     * whole block once there are more than (1,572,864 - 262,144) / 65,536 = 20 of them. With 21
     * the head takes 1,572,864 - 21 x 65,536 = 196,608. */
    sample_chunk_ratio(1e9, 4, 2, &held);
    assert_close(held, 21.0 * 262144 + 196608, 1e-12, 0);
    assert_close(sample_chunk_rest(1e9, 4), 0, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_as_logs_write_them),
        cmocka_unit_test(json_times_are_found_by_their_key),
        cmocka_unit_test(wrappers_are_taken_off),
        cmocka_unit_test(formats_are_told_from_the_first_lines),
        cmocka_unit_test(lines_are_the_same_however_the_bytes_come),
        cmocka_unit_test(long_lines_are_cut_but_counted),
        cmocka_unit_test(quantiles_are_within_their_error),
        cmocka_unit_test(distinct_values_are_counted_within_their_error),
        cmocka_unit_test(streams_are_exact_until_there_are_many),
        cmocka_unit_test(levels_are_those_loki_detects),
        cmocka_unit_test(fields_have_names_or_shapes),
        cmocka_unit_test(dropped_fields_take_their_commas_along),
        cmocka_unit_test(label_values_make_streams),
        cmocka_unit_test(an_empty_key_is_no_fields),
        cmocka_unit_test(a_chunk_is_blocks_a_rest_and_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
