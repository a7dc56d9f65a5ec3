/**
 * A port of a service in the cluster, reached on this machine through `kubectl port-forward`.
 *
 * kubectl listens on 127.0.0.1, on a port that the kernel picks. Thread safety: one forward belongs
 * to one thread.
 */
#ifndef STACK_FORWARD_H
#define STACK_FORWARD_H

#include "stack/kubectl.h"

/** kubectl has so long to listen. */
#define FORWARD_SECONDS 20.0

struct forward {
    struct process process;
    struct process_options options;
    const char *words[KUBECTL_WORDS_MAX];
    char service[80], ports[16];
    char url[48]; /**< "http://127.0.0.1:40123" once it is open */
};

/** Open; forward_close() is right afterwards, also after a failure. STATUS_EXTERNAL when kubectl
 *  does not listen in time, with what it said. */
enum status forward_open(struct forward *forward, const struct cluster *cluster,
                         const char *service, unsigned port,
                         struct diagnostics *diagnostics) MUST_CHECK;

/** Stop kubectl. A zeroed forward is fine. */
void forward_close(struct forward *forward);

#endif
