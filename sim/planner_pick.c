/* Which candidates are worth a full simulation, and which plans are shown. */
#include "sim/planner_search.h"

#include "sim/base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Candidates looked at together, and other plans shown. */
enum { FINALISTS = 4, ALTERNATIVES = 4 };

/** Possible records first, by cost, then what passes even the careful look-up, then risk to a tenth
 *  of a percent, and changes; impossible ones by risk. Complete, so that the order never depends on
 *  the sort. */
static int compare_records(const void *a, const void *b) {
    const struct planner_record *x = a, *y = b;
    if (x->possible != y->possible)
        return x->possible ? -1 : 1;
    if (!x->possible && x->miss != y->miss)
        return x->miss < y->miss ? -1 : 1;
    if (x->usd_per_month != y->usd_per_month)
        return x->usd_per_month < y->usd_per_month ? -1 : 1;
    if (x->passes != y->passes)
        return x->passes ? -1 : 1;
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
static enum status list_points(const struct planner_state *search, struct planner_output *output,
                               struct diagnostics *diagnostics) {
    struct arena *arena = search->input->context->arena;
    struct candidate_point *points = arena_array(arena, search->record_count, sizeof *points);
    if (!points)
        return diagnostics_out_of_memory(diagnostics, "the search");
    size_t count = 0;
    for (size_t i = 0; i < search->record_count; i++) {
        const struct planner_record *record = &search->records[i];
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

static const char *label_of(const struct planner_state *search, const struct plan *plan) {
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

/** What find_best() has at hand. */
struct race {
    const struct planner_state *search;
    struct planner_output *output;
    const struct planner_record *best;
    size_t at_this_cost; /**< records tried at the cost under way */
    double usd_per_month;
};

/** The first of `outcomes` that holds wins the race: its bands are kept. */
static enum status crown(struct race *race, const struct planner_record *const *records,
                         size_t count, struct plan_outcome **outcomes,
                         const struct engine_samples *samples, struct diagnostics *diagnostics) {
    struct planner_output *output = race->output;
    for (size_t i = 0; i < count; i++) {
        if (!outcomes[i]->holds)
            continue;
        race->best = records[i];
        output->best = outcomes[i];
        return outcome_series(&outcomes[i]->plan, &samples[i], race->search->input->context->arena,
                              output->best_series, &output->best_series_count, diagnostics);
    }
    return STATUS_OK;
}

/** Simulate records and judge them. With a race the first that holds wins it. Samples are given
 *  back at once: there may be many rounds. */
static enum status simulate(const struct planner_state *search,
                            const struct planner_record *const *records, size_t count,
                            uint64_t replicas, struct race *race, struct plan_outcome **outcomes,
                            struct diagnostics *diagnostics) {
    const struct outcome_context *context = search->input->context;
    struct engine_input engine = search->input->engine;
    struct engine_samples samples[ENGINE_PLANS_MAX];
    struct arena scratch;
    arena_init(&scratch);
    engine.replicas = replicas < engine.replicas ? replicas : engine.replicas;
    engine.series = race != NULL;
    struct plan *plans = arena_array(&scratch, count, sizeof *plans);
    enum status status = plans ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the search");
    for (size_t i = 0; i < count && plans; i++)
        plans[i] = planner_plan(search, records[i]);
    if (status == STATUS_OK)
        status = engine_run(&engine, plans, count, &scratch, samples, diagnostics);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        outcomes[i] = arena_take(context->arena, sizeof *outcomes[i]);
        const char *label = label_of(search, &plans[i]);
        status = outcomes[i] && label ? outcome_make(context, &plans[i], &samples[i], label,
                                                     outcomes[i], diagnostics)
                                      : diagnostics_out_of_memory(diagnostics, "the search");
    }
    if (status == STATUS_OK && race)
        status = crown(race, records, count, outcomes, samples, diagnostics);
    arena_fini(&scratch);
    return status;
}

/** Whether an outcome of few replicas leaves it open that the plan holds: no target is missed
 *  beyond its interval. */
static bool plausible(const struct plan_outcome *outcome) {
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        const struct probability *found = &target->probability;
        if (target->holds)
            continue;
        bool open = target->kind == TARGET_OUT_OF_MEMORY ? found->low <= target->bound
                                                         : found->high >= target->wanted;
        if (!open || target->kind == TARGET_SAVINGS)
            return false;
    }
    return outcome->plan.pending == 0;
}

/** The next `most` records to try together: in order, within the budget, at most
 *  `input->tries_per_cost` of one cost. */
static size_t next_finalists(struct race *race, size_t *from, size_t most,
                             const struct planner_record *finalists[FINALISTS]) {
    const struct planner_state *search = race->search;
    const struct scenario_target *cost = &search->input->context->scenario->targets.cost;
    const size_t tries = search->input->tries_per_cost;
    size_t count = 0;
    for (; count < most && *from < search->record_count; (*from)++) {
        const struct planner_record *record = &search->records[*from];
        if (!record->possible || (cost->set && record->usd_per_month > cost->bound))
            break;
        if (record->usd_per_month != race->usd_per_month) {
            race->usd_per_month = record->usd_per_month;
            race->at_this_cost = 0;
        }
        if (tries == 0 || race->at_this_cost++ < tries)
            finalists[count++] = record;
    }
    return count;
}

/** Look at a few replicas of each finalist, then at all replicas of those still in the race. */
static enum status try_finalists(struct race *race, const struct planner_record **finalists,
                                 size_t count, struct diagnostics *diagnostics) {
    const struct planner_state *search = race->search;
    const bool all = search->input->engine.replicas <= PLANNER_REPLICAS;
    struct plan_outcome *outcomes[FINALISTS];
    enum status status = simulate(search, finalists, count, PLANNER_REPLICAS, all ? race : NULL,
                                  outcomes, diagnostics);
    race->output->verified += count;
    for (size_t i = 0; i < count && status == STATUS_OK && !all && !race->best; i++)
        if (plausible(outcomes[i]))
            status =
                simulate(search, &finalists[i], 1, UINT64_MAX, race, &outcomes[i], diagnostics);
    return status;
}

static enum status find_best(struct race *race, struct diagnostics *diagnostics) {
    size_t from = 0;
    for (int round = 0; !race->best; round++) {
        const struct planner_record *finalists[FINALISTS];
        /* The first often wins: only when it does not are more looked at together. */
        size_t count = next_finalists(race, &from, round == 0 ? 1 : FINALISTS, finalists);
        if (count == 0)
            break;
        enum status status = try_finalists(race, finalists, count, diagnostics);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/** The least risky record of one node set. When its pods do not fit, whatever the settings, there
 *  is none: then `least` has its first choices. */
static void least_risky(const struct planner_state *search, unsigned set,
                        struct planner_record *least) {
    bool found = false;
    *least = (struct planner_record){.nodes = set, .usd_per_month = search->sets[set].fixed_usd};
    for (size_t i = 0; i < search->record_count; i++) {
        const struct planner_record *record = &search->records[i];
        if (record->nodes != set)
            continue;
        if (!found || record->miss < least->miss ||
            (record->miss == least->miss && record->usd_per_month < least->usd_per_month))
            *least = *record;
        found = true;
    }
}

/** Of each other node set the cheapest record that passes, or the least risky when none does. */
static enum status find_alternatives(const struct race *race, struct diagnostics *diagnostics) {
    const struct planner_state *search = race->search;
    struct planner_record *others =
        arena_array(search->input->context->arena, search->set_count + 1, sizeof *others);
    const struct planner_record *chosen[ALTERNATIVES];
    size_t count = 0;
    if (!others)
        return diagnostics_out_of_memory(diagnostics, "the search");
    for (unsigned set = 0; set < search->set_count; set++) {
        size_t first = 0;
        if (race->best && race->best->nodes == set)
            continue;
        while (first < search->record_count &&
               !(search->records[first].nodes == set && search->records[first].passes))
            first++;
        if (first < search->record_count)
            others[count] = search->records[first];
        else
            least_risky(search, set, &others[count]);
        count++;
    }
    qsort(others, count, sizeof *others, compare_records);
    if (count > ALTERNATIVES)
        count = ALTERNATIVES;
    for (size_t i = 0; i < count; i++)
        chosen[i] = &others[i];
    race->output->alternative_count = count;
    return count == 0 ? STATUS_OK
                      : simulate(search, chosen, count, PLANNER_SHOWN_REPLICAS, NULL,
                                 race->output->alternatives, diagnostics);
}

static int compare_cost(const void *a, const void *b) {
    double x = ((const struct planner_record *)a)->usd_per_month;
    double y = ((const struct planner_record *)b)->usd_per_month;
    return (x > y) - (x < y);
}

/** Why nothing cheaper holds: each cheaper node set by its least risky plan. */
static enum status find_cheaper(const struct planner_state *search, struct planner_output *output,
                                struct diagnostics *diagnostics) {
    struct planner_record *classes =
        arena_array(search->input->context->arena, search->set_count + 1, sizeof *classes);
    const struct planner_record *chosen[RESULT_CHEAPER_MAX];
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
               : simulate(search, chosen, output->cheaper_count, PLANNER_SHOWN_REPLICAS, NULL,
                          output->cheaper, diagnostics);
}

enum status planner_pick(struct planner_state *search, struct planner_output *output,
                         struct diagnostics *diagnostics) {
    struct race race = {.search = search, .output = output, .usd_per_month = -1};
    enum status status = STATUS_OK;
    if (search->record_count > 0) {
        qsort(search->records, search->record_count, sizeof *search->records, compare_records);
        status = list_points(search, output, diagnostics);
    }
    if (status == STATUS_OK)
        status = find_best(&race, diagnostics);
    if (status == STATUS_OK)
        status = find_alternatives(&race, diagnostics);
    if (status == STATUS_OK && output->best)
        status = find_cheaper(search, output, diagnostics);
    return status;
}
