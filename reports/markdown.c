/* report.md: fit for a pull-request comment. */
#include "reports/content.h"
#include "reports/html_sheet.h"
#include "reports/markdown_sheet.h"
#include "reports/report.h"

#include <string.h>

/** What a reviewer must see unfolded. */
static bool is_open(const struct sheet *sheet) {
    static const char *const open[] = {"targets", "changes", "cheaper", "cost", "managed"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (strcmp(sheet->id, open[i]) == 0)
            return true;
    return false;
}

static void add_sheet(struct text *text, const struct sheet *sheet) {
    if (is_open(sheet)) {
        text_add(text, "### ");
        markdown_escape(text, sheet->title);
        text_add(text, "\n\n");
        markdown_table(text, sheet);
        return;
    }
    text_add(text, "<details><summary>");
    html_escape(text, sheet->title);
    text_add(text, "</summary>\n\n");
    markdown_table(text, sheet);
    text_add(text, "</details>\n\n");
}

static void add_sources(struct text *text, const struct content *content) {
    if (content->source_count == 0)
        return;
    text_add(text, "<details><summary>Sources of prices</summary>\n\n");
    for (size_t i = 0; i < content->source_count; i++) {
        text_print(text, "%zu. ", i + 1);
        markdown_escape(text, content->sources[i]);
        text_add(text, "\n");
    }
    text_add(text, "\n</details>\n\n");
}

static void add_notes(struct text *text, const struct content *content) {
    text_add(text, "### Good to know\n\n");
    for (size_t i = 0; i < content->note_count; i++)
        markdown_item(text, NULL, content->notes[i]);
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
    markdown_escape(text, content.verdict);
    text_add(text, "\n\n");
    for (size_t i = 0; i < content.fact_count; i++)
        markdown_item(text, content.facts[i].label, content.facts[i].text);
    text_add(text, "\n");
    for (size_t i = 0; i < content.sheet_count; i++)
        add_sheet(text, &content.sheets[i]);
    add_sources(text, &content);
    add_notes(text, &content);
    content_fini(&content);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "report.md") : STATUS_OK;
}
