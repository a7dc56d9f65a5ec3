#include "models/loki_chunk.h"

#include "sim/base/units.h"

#include <math.h>

/* Facts of Loki 3.5.0 and of the Go run time, not fitted. */

/** Range tree node 48, entries 32, slice of one entry 48, pointer in the tree about 10 bytes. */
static const double head_bytes_per_line = 138;
/** Strings are rounded up to Go's size classes: 5 % more at the usual lengths of lines. */
static const double head_bytes_per_byte = 1.05;
/** Time stamp, length and an empty list of metadata before each line of a serialised head. */
static const double framing_bytes_per_line = 13;
/** ingester.flush-check-period: a chunk waits up to one to be seen and up to one to be forgotten.
 */
static const double flush_check_seconds = 30;
/** Writing one chunk and its index entry; from flush times of runs with 500 and 5,000 streams. */
static const double flush_seconds_per_stream = 0.0025;
static const double flush_seconds_least = 6;

/** A chunk is encoded into a buffer that is this much longer than its estimate. */
static const double encode_extra_bytes = 4 * KIB;
/** Go rounds large objects up to pages of 8 KiB, half of one on average; smaller ones by less. */
static const double half_page_bytes = 4 * KIB;
static const double whole_pages_from_bytes = 32 * KIB;

/** Go's size classes from 8 KiB on (runtime/sizeclasses.go); larger objects take whole pages. */
static double allocated_bytes(double bytes) {
    static const double classes[] = {8192,  9472,  9728,  10240, 10880, 12288, 13568, 14336, 16384,
                                     18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768};
    const double page = 8 * KIB;
    if (bytes > classes[sizeof classes / sizeof *classes - 1])
        return page * ceil(bytes / page);
    if (bytes < classes[0])
        return bytes;
    size_t i = 0;
    while (classes[i] < bytes)
        i++;
    return classes[i];
}

/** Capacity of a bytes.Buffer after `total` bytes came in equal pieces (the last may be short). */
static double buffer_capacity(double total, double piece) {
    double capacity = 0;
    double filled = 0;
    while (filled < total) {
        filled = fmin(filled + piece, total);
        if (filled > capacity)
            capacity = allocated_bytes(fmax(filled, 2 * capacity));
    }
    return capacity;
}

double loki_chunk_block_heap_bytes(enum loki_encoding encoding, double raw_bytes,
                                   double stored_bytes) {
    /* Raw bytes that each encoder compresses before it writes; gzip writes 246 bytes at a time,
     * so its buffer goes through the powers of two. */
    static const double piece_raw[LOKI_ENCODING_COUNT] = {64 * KIB, 0, 128 * KIB};
    /* No two blocks compress alike: the capacity, which jumps, is averaged over 2 % either way. */
    static const double spread[] = {0.98, 0.99, 1, 1.01, 1.02};
    const size_t count = sizeof spread / sizeof *spread;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double stored = stored_bytes * spread[i];
        if (piece_raw[encoding] > 0)
            sum += buffer_capacity(stored, fmax(stored * piece_raw[encoding] / raw_bytes, 1));
        else
            sum += exp2(ceil(log2(fmax(stored, 64))));
    }
    return sum / (double)count;
}

/** Raw size at which SpaceFor() says no: blocks count compressed, the head uncompressed. */
static double full_raw_bytes(double target_bytes, double block_raw, double block_stored) {
    double blocks = ceil(fmax(target_bytes - block_raw, 0) / block_stored);
    double head = fmax(target_bytes - blocks * block_stored, 0);
    return fmax(blocks * block_raw + fmin(head, block_raw), 1);
}

static double positive(double value, double otherwise) {
    return value > 0 ? value : otherwise;
}

void loki_chunk_init(const struct loki_settings *settings, const struct loki_class *class_of,
                     double streams, struct loki_chunk *chunk) {
    const struct loki_settings usual = loki_settings_default();
    double block = positive(settings->chunk_block_size_bytes, usual.chunk_block_size_bytes);
    double target = positive(settings->chunk_target_size_bytes, usual.chunk_target_size_bytes);
    double line = fmax(class_of->bytes_per_line, 1);
    double ratio = fmax(class_of->compression, 1);
    double stored = block / ratio;
    double serialised = block * (1 + framing_bytes_per_line / line);
    *chunk = (struct loki_chunk){
        .line_bytes = line,
        .age_seconds = positive(settings->max_chunk_age_seconds, usual.max_chunk_age_seconds),
        .idle_seconds =
            positive(settings->chunk_idle_period_seconds, usual.chunk_idle_period_seconds),
        .block_raw_bytes = block,
        .full_raw_bytes = full_raw_bytes(target, block, stored),
        .compression = ratio,
        .flush_wait_seconds = 2 * flush_check_seconds,
        .flush_work_seconds = flush_seconds_least + flush_seconds_per_stream * streams,
        .heap = {loki_chunk_block_heap_bytes(settings->encoding, serialised, stored),
                 head_bytes_per_byte + head_bytes_per_line / line},
        .checkpoint = {stored, 1 + framing_bytes_per_line / line},
    };
}

void loki_chunk_set_rate(struct loki_chunk *chunk, double bytes_per_second) {
    double aged = bytes_per_second * chunk->age_seconds;
    chunk->bytes_per_second = fmax(bytes_per_second, 0);
    chunk->full = false;
    chunk->raw_bytes = 0;
    chunk->life_seconds = 0;
    if (bytes_per_second <= 0)
        return;
    chunk->full = chunk->full_raw_bytes <= aged;
    chunk->raw_bytes = fmin(chunk->full_raw_bytes, aged);
    chunk->life_seconds = chunk->raw_bytes / bytes_per_second;
}

double loki_chunk_closings_per_second(const struct loki_chunk *chunk) {
    double raw = loki_chunk_flushed_raw_bytes(chunk);
    if (raw <= 0)
        return 0;
    bool idles = chunk->line_bytes > chunk->bytes_per_second * chunk->idle_seconds;
    return chunk->bytes_per_second / (idles ? fmin(chunk->line_bytes, raw) : raw);
}

double loki_chunk_flush_raw_bytes(const struct loki_chunk *chunk) {
    return (chunk->flush_wait_seconds + chunk->flush_work_seconds) * chunk->bytes_per_second;
}

double loki_chunk_flushed_raw_bytes(const struct loki_chunk *chunk) {
    double waited = chunk->full ? 0 : loki_chunk_flush_raw_bytes(chunk);
    return fmin(chunk->raw_bytes + waited, chunk->full_raw_bytes);
}

double loki_chunk_at(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                     double raw_bytes) {
    double blocks = floor(raw_bytes / chunk->block_raw_bytes);
    double head = raw_bytes - blocks * chunk->block_raw_bytes;
    return blocks * measure.per_block + head * measure.per_head_byte;
}

double loki_chunk_most(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                       double raw_bytes) {
    double now = loki_chunk_at(chunk, measure, raw_bytes);
    double blocks = floor(raw_bytes / chunk->block_raw_bytes);
    if (blocks < 1)
        return now;
    double before_cut =
        (blocks - 1) * measure.per_block + chunk->block_raw_bytes * measure.per_head_byte;
    return fmax(now, before_cut);
}

double loki_chunk_mean(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                       double raw_bytes) {
    if (raw_bytes <= 0)
        return 0;
    double block = chunk->block_raw_bytes;
    double blocks = floor(raw_bytes / block);
    double rest = raw_bytes - blocks * block;
    double of_blocks = measure.per_block * (block * blocks * (blocks - 1) / 2 + blocks * rest);
    double of_heads = measure.per_head_byte * (blocks * block * block + rest * rest) / 2;
    return (of_blocks + of_heads) / raw_bytes;
}

double loki_chunk_mean_between(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                               double from_raw_bytes, double to_raw_bytes) {
    if (to_raw_bytes <= from_raw_bytes)
        return loki_chunk_at(chunk, measure, to_raw_bytes);
    double to_end = to_raw_bytes * loki_chunk_mean(chunk, measure, to_raw_bytes);
    double to_begin = from_raw_bytes * loki_chunk_mean(chunk, measure, from_raw_bytes);
    return (to_end - to_begin) / (to_raw_bytes - from_raw_bytes);
}

double loki_chunk_late(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                       double raw_bytes) {
    double block = chunk->block_raw_bytes;
    if (raw_bytes < block)
        return raw_bytes * measure.per_head_byte;
    double half_head = (block * measure.per_head_byte - measure.per_block) / 2;
    double trend = measure.per_block * raw_bytes / block + half_head;
    return fmin(trend, loki_chunk_most(chunk, measure, raw_bytes));
}

double loki_chunk_cached_heap_bytes(double stored_bytes) {
    double rounding = half_page_bytes * fmin(stored_bytes / whole_pages_from_bytes, 1);
    return stored_bytes + encode_extra_bytes + rounding;
}
