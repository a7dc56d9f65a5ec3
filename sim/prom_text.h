/**
 * The text format of Prometheus, as /metrics pages have it: names, labels, values.
 *
 * Takes the classic format (version 0.0.4) and OpenMetrics as far as values go: comments, HELP,
 * TYPE, UNIT, EOF and exemplars are passed over. A line that is neither is refused with its place.
 * Thread safety: reentrant.
 */
#ifndef SIM_PROM_TEXT_H
#define SIM_PROM_TEXT_H

#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define PROM_LABELS_MAX 64

struct prom_label {
    const char *name, *value;
};

/** One value; strings are valid until the function that takes it returns. */
struct prom_sample {
    const char *name;
    const struct prom_label *labels; /**< [label_count] */
    size_t label_count;
    double value;             /**< may be NaN or infinite */
    double timestamp_seconds; /**< since 1970; NaN where the line has none */
    unsigned line;            /**< from 1 */
};

/** Takes samples in their order. */
typedef void prom_take(const struct prom_sample *sample, void *context);

/** Read `length` bytes; `file` names them in messages. STATUS_INVALID for what is no such text. */
enum status prom_text_read(const char *file, const char *bytes, size_t length, prom_take *take,
                           void *context, struct diagnostics *diagnostics) MUST_CHECK;

/** The value of a label, or NULL. */
const char *prom_text_label(const struct prom_sample *sample, const char *name);

/** Do the bytes look like such a text, judging by their first line that is not empty? */
bool prom_text_is_likely(const char *bytes, size_t length);

#endif
