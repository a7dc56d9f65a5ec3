/**
 * Fitting models to measurements: robust non-linear least squares, leave-one-out, and the refit of
 * the shipped coefficients.
 *
 * Every coefficient and every measurement is positive, so both are compared as logarithms: an error
 * of 10 % weighs the same at 50 MB and at 5 GB, and no coefficient can turn negative. A row that
 * does not fit weighs less (Cauchy's loss, by reweighting). What is known beforehand goes in as a
 * prior on each coefficient, so few rows are enough. GSL's multifit_nlinear does the work.
 *
 * Thread safety: reentrant; nothing is kept between calls.
 */
#ifndef SIM_CALIBRATE_H
#define SIM_CALIBRATE_H

#include "models/calibration.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

#define CALIBRATE_PARAMETERS_MAX 16
#define CALIBRATE_ROWS_MAX 64

/** A model with unknown parameters and the rows it is held against. All pointers are borrowed. */
struct calibrate_problem {
    const char *name;          /**< for messages: "Loki's peak memory" */
    size_t rows;               /**< at most CALIBRATE_ROWS_MAX */
    size_t parameters;         /**< at most CALIBRATE_PARAMETERS_MAX */
    const double *measured;    /**< [rows], > 0 */
    const double *start;       /**< [parameters], > 0: the prior's median */
    const double *prior_width; /**< [parameters]: standard deviation of ln(parameter / start); 0 for
                                    no prior */
    double noise;              /**< expected standard deviation of ln(measured / predicted), > 0 */
    /** What the model says of a row, > 0. */
    double (*predict)(const double *parameters, size_t row, const void *context);
    const void *context;
};

struct calibrate_solution {
    double value[CALIBRATE_PARAMETERS_MAX];
    double standard_error[CALIBRATE_PARAMETERS_MAX]; /**< of value, from the covariance */
    double residual[CALIBRATE_ROWS_MAX];             /**< ln(measured / predicted), every row */
};

/**
 * Fit. `use` says which rows take part ([rows]; NULL: all); a row left out still gets its residual.
 * STATUS_INVALID when a figure is not positive or the sizes do not fit; STATUS_INTERNAL when the
 * search does not converge; STATUS_SYSTEM when memory is out.
 */
enum status calibrate_fit(const struct calibrate_problem *problem, const bool *use,
                          struct calibrate_solution *solution,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** Fit once for each row without it: `residual[row]` = ln(measured / predicted) of the row that was
 *  left out, [rows]. */
enum status calibrate_leave_one_out(const struct calibrate_problem *problem, double *residual,
                                    struct diagnostics *diagnostics) MUST_CHECK;

/** Root of the mean square, and median and greatest of the absolute residuals; NaN are skipped. */
struct calibrate_spread {
    double root_mean_square, median, greatest;
    size_t count;
};
struct calibrate_spread calibrate_spread_of(const double *residual, size_t count);

/** Fill every coefficient of `calibration` from models/data/calibration. Scratch from `arena`. */
enum status calibrate_all(struct arena *arena, struct calibration *calibration,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** Refit everything and write the text of models/data/coefficients.csv. */
enum status calibrate_shipped(struct arena *arena, struct text *coefficients_csv,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** The coefficient table of a calibration, as calibration_read() reads it. */
void calibrate_write(const struct calibration *calibration, struct text *text);

#endif
