/* What Kubernetes holds: workloads, volumes, pods, nodes. */
#include "stack/verify_lines.h"

#include "sim/base/units.h"
#include "stack/names.h"
#include "stack/values_common.h"

#include <stdio.h>
#include <string.h>

static void compare_resources(struct verify *verify, struct verify_place place,
                              const struct scenario_resources *planned, const json_t *container) {
    verify_compare_cores(verify, place, "CPU request", planned->request_cores,
                         kubectl_string(container, "resources", "requests", "cpu", NULL));
    verify_compare_bytes(verify, place, "memory request", planned->request_bytes,
                         kubectl_string(container, "resources", "requests", "memory", NULL));
    verify_compare_cores(verify, place, "CPU limit", planned->limit_cores,
                         kubectl_string(container, "resources", "limits", "cpu", NULL));
    verify_compare_bytes(verify, place, "memory limit", planned->limit_bytes,
                         kubectl_string(container, "resources", "limits", "memory", NULL));
}

/** GOMEMLIMIT of a store, as it is emitted. */
static void compare_memory_goal(struct verify *verify, struct verify_place place, double planned,
                                const json_t *container) {
    char text[VALUES_COMMON_BYTES] = "";
    if (planned > 0)
        values_common_print_goal(text, sizeof text, planned);
    const json_t *variable = kubectl_named(json_object_get(container, "env"), "GOMEMLIMIT");
    const char *live = kubectl_string(variable, "value", NULL);
    if (*text || *live)
        verify_compare(verify, place, "GOMEMLIMIT", text, live);
}

static json_int_t whole(const json_t *object, const char *key) {
    return json_integer_value(json_object_get(kubectl_value(object, "status", NULL), key));
}

static void compare_ready(struct verify *verify, struct verify_place place,
                          const json_t *workload) {
    bool daemon = strcmp(kubectl_string(workload, "kind", NULL), "DaemonSet") == 0;
    json_int_t wanted = daemon
                            ? whole(workload, "desiredNumberScheduled")
                            : json_integer_value(kubectl_value(workload, "spec", "replicas", NULL));
    json_int_t ready = whole(workload, daemon ? "numberReady" : "readyReplicas");
    char planned[32], live[32];
    snprintf(planned, sizeof planned, "%lld", (long long)wanted);
    snprintf(live, sizeof live, "%lld", (long long)ready);
    verify_compare(verify, place, "pods ready", planned, live);
}

static const json_t *find_object(const json_t *list, const char *kind, const char *name) {
    size_t i;
    json_t *object;
    json_array_foreach(kubectl_items(list), i, object) {
        if ((!kind || strcmp(kubectl_string(object, "kind", NULL), kind) == 0) &&
            strcmp(kubectl_string(object, "metadata", "name", NULL), name) == 0)
            return object;
    }
    return NULL;
}

static void look_at_workload(struct verify *verify, const struct verify_plan *plan,
                             const struct release *release, const json_t *workloads) {
    const struct verify_place place = verify_place(VERIFY_OBJECTS, release);
    const struct plan *planned = &plan->outcome->plan;
    const json_t *workload = find_object(workloads, release->workload_kind, release->workload);
    const json_t *containers =
        kubectl_value(workload, "spec", "template", "spec", "containers", NULL);
    const json_t *container = kubectl_named(containers, release->container);
    if (!workload || !container) {
        char name[96];
        snprintf(name, sizeof name, "%s %s", release->workload_kind, release->workload);
        verify_add(verify, place, "workload", VERIFY_DRIFT, name, NULL,
                   workload ? "its container is not there" : "it is not there");
        return;
    }
    compare_resources(verify, place, &planned->resources[release->component], container);
    if (release->component == COMPONENT_LOKI)
        compare_memory_goal(verify, place, planned->loki.memory_goal_bytes, container);
    if (release->component == COMPONENT_TEMPO)
        compare_memory_goal(verify, place, planned->tempo.memory_goal_bytes, container);
    compare_ready(verify, place, workload);
}

static void look_at_claim(struct verify *verify, const struct verify_plan *plan,
                          const struct release *release, const json_t *claims) {
    const struct verify_place place = verify_place(VERIFY_OBJECTS, release);
    double planned = plan->outcome->plan.resources[release->component].volume_bytes;
    const json_t *claim = find_object(claims, NULL, release->claim);
    if (!claim) {
        verify_add(verify, place, "volume", VERIFY_DRIFT, release->claim, NULL,
                   "the claim is not there");
        return;
    }
    verify_compare_bytes(verify, place, "volume asked for", planned,
                         kubectl_string(claim, "spec", "resources", "requests", "storage", NULL));
    verify_compare_bytes(verify, place, "volume", planned,
                         kubectl_string(claim, "status", "capacity", "storage", NULL));
    verify_compare(verify, place, "StorageClass", STACK_STORAGE_CLASS,
                   kubectl_string(claim, "spec", "storageClassName", NULL));
}

/** Restarts of a release's pods so far, and those whose last one was a kill for memory. A kill is
 *  drift only where fewer than half of the simulated runs have one. */
static void look_at_restarts(struct verify *verify, const struct verify_plan *plan,
                             const struct release *release, const json_t *pods) {
    const struct verify_place place = verify_place(VERIFY_OBJECTS, release);
    const struct component_outcome *expected = &plan->outcome->components[release->component];
    json_int_t restarts = 0;
    size_t killed = 0, i, j;
    json_t *pod, *status;
    json_array_foreach(kubectl_items(pods), i, pod) {
        json_array_foreach(kubectl_value(pod, "status", "containerStatuses", NULL), j, status) {
            if (strcmp(kubectl_string(status, "name", NULL), release->container) != 0)
                continue;
            restarts += json_integer_value(json_object_get(status, "restartCount"));
            killed += strcmp(kubectl_string(status, "lastState", "terminated", "reason", NULL),
                             "OOMKilled") == 0;
        }
    }
    char live[64], chance[32];
    snprintf(live, sizeof live, "%lld, %zu for memory", (long long)restarts, killed);
    units_print_percent(chance, sizeof chance, expected->out_of_memory.value);
    verify_add(verify, place, "restarts",
               killed > 0 && expected->out_of_memory.value < 0.5 ? VERIFY_DRIFT : VERIFY_SAME, "0",
               live, "a kill for memory was expected in %s of runs of the horizon", chance);
}

/** How many of the plan's nodes before `end` are of that type. */
static unsigned count_planned(const struct plan *plan, const char *type, size_t end) {
    unsigned count = 0;
    for (size_t n = 0; n < end; n++)
        count += strcmp(plan->nodes[n]->name, type) == 0;
    return count;
}

static unsigned count_live(const json_t *nodes, const char *type) {
    static const char label[] = "node.kubernetes.io/instance-type";
    unsigned count = 0;
    size_t i;
    json_t *node;
    json_array_foreach(kubectl_items(nodes), i, node) {
        count += strcmp(kubectl_string(node, "metadata", "labels", label, NULL), type) == 0;
    }
    return count;
}

/** Nodes of each type that the plan has. More of them, or other ones beside, are no drift. */
static void look_at_nodes(struct verify *verify, const struct plan *plan, const json_t *nodes) {
    const struct verify_place place = {VERIFY_OBJECTS, "nodes"};
    for (size_t n = 0; n < plan->node_count; n++) {
        const char *type = plan->nodes[n]->name;
        if (count_planned(plan, type, n) > 0)
            continue;
        unsigned wanted = count_planned(plan, type, plan->node_count);
        unsigned found = count_live(nodes, type);
        char planned[16], live[16];
        snprintf(planned, sizeof planned, "%u", wanted);
        snprintf(live, sizeof live, "%u", found);
        verify_add(verify, place, type, found < wanted ? VERIFY_DRIFT : VERIFY_SAME, planned, live,
                   NULL);
    }
}

/** `kubectl get KINDS` in the stack's namespace. */
static enum status list(const struct cluster *cluster, const char *kinds, json_t **answer,
                        struct diagnostics *diagnostics) {
    char what[128];
    const char *const words[] = {"get", kinds, "--namespace", cluster->name_space, NULL};
    snprintf(what, sizeof what, "listing %s", kinds);
    return kubectl_json(cluster, words, what, answer, diagnostics);
}

enum status verify_objects(const struct cluster *cluster, const struct verify_view *view,
                           struct verify *verify, struct diagnostics *diagnostics) {
    const struct release_list *releases = view->releases;
    json_t *workloads = NULL, *claims = NULL, *pods = NULL;
    enum status status =
        list(cluster, "statefulsets,deployments,daemonsets", &workloads, diagnostics);
    if (status == STATUS_OK)
        status = list(cluster, "persistentvolumeclaims", &claims, diagnostics);
    if (status == STATUS_OK)
        status = list(cluster, "pods", &pods, diagnostics);
    for (size_t i = 0; i < releases->count && status == STATUS_OK; i++) {
        const struct release *release = &releases->items[i];
        look_at_workload(verify, view->plan, release, workloads);
        if (release->claim)
            look_at_claim(verify, view->plan, release, claims);
        look_at_restarts(verify, view->plan, release, pods);
    }
    if (status == STATUS_OK)
        look_at_nodes(verify, &view->plan->outcome->plan, view->nodes);
    json_decref(workloads);
    json_decref(claims);
    json_decref(pods);
    return status;
}
