/**
 * The rows of a comparison, made one by one; what is equal on both sides makes none.
 *
 * When memory runs out they set the diff's `failed` and go on; diff_make() looks once, at its end.
 */
#ifndef REPORTS_DIFF_ROWS_H
#define REPORTS_DIFF_ROWS_H

#include "reports/diff.h"

/** How a side reads that has no such thing. */
#define DIFF_NOTHING "–"

/** What a row is about, wherever it comes from. */
struct diff_subject {
    enum diff_section section;
    const char *key, *what;
};

/** A formatted string in the diff's arena; "" when memory is out. */
const char *diff_format(struct diff *diff, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The next row, empty but for its subject; NULL (and `failed`) when there is no room. */
struct diff_row *diff_add_row(struct diff *diff, const struct diff_subject *subject);

void diff_add_number(struct diff *diff, const struct diff_subject *subject, enum diff_unit unit,
                     double from, double to);

/** NULL stands for a side that has no such thing. */
void diff_add_words(struct diff *diff, const struct diff_subject *subject, const char *from,
                    const char *to);

void diff_add_chance(struct diff *diff, const struct diff_subject *subject,
                     const struct probability *from, const struct probability *to);

/** Put both probabilities and whether their intervals overlap into the row. */
void diff_set_chance(struct diff_row *row, const struct probability *from,
                     const struct probability *to);

bool diff_same_chance(const struct probability *a, const struct probability *b);

/** Resources and settings of each component, and what the simulation found of it. */
void diff_add_components(struct diff *diff);
void diff_add_findings(struct diff *diff);
/** Whether each target holds, and how its bound was changed. */
void diff_add_targets(struct diff *diff);
void diff_add_bounds(struct diff *diff);
void diff_add_bill(struct diff *diff);

/** The headline of the rows made so far. */
void diff_set_headline(struct diff *diff);

#endif
