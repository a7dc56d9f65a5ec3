/**
 * The values of one Helm release while they are put together: a tree that is filled by path and
 * then written as YAML under a header comment.
 *
 * A path is `singleBinary.extraEnv[0].name`; a dot inside a key is `\.`; list items are set in
 * order. Every path is looked up in the chart's key list as it is set (stack/chart_keys.h).
 * libyaml writes no comments, so what is worth knowing about a value goes into the header comment:
 * for a tuned value the simulated figure behind it, for a fixed one why the chart's default will
 * not do.
 *
 * Failure is sticky: after the first one every call does nothing and values_write() returns it.
 * Ownership: strings are copied. Thread safety: one thread at a time.
 */
#ifndef STACK_VALUES_H
#define STACK_VALUES_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"
#include "stack/chart_keys.h"

enum values_kind {
    VALUES_STRING, /**< written so that it stays a string */
    VALUES_PLAIN,  /**< a number or boolean as it is written */
    VALUES_NULL,   /**< takes the chart's default away */
    VALUES_MAPPING,
    VALUES_LIST
};

struct values_node {
    enum values_kind kind;
    const char *key;    /**< in a mapping; NULL in a list */
    const char *scalar; /**< for strings and plain ones */
    struct values_node *first, *last, *next;
    size_t children;
};

/** A remark of the header comment. */
struct values_note {
    const char *path;
    const struct values_node *node;
    const char *text;
    struct values_note *next;
};

struct values_notes {
    struct values_note *first, *last;
};

struct values {
    struct arena arena;
    enum chart_profile profile;
    enum helm_chart chart;
    struct values_node root;
    struct values_notes tuned, fixed;
    struct values_notes remarks; /**< free lines; only `text` is set */
    struct diagnostics *diagnostics;
    enum status status;
};

/** A value that no plan changes. */
struct values_row {
    const char *path;
    enum values_kind kind;
    const char *scalar; /**< NULL for null, empty mappings and lists */
    const char *why;    /**< NULL when it needs no reason */
};

/** Begin empty values for `chart` of `profile`; end with values_fini(). `diagnostics` is borrowed.
 */
void values_init(struct values *values, enum chart_profile profile, enum helm_chart chart,
                 struct diagnostics *diagnostics);
void values_fini(struct values *values);

/** Set one value. Setting the same path twice is an error. */
void values_string(struct values *values, const char *path, const char *value);
void values_plain(struct values *values, const char *path, const char *value);

/** A whole number, without an exponent however large. */
void values_integer(struct values *values, const char *path, double value);

/** Set the rows in order; their reasons go into the header comment. */
void values_rows(struct values *values, const struct values_row *rows, size_t count);

/** Say which simulated figure stands behind the value at `path`, which must have been set. */
void values_tuned(struct values *values, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Say why the value at `path`, which must have been set, is as it is in every plan. */
void values_fixed(struct values *values, const char *path, const char *why);

/** Add a line to the top of the header comment. */
void values_remark(struct values *values, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Fail with an internal error about `path`. */
void values_fail(struct values *values, const char *path, const char *what);

/**
 * Add the header comment and the YAML document to `text`.
 * `title` is the comment's first line, `run` says where the figures come from.
 */
enum status values_write(const struct values *values, const char *title, const char *run,
                         struct text *text) MUST_CHECK;

#endif
