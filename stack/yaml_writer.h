/**
 * YAML documents, written through libyaml's emitter.
 *
 * A string is plain only when no YAML 1.1 or 1.2 reader could take it for a number, a boolean, a
 * date or nothing; otherwise it is quoted. Text of several lines becomes a literal block.
 * Failure is sticky: after the first one every call does nothing and yaml_writer_close() reports
 * it. Thread safety: one thread at a time.
 */
#ifndef STACK_YAML_WRITER_H
#define STACK_YAML_WRITER_H

#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <yaml.h>

#define YAML_WRITER_DEPTH_MAX 32

struct yaml_writer {
    yaml_emitter_t emitter;
    struct text *text;                    /**< borrowed */
    bool sequence[YAML_WRITER_DEPTH_MAX]; /**< what is open at each depth */
    int depth;
    bool failed;
};

/** Begin a document that is added to `text`; must be ended with yaml_writer_close(). */
void yaml_writer_open(struct yaml_writer *writer, struct text *text);

/** End the document and give back memory. Anything still open is a failure. */
enum status yaml_writer_close(struct yaml_writer *writer,
                              struct diagnostics *diagnostics) MUST_CHECK;

/* In all of these `key` is the key in the mapping that is open, or NULL in a sequence and at the
 * top. Strings are UTF-8. */

/** Open a mapping or a sequence; close it with yaml_writer_end(). */
void yaml_writer_mapping(struct yaml_writer *writer, const char *key);
void yaml_writer_sequence(struct yaml_writer *writer, const char *key);
void yaml_writer_end(struct yaml_writer *writer);

/** A string, in the style that keeps it a string. */
void yaml_writer_string(struct yaml_writer *writer, const char *key, const char *value);

/** A number or boolean, as it is written: `3100`, `0.5`, `true`. */
void yaml_writer_plain(struct yaml_writer *writer, const char *key, const char *value);

void yaml_writer_null(struct yaml_writer *writer, const char *key);

#endif
