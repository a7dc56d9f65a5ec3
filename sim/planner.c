#include "sim/planner.h"

#include "sim/base/units.h"
#include "sim/planner_screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Finalists simulated together, how many rounds of them, and other plans shown. */
enum { FINALISTS = 1, ROUNDS = 6, ALTERNATIVES = 4 };

/** GOMEMLIMIT as a share of the limit that is tried beside the scenario's own. */
static const double usual_memory_limit_target = 0.9;

/** What a record chooses; the plan itself is rebuilt when it is needed. */
struct record {
    unsigned nodes, loki, tempo; /**< indices of node set and variants */
    float loki_goal, tempo_goal; /**< GOMEMLIMIT over limit */
    double loki_limit_bytes, tempo_limit_bytes, loki_volume_bytes, tempo_volume_bytes;
    double usd_per_month, miss;
    bool passes;
    unsigned changes;
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

/** Round up to a multiple. */
static double up_to(double value, double step) {
    return fmax(ceil(value / step - 1e-9), 1) * step;
}

/** Requests that the simulation says are used: mean memory and CPU of nearly every replica. */
static void set_requests(const struct search *search, size_t loki, size_t tempo,
                         struct plan *plan) {
    const struct planner_screen *screen = &search->screen;
    const double memory_step = scenario_of(search)->search.memory_step_bytes;
    const struct {
        enum component component;
        const struct engine_samples *sorted;
        enum engine_metric memory, cpu;
    } stores[] = {{COMPONENT_LOKI, &screen->loki_sorted[loki], METRIC_LOKI_MEMORY_MEAN_MIB,
                   METRIC_LOKI_CPU_MEAN_CORES},
                  {COMPONENT_TEMPO, &screen->tempo_sorted[tempo], METRIC_TEMPO_MEMORY_MEAN_MIB,
                   METRIC_TEMPO_CPU_MEAN_CORES}};
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
        struct scenario_resources *own = &plan->resources[stores[i].component];
        double memory = planner_screen_quantile(stores[i].sorted, stores[i].memory, 0.95) * MIB;
        double cores = planner_screen_quantile(stores[i].sorted, stores[i].cpu, 0.95);
        own->request_bytes = fmin(up_to(memory, memory_step), own->limit_bytes);
        own->request_cores = fmin(up_to(cores, 0.05), own->limit_cores);
    }
}

/** The plan of a record, pods placed. */
static struct plan plan_of(const struct search *search, const struct record *record) {
    const struct scenario *scenario = scenario_of(search);
    const struct node_set *set = &search->sets[record->nodes];
    struct plan plan = *search->input->as_written;
    for (unsigned i = 0; i < set->count; i++)
        plan.nodes[i] = set->type;
    plan.node_count = set->count;
    plan.purchase = set->purchase;
    plan.loki.encoding = search->screen.loki[record->loki].encoding;
    plan.loki.max_chunk_age_seconds = search->screen.loki[record->loki].max_chunk_age_seconds;
    plan.tempo.max_block_duration_seconds = search->screen.block_seconds[record->tempo];
    plan.loki_memory_limit_target = (double)record->loki_goal;
    plan.tempo_memory_limit_target = (double)record->tempo_goal;
    plan.resources[COMPONENT_LOKI].limit_bytes = record->loki_limit_bytes;
    plan.resources[COMPONENT_TEMPO].limit_bytes = record->tempo_limit_bytes;
    plan.resources[COMPONENT_LOKI].volume_bytes = record->loki_volume_bytes;
    plan.resources[COMPONENT_TEMPO].volume_bytes = record->tempo_volume_bytes;
    set_requests(search, record->loki, record->tempo, &plan);
    plan_settle(scenario, &plan);
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

static unsigned count_changes(const struct plan *written, const struct plan *plan) {
    const struct scenario_resources *a = written->resources, *b = plan->resources;
    unsigned changes = 0;
    changes += written->loki.encoding != plan->loki.encoding;
    changes += written->loki.max_chunk_age_seconds != plan->loki.max_chunk_age_seconds;
    changes += written->tempo.max_block_duration_seconds != plan->tempo.max_block_duration_seconds;
    changes += written->loki_memory_limit_target != plan->loki_memory_limit_target;
    changes += written->tempo_memory_limit_target != plan->tempo_memory_limit_target;
    changes += a[COMPONENT_LOKI].limit_bytes != b[COMPONENT_LOKI].limit_bytes;
    changes += a[COMPONENT_TEMPO].limit_bytes != b[COMPONENT_TEMPO].limit_bytes;
    return changes;
}

/** Values one knob takes; equal ones are dropped. */
struct options {
    double value[4];
    size_t count;
};

static void add_option(struct options *options, double value) {
    for (size_t i = 0; i < options->count; i++)
        if (options->value[i] == value)
            return;
    options->value[options->count++] = value;
}

/** Chances of a kill, or of a full volume, that single knobs are sized for. */
static double share_of(const struct scenario_target *target, bool at_most, double fallback) {
    if (!target->set)
        return fallback;
    return at_most ? target->bound : 1 - target->probability;
}

static struct options limit_options(const struct search *search, enum component component,
                                    size_t variant, double goal) {
    const struct planner_screen *screen = &search->screen;
    const struct scenario *scenario = scenario_of(search);
    const bool loki = component == COMPONENT_LOKI;
    const struct engine_samples *sorted =
        loki ? &screen->loki_sorted[variant] : &screen->tempo_sorted[variant];
    const struct engine_heap_shape *shape =
        loki ? &screen->loki_heap[variant] : &screen->tempo_heap[variant];
    const enum engine_metric metric = loki ? METRIC_LOKI_FREE_PEAK_MIB : METRIC_TEMPO_FREE_PEAK_MIB;
    const double kill = share_of(&scenario->targets.out_of_memory, true, 0.01);
    struct options options = {.count = 0};
    add_option(&options, search->input->as_written->resources[component].limit_bytes);
    for (int i = 0; i < 2; i++)
        add_option(&options, planner_screen_limit(sorted, metric, shape, goal,
                                                  scenario->search.memory_step_bytes,
                                                  i == 0 ? kill / 4 : kill / 20));
    return options;
}

static struct options volume_options(const struct search *search, enum component component,
                                     size_t variant) {
    const struct planner_screen *screen = &search->screen;
    const struct scenario *scenario = scenario_of(search);
    const bool loki = component == COMPONENT_LOKI;
    const struct engine_samples *sorted =
        loki ? &screen->loki_sorted[variant] : &screen->tempo_sorted[variant];
    const double full =
        share_of(loki ? &scenario->targets.logs_retention : &scenario->targets.traces_retention,
                 false, 0.01);
    struct options options = {.count = 0};
    for (int i = 0; i < 2; i++)
        add_option(&options,
                   planner_screen_volume(
                       sorted, loki ? METRIC_LOKI_DISK_PEAK_GIB : METRIC_TEMPO_DISK_PEAK_GIB,
                       loki ? METRIC_LOKI_INODES_PEAK : METRIC_TEMPO_INODES_PEAK,
                       scenario->search.volume_step_bytes, i == 0 ? full / 2 : full / 20));
    return options;
}

/** Judge all limits and volumes of one (nodes, Loki variant, Tempo variant, goals). */
static enum status search_limits(struct search *search, struct record base,
                                 const struct options *loki_volumes,
                                 const struct options *tempo_volumes,
                                 struct diagnostics *diagnostics) {
    const struct planner_input *input = search->input;
    const struct options loki =
        limit_options(search, COMPONENT_LOKI, base.loki, (double)base.loki_goal);
    const struct options tempo =
        limit_options(search, COMPONENT_TEMPO, base.tempo, (double)base.tempo_goal);
    struct planner_candidate candidate = {.loki = base.loki, .tempo = base.tempo};
    struct engine_plan *nodes = calloc(1, sizeof *nodes);
    if (!nodes)
        return diagnostics_out_of_memory(diagnostics, "the search");
    bool fine = true;
    for (size_t limits = 0; limits < loki.count * tempo.count && fine; limits++) {
        base.loki_limit_bytes = loki.value[limits % loki.count];
        base.tempo_limit_bytes = tempo.value[limits / loki.count];
        base.loki_volume_bytes = loki_volumes->value[0];
        base.tempo_volume_bytes = tempo_volumes->value[0];
        candidate.plan = plan_of(search, &base);
        memset(nodes->nodes, 0, sizeof nodes->nodes);
        engine_plan_nodes(scenario_of(search), input->engine.calibration, input->context->prices,
                          &candidate.plan, input->engine.workload->step_seconds, nodes);
        base.changes = count_changes(input->as_written, &candidate.plan);
        for (size_t v = 0; v < loki_volumes->count * tempo_volumes->count && fine; v++) {
            struct scenario_resources *own = candidate.plan.resources;
            base.loki_volume_bytes = loki_volumes->value[v % loki_volumes->count];
            base.tempo_volume_bytes = tempo_volumes->value[v / loki_volumes->count];
            own[COMPONENT_LOKI].volume_bytes = base.loki_volume_bytes;
            own[COMPONENT_TEMPO].volume_bytes = base.tempo_volume_bytes;
            planner_screen_judge(input, &search->screen, nodes, &candidate);
            base.miss = candidate.miss;
            base.passes = candidate.passes;
            base.usd_per_month =
                search->sets[base.nodes].fixed_usd +
                search->gib_usd * (base.loki_volume_bytes + base.tempo_volume_bytes) / GIB;
            fine = add_record(search, &base);
        }
    }
    free(nodes);
    return fine ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the search");
}

static enum status search_all(struct search *search, struct diagnostics *diagnostics) {
    const struct plan *written = search->input->as_written;
    for (unsigned loki = 0; loki < search->screen.loki_count; loki++) {
        const struct options loki_volumes = volume_options(search, COMPONENT_LOKI, loki);
        for (unsigned tempo = 0; tempo < search->screen.tempo_count; tempo++) {
            const struct options tempo_volumes = volume_options(search, COMPONENT_TEMPO, tempo);
            for (unsigned goals = 0; goals < 2; goals++) {
                struct record base = {
                    .loki = loki,
                    .tempo = tempo,
                    .loki_goal = (float)(goals ? usual_memory_limit_target
                                               : written->loki_memory_limit_target),
                    .tempo_goal = (float)(goals ? usual_memory_limit_target
                                                : written->tempo_memory_limit_target)};
                if (goals && written->loki_memory_limit_target == usual_memory_limit_target &&
                    written->tempo_memory_limit_target == usual_memory_limit_target)
                    continue;
                for (unsigned set = 0; set < search->set_count; set++) {
                    base.nodes = set;
                    enum status status =
                        search_limits(search, base, &loki_volumes, &tempo_volumes, diagnostics);
                    if (status != STATUS_OK)
                        return status;
                }
            }
        }
    }
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

/** Passing records first, then by cost, changes and risk; complete, so that sorting is stable. */
static int compare_records(const void *a, const void *b) {
    const struct record *x = a, *y = b;
    if (x->passes != y->passes)
        return x->passes ? -1 : 1;
    if (!x->passes && x->miss != y->miss)
        return x->miss < y->miss ? -1 : 1;
    if (x->usd_per_month != y->usd_per_month)
        return x->usd_per_month < y->usd_per_month ? -1 : 1;
    if (x->changes != y->changes)
        return x->changes < y->changes ? -1 : 1;
    if (x->miss != y->miss)
        return x->miss < y->miss ? -1 : 1;
    return memcmp(x, y, sizeof *x);
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
        size_t at = 0;
        while (at < count && fabs(points[at].monthly_usd - record->usd_per_month) > 0.005)
            at++;
        if (at == count)
            points[count++] = (struct candidate_point){record->usd_per_month, record->miss, false};
        else
            points[at].miss_probability = fmin(points[at].miss_probability, record->miss);
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

/** The next finalists after `from`: passing, and of different cost or settings. */
static size_t next_finalists(const struct search *search, size_t *from,
                             const struct record *finalists[FINALISTS]) {
    size_t count = 0;
    while (count < FINALISTS && *from < search->record_count && search->records[*from].passes) {
        const struct record *record = &search->records[(*from)++];
        if (count > 0 && record->usd_per_month == finalists[count - 1]->usd_per_month &&
            record->nodes == finalists[count - 1]->nodes)
            continue;
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
                      : simulate(search, chosen, count, PLANNER_REPLICAS, false,
                                 output->alternatives, samples, diagnostics);
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
    free(search->records);
    arena_fini(&search->arena);
    free(search);
    return status;
}
