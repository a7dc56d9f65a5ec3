#include "sim/planner.h"

#include "sim/base/units.h"
#include "sim/planner_screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Finalists simulated together, how many rounds of them, and other plans shown. */
enum { FINALISTS = 1, ROUNDS = 6, ALTERNATIVES = 4 };

/** What a candidate chooses; the plan itself is rebuilt when it is needed. */
struct record {
    unsigned nodes;       /**< index of the node set */
    unsigned loki, tempo; /**< indices of choices */
    unsigned loki_volume, tempo_volume;
    unsigned changes; /**< settings that differ from the scenario's */
    float miss;
    bool passes;
    double usd_per_month;
};

struct node_set {
    const struct instance_type *type;
    unsigned count;
    enum purchase purchase;
    double fixed_usd; /**< all but Loki's and Tempo's volumes */
};

struct search {
    const struct planner_input *input;
    struct planner_screen screen;
    struct node_set *sets;
    size_t set_count;
    double gib_usd; /**< gp3, a month */
    struct record *records;
    size_t record_count, record_capacity;
    struct arena arena; /**< scratch */
};

static const struct scenario *scenario_of(const struct search *search) {
    return search->input->context->scenario;
}

static const struct planner_choice *loki_choice(const struct search *search,
                                                const struct record *record) {
    return &search->screen.loki.choices[record->loki];
}

static const struct planner_choice *tempo_choice(const struct search *search,
                                                 const struct record *record) {
    return &search->screen.tempo.choices[record->tempo];
}

static void apply_choice(const struct planner_choice *choice, const struct planner_variant *variant,
                         unsigned volume, struct scenario_resources *resources) {
    resources->limit_bytes = choice->limit_bytes;
    resources->request_bytes = fmin(variant->request_bytes, choice->limit_bytes);
    resources->request_cores = fmin(variant->request_cores, resources->limit_cores);
    resources->volume_bytes = variant->volume_bytes[volume];
}

/** The plan of a record, pods placed. */
static struct plan plan_of(const struct search *search, const struct record *record) {
    const struct planner_screen *screen = &search->screen;
    const struct node_set *set = &search->sets[record->nodes];
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

static bool add_record(struct search *search, const struct record *record) {
    if (search->record_count == search->record_capacity) {
        size_t capacity = search->record_capacity ? 2 * search->record_capacity : 4096;
        struct record *records = realloc(search->records, capacity * sizeof *records);
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
static bool search_volumes(struct search *search, const struct planner_room *room,
                           struct record record) {
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
static bool search_pair(struct search *search, unsigned set, unsigned loki_variant,
                        unsigned tempo_variant) {
    const struct planner_store *logs = &search->screen.loki, *traces = &search->screen.tempo;
    struct record record = {.nodes = set};
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
                struct plan plan = plan_of(search, &record);
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

static enum status search_all(struct search *search, struct diagnostics *diagnostics) {
    for (unsigned set = 0; set < search->set_count; set++)
        for (unsigned loki = 0; loki < search->screen.loki.variant_count; loki++)
            for (unsigned tempo = 0; tempo < search->screen.tempo.variant_count; tempo++)
                if (!search_pair(search, set, loki, tempo))
                    return diagnostics_out_of_memory(diagnostics, "the search");
    return STATUS_OK;
}

/** Node sets of the search section, each with the cost of all but Loki's and Tempo's volumes. */
static enum status list_sets(struct search *search, struct diagnostics *diagnostics) {
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
                    (struct node_set){type, count, space->purchase[p], bill_total(&bill)};
            }
        }
    }
    return STATUS_OK;
}

/** Passing records first, then by cost, risk to a tenth of a percent, and changes; complete, so
 *  that the order never depends on the sort. */
static int compare_records(const void *a, const void *b) {
    const struct record *x = a, *y = b;
    if (x->passes != y->passes)
        return x->passes ? -1 : 1;
    if (!x->passes && x->miss != y->miss)
        return x->miss < y->miss ? -1 : 1;
    if (x->usd_per_month != y->usd_per_month)
        return x->usd_per_month < y->usd_per_month ? -1 : 1;
    const float x_risk = floorf(x->miss * 1000), y_risk = floorf(y->miss * 1000);
    if (x_risk != y_risk)
        return x_risk < y_risk ? -1 : 1;
    if (x->changes != y->changes)
        return x->changes < y->changes ? -1 : 1;
    if (x->miss != y->miss)
        return x->miss < y->miss ? -1 : 1;
    const unsigned a_index[] = {x->nodes, x->loki, x->tempo, x->loki_volume, x->tempo_volume};
    const unsigned b_index[] = {y->nodes, y->loki, y->tempo, y->loki_volume, y->tempo_volume};
    for (size_t i = 0; i < sizeof a_index / sizeof *a_index; i++)
        if (a_index[i] != b_index[i])
            return a_index[i] < b_index[i] ? -1 : 1;
    return 0;
}

/** Points of the chart: the safest record of each cost, and which of those nothing beats. */
static enum status list_points(const struct search *search, struct planner_output *output,
                               struct diagnostics *diagnostics) {
    struct arena *arena = search->input->context->arena;
    struct candidate_point *points = arena_array(arena, search->record_count, sizeof *points);
    if (!points)
        return diagnostics_out_of_memory(diagnostics, "the search");
    size_t count = 0;
    for (size_t i = 0; i < search->record_count; i++) {
        const struct record *record = &search->records[i];
        const double miss = (double)record->miss;
        size_t at = 0;
        while (at < count && fabs(points[at].monthly_usd - record->usd_per_month) > 0.005)
            at++;
        if (at == count)
            points[count++] = (struct candidate_point){record->usd_per_month, miss, false};
        else
            points[at].miss_probability = fmin(points[at].miss_probability, miss);
    }
    for (size_t i = 0; i < count; i++) {
        bool beaten = false;
        for (size_t j = 0; j < count && !beaten; j++)
            beaten = (points[j].monthly_usd < points[i].monthly_usd &&
                      points[j].miss_probability <= points[i].miss_probability) ||
                     (points[j].monthly_usd <= points[i].monthly_usd &&
                      points[j].miss_probability < points[i].miss_probability);
        points[i].efficient = !beaten;
    }
    output->points = points;
    output->point_count = count;
    output->screened = search->record_count;
    return STATUS_OK;
}

static const char *label_of(const struct search *search, const struct plan *plan) {
    const struct plan *written = search->input->as_written;
    struct arena *arena = search->input->context->arena;
    char nodes[96], age[32];
    plan_print_nodes(plan, nodes, sizeof nodes);
    units_print_duration(age, sizeof age, plan->loki.max_chunk_age_seconds);
    const bool same = plan->loki.encoding == written->loki.encoding &&
                      plan->loki.max_chunk_age_seconds == written->loki.max_chunk_age_seconds;
    return same ? arena_print(arena, "%s", nodes)
                : arena_print(arena, "%s, %s chunks of %s", nodes,
                              loki_encoding_name(plan->loki.encoding), age);
}

static enum status simulate(const struct search *search, const struct record *const *records,
                            size_t count, uint64_t replicas, bool series,
                            struct plan_outcome **outcomes, struct engine_samples *samples,
                            struct diagnostics *diagnostics) {
    const struct outcome_context *context = search->input->context;
    struct engine_input engine = search->input->engine;
    engine.replicas = replicas < engine.replicas ? replicas : engine.replicas;
    engine.series = series;
    struct plan *plans = arena_array(context->arena, count, sizeof *plans);
    if (!plans)
        return diagnostics_out_of_memory(diagnostics, "the search");
    for (size_t i = 0; i < count; i++)
        plans[i] = plan_of(search, records[i]);
    enum status status = engine_run(&engine, plans, count, context->arena, samples, diagnostics);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        outcomes[i] = arena_take(context->arena, sizeof *outcomes[i]);
        const char *label = label_of(search, &plans[i]);
        if (!outcomes[i] || !label)
            return diagnostics_out_of_memory(diagnostics, "the search");
        status = outcome_make(context, &plans[i], &samples[i], label, outcomes[i], diagnostics);
    }
    return status;
}

/** Whether an earlier record has the same nodes, settings and GOMEMLIMITs: if that one failed in
 *  full, so will this. */
static bool much_like(const struct search *search, const struct record *record, size_t before) {
    for (size_t i = 0; i < before; i++) {
        const struct record *other = &search->records[i];
        const struct planner_choice *a = loki_choice(search, record);
        const struct planner_choice *b = loki_choice(search, other);
        const struct planner_choice *c = tempo_choice(search, record);
        const struct planner_choice *d = tempo_choice(search, other);
        if (record->nodes == other->nodes && a->variant == b->variant && c->variant == d->variant &&
            a->goal_fraction == b->goal_fraction && c->goal_fraction == d->goal_fraction &&
            record->loki_volume == other->loki_volume &&
            record->tempo_volume == other->tempo_volume)
            return true;
    }
    return false;
}

/** The next finalists after `from`: passing, and of different cost or settings. */
static size_t next_finalists(const struct search *search, size_t *from,
                             const struct record *finalists[FINALISTS]) {
    const struct scenario_target *cost = &scenario_of(search)->targets.cost;
    size_t count = 0;
    while (count < FINALISTS && *from < search->record_count && search->records[*from].passes) {
        const struct record *record = &search->records[(*from)++];
        /* Records are sorted by cost: from here on the bill alone misses its target. */
        if (cost->set && record->usd_per_month > cost->bound)
            break;
        if (!much_like(search, record, *from - 1))
            finalists[count++] = record;
    }
    return count;
}

static enum status find_best(const struct search *search, struct planner_output *output,
                             const struct record **best, struct diagnostics *diagnostics) {
    size_t from = 0;
    for (int round = 0; round < ROUNDS && !output->best; round++) {
        const struct record *finalists[FINALISTS];
        struct plan_outcome *outcomes[FINALISTS];
        struct engine_samples samples[FINALISTS];
        size_t count = next_finalists(search, &from, finalists);
        if (count == 0)
            break;
        enum status status =
            simulate(search, finalists, count, UINT64_MAX, true, outcomes, samples, diagnostics);
        if (status != STATUS_OK)
            return status;
        for (size_t i = 0; i < count && !output->best; i++) {
            if (!outcomes[i]->holds)
                continue;
            output->best = outcomes[i];
            output->best_samples = samples[i];
            *best = finalists[i];
        }
    }
    return STATUS_OK;
}

/** The cheapest passing record of each other node set; when nothing passes, the least bad ones. */
static enum status find_alternatives(const struct search *search, const struct record *best,
                                     struct planner_output *output,
                                     struct diagnostics *diagnostics) {
    const struct record *chosen[ALTERNATIVES];
    size_t count = 0;
    for (size_t i = 0; i < search->record_count && count < ALTERNATIVES; i++) {
        const struct record *record = &search->records[i];
        bool seen = best && best->nodes == record->nodes;
        for (size_t j = 0; j < count; j++)
            seen = seen || chosen[j]->nodes == record->nodes;
        if (!seen)
            chosen[count++] = record;
    }
    struct engine_samples samples[ALTERNATIVES];
    output->alternative_count = count;
    return count == 0 ? STATUS_OK
                      : simulate(search, chosen, count, PLANNER_SHOWN_REPLICAS, false,
                                 output->alternatives, samples, diagnostics);
}

/** The least risky record of one node set; false when its pods do not fit, whatever the settings:
 *  then `least` has its first choices. */
static bool least_risky(const struct search *search, unsigned set, struct record *least) {
    bool found = false;
    *least = (struct record){.nodes = set, .usd_per_month = search->sets[set].fixed_usd};
    for (size_t i = 0; i < search->record_count; i++) {
        const struct record *record = &search->records[i];
        if (record->nodes != set)
            continue;
        if (!found || record->miss < least->miss ||
            (record->miss == least->miss && record->usd_per_month < least->usd_per_month))
            *least = *record;
        found = true;
    }
    return found;
}

static int compare_cost(const void *a, const void *b) {
    double x = ((const struct record *)a)->usd_per_month;
    double y = ((const struct record *)b)->usd_per_month;
    return (x > y) - (x < y);
}

/** Why nothing cheaper holds: each cheaper node set by its least risky plan. */
static enum status find_cheaper(const struct search *search, struct planner_output *output,
                                struct diagnostics *diagnostics) {
    struct record *classes =
        arena_array(search->input->context->arena, search->set_count + 1, sizeof *classes);
    const struct record *chosen[RESULT_CHEAPER_MAX];
    struct engine_samples samples[RESULT_CHEAPER_MAX];
    size_t count = 0;
    if (!classes)
        return diagnostics_out_of_memory(diagnostics, "the search");
    for (unsigned set = 0; set < search->set_count; set++) {
        least_risky(search, set, &classes[count]);
        count += classes[count].usd_per_month < output->best->monthly_usd.p50 - 0.005;
    }
    qsort(classes, count, sizeof *classes, compare_cost);
    /* Those next to the best plan's price say most. */
    const size_t first = count > RESULT_CHEAPER_MAX ? count - RESULT_CHEAPER_MAX : 0;
    output->cheaper_count = count - first;
    for (size_t i = 0; i < output->cheaper_count; i++)
        chosen[i] = &classes[first + i];
    return output->cheaper_count == 0
               ? STATUS_OK
               : simulate(search, chosen, output->cheaper_count, PLANNER_SHOWN_REPLICAS, false,
                          output->cheaper, samples, diagnostics);
}

enum status planner_search(const struct planner_input *input, struct planner_output *output,
                           struct diagnostics *diagnostics) {
    memset(output, 0, sizeof *output);
    struct search *search = calloc(1, sizeof *search);
    if (!search)
        return diagnostics_out_of_memory(diagnostics, "the search");
    search->input = input;
    arena_init(&search->arena);
    const struct record *best = NULL;
    enum status status = list_sets(search, diagnostics);
    if (status == STATUS_OK && search->set_count > 0)
        status = planner_screen_init(input, &search->arena, &search->screen, diagnostics);
    if (status == STATUS_OK && search->set_count > 0)
        status = search_all(search, diagnostics);
    if (status == STATUS_OK && search->record_count > 0) {
        qsort(search->records, search->record_count, sizeof *search->records, compare_records);
        status = list_points(search, output, diagnostics);
    }
    if (status == STATUS_OK)
        status = find_best(search, output, &best, diagnostics);
    if (status == STATUS_OK)
        status = find_alternatives(search, best, output, diagnostics);
    if (status == STATUS_OK && output->best)
        status = find_cheaper(search, output, diagnostics);
    free(search->records);
    arena_fini(&search->arena);
    free(search);
    return status;
}
