#include "sim/planner.h"

#include "sim/base/units.h"
#include "sim/planner_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct scenario *scenario_of(const struct planner_state *search) {
    return search->input->context->scenario;
}

static const struct planner_choice *loki_choice(const struct planner_state *search,
                                                const struct planner_record *record) {
    return &search->screen.loki.choices[record->loki];
}

static const struct planner_choice *tempo_choice(const struct planner_state *search,
                                                 const struct planner_record *record) {
    return &search->screen.tempo.choices[record->tempo];
}

static void apply_choice(const struct planner_choice *choice, const struct planner_variant *variant,
                         unsigned volume, struct scenario_resources *resources) {
    resources->limit_bytes = choice->limit_bytes;
    resources->request_bytes = fmin(variant->request_bytes, choice->limit_bytes);
    resources->request_cores = fmin(variant->request_cores, resources->limit_cores);
    resources->volume_bytes = variant->volume_bytes[volume];
}

struct plan planner_plan(const struct planner_state *search, const struct planner_record *record) {
    const struct planner_screen *screen = &search->screen;
    const struct planner_node_set *set = &search->sets[record->nodes];
    const struct planner_choice *loki = loki_choice(search, record);
    const struct planner_choice *tempo = tempo_choice(search, record);
    const struct planner_variant *logs = &screen->loki.variants[loki->variant];
    const struct planner_variant *traces = &screen->tempo.variants[tempo->variant];
    struct plan plan = *search->input->as_written;
    for (unsigned i = 0; i < set->count; i++)
        plan.nodes[i] = set->type;
    plan.node_count = set->count;
    plan.purchase = set->purchase;
    plan.loki.encoding = logs->encoding;
    plan.loki.max_chunk_age_seconds = logs->seconds;
    plan.tempo.max_block_duration_seconds = traces->seconds;
    plan.loki.chunk_cache_bytes = planner_chunk_cache_bytes(search->input->as_written);
    plan.loki_memory_limit_target = loki->goal_fraction;
    plan.tempo_memory_limit_target = tempo->goal_fraction;
    apply_choice(loki, logs, record->loki_volume, &plan.resources[COMPONENT_LOKI]);
    apply_choice(tempo, traces, record->tempo_volume, &plan.resources[COMPONENT_TEMPO]);
    for (int component = COMPONENT_GRAFANA; component < COMPONENT_COUNT; component++)
        plan.resources[component].limit_bytes = screen->small_limit_bytes[component];
    plan_settle(scenario_of(search), &plan);
    return plan;
}

static bool add_record(struct planner_state *search, const struct planner_record *record) {
    if (search->record_count == search->record_capacity) {
        size_t capacity = search->record_capacity ? 2 * search->record_capacity : 4096;
        struct planner_record *records = realloc(search->records, capacity * sizeof *records);
        if (!records)
            return false;
        search->records = records;
        search->record_capacity = capacity;
    }
    search->records[search->record_count++] = *record;
    return true;
}

/** Settings of one store that differ from the scenario's. */
static unsigned count_changes(const struct planner_store *store,
                              const struct planner_choice *choice) {
    /* The first variant and the first choice are the scenario's own. */
    const struct planner_variant *own = &store->variants[0];
    const struct planner_variant *variant = &store->variants[choice->variant];
    return (unsigned)(variant->encoding != own->encoding) + (variant->seconds != own->seconds) +
           (choice->goal_fraction != store->choices[0].goal_fraction) +
           (choice->limit_bytes != store->choices[0].limit_bytes);
}

/** Judge one pair of choices on one node set with all volumes. */
static bool search_volumes(struct planner_state *search, const struct planner_room *room,
                           struct planner_record record) {
    const struct planner_screen *screen = &search->screen;
    const struct planner_choice *loki = loki_choice(search, &record);
    const struct planner_choice *tempo = tempo_choice(search, &record);
    struct planner_verdict verdicts[PLANNER_VOLUMES * PLANNER_VOLUMES];
    planner_screen_judge(search->input, screen, room, loki, tempo, verdicts);
    record.changes = count_changes(&screen->loki, loki) + count_changes(&screen->tempo, tempo);
    bool fine = true;
    for (unsigned v = 0; v < PLANNER_VOLUMES * PLANNER_VOLUMES && fine; v++) {
        record.loki_volume = v / PLANNER_VOLUMES;
        record.tempo_volume = v % PLANNER_VOLUMES;
        record.miss = (float)verdicts[v].miss;
        record.passes = verdicts[v].passes;
        record.possible = verdicts[v].possible;
        record.usd_per_month =
            search->sets[record.nodes].fixed_usd +
            search->gib_usd *
                (screen->loki.variants[loki->variant].volume_bytes[record.loki_volume] +
                 screen->tempo.variants[tempo->variant].volume_bytes[record.tempo_volume]) /
                GIB;
        fine = add_record(search, &record);
    }
    return fine;
}

/** Requests follow the variants, so where the pods land does too: settle once a pair of them. */
static bool search_pair(struct planner_state *search, unsigned set, unsigned loki_variant,
                        unsigned tempo_variant) {
    const struct planner_store *logs = &search->screen.loki, *traces = &search->screen.tempo;
    struct planner_record record = {.nodes = set};
    struct planner_room room;
    bool settled = false, fine = true;
    for (unsigned l = 0; l < logs->choice_count && fine; l++) {
        for (unsigned t = 0; t < traces->choice_count && fine; t++) {
            if (logs->choices[l].variant != loki_variant ||
                traces->choices[t].variant != tempo_variant)
                continue;
            record.loki = l;
            record.tempo = t;
            if (!settled) {
                struct plan plan = planner_plan(search, &record);
                if (plan.pending > 0)
                    return true;
                room = planner_screen_room(search->input, &plan);
                settled = true;
            }
            fine = search_volumes(search, &room, record);
        }
    }
    return fine;
}

enum status planner_state_list_set(struct planner_state *search, unsigned set,
                                   struct diagnostics *diagnostics) {
    for (unsigned loki = 0; loki < search->screen.loki.variant_count; loki++)
        for (unsigned tempo = 0; tempo < search->screen.tempo.variant_count; tempo++)
            if (!search_pair(search, set, loki, tempo))
                return diagnostics_out_of_memory(diagnostics, "the search");
    return STATUS_OK;
}

enum status planner_state_list(struct planner_state *search, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (unsigned set = 0; set < search->set_count && status == STATUS_OK; set++)
        status = planner_state_list_set(search, set, diagnostics);
    return status;
}

/** Node sets of the search section, each with the cost of all but Loki's and Tempo's volumes. */
static enum status list_sets(struct planner_state *search, struct diagnostics *diagnostics) {
    const struct planner_input *input = search->input;
    const struct scenario *scenario = scenario_of(search);
    const struct scenario_search *space = &scenario->search;
    const unsigned most = space->max_nodes < PLAN_NODES_MAX ? space->max_nodes : PLAN_NODES_MAX;
    search->sets =
        arena_array(&search->arena, space->instance_type_count * space->purchase_count * most,
                    sizeof *search->sets);
    struct price gib;
    if (!search->sets)
        return diagnostics_out_of_memory(diagnostics, "the search");
    if (!price_gp3_gib_month(input->context->prices, scenario->region, &gib))
        return diagnostics_add(diagnostics, STATUS_INVALID, scenario->file, 0, 0,
                               "no price of gp3 volumes in region %s", scenario->region);
    search->gib_usd = gib.usd;
    for (size_t t = 0; t < space->instance_type_count; t++) {
        const struct instance_type *type =
            instance_find(input->instances, space->instance_types[t]);
        for (size_t p = 0; p < space->purchase_count; p++) {
            struct price hour;
            /* A type that the region does not sell is no candidate there. */
            if (!type || !price_instance_hour(input->context->prices, scenario->region, type->name,
                                              space->purchase[p], &hour))
                continue;
            for (unsigned count = 1; count <= most; count++) {
                struct plan plan = *input->as_written;
                for (unsigned i = 0; i < count; i++)
                    plan.nodes[i] = type;
                plan.node_count = count;
                plan.purchase = space->purchase[p];
                plan.resources[COMPONENT_LOKI].volume_bytes = 0;
                plan.resources[COMPONENT_TEMPO].volume_bytes = 0;
                struct bill bill;
                enum status status = plan_bill(scenario, &plan, input->context->prices,
                                               &search->arena, &bill, diagnostics);
                if (status != STATUS_OK)
                    return status;
                search->sets[search->set_count++] =
                    (struct planner_node_set){type, count, space->purchase[p], bill_total(&bill)};
            }
        }
    }
    return STATUS_OK;
}

enum status planner_state_open(const struct planner_input *input, struct planner_state *search,
                               struct diagnostics *diagnostics) {
    memset(search, 0, sizeof *search);
    search->input = input;
    arena_init(&search->arena);
    enum status status = list_sets(search, diagnostics);
    if (status == STATUS_OK && search->set_count > 0)
        status = planner_screen_init(input, &search->arena, &search->screen, diagnostics);
    return status;
}

void planner_state_close(struct planner_state *search) {
    free(search->records);
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
