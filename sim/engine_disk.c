/* The retention window: once a bucket what the volume holds. And what the bands show. */
#include "sim/base/vecmath.h"
#include "sim/engine_step.h"
#include "sim/simd.h"

/** Put the bucket that was filling in place of the oldest; returns what is retained. */
static inline float close_bucket(float *restrict slot, struct engine_process *restrict process,
                                 size_t lane) {
    const float total =
        vec_max(process->retained_sum[lane] + (process->filling[lane] - *slot), 0.0f);
    *slot = process->filling[lane];
    process->retained_sum[lane] = total;
    process->filling[lane] = 0;
    return total;
}

/** Keep what was found at the end of a bucket. */
static inline void keep(float disk, float inodes, float full_steps,
                        struct engine_process *restrict process, size_t lane) {
    process->full_steps[lane] += full_steps;
    process->disk[lane] = disk;
    process->disk_peak[lane] = vec_max(process->disk_peak[lane], disk);
    process->inodes_peak[lane] = vec_max(process->inodes_peak[lane], inodes);
}

/** Steps that lie inside the retention window after `step`. */
static float retained_steps(size_t step, size_t bucket_steps, size_t bucket_count) {
    size_t most = bucket_steps * bucket_count;
    return (float)(step + 1 < most ? step + 1 : most);
}

static float *oldest(const struct engine_window *buckets, size_t step, size_t bucket_steps) {
    return buckets->ring + step / bucket_steps % buckets->length * LANES;
}

/* Once what the retention asks for passes the volume, in the long run the share that does not fit
 * is lost. */
SIMD_CLONES void engine_loki_disk(const struct engine_plan *restrict plan,
                                  const struct engine_draws *restrict draws, size_t step,
                                  struct engine_loki_state *restrict state) {
    const struct engine_loki k = plan->loki;
    struct engine_process *restrict s = &state->process;
    const float dt = plan->step_seconds;
    const float per_window = 1.0f / (float)k.window_steps;
    const float bucket_steps = (float)(step % k.bucket_steps + 1);
    const float kept_seconds = retained_steps(step, k.bucket_steps, k.bucket_count) * dt;
    float *restrict slot = oldest(&s->retained, step, k.bucket_steps);
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        /* A full volume refuses its share, as do streams past their limit. */
        const float refused = k.stream_loss + (1.0f - k.stream_loss) * state->full_share[i];
        state->stored[i] += s->filling[i] * (1.0f - refused) * dt;
        state->lost[i] += s->filling[i] * refused * dt;
        const float retained = close_bucket(&slot[i], s, i) * dt;
        const float disk =
            (retained * k.disk_per_scale_second + kept_seconds * k.disk_per_second) *
                draws->loki_disk[i] +
            (k.wal_base + k.wal_per_scale * s->window_sum[i] * per_window) * draws->loki_wal[i];
        const float inodes =
            retained * k.inodes_per_scale_second + kept_seconds * k.inodes_per_second;
        const float over = vec_max(1.0f - k.usable_gib / vec_max(disk, 1e-6f),
                                   1.0f - k.usable_inodes / vec_max(inodes, 1e-6f));
        state->full_share[i] = vec_max(over, 0.0f);
        keep(disk, inodes, over > 0.0f ? bucket_steps : 0.0f, s, i);
    }
}

/* Compaction's inputs lie beside their outputs for a while. */
SIMD_CLONES void engine_tempo_disk(const struct engine_plan *restrict plan,
                                   const struct engine_draws *restrict draws, size_t step,
                                   struct engine_tempo_state *restrict state) {
    const struct engine_tempo k = plan->tempo;
    struct engine_process *restrict s = &state->process;
    const float dt = plan->step_seconds;
    const float per_window = 1.0f / (float)k.block_steps;
    const float bucket_steps = (float)(step % k.bucket_steps + 1);
    const float inodes =
        retained_steps(step, k.bucket_steps, k.bucket_count) * dt * k.inodes_per_second;
    float *restrict slot = oldest(&s->retained, step, k.bucket_steps);
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        const float retained = close_bucket(&slot[i], s, i) * dt;
        const float disk = (retained * k.disk_per_scale_second + k.extra_base +
                            k.extra_per_scale * s->window_sum[i] * per_window) *
                           draws->tempo_disk[i];
        const float over = vec_max(disk - k.usable_gib, inodes - k.usable_inodes);
        keep(disk, inodes, over > 0.0f ? bucket_steps : 0.0f, s, i);
    }
}

SIMD_CLONES static void keep_high(const float *restrict memory_mib, const float *restrict disk_gib,
                                  float *restrict memory_high, float *restrict disk_high) {
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        memory_high[i] = vec_max(memory_high[i], memory_mib[i] * (1.0f / 1024.0f));
        disk_high[i] = vec_max(disk_high[i], disk_gib[i]);
    }
}

void engine_block_high(const struct engine_block *block, float (*high)[LANES]) {
    keep_high(block->loki.process.resident, block->loki.process.disk,
              high[ENGINE_SERIES_LOKI_MEMORY_GIB], high[ENGINE_SERIES_LOKI_DISK_GIB]);
    keep_high(block->tempo.process.resident, block->tempo.process.disk,
              high[ENGINE_SERIES_TEMPO_MEMORY_GIB], high[ENGINE_SERIES_TEMPO_DISK_GIB]);
}
