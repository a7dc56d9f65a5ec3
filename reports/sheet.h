/**
 * A sheet: one table of a report, as words, before any format is chosen.
 *
 * The content of a report is made once (reports/content.h); terminal, Markdown and HTML only lay
 * sheets out. Cells borrow their strings from the arena the sheet was made in.
 */
#ifndef REPORTS_SHEET_H
#define REPORTS_SHEET_H

#include "sim/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/** What a cell means; never the only carrier of that meaning. */
enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_STRONG };

struct sheet_cell {
    const char *text;   /**< NULL reads as empty */
    const char *detail; /**< a second, quieter line; NULL for none */
    enum tone tone;
    size_t source; /**< number of the source it cites, from 1; 0 for none */
};

struct sheet_column {
    const char *group; /**< spans neighbours of the same group; NULL for none */
    const char *heading;
    bool numeric; /**< aligned to the right */
    bool wraps;   /**< the first to give way when the page is narrow */
};

#define SHEET_COLUMNS_MAX 16

struct sheet {
    const char *id; /**< of the HTML section */
    const char *title;
    bool secondary;   /**< too much for a terminal */
    const char *note; /**< a sentence below the title; NULL for none */
    struct sheet_column columns[SHEET_COLUMNS_MAX];
    size_t column_count;
    struct sheet_cell *cells; /**< [row_count * column_count], row-major */
    size_t row_count, row_capacity;
    bool failed; /**< memory ran out */
};

/** Start a sheet of `column_count` (at most SHEET_COLUMNS_MAX) copied columns that can take
 *  `row_capacity` rows. */
void sheet_start(struct sheet *sheet, struct arena *arena, const char *id, const char *title,
                 const struct sheet_column *columns, size_t column_count, size_t row_capacity);

/** The cells of a new, empty row; NULL (and `failed`) when there is no room. */
struct sheet_cell *sheet_row(struct sheet *sheet);

/** The cells of row `row`. */
const struct sheet_cell *sheet_cells(const struct sheet *sheet, size_t row);

/** Does any column belong to a group? */
bool sheet_has_groups(const struct sheet *sheet);

/** How many columns from `column` on share its group; 1 when it has none. */
size_t sheet_group_span(const struct sheet *sheet, size_t column);

#endif
