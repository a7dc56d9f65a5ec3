#include "tests/cluster/scheduler_objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64 };

void scheduler_node_name(unsigned number, size_t node, char *name, size_t size) {
    snprintf(name, size, "node%u-%zu", number, node);
}

static json_t *amounts(double cores, double bytes) {
    json_t *amounts = json_object();
    if (cores > 0)
        json_object_set_new(amounts, "cpu", json_sprintf("%.0fm", 1000 * cores));
    if (bytes > 0)
        json_object_set_new(amounts, "memory", json_sprintf("%.0f", bytes));
    return amounts;
}

static json_t *list_of(json_t *items) {
    return json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "List", "items", items);
}

static json_t *node_object(const struct instance_type *type, const char *name) {
    json_t *room = amounts(node_allocatable_cores(type), node_allocatable_bytes(type));
    json_object_set_new(room, "pods", json_sprintf("%u", type->max_pods));
    return json_pack("{s:s, s:s, s:{s:s, s:{s:s, s:s, s:s}}, s:{s:O, s:o}}", "apiVersion", "v1",
                     "kind", "Node", "metadata", "name", name, "labels", "kubernetes.io/hostname",
                     name, "topology.kubernetes.io/zone", "us-east-1a",
                     "node.kubernetes.io/instance-type", type->name, "status", "capacity", room,
                     "allocatable", room);
}

json_t *scheduler_nodes(const struct plan *plan, unsigned number) {
    json_t *items = json_array();
    for (size_t i = 0; i < plan->node_count; i++) {
        char name[NAME_BYTES];
        scheduler_node_name(number, i, name, sizeof name);
        json_array_append_new(items, node_object(plan->nodes[i], name));
    }
    return list_of(items);
}

void scheduler_set(const struct plan_pod *pod, char *set, size_t size) {
    snprintf(set, size, "%s", pod->name);
    char *dash = strrchr(set, '-');
    if (dash && strspn(dash + 1, "0123456789") == strlen(dash + 1))
        *dash = '\0';
}

static json_t *service_object(const char *set) {
    return json_pack("{s:s, s:s, s:{s:s}, s:{s:s, s:{s:s}}}", "apiVersion", "v1", "kind", "Service",
                     "metadata", "name", set, "spec", "clusterIP", "None", "selector", "set", set);
}

/** One required term for each component among `bits`. */
static json_t *affinity_terms(unsigned bits) {
    json_t *terms = json_array();
    for (int component = 0; component < COMPONENT_COUNT; component++)
        if (bits & 1u << component)
            json_array_append_new(terms, json_pack("{s:s, s:{s:{s:s}}}", "topologyKey",
                                                   "kubernetes.io/hostname", "labelSelector",
                                                   "matchLabels", "component",
                                                   component_name((enum component)component)));
    return json_pack("{s:o}", "requiredDuringSchedulingIgnoredDuringExecution", terms);
}

int scheduler_daemon_node(const struct plan_pod *pod) {
    static const char *const daemons[] = {"aws-node-", "kube-proxy-", "ebs-csi-node-"};
    bool daemon = pod->component == COMPONENT_AGENT;
    for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++)
        daemon = daemon || strncmp(pod->name, daemons[i], strlen(daemons[i])) == 0;
    return daemon ? atoi(strrchr(pod->name, '-') + 1) : PACKING_ANYWHERE;
}

static json_t *affinity_of(const struct plan *plan, const struct plan_pod *pod, unsigned number) {
    json_t *affinity = json_object();
    int node = scheduler_daemon_node(pod);
    if (node != PACKING_ANYWHERE) {
        char name[NAME_BYTES];
        scheduler_node_name(number, (size_t)node, name, sizeof name);
        json_object_set_new(affinity, "nodeAffinity",
                            json_pack("{s:{s:[{s:[{s:s, s:s, s:[s]}]}]}}",
                                      "requiredDuringSchedulingIgnoredDuringExecution",
                                      "nodeSelectorTerms", "matchFields", "key", "metadata.name",
                                      "operator", "In", "values", name));
    } else if (pod->component >= 0) {
        unsigned joins, shuns;
        plan_split_rules(&plan->split, (enum component)pod->component, &joins, &shuns);
        if (joins)
            json_object_set_new(affinity, "podAffinity", affinity_terms(joins));
        if (shuns)
            json_object_set_new(affinity, "podAntiAffinity", affinity_terms(shuns));
    }
    return affinity;
}

static json_t *pod_object(const struct plan *plan, const struct plan_pod *pod, unsigned number) {
    char set[NAME_BYTES];
    scheduler_set(pod, set, sizeof set);
    const char *component =
        pod->component < 0 ? "system" : component_name((enum component)pod->component);
    return json_pack("{s:s, s:s, s:{s:s, s:{s:s, s:s}}, s:{s:o, s:[{s:s, s:s, s:{s:o}}]}}",
                     "apiVersion", "v1", "kind", "Pod", "metadata", "name", pod->name, "labels",
                     "set", set, "component", component, "spec", "affinity",
                     affinity_of(plan, pod, number), "containers", "name", "main", "image", set,
                     "resources", "requests", amounts(pod->request_cores, pod->request_bytes));
}

json_t *scheduler_pods(const struct plan *plan, unsigned number) {
    json_t *services = json_object(), *items = json_array();
    size_t order[PLAN_PODS_MAX];
    plan_pod_order(plan, order);
    for (size_t i = 0; i < plan->pod_count; i++) {
        char set[NAME_BYTES];
        scheduler_set(&plan->pods[i], set, sizeof set);
        json_object_set_new(services, set, service_object(set));
    }
    const char *set;
    json_t *service;
    json_object_foreach(services, set, service) json_array_append(items, service);
    json_decref(services);
    for (size_t i = 0; i < plan->pod_count; i++)
        json_array_append_new(items, pod_object(plan, &plan->pods[order[i]], number));
    return list_of(items);
}
