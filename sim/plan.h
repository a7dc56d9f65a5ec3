/**
 * A plan: everything about the stack that can be chosen, from nodes to chunk age.
 *
 * The scenario as written is one plan; the planner makes others. A plan holds no pointers of its
 * own but borrowed type names, so it is copied by assignment.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include "models/node.h"
#include "models/packing.h"
#include "sim/scenario.h"

enum component {
    COMPONENT_LOKI,
    COMPONENT_TEMPO,
    COMPONENT_GRAFANA,
    COMPONENT_COLLECTOR,
    COMPONENT_AGENT
};
#define COMPONENT_COUNT 5

/** `loki`, `tempo`, `grafana`, `collector`, `agent`: as in scenario and result. */
const char *component_name(enum component component);
/** `Loki`, `Tempo`, `Grafana`, `OTel Collector`, `Promtail`: for sentences. */
const char *component_title(enum component component, enum agent_kind agent_kind);

#define PLAN_NODES_MAX 16
#define PLAN_PODS_MAX 256
/** Other tenants' pods, at most: room is left for the stack's and EKS's own on every node. */
#define PLAN_OTHER_PODS_MAX 160

struct plan_pod {
    char name[48];
    bool system;   /**< EKS's own or other tenants' */
    int node;      /**< index into plan.nodes, PACKING_PENDING when it stays pending */
    int component; /**< enum component, or -1 */
    double request_cores, request_bytes;
    double used_cores, used_bytes; /**< in use; of system and other tenants' pods only */
};

/** Which pods share a node: Loki, Tempo, Grafana and the collector, each in a group. Pods of one
 *  group go to one node, pods of two groups never do: required affinities make kube-scheduler do
 *  the same. Left alone it places pods by their requests. */
struct plan_split {
    bool fixed;                           /**< false: left to kube-scheduler */
    unsigned char group[COMPONENT_AGENT]; /**< by component */
};

struct plan {
    const struct instance_type *nodes[PLAN_NODES_MAX]; /**< one entry a node */
    size_t node_count;
    enum purchase purchase;
    bool credits_unlimited;
    double root_volume_bytes;
    struct scenario_resources resources[COMPONENT_COUNT];
    struct loki_settings loki;
    struct tempo_settings tempo;
    double loki_retention_seconds, tempo_retention_seconds;
    double loki_memory_limit_target, tempo_memory_limit_target; /**< GOMEMLIMIT / limit; 0 unset */
    double ingestion_rate_bytes_per_second;
    double max_streams;
    enum agent_kind agent_kind;
    double traces_dropped; /**< share of traces that the collector leaves out; 0: all are kept */
    struct plan_split split;
    struct plan_pod pods[PLAN_PODS_MAX];
    size_t pod_count;
    size_t pending; /**< pods that found no node */
};

/** The scenario as written, pods placed. Fails when there are more than PLAN_NODES_MAX nodes. */
enum status plan_from_scenario(const struct scenario *scenario,
                               const struct instance_table *instances, struct plan *plan,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Set GOMEMLIMITs from limits and targets, then place the pods; call after any change. */
void plan_settle(const struct scenario *scenario, struct plan *plan);

/** Indices into plan.pods in the order in which pods come to the cluster, and are placed: EKS's own
 *  and other tenants' first, then the stack's as its releases are installed. `order` takes
 *  [pod_count]. */
void plan_pod_order(const struct plan *plan, size_t *order);

/** Node that holds the component's (first) pod, or -1. */
int plan_node_of(const struct plan *plan, enum component component);

/** Hosts that run the services, each with a log agent: eight replicas a host, an assumption. */
double plan_service_hosts(const struct scenario *scenario);

/** Pods that must share the component's node, and those that may not, as bits 1 << component. Of a
 *  group only those installed after its first member must: someone has to go first. */
void plan_split_rules(const struct plan_split *split, enum component component, unsigned *joins,
                      unsigned *shuns);

/** "Loki / Tempo + Grafana + OTel Collector", or "left to the scheduler". */
char *plan_print_split(const struct plan_split *split, char *buffer, size_t size);

/** "1 x t3.medium" or "2 x t3.medium + 1 x t3.small". */
char *plan_print_nodes(const struct plan *plan, char *buffer, size_t size);

/** The plan's monthly bill without surplus credits, which the engine adds. */
enum status plan_bill(const struct scenario *scenario, const struct plan *plan,
                      const struct price_table *prices, struct arena *arena, struct bill *bill,
                      struct diagnostics *diagnostics) MUST_CHECK;

#endif
