/** The smoke test against programs that answer as Loki, the collector and Grafana do. */
#include "stack/smoke.h"
#include "tests/unit/canned_cluster.h"
#include "tests/unit/loopback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct canned_cluster fake;
    struct loopback server;
    struct cluster cluster;
    struct release_list releases;
    struct smoke_options options;
    struct smoke_answer answer;
    struct diagnostics diagnostics;
};

/* Base64 of "admin" and of "s3cret". */
static const char secret[] = "YWRtaW4= czNjcmV0";

static const struct loopback_rule all_well[] = {
    {"POST /loki/api/v1/push ", 204, "", 0},
    {"POST /v1/traces ", 200, "{}", 0},
    /* The first two looks come too early. */
    {"GET /api/datasources/proxy/uid/loki/loki/api/v1/query_range?", 200,
     "{\"data\":{\"result\":[{\"values\":[[\"1\",\"smoke test trace_id=%s\"]]}]}}", 2},
    {"GET /api/datasources/proxy/uid/tempo/api/traces/", 200,
     "{\"batches\":[{\"resource\":{\"attributes\":[{\"value\":{\"stringValue\":"
     "\"simulate-smoke\"}}]},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"CvdlGRbNQ92ESOshHIAxnA==\""
     "}]}]}]}",
     1},
    {NULL, 0, NULL, 0},
};

static int setup(void **state) {
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    diagnostics_init(&fixture.diagnostics);
    fixture.cluster = (struct cluster){.context = "test", .name_space = "observability"};
    assert_int_equal(releases_list(CHART_PROFILE_BRIEF, AGENT_KIND_PROMTAIL, &fixture.releases,
                                   &fixture.diagnostics),
                     STATUS_OK);
    fixture.options = (struct smoke_options){.cluster = &fixture.cluster,
                                             .releases = &fixture.releases,
                                             .timeout_seconds = 5,
                                             .look_seconds = 0.01};
    canned_cluster_start(&fixture.fake);
    canned_cluster_answer(&fixture.fake, "kubectl * get secret grafana-admin *", secret);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    canned_cluster_stop(&fixture->fake);
    return 0;
}

static enum status run(struct fixture *fixture, const struct loopback_rule *rules) {
    char text[128];
    loopback_start(&fixture->server, rules);
    snprintf(text, sizeof text, "Forwarding from 127.0.0.1:%u -> 1234\n",
             fixture->server.server.port);
    canned_cluster_answer(&fixture->fake, "kubectl * port-forward *", text);
    enum status status = smoke_test(&fixture->options, &fixture->answer, &fixture->diagnostics);
    loopback_stop(&fixture->server);
    return status;
}

static void expect_problem(struct fixture *fixture, const struct loopback_rule *rules,
                           const char *message) {
    assert_int_equal(run(fixture, rules), STATUS_EXTERNAL);
    const struct diagnostic *last = diagnostics_last(&fixture->diagnostics);
    if (!strstr(last->message, message))
        print_error("%s\n", last->message);
    assert_non_null(strstr(last->message, message));
    /* Whatever went wrong, the password is not told. */
    assert_null(strstr(last->message, "s3cret"));
}

static void what_is_pushed_is_read_back(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(run(fixture, all_well), STATUS_OK);
    const char *asked = fixture->server.asked;
    assert_int_equal(strlen(fixture->answer.id), 32);
    assert_true(fixture->answer.line_seconds > 0 && fixture->answer.line_seconds < 5);
    assert_true(fixture->answer.trace_seconds > 0 && fixture->answer.trace_seconds < 5);
    assert_int_equal(fixture->server.matches[2], 3);
    assert_int_equal(fixture->server.matches[3], 2);
    /* The same id in the line and in the span; base64 of admin:s3cret for Grafana alone. */
    char words[96];
    snprintf(words, sizeof words, "smoke test trace_id=%s", fixture->answer.id);
    assert_non_null(strstr(asked, words));
    snprintf(words, sizeof words, "\"traceId\":\"%s\"", fixture->answer.id);
    assert_non_null(strstr(asked, words));
    const char *login = strstr(asked, "Authorization: Basic YWRtaW46czNjcmV0");
    assert_non_null(login);
    assert_true(login > strstr(asked, "GET /api/datasources"));
}

static void ids_differ_from_run_to_run(void **state) {
    struct fixture *fixture = *state;
    char first[33];
    assert_int_equal(run(fixture, all_well), STATUS_OK);
    memcpy(first, fixture->answer.id, sizeof first);
    assert_int_equal(run(fixture, all_well), STATUS_OK);
    assert_string_not_equal(first, fixture->answer.id);
}

static void a_refused_push_is_told(void **state) {
    static const struct loopback_rule rules[] = {{"POST /loki/api/v1/push ", 429, "rate limit", 0},
                                                 {NULL, 0, NULL, 0}};
    expect_problem(*state, rules, "the log line was refused with HTTP status 429: rate limit");
}

static void a_line_that_never_shows_is_told(void **state) {
    static const struct loopback_rule rules[] = {{"POST /loki/api/v1/push ", 204, "", 0},
                                                 {"GET /api", 200, "{\"data\":{}}", 0},
                                                 {NULL, 0, NULL, 0}};
    struct fixture *fixture = *state;
    fixture->options.timeout_seconds = 0.1;
    expect_problem(fixture, rules, "the log line was taken in, but Grafana did not show it");
}

static void a_wrong_password_is_explained(void **state) {
    static const struct loopback_rule rules[] = {
        {"POST /loki/api/v1/push ", 204, "", 0}, {"GET /api", 401, "no", 0}, {NULL, 0, NULL, 0}};
    struct fixture *fixture = *state;
    fixture->options.timeout_seconds = 0.1;
    expect_problem(fixture, rules, "its last HTTP status: 401");
    assert_non_null(strstr(diagnostics_last(&fixture->diagnostics)->hint, "first started with"));
}

static void without_a_secret_there_is_no_test(void **state) {
    struct fixture *fixture = *state;
    canned_cluster_answer(&fixture->fake, "kubectl * get secret grafana-admin *", "");
    expect_problem(fixture, all_well, "there is no secret grafana-admin");
    /* Not base64, a key that is not there, no data at all. */
    static const char *const odd[] = {"!!!! czNjcmV0", "YWRtaW4= <no value>", "none"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        canned_cluster_answer(&fixture->fake, "kubectl * get secret grafana-admin *", odd[i]);
        expect_problem(fixture, all_well, "holds no user and password");
    }
}

static void a_forward_that_fails_says_why(void **state) {
    struct fixture *fixture = *state;
    struct diagnostics *diagnostics = &fixture->diagnostics;
    assert_int_equal(smoke_test(&fixture->options, &fixture->answer, diagnostics), STATUS_EXTERNAL);
    assert_non_null(strstr(diagnostics->items[0].message, "service/loki"));
    assert_non_null(strstr(diagnostics->items[0].message, "no answer to: "));
}

#define WITH_CLUSTER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_CLUSTER(what_is_pushed_is_read_back),
        WITH_CLUSTER(ids_differ_from_run_to_run),
        WITH_CLUSTER(a_refused_push_is_told),
        WITH_CLUSTER(a_line_that_never_shows_is_told),
        WITH_CLUSTER(a_wrong_password_is_explained),
        WITH_CLUSTER(without_a_secret_there_is_no_test),
        WITH_CLUSTER(a_forward_that_fails_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
