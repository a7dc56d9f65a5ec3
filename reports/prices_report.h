/**
 * What an import of prices took, what it lacks and what it changed.
 */
#ifndef REPORTS_PRICES_REPORT_H
#define REPORTS_PRICES_REPORT_H

#include "reports/report.h"
#include "sim/prices_import_tables.h"

struct prices_report {
    const struct prices_import *prices;
    const struct prices_tables *tables;
    const char *folder; /**< where the tables were written */
    bool written;       /**< false: there was nothing to write */
};

/** For the terminal. */
enum status prices_report_text(const struct prices_report *report,
                               const struct report_text_options *options, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

enum status prices_report_markdown(const struct prices_report *report, struct text *text,
                                   struct diagnostics *diagnostics) MUST_CHECK;

enum status prices_report_json(const struct prices_report *report, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** The prices taken: region,type,price,usd,unit,as_of. */
enum status prices_report_csv(const struct prices_report *report, struct text *text,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
