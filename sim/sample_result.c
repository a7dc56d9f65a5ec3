#include "sim/sample_result.h"

#include "sim/sample_chunk.h"
#include "sim/sample_time.h"

#include <math.h>

/** Blocks that are compressed again, in pieces and with other times. */
enum { BLOCKS_AGAIN = 8 };

/** A rate needs more than a moment to be one. */
#define LEAST_SECONDS 1.0

/** Raw bytes that are tried for the last block of a chunk. */
static const double ladder_bytes[SAMPLE_LADDER_COUNT] = {4096, 16384, 65536, SAMPLE_BLOCK_BYTES,
                                                         INFINITY};

/** Files that hold lines of the moment in which file `index` begins. */
static size_t files_at(const struct sample_report *report, size_t index) {
    size_t count = 0;
    int64_t moment = report->files[index].first_ns;
    for (size_t i = 0; i < report->file_count; i++) {
        const struct sample_file *file = &report->files[i];
        /* A rotated log ends where the next begins, perhaps in the same second. */
        count += file->timed > 0 && file->first_ns <= moment &&
                 (file->last_ns - moment > SAMPLE_NANOSECONDS || i == index);
    }
    return count;
}

/** Lines without a time, such as those of a stack trace, come between those that have one: they
 *  count for the rate of their file. */
static void set_times(struct sample_report *report) {
    uint64_t timed = 0, lines = 0;
    for (size_t i = 0; i < report->file_count; i++) {
        const struct sample_file *file = &report->files[i];
        if (file->timed == 0)
            continue;
        if (timed == 0 || file->first_ns < report->first_ns)
            report->first_ns = file->first_ns;
        if (timed == 0 || file->last_ns > report->last_ns)
            report->last_ns = file->last_ns;
        timed += file->timed;
        lines += file->lines;
        size_t together = files_at(report, i);
        if (together > report->replicas)
            report->replicas = together;
    }
    report->seconds = (double)(report->last_ns - report->first_ns) / SAMPLE_NANOSECONDS;
    report->timed = timed > 1 && report->seconds >= LEAST_SECONDS;
    if (report->timed)
        report->lines_per_second = (double)lines / report->seconds;
}

void sample_result_rates(struct sample_report *report, double label_sets) {
    double sum = 0, files = 0;
    report->replicas = 1;
    set_times(report);
    for (size_t i = 0; i < report->file_count; i++) {
        sum += report->files[i].streams;
        files += report->files[i].streams > 0;
    }
    report->streams_per_replica = report->replicas > 1 ? sum / files : label_sets;
    report->streams = report->streams_per_replica * (double)report->replicas;
    if (!report->timed)
        return;
    double lines_per_second = report->lines_per_second / report->streams;
    report->stream_bytes =
        report->line_bytes_mean *
        (lines_per_second * SAMPLE_IDLE_SECONDS < 1 ? 1 : lines_per_second * SAMPLE_CHUNK_SECONDS);
}

/** What the ratios at the rate of a stream are made of. */
struct rates {
    struct sample_block blocks[BLOCKS_AGAIN];
    size_t count;
    int threads;
    double block[LOKI_ENCODING_COUNT]; /**< ratio of a whole block, with times of its own or not */
    enum sample_times times;
};

/** The ratios of pieces of blocks. */
static enum status piece_ratios(const struct rates *rates, double piece_bytes, unsigned encodings,
                                double ratios[LOKI_ENCODING_COUNT],
                                struct diagnostics *diagnostics) {
    const struct sample_compression how = {.times = rates->times,
                                           .piece_bytes = (size_t)fmax(1, piece_bytes),
                                           .encodings = encodings,
                                           .threads = rates->threads};
    struct sample_sizes sizes;
    enum status status = sample_compress(rates->blocks, rates->count, &how, &sizes, diagnostics);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        if (encodings & 1u << i)
            ratios[i] = sample_ratio(&sizes, (enum loki_encoding)i);
    return status;
}

/** The ratio of a chunk that `raw_bytes` came into, with each encoding. */
static enum status chunk_ratios(const struct rates *rates, double raw_bytes,
                                double ratios[LOKI_ENCODING_COUNT], double *held_bytes,
                                struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (int i = 0; i < LOKI_ENCODING_COUNT && status == STATUS_OK; i++) {
        double rest_bytes = isinf(raw_bytes) ? 0 : sample_chunk_rest(raw_bytes, rates->block[i]);
        double rest[LOKI_ENCODING_COUNT] = {0};
        if (rest_bytes > 0)
            status = piece_ratios(rates, rest_bytes, 1u << i, rest, diagnostics);
        ratios[i] = sample_chunk_ratio(raw_bytes, rates->block[i], rest[i],
                                       i == LOKI_ENCODING_SNAPPY ? held_bytes : NULL);
    }
    return status;
}

static void take_ratios(const struct sample_sizes *sizes, double ratios[LOKI_ENCODING_COUNT]) {
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        ratios[i] = sample_ratio(sizes, (enum loki_encoding)i);
}

/** Streams so slow that a chunk's life brings one block or less have lines further apart than an
 *  agent's pushes: each line then has a time of its own. */
static enum status set_ladder(struct rates *rates, struct sample_report *report,
                              struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    rates->times = SAMPLE_TIMES_OWN;
    take_ratios(&report->own, rates->block);
    for (int i = 0; i < SAMPLE_LADDER_COUNT && status == STATUS_OK; i++) {
        if (isinf(ladder_bytes[i])) {
            rates->times = SAMPLE_TIMES_AS_READ;
            take_ratios(&report->blocks, rates->block);
        }
        status = chunk_ratios(rates, ladder_bytes[i], report->ladder[i].ratio,
                              &report->ladder[i].raw_bytes, diagnostics);
    }
    return status;
}

enum status sample_result_compression(const struct sample_blocks *blocks, int threads,
                                      struct sample_report *report,
                                      struct diagnostics *diagnostics) {
    struct rates rates = {.count = blocks->count < BLOCKS_AGAIN ? blocks->count : BLOCKS_AGAIN,
                          .threads = threads};
    struct sample_compression how = {.encodings = SAMPLE_ALL_ENCODINGS, .threads = threads};
    sample_blocks_pick(blocks, rates.count, rates.blocks);
    report->blocks_seen = blocks->seen;
    report->blocks_used = blocks->count;
    enum status status =
        sample_compress(blocks->blocks, blocks->count, &how, &report->blocks, diagnostics);
    how.times = SAMPLE_TIMES_OWN;
    if (status == STATUS_OK)
        status = sample_compress(rates.blocks, rates.count, &how, &report->own, diagnostics);
    if (status != STATUS_OK)
        return status;
    report->block_bytes = (double)report->blocks.raw / (double)blocks->count;
    status = set_ladder(&rates, report, diagnostics);
    double raw_bytes =
        report->stream_bytes * (1 + SAMPLE_METADATA_RAW_BYTES / fmax(report->line_bytes_mean, 1));
    if (status == STATUS_OK)
        status = chunk_ratios(&rates, raw_bytes > 0 ? raw_bytes : INFINITY, report->ratio, NULL,
                              diagnostics);
    return status;
}
