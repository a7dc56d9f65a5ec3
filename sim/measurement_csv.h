/**
 * A user's own measurements from CSV: a header row, then one row a measurement.
 *
 * Columns, in any order:
 *   model   `loki` or `tempo`; required
 *   name    any words for the row; optional
 *   inputs  the keys of `simulate predict`, written as there (`2h`, `1536Ki`, `gzip`); an empty
 *           cell takes what the settings say, or predict's default
 *   figures what predict answers with, above 0: `memory_peak_bytes`, `cpu_cores`, ...; an empty
 *           cell was not measured
 * Any other column is an error, as is a cell of a column that the row's model does not have.
 * Thread safety: one thread at a time for one set.
 */
#ifndef SIM_MEASUREMENT_CSV_H
#define SIM_MEASUREMENT_CSV_H

#include "sim/measurement.h"
#include "sim/scenario.h"

struct measurement_csv_options {
    bool (*interrupted)(void);                     /**< may be NULL */
    bool (*progress)(double share, void *context); /**< may be NULL */
    void *progress_context;
    const struct scenario_override *settings; /**< `KEY=VALUE` for cells that are left empty */
    size_t setting_count;
};

/** Add the rows of `path` (plain, gzip or zstd; `-` is standard input, borrowed) to `set`; `*rows`
 * gets their number. STATUS_INVALID with row and column for what is wrong in it. */
enum status measurement_csv_read(const char *path, const struct measurement_csv_options *options,
                                 struct measurement_set *set, size_t *rows,
                                 struct diagnostics *diagnostics) MUST_CHECK;

#endif
