/**
 * A comparison as words and sheets, before any format is chosen.
 */
#ifndef REPORTS_DIFF_CONTENT_H
#define REPORTS_DIFF_CONTENT_H

#include "reports/diff.h"
#include "reports/sheet.h"

#define DIFF_FACTS_MAX (3 + DIFF_TARGETS_MAX)
#define DIFF_NOTES_MAX 5

struct diff_fact {
    const char *label; /**< `A`, `B`, `Gained`, `Lost` */
    const char *text;
    enum tone tone;
};

enum diff_standing { DIFF_STANDING_HOLDS, DIFF_STANDING_MISSED, DIFF_STANDING_WORSE };

struct diff_content {
    enum diff_standing standing; /**< of B */
    struct diff_fact facts[DIFF_FACTS_MAX];
    size_t fact_count;
    struct sheet sheets[DIFF_SECTIONS]; /**< those that have rows */
    size_t sheet_count;
    const char *notes[DIFF_NOTES_MAX];
    size_t note_count;
};

/** Make it; strings are in the diff's arena. */
enum status diff_content_make(const struct diff *diff, struct diff_content *content,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
