#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/measurement_live.h"
#include "sim/measurement_prometheus.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"
#include "tests/unit/page_server.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PEAK, MEAN, CPU };

/** A Tempo that has been up for 20,000 s with 10 traces a second, and grows with every look. */
static void answer_page(int descriptor, const char *request, void *context) {
    static const char page[] = "process_start_time_seconds 1e+06\n"
                               "process_resident_memory_bytes %d\n"
                               "process_cpu_seconds_total 1000\n"
                               "go_memstats_last_gc_time_seconds 1.02e+06\n"
                               "tempo_build_info 1\n"
                               "tempo_ingester_traces_created_total 200000\n"
                               "tempo_distributor_spans_received_total 1600000\n"
                               "tempo_distributor_bytes_received_total 800000000\n";
    int *looks = context;
    char body[1024];
    int length = snprintf(body, sizeof body, page, 500000000 + 1000000 * (*looks)++);
    bool right = strstr(request, "GET /metrics HTTP/1.1\r\n") != NULL;
    page_server_write(descriptor, right ? "200 OK" : "404 Not Found", body, (size_t)length);
}

static void answer_nothing_for_a_while(int descriptor, const char *request, void *context) {
    static const struct timespec while_ = {0, 400000000};
    (void)request;
    (void)context;
    nanosleep(&while_, NULL);
    page_server_write(descriptor, "200 OK", "late 1\n", 7);
}

static void answer_without_end(int descriptor, const char *request, void *context) {
    const size_t length = HTTP_RESPONSE_BYTES + 1000000;
    char *body = malloc(length);
    (void)request;
    (void)context;
    if (!body)
        return;
    memset(body, 'a', length);
    page_server_write(descriptor, "200 OK", body, length);
    free(body);
}

static void answer_whom_it_knows(int descriptor, const char *request, void *context) {
    if (strstr(request, "\r\nAuthorization: Bearer s3cret\r\n"))
        answer_page(descriptor, request, context);
    else
        page_server_write(descriptor, "401 Unauthorized", "who are you?", 12);
}

static void answer_elsewhere(int descriptor, const char *request, void *context) {
    static const char head[] = "302 Found\r\nLocation: http://example.org/metrics";
    (void)request;
    (void)context;
    page_server_write(descriptor, head, "", 0);
}

/** Fetch once from a server of this kind; the message of a failure. */
static enum status fetch_page(page_server_answer *answer, const char *token, char *message,
                              size_t size) {
    struct page_server server;
    struct metrics_page page;
    struct diagnostics diagnostics;
    int looks = 0;
    const struct metrics_fetch fetch = {.token = token, .timeout_seconds = 0.2};
    diagnostics_init(&diagnostics);
    page_server_start(&server, answer, &looks);
    enum status status = metrics_fetch_page(&fetch, server.url, &page, &diagnostics);
    page_server_stop(&server);
    snprintf(message, size, "%s", diagnostics.count > 0 ? diagnostics.items[0].message : "");
    return status;
}

static void a_page_is_fetched(void **state) {
    char message[512];
    (void)state;
    assert_int_equal(fetch_page(answer_page, NULL, message, sizeof message), STATUS_OK);
}

static void a_slow_server_is_given_up(void **state) {
    char message[512];
    (void)state;
    assert_int_equal(fetch_page(answer_nothing_for_a_while, NULL, message, sizeof message),
                     STATUS_EXTERNAL);
}

static void a_huge_page_is_refused(void **state) {
    char message[512];
    (void)state;
    assert_int_equal(fetch_page(answer_without_end, NULL, message, sizeof message),
                     STATUS_EXTERNAL);
}

static void a_token_opens(void **state) {
    char message[512];
    (void)state;
    assert_int_equal(fetch_page(answer_whom_it_knows, NULL, message, sizeof message),
                     STATUS_EXTERNAL);
    assert_non_null(strstr(message, "wants a token"));
    assert_int_equal(fetch_page(answer_whom_it_knows, "other", message, sizeof message),
                     STATUS_EXTERNAL);
    assert_non_null(strstr(message, "does not take the token"));
    assert_null(strstr(message, "other"));
    assert_int_equal(fetch_page(answer_whom_it_knows, "s3cret", message, sizeof message),
                     STATUS_OK);
}

static void redirects_are_not_followed(void **state) {
    char message[512];
    (void)state;
    assert_int_equal(fetch_page(answer_elsewhere, NULL, message, sizeof message), STATUS_EXTERNAL);
    assert_non_null(strstr(message, "a redirect, which is not followed"));
}

/** What a watch or a question adds to a set. */
struct fixture {
    struct arena arena;
    struct measurement_set set;
    struct text notes;
    struct diagnostics diagnostics;
    struct page_server server;
    int looks, asked;
    int stop_after; /**< looks; 0: never */
};

static void fixture_init(void **state, struct fixture *fixture, page_server_answer *answer) {
    memset(fixture, 0, sizeof *fixture);
    arena_init(&fixture->arena);
    text_init(&fixture->notes);
    diagnostics_init(&fixture->diagnostics);
    assert_int_equal(
        measurement_set_init(*state, &fixture->arena, &fixture->set, &fixture->diagnostics),
        STATUS_OK);
    page_server_start(&fixture->server, answer, &fixture->looks);
}

static void fixture_fini(struct fixture *fixture) {
    page_server_stop(&fixture->server);
    text_fini(&fixture->notes);
    arena_fini(&fixture->arena);
}

static bool go_on(double share, void *context) {
    struct fixture *fixture = context;
    assert_true(share >= 0 && share <= 1);
    fixture->asked++;
    return fixture->stop_after == 0 || fixture->server.requests < fixture->stop_after;
}

/** Stopped by the user after two looks: what the two told is kept. So short a time is no window,
 *  so means are those since the start: 1000 s of CPU in 20,000 s. */
static void a_watch_that_is_stopped_keeps_what_it_has(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture, answer_page);
    fixture.stop_after = 2;
    const struct measurement_live live = {.url = {[PREDICT_TEMPO] = fixture.server.url},
                                          .seconds = 3600,
                                          .fetch = {.timeout_seconds = 5},
                                          .progress = go_on,
                                          .progress_context = &fixture};
    struct measurement_live hasty = live;
    hasty.seconds = 40;
    assert_int_equal(
        measurement_live_watch(&hasty, &fixture.set, &fixture.notes, &fixture.diagnostics),
        STATUS_OK);
    assert_int_equal(fixture.looks, 2);
    assert_int_equal(fixture.set.count, 1);
    const struct measurement *found = &fixture.set.cells[0].first;
    assert_close(found->figure[CPU], 0.05, 1e-9, 0);
    assert_close(found->input.tempo.load.traces_per_second, 10, 1e-9, 0);
    assert_close(found->input.tempo.load.bytes_per_span, 500, 1e-9, 0);
    assert_true(found->at_least[PEAK]);
    fixture_fini(&fixture);
}

static void one_look_needs_no_time(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture, answer_page);
    const struct measurement_live live = {.url = {[PREDICT_TEMPO] = fixture.server.url},
                                          .fetch = {.timeout_seconds = 5},
                                          .progress = go_on,
                                          .progress_context = &fixture};
    assert_int_equal(
        measurement_live_watch(&live, &fixture.set, &fixture.notes, &fixture.diagnostics),
        STATUS_OK);
    assert_int_equal(fixture.looks, 1);
    assert_int_equal(fixture.set.count, 1);
    fixture_fini(&fixture);
}

static void a_tempo_is_no_loki(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture, answer_page);
    const struct measurement_live live = {.url = {[PREDICT_LOKI] = fixture.server.url},
                                          .fetch = {.timeout_seconds = 5},
                                          .progress = go_on,
                                          .progress_context = &fixture};
    assert_int_equal(
        measurement_live_watch(&live, &fixture.set, &fixture.notes, &fixture.diagnostics),
        STATUS_INVALID);
    fixture_fini(&fixture);
}

/** A Prometheus that knows one Loki. Every series has the value of its metric at two windows. */
static void answer_as_prometheus(int descriptor, const char *request, void *context) {
    static const struct {
        const char *part; /* of the escaped query */
        const char *value;
    } answers[] = {{"count%28loki%5Fbuild%5Finfo", "1"},
                   {"count%28tempo%5Fbuild%5Finfo", NULL},
                   {"lines%5Freceived", "250"},
                   {"bytes%5Freceived%5Ftotal", "50000"},
                   {"memory%5Fstreams", "300"},
                   {"process%5Fcpu%5Fseconds", "0.04"},
                   {"max%5Fover%5Ftime%28process%5Fresident", "900000000"},
                   {"time%28%29", "864000"}};
    const char *value = NULL;
    char body[512];
    double start = 0, step = 0;
    (void)context;
    for (size_t i = 0; i < sizeof answers / sizeof *answers && !value; i++)
        if (strstr(request, answers[i].part))
            value = answers[i].value;
    const char *at = strstr(request, "&start=");
    assert_non_null(at);
    start = strtod(at + 7, NULL);
    at = strstr(request, "&step=");
    assert_non_null(at);
    step = strtod(at + 6, NULL);
    int length =
        value ? snprintf(body, sizeof body,
                         "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                         "{\"metric\":{},\"values\":[[%.3f,\"%s\"],[%.3f,\"%s\"]]}]}}",
                         start, value, start + step, value)
              : snprintf(body, sizeof body,
                         "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":"
                         "[]}}");
    page_server_write(descriptor, "200 OK", body, (size_t)length);
}

/** Six hours are three windows of two; the third has no values and is passed over. Ten days up
 *  leave nothing of synchrony: exp(-10) = 0.0000454. */
static void prometheus_tells_windows(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture, answer_as_prometheus);
    const struct measurement_prometheus prometheus = {.url = fixture.server.url,
                                                      .seconds = 6 * 3600,
                                                      .now_seconds = 1.7e9,
                                                      .fetch = {.timeout_seconds = 5}};
    assert_int_equal(
        measurement_prometheus_ask(&prometheus, &fixture.set, &fixture.notes, &fixture.diagnostics),
        STATUS_OK);
    assert_int_equal(fixture.set.count, 1);
    assert_int_equal(fixture.set.cells[0].rows, 2);
    const struct measurement *found = &fixture.set.cells[0].first;
    assert_close(found->input.loki.class_of.bytes_per_second, 50000, 1e-9, 0);
    assert_close(found->input.loki.class_of.streams, 300, 1e-9, 0);
    assert_close(found->input.loki.synchrony, 4.54e-5, 1e-3, 0);
    assert_close(measurement_figure(&fixture.set, &fixture.set.cells[0], CPU), 0.04, 1e-9, 0);
    assert_close(measurement_figure(&fixture.set, &fixture.set.cells[0], PEAK), 9e8, 1e-9, 0);
    assert_false(found->at_least[PEAK]);
    fixture_fini(&fixture);
}

static void what_is_no_prometheus_is_told(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture, answer_page);
    const struct measurement_prometheus prometheus = {
        .url = fixture.server.url, .now_seconds = 1.7e9, .fetch = {.timeout_seconds = 5}};
    assert_int_equal(
        measurement_prometheus_ask(&prometheus, &fixture.set, &fixture.notes, &fixture.diagnostics),
        STATUS_EXTERNAL);
    fixture_fini(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_fetched),
        cmocka_unit_test(a_slow_server_is_given_up),
        cmocka_unit_test(a_huge_page_is_refused),
        cmocka_unit_test(a_token_opens),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(a_watch_that_is_stopped_keeps_what_it_has),
        cmocka_unit_test(one_look_needs_no_time),
        cmocka_unit_test(a_tempo_is_no_loki),
        cmocka_unit_test(prometheus_tells_windows),
        cmocka_unit_test(what_is_no_prometheus_is_told),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
