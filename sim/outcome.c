#include "sim/outcome.h"

#include "sim/base/units.h"
#include "sim/stats.h"

#include <stdlib.h>
#include <string.h>

/** Metrics of each component; -1 where it has none. */
static const struct component_metrics {
    int memory_peak, memory_mean, cpu_mean, cpu_peak, disk, inodes, kills, full, throttled;
} metrics_of[COMPONENT_COUNT] = {
    [COMPONENT_LOKI] = {METRIC_LOKI_MEMORY_PEAK_MIB, METRIC_LOKI_MEMORY_MEAN_MIB,
                        METRIC_LOKI_CPU_MEAN_CORES, METRIC_LOKI_CPU_PEAK_CORES,
                        METRIC_LOKI_DISK_PEAK_GIB, METRIC_LOKI_INODES_PEAK, METRIC_LOKI_KILLS,
                        METRIC_LOKI_FULL_SECONDS, METRIC_LOKI_THROTTLED},
    [COMPONENT_TEMPO] = {METRIC_TEMPO_MEMORY_PEAK_MIB, METRIC_TEMPO_MEMORY_MEAN_MIB,
                         METRIC_TEMPO_CPU_MEAN_CORES, METRIC_TEMPO_CPU_PEAK_CORES,
                         METRIC_TEMPO_DISK_PEAK_GIB, METRIC_TEMPO_INODES_PEAK, METRIC_TEMPO_KILLS,
                         METRIC_TEMPO_FULL_SECONDS, METRIC_TEMPO_THROTTLED},
    [COMPONENT_GRAFANA] = {METRIC_GRAFANA_MEMORY_PEAK_MIB, METRIC_GRAFANA_MEMORY_PEAK_MIB,
                           METRIC_GRAFANA_CPU_CORES, METRIC_GRAFANA_CPU_CORES, -1, -1, -1, -1, -1},
    [COMPONENT_COLLECTOR] = {METRIC_COLLECTOR_MEMORY_PEAK_MIB, METRIC_COLLECTOR_MEMORY_PEAK_MIB,
                             METRIC_COLLECTOR_CPU_CORES, METRIC_COLLECTOR_CPU_CORES, -1, -1, -1, -1,
                             -1},
    [COMPONENT_AGENT] = {METRIC_AGENT_MEMORY_PEAK_MIB, METRIC_AGENT_MEMORY_PEAK_MIB,
                         METRIC_AGENT_CPU_CORES, METRIC_AGENT_CPU_CORES, -1, -1, -1, -1, -1},
};

/** Room for one metric's values, sorted again and again. */
struct sorter {
    const struct engine_samples *samples;
    float *scratch; /**< [samples->replicas] */
};

static struct quantiles quantiles_of(const struct sorter *sorter, int metric) {
    if (metric < 0)
        return (struct quantiles){0, 0, 0, 0, 0};
    memcpy(sorter->scratch, sorter->samples->metric[metric],
           sorter->samples->replicas * sizeof *sorter->scratch);
    return stats_quantiles(sorter->scratch, sorter->samples->replicas);
}

static struct probability share_above(const struct engine_samples *samples, int metric,
                                      float bound) {
    size_t hits = 0;
    for (size_t i = 0; metric >= 0 && i < samples->replicas; i++)
        hits += samples->metric[metric][i] > bound;
    return stats_probability(hits, samples->replicas);
}

static double mean_of(const struct engine_samples *samples, int metric) {
    double sum = 0;
    for (size_t i = 0; metric >= 0 && i < samples->replicas; i++)
        sum += (double)samples->metric[metric][i];
    return samples->replicas ? sum / (double)samples->replicas : 0;
}

static void component_make(const struct plan *plan, enum component component,
                           const struct sorter *sorter, struct component_outcome *out) {
    const struct component_metrics *m = &metrics_of[component];
    const float limit_mib = (float)(plan->resources[component].limit_bytes / MIB);
    out->memory_peak_mib = quantiles_of(sorter, m->memory_peak);
    out->memory_mean_mib = quantiles_of(sorter, m->memory_mean);
    out->cpu_cores = quantiles_of(sorter, m->cpu_mean);
    out->cpu_peak_cores = quantiles_of(sorter, m->cpu_peak);
    out->disk_gib = quantiles_of(sorter, m->disk);
    out->kills = quantiles_of(sorter, m->kills);
    out->inodes_peak_p95 = quantiles_of(sorter, m->inodes).p95;
    out->throttled_fraction = mean_of(sorter->samples, m->throttled);
    out->volume_full = share_above(sorter->samples, m->full, 0);
    /* The small processes are not followed through time: one that passes its limit is killed. */
    out->out_of_memory = m->kills >= 0 ? share_above(sorter->samples, m->kills, 0)
                                       : share_above(sorter->samples, m->memory_peak, limit_mib);
}

static enum status money_make(const struct outcome_context *context, const struct plan *plan,
                              const struct sorter *sorter, struct plan_outcome *outcome,
                              struct diagnostics *diagnostics) {
    const double months = context->scenario->simulation.horizon_seconds / SECONDS_PER_MONTH;
    enum status status = plan_bill(context->scenario, plan, context->prices, context->arena,
                                   &outcome->bill, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct quantiles surplus = quantiles_of(sorter, METRIC_SURPLUS_USD);
    struct price price;
    if (surplus.p50 > 0 && price_surplus_vcpu_hour(context->prices, plan->nodes[0]->arm, &price))
        bill_add(&outcome->bill, "nodes", "surplus CPU credits (median)",
                 surplus.p50 / months / price.usd, "vCPU-hour", price.usd, price.source);
    const double fixed = bill_total(&outcome->bill) - surplus.p50 / months;
    outcome->monthly_usd = (struct quantiles){
        fixed + surplus.p5 / months, fixed + surplus.p50 / months, fixed + surplus.p95 / months,
        fixed + surplus.p99 / months, fixed + surplus.max / months};
    return STATUS_OK;
}

enum status outcome_make(const struct outcome_context *context, const struct plan *plan,
                         const struct engine_samples *samples, const char *label,
                         struct plan_outcome *outcome, struct diagnostics *diagnostics) {
    memset(outcome, 0, sizeof *outcome);
    outcome->plan = *plan;
    outcome->label = label;
    struct sorter sorter = {samples, malloc((samples->replicas + 1) * sizeof(float))};
    if (!sorter.scratch)
        return diagnostics_out_of_memory(diagnostics, "an outcome");
    for (int component = 0; component < COMPONENT_COUNT; component++)
        component_make(plan, (enum component)component, &sorter, &outcome->components[component]);
    outcome->log_loss = quantiles_of(&sorter, METRIC_LOG_LOSS);
    outcome->credit_balance_low = quantiles_of(&sorter, METRIC_CREDIT_LOW);
    outcome->credits_exhausted = share_above(samples, METRIC_CREDITS_EXHAUSTED, 0);
    enum status status = money_make(context, plan, &sorter, outcome, diagnostics);
    if (status == STATUS_OK)
        status = outcome_judge(context, samples, outcome, diagnostics);
    free(sorter.scratch);
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
