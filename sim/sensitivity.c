#include "sim/sensitivity.h"

#include "sim/base/units.h"
#include "sim/planner_search.h"
#include "sim/sensitivity_inputs.h"
#include "sim/sensitivity_measure.h"
#include "sim/sensitivity_sobol.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Both ends of an input. */
static const double end_quantiles[2] = {0.1, 0.9};

/** What the ends are found with. */
struct tornado {
    const struct planner_input *input;
    const struct plan *plan;
    struct planner_state *search;
};

static bool is_money(enum target_kind kind) {
    return kind == TARGET_COST || kind == TARGET_SAVINGS;
}

/** Whether one replica misses any target but cost and savings. */
static bool replica_misses(const struct scenario_targets *targets, const struct plan *plan,
                           const struct engine_samples *samples, size_t i) {
    static const struct {
        enum component component;
        enum engine_metric metric;
    } small[] = {{COMPONENT_GRAFANA, METRIC_GRAFANA_MEMORY_PEAK_MIB},
                 {COMPONENT_COLLECTOR, METRIC_COLLECTOR_MEMORY_PEAK_MIB},
                 {COMPONENT_AGENT, METRIC_AGENT_MEMORY_PEAK_MIB}};
    bool missed = false;
    if (targets->out_of_memory.set) {
        missed =
            samples->metric[METRIC_LOKI_KILLS][i] > 0 || samples->metric[METRIC_TEMPO_KILLS][i] > 0;
        for (size_t s = 0; s < sizeof small / sizeof *small; s++)
            missed = missed || samples->metric[small[s].metric][i] >
                                   (float)(plan->resources[small[s].component].limit_bytes / MIB);
    }
    if (targets->logs_retention.set)
        missed = missed || samples->metric[METRIC_LOKI_FULL_SECONDS][i] > 0 ||
                 plan->loki_retention_seconds < targets->logs_retention.bound;
    if (targets->traces_retention.set)
        missed = missed || samples->metric[METRIC_TEMPO_FULL_SECONDS][i] > 0 ||
                 plan->tempo_retention_seconds < targets->traces_retention.bound;
    if (targets->log_loss.set)
        missed = missed || samples->metric[METRIC_LOG_LOSS][i] > (float)targets->log_loss.bound;
    return missed;
}

/** Simulate the plan and judge it: risk, holds, reason. */
static enum status find_risk(const struct tornado *tornado, const struct engine_input *engine,
                             const struct outcome_context *context, struct sensitivity_end *end,
                             struct diagnostics *diagnostics) {
    struct engine_samples samples;
    struct plan_outcome *outcome = arena_take(context->arena, sizeof *outcome);
    if (!outcome)
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    enum status status =
        engine_run(engine, tornado->plan, 1, context->arena, &samples, diagnostics);
    if (status == STATUS_OK)
        status = outcome_make(context, tornado->plan, &samples, "", outcome, diagnostics);
    if (status != STATUS_OK)
        return status;
    size_t missed = 0;
    for (size_t i = 0; i < samples.replicas; i++)
        missed += replica_misses(&context->scenario->targets, tornado->plan, &samples, i);
    end->risk = (double)missed / (double)samples.replicas;
    end->holds = true;
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        if (target->holds || is_money(target->kind))
            continue;
        if (end->holds)
            end->reason = target->reason;
        end->holds = false;
    }
    if (end->reason)
        end->reason = arena_print(tornado->input->context->arena, "%s", end->reason);
    return STATUS_OK;
}

static int compare_sets(const void *a, const void *b) {
    const double x = ((const struct planner_node_set *)a)->fixed_usd;
    const double y = ((const struct planner_node_set *)b)->fixed_usd;
    return (x > y) - (x < y);
}

/** The cheapest record that passes, node sets by rising cost until none can be cheaper. */
static enum status list_cheapest(struct planner_state *search, struct planner_record *cheapest,
                                 bool *found, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    *found = false;
    qsort(search->sets, search->set_count, sizeof *search->sets, compare_sets);
    for (unsigned set = 0; set < search->set_count && status == STATUS_OK; set++) {
        if (*found && search->sets[set].fixed_usd >= cheapest->usd_per_month)
            break;
        search->record_count = 0;
        status = planner_state_list_set(search, set, diagnostics);
        for (size_t i = 0; i < search->record_count && status == STATUS_OK; i++) {
            const struct planner_record *record = &search->records[i];
            if (!record->passes || (*found && record->usd_per_month >= cheapest->usd_per_month))
                continue;
            *cheapest = *record;
            *found = true;
        }
    }
    return status;
}

/** Look the cheapest plan up that passes. */
static enum status find_cost(const struct tornado *tornado, const struct engine_input *engine,
                             const struct outcome_context *context, struct sensitivity_end *end,
                             struct diagnostics *diagnostics) {
    struct planner_state *search = tornado->search;
    struct planner_input input = *tornado->input;
    struct planner_record cheapest;
    input.engine = *engine;
    if (input.engine.replicas > SENSITIVITY_LOOKUP_REPLICAS)
        input.engine.replicas = SENSITIVITY_LOOKUP_REPLICAS;
    input.context = context;
    end->nodes = "";
    enum status status = planner_state_open(&input, search, diagnostics);
    if (status == STATUS_OK)
        status = list_cheapest(search, &cheapest, &end->found, diagnostics);
    if (status == STATUS_OK && end->found) {
        char nodes[96];
        const struct plan plan = planner_plan(search, &cheapest);
        end->monthly_usd = cheapest.usd_per_month;
        end->nodes = arena_print(tornado->input->context->arena, "%s",
                                 plan_print_nodes(&plan, nodes, sizeof nodes));
        if (!end->nodes)
            status = diagnostics_out_of_memory(diagnostics, "the sensitivity");
    }
    planner_state_close(search);
    return status;
}

/** Everything at one point. */
static enum status find_end(const struct tornado *tornado, const struct sensitivity_point *point,
                            struct sensitivity_end *end, struct diagnostics *diagnostics) {
    struct engine_input engine = tornado->input->engine;
    struct outcome_context context = *tornado->input->context;
    const struct engine_given given = sensitivity_given(point, engine.calibration);
    struct scenario scenario;
    struct workload workload;
    struct arena scratch;
    arena_init(&scratch);
    enum status status = sensitivity_move(engine.scenario, point, engine.calibration, &scratch,
                                          &scenario, diagnostics);
    if (status == STATUS_OK)
        status = workload_init(&scenario, &scratch, &workload, diagnostics);
    engine.scenario = &scenario;
    engine.workload = &workload;
    engine.given = &given;
    engine.given_count = 1;
    context.scenario = &scenario;
    context.arena = &scratch;
    if (status == STATUS_OK)
        status = find_risk(tornado, &engine, &context, end, diagnostics);
    if (status == STATUS_OK)
        status = find_cost(tornado, &engine, &context, end, diagnostics);
    arena_fini(&scratch);
    return status;
}

static enum status find_ends(const struct tornado *tornado, struct sensitivity *rows,
                             struct sensitivity_summary *summary, struct diagnostics *diagnostics) {
    struct sensitivity_point point = sensitivity_base();
    summary->base.at = 1;
    enum status status = find_end(tornado, &point, &summary->base, diagnostics);
    for (int i = 0; i < SENSITIVITY_INPUT_COUNT; i++) {
        const enum sensitivity_input input = (enum sensitivity_input)i;
        rows[i] = sensitivity_row(input);
        struct sensitivity_end *const ends[2] = {&rows[i].low, &rows[i].high};
        for (int e = 0; e < 2 && status == STATUS_OK; e++) {
            point = sensitivity_base();
            point.quantile[i] = end_quantiles[e];
            ends[e]->at =
                sensitivity_factor(input, end_quantiles[e], tornado->input->engine.calibration);
            status = find_end(tornado, &point, ends[e], diagnostics);
        }
        sensitivity_weigh(&summary->base, &rows[i]);
    }
    return status;
}

/** The strongest first; those alike in the table's order. */
static void rank(struct sensitivity *rows) {
    for (size_t i = 1; i < SENSITIVITY_INPUT_COUNT; i++)
        for (size_t at = i; at > 0 && rows[at].moves > rows[at - 1].moves; at--) {
            const struct sensitivity other = rows[at];
            rows[at] = rows[at - 1];
            rows[at - 1] = other;
        }
}

static enum status make(const struct tornado *tornado, struct result *result,
                        struct diagnostics *diagnostics) {
    struct sensitivity rows[SENSITIVITY_INPUT_COUNT] = {0};
    struct sensitivity_sobol sobol;
    struct sensitivity_summary *summary = &result->sensitivity_summary;
    enum status status = find_ends(tornado, rows, summary, diagnostics);
    if (status == STATUS_OK)
        status =
            sensitivity_sobol(tornado->input, tornado->plan, SENSITIVITY_ROWS, &sobol, diagnostics);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < SENSITIVITY_INPUT_COUNT; i++) {
        rows[i].memory = sobol.index[i][SENSITIVITY_MEMORY];
        rows[i].disk = sobol.index[i][SENSITIVITY_DISK];
    }
    rank(rows);
    summary->known = true;
    summary->chance_memory = sobol.index[SENSITIVITY_CHANCE][SENSITIVITY_MEMORY];
    summary->chance_disk = sobol.index[SENSITIVITY_CHANCE][SENSITIVITY_DISK];
    summary->replicas = (size_t)tornado->input->engine.replicas;
    summary->evaluations = sobol.evaluations;
    memcpy(result->sensitivity, rows, sizeof result->sensitivity);
    result->sensitivity_count = RESULT_SENSITIVITY_MAX;
    summary->measure_next =
        sensitivity_measure_next(tornado->input->context->arena, &summary->base,
                                 result->sensitivity, result->sensitivity_count);
    return summary->measure_next ? STATUS_OK
                                 : diagnostics_out_of_memory(diagnostics, "the sensitivity");
}

/** Simulations that report how far they are: the ends' and the base's, and those of the indices. */
enum { RUNS = 1 + 2 * SENSITIVITY_INPUT_COUNT + SENSITIVITY_SOBOL_RUNS };

/** The progress of all simulations together. */
struct progress {
    bool (*report)(double done, void *context);
    void *context;
    size_t runs_done;
};

static bool report_progress(double done, void *context) {
    struct progress *progress = context;
    const double all = ((double)progress->runs_done + done) / RUNS;
    progress->runs_done += done >= 1;
    return progress->report(fmin(all, 1), progress->context);
}

enum status sensitivity_make(const struct planner_input *input, struct result *result,
                             struct diagnostics *diagnostics) {
    struct planner_input own = *input;
    own.engine.series = false;
    struct progress progress = {input->engine.progress, input->engine.progress_context, 0};
    own.engine.progress = progress.report ? report_progress : NULL;
    own.engine.progress_context = &progress;
    if (own.engine.replicas > SENSITIVITY_REPLICAS)
        own.engine.replicas = SENSITIVITY_REPLICAS;
    const struct plan_outcome *outcome = result->best ? result->best : result->as_written;
    struct tornado tornado = {
        .input = &own, .plan = &outcome->plan, .search = malloc(sizeof *tornado.search)};
    if (!tornado.search)
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    enum status status = make(&tornado, result, diagnostics);
    free(tornado.search);
    return status;
}
