#include "sim/base/csv_stream.h"

#include "sim/base/byte_source.h"
#include "sim/base/csv.h"
#include "sim/base/csv_stream_row.h"

#include <csv.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/** Bytes held: a whole row and what was read behind it. */
enum { BUFFER_BYTES = CSV_STREAM_ROW_BYTES_MAX + BYTE_SOURCE_PIECE_BYTES };

struct streaming {
    const struct csv_stream_input *input;
    struct diagnostics *diagnostics;
    struct byte_source source;
    struct csv_parser parser;
    enum status status;
    char *buffer;       /**< [BUFFER_BYTES] */
    size_t at, length;  /**< the row being looked for begins at `at` */
    size_t scanned;     /**< bytes behind `at` whose quotes are counted */
    bool quoted;        /**< an odd number of them */
    unsigned row_lines; /**< ends of lines in them */
    unsigned line;      /**< on which the row begins */
    double bytes;       /**< of rows that are done */
    char *text;         /**< [CSV_STREAM_ROW_BYTES_MAX + ...] fields of the row, each with a NUL */
    size_t text_length;
    const char **fields; /**< [CSV_STREAM_COLUMNS_MAX] */
    struct csv_stream_row row;
};

static enum status refuse_at(const struct streaming *streaming, size_t raw_length,
                             const char *message) {
    const char *raw = streaming->buffer + streaming->at;
    unsigned line = streaming->line, column = 0;
    csv_stream_row_place(raw, csv_stream_row_damage(raw, raw_length), &line, &column);
    return diagnostics_add(streaming->diagnostics, STATUS_INVALID, streaming->source.name, line,
                           column, "%s", message);
}

static void on_field(void *bytes, size_t length, void *data) {
    struct streaming *streaming = data;
    struct csv_stream_row *row = &streaming->row;
    if (streaming->status != STATUS_OK)
        return;
    if (row->count == CSV_STREAM_COLUMNS_MAX) {
        streaming->status =
            diagnostics_add(streaming->diagnostics, STATUS_INVALID, row->file, row->line, 0,
                            "the row has more than %d fields", CSV_STREAM_COLUMNS_MAX);
        return;
    }
    const bool *wanted = streaming->input->wanted;
    if (wanted && !wanted[row->count]) {
        streaming->fields[row->count++] = "";
        return;
    }
    if (memchr(bytes, '\0', length)) {
        streaming->status = csv_stream_refuse(row, row->count, streaming->diagnostics,
                                              "the field holds a NUL byte");
        return;
    }
    char *copy = streaming->text + streaming->text_length;
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    streaming->text_length += length + 1;
    streaming->fields[row->count++] = copy;
}

static void on_row(int terminator, void *data) {
    (void)terminator;
    struct streaming *streaming = data;
    const struct csv_stream_input *input = streaming->input;
    if (streaming->status == STATUS_OK)
        streaming->status = input->take(&streaming->row, input->context, streaming->diagnostics);
    streaming->row.count = 0;
    streaming->text_length = 0;
}

/** Hand the row of `length` bytes at the buffer's front to libcsv. */
static enum status parse_row(struct streaming *streaming, size_t length) {
    const char *raw = streaming->buffer + streaming->at;
    if (!csv_is_blank(raw, length)) {
        streaming->row.line = streaming->line;
        streaming->row.raw = raw;
        streaming->row.raw_length = length;
        if (csv_parse(&streaming->parser, raw, length, on_field, on_row, streaming) != length)
            return csv_error(&streaming->parser) == CSV_EPARSE
                       ? refuse_at(streaming, length,
                                   "a quote is out of place: a field is quoted as a whole, "
                                   "and each quote in it is doubled")
                       : diagnostics_out_of_memory(streaming->diagnostics, streaming->source.name);
    }
    streaming->at += length;
    streaming->bytes += (double)length;
    streaming->line += streaming->row_lines;
    streaming->scanned = 0;
    streaming->row_lines = 0;
    streaming->quoted = false;
    return streaming->status;
}

static bool odd_quotes(const char *bytes, size_t length) {
    unsigned count = 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '"';
    return count & 1;
}

/** Every row that ends in the buffer: an end of line outside quotes. */
static enum status parse_rows(struct streaming *streaming) {
    for (;;) {
        const char *from = streaming->buffer + streaming->at + streaming->scanned;
        size_t left = streaming->length - streaming->at - streaming->scanned;
        const char *end = memchr(from, '\n', left);
        size_t bytes = end ? (size_t)(end - from) + 1 : left;
        streaming->quoted ^= odd_quotes(from, bytes);
        streaming->scanned += bytes;
        if (!end)
            return STATUS_OK;
        streaming->row_lines++;
        if (streaming->line > UINT_MAX - streaming->row_lines - 1)
            return diagnostics_add(streaming->diagnostics, STATUS_INVALID, streaming->source.name,
                                   0, 0, "the file has too many lines");
        if (streaming->quoted)
            continue;
        enum status status = parse_row(streaming, streaming->scanned);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status fill_buffer(struct streaming *streaming, size_t *got) {
    memmove(streaming->buffer, streaming->buffer + streaming->at,
            streaming->length - streaming->at);
    streaming->length -= streaming->at;
    streaming->at = 0;
    if (streaming->length >= CSV_STREAM_ROW_BYTES_MAX)
        return refuse_at(streaming, streaming->length,
                         streaming->quoted
                             ? "a row is longer than 512 KiB: a quoted field is not closed"
                             : "a row is longer than 512 KiB, the most that is read");
    enum status status =
        byte_source_read(&streaming->source, streaming->buffer + streaming->length,
                         BUFFER_BYTES - streaming->length, got, streaming->diagnostics);
    streaming->length += *got;
    return status;
}

/** What is left when the bytes end: a last row without an end of line, or half a row. */
static enum status finish(struct streaming *streaming) {
    size_t left = streaming->length - streaming->at;
    if (streaming->quoted)
        return refuse_at(streaming, left, "a quoted field is not closed");
    enum status status = left > 0 ? parse_row(streaming, left) : STATUS_OK;
    if (status == STATUS_OK && csv_fini(&streaming->parser, on_field, on_row, streaming) != 0)
        status = refuse_at(streaming, left, "a quoted field is not closed");
    return status == STATUS_OK ? streaming->status : status;
}

static enum status read_all(struct streaming *streaming) {
    const struct csv_stream_input *input = streaming->input;
    bool first = true;
    for (;;) {
        size_t got = 0;
        enum status status = fill_buffer(streaming, &got);
        if (status != STATUS_OK)
            return status;
        if (got == 0)
            return finish(streaming);
        if (first && streaming->length >= 3 && memcmp(streaming->buffer, "\xEF\xBB\xBF", 3) == 0)
            streaming->at = 3;
        first = false;
        status = parse_rows(streaming);
        if (status != STATUS_OK)
            return status;
        if ((input->interrupted && input->interrupted()) ||
            (input->progress && !input->progress(byte_source_share(&streaming->source),
                                                 streaming->bytes, input->context)))
            return diagnostics_add(streaming->diagnostics, STATUS_EXTERNAL, streaming->source.name,
                                   0, 0, "interrupted");
    }
}

enum status csv_stream_read(const struct csv_stream_input *input, struct diagnostics *diagnostics) {
    struct streaming streaming = {
        .input = input,
        .diagnostics = diagnostics,
        .line = 1,
        .buffer = malloc(BUFFER_BYTES),
        .text = malloc(BUFFER_BYTES + CSV_STREAM_COLUMNS_MAX),
        .fields = calloc(CSV_STREAM_COLUMNS_MAX, sizeof(char *)),
    };
    streaming.row.fields = streaming.fields;
    enum status status =
        byte_source_open(&streaming.source, input->path, input->interrupted, diagnostics);
    streaming.row.file = streaming.source.name;
    bool started = csv_init(&streaming.parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
    if (status == STATUS_OK &&
        (!started || !streaming.buffer || !streaming.text || !streaming.fields))
        status = diagnostics_out_of_memory(diagnostics, input->path);
    if (status == STATUS_OK)
        status = read_all(&streaming);
    if (started)
        csv_free(&streaming.parser);
    byte_source_close(&streaming.source);
    free(streaming.buffer);
    free(streaming.text);
    free(streaming.fields);
    return status;
}
