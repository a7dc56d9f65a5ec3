/* The comparison on the terminal. */
#include "reports/diff_content.h"
#include "reports/text_sheet.h"

#define DEFAULT_WIDTH 100
#define LABEL_WIDTH 6

static void write_labelled(const struct text_page *page, const char *label, size_t label_width,
                           enum tone tone, const char *words) {
    const struct text_cell cells[] = {
        {.text = label, .width = label_width, .style = TEXT_STYLE_QUIET},
        {.text = words,
         .width = page->width - TEXT_INDENT - label_width - TEXT_GAP,
         .style = text_tone_style(tone)},
    };
    text_row(page, cells, 2);
}

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
    struct text_page page = {.text = text,
                             .width = options->width ? options->width : DEFAULT_WIDTH,
                             .color = options->color};
    if (page.width < REPORT_TEXT_WIDTH_MIN)
        page.width = REPORT_TEXT_WIDTH_MIN;
    const struct text_cell headline = {
        .text = diff->headline, .width = page.width, .style = styles[content.standing]};
    text_row_at(&page, 0, &headline, 1);
    text_add(text, "\n");
    for (size_t i = 0; i < content.fact_count; i++)
        write_labelled(&page, content.facts[i].label, LABEL_WIDTH, content.facts[i].tone,
                       content.facts[i].text);
    for (size_t i = 0; i < content.sheet_count; i++)
        text_sheet(&page, &content.sheets[i]);
    text_add(text, content.note_count > 0 ? "\n" : "");
    for (size_t i = 0; i < content.note_count; i++)
        write_labelled(&page, "-", 1, TONE_PLAIN, content.notes[i]);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the comparison") : STATUS_OK;
}
