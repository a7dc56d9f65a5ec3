#include "tests/bench/bench_json.h"

#include "sim/base/units.h"
#include "sim/engine_plan.h"
#include "sim/stats.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** One member, called as the field is. */
#define PUT(object, from, field)                                                                   \
    json_object_set_new(object, #field, json_real((double)(from)->field))

#define NAME(metric) [METRIC_##metric] = #metric
static const char *const metric_names[METRIC_COUNT] = {
    NAME(LOKI_MEMORY_PEAK_MIB),
    NAME(LOKI_FLOOR_MIB),
    NAME(LOKI_FREE_PEAK_MIB),
    NAME(LOKI_MEMORY_MEAN_MIB),
    NAME(LOKI_CPU_MEAN_CORES),
    NAME(LOKI_CPU_PEAK_CORES),
    NAME(LOKI_DISK_PEAK_GIB),
    NAME(LOKI_INODES_PEAK),
    NAME(LOKI_KILLS),
    NAME(LOKI_THROTTLED),
    NAME(LOKI_FULL_SECONDS),
    NAME(LOG_LOSS),
    NAME(LOG_STORED),
    NAME(LOG_PENDING),
    NAME(LOG_FACTOR_MEAN),
    NAME(LOG_FACTOR_PEAK),
    NAME(TEMPO_MEMORY_PEAK_MIB),
    NAME(TEMPO_FLOOR_MIB),
    NAME(TEMPO_FREE_PEAK_MIB),
    NAME(TEMPO_MEMORY_MEAN_MIB),
    NAME(TEMPO_CPU_MEAN_CORES),
    NAME(TEMPO_CPU_PEAK_CORES),
    NAME(TEMPO_DISK_PEAK_GIB),
    NAME(TEMPO_INODES_PEAK),
    NAME(TEMPO_KILLS),
    NAME(TEMPO_THROTTLED),
    NAME(TEMPO_FULL_SECONDS),
    NAME(TRACE_FACTOR_MEAN),
    NAME(TRACE_FACTOR_PEAK),
    NAME(GRAFANA_MEMORY_PEAK_MIB),
    NAME(GRAFANA_CPU_CORES),
    NAME(COLLECTOR_MEMORY_PEAK_MIB),
    NAME(COLLECTOR_CPU_CORES),
    NAME(AGENT_MEMORY_PEAK_MIB),
    NAME(AGENT_CPU_CORES),
    NAME(CREDIT_LOW),
    NAME(CREDITS_EXHAUSTED),
    NAME(SURPLUS_USD),
};

static json_t *floats(const float *values, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_real((double)values[i]));
    return array;
}

static json_t *spread_of(const struct scenario_spread *spread) {
    json_t *object = json_object();
    PUT(object, spread, median);
    PUT(object, spread, p95);
    return object;
}

/** As the scenario has it: the peers work out noise, shape and incidents for themselves. */
static json_t *workload_of(const struct bench_setup *setup) {
    const struct scenario_profile *profile = &setup->scenario->workload.profile;
    const struct scenario_incidents *incidents = &setup->scenario->workload.incidents;
    json_t *object = json_object(), *daily = json_array();
    for (int hour = 0; hour < 24; hour++)
        json_array_append_new(daily, json_real(profile->daily[hour]));
    json_object_set_new(object, "daily", daily);
    json_object_set_new(object, "steps", json_integer((json_int_t)setup->workload.steps));
    PUT(object, &setup->workload, step_seconds);
    PUT(object, profile, weekend_fraction);
    PUT(object, profile, noise_cv);
    PUT(object, profile, noise_correlation_seconds);
    PUT(object, profile, growth_fraction_per_month);
    PUT(object, incidents, per_month);
    json_object_set_new(object, "magnitude", spread_of(&incidents->magnitude));
    json_object_set_new(object, "duration_seconds", spread_of(&incidents->duration_seconds));
    json_object_set_new(object, "seconds_per_month", json_real(SECONDS_PER_MONTH));
    json_object_set_new(object, "incident_trace_share", json_real(WORKLOAD_INCIDENT_TRACE_SHARE));
    return object;
}

/** Deviations of the models; the small processes' are without degrees of freedom. */
static json_t *errors_of(const struct calibration *calibration, enum agent_kind kind) {
    json_t *object = json_object(), *loki = json_object(), *tempo = json_object();
    PUT(loki, &calibration->loki.error, memory_peak);
    PUT(loki, &calibration->loki.error, cpu);
    PUT(loki, &calibration->loki.error, chunk_bytes);
    PUT(loki, &calibration->loki.error, wal_peak);
    PUT(loki, &calibration->loki.error, degrees_of_freedom);
    PUT(tempo, &calibration->tempo.error, memory_peak);
    PUT(tempo, &calibration->tempo.error, cpu);
    PUT(tempo, &calibration->tempo.error, block_bytes);
    PUT(tempo, &calibration->tempo.error, degrees_of_freedom);
    json_object_set_new(object, "loki", loki);
    json_object_set_new(object, "tempo", tempo);
    json_t *grafana = json_object();
    PUT(grafana, &calibration->grafana, memory_error);
    PUT(grafana, &calibration->grafana, cpu_error);
    json_object_set_new(object, "grafana", grafana);
    json_t *collector = json_object();
    PUT(collector, &calibration->collector, memory_error);
    PUT(collector, &calibration->collector, cpu_error);
    json_object_set_new(object, "collector", collector);
    json_t *agent = json_object();
    PUT(agent, &calibration->agent[kind], memory_error);
    PUT(agent, &calibration->agent[kind], cpu_error);
    json_object_set_new(object, "agent", agent);
    return object;
}

static json_t *curve_of(const struct engine_curve *curve) {
    json_t *object = json_object();
    PUT(object, curve, start);
    json_object_set_new(object, "knot", floats(curve->knot, CURVE_KNOTS));
    json_object_set_new(object, "bend", floats(curve->bend, CURVE_KNOTS));
    return object;
}

static json_t *heap_of(const struct engine_heap *heap) {
    json_t *object = json_object();
    PUT(object, heap, goal_mib);
    PUT(object, heap, slope);
    PUT(object, heap, offset_mib);
    PUT(object, heap, kill_free_mib);
    return object;
}

static json_t *loki_of(const struct engine_loki *loki) {
    json_t *object = json_object();
    json_object_set_new(object, "heap", heap_of(&loki->heap));
    json_object_set_new(object, "free_spread", curve_of(&loki->free_spread));
    json_object_set_new(object, "free_rise", curve_of(&loki->free_rise));
    json_object_set_new(object, "collector", curve_of(&loki->collector));
    PUT(object, loki, collects);
    PUT(object, loki, mean_base);
    PUT(object, loki, mean_per_scale);
    PUT(object, loki, cpu_base);
    PUT(object, loki, cpu_per_scale);
    PUT(object, loki, cpu_query_per_scale);
    PUT(object, loki, cpu_limit);
    PUT(object, loki, window_steps);
    PUT(object, loki, rate_cap_scale);
    PUT(object, loki, stream_loss);
    PUT(object, loki, backlog_cap);
    PUT(object, loki, drop_per_second);
    PUT(object, loki, restart_seconds);
    PUT(object, loki, replay_seconds_per_scale);
    PUT(object, loki, bucket_steps);
    PUT(object, loki, bucket_count);
    PUT(object, loki, disk_per_scale_second);
    PUT(object, loki, disk_per_second);
    PUT(object, loki, inodes_per_scale_second);
    PUT(object, loki, inodes_per_second);
    PUT(object, loki, wal_base);
    PUT(object, loki, wal_per_scale);
    PUT(object, loki, usable_gib);
    PUT(object, loki, usable_inodes);
    PUT(object, loki, synchrony_keep);
    return object;
}

static json_t *tempo_of(const struct engine_tempo *tempo) {
    json_t *object = json_object();
    json_object_set_new(object, "heap", heap_of(&tempo->heap));
    json_object_set_new(object, "free_peak", curve_of(&tempo->free_peak));
    json_object_set_new(object, "collector", curve_of(&tempo->collector));
    PUT(object, tempo, collects);
    PUT(object, tempo, idle_base);
    PUT(object, tempo, idle_per_scale);
    PUT(object, tempo, mean_base);
    PUT(object, tempo, mean_per_scale);
    PUT(object, tempo, cpu_base);
    PUT(object, tempo, cpu_per_scale);
    PUT(object, tempo, cpu_limit);
    PUT(object, tempo, block_steps);
    PUT(object, tempo, chance_sigma);
    PUT(object, tempo, restart_seconds);
    PUT(object, tempo, replay_seconds_per_scale);
    PUT(object, tempo, bucket_steps);
    PUT(object, tempo, bucket_count);
    PUT(object, tempo, disk_per_scale_second);
    PUT(object, tempo, extra_base);
    PUT(object, tempo, extra_per_scale);
    PUT(object, tempo, inodes_per_second);
    PUT(object, tempo, usable_gib);
    PUT(object, tempo, usable_inodes);
    return object;
}

static json_t *node_of(const struct engine_node *node) {
    json_t *object = json_object();
    PUT(object, node, burstable);
    PUT(object, node, vcpu);
    PUT(object, node, fixed_cores);
    PUT(object, node, fixed_mib);
    PUT(object, node, allocatable_mib);
    PUT(object, node, earn_per_step);
    PUT(object, node, cap);
    PUT(object, node, surplus_cap);
    PUT(object, node, usd_per_credit);
    PUT(object, node, hosts_loki);
    PUT(object, node, hosts_tempo);
    return object;
}

/** The small processes' models as the engine uses them. */
static json_t *small_of(const struct engine_plan *plan) {
    json_t *object = json_object(), *collector = json_object(), *agent = json_object();
    PUT(collector, plan->collector, memory_base_bytes);
    PUT(collector, plan->collector, memory_busy_bytes);
    PUT(collector, plan->collector, memory_bytes_per_span_per_second);
    PUT(collector, plan->collector, cpu_base_cores);
    PUT(collector, plan->collector, cpu_busy_cores);
    PUT(collector, plan->collector, cpu_seconds_per_span);
    PUT(collector, plan->collector, half_rate_spans_per_second);
    PUT(agent, plan->agent, memory_base_bytes);
    PUT(agent, plan->agent, memory_bytes_at_rate);
    PUT(agent, plan->agent, memory_half_rate_bytes_per_second);
    PUT(agent, plan->agent, memory_bytes_per_file);
    PUT(agent, plan->agent, cpu_base_cores);
    PUT(agent, plan->agent, cpu_seconds_per_byte);
    PUT(agent, plan->agent, cpu_cores_per_file);
    PUT(agent, plan->agent, cpu_busy_cores);
    json_object_set_new(object, "collector", collector);
    json_object_set_new(object, "agent", agent);
    PUT(object, plan, spans_per_second);
    PUT(object, plan, agent_bytes_per_second);
    PUT(object, plan, agent_files);
    PUT(object, &plan->grafana, memory_peak_bytes);
    PUT(object, &plan->grafana, cpu_cores);
    return object;
}

static json_t *constants_of(const struct engine_plan *plan) {
    json_t *object = json_object(), *nodes = json_array();
    PUT(object, plan, step_seconds);
    PUT(object, plan, day_steps);
    PUT(object, plan, credits_unlimited);
    PUT(object, plan, loki_request_mib);
    PUT(object, plan, tempo_request_mib);
    json_object_set_new(object, "loki", loki_of(&plan->loki));
    json_object_set_new(object, "tempo", tempo_of(&plan->tempo));
    for (size_t n = 0; n < plan->node_count; n++)
        json_array_append_new(nodes, node_of(&plan->nodes[n]));
    json_object_set_new(object, "nodes", nodes);
    json_object_set_new(object, "small", small_of(plan));
    return object;
}

/**
 * Mean and variance of a metric, and the share of replicas above a level near its P95. The level
 * stands a little above an order statistic, so that a replica on it, or one of nothing but
 * rounding, falls to the same side in single and in double precision.
 */
static json_t *metric_of(const float *values, size_t count, float *scratch) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i];
    const double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += ((double)values[i] - mean) * ((double)values[i] - mean);
    memcpy(scratch, values, count * sizeof *scratch);
    stats_sort(scratch, count);
    const double p95 = stats_quantile(scratch, count, 0.95);
    const double level = p95 + 1e-3 * fabs(p95) + 1e-6;
    size_t above = 0;
    for (size_t i = 0; i < count; i++)
        above += (double)values[i] > level;
    json_t *object = json_object();
    json_object_set_new(object, "mean", json_real(mean));
    json_object_set_new(object, "variance", json_real(squares / (double)(count - 1)));
    json_object_set_new(object, "level", json_real(level));
    json_object_set_new(object, "above", json_real((double)above / (double)count));
    return object;
}

/** Kills as a share of replicas too: the kill probability that the reports show. */
static json_t *any_of(const float *values, size_t count, float *flags, float *scratch) {
    for (size_t i = 0; i < count; i++)
        flags[i] = values[i] > 0 ? 1.0F : 0.0F;
    return metric_of(flags, count, scratch);
}

static json_t *results_of(const struct engine_samples *samples) {
    const size_t count = samples->replicas;
    float *scratch = malloc(2 * count * sizeof *scratch);
    if (!scratch)
        return NULL;
    float *flags = scratch + count;
    json_t *object = json_object();
    for (size_t m = 0; m < METRIC_COUNT; m++)
        json_object_set_new(object, metric_names[m], metric_of(samples->metric[m], count, scratch));
    json_object_set_new(object, "LOKI_KILLED",
                        any_of(samples->metric[METRIC_LOKI_KILLS], count, flags, scratch));
    json_object_set_new(object, "TEMPO_KILLED",
                        any_of(samples->metric[METRIC_TEMPO_KILLS], count, flags, scratch));
    free(scratch);
    return object;
}

static json_t *plan_of(struct bench_setup *setup, size_t index,
                       const struct engine_samples *samples) {
    const struct run_tables *tables = &setup->tables;
    struct engine_plan *constants = arena_take(&setup->arena, sizeof *constants);
    if (!constants || engine_plan_init(setup->scenario, &tables->calibration, tables->prices,
                                       &setup->plans[index], setup->workload.step_seconds,
                                       constants, &setup->diagnostics) != STATUS_OK)
        return NULL;
    json_t *object = constants_of(constants);
    json_object_set_new(object, "name", json_string(bench_plan_name(index)));
    json_object_set_new(object, "replicas", json_integer((json_int_t)samples->replicas));
    json_t *results = results_of(samples);
    if (!results || json_object_set_new(object, "results", results) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

bool bench_json_write(struct bench_setup *setup, const struct engine_samples *samples, FILE *out) {
    json_t *root = json_object(), *plans = json_array();
    json_object_set_new(root, "workload", workload_of(setup));
    json_object_set_new(root, "errors",
                        errors_of(&setup->tables.calibration, setup->plans[0].agent_kind));
    json_object_set_new(root, "plans", plans);
    bool good = true;
    for (size_t p = 0; good && p < BENCH_PEER_PLANS; p++)
        good = json_array_append_new(plans, plan_of(setup, p, &samples[p])) == 0;
    good = good && json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) == 0;
    json_decref(root);
    return good;
}
