#include "sim/engine_step.h"

#include "sim/base/random.h"
#include "sim/base/vecmath.h"
#include "sim/simd.h"

/* Everything a step does is inlined into engine_block_step(), which alone is compiled for each
 * instruction set. `pressed`, `knots` and the like are constants in each caller: the compiler drops
 * what does not apply. */
#define INLINE static inline __attribute__((always_inline))

/** A backlog is pushed over this time or one step, whichever is longer: agents read as fast as
 *  they can, but batch by batch. An assumption. */
static const float backlog_drain_seconds = 600.0f;

/** Scale-seconds; less is rounding, and would halve itself for hours. */
static const float least_backlog = 1e-3f;

/** Go's collector is held to half of the CPU when memory is at GOMEMLIMIT
 *  (https://go.dev/doc/gc-guide, "memory limit"). */
static const float collector_share_max = 0.5f;

/** Whether any of a group's values is above 0. */
INLINE bool any(const float *values) {
    float most = 0;
#pragma omp simd reduction(max : most)
    for (size_t i = 0; i < GROUP; i++)
        most = vec_max(most, values[i]);
    return most > 0;
}

/** Whether any load of a group is more than is served at once. */
INLINE bool overloaded(const float *restrict factor, float load_scale,
                       const float *restrict quiet_scale) {
    float most = 0;
#pragma omp simd reduction(max : most)
    for (size_t i = 0; i < GROUP; i++)
        most = vec_max(most, factor[i] * load_scale - quiet_scale[i]);
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

/** How much load a process can serve at once when the node gives it what it wants. */
INLINE void find_quiet_scale(float cpu_limit, float most, struct engine_process *restrict s,
                             size_t i) {
    const float rest = s->cpu_base[i] + s->collector[i];
    s->quiet_scale[i] = vec_min(most, vec_max(cpu_limit - rest, 0.0f) * s->scale_per_core[i]);
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
                       float *restrict ring, size_t from,
                       struct engine_loki_state *restrict state) {
    const struct engine_loki k = plan->loki;
    struct engine_process *restrict s = &state->process;
    const float per_window = 1.0f / (float)k.window_steps;
    const float load_scale = plan->load_scale, dt = plan->step_seconds;
#pragma omp simd
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
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
INLINE void loki_collect(struct engine_loki k, size_t from, struct engine_process *restrict s) {
    const float per_window = 1.0f / (float)k.window_steps;
#pragma omp simd
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
        const float cores = curve_at(CURVE_KNOTS, &k.collector, s->window_sum[i] * per_window);
        s->collector[i] = vec_min(cores, collector_share_max * k.cpu_limit);
    }
}

INLINE void loki_group(const struct engine_plan *restrict plan, const float *restrict factor,
                       const struct engine_draws *restrict draws, size_t step, size_t from,
                       struct engine_loki_state *restrict state) {
    const struct engine_loki *k = &plan->loki;
    struct engine_process *restrict s = &state->process;
    float *restrict ring = s->window.ring + step % k->window_steps * LANES;
    if (k->collects || s->pressed[from / GROUP] ||
        overloaded(factor + from, plan->load_scale, s->quiet_scale + from)) {
        loki_lanes(true, CURVE_KNOTS, plan, factor, draws, ring, from, state);
        s->pressed[from / GROUP] = any(state->backlog + from) || any(s->down + from);
        if (k->collects)
            loki_collect(*k, from, s);
    } else if (k->knots <= CURVE_KNOTS_FEW) {
        loki_lanes(false, CURVE_KNOTS_FEW, plan, factor, draws, ring, from, state);
    } else {
        loki_lanes(false, CURVE_KNOTS, plan, factor, draws, ring, from, state);
    }
}

SIMD_CLONES void engine_tempo_chance(float sigma, uint64_t seed, uint64_t first, size_t index,
                                     float chance[TEMPO_DRAWN_CUTS][LANES]) {
    const float log2_e = 1.44269504f, sigma2 = sigma * log2_e;
    uint32_t bits[TEMPO_DRAWN_CUTS / 2][LANES];
    random_words_each(seed, first, LANES, RANDOM_TEMPO_BLOCKS, (uint32_t)index, bits[0]);
    for (size_t k = 0; k < TEMPO_DRAWN_CUTS / 2; k++) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            const struct vec_pair z = vec_normal_pair(bits[k][i]);
            chance[2 * k][i] = vec_exp2(sigma2 * z.first);
            chance[2 * k + 1][i] = vec_exp2(sigma2 * z.second);
        }
    }
}

/** A fresh draw for blocks that are built again in this step. */
INLINE void retry_chance(float sigma, uint64_t seed, uint64_t first, size_t step, size_t from,
                         float *restrict chance) {
#pragma omp simd
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
        struct random_words words =
            random_words(seed, first + i, RANDOM_TEMPO_RETRIES, (uint32_t)step);
        chance[i] = vec_exp(sigma * vec_normal(words.word[0]));
    }
}

/** `building`: blocks are built, of all lanes (`cut` is 1) or of those that wait for it. */
INLINE void tempo_lanes(bool pressed, bool building, float cut,
                        const struct engine_plan *restrict plan, const float *restrict factor,
                        const struct engine_draws *restrict draws, const float *restrict chance,
                        float *restrict ring, size_t from,
                        struct engine_tempo_state *restrict state) {
    const struct engine_tempo k = plan->tempo;
    struct engine_process *restrict s = &state->process;
    const float per_window = 1.0f / (float)k.block_steps;
    const float unlimited = 1e9f, load_scale = plan->load_scale, dt = plan->step_seconds;
#pragma omp simd
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
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
INLINE void tempo_collect(struct engine_tempo k, size_t from, struct engine_process *restrict s) {
    const float per_window = 1.0f / (float)k.block_steps;
    const float unlimited = 1e9f;
#pragma omp simd
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
        const float cores = curve_at(CURVE_KNOTS, &k.collector, s->window_sum[i] * per_window);
        s->collector[i] = vec_min(cores, collector_share_max * k.cpu_limit);
        find_quiet_scale(k.cpu_limit, unlimited, s, i);
    }
}

INLINE void tempo_group(const struct engine_plan *restrict plan,
                        const struct workload_block *restrict load,
                        const struct engine_draws *restrict draws, uint64_t seed, size_t step,
                        size_t from, struct engine_tempo_state *restrict state) {
    const struct engine_tempo *k = &plan->tempo;
    struct engine_process *restrict s = &state->process;
    float *restrict ring = s->window.ring + step % k->block_steps * LANES;
    const bool cut = (step + 1) % k->block_steps == 0;
    const bool building = cut || state->some_pending[from / GROUP];
    const bool pressed =
        s->pressed[from / GROUP] ||
        overloaded(load->trace_factor + from, plan->load_scale, s->quiet_scale + from);
    if (building) {
        const size_t drawn = step / k->block_steps % TEMPO_DRAWN_CUTS;
        if (!cut)
            retry_chance(k->chance_sigma, seed, load->first_replica, step, from,
                         state->retry_chance);
        tempo_lanes(true, true, cut ? 1.0f : 0.0f, plan, load->trace_factor, draws,
                    cut ? state->chance[drawn] : state->retry_chance, ring, from, state);
        state->some_pending[from / GROUP] = false;
    } else if (pressed) {
        tempo_lanes(true, false, 0.0f, plan, load->trace_factor, draws, state->retry_chance, ring,
                    from, state);
    } else {
        tempo_lanes(false, false, 0.0f, plan, load->trace_factor, draws, state->retry_chance, ring,
                    from, state);
    }
    if (pressed)
        s->pressed[from / GROUP] = any(s->down + from);
    if (cut && k->collects)
        tempo_collect(*k, from, s);
}

/**
 * Credits of one node. One number holds the balance: above 0 earned credits, below 0 surplus that
 * later earnings pay back; a day's worth of surplus is free, more is billed (unlimited), or nothing
 * below 0 is served (standard): `missing`. Returns whether CPU or memory is short in some lane.
 */
INLINE bool node_lanes(const struct engine_plan *restrict plan, struct engine_node node,
                       size_t from, const struct engine_block *restrict block, float *missing,
                       struct engine_node_state *restrict s) {
    const float loki_here = node.hosts_loki ? 1.0f : 0.0f;
    const float tempo_here = node.hosts_tempo ? 1.0f : 0.0f;
    const float credits_per_core = plan->step_seconds / 60.0f;
    float short_of = 0;
#pragma omp simd reduction(max : short_of)
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
        const float cores = node.fixed_cores + loki_here * block->loki.process.cores[i] +
                            tempo_here * block->tempo.process.cores[i];
        const float used = vec_min(cores, node.vcpu) * credits_per_core;
        const float earned = vec_min(s->credits[i] + node.earn_per_step - used, node.cap);
        const float balance = vec_max(earned, node.least_credits);
        const float above = node.fixed_mib + loki_here * block->loki.process.resident[i] +
                            tempo_here * block->tempo.process.resident[i] - node.allocatable_mib;
        missing[lane] = balance - earned;
        s->credits[i] = balance;
        s->low[i] = vec_min(s->low[i], balance);
        short_of = vec_max(short_of, vec_max(vec_max(cores - node.vcpu, balance - earned), above));
    }
    return short_of > 0;
}

/** What the pods of a node get that is short of CPU, or of memory. */
INLINE void node_shortage(const struct engine_plan *restrict plan, struct engine_node node,
                          size_t from, const float *missing, struct engine_block *restrict block,
                          struct engine_node_state *restrict s) {
    struct engine_process *restrict loki = &block->loki.process;
    struct engine_process *restrict tempo = &block->tempo.process;
    const float loki_here = node.hosts_loki ? 1.0f : 0.0f;
    const float tempo_here = node.hosts_tempo ? 1.0f : 0.0f;
    const float credits_per_core = plan->step_seconds / 60.0f;
    const float billed = plan->credits_unlimited ? 1.0f : 0.0f;
    const float loki_request_mib = plan->loki_request_mib;
    const float tempo_request_mib = plan->tempo_request_mib;
#pragma omp simd
    for (size_t lane = 0; lane < GROUP; lane++) {
        const size_t i = from + lane;
        const float cores =
            node.fixed_cores + loki_here * loki->cores[i] + tempo_here * tempo->cores[i];
        const float used = vec_min(cores, node.vcpu) * credits_per_core;
        const float throttled = missing[lane] * (1.0f - billed);
        const float given = (used - throttled) / (vec_max(cores, 1e-6f) * credits_per_core);
        const float share = vec_min(vec_max(given, 0.0f), 1.0f);
        s->charged[i] += missing[lane] * billed;
        s->exhausted[i] = throttled > 0.0f ? 1.0f : s->exhausted[i];
        loki->share[i] = loki_here > 0.0f ? share : loki->share[i];
        tempo->share[i] = tempo_here > 0.0f ? share : tempo->share[i];

        /* More memory in use than the node has for pods: the kernel kills, or the kubelet evicts,
         * whichever of the two is furthest above its request. */
        const float loki_mib = loki_here * loki->resident[i];
        const float tempo_mib = tempo_here * tempo->resident[i];
        const float above = node.fixed_mib + loki_mib + tempo_mib - node.allocatable_mib;
        const float pressed = above > 0.0f ? 1.0f : 0.0f;
        const float loki_excess = loki_mib - loki_here * loki_request_mib;
        const float tempo_excess = tempo_mib - tempo_here * tempo_request_mib;
        const float loki_worst = loki_excess >= tempo_excess ? 1.0f : 0.0f;
        loki->killed[i] = vec_max(loki->killed[i], pressed * loki_worst * loki_here);
        tempo->killed[i] = vec_max(tempo->killed[i], pressed * (1.0f - loki_worst) * tempo_here);
    }
}

/** A node that hosts neither Loki nor Tempo is the same in all lanes: its first group stands for
 *  all. */
INLINE void node_group(const struct engine_plan *restrict plan, const struct engine_node *node,
                       size_t from, struct engine_block *restrict block,
                       struct engine_node_state *restrict s) {
    const size_t group = from / GROUP;
    float missing[GROUP];
    if (from > 0 && !node->hosts_loki && !node->hosts_tempo)
        return;
    const bool is_short = node_lanes(plan, *node, from, block, missing, s);
    if (!is_short && !s->slowed[group])
        return;
    node_shortage(plan, *node, from, missing, block, s);
    s->slowed[group] = is_short;
    block->loki.process.pressed[group] |= node->hosts_loki;
    block->tempo.process.pressed[group] |= node->hosts_tempo;
}

/* Kills are rare: they are dealt with lane by lane. */

static void restart(float restart_seconds, float replay_seconds_per_scale, float window_steps,
                    size_t i, struct engine_process *s) {
    s->kills[i]++;
    s->down[i] = restart_seconds + replay_seconds_per_scale * (s->window_sum[i] / window_steps);
    s->killed[i] = 0;
    s->pressed[i / GROUP] = true;
}

static void restart_loki(const struct engine_loki *plan, size_t from, struct engine_loki_state *s) {
    for (size_t i = from; i < from + GROUP; i++) {
        if (s->process.killed[i] <= 0)
            continue;
        restart(plan->restart_seconds, plan->replay_seconds_per_scale, (float)plan->window_steps, i,
                &s->process);
        s->fresh[i] = 1;
    }
}

static void restart_tempo(const struct engine_tempo *plan, size_t from,
                          struct engine_tempo_state *s) {
    for (size_t i = from; i < from + GROUP; i++) {
        if (s->process.killed[i] <= 0)
            continue;
        restart(plan->restart_seconds, plan->replay_seconds_per_scale, (float)plan->block_steps, i,
                &s->process);
        s->pending[i] = 1;
        s->some_pending[i / GROUP] = true;
    }
}

SIMD_CLONES static void step_groups(const struct engine_plan *restrict plan,
                                    const struct workload_block *restrict load,
                                    const struct engine_draws *restrict draws, uint64_t seed,
                                    size_t step, struct engine_block *restrict block) {
    for (size_t from = 0; from < LANES; from += GROUP) {
        loki_group(plan, load->log_factor, draws, step, from, &block->loki);
        if (!plan->loki_only)
            tempo_group(plan, load, draws, seed, step, from, &block->tempo);
        for (size_t n = 0; n < plan->node_count; n++)
            node_group(plan, &plan->nodes[n], from, block, &block->nodes[n]);
        if (any(block->tempo.process.killed + from))
            restart_tempo(&plan->tempo, from, &block->tempo);
        if (any(block->loki.process.killed + from))
            restart_loki(&plan->loki, from, &block->loki);
    }
}

void engine_block_step(struct engine_block *block, const struct workload_block *load,
                       const struct engine_draws *draws, uint64_t seed, size_t step, bool last) {
    const struct engine_plan *plan = block->plan;
    /* The first day does not count: nodes start without credits. */
    for (size_t n = 0; n < plan->node_count && step == plan->day_steps; n++)
        for (size_t i = 0; i < LANES; i++)
            block->nodes[n].low[i] = plan->nodes[n].cap;
    const size_t blocks = step / plan->tempo.block_steps;
    if (!plan->loki_only && step % plan->tempo.block_steps == 0 && blocks % TEMPO_DRAWN_CUTS == 0)
        engine_tempo_chance(plan->tempo.chance_sigma, seed, load->first_replica,
                            blocks / TEMPO_DRAWN_CUTS, block->tempo.chance);
    step_groups(plan, load, draws, seed, step, block);
    if ((step + 1) % plan->loki.bucket_steps == 0 || last)
        engine_loki_disk(plan, draws, step, &block->loki);
    if (!plan->loki_only && ((step + 1) % plan->tempo.bucket_steps == 0 || last))
        engine_tempo_disk(plan, draws, step, &block->tempo);
}
