/**
 * What the lines of a log file look like, and how to take them out of their wrapper.
 *
 * The format is told from the first 64 KiB of a file. Thread safety: pure.
 */
#ifndef SIM_SAMPLE_FORMAT_H
#define SIM_SAMPLE_FORMAT_H

#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What stands around a line, put there by the container runtime. */
enum sample_wrapper {
    SAMPLE_WRAPPER_NONE,
    SAMPLE_WRAPPER_CRI,   /**< `2026-11-02T09:00:00.013Z stdout F line` */
    SAMPLE_WRAPPER_DOCKER /**< `{"log":"line\n","stream":"stdout","time":"2026-11-..."}` */
};

enum sample_payload { SAMPLE_PAYLOAD_TEXT, SAMPLE_PAYLOAD_LOGFMT, SAMPLE_PAYLOAD_JSON };

/** Bytes of a file that are looked at. */
#define SAMPLE_FORMAT_BYTES (64 * 1024)

struct sample_format {
    enum sample_wrapper wrapper;
    enum sample_payload payload;
    bool has_times;       /**< in the wrapper, or in the lines */
    const char *time_key; /**< of JSON lines; NULL when the time is elsewhere; static storage */
    unsigned looked;      /**< lines that were looked at */
    unsigned matched;     /**< of them, those in this wrapper and payload */
    double control_share; /**< bytes that no text has; text has next to none */
};

/** Told from the beginning of a file; `ends` when that is all of it. */
struct sample_format sample_format_of(const char *bytes, size_t length, bool ends);

/** A line out of its wrapper. */
struct sample_entry {
    const char *bytes; /**< borrowed from the line, or from `unescaped` */
    size_t length;
    bool timed;
    int64_t ns;
    unsigned output; /**< 1 for stdout, 2 for stderr, 0 when not told */
    bool partial;    /**< more of it follows in the next line of the same output */
};

/** Take `line` out of `wrapper`. False when it is not in it: then the entry is the line as it is.
 *  Docker's escapes are undone in `unescaped`, which is emptied first. */
bool sample_format_unwrap(enum sample_wrapper wrapper, const char *line, size_t length,
                          struct text *unescaped, struct sample_entry *entry);

/** The time in a line without wrapper. */
bool sample_format_time(const struct sample_format *format, const char *line, size_t length,
                        int64_t *ns);

/** `JSON lines in CRI's wrapper, times from the wrapper`; returns `buffer`. */
char *sample_format_words(char *buffer, size_t size, const struct sample_format *format);

const char *sample_wrapper_name(enum sample_wrapper wrapper);
const char *sample_payload_name(enum sample_payload payload);

#endif
