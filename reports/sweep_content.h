/**
 * What the reports of a sweep say, before any format is chosen.
 */
#ifndef REPORTS_SWEEP_CONTENT_H
#define REPORTS_SWEEP_CONTENT_H

#include "reports/sheet.h"
#include "sim/base/status.h"
#include "sim/sweep.h"

struct sweep_content {
    struct arena arena;
    const char *headline; /**< the finding */
    const char *how;      /**< what was computed */
    const char *rest;     /**< rows that the table leaves out; NULL: none */
    struct sheet sheet;
    bool all_hold; /**< as written */
};

/** The table's width: for a terminal or a comment, with the missed targets in words; or with a
 *  column a target. */
enum sweep_table { SWEEP_TABLE_NARROW, SWEEP_TABLE_WIDE };

/** Make it with at most `rows_max` rows. On success the caller's: sweep_content_fini(). */
enum status sweep_content_make(const struct sweep *sweep, enum sweep_table table, size_t rows_max,
                               struct sweep_content *content,
                               struct diagnostics *diagnostics) MUST_CHECK;
void sweep_content_fini(struct sweep_content *content);

/** The cheapest of a point's stacks that hold: false when none does. */
bool sweep_cheapest(const struct sweep_row *row, double *usd_per_month);

/** A key without its section: `loki.volume` of `stack.loki.volume`. */
const char *sweep_short_key(const char *key);

#endif
