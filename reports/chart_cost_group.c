#include "reports/chart_cost_group.h"

#include "reports/chart_parts.h"

#include <string.h>

/** A word of a bill that tells the group. */
struct clue {
    const char *word;
    enum cost_group group;
};

#define CLUES_MAX 16

/** Clues in the order they count; a NULL word ends them. */
struct clues {
    struct clue list[CLUES_MAX];
};

static const struct clues own_clues = {{
    {"gp3", COST_GROUP_VOLUMES},
    {"volume", COST_GROUP_VOLUMES},
    {"node", COST_GROUP_NODES},
    {"cluster", COST_GROUP_CLUSTER},
    {"network", COST_GROUP_CLUSTER},
}};

static const struct clues managed_clues = {{
    {"log and span", COST_GROUP_DATA},
    {"log", COST_GROUP_LOGS},
    {"trace", COST_GROUP_TRACES},
    {"x-ray", COST_GROUP_TRACES},
    {"span", COST_GROUP_TRACES},
    {"apm", COST_GROUP_TRACES},
    {"transaction", COST_GROUP_TRACES},
    {"user", COST_GROUP_USERS},
    {"editor", COST_GROUP_USERS},
    {"viewer", COST_GROUP_USERS},
    {"platform", COST_GROUP_USERS},
    {"managed grafana", COST_GROUP_USERS},
}};

/** Clues that count only when neither name holds a better one. */
static const struct clues weak_clues = {{
    {"ingest", COST_GROUP_DATA},
    {"data", COST_GROUP_DATA},
    {"kept", COST_GROUP_DATA},
}};

/** False when no clue is in `name`. */
static bool find_clue(const struct clues *clues, const char *name, enum cost_group *group) {
    for (const struct clue *clue = clues->list; clue->word; clue++)
        if (strcasestr(name, clue->word)) {
            *group = clue->group;
            return true;
        }
    return false;
}

static enum cost_group group_of(const struct cost_item *item, bool own) {
    const struct clues *clues = own ? &own_clues : &managed_clues;
    enum cost_group group = COST_GROUP_OTHER;
    /* "Datadog", "log ingest": the item knows more than the component. */
    if (!find_clue(clues, item->item, &group) && !find_clue(clues, item->component, &group) && !own)
        find_clue(&weak_clues, item->item, &group);
    return group;
}

void cost_groups_add(struct cost_groups *groups, const struct bill *bill, bool own) {
    for (size_t i = 0; i < bill->count; i++)
        groups->usd[group_of(&bill->items[i], own)] += bill->items[i].usd_per_month;
}

double cost_groups_total(const struct cost_groups *groups) {
    double total = 0;
    for (size_t i = 0; i < COST_GROUP_COUNT; i++)
        total += groups->usd[i];
    return total;
}

const char *cost_group_name(enum cost_group group) {
    static const char *const names[COST_GROUP_COUNT] = {
        [COST_GROUP_NODES] = "Nodes",     [COST_GROUP_VOLUMES] = "Volumes",
        [COST_GROUP_CLUSTER] = "Cluster", [COST_GROUP_LOGS] = "Logs",
        [COST_GROUP_TRACES] = "Traces",   [COST_GROUP_DATA] = "Logs and traces",
        [COST_GROUP_USERS] = "Users",     [COST_GROUP_OTHER] = "Other",
    };
    return names[group];
}

struct plot_color cost_group_color(enum cost_group group) {
    static const struct plot_color *const colors[COST_GROUP_COUNT] = {
        [COST_GROUP_NODES] = &chart_blue,    [COST_GROUP_VOLUMES] = &chart_orange,
        [COST_GROUP_CLUSTER] = &chart_green, [COST_GROUP_LOGS] = &chart_sky,
        [COST_GROUP_TRACES] = &chart_purple, [COST_GROUP_DATA] = &chart_sky,
        [COST_GROUP_USERS] = &chart_yellow,  [COST_GROUP_OTHER] = &chart_axis,
    };
    return *colors[group];
}
