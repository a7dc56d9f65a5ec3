/**
 * JSON as log lines hold it: walking through it and undoing escapes, without building anything.
 *
 * Bytes need no final NUL. Nesting deeper than SAMPLE_JSON_DEPTH_MAX is not walked into but passed
 * over. Thread safety: pure but for the text.
 */
#ifndef SIM_SAMPLE_JSON_H
#define SIM_SAMPLE_JSON_H

#include "sim/base/text.h"

#include <stddef.h>

#define SAMPLE_JSON_DEPTH_MAX 8

/** Behind the value that begins at `at`, or NULL when it is damaged. */
const char *sample_json_skip(const char *at, const char *end);

const char *sample_json_skip_spaces(const char *at, const char *end);

/** Add the text of the string whose opening quote is at `at`; NULL when it is damaged, else what
 *  stands behind it. */
const char *sample_json_unescape(const char *at, const char *end, struct text *text);

/** One member of an object; all borrowed. */
struct sample_json_member {
    const char *key; /**< without its quotes, escapes as they are */
    size_t key_length;
    const char *begin;             /**< the key's opening quote */
    const char *value, *value_end; /**< with quotes, where it has them */
};

/** Read the member at `at`, which is behind `{` or `,`. NULL when there is none or it is damaged,
 *  else what stands behind the value and its spaces: `,`, `}` or damage. */
const char *sample_json_member(const char *at, const char *end, struct sample_json_member *member);

#endif
