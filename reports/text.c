/* The terminal's report: facts and sheets as aligned lines. */
#include "reports/content.h"
#include "reports/report.h"
#include "reports/text_sheet.h"

#include <stdio.h>

#define LABEL_WIDTH 10

static void write_paragraph(const struct text_page *page, const char *label, enum tone tone,
                            const char *words) {
    text_labelled(page, label, LABEL_WIDTH, text_tone_style(tone), words);
}

static void write_list(const struct text_page *page, const char *title, const char *const *items,
                       size_t count, bool numbered) {
    if (count == 0)
        return;
    text_add(page->text, "\n");
    text_line(page, TEXT_STYLE_STRONG, title);
    size_t number_width = numbered ? (count > 9 ? 4 : 3) : 1;
    for (size_t i = 0; i < count; i++) {
        char number[32];
        snprintf(number, sizeof number, numbered ? "[%zu]" : "-", i + 1);
        struct text_cell cells[] = {
            {.text = number, .width = number_width},
            {.text = items[i], .width = page->width - TEXT_INDENT - TEXT_GAP - number_width},
        };
        text_row(page, cells, 2);
    }
}

static void write_sheets(const struct text_page *page, const struct content *content) {
    for (size_t i = 0; i < content->sheet_count; i++)
        if (!content->sheets[i].secondary)
            text_sheet(page, &content->sheets[i]);
}

static void write_verdict(const struct text_page *page, const struct content *content) {
    static const enum text_style styles[] = {
        [CONTENT_HOLDS] = TEXT_STYLE_VERDICT_HOLDS,
        [CONTENT_FIXABLE] = TEXT_STYLE_VERDICT_FIXABLE,
        [CONTENT_MISSED] = TEXT_STYLE_VERDICT_MISSED,
    };
    text_headline(page, styles[content->standing], content->verdict);
    text_add(page->text, "\n");
    for (size_t i = 0; i < content->fact_count; i++)
        write_paragraph(page, content->facts[i].label, content->facts[i].tone,
                        content->facts[i].text);
}

static void write_folder(const struct text_page *page, const char *folder) {
    if (!folder)
        return;
    static const char files[] = "report.html, report.md, result.json, cost.csv, series.csv, "
                                "plots/, values/, manifests/, dashboards/";
    text_add(page->text, "\n");
    write_paragraph(page, "Written to", TONE_STRONG, folder);
    write_paragraph(page, "", TONE_PLAIN, files);
}

enum status report_text(const struct report *report, const struct report_text_options *options,
                        struct text *text, struct diagnostics *diagnostics) {
    struct content content;
    enum status status = content_make(report, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct text_page page = text_page_of(text, options);
    write_verdict(&page, &content);
    write_sheets(&page, &content);
    write_list(&page, "Sources of prices", content.sources, content.source_count, true);
    write_list(&page, "Good to know", content.notes, content.note_count, false);
    write_folder(&page, options->folder);
    content_fini(&content);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the terminal report")
                             : STATUS_OK;
}
