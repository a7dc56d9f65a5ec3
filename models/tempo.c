#include "models/tempo.h"

#include "models/tempo_coefficients.h"

#include <math.h>

/*
 * Structure that was read in Tempo 2.6.1 and its Parquet library, not fitted.
 * https://github.com/grafana/tempo/tree/v2.6.1
 */

/** A trace has 103 leaf columns (tempodb/encoding/vparquet4/schema.go) and a column's page is cut
 * at 256 KiB (parquet-go config.go): a block whose data fill that many pages fills every buffer. */
static const double column_buffers_bytes = 103 * 262144.0;

/** A row group is cut by an estimate (vparquet4/create.go) that is close to the number of values in
 *  it: 50 or so a span, 7 an attribute. Written here by size, an attribute taking 44 bytes. */
static const double row_values_per_span = 39;
static const double row_values_per_byte = 0.158;

/** The blocks of a compaction window are merged in rounds of two (tempodb/compactor.go). */
static const double compaction_inputs = 2;

/** Completed blocks stay in the WAL's folder for `complete_block_timeout`, three polls of the block
 *  list (modules/ingester/config.go). */
static const double complete_block_timeout_seconds = 900;

/** A cut block waits for up to 10 s (modules/ingester/flush.go) and takes about as long. */
static const double cut_to_complete_seconds = 15;

/** The block list is polled every 5 min, compaction looks every 30 s: so long do compacted blocks
 *  wait for their successor to be noticed beside `compacted_block_retention`. */
static const double compaction_notice_seconds = 330;

/** How long the heap stays high around a block in the series of runs v01, v02 and v05: a search in
 *  that time adds to the peak. */
static const double peak_seconds = 30;

/** Cuts are made at flush checks; a check period below this is taken as this. */
static const double flush_seconds_min = 0.1;

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

double tempo_run_peak_error(const struct tempo_error *error) {
    return hypot(error->memory_peak, TEMPO_RUN_SHARE_OF_CHANCE * error->memory_chance);
}

/** The load in the terms the model needs. */
struct rates {
    double traces, spans, bytes; /**< received per second */
    double wal_bytes;            /**< written to the WAL per second */
    double stored_bytes;         /**< of blocks, per second */
    double block_seconds;        /**< between two cuts */
    double flush_seconds;        /**< between two WAL pages */
};

static struct rates rates_of(const double *c, const struct tempo_settings *settings,
                             const struct tempo_load *load, double rate_scale) {
    struct rates rates = {.traces = fmax(0, load->traces_per_second * rate_scale)};
    rates.spans = rates.traces * fmax(0, load->spans_per_trace);
    rates.bytes = rates.spans * fmax(0, load->bytes_per_span);
    rates.wal_bytes =
        c[TEMPO_wal_bytes_per_byte] * rates.bytes + c[TEMPO_wal_bytes_per_span] * rates.spans;
    rates.stored_bytes = c[TEMPO_stored_bytes_per_byte] * rates.bytes +
                         c[TEMPO_stored_bytes_per_span] * rates.spans +
                         c[TEMPO_stored_bytes_per_trace] * rates.traces;
    rates.flush_seconds = fmax(settings->flush_check_period_seconds, flush_seconds_min);
    rates.block_seconds = settings->max_block_duration_seconds;
    if (rates.wal_bytes * rates.block_seconds > settings->max_block_bytes)
        rates.block_seconds = settings->max_block_bytes / rates.wal_bytes;
    rates.block_seconds = fmax(rates.block_seconds, rates.flush_seconds);
    return rates;
}

/** Chance that what is expected so many times happens at all. */
static double at_least_once(double expected) {
    return -expm1(-fmax(0, expected));
}

/** Live heap between blocks: the head block's index of traces, and the traces not yet written. */
static double base_live_bytes(const double *c, const struct rates *rates) {
    double traces = rates->traces * rates->block_seconds;
    return c[TEMPO_memory_idle_heap_bytes] +
           c[TEMPO_memory_load_heap_bytes] * at_least_once(traces) +
           c[TEMPO_memory_per_trace_bytes] * traces + rates->bytes * rates->flush_seconds;
}

/** Bytes of the row group that `blocks` blocks fill, at most one group's. */
static double row_group_bytes(const double *c, const struct tempo_settings *settings,
                              const struct rates *rates, double blocks) {
    double values = (row_values_per_span * rates->spans + row_values_per_byte * rates->bytes) *
                    rates->block_seconds * blocks;
    return c[TEMPO_memory_per_row_value_bytes] *
           fmin(values, settings->parquet_row_group_size_bytes);
}

/**
 * More live heap while a block is completed: every page of its WAL is open, and a row group is
 * built. A flush check that finds no trace writes no page. A block that is cut by size has fewer
 * pages; that is left out, so that more load never seems to need less.
 */
static double complete_bytes(const double *c, const struct tempo_settings *settings,
                             const struct rates *rates) {
    double pages = fmax(1, settings->max_block_duration_seconds / rates->flush_seconds) *
                   at_least_once(rates->traces * rates->flush_seconds);
    return c[TEMPO_memory_complete_bytes] * at_least_once(rates->traces * rates->block_seconds) +
           c[TEMPO_memory_per_page_bytes] * pages + row_group_bytes(c, settings, rates, 1);
}

/**
 * More live heap while two blocks are compacted into one; none when a window holds one block.
 * n blocks of a window are merged pairwise, so up to the greatest power of two in n end in one;
 * the readers' page buffers fill with the size of that, the row group with the first pair.
 */
static double compact_bytes(const double *c, const struct tempo_settings *settings,
                            const struct rates *rates) {
    double blocks = settings->compaction_window_seconds / rates->block_seconds;
    if (blocks <= 1)
        return 0;
    double merged = fmax(compaction_inputs, exp2(floor(log2(blocks))));
    double input = rates->bytes * rates->block_seconds * merged / compaction_inputs;
    return c[TEMPO_memory_compact_bytes] * input / (input + column_buffers_bytes) +
           row_group_bytes(c, settings, rates, compaction_inputs);
}

static void predict_memory(const struct tempo_model *model, const struct tempo_settings *settings,
                           const struct tempo_load *load, const struct rates *rates,
                           struct tempo_need *need) {
    const double *c = model->coefficient;
    double growth = 1 + fmax(0, settings->gogc) / 100;
    double base = base_live_bytes(c, rates);
    double live =
        base + fmax(complete_bytes(c, settings, rates), compact_bytes(c, settings, rates));
    double searches =
        c[TEMPO_memory_query_bytes] * at_least_once(load->queries_per_second * peak_seconds);
    need->memory_live_bytes = live;
    need->memory_fixed_bytes = c[TEMPO_memory_fixed_bytes];
    need->memory_free_peak_bytes = need->memory_fixed_bytes + growth * live + searches;
    need->memory_peak_bytes =
        go_heap_peak_bytes(&model->heap, need->memory_free_peak_bytes, live,
                           need->memory_fixed_bytes, settings->memory_goal_bytes);
    need->memory_idle_bytes =
        fmin(need->memory_peak_bytes, need->memory_fixed_bytes + growth * base);
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
    need->cpu_cores =
        c[TEMPO_cpu_base_cores] + c[TEMPO_cpu_cores_at_one_trace] * sqrt(rates->traces) +
        c[TEMPO_cpu_seconds_per_byte] * rates->bytes +
        c[TEMPO_cpu_seconds_per_query] * fmax(0, load->queries_per_second) + collector * pressed;
}

/**
 * The WAL's folder at its fullest: the head block, and the blocks completed within the timeout. It
 * is fullest just before the head is cut or just before the oldest completed block is dropped.
 */
static double wal_peak_bytes(const struct rates *rates) {
    double hold = complete_block_timeout_seconds + cut_to_complete_seconds;
    double kept = floor(hold / rates->block_seconds);
    double at_cut = rates->block_seconds * (rates->wal_bytes + kept * rates->stored_bytes);
    double at_drop = (hold - kept * rates->block_seconds) * rates->wal_bytes +
                     (kept + 1) * rates->block_seconds * rates->stored_bytes;
    return fmax(at_cut, at_drop);
}

void tempo_predict(const struct tempo_model *model, const struct tempo_settings *settings,
                   const struct tempo_load *load, double rate_scale, struct tempo_need *need) {
    const double *c = model->coefficient;
    struct rates rates = rates_of(c, settings, load, rate_scale);
    *need = (struct tempo_need){
        .block_received_bytes = rates.bytes * rates.block_seconds,
        .wal_peak_bytes = wal_peak_bytes(&rates),
        .block_bytes_per_second = rates.stored_bytes,
        .blocks_per_second = rates.bytes > 0 ? 1 / rates.block_seconds : 0,
        .compaction_extra_seconds =
            settings->compacted_block_retention_seconds + compaction_notice_seconds,
        .replay_seconds = c[TEMPO_replay_seconds],
    };
    predict_memory(model, settings, load, &rates, need);
    predict_cpu(model, settings, load, &rates, need);
    need->replay_memory_peak_bytes = c[TEMPO_replay_memory_fraction] * need->memory_peak_bytes;
}
