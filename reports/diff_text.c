/* The comparison on the terminal. */
#include "reports/diff_content.h"
#include "reports/text_sheet.h"

#define LABEL_WIDTH 6

enum status diff_text(const struct diff *diff, const struct report_text_options *options,
                      struct text *text, struct diagnostics *diagnostics) {
    static const enum text_style styles[] = {
        [DIFF_STANDING_HOLDS] = TEXT_STYLE_VERDICT_HOLDS,
        [DIFF_STANDING_MISSED] = TEXT_STYLE_VERDICT_FIXABLE,
        [DIFF_STANDING_WORSE] = TEXT_STYLE_VERDICT_MISSED,
    };
    struct diff_content content;
    enum status status = diff_content_make(diff, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct text_page page = text_page_of(text, options);
    text_headline(&page, styles[content.standing], diff->headline);
    text_add(text, "\n");
    for (size_t i = 0; i < content.fact_count; i++)
        text_labelled(&page, content.facts[i].label, LABEL_WIDTH,
                      text_tone_style(content.facts[i].tone), content.facts[i].text);
    for (size_t i = 0; i < content.sheet_count; i++)
        text_sheet(&page, &content.sheets[i]);
    text_add(text, content.note_count > 0 ? "\n" : "");
    for (size_t i = 0; i < content.note_count; i++)
        text_labelled(&page, "-", 1, TEXT_STYLE_PLAIN, content.notes[i]);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the comparison") : STATUS_OK;
}
