#include "sim/sample_length.h"

#include <math.h>

enum { EXACT_BITS = 8, EXACT = 1 << EXACT_BITS, STEPS = EXACT / 2 };

static size_t bucket_of(size_t length) {
    if (length < EXACT)
        return length;
    unsigned octave = 0;
    while (length >> octave >= EXACT)
        octave++;
    size_t bucket = EXACT + (octave - 1) * STEPS + (length >> octave) - STEPS;
    return bucket < SAMPLE_LENGTH_BUCKETS ? bucket : SAMPLE_LENGTH_BUCKETS - 1;
}

static double middle_of(size_t bucket) {
    if (bucket < EXACT)
        return (double)bucket;
    size_t octave = (bucket - EXACT) / STEPS + 1, step = (bucket - EXACT) % STEPS + STEPS;
    return ldexp((double)step, (int)octave) + (ldexp(1, (int)octave) - 1) / 2;
}

void sample_lengths_add(struct sample_lengths *lengths, size_t length) {
    lengths->count++;
    lengths->sum += length;
    lengths->buckets[bucket_of(length)]++;
}

double sample_lengths_quantile(const struct sample_lengths *lengths, double quantile) {
    double wanted = fmax(1, ceil(quantile * (double)lengths->count));
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < SAMPLE_LENGTH_BUCKETS; bucket++) {
        seen += lengths->buckets[bucket];
        if ((double)seen >= wanted)
            return middle_of(bucket);
    }
    return 0;
}
