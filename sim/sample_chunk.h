/**
 * Log lines as Loki 3.5 stores them: entries framed into blocks, blocks compressed, blocks joined
 * into a chunk.
 *
 * An entry in a block is its time (zigzag varint of nanoseconds since 1970, not a difference), its
 * length (varint), the line, and its structured metadata: one pair, the `detected_level` that Loki
 * adds by default (`discover_log_levels`), as four bytes. Loki counts 8 raw bytes for the pair, in
 * the size at which it cuts a block and in the compression ratio that it reports; so do the ratios
 * here. Read from Loki 3.5.0: pkg/chunkenc/{memchunk,unordered,symbols}.go,
 * pkg/compression/pool.go, pkg/storage/chunk/chunk.go. Snappy is the framed format in pieces of 64
 * KiB; gzip and zstd are libraries in Go there: zlib's level 6 and libzstd's level 3 come within
 * 2 % of them on the log lines tried.
 *
 * Thread safety: functions are reentrant; sample_compress() uses threads of its own.
 */
#ifndef SIM_SAMPLE_CHUNK_H
#define SIM_SAMPLE_CHUNK_H

#include "models/loki.h"
#include "sim/sample.h"
#include "sim/sample_blocks.h"
#include "sim/sample_fields.h"

#include <stddef.h>
#include <stdint.h>

/** Raw bytes that Loki counts for the level of each line. */
#define SAMPLE_METADATA_RAW_BYTES 8

/** Beside its data a block has a checksum and an entry in the chunk's table. */
#define SAMPLE_BLOCK_EXTRA_BYTES 33
/** Beside its blocks a chunk has a header with its labels, here eight of Kubernetes, the table of
 *  levels, checksums and offsets. */
#define SAMPLE_CHUNK_EXTRA_BYTES 500
/** Loki's default `chunk_target_size`. */
#define SAMPLE_CHUNK_TARGET_BYTES 1572864

/** Which time a line is stored with. */
enum sample_times {
    /** A wrapper's as it is; else that of the second it came in, for all lines of the second: an
     *  agent that reads a file pushes once a second or so, and what it reads together has nearly
     *  one time. */
    SAMPLE_TIMES_AS_READ,
    /** A nanosecond of its own for each line, as CRI writes it. */
    SAMPLE_TIMES_OWN
};

/** How blocks are to be compressed. */
struct sample_compression {
    enum sample_times times;
    size_t piece_bytes; /**< raw bytes of a block; larger blocks are cut into pieces; 0: whole */
    unsigned encodings; /**< bit mask of enum loki_encoding */
    const struct sample_field_set *dropped; /**< fields that are taken out; NULL for none */
    int threads;                            /**< 0: all */
};

#define SAMPLE_ALL_ENCODINGS ((1u << LOKI_ENCODING_COUNT) - 1)

/** Compress each of `blocks`, [count], and add everything up. Raw bytes are those of the lines as
 *  they were, also when fields are dropped. STATUS_SYSTEM when memory runs out. */
enum status sample_compress(const struct sample_block *blocks, size_t count,
                            const struct sample_compression *how, struct sample_sizes *sizes,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Raw over stored; 0 when nothing was stored. */
double sample_ratio(const struct sample_sizes *sizes, enum loki_encoding encoding);

/** The ratio of a chunk that `raw_bytes` came into: whole blocks with the ratio `block`, and a last
 *  one with the ratio `rest`. It closes at its target size. `*held_bytes`, when not NULL, is what
 *  it holds. */
double sample_chunk_ratio(double raw_bytes, double block, double rest, double *held_bytes);

/** Raw bytes of the last block of such a chunk; 0 when it closes full. */
double sample_chunk_rest(double raw_bytes, double block);

#endif
