/**
 * A page server that answers each request by the first rule whose text stands in it, and keeps
 * what was asked.
 */
#ifndef TESTS_UNIT_LOOPBACK_H
#define TESTS_UNIT_LOOPBACK_H

#include "tests/unit/page_server.h"

struct loopback_rule {
    const char *asked; /**< looked for in the request line, headers and body */
    int status;
    const char *answer; /**< a body; "%s" in it is replaced by the first 32 hexadecimal digits in a
                             row that any earlier request held. */
    unsigned after;     /**< the rule counts from its so many-th match on; before it 404 */
};

struct loopback {
    struct page_server server;
    const struct loopback_rule *rules; /**< ends with a NULL `asked` */
    unsigned matches[16];
    char asked[16384]; /**< everything, one request after the other; read after loopback_stop() */
    size_t asked_length;
    char id[33];
};

/** Start on a free port. Fails the running test on any error. */
void loopback_start(struct loopback *server, const struct loopback_rule *rules);

void loopback_stop(struct loopback *server);

#endif
