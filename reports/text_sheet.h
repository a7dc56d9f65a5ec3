/**
 * Lines of a terminal: rows of cells that wrap inside their columns, and whole sheets.
 *
 * Widths count characters, not bytes. No line is wider than the page while the page has
 * REPORT_TEXT_WIDTH_MIN columns. Control characters in cells are shown as `?`.
 */
#ifndef REPORTS_TEXT_SHEET_H
#define REPORTS_TEXT_SHEET_H

#include "reports/report.h"
#include "reports/sheet.h"
#include "sim/base/text.h"

#define TEXT_INDENT 2
#define TEXT_GAP 2

enum text_style {
    TEXT_STYLE_PLAIN,
    TEXT_STYLE_QUIET,
    TEXT_STYLE_STRONG,
    TEXT_STYLE_GOOD,
    TEXT_STYLE_BAD,
    TEXT_STYLE_VERDICT_HOLDS,
    TEXT_STYLE_VERDICT_FIXABLE,
    TEXT_STYLE_VERDICT_MISSED
};

struct text_page {
    struct text *text;
    size_t width;
    bool color;
};

struct text_cell {
    const char *text;   /**< NULL reads as empty */
    const char *detail; /**< quiet lines below; NULL for none */
    size_t width;
    bool right; /**< aligned to the right */
    enum text_style style;
};

enum text_style text_tone_style(enum tone tone);

/** A page of the width and colour that are asked for. */
struct text_page text_page_of(struct text *text, const struct report_text_options *options);

/** Words from the page's edge on. */
void text_headline(const struct text_page *page, enum text_style style, const char *words);

/** A quiet label and words beside it. Labels that are wider than half of the page wrap. */
void text_labelled(const struct text_page *page, const char *label, size_t label_width,
                   enum text_style style, const char *words);

/** One indented line, wrapped to the page. */
void text_line(const struct text_page *page, enum text_style style, const char *words);

/** Cells side by side (at most SHEET_COLUMNS_MAX), as many lines as the longest needs. */
void text_row(const struct text_page *page, const struct text_cell *cells, size_t count);

/** A blank line, the title, the headings and the rows. */
void text_sheet(const struct text_page *page, const struct sheet *sheet);

#endif
