#include "models/loki.h"

#include "models/loki_coefficients.h"
#include "models/loki_parts.h"
#include "sim/base/units.h"

#include <math.h>

/** A file takes whole blocks of the file system. */
static const double file_block_bytes = 4 * KIB;

struct loki_settings loki_settings_default(void) {
    return (struct loki_settings){.encoding = LOKI_ENCODING_SNAPPY,
                                  .max_chunk_age_seconds = 2 * SECONDS_PER_HOUR,
                                  .chunk_idle_period_seconds = 30 * SECONDS_PER_MINUTE,
                                  .chunk_target_size_bytes = 1.5 * MIB,
                                  .chunk_block_size_bytes = 256 * KIB,
                                  .wal_checkpoint_seconds = 5 * SECONDS_PER_MINUTE,
                                  .chunk_cache_bytes = 100e6};
}

const char *loki_encoding_name(enum loki_encoding encoding) {
    static const char *const names[LOKI_ENCODING_COUNT] = {"snappy", "gzip", "zstd"};
    return names[encoding];
}

static double checkpoint_seconds(const struct loki_settings *settings) {
    return settings->wal_checkpoint_seconds > 0 ? settings->wal_checkpoint_seconds
                                                : 5 * SECONDS_PER_MINUTE;
}

/** The collector's CPU under GOMEMLIMIT, averaged over a chunk's life in which the heap grows
 *  evenly from almost nothing to its peak. */
static double collector_cores(const struct loki_model *model, const struct loki_settings *settings,
                              const struct loki_totals *totals) {
    enum { POINTS = 32 };
    const double *coefficient = model->coefficient;
    struct go_heap_model heap = model->heap;
    double empty = coefficient[LOKI_memory_loaded_live_bytes];
    double sum = 0;
    if (settings->memory_goal_bytes <= 0 || totals->bytes_per_second <= 0)
        return 0;
    heap.collector_gain =
        coefficient[LOKI_cpu_collector_seconds_per_byte] * totals->bytes_per_second;
    for (int i = 0; i < POINTS; i++) {
        double live = empty + coefficient[LOKI_memory_chunk_factor] * totals->heap_peak_bytes *
                                  (i + 0.5) / POINTS;
        sum += go_heap_collector_cores(&heap, loki_resident_bytes(coefficient, live),
                                       coefficient[LOKI_memory_idle_live_bytes] + live,
                                       coefficient[LOKI_memory_fixed_bytes],
                                       settings->memory_goal_bytes);
    }
    return sum / POINTS;
}

void loki_cpu(const struct loki_model *model, const struct loki_settings *settings,
              const struct loki_load *load, const struct loki_totals *totals,
              double pushes_per_second, struct loki_need *need) {
    const double *coefficient = model->coefficient;
    double period = checkpoint_seconds(settings);
    double encoding = settings->encoding == LOKI_ENCODING_SNAPPY
                          ? 0
                          : coefficient[LOKI_cpu_gzip_seconds_per_byte];
    need->cpu_query_cores = coefficient[LOKI_cpu_query_seconds_per_byte] *
                            loki_query_bytes_per_second(load, totals->bytes_per_second);
    need->cpu_cores = coefficient[LOKI_cpu_idle_cores] + need->cpu_query_cores;
    if (totals->bytes_per_second <= 0)
        return;
    need->cpu_cores +=
        coefficient[LOKI_cpu_loaded_cores] + encoding * totals->bytes_per_second +
        coefficient[LOKI_cpu_seconds_per_line] * totals->lines_per_second +
        coefficient[LOKI_cpu_seconds_per_push] * pushes_per_second +
        coefficient[LOKI_cpu_seconds_per_checkpoint_stream] * totals->streams / period +
        coefficient[LOKI_cpu_seconds_per_checkpoint_byte] * totals->checkpoint_mean_bytes / period +
        collector_cores(model, settings, totals);
}

void loki_disk(const struct loki_model *model, const struct loki_settings *settings,
               const struct loki_totals *totals, double synchrony, struct loki_need *need) {
    const double *coefficient = model->coefficient;
    double checkpoint =
        totals->checkpoint_mean_bytes +
        synchrony * fmax(totals->checkpoint_peak_bytes - totals->checkpoint_mean_bytes, 0);
    need->open_raw_bytes = totals->raw_open_mean_bytes +
                           synchrony * (totals->raw_open_bytes - totals->raw_open_mean_bytes);
    need->wal_bytes_per_second =
        totals->bytes_per_second + coefficient[LOKI_wal_bytes_per_line] * totals->lines_per_second +
        coefficient[LOKI_wal_bytes_per_push_stream] * totals->push_streams_per_second;
    /* Segments go when the checkpoint after theirs is complete: up to two periods of them. */
    need->wal_peak_bytes = coefficient[LOKI_wal_checkpoints] * checkpoint +
                           2 * checkpoint_seconds(settings) * need->wal_bytes_per_second;
    need->wal_bound_bytes =
        need->wal_peak_bytes + fmax(2 - coefficient[LOKI_wal_checkpoints], 0) * checkpoint;
    need->chunk_bytes_per_second = totals->stored_bytes_per_second;
    need->chunks_per_second = totals->chunks_per_second;
    /* On average half a block of each file is empty. */
    need->chunk_disk_bytes_per_second =
        totals->stored_bytes_per_second + totals->chunks_per_second * file_block_bytes / 2;
    need->index_bytes_per_second =
        coefficient[LOKI_index_bytes_per_chunk] * totals->chunks_per_second;
    if (totals->bytes_per_second > 0)
        need->index_bytes_per_second +=
            coefficient[LOKI_index_bytes_per_stream_day] * totals->streams / SECONDS_PER_DAY;
    need->replay_seconds = coefficient[LOKI_replay_seconds_per_byte] * need->wal_peak_bytes;
    need->replay_memory_peak_bytes = loki_resident_bytes(
        coefficient, coefficient[LOKI_replay_live_share] *
                         (coefficient[LOKI_memory_loaded_live_bytes] +
                          coefficient[LOKI_memory_chunk_factor] * totals->heap_peak_bytes));
}

void loki_predict(const struct loki_model *model, const struct loki_settings *settings,
                  const struct loki_load *load, double rate_scale, double synchrony,
                  struct loki_need *need) {
    struct loki_totals totals;
    double together = fmin(fmax(synchrony, 0), 1);
    loki_totals_of(settings, load, rate_scale, &totals);
    *need = (struct loki_need){0};
    loki_memory(model, settings, load, &totals, together, need);
    loki_cpu(model, settings, load, &totals, load->pushes_per_second * fmax(rate_scale, 0), need);
    loki_disk(model, settings, &totals, together, need);
}
