/* Sets of nodes: like ones, and small mixtures of two kinds. */
#include "sim/planner_search.h"

#include <stdlib.h>

/** Nodes of a mixture, at most: more are better bought alike. */
enum { MIXED_NODES = 4 };

/** Mixtures, at most; the cheapest stay. */
enum { MIXTURES_MAX = 48 };

void planner_sets_apply(const struct planner_node_set *set, struct plan *plan) {
    plan->node_count = 0;
    plan->purchase = set->purchase;
    for (size_t k = 0; k < PLANNER_KINDS; k++)
        for (unsigned i = 0; i < set->counts[k]; i++)
            plan->nodes[plan->node_count++] = set->types[k];
}

static enum status add_set(struct planner_state *search, struct planner_node_set set,
                           struct diagnostics *diagnostics) {
    const struct outcome_context *context = search->input->context;
    struct plan plan = *search->input->as_written;
    struct bill bill;
    planner_sets_apply(&set, &plan);
    plan.resources[COMPONENT_LOKI].volume_bytes = 0;
    plan.resources[COMPONENT_TEMPO].volume_bytes = 0;
    enum status status =
        plan_bill(context->scenario, &plan, context->prices, &search->arena, &bill, diagnostics);
    if (status != STATUS_OK)
        return status;
    set.fixed_usd = bill_total(&bill);
    set.listed = search->set_count;
    search->sets[search->set_count++] = set;
    return STATUS_OK;
}

/** A type that the region does not sell is no candidate there. */
static bool is_sold(const struct planner_input *input, const struct instance_type *type,
                    enum purchase purchase) {
    struct price hour;
    return type && price_instance_hour(input->context->prices, input->context->scenario->region,
                                       type->name, purchase, &hour);
}

static enum status list_alike(struct planner_state *search, const struct instance_type *type,
                              enum purchase purchase, struct diagnostics *diagnostics) {
    const unsigned most = search->input->context->scenario->search.max_nodes;
    enum status status = STATUS_OK;
    for (unsigned count = 1; count <= most && status == STATUS_OK; count++)
        status =
            add_set(search, (struct planner_node_set){{type, NULL}, {count, 0}, purchase, 0, 0},
                    diagnostics);
    return status;
}

static enum status list_mixed(struct planner_state *search, const struct instance_type *first,
                              const struct instance_type *second, enum purchase purchase,
                              struct diagnostics *diagnostics) {
    const unsigned allowed = search->input->context->scenario->search.max_nodes;
    const unsigned most = allowed < MIXED_NODES ? allowed : MIXED_NODES;
    enum status status = STATUS_OK;
    for (unsigned a = 1; a < most; a++)
        for (unsigned b = 1; a + b <= most && status == STATUS_OK; b++)
            status =
                add_set(search, (struct planner_node_set){{first, second}, {a, b}, purchase, 0, 0},
                        diagnostics);
    return status;
}

static int compare_sets(const void *a, const void *b) {
    const struct planner_node_set *x = a, *y = b;
    if (x->fixed_usd != y->fixed_usd)
        return x->fixed_usd < y->fixed_usd ? -1 : 1;
    for (size_t k = 0; k < PLANNER_KINDS; k++)
        if (x->counts[k] != y->counts[k])
            return x->counts[k] < y->counts[k] ? -1 : 1;
    if (x->purchase != y->purchase)
        return x->purchase < y->purchase ? -1 : 1;
    return (x->listed > y->listed) - (x->listed < y->listed);
}

/** The cheapest mixtures stay, and none that costs more than is allowed. */
static void keep_cheapest(struct planner_state *search, size_t alike) {
    const struct scenario_target *cost = &search->input->context->scenario->targets.cost;
    qsort(search->sets + alike, search->set_count - alike, sizeof *search->sets, compare_sets);
    size_t kept = alike;
    while (kept < search->set_count && kept < alike + MIXTURES_MAX &&
           (!cost->set || search->sets[kept].fixed_usd <= cost->bound))
        kept++;
    search->set_count = kept;
}

static enum status list_purchase(struct planner_state *search, bool mixed, enum purchase purchase,
                                 struct diagnostics *diagnostics) {
    const struct planner_input *input = search->input;
    const struct scenario_search *space = &input->context->scenario->search;
    enum status status = STATUS_OK;
    for (size_t t = 0; t < space->instance_type_count && status == STATUS_OK; t++) {
        const struct instance_type *type =
            instance_find(input->instances, space->instance_types[t]);
        if (!is_sold(input, type, purchase))
            continue;
        if (!mixed)
            status = list_alike(search, type, purchase, diagnostics);
        for (size_t o = 0; o < t && mixed && status == STATUS_OK; o++) {
            const struct instance_type *other =
                instance_find(input->instances, space->instance_types[o]);
            if (is_sold(input, other, purchase))
                status = list_mixed(search, type, other, purchase, diagnostics);
        }
    }
    return status;
}

enum status planner_sets_list(struct planner_state *search, struct diagnostics *diagnostics) {
    const struct scenario *scenario = search->input->context->scenario;
    const struct scenario_search *space = &scenario->search;
    const size_t types = space->instance_type_count;
    const size_t pairs = types * (types - 1) / 2 * (MIXED_NODES * (MIXED_NODES - 1) / 2);
    struct price gib;
    search->sets =
        arena_array(&search->arena, space->purchase_count * (types * space->max_nodes + pairs),
                    sizeof *search->sets);
    if (!search->sets)
        return diagnostics_out_of_memory(diagnostics, "the search");
    if (!price_gp3_gib_month(search->input->context->prices, scenario->region, &gib))
        return diagnostics_add(diagnostics, STATUS_INVALID, scenario->file, 0, 0,
                               "no price of gp3 volumes in region %s", scenario->region);
    search->gib_usd = gib.usd;
    enum status status = STATUS_OK;
    for (size_t p = 0; p < space->purchase_count && status == STATUS_OK; p++)
        status = list_purchase(search, false, space->purchase[p], diagnostics);
    const size_t alike = search->set_count;
    for (size_t p = 0; p < space->purchase_count && status == STATUS_OK; p++)
        status = list_purchase(search, true, space->purchase[p], diagnostics);
    if (status == STATUS_OK)
        keep_cheapest(search, alike);
    return status;
}
