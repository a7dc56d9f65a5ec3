#include "sim/planner_demand_step.h"

#include "sim/base/vecmath.h"
#include "sim/simd.h"

#include <string.h>

/** Each level is so many times the one before. */
static const float lowest_level = 0.5f, level_ratio = 1.15f;

static bool group_init(struct demand_group *group, size_t steps, struct arena *arena) {
    group->steps = steps;
    group->ring = arena_array(arena, steps, LANES * sizeof *group->ring);
    return group->ring != NULL;
}

static void group_reset(struct demand_group *group) {
    memset(group->ring, 0, group->steps * LANES * sizeof *group->ring);
    memset(group->sum, 0, sizeof group->sum);
    memset(group->high, 0, sizeof group->high);
    memset(group->fresh, 0, sizeof group->fresh);
}

/** Variants of like length share a group. */
bool demand_store_init(struct demand_store *store, size_t variant_count, const size_t *steps,
                       size_t buckets, struct arena *arena) {
    store->variant_count = variant_count;
    store->groups = arena_array(arena, variant_count, sizeof *store->groups);
    store->group_of = arena_array(arena, variant_count, sizeof *store->group_of);
    store->peak = arena_array(arena, variant_count, sizeof *store->peak);
    store->disk = arena_array(arena, variant_count, sizeof *store->disk);
    store->inodes = arena_array(arena, variant_count, sizeof *store->inodes);
    if (!store->groups || !store->group_of || !store->peak || !store->disk || !store->inodes ||
        !group_init(&store->retained, buckets, arena))
        return false;
    for (size_t v = 0; v < variant_count; v++) {
        unsigned g = 0;
        while (g < store->group_count && store->groups[g].steps != steps[v])
            g++;
        if (g == store->group_count &&
            !group_init(&store->groups[store->group_count++], steps[v], arena))
            return false;
        store->group_of[v] = g;
    }
    return true;
}

void demand_store_reset(struct demand_store *store) {
    const size_t size = store->variant_count * sizeof *store->peak;
    for (size_t g = 0; g < store->group_count; g++)
        group_reset(&store->groups[g]);
    group_reset(&store->retained);
    memset(store->filling, 0, sizeof store->filling);
    memset(store->factor_sum, 0, sizeof store->factor_sum);
    memset(store->factor_peak, 0, sizeof store->factor_peak);
    memset(store->level_count, 0, sizeof store->level_count);
    memset(store->peak, 0, size);
    memset(store->disk, 0, size);
    memset(store->inodes, 0, size);
}

/** Serve the load of a step: sums and peaks that no setting changes. */
SIMD_CLONES static void serve(float cap, const float *restrict factor, float *restrict served,
                              struct demand_store *restrict s) {
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        served[i] = vec_min(factor[i], cap);
        s->filling[i] += served[i];
        s->factor_sum[i] += factor[i];
        s->factor_peak[i] = vec_max(s->factor_peak[i], factor[i]);
    }
}

SIMD_CLONES void demand_count_levels(const float *restrict factor,
                                     struct demand_store *restrict s) {
    float level = lowest_level;
    for (int k = 0; k < DEMAND_LEVELS; k++, level *= level_ratio) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++)
            s->level_count[k][i] += factor[i] > level ? 1.0f : 0.0f;
    }
}

SIMD_CLONES static void push(const float *restrict value, size_t step, float fresh,
                             struct demand_group *restrict group) {
    float *restrict ring = group->ring + (step % group->steps) * LANES;
    const float per_step = 1.0f / (float)group->steps;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float total = vec_max(group->sum[i] + (value[i] - ring[i]), 0.0f);
        const float mean = total * per_step;
        ring[i] = value[i];
        group->sum[i] = total;
        group->fresh[i] = mean > group->high[i] ? fresh : group->fresh[i];
        group->high[i] = vec_max(group->high[i], mean);
    }
}

/** Loki's highest moment of a bucket, and what is on disk at its end. */
SIMD_CLONES static void loki_bucket(const struct engine_loki *restrict facts,
                                    const struct engine_draws *restrict draws,
                                    const float *restrict retained, float kept_seconds,
                                    const struct demand_group *restrict group, float *restrict peak,
                                    float *restrict disk, float *restrict inodes) {
    const struct engine_loki k = *facts;
    const float per_step = 1.0f / (float)group->steps;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        float spread = k.free_spread.start, rise = k.free_rise.start;
#pragma GCC unroll 8
        for (int j = 0; j < CURVE_KNOTS; j++) {
            const float hinge = vec_max(group->high[i] - k.free_spread.knot[j], 0.0f);
            spread += k.free_spread.bend[j] * hinge;
            rise += k.free_rise.bend[j] * hinge;
        }
        const float settled = draws->synchrony[i];
        const float synchrony = settled + (1.0f - settled) * group->fresh[i];
        const float stored =
            (retained[i] * k.disk_per_scale_second + kept_seconds * k.disk_per_second) *
            draws->loki_disk[i];
        const float wal =
            (k.wal_base + k.wal_per_scale * group->sum[i] * per_step) * draws->loki_wal[i];
        const float files =
            retained[i] * k.inodes_per_scale_second + kept_seconds * k.inodes_per_second;
        peak[i] = vec_max(peak[i], (spread + synchrony * rise) * draws->loki_memory[i]);
        disk[i] = vec_max(disk[i], stored + wal);
        inodes[i] = vec_max(inodes[i], files);
    }
}

/** A block of Tempo's is built. */
SIMD_CLONES static void tempo_cut(const struct engine_tempo *restrict facts,
                                  const struct engine_draws *restrict draws,
                                  const float *restrict chance,
                                  const struct demand_group *restrict group, float *restrict peak) {
    const struct engine_curve curve = facts->free_peak;
    const float per_step = 1.0f / (float)group->steps;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float scale = group->sum[i] * per_step;
        float free_mib = curve.start;
#pragma GCC unroll 8
        for (int j = 0; j < CURVE_KNOTS; j++)
            free_mib += curve.bend[j] * vec_max(scale - curve.knot[j], 0.0f);
        peak[i] = vec_max(peak[i], free_mib * draws->tempo_memory[i] * chance[i]);
    }
}

SIMD_CLONES static void tempo_bucket(const struct engine_tempo *restrict facts,
                                     const struct engine_draws *restrict draws,
                                     const float *restrict retained, float kept_seconds,
                                     const struct demand_group *restrict group,
                                     float *restrict disk, float *restrict inodes) {
    const struct engine_tempo k = *facts;
    const float per_step = 1.0f / (float)group->steps;
    const float files = kept_seconds * k.inodes_per_second;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float size = (retained[i] * k.disk_per_scale_second + k.extra_base +
                            k.extra_per_scale * group->sum[i] * per_step) *
                           draws->tempo_disk[i];
        disk[i] = vec_max(disk[i], size);
        inodes[i] = vec_max(inodes[i], files);
    }
}

/** Close a bucket: `retained` becomes what is kept, in scale-seconds; returns for how long. */
static float close_bucket(struct demand_store *store, size_t step, size_t bucket_steps, float dt,
                          float *restrict retained) {
    const size_t most = bucket_steps * store->retained.steps;
    push(store->filling, step / bucket_steps, 0, &store->retained);
    for (size_t i = 0; i < LANES; i++)
        retained[i] = store->retained.sum[i] * dt;
    memset(store->filling, 0, sizeof store->filling);
    return (float)(step + 1 < most ? step + 1 : most) * dt;
}

void demand_step_loki(const struct planner_demand_input *input, struct demand_state *state,
                      size_t step, float fresh, bool last) {
    struct demand_store *s = &state->loki;
    const struct engine_loki *first = &input->loki[0].loki;
    float served[LANES], retained[LANES];
    serve(first->rate_cap_scale, state->load.log_factor[step % WORKLOAD_STEPS], served, s);
    for (size_t g = 0; g < s->group_count; g++)
        push(served, step, fresh, &s->groups[g]);
    if ((step + 1) % first->bucket_steps != 0 && !last)
        return;
    const float kept =
        close_bucket(s, step, first->bucket_steps, input->loki[0].step_seconds, retained);
    for (size_t v = 0; v < s->variant_count; v++)
        loki_bucket(&input->loki[v].loki, &state->draws, retained, kept, &s->groups[s->group_of[v]],
                    s->peak[v], s->disk[v], s->inodes[v]);
    for (size_t g = 0; g < s->group_count; g++)
        memset(s->groups[g].high, 0, sizeof s->groups[g].high);
}

void demand_step_tempo(const struct planner_demand_input *input, struct demand_state *state,
                       size_t step, bool last) {
    struct demand_store *s = &state->tempo;
    const struct engine_tempo *first = &input->tempo[0].tempo;
    float served[LANES], retained[LANES];
    serve(1e9f, state->load.trace_factor[step % WORKLOAD_STEPS], served, s);
    for (size_t g = 0; g < s->group_count; g++) {
        struct demand_group *group = &s->groups[g];
        push(served, step, 0, group);
        const size_t cut = step / group->steps;
        if (step % group->steps == 0 && cut % TEMPO_DRAWN_CUTS == 0)
            engine_tempo_chance(first->chance_sigma, input->engine->workload->seed,
                                state->load.first_replica, cut / TEMPO_DRAWN_CUTS, group->chance);
    }
    for (size_t v = 0; v < s->variant_count; v++) {
        const struct demand_group *group = &s->groups[s->group_of[v]];
        if ((step + 1) % group->steps != 0)
            continue;
        const float *chance = group->chance[step / group->steps % TEMPO_DRAWN_CUTS];
        tempo_cut(&input->tempo[v].tempo, &state->draws, chance, group, s->peak[v]);
    }
    if ((step + 1) % first->bucket_steps != 0 && !last)
        return;
    const float kept =
        close_bucket(s, step, first->bucket_steps, input->tempo[0].step_seconds, retained);
    for (size_t v = 0; v < s->variant_count; v++)
        tempo_bucket(&input->tempo[v].tempo, &state->draws, retained, kept,
                     &s->groups[s->group_of[v]], s->disk[v], s->inodes[v]);
}

/** The lowest level that is passed for no more than the busy share of the time. */
float demand_busy_factor(const struct demand_store *store, size_t lane, float moments) {
    float level = lowest_level;
    for (int k = 0; k < DEMAND_LEVELS; k++, level *= level_ratio)
        if (store->level_count[k][lane] <= (float)PLANNER_BUSY_FRACTION * moments)
            return vec_min(level, store->factor_peak[lane]);
    return store->factor_peak[lane];
}
