/**
 * What a report says, as words: made once from a result, laid out by each format.
 *
 * A content owns an arena; everything it points to dies with it, or lives in the result.
 */
#ifndef REPORTS_CONTENT_H
#define REPORTS_CONTENT_H

#include "reports/report.h"
#include "reports/sheet.h"
#include "sim/base/arena.h"

#define CONTENT_PLANS_MAX 2
#define CONTENT_FACTS_MAX 24
#define CONTENT_SHEETS_MAX 16
#define CONTENT_SOURCES_MAX 64
#define CONTENT_NOTES_MAX 12

enum content_standing {
    CONTENT_HOLDS,   /**< as written */
    CONTENT_FIXABLE, /**< missed as written, the best plan holds */
    CONTENT_MISSED   /**< nothing found holds */
};

/** A line of the first screen: `Why: Tempo is killed ...`. */
struct content_fact {
    const char *label;
    const char *text;
    enum tone tone;
};

/** A price to see at a glance: a plan's, or the managed baseline's. */
struct content_card {
    const char *title, *price, *note;
    enum tone tone;
};

/** A plan shown, with the name it goes by in every table. */
struct content_plan {
    const struct plan_outcome *outcome;
    const char *title; /**< `As written`, `Best plan`, `Least bad plan` */
};

struct content {
    struct arena arena;
    const struct report *report;
    enum content_standing standing;
    const char *verdict; /**< one line, begins with the scenario's name */
    struct content_plan plans[CONTENT_PLANS_MAX];
    size_t plan_count; /**< 1 when there is nothing to set beside the stack as written */
    struct content_card cards[CONTENT_PLANS_MAX + 1];
    size_t card_count;
    struct content_fact facts[CONTENT_FACTS_MAX];
    size_t fact_count;
    struct sheet sheets[CONTENT_SHEETS_MAX];
    size_t sheet_count;
    const char *sources[CONTENT_SOURCES_MAX]; /**< of prices; cited as [1] for the first */
    size_t source_count;
    const char *notes[CONTENT_NOTES_MAX]; /**< how far to trust it, and what to know */
    size_t note_count;
    bool failed; /**< memory ran out */
};

/** Make the content; on success content_fini() frees it. */
enum status content_make(const struct report *report, struct content *content,
                         struct diagnostics *diagnostics) MUST_CHECK;

void content_fini(struct content *content);

#endif
