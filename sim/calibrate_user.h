/**
 * `simulate calibrate FILE...`: the shipped calibration updated by a user's own measurements.
 *
 * Bayes: every fitted coefficient of Loki and Tempo begins at its shipped value, as surely as its
 * standard error says and as another installation may differ (sim/calibrate_user_prior.c); the
 * shipped coefficients are taken as independent. Figures are compared as logarithms with a robust
 * loss (sim/calibrate_user_solve.h), so a wrong figure is let go, and however few the points are,
 * the prior holds what they do not show. GSL's multifit_nlinear searches; all of a model's figures
 * are fitted together.
 *
 * The deviation of each figure is updated too: the shipped one counts as its degrees of freedom,
 * every point as one less what it was fitted away. What is written for later predictions adds what
 * the coefficients leave open at the points.
 *
 * Thread safety: reentrant.
 */
#ifndef SIM_CALIBRATE_USER_H
#define SIM_CALIBRATE_USER_H

#include "sim/base/text.h"
#include "sim/calibrate_user_range.h"
#include "sim/measurement.h"

#define CALIBRATE_USER_PARAMETERS_MAX 32
/** From this share of its own fit on, a point decides it alone. */
#define CALIBRATE_USER_LEVERAGE_HIGH 0.5
/** Below this weight, three deviations off, a figure hardly counts. */
#define CALIBRATE_USER_WEIGHT_LOW 0.2

struct calibrate_user_coefficient {
    const struct coefficient_slot *slot;
    double shipped, value;
    double shipped_error, error; /**< standard deviations of ln(coefficient) before and after */
};

/** One figure of one point. */
struct calibrate_user_residual {
    const struct measurement *point;  /**< its load and source; borrowed from the set */
    size_t rows;                      /**< that the point stands for */
    size_t figure;                    /**< index in measurement_figure_names() */
    double measured, shipped, fitted; /**< bytes, cores, ... */
    double weight;                    /**< 1, less for what lies far off */
    double leverage;                  /**< diagonal of the hat matrix: 0 to 1 */
    bool at_least;                    /**< the measurement is a bound */
};

/** `memory_peak_bytes`; static storage. */
const char *calibrate_user_figure_name(const struct calibrate_user_residual *residual);

struct calibrate_user_figure {
    const char *name;
    size_t points;                       /**< that it was measured in, bounds left out */
    double shipped_deviation, deviation; /**< of ln(measured / predicted) */
};

/** What was learnt of one model. */
struct calibrate_user_model {
    bool measured; /**< false: everything else is as shipped */
    struct calibrate_user_coefficient coefficient[CALIBRATE_USER_PARAMETERS_MAX];
    size_t coefficient_count;
    struct calibrate_user_residual *residual; /**< [residual_count] in the arena */
    size_t residual_count;
    struct calibrate_user_figure figure[PREDICT_FIGURES_MAX];
    size_t figure_count;
    size_t points;
};

struct calibrate_user {
    struct calibration calibration; /**< updated; its ranges point below */
    struct calibration_ranges ranges;
    struct calibrate_user_model model[PREDICT_MODEL_COUNT];
};

/** Update. `set` is borrowed as long as `user` lives; residuals live in `arena`. STATUS_INVALID for
 *  an empty set; STATUS_INTERNAL when the search does not converge. */
enum status calibrate_user_fit(const struct measurement_set *set, struct arena *arena,
                               struct calibrate_user *user,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Standard deviation of ln(coefficient) that a coefficient begins with. */
double calibrate_user_prior(const struct coefficient_slot *slot, double value,
                            double standard_error);

/** Where a figure's deviation is in struct calibration. Tempo's peak has two parts, which keep
 *  their proportion. */
void calibrate_user_set_deviation(struct calibration *calibration, enum predict_model model,
                                  size_t figure, double deviation);

/** The calibration file: models/data/coefficients.csv's columns with `least` and `most`. */
void calibrate_user_write(const struct calibrate_user *user, struct text *csv);

/** The report for people, in 80 columns, and for programs. */
void calibrate_user_write_text(const struct calibrate_user *user, struct text *text);
void calibrate_user_write_json(const struct calibrate_user *user, struct text *json);

/** Every figure of every point, one a row: residuals.csv. */
void calibrate_user_write_residuals(const struct calibrate_user *user, struct text *csv);

#endif
