#include "tests/unit/loopback.h"

#include <stdio.h>
#include <string.h>

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

/** Puts the rule's answer, with the id in its hole, into `body`. */
static void fill(const struct loopback *server, const struct loopback_rule *rule, char *body,
                 size_t size) {
    const char *hole = strstr(rule->answer, "%s");
    int before = hole ? (int)(hole - rule->answer) : (int)strlen(rule->answer);
    snprintf(body, size, "%.*s%s%s", before, rule->answer, hole ? server->id : "",
             hole ? hole + 2 : "");
}

static void answer(int descriptor, const char *request, void *context) {
    struct loopback *server = context;
    char body[4096] = "", status[32] = "404 Not Found";
    remember(server, request);
    for (size_t i = 0; server->rules[i].asked; i++) {
        const struct loopback_rule *rule = &server->rules[i];
        if (!strstr(request, rule->asked))
            continue;
        if (server->matches[i]++ >= rule->after) {
            snprintf(status, sizeof status, "%d Status", rule->status);
            fill(server, rule, body, sizeof body);
        }
        break;
    }
    page_server_write(descriptor, status, body, strlen(body));
}

void loopback_start(struct loopback *server, const struct loopback_rule *rules) {
    memset(server, 0, sizeof *server);
    server->rules = rules;
    page_server_start(&server->server, answer, server);
}

void loopback_stop(struct loopback *server) {
    page_server_stop(&server->server);
}
