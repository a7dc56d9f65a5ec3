/**
 * The search behind sim/calibrate_user.h, to which this is private.
 *
 * Two losses by reweighting, one after the other. Huber's has one minimum, but lets a single absurd
 * figure drag the coefficients as far as the prior allows; Cauchy's lets go of it, but may have
 * several minima. So Cauchy's is searched twice, from where the prior stands and from Huber's
 * answer, and the likelier of the two is taken: figures that agree with each other win over the
 * prior, one alone that is far off does not. Thread safety: reentrant.
 */
#ifndef SIM_CALIBRATE_USER_SOLVE_H
#define SIM_CALIBRATE_USER_SOLVE_H

#include "sim/calibrate_user.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

/** A fit of one model. */
struct calibrate_user_fit_of {
    const struct calibration *shipped;
    const struct calibrate_user_coefficient *coefficient; /**< [parameters], where they begin */
    size_t parameters;
    size_t rows;
    struct calibrate_user_residual *residual; /**< [rows], those of one point side by side */
    double shipped_deviation[PREDICT_FIGURES_MAX];
    double freedom; /**< behind the shipped deviations */

    /* What calibrate_user_solve() finds, besides `fitted`, `weight` and `leverage` of each row: */
    double deviation[PREDICT_FIGURES_MAX];
    gsl_vector *logs;       /**< [parameters] ln(coefficient / shipped) */
    gsl_matrix *covariance; /**< of logs */
};

/** Search. The caller frees `logs` and `covariance`, whatever is returned. `name` is for messages.
 */
enum status calibrate_user_solve(struct calibrate_user_fit_of *fit, const char *name,
                                 struct diagnostics *diagnostics) MUST_CHECK;

#endif
