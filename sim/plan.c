#include "sim/plan.h"

#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const component_names[COMPONENT_COUNT] = {
    [COMPONENT_LOKI] = "loki",       [COMPONENT_TEMPO] = "tempo",
    [COMPONENT_GRAFANA] = "grafana", [COMPONENT_COLLECTOR] = "collector",
    [COMPONENT_AGENT] = "agent",
};

const char *component_name(enum component component) {
    return component_names[component];
}

const char *component_title(enum component component, enum agent_kind agent_kind) {
    static const char *const titles[COMPONENT_COUNT] = {
        [COMPONENT_LOKI] = "Loki",
        [COMPONENT_TEMPO] = "Tempo",
        [COMPONENT_GRAFANA] = "Grafana",
        [COMPONENT_COLLECTOR] = "OTel Collector",
    };
    if (component == COMPONENT_AGENT)
        return agent_kind == AGENT_KIND_ALLOY ? "Alloy" : "Promtail";
    return titles[component];
}

/**
 * Pods that EKS itself runs; requests of the managed add-ons' manifests. What they use: some 10 MiB
 * a container of the EBS CSI controller (kubernetes-sigs/aws-ebs-csi-driver#2872), a whole node
 * with the CNI, the proxy and two DNS pods at 410 MiB with its system
 * (kubernetes-sigs/metrics-server #193); the split between these is an assumption.
 */
static const struct system_pod {
    const char *name;
    bool on_every_node;
    unsigned replicas;
    double request_cores, request_mib;
    double used_cores, used_mib;
} system_pods[] = {
    {"aws-node", true, 1, 0.050, 0, 0.010, 50},
    {"kube-proxy", true, 1, 0.100, 0, 0.005, 30},
    {"ebs-csi-node", true, 1, 0.030, 104, 0.003, 40},
    {"coredns", false, 2, 0.100, 70, 0.005, 25},
    {"ebs-csi-controller", false, 2, 0.060, 232, 0.005, 80},
};
enum { SYSTEM_POD_COUNT = sizeof system_pods / sizeof *system_pods };

static const char *const component_pods[COMPONENT_COUNT] = {
    [COMPONENT_LOKI] = "loki",
    [COMPONENT_TEMPO] = "tempo",
    [COMPONENT_GRAFANA] = "grafana",
    [COMPONENT_COLLECTOR] = "opentelemetry-collector",
};

enum status plan_from_scenario(const struct scenario *scenario,
                               const struct instance_table *instances, struct plan *plan,
                               struct diagnostics *diagnostics) {
    const struct scenario_cluster *cluster = &scenario->cluster;
    const struct scenario_stack *stack = &scenario->stack;
    memset(plan, 0, sizeof *plan);
    for (size_t i = 0; i < cluster->node_group_count; i++) {
        const struct instance_type *type = instance_find(instances, cluster->nodes[i].type);
        if (!type)
            return diagnostics_add(diagnostics, STATUS_INVALID, scenario->file, 0, 0,
                                   "no instance type is called '%s'", cluster->nodes[i].type);
        for (unsigned n = 0; n < cluster->nodes[i].count; n++) {
            if (plan->node_count == PLAN_NODES_MAX)
                return diagnostics_add(diagnostics, STATUS_INVALID, scenario->file, 0, 0,
                                       "cluster.nodes: at most %d nodes are simulated",
                                       PLAN_NODES_MAX);
            plan->nodes[plan->node_count++] = type;
        }
    }
    if (!cluster->dedicated && cluster->other_pods > PLAN_OTHER_PODS_MAX)
        return diagnostics_add(diagnostics, STATUS_INVALID, scenario->file, 0, 0,
                               "cluster.other_requests.pods: at most %d are simulated, found %u",
                               PLAN_OTHER_PODS_MAX, cluster->other_pods);
    plan->purchase = cluster->purchase;
    plan->credits_unlimited = cluster->credits_unlimited;
    plan->root_volume_bytes = cluster->root_volume_bytes;
    plan->resources[COMPONENT_LOKI] = stack->loki.resources;
    plan->resources[COMPONENT_TEMPO] = stack->tempo.resources;
    plan->resources[COMPONENT_GRAFANA] = stack->grafana;
    plan->resources[COMPONENT_COLLECTOR] = stack->collector;
    plan->resources[COMPONENT_AGENT] = stack->agent;
    plan->loki = stack->loki.settings;
    plan->tempo = stack->tempo.settings;
    plan->loki_retention_seconds = stack->loki.retention_seconds;
    plan->tempo_retention_seconds = stack->tempo.retention_seconds;
    plan->loki_memory_limit_target = stack->loki.memory_limit_target;
    plan->tempo_memory_limit_target = stack->tempo.memory_limit_target;
    plan->ingestion_rate_bytes_per_second = stack->loki.ingestion_rate_bytes_per_second;
    plan->max_streams = stack->loki.max_streams;
    plan->agent_kind = stack->agent_kind;
    plan_settle(scenario, plan);
    return STATUS_OK;
}

static struct plan_pod *add_pod(struct plan *plan, int component, double cores, double bytes) {
    if (plan->pod_count == PLAN_PODS_MAX)
        return NULL;
    struct plan_pod *pod = &plan->pods[plan->pod_count++];
    *pod = (struct plan_pod){.system = component < 0,
                             .node = PACKING_ANYWHERE,
                             .component = component,
                             .request_cores = cores,
                             .request_bytes = bytes};
    return pod;
}

static void add_system_pod(struct plan *plan, const struct system_pod *facts, int node,
                           size_t number) {
    struct plan_pod *pod = add_pod(plan, -1, facts->request_cores, facts->request_mib * MIB);
    if (!pod)
        return;
    pod->node = node;
    pod->used_cores = facts->used_cores;
    pod->used_bytes = facts->used_mib * MIB;
    snprintf(pod->name, sizeof pod->name, "%s-%zu", facts->name, number);
}

/** Pods of DaemonSets, on each node: EKS's own, then the log agent. */
static void add_daemon_pods(const struct scenario *scenario, struct plan *plan, size_t node) {
    for (size_t i = 0; scenario->cluster.system_pods && i < SYSTEM_POD_COUNT; i++)
        if (system_pods[i].on_every_node)
            add_system_pod(plan, &system_pods[i], (int)node, node);
    const struct scenario_resources *agent = &plan->resources[COMPONENT_AGENT];
    struct plan_pod *pod =
        add_pod(plan, COMPONENT_AGENT, agent->request_cores, agent->request_bytes);
    if (!pod)
        return;
    pod->node = (int)node;
    snprintf(pod->name, sizeof pod->name, "%s-%zu", agent_kind_name(plan->agent_kind), node);
}

static void add_free_pods(const struct scenario *scenario, struct plan *plan) {
    for (size_t i = 0; scenario->cluster.system_pods && i < SYSTEM_POD_COUNT; i++)
        for (unsigned n = 0; !system_pods[i].on_every_node && n < system_pods[i].replicas; n++)
            add_system_pod(plan, &system_pods[i], PACKING_ANYWHERE, n);
    const struct scenario_cluster *cluster = &scenario->cluster;
    for (unsigned n = 0; !cluster->dedicated && n < cluster->other_pods; n++) {
        struct plan_pod *pod = add_pod(plan, -1, cluster->other_request_cores / cluster->other_pods,
                                       cluster->other_request_bytes / cluster->other_pods);
        if (!pod)
            break;
        /* Other tenants are taken at their word. */
        pod->used_cores = pod->request_cores;
        pod->used_bytes = pod->request_bytes;
        snprintf(pod->name, sizeof pod->name, "other-%u", n);
    }
    for (int component = 0; component < COMPONENT_AGENT; component++) {
        const struct scenario_resources *resources = &plan->resources[component];
        struct plan_pod *pod =
            add_pod(plan, component, resources->request_cores, resources->request_bytes);
        if (pod)
            snprintf(pod->name, sizeof pod->name, "%s", component_pods[component]);
    }
}

/** The owner whose pods the scheduler spreads: the name without its number. */
static void set_name(const char *pod_name, char *set, size_t size) {
    snprintf(set, size, "%s", pod_name);
    char *dash = strrchr(set, '-');
    if (dash && strspn(dash + 1, "0123456789") == strlen(dash + 1))
        *dash = '\0';
}

/** As the releases are installed (stack/releases.h), each after what it needs. */
static const enum component install_order[COMPONENT_COUNT] = {
    COMPONENT_LOKI, COMPONENT_TEMPO, COMPONENT_COLLECTOR, COMPONENT_AGENT, COMPONENT_GRAFANA};

void plan_pod_order(const struct plan *plan, size_t *order) {
    size_t count = 0;
    for (size_t i = 0; i < plan->pod_count; i++)
        if (plan->pods[i].component < 0)
            order[count++] = i;
    for (int next = 0; next < COMPONENT_COUNT; next++)
        for (size_t i = 0; i < plan->pod_count; i++)
            if (plan->pods[i].component == (int)install_order[next])
                order[count++] = i;
}

static void place(struct plan *plan) {
    struct packing_node nodes[PLAN_NODES_MAX];
    struct packing_pod pods[PLAN_PODS_MAX];
    char sets[PLAN_PODS_MAX][48];
    int placement[PLAN_PODS_MAX];
    size_t order[PLAN_PODS_MAX];
    for (size_t i = 0; i < plan->node_count; i++)
        nodes[i] =
            (struct packing_node){node_allocatable_cores(plan->nodes[i]),
                                  node_allocatable_bytes(plan->nodes[i]), plan->nodes[i]->max_pods};
    plan_pod_order(plan, order);
    for (size_t i = 0; i < plan->pod_count; i++) {
        const struct plan_pod *pod = &plan->pods[order[i]];
        set_name(pod->name, sets[i], sizeof sets[i]);
        pods[i] = (struct packing_pod){.name = pod->name,
                                       .set = sets[i],
                                       .request_cores = pod->request_cores,
                                       .request_bytes = pod->request_bytes,
                                       .pinned_node = pod->node};
        if (!plan->split.fixed || pod->component < 0 || pod->component >= COMPONENT_AGENT)
            continue;
        pods[i].label = 1u << pod->component;
        plan_split_rules(&plan->split, (enum component)pod->component, &pods[i].joins,
                         &pods[i].shuns);
    }
    plan->pending =
        packing_place(nodes, plan->node_count, pods, plan->pod_count, placement).pending;
    for (size_t i = 0; i < plan->pod_count; i++)
        plan->pods[order[i]].node = placement[i];
}

void plan_settle(const struct scenario *scenario, struct plan *plan) {
    struct scenario_resources *loki = &plan->resources[COMPONENT_LOKI];
    struct scenario_resources *tempo = &plan->resources[COMPONENT_TEMPO];
    plan->loki.memory_limit_bytes = loki->limit_bytes;
    plan->tempo.memory_limit_bytes = tempo->limit_bytes;
    /* Whole MiB, as the emitted GOMEMLIMIT has it. */
    plan->loki.memory_goal_bytes =
        floor(loki->limit_bytes * plan->loki_memory_limit_target / MIB) * MIB;
    plan->tempo.memory_goal_bytes =
        floor(tempo->limit_bytes * plan->tempo_memory_limit_target / MIB) * MIB;
    plan->pod_count = 0;
    for (size_t node = 0; node < plan->node_count; node++)
        add_daemon_pods(scenario, plan, node);
    add_free_pods(scenario, plan);
    place(plan);
}

int plan_node_of(const struct plan *plan, enum component component) {
    for (size_t i = 0; i < plan->pod_count; i++)
        if (plan->pods[i].component == (int)component)
            return plan->pods[i].node;
    return PACKING_PENDING;
}

double plan_service_hosts(const struct scenario *scenario) {
    const double replicas_per_host = 8;
    double replicas = 0;
    for (size_t i = 0; i < scenario->workload.service_count; i++)
        replicas += scenario->workload.services[i].replicas;
    return fmax(1, ceil(replicas / replicas_per_host));
}

void plan_split_rules(const struct plan_split *split, enum component component, unsigned *joins,
                      unsigned *shuns) {
    bool before = true;
    *joins = *shuns = 0;
    for (int next = 0; next < COMPONENT_COUNT && split->fixed; next++) {
        const enum component other = install_order[next];
        before = before && other != component;
        if (other == COMPONENT_AGENT)
            continue;
        if (split->group[other] != split->group[component])
            *shuns |= 1u << other;
        else if (before && *joins == 0)
            *joins = 1u << other;
    }
}

/** Whether no component before it, as they are counted, is of its group. */
static bool begins_group(const struct plan_split *split, int component) {
    for (int other = 0; other < component; other++)
        if (split->group[other] == split->group[component])
            return false;
    return true;
}

char *plan_print_split(const struct plan_split *split, char *buffer, size_t size) {
    snprintf(buffer, size, "%s", split->fixed ? "" : "left to the scheduler");
    size_t used = strlen(buffer);
    for (int first = 0; first < COMPONENT_AGENT && split->fixed; first++) {
        for (int other = first; other < COMPONENT_AGENT && begins_group(split, first); other++) {
            if (split->group[other] != split->group[first])
                continue;
            const char *between = other > first ? " + " : used > 0 ? " / " : "";
            int wrote = snprintf(buffer + used, size - used, "%s%s", between,
                                 component_title((enum component)other, AGENT_KIND_PROMTAIL));
            if (wrote < 0 || (size_t)wrote >= size - used)
                return buffer;
            used += (size_t)wrote;
        }
    }
    return buffer;
}

char *plan_print_nodes(const struct plan *plan, char *buffer, size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < plan->node_count;) {
        size_t count = 1;
        while (i + count < plan->node_count && plan->nodes[i + count] == plan->nodes[i])
            count++;
        int wrote = snprintf(buffer + used, size - used, "%s%zu x %s", i ? " + " : "", count,
                             plan->nodes[i]->name);
        if (wrote < 0 || (size_t)wrote >= size - used)
            break;
        used += (size_t)wrote;
        i += count;
    }
    return buffer;
}
