/**
 * Sensitivity: which uncertain inputs move the plan's risk and its cost, and which of them, if
 * known better, would change the decision.
 *
 * Tornado: each input (sim/sensitivity_inputs.h) at its 10th and 90th percentile, all others at
 * their base, with the same random numbers. Risk is that of the best plan (or of the stack as
 * written where none was found) on SENSITIVITY_REPLICAS replicas; cost is that of the cheapest plan
 * that passes the look-up on SENSITIVITY_LOOKUP_REPLICAS.
 *
 * Sobol indices (sim/sensitivity_indices.h) of two smooth outputs of the same plan, because a kill
 * is 0 or 1: ln of its smallest memory headroom (Loki's and Tempo's limits and the memory of their
 * node, over what is needed) and ln of its smallest disk headroom. Each evaluation is one replica
 * with a load and parameters of its own; the random paths are an input too, called chance. What
 * acts through the model of Loki (length of lines, compression, streams, queries) is a factor on
 * its memory and its bytes, taken from the model at the scale where the median replica peaks.
 */
#ifndef SIM_SENSITIVITY_H
#define SIM_SENSITIVITY_H

#include "sim/planner.h"

#define SENSITIVITY_REPLICAS 512
#define SENSITIVITY_LOOKUP_REPLICAS 192
/** Rows of each sample behind the indices: whole blocks. */
#define SENSITIVITY_ROWS 512

/** Fill `sensitivity` and `sensitivity_summary` of a result whose plans are made. The number of
 *  threads changes no bit of it. Strings are of the context's arena. */
enum status sensitivity_make(const struct planner_input *input, struct result *result,
                             struct diagnostics *diagnostics) MUST_CHECK;

#endif
