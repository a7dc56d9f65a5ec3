#include "sim/engine_step.h"

#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/base/vecmath.h"
#include "sim/simd.h"

#include <string.h>

/** A backlog is pushed over this time or one step, whichever is longer: agents read as fast as
 *  they can, but batch by batch. An assumption. */
static const float backlog_drain_seconds = 600.0f;

/** Go's collector is held to half of the CPU when memory is at GOMEMLIMIT
 *  (https://go.dev/doc/gc-guide, "memory limit"). */
static const float collector_share_max = 0.5f;

static inline float curve_at(const struct engine_curve *curve, float x) {
    float value = curve->start;
#pragma GCC unroll 8
    for (int k = 0; k < CURVE_KNOTS; k++)
        value += curve->bend[k] * vec_max(x - curve->knot[k], 0.0f);
    return value;
}

static inline float heap_resident(const struct engine_heap *heap, float free_mib) {
    float trimmed = vec_max(heap->goal_mib, heap->slope * free_mib + heap->offset_mib);
    return vec_min(free_mib, trimmed);
}

/** Put `value` into the window in place of the oldest; returns the new sum, never below 0. */
static inline float window_push(float *restrict slot, float *restrict sum, float value) {
    float total = vec_max(*sum + (value - *slot), 0.0f);
    *slot = value;
    *sum = total;
    return total;
}

/** Steps that lie inside the retention window after `step`. */
static float retained_steps(size_t step, size_t bucket_steps, size_t bucket_count) {
    size_t most = bucket_steps * bucket_count;
    return (float)(step + 1 < most ? step + 1 : most);
}

/**
 * Close a bucket of Loki's retention window and see what is on disk: what the retention asks for.
 * Once that passes the volume, in the long run the share that does not fit is lost.
 */
SIMD_CLONES static void loki_disk(const struct engine_plan *restrict plan,
                                  const struct engine_draws *restrict draws, size_t step,
                                  struct engine_loki_state *restrict s) {
    const struct engine_loki k = plan->loki;
    const float dt = plan->step_seconds;
    const float per_window = 1.0f / (float)k.window_steps;
    const float bucket_steps = (float)(step % k.bucket_steps + 1);
    const float kept_seconds = retained_steps(step, k.bucket_steps, k.bucket_count) * dt;
    const size_t slot = (step / k.bucket_steps) % s->retention.buckets.length;
    float *restrict ring = s->retention.buckets.ring + slot * LANES;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float retained =
            window_push(&ring[i], &s->retention.buckets.sum[i], s->retention.filling[i]) * dt;
        const float disk =
            (retained * k.disk_per_scale_second + kept_seconds * k.disk_per_second) *
                draws->loki_disk[i] +
            (k.wal_base + k.wal_per_scale * s->window.sum[i] * per_window) * draws->loki_wal[i];
        const float inodes =
            retained * k.inodes_per_scale_second + kept_seconds * k.inodes_per_second;
        const float over = vec_max(1.0f - k.usable_gib / vec_max(disk, 1e-6f),
                                   1.0f - k.usable_inodes / vec_max(inodes, 1e-6f));
        s->retention.filling[i] = 0;
        s->full_share[i] = vec_max(over, 0.0f);
        s->full_steps[i] += over > 0.0f ? bucket_steps : 0.0f;
        s->disk[i] = disk;
        s->disk_peak[i] = vec_max(s->disk_peak[i], disk);
        s->inodes_peak[i] = vec_max(s->inodes_peak[i], inodes);
    }
}

/** The same for Tempo; compaction's inputs lie beside their outputs for a while. */
SIMD_CLONES static void tempo_disk(const struct engine_plan *restrict plan,
                                   const struct engine_draws *restrict draws, size_t step,
                                   struct engine_tempo_state *restrict s) {
    const struct engine_tempo k = plan->tempo;
    const float dt = plan->step_seconds;
    const float per_window = 1.0f / (float)k.block_steps;
    const float bucket_steps = (float)(step % k.bucket_steps + 1);
    const float inodes =
        retained_steps(step, k.bucket_steps, k.bucket_count) * dt * k.inodes_per_second;
    const size_t slot = (step / k.bucket_steps) % s->retention.buckets.length;
    float *restrict ring = s->retention.buckets.ring + slot * LANES;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float retained =
            window_push(&ring[i], &s->retention.buckets.sum[i], s->retention.filling[i]) * dt;
        const float disk = (retained * k.disk_per_scale_second + k.extra_base +
                            k.extra_per_scale * s->window.sum[i] * per_window) *
                           draws->tempo_disk[i];
        const float over = vec_max(disk - k.usable_gib, inodes - k.usable_inodes);
        s->retention.filling[i] = 0;
        s->full_steps[i] += over > 0.0f ? bucket_steps : 0.0f;
        s->disk[i] = disk;
        s->disk_peak[i] = vec_max(s->disk_peak[i], disk);
        s->inodes_peak[i] = vec_max(s->inodes_peak[i], inodes);
    }
}

/** `collects` is a constant in each caller: without GOMEMLIMIT that part falls away. */
static inline __attribute__((always_inline)) void
loki_lanes(bool collects, const struct engine_plan *restrict plan, const float *restrict factor,
           const struct engine_draws *restrict draws, size_t step,
           struct engine_loki_state *restrict s) {
    const struct engine_loki k = plan->loki;
    const float dt = plan->step_seconds, per_dt = 1.0f / dt;
    const float drain = 1.0f / vec_max(dt, backlog_drain_seconds);
    const float per_window = 1.0f / (float)k.window_steps;
    float *restrict ring = s->window.ring + (step % k.window_steps) * LANES;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float offered = factor[i];
        const float cpu_per_scale = k.cpu_per_scale * draws->loki_cpu[i];
        const float cpu_rest = k.cpu_base * draws->loki_cpu[i] + s->collector[i];
        const float want = offered + s->backlog[i] * drain;
        const float cpu_cap =
            vec_max(k.cpu_limit * s->share[i] - cpu_rest, 0.0f) / vec_max(cpu_per_scale, 1e-9f);
        const float down = vec_min(s->down[i], dt);
        const float up = 1.0f - down * per_dt;
        const float served = vec_min(want, vec_min(k.rate_cap_scale, cpu_cap)) * up;
        s->down[i] -= down;
        s->throttled_steps[i] += want > cpu_cap ? 1.0f : 0.0f;

        /* Agents: what is not served waits in the nodes' log files; batches are given up after
         * their retries, files are rotated away when they are full. */
        const float waiting = s->backlog[i] + (offered - served) * dt;
        const float dropped = served < offered ? vec_min(waiting, k.drop_per_second * dt) : 0.0f;
        const float rotated = vec_max(waiting - dropped - k.backlog_cap, 0.0f);
        s->backlog[i] = vec_max(waiting - dropped - rotated, 0.0f);

        /* Memory follows what was served over a chunk's life. */
        const float scale = window_push(&ring[i], &s->window.sum[i], served) * per_window;
        const float settled = draws->synchrony[i];
        const float synchrony = settled + (1.0f - settled) * s->fresh[i];
        float spread = k.free_spread.start, rise = k.free_rise.start;
#pragma GCC unroll 8
        for (int j = 0; j < CURVE_KNOTS; j++) {
            const float hinge = vec_max(scale - k.free_spread.knot[j], 0.0f);
            spread += k.free_spread.bend[j] * hinge;
            rise += k.free_rise.bend[j] * hinge;
        }
        const float free_mib = (spread + synchrony * rise) * draws->loki_memory[i];
        const float resident = heap_resident(&k.heap, free_mib);
        s->fresh[i] *= k.synchrony_keep;
        s->free_peak[i] = vec_max(s->free_peak[i], free_mib);
        s->resident[i] = resident;
        s->killed[i] = free_mib > k.heap.kill_free_mib ? 1.0f : 0.0f;

        /* Queries take what ingest leaves; they slow down rather than push it aside. */
        const float queries = k.cpu_query_per_scale * scale * draws->loki_cpu[i];
        const float cores = vec_min(cpu_rest + cpu_per_scale * served + queries, k.cpu_limit);
        if (collects)
            s->collector[i] =
                vec_min(curve_at(&k.collector, scale), collector_share_max * k.cpu_limit);
        s->cores[i] = cores;
        s->cores_sum[i] += cores;
        s->cores_peak[i] = vec_max(s->cores_peak[i], cores);

        /* A full volume refuses its share, as do streams past their limit. */
        const float refused = k.stream_loss + (1.0f - k.stream_loss) * s->full_share[i];
        s->retention.filling[i] += served;
        s->offered[i] += offered * dt;
        s->stored[i] += served * (1.0f - refused) * dt;
        s->lost[i] += dropped + rotated + served * refused * dt;
        s->factor_peak[i] = vec_max(s->factor_peak[i], offered);
    }
}

SIMD_CLONES static void loki_step(const struct engine_plan *restrict plan,
                                  const float *restrict factor,
                                  const struct engine_draws *restrict draws, size_t step,
                                  struct engine_loki_state *restrict s) {
    if (plan->loki.collects)
        loki_lanes(true, plan, factor, draws, step, s);
    else
        loki_lanes(false, plan, factor, draws, step, s);
}

/** A fresh draw of chance for each lane whose block is built in this step. */
SIMD_CLONES static void tempo_chance(float sigma, uint64_t seed, uint64_t first, size_t step,
                                     float *restrict chance) {
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        struct random_words words =
            random_words(seed, first + i, RANDOM_TEMPO_BLOCKS, (uint32_t)step);
        chance[i] = vec_exp(sigma * vec_normal(words.word[0]));
    }
}

static inline __attribute__((always_inline)) void
tempo_lanes(bool collects, const struct engine_plan *restrict plan, const float *restrict factor,
            const struct engine_draws *restrict draws, size_t step,
            struct engine_tempo_state *restrict s) {
    const struct engine_tempo k = plan->tempo;
    const float dt = plan->step_seconds, per_dt = 1.0f / dt;
    const float cut = (step + 1) % k.block_steps == 0 ? 1.0f : 0.0f;
    const float per_window = 1.0f / (float)k.block_steps;
    float *restrict ring = s->window.ring + (step % k.block_steps) * LANES;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float cpu_per_scale = k.cpu_per_scale * draws->tempo_cpu[i];
        const float cpu_rest = k.cpu_base * draws->tempo_cpu[i] + s->collector[i];
        const float cpu_cap =
            vec_max(k.cpu_limit * s->share[i] - cpu_rest, 0.0f) / vec_max(cpu_per_scale, 1e-9f);
        const float down = vec_min(s->down[i], dt);
        const float served = vec_min(factor[i], cpu_cap) * (1.0f - down * per_dt);
        s->down[i] -= down;
        s->throttled_steps[i] += factor[i] > cpu_cap ? 1.0f : 0.0f;

        const float scale = window_push(&ring[i], &s->window.sum[i], served) * per_window;
        const float building = vec_max(cut, s->pending[i]);
        const float idle = (k.idle_base + k.idle_per_scale * served) * draws->tempo_memory[i];
        const float block =
            building * curve_at(&k.free_peak, scale) * draws->tempo_memory[i] * s->chance[i];
        const float free_mib = vec_max(block, idle);
        const float resident = heap_resident(&k.heap, free_mib);
        const float killed = free_mib > k.heap.kill_free_mib ? 1.0f : 0.0f;
        s->killed[i] = killed;
        s->pending[i] = 0.0f;
        s->free_peak[i] = vec_max(s->free_peak[i], free_mib);
        s->resident[i] = resident;

        const float cores = vec_min(cpu_rest + cpu_per_scale * served, k.cpu_limit);
        if (collects)
            s->collector[i] =
                vec_min(curve_at(&k.collector, scale), collector_share_max * k.cpu_limit);
        s->cores[i] = cores;
        s->cores_sum[i] += cores;
        s->cores_peak[i] = vec_max(s->cores_peak[i], cores);

        s->retention.filling[i] += served;
        s->factor_sum[i] += factor[i];
        s->factor_peak[i] = vec_max(s->factor_peak[i], factor[i]);
    }
}

SIMD_CLONES static void tempo_step(const struct engine_plan *restrict plan,
                                   const float *restrict factor,
                                   const struct engine_draws *restrict draws, size_t step,
                                   struct engine_tempo_state *restrict s) {
    if (plan->tempo.collects)
        tempo_lanes(true, plan, factor, draws, step, s);
    else
        tempo_lanes(false, plan, factor, draws, step, s);
}

/**
 * Credits of one node and what its pods get. One number holds the balance: above 0 earned
 * credits, below 0 surplus that later earnings pay back; a day's worth of surplus is free, more is
 * billed (unlimited), or nothing below 0 is served (standard).
 */
SIMD_CLONES static void node_step(const struct engine_plan *restrict plan,
                                  const struct engine_node *restrict facts, size_t step,
                                  struct engine_block *restrict block,
                                  struct engine_node_state *restrict s) {
    const struct engine_node node = *facts;
    const float loki_request_mib = plan->loki_request_mib;
    const float tempo_request_mib = plan->tempo_request_mib;
    const float loki_here = node.hosts_loki ? 1.0f : 0.0f;
    const float tempo_here = node.hosts_tempo ? 1.0f : 0.0f;
    const float credits_per_core = plan->step_seconds / 60.0f;
    const float free_surplus = plan->credits_unlimited ? node.surplus_cap : 0.0f;
    const float billed = plan->credits_unlimited ? 1.0f : 0.0f;
    const float bursts = node.burstable ? 1.0f : 0.0f;
    const float watched = node.burstable && step >= plan->day_steps ? 1.0f : 0.0f;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float cores = node.fixed_cores + loki_here * block->loki.cores[i] +
                            tempo_here * block->tempo.cores[i];
        const float used = vec_min(cores, node.vcpu) * credits_per_core;
        const float earned = vec_min(s->credits[i] + node.earn_per_step - used, node.cap);
        const float missing = vec_max(-free_surplus - earned, 0.0f) * bursts;
        s->credits[i] = earned + missing;
        s->charged[i] += missing * billed;
        const float throttled = missing * (1.0f - billed);
        const float given = (used - throttled) / (vec_max(cores, 1e-6f) * credits_per_core);
        const float share = vec_min(vec_max(given, 0.0f), 1.0f);
        block->exhausted[i] = throttled > 0.0f ? 1.0f : block->exhausted[i];
        const float low = vec_min(block->credit_low[i], s->credits[i]);
        block->credit_low[i] = watched > 0.0f ? low : block->credit_low[i];
        block->loki.share[i] = loki_here > 0.0f ? share : block->loki.share[i];
        block->tempo.share[i] = tempo_here > 0.0f ? share : block->tempo.share[i];

        /* More memory in use than the node has for pods: the kernel kills, or the kubelet evicts,
         * whichever of the two is furthest above its request. */
        const float loki_mib = loki_here * block->loki.resident[i];
        const float tempo_mib = tempo_here * block->tempo.resident[i];
        const float above = node.fixed_mib + loki_mib + tempo_mib - node.allocatable_mib;
        const float pressed = above > 0.0f ? 1.0f : 0.0f;
        const float loki_excess = loki_mib - loki_here * loki_request_mib;
        const float tempo_excess = tempo_mib - tempo_here * tempo_request_mib;
        const float loki_worst = loki_excess >= tempo_excess ? 1.0f : 0.0f;
        const float loki_dies = pressed * loki_worst * loki_here;
        const float tempo_dies = pressed * (1.0f - loki_worst) * tempo_here;
        block->loki.killed[i] = vec_max(block->loki.killed[i], loki_dies);
        block->tempo.killed[i] = vec_max(block->tempo.killed[i], tempo_dies);
    }
}

SIMD_CLONES static bool any(const float *flags) {
    float most = 0;
#pragma omp simd reduction(max : most)
    for (size_t i = 0; i < LANES; i++)
        most = vec_max(most, flags[i]);
    return most > 0;
}

/* Kills are rare: they are dealt with lane by lane, after the vector part of the step. */

static void restart_loki(const struct engine_loki *plan, struct engine_loki_state *s) {
    for (size_t i = 0; i < LANES; i++) {
        if (s->killed[i] <= 0)
            continue;
        float scale = s->window.sum[i] / (float)plan->window_steps;
        s->kills[i]++;
        s->down[i] = plan->restart_seconds + plan->replay_seconds_per_scale * scale;
        s->fresh[i] = 1;
        s->killed[i] = 0;
    }
}

static void restart_tempo(const struct engine_tempo *plan, struct engine_tempo_state *s) {
    for (size_t i = 0; i < LANES; i++) {
        if (s->killed[i] <= 0)
            continue;
        float scale = s->window.sum[i] / (float)plan->block_steps;
        s->kills[i]++;
        s->down[i] = plan->restart_seconds + plan->replay_seconds_per_scale * scale;
        s->pending[i] = 1;
        s->killed[i] = 0;
    }
}

/** `factor` times `by`, into `scaled`. */
static const float *scaled_factor(const float *factor, float by, float *scaled) {
    if (by == 1.0f)
        return factor;
    for (size_t i = 0; i < LANES; i++)
        scaled[i] = factor[i] * by;
    return scaled;
}

void engine_block_step(struct engine_block *block, const struct workload_block *load,
                       const struct engine_draws *draws, uint64_t seed, size_t step, bool last) {
    const struct engine_plan *plan = block->plan;
    float scaled[LANES];
    loki_step(plan, scaled_factor(load->log_factor, plan->load_scale, scaled), draws, step,
              &block->loki);
    if ((step + 1) % plan->loki.bucket_steps == 0 || last)
        loki_disk(plan, draws, step, &block->loki);
    if (!plan->loki_only) {
        if ((step + 1) % plan->tempo.block_steps == 0 || block->tempo_pending)
            tempo_chance(plan->tempo.chance_sigma, seed, load->first_replica, step,
                         block->tempo.chance);
        tempo_step(plan, scaled_factor(load->trace_factor, plan->load_scale, scaled), draws, step,
                   &block->tempo);
        if ((step + 1) % plan->tempo.bucket_steps == 0 || last)
            tempo_disk(plan, draws, step, &block->tempo);
    }
    for (size_t n = 0; n < plan->node_count; n++)
        node_step(plan, &plan->nodes[n], step, block, &block->nodes[n]);
    block->tempo_pending = any(block->tempo.killed);
    if (block->tempo_pending)
        restart_tempo(&plan->tempo, &block->tempo);
    if (any(block->loki.killed))
        restart_loki(&plan->loki, &block->loki);
}
