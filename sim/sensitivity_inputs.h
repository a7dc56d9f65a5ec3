/**
 * The uncertain inputs of a scenario, and what a scenario becomes when they are moved.
 * Private to the sensitivity analysis.
 *
 * How far off an input may be, between its 10th and 90th percentile:
 * - the scenario's own figures: x 0.8 to x 1.25, an assumption: who counts lines for a day knows
 *   the month to about 25 %;
 * - incidents (how many, how strong, how long): x 0.5 to x 2, an assumption: there are few to learn
 *   from;
 * - the models' own errors: Student's t with the deviations of runs left out of the fit, as the
 *   engine draws them;
 * - synchrony of chunk ages: anywhere in 0..1, as the engine draws it.
 * The first two are lognormal around the scenario's value.
 */
#ifndef SIM_SENSITIVITY_INPUTS_H
#define SIM_SENSITIVITY_INPUTS_H

#include "sim/engine.h"
#include "sim/result.h"

enum sensitivity_input {
    SENSITIVITY_LOG_RATE,
    SENSITIVITY_SPAN_RATE,
    SENSITIVITY_LINE_BYTES, /**< with the lines fixed */
    SENSITIVITY_COMPRESSION,
    SENSITIVITY_STREAMS,
    SENSITIVITY_INCIDENTS,
    SENSITIVITY_MAGNITUDE,
    SENSITIVITY_DURATION,
    SENSITIVITY_NOISE,
    SENSITIVITY_GROWTH,
    SENSITIVITY_QUERIES,
    SENSITIVITY_LOKI_MEMORY,
    SENSITIVITY_TEMPO_MEMORY,
    SENSITIVITY_LOKI_STORED,
    SENSITIVITY_TEMPO_STORED,
    SENSITIVITY_SYNCHRONY
};
#define SENSITIVITY_INPUT_COUNT 16

/** A row with the names of `input` and nothing else. */
struct sensitivity sensitivity_row(enum sensitivity_input input);

/** A quantile in (0, 1) for each input; below 0 it is at its base: as the scenario says, and for
 *  the models' errors and synchrony as the engine draws them. */
struct sensitivity_point {
    double quantile[SENSITIVITY_INPUT_COUNT];
};

/** All inputs at their base. */
struct sensitivity_point sensitivity_base(void);

/** What the input is multiplied by at `quantile`, 1 below 0; for synchrony its value. */
double sensitivity_factor(enum sensitivity_input input, double quantile,
                          const struct calibration *calibration);

/** The scenario with its own figures moved to `point`. `*moved` borrows from `scenario` and from
 *  `arena`, and is not to be freed. */
enum status sensitivity_move(const struct scenario *scenario, const struct sensitivity_point *point,
                             const struct calibration *calibration, struct arena *arena,
                             struct scenario *moved, struct diagnostics *diagnostics) MUST_CHECK;

/** The models' errors and synchrony at `point`, for the engine. */
struct engine_given sensitivity_given(const struct sensitivity_point *point,
                                      const struct calibration *calibration);

#endif
