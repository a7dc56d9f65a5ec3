#include "reports/html_sheet.h"

#include "reports/phrase.h"

/** How HTML writes the character at `words[i]`; NULL when as it is. */
static const char *entity(const char *words, size_t i) {
    switch (words[i]) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case ' ':
        return phrase_binds_unit(words, i) ? "&nbsp;" : NULL;
    default:
        return NULL;
    }
}

void html_escape(struct text *text, const char *words) {
    for (size_t i = 0; words && words[i]; i++) {
        const char *instead = entity(words, i);
        if (instead)
            text_add(text, instead);
        else
            text_add_bytes(text, &words[i], 1);
    }
}

const char *html_tone_class(enum tone tone) {
    static const char *const classes[] = {
        [TONE_PLAIN] = "plain", [TONE_GOOD] = "good", [TONE_BAD] = "bad", [TONE_STRONG] = "strong"};
    return classes[tone];
}

/** The columns of a group share a colgroup, which their heading's scope refers to. */
static void add_colgroups(struct text *text, const struct sheet *sheet) {
    for (size_t i = 0; i < sheet->column_count; i += sheet_group_span(sheet, i))
        text_print(text, "<colgroup span=\"%zu\"></colgroup>\n", sheet_group_span(sheet, i));
}

/** Characters of a heading that two lines would not make narrower than its cells. */
enum { HEADING_SHORT = 8 };

static const char *heading_class(const struct sheet_column *column) {
    bool whole = !column->wraps && text_width(column->heading) <= HEADING_SHORT;
    if (column->numeric)
        return whole ? "number whole" : "number";
    return whole ? "whole" : "plain";
}

static void add_group_headings(struct text *text, const struct sheet *sheet) {
    text_add(text, "<tr>\n");
    for (size_t i = 0; i < sheet->column_count; i += sheet_group_span(sheet, i)) {
        size_t span = sheet_group_span(sheet, i);
        const struct sheet_column *column = &sheet->columns[i];
        if (column->group) {
            text_print(text, "<th class=\"group\" scope=\"colgroup\" colspan=\"%zu\">", span);
            html_escape(text, column->group);
        } else {
            text_print(text, "<th class=\"%s\" scope=\"col\" rowspan=\"2\">",
                       heading_class(column));
            html_escape(text, column->heading);
        }
        text_add(text, "</th>\n");
    }
    text_add(text, "</tr>\n");
}

/** Headings of single columns; those without a group stand in the row above when there is one. */
static void add_headings(struct text *text, const struct sheet *sheet) {
    bool groups = sheet_has_groups(sheet);
    text_add(text, "<thead>\n");
    if (groups)
        add_group_headings(text, sheet);
    text_add(text, "<tr>\n");
    for (size_t i = 0; i < sheet->column_count; i++) {
        const struct sheet_column *column = &sheet->columns[i];
        if (groups && !column->group)
            continue;
        text_print(text, "<th class=\"%s\" scope=\"col\">", heading_class(column));
        html_escape(text, column->heading);
        text_add(text, "</th>\n");
    }
    text_add(text, "</tr>\n</thead>\n");
}

static void add_cell(struct text *text, const struct sheet_column *column,
                     const struct sheet_cell *cell, bool first) {
    text_add(text, first ? "<th scope=\"row\"" : "<td");
    text_print(text, " class=\"%s%s%s\">", html_tone_class(cell->tone),
               column->numeric ? " number" : "", column->wraps ? "" : " whole");
    if (cell->source)
        text_print(text, "<a href=\"#source-%zu\">", cell->source);
    html_escape(text, cell->text);
    text_add(text, cell->source ? "</a>" : "");
    if (cell->detail) {
        text_add(text, " <small>");
        html_escape(text, cell->detail);
        text_add(text, "</small>");
    }
    text_add(text, first ? "</th>" : "</td>");
}

void html_sheet(struct text *text, const struct sheet *sheet) {
    text_print(text, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", sheet->id, sheet->id);
    html_escape(text, sheet->title);
    text_add(text, "</h2>\n");
    /* Outside the table, which may be wider than the window: a sentence must not scroll. */
    if (sheet->note) {
        text_add(text, "<p class=\"note\">");
        html_escape(text, sheet->note);
        text_add(text, "</p>\n");
    }
    text_print(text,
               "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">\n"
               "<table class=\"%s\">\n<caption class=\"unseen\">",
               sheet->id, sheet->id);
    html_escape(text, sheet->title);
    text_add(text, "</caption>\n");
    add_colgroups(text, sheet);
    add_headings(text, sheet);
    text_add(text, "<tbody>\n");
    for (size_t row = 0; row < sheet->row_count; row++) {
        text_add(text, "<tr>");
        for (size_t i = 0; i < sheet->column_count; i++)
            add_cell(text, &sheet->columns[i], &sheet_cells(sheet, row)[i], i == 0);
        text_add(text, "</tr>\n");
    }
    text_add(text, "</tbody>\n</table>\n</div>\n</section>\n");
}
