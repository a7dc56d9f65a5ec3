/**
 * A bill beside the predicted cost of a stack.
 */
#ifndef REPORTS_INVOICE_REPORT_H
#define REPORTS_INVOICE_REPORT_H

#include "reports/report.h"
#include "sim/invoice_compare.h"

struct invoice_report {
    const struct invoice_comparison *comparison;
    const struct scenario *scenario;
    const struct plan_outcome *outcome; /**< of the stack as written */
};

/** For the terminal. */
enum status invoice_report_text(const struct invoice_report *report,
                                const struct report_text_options *options, struct text *text,
                                struct diagnostics *diagnostics) MUST_CHECK;

enum status invoice_report_markdown(const struct invoice_report *report, struct text *text,
                                    struct diagnostics *diagnostics) MUST_CHECK;

enum status invoice_report_json(const struct invoice_report *report, struct text *text,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** One row a line: item,unit,billed_quantity,billed_usd,predicted_quantity,predicted_usd,
 *  difference_usd,quantity_usd,price_usd,reason. */
enum status invoice_report_csv(const struct invoice_report *report, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
