/**
 * What an import of prices took, what it lacks and what it changed.
 */
#ifndef REPORTS_PRICES_REPORT_H
#define REPORTS_PRICES_REPORT_H

#include "reports/statement.h"
#include "sim/prices_import_tables.h"

struct prices_report {
    const struct prices_import *prices;
    const struct prices_tables *tables;
    const char *folder; /**< where the tables were written */
    bool written;       /**< false: there was nothing to write */
};

/** For the terminal and for Markdown; strings live in `arena`. */
void prices_report_make(struct arena *arena, const struct prices_report *report,
                        struct statement *statement);

enum status prices_report_json(const struct prices_report *report, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** The prices taken: region,type,price,usd,unit,as_of. */
enum status prices_report_csv(const struct prices_report *report, struct text *text,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
