/**
 * CSV rows one by one, by libcsv, from a file of any size in constant memory.
 *
 * For whole tables in memory there is sim/base/csv.h; this one is for gigabytes: plain, gzip or
 * zstd. Rows may have different numbers of fields: what takes them decides. A byte order mark and
 * blank lines are dropped, spaces around a field that is not quoted too. A quote out of place, one
 * that is not closed, a NUL byte and a row of more than CSV_STREAM_ROW_BYTES_MAX are refused with
 * their line and column, from 1, the column in bytes. Thread safety: one thread at a time for one
 * stream.
 */
#ifndef SIM_BASE_CSV_STREAM_H
#define SIM_BASE_CSV_STREAM_H

#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define CSV_STREAM_ROW_BYTES_MAX (512u * 1024)
#define CSV_STREAM_COLUMNS_MAX 2000

/** A row; it and its strings are valid until the function that takes it returns. */
struct csv_stream_row {
    const char *file;
    const char *const *fields; /**< [count] NUL-terminated; "" for fields that are not wanted */
    size_t count;
    unsigned line;   /**< on which it begins, from 1 */
    const char *raw; /**< [raw_length] as written, for messages */
    size_t raw_length;
};

struct csv_stream_input {
    const char *path;          /**< `-` is standard input */
    bool (*interrupted)(void); /**< may be NULL */
    /** The share read so far, or -1 when the size is not known. Returning false stops. May be
     *  NULL. */
    bool (*progress)(double share, double bytes, void *context);
    /** Called for every row; another status than STATUS_OK ends the reading and is returned. */
    enum status (*take)(const struct csv_stream_row *row, void *context,
                        struct diagnostics *diagnostics);
    void *context;
    /** [CSV_STREAM_COLUMNS_MAX] of the caller, or NULL for all: which fields are copied. `take`
     *  may change it once it has seen the header. */
    const bool *wanted;
};

/** Read to the end. STATUS_INVALID for what is wrong in the bytes, STATUS_SYSTEM for what cannot
 *  be read, STATUS_EXTERNAL when interrupted. */
enum status csv_stream_read(const struct csv_stream_input *input,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Add a diagnostic at the place of field `field` of `row`; STATUS_INVALID. */
enum status csv_stream_refuse(const struct csv_stream_row *row, size_t field,
                              struct diagnostics *diagnostics, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Is `name` the same as `other` but for case, spaces and punctuation: `Region Code`,
 *  `regionCode`, `region_code`? */
bool csv_stream_same_name(const char *name, const char *other);

/** Index of the column with one of `names` (NULL ends them), or SIZE_MAX. */
size_t csv_stream_find(const struct csv_stream_row *header, const char *const *names);

/** csv_stream_find(), which must find one: else a diagnostic at the header with the column that
 *  was most likely meant. */
enum status csv_stream_need(const struct csv_stream_row *header, const char *const *names,
                            size_t *column, struct diagnostics *diagnostics) MUST_CHECK;

/** Field `column` as a finite decimal number. */
enum status csv_stream_number(const struct csv_stream_row *row, size_t column, const char *title,
                              double *number, struct diagnostics *diagnostics) MUST_CHECK;

#endif
