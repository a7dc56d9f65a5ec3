#include "sim/predict.h"

#include "sim/base/units.h"
#include "sim/base/words.h"
#include "sim/predict_keys.h"

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

/** A figure of a model and the deviation of its ln. */
struct estimate {
    const char *name;
    double value, deviation;
};

static void add_estimates(struct predict_answer *answer, const struct estimate *estimates,
                          size_t count, double degrees_of_freedom) {
    for (size_t i = 0; i < count; i++) {
        double factor = exp(predict_interval(estimates[i].deviation, degrees_of_freedom));
        double value = estimates[i].value;
        answer->figures[answer->count++] =
            (struct predict_figure){estimates[i].name, value, value / factor, value * factor};
    }
}

static enum status predict_loki(const struct calibration *calibration,
                                const struct scenario_override *settings, size_t count,
                                struct predict_answer *answer, struct diagnostics *diagnostics) {
    struct predict_loki_input input;
    enum status status = predict_read_loki(settings, count, &input, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct loki_error *error = &calibration->loki.error;
    struct loki_need need;
    loki_predict(&calibration->loki, &input.settings, &input.load, 1, 1, &need);
    const struct estimate estimates[] = {
        {"memory_peak_bytes", need.memory_peak_bytes, error->memory_peak},
        {"memory_mean_bytes", need.memory_mean_bytes, error->memory_mean},
        {"cpu_cores", need.cpu_cores, error->cpu},
        {"wal_peak_bytes", need.wal_peak_bytes, error->wal_peak},
        {"wal_bytes_per_second", need.wal_bytes_per_second, error->wal_rate},
        {"chunk_bytes_per_day", need.chunk_bytes_per_second * SECONDS_PER_DAY, error->chunk_bytes},
        {"chunks_per_day", need.chunks_per_second * SECONDS_PER_DAY, error->chunks},
        {"index_bytes_per_day", need.index_bytes_per_second * SECONDS_PER_DAY, error->index_bytes},
    };
    add_estimates(answer, estimates, sizeof estimates / sizeof *estimates,
                  error->degrees_of_freedom);
    return STATUS_OK;
}

static enum status predict_tempo(const struct calibration *calibration,
                                 const struct scenario_override *settings, size_t count,
                                 struct predict_answer *answer, struct diagnostics *diagnostics) {
    struct predict_tempo_input input;
    enum status status = predict_read_tempo(settings, count, &input, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct tempo_error *error = &calibration->tempo.error;
    struct tempo_need need;
    tempo_predict(&calibration->tempo, &input.settings, &input.load, 1, &need);
    const struct estimate estimates[] = {
        {"memory_peak_bytes", need.memory_peak_bytes, tempo_run_peak_error(error)},
        {"memory_mean_bytes", need.memory_mean_bytes, error->memory_mean},
        {"cpu_cores", need.cpu_cores, error->cpu},
        {"wal_peak_bytes", need.wal_peak_bytes, error->wal_peak},
        {"block_bytes_per_day", need.block_bytes_per_second * SECONDS_PER_DAY, error->block_bytes},
    };
    add_estimates(answer, estimates, sizeof estimates / sizeof *estimates,
                  error->degrees_of_freedom);
    return STATUS_OK;
}

static const struct {
    const char *name;
    enum status (*answer)(const struct calibration *calibration,
                          const struct scenario_override *settings, size_t count,
                          struct predict_answer *answer, struct diagnostics *diagnostics);
} models[] = {{"loki", predict_loki}, {"tempo", predict_tempo}};
#define MODEL_COUNT (sizeof models / sizeof *models)

enum status predict(const struct calibration *calibration, const char *model,
                    const struct scenario_override *settings, size_t count,
                    struct predict_answer *answer, struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    const char *names[MODEL_COUNT];
    for (size_t i = 0; i < MODEL_COUNT; i++) {
        names[i] = models[i].name;
        if (strcmp(model, models[i].name) != 0)
            continue;
        *answer = (struct predict_answer){.model = models[i].name};
        return models[i].answer(calibration, settings, count, answer, diagnostics);
    }
    diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                    "no model is called %s, expected loki or tempo",
                    words_quote(quoted, sizeof quoted, model));
    struct diagnostic *last = diagnostics_last(diagnostics);
    int nearest = words_nearest(model, names, MODEL_COUNT);
    if (last && nearest >= 0)
        snprintf(last->hint, sizeof last->hint, "did you mean %s?", names[nearest]);
    return STATUS_USAGE;
}

void predict_write_json(const struct predict_answer *answer, struct text *text) {
    text_add(text, "{");
    for (size_t i = 0; i < answer->count; i++) {
        const struct predict_figure *figure = &answer->figures[i];
        text_print(text, "%s\n  \"%s\": %.10g, \"%s_low\": %.10g, \"%s_high\": %.10g",
                   i > 0 ? "," : "", figure->name, figure->value, figure->name, figure->low,
                   figure->name, figure->high);
    }
    text_add(text, "\n}\n");
}

void predict_write_csv(const struct predict_answer *answer, struct text *text) {
    text_add(text, "figure,value,low,high\n");
    for (size_t i = 0; i < answer->count; i++)
        text_print(text, "%s,%.10g,%.10g,%.10g\n", answer->figures[i].name,
                   answer->figures[i].value, answer->figures[i].low, answer->figures[i].high);
}

/** Bytes with a unit, other figures as numbers. */
static char *print_figure(char *buffer, size_t size, const char *name, double value) {
    if (strstr(name, "bytes"))
        return units_print_bytes(buffer, size, value);
    snprintf(buffer, size, "%.4g", value);
    return buffer;
}

void predict_write_text(const struct predict_answer *answer, struct text *text) {
    char value[32], low[32], high[32];
    text_print(text, "%-22s %12s   %s\n", answer->model, "predicted", "90% interval");
    for (size_t i = 0; i < answer->count; i++) {
        const struct predict_figure *figure = &answer->figures[i];
        text_print(text, "%-22s %12s   %s to %s\n", figure->name,
                   print_figure(value, sizeof value, figure->name, figure->value),
                   print_figure(low, sizeof low, figure->name, figure->low),
                   print_figure(high, sizeof high, figure->name, figure->high));
    }
}
