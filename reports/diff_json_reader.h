/**
 * Reading a parsed JSON value strictly: each reader says where a value is not what it should be.
 *
 * A spot is a value with the way to it. Readers that fail add a diagnostic with line, column and
 * key path, set `status` and return something harmless, so that reading goes straight on and one
 * look at the end is enough. A member of what is no object is silent: its parent has complained.
 */
#ifndef REPORTS_DIFF_JSON_READER_H
#define REPORTS_DIFF_JSON_READER_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/result.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct diff_reader {
    const char *file; /**< as messages name it */
    const char *bytes;
    size_t length;
    struct arena *arena;
    struct diagnostics *diagnostics;
    enum status status; /**< the first failure's */
};

struct diff_spot {
    const struct diff_spot *parent; /**< NULL at the root */
    const char *key;                /**< NULL at the root and for elements */
    size_t index;
    json_t *value; /**< NULL when it is missing */
};

/** Parse; NULL after a complaint. The caller frees it with json_decref(). */
json_t *diff_reader_parse(struct diff_reader *reader);

struct diff_spot diff_member(const struct diff_spot *parent, const char *key);
struct diff_spot diff_element(const struct diff_spot *parent, size_t index);

/** Say at the spot what was expected there. */
void diff_complain(struct diff_reader *reader, const struct diff_spot *spot, const char *expected);

/** A message of its own at the spot. */
void diff_complain_plainly(struct diff_reader *reader, const struct diff_spot *spot,
                           const char *message);

/** Complains unless the spot holds an object. */
bool diff_is_object(struct diff_reader *reader, const struct diff_spot *spot);

/** Elements of an array; 0 after a complaint, also about more than `most`. */
size_t diff_array_size(struct diff_reader *reader, const struct diff_spot *spot, size_t most);

double diff_number(struct diff_reader *reader, const struct diff_spot *parent, const char *key);
/** A number, or 0 for null. */
double diff_number_or_none(struct diff_reader *reader, const struct diff_spot *parent,
                           const char *key);
bool diff_bool(struct diff_reader *reader, const struct diff_spot *parent, const char *key);
/** A copy in the arena; "" after a complaint. */
const char *diff_string(struct diff_reader *reader, const struct diff_spot *parent,
                        const char *key);
/** `{"value", "low", "high"}`. */
struct probability diff_probability(struct diff_reader *reader, const struct diff_spot *parent,
                                    const char *key);
/** Copy words into the arena, bytes of control characters as `?` so that no file writes to the
 *  terminal. NULL words are out of memory; then, or when there is none, "" and a failure. */
const char *diff_copy(struct diff_reader *reader, const char *words);

#endif
