/** The Kubernetes objects of a plan, for scheduler.c. All JSON is the caller's to json_decref(). */
#ifndef TESTS_CLUSTER_SCHEDULER_OBJECTS_H
#define TESTS_CLUSTER_SCHEDULER_OBJECTS_H

#include "sim/plan.h"

#include <jansson.h>

/** `nodeN-I` into `name`: node I of plan number N. */
void scheduler_node_name(unsigned number, size_t node, char *name, size_t size);

/** The name of a pod's set, its own without the number at the end, into `set`. */
void scheduler_set(const struct plan_pod *pod, char *set, size_t size);

/** The node a DaemonSet's pod is for; PACKING_ANYWHERE for the pods of others. */
int scheduler_daemon_node(const struct plan_pod *pod);

/** A List of the plan's nodes, with the allocatable that models/node.h gives each. */
json_t *scheduler_nodes(const struct plan *plan, unsigned number);

/** A List of one Service for each set of pods, for only then does the scheduler spread them, and of
 *  the pods in the order in which they come to the cluster. Those of DaemonSets ask for their node
 * as the controller of DaemonSets has them do. */
json_t *scheduler_pods(const struct plan *plan, unsigned number);

#endif
