#include "reports/chart_ratio_rows.h"

#include "reports/chart_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct chart_layout wide = {false, 960, 540, 48, 22, 14};
static const struct chart_layout narrow = {true, 400, 560, 14, 17, 13};
/** The narrow layout grows beyond its height where rows would have less than this, in pixels. */
static const double narrow_row = 58, narrow_head = 220;

/** The axis reaches at least and at most this factor; what lies beyond is drawn at its end. */
static const double factor_least = 1.1, factor_most = 20;

struct drawing {
    const struct chart_layout *layout;
    const struct chart_ratio_row *rows;
    size_t row_count;
    struct plot *plot;
    struct chart_area area;
    struct plot_scale x; /**< of ln(measured / predicted) */
};

/** How far the axis reaches: dots and bands. */
static double reach_of(const struct drawing *drawing) {
    double reach = log(factor_least);
    for (size_t r = 0; r < drawing->row_count; r++) {
        const struct chart_ratio_row *row = &drawing->rows[r];
        reach = fmax(reach, 1.1 * row->half_width);
        for (size_t i = 0; i < row->count; i++) {
            const struct chart_ratio_point *point = &row->points[i];
            /* fmax() lets go of a second forecast that is not there. */
            if (!point->ring)
                reach = fmax(reach, 1.05 * fmax(fabs(point->logarithm), fabs(point->other)));
        }
    }
    return fmin(reach, log(factor_most));
}

/** Where the marks of a row stand. */
struct row_place {
    double top, body, room;
};

static struct row_place place_of(const struct drawing *drawing, size_t index) {
    const struct chart_layout *layout = drawing->layout;
    double height =
        (drawing->area.bottom - drawing->area.top) / fmax((double)drawing->row_count, 1);
    struct row_place place = {.top = drawing->area.top + (double)index * height};
    place.body = layout->narrow ? place.top + layout->text_size + 6 : place.top + 3;
    place.room = place.top + height - 3 - place.body;
    return place;
}

/** From top to bottom; where names stand above their rows, not through them. */
static void draw_grid_line(const struct drawing *drawing, double x, struct plot_stroke stroke) {
    if (!drawing->layout->narrow)
        plot_line(drawing->plot, x, drawing->area.top, x, drawing->area.bottom, stroke);
    for (size_t r = 0; drawing->layout->narrow && r < drawing->row_count; r++) {
        const struct row_place place = place_of(drawing, r);
        plot_line(drawing->plot, x, place.body, x, place.body + place.room, stroke);
    }
}

/** A grid line with its factor below: `÷2`, `1`, `×1.5`. */
static void draw_tick(const struct drawing *drawing, double factor, bool below) {
    const struct chart_layout *layout = drawing->layout;
    double x = plot_scale_at(&drawing->x, below ? -log(factor) : log(factor));
    char label[32];
    bool middle = factor <= 1;
    snprintf(label, sizeof label, "%s%.4g", middle ? "" : below ? "÷" : "×", factor);
    draw_grid_line(drawing, x, chart_stroke(middle ? 1.4 : 1, middle ? chart_axis : chart_grid));
    plot_label(drawing->plot, x, drawing->area.bottom + 9 + layout->text_size, PLOT_ANCHOR_MIDDLE,
               chart_font(layout->text_size, false, chart_muted), label);
}

/** Ticks from the middle outwards, as many as keep apart. */
static void draw_ticks(const struct drawing *drawing) {
    static const double factors[] = {1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2, 3, 5, 10, 20};
    const double apart = 3.4 * drawing->layout->text_size;
    double last = plot_scale_at(&drawing->x, 0);
    draw_tick(drawing, 1, false);
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        double x = plot_scale_at(&drawing->x, log(factors[i]));
        if (log(factors[i]) > drawing->x.high || x - last < apart)
            continue;
        draw_tick(drawing, factors[i], false);
        draw_tick(drawing, factors[i], true);
        last = x;
    }
}

static double radius_of(const struct chart_layout *layout) {
    return layout->narrow ? 3.5 : 4.5;
}

static void draw_point(const struct drawing *drawing, const struct chart_ratio_point *point,
                       double y) {
    double radius = radius_of(drawing->layout);
    double x = plot_scale_at(&drawing->x, point->logarithm);
    if (!isnan(point->other))
        plot_disc(drawing->plot, plot_scale_at(&drawing->x, point->other), y, radius - 1,
                  chart_white, chart_stroke(1.2, chart_axis));
    if (point->ring)
        plot_disc(drawing->plot, x, y, radius, chart_white, chart_stroke(2, chart_vermillion));
    else
        plot_disc(drawing->plot, x, y, radius, chart_blue, chart_stroke(1, chart_white));
}

/** The height of a row's point: one below the other. */
static double height_of(const struct drawing *drawing, size_t index, size_t point) {
    const struct row_place place = place_of(drawing, index);
    /* Marks keep off the next row's. */
    const double inset = fmin(radius_of(drawing->layout) + 0.5, place.room / 4);
    const double share = ((double)point + 0.5) / (double)drawing->rows[index].count;
    return place.body + inset + (place.room - 2 * inset) * share;
}

/** Whether another mark of the row lies where the label beside `point` would. */
static bool is_crowded(const struct drawing *drawing, size_t index, size_t point, double width) {
    const struct chart_ratio_row *row = &drawing->rows[index];
    const double radius = radius_of(drawing->layout), reach = 9 + width + radius;
    const double x = plot_scale_at(&drawing->x, row->points[point].logarithm);
    const double y = height_of(drawing, index, point);
    for (size_t i = 0; i < row->count; i++)
        if (i != point && fabs(plot_scale_at(&drawing->x, row->points[i].logarithm) - x) < reach &&
            fabs(height_of(drawing, index, i) - y) < drawing->layout->text_size / 2 + radius)
            return true;
    return false;
}

/** How far off a figure is that lies beyond the axis: beside its mark at the end, or above it where
 *  other marks are in the way. */
static void name_beyond(const struct drawing *drawing, size_t index, size_t point) {
    const double logarithm = drawing->rows[index].points[point].logarithm;
    const double size = drawing->layout->text_size - 1;
    const double side = logarithm < 0 ? 1 : -1, radius = radius_of(drawing->layout);
    char label[32];
    if (fabs(logarithm) <= drawing->x.high)
        return;
    snprintf(label, sizeof label, "%s%.2g", logarithm < 0 ? "÷" : "×", exp(fabs(logarithm)));
    const double x = plot_scale_at(&drawing->x, logarithm), y = height_of(drawing, index, point);
    const bool above =
        is_crowded(drawing, index, point, plot_text_width(drawing->plot, label, size, false));
    plot_label(drawing->plot, x + side * (above ? -radius : 9),
               above ? y - radius - 4 : y + 0.35 * size,
               logarithm < 0 ? PLOT_ANCHOR_START : PLOT_ANCHOR_END,
               chart_font(size, false, chart_muted), label);
}

static void draw_band(const struct drawing *drawing, size_t index) {
    static const struct plot_color band = {0xDD, 0xEA, 0xF5};
    const struct row_place place = place_of(drawing, index);
    double half = drawing->rows[index].half_width;
    plot_box(drawing->plot, plot_scale_at(&drawing->x, -half), place.body,
             plot_scale_at(&drawing->x, half), place.body + place.room, band);
}

/** Its name, and its points one below the other. */
static void draw_row(const struct drawing *drawing, size_t index) {
    const struct chart_ratio_row *row = &drawing->rows[index];
    const struct chart_layout *layout = drawing->layout;
    const struct plot_font font = chart_font(layout->text_size, false, chart_ink);
    const struct row_place place = place_of(drawing, index);
    double middle = place.body + place.room / 2;
    if (layout->narrow)
        plot_label(drawing->plot, layout->margin, place.top + layout->text_size, PLOT_ANCHOR_START,
                   font, row->title);
    else
        plot_label(drawing->plot, drawing->area.left - 12, middle + 0.35 * layout->text_size,
                   PLOT_ANCHOR_END, font, row->title);
    for (size_t i = 0; i < row->count; i++)
        draw_point(drawing, &row->points[i], height_of(drawing, index, i));
    for (size_t i = 0; i < row->count; i++)
        name_beyond(drawing, index, i);
}

static void draw_all(struct drawing *drawing, double top) {
    const struct chart_layout *layout = drawing->layout;
    double name = 0;
    for (size_t r = 0; r < drawing->row_count; r++)
        name = fmax(
            name, plot_text_width(drawing->plot, drawing->rows[r].title, layout->text_size, false));
    drawing->area = (struct chart_area){layout->margin + (layout->narrow ? 4 : name + 12), top + 14,
                                        layout->width - layout->margin - 4, layout->height - 62};
    double reach = reach_of(drawing);
    drawing->x = (struct plot_scale){-reach, reach, drawing->area.left, drawing->area.right};
    for (size_t r = 0; r < drawing->row_count; r++)
        draw_band(drawing, r);
    draw_ticks(drawing);
    for (size_t r = 0; r < drawing->row_count; r++)
        draw_row(drawing, r);
    plot_label(drawing->plot, (drawing->area.left + drawing->area.right) / 2,
               drawing->area.bottom + 18 + 2.2 * layout->text_size, PLOT_ANCHOR_MIDDLE,
               chart_font(layout->text_size, false, chart_muted), "Measured over predicted");
}

/** One layout; `end` follows the chart's name in the ids of the SVG. */
static enum status draw(struct drawing drawing, struct chart *chart, const char *end,
                        struct text *svg, struct diagnostics *diagnostics) {
    const struct chart_layout *layout = drawing.layout;
    char id[sizeof chart->name + 16];
    struct plot plot;
    plot_init(&plot, layout->width, layout->height);
    drawing.plot = &plot;
    snprintf(id, sizeof id, "%s%s", chart->name, end);
    draw_all(&drawing, chart_header(chart, layout, &plot));
    enum status status =
        plot_write_svg(&plot, id, chart->title, chart->description, svg, diagnostics);
    if (status == STATUS_OK && text_failed(svg))
        status = diagnostics_out_of_memory(diagnostics, "the chart");
    if (status == STATUS_OK && !layout->narrow)
        status = plot_write_png(&plot, &chart->png, &chart->png_length, diagnostics);
    plot_fini(&plot);
    return status;
}

void chart_ratio_rows_init(struct chart *chart) {
    *chart = (struct chart){0};
    text_init(&chart->svg);
    text_init(&chart->svg_narrow);
}

enum status chart_ratio_rows_draw(const struct chart_ratio_row *rows, size_t count,
                                  struct chart *chart, struct diagnostics *diagnostics) {
    struct drawing drawing = {.layout = &wide, .rows = rows, .row_count = count};
    struct chart_layout tall = narrow;
    tall.height = fmax(narrow.height, narrow_head + narrow_row * (double)count);
    enum status status = draw(drawing, chart, "", &chart->svg, diagnostics);
    drawing.layout = &tall;
    return status == STATUS_OK ? draw(drawing, chart, "-narrow", &chart->svg_narrow, diagnostics)
                               : status;
}

void chart_ratio_rows_fini(struct chart *chart) {
    text_fini(&chart->svg);
    text_fini(&chart->svg_narrow);
    free(chart->png);
}
