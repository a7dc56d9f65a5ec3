#include "stack/smoke.h"

#include "sim/base/clock.h"
#include "sim/base/http.h"
#include "sim/base/text.h"
#include "stack/forward.h"
#include "stack/names.h"
#include "stack/smoke_login.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/** The stream's job and the span's service. */
#define SERVICE "simulate-smoke"

/** All that one test holds open. */
struct smoke {
    const struct smoke_options *options;
    struct forward loki, collector, grafana;
    struct smoke_login login;
    struct smoke_answer *answer;
    struct text body;
    uint64_t pushed_ns; /**< wall clock: the line's time and the span's */
};

static uint64_t wall_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/** 16 random bytes as hexadecimal digits: the id of a trace. */
static enum status make_id(char id[33], struct diagnostics *diagnostics) {
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return diagnostics_add(diagnostics, STATUS_SYSTEM, NULL, 0, 0,
                               "the kernel gives no random bytes");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return STATUS_OK;
}

static enum status open_one(struct smoke *smoke, enum component component, struct forward *forward,
                            struct diagnostics *diagnostics) {
    const struct release_list *releases = smoke->options->releases;
    for (size_t i = 0; i < releases->count; i++)
        if (releases->items[i].component == component)
            return forward_open(forward, smoke->options->cluster, releases->items[i].service,
                                releases->items[i].pin.port, diagnostics);
    return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                           "the stack has no release for %s", component_name(component));
}

static enum status open_all(struct smoke *smoke, struct diagnostics *diagnostics) {
    enum status status = open_one(smoke, COMPONENT_LOKI, &smoke->loki, diagnostics);
    if (status == STATUS_OK)
        status = open_one(smoke, COMPONENT_COLLECTOR, &smoke->collector, diagnostics);
    if (status == STATUS_OK)
        status = open_one(smoke, COMPONENT_GRAFANA, &smoke->grafana, diagnostics);
    return status;
}

/** A line with the test's id, in a stream of its own. */
static void write_line(struct smoke *smoke) {
    text_print(&smoke->body,
               "{\"streams\":[{\"stream\":{\"job\":\"" SERVICE "\"},\"values\":[[\"%" PRIu64
               "\",\"smoke test trace_id=%s\"]]}]}",
               smoke->pushed_ns, smoke->answer->id);
}

/** A span of a millisecond, as OTLP over HTTP writes it. */
static void write_span(struct smoke *smoke) {
    text_print(&smoke->body,
               "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
               "\"value\":{\"stringValue\":\"" SERVICE "\"}}]},\"scopeSpans\":[{\"spans\":[{"
               "\"traceId\":\"%s\",\"spanId\":\"%.16s\",\"name\":\"smoke test\",\"kind\":1,"
               "\"startTimeUnixNano\":\"%" PRIu64 "\",\"endTimeUnixNano\":\"%" PRIu64 "\"}]}]}]}",
               smoke->answer->id, smoke->answer->id, smoke->pushed_ns, smoke->pushed_ns + 1000000U);
}

static enum status push(struct smoke *smoke, const struct forward *forward, const char *path,
                        void (*write)(struct smoke *smoke), const char *what, double *seconds,
                        struct diagnostics *diagnostics) {
    char url[128];
    struct http_response response;
    snprintf(url, sizeof url, "%s%s", forward->url, path);
    text_fini(&smoke->body);
    text_init(&smoke->body);
    write(smoke);
    if (text_failed(&smoke->body))
        return diagnostics_out_of_memory(diagnostics, "the smoke test");
    const struct http_request request = {.url = url,
                                         .body = smoke->body.data,
                                         .body_length = smoke->body.length,
                                         .content_type = "application/json",
                                         .interrupted = smoke->options->cluster->interrupted,
                                         .context = smoke->options->cluster->interrupted_context};
    enum status status = http_send(&request, &response, diagnostics);
    if (status != STATUS_OK)
        return status;
    *seconds = response.seconds;
    if (response.status / 100 != 2)
        status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                 "%s was refused with HTTP status %ld: %.160s", what,
                                 response.status, response.body);
    http_response_fini(&response);
    return status;
}

/** Look once through Grafana; `*found` when the answer holds `sign`. `*http_status` is kept for
 *  the message when time runs out. */
static enum status look(struct smoke *smoke, const char *path, const char *sign, bool *found,
                        long *http_status, struct diagnostics *diagnostics) {
    char url[512];
    struct http_response response;
    snprintf(url, sizeof url, "%s%s", smoke->grafana.url, path);
    const struct http_request request = {.url = url,
                                         .user = smoke->login.user,
                                         .password = smoke->login.password,
                                         .interrupted = smoke->options->cluster->interrupted,
                                         .context = smoke->options->cluster->interrupted_context};
    enum status status = http_send(&request, &response, diagnostics);
    if (status != STATUS_OK)
        return status;
    *http_status = response.status;
    *found = response.status == 200 && strstr(response.body, sign);
    http_response_fini(&response);
    return STATUS_OK;
}

static enum status too_late(const char *what, double seconds, long http_status,
                            struct diagnostics *diagnostics) {
    enum status status = diagnostics_add(
        diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
        "%s was taken in, but Grafana did not show it within %.0f s (its last HTTP status: %ld)",
        what, seconds, http_status);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last && http_status == 401)
        snprintf(last->hint, sizeof last->hint,
                 "Grafana keeps the password it was first started with: the secret %s was changed "
                 "since",
                 STACK_ADMIN_SECRET);
    return status;
}

/** Look until it is there; `*seconds` is the time since `begun`. */
static enum status read_back(struct smoke *smoke, const char *path, const char *sign,
                             const char *what, double begun, double *seconds,
                             struct diagnostics *diagnostics) {
    const struct smoke_options *options = smoke->options;
    const struct cluster *cluster = options->cluster;
    double most = options->timeout_seconds > 0 ? options->timeout_seconds : SMOKE_TIMEOUT_SECONDS;
    double pause = options->look_seconds > 0 ? options->look_seconds : 0.5;
    long http_status = 0;
    for (;;) {
        bool found = false;
        enum status status = look(smoke, path, sign, &found, &http_status, diagnostics);
        *seconds = clock_seconds() - begun;
        if (status != STATUS_OK || found)
            return status;
        if (cluster->interrupted && cluster->interrupted(cluster->interrupted_context))
            return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "interrupted");
        if (*seconds + pause > most)
            return too_late(what, most, http_status, diagnostics);
        clock_sleep(pause);
    }
}

static enum status test_line(struct smoke *smoke, struct diagnostics *diagnostics) {
    const uint64_t hour_ns = UINT64_C(3600) * 1000000000U;
    char path[256];
    double begun = clock_seconds();
    enum status status = push(smoke, &smoke->loki, "/loki/api/v1/push", write_line, "the log line",
                              &smoke->answer->push_line_seconds, diagnostics);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof path,
             "/api/datasources/proxy/uid/" STACK_LOKI_UID
             "/loki/api/v1/query_range?query=%%7Bjob%%3D%%22" SERVICE "%%22%%7D&limit=100"
             "&start=%" PRIu64 "&end=%" PRIu64,
             smoke->pushed_ns - hour_ns, smoke->pushed_ns + hour_ns);
    return read_back(smoke, path, smoke->answer->id, "the log line", begun,
                     &smoke->answer->line_seconds, diagnostics);
}

static enum status test_trace(struct smoke *smoke, struct diagnostics *diagnostics) {
    char path[256];
    double begun = clock_seconds();
    enum status status = push(smoke, &smoke->collector, "/v1/traces", write_span, "the span",
                              &smoke->answer->push_trace_seconds, diagnostics);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof path, "/api/datasources/proxy/uid/" STACK_TEMPO_UID "/api/traces/%s",
             smoke->answer->id);
    /* The path names the trace; Tempo writes its id back in base64. */
    return read_back(smoke, path, SERVICE, "the span", begun, &smoke->answer->trace_seconds,
                     diagnostics);
}

enum status smoke_test(const struct smoke_options *options, struct smoke_answer *answer,
                       struct diagnostics *diagnostics) {
    struct smoke smoke = {.options = options, .answer = answer, .pushed_ns = wall_ns()};
    memset(answer, 0, sizeof *answer);
    text_init(&smoke.body);
    enum status status = make_id(answer->id, diagnostics);
    if (status == STATUS_OK)
        status = smoke_login_read(options->cluster, &smoke.login, diagnostics);
    if (status == STATUS_OK)
        status = open_all(&smoke, diagnostics);
    if (status == STATUS_OK)
        status = test_line(&smoke, diagnostics);
    if (status == STATUS_OK)
        status = test_trace(&smoke, diagnostics);
    forward_close(&smoke.loki);
    forward_close(&smoke.collector);
    forward_close(&smoke.grafana);
    smoke_login_wipe(&smoke.login);
    text_fini(&smoke.body);
    return status;
}
