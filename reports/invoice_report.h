/**
 * A bill beside the predicted cost of a stack.
 */
#ifndef REPORTS_INVOICE_REPORT_H
#define REPORTS_INVOICE_REPORT_H

#include "reports/statement.h"
#include "sim/invoice_compare.h"

struct invoice_report {
    const struct invoice_comparison *comparison;
    const struct scenario *scenario;
    const struct plan_outcome *outcome; /**< of the stack as written */
};

/** For the terminal and for Markdown; strings live in `arena`. */
void invoice_report_make(struct arena *arena, const struct invoice_report *report,
                         struct statement *statement);

enum status invoice_report_json(const struct invoice_report *report, struct text *text,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** One row a line: item,unit,billed_quantity,billed_usd,predicted_quantity,predicted_usd,
 *  difference_usd,quantity_usd,price_usd,reason. */
enum status invoice_report_csv(const struct invoice_report *report, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
