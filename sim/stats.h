/**
 * Exact order statistics and confidence limits over replicas.
 *
 * Quantiles follow Hyndman and Fan's definition 7 (GSL's and R's default): linear between order
 * statistics. Thread safety: reentrant; scratch memory is the caller's.
 */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include "sim/result.h"

#include <stddef.h>
#include <stdint.h>

/** A finite float's bits, turned so that they rise with it. -0 comes right below 0. */
uint32_t stats_key(float value);

/** Sort `values` [count] in place, ascending. Values are finite. Many are sorted by their digits,
 * with twice their memory for a moment; where there is none, by comparisons. */
void stats_sort(float *values, size_t count);

/** Quantile `p` in 0..1 of sorted values; 0 when count is 0. */
double stats_quantile(const float *sorted, size_t count, double p);

/** P5, P50, P95, P99 and maximum; sorts `values`. */
struct quantiles stats_quantiles(float *values, size_t count);

/** `hits` of `count`, with the two-sided 95 % Clopper-Pearson interval (beta quantiles). */
struct probability stats_probability(size_t hits, size_t count);

#endif
