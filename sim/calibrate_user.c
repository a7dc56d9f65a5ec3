#include "sim/calibrate_user.h"

#include "sim/calibrate_user_solve.h"

#include <math.h>
#include <string.h>

const char *calibrate_user_figure_name(const struct calibrate_user_residual *residual) {
    size_t count;
    return measurement_figure_names(residual->point->input.model, &count)[residual->figure];
}

/** One residual for each figure of each point of the model. */
static enum status collect(const struct measurement_set *set, enum predict_model model,
                           struct calibrate_user_fit_of *fit, struct arena *arena,
                           struct calibrate_user_model *out, struct diagnostics *diagnostics) {
    out->residual = arena_array(arena, set->count * PREDICT_FIGURES_MAX, sizeof *out->residual);
    if (!out->residual)
        return diagnostics_out_of_memory(diagnostics, "the calibration");
    for (size_t i = 0; i < set->count; i++) {
        const struct measurement_cell *cell = &set->cells[i];
        struct predict_estimate estimates[PREDICT_FIGURES_MAX];
        if (cell->first.input.model != model)
            continue;
        out->points++;
        size_t count = predict_estimates(set->shipped, &cell->first.input, estimates);
        for (size_t f = 0; f < count; f++) {
            double measured = measurement_figure(set, cell, f);
            if (isnan(measured))
                continue;
            out->residual[out->residual_count++] = (struct calibrate_user_residual){
                .point = &cell->first,
                .rows = cell->rows,
                .figure = f,
                .measured = measured,
                .shipped = estimates[f].value,
                .fitted = estimates[f].value,
                .weight = 1,
                .at_least = cell->first.at_least[f],
            };
        }
    }
    fit->rows = out->residual_count;
    fit->residual = out->residual;
    return STATUS_OK;
}

static void take_coefficients(const struct calibration *shipped, enum predict_model model,
                              struct calibrate_user_model *out) {
    const struct coefficient_slot *slot;
    for (size_t i = 0; (slot = calibration_slot(i)) != NULL; i++) {
        double value = calibration_get(shipped, slot->value);
        if (strcmp(slot->model, predict_model_name(model)) != 0 || value <= 0 ||
            slot->standard_error == COEFFICIENT_NO_ERROR ||
            out->coefficient_count == CALIBRATE_USER_PARAMETERS_MAX)
            continue;
        double error =
            calibrate_user_prior(slot, value, calibration_get(shipped, slot->standard_error));
        out->coefficient[out->coefficient_count++] =
            (struct calibrate_user_coefficient){slot, value, value, error, error};
    }
}

static void take_figures(const struct measurement_set *set, enum predict_model model,
                         struct calibrate_user_fit_of *fit, struct calibrate_user_model *out) {
    struct predict_input input;
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    predict_input_init(model, &input);
    out->figure_count = predict_estimates(set->shipped, &input, estimates);
    for (size_t f = 0; f < out->figure_count; f++) {
        out->figure[f] = (struct calibrate_user_figure){
            estimates[f].name, 0, estimates[f].deviation, estimates[f].deviation};
        fit->shipped_deviation[f] = estimates[f].deviation;
    }
}

/** Coefficients, and the deviation of a prediction at the points: what is left over and what the
 *  coefficients leave open there. */
static void read_solution(const struct calibrate_user_fit_of *fit, enum predict_model model,
                          struct calibrate_user_model *out, struct calibration *calibration) {
    double open[PREDICT_FIGURES_MAX] = {0};
    for (size_t i = 0; i < fit->parameters; i++) {
        struct calibrate_user_coefficient *coefficient = &out->coefficient[i];
        coefficient->value = coefficient->shipped * exp(gsl_vector_get(fit->logs, i));
        coefficient->error = sqrt(fmax(gsl_matrix_get(fit->covariance, i, i), 0));
        calibration_set(calibration, coefficient->slot->value, coefficient->value);
        calibration_set(calibration, coefficient->slot->standard_error,
                        coefficient->value * coefficient->error);
    }
    for (size_t row = 0; row < fit->rows; row++) {
        const struct calibrate_user_residual *residual = &fit->residual[row];
        if (residual->at_least)
            continue;
        double deviation = fit->deviation[residual->figure];
        open[residual->figure] += residual->leverage * deviation * deviation / residual->weight;
        out->figure[residual->figure].points++;
    }
    for (size_t f = 0; f < out->figure_count; f++) {
        struct calibrate_user_figure *figure = &out->figure[f];
        if (figure->points == 0)
            continue;
        figure->deviation =
            sqrt(fit->deviation[f] * fit->deviation[f] + open[f] / (double)figure->points);
        calibrate_user_set_deviation(calibration, model, f, figure->deviation);
    }
}

static enum status fit_model(const struct measurement_set *set, enum predict_model model,
                             struct arena *arena, struct calibrate_user_model *out,
                             struct calibration *calibration, struct diagnostics *diagnostics) {
    struct calibrate_user_fit_of fit = {.shipped = set->shipped, .coefficient = out->coefficient};
    take_coefficients(set->shipped, model, out);
    take_figures(set, model, &fit, out);
    fit.parameters = out->coefficient_count;
    fit.freedom = predict_degrees_of_freedom(set->shipped, model);
    enum status status = collect(set, model, &fit, arena, out, diagnostics);
    if (status != STATUS_OK || fit.rows == 0)
        return status;
    out->measured = true;
    status = calibrate_user_solve(&fit, predict_model_name(model), diagnostics);
    if (status == STATUS_OK)
        read_solution(&fit, model, out, calibration);
    gsl_vector_free(fit.logs);
    gsl_matrix_free(fit.covariance);
    return status;
}

static void take_range(const struct measurement_range *from, size_t points,
                       enum predict_model model, struct calibration_ranges *ranges) {
    ranges->model[model].known = from->rows > 0;
    memcpy(ranges->model[model].least, from->least, sizeof from->least);
    memcpy(ranges->model[model].most, from->most, sizeof from->most);
    ranges->model[model].encodings = from->encodings;
    ranges->model[model].points = (double)points;
}

enum status calibrate_user_fit(const struct measurement_set *set, struct arena *arena,
                               struct calibrate_user *user, struct diagnostics *diagnostics) {
    *user = (struct calibrate_user){.calibration = *set->shipped};
    if (set->count == 0)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "there is nothing to calibrate with: no figure was measured");
    enum status status = STATUS_OK;
    for (int m = 0; m < PREDICT_MODEL_COUNT && status == STATUS_OK; m++) {
        enum predict_model model = (enum predict_model)m;
        status = fit_model(set, model, arena, &user->model[m], &user->calibration, diagnostics);
        take_range(&set->range[m], user->model[m].points, model, &user->ranges);
    }
    user->calibration.ranges = &user->ranges;
    return status;
}
