/**
 * A plan's nodes and pods in a real cluster: where kube-scheduler puts them.
 *
 * A failure of kubectl or of the cluster fails the running test.
 */
#ifndef TESTS_CLUSTER_SCHEDULER_H
#define TESTS_CLUSTER_SCHEDULER_H

#include "sim/plan.h"
#include "stack/kubectl.h"

/**
 * Create the plan's nodes, wait until they are ready, create its pods one after another in
 * the order of plan_pod_order(), wait until the scheduler has decided on each, and remove all of
 * it. `number` tells the nodes of one call from those of another. Node indices go to `placement`
 * [plan->pod_count], PACKING_PENDING for a pod without a node.
 */
void scheduler_place(const struct cluster *cluster, const struct plan *plan, unsigned number,
                     int *placement);

#endif
