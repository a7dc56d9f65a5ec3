/**
 * One cluster, spoken to through kubectl.
 *
 * Every command names the context (and the kubeconfig when one was given), so that a context
 * switched in another terminal changes nothing here. Nothing here asks or prints.
 *
 * Thread safety: every function is reentrant.
 */
#ifndef STACK_KUBECTL_H
#define STACK_KUBECTL_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "stack/process.h"

#include <jansson.h>
#include <stdbool.h>

/** Which cluster, and who may stop what runs. Strings are borrowed. */
struct cluster {
    const char *kubeconfig; /**< NULL: KUBECONFIG or ~/.kube/config, as kubectl finds it */
    const char *context;    /**< NULL: the current one; cluster_find() makes it definite */
    const char *server;     /**< URL of the API server; set by cluster_find() */
    const char *name_space; /**< where the stack lives: STACK_NAMESPACE */
    /** True stops the command that runs: Ctrl-C. NULL: never. */
    bool (*interrupted)(void *context);
    void *interrupted_context;
};

/** Words of one command, with those that name the cluster. */
#define KUBECTL_WORDS_MAX 40

/** A command waits this long for the API server. */
#define KUBECTL_TIMEOUT_SECONDS 60.0
/** Most that is read of one answer; kubectl_json() refuses a longer one. */
#define KUBECTL_ANSWER_BYTES ((size_t)64 << 20)

/** What to say when kubectl is missing. */
extern const char kubectl_needed[];

/** Find the context that is meant, and its server. STATUS_EXTERNAL when there is no kubeconfig or
 *  no such context, with those there are. Asks the kubeconfig only, not the cluster. */
enum status cluster_find(struct cluster *cluster, struct arena *arena,
                         struct diagnostics *diagnostics) MUST_CHECK;

/** Fill `all` (KUBECTL_WORDS_MAX) with `kubectl`, what names the cluster, and `words`. False when
 *  there are too many. */
bool kubectl_words(const struct cluster *cluster, const char *const *words, const char **all);

/**
 * Run `kubectl WORDS...`. STATUS_OK when it ran to its end, with whatever exit status: judge
 * `result`. `input` may be NULL. process_result_fini() afterwards.
 */
enum status kubectl_run(const struct cluster *cluster, const char *const *words, const char *input,
                        size_t input_length, struct process_result *result,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** The same, and any exit status but 0 is STATUS_EXTERNAL; `what` says what was being done, such
 *  as "reading the nodes". */
enum status kubectl_do(const struct cluster *cluster, const char *const *words, const char *what,
                       struct process_result *result, struct diagnostics *diagnostics) MUST_CHECK;

/** Run `kubectl WORDS... --output json` and parse what it prints. `*answer` is NULL when it prints
 *  nothing, as `get --ignore-not-found` does. json_decref() it. */
enum status kubectl_json(const struct cluster *cluster, const char *const *words, const char *what,
                         json_t **answer, struct diagnostics *diagnostics) MUST_CHECK;

/** `kubectl get KIND NAME` in the stack's namespace (cluster-wide kinds take no notice). `*object`
 *  is NULL when there is none; json_decref() it. */
enum status kubectl_get(const struct cluster *cluster, const char *kind, const char *name,
                        json_t **object, struct diagnostics *diagnostics) MUST_CHECK;

/** True for a name that may reach an argument: a DNS label or subdomain, at most 253 characters. */
bool kubectl_name_is_valid(const char *name);

/** True for the name of a context: printable, no leading dash, at most 253 bytes. */
bool kubectl_context_is_valid(const char *name);

/** The string at the keys of a path of objects, "" when there is none: one that lives as long as
 *  `json`. kubectl_string(pod, "status", "phase", NULL). */
const char *kubectl_string(const json_t *json, ...) __attribute__((sentinel));

/** The same for any value; NULL when there is none. Borrowed. */
json_t *kubectl_value(const json_t *json, ...) __attribute__((sentinel));

/** The object of an array whose `name` is that one, or NULL. Borrowed. */
const json_t *kubectl_named(const json_t *array, const char *name);

/** The entry of `status.conditions` of that type, or NULL. Borrowed. */
const json_t *kubectl_condition(const json_t *object, const char *type);

/** True when that condition's status is "True". */
bool kubectl_condition_holds(const json_t *object, const char *type);

/** A command that lists several objects: the array of them; NULL when there is none. Borrowed. */
json_t *kubectl_items(const json_t *list);

#endif
