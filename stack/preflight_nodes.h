/**
 * The real nodes as far as room for pods goes: what preflight_nodes() reads and places on.
 */
#ifndef STACK_PREFLIGHT_NODES_H
#define STACK_PREFLIGHT_NODES_H

#include "models/packing.h"
#include "stack/deploy.h"

#define PREFLIGHT_NODES_MAX PACKING_NODES_MAX

struct preflight_node {
    char name[254];
    char type[40];                 /**< "t3.medium"; "?" when the node does not say */
    double free_cores, free_bytes; /**< allocatable less what others' pods request */
    double free_pods;
};

/** Nodes that may run the stack; more than PREFLIGHT_NODES_MAX are left out. */
struct preflight_room {
    struct preflight_node nodes[PREFLIGHT_NODES_MAX];
    size_t count;
    size_t other; /**< nodes that may not: not ready, cordoned, tainted, not Linux, left out */
};

/** Read the nodes, and what pods request on them. Pods of the wanted releases do not count: they
 *  are what is to be placed. */
enum status preflight_room_read(const struct deployment *deployment, struct preflight_room *room,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** Take off what the pods of one answer request. A line is a pod: node, namespace, release, then
 *  its containers: `C|cpu|memory`, and then in their order `I...` for init containers and `S...`
 *  for sidecars; tabs between. Pods of `releases` in `name_space` are passed over. */
void preflight_room_take(struct preflight_room *room, const char *lines, const char *name_space,
                         const struct release_list *releases);

#endif
