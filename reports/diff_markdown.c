/* The comparison as a pull-request comment. */
#include "reports/diff_content.h"
#include "reports/markdown_sheet.h"

#include <string.h>

static void add_sheet(struct text *text, const struct sheet *sheet) {
    bool folded = strcmp(sheet->id, "bill") == 0;
    text_add(text, folded ? "<details><summary>" : "### ");
    markdown_escape(text, sheet->title);
    text_add(text, folded ? "</summary>\n\n" : "\n\n");
    markdown_table(text, sheet);
    text_add(text, folded ? "</details>\n\n" : "");
}

enum status diff_markdown(const struct diff *diff, struct text *text,
                          struct diagnostics *diagnostics) {
    static const char *const symbols[] = {[DIFF_STANDING_HOLDS] = "✅",
                                          [DIFF_STANDING_MISSED] = "⚠️",
                                          [DIFF_STANDING_WORSE] = "❌"};
    struct diff_content content;
    enum status status = diff_content_make(diff, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    text_print(text, DIFF_MARKDOWN_MARKER, diff->b->scenario);
    text_print(text, "## %s ", symbols[content.standing]);
    markdown_escape(text, diff->headline);
    text_add(text, "\n\n");
    for (size_t i = 0; i < content.fact_count; i++)
        markdown_item(text, content.facts[i].label, content.facts[i].text);
    text_add(text, "\n");
    for (size_t i = 0; i < content.sheet_count; i++)
        add_sheet(text, &content.sheets[i]);
    for (size_t i = 0; i < content.note_count; i++)
        markdown_item(text, NULL, content.notes[i]);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the comparison") : STATUS_OK;
}
