#include "reports/chart_residuals.h"

#include "reports/chart_parts.h"
#include "reports/phrase.h"
#include "sim/predict.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct chart_layout wide = {false, 960, 540, 48, 22, 14};
static const struct chart_layout narrow = {true, 400, 560, 14, 17, 13};

/** Quantities of both models at most. */
enum { ROWS_MAX = PREDICT_MODEL_COUNT * PREDICT_FIGURES_MAX };
/** The axis reaches at least and at most this factor; what lies beyond is drawn at its end. */
static const double factor_least = 1.1, factor_most = 20;

/** Names of figures for people. */
static const struct {
    const char *figure, *title;
} titles[] = {{"memory_peak_bytes", "peak memory"},
              {"memory_mean_bytes", "mean memory"},
              {"cpu_cores", "CPU"},
              {"wal_peak_bytes", "WAL on disk"},
              {"wal_bytes_per_second", "WAL written"},
              {"chunk_bytes_per_day", "stored bytes"},
              {"chunks_per_day", "chunks"},
              {"index_bytes_per_day", "index"},
              {"block_bytes_per_day", "stored bytes"}};

/** A quantity that was measured. */
struct row {
    const struct calibrate_user_model *model;
    size_t figure;
    char title[48];
    double half_width; /**< of the 90 % interval, in ln */
    size_t points;
};

struct drawing {
    const struct calibrate_user *user;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
    struct plot_scale x; /**< of ln(measured / predicted) */
    struct row rows[ROWS_MAX];
    size_t row_count;
};

static double shipped_of(const struct calibrate_user_residual *residual) {
    return log(residual->measured / residual->shipped);
}

static double fitted_of(const struct calibrate_user_residual *residual) {
    return log(residual->measured / residual->fitted);
}

static const char *title_of(const char *figure) {
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcmp(titles[i].figure, figure) == 0)
            return titles[i].title;
    return figure;
}

static void collect_rows(struct drawing *drawing) {
    const struct calibrate_user *user = drawing->user;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        const struct calibrate_user_model *model = &user->model[m];
        double freedom = predict_degrees_of_freedom(&user->calibration, (enum predict_model)m);
        for (size_t f = 0; model->measured && f < model->figure_count; f++) {
            if (model->figure[f].points == 0)
                continue;
            struct row *row = &drawing->rows[drawing->row_count++];
            *row = (struct row){.model = model, .figure = f, .points = model->figure[f].points};
            row->half_width = predict_interval(model->figure[f].deviation, freedom);
            snprintf(row->title, sizeof row->title, "%s %s", m == PREDICT_LOKI ? "Loki" : "Tempo",
                     title_of(model->figure[f].name));
        }
    }
}

/** Median of the distances as shipped and as calibrated, over all figures but bounds. */
static bool median_distances(const struct calibrate_user *user, double *shipped, double *fitted,
                             size_t *count) {
    size_t room = 1;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++)
        room += user->model[m].residual_count;
    double *before = calloc(room, sizeof *before), *after = calloc(room, sizeof *after);
    *count = 0;
    for (int m = 0; m < PREDICT_MODEL_COUNT && before && after; m++)
        for (size_t i = 0; i < user->model[m].residual_count; i++) {
            const struct calibrate_user_residual *residual = &user->model[m].residual[i];
            if (residual->at_least)
                continue;
            before[*count] = fabs(shipped_of(residual));
            after[(*count)++] = fabs(fitted_of(residual));
        }
    bool made = before && after;
    if (made && *count > 0) {
        gsl_sort(before, 1, *count);
        gsl_sort(after, 1, *count);
        *shipped = gsl_stats_median_from_sorted_data(before, 1, *count);
        *fitted = gsl_stats_median_from_sorted_data(after, 1, *count);
    }
    free(before);
    free(after);
    return made;
}

static void describe(const struct calibrate_user *user, struct chart *chart) {
    double shipped = 0, fitted = 0;
    size_t count;
    char before[CHART_WORD_BYTES], after[CHART_WORD_BYTES];
    snprintf(chart->name, sizeof chart->name, "residuals");
    if (!median_distances(user, &shipped, &fitted, &count) || count == 0) {
        snprintf(chart->title, sizeof chart->title, "Nothing but bounds was measured");
    } else {
        phrase_share(before, sizeof before, expm1(shipped));
        phrase_share(after, sizeof after, expm1(fitted));
        snprintf(chart->title, sizeof chart->title,
                 "Calibrated, half of the figures lie within %s of their forecast; as shipped, "
                 "within %s",
                 after, before);
    }
    snprintf(chart->subtitle, sizeof chart->subtitle,
             "Measured over predicted. Blue: as calibrated; grey rings: as shipped; red rings: "
             "hardly counted. The band holds nine in ten");
    snprintf(chart->description, sizeof chart->description,
             "%zu measured figures over their forecasts, a row for each quantity. %s.", count,
             chart->title);
}

/** How far the axis reaches: what is not let go of, and the bands. */
static double reach_of(const struct drawing *drawing) {
    double reach = log(factor_least);
    for (size_t r = 0; r < drawing->row_count; r++) {
        const struct row *row = &drawing->rows[r];
        reach = fmax(reach, 1.1 * row->half_width);
        for (size_t i = 0; i < row->model->residual_count; i++) {
            const struct calibrate_user_residual *residual = &row->model->residual[i];
            if (residual->figure == row->figure && !residual->at_least &&
                residual->weight >= CALIBRATE_USER_WEIGHT_LOW)
                reach =
                    fmax(reach, 1.05 * fmax(fabs(fitted_of(residual)), fabs(shipped_of(residual))));
        }
    }
    return fmin(reach, log(factor_most));
}

/** A grid line with its factor below: `÷2`, `1`, `×1.5`. */
static void draw_tick(const struct drawing *drawing, double factor, bool below) {
    const struct chart_layout *layout = drawing->layout;
    double x = plot_scale_at(&drawing->x, below ? -log(factor) : log(factor));
    char label[32];
    bool middle = factor <= 1;
    snprintf(label, sizeof label, "%s%.4g", middle ? "" : below ? "÷" : "×", factor);
    plot_line(drawing->plot, x, drawing->area.top, x, drawing->area.bottom,
              chart_stroke(middle ? 1.4 : 1, middle ? chart_axis : chart_grid));
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

/** How far off a figure is that lies beyond the axis, beside its mark at the end. */
static void name_beyond(const struct drawing *drawing, double logarithm, double x, double y) {
    char label[32];
    double size = drawing->layout->text_size - 1;
    if (fabs(logarithm) <= drawing->x.high)
        return;
    snprintf(label, sizeof label, "%s%.2g", logarithm < 0 ? "÷" : "×", exp(fabs(logarithm)));
    plot_label(drawing->plot, logarithm < 0 ? x + 9 : x - 9, y + 0.35 * size,
               logarithm < 0 ? PLOT_ANCHOR_START : PLOT_ANCHOR_END,
               chart_font(size, false, chart_muted), label);
}

/** One figure: where it lay as shipped, where it lies now. */
static void draw_point(const struct drawing *drawing,
                       const struct calibrate_user_residual *residual, double y) {
    bool held = residual->weight < CALIBRATE_USER_WEIGHT_LOW;
    double radius = drawing->layout->narrow ? 3.5 : 4.5;
    double x = plot_scale_at(&drawing->x, fitted_of(residual));
    plot_disc(drawing->plot, plot_scale_at(&drawing->x, shipped_of(residual)), y, radius - 1,
              chart_white, chart_stroke(1.2, chart_axis));
    if (held)
        plot_disc(drawing->plot, x, y, radius, chart_white, chart_stroke(2, chart_vermillion));
    else
        plot_disc(drawing->plot, x, y, radius, chart_blue, chart_stroke(1, chart_white));
    name_beyond(drawing, fitted_of(residual), x, y);
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

static void draw_band(const struct drawing *drawing, size_t index) {
    static const struct plot_color band = {0xDD, 0xEA, 0xF5};
    const struct row_place place = place_of(drawing, index);
    double half = drawing->rows[index].half_width;
    plot_box(drawing->plot, plot_scale_at(&drawing->x, -half), place.body,
             plot_scale_at(&drawing->x, half), place.body + place.room, band);
}

/** Its name, and its points one below the other. */
static void draw_row(const struct drawing *drawing, size_t index) {
    const struct row *row = &drawing->rows[index];
    const struct chart_layout *layout = drawing->layout;
    const struct plot_font font = chart_font(layout->text_size, false, chart_ink);
    const struct row_place place = place_of(drawing, index);
    double middle = place.body + place.room / 2;
    size_t drawn = 0;
    if (layout->narrow)
        plot_label(drawing->plot, layout->margin, place.top + layout->text_size, PLOT_ANCHOR_START,
                   font, row->title);
    else
        plot_label(drawing->plot, drawing->area.left - 12, middle + 0.35 * layout->text_size,
                   PLOT_ANCHOR_END, font, row->title);
    for (size_t i = 0; i < row->model->residual_count; i++) {
        const struct calibrate_user_residual *residual = &row->model->residual[i];
        if (residual->figure != row->figure || residual->at_least)
            continue;
        drawn++;
        draw_point(drawing, residual,
                   place.body + place.room * ((double)drawn - 0.5) / (double)row->points);
    }
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

static enum status draw(const struct calibrate_user *user, const struct chart_layout *layout,
                        struct chart *chart, const char *id, struct text *svg, bool png,
                        struct diagnostics *diagnostics) {
    struct plot plot;
    plot_init(&plot, layout->width, layout->height);
    struct drawing drawing = {.user = user, .layout = layout, .plot = &plot};
    collect_rows(&drawing);
    draw_all(&drawing, chart_header(chart, layout, &plot));
    enum status status =
        plot_write_svg(&plot, id, chart->title, chart->description, svg, diagnostics);
    if (status == STATUS_OK && text_failed(svg))
        status = diagnostics_out_of_memory(diagnostics, "the chart");
    if (status == STATUS_OK && png)
        status = plot_write_png(&plot, &chart->png, &chart->png_length, diagnostics);
    plot_fini(&plot);
    return status;
}

enum status chart_residuals_make(const struct calibrate_user *user, struct chart *chart,
                                 struct diagnostics *diagnostics) {
    *chart = (struct chart){0};
    text_init(&chart->svg);
    text_init(&chart->svg_narrow);
    describe(user, chart);
    enum status status = draw(user, &wide, chart, "residuals", &chart->svg, true, diagnostics);
    if (status == STATUS_OK)
        status =
            draw(user, &narrow, chart, "residuals-narrow", &chart->svg_narrow, false, diagnostics);
    return status;
}

void chart_residuals_fini(struct chart *chart) {
    text_fini(&chart->svg);
    text_fini(&chart->svg_narrow);
    free(chart->png);
}
