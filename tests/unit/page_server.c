#include "tests/unit/page_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES = 16384, LOOK_MILLISECONDS = 50 };

static void write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        /* The client may hang up on what is too long: no signal for that. */
        ssize_t written = send(descriptor, bytes, length, MSG_NOSIGNAL);
        if (written <= 0)
            return;
        bytes += written;
        length -= (size_t)written;
    }
}

void page_server_write(int descriptor, const char *status, const char *body, size_t length) {
    char head[256];
    int used =
        snprintf(head, sizeof head,
                 "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, length);
    write_all(descriptor, head, (size_t)used);
    write_all(descriptor, body, length);
}

/** How long the request is as far as it has come; 0 while its head has no end. */
static size_t request_length(const char *request) {
    static const char length_is[] = "Content-Length: ", head_ends[] = "\r\n\r\n";
    const char *end = strstr(request, head_ends);
    const char *length = strstr(request, length_is);
    if (!end)
        return 0;
    return (size_t)(end - request) + sizeof head_ends - 1 +
           (length && length < end ? strtoul(length + sizeof length_is - 1, NULL, 10) : 0);
}

/** A request; false when the client hung up. */
static bool read_request(int descriptor, char request[REQUEST_BYTES]) {
    size_t used = 0, wanted = 0;
    request[0] = '\0';
    while ((wanted == 0 || used < wanted) && used < REQUEST_BYTES - 1) {
        ssize_t got = recv(descriptor, request + used, REQUEST_BYTES - 1 - used, 0);
        if (got <= 0)
            return false;
        used += (size_t)got;
        request[used] = '\0';
        wanted = request_length(request);
    }
    return true;
}

static void *serve(void *context) {
    struct page_server *server = context;
    char request[REQUEST_BYTES];
    while (!server->stopping) {
        struct pollfd waiting = {.fd = server->listener, .events = POLLIN};
        if (poll(&waiting, 1, LOOK_MILLISECONDS) <= 0)
            continue;
        int descriptor = accept(server->listener, NULL, NULL);
        if (descriptor < 0)
            continue;
        if (read_request(descriptor, request)) {
            server->requests++;
            server->answer(descriptor, request, server->context);
        }
        close(descriptor);
    }
    return NULL;
}

void page_server_start(struct page_server *server, page_server_answer *answer, void *context) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *server = (struct page_server){.answer = answer, .context = context};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u", server->port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

void page_server_stop(struct page_server *server) {
    server->stopping = true;
    pthread_join(server->thread, NULL);
    close(server->listener);
}
