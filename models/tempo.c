#include "models/tempo.h"

#include "models/tempo_coefficients.h"

#include <math.h>

/** Completed blocks stay in the WAL's folder for `complete_block_timeout`: three polls of the block
 *  list of 5 min in Tempo 2.6.1 (modules/ingester/config.go). */
static const double complete_block_timeout_seconds = 900;

/** A head block is cut at the next flush check and queued with up to 10 s of jitter, then built. */
static const double cut_to_complete_seconds = 15;

/** The block list is polled every 5 min, compaction looks every 30 s: so long do compacted blocks
 *  wait for their successor to be noticed beside `compacted_block_retention`. */
static const double compaction_notice_seconds = 330;

/** Cuts are made at flush checks; a check period below this is taken as this. */
static const double block_seconds_min = 1;

struct tempo_settings tempo_settings_default(void) {
    return (struct tempo_settings){.max_block_duration_seconds = 1800,
                                   .max_block_bytes = 524288000,
                                   .flush_check_period_seconds = 10,
                                   .trace_idle_period_seconds = 10,
                                   .parquet_row_group_size_bytes = 1e8,
                                   .compacted_block_retention_seconds = 3600,
                                   .compaction_window_seconds = 3600,
                                   .gogc = 100};
}

/** The load in the terms the model needs. */
struct rates {
    double traces, spans, bytes; /**< received per second */
    double wal_bytes;            /**< written to the WAL per second */
    double block_seconds;        /**< between two cuts */
};

static struct rates rates_of(const double *c, const struct tempo_settings *settings,
                             const struct tempo_load *load, double rate_scale) {
    struct rates rates = {.traces = fmax(0, load->traces_per_second * rate_scale)};
    rates.spans = rates.traces * fmax(0, load->spans_per_trace);
    rates.bytes = rates.spans * fmax(0, load->bytes_per_span);
    rates.wal_bytes =
        c[TEMPO_wal_bytes_per_byte] * rates.bytes + c[TEMPO_wal_bytes_per_span] * rates.spans;
    rates.block_seconds = settings->max_block_duration_seconds;
    if (rates.wal_bytes * rates.block_seconds > settings->max_block_bytes)
        rates.block_seconds = settings->max_block_bytes / rates.wal_bytes;
    rates.block_seconds = fmax(rates.block_seconds, settings->flush_check_period_seconds);
    rates.block_seconds = fmax(rates.block_seconds, block_seconds_min);
    return rates;
}

/** Extra resident bytes of searches: those that meet a block being built or compacted. */
static double query_bytes(const double *c, double queries_per_second) {
    return c[TEMPO_memory_query_bytes] *
           -expm1(-fmax(0, queries_per_second) * c[TEMPO_memory_query_seconds]);
}

static void predict_memory(const struct tempo_model *model, const struct tempo_settings *settings,
                           const struct tempo_load *load, const struct rates *rates,
                           struct tempo_need *need) {
    const double *c = model->coefficient;
    double growth = 1 + settings->gogc / 100;
    double root = sqrt(need->block_received_bytes);
    double idle = c[TEMPO_memory_fixed_bytes] + c[TEMPO_memory_idle_heap_bytes];
    double live = c[TEMPO_memory_idle_heap_bytes] / growth;
    if (rates->bytes > 0)
        live += c[TEMPO_memory_build_bytes] + c[TEMPO_memory_build_per_root_byte] * root;
    need->memory_live_bytes = live;
    need->memory_fixed_bytes = c[TEMPO_memory_fixed_bytes];
    need->memory_free_peak_bytes =
        need->memory_fixed_bytes + growth * live + query_bytes(c, load->queries_per_second);
    need->memory_peak_bytes =
        go_heap_peak_bytes(&model->heap, need->memory_free_peak_bytes, live,
                           need->memory_fixed_bytes, settings->memory_goal_bytes);
    need->memory_idle_bytes =
        fmin(need->memory_peak_bytes, idle + c[TEMPO_memory_idle_per_root_byte] * root);
    need->memory_mean_bytes =
        need->memory_idle_bytes +
        c[TEMPO_memory_mean_fraction] * (need->memory_peak_bytes - need->memory_idle_bytes);
}

static void predict_cpu(const struct tempo_model *model, const struct tempo_settings *settings,
                        const struct tempo_load *load, const struct rates *rates,
                        struct tempo_need *need) {
    const double *c = model->coefficient;
    double collector =
        go_heap_collector_cores(&model->heap, need->memory_free_peak_bytes, need->memory_live_bytes,
                                need->memory_fixed_bytes, settings->memory_goal_bytes);
    double pressed = fmin(1, c[TEMPO_cpu_collector_seconds] / rates->block_seconds);
    need->cpu_cores = c[TEMPO_cpu_base_cores] + c[TEMPO_cpu_seconds_per_byte] * rates->bytes +
                      c[TEMPO_cpu_seconds_per_trace] * rates->traces +
                      c[TEMPO_cpu_seconds_per_query] * fmax(0, load->queries_per_second) +
                      collector * pressed;
}

/**
 * The WAL's folder at its fullest: the head block, and the blocks completed within the timeout. It
 * is fullest just before the head is cut or just before the oldest completed block is dropped.
 */
static double wal_peak_bytes(const struct rates *rates, double stored_per_second) {
    double hold = complete_block_timeout_seconds + cut_to_complete_seconds;
    double kept = floor(hold / rates->block_seconds);
    double at_cut = rates->block_seconds * (rates->wal_bytes + kept * stored_per_second);
    double at_drop = (hold - kept * rates->block_seconds) * rates->wal_bytes +
                     (kept + 1) * rates->block_seconds * stored_per_second;
    return fmax(at_cut, at_drop);
}

static void predict_disk(const double *c, const struct tempo_settings *settings,
                         const struct rates *rates, struct tempo_need *need) {
    need->block_bytes_per_second = c[TEMPO_stored_bytes_per_byte] * rates->bytes +
                                   c[TEMPO_stored_bytes_per_span] * rates->spans +
                                   c[TEMPO_stored_bytes_per_trace] * rates->traces;
    need->wal_peak_bytes = wal_peak_bytes(rates, need->block_bytes_per_second);
    need->blocks_per_second = rates->bytes > 0 ? 1 / rates->block_seconds : 0;
    need->compaction_extra_seconds =
        settings->compacted_block_retention_seconds + compaction_notice_seconds;
    need->replay_seconds = c[TEMPO_replay_seconds];
    need->replay_memory_peak_bytes = c[TEMPO_replay_memory_fraction] * need->memory_peak_bytes;
}

void tempo_predict(const struct tempo_model *model, const struct tempo_settings *settings,
                   const struct tempo_load *load, double rate_scale, struct tempo_need *need) {
    struct rates rates = rates_of(model->coefficient, settings, load, rate_scale);
    *need = (struct tempo_need){.block_received_bytes = rates.bytes * rates.block_seconds};
    predict_memory(model, settings, load, &rates, need);
    predict_cpu(model, settings, load, &rates, need);
    predict_disk(model->coefficient, settings, &rates, need);
}
