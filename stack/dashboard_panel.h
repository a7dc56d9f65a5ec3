/**
 * One dashboard as rows of panels, and its JSON as Grafana 11.4 reads it. Private to
 * stack/dashboard*.c.
 *
 * Panels are written down in tables; this file alone knows Grafana's JSON. Panels fill the grid
 * from left to right and wrap; a row heading begins a new line.
 *
 * Ownership: everything is borrowed. Thread safety: every function is reentrant.
 */
#ifndef STACK_DASHBOARD_PANEL_H
#define STACK_DASHBOARD_PANEL_H

#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum panel_kind {
    PANEL_ROW,    /**< a heading over the panels that follow; only its title counts */
    PANEL_SERIES, /**< LogQL over time */
    PANEL_STAT,   /**< one number of LogQL over the whole range, large */
    PANEL_TABLE,  /**< LogQL over the whole range, one line a label set */
    PANEL_LOGS,   /**< log lines */
    PANEL_TRACES  /**< traces that TraceQL finds */
};

/** Queries of one panel: a measured one and up to six constants. */
#define PANEL_QUERIES_MAX 7

struct panel_query {
    const char *text;   /**< LogQL, or TraceQL for PANEL_TRACES */
    const char *legend; /**< `{{label}}` takes a label's value */
};

struct panel {
    enum panel_kind kind;
    const char *title;
    const char *unit; /**< Grafana's id of a unit, such as `Bps`, or `suffix:lines/s` */
    const char *description;
    const char *no_data;
    int width;              /**< of 24 */
    int height;             /**< in grid lines of 30 pixels */
    bool stacked;           /**< a series' areas on top of each other */
    double warn, bad;       /**< from here on orange, red; 0 for neither */
    const char *time_from;  /**< `1h`: this much time instead of the dashboard's; or NULL */
    const char *time_shift; /**< `166h`: so long ago; or NULL */
    struct panel_query queries[PANEL_QUERIES_MAX]; /**< up to the first without a text */
};

struct dashboard_variable {
    const char *name, *label, *description;
    const char *loki_label; /**< offers the values of this label; NULL: a text box */
    const char *all;        /**< regular expression for "All", or the text box's content */
};

#define DASHBOARD_VARIABLES_MAX 2

struct dashboard_page {
    const char *uid, *title, *description;
    const char *from;                                             /**< `now-6h` */
    const char *refresh;                                          /**< `5m` */
    struct dashboard_variable variables[DASHBOARD_VARIABLES_MAX]; /**< up to the first unnamed */
    const struct panel *panels;                                   /**< [panel_count] */
    size_t panel_count;
};

/** Names of the constants that stand for the plan; they are drawn as thin lines, not as areas. */
#define PANEL_PLAN_P5 "plan P5"
#define PANEL_PLAN_P50 "plan P50"
#define PANEL_PLAN_P95 "plan P95"
#define PANEL_PLAN_P99 "plan P99"
#define PANEL_PLAN_MEAN "plan mean"
#define PANEL_PLAN_PEAK "plan busiest hour"
#define PANEL_LIMIT "limit"

/** Add the dashboard's JSON to `text`; ends in a newline. */
enum status dashboard_page_json(const struct dashboard_page *page, struct text *text,
                                struct diagnostics *diagnostics) MUST_CHECK;

#endif
