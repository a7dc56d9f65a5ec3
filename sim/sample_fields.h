/**
 * The fields of a log line: what has a name in JSON and logfmt; in plain text what has a shape,
 * such as a UUID.
 *
 * Nested JSON is named by its path, `user.id`; an array is one field. Shapes are named in brackets:
 * `(UUID)`, `(hex id)`, `(time)`, `(IP address)`, `(number)`. Thread safety: pure but for the text.
 */
#ifndef SIM_SAMPLE_FIELDS_H
#define SIM_SAMPLE_FIELDS_H

#include "sim/base/text.h"
#include "sim/sample.h"
#include "sim/sample_format.h"

#include <stddef.h>

/** A field of a line; all borrowed. */
struct sample_span {
    char name[SAMPLE_FIELD_NAME_BYTES];
    const char *begin, *end;             /**< what goes when the field is dropped */
    const char *value_begin, *value_end; /**< without quotes */
};

typedef void sample_span_function(void *context, const struct sample_span *span);

/** Call `take` for each field of the line, in the order of their ends. */
void sample_fields_each(enum sample_payload payload, const char *line, size_t length,
                        sample_span_function *take, void *context);

#define SAMPLE_FIELD_SET_MAX 32

/** Names of fields; borrowed. */
struct sample_field_set {
    const char *names[SAMPLE_FIELD_SET_MAX];
    size_t count;
};

/** Put the line without the fields of `dropped` into `text`, which is emptied first. */
void sample_fields_drop(enum sample_payload payload, const char *line, size_t length,
                        const struct sample_field_set *dropped, struct text *text);

#endif
