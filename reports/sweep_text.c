/* The sweep on the terminal and in Markdown. */
#include "reports/markdown_sheet.h"
#include "reports/sweep_content.h"
#include "reports/sweep_report.h"
#include "reports/text_sheet.h"

#define LABEL_WIDTH 10

static void write_files_line(const struct text_page *page, const char *folder) {
    if (!folder)
        return;
    text_add(page->text, "\n");
    text_labelled(page, "Written to", LABEL_WIDTH, TEXT_STYLE_PLAIN, folder);
    text_labelled(page, "", LABEL_WIDTH, TEXT_STYLE_PLAIN, "sweep.csv, sweep.html");
}

enum status sweep_text(const struct sweep *sweep, const struct report_text_options *options,
                       struct text *text, struct diagnostics *diagnostics) {
    struct sweep_content content;
    enum status status =
        sweep_content_make(sweep, SWEEP_TABLE_NARROW, SWEEP_REPORT_ROWS_MAX, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct text_page page = text_page_of(text, options);
    text_headline(&page, content.all_hold ? TEXT_STYLE_VERDICT_HOLDS : TEXT_STYLE_VERDICT_FIXABLE,
                  content.headline);
    text_sheet(&page, &content.sheet);
    if (content.rest)
        text_line(&page, TEXT_STYLE_QUIET, content.rest);
    write_files_line(&page, options->folder);
    sweep_content_fini(&content);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the table") : STATUS_OK;
}

enum status sweep_markdown(const struct sweep *sweep, struct text *text,
                           struct diagnostics *diagnostics) {
    struct sweep_content content;
    enum status status =
        sweep_content_make(sweep, SWEEP_TABLE_NARROW, SWEEP_REPORT_ROWS_MAX, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    text_add(text, "### ");
    markdown_escape(text, content.headline);
    text_add(text, "\n\n");
    markdown_table(text, &content.sheet);
    if (content.rest) {
        markdown_escape(text, content.rest);
        text_add(text, "\n");
    }
    sweep_content_fini(&content);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the table") : STATUS_OK;
}
