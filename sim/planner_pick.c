/* Which candidates are worth a full simulation: the race for the cheapest plan that holds. */
#include "sim/planner_search.h"

#include "sim/base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Candidates looked at together. */
enum { FINALISTS = 4 };

/** What find_best() has at hand. */
struct race {
    struct planner_state *search;
    struct planner_output *output;
    const struct planner_record *best;
    size_t at_this_cost; /**< records tried at the cost under way */
    double usd_per_month;
};

/** What sets a plan apart: its nodes first. */
static const char *label_of(const struct planner_state *search, const struct plan *plan) {
    char nodes[128], age[32], logs[32], traces[32];
    units_print_duration(age, sizeof age, plan->loki.max_chunk_age_seconds);
    units_print_quantity(logs, sizeof logs, plan->resources[COMPONENT_LOKI].volume_bytes);
    units_print_quantity(traces, sizeof traces, plan->resources[COMPONENT_TEMPO].volume_bytes);
    return arena_print(search->input->context->arena, "%s, %s, chunks of %s, volumes %s + %s",
                       plan_print_nodes(plan, nodes, sizeof nodes),
                       loki_encoding_name(plan->loki.encoding), age, logs, traces);
}

enum status planner_simulate(const struct planner_state *search,
                             const struct planner_record *const *records, size_t count,
                             uint64_t replicas, struct arena *scratch,
                             struct engine_samples *samples, struct plan_outcome **outcomes,
                             struct diagnostics *diagnostics) {
    const struct outcome_context *context = search->input->context;
    struct engine_input engine = search->input->engine;
    struct engine_samples own[ENGINE_PLANS_MAX];
    engine.replicas = replicas < engine.replicas ? replicas : engine.replicas;
    engine.series = samples != NULL;
    struct plan *plans = arena_array(scratch, count, sizeof *plans);
    const char *labels[ENGINE_PLANS_MAX];
    enum status status = plans ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the search");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        plans[i] = planner_plan(search, records[i]);
        outcomes[i] = arena_take(context->arena, sizeof *outcomes[i]);
        labels[i] = label_of(search, &plans[i]);
        if (!outcomes[i] || !labels[i])
            status = diagnostics_out_of_memory(diagnostics, "the search");
    }
    const struct outcome_plans all = {plans, labels, count, samples ? samples : own};
    return status == STATUS_OK
               ? outcome_simulate(&engine, context, &all, scratch, outcomes, diagnostics)
               : status;
}

/** Whether a record can still beat the best: surplus credits only add to its cost. */
static bool can_win(const struct race *race, const struct planner_record *record) {
    return !race->best || record->usd_per_month < race->output->best->monthly_usd.p50 - 0.005;
}

/** The cheapest of `outcomes` that hold, surplus credits counted, becomes the best, of two alike
 *  the first: its bands are kept. */
static enum status crown(struct race *race, const struct planner_record *const *records,
                         size_t count, struct plan_outcome **outcomes,
                         const struct engine_samples *samples, struct diagnostics *diagnostics) {
    struct planner_output *output = race->output;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!outcomes[i]->holds ||
            (race->best && outcomes[i]->monthly_usd.p50 >= output->best->monthly_usd.p50 - 0.005))
            continue;
        race->best = records[i];
        output->best = outcomes[i];
        status =
            outcome_series(&outcomes[i]->plan, &samples[i], race->search->input->context->arena,
                           output->best_series, &output->best_series_count, diagnostics);
    }
    return status;
}

/** Simulate finalists; with `crowns` the cheapest that holds wins. Samples are given back at once:
 *  there may be many rounds. */
static enum status look(struct race *race, const struct planner_record *const *records,
                        size_t count, uint64_t replicas, bool crowns,
                        struct plan_outcome **outcomes, struct diagnostics *diagnostics) {
    struct engine_samples samples[ENGINE_PLANS_MAX];
    struct arena scratch;
    arena_init(&scratch);
    enum status status = planner_simulate(race->search, records, count, replicas, &scratch,
                                          crowns ? samples : NULL, outcomes, diagnostics);
    if (status == STATUS_OK && crowns)
        status = crown(race, records, count, outcomes, samples, diagnostics);
    arena_fini(&scratch);
    race->output->verified += count;
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

double planner_budget_usd(const struct planner_state *search) {
    const struct outcome_context *context = search->input->context;
    const struct scenario_targets *targets = &context->scenario->targets;
    double budget = targets->cost.set ? targets->cost.bound : INFINITY;
    if (targets->savings.set)
        budget = fmin(budget, context->baseline_usd_per_month * (1 - targets->savings.bound));
    return budget;
}

void planner_least_risky(const struct planner_state *search, unsigned set,
                         struct planner_record *least) {
    const struct planner_variant *loki = &search->screen.loki.variants[0];
    const struct planner_variant *tempo = &search->screen.tempo.variants[0];
    bool found = false;
    *least = (struct planner_record){
        .nodes = set,
        .loki_goal = search->screen.loki.goals[0],
        .tempo_goal = search->screen.tempo.goals[0],
        .loki_limit = loki->limit_bytes[0][LIMIT_WRITTEN],
        .tempo_limit = tempo->limit_bytes[0][LIMIT_WRITTEN],
        .usd_per_month = search->sets[set].fixed_usd +
                         search->gib_usd * (loki->volume_bytes[0] + tempo->volume_bytes[0]) / GIB,
    };
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

/**
 * Whether a node set is worth its finalists' simulations. Candidates that pass even with both peaks
 * at once are. The others hang on when the peaks come: when the least risky of them misses a target
 * beyond doubt, all do. Without a limit of tries everything is simulated.
 */
static enum status is_hopeful(struct race *race, const struct planner_record *record, bool *hopeful,
                              struct diagnostics *diagnostics) {
    struct planner_probe *probe = &race->search->probes[record->nodes];
    *hopeful = true;
    if (record->passes || race->search->input->tries_per_cost == 0)
        return STATUS_OK;
    enum status status = STATUS_OK;
    if (!probe->outcome) {
        const struct planner_record *least = &probe->record;
        planner_least_risky(race->search, record->nodes, &probe->record);
        status = look(race, &least, 1, PLANNER_SHOWN_REPLICAS, false, &probe->outcome, diagnostics);
    }
    *hopeful = status == STATUS_OK && plausible(probe->outcome);
    return status;
}

/** The next `most` records to try together: in order, within the budget, at most
 *  `input->tries_per_cost` of one cost. */
static enum status next_finalists(struct race *race, size_t *from, size_t most,
                                  const struct planner_record *finalists[FINALISTS], size_t *count,
                                  struct diagnostics *diagnostics) {
    const struct planner_state *search = race->search;
    const double budget = planner_budget_usd(search);
    const size_t tries = search->input->tries_per_cost;
    enum status status = STATUS_OK;
    *count = 0;
    for (; *count < most && *from < search->record_count && status == STATUS_OK; (*from)++) {
        const struct planner_record *record = &search->records[*from];
        bool hopeful;
        if (!record->possible || record->usd_per_month > budget || !can_win(race, record))
            break;
        status = is_hopeful(race, record, &hopeful, diagnostics);
        if (status != STATUS_OK || !hopeful)
            continue;
        if (record->usd_per_month != race->usd_per_month) {
            race->usd_per_month = record->usd_per_month;
            race->at_this_cost = 0;
        }
        if (tries == 0 || race->at_this_cost++ < tries)
            finalists[(*count)++] = record;
    }
    return status;
}

/** Look at a few replicas of each finalist, then at all replicas of those still in the race. */
static enum status try_finalists(struct race *race, const struct planner_record **finalists,
                                 size_t count, struct diagnostics *diagnostics) {
    const bool all = race->search->input->engine.replicas <= PLANNER_REPLICAS;
    struct plan_outcome *outcomes[FINALISTS];
    enum status status = look(race, finalists, count, PLANNER_REPLICAS, all, outcomes, diagnostics);
    for (size_t i = 0; i < count && status == STATUS_OK && !all; i++)
        if (can_win(race, finalists[i]) && plausible(outcomes[i])) {
            status = look(race, &finalists[i], 1, UINT64_MAX, true, &outcomes[i], diagnostics);
            race->output->verified--;
        }
    return status;
}

/** Records by rising cost, until none can be cheaper than the best that was found. */
static enum status find_best(struct race *race, struct diagnostics *diagnostics) {
    size_t from = 0;
    for (int round = 0;; round++) {
        const struct planner_record *finalists[FINALISTS];
        size_t count;
        /* The first often wins: only when it does not are more looked at together. */
        enum status status =
            next_finalists(race, &from, round == 0 ? 1 : FINALISTS, finalists, &count, diagnostics);
        if (status == STATUS_OK && count > 0)
            status = try_finalists(race, finalists, count, diagnostics);
        if (status != STATUS_OK || count == 0)
            return status;
    }
}

enum status planner_pick(struct planner_state *search, struct planner_output *output,
                         struct diagnostics *diagnostics) {
    struct race race = {.search = search, .output = output, .usd_per_month = -1};
    output->screened = search->screened;
    search->probes = arena_array(&search->arena, search->set_count, sizeof *search->probes);
    if (!search->probes)
        return diagnostics_out_of_memory(diagnostics, "the search");
    if (search->record_count > 0)
        qsort(search->records, search->record_count, sizeof *search->records, planner_compare);
    enum status status = find_best(&race, diagnostics);
    return status == STATUS_OK ? planner_show(search, race.best, output, diagnostics) : status;
}
