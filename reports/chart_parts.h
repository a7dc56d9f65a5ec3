/**
 * What the charts share: their look, their layouts, their headers, and what charts.c calls.
 *
 * Private to reports/chart*.c. Thread safety: every function is reentrant.
 */
#ifndef REPORTS_CHART_PARTS_H
#define REPORTS_CHART_PARTS_H

#include "reports/charts.h"
#include "reports/plot.h"
#include "reports/plot_axis.h"
#include "sim/result.h"

#include <stdbool.h>
#include <stddef.h>

/** Enough for a number, an amount or a noun in a headline. */
#define CHART_WORD_BYTES 32

/** Colours of Okabe and Ito, which people who see few colours tell apart, and quiet greys. */
extern const struct plot_color chart_blue, chart_orange, chart_green, chart_vermillion,
    chart_purple, chart_sky, chart_yellow;
extern const struct plot_color chart_vermillion_ink; /**< dark enough for text */
extern const struct plot_color chart_ink, chart_muted, chart_axis, chart_grid, chart_white;

/** Where things stand in one of the two sizes. */
struct chart_layout {
    bool narrow;
    double width, height;
    double margin;                /**< of texts, left and right */
    double title_size, text_size; /**< pixels */
};

/** What one chart shows; all borrowed. */
struct chart_subject {
    const struct result *result;
    const struct plan_outcome *plan; /**< fans: whose series it is */
    const struct series *series;     /**< fans */
    enum component component;        /**< fans */
};

/** Fill in title, subtitle and description of `chart`, whose kind and name are set. */
void chart_fan_describe(const struct chart_subject *subject, struct chart *chart);
void chart_bars_describe(const struct chart_subject *subject, struct chart *chart);
void chart_break_even_describe(const struct chart_subject *subject, struct chart *chart);
void chart_pareto_describe(const struct chart_subject *subject, struct chart *chart);
void chart_tornado_describe(const struct chart_subject *subject, struct chart *chart);

/** Draw the chart below its header. */
void chart_fan_draw(const struct chart_subject *subject, const struct chart *chart,
                    const struct chart_layout *layout, struct plot *plot);
void chart_bars_draw(const struct chart_subject *subject, const struct chart *chart,
                     const struct chart_layout *layout, struct plot *plot);
void chart_break_even_draw(const struct chart_subject *subject, const struct chart *chart,
                           const struct chart_layout *layout, struct plot *plot);
void chart_pareto_draw(const struct chart_subject *subject, const struct chart *chart,
                       const struct chart_layout *layout, struct plot *plot);
void chart_tornado_draw(const struct chart_subject *subject, const struct chart *chart,
                        const struct chart_layout *layout, struct plot *plot);

/** Whether there is anything to compare or to place. */
bool chart_bars_wanted(const struct result *result);
bool chart_break_even_wanted(const struct result *result);
bool chart_pareto_wanted(const struct result *result);
bool chart_tornado_wanted(const struct result *result);

struct plot_font chart_font(double size, bool bold, struct plot_color color);
struct plot_stroke chart_stroke(double width, struct plot_color color);

/** Draw title and subtitle, wrapped; returns the pixel row below them. */
double chart_header(const struct chart *chart, const struct chart_layout *layout,
                    struct plot *plot);

/** A rectangle of the picture, y down. */
struct chart_area {
    double left, top, right, bottom;
};

/** Grid lines and labels of a vertical axis at the left of `area`; `prefix` and `suffix` stand
 *  around each number. */
void chart_rows(struct plot *plot, const struct chart_layout *layout, const struct chart_area *area,
                const struct plot_ticks *ticks, const struct plot_scale *scale, const char *prefix,
                const char *suffix);

/** Ticks for a horizontal axis `width` pixels long, few enough that their labels keep apart.
 *  `inside`: the axis ends at `high`, else it reaches round values. */
struct plot_ticks chart_column_ticks(struct plot *plot, const struct chart_layout *layout,
                                     double low, double high, bool inside, double width,
                                     const char *prefix);

/** The labels of a horizontal axis, each below its tick but inside the picture. */
void chart_column_labels(struct plot *plot, const struct chart_layout *layout, double baseline,
                         const struct plot_ticks *ticks, const struct plot_scale *scale,
                         const char *prefix);

/** The line at the bottom of `area` with tick marks, labels, and the axis' title below. */
void chart_columns(struct plot *plot, const struct chart_layout *layout,
                   const struct chart_area *area, const struct plot_ticks *ticks,
                   const struct plot_scale *scale, const char *prefix, const char *title);

/** A tick's number with thousands separated: `1,500`, `0.5`. */
char *chart_number(char *buffer, size_t size, double value, int decimals);

/** Dollars with cents only below ten: `$32`, `$1.28`. */
char *chart_short_usd(char *buffer, size_t size, double usd);

/** A chance for the middle of a sentence: `94 %`, `less than 0.1 %`. */
char *chart_share(char *buffer, size_t size, double chance);

/** An amount of memory or disk in few digits: `2 GiB`, `1.31 GiB`, `512 MiB`. */
char *chart_gib(char *buffer, size_t size, double gib);

#endif
