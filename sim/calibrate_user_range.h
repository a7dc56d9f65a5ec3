/**
 * A user's calibration file: reading it, and what it says of loads it was not measured at.
 *
 * The file has the columns model, name, value, standard_error, least, most, unit and meaning. Rows
 * of coefficients are those of models/data/coefficients.csv; what the file leaves out stays as
 * shipped. Rows of `loki_range` and `tempo_range` give `least` and `most` of each key of `simulate
 * predict` that the data covered, and `encoding.snappy` and so on for each encoding; the value of
 * `loki_data,points` tells how many points stand behind it.
 *
 * Beyond the range the deviation of every figure grows: by three times itself for each doubling,
 * adding as squares. That is what a run of models/data/holdout.csv needed: h4, whose chunk age is
 * twice the longest that was fitted, missed its peak by 26 %, five deviations.
 *
 * Thread safety: reentrant; a range that has been read is constant.
 */
#ifndef SIM_CALIBRATE_USER_RANGE_H
#define SIM_CALIBRATE_USER_RANGE_H

#include "models/calibration.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/predict_keys.h"
#include "sim/scenario.h"

#include <stdbool.h>
#include <stddef.h>

/** Where a calibration's own measurements lie; behind calibration.ranges. */
struct calibration_ranges {
    struct {
        bool known; /**< false: the model is as shipped */
        double least[PREDICT_KEYS_MAX], most[PREDICT_KEYS_MAX];
        unsigned encodings; /**< bits 1 << enum loki_encoding */
        double points;
    } model[PREDICT_MODEL_COUNT];
};

/** An input beyond its range. */
struct calibrate_user_outside {
    const struct predict_key *key;
    double value, least, most;
    double doublings; /**< beyond the nearer end; a thing never measured with counts as one */
};

#define CALIBRATE_USER_OUTSIDE_MAX PREDICT_KEYS_MAX

/** How far `input` lies beyond the range, and which of its keys do, farthest first. */
struct calibrate_user_distance {
    double doublings; /**< root of the sum of squares */
    struct calibrate_user_outside outside[CALIBRATE_USER_OUTSIDE_MAX];
    size_t count;
};

/** Nothing is beyond where `ranges` is NULL or does not know the model. */
void calibrate_user_distance_of(const struct calibration_ranges *ranges,
                                const struct predict_input *input,
                                struct calibrate_user_distance *distance);

/** What a deviation is multiplied by at this distance. */
double calibrate_user_widening(double doublings);

/** `streams 5,000 (measured: 200 to 480)` and so on, at most as long as `size`. */
char *calibrate_user_describe(const struct calibrate_user_distance *distance, char *buffer,
                              size_t size);

/** Read a calibration file over the shipped calibration. What `calibration` points to lives in
 *  `arena`. STATUS_INVALID with line for what is wrong in it. */
enum status calibrate_user_read(struct arena *arena, const char *file,
                                struct calibration *calibration,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** The same of `length` bytes named `file`. */
enum status calibrate_user_parse(struct arena *arena, const char *file, const char *bytes,
                                 size_t length, struct calibration *calibration,
                                 struct diagnostics *diagnostics) MUST_CHECK;

/** How far a scenario lies beyond the range: at its mean load or in its busiest hour, whichever is
 *  farther. Incidents are left out. */
void calibrate_user_scenario(const struct calibration_ranges *ranges,
                             const struct scenario *scenario, enum predict_model model,
                             struct calibrate_user_distance *distance);

/** Widen the deviations of `model` in `calibration` for this distance. */
void calibrate_user_widen(struct calibration *calibration, enum predict_model model,
                          double doublings);

#endif
