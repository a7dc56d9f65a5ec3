/**
 * Where kube-scheduler puts pods, by requests.
 *
 * Follows the default profile of kube-scheduler 1.34 in its own integers: filter by requests and
 * pod slots, then score: least allocated (weight 1), balanced allocation (1), topology spread of
 * the pod's own set (2). A pod without a request counts as 100m or 200 MiB where nodes are scored.
 * All nodes are taken to be in one zone; taints and images are taken to be equal. Of affinities
 * only those between pods of one node are known, and only as requirements (InterPodAffinity's
 * filter).
 *
 * Pods are placed in the order given, as created on an otherwise empty cluster; DaemonSet pods are
 * pinned. Where the real scheduler breaks ties at random, the lowest node index is taken and
 * `ambiguous` is set. Checked against thirteen placements of the real scheduler
 * (tests/unit/packing_cases.h): all 104 choices but four, in two clusters, where a real scheduler
 * that met one DaemonSet pod later explains the rest.
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins (noderesources, podtopologyspread,
 * interpodaffinity).
 * Pure; thread-safe.
 */
#ifndef MODELS_PACKING_H
#define MODELS_PACKING_H

#include <stdbool.h>
#include <stddef.h>

#define PACKING_NODES_MAX 64
#define PACKING_PENDING (-1)
#define PACKING_ANYWHERE (-1)

struct packing_node {
    double allocatable_cores;
    double allocatable_bytes;
    unsigned max_pods;
};

struct packing_pod {
    const char *name;
    const char *set;      /**< owner (Deployment, StatefulSet) whose pods are spread; may be NULL */
    double request_cores; /**< 0 when it has no request */
    double request_bytes;
    int pinned_node; /**< node index for DaemonSet pods, else PACKING_ANYWHERE */
    /* Required affinities by host, as bits; 0 for a pod that none touches. */
    unsigned label; /**< what other pods know it by */
    unsigned joins; /**< goes only where a pod with such a label is */
    unsigned shuns; /**< goes only where none is, and keeps such pods away later */
};

struct packing_result {
    size_t pending; /**< pods that found no node */
    bool ambiguous; /**< a tie was broken: a real cluster may differ */
};

/** Place `pod_count` pods on `node_count` (<= PACKING_NODES_MAX) nodes; node indices go to
 *  `placement` [pod_count], PACKING_PENDING for a pod that does not fit. */
struct packing_result packing_place(const struct packing_node *nodes, size_t node_count,
                                    const struct packing_pod *pods, size_t pod_count,
                                    int *placement);

#endif
