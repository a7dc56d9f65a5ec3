#include "sim/engine_step.h"

#include "sim/base/random.h"
#include "sim/base/vecmath.h"
#include "sim/engine_lanes.h"
#include "sim/simd.h"

#include <string.h>

/** What is known of a step before its lanes are looked at. */
struct step {
    size_t number, row;          /**< `row` of the workload's factors */
    size_t in_window, in_block;  /**< steps since the windows' rows were the first */
    size_t cuts;                 /**< blocks that Tempo cut before this step */
    bool logs_high, traces_high; /**< some load is more than some lane serves at once */
    bool cut;                    /**< Tempo cuts and builds a block */
};

/** The long way where something waits, is down, throttled or overloaded, or the collector costs
 * CPU; elsewhere the short way, which leaves out what would change nothing. */
INLINE void loki_step(const struct engine_plan *plan, const struct engine_span *span,
                      const struct step *step, struct engine_loki_state *restrict state) {
    const struct engine_loki *k = &plan->loki;
    struct engine_process *restrict s = &state->process;
    const float *factor = span->load->log_factor[step->row];
    float *ring = s->window.ring + step->in_window * LANES;
    if (k->collects || s->pressed || step->logs_high) {
        if (k->knots <= CURVE_KNOTS_FEW)
            loki_lanes(true, CURVE_KNOTS_FEW, plan, factor, span->draws, ring, state);
        else
            loki_lanes(true, CURVE_KNOTS, plan, factor, span->draws, ring, state);
        s->pressed = any(state->backlog, LANES) || any(s->down, LANES);
        if (k->collects)
            loki_collect(*k, s);
    } else if (k->knots <= CURVE_KNOTS_FEW) {
        loki_lanes(false, CURVE_KNOTS_FEW, plan, factor, span->draws, ring, state);
    } else {
        loki_lanes(false, CURVE_KNOTS, plan, factor, span->draws, ring, state);
    }
}

SIMD_CLONES void engine_tempo_chance(float sigma, uint64_t seed, uint64_t first, size_t index,
                                     float chance[TEMPO_DRAWN_CUTS][LANES]) {
    draw_chances(sigma, seed, first, RANDOM_TEMPO_BLOCKS, (uint32_t)index, 0, LANES, chance);
}

/** Draws for the groups of lanes in which a block is built again, for the steps of a row each. */
INLINE void draw_retries(float sigma, const struct engine_span *span, const struct step *step,
                         struct engine_tempo_state *restrict state) {
    const size_t first_step = step->number - step->row;
    for (size_t group = 0; group < GROUPS; group++) {
        const size_t from = group * GROUP;
        if (state->retries_drawn[group] == first_step + 1 || !any(state->pending + from, GROUP))
            continue;
        draw_chances(sigma, span->seed, span->load->first_replica, RANDOM_TEMPO_RETRIES,
                     (uint32_t)(first_step / WORKLOAD_STEPS), from, GROUP, state->retry_chance);
        state->retries_drawn[group] = first_step + 1;
    }
}

INLINE void tempo_step(const struct engine_plan *plan, const struct engine_span *span,
                       const struct step *step, struct engine_tempo_state *restrict state) {
    const struct engine_tempo *k = &plan->tempo;
    struct engine_process *restrict s = &state->process;
    const float *factor = span->load->trace_factor[step->row];
    const float cut = step->cut ? 1.0f : 0.0f;
    const float *chance =
        step->cut ? state->chance[step->cuts % TEMPO_DRAWN_CUTS] : state->retry_chance[step->row];
    float *ring = s->window.ring + step->in_block * LANES;
    if (state->pending_anywhere && !step->cut)
        draw_retries(k->chance_sigma, span, step, state);
    const bool pressed = s->pressed || step->traces_high;
    if (step->cut || state->pending_anywhere)
        tempo_lanes(true, true, cut, plan, factor, span->draws, chance, ring, state);
    else if (pressed)
        tempo_lanes(true, false, cut, plan, factor, span->draws, chance, ring, state);
    else
        tempo_lanes(false, false, cut, plan, factor, span->draws, chance, ring, state);
    state->pending_anywhere = false;
    if (pressed)
        s->pressed = any(s->down, LANES);
    if (step->cut && k->collects)
        tempo_collect(*k, s);
}

/** What may be wrong on a node, in some lane. */
struct trouble {
    bool shortage; /**< of CPU, credits or memory */
    bool kill;     /**< a process passed its limit */
};

/**
 * Credits of one node. One number holds the balance: above 0 earned credits, below 0 surplus that
 * later earnings pay back; a day's worth of surplus is free, more is billed (unlimited), or nothing
 * below 0 is served (standard): `missing`. One look for everything that is rare.
 */
INLINE struct trouble node_lanes(const struct engine_plan *restrict plan, struct engine_node node,
                                 size_t lanes, const struct engine_block *restrict block,
                                 float *restrict missing, struct engine_node_state *restrict s) {
    const float loki_here = node.hosts_loki ? 1.0f : 0.0f;
    const float tempo_here = node.hosts_tempo ? 1.0f : 0.0f;
    const float credits_per_core = plan->step_seconds / 60.0f;
    float most_wanting = 0, most_killed = 0;
#pragma omp simd reduction(max : most_wanting, most_killed)
    for (size_t i = 0; i < lanes; i++) {
        const float cores = node.fixed_cores + loki_here * block->loki.process.cores[i] +
                            tempo_here * block->tempo.process.cores[i];
        const float used = vec_min(cores, node.vcpu) * credits_per_core;
        const float earned = vec_min(s->credits[i] + node.earn_per_step - used, node.cap);
        const float balance = vec_max(earned, node.least_credits);
        const float above = node.fixed_mib + loki_here * block->loki.process.resident[i] +
                            tempo_here * block->tempo.process.resident[i] - node.allocatable_mib;
        const float killed = vec_max(block->loki.process.killed[i], block->tempo.process.killed[i]);
        const float wanting = vec_max(vec_max(cores - node.vcpu, balance - earned), above);
        missing[i] = balance - earned;
        s->credits[i] = balance;
        s->low[i] = vec_min(s->low[i], balance);
        most_wanting = vec_max(most_wanting, wanting);
        most_killed = vec_max(most_killed, killed);
    }
    return (struct trouble){.shortage = most_wanting > 0, .kill = most_killed > 0};
}

/** What the pods of a node get that is short of CPU, or of memory. */
INLINE void node_shortage(const struct engine_plan *restrict plan, struct engine_node node,
                          size_t lanes, const float *missing, struct engine_block *restrict block,
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
    for (size_t i = 0; i < lanes; i++) {
        const float cores =
            node.fixed_cores + loki_here * loki->cores[i] + tempo_here * tempo->cores[i];
        const float used = vec_min(cores, node.vcpu) * credits_per_core;
        const float throttled = missing[i] * (1.0f - billed);
        const float given = (used - throttled) / (vec_max(cores, 1e-6f) * credits_per_core);
        const float share = vec_min(vec_max(given, 0.0f), 1.0f);
        s->charged[i] += missing[i] * billed;
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
 *  all. Returns whether there may be something to restart. */
INLINE bool node_step(const struct engine_plan *restrict plan, const struct engine_node *node,
                      struct engine_block *restrict block, struct engine_node_state *restrict s) {
    float missing[LANES];
    if (!node->hosts_loki && !node->hosts_tempo) {
        if (node_lanes(plan, *node, GROUP, block, missing, s).shortage)
            node_shortage(plan, *node, GROUP, missing, block, s);
        return false;
    }
    const struct trouble trouble = node_lanes(plan, *node, LANES, block, missing, s);
    if (trouble.shortage || s->slowed) {
        node_shortage(plan, *node, LANES, missing, block, s);
        s->slowed = trouble.shortage;
        block->loki.process.pressed |= trouble.shortage && node->hosts_loki;
        block->tempo.process.pressed |= trouble.shortage && node->hosts_tempo;
    }
    return trouble.shortage || trouble.kill;
}

/** Begin again what was killed; returns whether anything was. */
INLINE bool restart(float restart_seconds, float replay_seconds_per_scale, size_t window_steps,
                    float *restrict again, struct engine_process *restrict s) {
    const float steps = (float)window_steps;
    if (!any(s->killed, LANES))
        return false;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float killed = s->killed[i];
        const float down = restart_seconds + replay_seconds_per_scale * (s->window_sum[i] / steps);
        s->kills[i] += killed;
        s->down[i] = killed > 0.0f ? down : s->down[i];
        again[i] = vec_max(again[i], killed);
        s->killed[i] = 0.0f;
    }
    s->pressed = true;
    return true;
}

INLINE void restart_killed(const struct engine_plan *plan, struct engine_block *restrict block) {
    const struct engine_loki *loki = &plan->loki;
    const struct engine_tempo *tempo = &plan->tempo;
    restart(loki->restart_seconds, loki->replay_seconds_per_scale, loki->window_steps,
            block->loki.fresh, &block->loki.process);
    block->tempo.pending_anywhere =
        restart(tempo->restart_seconds, tempo->replay_seconds_per_scale, tempo->block_steps,
                block->tempo.pending, &block->tempo.process);
}

INLINE void lanes_step(const struct engine_plan *plan, const struct engine_span *span,
                       const struct step *step, struct engine_block *restrict block) {
    loki_step(plan, span, step, &block->loki);
    if (!plan->loki_only)
        tempo_step(plan, span, step, &block->tempo);
    /* What no node hosts, no node looks after. */
    bool trouble = plan->loki.node < 0 || plan->tempo.node < 0;
    for (size_t n = 0; n < plan->node_count; n++)
        trouble |= node_step(plan, &plan->nodes[n], block, &block->nodes[n]);
    if (trouble)
        restart_killed(plan, block);
}

/** Find what a step's lanes have in common; draw the chance of Tempo's blocks when it is time. */
INLINE void prepare(const struct engine_plan *plan, const struct engine_span *span,
                    struct engine_block *restrict block, struct step *step) {
    const struct workload_block *load = span->load;
    step->row = step->number % WORKLOAD_STEPS;
    if (!plan->loki_only && step->in_block == 0 && step->cuts % TEMPO_DRAWN_CUTS == 0)
        engine_tempo_chance(plan->tempo.chance_sigma, span->seed, load->first_replica,
                            step->cuts / TEMPO_DRAWN_CUTS, block->tempo.chance);
    step->cut = step->in_block + 1 == plan->tempo.block_steps;
    /* A little early, so that rounding never decides. */
    const float scale = plan->load_scale * 1.0001f;
    step->logs_high = load->log_most[step->row] * scale > block->loki.process.quiet_scale;
    step->traces_high = load->trace_most[step->row] * scale > block->tempo.process.quiet_scale;
    /* The first day does not count: nodes start without credits. */
    for (size_t n = 0; n < plan->node_count && step->number == plan->day_steps; n++)
        for (size_t i = 0; i < LANES; i++)
            block->nodes[n].low[i] = plan->nodes[n].cap;
}

/** What a step leaves to do besides its lanes; then the next. */
INLINE void conclude(const struct engine_span *span, struct engine_block *restrict block,
                     struct step *step, size_t *in_loki_bucket, size_t *in_tempo_bucket) {
    const struct engine_plan *plan = block->plan;
    const bool last = span->last && step->number + 1 == span->end;
    if (++*in_loki_bucket == plan->loki.bucket_steps || last) {
        engine_loki_disk(plan, span->draws, step->number, &block->loki);
        *in_loki_bucket = 0;
    }
    if (++*in_tempo_bucket == plan->tempo.bucket_steps || last) {
        if (!plan->loki_only)
            engine_tempo_disk(plan, span->draws, step->number, &block->tempo);
        *in_tempo_bucket = 0;
    }
    step->number++;
    if (++step->in_window == plan->loki.window_steps)
        step->in_window = 0;
    if (step->cut) {
        step->in_block = 0;
        step->cuts++;
    } else {
        step->in_block++;
    }
}

/* All steps of a span in one function: what they share is read and spread over vectors once. */
SIMD_CLONES void engine_block_steps(struct engine_block *restrict block,
                                    const struct engine_span *span, float (*high)[LANES]) {
    const struct engine_plan *restrict plan = block->plan;
    size_t in_loki_bucket = span->first % plan->loki.bucket_steps;
    size_t in_tempo_bucket = span->first % plan->tempo.bucket_steps;
    struct step step = {
        .number = span->first,
        .in_window = span->first % plan->loki.window_steps,
        .in_block = span->first % plan->tempo.block_steps,
        .cuts = span->first / plan->tempo.block_steps,
    };
    while (step.number < span->end) {
        prepare(plan, span, block, &step);
        lanes_step(plan, span, &step, block);
        conclude(span, block, &step, &in_loki_bucket, &in_tempo_bucket);
        if (high)
            engine_block_high(block, high);
    }
}
