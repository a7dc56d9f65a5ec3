/**
 * Loki, single binary: memory, CPU and disk of one process at a given load.
 *
 * In memory each active stream holds one open chunk: compressed 256 KiB blocks and an uncompressed
 * head, which takes half as much again as its lines (models/loki_chunk.h). Chunks that opened
 * together fill, cut blocks and are flushed together; what is flushed stays in the embedded cache
 * for an hour. Go lets the heap double between collections, so the resident peak is twice what
 * lives at the worst of three moments: before the last cut, before a cut while the last flush is
 * still cached, and at the flush.
 * `ingester.sync_period` is taken as 0: Loki's default of 1 h rolls chunks over at a moment of each
 * stream's own once they hold two blocks, which spreads their ages and needs less memory.
 * Coefficients: models/data/coefficients.csv from models/data/calibration/loki.csv; how well it
 * does: `make fidelity`.
 *
 * Everything is bytes, seconds, cores. Functions are pure; no allocation; thread-safe.
 */
#ifndef MODELS_LOKI_H
#define MODELS_LOKI_H

#include "models/go_heap.h"
#include "sim/base/units.h"

#include <stddef.h>

enum loki_encoding { LOKI_ENCODING_SNAPPY, LOKI_ENCODING_GZIP, LOKI_ENCODING_ZSTD };
#define LOKI_ENCODING_COUNT 3

/** What the operator sets. */
struct loki_settings {
    enum loki_encoding encoding;
    double max_chunk_age_seconds;
    double chunk_idle_period_seconds;
    double chunk_target_size_bytes; /**< compressed; 1,572,864 by default */
    double chunk_block_size_bytes;  /**< uncompressed; 262,144 by default */
    double wal_checkpoint_seconds;  /**< 300 by default */
    double chunk_cache_bytes;       /**< embedded cache of flushed chunks; 100 MB by default */
    double memory_goal_bytes;       /**< GOMEMLIMIT; 0 when unset */
    double memory_limit_bytes;      /**< the container's, 0 when none; no need depends on it */
};

/** Loki 3.5.0's defaults, encoding snappy, no GOMEMLIMIT. */
struct loki_settings loki_settings_default(void);

/** A class of like streams (one service's, say). */
struct loki_class {
    double streams;          /**< active at the same time */
    double bytes_per_second; /**< of all its streams together, raw */
    double bytes_per_line;   /**< > 0 */
    double compression;      /**< raw / stored with the settings' encoding, > 1 */
};

struct loki_load {
    const struct loki_class *classes; /**< [class_count], borrowed */
    size_t class_count;
    double pushes_per_second;  /**< push requests of all agents */
    double queries_per_second; /**< range queries that touch stored chunks */
    double query_range_seconds;
    double query_concurrency; /**< queries running at the same time, at most */
};

/**
 * What one Loki needs. Medians of the prediction; multiply by exp(z sigma) with the model's `error`
 * for a draw. No field falls by more than 2 % when `rate_scale` rises, but chunks and index where
 * lines of a stream come further apart than `chunk_idle_period`.
 */
struct loki_need {
    double memory_live_bytes;      /**< reachable heap at the worst moment */
    double memory_fixed_bytes;     /**< text, runtime, stacks */
    double memory_free_peak_bytes; /**< resident peak without GOMEMLIMIT */
    double memory_peak_bytes;      /**< resident peak with the settings' GOMEMLIMIT */
    double memory_mean_bytes;
    double cpu_cores;       /**< mean, with queries and collector */
    double cpu_query_cores; /**< the part of it that queries take */
    double open_raw_bytes;  /**< raw bytes that sit in open chunks */
    double wal_bytes_per_second;
    double wal_peak_bytes;         /**< on disk: checkpoints and segments, as sampled every 30 s */
    double wal_bound_bytes;        /**< the moment between samples: the old checkpoint still
                                        beside the complete new one (pkg/ingester/checkpoint.go) */
    double chunk_bytes_per_second; /**< stored, compressed */
    double chunk_disk_bytes_per_second; /**< the same, each file rounded up to 4 KiB */
    double chunks_per_second;           /**< files, so inodes */
    double index_bytes_per_second;
    double replay_seconds;           /**< start after a kill: WAL replay */
    double replay_memory_peak_bytes; /**< resident peak of that replay */
};

/** Standard deviations of ln(measured / predicted) on runs left out of the fit. */
struct loki_error {
    double memory_peak;
    double memory_mean;
    double cpu;
    double wal_peak;
    double wal_rate;
    double chunk_bytes;
    double chunks;
    double index_bytes;
    double degrees_of_freedom; /**< of Student's t for intervals */
};

/** Room for fitted coefficients; their order and names are in models/loki_coefficients.h. */
#define LOKI_COEFFICIENTS_MAX 32

struct loki_model {
    double coefficient[LOKI_COEFFICIENTS_MAX];
    double standard_error[LOKI_COEFFICIENTS_MAX];
    struct go_heap_model heap;
    struct loki_error error;
};

/** After a restart pods come and go, chunks part ways: synchrony decays with this time constant. An
 *  assumption. */
#define LOKI_SYNCHRONY_SECONDS SECONDS_PER_DAY

/**
 * Need at `rate_scale` times the load's bytes, lines and pushes (streams stay), with `synchrony`
 * in 0..1: 1 when all chunks opened together (after a restart), 0 when their ages are spread
 * evenly (then half of a chunk's life is in memory on average).
 */
void loki_predict(const struct loki_model *model, const struct loki_settings *settings,
                  const struct loki_load *load, double rate_scale, double synchrony,
                  struct loki_need *need);

const char *loki_encoding_name(enum loki_encoding encoding);

#endif
