#include "sim/stats.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>

/** From here on a sort by digits is faster than one by comparisons, and worth its memory. */
enum { DIGITS_FROM = 256 };
enum { DIGIT_BITS = 11, DIGIT_VALUES = 1 << DIGIT_BITS, DIGITS = 3 };

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

uint32_t stats_key(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

/** The float of a key. */
static float value_of(uint32_t key) {
    const uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/** Put keys in the order of one digit. */
static void sort_digit(const uint32_t *from, uint32_t *to, size_t count, unsigned shift) {
    size_t start[DIGIT_VALUES] = {0};
    for (size_t i = 0; i < count; i++)
        start[from[i] >> shift & (DIGIT_VALUES - 1)]++;
    size_t at = 0;
    for (size_t d = 0; d < DIGIT_VALUES; d++) {
        const size_t next = at + start[d];
        start[d] = at;
        at = next;
    }
    for (size_t i = 0; i < count; i++)
        to[start[from[i] >> shift & (DIGIT_VALUES - 1)]++] = from[i];
}

void stats_sort(float *values, size_t count) {
    uint32_t *keys = count >= DIGITS_FROM ? malloc(2 * count * sizeof *keys) : NULL;
    if (!keys) {
        if (count > 1)
            qsort(values, count, sizeof *values, compare);
        return;
    }
    uint32_t *from = keys, *to = keys + count;
    for (size_t i = 0; i < count; i++)
        from[i] = stats_key(values[i]);
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        sort_digit(from, to, count, digit * DIGIT_BITS);
        uint32_t *sorted = to;
        to = from;
        from = sorted;
    }
    for (size_t i = 0; i < count; i++)
        values[i] = value_of(from[i]);
    free(keys);
}

double stats_quantile(const float *sorted, size_t count, double p) {
    if (count == 0)
        return 0;
    double position = p * (double)(count - 1);
    size_t below = (size_t)position;
    if (below + 1 >= count)
        return (double)sorted[count - 1];
    double low = (double)sorted[below], high = (double)sorted[below + 1];
    return low + (high - low) * (position - (double)below);
}

struct quantiles stats_quantiles(float *values, size_t count) {
    stats_sort(values, count);
    return (struct quantiles){
        .p5 = stats_quantile(values, count, 0.05),
        .p50 = stats_quantile(values, count, 0.50),
        .p95 = stats_quantile(values, count, 0.95),
        .p99 = stats_quantile(values, count, 0.99),
        .max = stats_quantile(values, count, 1.00),
    };
}

/** Quantile of a beta distribution by bisection: gsl_cdf_beta_Pinv() gives NaN at times when a
 *  parameter is large and the other small. */
static double beta_quantile(double probability, double a, double b) {
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (gsl_cdf_beta_P(middle, a, b) < probability)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

struct probability stats_probability(size_t hits, size_t count) {
    if (count == 0)
        return (struct probability){0, 0, 1};
    const double k = (double)hits, n = (double)count;
    return (struct probability){
        .value = k / n,
        .low = hits == 0 ? 0 : beta_quantile(0.025, k, n - k + 1),
        .high = hits == count ? 1 : beta_quantile(0.975, k + 1, n - k),
    };
}
