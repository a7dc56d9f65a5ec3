#include "stack/preflight_nodes.h"

#include "sim/base/units.h"
#include "stack/preflight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A pod of the plan, or a group of pods that must share a node. */
struct bundle {
    char name[96];
    double cores, bytes, pods;
    int group; /**< of the plan's split; -1: it may go anywhere */
    int node;  /**< where it was placed; PACKING_PENDING when nowhere */
};

enum { BUNDLES_MAX = COMPONENT_AGENT };

static bool fits(const struct preflight_node *node, const struct bundle *bundle) {
    return bundle->cores <= node->free_cores + 1e-6 && bundle->bytes <= node->free_bytes + 0.5 &&
           bundle->pods <= node->free_pods;
}

static void take(struct preflight_node *node, const struct bundle *bundle) {
    node->free_cores -= bundle->cores;
    node->free_bytes -= bundle->bytes;
    node->free_pods -= bundle->pods;
}

static const struct plan_pod *pod_of(const struct plan *plan, int component) {
    for (size_t i = 0; i < plan->pod_count; i++)
        if (plan->pods[i].component == component)
            return &plan->pods[i];
    return NULL;
}

static struct bundle *bundle_for(const struct plan *plan, int component, struct bundle *bundles,
                                 size_t *count) {
    int group = plan->split.fixed ? plan->split.group[component] : -1;
    for (size_t i = 0; i < *count && group >= 0; i++)
        if (bundles[i].group == group)
            return &bundles[i];
    struct bundle *bundle = &bundles[(*count)++];
    *bundle = (struct bundle){.group = group, .node = PACKING_PENDING};
    return bundle;
}

static size_t make_bundles(const struct plan *plan, struct bundle bundles[BUNDLES_MAX]) {
    size_t count = 0;
    for (int component = 0; component < COMPONENT_AGENT; component++) {
        const struct plan_pod *pod = pod_of(plan, component);
        if (!pod)
            continue;
        struct bundle *bundle = bundle_for(plan, component, bundles, &count);
        size_t used = strlen(bundle->name);
        snprintf(bundle->name + used, sizeof bundle->name - used, "%s%s", used > 0 ? " and " : "",
                 component_title((enum component)component, plan->agent_kind));
        bundle->cores += pod->request_cores;
        bundle->bytes += pod->request_bytes;
        bundle->pods += 1;
    }
    return count;
}

static bool is_free_for(const struct bundle *bundles, size_t placed, const struct bundle *bundle,
                        int node) {
    for (size_t i = 0; i < placed; i++)
        if (bundles[i].node == node && bundle->group >= 0)
            return false;
    return true;
}

/** Bundles of a split go to nodes of their own: try every way. There are at most four. */
static bool place_split(struct preflight_room *room, struct bundle *bundles, size_t placed,
                        size_t count) {
    if (placed == count)
        return true;
    struct bundle *bundle = &bundles[placed];
    for (size_t i = 0; i < room->count; i++) {
        if (!fits(&room->nodes[i], bundle) || !is_free_for(bundles, placed, bundle, (int)i))
            continue;
        bundle->node = (int)i;
        if (place_split(room, bundles, placed + 1, count)) {
            take(&room->nodes[i], bundle);
            return true;
        }
    }
    bundle->node = PACKING_PENDING;
    return false;
}

/** Left alone, pods go where kube-scheduler puts them. */
static void place_freely(struct preflight_room *room, struct bundle *bundles, size_t count) {
    struct packing_node nodes[PREFLIGHT_NODES_MAX];
    struct packing_pod pods[BUNDLES_MAX];
    int placement[BUNDLES_MAX];
    for (size_t i = 0; i < room->count; i++)
        nodes[i] = (struct packing_node){.allocatable_cores = fmax(room->nodes[i].free_cores, 0),
                                         .allocatable_bytes = fmax(room->nodes[i].free_bytes, 0),
                                         .max_pods = (unsigned)fmax(room->nodes[i].free_pods, 0)};
    for (size_t i = 0; i < count; i++)
        pods[i] = (struct packing_pod){.name = bundles[i].name,
                                       .set = bundles[i].name,
                                       .request_cores = bundles[i].cores,
                                       .request_bytes = bundles[i].bytes,
                                       .pinned_node = PACKING_ANYWHERE};
    packing_place(nodes, room->count, pods, count, placement);
    for (size_t i = 0; i < count; i++) {
        bundles[i].node = placement[i];
        if (placement[i] >= 0)
            take(&room->nodes[placement[i]], &bundles[i]);
    }
}

/** The node with most memory left of those that have the cores, else with most memory. */
static const struct preflight_node *roomiest(const struct preflight_room *room,
                                             const struct bundle *bundle) {
    const struct preflight_node *best = &room->nodes[0];
    for (size_t i = 1; i < room->count; i++) {
        const struct preflight_node *node = &room->nodes[i];
        bool has = node->free_cores >= bundle->cores, best_has = best->free_cores >= bundle->cores;
        if (has != best_has ? has : node->free_bytes > best->free_bytes)
            best = node;
    }
    return best;
}

static void print_room(char *buffer, size_t size, double cores, double bytes) {
    char cpu[32], memory[32];
    snprintf(buffer, size, "%s CPU and %s",
             cores > 0 ? units_print_cores(cpu, sizeof cpu, cores) : "no",
             bytes > 0 ? units_print_bytes(memory, sizeof memory, bytes) : "no memory");
}

static enum status refuse(const struct deployment *deployment, const struct preflight_room *room,
                          const char *name, const struct bundle *bundle,
                          const struct preflight_node *node, struct diagnostics *diagnostics) {
    char hint[240], wanted[96], left[96], planned[160];
    double pods = fmax(node->free_pods, 0);
    print_room(wanted, sizeof wanted, bundle->cores, bundle->bytes);
    print_room(left, sizeof left, node->free_cores, node->free_bytes);
    snprintf(hint, sizeof hint,
             "add a node, or move other pods away: the plan is for %s, the cluster has %s%s",
             plan_print_nodes(deployment->plan, planned, sizeof planned), deployment->nodes_text,
             room->other > 0 ? " that may take it" : "");
    return deploy_refuse(diagnostics, hint,
                         "no room for %s: %s %s; %s has %s left, and room for %.0f pod%s", name,
                         bundle->pods > 1 ? "on one node they request" : "it requests", wanted,
                         node->name, left, pods, pods >= 0.5 && pods < 1.5 ? "" : "s");
}

/** The agent runs on every node. */
static enum status place_agents(const struct deployment *deployment, struct preflight_room *room,
                                struct diagnostics *diagnostics) {
    const struct plan *plan = deployment->plan;
    const struct scenario_resources *resources = &plan->resources[COMPONENT_AGENT];
    const struct bundle agent = {
        .cores = resources->request_cores, .bytes = resources->request_bytes, .pods = 1};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < room->count; i++) {
        if (status == STATUS_OK && !fits(&room->nodes[i], &agent))
            status = refuse(deployment, room, component_title(COMPONENT_AGENT, plan->agent_kind),
                            &agent, &room->nodes[i], diagnostics);
        take(&room->nodes[i], &agent);
    }
    return status;
}

static enum status place(struct deployment *deployment, struct preflight_room *room,
                         struct diagnostics *diagnostics) {
    const struct plan *plan = deployment->plan;
    struct bundle bundles[BUNDLES_MAX];
    enum status status = place_agents(deployment, room, diagnostics);
    size_t count = make_bundles(plan, bundles);
    if (plan->split.fixed) {
        bool placed = place_split(room, bundles, 0, count);
        if (!placed && count == 1)
            status = refuse(deployment, room, bundles[0].name, &bundles[0],
                            roomiest(room, &bundles[0]), diagnostics);
        else if (!placed)
            status = deploy_refuse(diagnostics,
                                   "add a node; the cluster needs as many as there are groups",
                                   "the plan keeps %zu groups of pods on nodes of their own; %s "
                                   "cannot take them",
                                   count, deployment->nodes_text);
        return status;
    }
    place_freely(room, bundles, count);
    for (size_t i = 0; i < count; i++)
        if (bundles[i].node == PACKING_PENDING)
            status = refuse(deployment, room, bundles[i].name, &bundles[i],
                            roomiest(room, &bundles[i]), diagnostics);
    return status;
}

/** "2 x t3.medium + 1 x m5.large". */
static const char *print_nodes(struct arena *arena, const struct preflight_room *room) {
    char text[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < room->count && used < sizeof text; i++) {
        size_t first = 0, count = 0;
        while (strcmp(room->nodes[first].type, room->nodes[i].type) != 0)
            first++;
        for (size_t j = 0; j < room->count; j++)
            count += strcmp(room->nodes[j].type, room->nodes[i].type) == 0;
        if (first == i)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%zu x %s",
                                     used > 0 ? " + " : "", count, room->nodes[i].type);
    }
    return arena_print(arena, "%s", text);
}

static const char *print_fullest(struct arena *arena, const struct preflight_room *room) {
    const struct preflight_node *fullest = &room->nodes[0];
    char left[96];
    for (size_t i = 1; i < room->count; i++)
        if (room->nodes[i].free_bytes < fullest->free_bytes)
            fullest = &room->nodes[i];
    print_room(left, sizeof left, fullest->free_cores, fullest->free_bytes);
    return arena_print(arena, "%s stay free on %s%s", left, room->count > 1 ? "the fullest, " : "",
                       fullest->name);
}

/** Does the cluster have as many nodes of a type as the plan? */
static bool has_enough(const struct plan *plan, size_t index, const struct preflight_room *room) {
    size_t wanted = 0, there = 0;
    for (size_t i = 0; i < plan->node_count; i++)
        wanted += strcmp(plan->nodes[i]->name, plan->nodes[index]->name) == 0;
    for (size_t i = 0; i < room->count; i++)
        there += strcmp(room->nodes[i].type, plan->nodes[index]->name) == 0;
    return there >= wanted;
}

/** What was simulated holds for the plan's nodes only. */
static void warn_of_types(struct deployment *deployment, const struct preflight_room *room) {
    char planned[160];
    bool same = true;
    for (size_t i = 0; i < deployment->plan->node_count; i++)
        same = same && has_enough(deployment->plan, i, room);
    if (!same)
        deploy_warn(deployment, "the plan's cost and risk are those of %s; this cluster has %s.",
                    plan_print_nodes(deployment->plan, planned, sizeof planned),
                    deployment->nodes_text);
}

static enum status judge(struct deployment *deployment, struct preflight_room *room,
                         struct diagnostics *diagnostics) {
    if (room->other == 0 && room->count == 0)
        return deploy_refuse(diagnostics, "add one to its node group", "the cluster has no node");
    if (room->count == 0)
        return deploy_refuse(diagnostics, "kubectl get nodes says what is the matter",
                             "no node of the cluster (it has %zu) takes pods: each is not ready, "
                             "cordoned, tainted or not Linux",
                             room->other);
    deployment->nodes_text = print_nodes(&deployment->arena, room);
    if (!deployment->nodes_text)
        return diagnostics_out_of_memory(diagnostics, "the nodes");
    warn_of_types(deployment, room);
    enum status status = place(deployment, room, diagnostics);
    if (status == STATUS_OK)
        deployment->room_text = print_fullest(&deployment->arena, room);
    return status;
}

enum status preflight_nodes(struct deployment *deployment, struct diagnostics *diagnostics) {
    struct preflight_room *room = malloc(sizeof *room);
    if (!room)
        return diagnostics_out_of_memory(diagnostics, "the nodes");
    enum status status = preflight_room_read(deployment, room, diagnostics);
    if (status == STATUS_OK)
        status = judge(deployment, room, diagnostics);
    free(room);
    return status;
}
