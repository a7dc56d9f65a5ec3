#include "reports/chart_cost_group.h"
#include "reports/chart_parts.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/** As written, best, and each managed service. */
enum { ROWS_MAX = 2 + MANAGED_COUNT };

struct cost_row {
    const char *name;
    double usd;
    bool own; /**< a plan of ours, not a service */
    struct cost_groups groups;
};

struct cost_rows {
    struct cost_row rows[ROWS_MAX];
    size_t count;
};

static void add_row(struct cost_rows *rows, const char *name, bool own, const struct bill *bill) {
    struct cost_row *row = &rows->rows[rows->count];
    *row = (struct cost_row){.name = name, .own = own};
    cost_groups_add(&row->groups, bill, own);
    row->usd = cost_groups_total(&row->groups);
    rows->count++;
}

/** Our plans first, then the services, cheapest first. */
static void collect_rows(const struct result *result, struct cost_rows *rows) {
    rows->count = 0;
    if (result->as_written)
        add_row(rows, "As written", true, &result->as_written->bill);
    if (result->best)
        add_row(rows, "Best plan", true, &result->best->bill);
    size_t first = rows->count;
    for (size_t i = 0; i < MANAGED_COUNT; i++) {
        const struct managed_outcome *managed = &result->managed[i];
        if (managed->bill.count == 0)
            continue;
        add_row(rows, phrase_service(managed->service), false, &managed->bill);
        for (size_t at = rows->count - 1; at > first && rows->rows[at].usd < rows->rows[at - 1].usd;
             at--) {
            struct cost_row other = rows->rows[at];
            rows->rows[at] = rows->rows[at - 1];
            rows->rows[at - 1] = other;
        }
    }
}

bool chart_bars_wanted(const struct result *result) {
    struct cost_rows rows;
    collect_rows(result, &rows);
    return rows.count >= 2;
}

/** What the own plan costs against the baseline, as the end of a sentence. */
static void print_comparison(const struct result *result, double own, char *buffer, size_t size) {
    enum managed_service baseline = result->scenario->managed.baseline;
    double other = result->managed[baseline].monthly_usd;
    char share[CHART_WORD_BYTES];
    buffer[0] = '\0';
    if (other <= 0)
        return;
    double saved = 1 - own / other;
    const char *name = phrase_service(baseline);
    if (fabs(saved) < 0.005)
        snprintf(buffer, size, ", as much as %s", name);
    else if (saved < -1)
        snprintf(buffer, size, ", %.1f times as much as %s", own / other, name);
    else
        snprintf(buffer, size, ", %s %s than %s", phrase_share(share, sizeof share, fabs(saved)),
                 saved > 0 ? "less" : "more", name);
}

void chart_bars_describe(const struct chart_subject *subject, struct chart *chart) {
    const struct result *result = subject->result;
    const struct plan_outcome *own = result->best ? result->best : result->as_written;
    char usd[CHART_WORD_BYTES], comparison[CHART_WORD_BYTES];
    double cost = own ? own->monthly_usd.p50 : 0;
    print_comparison(result, cost, comparison, sizeof comparison);
    if (own)
        snprintf(chart->title, sizeof chart->title, "%s costs %s a month%s",
                 result->best ? "The best plan" : "The stack as written",
                 units_print_usd(usd, sizeof usd, cost), comparison);
    else
        snprintf(chart->title, sizeof chart->title, "What managed services cost a month");
    snprintf(chart->subtitle, sizeof chart->subtitle,
             "US dollars a month for the same logs and traces");
    struct cost_rows rows;
    collect_rows(result, &rows);
    size_t used = (size_t)snprintf(chart->description, sizeof chart->description,
                                   "Monthly cost in US dollars:");
    for (size_t i = 0; i < rows.count && used < sizeof chart->description; i++)
        used += (size_t)snprintf(chart->description + used, sizeof chart->description - used,
                                 "%s %s %s", i > 0 ? "," : "", rows.rows[i].name,
                                 units_print_usd(usd, sizeof usd, rows.rows[i].usd));
    if (used < sizeof chart->description)
        snprintf(chart->description + used, sizeof chart->description - used, ".");
}

/** What drawing needs at hand. */
struct bars {
    const struct result *result;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
    struct plot_scale x;
    double row_height, bar_height;
};

/** Pale vertical lines, but where the bars begin, with their dollars below. */
static void draw_dollars(const struct bars *bars, const struct plot_ticks *ticks) {
    for (size_t i = 1; i < ticks->count; i++) {
        double x = plot_scale_at(&bars->x, plot_tick(ticks, i));
        plot_line(bars->plot, x, bars->area.top, x, bars->area.bottom, chart_stroke(1, chart_grid));
    }
    chart_column_labels(bars->plot, bars->layout, bars->area.bottom + 8 + bars->layout->text_size,
                        ticks, &bars->x, "$");
}

/** The bar's parts side by side, a hair of white between them. Returns where it ends. */
static double draw_parts(const struct bars *bars, const struct cost_row *row, double top) {
    double sum = 0, end = bars->x.from;
    for (size_t g = 0; g < COST_GROUP_COUNT; g++) {
        if (row->groups.usd[g] <= 0)
            continue;
        double start = end;
        sum += row->groups.usd[g];
        end = plot_scale_at(&bars->x, sum);
        double gap = end - start > 4 && start > bars->x.from ? 1.5 : 0;
        plot_box(bars->plot, start + gap, top, end, top + bars->bar_height,
                 cost_group_color((enum cost_group)g));
    }
    return end;
}

/** Below the bar: a swatch, the name and the dollars of each part. */
static void name_parts(const struct bars *bars, const struct cost_row *row, double baseline) {
    struct plot_font font = chart_font(bars->layout->text_size - 1, false, chart_muted);
    double x = bars->x.from;
    if (row->usd <= 0)
        plot_label(bars->plot, x, baseline, PLOT_ANCHOR_START, font, "Within what is free");
    for (size_t g = 0; g < COST_GROUP_COUNT; g++) {
        if (row->groups.usd[g] <= 0)
            continue;
        char usd[CHART_WORD_BYTES], label[2 * CHART_WORD_BYTES];
        snprintf(label, sizeof label, "%s %s", cost_group_name((enum cost_group)g),
                 chart_short_usd(usd, sizeof usd, row->groups.usd[g]));
        double end = x + 12 + plot_text_width(bars->plot, label, font.size, false);
        plot_box(bars->plot, x, baseline - font.size, end + 4, baseline + 4, chart_white);
        plot_box(bars->plot, x, baseline - 8.5, x + 8, baseline - 0.5,
                 cost_group_color((enum cost_group)g));
        plot_label(bars->plot, x + 12, baseline, PLOT_ANCHOR_START, font, label);
        x = end + 14;
    }
}

static const struct scenario_target *budget_of(const struct bars *bars) {
    const struct scenario_target *target = &bars->result->scenario->targets.cost;
    return target->set && target->bound <= bars->x.high ? target : NULL;
}

/** The cost target as a short stroke across an own bar. Returns its pixel, or the bar's start. */
static double draw_budget(const struct bars *bars, double top) {
    const struct scenario_target *target = budget_of(bars);
    if (!target)
        return bars->x.from;
    double x = plot_scale_at(&bars->x, target->bound);
    plot_line(bars->plot, x, top - 5, x, top + bars->bar_height + 5,
              chart_stroke(2.5, chart_vermillion));
    return x;
}

/** Say what the stroke across the own bars is, at most as far right as the picture allows. */
static void name_budget(const struct bars *bars, double x, double y) {
    const struct scenario_target *target = budget_of(bars);
    if (!target)
        return;
    char usd[CHART_WORD_BYTES], label[CHART_WORD_BYTES + 16];
    snprintf(label, sizeof label, "Target: at most %s",
             chart_short_usd(usd, sizeof usd, target->bound));
    double size = bars->layout->text_size;
    double width = plot_text_width(bars->plot, label, size, true);
    plot_label(bars->plot, fmin(x, bars->layout->width - bars->layout->margin - width), y,
               PLOT_ANCHOR_START, chart_font(size, true, chart_vermillion_ink), label);
}

/** The line that bars begin at. */
static void draw_axis(const struct bars *bars, double top, double bottom) {
    plot_line(bars->plot, bars->area.left, top, bars->area.left, bottom,
              chart_stroke(1.4, chart_axis));
}

/** The row's bar, its sum at the end, and its parts below. */
static void draw_bar(const struct bars *bars, const struct cost_row *row, double top) {
    double size = bars->layout->text_size;
    double end = draw_parts(bars, row, top);
    double budget = row->own ? draw_budget(bars, top) : bars->x.from;
    char usd[CHART_WORD_BYTES];
    units_print_usd(usd, sizeof usd, row->usd);
    double width = plot_text_width(bars->plot, usd, size, true);
    if (budget > end - 4 && budget < end + 8 + width + 6)
        end = budget;
    plot_label(bars->plot, end + 8, top + bars->bar_height / 2 + 0.35 * size, PLOT_ANCHOR_START,
               chart_font(size, true, chart_ink), usd);
    name_parts(bars, row, top + bars->bar_height + size + 2);
}

/** Wide: the name left of the bar. Narrow: above it. */
static void draw_row(const struct bars *bars, const struct cost_row *row, double top) {
    const struct chart_layout *layout = bars->layout;
    double size = layout->text_size;
    struct plot_font font = chart_font(size, row->own, chart_ink);
    double bar_top = layout->narrow ? top + size + 7 : top + 4;
    if (layout->narrow)
        plot_label(bars->plot, layout->margin, top + size, PLOT_ANCHOR_START, font, row->name);
    else
        plot_label(bars->plot, bars->area.left - 12, bar_top + bars->bar_height / 2 + 0.35 * size,
                   PLOT_ANCHOR_END, font, row->name);
    draw_bar(bars, row, bar_top);
    /* Names above the bars stand on no line. */
    if (layout->narrow)
        draw_axis(bars, bar_top - 2, bar_top + bars->bar_height + 2);
}

/** Room for names at the left and for sums at the right; scale and ticks between them. */
static struct plot_ticks lay_out(struct bars *bars, const struct cost_rows *rows, double top) {
    const struct chart_layout *layout = bars->layout;
    double highest = 0, name = 0, sum = 0;
    for (size_t i = 0; i < rows->count; i++) {
        char usd[CHART_WORD_BYTES];
        units_print_usd(usd, sizeof usd, rows->rows[i].usd);
        highest = fmax(highest, rows->rows[i].usd);
        name = fmax(name, plot_text_width(bars->plot, rows->rows[i].name, layout->text_size, true));
        sum = fmax(sum, plot_text_width(bars->plot, usd, layout->text_size, true));
    }
    bars->area = (struct chart_area){
        layout->margin + (layout->narrow ? 0 : name + 12), top + 12 + 2 * layout->text_size,
        layout->width - layout->margin - sum - 10, layout->height - 40};
    struct plot_ticks ticks = chart_column_ticks(bars->plot, layout, 0, highest, false,
                                                 bars->area.right - bars->area.left, "$");
    bars->x = (struct plot_scale){0, plot_tick_last(&ticks), bars->area.left, bars->area.right};
    bars->row_height = (bars->area.bottom - bars->area.top) / (double)rows->count;
    bars->bar_height = fmin(layout->narrow ? 16 : 26, bars->row_height - 2.4 * layout->text_size);
    return ticks;
}

void chart_bars_draw(const struct chart_subject *subject, const struct chart *chart,
                     const struct chart_layout *layout, struct plot *plot) {
    struct cost_rows rows;
    collect_rows(subject->result, &rows);
    struct bars bars = {.result = subject->result, .layout = layout, .plot = plot};
    struct plot_ticks ticks = lay_out(&bars, &rows, chart_header(chart, layout, plot));
    draw_dollars(&bars, &ticks);
    name_budget(&bars, plot_scale_at(&bars.x, subject->result->scenario->targets.cost.bound) - 1,
                bars.area.top - 8);
    for (size_t i = 0; i < rows.count; i++)
        draw_row(&bars, &rows.rows[i], bars.area.top + (double)i * bars.row_height);
    if (!layout->narrow)
        draw_axis(&bars, bars.area.top, bars.area.bottom);
}
