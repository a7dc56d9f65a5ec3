/**
 * Sheets as accessible HTML tables, and escaping.
 */
#ifndef REPORTS_HTML_SHEET_H
#define REPORTS_HTML_SHEET_H

#include "reports/sheet.h"
#include "sim/base/text.h"

/** Add `words` (NULL reads as empty) so that HTML shows them as they are, in text and in quoted
 *  attributes. */
void html_escape(struct text *text, const char *words);

/** Class name of a tone; static storage. */
const char *html_tone_class(enum tone tone);

/** A section with its heading and the sheet's table. */
void html_sheet(struct text *text, const struct sheet *sheet);

#endif
