#include "sim/sample_lines.h"

#include <string.h>

void sample_lines_init(struct sample_lines *lines, const struct sample_format *format,
                       sample_line_function *take, void *context) {
    *lines = (struct sample_lines){.format = *format, .take = take, .context = context};
    text_init(&lines->carried);
    text_init(&lines->unescaped);
    for (size_t i = 0; i < SAMPLE_OUTPUTS; i++)
        text_init(&lines->parts[i].bytes);
}

void sample_lines_fini(struct sample_lines *lines) {
    text_fini(&lines->carried);
    text_fini(&lines->unescaped);
    for (size_t i = 0; i < SAMPLE_OUTPUTS; i++)
        text_fini(&lines->parts[i].bytes);
}

/** Add to a text what its limit leaves room for. */
static void add_bounded(struct text *text, size_t limit, const char *bytes, size_t length) {
    size_t room = limit - text->length;
    text_add_bytes(text, bytes, length < room ? length : room);
}

static void give(struct sample_lines *lines, struct sample_line *line) {
    if (line->length > SAMPLE_LINE_BYTES_MAX)
        line->length = SAMPLE_LINE_BYTES_MAX;
    if (!line->timed && lines->format.wrapper == SAMPLE_WRAPPER_NONE)
        line->timed = sample_format_time(&lines->format, line->bytes, line->length, &line->ns);
    lines->take(lines->context, line);
}

/** The line that was joined so far; its time is that of its first part. */
static void give_part(struct sample_lines *lines, unsigned output) {
    struct sample_part *part = &lines->parts[output];
    if (part->full_length > 0) {
        struct sample_line line = {.bytes = part->bytes.data,
                                   .length = part->bytes.length,
                                   .full_length = part->full_length,
                                   .timed = part->timed,
                                   .ns = part->ns,
                                   .output = output};
        give(lines, &line);
    }
    part->full_length = 0;
    part->bytes.length = 0;
}

static void join_part(struct sample_lines *lines, const struct sample_entry *entry,
                      uint64_t full_length) {
    struct sample_part *part = &lines->parts[entry->output];
    if (part->full_length == 0) {
        part->timed = entry->timed;
        part->ns = entry->ns;
    }
    add_bounded(&part->bytes, SAMPLE_LINE_BYTES_MAX, entry->bytes, entry->length);
    part->full_length += full_length;
    lines->failed = lines->failed || text_failed(&part->bytes);
    if (!entry->partial)
        give_part(lines, entry->output);
}

/** A line as it stands in the file, perhaps cut: `full_length` is what it had. */
static void take_raw(struct sample_lines *lines, const char *bytes, size_t length,
                     uint64_t full_length) {
    struct sample_entry entry;
    if (!sample_format_unwrap(lines->format.wrapper, bytes, length, &lines->unescaped, &entry))
        lines->unwrapped++;
    lines->failed = lines->failed || text_failed(&lines->unescaped);
    uint64_t full = entry.length + (full_length - length);
    if (entry.partial || lines->parts[entry.output].full_length > 0) {
        join_part(lines, &entry, full);
        return;
    }
    struct sample_line line = {.bytes = entry.bytes,
                               .length = entry.length,
                               .full_length = full,
                               .timed = entry.timed,
                               .ns = entry.ns,
                               .output = entry.output};
    give(lines, &line);
}

static void carry(struct sample_lines *lines, const char *bytes, size_t length) {
    add_bounded(&lines->carried, SAMPLE_RAW_LINE_BYTES_MAX, bytes, length);
    lines->carried_full_length += length;
    lines->failed = lines->failed || text_failed(&lines->carried);
}

static void take_carried(struct sample_lines *lines) {
    take_raw(lines, lines->carried.data, lines->carried.length, lines->carried_full_length);
    lines->carried.length = 0;
    lines->carried_full_length = 0;
}

void sample_lines_feed(struct sample_lines *lines, const char *bytes, size_t length) {
    const char *end = bytes + length;
    while (bytes < end && !lines->failed) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t size = (size_t)((newline ? newline : end) - bytes);
        if (!newline) {
            carry(lines, bytes, size);
        } else if (lines->carried_full_length > 0) {
            carry(lines, bytes, size);
            if (!lines->failed)
                take_carried(lines);
        } else {
            take_raw(lines, bytes, size, size);
        }
        bytes += size + (newline != NULL);
    }
}

void sample_lines_end(struct sample_lines *lines) {
    if (lines->carried_full_length > 0 && !lines->failed)
        take_carried(lines);
    for (unsigned output = 0; output < SAMPLE_OUTPUTS && !lines->failed; output++)
        give_part(lines, output);
}
