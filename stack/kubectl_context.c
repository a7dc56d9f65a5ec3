/* Which cluster is meant: the kubeconfig's contexts. */
#include "sim/base/words.h"
#include "stack/kubectl.h"

#include <stdio.h>
#include <string.h>

enum { CONTEXTS_MAX = 256 };

static size_t context_names(const json_t *config, const char *names[CONTEXTS_MAX]) {
    const json_t *contexts = json_object_get(config, "contexts");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(contexts) && count < CONTEXTS_MAX; i++)
        names[count++] = kubectl_string(json_array_get(contexts, i), "name", NULL);
    return count;
}

static void hint_contexts(const char *const *names, size_t count, const char *wanted,
                          struct diagnostics *diagnostics) {
    struct diagnostic *last = diagnostics_last(diagnostics);
    int near = wanted ? words_nearest(wanted, names, count) : -1;
    if (!last)
        return;
    size_t used = (size_t)snprintf(
        last->hint, sizeof last->hint,
        near >= 0 ? "did you mean %s? there are: " : "%sthere are: ", near >= 0 ? names[near] : "");
    for (size_t i = 0; i < count && used < sizeof last->hint; i++)
        used += (size_t)snprintf(last->hint + used, sizeof last->hint - used, "%s%s",
                                 i > 0 ? ", " : "", names[i]);
    /* Half a name would be another one. */
    if (used >= sizeof last->hint)
        memcpy(last->hint + sizeof last->hint - sizeof "...", "...", sizeof "...");
}

static enum status no_context(const json_t *config, const struct cluster *cluster,
                              const char *wanted, struct diagnostics *diagnostics) {
    const char *names[CONTEXTS_MAX];
    char quoted[WORDS_QUOTE_BYTES];
    size_t count = context_names(config, names);
    const char *file = cluster->kubeconfig ? cluster->kubeconfig : "the kubeconfig";
    enum status status;
    if (count == 0) {
        status =
            diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "%s names no cluster", file);
        struct diagnostic *last = diagnostics_last(diagnostics);
        if (last)
            snprintf(last->hint, sizeof last->hint,
                     "aws eks update-kubeconfig --name CLUSTER writes one");
        return status;
    }
    status = wanted[0]
                 ? diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "%s has no context %s",
                                   file, words_quote(quoted, sizeof quoted, wanted))
                 : diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                   "%s has no current context: say --context NAME", file);
    hint_contexts(names, count, wanted[0] ? wanted : NULL, diagnostics);
    return status;
}

static enum status take_context(const json_t *config, struct cluster *cluster, struct arena *arena,
                                struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    const char *wanted =
        cluster->context ? cluster->context : kubectl_string(config, "current-context", NULL);
    const json_t *context = kubectl_named(json_object_get(config, "contexts"), wanted);
    if (!context)
        return no_context(config, cluster, wanted, diagnostics);
    if (!kubectl_context_is_valid(wanted))
        return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                               "the context's name %s cannot be used: it must be printable and "
                               "not begin with a dash",
                               words_quote(quoted, sizeof quoted, wanted));
    const char *cluster_name = kubectl_string(context, "context", "cluster", NULL);
    const json_t *entry = kubectl_named(json_object_get(config, "clusters"), cluster_name);
    const char *server = kubectl_string(entry, "cluster", "server", NULL);
    cluster->context = arena_copy(arena, wanted, strlen(wanted));
    cluster->server = arena_copy(arena, server, strlen(server));
    return cluster->context && cluster->server
               ? STATUS_OK
               : diagnostics_out_of_memory(diagnostics, "the cluster's name");
}

enum status cluster_find(struct cluster *cluster, struct arena *arena,
                         struct diagnostics *diagnostics) {
    /* The view must not be narrowed to a context that may not be there. */
    const struct cluster whole = {.kubeconfig = cluster->kubeconfig,
                                  .interrupted = cluster->interrupted,
                                  .interrupted_context = cluster->interrupted_context};
    json_t *config;
    enum status status = kubectl_json(&whole, (const char *const[]){"config", "view", NULL},
                                      "reading the kubeconfig", &config, diagnostics);
    if (status == STATUS_OK)
        status = take_context(config, cluster, arena, diagnostics);
    json_decref(config);
    return status;
}
