#include "stack/forward.h"

#include <stdio.h>
#include <string.h>

static const char listening[] = "Forwarding from 127.0.0.1:";
static const double stop_seconds = 2;

static bool fill_words(struct forward *forward, const struct cluster *cluster) {
    const char *const words[] = {"port-forward", "--namespace",    cluster->name_space, "--address",
                                 "127.0.0.1",    forward->service, forward->ports,      NULL};
    return kubectl_words(cluster, words, forward->words);
}

/** What kubectl printed so far holds the port it listens on. */
static bool read_port(struct forward *forward) {
    size_t length;
    const char *printed = process_printed(&forward->process, &length);
    const char *at = length > 0 ? memmem(printed, length, listening, sizeof listening - 1) : NULL;
    char digits[8] = "";
    if (!at)
        return false;
    at += sizeof listening - 1;
    size_t left = length - (size_t)(at - printed), count = 0;
    while (count < left && count < sizeof digits - 1 && at[count] >= '0' && at[count] <= '9') {
        digits[count] = at[count];
        count++;
    }
    /* A port cut short by the end of what was read so far is not the port. */
    if (count == 0 || count == left)
        return false;
    snprintf(forward->url, sizeof forward->url, "http://127.0.0.1:%s", digits);
    return true;
}

static enum status complain(struct forward *forward, struct diagnostics *diagnostics) {
    struct process_result result;
    char what[128];
    enum status status = process_finish(&forward->process, &result, diagnostics);
    forward->process = (struct process){0};
    if (result.end == PROCESS_STOPPED)
        snprintf(what, sizeof what, "forwarding a port of %s took more than %.0f s",
                 forward->service, FORWARD_SECONDS);
    else
        snprintf(what, sizeof what, "forwarding a port of %s", forward->service);
    if (status == STATUS_OK)
        status = process_complain(forward->words[0], &result, what, diagnostics);
    process_result_fini(&result);
    return status;
}

enum status forward_open(struct forward *forward, const struct cluster *cluster,
                         const char *service, unsigned port, struct diagnostics *diagnostics) {
    memset(forward, 0, sizeof *forward);
    snprintf(forward->service, sizeof forward->service, "service/%s", service);
    snprintf(forward->ports, sizeof forward->ports, ":%u", port);
    if (!fill_words(forward, cluster))
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "a kubectl command has more than %d words", KUBECTL_WORDS_MAX);
    forward->options = (struct process_options){.arguments = forward->words,
                                                .interrupt_grace_seconds = stop_seconds,
                                                .terminate_grace_seconds = stop_seconds,
                                                .interrupted = cluster->interrupted,
                                                .context = cluster->interrupted_context,
                                                .needed_hint = kubectl_needed};
    enum status status = process_start(&forward->options, &forward->process, diagnostics);
    if (status != STATUS_OK) {
        forward->process = (struct process){0};
        return status;
    }
    bool alive = process_wait_for(&forward->process, listening, FORWARD_SECONDS);
    /* The port may come in a later piece than the words before it. */
    for (int look = 0; look < 10 && alive; look++) {
        if (read_port(forward))
            return STATUS_OK;
        alive = process_pump(&forward->process, 0.1);
    }
    return complain(forward, diagnostics);
}

void forward_close(struct forward *forward) {
    struct diagnostics unheard;
    struct process_result result;
    if (forward->process.id == 0)
        return;
    diagnostics_init(&unheard);
    if (process_finish(&forward->process, &result, &unheard) == STATUS_OK)
        process_result_fini(&result);
    memset(forward, 0, sizeof *forward);
}
