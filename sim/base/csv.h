/**
 * CSV tables with a header row, read by libcsv into an arena.
 *
 * Ragged rows, a missing header, a repeated column, unterminated quotes and more than
 * CSV_FIELD_BYTES_MAX in one field are refused with file and line. A byte order mark and blank
 * lines are dropped; lines that begin with `#` before the header are comments. Spaces around a
 * field that is not quoted are dropped. Line numbers are the file's own, as an editor shows them.
 * Thread safety: reentrant; a table that has been read is constant.
 */
#ifndef SIM_BASE_CSV_H
#define SIM_BASE_CSV_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"

#define CSV_FIELD_BYTES_MAX 65536
#define CSV_COLUMNS_MAX 1000

struct csv_table {
    const char *file; /**< for messages */
    size_t rows;      /**< without the header */
    size_t columns;
    const char **header; /**< [columns] */
    const char **cells;  /**< [rows * columns], row-major; never NULL */
    unsigned *lines;     /**< [rows] 1-based line on which each row begins, for messages */
};

/** Read `length` bytes; `file` is borrowed and names them in messages. Everything `table` points
 *  to lives in `arena`. STATUS_INVALID for what is wrong in the bytes, STATUS_SYSTEM when memory
 *  is out; then `*table` is not to be used. */
enum status csv_read(struct arena *arena, const char *file, const char *bytes, size_t length,
                     struct csv_table *table, struct diagnostics *diagnostics) MUST_CHECK;

/** csv_read() of a table that ships inside the program, such as `models/data/instances.csv`;
 *  STATUS_INTERNAL when it is not in there. */
enum status csv_read_shipped(struct arena *arena, const char *path, struct csv_table *table,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** Index of the column `name`; adds a diagnostic and returns STATUS_INVALID when it is missing. */
enum status csv_column(const struct csv_table *table, const char *name, size_t *column,
                       struct diagnostics *diagnostics) MUST_CHECK;

/** Indices of the columns `names`, [count]; adds a diagnostic for each that is missing. */
enum status csv_columns(const struct csv_table *table, const char *const *names, size_t count,
                        size_t *columns, struct diagnostics *diagnostics) MUST_CHECK;

static inline const char *csv_cell(const struct csv_table *table, size_t row, size_t column) {
    return table->cells[row * table->columns + column];
}

/** A cell as a finite decimal number; an empty cell gives `if_empty`, which may be NaN. */
enum status csv_number(const struct csv_table *table, size_t row, size_t column, double if_empty,
                       double *value, struct diagnostics *diagnostics) MUST_CHECK;

/** A column of numbers and the member of a struct that takes them. */
struct csv_field {
    const char *column;
    size_t offset;   /**< of a double */
    double if_empty; /**< for an empty cell; may be NaN */
};

/** Read the columns of `fields`, [field_count], into `rows`: one struct of `size` bytes for each
 * row of the table. Members that no field names are left alone. */
enum status csv_fill(const struct csv_table *table, const struct csv_field *fields,
                     size_t field_count, void *rows, size_t size,
                     struct diagnostics *diagnostics) MUST_CHECK;

/** Nothing but white space? Such rows are passed over. */
bool csv_is_blank(const char *bytes, size_t length);

/** Add `field` to `text`, quoted when it needs it (RFC 4180). */
void csv_write_field(struct text *text, const char *field);

#endif
