/**
 * `simulate predict loki|tempo`: the steady state of one process at one constant load.
 *
 * Loki's chunks are taken to open together (the worst case, as after a restart) unless `synchrony`
 * says otherwise. Every figure comes with a 90 % prediction interval: exp(t sigma) either way,
 * sigma being the deviation on runs left out of the fit and t Student's quantile. Thread safety:
 * reentrant.
 */
#ifndef SIM_PREDICT_H
#define SIM_PREDICT_H

#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/predict_keys.h"
#include "sim/scenario.h"

/** One figure and its interval. */
struct predict_figure {
    const char *name; /**< `memory_peak_bytes`, as in the JSON */
    double value, low, high;
};

struct predict_answer {
    const char *model; /**< `loki` or `tempo` */
    struct predict_figure figures[PREDICT_FIGURES_MAX];
    size_t count;
    char beyond[512]; /**< inputs beyond the range of a user's calibration; empty: none are */
};

/**
 * Predict. Intervals widen where the calibration is a user's own and the input lies beyond its
 * range. `settings` are `KEY=VALUE`, keys as predict_write_keys() lists them; a later one wins.
 * STATUS_USAGE for an unknown model; STATUS_INVALID for keys and values, all of them listed, with
 * what was likely meant, and for a load that has no finite answer.
 */
enum status predict(const struct calibration *calibration, const char *model,
                    const struct scenario_override *settings, size_t count,
                    struct predict_answer *answer, struct diagnostics *diagnostics) MUST_CHECK;

/** One JSON object: each figure by its name, with `_low` and `_high`; ends in a newline. */
void predict_write_json(const struct predict_answer *answer, struct text *text);

/** An aligned table for people. */
void predict_write_text(const struct predict_answer *answer, struct text *text);

/** Header and one row a figure: figure,value,low,high. */
void predict_write_csv(const struct predict_answer *answer, struct text *text);

/** A figure as people read it: bytes with a unit, others as numbers; `name` is its. Returns
 *  `buffer`. */
char *predict_print_figure(char *buffer, size_t size, const char *name, double value);

/** The keys of a model with meaning and default, one a line; NULL for all models. */
void predict_write_keys(const char *model, struct text *text);

/** Half the width of the interval that holds `share` (0 to 1) of a logarithm's draws: Student's t
 *  with this deviation. Many degrees of freedom make it the normal's. */
double predict_interval_of(double share, double deviation, double degrees_of_freedom);

/** The same of a 90 % interval. */
double predict_interval(double deviation, double degrees_of_freedom);

#endif
