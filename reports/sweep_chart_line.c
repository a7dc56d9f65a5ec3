/* Cost along one key: the stack as written and the best plan. */
#include "reports/sweep_chart_parts.h"

#include <math.h>
#include <stdlib.h>

/** Points above which single discs would run into each other. */
enum { DISCS_MAX = 60 };

struct line {
    const char *name;
    struct plot_color color;
    bool best;
};

static bool known(const struct line *line, const struct sweep_row *row) {
    return !line->best || row->found;
}

static double amount(const struct line *line, const struct sweep_row *row) {
    return line->best ? row->best_usd_per_month : row->written_usd_per_month;
}

static struct plot_point place(const struct sweep_drawing *drawing, const struct plot_scale *y,
                               const struct line *line, size_t point) {
    const struct chart_area *area = &drawing->area;
    const double steps = (double)(drawing->sweep->grid.point_count - 1);
    return (struct plot_point){area->left + (area->right - area->left) * (double)point / steps,
                               plot_scale_at(y, amount(line, &drawing->sweep->rows[point]))};
}

/** The runs of neighbours that have an amount, each as a path. */
static void draw_path(const struct sweep_drawing *drawing, const struct plot_scale *y,
                      const struct line *line, struct plot_point *points) {
    const struct sweep *sweep = drawing->sweep;
    size_t used = 0;
    for (size_t i = 0; i < sweep->grid.point_count; i++) {
        if (known(line, &sweep->rows[i]))
            points[used++] = place(drawing, y, line, i);
        const bool ends = i + 1 == sweep->grid.point_count || !known(line, &sweep->rows[i + 1]);
        if (!ends)
            continue;
        if (used > 1)
            plot_path(drawing->plot, points, used, chart_stroke(2.4, line->color));
        used = 0;
    }
}

static void draw_discs(const struct sweep_drawing *drawing, const struct plot_scale *y,
                       const struct line *line) {
    const struct sweep *sweep = drawing->sweep;
    for (size_t i = 0; i < sweep->grid.point_count && sweep->grid.point_count <= DISCS_MAX; i++) {
        const struct sweep_row *row = &sweep->rows[i];
        if (!known(line, row))
            continue;
        const struct plot_point at = place(drawing, y, line, i);
        const bool holds = line->best || row->written_holds;
        plot_disc(drawing->plot, at.x, at.y, 5, holds ? line->color : chart_white,
                  chart_stroke(2, line->color));
    }
}

/** The last point that has an amount; point_count when none has. */
static size_t last_known(const struct sweep *sweep, const struct line *line) {
    for (size_t i = sweep->grid.point_count; i > 0; i--)
        if (known(line, &sweep->rows[i - 1]))
            return i - 1;
    return sweep->grid.point_count;
}

/** The lines' names, right of their ends and apart. */
static void draw_names(const struct sweep_drawing *drawing, const struct plot_scale *y,
                       const struct line *lines, size_t count) {
    double rows[2];
    const struct line *order[2];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t point = last_known(drawing->sweep, &lines[i]);
        if (point == drawing->sweep->grid.point_count)
            continue;
        const double row = place(drawing, y, &lines[i], point).y;
        const bool before = used > 0 && row < rows[0];
        if (before) {
            rows[1] = rows[0];
            order[1] = order[0];
        }
        rows[before ? 0 : used] = row;
        order[before ? 0 : used] = &lines[i];
        used++;
    }
    const double size = drawing->layout->text_size;
    plot_spread(rows, used, 1.3 * size, drawing->area.top, drawing->area.bottom);
    for (size_t i = 0; i < used; i++)
        plot_label(drawing->plot, drawing->area.right + 12, rows[i] + 0.35 * size,
                   PLOT_ANCHOR_START, chart_font(size, true, chart_ink), order[i]->name);
}

static double most_usd(const struct sweep *sweep) {
    double most = 0;
    for (size_t i = 0; i < sweep->grid.point_count; i++)
        most = fmax(most,
                    fmax(sweep->rows[i].written_usd_per_month, sweep->rows[i].best_usd_per_month));
    return most;
}

void sweep_chart_line(struct sweep_drawing *drawing, double top) {
    static const struct line lines[] = {{"as written", {0xD5, 0x5E, 0x00}, false},
                                        {"best plan", {0x00, 0x72, 0xB2}, true}};
    const size_t count = drawing->sweep->input.search ? 2 : 1;
    const struct chart_layout *layout = drawing->layout;
    const double size = layout->text_size;
    const double name = plot_text_width(drawing->plot, lines[0].name, size, true);
    drawing->area =
        (struct chart_area){layout->margin + 3 * size, top + 24,
                            layout->width - layout->margin - name - 12, layout->height - 72};
    const struct plot_ticks ticks = plot_ticks_outside(0, most_usd(drawing->sweep), 6);
    const struct plot_scale y = {ticks.first, plot_tick_last(&ticks), drawing->area.bottom,
                                 drawing->area.top};
    const struct sweep_axis *axis = &drawing->sweep->grid.axes[0];
    struct plot_point *points = calloc(axis->count, sizeof *points);
    if (!points) {
        drawing->plot->failed = true;
        return;
    }
    chart_rows(drawing->plot, layout, &drawing->area, &ticks, &y, "$", "");
    plot_line(drawing->plot, drawing->area.left, drawing->area.bottom, drawing->area.right,
              drawing->area.bottom, chart_stroke(1.4, chart_axis));
    sweep_chart_values(drawing, axis, drawing->area.left,
                       (drawing->area.right - drawing->area.left) / (double)(axis->count - 1));
    for (size_t i = 0; i < count; i++)
        draw_path(drawing, &y, &lines[i], points);
    for (size_t i = 0; i < count; i++)
        draw_discs(drawing, &y, &lines[i]);
    draw_names(drawing, &y, lines, count);
    free(points);
}
