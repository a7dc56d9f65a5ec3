/** The HTTP client against a server on loopback that says what it is told to. */
#include "sim/base/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/** Takes one connection, keeps what was asked, answers. */
struct server {
    int socket;
    char url[64];
    const char *answer;
    char asked[2048];
    pthread_t thread;
};

static void *serve(void *context) {
    struct server *server = context;
    int client = accept(server->socket, NULL, NULL);
    size_t length = 0;
    if (client < 0)
        return NULL;
    /* A POST's body ends with a full stop in these tests. */
    while (length + 1 < sizeof server->asked) {
        ssize_t got = read(client, server->asked + length, sizeof server->asked - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        server->asked[length] = '\0';
        bool post = strncmp(server->asked, "POST", 4) == 0;
        if (strstr(server->asked, "\r\n\r\n") && (!post || server->asked[length - 1] == '.'))
            break;
    }
    if (server->answer)
        (void)!write(client, server->answer, strlen(server->answer));
    else
        pause();
    close(client);
    return NULL;
}

static void server_start(struct server *server, const char *answer) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    memset(server, 0, sizeof *server);
    server->answer = answer;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->socket = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(server->socket >= 0);
    assert_int_equal(bind(server->socket, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server->socket, 1), 0);
    assert_int_equal(getsockname(server->socket, (struct sockaddr *)&address, &length), 0);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d/path?key=hidden",
             ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server) {
    pthread_cancel(server->thread);
    pthread_join(server->thread, NULL);
    close(server->socket);
}

static void an_answer_is_given_as_it_is(void **state) {
    (void)state;
    struct server server;
    struct diagnostics diagnostics;
    struct http_response response;
    diagnostics_init(&diagnostics);
    server_start(&server, "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello");
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
    server_start(&server, "HTTP/1.1 204 No Content\r\n\r\n");
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
    server_start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    struct http_request request = {.url = server.url, .response_bytes_max = 4};
    expect_failure(&request, "longer than 4 bytes");
    server_stop(&server);

    server_start(&server, NULL);
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
    server_start(&server, NULL);
    const struct http_request interrupted = {.url = server.url, .interrupted = always};
    expect_failure(&interrupted, "interrupted");
    server_stop(&server);
    const struct http_request file = {.url = "file:///etc/hostname"};
    expect_failure(&file, "nsupported protocol");
    /* A redirect is an answer like any other. */
    server_start(&server, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                          "Content-Length: 0\r\n\r\n");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_given_as_it_is),
        cmocka_unit_test(a_body_is_posted),
        cmocka_unit_test(answers_are_bounded),
        cmocka_unit_test(what_is_not_allowed_is_not_done),
        cmocka_unit_test(names_of_users_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
