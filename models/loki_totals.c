#include "models/loki_chunk.h"
#include "models/loki_parts.h"

#include <math.h>

/** Embedded chunk cache: entries live for an hour (chunk_store_config's default ttl). */
static const double cache_seconds = 3600;
/** Streams of one class do not run at exactly the same rate: within 10 % of the mean. */
static const double rate_spread = 0.1;

/** Peaks of one class before the sums over classes. */
struct class_peaks {
    double peak, cached_peak, late, checkpoint_peak, checkpoint_late;
};

/** Peaks of classes that cut their heads at different times meet by chance: excesses over the late
 *  mean add in squares. */
struct excess {
    double late, peak_squares, cached_squares, cached_late;
    double checkpoint_late, checkpoint_squares;
};

/** Heap of one stream's chunk of `raw` bytes, averaged over streams of slightly different rates. */
static double heap_around(const struct loki_chunk *chunk, double raw) {
    double most = fmin(raw * (1 + rate_spread), chunk->full_raw_bytes);
    return loki_chunk_mean_between(chunk, chunk->heap, raw * (1 - rate_spread), most);
}

/** The same at the flush. Where one block more is cut just before it, the heap would be smaller
 *  than at a slightly lower rate; who plans for a rate must not count on that, so the greater. */
static double heap_at_flush(const struct loki_chunk *chunk, double raw) {
    if (chunk->full)
        return loki_chunk_at(chunk, chunk->heap, raw);
    double cuts = floor(raw * (1 + rate_spread) / chunk->block_raw_bytes);
    double before_cut = cuts * chunk->block_raw_bytes / (1 + rate_spread);
    return fmax(heap_around(chunk, raw), heap_around(chunk, before_cut));
}

/** Mean heap over a chunk's life; as above, never less than at a slightly lower rate. */
static double mean_heap(const struct loki_chunk *chunk, double raw) {
    double cut = floor(raw / chunk->block_raw_bytes) * chunk->block_raw_bytes;
    return fmax(loki_chunk_mean(chunk, chunk->heap, raw), loki_chunk_mean(chunk, chunk->heap, cut));
}

static void add_chunk(const struct loki_chunk *chunk, double streams, struct loki_totals *totals,
                      struct class_peaks *peaks, double *kept_stored) {
    double raw = loki_chunk_flushed_raw_bytes(chunk);
    double waited = loki_chunk_flush_raw_bytes(chunk);
    double spilled = chunk->full ? waited : fmax(chunk->raw_bytes + waited - raw, 0);
    double cached_raw = fmin(raw, chunk->bytes_per_second * cache_seconds);
    double stored = raw / chunk->compression;
    double flushes_kept = fmax(cache_seconds / fmax(chunk->life_seconds, 1), 1);
    totals->heap_flush_bytes +=
        streams * (heap_at_flush(chunk, raw) + spilled * chunk->heap.per_head_byte);
    totals->heap_mean_bytes += streams * mean_heap(chunk, raw);
    totals->checkpoint_mean_bytes += streams * loki_chunk_mean(chunk, chunk->checkpoint, raw);
    totals->raw_open_bytes += streams * raw;
    totals->raw_open_mean_bytes += streams * raw / 2;
    totals->flush_stored_bytes += streams * stored;
    *kept_stored += streams * stored * flushes_kept;
    if (raw > 0)
        totals->chunks_per_second += streams * loki_chunk_closings_per_second(chunk);
    peaks->peak = streams * loki_chunk_most(chunk, chunk->heap, raw);
    peaks->late = streams * loki_chunk_late(chunk, chunk->heap, raw);
    peaks->cached_peak = streams * loki_chunk_most(chunk, chunk->heap, cached_raw);
    peaks->checkpoint_peak = streams * loki_chunk_most(chunk, chunk->checkpoint, raw);
    peaks->checkpoint_late = streams * loki_chunk_late(chunk, chunk->checkpoint, raw);
}

static double square(double x) {
    return x * x;
}

static void add_class(const struct loki_settings *settings, const struct loki_class *class_of,
                      double rate_scale, double all_streams, struct loki_totals *totals,
                      struct excess *excess, double *kept_stored) {
    if (class_of->streams <= 0)
        return;
    double rate = fmax(class_of->bytes_per_second * rate_scale, 0);
    double lines = rate / fmax(class_of->bytes_per_line, 1);
    struct class_peaks peaks;
    struct loki_chunk chunk;
    loki_chunk_init(settings, class_of, all_streams, &chunk);
    loki_chunk_set_rate(&chunk, rate / class_of->streams);
    add_chunk(&chunk, class_of->streams, totals, &peaks, kept_stored);
    totals->streams += class_of->streams;
    totals->bytes_per_second += rate;
    totals->lines_per_second += lines;
    totals->push_streams_per_second += class_of->streams * -expm1(-lines / class_of->streams);
    totals->stored_bytes_per_second += rate / chunk.compression;
    excess->late += peaks.late;
    excess->peak_squares += square(peaks.peak - peaks.late);
    excess->cached_late += fmin(peaks.late, peaks.cached_peak);
    excess->cached_squares += square(peaks.cached_peak - fmin(peaks.late, peaks.cached_peak));
    excess->checkpoint_late += peaks.checkpoint_late;
    excess->checkpoint_squares += square(peaks.checkpoint_peak - peaks.checkpoint_late);
}

/** Heap of `stored` bytes of cached chunks. */
static double cache_heap(const struct loki_settings *settings, const struct loki_totals *totals,
                         double stored) {
    if (totals->flush_stored_bytes <= 0)
        return 0;
    double per_chunk = totals->flush_stored_bytes / totals->streams;
    double kept = fmin(stored, fmax(settings->chunk_cache_bytes, 0));
    return kept / per_chunk * loki_chunk_cached_heap_bytes(per_chunk);
}

void loki_totals_of(const struct loki_settings *settings, const struct loki_load *load,
                    double rate_scale, struct loki_totals *totals) {
    struct excess excess = {0};
    double kept_stored = 0;
    double streams = 0;
    *totals = (struct loki_totals){0};
    for (size_t i = 0; i < load->class_count; i++)
        streams += fmax(load->classes[i].streams, 0);
    for (size_t i = 0; i < load->class_count; i++)
        add_class(settings, &load->classes[i], rate_scale, streams, totals, &excess, &kept_stored);
    totals->heap_peak_bytes = excess.late + sqrt(excess.peak_squares);
    totals->heap_cached_peak_bytes = excess.cached_late + sqrt(excess.cached_squares);
    totals->checkpoint_peak_bytes = excess.checkpoint_late + sqrt(excess.checkpoint_squares);
    totals->flush_uncached_bytes =
        fmax(totals->flush_stored_bytes - fmax(settings->chunk_cache_bytes, 0), 0);
    totals->cached_bytes = cache_heap(settings, totals, kept_stored);
    totals->cached_mean_bytes =
        cache_heap(settings, totals, totals->stored_bytes_per_second * cache_seconds);
}
