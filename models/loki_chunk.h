/**
 * One stream's open chunk in Loki's ingester: how it grows, when it closes, what it takes of the
 * heap on the way.
 *
 * Lines first go into the head block, a tree with some 140 bytes of nodes a line. When the head
 * holds `chunk_block_size` raw bytes it is compressed into a block and a new head begins, so the
 * heap falls at each cut. The chunk closes at `max_chunk_age`, or when its blocks and its
 * uncompressed head together reach `chunk_target_size`, or after one line when the next is further
 * off than `chunk_idle_period`. It stays until it is flushed and the next
 * sweep forgets it. Read from Loki 3.5.0: pkg/chunkenc/memchunk.go and unordered.go (SpaceFor, cut,
 * Append), pkg/ingester/flush.go; checked against models/data/calibration/loki.csv.
 *
 * Private to models/loki*.c and sim/fit_loki*.c. Pure functions; thread-safe.
 */
#ifndef MODELS_LOKI_CHUNK_H
#define MODELS_LOKI_CHUNK_H

#include "models/loki.h"

#include <stdbool.h>

/** What a block and a head come to, in some measure: heap bytes, checkpoint bytes, ... */
struct loki_chunk_measure {
    double per_block;     /**< of one cut block */
    double per_head_byte; /**< of one raw byte in the head */
};

/** A stream and its chunk. Raw bytes are uncompressed log lines. */
struct loki_chunk {
    /* Set by loki_chunk_init(): */
    double line_bytes;
    double age_seconds, idle_seconds; /**< that close it */
    double block_raw_bytes;           /**< raw bytes of a block */
    double full_raw_bytes;            /**< raw size at which the target size closes it */
    double compression;
    double flush_wait_seconds;            /**< closed, until it is seen and then forgotten */
    double flush_work_seconds;            /**< until its turn has come and it is written */
    struct loki_chunk_measure heap;       /**< bytes of Go's heap */
    struct loki_chunk_measure checkpoint; /**< bytes in a WAL checkpoint */
    /* Set by loki_chunk_set_rate(): */
    double bytes_per_second; /**< of this stream, raw */
    double raw_bytes;        /**< raw size when it closes */
    double life_seconds;     /**< from the first line to closing; 0 for a stream that is silent */
    bool full;               /**< closes by size */
};

/** A chunk of a stream of `class_of`; `streams` of all classes share the flush queue. */
void loki_chunk_init(const struct loki_settings *settings, const struct loki_class *class_of,
                     double streams, struct loki_chunk *chunk);

/** Give the stream its rate, which decides how the chunk closes. */
void loki_chunk_set_rate(struct loki_chunk *chunk, double bytes_per_second);

/** Chunks that close a second: one a line where lines come further apart than `chunk_idle_period`.
 *  (Memory is counted as if such chunks lived their age: it is small either way.) */
double loki_chunk_closings_per_second(const struct loki_chunk *chunk);

/** Raw bytes that come in from closing to being forgotten. */
double loki_chunk_flush_raw_bytes(const struct loki_chunk *chunk);

/** Raw bytes in the chunk when it is flushed: a chunk that closed by age fills until then. */
double loki_chunk_flushed_raw_bytes(const struct loki_chunk *chunk);

/** The measure of a chunk of `raw_bytes` of which only whole blocks are cut. */
double loki_chunk_at(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                     double raw_bytes);

/** The most it was on the way to `raw_bytes`: just before the last cut, or now. */
double loki_chunk_most(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                       double raw_bytes);

/** Its mean on the way from nothing to `raw_bytes`. */
double loki_chunk_mean(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                       double raw_bytes);

/** Its mean from one raw size to another; what it is at `to_raw_bytes` where that is not greater.
 */
double loki_chunk_mean_between(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                               double from_raw_bytes, double to_raw_bytes);

/** What it is near the end where heads of different streams are cut at different times. */
double loki_chunk_late(const struct loki_chunk *chunk, struct loki_chunk_measure measure,
                       double raw_bytes);

/** Heap that a compressed block of `stored_bytes` holds: Go's bytes.Buffer grows by doubling and
 *  Loki keeps the buffer, so more than its length. */
double loki_chunk_block_heap_bytes(enum loki_encoding encoding, double raw_bytes,
                                   double stored_bytes);

/** Heap that an encoded chunk of `stored_bytes` takes in the chunk cache. */
double loki_chunk_cached_heap_bytes(double stored_bytes);

#endif
