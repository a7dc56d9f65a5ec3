#include "reports/sweep_chart.h"

#include "reports/sweep_chart_parts.h"
#include "reports/sweep_content.h"

#include <math.h>
#include <stdio.h>

static const struct chart_layout wide = {false, 960, 540, 48, 22, 14};
static const struct chart_layout narrow = {true, 400, 440, 14, 17, 13};

enum { LINE_VALUES_MAX = 1000, FIELD_VALUES_MAX = 60 };

bool sweep_chart_wanted(const struct sweep *sweep) {
    const struct sweep_grid *grid = &sweep->grid;
    if (grid->axis_count == 1)
        return grid->axes[0].count <= LINE_VALUES_MAX;
    return grid->axis_count == 2 && grid->axes[0].count <= FIELD_VALUES_MAX &&
           grid->axes[1].count <= FIELD_VALUES_MAX;
}

void sweep_chart_values(const struct sweep_drawing *drawing, const struct sweep_axis *axis,
                        double from, double step) {
    struct plot *plot = drawing->plot;
    const struct plot_font font = chart_font(drawing->layout->text_size, false, chart_muted);
    double widest = 0;
    for (size_t i = 0; i < axis->count; i++)
        widest = fmax(widest, plot_text_width(plot, axis->values[i], font.size, false));
    const double apart = ceil((widest + font.size) / step);
    const size_t stride = apart > 1 ? (size_t)fmin(apart, (double)axis->count) : 1;
    for (size_t i = 0; i < axis->count; i += stride) {
        const double half = plot_text_width(plot, axis->values[i], font.size, false) / 2 + 2;
        const double x = from + step * (double)i;
        plot_label(plot, fmax(fmin(x, drawing->layout->width - half), half),
                   drawing->area.bottom + 9 + font.size, PLOT_ANCHOR_MIDDLE, font, axis->values[i]);
    }
    plot_label(plot, (drawing->area.left + drawing->area.right) / 2,
               drawing->area.bottom + 16 + 2.2 * font.size, PLOT_ANCHOR_MIDDLE, font,
               sweep_short_key(axis->key));
}

static void describe(const struct sweep *sweep, struct chart *chart,
                     struct diagnostics *diagnostics, enum status *status) {
    struct sweep_content content;
    *status = sweep_content_make(sweep, SWEEP_TABLE_NARROW, 1, &content, diagnostics);
    if (*status != STATUS_OK)
        return;
    snprintf(chart->name, sizeof chart->name, "sweep");
    snprintf(chart->title, sizeof chart->title, "%s", content.headline);
    if (sweep->grid.axis_count == 1)
        snprintf(chart->subtitle, sizeof chart->subtitle,
                 "Dollars a month, median, by %s. Filled discs keep every target, hollow ones miss "
                 "one",
                 sweep_short_key(sweep->grid.axes[0].key));
    else
        snprintf(chart->subtitle, sizeof chart->subtitle,
                 "Dollars a month of the cheapest stack that keeps every target: as written%s",
                 sweep->input.search ? ", or the best plan where that is cheaper" : "");
    const struct sweep_axis *axes = sweep->grid.axes;
    size_t used = (size_t)snprintf(chart->description, sizeof chart->description,
                                   "Monthly cost at %zu values of %s", axes[0].count,
                                   sweep_short_key(axes[0].key));
    if (sweep->grid.axis_count == 2 && used < sizeof chart->description)
        used += (size_t)snprintf(chart->description + used, sizeof chart->description - used,
                                 " and %zu of %s", axes[1].count, sweep_short_key(axes[1].key));
    if (used < sizeof chart->description)
        snprintf(chart->description + used, sizeof chart->description - used,
                 ". The table below has every point.");
    sweep_content_fini(&content);
}

static enum status draw(const struct sweep *sweep, const struct chart_layout *layout,
                        const struct chart *chart, const char *id, struct text *svg,
                        struct diagnostics *diagnostics) {
    struct plot plot;
    plot_init(&plot, layout->width, layout->height);
    struct sweep_drawing drawing = {.sweep = sweep, .layout = layout, .plot = &plot};
    const double top = chart_header(chart, layout, &plot);
    if (sweep->grid.axis_count == 1)
        sweep_chart_line(&drawing, top);
    else
        sweep_chart_field(&drawing, top);
    enum status status =
        plot_write_svg(&plot, id, chart->title, chart->description, svg, diagnostics);
    if (status == STATUS_OK && text_failed(svg))
        status = diagnostics_out_of_memory(diagnostics, "the chart");
    plot_fini(&plot);
    return status;
}

enum status sweep_chart_make(const struct sweep *sweep, struct chart *chart,
                             struct diagnostics *diagnostics) {
    enum status status;
    *chart = (struct chart){0};
    text_init(&chart->svg);
    text_init(&chart->svg_narrow);
    describe(sweep, chart, diagnostics, &status);
    if (status == STATUS_OK)
        status = draw(sweep, &wide, chart, "sweep", &chart->svg, diagnostics);
    if (status == STATUS_OK)
        status = draw(sweep, &narrow, chart, "sweep-narrow", &chart->svg_narrow, diagnostics);
    return status;
}

void sweep_chart_fini(struct chart *chart) {
    text_fini(&chart->svg);
    text_fini(&chart->svg_narrow);
}
