/**
 * The shipped, fitted models: read from models/data/coefficients.csv.
 *
 * The file has one row a coefficient: model,name,value,standard_error,unit,meaning. It is written
 * by `make calibrate` (sim/calibrate.c) and a test refits and compares. The tables of slots in
 * models/calibration_*.c are the one place that knows names, units and meanings: reader and writer
 * both walk them. Static tables; thread-safe.
 */
#ifndef MODELS_CALIBRATION_H
#define MODELS_CALIBRATION_H

#include "models/collector.h"
#include "models/grafana.h"
#include "models/loki.h"
#include "models/tempo.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"

#include <string.h>

struct calibration_ranges; /* sim/calibrate_user_range.h */

struct calibration {
    struct loki_model loki;
    struct tempo_model tempo;
    struct collector_model collector;
    struct agent_model agent[AGENT_KIND_COUNT]; /**< [enum agent_kind] */
    struct grafana_model grafana;
    const struct calibration_ranges *ranges; /**< of a user's own measurements; NULL: as shipped */
};

/** `standard_error` offset of a slot that has none. */
#define COEFFICIENT_NO_ERROR ((size_t)-1)

/** One row of the table and the double of `struct calibration` it goes to. */
struct coefficient_slot {
    const char *model;
    const char *name;
    size_t value;          /**< offset of the double in struct calibration */
    size_t standard_error; /**< offset of its standard error, or COEFFICIENT_NO_ERROR */
    const char *unit;
    const char *meaning;
};

/** The number at an offset of a slot. */
static inline double calibration_get(const struct calibration *calibration, size_t offset) {
    double number;
    memcpy(&number, (const char *)calibration + offset, sizeof number);
    return number;
}

static inline void calibration_set(struct calibration *calibration, size_t offset, double number) {
    memcpy((char *)calibration + offset, &number, sizeof number);
}

/** Slots of some models, in the order of the file. Static storage. */
struct coefficient_slots {
    const struct coefficient_slot *slots;
    size_t count;
};

struct coefficient_slots calibration_loki_slots(void);    /* models/calibration_loki.c */
struct coefficient_slots calibration_tempo_slots(void);   /* models/calibration_tempo.c */
struct coefficient_slots calibration_process_slots(void); /* models/calibration_processes.c */

/** Every slot of the file in turn: `index` from 0, NULL past the last. */
const struct coefficient_slot *calibration_slot(size_t index);

/** Read a coefficient table (`bytes`, named `file` in messages). Every coefficient must be there,
 *  finite, once; unknown rows are errors. Scratch memory comes from `arena`. */
enum status calibration_read(struct arena *arena, const char *file, const char *bytes,
                             size_t length, struct calibration *calibration,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** calibration_read() of the shipped table. */
enum status calibration_shipped(struct arena *arena, struct calibration *calibration,
                                struct diagnostics *diagnostics) MUST_CHECK;

#endif
