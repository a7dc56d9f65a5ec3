#include "sim/base/units.h"
#include "stack/preflight_nodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIELD_BYTES = 300 };

static bool is_tainted(const json_t *node) {
    const json_t *taints = kubectl_value(node, "spec", "taints", NULL);
    for (size_t i = 0; i < json_array_size(taints); i++)
        if (strcmp(kubectl_string(json_array_get(taints, i), "effect", NULL), "PreferNoSchedule") !=
            0)
            return true;
    return false;
}

static bool is_usable(const json_t *node) {
    const char *os = kubectl_string(node, "metadata", "labels", "kubernetes.io/os", NULL);
    return kubectl_condition_holds(node, "Ready") && !is_tainted(node) &&
           !json_is_true(kubectl_value(node, "spec", "unschedulable", NULL)) &&
           (!os[0] || strcmp(os, "linux") == 0);
}

static double quantity(const json_t *node, const char *name,
                       bool (*read)(const char *text, double *value)) {
    double value = 0;
    return read(kubectl_string(node, "status", "allocatable", name, NULL), &value) ? value : 0;
}

static void take_node(const json_t *json, struct preflight_node *node) {
    const char *type =
        kubectl_string(json, "metadata", "labels", "node.kubernetes.io/instance-type", NULL);
    snprintf(node->name, sizeof node->name, "%s", kubectl_string(json, "metadata", "name", NULL));
    snprintf(node->type, sizeof node->type, "%s", type[0] ? type : "?");
    node->free_cores = quantity(json, "cpu", units_cores);
    node->free_bytes = quantity(json, "memory", units_bytes);
    node->free_pods = quantity(json, "pods", units_number);
}

static enum status read_nodes(const struct cluster *cluster, struct preflight_room *room,
                              struct diagnostics *diagnostics) {
    json_t *list;
    enum status status = kubectl_json(cluster, (const char *const[]){"get", "nodes", NULL},
                                      "reading the nodes", &list, diagnostics);
    const json_t *items = kubectl_items(list);
    *room = (struct preflight_room){.count = 0};
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *node = json_array_get(items, i);
        if (room->count < PREFLIGHT_NODES_MAX && is_usable(node))
            take_node(node, &room->nodes[room->count++]);
        else
            room->other++;
    }
    json_decref(list);
    return status;
}

/** What a pod's containers request together, as the scheduler counts it: the sum of all that run
 *  side by side, or an init container that asks for more with the sidecars begun before it. */
struct request {
    double cores, bytes; /**< of containers and sidecars */
    double sidecar_cores, sidecar_bytes;
    double init_cores, init_bytes;
};

/** Copy the field before `end` and move past it. */
static const char *next_field(const char *at, char end, char field[FIELD_BYTES]) {
    size_t length = strcspn(at, "\t\n|");
    snprintf(field, FIELD_BYTES, "%.*s", (int)length, at);
    at += length;
    return *at == end ? at + 1 : at;
}

static const char *take_container(const char *at, struct request *request) {
    char kind[FIELD_BYTES], cpu[FIELD_BYTES] = "", memory[FIELD_BYTES] = "";
    double cores = 0, bytes = 0;
    at = next_field(at, '|', kind);
    at = next_field(at, '|', cpu);
    at = next_field(at, '\t', memory);
    /* What is not asked for stays 0: kubectl prints "<no value>". */
    if (!units_cores(cpu, &cores))
        cores = 0;
    if (!units_bytes(memory, &bytes))
        bytes = 0;
    if (kind[0] == 'I') {
        request->init_cores = fmax(request->init_cores, request->sidecar_cores + cores);
        request->init_bytes = fmax(request->init_bytes, request->sidecar_bytes + bytes);
        return at;
    }
    request->cores += cores;
    request->bytes += bytes;
    if (kind[0] == 'S') {
        request->sidecar_cores += cores;
        request->sidecar_bytes += bytes;
    }
    return at;
}

static void take_off(struct preflight_room *room, const char *name, const struct request *request) {
    for (size_t i = 0; i < room->count; i++) {
        struct preflight_node *node = &room->nodes[i];
        if (strcmp(node->name, name) != 0)
            continue;
        node->free_cores -= fmax(request->cores, request->init_cores);
        node->free_bytes -= fmax(request->bytes, request->init_bytes);
        node->free_pods -= 1;
    }
}

void preflight_room_take(struct preflight_room *room, const char *lines, const char *name_space,
                         const struct release_list *releases) {
    while (*lines) {
        char node[FIELD_BYTES], space[FIELD_BYTES], release[FIELD_BYTES];
        struct request request = {0};
        lines = next_field(lines, '\t', node);
        lines = next_field(lines, '\t', space);
        lines = next_field(lines, '\t', release);
        while (*lines && *lines != '\n') {
            const char *before = lines;
            lines = take_container(lines, &request);
            if (lines == before)
                lines++;
        }
        if (strcmp(space, name_space) != 0 || !releases_have(releases, release))
            take_off(room, node, &request);
        lines += *lines == '\n';
    }
}

#define REQUESTS "|{{with .resources.requests}}{{.cpu}}|{{.memory}}{{end}}"

/** A line a pod; whole pods of a busy cluster would be megabytes. */
static const char pod_lines[] =
    "go-template={{range .items}}{{if .spec.nodeName}}{{.spec.nodeName}}{{\"\\t\"}}"
    "{{.metadata.namespace}}{{\"\\t\"}}"
    "{{with .metadata.labels}}{{index . \"app.kubernetes.io/instance\"}}{{end}}"
    "{{range .spec.containers}}{{\"\\t\"}}C" REQUESTS "{{end}}"
    "{{range .spec.initContainers}}{{\"\\t\"}}"
    "{{if .restartPolicy}}S{{else}}I{{end}}" REQUESTS "{{end}}"
    "{{\"\\n\"}}{{end}}{{end}}";

enum status preflight_room_read(const struct deployment *deployment, struct preflight_room *room,
                                struct diagnostics *diagnostics) {
    struct process_result result;
    enum status status = read_nodes(&deployment->cluster, room, diagnostics);
    if (status != STATUS_OK)
        return status;
    status = kubectl_do(&deployment->cluster,
                        (const char *const[]){"get", "pods", "--all-namespaces", "--field-selector",
                                              "status.phase!=Succeeded,status.phase!=Failed",
                                              "--output", pod_lines, NULL},
                        "reading what pods request", &result, diagnostics);
    if (status == STATUS_OK)
        preflight_room_take(room, result.out, deployment->cluster.name_space,
                            &deployment->releases);
    process_result_fini(&result);
    return status;
}
