/**
 * What a user has measured of their own Loki and Tempo: points for sim/calibrate_user.h.
 *
 * A measurement is a load with its settings, named as the keys of `simulate predict`, and some of
 * the figures that predict answers with. Any number of them is taken in bounded memory: those of
 * like load (every input within some per cent) become one point, which is the median of
 * measured / predicted by the shipped models. Where loads differ so much that there would be more
 * than MEASUREMENT_CELLS_MAX points, "like" is taken wider. Of more than MEASUREMENT_KEPT values of
 * one figure in a point a sample is kept, the same one at every run.
 *
 * Thread safety: a set belongs to one thread at a time.
 */
#ifndef SIM_MEASUREMENT_H
#define SIM_MEASUREMENT_H

#include "models/calibration.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/predict_keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEASUREMENT_CELLS_MAX 256
#define MEASUREMENT_KEPT 64

/** No figure is greater, whatever its unit. */
#define MEASUREMENT_FIGURE_MAX 1e18

/** One row or one look. */
struct measurement {
    struct predict_input input;
    double figure[PREDICT_FIGURES_MAX]; /**< in predict_estimates()'s order; NaN: not measured */
    bool at_least[PREDICT_FIGURES_MAX]; /**< the truth is this or more: a peak seen at times only */
    const char *source;                 /**< for messages and tables, borrowed; may be NULL */
    unsigned line;                      /**< in `source`; 0 when it has none */
};

/** Measurements of like load. */
struct measurement_cell {
    struct measurement first; /**< its load stands for all of them */
    uint64_t key;             /**< of its load and of what is bounds */
    size_t rows;
    struct {
        size_t count;
        double logarithm[MEASUREMENT_KEPT]; /**< ln(measured / predicted as shipped) */
    } figure[PREDICT_FIGURES_MAX];
};

/** Where a model was measured. */
struct measurement_range {
    double least[PREDICT_KEYS_MAX], most[PREDICT_KEYS_MAX]; /**< of each key */
    unsigned encodings;                                     /**< bits 1 << enum loki_encoding */
    size_t rows;
};

struct measurement_set {
    const struct calibration *shipped; /**< borrowed */
    struct measurement_cell *cells;    /**< [MEASUREMENT_CELLS_MAX + 1] in the arena */
    size_t count;
    double likeness; /**< inputs whose ln differ by less may share a point */
    struct measurement_range range[PREDICT_MODEL_COUNT];
};

/** An empty set. */
enum status measurement_set_init(const struct calibration *shipped, struct arena *arena,
                                 struct measurement_set *set,
                                 struct diagnostics *diagnostics) MUST_CHECK;

/** Nothing measured yet, at the model's defaults. */
void measurement_init(enum predict_model model, struct measurement *measurement);

/** Take one. One without any figure is passed over. */
void measurement_add(struct measurement_set *set, const struct measurement *measurement);

/** Figure `figure` of a point: the median; NaN when it was not measured. */
double measurement_figure(const struct measurement_set *set, const struct measurement_cell *cell,
                          size_t figure);

/** Names of a model's figures, [*count]; static storage. */
const char *const *measurement_figure_names(enum predict_model model, size_t *count);

#endif
