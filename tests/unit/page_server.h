/**
 * A web server for tests: one thread on a free port of the loopback interface, one answer a
 * connection, made by the test.
 */
#ifndef TESTS_UNIT_PAGE_SERVER_H
#define TESTS_UNIT_PAGE_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

/** Write the whole answer to `descriptor`; `request` is its head and body, with a final NUL. */
typedef void page_server_answer(int descriptor, const char *request, void *context);

struct page_server {
    page_server_answer *answer;
    void *context;
    int listener;
    unsigned port;
    char url[64]; /**< `http://127.0.0.1:PORT` */
    pthread_t thread;
    atomic_bool stopping;
    atomic_int requests; /**< so far */
};

/** Start; fails the test when it cannot. */
void page_server_start(struct page_server *server, page_server_answer *answer, void *context);

/** Stop, and wait for the answer that is being given. */
void page_server_stop(struct page_server *server);

/** Write a head with this status line (`200 OK`) and the body. */
void page_server_write(int descriptor, const char *status, const char *body, size_t length);

#endif
