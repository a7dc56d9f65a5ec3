#include "sim/engine_step.h"

#include "sim/base/random.h"
#include "sim/base/vecmath.h"
#include "sim/engine_lanes.h"
#include "sim/simd.h"

#include <string.h>

/** What is known of a step before its lanes are looked at. */
struct step {
    const struct engine_plan *plan;
    const struct workload_block *load;
    const struct engine_draws *draws;
    uint64_t seed;
    size_t number;
    float *loki_ring, *tempo_ring; /**< the oldest of the windows, which the step replaces */
    bool logs_high, traces_high;   /**< some load is more than some lane serves at once */
    bool cut;                      /**< Tempo cuts and builds a block */
    const float *chance;           /**< of that block */
};

/** The long way where something waits, is down, throttled or overloaded, or the collector costs
 * CPU; elsewhere the short way, which leaves out what would change nothing. */
INLINE void loki_step(const struct step *step, struct engine_loki_state *restrict state) {
    const struct engine_plan *plan = step->plan;
    const struct engine_loki *k = &plan->loki;
    struct engine_process *restrict s = &state->process;
    const float *factor = step->load->log_factor;
    if (k->collects || s->pressed || step->logs_high) {
        loki_lanes(true, CURVE_KNOTS, plan, factor, step->draws, step->loki_ring, state);
        s->pressed = any(state->backlog, LANES) || any(s->down, LANES);
        if (k->collects)
            loki_collect(*k, s);
    } else if (k->knots <= CURVE_KNOTS_FEW) {
        loki_lanes(false, CURVE_KNOTS_FEW, plan, factor, step->draws, step->loki_ring, state);
    } else {
        loki_lanes(false, CURVE_KNOTS, plan, factor, step->draws, step->loki_ring, state);
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

INLINE void tempo_step(const struct step *step, struct engine_tempo_state *restrict state) {
    const struct engine_plan *plan = step->plan;
    const struct engine_tempo *k = &plan->tempo;
    struct engine_process *restrict s = &state->process;
    const float *factor = step->load->trace_factor;
    const float cut = step->cut ? 1.0f : 0.0f;
    const float *chance = step->cut ? step->chance : state->retry_chance;
    for (size_t group = 0; group < GROUPS && !step->cut; group++)
        if (state->some_pending[group])
            retry_chance(k->chance_sigma, step->seed, step->load->first_replica, step->number,
                         group * GROUP, state->retry_chance);
    const bool pressed = s->pressed || step->traces_high;
    if (step->cut || state->pending_anywhere)
        tempo_lanes(true, true, cut, plan, factor, step->draws, chance, step->tempo_ring, state);
    else if (pressed)
        tempo_lanes(true, false, cut, plan, factor, step->draws, chance, step->tempo_ring, state);
    else
        tempo_lanes(false, false, cut, plan, factor, step->draws, chance, step->tempo_ring, state);
    if (state->pending_anywhere)
        memset(state->some_pending, 0, sizeof state->some_pending);
    state->pending_anywhere = false;
    if (pressed)
        s->pressed = any(s->down, LANES);
    if (step->cut && k->collects)
        tempo_collect(*k, s);
}

/**
 * Credits of one node. One number holds the balance: above 0 earned credits, below 0 surplus that
 * later earnings pay back; a day's worth of surplus is free, more is billed (unlimited), or nothing
 * below 0 is served (standard): `missing`. Returns whether CPU or memory is short in some lane, or
 * a process was killed: one look for everything that is rare.
 */
INLINE bool node_lanes(const struct engine_plan *restrict plan, struct engine_node node,
                       size_t lanes, const struct engine_block *restrict block,
                       float *restrict missing, struct engine_node_state *restrict s) {
    const float loki_here = node.hosts_loki ? 1.0f : 0.0f;
    const float tempo_here = node.hosts_tempo ? 1.0f : 0.0f;
    const float credits_per_core = plan->step_seconds / 60.0f;
    float most = 0;
#pragma omp simd reduction(max : most)
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
        most = vec_max(most, vec_max(wanting, killed));
    }
    return most > 0;
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
        if (node_lanes(plan, *node, GROUP, block, missing, s))
            node_shortage(plan, *node, GROUP, missing, block, s);
        return false;
    }
    const bool trouble = node_lanes(plan, *node, LANES, block, missing, s);
    if (!trouble && !s->slowed)
        return false;
    node_shortage(plan, *node, LANES, missing, block, s);
    s->slowed = trouble;
    block->loki.process.pressed |= trouble && node->hosts_loki;
    block->tempo.process.pressed |= trouble && node->hosts_tempo;
    return trouble;
}

/* Kills are rare: they are dealt with lane by lane. */

static void restart(float restart_seconds, float replay_seconds_per_scale, float window_steps,
                    size_t i, struct engine_process *s) {
    s->kills[i]++;
    s->down[i] = restart_seconds + replay_seconds_per_scale * (s->window_sum[i] / window_steps);
    s->killed[i] = 0;
    s->pressed = true;
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
        s->some_pending[i / GROUP] = s->pending_anywhere = true;
    }
}

SIMD_CLONES static void step_lanes(const struct step *facts, struct engine_block *restrict block) {
    const struct step step = *facts;
    const struct engine_plan *plan = step.plan;
    loki_step(&step, &block->loki);
    if (!plan->loki_only)
        tempo_step(&step, &block->tempo);
    /* What no node hosts, no node looks after. */
    bool trouble = plan->loki.node < 0 || plan->tempo.node < 0;
    for (size_t n = 0; n < plan->node_count; n++)
        trouble |= node_step(plan, &plan->nodes[n], block, &block->nodes[n]);
    for (size_t from = 0; trouble && from < LANES; from += GROUP) {
        if (any(block->tempo.process.killed + from, GROUP))
            restart_tempo(&plan->tempo, from, &block->tempo);
        if (any(block->loki.process.killed + from, GROUP))
            restart_loki(&plan->loki, from, &block->loki);
    }
}

/** Find what the step has in common; draw the chance of Tempo's blocks when it is time. */
static void prepare(const struct engine_plan *plan, const struct workload_block *load,
                    uint64_t seed, struct engine_block *block, struct step *step) {
    const size_t block_steps = plan->tempo.block_steps;
    const size_t blocks = step->number / block_steps, in_block = step->number % block_steps;
    if (!plan->loki_only && in_block == 0 && blocks % TEMPO_DRAWN_CUTS == 0)
        engine_tempo_chance(plan->tempo.chance_sigma, seed, load->first_replica,
                            blocks / TEMPO_DRAWN_CUTS, block->tempo.chance);
    step->cut = in_block + 1 == block_steps;
    step->chance = block->tempo.chance[blocks % TEMPO_DRAWN_CUTS];
    step->tempo_ring = block->tempo.process.window.ring + in_block * LANES;
    step->loki_ring =
        block->loki.process.window.ring + step->number % plan->loki.window_steps * LANES;
    /* A little early, so that rounding never decides. */
    const float scale = plan->load_scale * 1.0001f;
    step->logs_high = load->log_most * scale > block->loki.process.quiet_scale;
    step->traces_high = load->trace_most * scale > block->tempo.process.quiet_scale;
}

void engine_block_step(struct engine_block *block, const struct workload_block *load,
                       const struct engine_draws *draws, uint64_t seed, size_t step, bool last) {
    const struct engine_plan *plan = block->plan;
    struct step facts = {.plan = plan, .load = load, .draws = draws, .seed = seed, .number = step};
    /* The first day does not count: nodes start without credits. */
    for (size_t n = 0; n < plan->node_count && step == plan->day_steps; n++)
        for (size_t i = 0; i < LANES; i++)
            block->nodes[n].low[i] = plan->nodes[n].cap;
    prepare(plan, load, seed, block, &facts);
    step_lanes(&facts, block);
    if ((step + 1) % plan->loki.bucket_steps == 0 || last)
        engine_loki_disk(plan, draws, step, &block->loki);
    if (!plan->loki_only && ((step + 1) % plan->tempo.bucket_steps == 0 || last))
        engine_tempo_disk(plan, draws, step, &block->tempo);
}
