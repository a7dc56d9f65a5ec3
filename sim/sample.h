/**
 * A sample of real log lines: how long they are, how fast they come, how well they compress as
 * Loki 3.5 would store them, and which of their fields the room goes to.
 *
 * Files may be plain, gzip or zstd; lines may stand in CRI's or Docker's wrapper or bare, and be
 * JSON, logfmt or plain text. Everything is read once, in constant memory: lines are counted, and
 * compression is measured on a sample of whole blocks (sim/sample_blocks.h).
 *
 * Sizes are bytes, times nanoseconds since 1970. Thread safety: one sample a thread; measuring uses
 * threads of its own.
 */
#ifndef SIM_SAMPLE_H
#define SIM_SAMPLE_H

#include "models/loki.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/sample_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Chunk life that streams are held against: Loki's default `max_chunk_age`. */
#define SAMPLE_CHUNK_SECONDS 7200.0
/** A line that comes later than this after the last begins a chunk: `chunk_idle_period`. */
#define SAMPLE_IDLE_SECONDS 1800.0

/** Raw bytes of a stream in a chunk's life, for which compression is told; the last is a chunk
 *  that closes because it is full. */
#define SAMPLE_LADDER_COUNT 5

#define SAMPLE_FIELDS_SHOWN 8
#define SAMPLE_FIELD_NAME_BYTES 48

struct sample_options {
    const char *const *paths; /**< [path_count]; `-` is standard input */
    size_t path_count;
    const char *const *label_keys; /**< [label_key_count], fields whose values make a stream */
    size_t label_key_count;
    int threads; /**< 0: all */
    /** Called now and then; `done` of 1, or negative where the size is not known. False stops. */
    bool (*progress)(const char *path, double done, uint64_t bytes, void *context);
    void *progress_context;
    bool (*interrupted)(void); /**< ends waiting for standard input; may be NULL */
};

enum sample_packing { SAMPLE_PLAIN, SAMPLE_GZIP, SAMPLE_ZSTD };

/** One file. */
struct sample_file {
    const char *path; /**< borrowed */
    enum sample_packing packing;
    struct sample_format format;
    uint64_t lines, bytes; /**< of the lines themselves, without wrapper and newline */
    uint64_t unwrapped;    /**< lines not in the wrapper of their file, taken as they are */
    uint64_t timed;        /**< lines with a time */
    int64_t first_ns, last_ns;
    double streams;
};

/** What Loki counts as raw, and what it stores with each encoding. */
struct sample_sizes {
    uint64_t raw;        /**< lines and 8 bytes of structured metadata a line, as Loki counts */
    uint64_t line_bytes; /**< lines alone */
    uint64_t stored[LOKI_ENCODING_COUNT];
};

struct sample_field {
    char name[SAMPLE_FIELD_NAME_BYTES];
    double bytes_per_line; /**< key, value and what joins them to the line; mean over all lines */
    double share_of_lines; /**< lines that have it */
    double distinct;       /**< values among the lines looked at, within 2 % */
    bool id;               /**< long, and nearly every line has its own */
    double saves[LOKI_ENCODING_COUNT]; /**< share of stored bytes that goes when it is dropped */
};

struct sample_report {
    struct sample_file *files; /**< [file_count]; arena */
    size_t file_count;

    uint64_t lines, bytes, cut_lines;
    uint64_t line_bytes_longest; /**< also of a line that was cut */
    double line_bytes_mean, line_bytes_p50, line_bytes_p95;

    bool timed; /**< the files hold times that span more than a moment */
    int64_t first_ns, last_ns;
    double seconds;          /**< from the first to the last */
    double lines_per_second; /**< all files together that hold times */
    size_t replicas;         /**< files that cover the same time */
    double streams;          /**< all files together */
    double streams_per_replica;
    bool streams_estimated; /**< too many to count: within 2 % */
    bool labelled;          /**< label keys were given */
    uint64_t label_misses;  /**< lines without one of the label keys */

    uint64_t blocks_seen, blocks_used;
    double block_bytes; /**< mean raw bytes of those used; 256 KiB where streams filled it */
    struct sample_sizes blocks; /**< with the times of this sample */
    struct sample_sizes own;    /**< with a nanosecond time for each line, as from CRI */
    struct {
        double raw_bytes; /**< in a chunk's life; of the full chunk with snappy, what it holds */
        double ratio[LOKI_ENCODING_COUNT];
    } ladder[SAMPLE_LADDER_COUNT];
    double stream_bytes; /**< a stream brings in a chunk's life; 0 when the rate is unknown */
    double ratio[LOKI_ENCODING_COUNT]; /**< at that rate, or of full chunks: for the scenario */

    struct sample_field fields[SAMPLE_FIELDS_SHOWN];
    size_t field_count, id_count;
    uint64_t field_lines;                 /**< lines that were looked at for fields */
    double ids_save[LOKI_ENCODING_COUNT]; /**< all ids dropped together */
};

/** Read and measure. What `report` points to lives in `arena`. STATUS_SYSTEM for files that cannot
 *  be read, STATUS_INVALID for what is damaged, not text, or empty. STATUS_EXTERNAL when it was
 *  told to stop. */
enum status sample_measure(const struct sample_options *options, struct arena *arena,
                           struct sample_report *report,
                           struct diagnostics *diagnostics) MUST_CHECK;

#endif
