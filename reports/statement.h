/**
 * A statement: what a command has to say in a headline, a few labelled facts, tables and notes,
 * made once and laid out for the terminal or as Markdown. Strings are borrowed.
 */
#ifndef REPORTS_STATEMENT_H
#define REPORTS_STATEMENT_H

#include "reports/report.h"
#include "reports/sheet.h"
#include "sim/base/text.h"

#define STATEMENT_FACTS_MAX 16
#define STATEMENT_SHEETS_MAX 4
#define STATEMENT_NOTES_MAX 24

struct statement_fact {
    const char *label, *words;
};

struct statement {
    const char *headline;
    enum tone tone; /**< of the headline */
    struct statement_fact facts[STATEMENT_FACTS_MAX];
    size_t fact_count;
    struct sheet sheets[STATEMENT_SHEETS_MAX];
    size_t sheet_count;
    const char *notes[STATEMENT_NOTES_MAX];
    size_t note_count;
    bool failed; /**< memory ran out, or there was no room for all */
};

/** Add a fact; NULL words are out of memory. */
void statement_fact(struct statement *statement, const char *label, const char *words);

/** Add a note; NULL is out of memory. */
void statement_note(struct statement *statement, const char *words);

/** The next sheet, to be started by the caller; NULL (and `failed`) when there is no room. */
struct sheet *statement_sheet(struct statement *statement);

enum status statement_text(const struct statement *statement,
                           const struct report_text_options *options, struct text *text,
                           struct diagnostics *diagnostics) MUST_CHECK;

enum status statement_markdown(const struct statement *statement, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
