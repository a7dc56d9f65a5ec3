/**
 * What every HTML page of the program shares: its head with the style inside, and charts.
 */
#ifndef REPORTS_HTML_PAGE_H
#define REPORTS_HTML_PAGE_H

#include "reports/charts.h"
#include "sim/base/status.h"
#include "sim/base/text.h"

/** From the doctype to the opening of the body. */
enum status html_head(struct text *text, const char *title,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** A chart in its two layouts, with its description below. */
void html_chart(struct text *text, const struct chart *chart);

#endif
