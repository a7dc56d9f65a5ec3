/* What this user may do. All questions go in one list through one kubectl, which asks the server
 * what `kubectl auth can-i` would; one process a question would take a minute on a cluster whose
 * credentials come from another program. */
#include "stack/preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_BYTES = 400, KINDS_BYTES_MAX = 200 };

#define GET 1u
#define LIST 2u
#define CREATE 4u
#define UPDATE 8u
#define PATCH 16u
#define DELETE 32u
#define OWN (GET | CREATE | PATCH | DELETE)

static const char *const verb_names[] = {"get", "list", "create", "update", "patch", "delete"};
enum { VERBS = sizeof verb_names / sizeof *verb_names };

/** Where: in the stack's namespace; there, but for the smoke test alone; in all namespaces, or to
 *  objects of the whole cluster. */
enum scope { IN_NAMESPACE, FOR_SMOKE, EVERYWHERE };

/** What a deployment does to a kind of object. */
struct need {
    const char *group, *resource, *subresource;
    unsigned verbs;
    enum scope scope;
};

static const struct need needs[] = {
    {"", "namespaces", "", GET | CREATE | PATCH, EVERYWHERE},
    {"", "nodes", "", LIST, EVERYWHERE},
    {"", "pods", "", LIST, EVERYWHERE},
    {"storage.k8s.io", "csidrivers", "", GET, EVERYWHERE},
    {"storage.k8s.io", "storageclasses", "", GET | CREATE | PATCH, EVERYWHERE},
    /* helm keeps each revision of a release in a secret. */
    {"", "secrets", "", OWN | LIST | UPDATE, IN_NAMESPACE},
    {"", "configmaps", "", OWN, IN_NAMESPACE},
    {"", "services", "", OWN, IN_NAMESPACE},
    {"", "serviceaccounts", "", OWN, IN_NAMESPACE},
    {"", "persistentvolumeclaims", "", GET | CREATE | PATCH, IN_NAMESPACE},
    {"", "pods", "", LIST, IN_NAMESPACE},
    {"", "pods", "log", GET, IN_NAMESPACE},
    {"", "pods", "", GET, FOR_SMOKE},
    {"", "pods", "portforward", CREATE, FOR_SMOKE},
    {"", "events", "", LIST, IN_NAMESPACE},
    {"apps", "statefulsets", "", OWN | LIST, IN_NAMESPACE},
    {"apps", "deployments", "", OWN | LIST, IN_NAMESPACE},
    {"apps", "daemonsets", "", OWN | LIST, IN_NAMESPACE},
    {"apps", "replicasets", "", LIST, IN_NAMESPACE},
    {"rbac.authorization.k8s.io", "roles", "", OWN, IN_NAMESPACE},
    {"rbac.authorization.k8s.io", "rolebindings", "", OWN, IN_NAMESPACE},
    {"rbac.authorization.k8s.io", "clusterroles", "", OWN, EVERYWHERE},
    {"rbac.authorization.k8s.io", "clusterrolebindings", "", OWN, EVERYWHERE},
};
enum { NEEDS = sizeof needs / sizeof *needs };

static bool is_asked(const struct deployment *deployment, const struct need *need) {
    return need->scope != FOR_SMOKE || deployment->options.smoke;
}

static json_t *question(const struct deployment *deployment, const struct need *need,
                        const char *verb) {
    return json_pack("{s:s, s:s, s:{}, s:{s:{s:s, s:s, s:s, s:s, s:s}}}", "apiVersion",
                     "authorization.k8s.io/v1", "kind", "SelfSubjectAccessReview", "metadata",
                     "spec", "resourceAttributes", "namespace",
                     need->scope == EVERYWHERE ? "" : deployment->cluster.name_space, "verb", verb,
                     "group", need->group, "resource", need->resource, "subresource",
                     need->subresource);
}

static char *print_questions(const struct deployment *deployment) {
    json_t *items = json_array();
    for (size_t i = 0; i < NEEDS; i++)
        for (size_t verb = 0; verb < VERBS; verb++)
            if (is_asked(deployment, &needs[i]) && needs[i].verbs & 1u << verb)
                json_array_append_new(items, question(deployment, &needs[i], verb_names[verb]));
    json_t *list = json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "List", "items", items);
    char *text = list ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return text;
}

/** Clear from `missing` what an answer allows. */
static void take_answer(const json_t *answer, unsigned missing[NEEDS]) {
    const json_t *asked = kubectl_value(answer, "spec", "resourceAttributes", NULL);
    if (!json_is_true(kubectl_value(answer, "status", "allowed", NULL)))
        return;
    for (size_t i = 0; i < NEEDS; i++) {
        bool everywhere = !kubectl_string(asked, "namespace", NULL)[0];
        if (strcmp(kubectl_string(asked, "resource", NULL), needs[i].resource) != 0 ||
            strcmp(kubectl_string(asked, "group", NULL), needs[i].group) != 0 ||
            strcmp(kubectl_string(asked, "subresource", NULL), needs[i].subresource) != 0 ||
            everywhere != (needs[i].scope == EVERYWHERE))
            continue;
        for (size_t verb = 0; verb < VERBS; verb++)
            if (strcmp(kubectl_string(asked, "verb", NULL), verb_names[verb]) == 0)
                missing[i] &= ~(1u << verb);
    }
}

/** kubectl prints one object after the other, or a list of them. Returns how many there were. */
static size_t take_answers(const char *bytes, size_t length, unsigned missing[NEEDS]) {
    size_t count = 0;
    while (length > 0) {
        json_error_t end;
        json_t *answer = json_loadb(bytes, length, JSON_DISABLE_EOF_CHECK, &end);
        if (!answer)
            break;
        const json_t *items = kubectl_items(answer);
        for (size_t i = 0; i < json_array_size(items); i++, count++)
            take_answer(json_array_get(items, i), missing);
        if (!items) {
            take_answer(answer, missing);
            count++;
        }
        json_decref(answer);
        bytes += end.position;
        length -= (size_t)end.position;
    }
    return count;
}

static void print_verbs(unsigned verbs, char *buffer, size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t verb = 0; verb < VERBS && used < size; verb++)
        if (verbs & 1u << verb)
            used += (size_t)snprintf(buffer + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     verb_names[verb]);
}

static void print_resource(const struct need *need, char *buffer, size_t size) {
    snprintf(buffer, size, "%s%s%s%s%s", need->resource, need->subresource[0] ? "/" : "",
             need->subresource, need->group[0] ? "." : "", need->group);
}

/** One complaint for all kinds that lack the same verbs in the same place. */
static void complain(const struct deployment *deployment, unsigned missing[NEEDS], size_t first,
                     struct diagnostics *diagnostics) {
    char verbs[80], kinds[GROUP_BYTES] = "";
    unsigned lacking = missing[first];
    bool everywhere = needs[first].scope == EVERYWHERE;
    size_t used = 0;
    for (size_t i = first; i < NEEDS; i++) {
        char resource[80];
        if (missing[i] != lacking || (needs[i].scope == EVERYWHERE) != everywhere)
            continue;
        print_resource(&needs[i], resource, sizeof resource);
        /* A message holds 320 bytes; what does not fit comes as another one. */
        if (used > 0 && used + strlen(resource) > KINDS_BYTES_MAX)
            continue;
        used += (size_t)snprintf(kinds + used, sizeof kinds - used, "%s%s", used > 0 ? ", " : "",
                                 resource);
        missing[i] = 0;
    }
    print_verbs(lacking, verbs, sizeof verbs);
    diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "you may not %s: %s%s%s", verbs,
                    kinds, everywhere ? ", in the whole cluster" : ", in namespace ",
                    everywhere ? "" : deployment->cluster.name_space);
}

static enum status judge(const struct deployment *deployment, unsigned missing[NEEDS],
                         struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    bool smoke_alone = true;
    for (size_t i = 0; i < NEEDS; i++)
        smoke_alone = smoke_alone && (!missing[i] || needs[i].scope == FOR_SMOKE);
    for (size_t i = 0; i < NEEDS; i++) {
        if (!missing[i])
            continue;
        /* What did not fit into a message stays to be said. */
        while (missing[i])
            complain(deployment, missing, i, diagnostics);
        status = STATUS_EXTERNAL;
    }
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (status != STATUS_OK && last)
        snprintf(last->hint, sizeof last->hint, "%s; nothing was changed",
                 smoke_alone ? "only the smoke test needs it: --no-smoke deploys without"
                             : "on EKS the access policy AmazonEKSClusterAdminPolicy allows all of "
                               "it");
    return status;
}

enum status preflight_permissions(struct deployment *deployment, struct diagnostics *diagnostics) {
    unsigned missing[NEEDS];
    struct process_result result;
    for (size_t i = 0; i < NEEDS; i++)
        missing[i] = is_asked(deployment, &needs[i]) ? needs[i].verbs : 0;
    char *questions = print_questions(deployment);
    if (!questions)
        return diagnostics_out_of_memory(diagnostics, "asking for permissions");
    enum status status =
        kubectl_run(&deployment->cluster,
                    (const char *const[]){"create", "--filename", "-", "--output", "json", NULL},
                    questions, strlen(questions), &result, diagnostics);
    if (status == STATUS_OK && take_answers(result.out, result.out_length, missing) == 0)
        status = process_complain("kubectl", &result, "asking what you may do", diagnostics);
    else if (status == STATUS_OK)
        status = judge(deployment, missing, diagnostics);
    process_result_fini(&result);
    free(questions);
    return status;
}
