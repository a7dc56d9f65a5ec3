#include "sim/fit_points.h"

#include <math.h>

/** Where the points of a row come from. */
struct source {
    enum fit_holdout_model model;
    enum fit_holdout_figure figure;
    const struct fit_loki_residuals *loki; /**< of Loki, else NULL */
    const double *tempo;                   /**< of Tempo, one for each of its runs, else NULL */
};

static size_t add_point(struct fit_point *points, size_t count, const char *run, double logarithm,
                        bool held_out) {
    if (!isfinite(logarithm))
        return count;
    points[count] = (struct fit_point){run, logarithm, held_out};
    return count + 1;
}

/** Fill `points`, which has room for every run; returns how many there are. */
static size_t add_points(const struct fit_fidelity *fidelity, const struct source *from,
                         struct fit_point *points) {
    size_t count = 0;
    for (size_t i = 0; from->loki && i < from->loki->count; i++)
        count =
            add_point(points, count, from->loki->runs[i]->name, from->loki->logarithm[i], false);
    for (size_t i = 0; from->tempo && i < fidelity->tempo.count; i++)
        count = add_point(points, count, fidelity->tempo.run[i], from->tempo[i], false);
    for (size_t i = 0; i < fidelity->holdout.count; i++) {
        const struct fit_holdout_row *row = &fidelity->holdout.rows[i];
        if (row->model == from->model)
            count = add_point(points, count, row->run,
                              fit_holdout_residual(&row->value[from->figure]), true);
    }
    return count;
}

enum status fit_points_collect(struct arena *arena, const struct fit_fidelity *fidelity,
                               struct fit_points *points, struct diagnostics *diagnostics) {
    const struct fit_loki_left_out *loki = &fidelity->loki;
    const struct fit_tempo_left_out *tempo = &fidelity->tempo;
    const struct source from[FIT_POINTS_ROWS] = {
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_PEAK, &loki->peak, NULL},
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_MEAN, &loki->mean, NULL},
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_CPU, &loki->cpu, NULL},
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_STORED, &loki->stored, NULL},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_PEAK, NULL, tempo->memory_peak},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_MEAN, NULL, tempo->memory_mean},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_CPU, NULL, tempo->cpu},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_STORED, NULL, tempo->block_bytes}};
    for (size_t i = 0; i < FIT_POINTS_ROWS; i++) {
        size_t room = CALIBRATE_ROWS_MAX + fidelity->holdout.count;
        struct fit_point *row = arena_array(arena, room, sizeof *row);
        if (!row)
            return diagnostics_out_of_memory(diagnostics, "the points of every run");
        points->rows[i] = (struct fit_points_row){
            .model = from[i].model,
            .figure = from[i].figure,
            .width = fit_holdout_width(&fidelity->shipped, from[i].model, from[i].figure),
            .points = row,
            .count = add_points(fidelity, &from[i], row)};
    }
    return STATUS_OK;
}
