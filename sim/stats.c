#include "sim/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void stats_sort(float *values, size_t count) {
    if (count > 1)
        qsort(values, count, sizeof *values, compare);
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
