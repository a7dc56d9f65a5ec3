/**
 * What a bill is spent on, in the few groups a bar can show.
 *
 * Private to reports/chart*.c. Pure; thread-safe.
 */
#ifndef REPORTS_CHART_COST_GROUP_H
#define REPORTS_CHART_COST_GROUP_H

#include "models/cost.h"
#include "reports/plot.h"

#include <stdbool.h>

/** In the order they are stacked. */
enum cost_group {
    COST_GROUP_NODES,
    COST_GROUP_VOLUMES,
    COST_GROUP_CLUSTER,
    COST_GROUP_LOGS,
    COST_GROUP_TRACES,
    COST_GROUP_DATA, /**< logs and traces billed as one */
    COST_GROUP_USERS,
    COST_GROUP_OTHER
};
#define COST_GROUP_COUNT 8

struct cost_groups {
    double usd[COST_GROUP_COUNT];
};

/** Add a bill; `own` when it is one of our plans, else a managed service's. */
void cost_groups_add(struct cost_groups *groups, const struct bill *bill, bool own);
double cost_groups_total(const struct cost_groups *groups);

/** `Nodes`, `Volumes`, ... */
const char *cost_group_name(enum cost_group group);
struct plot_color cost_group_color(enum cost_group group);

#endif
