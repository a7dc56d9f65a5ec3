#include "tests/unit/loopback.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/** Read one request, headers and body, into `request`. */
static void read_request(int client, char *request, size_t size) {
    size_t length = 0, wanted = size;
    while (length + 1 < size && length < wanted) {
        ssize_t got = read(client, request + length, size - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        request[length] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        const char *body_length = strstr(request, "Content-Length: ");
        if (end)
            wanted = (size_t)(end + 4 - request) +
                     (body_length ? strtoul(body_length + 16, NULL, 10) : 0);
    }
}

static void remember(struct loopback *server, const char *request) {
    size_t room = sizeof server->asked - server->asked_length - 1, length = strlen(request);
    length = length < room ? length : room;
    memcpy(server->asked + server->asked_length, request, length);
    server->asked_length += length;
    server->asked[server->asked_length] = '\0';
    for (const char *at = request; *at && !server->id[0]; at++) {
        size_t digits = strspn(at, "0123456789abcdef");
        if (digits == 32)
            snprintf(server->id, sizeof server->id, "%.32s", at);
        at += digits > 0 ? digits - 1 : 0;
    }
}

static void answer(struct loopback *server, int client, const char *request) {
    char body[4096] = "", head[128];
    int status = 404;
    for (size_t i = 0; server->rules[i].asked; i++) {
        const struct loopback_rule *rule = &server->rules[i];
        if (!strstr(request, rule->asked))
            continue;
        if (!rule->answer)
            return;
        if (server->matches[i]++ >= rule->after) {
            const char *hole = strstr(rule->answer, "%s");
            int before = hole ? (int)(hole - rule->answer) : (int)strlen(rule->answer);
            status = rule->status;
            snprintf(body, sizeof body, "%.*s%s%s", before, rule->answer, hole ? server->id : "",
                     hole ? hole + 2 : "");
        }
        break;
    }
    snprintf(head, sizeof head,
             "HTTP/1.1 %d Status\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", status,
             strlen(body));
    (void)!write(client, head, strlen(head));
    (void)!write(client, body, strlen(body));
}

static void *serve(void *context) {
    struct loopback *server = context;
    for (;;) {
        char request[4096] = "";
        int client = accept(server->socket, NULL, NULL);
        if (client < 0)
            return NULL;
        read_request(client, request, sizeof request);
        remember(server, request);
        answer(server, client, request);
        close(client);
    }
}

void loopback_start(struct loopback *server, const struct loopback_rule *rules) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    memset(server, 0, sizeof *server);
    server->rules = rules;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->socket >= 0);
    assert_int_equal(bind(server->socket, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server->socket, 16), 0);
    assert_int_equal(getsockname(server->socket, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

void loopback_stop(struct loopback *server) {
    shutdown(server->socket, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->socket);
}
