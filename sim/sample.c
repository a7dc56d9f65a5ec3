#include "sim/sample.h"

#include "sim/base/byte_source.h"
#include "sim/sample_blocks.h"
#include "sim/sample_chunk.h"
#include "sim/sample_distinct.h"
#include "sim/sample_drop.h"
#include "sim/sample_label.h"
#include "sim/sample_length.h"
#include "sim/sample_lines.h"
#include "sim/sample_result.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 256 * 1024 };

/** More control characters than this in the first bytes, and it is no log; a few bytes tell
 *  nothing. */
#define CONTROL_SHARE_MAX 0.1
#define CONTROL_BYTES_LEAST 256

/** Everything that is kept while files are read. */
struct sampling {
    const struct sample_options *options;
    struct sample_report *report;
    struct sample_file *file; /**< the one being read */
    struct sample_lengths lengths;
    struct sample_streams all_streams, file_streams;
    struct sample_blocks blocks;
    char buffer[BUFFER_BYTES];
};

static void note_time(struct sample_file *file, int64_t ns) {
    if (file->timed == 0 || ns < file->first_ns)
        file->first_ns = ns;
    if (file->timed == 0 || ns > file->last_ns)
        file->last_ns = ns;
    file->timed++;
}

static void take_line(void *context, const struct sample_line *line) {
    struct sampling *sampling = context;
    struct sample_file *file = sampling->file;
    struct sample_report *report = sampling->report;
    bool missed = false;
    uint64_t stream = sample_label_stream(sampling->options, file->format.payload, line, &missed);
    report->label_misses += missed;
    file->lines++;
    file->bytes += line->length;
    report->cut_lines += line->full_length > line->length;
    if (line->full_length > report->line_bytes_longest)
        report->line_bytes_longest = line->full_length;
    if (line->timed)
        note_time(file, line->ns);
    sample_lengths_add(&sampling->lengths, line->length);
    sample_streams_add(&sampling->file_streams, stream);
    sample_streams_add(&sampling->all_streams, stream);
    sample_blocks_add(&sampling->blocks, stream, line);
}

/** As much as the buffer holds, or up to the end of the file. */
static enum status read_full(struct sampling *sampling, struct byte_source *source, size_t *length,
                             bool *ends, struct diagnostics *diagnostics) {
    *length = 0;
    *ends = false;
    while (*length < BUFFER_BYTES) {
        size_t got;
        enum status status = byte_source_read(source, sampling->buffer + *length,
                                              BUFFER_BYTES - *length, &got, diagnostics);
        if (status != STATUS_OK)
            return status;
        if (got == 0) {
            *ends = true;
            return STATUS_OK;
        }
        *length += got;
    }
    return STATUS_OK;
}

static enum status recognise(struct sampling *sampling, size_t length, bool ends,
                             struct diagnostics *diagnostics) {
    struct sample_file *file = sampling->file;
    bool whole = ends && length <= SAMPLE_FORMAT_BYTES;
    file->format = sample_format_of(
        sampling->buffer, length < SAMPLE_FORMAT_BYTES ? length : SAMPLE_FORMAT_BYTES, whole);
    if (length >= CONTROL_BYTES_LEAST && file->format.control_share > CONTROL_SHARE_MAX)
        return diagnostics_add(diagnostics, STATUS_INVALID, file->path, 0, 0,
                               "expected log lines, found binary data: %.0f %% of the first bytes "
                               "are control characters",
                               100 * file->format.control_share);
    return STATUS_OK;
}

static enum status go_on(const struct sampling *sampling, double done,
                         struct diagnostics *diagnostics) {
    const struct sample_options *options = sampling->options;
    if (!options->progress || options->progress(sampling->file->path, done, sampling->file->bytes,
                                                options->progress_context))
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "interrupted");
}

static enum status read_lines(struct sampling *sampling, struct byte_source *source,
                              struct sample_lines *lines, size_t length, bool ends,
                              struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (;;) {
        sample_lines_feed(lines, sampling->buffer, length);
        if (ends)
            sample_lines_end(lines);
        if (lines->failed || sampling->blocks.failed)
            return diagnostics_out_of_memory(diagnostics, "reading log lines");
        if (ends)
            return STATUS_OK;
        status = go_on(sampling, byte_source_share(source), diagnostics);
        if (status == STATUS_OK)
            status = read_full(sampling, source, &length, &ends, diagnostics);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status read_source(struct sampling *sampling, struct byte_source *source,
                               struct diagnostics *diagnostics) {
    struct sample_file *file = sampling->file;
    struct sample_lines lines;
    size_t length;
    bool ends;
    enum status status = read_full(sampling, source, &length, &ends, diagnostics);
    if (status == STATUS_OK)
        status = recognise(sampling, length, ends, diagnostics);
    if (status != STATUS_OK)
        return status;
    sample_lines_init(&lines, &file->format, take_line, sampling);
    sample_blocks_begin(&sampling->blocks, &file->format);
    memset(&sampling->file_streams, 0, sizeof sampling->file_streams);
    status = read_lines(sampling, source, &lines, length, ends, diagnostics);
    sample_blocks_end(&sampling->blocks);
    file->unwrapped = lines.unwrapped;
    file->streams = sample_streams_count(&sampling->file_streams);
    sample_lines_fini(&lines);
    return status == STATUS_OK && sampling->blocks.failed
               ? diagnostics_out_of_memory(diagnostics, "reading log lines")
               : status;
}

static enum status read_file(struct sampling *sampling, const char *path,
                             struct diagnostics *diagnostics) {
    struct byte_source source;
    sampling->file = &sampling->report->files[sampling->report->file_count++];
    enum status status =
        byte_source_open(&source, path, sampling->options->interrupted, diagnostics);
    sampling->file->path = source.name;
    sampling->file->packing = source.gzip ? SAMPLE_GZIP : source.zstd ? SAMPLE_ZSTD : SAMPLE_PLAIN;
    if (status == STATUS_OK)
        status = read_source(sampling, &source, diagnostics);
    byte_source_close(&source);
    return status;
}

static enum status read_files(struct sampling *sampling, struct diagnostics *diagnostics) {
    const struct sample_options *options = sampling->options;
    struct sample_report *report = sampling->report;
    for (size_t i = 0; i < options->path_count; i++) {
        enum status status = read_file(sampling, options->paths[i], diagnostics);
        if (status != STATUS_OK)
            return status;
        report->lines += report->files[i].lines;
        report->bytes += report->files[i].bytes;
    }
    if (report->bytes == 0)
        return diagnostics_add(diagnostics, STATUS_INVALID, report->files[0].path, 0, 0,
                               "expected log lines, found none");
    return STATUS_OK;
}

static void set_lengths(const struct sample_lengths *lengths, struct sample_report *report) {
    report->line_bytes_mean = (double)lengths->sum / (double)lengths->count;
    report->line_bytes_p50 = sample_lengths_quantile(lengths, 0.5);
    report->line_bytes_p95 = sample_lengths_quantile(lengths, 0.95);
}

static enum status conclude(struct sampling *sampling, struct diagnostics *diagnostics) {
    struct sample_report *report = sampling->report;
    const struct sample_blocks *blocks = &sampling->blocks;
    int threads = sampling->options->threads;
    set_lengths(&sampling->lengths, report);
    report->streams_estimated = sampling->all_streams.count > SAMPLE_STREAMS_EXACT;
    sample_result_rates(report, sample_streams_count(&sampling->all_streams));
    enum status status = sample_result_compression(blocks, threads, report, diagnostics);
    if (status == STATUS_OK)
        status = go_on(sampling, 1, diagnostics);
    if (status == STATUS_OK)
        status = sample_drop(blocks, threads, report, diagnostics);
    return status;
}

enum status sample_measure(const struct sample_options *options, struct arena *arena,
                           struct sample_report *report, struct diagnostics *diagnostics) {
    *report = (struct sample_report){
        .files = arena_array(arena, options->path_count, sizeof *report->files)};
    struct sampling *sampling = calloc(1, sizeof *sampling);
    if (!report->files || !sampling) {
        free(sampling);
        return diagnostics_out_of_memory(diagnostics, "the sample");
    }
    sampling->options = options;
    sampling->report = report;
    report->labelled = options->label_key_count > 0;
    sample_blocks_init(&sampling->blocks);
    enum status status = read_files(sampling, diagnostics);
    if (status == STATUS_OK)
        status = conclude(sampling, diagnostics);
    sample_blocks_fini(&sampling->blocks);
    free(sampling);
    return status;
}
