/** Log lines for tests: the same ones every time, JSON of about 190 bytes, ten a second. */
#ifndef TESTS_UNIT_SAMPLE_LOGS_H
#define TESTS_UNIT_SAMPLE_LOGS_H

#include "sim/base/text.h"

#include <stddef.h>

/** Add lines `first` to `first + count - 1`, each with its newline:
 *  `{"ts":"2026-03-01T10:00:00.100Z","level":"info","logger":"shop.orders","msg":"order paid",
 *  "user_id":48213,"request_id":"...32 hex digits...","ms":17}` */
void sample_logs_add(struct text *text, size_t first, size_t count);

#endif
