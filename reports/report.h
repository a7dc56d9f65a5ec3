/**
 * The reports of a run: one writer a format, all from the same result.
 *
 * Every writer adds to a text and touches no file but report_write_files(). On failure it returns
 * the status and has added a diagnostic; what is in the text then is of no use. Writers only read:
 * several may run at once on one result.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "models/calibration.h"
#include "reports/charts.h"
#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/result.h"

#include <stdbool.h>

/** What every writer reads; all borrowed. */
struct report {
    const struct result *result;
    const struct calibration *calibration; /**< for how far to trust the figures; may be NULL */
    bool strict;                           /**< the stack as written alone decides (--strict) */
};

/** Columns of the terminal below which report_text() does not go. */
#define REPORT_TEXT_WIDTH_MIN 60

struct report_text_options {
    unsigned width;     /**< columns that a line may take; 100 when 0 */
    bool color;         /**< ANSI colour and bold; never the only carrier of a meaning */
    const char *folder; /**< where the run's files were written; NULL when none were */
};

/** For the terminal: verdict, limit and fix first, then the tables. No line is wider than asked. */
enum status report_text(const struct report *report, const struct report_text_options *options,
                        struct text *text, struct diagnostics *diagnostics) MUST_CHECK;

/** `result.json`. STATUS_INTERNAL when a number of the result is not finite. */
enum status report_json(const struct report *report, struct text *text,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** `cost.csv`: plan,component,item,quantity,unit,usd_per_unit,usd_per_month,price_source for the
 *  stack as written, the best plan and each managed service. */
enum status report_cost_csv(const struct report *report, struct text *text,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** `series.csv`: plan,series,unit,day,p5,p25,p50,p75,p95,limit; the limit is empty when there is
 *  none. */
enum status report_series_csv(const struct report *report, struct text *text,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** Markdown that fits a pull-request comment; begins with REPORT_MARKDOWN_MARKER so that a bot
 *  finds and replaces its own comment. */
enum status report_markdown(const struct report *report, struct text *text,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** The marker's form; `%s` is the scenario's name. */
#define REPORT_MARKDOWN_MARKER "<!-- simulate-report: %s -->\n"

/** One self-contained HTML page: style and charts inside, no script, nothing loaded. `charts` may
 *  be NULL. */
enum status report_html(const struct report *report, const struct chart_set *charts,
                        struct text *text, struct diagnostics *diagnostics) MUST_CHECK;

/** GitHub Actions: `summary` takes Markdown for the step summary; `commands` takes one workflow
 *  command a missed target (`::error file=...::`, or `::warning` when the best plan holds and
 *  the report is not strict). */
enum status report_github(const struct report *report, struct text *summary, struct text *commands,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** Diagnostics as workflow commands: `::error file=...,line=...,col=...::message`. */
void report_github_diagnostics(const struct diagnostics *list, struct text *commands);

/** Write report.html, report.md, result.json, cost.csv, series.csv and plots/NAME.{svg,png} into
 *  `folder`, which is made. `charts` may be NULL: then no plots. */
enum status report_write_files(const struct report *report, const struct chart_set *charts,
                               const char *folder, struct diagnostics *diagnostics) MUST_CHECK;

#endif
