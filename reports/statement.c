#include "reports/statement.h"

#include "reports/markdown_sheet.h"
#include "reports/text_sheet.h"

void statement_fact(struct statement *statement, const char *label, const char *words) {
    if (statement->fact_count == STATEMENT_FACTS_MAX || !words)
        statement->failed = true;
    else
        statement->facts[statement->fact_count++] = (struct statement_fact){label, words};
}

void statement_note(struct statement *statement, const char *words) {
    if (statement->note_count == STATEMENT_NOTES_MAX || !words)
        statement->failed = true;
    else
        statement->notes[statement->note_count++] = words;
}

struct sheet *statement_sheet(struct statement *statement) {
    statement->failed |= statement->sheet_count == STATEMENT_SHEETS_MAX;
    return statement->failed ? NULL : &statement->sheets[statement->sheet_count++];
}

static bool has_failed(const struct statement *statement) {
    bool failed = statement->failed || !statement->headline;
    for (size_t i = 0; i < statement->sheet_count; i++)
        failed |= statement->sheets[i].failed;
    return failed;
}

static enum status conclude(const struct text *text, struct diagnostics *diagnostics) {
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the report") : STATUS_OK;
}

static size_t label_width(const struct statement *statement) {
    size_t width = 0;
    for (size_t i = 0; i < statement->fact_count; i++)
        if (text_width(statement->facts[i].label) > width)
            width = text_width(statement->facts[i].label);
    return width;
}

enum status statement_text(const struct statement *statement,
                           const struct report_text_options *options, struct text *text,
                           struct diagnostics *diagnostics) {
    static const enum text_style styles[] = {
        [TONE_PLAIN] = TEXT_STYLE_STRONG,
        [TONE_GOOD] = TEXT_STYLE_VERDICT_HOLDS,
        [TONE_BAD] = TEXT_STYLE_VERDICT_MISSED,
        [TONE_STRONG] = TEXT_STYLE_VERDICT_FIXABLE,
    };
    if (has_failed(statement))
        return diagnostics_out_of_memory(diagnostics, "the report");
    const struct text_page page = text_page_of(text, options);
    text_headline(&page, styles[statement->tone], statement->headline);
    text_add(text, statement->fact_count > 0 ? "\n" : "");
    for (size_t i = 0; i < statement->fact_count; i++)
        text_labelled(&page, statement->facts[i].label, label_width(statement), TEXT_STYLE_PLAIN,
                      statement->facts[i].words);
    for (size_t i = 0; i < statement->sheet_count; i++)
        text_sheet(&page, &statement->sheets[i]);
    text_add(text, statement->note_count > 0 ? "\n" : "");
    for (size_t i = 0; i < statement->note_count; i++)
        text_labelled(&page, "-", 1, TEXT_STYLE_PLAIN, statement->notes[i]);
    return conclude(text, diagnostics);
}

enum status statement_markdown(const struct statement *statement, struct text *text,
                               struct diagnostics *diagnostics) {
    if (has_failed(statement))
        return diagnostics_out_of_memory(diagnostics, "the report");
    text_add(text, "### ");
    markdown_escape(text, statement->headline);
    text_add(text, "\n\n");
    for (size_t i = 0; i < statement->fact_count; i++)
        markdown_item(text, statement->facts[i].label, statement->facts[i].words);
    text_add(text, statement->fact_count > 0 ? "\n" : "");
    for (size_t i = 0; i < statement->sheet_count; i++) {
        text_add(text, "#### ");
        markdown_escape(text, statement->sheets[i].title);
        text_add(text, "\n\n");
        markdown_table(text, &statement->sheets[i]);
    }
    for (size_t i = 0; i < statement->note_count; i++)
        markdown_item(text, NULL, statement->notes[i]);
    return conclude(text, diagnostics);
}
