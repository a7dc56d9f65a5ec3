#include "sim/run.h"

#include "sim/base/units.h"
#include "sim/insight.h"
#include "sim/outcome.h"
#include "sim/planner.h"
#include "sim/sensitivity.h"

#include <stdlib.h>
#include <string.h>

enum status run_tables_load(struct arena *arena, const char *price_folder,
                            struct run_tables *tables, struct diagnostics *diagnostics) {
    enum status status = price_table_load(arena, price_folder, &tables->prices, diagnostics);
    if (status == STATUS_OK)
        status = instance_table_shipped(arena, &tables->instances, diagnostics);
    if (status == STATUS_OK)
        status = calibration_shipped(arena, &tables->calibration, diagnostics);
    return status;
}

/** A month of the load at its mean over the horizon, incidents included. */
static struct managed_load managed_load_of(const struct scenario *scenario,
                                           const struct workload *workload) {
    const double shape = workload_shape_mean(workload);
    const double excess = workload_incident_mean(workload) - 1;
    const double logs = shape * (1 + excess);
    const double traces = shape * (1 + WORKLOAD_INCIDENT_TRACE_SHARE * excess);
    const struct scenario_managed *managed = &scenario->managed;
    return (struct managed_load){
        .log_gb = scenario_log_bytes_per_second(scenario) * logs * SECONDS_PER_MONTH / 1e9,
        .log_lines = scenario_log_lines_per_second(scenario) * logs * SECONDS_PER_MONTH,
        .log_retention_days = scenario->stack.loki.retention_seconds / SECONDS_PER_DAY,
        .trace_count = scenario_traces_per_second(scenario) * traces * SECONDS_PER_MONTH,
        .span_count = scenario_spans_per_second(scenario) * traces * SECONDS_PER_MONTH,
        .span_gb = scenario_span_bytes_per_second(scenario) * traces * SECONDS_PER_MONTH / 1e9,
        .trace_retention_days = scenario->stack.tempo.retention_seconds / SECONDS_PER_DAY,
        .scanned_gb = managed->queries_scanned_gb_per_day * DAYS_PER_MONTH,
        .editors = managed->editors,
        .viewers = managed->viewers,
        .hosts = plan_service_hosts(scenario),
    };
}

static enum status make_managed(const struct scenario *scenario, const struct run_tables *tables,
                                const struct workload *workload, struct result *result,
                                struct diagnostics *diagnostics) {
    const struct managed_load load = managed_load_of(scenario, workload);
    for (int service = 0; service < MANAGED_COUNT; service++) {
        struct managed_outcome *own = &result->managed[service];
        own->service = (enum managed_service)service;
        enum status status = managed_bill(&result->arena, tables->prices, own->service,
                                          scenario->region, &load, &own->bill, diagnostics);
        if (status != STATUS_OK)
            return status;
        own->monthly_usd = bill_total(&own->bill);
    }
    result->log_gb_per_day = load.log_gb / DAYS_PER_MONTH;
    result->span_per_second_mean = load.span_count / SECONDS_PER_MONTH;
    return STATUS_OK;
}

/** The brief's own table, and what its stack costs at list prices in the scenario's region. */
static void make_brief(const struct scenario *scenario, const struct price_table *prices,
                       struct result *result) {
    static const struct {
        const char *item, *type;
        double gib, brief_usd;
    } rows[] = {{"Loki: t3.medium, 10 GB volume", "t3.medium", 10, 16.00},
                {"Tempo: t3.medium, 5 GB volume", "t3.medium", 5, 15.50},
                {"Grafana: t3.small, 1 GB volume", "t3.small", 1, 8.00}};
    const double root_gib = 20;
    struct price gib, hour;
    if (!price_gp3_gib_month(prices, scenario->region, &gib))
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!price_instance_hour(prices, scenario->region, rows[i].type, PURCHASE_ON_DEMAND, &hour))
            return;
        double list = HOURS_PER_MONTH * hour.usd + rows[i].gib * gib.usd;
        result->brief[result->brief_count++] = (struct brief_line){
            rows[i].item, rows[i].brief_usd, list,
            arena_print(&result->arena, "730 h x $%.4f + %.0f GiB x $%.4f; %s (%s)", hour.usd,
                        rows[i].gib, gib.usd, hour.source, hour.as_of)};
    }
    const double roots = sizeof rows / sizeof *rows * root_gib * gib.usd;
    result->brief[result->brief_count++] =
        (struct brief_line){"Root volumes of the three nodes", 0, roots,
                            arena_print(&result->arena, "3 x %.0f GiB x $%.4f; %s (%s)", root_gib,
                                        gib.usd, gib.source, gib.as_of)};
    for (size_t i = 0; i < result->brief_count; i++)
        if (!result->brief[i].note)
            result->brief[i].note = "";
}

static enum status run_written(const struct engine_input *engine,
                               const struct outcome_context *context, const struct plan *plan,
                               struct result *result, struct diagnostics *diagnostics) {
    static const char *const label = "as written";
    struct engine_samples samples;
    const struct outcome_plans plans = {plan, &label, 1, &samples};
    struct arena scratch;
    arena_init(&scratch);
    result->as_written = arena_take(context->arena, sizeof *result->as_written);
    enum status status = result->as_written ? outcome_simulate(engine, context, &plans, &scratch,
                                                               &result->as_written, diagnostics)
                                            : diagnostics_out_of_memory(diagnostics, "the result");
    if (status == STATUS_OK)
        status = outcome_series(plan, &samples, context->arena, result->as_written_series,
                                &result->as_written_series_count, diagnostics);
    arena_fini(&scratch);
    return status;
}

/** At one cost, candidates differ in limits and settings only; past the safest few of them the next
 *  cost is the better try. */
static const size_t tries_per_cost = 8;

static enum status run_search(const struct planner_input *input, struct result *result,
                              struct diagnostics *diagnostics) {
    struct planner_output found;
    enum status status = planner_search(input, &found, diagnostics);
    if (status != STATUS_OK)
        return status;
    result->best = found.best;
    result->alternative_count = found.alternative_count;
    memcpy(result->alternatives, found.alternatives, sizeof found.alternatives);
    result->cheaper_count = found.cheaper_count;
    memcpy(result->cheaper, found.cheaper, sizeof found.cheaper);
    result->candidates = found.points;
    result->candidate_count = found.point_count;
    result->candidates_screened = found.screened;
    result->candidates_verified = found.verified;
    result->next_step = found.next_step;
    result->volumes_note = found.volumes;
    memcpy(result->best_series, found.best_series, sizeof found.best_series);
    result->best_series_count = found.best_series_count;
    return STATUS_OK;
}

/** Those of `plans` that cost less than `usd`, in their order; returns how many. */
static size_t keep_cheaper(struct plan_outcome **plans, size_t count, double usd) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (plans[i]->monthly_usd.p50 < usd - 0.005)
            plans[kept++] = plans[i];
    return kept;
}

/** The stack as written is the best plan where it holds and the search found nothing cheaper: what
 *  is said and written for the best plan is then about it. */
static enum status crown_written(struct result *result, struct diagnostics *diagnostics) {
    struct plan_outcome *written = result->as_written, *dearer = result->best;
    const double usd = written->monthly_usd.p50;
    if (!written->holds || (dearer && dearer->monthly_usd.p50 < usd - 0.005))
        return STATUS_OK;
    result->best = arena_take(&result->arena, sizeof *result->best);
    if (!result->best)
        return diagnostics_out_of_memory(diagnostics, "the result");
    *result->best = *written;
    result->best_series_count = 0;
    result->next_step = NULL;
    if (dearer) {
        result->cheaper_count = keep_cheaper(result->cheaper, result->cheaper_count, usd);
        const size_t count = result->alternative_count < RESULT_ALTERNATIVES_MAX - 1
                                 ? result->alternative_count
                                 : RESULT_ALTERNATIVES_MAX - 1;
        memmove(result->alternatives + 1, result->alternatives,
                count * sizeof *result->alternatives);
        result->alternatives[0] = dearer;
        result->alternative_count = count + 1;
    } else {
        result->alternative_count = 0;
    }
    return STATUS_OK;
}

static enum status run_all(const struct scenario *scenario, const struct run_tables *tables,
                           const struct run_options *options, struct result *result,
                           struct diagnostics *diagnostics) {
    struct workload workload;
    struct plan plan;
    enum status status = calibrate_user_for(scenario, &tables->calibration, &result->arena,
                                            &result->calibration, diagnostics);
    if (status == STATUS_OK)
        status = workload_init(scenario, &result->arena, &workload, diagnostics);
    if (status == STATUS_OK)
        status = plan_from_scenario(scenario, &tables->instances, &plan, diagnostics);
    if (status == STATUS_OK)
        status = make_managed(scenario, tables, &workload, result, diagnostics);
    if (status != STATUS_OK)
        return status;
    make_brief(scenario, tables->prices, result);
    const struct outcome_context context = {
        .scenario = scenario,
        .prices = tables->prices,
        .baseline_usd_per_month = result->managed[scenario->managed.baseline].monthly_usd,
        .arena = &result->arena,
        .calibration = result->calibration.calibration,
    };
    const struct engine_input engine = {
        .scenario = scenario,
        .workload = &workload,
        .calibration = result->calibration.calibration,
        .prices = tables->prices,
        .replicas = scenario->simulation.replicas,
        .threads = options->threads,
        .series = options->series,
        .progress = options->progress,
        .progress_context = options->progress_context,
    };
    const struct planner_input planner = {engine, &context, &tables->instances, &plan,
                                          tries_per_cost};
    status = run_written(&engine, &context, &plan, result, diagnostics);
    if (status == STATUS_OK && options->search)
        status = run_search(&planner, result, diagnostics);
    if (status == STATUS_OK && options->search)
        status = crown_written(result, diagnostics);
    if (status != STATUS_OK)
        return status;
    result->holds = result->as_written->holds || result->best;
    if (!options->search || options->no_insight)
        return STATUS_OK;
    const struct insight_input insight = {engine, &context, managed_load_of(scenario, &workload)};
    status = insight_make(&insight, result, diagnostics);
    if (status == STATUS_OK && options->sensitivity)
        status = sensitivity_make(&planner, result, diagnostics);
    return status;
}

enum status run_scenario(const struct scenario *scenario, const struct run_tables *tables,
                         const struct run_options *options, struct result **result,
                         struct diagnostics *diagnostics) {
    *result = calloc(1, sizeof **result);
    if (!*result)
        return diagnostics_out_of_memory(diagnostics, "the result");
    arena_init(&(*result)->arena);
    (*result)->scenario = scenario;
    enum status status = run_all(scenario, tables, options, *result, diagnostics);
    if (status != STATUS_OK) {
        result_free(*result);
        *result = NULL;
    }
    return status;
}
