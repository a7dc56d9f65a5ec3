/**
 * EC2 nodes under EKS: what pods may use of them, CPU credits, EBS limits.
 *
 * Allocatable memory = kernel-visible - (255 + 11 max_pods) MiB - 100 MiB (eviction threshold);
 * allocatable CPU = vCPU - (6 % of core 1, 1 % of core 2, 0.5 % of cores 3-4, 0.25 % beyond).
 * Source: https://github.com/awslabs/amazon-eks-ami (bootstrap reserves); t3 credits: Amazon EC2
 * user guide. Facts: models/data/instances.csv. Pure functions; thread-safe.
 */
#ifndef MODELS_NODE_H
#define MODELS_NODE_H

#include "sim/base/arena.h"
#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/** Facts about one instance type. NaN where the vendor publishes nothing; credits are 0 for types
 *  that do not burst. EBS limits are not simulated: what Loki and Tempo write at the loads of one
 *  binary stays far below them. */
struct instance_type {
    const char *name;
    double vcpu;
    double memory_kernel_mib; /**< as the kernel sees it */
    unsigned max_pods;
    double credits_per_hour; /**< CPU credits earned; 1 credit = 1 vCPU-minute */
    double credit_cap;
    double baseline_fraction; /**< of one vCPU; 0.2 for t3.medium */
    bool burstable;
    bool arm; /**< arm64 (Graviton) */
    double ebs_baseline_iops, ebs_max_iops;
    double ebs_baseline_mib_per_second, ebs_max_mib_per_second;
};

struct instance_table {
    const struct instance_type *types; /**< [count] */
    size_t count;
};

enum status instance_table_shipped(struct arena *arena, struct instance_table *table,
                                   struct diagnostics *diagnostics) MUST_CHECK;

/** The type called `name`, or NULL. */
const struct instance_type *instance_find(const struct instance_table *table, const char *name);

/** Cores and bytes that pods' requests may fill on one such node. */
double node_allocatable_cores(const struct instance_type *type);
double node_allocatable_bytes(const struct instance_type *type);

/** State of one node's CPU credits. All in credits (vCPU-minutes). */
struct credit_state {
    double balance;         /**< earned and not yet spent */
    double surplus;         /**< spent beyond what was earned, not yet paid back (unlimited) */
    double surplus_charged; /**< surplus that will be billed */
    double lost;            /**< earned while the balance stood at its cap */
    double earned, spent;   /**< totals, for conservation checks */
};

/**
 * Advance by `seconds` with `wanted_cores` of demand. Unlimited: all is served; what exceeds the
 * balance becomes surplus, paid back by later earnings; surplus above the cap (24 h of earnings)
 * is charged, at once rather than at the end of the hour. Surplus still owed when a node stops is
 * charged too; that is left to the caller. Standard: with no balance left only the baseline is
 * served. Returns the cores served, at most `vcpu`. No launch credits (T3). earned = spent +
 * change of balance - change of surplus - charged + lost holds after every call.
 * Source: Amazon EC2 user guide, "Unlimited mode concepts" and metric CPUSurplusCreditsCharged.
 */
double credit_step(const struct instance_type *type, bool unlimited, double wanted_cores,
                   double seconds, struct credit_state *state);

#endif
