/**
 * A histogram of floats: nearly exact order statistics in memory that does not grow with the number
 * of values.
 *
 * Bins are cut by a float's own digits, HISTOGRAM_PER_OCTAVE to every doubling on either side of
 * zero, and made when a value falls near them. Each remembers the least and the highest value in
 * it: the extremes are exact, and so is whatever stands alone in its bin, such as a constant, a
 * count of kills, a thin tail. Elsewhere a quantile is off by less than the width of its bin, 1 in
 * HISTOGRAM_PER_OCTAVE of its value; below the least normal float, 1.2e-38, by less than 3e-42.
 *
 * Only whole numbers are added up, so the values' order does not matter. Thread safety: one thread
 * at a time.
 */
#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H

#include "sim/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_PER_OCTAVE 4096

/** Bins that are made together, and how many such pages all floats fill. */
#define HISTOGRAM_PAGE_BINS 256
#define HISTOGRAM_PAGES 8192

struct histogram_page;

struct histogram {
    uint64_t count;
    struct arena *arena; /**< borrowed: the pages live there */
    struct histogram_page *pages[HISTOGRAM_PAGES];
};

/** An empty histogram in `arena`, or NULL when memory is out. */
struct histogram *histogram_new(struct arena *arena);

/** Add finite values, fewer than 2^32 in all. False when memory is out. */
bool histogram_add(struct histogram *histogram, const float *values, size_t count);

/** Quantile `p` in 0..1 as stats_quantile() defines it; 0 when nothing was added. */
double histogram_quantile(const struct histogram *histogram, double p);

#endif
