/**
 * Sobol indices: how much of an output's variance each input explains, alone (first order) and with
 * all that it interacts with (total).
 *
 * Two independent samples A and B of all inputs, and for each input i the sample A with column i
 * from B ("AB_i"). With f centred, and V its variance over A and B:
 *
 *     first = mean(f(B) (f(AB_i) - f(A))) / V
 *     total = mean((f(A) - f(AB_i))^2) / (2 V)
 *
 * The first is of Saltelli and others, 2010 (doi 10.1016/j.cpc.2009.09.018), the second of Jansen,
 * 1999 (doi 10.1016/S0010-4655(98)00154-4). Intervals of 95 % by resampling rows.
 *
 * Thread safety: pure but for what they are given.
 */
#ifndef SIM_SENSITIVITY_INDICES_H
#define SIM_SENSITIVITY_INDICES_H

#include "sim/base/status.h"
#include "sim/result.h"

#include <stdint.h>

/** GSL's Sobol sequence has 40 dimensions, and A and B take one each an input. */
#define SENSITIVITY_DIMENSIONS_MAX 20

/** Rows of one sample, at most. */
#define SENSITIVITY_ROWS_MAX 8192

/** Quantiles in (0, 1) of `inputs` <= SENSITIVITY_DIMENSIONS_MAX inputs: a[row * inputs + input]
 *  and b alike, from a Sobol sequence of twice that many dimensions. */
enum status sensitivity_design(size_t inputs, size_t rows, double *a, double *b,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Indices of one input from the outputs at A, B and AB_i, [rows] each. All zeros where the output
 *  does not vary. `seed` and `input` choose the rows that are resampled. */
struct sensitivity_index sensitivity_index_of(const double *at_a, const double *at_b,
                                              const double *at_ab, size_t rows, uint64_t seed,
                                              unsigned input);

#endif
