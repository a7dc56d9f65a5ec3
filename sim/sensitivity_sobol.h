/**
 * The Sobol indices of a plan's headroom. Private to the sensitivity analysis.
 */
#ifndef SIM_SENSITIVITY_SOBOL_H
#define SIM_SENSITIVITY_SOBOL_H

#include "sim/planner.h"
#include "sim/sensitivity_inputs.h"

/** Which headroom an index is of. */
enum sensitivity_output { SENSITIVITY_MEMORY, SENSITIVITY_DISK };
#define SENSITIVITY_OUTPUT_COUNT 2

/** The random paths, as an input after the others. */
#define SENSITIVITY_CHANCE SENSITIVITY_INPUT_COUNT

/** Simulations that sensitivity_sobol() takes: where the median peaks, A, B and each AB. */
#define SENSITIVITY_SOBOL_RUNS (3 + SENSITIVITY_INPUT_COUNT + 1)

struct sensitivity_sobol {
    struct sensitivity_index index[SENSITIVITY_INPUT_COUNT + 1][SENSITIVITY_OUTPUT_COUNT];
    size_t evaluations;
};

/** Indices of `plan` from samples of `rows` rows, a multiple of WORKLOAD_LANES. */
enum status sensitivity_sobol(const struct planner_input *input, const struct plan *plan,
                              size_t rows, struct sensitivity_sobol *sobol,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
