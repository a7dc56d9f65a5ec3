#include "reports/chart_residuals.h"

#include "reports/chart_parts.h"
#include "reports/chart_ratio_rows.h"
#include "reports/phrase.h"
#include "sim/predict.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Quantities of both models at most. */
enum { ROWS_MAX = PREDICT_MODEL_COUNT * PREDICT_FIGURES_MAX };

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

/** Room for every residual; at least one. */
static size_t room_of(const struct calibrate_user *user) {
    size_t room = 1;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++)
        room += user->model[m].residual_count;
    return room;
}

/** The points of one figure of a model; bounds have no residual. Returns how many. */
static size_t collect_points(const struct calibrate_user_model *model, size_t figure,
                             struct chart_ratio_point *points) {
    size_t count = 0;
    for (size_t i = 0; i < model->residual_count; i++) {
        const struct calibrate_user_residual *residual = &model->residual[i];
        if (residual->figure == figure && !residual->at_least)
            points[count++] =
                (struct chart_ratio_point){.logarithm = fitted_of(residual),
                                           .other = shipped_of(residual),
                                           .ring = residual->weight < CALIBRATE_USER_WEIGHT_LOW};
    }
    return count;
}

/** A row for each quantity that was measured; returns how many. `points` holds all residuals. */
static size_t collect_rows(const struct calibrate_user *user, struct chart_ratio_point *points,
                           struct chart_ratio_row *rows) {
    size_t count = 0;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        const struct calibrate_user_model *model = &user->model[m];
        double freedom = predict_degrees_of_freedom(&user->calibration, (enum predict_model)m);
        for (size_t f = 0; model->measured && f < model->figure_count; f++) {
            if (model->figure[f].points == 0)
                continue;
            struct chart_ratio_row *row = &rows[count++];
            row->half_width = predict_interval(model->figure[f].deviation, freedom);
            row->points = points;
            row->count = collect_points(model, f, points);
            points += row->count;
            snprintf(row->title, sizeof row->title, "%s %s", m == PREDICT_LOKI ? "Loki" : "Tempo",
                     title_of(model->figure[f].name));
        }
    }
    return count;
}

/** Median of the distances as shipped and as calibrated, over all figures but bounds. */
static bool median_distances(const struct calibrate_user *user, double *shipped, double *fitted,
                             size_t *count) {
    size_t room = room_of(user);
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

enum status chart_residuals_make(const struct calibrate_user *user, struct chart *chart,
                                 struct diagnostics *diagnostics) {
    struct chart_ratio_row rows[ROWS_MAX] = {0};
    struct chart_ratio_point *points = calloc(room_of(user), sizeof *points);
    chart_ratio_rows_init(chart);
    if (!points)
        return diagnostics_out_of_memory(diagnostics, "the chart");
    describe(user, chart);
    size_t count = collect_rows(user, points, rows);
    enum status status = chart_ratio_rows_draw(rows, count, chart, diagnostics);
    free(points);
    return status;
}

void chart_residuals_fini(struct chart *chart) {
    chart_ratio_rows_fini(chart);
}
