/**
 * Lengths of lines, kept as counts in buckets: quantiles of any number of lines in constant memory.
 *
 * Up to 256 bytes each length has a bucket of its own; above, a bucket is 1/128 of a power of two
 * wide and stands for its middle, so a quantile is within 0.4 % of an exact one. Thread safety: one
 * thread at a time.
 */
#ifndef SIM_SAMPLE_LENGTH_H
#define SIM_SAMPLE_LENGTH_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_LENGTH_ERROR 0.004

/** Buckets of lengths below 2^19, longer than any line that is kept. */
#define SAMPLE_LENGTH_BUCKETS (256 + 11 * 128)

struct sample_lengths {
    uint64_t count, sum;
    uint64_t buckets[SAMPLE_LENGTH_BUCKETS];
};

void sample_lengths_add(struct sample_lengths *lengths, size_t length);

/** The length that a share `quantile` of the lines does not exceed; 0 without lines. */
double sample_lengths_quantile(const struct sample_lengths *lengths, double quantile);

#endif
