/**
 * The keys of `simulate predict`: a table for each model, read into a plain struct.
 * Private to sim/predict*.c. Thread safety: reentrant.
 */
#ifndef SIM_PREDICT_KEYS_H
#define SIM_PREDICT_KEYS_H

#include "models/loki.h"
#include "models/tempo.h"
#include "sim/base/status.h"
#include "sim/scenario.h"

/** What the keys fill in. */
struct predict_loki_input {
    struct loki_settings settings;
    struct loki_class class_of;
    struct loki_load load; /**< its classes point to class_of */
    double encoding;       /**< enum loki_encoding */
};

struct predict_tempo_input {
    struct tempo_settings settings;
    struct tempo_load load;
};

/** Defaults, then `settings`; see predict(). */
enum status predict_read_loki(const struct scenario_override *settings, size_t count,
                              struct predict_loki_input *input,
                              struct diagnostics *diagnostics) MUST_CHECK;
enum status predict_read_tempo(const struct scenario_override *settings, size_t count,
                               struct predict_tempo_input *input,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
