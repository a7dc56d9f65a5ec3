/* The load from which running the stack yourself is cheaper, a row a managed service. */
#include "reports/break_even.h"
#include "reports/chart_parts.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>

bool chart_break_even_wanted(const struct result *result) {
    struct break_even_list list;
    break_even_collect(result, &list);
    for (size_t i = 0; i < list.count; i++)
        if (list.points[i]->found && list.points[i]->log_gb_per_day > 0)
            return true;
    return false;
}

/** `0.033 GB`. */
static char *print_gb(char *buffer, size_t size, double gb) {
    char number[CHART_WORD_BYTES];
    snprintf(buffer, size, "%s GB", phrase_number(number, sizeof number, gb));
    return buffer;
}

/** Every service costs more than the plan: where that would end. `nearest` comes next to cost less,
 *  were the load smaller. */
static void title_all_dearer(const char *plan, const struct break_even *nearest,
                             struct chart *chart) {
    char gb[CHART_WORD_BYTES];
    snprintf(chart->title, sizeof chart->title,
             "%s is cheaper than every managed service down to %s of logs a day", plan,
             print_gb(gb, sizeof gb, nearest->log_gb_per_day));
}

/** The multiple of the load to which the plan holds; 0 when no end of it is known. */
static double plan_limit(const struct result *result) {
    const struct headroom *headroom = &result->headroom;
    return headroom->known && headroom->first_miss > 0 ? headroom->multiple : 0;
}

/** Does the plan miss a target at the point? Where it holds it would have to grow, and cost more.
 */
static bool beyond_limit(const struct result *result, const struct break_even *point) {
    return plan_limit(result) > 0 && point->multiple > plan_limit(result);
}

/** Some services cost less than the plan; `next` is the first of them that more load makes dearer,
 *  if any does. */
static void title_some_cheaper(const struct result *result, const char *plan, size_t dearer,
                               size_t count, const struct break_even *next, struct chart *chart) {
    char gb[CHART_WORD_BYTES], than[2 * CHART_WORD_BYTES] = "no managed service";
    if (dearer > 0)
        snprintf(than, sizeof than, "%zu of %zu managed services", dearer, count);
    size_t used =
        (size_t)snprintf(chart->title, sizeof chart->title, "%s is cheaper than %s", plan, than);
    if (next->found && used < sizeof chart->title)
        snprintf(chart->title + used, sizeof chart->title - used,
                 "; %s costs less up to %s of logs a day%s", phrase_service(next->service),
                 print_gb(gb, sizeof gb, next->log_gb_per_day),
                 beyond_limit(result, next) ? " or more" : "");
}

static void title(const struct result *result, const struct break_even_list *list,
                  struct chart *chart) {
    const char *plan = result->best ? "The best plan" : "The stack as written";
    size_t dearer = 0;
    while (dearer < list->count && break_even_is_dearer(list->points[dearer]))
        dearer++;
    if (dearer == list->count)
        title_all_dearer(plan, list->points[dearer - 1], chart);
    else
        title_some_cheaper(result, plan, dearer, list->count, list->points[dearer], chart);
}

/** What a row without a break-even says. */
static const char *always(const struct break_even *point) {
    return point->managed_cheaper ? "always cheaper than the plan" : "always dearer than the plan";
}

void chart_break_even_describe(const struct chart_subject *subject, struct chart *chart) {
    const struct result *result = subject->result;
    struct break_even_list list;
    break_even_collect(result, &list);
    title(result, &list, chart);
    char usd[CHART_WORD_BYTES], gb[CHART_WORD_BYTES];
    snprintf(
        chart->subtitle, sizeof chart->subtitle,
        "Gigabytes of logs a day from which each service costs more than the plan, at its price "
        "now, %s a month",
        units_print_usd(usd, sizeof usd, break_even_plan(result)->monthly_usd.p50));
    size_t used = (size_t)snprintf(chart->description, sizeof chart->description,
                                   "The scenario has %s of logs a day. From how much on a service "
                                   "costs more than the plan:",
                                   print_gb(gb, sizeof gb, result->log_gb_per_day));
    for (size_t i = 0; i < list.count && used < sizeof chart->description; i++) {
        const struct break_even *point = list.points[i];
        used += (size_t)snprintf(chart->description + used, sizeof chart->description - used,
                                 "%s %s %s", i > 0 ? "," : "", phrase_service(point->service),
                                 point->found ? print_gb(gb, sizeof gb, point->log_gb_per_day)
                                              : always(point));
    }
    if (used < sizeof chart->description)
        snprintf(chart->description + used, sizeof chart->description - used, ".");
}

#define TICKS_MAX 64

/** A horizontal axis by powers of ten. */
struct log_axis {
    struct plot_scale scale; /**< of the values' decimal logarithms */
    double ticks[TICKS_MAX];
    size_t count;
};

static double axis_at(const struct log_axis *axis, double value) {
    return plot_scale_at(&axis->scale, log10(value));
}

/** What drawing needs at hand. */
struct break_evens {
    const struct result *result;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
    struct log_axis axis;
    double row_height;
};

static void print_tick(char *buffer, size_t size, double value) {
    phrase_number(buffer, size, value);
}

/** Put ticks at `mantissas` times every `stride`-th power of ten; whether their labels keep apart.
 */
static bool try_ticks(struct break_evens *chart, const double *mantissas, size_t mantissa_count,
                      int stride) {
    struct log_axis *axis = &chart->axis;
    double size = chart->layout->text_size, last = -INFINITY;
    axis->count = 0;
    for (int power = (int)floor(axis->scale.low); power <= (int)ceil(axis->scale.high); power++) {
        for (size_t m = 0; m < mantissa_count && power % stride == 0; m++) {
            double value = mantissas[m] * pow(10, power);
            if (log10(value) < axis->scale.low - 1e-9 || log10(value) > axis->scale.high + 1e-9)
                continue;
            char label[CHART_WORD_BYTES];
            print_tick(label, sizeof label, value);
            double half = plot_text_width(chart->plot, label, size, false) / 2;
            double x = axis_at(axis, value);
            if (axis->count == TICKS_MAX || x - half < last + size)
                return false;
            last = x + half;
            axis->ticks[axis->count++] = value;
        }
    }
    return true;
}

/** As many ticks as fit. */
static void choose_ticks(struct break_evens *chart) {
    static const double mantissas[] = {1, 2, 5};
    if (try_ticks(chart, mantissas, 3, 1))
        return;
    for (int stride = 1; stride < 32 && !try_ticks(chart, mantissas, 1, stride); stride++)
        continue;
}

/** The axis from the points, the load and the plan's limit, with room around them. */
static void lay_out(struct break_evens *chart, const struct break_even_list *list, double top) {
    const struct chart_layout *layout = chart->layout;
    double own = chart->result->log_gb_per_day, name = 0;
    double low = own, high = own * fmax(1, plan_limit(chart->result));
    for (size_t i = 0; i < list->count; i++) {
        const struct break_even *point = list->points[i];
        name = fmax(name, plot_text_width(chart->plot, phrase_service(point->service),
                                          layout->text_size, true));
        if (!point->found)
            continue;
        low = fmin(low, point->log_gb_per_day);
        high = fmax(high, point->log_gb_per_day);
    }
    chart->area = (struct chart_area){layout->margin + (layout->narrow ? 8 : name + 16),
                                      top + 16 + 3 * layout->text_size,
                                      layout->width - layout->margin - 16, layout->height - 72};
    double room = fmax(0.4, 0.18 * log10(high / low));
    chart->axis.scale = (struct plot_scale){log10(low) - room, log10(high) + room, chart->area.left,
                                            chart->area.right};
    chart->row_height = (chart->area.bottom - chart->area.top) / (double)list->count;
    choose_ticks(chart);
}

static void draw_axis(const struct break_evens *chart) {
    const struct chart_area *area = &chart->area;
    struct plot_font font = chart_font(chart->layout->text_size, false, chart_muted);
    for (size_t i = 0; i < chart->axis.count; i++) {
        char label[CHART_WORD_BYTES];
        double x = axis_at(&chart->axis, chart->axis.ticks[i]);
        print_tick(label, sizeof label, chart->axis.ticks[i]);
        plot_line(chart->plot, x, area->top, x, area->bottom, chart_stroke(1, chart_grid));
        plot_line(chart->plot, x, area->bottom, x, area->bottom + 5, chart_stroke(1, chart_axis));
        plot_label(chart->plot, x, area->bottom + 9 + font.size, PLOT_ANCHOR_MIDDLE, font, label);
    }
    plot_line(chart->plot, area->left, area->bottom, area->right, area->bottom,
              chart_stroke(1.4, chart_axis));
    plot_label(chart->plot, (area->left + area->right) / 2, area->bottom + 16 + 2.2 * font.size,
               PLOT_ANCHOR_MIDDLE, font, "GB of logs a day, logarithmic");
}

/** A label on white, so that no line crosses it. */
static void label_on_white(const struct break_evens *chart, double left, double y,
                           struct plot_font font, const char *label) {
    double width = plot_text_width(chart->plot, label, font.size, font.bold);
    plot_box(chart->plot, left - 3, y - 0.6 * font.size, left + width + 3, y + 0.6 * font.size,
             chart_white);
    plot_label(chart->plot, left, y + 0.35 * font.size, PLOT_ANCHOR_START, font, label);
}

/** A load that is marked across all rows. */
struct mark {
    double gb;
    const char *name;
    struct plot_color stroke, ink;
};

/** Where the mark's label begins so that it ends at the mark (`before`) or begins there, but stays
 *  in the picture. */
static double mark_left(const struct break_evens *chart, const struct mark *mark, bool before,
                        const char *label) {
    double width = plot_text_width(chart->plot, label, chart->layout->text_size, true);
    double x = axis_at(&chart->axis, mark->gb);
    double last = chart->layout->width - chart->layout->margin - width;
    return fmax(fmin(before ? x + 4 - width : x - 4, last), chart->layout->margin);
}

/** Dashed lines with their names above: side by side where there is room, else one upon the other.
 */
static void draw_marks(const struct break_evens *chart, const struct mark *marks, size_t count) {
    double size = chart->layout->text_size, end = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double x = axis_at(&chart->axis, marks[i].gb);
        plot_line(chart->plot, x, chart->area.top - 4, x, chart->area.bottom,
                  (struct plot_stroke){marks[i].stroke, 2, 8});
    }
    for (size_t i = 0; i < count; i++) {
        char amount[CHART_WORD_BYTES], label[3 * CHART_WORD_BYTES];
        snprintf(label, sizeof label, "%s %s a day", marks[i].name,
                 print_gb(amount, sizeof amount, marks[i].gb));
        double left = mark_left(chart, &marks[i], i == 0, label);
        double above = left < end + size ? size + 5 : 0;
        label_on_white(chart, left, chart->area.top - 12 - above,
                       chart_font(size, true, marks[i].ink), label);
        end = left + plot_text_width(chart->plot, label, size, true);
    }
}

static void mark_loads(const struct break_evens *chart) {
    double own = chart->result->log_gb_per_day, limit = plan_limit(chart->result);
    bool full = limit > 0 && limit <= 1;
    const struct mark marks[] = {
        {own, full ? "This load, the most the plan holds:" : "This load:", chart_muted, chart_ink},
        {own * limit, "The plan holds up to", chart_vermillion, chart_vermillion_ink},
    };
    draw_marks(chart, marks, limit > 1 ? 2 : 1);
}

/** A band where the plan is the cheaper one; dashes where it would be, but no longer holds. */
static void draw_band(const struct break_evens *chart, double from, double y) {
    double limit = plan_limit(chart->result) * chart->result->log_gb_per_day;
    double right = chart->area.right, end = limit > 0 ? axis_at(&chart->axis, limit) : right;
    if (end > from)
        plot_line(chart->plot, from, y, end, y, chart_stroke(5, chart_sky));
    if (end < right)
        plot_line(chart->plot, fmax(from, end), y, right, y,
                  (struct plot_stroke){chart_sky, 1.5, 5});
}

static void draw_point(const struct break_evens *chart, const struct break_even *point, double y) {
    double size = chart->layout->text_size, left = chart->area.left;
    if (!point->found) {
        if (!point->managed_cheaper)
            draw_band(chart, left, y);
        label_on_white(chart, left + 3, y, chart_font(size, false, chart_ink), always(point));
        return;
    }
    char gb[CHART_WORD_BYTES];
    double x = axis_at(&chart->axis, point->log_gb_per_day);
    bool beyond = beyond_limit(chart->result, point);
    draw_band(chart, x, y);
    plot_disc(chart->plot, x, y, beyond ? 6 : 7.5, beyond ? chart_white : chart_blue,
              beyond ? chart_stroke(2, chart_blue) : chart_stroke(1.5, chart_white));
    print_gb(gb, sizeof gb, point->log_gb_per_day);
    double before = x - 14 - plot_text_width(chart->plot, gb, size, true);
    label_on_white(chart, before > left ? before : x + 12, y, chart_font(size, true, chart_ink),
                   gb);
}

/** Wide: the name left of the row. Narrow: above it. */
static void draw_row(const struct break_evens *chart, const struct break_even *point, double top) {
    const struct chart_layout *layout = chart->layout;
    double size = layout->text_size, middle = top + chart->row_height / 2;
    struct plot_font font = chart_font(size, false, chart_ink);
    if (layout->narrow) {
        middle += size / 2 + 2;
        label_on_white(chart, chart->area.left, middle - size - 6, font,
                       phrase_service(point->service));
    } else {
        plot_label(chart->plot, chart->area.left - 12, middle + 0.35 * size, PLOT_ANCHOR_END, font,
                   phrase_service(point->service));
    }
    draw_point(chart, point, middle);
}

void chart_break_even_draw(const struct chart_subject *subject, const struct chart *chart,
                           const struct chart_layout *layout, struct plot *plot) {
    struct break_even_list list;
    break_even_collect(subject->result, &list);
    struct break_evens drawn = {.result = subject->result, .layout = layout, .plot = plot};
    lay_out(&drawn, &list, chart_header(chart, layout, plot));
    draw_axis(&drawn);
    mark_loads(&drawn);
    for (size_t i = 0; i < list.count; i++)
        draw_row(&drawn, list.points[i], drawn.area.top + (double)i * drawn.row_height);
}
