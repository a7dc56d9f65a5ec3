#include "reports/chart_parts.h"

#include "reports/phrase.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool chart_tornado_wanted(const struct result *result) {
    return result->sensitivity_summary.known && result->sensitivity_count > 0;
}

/** The input whose ends lie farthest apart in risk; those alike in their order. */
static const struct sensitivity *widest(const struct result *result) {
    const struct sensitivity *row = &result->sensitivity[0];
    for (size_t i = 1; i < result->sensitivity_count; i++) {
        const struct sensitivity *other = &result->sensitivity[i];
        if (fabs(other->high.risk - other->low.risk) > fabs(row->high.risk - row->low.risk))
            row = other;
    }
    return row;
}

void chart_tornado_describe(const struct chart_subject *subject, struct chart *chart) {
    const struct result *result = subject->result;
    const struct sensitivity *row = widest(result);
    char low[CHART_WORD_BYTES], high[CHART_WORD_BYTES];
    if (fabs(row->high.risk - row->low.risk) < 5e-4)
        snprintf(chart->title, sizeof chart->title, "No uncertain input moves the risk");
    else
        snprintf(chart->title, sizeof chart->title,
                 "The risk hangs most on %s: %s at its 10th percentile, %s at its 90th", row->noun,
                 chart_share(low, sizeof low, row->low.risk),
                 chart_share(high, sizeof high, row->high.risk));
    snprintf(chart->subtitle, sizeof chart->subtitle,
             "Chance that %s misses a target but cost and savings; inputs that would change the "
             "decision in bold",
             result->best ? "the best plan" : "the stack as written");
    size_t used = (size_t)snprintf(chart->description, sizeof chart->description,
                                   "Chance of a miss at the 10th and 90th percentile:");
    for (size_t i = 0; i < result->sensitivity_count && used < sizeof chart->description; i++) {
        const struct sensitivity *input = &result->sensitivity[i];
        used += (size_t)snprintf(chart->description + used, sizeof chart->description - used,
                                 "%s %s %s, %s", i > 0 ? ";" : "", input->title,
                                 phrase_chance(low, sizeof low, input->low.risk),
                                 phrase_chance(high, sizeof high, input->high.risk));
    }
    if (used < sizeof chart->description)
        snprintf(chart->description + used, sizeof chart->description - used, ".");
}

/** What drawing needs at hand. */
struct tornado {
    const struct result *result;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
    struct plot_scale x; /**< per cent */
    double row_height, bar_height;
    double base; /**< pixel of the base's risk */
};

/** The cheapest plan's price at both ends: `$64`, `$64 to $127`. */
static void print_prices(const struct sensitivity *row, char *buffer, size_t size) {
    char low[CHART_WORD_BYTES] = "none", high[CHART_WORD_BYTES] = "none";
    if (row->low.found)
        chart_short_usd(low, sizeof low, row->low.monthly_usd);
    if (row->high.found)
        chart_short_usd(high, sizeof high, row->high.monthly_usd);
    if (strcmp(low, high) == 0)
        snprintf(buffer, size, "%s", low);
    else
        snprintf(buffer, size, "%s to %s", low, high);
}

/** A swatch and what it stands for; returns where the next begins. */
static double draw_key(const struct tornado *tornado, double x, double y, struct plot_color color,
                       const char *words) {
    struct plot_font font = chart_font(tornado->layout->text_size, false, chart_muted);
    plot_box(tornado->plot, x, y - 10, x + 10, y, color);
    plot_label(tornado->plot, x + 15, y, PLOT_ANCHOR_START, font, words);
    return x + 15 + plot_text_width(tornado->plot, words, font.size, false) + 18;
}

static void draw_keys(const struct tornado *tornado, double y) {
    const struct chart_layout *layout = tornado->layout;
    double x = layout->narrow ? layout->margin : tornado->area.left;
    x = draw_key(tornado, x, y, chart_blue, layout->narrow ? "10th" : "at its 10th percentile");
    draw_key(tornado, x, y, chart_orange, layout->narrow ? "90th" : "at its 90th, with a dot");
    plot_label(tornado->plot, layout->width - layout->margin, y, PLOT_ANCHOR_END,
               chart_font(layout->text_size, false, chart_muted), "Cheapest plan");
}

static void draw_bars(const struct tornado *tornado, const struct sensitivity *row, double top) {
    const double low = plot_scale_at(&tornado->x, 100 * row->low.risk);
    const double high = plot_scale_at(&tornado->x, 100 * row->high.risk);
    const double middle = top + tornado->bar_height / 2;
    if (fabs(low - tornado->base) > 0.5)
        plot_box(tornado->plot, fmin(low, tornado->base), top, fmax(low, tornado->base),
                 top + tornado->bar_height, chart_blue);
    /* Half as high, so that both show where they lie on the same side. */
    if (fabs(high - tornado->base) > 0.5)
        plot_box(tornado->plot, fmin(high, tornado->base), top + tornado->bar_height / 4,
                 fmax(high, tornado->base), top + 0.75 * tornado->bar_height, chart_orange);
    plot_disc(tornado->plot, high, middle, tornado->bar_height / 2 - 1, chart_orange,
              chart_stroke(1.2, chart_white));
}

/** Wide: the name left of the bars. Narrow: above them. Prices at the right. */
static void draw_row(const struct tornado *tornado, const struct sensitivity *row, double top) {
    const struct chart_layout *layout = tornado->layout;
    const double size = layout->text_size;
    const struct plot_font name = chart_font(size, row->decides, chart_ink);
    char prices[3 * CHART_WORD_BYTES];
    print_prices(row, prices, sizeof prices);
    double bar_top = top + (tornado->row_height - tornado->bar_height) / 2;
    double baseline = bar_top + tornado->bar_height / 2 + 0.35 * size;
    if (layout->narrow) {
        baseline = top + size;
        bar_top = baseline + 6;
        plot_box(tornado->plot, layout->margin, top,
                 layout->margin + plot_text_width(tornado->plot, row->title, size, row->decides),
                 baseline + 4, chart_white);
        plot_label(tornado->plot, layout->margin, baseline, PLOT_ANCHOR_START, name, row->title);
    } else {
        plot_label(tornado->plot, tornado->area.left - 12, baseline, PLOT_ANCHOR_END, name,
                   row->title);
    }
    plot_label(tornado->plot, layout->width - layout->margin, baseline, PLOT_ANCHOR_END,
               chart_font(size, false, chart_ink), prices);
    draw_bars(tornado, row, bar_top);
}

/** Room for names at the left and for prices at the right; ticks of the scale between them. */
static struct plot_ticks lay_out(struct tornado *tornado, double top) {
    const struct chart_layout *layout = tornado->layout;
    const struct result *result = tornado->result;
    double highest = result->sensitivity_summary.base.risk, name = 0;
    double price = plot_text_width(tornado->plot, "Cheapest plan", layout->text_size, false);
    for (size_t i = 0; i < result->sensitivity_count; i++) {
        const struct sensitivity *row = &result->sensitivity[i];
        char prices[3 * CHART_WORD_BYTES];
        print_prices(row, prices, sizeof prices);
        highest = fmax(highest, fmax(row->low.risk, row->high.risk));
        name = fmax(name, plot_text_width(tornado->plot, row->title, layout->text_size, true));
        price = fmax(price, plot_text_width(tornado->plot, prices, layout->text_size, false));
    }
    tornado->area = (struct chart_area){
        layout->margin + (layout->narrow ? 8 : name + 12), top + 16 + 2 * layout->text_size,
        layout->width - layout->margin - (layout->narrow ? 8 : price + 20), layout->height - 62};
    struct plot_ticks ticks =
        chart_column_ticks(tornado->plot, layout, 0, fmax(100 * highest, 0.1), false,
                           tornado->area.right - tornado->area.left, "");
    tornado->x =
        (struct plot_scale){0, plot_tick_last(&ticks), tornado->area.left, tornado->area.right};
    tornado->base = plot_scale_at(&tornado->x, 100 * result->sensitivity_summary.base.risk);
    tornado->row_height =
        (tornado->area.bottom - tornado->area.top) / (double)result->sensitivity_count;
    tornado->bar_height = layout->narrow ? 12 : fmin(18, tornado->row_height - 8);
    return ticks;
}

void chart_tornado_draw(const struct chart_subject *subject, const struct chart *chart,
                        const struct chart_layout *layout, struct plot *plot) {
    struct tornado tornado = {.result = subject->result, .layout = layout, .plot = plot};
    struct plot_ticks ticks = lay_out(&tornado, chart_header(chart, layout, plot));
    draw_keys(&tornado, tornado.area.top - 12);
    for (size_t i = 0; i < ticks.count; i++) {
        const double x = plot_scale_at(&tornado.x, plot_tick(&ticks, i));
        plot_line(plot, x, tornado.area.top, x, tornado.area.bottom, chart_stroke(1, chart_grid));
    }
    plot_line(plot, tornado.base, tornado.area.top, tornado.base, tornado.area.bottom,
              chart_stroke(1.4, chart_ink));
    for (size_t i = 0; i < subject->result->sensitivity_count; i++)
        draw_row(&tornado, &subject->result->sensitivity[i],
                 tornado.area.top + (double)i * tornado.row_height);
    chart_columns(plot, layout, &tornado.area, &ticks, &tornado.x, "",
                  "Chance of a miss, %; the line: as it is");
}
