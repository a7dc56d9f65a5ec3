/**
 * A user's calibration file: reading it, and what it says of loads it was not measured at.
 *
 * The file has the columns model, name, value, standard_error, least, most, unit and meaning. Rows
 * of coefficients are those of models/data/coefficients.csv; what the file leaves out stays as
 * shipped. Rows of `loki_range` and `tempo_range` give `least` and `most` of each key of `simulate
 * predict` that the data covered, and `encoding.snappy` and so on for each encoding; the value of
 * `loki_data,points` tells how many points stand behind it.
 *
 * Beyond the range a calibration says less and less: a doubling away three quarters, two doublings
 * away nearly all of the variance of an installation that nobody measured comes back
 * (calibrate_user_installation()). Run h4 of models/data/holdout.csv, whose chunk age is twice the
 * longest that the shipped fit saw, missed its peak by 26 %; its 90 % interval is then 29 % wide.
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

/**
 * How far a figure or coefficient of another installation may lie from that of the machine the
 * shipped models were measured on, as a deviation of its ln; `name` begins with what it is of:
 * `memory`, `cpu`, ... Assumptions, no measurements.
 */
double calibrate_user_installation(const char *name);

/** `streams 5000 (calibrated at 200 to 480)` and so on for the three farthest. */
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

/** The calibration that a scenario is simulated with. */
struct calibrate_user_use {
    const char *file; /**< NULL: as shipped */
    const struct calibration *calibration;
    double points[PREDICT_MODEL_COUNT];      /**< behind it; 0 where a model is as shipped */
    const char *beyond[PREDICT_MODEL_COUNT]; /**< calibrate_user_describe(); NULL: in range */
};

/** `shipped`, or what `scenario` names instead, widened where its load lies beyond the range. What
 *  `use` points to is borrowed or lives in `arena`. */
enum status calibrate_user_for(const struct scenario *scenario, const struct calibration *shipped,
                               struct arena *arena, struct calibrate_user_use *use,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Widen the deviations of `model` in `calibration` for this distance. */
void calibrate_user_widen(struct calibration *calibration, enum predict_model model,
                          double doublings);

#endif
