#include "sim/outcome.h"

#include "sim/base/units.h"
#include "sim/stats.h"

#include <float.h>
#include <string.h>

static struct probability share_of(const struct tally *tally, size_t hits) {
    return stats_probability(hits, tally->replicas);
}

static void component_make(enum component component, struct tally *tally,
                           struct component_outcome *out) {
    const struct tally_metrics *m = tally_metrics(component);
    const struct tally_component *counted = &tally->components[component];
    out->memory_peak_mib = tally_quantiles(tally, m->memory_peak);
    out->memory_mean_mib = tally_quantiles(tally, m->memory_mean);
    out->cpu_cores = tally_quantiles(tally, m->cpu_mean);
    out->cpu_peak_cores = tally_quantiles(tally, m->cpu_peak);
    out->disk_gib = tally_quantiles(tally, m->disk);
    out->kills = tally_quantiles(tally, m->kills);
    out->inodes_peak_p95 = tally_quantile(tally, m->inodes, 0.95);
    out->throttled_fraction =
        tally->replicas ? counted->throttled_sum / (double)tally->replicas : 0;
    out->volume_full = share_of(tally, counted->volume_full);
    out->out_of_memory = share_of(tally, counted->killed);
}

static double horizon_months(const struct outcome_context *context) {
    return context->scenario->simulation.horizon_seconds / SECONDS_PER_MONTH;
}

/** What the replicas are held against. Without a target of cost any surplus will do. */
static struct tally_bounds bounds_of(const struct outcome_context *context,
                                     const struct plan_outcome *outcome) {
    const struct scenario_targets *targets = &context->scenario->targets;
    const double room_usd = targets->cost.bound - bill_total(&outcome->bill);
    struct tally_bounds bounds = {
        .surplus_usd = targets->cost.set ? (float)(room_usd * horizon_months(context)) : FLT_MAX,
        .log_loss = (float)targets->log_loss.bound,
    };
    for (int c = 0; c < COMPONENT_COUNT; c++)
        bounds.limit_mib[c] = (float)(outcome->plan.resources[c].limit_bytes / MIB);
    return bounds;
}

/** Surplus credits come on top of the bill, which is the same for all replicas. */
static void add_surplus(struct outcome_draft *draft) {
    const struct outcome_context *context = draft->context;
    struct plan_outcome *outcome = draft->outcome;
    const double months = horizon_months(context);
    const struct quantiles surplus = tally_quantiles(&draft->tally, METRIC_SURPLUS_USD);
    struct price price;
    if (surplus.p50 > 0 &&
        price_surplus_vcpu_hour(context->prices, outcome->plan.nodes[0]->arm, &price))
        bill_add(&outcome->bill, "nodes", "surplus CPU credits (median)",
                 surplus.p50 / months / price.usd, "vCPU-hour", price.usd, price.source);
    const double fixed = bill_total(&outcome->bill) - surplus.p50 / months;
    outcome->monthly_usd = (struct quantiles){
        fixed + surplus.p5 / months, fixed + surplus.p50 / months, fixed + surplus.p95 / months,
        fixed + surplus.p99 / months, fixed + surplus.max / months};
}

enum status outcome_begin(const struct outcome_context *context, const struct plan *plan,
                          const char *label, bool one_round, struct arena *scratch,
                          struct plan_outcome *outcome, struct outcome_draft *draft,
                          struct diagnostics *diagnostics) {
    *draft = (struct outcome_draft){.context = context, .outcome = outcome};
    memset(outcome, 0, sizeof *outcome);
    outcome->plan = *plan;
    outcome->label = label;
    enum status status = plan_bill(context->scenario, plan, context->prices, context->arena,
                                   &outcome->bill, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct tally_bounds bounds = bounds_of(context, outcome);
    return tally_init(&bounds, one_round, scratch, &draft->tally)
               ? STATUS_OK
               : diagnostics_out_of_memory(diagnostics, "an outcome");
}

enum status outcome_end(struct outcome_draft *draft, struct diagnostics *diagnostics) {
    struct tally *tally = &draft->tally;
    struct plan_outcome *outcome = draft->outcome;
    for (int c = 0; c < COMPONENT_COUNT; c++)
        component_make((enum component)c, tally, &outcome->components[c]);
    outcome->log_loss = tally_quantiles(tally, METRIC_LOG_LOSS);
    outcome->credit_balance_low = tally_quantiles(tally, METRIC_CREDIT_LOW);
    outcome->credits_exhausted = share_of(tally, tally->credits_exhausted);
    add_surplus(draft);
    return outcome_judge(draft, diagnostics);
}

void outcome_drop(struct outcome_draft *draft) {
    tally_fini(&draft->tally);
}

enum status outcome_make(const struct outcome_context *context, const struct plan *plan,
                         const struct engine_samples *samples, const char *label,
                         struct plan_outcome *outcome, struct diagnostics *diagnostics) {
    struct outcome_draft draft;
    enum status status =
        outcome_begin(context, plan, label, true, NULL, outcome, &draft, diagnostics);
    if (status == STATUS_OK && !tally_fold(&draft.tally, samples))
        status = diagnostics_out_of_memory(diagnostics, "an outcome");
    if (status == STATUS_OK)
        status = outcome_end(&draft, diagnostics);
    outcome_drop(&draft);
    return status;
}

static enum status series_make(const struct engine_samples *samples, size_t which,
                               struct arena *arena, struct series *series,
                               struct diagnostics *diagnostics) {
    static const double wanted[SERIES_QUANTILES] = {0.05, 0.25, 0.50, 0.75, 0.95};
    double *day = arena_array(arena, samples->points, sizeof *day);
    double *bands[SERIES_QUANTILES];
    bool fine = day != NULL;
    for (size_t q = 0; q < SERIES_QUANTILES; q++) {
        bands[q] = arena_array(arena, samples->points, sizeof *bands[q]);
        fine = fine && bands[q];
    }
    if (!fine)
        return diagnostics_out_of_memory(diagnostics, "the bands");
    for (size_t point = 0; point < samples->points; point++) {
        float *values = samples->series[which] + point * samples->series_replicas;
        stats_sort(values, samples->series_replicas);
        day[point] = (double)samples->day[point];
        for (size_t q = 0; q < SERIES_QUANTILES; q++)
            bands[q][point] = stats_quantile(values, samples->series_replicas, wanted[q]);
    }
    series->points = samples->points;
    series->day = day;
    for (size_t q = 0; q < SERIES_QUANTILES; q++)
        series->quantile[q] = bands[q];
    return STATUS_OK;
}

enum status outcome_series(const struct plan *plan, const struct engine_samples *samples,
                           struct arena *arena, struct series *series, size_t *count,
                           struct diagnostics *diagnostics) {
    static const struct {
        const char *name, *title;
        enum component component;
        bool memory;
    } facts[ENGINE_SERIES_COUNT] = {
        [ENGINE_SERIES_LOKI_MEMORY_GIB] = {"loki_memory", "Loki memory", COMPONENT_LOKI, true},
        [ENGINE_SERIES_LOKI_DISK_GIB] = {"loki_disk", "Loki disk", COMPONENT_LOKI, false},
        [ENGINE_SERIES_TEMPO_MEMORY_GIB] = {"tempo_memory", "Tempo memory", COMPONENT_TEMPO, true},
        [ENGINE_SERIES_TEMPO_DISK_GIB] = {"tempo_disk", "Tempo disk", COMPONENT_TEMPO, false},
    };
    *count = 0;
    if (samples->points == 0)
        return STATUS_OK;
    for (size_t s = 0; s < ENGINE_SERIES_COUNT; s++) {
        const struct scenario_resources *resources = &plan->resources[facts[s].component];
        series[s] = (struct series){
            .name = facts[s].name,
            .title = facts[s].title,
            .unit = "GiB",
            .limit = (facts[s].memory ? resources->limit_bytes : resources->volume_bytes) / GIB,
        };
        enum status status = series_make(samples, s, arena, &series[s], diagnostics);
        if (status != STATUS_OK)
            return status;
    }
    *count = ENGINE_SERIES_COUNT;
    return STATUS_OK;
}
