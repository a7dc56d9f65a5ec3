/**
 * The shipped, fitted models: read from models/data/coefficients.csv.
 *
 * The file has one row a coefficient: model,name,value,standard_error,unit,meaning. It is written
 * by `make calibrate` (sim/calibrate.c) and a test refits and compares.
 */
#ifndef MODELS_CALIBRATION_H
#define MODELS_CALIBRATION_H

#include "models/collector.h"
#include "models/grafana.h"
#include "models/loki.h"
#include "models/tempo.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"

struct calibration {
    struct loki_model loki;
    struct tempo_model tempo;
    struct collector_model collector;
    struct agent_model agent[2]; /**< [enum agent_kind] */
    struct grafana_model grafana;
};

/** Read a coefficient table (`bytes`, named `file` in messages). Every coefficient must be there,
 *  finite, once; unknown rows are errors. Scratch memory comes from `arena`. */
enum status calibration_read(struct arena *arena, const char *file, const char *bytes,
                             size_t length, struct calibration *calibration,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** calibration_read() of the shipped table. */
enum status calibration_shipped(struct arena *arena, struct calibration *calibration,
                                struct diagnostics *diagnostics) MUST_CHECK;

#endif
