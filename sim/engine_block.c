/* A block's life outside the steps: memory, draws, and what is left of it at the end. */
#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/engine_step.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

/** Rings begin at a cache line: vectors that cross two take twice as long. */
static bool window_init(struct engine_window *window, size_t length, struct arena *arena) {
    const size_t line = 64;
    char *ring = arena_array(arena, length + 1, LANES * sizeof *window->ring);
    window->length = length;
    window->ring = ring ? (float *)(void *)(ring + (line - (uintptr_t)ring % line) % line) : NULL;
    return ring != NULL;
}

enum status engine_block_init(struct engine_block *block, const struct engine_plan *plan,
                              struct arena *arena, struct diagnostics *diagnostics) {
    memset(block, 0, sizeof *block);
    block->plan = plan;
    if (!window_init(&block->loki.process.window, plan->loki.window_steps, arena) ||
        !window_init(&block->loki.process.retained, plan->loki.bucket_count, arena) ||
        !window_init(&block->tempo.process.window, plan->tempo.block_steps, arena) ||
        !window_init(&block->tempo.process.retained, plan->tempo.bucket_count, arena))
        return diagnostics_out_of_memory(diagnostics, "the engine");
    return STATUS_OK;
}

static void window_reset(const struct engine_window *from, struct engine_window *window) {
    window->length = from->length;
    window->ring = from->ring;
    memset(window->ring, 0, window->length * LANES * sizeof *window->ring);
}

/** CPU of one lane's installation. */
static void process_reset(size_t i, float base, float per_scale, float limit, float most,
                          struct engine_process *process) {
    process->share[i] = 1;
    process->cpu_base[i] = base;
    process->cpu_per_scale[i] = per_scale;
    process->scale_per_core[i] = 1 / fmaxf(per_scale, 1e-9f);
    const float served = fmaxf(limit - base, 0) * process->scale_per_core[i];
    process->quiet_scale = fminf(process->quiet_scale, fminf(most, served));
}

void engine_block_reset(struct engine_block *block, const struct engine_draws *draws) {
    const struct engine_loki *loki = &block->plan->loki;
    const struct engine_tempo *tempo = &block->plan->tempo;
    struct engine_block fresh = {.plan = block->plan};
    window_reset(&block->loki.process.window, &fresh.loki.process.window);
    window_reset(&block->loki.process.retained, &fresh.loki.process.retained);
    window_reset(&block->tempo.process.window, &fresh.tempo.process.window);
    window_reset(&block->tempo.process.retained, &fresh.tempo.process.retained);
    fresh.loki.process.quiet_scale = fresh.tempo.process.quiet_scale = 1e30f;
    for (size_t i = 0; i < LANES; i++) {
        const float loki_cpu = draws->loki_cpu[i], tempo_cpu = draws->tempo_cpu[i];
        process_reset(i, loki->cpu_base * loki_cpu, loki->cpu_per_scale * loki_cpu, loki->cpu_limit,
                      loki->rate_cap_scale, &fresh.loki.process);
        process_reset(i, tempo->cpu_base * tempo_cpu, tempo->cpu_per_scale * tempo_cpu,
                      tempo->cpu_limit, 1e9f, &fresh.tempo.process);
        fresh.loki.cpu_query_per_scale[i] = loki->cpu_query_per_scale * loki_cpu;
        fresh.loki.fresh[i] = 1;
    }
    *block = fresh;
}

/** exp(sigma t), t Student-distributed: few runs were measured, so the tails are wide. */
static float draw_factor(gsl_rng *rng, double sigma, double degrees_of_freedom) {
    double z = random_stream_normal(rng->state);
    double spread = gsl_ran_chisq(rng, degrees_of_freedom) / degrees_of_freedom;
    return (float)exp(sigma * z / sqrt(fmax(spread, 0.01)));
}

void engine_draw(const struct calibration *calibration, enum agent_kind agent_kind, gsl_rng *rng,
                 uint64_t seed, uint64_t first, struct engine_draws *draws) {
    const struct loki_error *loki = &calibration->loki.error;
    const struct tempo_error *tempo = &calibration->tempo.error;
    const struct agent_model *agent = &calibration->agent[agent_kind];
    /* The small processes' deviations are wide estimates already: no further tails. */
    const double many = 1e6;
    for (size_t i = 0; i < LANES; i++) {
        *(struct random_stream *)rng->state = random_stream_at(seed, first + i, RANDOM_PARAMETERS);
        draws->synchrony[i] = (float)random_stream_uniform(rng->state);
        draws->loki_memory[i] = draw_factor(rng, loki->memory_peak, loki->degrees_of_freedom);
        draws->loki_cpu[i] = draw_factor(rng, loki->cpu, loki->degrees_of_freedom);
        draws->loki_disk[i] = draw_factor(rng, loki->chunk_bytes, loki->degrees_of_freedom);
        draws->loki_wal[i] = draw_factor(rng, loki->wal_peak, loki->degrees_of_freedom);
        draws->tempo_memory[i] = draw_factor(rng, tempo->memory_peak, tempo->degrees_of_freedom);
        draws->tempo_cpu[i] = draw_factor(rng, tempo->cpu, tempo->degrees_of_freedom);
        draws->tempo_disk[i] = draw_factor(rng, tempo->block_bytes, tempo->degrees_of_freedom);
        draws->grafana_memory[i] = draw_factor(rng, calibration->grafana.memory_error, many);
        draws->grafana_cpu[i] = draw_factor(rng, calibration->grafana.cpu_error, many);
        draws->collector_memory[i] = draw_factor(rng, calibration->collector.memory_error, many);
        draws->collector_cpu[i] = draw_factor(rng, calibration->collector.cpu_error, many);
        draws->agent_memory[i] = draw_factor(rng, agent->memory_error, many);
        draws->agent_cpu[i] = draw_factor(rng, agent->cpu_error, many);
    }
}

static void give(float given, float *draw) {
    if (given >= 0)
        *draw = given;
}

void engine_draws_give(const struct engine_given *given, size_t given_count, uint64_t first,
                       struct engine_draws *draws) {
    for (size_t i = 0; i < LANES; i++) {
        const struct engine_given *own = &given[(first + i) % given_count];
        give(own->loki_memory, &draws->loki_memory[i]);
        give(own->loki_disk, &draws->loki_disk[i]);
        give(own->synchrony, &draws->synchrony[i]);
        give(own->tempo_memory, &draws->tempo_memory[i]);
        give(own->tempo_disk, &draws->tempo_disk[i]);
    }
}

/** The resident set grows with the free heap, so the peak of one is the peak of the other. */
static float resident_mib(const struct engine_heap *heap, float free_mib) {
    return fminf(free_mib, fmaxf(heap->goal_mib, heap->slope * free_mib + heap->offset_mib));
}

/** One lane's metrics of Loki and the agents' losses. */
static void finish_loki(const struct engine_block *block, const struct workload_block *load,
                        size_t i, float steps, float out[METRIC_COUNT]) {
    const struct engine_process *s = &block->loki.process;
    const float scale = block->plan->load_scale;
    const float offered = fmaxf(load->log_sum[i] * scale * block->plan->step_seconds, 1e-9f);
    out[METRIC_LOKI_MEMORY_PEAK_MIB] = resident_mib(&block->plan->loki.heap, s->free_peak[i]);
    out[METRIC_LOKI_FREE_PEAK_MIB] = s->free_peak[i];
    out[METRIC_LOKI_CPU_MEAN_CORES] = s->cores_sum[i] / steps;
    out[METRIC_LOKI_CPU_PEAK_CORES] = s->cores_peak[i];
    out[METRIC_LOKI_DISK_PEAK_GIB] = s->disk_peak[i];
    out[METRIC_LOKI_INODES_PEAK] = s->inodes_peak[i];
    out[METRIC_LOKI_KILLS] = s->kills[i];
    out[METRIC_LOKI_THROTTLED] = s->throttled_steps[i] / steps;
    out[METRIC_LOKI_FULL_SECONDS] = s->full_steps[i] * block->plan->step_seconds;
    out[METRIC_LOG_LOSS] = block->loki.lost[i] / offered;
    out[METRIC_LOG_STORED] = block->loki.stored[i] / offered;
    out[METRIC_LOG_PENDING] = block->loki.backlog[i] / offered;
    out[METRIC_LOG_FACTOR_MEAN] = load->log_sum[i] * scale / steps;
    out[METRIC_LOG_FACTOR_PEAK] = load->log_peak[i] * scale;
}

static void finish_tempo(const struct engine_block *block, const struct workload_block *load,
                         size_t i, float steps, float out[METRIC_COUNT]) {
    const struct engine_process *s = &block->tempo.process;
    const float scale = block->plan->load_scale;
    out[METRIC_TEMPO_MEMORY_PEAK_MIB] = resident_mib(&block->plan->tempo.heap, s->free_peak[i]);
    out[METRIC_TEMPO_FREE_PEAK_MIB] = s->free_peak[i];
    out[METRIC_TEMPO_CPU_MEAN_CORES] = s->cores_sum[i] / steps;
    out[METRIC_TEMPO_CPU_PEAK_CORES] = s->cores_peak[i];
    out[METRIC_TEMPO_DISK_PEAK_GIB] = s->disk_peak[i];
    out[METRIC_TEMPO_INODES_PEAK] = s->inodes_peak[i];
    out[METRIC_TEMPO_KILLS] = s->kills[i];
    out[METRIC_TEMPO_THROTTLED] = s->throttled_steps[i] / steps;
    out[METRIC_TEMPO_FULL_SECONDS] = s->full_steps[i] * block->plan->step_seconds;
    out[METRIC_TRACE_FACTOR_MEAN] = load->trace_sum[i] * scale / steps;
    out[METRIC_TRACE_FACTOR_PEAK] = load->trace_peak[i] * scale;
}

static void finish_small(const struct engine_block *block, const struct engine_draws *draws,
                         size_t i, float out[METRIC_COUNT]) {
    const struct engine_plan *plan = block->plan;
    struct process_need peak, mean;
    out[METRIC_GRAFANA_MEMORY_PEAK_MIB] =
        (float)(plan->grafana.memory_peak_bytes / MIB) * draws->grafana_memory[i];
    out[METRIC_GRAFANA_CPU_CORES] = (float)plan->grafana.cpu_cores * draws->grafana_cpu[i];
    collector_predict(plan->collector,
                      plan->spans_per_second * (double)out[METRIC_TRACE_FACTOR_PEAK], &peak);
    collector_predict(plan->collector,
                      plan->spans_per_second * (double)out[METRIC_TRACE_FACTOR_MEAN], &mean);
    out[METRIC_COLLECTOR_MEMORY_PEAK_MIB] =
        (float)(peak.memory_peak_bytes / MIB) * draws->collector_memory[i];
    out[METRIC_COLLECTOR_CPU_CORES] = (float)mean.cpu_cores * draws->collector_cpu[i];
    agent_predict(plan->agent, plan->agent_bytes_per_second * (double)out[METRIC_LOG_FACTOR_PEAK],
                  plan->agent_files, &peak);
    agent_predict(plan->agent, plan->agent_bytes_per_second * (double)out[METRIC_LOG_FACTOR_MEAN],
                  plan->agent_files, &mean);
    out[METRIC_AGENT_MEMORY_PEAK_MIB] =
        (float)(peak.memory_peak_bytes / MIB) * draws->agent_memory[i];
    out[METRIC_AGENT_CPU_CORES] = (float)mean.cpu_cores * draws->agent_cpu[i];
}

/** One lane's credits: the lowest balance of any bursting node, and what all cost. */
static void finish_nodes(const struct engine_block *block, size_t lane, size_t steps,
                         float out[METRIC_COUNT]) {
    const struct engine_plan *plan = block->plan;
    for (size_t n = 0; n < plan->node_count; n++)
        out[METRIC_CREDIT_LOW] = fmaxf(out[METRIC_CREDIT_LOW], plan->nodes[n].cap);
    for (size_t n = 0; n < plan->node_count; n++) {
        const struct engine_node *node = &plan->nodes[n];
        const struct engine_node_state *s = &block->nodes[n];
        const size_t i = node->hosts_loki || node->hosts_tempo ? lane : 0;
        if (node->burstable && steps > plan->day_steps)
            out[METRIC_CREDIT_LOW] = fminf(out[METRIC_CREDIT_LOW], s->low[i]);
        out[METRIC_CREDITS_EXHAUSTED] = fmaxf(out[METRIC_CREDITS_EXHAUSTED], s->exhausted[i]);
        out[METRIC_SURPLUS_USD] += s->charged[i] * node->usd_per_credit;
    }
}

void engine_block_finish(const struct engine_block *block, const struct workload_block *load,
                         const struct engine_draws *draws, size_t steps, uint64_t first,
                         size_t lanes, struct engine_samples *samples) {
    const struct engine_plan *plan = block->plan;
    for (size_t i = 0; i < lanes; i++) {
        float out[METRIC_COUNT] = {0};
        finish_loki(block, load, i, (float)steps, out);
        finish_tempo(block, load, i, (float)steps, out);
        finish_small(block, draws, i, out);
        out[METRIC_LOKI_MEMORY_MEAN_MIB] =
            (plan->loki.mean_base + plan->loki.mean_per_scale * out[METRIC_LOG_FACTOR_MEAN]) *
            draws->loki_memory[i];
        out[METRIC_TEMPO_MEMORY_MEAN_MIB] =
            (plan->tempo.mean_base + plan->tempo.mean_per_scale * out[METRIC_TRACE_FACTOR_MEAN]) *
            draws->tempo_memory[i];
        out[METRIC_LOKI_FLOOR_MIB] =
            resident_mib(&plan->loki.heap, plan->loki.free_spread.start * draws->loki_memory[i]);
        out[METRIC_TEMPO_FLOOR_MIB] =
            resident_mib(&plan->tempo.heap, plan->tempo.idle_base * draws->tempo_memory[i]);
        finish_nodes(block, i, steps, out);
        for (size_t m = 0; m < METRIC_COUNT; m++)
            samples->metric[m][first + i] = out[m];
    }
}
