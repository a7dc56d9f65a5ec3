#include "models/loki.h"

#include "models/loki_coefficients.h"

#include <math.h>

struct loki_settings loki_settings_default(void) {
    return (struct loki_settings){.encoding = LOKI_ENCODING_SNAPPY,
                                  .max_chunk_age_seconds = 7200,
                                  .chunk_idle_period_seconds = 1800,
                                  .chunk_target_size_bytes = 1572864,
                                  .chunk_block_size_bytes = 262144,
                                  .wal_checkpoint_seconds = 300};
}

const char *loki_encoding_name(enum loki_encoding encoding) {
    static const char *const names[LOKI_ENCODING_COUNT] = {"snappy", "gzip", "zstd"};
    return names[encoding];
}

/** What the open chunks of all classes come to. */
struct totals {
    double streams, bytes_per_second, lines_per_second;
    double block_bytes, head_bytes, entries; /**< at their worst */
    double chunks_per_second, stored_bytes_per_second, disk_bytes_per_second, open_raw_bytes;
};

static void add_class(const struct loki_settings *settings, const struct loki_class *class,
                      double rate_scale, double synchrony, struct totals *totals) {
    if (class->streams <= 0)
        return;
    double rate = class->bytes_per_second * rate_scale;
    double per_stream = rate / class->streams;
    double chunk_raw = fmin(per_stream * settings->max_chunk_age_seconds,
                            settings->chunk_target_size_bytes * class->compression);
    double blocks = floor(chunk_raw / settings->chunk_block_size_bytes);
    double head = fmin(chunk_raw, settings->chunk_block_size_bytes);
    double open = 0.5 * (1 + synchrony);
    totals->streams += class->streams;
    totals->bytes_per_second += rate;
    totals->lines_per_second += rate / class->bytes_per_line;
    totals->block_bytes +=
        open * class->streams * blocks * settings->chunk_block_size_bytes / class->compression;
    totals->head_bytes += open * class->streams * head;
    totals->entries += open * class->streams * head / class->bytes_per_line;
    totals->open_raw_bytes += open * class->streams * chunk_raw;
    if (chunk_raw <= 0)
        return;
    double chunks = rate / chunk_raw;
    totals->chunks_per_second += chunks;
    totals->stored_bytes_per_second += rate / class->compression;
    totals->disk_bytes_per_second += chunks * 4096 * ceil(chunk_raw / class->compression / 4096);
}

static double resident(const double *c, const struct totals *totals) {
    return c[LOKI_memory_base_bytes] + c[LOKI_memory_per_block_byte] * totals->block_bytes +
           c[LOKI_memory_per_head_byte] * totals->head_bytes +
           c[LOKI_memory_per_entry] * totals->entries +
           c[LOKI_memory_per_stream] * totals->streams +
           c[LOKI_memory_rate_seconds] * totals->bytes_per_second;
}

static void predict_memory(const struct loki_model *model, const struct loki_settings *settings,
                           const struct loki_load *load, const struct totals *totals,
                           struct loki_need *need) {
    const double *c = model->coefficient;
    double queries = c[LOKI_memory_query_bytes] * load->query_concurrency;
    need->memory_fixed_bytes = 0.5 * c[LOKI_memory_base_bytes];
    need->memory_free_peak_bytes = resident(c, totals) + queries;
    need->memory_live_bytes = 0.5 * (need->memory_free_peak_bytes - need->memory_fixed_bytes);
    need->memory_peak_bytes =
        go_heap_peak_bytes(&model->heap, need->memory_free_peak_bytes, need->memory_live_bytes,
                           need->memory_fixed_bytes, settings->memory_goal_bytes);
    need->memory_mean_bytes = c[LOKI_memory_mean_fraction] * need->memory_peak_bytes;
    need->replay_memory_peak_bytes = c[LOKI_replay_memory_fraction] * need->memory_free_peak_bytes;
}

static void predict_cpu(const struct loki_model *model, const struct loki_settings *settings,
                        const struct loki_load *load, double rate_scale,
                        const struct totals *totals, struct loki_need *need) {
    const double *c = model->coefficient;
    double scanned =
        load->queries_per_second * load->query_range_seconds * totals->stored_bytes_per_second;
    double per_byte =
        c[LOKI_cpu_seconds_per_byte] +
        (settings->encoding == LOKI_ENCODING_SNAPPY ? 0 : c[LOKI_cpu_gzip_seconds_per_byte]);
    need->cpu_query_cores = c[LOKI_cpu_query_seconds_per_byte] * scanned;
    need->cpu_cores =
        c[LOKI_cpu_base_cores] + per_byte * totals->bytes_per_second +
        c[LOKI_cpu_seconds_per_line] * totals->lines_per_second +
        c[LOKI_cpu_seconds_per_push] * load->pushes_per_second * rate_scale +
        c[LOKI_cpu_seconds_per_stream_checkpoint] * totals->streams /
            settings->wal_checkpoint_seconds +
        need->cpu_query_cores +
        go_heap_collector_cores(&model->heap, need->memory_free_peak_bytes, need->memory_live_bytes,
                                need->memory_fixed_bytes, settings->memory_goal_bytes);
}

static void predict_disk(const double *c, const struct loki_settings *settings,
                         const struct totals *totals, struct loki_need *need) {
    need->open_raw_bytes = totals->open_raw_bytes;
    need->wal_bytes_per_second = c[LOKI_wal_bytes_per_byte] * totals->bytes_per_second +
                                 c[LOKI_wal_bytes_per_line] * totals->lines_per_second;
    need->wal_peak_bytes =
        need->wal_bytes_per_second * 2 * settings->wal_checkpoint_seconds +
        2 * c[LOKI_wal_checkpoint_fraction] * (totals->block_bytes + totals->head_bytes);
    need->chunk_bytes_per_second = totals->stored_bytes_per_second;
    need->chunk_disk_bytes_per_second = totals->disk_bytes_per_second;
    need->chunks_per_second = totals->chunks_per_second;
    need->index_bytes_per_second = c[LOKI_index_bytes_per_chunk] * totals->chunks_per_second +
                                   c[LOKI_index_bytes_per_stream_day] * totals->streams / 86400;
    need->replay_seconds = c[LOKI_replay_seconds_per_byte] * need->wal_peak_bytes;
}

void loki_predict(const struct loki_model *model, const struct loki_settings *settings,
                  const struct loki_load *load, double rate_scale, double synchrony,
                  struct loki_need *need) {
    struct totals totals = {0};
    for (size_t i = 0; i < load->class_count; i++)
        add_class(settings, &load->classes[i], rate_scale, synchrony, &totals);
    *need = (struct loki_need){0};
    predict_memory(model, settings, load, &totals, need);
    predict_cpu(model, settings, load, rate_scale, &totals, need);
    predict_disk(model->coefficient, settings, &totals, need);
}
