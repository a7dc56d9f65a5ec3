/**
 * Where in a JSON text a value stands: jansson keeps no positions of what it has parsed.
 *
 * Pure; never reads past `length`, whatever the bytes are.
 */
#ifndef REPORTS_DIFF_PLACE_H
#define REPORTS_DIFF_PLACE_H

#include "sim/base/status.h"

#include <stddef.h>

/** A step down: a member's key, or, when `key` is NULL, an element's index. */
struct diff_step {
    const char *key;
    size_t index;
};

/** Offset of the value that `count` steps from the root of a well-formed text lead to; of the
 *  last container on the way when a step leads nowhere. */
size_t diff_place_find(const char *bytes, size_t length, const struct diff_step *steps,
                       size_t count);

/** Give a diagnostic the line, the column and the source line of the byte at `offset`. */
void diff_place_mark(const char *bytes, size_t length, size_t offset,
                     struct diagnostic *diagnostic);

#endif
