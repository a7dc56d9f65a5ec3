#include "reports/chart_fidelity.h"

#include "reports/chart_parts.h"
#include "reports/chart_ratio_rows.h"
#include "reports/phrase.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const models[] = {[FIT_HOLDOUT_LOKI] = "Loki", [FIT_HOLDOUT_TEMPO] = "Tempo"};
static const char *const figures[FIT_HOLDOUT_FIGURE_COUNT] = {
    [FIT_HOLDOUT_PEAK] = "peak memory", [FIT_HOLDOUT_MEAN] = "mean memory",
    [FIT_HOLDOUT_CPU] = "CPU",          [FIT_HOLDOUT_STORED] = "stored bytes",
    [FIT_HOLDOUT_WAL] = "WAL on disk",
};

/** What is drawn, and the sizes of its ratios, in ln. */
struct picture {
    struct chart_ratio_row rows[FIT_POINTS_ROWS];
    struct chart_ratio_point *points; /**< of all rows */
    double *left_out, *held_out;      /**< owned, as points is */
    size_t left_out_count, held_out_count;
    size_t left_out_inside, held_out_inside; /**< their 90 % intervals */
};

static void add_point(const struct fit_point *point, double width, struct picture *picture) {
    double size = fabs(point->logarithm);
    picture->points[picture->left_out_count + picture->held_out_count] =
        (struct chart_ratio_point){point->logarithm, NAN, point->held_out};
    if (point->held_out) {
        picture->held_out[picture->held_out_count++] = size;
        picture->held_out_inside += size <= width;
    } else {
        picture->left_out[picture->left_out_count++] = size;
        picture->left_out_inside += size <= width;
    }
}

static void add_row(const struct fit_points_row *from, struct chart_ratio_row *row,
                    struct picture *picture) {
    row->half_width = from->width;
    row->points = &picture->points[picture->left_out_count + picture->held_out_count];
    row->count = from->count;
    snprintf(row->title, sizeof row->title, "%s %s", models[from->model], figures[from->figure]);
    for (size_t i = 0; i < from->count; i++)
        add_point(&from->points[i], from->width, picture);
}

/** Whether there was memory. */
static bool picture_init(const struct fit_points *points, struct picture *picture) {
    size_t room = 1;
    for (size_t i = 0; i < FIT_POINTS_ROWS; i++)
        room += points->rows[i].count;
    *picture = (struct picture){.points = calloc(room, sizeof *picture->points),
                                .left_out = calloc(room, sizeof *picture->left_out),
                                .held_out = calloc(room, sizeof *picture->held_out)};
    if (!picture->points || !picture->left_out || !picture->held_out)
        return false;
    for (size_t i = 0; i < FIT_POINTS_ROWS; i++)
        add_row(&points->rows[i], &picture->rows[i], picture);
    return true;
}

static void picture_fini(struct picture *picture) {
    free(picture->points);
    free(picture->left_out);
    free(picture->held_out);
}

/** `4 %`: what half of the ratios lie within. */
static char *half_within(char *buffer, size_t size, double *sizes, size_t count) {
    return phrase_share(buffer, size, count > 0 ? expm1(gsl_stats_median(sizes, 1, count)) : 0);
}

static void describe(struct picture *picture, struct chart *chart) {
    char left_out[CHART_WORD_BYTES], held_out[CHART_WORD_BYTES];
    half_within(left_out, sizeof left_out, picture->left_out, picture->left_out_count);
    half_within(held_out, sizeof held_out, picture->held_out, picture->held_out_count);
    snprintf(chart->name, sizeof chart->name, "fidelity");
    snprintf(chart->title, sizeof chart->title,
             "Half of the figures lie within %s of their forecast; beyond the calibrated range, "
             "within %s",
             left_out, held_out);
    snprintf(chart->subtitle, sizeof chart->subtitle,
             "Measured over predicted. Dots: runs left out of the fit that predicts them; rings: "
             "runs beyond the range of all fits. The 90 %% intervals (bands) hold %zu of %zu and "
             "%zu of %zu",
             picture->left_out_inside, picture->left_out_count, picture->held_out_inside,
             picture->held_out_count);
    snprintf(chart->description, sizeof chart->description,
             "Measured over predicted, a row for each figure of Loki and of Tempo. %s. %zu of %zu "
             "figures lie within their 90 %% intervals; beyond the calibrated range, %zu of %zu.",
             chart->title, picture->left_out_inside, picture->left_out_count,
             picture->held_out_inside, picture->held_out_count);
}

enum status chart_fidelity_make(const struct fit_points *points, struct chart *chart,
                                struct diagnostics *diagnostics) {
    struct picture picture;
    enum status status = STATUS_OK;
    chart_ratio_rows_init(chart);
    if (picture_init(points, &picture)) {
        describe(&picture, chart);
        status = chart_ratio_rows_draw(picture.rows, FIT_POINTS_ROWS, chart, diagnostics);
    } else {
        status = diagnostics_out_of_memory(diagnostics, "the chart");
    }
    picture_fini(&picture);
    return status;
}

void chart_fidelity_fini(struct chart *chart) {
    chart_ratio_rows_fini(chart);
}
