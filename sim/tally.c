#include "sim/tally.h"

#include "sim/histogram.h"
#include "sim/stats.h"

#include <stdlib.h>
#include <string.h>

const struct tally_metrics *tally_metrics(enum component component) {
    static const struct tally_metrics metrics[COMPONENT_COUNT] = {
        [COMPONENT_LOKI] = {METRIC_LOKI_MEMORY_PEAK_MIB, METRIC_LOKI_MEMORY_MEAN_MIB,
                            METRIC_LOKI_CPU_MEAN_CORES, METRIC_LOKI_CPU_PEAK_CORES,
                            METRIC_LOKI_DISK_PEAK_GIB, METRIC_LOKI_INODES_PEAK, METRIC_LOKI_KILLS,
                            METRIC_LOKI_FULL_SECONDS, METRIC_LOKI_THROTTLED},
        [COMPONENT_TEMPO] = {METRIC_TEMPO_MEMORY_PEAK_MIB, METRIC_TEMPO_MEMORY_MEAN_MIB,
                             METRIC_TEMPO_CPU_MEAN_CORES, METRIC_TEMPO_CPU_PEAK_CORES,
                             METRIC_TEMPO_DISK_PEAK_GIB, METRIC_TEMPO_INODES_PEAK,
                             METRIC_TEMPO_KILLS, METRIC_TEMPO_FULL_SECONDS, METRIC_TEMPO_THROTTLED},
        [COMPONENT_GRAFANA] = {METRIC_GRAFANA_MEMORY_PEAK_MIB, METRIC_GRAFANA_MEMORY_PEAK_MIB,
                               METRIC_GRAFANA_CPU_CORES, METRIC_GRAFANA_CPU_CORES, -1, -1, -1, -1,
                               -1},
        [COMPONENT_COLLECTOR] = {METRIC_COLLECTOR_MEMORY_PEAK_MIB, METRIC_COLLECTOR_MEMORY_PEAK_MIB,
                                 METRIC_COLLECTOR_CPU_CORES, METRIC_COLLECTOR_CPU_CORES, -1, -1, -1,
                                 -1, -1},
        [COMPONENT_AGENT] = {METRIC_AGENT_MEMORY_PEAK_MIB, METRIC_AGENT_MEMORY_PEAK_MIB,
                             METRIC_AGENT_CPU_CORES, METRIC_AGENT_CPU_CORES, -1, -1, -1, -1, -1},
    };
    return &metrics[component];
}

static bool add_histogram(struct tally *tally, int metric, struct arena *arena) {
    if (metric < 0 || tally->histograms[metric])
        return true;
    tally->histograms[metric] = histogram_new(arena);
    return tally->histograms[metric] != NULL;
}

bool tally_init(const struct tally_bounds *bounds, bool one_round, struct arena *arena,
                struct tally *tally) {
    *tally = (struct tally){.bounds = *bounds, .one_round = one_round, .sorted_metric = -1};
    if (one_round)
        return true;
    bool fine = add_histogram(tally, METRIC_LOG_LOSS, arena) &&
                add_histogram(tally, METRIC_CREDIT_LOW, arena) &&
                add_histogram(tally, METRIC_SURPLUS_USD, arena);
    for (int c = 0; c < COMPONENT_COUNT; c++) {
        const struct tally_metrics *m = tally_metrics((enum component)c);
        fine = fine && add_histogram(tally, m->memory_peak, arena) &&
               add_histogram(tally, m->memory_mean, arena) &&
               add_histogram(tally, m->cpu_mean, arena) &&
               add_histogram(tally, m->cpu_peak, arena) && add_histogram(tally, m->disk, arena) &&
               add_histogram(tally, m->inodes, arena) && add_histogram(tally, m->kills, arena);
    }
    return fine;
}

void tally_fini(struct tally *tally) {
    free(tally->sorted);
}

static size_t count_above(const struct engine_samples *samples, int metric, float bound) {
    size_t hits = 0;
    for (size_t i = 0; metric >= 0 && i < samples->replicas; i++)
        hits += samples->metric[metric][i] > bound;
    return hits;
}

static void fold_component(const struct engine_samples *samples, enum component component,
                           float limit_mib, struct tally_component *out) {
    const struct tally_metrics *m = tally_metrics(component);
    const size_t over_limit = count_above(samples, m->memory_peak, limit_mib);
    out->over_limit += over_limit;
    out->killed += m->kills >= 0 ? count_above(samples, m->kills, 0) : over_limit;
    out->volume_full += count_above(samples, m->full, 0);
    for (size_t i = 0; m->throttled >= 0 && i < samples->replicas; i++)
        out->throttled_sum += (double)samples->metric[m->throttled][i];
}

/** Replicas in which any component is killed. */
static size_t count_killed(const struct engine_samples *samples,
                           const struct tally_bounds *bounds) {
    size_t killed = 0;
    for (size_t i = 0; i < samples->replicas; i++) {
        bool any = false;
        for (int c = 0; c < COMPONENT_COUNT; c++) {
            const struct tally_metrics *m = tally_metrics((enum component)c);
            any =
                any || (m->kills >= 0 ? samples->metric[m->kills][i] > 0
                                      : samples->metric[m->memory_peak][i] > bounds->limit_mib[c]);
        }
        killed += any;
    }
    return killed;
}

bool tally_fold(struct tally *tally, const struct engine_samples *samples) {
    const struct tally_bounds *bounds = &tally->bounds;
    const size_t count = samples->replicas;
    for (int c = 0; c < COMPONENT_COUNT; c++)
        fold_component(samples, (enum component)c, bounds->limit_mib[c], &tally->components[c]);
    tally->replicas += count;
    tally->any_killed += count_killed(samples, bounds);
    tally->credits_exhausted += count_above(samples, METRIC_CREDITS_EXHAUSTED, 0);
    tally->within_surplus += count - count_above(samples, METRIC_SURPLUS_USD, bounds->surplus_usd);
    tally->within_loss += count - count_above(samples, METRIC_LOG_LOSS, bounds->log_loss);
    if (tally->one_round) {
        tally->samples = samples;
        tally->sorted = malloc((count + 1) * sizeof *tally->sorted);
        return tally->sorted != NULL;
    }
    bool fine = true;
    for (int m = 0; m < METRIC_COUNT && fine; m++)
        if (tally->histograms[m])
            fine = histogram_add(tally->histograms[m], samples->metric[m], count);
    return fine;
}

double tally_quantile(struct tally *tally, int metric, double p) {
    if (metric < 0 || tally->replicas == 0)
        return 0;
    if (!tally->one_round)
        return histogram_quantile(tally->histograms[metric], p);
    if (tally->sorted_metric != metric) {
        memcpy(tally->sorted, tally->samples->metric[metric],
               tally->replicas * sizeof *tally->sorted);
        stats_sort(tally->sorted, tally->replicas);
        tally->sorted_metric = metric;
    }
    return stats_quantile(tally->sorted, tally->replicas, p);
}

struct quantiles tally_quantiles(struct tally *tally, int metric) {
    return (struct quantiles){
        .p5 = tally_quantile(tally, metric, 0.05),
        .p50 = tally_quantile(tally, metric, 0.50),
        .p95 = tally_quantile(tally, metric, 0.95),
        .p99 = tally_quantile(tally, metric, 0.99),
        .max = tally_quantile(tally, metric, 1.00),
    };
}
