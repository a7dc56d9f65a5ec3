/**
 * The reports of a sweep: a table with a row a point, as CSV, for the terminal, as Markdown and as
 * a page with a chart.
 *
 * All of them are the same bytes however the sweep was computed. Writers only read.
 */
#ifndef REPORTS_SWEEP_REPORT_H
#define REPORTS_SWEEP_REPORT_H

#include "reports/report.h"
#include "sim/sweep.h"

/**
 * `sweep.csv`: the varied keys; `verdict` (`holds` or `missed`: as written or with the best plan);
 * `as_written` (`holds` or `missed`); `as_written_usd_per_month`; `TARGET_probability` of the stack
 * as written for each of the six targets, as in result.json (for out_of_memory that of a kill);
 * `best_nodes`; `best_usd_per_month`. Empty: a target that is not set, no best plan. Amounts are
 * medians, with the six digits of result.json.
 */
enum status sweep_csv(const struct sweep *sweep, struct text *text,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** For the terminal: the finding, then the table, cut after SWEEP_REPORT_ROWS_MAX rows. */
enum status sweep_text(const struct sweep *sweep, const struct report_text_options *options,
                       struct text *text, struct diagnostics *diagnostics) MUST_CHECK;
#define SWEEP_REPORT_ROWS_MAX 200

/** The same as Markdown. */
enum status sweep_markdown(const struct sweep *sweep, struct text *text,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** `sweep.html`: one self-contained page with all points and, where one or two keys vary, a
 *  chart. */
enum status sweep_html(const struct sweep *sweep, struct text *text,
                       struct diagnostics *diagnostics) MUST_CHECK;

/** Write sweep.csv and sweep.html into `folder`, which is made. */
enum status sweep_write_files(const struct sweep *sweep, const char *folder,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
