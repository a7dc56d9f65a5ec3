/**
 * The parts reports/content.c puts together; each adds its sheets to the content.
 *
 * When memory runs out they set `failed` and go on; content_make() looks once, at its end.
 */
#ifndef REPORTS_CONTENT_PARTS_H
#define REPORTS_CONTENT_PARTS_H

#include "reports/changes.h"
#include "reports/content.h"

/** A formatted string in the content's arena; "" when memory is out. */
const char *content_print(struct content *content, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The engine's words as reports write them: `95%` becomes `95 %`; NULL becomes "". */
const char *content_words(struct content *content, const char *words);

/** Add a fact; facts past CONTENT_FACTS_MAX are left out. */
void content_fact(struct content *content, const char *label, enum tone tone, const char *text);

/** Start the next sheet. Never NULL: past CONTENT_SHEETS_MAX the content fails. */
struct sheet *content_sheet(struct content *content, const char *id, const char *title,
                            const struct sheet_column *columns, size_t column_count,
                            size_t row_capacity);

/** Drop the newest sheet when it has no rows. */
void content_sheet_end(struct content *content);

/** `$33.17` of an amount in the content's arena. */
const char *content_usd(struct content *content, double usd);

/** A plan's bill and what is spent a month: `1 x t3.medium, $33.17 a month`. */
const char *content_plan_price(struct content *content, const struct plan_outcome *outcome);

/** changes_list() in the content's arena; when memory is out the content has failed. */
const struct change *content_changes(struct content *content, const struct plan *from,
                                     const struct plan *to, size_t *count);

/** Targets side by side, and why each holds or not. */
void content_add_targets(struct content *content);

/** What the best plan changes, resources of each component, nodes and other risks. */
void content_add_changes(struct content *content);
void content_add_resources(struct content *content);
void content_add_risks(struct content *content);
void content_add_nodes(struct content *content);

/** The bill line by line, managed services, the brief's table, alternatives. */
void content_add_cost(struct content *content);
void content_add_managed(struct content *content);
void content_add_baseline(struct content *content);
void content_add_brief(struct content *content);
void content_add_alternatives(struct content *content);

/** Headroom and the next cheaper plan, for the first screen. */
void content_add_limit_facts(struct content *content);
/** Why nothing cheaper holds, and where managed services cost the same. */
void content_add_cheaper(struct content *content);
void content_add_break_even(struct content *content);

/** What to measure next, for the first screen; what moves risk and cost. Nothing unless asked for.
 */
void content_add_sensitivity_fact(struct content *content);
void content_add_sensitivity(struct content *content);

/** Whose calibration is used, for the first screen; nothing where it is the shipped one. */
void content_add_calibration_fact(struct content *content);

/** Errors of the models, and notes. */
void content_add_trust(struct content *content);
void content_add_notes(struct content *content);

#endif
