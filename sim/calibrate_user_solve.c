#include "sim/calibrate_user_solve.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <string.h>

enum loss { LOSS_HUBER, LOSS_CAUCHY };

/** Huber's loss is 95 % efficient on normal noise with this constant. */
static const double huber_width = 1.345;
/** Cauchy's is 87 % efficient with this one: one's own notes hold wrong figures more often than a
 *  laboratory's, for which the shipped fit takes 2.385 and 95 %. */
static const double cauchy_width = 1.5;
static const size_t iterations_max = 100;
enum { ROUNDS_MAX = 60 };
static const double round_tolerance = 1e-6;

/** The shipped calibration with the coefficients moved by `logs`. */
static void move(const struct calibrate_user_fit_of *fit, const gsl_vector *logs,
                 struct calibration *calibration) {
    *calibration = *fit->shipped;
    for (size_t i = 0; i < fit->parameters; i++)
        calibration_set(calibration, fit->coefficient[i].slot->value,
                        fit->coefficient[i].shipped * exp(gsl_vector_get(logs, i)));
}

/** Predict every row. */
static void predict_rows(const struct calibrate_user_fit_of *fit, const gsl_vector *logs) {
    struct calibration calibration;
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    const struct measurement *predicted = NULL;
    move(fit, logs, &calibration);
    for (size_t row = 0; row < fit->rows; row++) {
        struct calibrate_user_residual *residual = &fit->residual[row];
        if (residual->point != predicted)
            predict_estimates(&calibration, &residual->point->input, estimates);
        predicted = residual->point;
        residual->fitted = estimates[residual->figure].value;
    }
}

/** ln(measured / predicted); a bound that the prediction keeps says nothing more. */
static double logarithm_of(const struct calibrate_user_residual *residual) {
    double logarithm = log(residual->measured / residual->fitted);
    return residual->at_least ? fmax(logarithm, 0) : logarithm;
}

/** Of rows, then of the prior, in units of their deviations: for GSL. */
static int residuals(const gsl_vector *logs, void *opaque, gsl_vector *out) {
    const struct calibrate_user_fit_of *fit = opaque;
    predict_rows(fit, logs);
    for (size_t row = 0; row < fit->rows; row++) {
        double scaled =
            logarithm_of(&fit->residual[row]) / fit->deviation[fit->residual[row].figure];
        if (!isfinite(scaled))
            return GSL_EDOM;
        gsl_vector_set(out, row, scaled);
    }
    for (size_t i = 0; i < fit->parameters; i++)
        gsl_vector_set(out, fit->rows + i,
                       gsl_vector_get(logs, i) / fit->coefficient[i].shipped_error);
    return GSL_SUCCESS;
}

static double weight_of(enum loss loss, double off) {
    if (loss == LOSS_CAUCHY)
        return 1 / (1 + off * off / (cauchy_width * cauchy_width));
    return off > huber_width ? huber_width / off : 1;
}

/** Weigh each row by how far off it is; returns the greatest change. */
static double reweigh(const struct calibrate_user_fit_of *fit, enum loss loss,
                      gsl_vector *weights) {
    double change = 0;
    for (size_t row = 0; row < fit->rows; row++) {
        struct calibrate_user_residual *residual = &fit->residual[row];
        double off = fabs(logarithm_of(residual)) / fit->deviation[residual->figure];
        residual->weight = weight_of(loss, off);
        change = fmax(change, fabs(residual->weight - gsl_vector_get(weights, row)));
        gsl_vector_set(weights, row, residual->weight);
    }
    return change;
}

/** Share of each row in its own fit: the diagonal of J C J'. */
static void weigh_leverage(const struct calibrate_user_fit_of *fit, const gsl_matrix *jacobian,
                           const gsl_matrix *covariance) {
    for (size_t row = 0; row < fit->rows; row++) {
        double sum = 0;
        for (size_t i = 0; i < fit->parameters; i++)
            for (size_t k = 0; k < fit->parameters; k++)
                sum += gsl_matrix_get(jacobian, row, i) * gsl_matrix_get(covariance, i, k) *
                       gsl_matrix_get(jacobian, row, k);
        fit->residual[row].leverage = fmin(fmax(sum, 0), 1);
    }
}

/** The deviation of a figure: what is left over, and what was shipped as so many runs more. */
static double deviation_of(const struct calibrate_user_fit_of *fit, size_t figure) {
    double shipped = fit->shipped_deviation[figure];
    double squares = fit->freedom * shipped * shipped, freedom = fit->freedom;
    for (size_t row = 0; row < fit->rows; row++) {
        const struct calibrate_user_residual *residual = &fit->residual[row];
        double logarithm = logarithm_of(residual);
        if (residual->figure != figure || residual->at_least)
            continue;
        squares += residual->weight * logarithm * logarithm;
        freedom += 1 - residual->leverage;
    }
    return sqrt(squares / freedom);
}

/** Returns the greatest relative change of a deviation. */
static double update_deviations(struct calibrate_user_fit_of *fit) {
    double change = 0;
    for (size_t f = 0; f < PREDICT_FIGURES_MAX; f++) {
        if (fit->shipped_deviation[f] <= 0)
            continue;
        double deviation = deviation_of(fit, f);
        change = fmax(change, fabs(deviation / fit->deviation[f] - 1));
        fit->deviation[f] = deviation;
    }
    return change;
}

/** What GSL works in. */
struct work {
    gsl_multifit_nlinear_workspace *space;
    gsl_vector *weights;
};

/** The least squares for these weights and deviations, from `fit->logs`. */
static int solve_once(struct calibrate_user_fit_of *fit, struct work *work) {
    gsl_multifit_nlinear_fdf function = {
        .f = residuals, .n = fit->rows + fit->parameters, .p = fit->parameters, .params = fit};
    int info = 0;
    int code = gsl_multifit_nlinear_winit(fit->logs, work->weights, &function, work->space);
    if (code == GSL_SUCCESS)
        code = gsl_multifit_nlinear_driver(iterations_max, 1e-9, 1e-9, 0, NULL, NULL, &info,
                                           work->space);
    /* No progress means the step is below rounding: the minimum is found. Where the very first
     * step is, GSL says that the iterations are used up. */
    if (code == GSL_ENOPROG || (code == GSL_EMAXITER && info == GSL_ENOPROG))
        code = GSL_SUCCESS;
    if (code != GSL_SUCCESS)
        return code;
    gsl_vector_memcpy(fit->logs, gsl_multifit_nlinear_position(work->space));
    return gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work->space), 0, fit->covariance);
}

/** Solve, weigh and estimate deviations until all of them stand still. */
static int solve(struct calibrate_user_fit_of *fit, enum loss loss, struct work *work) {
    predict_rows(fit, fit->logs);
    reweigh(fit, loss, work->weights);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        int code = solve_once(fit, work);
        if (code != GSL_SUCCESS)
            return code;
        predict_rows(fit, fit->logs);
        weigh_leverage(fit, gsl_multifit_nlinear_jac(work->space), fit->covariance);
        double change = reweigh(fit, loss, work->weights);
        change = fmax(change, update_deviations(fit));
        if (change < round_tolerance)
            break;
    }
    return GSL_SUCCESS;
}

/** Minus the logarithm of how likely coefficients and deviations are, but for a constant. */
static double unlikeliness(const struct calibrate_user_fit_of *fit) {
    double sum = 0;
    for (size_t row = 0; row < fit->rows; row++) {
        const struct calibrate_user_residual *residual = &fit->residual[row];
        double deviation = fit->deviation[residual->figure];
        double off = logarithm_of(residual) / (cauchy_width * deviation);
        sum += cauchy_width * cauchy_width / 2 * log1p(off * off);
        sum += residual->at_least ? 0 : log(deviation);
    }
    for (size_t f = 0; f < PREDICT_FIGURES_MAX; f++) {
        double ratio = fit->shipped_deviation[f] / fit->deviation[f];
        if (fit->shipped_deviation[f] > 0)
            sum += fit->freedom * (ratio * ratio / 2 - log(ratio));
    }
    for (size_t i = 0; i < fit->parameters; i++) {
        double off = gsl_vector_get(fit->logs, i) / fit->coefficient[i].shipped_error;
        sum += off * off / 2;
    }
    return sum;
}

static void begin(struct calibrate_user_fit_of *fit, struct work *work) {
    memcpy(fit->deviation, fit->shipped_deviation, sizeof fit->deviation);
    gsl_vector_set_zero(fit->logs);
    gsl_vector_set_all(work->weights, 1);
}

static int solve_from_prior(struct calibrate_user_fit_of *fit, struct work *work) {
    begin(fit, work);
    return solve(fit, LOSS_CAUCHY, work);
}

static int solve_from_huber(struct calibrate_user_fit_of *fit, struct work *work) {
    begin(fit, work);
    int code = solve(fit, LOSS_HUBER, work);
    return code == GSL_SUCCESS ? solve(fit, LOSS_CAUCHY, work) : code;
}

/** The likelier of the two; the same search again is cheaper than keeping all it found. */
static int solve_both(struct calibrate_user_fit_of *fit, struct work *work) {
    int code = solve_from_prior(fit, work);
    double from_prior = code == GSL_SUCCESS ? unlikeliness(fit) : INFINITY;
    code = solve_from_huber(fit, work);
    if (code == GSL_SUCCESS && unlikeliness(fit) <= from_prior)
        return code;
    return solve_from_prior(fit, work);
}

enum status calibrate_user_solve(struct calibrate_user_fit_of *fit, const char *name,
                                 struct diagnostics *diagnostics) {
    gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
    settings.fdtype = GSL_MULTIFIT_NLINEAR_CTRDIFF;
    const size_t rows = fit->rows + fit->parameters;
    struct work work = {
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings, rows, fit->parameters),
        gsl_vector_alloc(rows)};
    enum status status = STATUS_OK;
    fit->logs = gsl_vector_calloc(fit->parameters);
    fit->covariance = gsl_matrix_alloc(fit->parameters, fit->parameters);
    int code = GSL_ENOMEM;
    if (work.space && work.weights && fit->logs && fit->covariance)
        code = solve_both(fit, &work);
    if (code == GSL_ENOMEM)
        status = diagnostics_out_of_memory(diagnostics, "the calibration");
    else if (code != GSL_SUCCESS)
        status = diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                                 "%s: the fit does not converge (%s)", name, gsl_strerror(code));
    gsl_vector_free(work.weights);
    gsl_multifit_nlinear_free(work.space);
    return status;
}
