/**
 * Lines out of the bytes of a file, in bounded memory: split at newlines, taken out of their
 * wrapper, joined where the container runtime split them, cut at SAMPLE_LINE_BYTES_MAX.
 *
 * Thread safety: one thread at a time.
 */
#ifndef SIM_SAMPLE_LINES_H
#define SIM_SAMPLE_LINES_H

#include "sim/base/text.h"
#include "sim/sample_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Loki's default `max_line_size`: it refuses longer lines, or cuts them here when
 *  `max_line_size_truncate` is set. */
#define SAMPLE_LINE_BYTES_MAX (256 * 1024)

/** Of a line with its wrapper, what is kept until its newline comes. */
#define SAMPLE_RAW_LINE_BYTES_MAX (1024 * 1024)

struct sample_line {
    const char *bytes; /**< borrowed until the callback returns */
    size_t length;     /**< SAMPLE_LINE_BYTES_MAX at most */
    uint64_t full_length;
    bool timed;
    int64_t ns;
    unsigned output; /**< 1 for stdout, 2 for stderr, 0 when not told */
};

typedef void sample_line_function(void *context, const struct sample_line *line);

/** Outputs whose lines are joined apart: not told, stdout, stderr. */
#define SAMPLE_OUTPUTS 3

struct sample_lines {
    struct sample_format format;
    sample_line_function *take;
    void *context;
    uint64_t unwrapped; /**< lines not in the file's wrapper */
    bool failed;        /**< memory ran out; nothing more is taken */
    /* Private. */
    struct text carried; /**< a line whose newline has not come yet */
    uint64_t carried_full_length;
    struct text unescaped;
    struct sample_part {
        struct text bytes;
        uint64_t full_length; /**< 0 when no line has begun */
        bool timed;
        int64_t ns;
    } parts[SAMPLE_OUTPUTS];
};

/** `take` is called for each line; `context` is handed to it. */
void sample_lines_init(struct sample_lines *lines, const struct sample_format *format,
                       sample_line_function *take, void *context);

void sample_lines_fini(struct sample_lines *lines);

/** Take the next bytes of the file. */
void sample_lines_feed(struct sample_lines *lines, const char *bytes, size_t length);

/** The file ends, with or without a newline. */
void sample_lines_end(struct sample_lines *lines);

#endif
