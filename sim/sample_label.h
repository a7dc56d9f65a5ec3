/**
 * Which stream a line belongs to: the values of the label keys, and whether it came from stdout or
 * stderr.
 *
 * Thread safety: pure.
 */
#ifndef SIM_SAMPLE_LABEL_H
#define SIM_SAMPLE_LABEL_H

#include "sim/sample.h"
#include "sim/sample_format.h"
#include "sim/sample_lines.h"

#include <stdbool.h>
#include <stdint.h>

/** A sample_hash() of the stream. `*missed` is set when the line lacks one of the keys. Keys are
 *  members of JSON lines, `user.id` for nested ones, and `key=value` in others. */
uint64_t sample_label_stream(const struct sample_options *options, enum sample_payload payload,
                             const struct sample_line *line, bool *missed);

#endif
