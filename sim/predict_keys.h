/**
 * The keys of `simulate predict`: a table for each model, read into a plain struct. Measurements
 * (sim/measurement.h) name their inputs and figures by the same tables.
 * Thread safety: reentrant.
 */
#ifndef SIM_PREDICT_KEYS_H
#define SIM_PREDICT_KEYS_H

#include "models/calibration.h"
#include "sim/base/status.h"
#include "sim/scenario.h"

/** What the keys fill in. */
struct predict_loki_input {
    struct loki_settings settings;
    struct loki_class class_of;
    struct loki_load load; /**< its classes point to class_of */
    double encoding;       /**< enum loki_encoding */
    double synchrony;      /**< as in loki_predict() */
};

struct predict_tempo_input {
    struct tempo_settings settings;
    struct tempo_load load;
};

enum predict_model { PREDICT_LOKI, PREDICT_TEMPO };
#define PREDICT_MODEL_COUNT 2
/** Room for the keys of one model. */
#define PREDICT_KEYS_MAX 24

/** `loki`, `tempo`; -1 when no model is called so. */
const char *predict_model_name(enum predict_model model);
int predict_model_find(const char *name);

/** A load and settings of one model; copies are fine. */
struct predict_input {
    enum predict_model model;
    struct predict_loki_input loki;
    struct predict_tempo_input tempo;
};

/** How a value is written. */
enum predict_key_kind { PREDICT_NUMBER, PREDICT_BYTES, PREDICT_DURATION, PREDICT_ENCODING };

struct predict_key {
    const char *name;
    enum predict_key_kind kind;
    size_t offset; /**< of a double in the model's input */
    double least, most;
    bool required;
    const char *meaning;
};

/** The keys of a model, [*count]; static storage. */
const struct predict_key *predict_keys(enum predict_model model, size_t *count);

/** Index of the key called `name`, or -1. */
int predict_key_find(enum predict_model model, const char *name);

/** The defaults; keys that are required are 0. */
void predict_input_init(enum predict_model model, struct predict_input *input);

/** Raw over stored bytes: as given, or what is usual with the encoding. */
double predict_compression(const struct predict_loki_input *input);

/** The value of a key; of compression the usual one where none is given. */
double predict_input_get(const struct predict_input *input, size_t key);
void predict_input_set(struct predict_input *input, size_t key, double value);

/** A value as people write it; false when it is not of the key's kind. */
bool predict_key_parse(const struct predict_key *key, const char *text, double *value);

/** What predict_key_parse() takes: "a number". */
const char *predict_key_expected(const struct predict_key *key);

/** A value for people: `58.6 KiB/s`, `2h`, `gzip`. Returns `buffer`. */
char *predict_key_print(const struct predict_key *key, double value, char *buffer, size_t size);

/** Defaults, then `settings`; see predict(). */
enum status predict_input_read(enum predict_model model, const struct scenario_override *settings,
                               size_t count, struct predict_input *input,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** A figure of a model and the deviation of its ln. */
struct predict_estimate {
    const char *name;
    double value, deviation;
};

/** Room for the figures of one model. */
#define PREDICT_FIGURES_MAX 8

/** The model's figures at `input`, always as many and in the same order. */
size_t predict_estimates(const struct calibration *calibration, const struct predict_input *input,
                         struct predict_estimate estimates[PREDICT_FIGURES_MAX]);

/** Student's degrees of freedom of a model's deviations. */
double predict_degrees_of_freedom(const struct calibration *calibration, enum predict_model model);

#endif
