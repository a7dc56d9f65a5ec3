#include "sim/predict.h"

#include "sim/base/units.h"
#include "sim/base/words.h"
#include "sim/calibrate_user_range.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

double predict_interval_of(double share, double deviation, double degrees_of_freedom) {
    return deviation * gsl_cdf_tdist_Pinv((1 + share) / 2, fmax(degrees_of_freedom, 1));
}

double predict_interval(double deviation, double degrees_of_freedom) {
    return predict_interval_of(0.9, deviation, degrees_of_freedom);
}

static size_t loki_estimates(const struct calibration *calibration,
                             const struct predict_loki_input *given,
                             struct predict_estimate estimates[PREDICT_FIGURES_MAX]) {
    const struct loki_error *error = &calibration->loki.error;
    struct predict_loki_input input = *given;
    struct loki_need need;
    input.load.classes = &input.class_of;
    input.settings.encoding = (enum loki_encoding)input.encoding;
    input.class_of.compression = predict_compression(given);
    loki_predict(&calibration->loki, &input.settings, &input.load, 1, input.synchrony, &need);
    const struct predict_estimate figures[] = {
        {"memory_peak_bytes", need.memory_peak_bytes, error->memory_peak},
        {"memory_mean_bytes", need.memory_mean_bytes, error->memory_mean},
        {"cpu_cores", need.cpu_cores, error->cpu},
        {"wal_peak_bytes", need.wal_peak_bytes, error->wal_peak},
        {"wal_bytes_per_second", need.wal_bytes_per_second, error->wal_rate},
        {"chunk_bytes_per_day", need.chunk_bytes_per_second * SECONDS_PER_DAY, error->chunk_bytes},
        {"chunks_per_day", need.chunks_per_second * SECONDS_PER_DAY, error->chunks},
        {"index_bytes_per_day", need.index_bytes_per_second * SECONDS_PER_DAY, error->index_bytes},
    };
    memcpy(estimates, figures, sizeof figures);
    return sizeof figures / sizeof *figures;
}

static size_t tempo_estimates(const struct calibration *calibration,
                              const struct predict_tempo_input *input,
                              struct predict_estimate estimates[PREDICT_FIGURES_MAX]) {
    const struct tempo_error *error = &calibration->tempo.error;
    struct tempo_need need;
    tempo_predict(&calibration->tempo, &input->settings, &input->load, 1, &need);
    const struct predict_estimate figures[] = {
        {"memory_peak_bytes", need.memory_peak_bytes, tempo_run_peak_error(error)},
        {"memory_mean_bytes", need.memory_mean_bytes, error->memory_mean},
        {"cpu_cores", need.cpu_cores, error->cpu},
        {"wal_peak_bytes", need.wal_peak_bytes, error->wal_peak},
        {"block_bytes_per_day", need.block_bytes_per_second * SECONDS_PER_DAY, error->block_bytes},
    };
    memcpy(estimates, figures, sizeof figures);
    return sizeof figures / sizeof *figures;
}

size_t predict_estimates(const struct calibration *calibration, const struct predict_input *input,
                         struct predict_estimate estimates[PREDICT_FIGURES_MAX]) {
    return input->model == PREDICT_LOKI ? loki_estimates(calibration, &input->loki, estimates)
                                        : tempo_estimates(calibration, &input->tempo, estimates);
}

double predict_degrees_of_freedom(const struct calibration *calibration, enum predict_model model) {
    return model == PREDICT_LOKI ? calibration->loki.error.degrees_of_freedom
                                 : calibration->tempo.error.degrees_of_freedom;
}

static void add_figures(const struct calibration *calibration, const struct predict_input *input,
                        struct predict_answer *answer) {
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    struct calibrate_user_distance distance;
    struct calibration widened = *calibration;
    calibrate_user_distance_of(calibration->ranges, input, &distance);
    calibrate_user_describe(&distance, answer->beyond, sizeof answer->beyond);
    calibrate_user_widen(&widened, input->model, distance.doublings);
    double freedom = predict_degrees_of_freedom(&widened, input->model);
    answer->count = predict_estimates(&widened, input, estimates);
    for (size_t i = 0; i < answer->count; i++) {
        double factor = exp(predict_interval(estimates[i].deviation, freedom));
        double value = estimates[i].value;
        answer->figures[i] =
            (struct predict_figure){estimates[i].name, value, value / factor, value * factor};
    }
}

/** A load far from any real one may have no answer. */
static enum status check_figures(const struct predict_answer *answer,
                                 struct diagnostics *diagnostics) {
    for (size_t i = 0; i < answer->count; i++) {
        const struct predict_figure *figure = &answer->figures[i];
        if (!isfinite(figure->value) || !isfinite(figure->low) || !isfinite(figure->high))
            return diagnostics_add(
                diagnostics, STATUS_INVALID, NULL, 0, 0,
                "predict %s has no finite %s for this load: is one of the values "
                "far too small or too large?",
                answer->model, figure->name);
    }
    return STATUS_OK;
}

static enum status complain_model(const char *model, struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    const char *names[PREDICT_MODEL_COUNT];
    for (int i = 0; i < PREDICT_MODEL_COUNT; i++)
        names[i] = predict_model_name((enum predict_model)i);
    diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                    "no model is called %s, expected loki or tempo",
                    words_quote(quoted, sizeof quoted, model));
    struct diagnostic *last = diagnostics_last(diagnostics);
    int nearest = words_nearest(model, names, PREDICT_MODEL_COUNT);
    if (last && nearest >= 0)
        snprintf(last->hint, sizeof last->hint, "did you mean %s?", names[nearest]);
    return STATUS_USAGE;
}

enum status predict(const struct calibration *calibration, const char *model,
                    const struct scenario_override *settings, size_t count,
                    struct predict_answer *answer, struct diagnostics *diagnostics) {
    int found = predict_model_find(model);
    if (found < 0)
        return complain_model(model, diagnostics);
    struct predict_input input;
    enum status status =
        predict_input_read((enum predict_model)found, settings, count, &input, diagnostics);
    if (status != STATUS_OK)
        return status;
    *answer = (struct predict_answer){.model = predict_model_name((enum predict_model)found)};
    add_figures(calibration, &input, answer);
    return check_figures(answer, diagnostics);
}

void predict_write_json(const struct predict_answer *answer, struct text *text) {
    text_add(text, "{");
    for (size_t i = 0; i < answer->count; i++) {
        const struct predict_figure *figure = &answer->figures[i];
        text_print(text, "%s\n  \"%s\": %.10g, \"%s_low\": %.10g, \"%s_high\": %.10g",
                   i > 0 ? "," : "", figure->name, figure->value, figure->name, figure->low,
                   figure->name, figure->high);
    }
    /* Names of keys and numbers: nothing in it needs escaping. */
    if (answer->beyond[0])
        text_print(text, ",\n  \"beyond_range\": \"%s\"", answer->beyond);
    text_add(text, "\n}\n");
}

void predict_write_csv(const struct predict_answer *answer, struct text *text) {
    if (answer->beyond[0])
        text_print(text, "# beyond the range of the calibration: %s\n", answer->beyond);
    text_add(text, "figure,value,low,high\n");
    for (size_t i = 0; i < answer->count; i++)
        text_print(text, "%s,%.10g,%.10g,%.10g\n", answer->figures[i].name,
                   answer->figures[i].value, answer->figures[i].low, answer->figures[i].high);
}

char *predict_print_figure(char *buffer, size_t size, const char *name, double value) {
    if (strstr(name, "bytes"))
        return units_print_bytes(buffer, size, value);
    snprintf(buffer, size, "%.4g", value);
    return buffer;
}

/** One input a line. */
static void write_beyond(const char *beyond, struct text *text) {
    static const char between[] = "), ";
    const char *end;
    text_add(text, "Beyond the range of the calibration, so intervals are wider:\n");
    for (; (end = strstr(beyond, between)); beyond = end + strlen(between)) {
        text_add(text, "  ");
        text_add_bytes(text, beyond, (size_t)(end - beyond) + 1);
        text_add(text, "\n");
    }
    text_print(text, "  %s\n", beyond);
}

void predict_write_text(const struct predict_answer *answer, struct text *text) {
    char value[32], low[32], high[32];
    text_print(text, "%-22s %12s   %s\n", answer->model, "predicted", "90% interval");
    for (size_t i = 0; i < answer->count; i++) {
        const struct predict_figure *figure = &answer->figures[i];
        text_print(text, "%-22s %12s   %s to %s\n", figure->name,
                   predict_print_figure(value, sizeof value, figure->name, figure->value),
                   predict_print_figure(low, sizeof low, figure->name, figure->low),
                   predict_print_figure(high, sizeof high, figure->name, figure->high));
    }
    if (answer->beyond[0])
        write_beyond(answer->beyond, text);
}
