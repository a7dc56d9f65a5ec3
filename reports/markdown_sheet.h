/**
 * Sheets as GitHub's Markdown tables, and escaping.
 */
#ifndef REPORTS_MARKDOWN_SHEET_H
#define REPORTS_MARKDOWN_SHEET_H

#include "reports/sheet.h"
#include "sim/base/text.h"

/** Add `words` (NULL reads as empty) so that Markdown (GitHub's, with its `$` mathematics) shows
 *  them as they are, on one line; control characters as `?`. */
void markdown_escape(struct text *text, const char *words);

/** An item of a list; `label`, in bold before the words, may be NULL. */
void markdown_item(struct text *text, const char *label, const char *words);

/** The sheet's note and its table, without the title, ending in a blank line. */
void markdown_table(struct text *text, const struct sheet *sheet);

#endif
