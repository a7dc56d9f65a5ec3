#include "sim/sensitivity_indices.h"

#include "sim/base/random.h"
#include "sim/stats.h"

#include <gsl/gsl_qrng.h>
#include <string.h>

enum { RESAMPLES = 200 };

/** Rows drawn again for the intervals: a stream of its own, apart from the replicas'. */
static const uint32_t resample_stream = 0x5E45;

enum status sensitivity_design(size_t inputs, size_t rows, double *a, double *b,
                               struct diagnostics *diagnostics) {
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)(2 * inputs));
    if (!sequence)
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    double point[2 * SENSITIVITY_DIMENSIONS_MAX];
    for (size_t row = 0; row < rows; row++) {
        gsl_qrng_get(sequence, point);
        memcpy(&a[row * inputs], point, inputs * sizeof *a);
        memcpy(&b[row * inputs], point + inputs, inputs * sizeof *b);
    }
    gsl_qrng_free(sequence);
    return STATUS_OK;
}

/** Outputs at the three samples. */
struct outputs {
    const double *a, *b, *ab;
    size_t rows;
};

/** Both indices from rows pick[0] ... (NULL: all in order). */
static void estimate(const struct outputs *outputs, const uint32_t *pick, double *first,
                     double *total) {
    const double n = (double)outputs->rows;
    double sum = 0, squares = 0, alone = 0, moved = 0;
    for (size_t i = 0; i < outputs->rows; i++) {
        const size_t row = pick ? pick[i] : i;
        sum += outputs->a[row] + outputs->b[row];
    }
    const double mean = sum / (2 * n);
    for (size_t i = 0; i < outputs->rows; i++) {
        const size_t row = pick ? pick[i] : i;
        const double a = outputs->a[row] - mean, b = outputs->b[row] - mean;
        const double ab = outputs->ab[row] - mean;
        squares += a * a + b * b;
        alone += b * (ab - a);
        moved += (a - ab) * (a - ab);
    }
    const double variance = squares / (2 * n);
    *first = variance > 0 ? alone / n / variance : 0;
    *total = variance > 0 ? moved / n / (2 * variance) : 0;
}

struct sensitivity_index sensitivity_index_of(const double *at_a, const double *at_b,
                                              const double *at_ab, size_t rows, uint64_t seed,
                                              unsigned input) {
    const struct outputs outputs = {at_a, at_b, at_ab, rows};
    struct sensitivity_index index = {0};
    float first[RESAMPLES], total[RESAMPLES];
    uint32_t pick[SENSITIVITY_ROWS_MAX];
    if (rows < 2 || rows > SENSITIVITY_ROWS_MAX)
        return index;
    estimate(&outputs, NULL, &index.first, &index.total);
    for (size_t sample = 0; sample < RESAMPLES; sample++) {
        double one, all;
        for (size_t i = 0; i < rows; i += 4) {
            const struct random_words words =
                random_words(seed, sample, resample_stream + input, (uint32_t)(i / 4));
            for (size_t w = 0; w < 4 && i + w < rows; w++)
                pick[i + w] = (uint32_t)(((uint64_t)words.word[w] * rows) >> 32);
        }
        estimate(&outputs, pick, &one, &all);
        first[sample] = (float)one;
        total[sample] = (float)all;
    }
    stats_sort(first, RESAMPLES);
    stats_sort(total, RESAMPLES);
    index.first_low = stats_quantile(first, RESAMPLES, 0.025);
    index.first_high = stats_quantile(first, RESAMPLES, 0.975);
    index.total_low = stats_quantile(total, RESAMPLES, 0.025);
    index.total_high = stats_quantile(total, RESAMPLES, 0.975);
    return index;
}
