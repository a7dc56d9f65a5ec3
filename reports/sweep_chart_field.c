/* The field of costs over two keys: a box a point. */
#include "reports/sweep_chart_parts.h"
#include "reports/sweep_content.h"

#include <math.h>

/** How a point came to its cost. */
enum standing { STANDING_WRITTEN, STANDING_BEST, STANDING_MISSED };

static const struct {
    const char *word;
    struct plot_color tint;
} standings[] = {
    [STANDING_WRITTEN] = {"as written", {0xCF, 0xE8, 0xF5}},
    [STANDING_BEST] = {"best plan", {0xE3, 0xF2, 0xEC}},
    [STANDING_MISSED] = {"missed", {0xF9, 0xDF, 0xCC}},
};

static enum standing standing_of(const struct sweep_row *row, double *usd) {
    if (!sweep_cheapest(row, usd))
        return STANDING_MISSED;
    return row->written_holds && *usd == row->written_usd_per_month ? STANDING_WRITTEN
                                                                    : STANDING_BEST;
}

/** Words in the box as far as there is room; a missed point without any is crossed out, so that
 *  its colour is not needed. */
static void draw_box(const struct sweep_drawing *drawing, const struct sweep_row *row,
                     const struct chart_area *box) {
    double usd = 0, size = drawing->layout->text_size;
    const enum standing standing = standing_of(row, &usd);
    const double x = (box->left + box->right) / 2, y = (box->top + box->bottom) / 2;
    const double room = box->right - box->left - 6;
    const char *word = standings[standing].word;
    char price[CHART_WORD_BYTES] = "";
    plot_box(drawing->plot, box->left, box->top, box->right, box->bottom, standings[standing].tint);
    if (standing != STANDING_MISSED)
        chart_short_usd(price, sizeof price, usd);
    const bool priced = *price && box->bottom - box->top > 1.3 * size &&
                        plot_text_width(drawing->plot, price, size, true) < room;
    const bool named = box->bottom - box->top > (*price ? 2.7 : 1.3) * size &&
                       plot_text_width(drawing->plot, word, size - 1, false) < room;
    if (priced)
        plot_label(drawing->plot, x, y + (named ? -0.2 : 0.35) * size, PLOT_ANCHOR_MIDDLE,
                   chart_font(size, true, chart_ink), price);
    if (named)
        plot_label(drawing->plot, x, y + (*price ? 1.1 : 0.35) * size, PLOT_ANCHOR_MIDDLE,
                   chart_font(size - 1, false, chart_muted), word);
    else if (standing == STANDING_MISSED)
        plot_line(drawing->plot, box->left, box->bottom, box->right, box->top,
                  chart_stroke(1.5, chart_vermillion));
}

/** The values of the first key, left of their rows, as many as keep apart. */
static void draw_rows(const struct sweep_drawing *drawing, const struct sweep_axis *axis,
                      double height) {
    const double size = drawing->layout->text_size;
    const size_t stride = (size_t)fmax(1, ceil(1.2 * size / height));
    for (size_t i = 0; i < axis->count; i += stride)
        plot_label(drawing->plot, drawing->area.left - 8,
                   drawing->area.top + ((double)i + 0.5) * height + 0.35 * size, PLOT_ANCHOR_END,
                   chart_font(size, false, chart_muted), axis->values[i]);
    plot_label(drawing->plot, drawing->layout->margin, drawing->area.top - 8, PLOT_ANCHOR_START,
               chart_font(size, false, chart_muted), sweep_short_key(axis->key));
}

static double widest_value(const struct sweep_drawing *drawing, const struct sweep_axis *axis) {
    double widest = 0;
    for (size_t i = 0; i < axis->count; i++)
        widest = fmax(widest, plot_text_width(drawing->plot, axis->values[i],
                                              drawing->layout->text_size, false));
    return widest;
}

void sweep_chart_field(struct sweep_drawing *drawing, double top) {
    const struct chart_layout *layout = drawing->layout;
    const struct sweep_axis *axes = drawing->sweep->grid.axes;
    const double name = fmin(widest_value(drawing, &axes[0]), layout->width / 3);
    drawing->area = (struct chart_area){layout->margin + name + 8, top + 2.4 * layout->text_size,
                                        layout->width - layout->margin, layout->height - 64};
    const struct chart_area *area = &drawing->area;
    const double width = (area->right - area->left) / (double)axes[1].count;
    const double height = (area->bottom - area->top) / (double)axes[0].count;
    const double gap = fmin(2, fmin(width, height) / 8);
    for (size_t i = 0; i < drawing->sweep->grid.point_count; i++) {
        const double x = area->left + width * (double)(i % axes[1].count);
        const double y = area->top + height * (double)(i / axes[1].count);
        const struct chart_area box = {x, y, x + width - gap, y + height - gap};
        draw_box(drawing, &drawing->sweep->rows[i], &box);
    }
    draw_rows(drawing, &axes[0], height);
    sweep_chart_values(drawing, &axes[1], area->left + (width - gap) / 2, width);
}
