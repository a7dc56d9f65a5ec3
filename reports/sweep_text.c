/* The sweep on the terminal and in Markdown. */
#include "reports/markdown_sheet.h"
#include "reports/sweep_content.h"
#include "reports/sweep_report.h"
#include "reports/text_sheet.h"

#define DEFAULT_WIDTH 100

static void write_files_line(const struct text_page *page, const char *folder) {
    if (!folder)
        return;
    text_add(page->text, "\n");
    const struct text_cell cells[] = {
        {.text = "Written to", .width = 10, .style = TEXT_STYLE_QUIET},
        {.text = folder, .width = page->width - 10 - TEXT_INDENT - TEXT_GAP},
    };
    text_row(page, cells, 2);
    const struct text_cell names[] = {
        {.text = "", .width = 10},
        {.text = "sweep.csv, sweep.html", .width = page->width - 10 - TEXT_INDENT - TEXT_GAP},
    };
    text_row(page, names, 2);
}

enum status sweep_text(const struct sweep *sweep, const struct report_text_options *options,
                       struct text *text, struct diagnostics *diagnostics) {
    struct sweep_content content;
    enum status status =
        sweep_content_make(sweep, SWEEP_TABLE_NARROW, SWEEP_REPORT_ROWS_MAX, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct text_page page = {.text = text,
                             .width = options->width ? options->width : DEFAULT_WIDTH,
                             .color = options->color};
    if (page.width < REPORT_TEXT_WIDTH_MIN)
        page.width = REPORT_TEXT_WIDTH_MIN;
    const struct text_cell headline = {.text = content.headline,
                                       .width = page.width,
                                       .style = content.all_hold ? TEXT_STYLE_VERDICT_HOLDS
                                                                 : TEXT_STYLE_VERDICT_FIXABLE};
    text_row_at(&page, 0, &headline, 1);
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
