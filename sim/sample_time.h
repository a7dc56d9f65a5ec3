/**
 * Times as logs write them.
 *
 * All give nanoseconds since 1970, UTC; a time without a zone is taken as UTC. Times before 2000
 * and after 2200 are not believed. Bytes need no final NUL. Thread safety: pure.
 */
#ifndef SIM_SAMPLE_TIME_H
#define SIM_SAMPLE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_NANOSECONDS 1000000000

/** `2026-11-02T09:00:00.013Z`, also with a space, a comma, an offset, no fraction: at the beginning
 *  of `bytes`; `*used` is its length. */
bool sample_time_date(const char *bytes, size_t length, int64_t *ns, size_t *used);

/** The first time within the first 128 bytes of a line of text: a date as above, one as web servers
 *  write it (`02/Nov/2026:09:00:00 +0000`), or seconds since 1970 at the very beginning. */
bool sample_time_in_text(const char *line, size_t length, int64_t *ns);

/** The value of `key` in a line of JSON, a date or a number. */
bool sample_time_in_json(const char *line, size_t length, const char *key, int64_t *ns);

/** Keys that JSON logs give their time: `timestamp`, `ts`, `time`, ... */
#define SAMPLE_TIME_KEY_COUNT 5
extern const char *const sample_time_keys[SAMPLE_TIME_KEY_COUNT];

#endif
