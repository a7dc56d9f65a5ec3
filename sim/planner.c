#include "sim/planner.h"

#include "sim/planner_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void apply_store(const struct planner_variant *variant, enum component component,
                        double limit_bytes, unsigned volume, struct plan *plan) {
    struct scenario_resources *resources = &plan->resources[component];
    planner_variant_apply(variant, component, plan);
    resources->limit_bytes = limit_bytes;
    resources->limit_cores = variant->limit_cores;
    resources->request_bytes = fmin(variant->request_bytes, limit_bytes);
    resources->request_cores = variant->request_cores;
    resources->volume_bytes = variant->volume_bytes[volume];
}

/** A CPU limit is raised no further than the node goes, the agent's and a pending pod's than the
 *  largest one; its request stays below. */
static void cap_cores(const struct plan *written, enum component component, struct plan *plan) {
    const int node = component == COMPONENT_AGENT ? -1 : plan_node_of(plan, component);
    struct scenario_resources *resources = &plan->resources[component];
    double most = written->resources[component].limit_cores;
    for (size_t i = 0; i < plan->node_count; i++)
        if (node < 0 || (size_t)node == i)
            most = fmax(most, plan->nodes[i]->vcpu);
    resources->limit_cores = fmax(fmin(resources->limit_cores, most), resources->request_cores);
}

struct plan planner_plan(const struct planner_state *search, const struct planner_record *record) {
    const struct planner_screen *screen = &search->screen;
    const struct plan *written = search->input->as_written;
    struct plan plan = *written;
    planner_sets_apply(&search->sets[record->nodes], &plan);
    plan.split = record->split;
    plan.loki_memory_limit_target = record->loki_goal;
    plan.tempo_memory_limit_target = record->tempo_goal;
    apply_store(&screen->loki.variants[record->loki], COMPONENT_LOKI, record->loki_limit,
                record->loki_volume, &plan);
    apply_store(&screen->tempo.variants[record->tempo], COMPONENT_TEMPO, record->tempo_limit,
                record->tempo_volume, &plan);
    for (int component = COMPONENT_GRAFANA; component < COMPONENT_COUNT; component++)
        plan.resources[component] = screen->small[component];
    plan_settle(search->input->context->scenario, &plan);
    for (int component = 0; component < COMPONENT_COUNT; component++)
        cap_cores(written, (enum component)component, &plan);
    return plan;
}

int planner_compare(const void *a, const void *b) {
    const struct planner_record *x = a, *y = b;
    if (x->possible != y->possible)
        return x->possible ? -1 : 1;
    if (!x->possible && x->miss != y->miss)
        return x->miss < y->miss ? -1 : 1;
    if (x->usd_per_month != y->usd_per_month)
        return x->usd_per_month < y->usd_per_month ? -1 : 1;
    if (x->passes != y->passes)
        return x->passes ? -1 : 1;
    const double x_limits = x->loki_limit + x->tempo_limit;
    const double y_limits = y->loki_limit + y->tempo_limit;
    const double keys[][2] = {
        {x->traces_dropped, y->traces_dropped},
        {x->grade, y->grade},
        {x->changes, y->changes},
        {x->tightness, y->tightness},
        {(double)x->miss, (double)y->miss},
        {x_limits, y_limits},
        {x->nodes, y->nodes},
        {x->loki, y->loki},
        {x->tempo, y->tempo},
        {x->loki_limit, y->loki_limit},
        {y->loki_goal, x->loki_goal},
        {y->tempo_goal, x->tempo_goal},
        {x->loki_volume, y->loki_volume},
        {x->tempo_volume, y->tempo_volume},
        {x->split.fixed, y->split.fixed},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return memcmp(x->split.group, y->split.group, sizeof x->split.group);
}

enum status planner_state_list_set(struct planner_state *search, unsigned set,
                                   struct diagnostics *diagnostics) {
    search->place_count = 0;
    return planner_places_add(search, set) && planner_judge(search)
               ? STATUS_OK
               : diagnostics_out_of_memory(diagnostics, "the search");
}

enum status planner_state_list(struct planner_state *search, struct diagnostics *diagnostics) {
    bool fine = true;
    search->place_count = 0;
    for (unsigned set = 0; set < search->set_count && fine; set++)
        fine = planner_places_add(search, set);
    return fine && planner_judge(search) ? STATUS_OK
                                         : diagnostics_out_of_memory(diagnostics, "the search");
}

enum status planner_state_open(const struct planner_input *input, struct planner_state *search,
                               struct diagnostics *diagnostics) {
    memset(search, 0, sizeof *search);
    search->input = input;
    arena_init(&search->arena);
    enum status status = planner_sets_list(search, diagnostics);
    if (status == STATUS_OK && search->set_count > 0)
        status = planner_screen_init(input, &search->arena, &search->screen, diagnostics);
    return status;
}

void planner_state_close(struct planner_state *search) {
    free(search->records);
    free(search->places);
    arena_fini(&search->arena);
}

enum status planner_search(const struct planner_input *input, struct planner_output *output,
                           struct diagnostics *diagnostics) {
    memset(output, 0, sizeof *output);
    struct planner_state *search = malloc(sizeof *search);
    if (!search)
        return diagnostics_out_of_memory(diagnostics, "the search");
    enum status status = planner_state_open(input, search, diagnostics);
    if (status == STATUS_OK)
        status = planner_state_list(search, diagnostics);
    if (status == STATUS_OK)
        status = planner_pick(search, output, diagnostics);
    planner_state_close(search);
    free(search);
    return status;
}
