/** The HTTP client against a server on loopback that says what it is told to. */
#include "sim/base/http.h"
#include "tests/unit/page_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/** Keeps what was asked last, and gives one answer to all; `status` NULL: none for a while. */
struct server {
    struct page_server pages;
    char url[96];
    const char *status, *body;
    char asked[2048];
};

static void answer(int descriptor, const char *request, void *context) {
    static const struct timespec a_while = {0, 300000000};
    struct server *server = context;
    snprintf(server->asked, sizeof server->asked, "%s", request);
    if (server->status)
        page_server_write(descriptor, server->status, server->body, strlen(server->body));
    else
        nanosleep(&a_while, NULL);
}

static void server_start(struct server *server, const char *status, const char *body) {
    memset(server, 0, sizeof *server);
    server->status = status;
    server->body = body;
    page_server_start(&server->pages, answer, server);
    snprintf(server->url, sizeof server->url, "%s/path?key=hidden", server->pages.url);
}

static void server_stop(struct server *server) {
    page_server_stop(&server->pages);
}

static void an_answer_is_given_as_it_is(void **state) {
    (void)state;
    struct server server;
    struct diagnostics diagnostics;
    struct http_response response;
    diagnostics_init(&diagnostics);
    server_start(&server, "404 Not Found", "hello");
    const struct http_request request = {.url = server.url, .user = "u", .password = "p"};
    assert_int_equal(http_send(&request, &response, &diagnostics), STATUS_OK);
    server_stop(&server);
    assert_int_equal(response.status, 404);
    assert_int_equal(response.length, 5);
    assert_string_equal(response.body, "hello");
    /* base64 of u:p */
    assert_non_null(strstr(server.asked, "Authorization: Basic dTpw\r\n"));
    assert_non_null(strstr(server.asked, "GET /path?key=hidden HTTP/1.1\r\n"));
    http_response_fini(&response);
}

static void a_body_is_posted(void **state) {
    (void)state;
    struct server server;
    struct diagnostics diagnostics;
    struct http_response response;
    diagnostics_init(&diagnostics);
    server_start(&server, "204 No Content", "");
    const struct http_request request = {.url = server.url,
                                         .body = "a body.",
                                         .body_length = 7,
                                         .content_type = "text/plain",
                                         .bearer_token = "abc"};
    assert_int_equal(http_send(&request, &response, &diagnostics), STATUS_OK);
    server_stop(&server);
    assert_int_equal(response.status, 204);
    assert_string_equal(response.body, "");
    assert_non_null(strstr(server.asked, "POST /path"));
    assert_non_null(strstr(server.asked, "Content-Type: text/plain\r\n"));
    assert_non_null(strstr(server.asked, "Authorization: Bearer abc\r\n"));
    assert_non_null(strstr(server.asked, "\r\n\r\na body."));
    http_response_fini(&response);
}

/** Send, expect failure, and look for words in the message; the query must not be among them. */
static void expect_failure(const struct http_request *request, const char *words) {
    struct diagnostics diagnostics;
    struct http_response response;
    diagnostics_init(&diagnostics);
    assert_int_equal(http_send(request, &response, &diagnostics), STATUS_EXTERNAL);
    assert_null(response.body);
    assert_non_null(strstr(diagnostics.items[0].message, words));
    assert_null(strstr(diagnostics.items[0].message, "hidden"));
}

static void answers_are_bounded(void **state) {
    (void)state;
    struct server server;
    server_start(&server, "200 OK", "hello");
    struct http_request request = {.url = server.url, .response_bytes_max = 4};
    expect_failure(&request, "longer than 4 bytes");
    server_stop(&server);

    server_start(&server, NULL, NULL);
    request = (struct http_request){.url = server.url, .timeout_seconds = 0.1};
    expect_failure(&request, "Timeout");
    server_stop(&server);
}

static bool always(void *context) {
    (void)context;
    return true;
}

static void what_is_not_allowed_is_not_done(void **state) {
    (void)state;
    struct server server;
    server_start(&server, NULL, NULL);
    const struct http_request interrupted = {.url = server.url, .interrupted = always};
    expect_failure(&interrupted, "interrupted");
    server_stop(&server);
    const struct http_request file = {.url = "file:///etc/hostname"};
    expect_failure(&file, "nsupported protocol");
    /* A redirect is an answer like any other. */
    server_start(&server, "302 Found\r\nLocation: http://127.0.0.1:1/", "");
    struct diagnostics diagnostics;
    struct http_response response;
    diagnostics_init(&diagnostics);
    const struct http_request request = {.url = server.url};
    assert_int_equal(http_send(&request, &response, &diagnostics), STATUS_OK);
    assert_int_equal(response.status, 302);
    http_response_fini(&response);
    server_stop(&server);
}

static void names_of_users_are_not_shown(void **state) {
    (void)state;
    const struct http_request request = {.url = "http://hidden:hidden@127.0.0.1:1/x?hidden"};
    expect_failure(&request, "127.0.0.1:1/x: ");
}

static void places_hold_no_secret(void **state) {
    static const struct {
        const char *url, *place;
    } cases[] = {
        {"https://u:p@host:1/x?key=1#y", "https://host:1/x"},
        {"http://u:p@ss@host/x@y", "http://host/x@y"},
        {"u:p@host/?x=://", "host/"},
        {"http://host", "http://host"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text;
        text_init(&text);
        http_add_place(&text, cases[i].url);
        assert_string_equal(text.data ? text.data : "", cases[i].place);
        text_fini(&text);
    }
}

/** The server is the proxy. Nobody listens at port 1. */
static void proxies_of_the_environment_keep_their_exceptions(void **state) {
    (void)state;
    struct server server;
    struct diagnostics diagnostics;
    struct http_response response;
    const struct http_request request = {.url = "http://127.0.0.2:1/x"};
    server_start(&server, "200 OK", "by the proxy");
    assert_int_equal(setenv("http_proxy", server.pages.url, 1), 0);
    assert_int_equal(unsetenv("no_proxy"), 0);
    assert_int_equal(unsetenv("NO_PROXY"), 0);
    diagnostics_init(&diagnostics);
    assert_int_equal(http_send(&request, &response, &diagnostics), STATUS_OK);
    assert_string_equal(response.body, "by the proxy");
    http_response_fini(&response);
    const struct http_request local = {.url = "http://127.0.0.1:1/x"};
    expect_failure(&local, "127.0.0.1:1/x: ");
    assert_int_equal(setenv("NO_PROXY", "example.org,127.0.0.2", 1), 0);
    expect_failure(&request, "127.0.0.2:1/x: ");
    assert_int_equal(setenv("no_proxy", "*", 1), 0);
    expect_failure(&request, "127.0.0.2:1/x: ");
    server_stop(&server);
    unsetenv("http_proxy");
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_given_as_it_is),
        cmocka_unit_test(a_body_is_posted),
        cmocka_unit_test(answers_are_bounded),
        cmocka_unit_test(what_is_not_allowed_is_not_done),
        cmocka_unit_test(names_of_users_are_not_shown),
        cmocka_unit_test(places_hold_no_secret),
        cmocka_unit_test(proxies_of_the_environment_keep_their_exceptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
