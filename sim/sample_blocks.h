/**
 * Whole blocks of lines, sampled evenly from all that were filled, in constant memory.
 *
 * Each stream fills a head of 256 KiB as Loki's does; a full head is a block. Of all blocks a
 * reservoir (Vitter's algorithm R) keeps SAMPLE_BLOCKS_MAX, each with the same chance; the same
 * input always gives the same ones. A stream that never filled a block brings its head as it is.
 *
 * Loki counts 8 raw bytes for the metadata of a line (sim/sample_chunk.h), so a head has 32,768
 * lines at most; with their records no block takes more than 1 MiB. Thread safety: one thread at a
 * time.
 */
#ifndef SIM_SAMPLE_BLOCKS_H
#define SIM_SAMPLE_BLOCKS_H

#include "sim/base/text.h"
#include "sim/sample_lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Loki's default `chunk_block_size`: raw bytes that fill a block. */
#define SAMPLE_BLOCK_BYTES (256 * 1024)
#define SAMPLE_BLOCKS_MAX 64
/** Streams of one file whose lines fill blocks; further ones are only counted. */
#define SAMPLE_HEADS_MAX 32

/** Records one after the other: struct sample_record, then its bytes. */
struct sample_block {
    char *records; /**< owned by the reservoir */
    size_t size;
    uint64_t raw_bytes; /**< as Loki counts them */
    enum sample_payload payload;
    bool own_times; /**< the times are the lines' own, from a wrapper */
};

struct sample_record {
    int64_t ns;
    uint64_t length;
};

struct sample_blocks {
    struct sample_block blocks[SAMPLE_BLOCKS_MAX];
    size_t count;  /**< kept */
    uint64_t seen; /**< filled */
    bool failed;   /**< memory ran out; nothing more is taken */
    /* Private. */
    struct sample_head {
        uint64_t stream;
        bool used, filled;
        struct text records;
        uint64_t raw_bytes;
        int64_t last_ns;
    } heads[SAMPLE_HEADS_MAX];
    enum sample_payload payload;
    bool own_times;
};

void sample_blocks_init(struct sample_blocks *blocks);
void sample_blocks_fini(struct sample_blocks *blocks);

/** A file begins: its streams are no other file's. */
void sample_blocks_begin(struct sample_blocks *blocks, const struct sample_format *format);

/** Add a line of the stream with this sample_hash(). */
void sample_blocks_add(struct sample_blocks *blocks, uint64_t stream,
                       const struct sample_line *line);

/** The file ends. */
void sample_blocks_end(struct sample_blocks *blocks);

/** `count` blocks (at most as many as there are) spread evenly over those kept; `picked`, [count],
 *  borrows their records. */
void sample_blocks_pick(const struct sample_blocks *blocks, size_t count,
                        struct sample_block *picked);

/** Read the record at `*at` and move behind it; false at the end. `*bytes` is borrowed. */
bool sample_block_next(const struct sample_block *block, size_t *at, struct sample_record *record,
                       const char **bytes);

#endif
