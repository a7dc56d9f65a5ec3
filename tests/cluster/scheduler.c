#include "tests/cluster/scheduler.h"

#include "tests/cluster/scheduler_objects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TRIES = 300, PAUSE_MICROSECONDS = 200000 };

static void kubectl(const struct cluster *cluster, const char *const words[], const char *input) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    struct process_result result;
    enum status status =
        kubectl_run(cluster, words, input, input ? strlen(input) : 0, &result, &diagnostics);
    if (status != STATUS_OK || !process_succeeded(&result))
        fail_msg("kubectl %s: %s", words[0],
                 status == STATUS_OK ? result.err : diagnostics.items[0].message);
    process_result_fini(&result);
}

static json_t *list(const struct cluster *cluster, const char *kind) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    const char *const words[] = {"get", kind, NULL};
    json_t *answer;
    if (kubectl_json(cluster, words, "reading the cluster", &answer, &diagnostics) != STATUS_OK)
        fail_msg("%s", diagnostics.items[0].message);
    return answer;
}

static void create(const struct cluster *cluster, json_t *objects) {
    char *text = json_dumps(objects, JSON_COMPACT);
    assert_non_null(text);
    const char *const words[] = {"create", "--filename", "-", NULL};
    kubectl(cluster, words, text);
    free(text);
    json_decref(objects);
}

/** The control plane taints a node until it has seen it ready. */
static bool nodes_are_ready(const struct cluster *cluster, size_t count) {
    json_t *nodes = list(cluster, "nodes"), *items = kubectl_items(nodes);
    bool ready = json_array_size(items) == count;
    for (size_t i = 0; i < json_array_size(items); i++)
        ready = ready && !kubectl_value(json_array_get(items, i), "spec", "taints", NULL);
    json_decref(nodes);
    return ready;
}

/** Node index of a pod, PACKING_PENDING once the scheduler has said that none will do, or -2. */
static int decision(const json_t *pod, const struct plan *plan, unsigned number) {
    const char *node = kubectl_string(pod, "spec", "nodeName", NULL);
    for (size_t i = 0; i < plan->node_count; i++) {
        char name[64];
        scheduler_node_name(number, i, name, sizeof name);
        if (strcmp(node, name) == 0)
            return (int)i;
    }
    const json_t *conditions = kubectl_value(pod, "status", "conditions", NULL);
    for (size_t i = 0; i < json_array_size(conditions); i++)
        if (strcmp(kubectl_string(json_array_get(conditions, i), "reason", NULL),
                   "Unschedulable") == 0)
            return PACKING_PENDING;
    return -2;
}

/** False while one pod or more is not decided on. */
static bool read_placement(const struct cluster *cluster, const struct plan *plan, unsigned number,
                           int *placement) {
    json_t *pods = list(cluster, "pods"), *items = kubectl_items(pods);
    bool all = json_array_size(items) == plan->pod_count;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *pod = json_array_get(items, i);
        const char *name = kubectl_string(pod, "metadata", "name", NULL);
        for (size_t p = 0; p < plan->pod_count; p++)
            if (strcmp(plan->pods[p].name, name) == 0) {
                placement[p] = decision(pod, plan, number);
                all = all && placement[p] >= PACKING_PENDING;
            }
    }
    json_decref(pods);
    return all;
}

void scheduler_place(const struct cluster *cluster, const struct plan *plan, unsigned number,
                     int *placement) {
    create(cluster, scheduler_nodes(plan, number));
    int tries = 0;
    while (!nodes_are_ready(cluster, plan->node_count) && tries++ < TRIES)
        usleep(PAUSE_MICROSECONDS);
    create(cluster, scheduler_pods(plan, number));
    while (!read_placement(cluster, plan, number, placement) && tries++ < TRIES)
        usleep(PAUSE_MICROSECONDS);
    if (tries >= TRIES)
        fail_msg("the scheduler did not decide on all pods of plan %u in time", number);
    const char *const remove[] = {
        "delete", "pods,services", "--selector", "component!=apiserver", "--grace-period",
        "0",      "--force",       NULL};
    kubectl(cluster, remove, NULL);
    const char *const remove_nodes[] = {"delete", "nodes", "--all", NULL};
    kubectl(cluster, remove_nodes, NULL);
}
