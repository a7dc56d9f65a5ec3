#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/base/files.h"
#include "sim/measurement_pages.h"
#include "sim/metrics_fetch.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PEAK, MEAN, CPU, WAL_PEAK, WAL_RATE, STORED, CHUNKS };

/** A Loki that started at 1,000,000 and, `seconds` later, has taken 50,000 bytes a second in lines
 *  of 250 bytes, two pushes and a tenth of a core. */
static char *loki_page(char *buffer, size_t size, double seconds, double resident) {
    snprintf(
        buffer, size,
        "# TYPE process_start_time_seconds gauge\n"
        "process_start_time_seconds 1e+06\n"
        "process_resident_memory_bytes %.0f\n"
        "process_cpu_seconds_total %.3f\n"
        "go_memstats_last_gc_time_seconds %.3f\n"
        "go_gc_gomemlimit_bytes 9.223372036854776e+18\n"
        "loki_build_info{version=\"3.5.0\"} 1\n"
        "loki_distributor_bytes_received_total{tenant=\"a\"} %.0f\n"
        "loki_distributor_bytes_received_total{tenant=\"b\"} %.0f\n"
        "loki_distributor_lines_received_total{tenant=\"a\"} %.0f\n"
        "loki_request_duration_seconds_count{method=\"POST\",route=\"loki_api_v1_push\"} %.0f\n"
        "loki_request_duration_seconds_count{method=\"GET\",route=\"metrics\"} 77\n"
        "loki_ingester_memory_streams{tenant=\"a\"} 300\n"
        "loki_ingester_chunk_compression_ratio_sum 50\n"
        "loki_ingester_chunk_compression_ratio_count 20\n"
        "loki_ingester_chunk_stored_bytes_total %.0f\n"
        "loki_ingester_chunks_stored_total %.0f\n"
        "loki_ingester_wal_logged_bytes_total %.0f\n",
        resident, 0.1 * seconds, 1e6 + seconds, 30000 * seconds, 20000 * seconds, 200 * seconds,
        2 * seconds, 20000 * seconds, 0.05 * seconds, 55000 * seconds);
    return buffer;
}

static struct metrics_page read_page(const char *text) {
    struct metrics_page page;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(metrics_page_read("page", text, strlen(text), &page, &diagnostics), STATUS_OK);
    return page;
}

static struct measurement measure(const struct metrics_window *window, const char *setting,
                                  struct text *notes) {
    const struct scenario_override settings[] = {{setting}};
    struct measurement measurement;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(
        metrics_measure(window, settings, setting ? 1 : 0, &measurement, notes, &diagnostics),
        STATUS_OK);
    return measurement;
}

/** An hour after the start: rates are totals over 3,600 s, the peak is a bound, and with chunks of
 *  2 h nothing is known of what is stored. */
static void one_page_tells_means_since_the_start(void **state) {
    char buffer[4096];
    struct text notes;
    struct metrics_page page = read_page(loki_page(buffer, sizeof buffer, 3600, 6e8));
    const struct metrics_window window = {
        .last = &page, .seconds = page.now_seconds - page.start_seconds, .source = "page"};
    (void)state;
    text_init(&notes);
    struct measurement found = measure(&window, NULL, &notes);
    assert_int_equal(found.input.model, PREDICT_LOKI);
    assert_close(found.input.loki.class_of.bytes_per_second, 50000, 1e-6, 0);
    assert_close(found.input.loki.class_of.bytes_per_line, 250, 1e-6, 0);
    assert_close(found.input.loki.class_of.streams, 300, 0, 0);
    assert_close(found.input.loki.class_of.compression, 2.5, 1e-6, 0);
    assert_close(found.input.loki.load.pushes_per_second, 2, 1e-6, 0);
    assert_close(found.input.loki.settings.memory_goal_bytes, 0, 0, 0);
    assert_close(found.input.loki.synchrony, exp(-1.0 / 24), 1e-6, 0);
    assert_close(found.figure[CPU], 0.1, 1e-6, 0);
    assert_close(found.figure[WAL_RATE], 55000, 1e-6, 0);
    assert_close(found.figure[PEAK], 6e8, 0, 0);
    assert_true(found.at_least[PEAK]);
    assert_true(isnan(found.figure[MEAN]) && isnan(found.figure[STORED]));
    assert_non_null(strstr(notes.data, "1h since its start"));
    assert_non_null(strstr(notes.data, "at least: memory_peak_bytes"));
    text_fini(&notes);
}

/** Two pages five hours apart, two chunk lives and more: 20,000 stored bytes a second are
 *  1.728e9 a day. */
static void two_pages_bound_a_window(void **state) {
    char buffer[4096];
    struct text notes;
    struct metrics_page first = read_page(loki_page(buffer, sizeof buffer, 90000, 6e8));
    struct metrics_page last = read_page(loki_page(buffer, sizeof buffer, 108000, 7e8));
    const struct metrics_window window = {.first = &first,
                                          .last = &last,
                                          .seconds = 18000,
                                          .watch = &(struct metrics_watch){2, 13e8, 7e8},
                                          .source = "page"};
    (void)state;
    text_init(&notes);
    assert_true(metrics_pages_join(&first, &last));
    struct measurement found = measure(&window, NULL, &notes);
    assert_close(found.figure[CPU], 0.1, 1e-6, 0);
    assert_close(found.figure[STORED], 1.728e9, 1e-6, 0);
    assert_close(found.figure[CHUNKS], 4320, 1e-6, 0);
    assert_true(found.at_least[PEAK] && isnan(found.figure[MEAN]));
    text_fini(&notes);
}

/** A watch of two hours with 40 looks is a chunk's life: peak and mean count in full. With chunks
 *  of four hours it is not. */
static void a_watch_tells_memory(void **state) {
    char buffer[4096];
    struct text notes;
    struct metrics_page first = read_page(loki_page(buffer, sizeof buffer, 3600, 6e8));
    struct metrics_page last = read_page(loki_page(buffer, sizeof buffer, 10800, 7e8));
    const struct metrics_watch watch = {40, 40 * 5e8, 8e8};
    const struct metrics_window window = {
        .first = &first, .last = &last, .seconds = 7200, .watch = &watch, .source = "page"};
    (void)state;
    text_init(&notes);
    struct measurement found = measure(&window, NULL, &notes);
    assert_close(found.figure[PEAK], 8e8, 0, 0);
    assert_false(found.at_least[PEAK]);
    assert_close(found.figure[MEAN], 5e8, 1e-9, 0);
    found = measure(&window, "max_chunk_age=4h", &notes);
    assert_close(found.input.loki.settings.max_chunk_age_seconds, 14400, 0, 0);
    assert_true(found.at_least[PEAK] && isnan(found.figure[MEAN]));
    text_fini(&notes);
}

static void a_restart_parts_pages(void **state) {
    char buffer[4096];
    struct metrics_page first = read_page(loki_page(buffer, sizeof buffer, 90000, 6e8));
    struct metrics_page last = read_page(loki_page(buffer, sizeof buffer, 600, 7e8));
    (void)state;
    assert_false(metrics_pages_join(&first, &last));
    last.cpu_seconds = first.cpu_seconds + 1;
    assert_true(metrics_pages_join(&first, &last));
    last.start_seconds += 5000;
    assert_false(metrics_pages_join(&first, &last));
}

static void assert_page_refused(const char *text, const char *words) {
    struct metrics_page page;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(metrics_page_read("page", text, strlen(text), &page, &diagnostics),
                     STATUS_INVALID);
    if (!strstr(diagnostics.items[0].message, words))
        fail_msg("\"%s\" does not say \"%s\"", diagnostics.items[0].message, words);
}

static void strange_pages_are_refused(void **state) {
    (void)state;
    assert_page_refused("up 1\n", "neither Loki's nor Tempo's");
    assert_page_refused("loki_build_info 1\ntempo_build_info 1\n", "of a Loki and of a Tempo");
    assert_page_refused("loki_build_info 1\n", "lacks process_start_time_seconds");
    assert_page_refused("loki_build_info 1\nprocess_cpu_seconds_total{pod=\"a\"} 1\n"
                        "process_cpu_seconds_total{pod=\"b\"} 1\n",
                        "process_cpu_seconds_total is there twice");
}

/** One value that no Loki has makes the whole page one that no model takes. */
static void impossible_values_are_refused(void **state) {
    static const struct {
        const char *line, *words;
    } cases[] = {
        {"loki_ingester_memory_streams +Inf\n", "streams"},
        {"loki_ingester_memory_streams -301\n", "streams"},
        {"loki_ingester_memory_streams 1e300\n", "streams"},
        {"loki_distributor_bytes_received_total 1e18\n", "bytes_per_second"},
        {"loki_ingester_wal_logged_bytes_total 1e30\n", "wal_bytes_per_second"},
        {"loki_ingester_wal_logged_bytes_total +Inf\n", "wal_bytes_per_second"},
        {"go_memstats_last_gc_time_seconds +Inf\n", "cannot cover"},
        {"go_memstats_last_gc_time_seconds 1e15\n", "cannot cover"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[4096];
        struct text notes;
        struct measurement measurement;
        struct diagnostics diagnostics;
        loki_page(buffer, sizeof buffer, 3600, 6e8);
        size_t used = strlen(buffer);
        snprintf(buffer + used, sizeof buffer - used, "%s", cases[i].line);
        struct metrics_page page = read_page(buffer);
        const struct metrics_window window = {
            .last = &page, .seconds = page.now_seconds - page.start_seconds, .source = "page"};
        text_init(&notes);
        diagnostics_init(&diagnostics);
        assert_int_equal(metrics_measure(&window, NULL, 0, &measurement, &notes, &diagnostics),
                         STATUS_INVALID);
        if (!strstr(diagnostics.items[0].message, cases[i].words))
            fail_msg("%s: \"%s\"", cases[i].line, diagnostics.items[0].message);
        text_fini(&notes);
    }
}

static void wrong_settings_are_refused(void **state) {
    static const char *const wrong[] = {"max_chunk_age=long", "max_chunk_age", "nothing=1",
                                        "streams=-4"};
    struct predict_input input;
    (void)state;
    predict_input_init(PREDICT_LOKI, &input);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct scenario_override setting = {wrong[i]};
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        assert_int_equal(metrics_apply(&setting, 1, &input, &diagnostics), STATUS_INVALID);
    }
    const struct scenario_override others = {"max_block_duration=10m"};
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(metrics_apply(&others, 1, &input, &diagnostics), STATUS_OK);
}

/** From real pages of Loki 3.5.0 and Tempo 2.6.1: their program, load and CPU as their own counters
 *  say. Loki: 55.52 s of CPU and 1,752,001,072 bytes in 449.3 s or more. */
static void real_pages_are_read(void **state) {
    static const char *const paths[] = {"tests/data/metrics_loki.prom",
                                        "tests/data/metrics_tempo.prom"};
    struct measurement_pages *pages = calloc(1, sizeof *pages);
    struct measurement_set set;
    struct arena arena;
    struct diagnostics diagnostics;
    struct text notes;
    arena_init(&arena);
    text_init(&notes);
    diagnostics_init(&diagnostics);
    assert_non_null(pages);
    assert_int_equal(measurement_set_init(*state, &arena, &set, &diagnostics), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_true(measurement_pages_is_one(paths[i]));
        assert_int_equal(measurement_pages_add(pages, paths[i], &arena, &diagnostics), STATUS_OK);
    }
    assert_int_equal(measurement_pages_measure(pages, NULL, 0, &set, &notes, &diagnostics),
                     STATUS_OK);
    assert_int_equal(set.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct measurement *found = &set.cells[i].first;
        if (found->input.model == PREDICT_LOKI) {
            assert_close(found->input.loki.class_of.bytes_per_second, 1752001072 / 450.0, 0.01, 0);
            assert_close(found->input.loki.class_of.streams, 300, 0, 0);
            assert_close(found->figure[CPU], 55.52 / 450, 0.01, 0);
            assert_close(found->figure[WAL_RATE], 1921906173 / 450.0, 0.01, 0);
        } else {
            assert_close(found->input.tempo.load.spans_per_trace, 918652 / 114400.0, 1e-6, 0);
            assert_close(found->figure[CPU], 46.94 / 360, 0.01, 0);
        }
        assert_true(found->at_least[PEAK]);
    }
    text_fini(&notes);
    arena_fini(&arena);
    free(pages);
}

static enum status read_token(const char *bytes, size_t length, const char **token,
                              struct arena *arena) {
    char path[] = "/tmp/test_metrics_XXXXXX";
    struct diagnostics diagnostics;
    int descriptor = mkstemp(path);
    diagnostics_init(&diagnostics);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    close(descriptor);
    enum status status = metrics_token_read(path, arena, token, &diagnostics);
    for (size_t i = 0; i < diagnostics.count; i++)
        assert_null(strstr(diagnostics.items[i].message, "s3cret"));
    unlink(path);
    return status;
}

static void tokens_are_read_and_never_shown(void **state) {
    struct arena arena;
    const char *token = NULL;
    (void)state;
    arena_init(&arena);
    assert_int_equal(read_token("  s3cret\r\n", 10, &token, &arena), STATUS_OK);
    assert_string_equal(token, "s3cret");
    assert_int_equal(read_token("", 0, &token, &arena), STATUS_INVALID);
    assert_int_equal(read_token("s3cret\nX-Other: 1", 17, &token, &arena), STATUS_INVALID);
    assert_int_equal(read_token("s3cret\0more", 11, &token, &arena), STATUS_INVALID);
    arena_fini(&arena);
}

/** Before anything is sent: a token over plain http goes to this machine alone. */
static void a_token_does_not_leave_in_clear(void **state) {
    static const char *const refused[] = {"http://loki:3100", "http://localhost.example.org",
                                          "HTTP://loki", "http://localhost:80@loki:3100"};
    const struct metrics_fetch fetch = {.token = "s3cret"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct http_response response;
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        assert_int_equal(metrics_fetch(&fetch, refused[i], &response, &diagnostics), STATUS_USAGE);
        assert_null(strstr(diagnostics.items[0].message, "s3cret"));
        http_response_fini(&response);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_page_tells_means_since_the_start),
        cmocka_unit_test(two_pages_bound_a_window),
        cmocka_unit_test(a_watch_tells_memory),
        cmocka_unit_test(a_restart_parts_pages),
        cmocka_unit_test(strange_pages_are_refused),
        cmocka_unit_test(impossible_values_are_refused),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(real_pages_are_read),
        cmocka_unit_test(tokens_are_read_and_never_shown),
        cmocka_unit_test(a_token_does_not_leave_in_clear),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
