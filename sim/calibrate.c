#include "sim/calibrate.h"

#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/** Cauchy's loss is 95 % efficient on normal noise with this constant. */
static const double cauchy_width = 2.385;
static const size_t iterations_max = 200;
static const double reweight_tolerance = 1e-9;
enum { REWEIGHT_ROUNDS_MAX = 50 };

/** What GSL hands back to residuals(). */
struct search {
    const struct calibrate_problem *problem;
    const bool *use;
};

static void parameters_of(const struct calibrate_problem *problem, const gsl_vector *logs,
                          double *parameters) {
    for (size_t i = 0; i < problem->parameters; i++)
        parameters[i] = problem->start[i] * exp(gsl_vector_get(logs, i));
}

static double residual_of(const struct calibrate_problem *problem, const double *parameters,
                          size_t row) {
    double predicted = problem->predict(parameters, row, problem->context);
    return log(problem->measured[row] / predicted);
}

/** Residuals of rows, then of priors, in units of their standard deviations. */
static int residuals(const gsl_vector *logs, void *opaque, gsl_vector *out) {
    const struct search *search = opaque;
    const struct calibrate_problem *problem = search->problem;
    double parameters[CALIBRATE_PARAMETERS_MAX];
    parameters_of(problem, logs, parameters);
    for (size_t row = 0; row < problem->rows; row++) {
        bool used = !search->use || search->use[row];
        double residual = used ? residual_of(problem, parameters, row) / problem->noise : 0;
        if (!isfinite(residual))
            return GSL_EDOM;
        gsl_vector_set(out, row, residual);
    }
    for (size_t i = 0; i < problem->parameters; i++) {
        double width = problem->prior_width[i];
        gsl_vector_set(out, problem->rows + i, width > 0 ? gsl_vector_get(logs, i) / width : 0);
    }
    return GSL_SUCCESS;
}

static enum status check(const struct calibrate_problem *problem, struct diagnostics *diagnostics) {
    bool fits = problem->rows > 0 && problem->rows <= CALIBRATE_ROWS_MAX &&
                problem->parameters > 0 && problem->parameters <= CALIBRATE_PARAMETERS_MAX &&
                problem->noise > 0;
    for (size_t i = 0; fits && i < problem->rows; i++)
        fits = problem->measured[i] > 0 && isfinite(problem->measured[i]);
    for (size_t i = 0; fits && i < problem->parameters; i++)
        fits = problem->start[i] > 0 && isfinite(problem->start[i]);
    if (fits)
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                           "%s: measurements and first guesses must be positive", problem->name);
}

/** Weight each row by how well it fits; returns the greatest change. */
static double reweight(const struct search *search, const gsl_vector *logs, gsl_vector *weights) {
    const struct calibrate_problem *problem = search->problem;
    double parameters[CALIBRATE_PARAMETERS_MAX];
    double change = 0;
    parameters_of(problem, logs, parameters);
    for (size_t row = 0; row < problem->rows; row++) {
        if (search->use && !search->use[row])
            continue;
        double distance = residual_of(problem, parameters, row) / (cauchy_width * problem->noise);
        double weight = 1 / (1 + distance * distance);
        change = fmax(change, fabs(weight - gsl_vector_get(weights, row)));
        gsl_vector_set(weights, row, weight);
    }
    return change;
}

/** Solve with reweighting until weights stand still; the workspace holds the answer. */
static int solve(struct search *search, gsl_multifit_nlinear_workspace *workspace, gsl_vector *logs,
                 gsl_vector *weights) {
    const struct calibrate_problem *problem = search->problem;
    gsl_multifit_nlinear_fdf function = {.f = residuals,
                                         .n = problem->rows + problem->parameters,
                                         .p = problem->parameters,
                                         .params = search};
    gsl_vector_set_zero(logs);
    gsl_vector_set_all(weights, 1);
    for (int round = 0; round < REWEIGHT_ROUNDS_MAX; round++) {
        int info = 0;
        int code = gsl_multifit_nlinear_winit(logs, weights, &function, workspace);
        if (code == GSL_SUCCESS)
            code = gsl_multifit_nlinear_driver(iterations_max, 1e-10, 1e-10, 0, NULL, NULL, &info,
                                               workspace);
        /* No progress means the step is below rounding: the minimum is found. Where the very first
         * step is, GSL says that the iterations are used up. */
        bool found = code == GSL_ENOPROG || (code == GSL_EMAXITER && info == GSL_ENOPROG);
        if (code != GSL_SUCCESS && !found)
            return code;
        gsl_vector_memcpy(logs, gsl_multifit_nlinear_position(workspace));
        if (reweight(search, logs, weights) < reweight_tolerance)
            break;
    }
    return GSL_SUCCESS;
}

/** Values, errors and residuals at the solution. */
static void read_solution(const struct search *search, const gsl_vector *logs,
                          const gsl_vector *weights, const gsl_matrix *covariance,
                          struct calibrate_solution *solution) {
    const struct calibrate_problem *problem = search->problem;
    double squares = 0, used = 0;
    parameters_of(problem, logs, solution->value);
    for (size_t row = 0; row < problem->rows; row++) {
        solution->residual[row] = residual_of(problem, solution->value, row);
        if (search->use && !search->use[row])
            continue;
        double scaled = solution->residual[row] / problem->noise;
        squares += gsl_vector_get(weights, row) * scaled * scaled;
        used += 1;
    }
    double freedom = fmax(used - (double)problem->parameters, 1);
    double scale = sqrt(fmax(squares / freedom, 1));
    for (size_t i = 0; i < problem->parameters; i++)
        solution->standard_error[i] =
            solution->value[i] * scale * sqrt(fmax(gsl_matrix_get(covariance, i, i), 0));
}

enum status calibrate_fit(const struct calibrate_problem *problem, const bool *use,
                          struct calibrate_solution *solution, struct diagnostics *diagnostics) {
    enum status status = check(problem, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct search search = {problem, use};
    size_t rows = problem->rows + problem->parameters;
    gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *workspace = gsl_multifit_nlinear_alloc(
        gsl_multifit_nlinear_trust, &settings, rows, problem->parameters);
    gsl_vector *logs = gsl_vector_alloc(problem->parameters);
    gsl_vector *weights = gsl_vector_alloc(rows);
    gsl_matrix *covariance = gsl_matrix_alloc(problem->parameters, problem->parameters);
    if (!workspace || !logs || !weights || !covariance) {
        status = diagnostics_out_of_memory(diagnostics, problem->name);
    } else {
        int code = solve(&search, workspace, logs, weights);
        if (code == GSL_SUCCESS)
            code = gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(workspace), 0, covariance);
        if (code == GSL_SUCCESS)
            read_solution(&search, logs, weights, covariance, solution);
        else
            status = diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                                     "%s: the fit does not converge (%s)", problem->name,
                                     gsl_strerror(code));
    }
    gsl_matrix_free(covariance);
    gsl_vector_free(weights);
    gsl_vector_free(logs);
    gsl_multifit_nlinear_free(workspace);
    return status;
}

enum status calibrate_leave_one_out(const struct calibrate_problem *problem, double *residual,
                                    struct diagnostics *diagnostics) {
    bool use[CALIBRATE_ROWS_MAX];
    struct calibrate_solution solution;
    enum status status = check(problem, diagnostics);
    for (size_t row = 0; status == STATUS_OK && row < problem->rows; row++) {
        for (size_t i = 0; i < problem->rows; i++)
            use[i] = i != row;
        status = calibrate_fit(problem, use, &solution, diagnostics);
        if (status == STATUS_OK)
            residual[row] = solution.residual[row];
    }
    return status;
}

struct calibrate_spread calibrate_spread_of(const double *residual, size_t count) {
    double sizes[CALIBRATE_ROWS_MAX];
    struct calibrate_spread spread = {0};
    for (size_t i = 0; i < count && spread.count < CALIBRATE_ROWS_MAX; i++) {
        if (isnan(residual[i]))
            continue;
        sizes[spread.count++] = fabs(residual[i]);
        spread.root_mean_square += residual[i] * residual[i];
    }
    if (spread.count == 0)
        return spread;
    gsl_sort(sizes, 1, spread.count);
    spread.root_mean_square = sqrt(spread.root_mean_square / (double)spread.count);
    spread.median = gsl_stats_median_from_sorted_data(sizes, 1, spread.count);
    spread.greatest = sizes[spread.count - 1];
    return spread;
}
