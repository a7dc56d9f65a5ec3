/**
 * What a step does to the lanes of Loki and of Tempo. Private to sim/engine_step.c, which
 * inlines it: `pressed`, `knots` and the like are constants in each caller, and the compiler drops
 * what does not apply. Constants are passed by value, so that it sees that no store changes them.
 */
#ifndef SIM_ENGINE_LANES_H
#define SIM_ENGINE_LANES_H

#include "sim/base/random.h"
#include "sim/base/vecmath.h"
#include "sim/engine_step.h"

#define INLINE static inline __attribute__((always_inline))

/** A backlog is pushed over this time or one step, whichever is longer: agents read as fast as
 *  they can, but batch by batch. An assumption. */
static const float backlog_drain_seconds = 600.0f;

/** Scale-seconds; less is rounding, and would halve itself for hours. */
static const float least_backlog = 1e-3f;

/** Go's collector is held to half of the CPU when memory is at GOMEMLIMIT
 *  (https://go.dev/doc/gc-guide, "memory limit"). */
static const float collector_share_max = 0.5f;

/** Whether any of `count` values is above 0. */
INLINE bool any(const float *values, size_t count) {
    float most = 0;
#pragma omp simd reduction(max : most)
    for (size_t i = 0; i < count; i++)
        most = vec_max(most, values[i]);
    return most > 0;
}

INLINE float curve_at(int knots, const struct engine_curve *curve, float x) {
    float value = curve->start;
#pragma GCC unroll 8
    for (int k = 0; k < knots; k++)
        value += curve->bend[k] * vec_max(x - curve->knot[k], 0.0f);
    return value;
}

/** Put `value` into the window in place of the oldest; returns the new sum, never below 0. */
INLINE float window_push(float *restrict slot, float *restrict sum, float value) {
    float total = vec_max(*sum + (value - *slot), 0.0f);
    *slot = value;
    *sum = total;
    return total;
}

/** What is served of `want` where lanes may be down, throttled or at a limit of `most`. */
INLINE float serve(float cpu_limit, float most, float want, float dt,
                   struct engine_process *restrict s, size_t i) {
    const float rest = s->cpu_base[i] + s->collector[i];
    const float cap = vec_max(cpu_limit * s->share[i] - rest, 0.0f) * s->scale_per_core[i];
    const float down = vec_min(s->down[i], dt);
    s->down[i] -= down;
    s->throttled_steps[i] += want > cap ? 1.0f : 0.0f;
    return vec_min(vec_min(want, most), cap) * (1.0f - down * (1.0f / dt));
}

/** Remember what the step takes. */
INLINE void take(struct engine_heap heap, float cpu_limit, float free_mib, float cores,
                 struct engine_process *restrict s, size_t i) {
    const float trimmed = vec_max(heap.goal_mib, heap.slope * free_mib + heap.offset_mib);
    const float given = vec_min(cores, cpu_limit);
    s->free_peak[i] = vec_max(s->free_peak[i], free_mib);
    s->resident[i] = vec_min(free_mib, trimmed);
    s->killed[i] = free_mib > heap.kill_free_mib ? 1.0f : 0.0f;
    s->cores[i] = given;
    s->cores_sum[i] += given;
    s->cores_peak[i] = vec_max(s->cores_peak[i], given);
}

/** What Loki serves, and what becomes of the rest: it waits in the nodes' log files; batches are
 *  given up after their retries, files are rotated away when they are full. */
INLINE float serve_logs(struct engine_loki k, float offered, float dt,
                        struct engine_loki_state *restrict state, size_t i) {
    const float drain = 1.0f / vec_max(dt, backlog_drain_seconds);
    const float want = offered + state->backlog[i] * drain;
    const float served = serve(k.cpu_limit, k.rate_cap_scale, want, dt, &state->process, i);
    const float waiting = state->backlog[i] + (offered - served) * dt;
    const float dropped = served < offered ? vec_min(waiting, k.drop_per_second * dt) : 0.0f;
    const float rotated = vec_max(waiting - dropped - k.backlog_cap, 0.0f);
    const float left = waiting - dropped - rotated;
    state->backlog[i] = left > least_backlog ? left : 0.0f;
    state->lost[i] += dropped + rotated;
    return served;
}

INLINE void loki_lanes(bool pressed, int knots, const struct engine_plan *restrict plan,
                       const float *restrict factor, const struct engine_draws *restrict draws,
                       float *restrict ring, struct engine_loki_state *restrict state) {
    const struct engine_loki k = plan->loki;
    struct engine_process *restrict s = &state->process;
    const float per_window = 1.0f / (float)k.window_steps;
    const float load_scale = plan->load_scale, dt = plan->step_seconds;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float offered = factor[i] * load_scale;
        const float rest = s->cpu_base[i] + (pressed ? s->collector[i] : 0.0f);
        const float served = pressed ? serve_logs(k, offered, dt, state, i) : offered;
        /* Memory follows what was served over a chunk's life. */
        const float scale = window_push(&ring[i], &s->window_sum[i], served) * per_window;
        const float settled = draws->synchrony[i];
        const float synchrony = settled + (1.0f - settled) * state->fresh[i];
        float spread = k.free_spread.start, rise = k.free_rise.start;
#pragma GCC unroll 8
        for (int j = 0; j < knots; j++) {
            const float hinge = vec_max(scale - k.free_spread.knot[j], 0.0f);
            spread += k.free_spread.bend[j] * hinge;
            rise += k.free_rise.bend[j] * hinge;
        }
        state->fresh[i] *= k.synchrony_keep;
        /* Queries take what ingest leaves; they slow down rather than push it aside. */
        const float cores =
            rest + s->cpu_per_scale[i] * served + state->cpu_query_per_scale[i] * scale;
        take(k.heap, k.cpu_limit, (spread + synchrony * rise) * draws->loki_memory[i], cores, s, i);
        s->filling[i] += served;
    }
}

/** The collector's cores, of which the next step's load is served. */
INLINE void loki_collect(struct engine_loki k, struct engine_process *restrict s) {
    const float per_window = 1.0f / (float)k.window_steps;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float cores = curve_at(CURVE_KNOTS, &k.collector, s->window_sum[i] * per_window);
        s->collector[i] = vec_min(cores, collector_share_max * k.cpu_limit);
    }
}

_Static_assert(TEMPO_DRAWN_CUTS == 8 && WORKLOAD_STEPS == 8, "rows that draw_chances() fills");

/** Draw exp(sigma z), eight for each of `count` lanes from `from` on: one call of the random
 *  generator gives four words, each word two normals. */
INLINE void draw_chances(float sigma, uint64_t seed, uint64_t first, uint32_t stream,
                         uint32_t index, size_t from, size_t count,
                         float (*restrict chance)[LANES]) {
    const float log2_e = 1.44269504f, sigma2 = sigma * log2_e;
    uint32_t words[4 * LANES];
    random_words_each(seed, first + from, count, stream, index, words);
    for (size_t k = 0; k < 4; k++) {
#pragma omp simd
        for (size_t i = 0; i < count; i++) {
            const struct vec_pair z = vec_normal_pair(words[k * count + i]);
            chance[2 * k][from + i] = vec_exp2(sigma2 * z.first);
            chance[2 * k + 1][from + i] = vec_exp2(sigma2 * z.second);
        }
    }
}

/** `building`: blocks are built, of all lanes (`cut` is 1) or of those that wait for it. */
INLINE void tempo_lanes(bool pressed, bool building, float cut,
                        const struct engine_plan *restrict plan, const float *restrict factor,
                        const struct engine_draws *restrict draws, const float *restrict chance,
                        float *restrict ring, struct engine_tempo_state *restrict state) {
    const struct engine_tempo k = plan->tempo;
    struct engine_process *restrict s = &state->process;
    const float per_window = 1.0f / (float)k.block_steps;
    const float unlimited = 1e9f, load_scale = plan->load_scale, dt = plan->step_seconds;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float offered = factor[i] * load_scale;
        const float served = pressed ? serve(k.cpu_limit, unlimited, offered, dt, s, i) : offered;
        const float sum = window_push(&ring[i], &s->window_sum[i], served);
        float free_mib = (k.idle_base + k.idle_per_scale * served) * draws->tempo_memory[i];
        if (building) {
            const float peak = curve_at(CURVE_KNOTS, &k.free_peak, sum * per_window);
            const float built = vec_max(cut, state->pending[i]);
            free_mib = vec_max(built * peak * draws->tempo_memory[i] * chance[i], free_mib);
            state->pending[i] = 0.0f;
        }
        const float cores = s->cpu_base[i] + s->collector[i] + s->cpu_per_scale[i] * served;
        take(k.heap, k.cpu_limit, free_mib, cores, s, i);
        s->filling[i] += served;
    }
}

/** The collector is pressed while blocks are built: its cores follow the block that was cut. */
INLINE void tempo_collect(struct engine_tempo k, struct engine_process *restrict s) {
    const float per_window = 1.0f / (float)k.block_steps;
    float least = s->quiet_scale;
#pragma omp simd reduction(min : least)
    for (size_t i = 0; i < LANES; i++) {
        const float cores = curve_at(CURVE_KNOTS, &k.collector, s->window_sum[i] * per_window);
        const float collector = vec_min(cores, collector_share_max * k.cpu_limit);
        const float left = vec_max(k.cpu_limit - s->cpu_base[i] - collector, 0.0f);
        s->collector[i] = collector;
        least = vec_min(least, left * s->scale_per_core[i]);
    }
    s->quiet_scale = least;
}

#endif
