/* report.md: fit for a pull-request comment. */
#include "reports/content.h"
#include "reports/html_sheet.h"
#include "reports/report.h"

#include <ctype.h>
#include <string.h>

/** Is the underscore at `i` inside a word, where it means nothing to Markdown? */
static bool inside_word(const char *words, size_t i) {
    return i > 0 && isalnum((unsigned char)words[i - 1]) && isalnum((unsigned char)words[i + 1]);
}

/** Add words so that Markdown (GitHub's, with its `$` mathematics) shows them as they are. */
static void add_escaped(struct text *text, const char *words) {
    for (size_t i = 0; words && words[i]; i++) {
        char character = words[i];
        if (character == '&')
            text_add(text, "&amp;");
        else if (character == '<')
            text_add(text, "&lt;");
        else if (character == '>')
            text_add(text, "&gt;");
        else if (character == '\n' || character == '\r')
            text_add(text, " ");
        else if (character == '_' && inside_word(words, i))
            text_add(text, "_");
        else {
            if (strchr("\\`*_[]|~#$!", character))
                text_add(text, "\\");
            text_add_bytes(text, &character, 1);
        }
    }
}

static void add_cell(struct text *text, const struct sheet_cell *cell) {
    bool strong = cell->tone != TONE_PLAIN && cell->text && cell->text[0];
    text_add(text, strong ? " **" : " ");
    add_escaped(text, cell->text);
    text_add(text, strong ? "**" : "");
    if (cell->detail) {
        text_add(text, "<br><sub>");
        add_escaped(text, cell->detail);
        text_add(text, "</sub>");
    }
    text_add(text, " |");
}

/** GitHub's tables have one row of headings, so a group's name goes before its columns'. */
static void add_headings(struct text *text, const struct sheet *sheet) {
    text_add(text, "|");
    for (size_t i = 0; i < sheet->column_count; i++) {
        text_add(text, " ");
        if (sheet->columns[i].group) {
            add_escaped(text, sheet->columns[i].group);
            text_add(text, ": ");
        }
        add_escaped(text, sheet->columns[i].heading);
        text_add(text, " |");
    }
    text_add(text, "\n|");
    for (size_t i = 0; i < sheet->column_count; i++)
        text_add(text, sheet->columns[i].numeric ? " ---: |" : " --- |");
    text_add(text, "\n");
}

static void add_table(struct text *text, const struct sheet *sheet) {
    if (sheet->note) {
        add_escaped(text, sheet->note);
        text_add(text, "\n\n");
    }
    add_headings(text, sheet);
    for (size_t row = 0; row < sheet->row_count; row++) {
        text_add(text, "|");
        for (size_t i = 0; i < sheet->column_count; i++)
            add_cell(text, &sheet_cells(sheet, row)[i]);
        text_add(text, "\n");
    }
    text_add(text, "\n");
}

/** What a reviewer must see unfolded. */
static bool is_open(const struct sheet *sheet) {
    static const char *const open[] = {"targets", "changes", "cost", "managed"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (strcmp(sheet->id, open[i]) == 0)
            return true;
    return false;
}

static void add_sheet(struct text *text, const struct sheet *sheet) {
    if (is_open(sheet)) {
        text_add(text, "### ");
        add_escaped(text, sheet->title);
        text_add(text, "\n\n");
        add_table(text, sheet);
        return;
    }
    text_add(text, "<details><summary>");
    html_escape(text, sheet->title);
    text_add(text, "</summary>\n\n");
    add_table(text, sheet);
    text_add(text, "</details>\n\n");
}

static void add_sources(struct text *text, const struct content *content) {
    if (content->source_count == 0)
        return;
    text_add(text, "<details><summary>Sources of prices</summary>\n\n");
    for (size_t i = 0; i < content->source_count; i++) {
        text_print(text, "%zu. ", i + 1);
        add_escaped(text, content->sources[i]);
        text_add(text, "\n");
    }
    text_add(text, "\n</details>\n\n");
}

static void add_notes(struct text *text, const struct content *content) {
    text_add(text, "### Good to know\n\n");
    for (size_t i = 0; i < content->note_count; i++) {
        text_add(text, "- ");
        add_escaped(text, content->notes[i]);
        text_add(text, "\n");
    }
}

static const char *standing_symbol(enum content_standing standing) {
    static const char *const symbols[] = {
        [CONTENT_HOLDS] = "✅", [CONTENT_FIXABLE] = "⚠️", [CONTENT_MISSED] = "❌"};
    return symbols[standing];
}

enum status report_markdown(const struct report *report, struct text *text,
                            struct diagnostics *diagnostics) {
    struct content content;
    enum status status = content_make(report, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    text_print(text, REPORT_MARKDOWN_MARKER, report->result->scenario->name);
    text_print(text, "## %s ", standing_symbol(content.standing));
    add_escaped(text, content.verdict);
    text_add(text, "\n\n");
    for (size_t i = 0; i < content.fact_count; i++) {
        text_print(text, "- **%s:** ", content.facts[i].label);
        add_escaped(text, content.facts[i].text);
        text_add(text, "\n");
    }
    text_add(text, "\n");
    for (size_t i = 0; i < content.sheet_count; i++)
        add_sheet(text, &content.sheets[i]);
    add_sources(text, &content);
    add_notes(text, &content);
    content_fini(&content);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "report.md") : STATUS_OK;
}
