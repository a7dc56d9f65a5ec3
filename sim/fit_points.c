#include "sim/fit_points.h"

#include "sim/fit_loki.h"
#include "sim/fit_tempo.h"

#include <math.h>

static const char what[] = "the points of every run";

/** Where the points of a row come from. */
struct source {
    enum fit_holdout_model model;
    enum fit_holdout_figure figure;
    const struct fit_loki_residuals *loki; /**< of Loki, else NULL */
    const double *tempo;                   /**< of Tempo, one for each of its runs, else NULL */
};

struct sources {
    struct calibration calibration;
    struct fit_holdout holdout;
    struct fit_loki_left_out loki;
    struct fit_tempo_left_out tempo;
};

static enum status read_sources(struct arena *arena, struct sources *sources,
                                struct diagnostics *diagnostics) {
    enum status status = calibration_shipped(arena, &sources->calibration, diagnostics);
    if (status == STATUS_OK)
        status = fit_holdout_predict(arena, &sources->calibration, &sources->holdout, diagnostics);
    if (status == STATUS_OK)
        status = fit_loki_leave_out(arena, &sources->loki, diagnostics);
    return status == STATUS_OK ? fit_tempo_leave_out(arena, &sources->tempo, diagnostics) : status;
}

static size_t add_point(struct fit_point *points, size_t count, const char *run, double logarithm,
                        bool held_out) {
    if (!isfinite(logarithm))
        return count;
    points[count] = (struct fit_point){run, logarithm, held_out};
    return count + 1;
}

/** Fill `points`, which has room for every run; returns how many there are. */
static size_t add_points(const struct sources *sources, const struct source *from,
                         struct fit_point *points) {
    size_t count = 0;
    for (size_t i = 0; from->loki && i < from->loki->count; i++)
        count =
            add_point(points, count, from->loki->runs[i]->name, from->loki->logarithm[i], false);
    for (size_t i = 0; from->tempo && i < sources->tempo.count; i++)
        count = add_point(points, count, sources->tempo.run[i], from->tempo[i], false);
    for (size_t i = 0; i < sources->holdout.count; i++) {
        const struct fit_holdout_row *row = &sources->holdout.rows[i];
        if (row->model == from->model)
            count = add_point(points, count, row->run,
                              fit_holdout_residual(&row->value[from->figure]), true);
    }
    return count;
}

enum status fit_points_collect(struct arena *arena, struct fit_points *points,
                               struct diagnostics *diagnostics) {
    struct sources *sources = arena_take(arena, sizeof *sources);
    if (!sources)
        return diagnostics_out_of_memory(diagnostics, what);
    const struct source from[FIT_POINTS_ROWS] = {
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_PEAK, &sources->loki.peak, NULL},
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_MEAN, &sources->loki.mean, NULL},
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_CPU, &sources->loki.cpu, NULL},
        {FIT_HOLDOUT_LOKI, FIT_HOLDOUT_STORED, &sources->loki.stored, NULL},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_PEAK, NULL, sources->tempo.memory_peak},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_MEAN, NULL, sources->tempo.memory_mean},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_CPU, NULL, sources->tempo.cpu},
        {FIT_HOLDOUT_TEMPO, FIT_HOLDOUT_STORED, NULL, sources->tempo.block_bytes}};
    enum status status = read_sources(arena, sources, diagnostics);
    for (size_t i = 0; i < FIT_POINTS_ROWS && status == STATUS_OK; i++) {
        size_t room = CALIBRATE_ROWS_MAX + sources->holdout.count;
        struct fit_point *row = arena_array(arena, room, sizeof *row);
        if (!row)
            return diagnostics_out_of_memory(diagnostics, what);
        points->rows[i] = (struct fit_points_row){
            from[i].model, from[i].figure,
            fit_holdout_width(&sources->calibration, from[i].model, from[i].figure), row,
            add_points(sources, &from[i], row)};
    }
    return status;
}
