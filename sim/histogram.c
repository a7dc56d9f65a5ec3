#include "sim/histogram.h"

#include "sim/stats.h"

struct histogram_bin {
    uint32_t count;
    float least, highest; /**< without meaning while count is 0 */
};

struct histogram_page {
    struct histogram_bin bins[HISTOGRAM_PAGE_BINS];
};

/** Digits of a key that do not tell bins apart: a float has 2^23 values to an octave. */
enum { DROPPED_BITS = 11 };

_Static_assert(HISTOGRAM_PER_OCTAVE == 1 << (23 - DROPPED_BITS), "bins of an octave");
_Static_assert((uint64_t)HISTOGRAM_PAGES *HISTOGRAM_PAGE_BINS == UINT64_C(1) << (32 - DROPPED_BITS),
               "pages for every key");

struct histogram *histogram_new(struct arena *arena) {
    struct histogram *histogram = arena_take(arena, sizeof *histogram);
    if (histogram)
        histogram->arena = arena;
    return histogram;
}

static void bin_add(struct histogram_bin *bin, float value) {
    if (bin->count == 0 || value < bin->least)
        bin->least = value;
    if (bin->count == 0 || value > bin->highest)
        bin->highest = value;
    bin->count++;
}

bool histogram_add(struct histogram *histogram, const float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t at = stats_key(values[i]) >> DROPPED_BITS;
        struct histogram_page **page = &histogram->pages[at / HISTOGRAM_PAGE_BINS];
        if (!*page)
            *page = arena_take(histogram->arena, sizeof **page);
        if (!*page)
            return false;
        bin_add(&(*page)->bins[at % HISTOGRAM_PAGE_BINS], values[i]);
    }
    histogram->count += count;
    return true;
}

/** The value of rank `rank`, as if a bin's values lay evenly between its least and its highest. */
static double bin_value(const struct histogram_bin *bin, uint64_t rank) {
    const double least = (double)bin->least, highest = (double)bin->highest;
    return rank == 0 ? least : least + (highest - least) * (double)rank / (double)(bin->count - 1);
}

/** The value with `rank` < count others below it or beside it. */
static double value_at(const struct histogram *histogram, uint64_t rank) {
    for (size_t p = 0; p < HISTOGRAM_PAGES; p++)
        for (size_t b = 0; histogram->pages[p] && b < HISTOGRAM_PAGE_BINS; b++) {
            const struct histogram_bin *bin = &histogram->pages[p]->bins[b];
            if (rank < bin->count)
                return bin_value(bin, rank);
            rank -= bin->count;
        }
    return 0;
}

double histogram_quantile(const struct histogram *histogram, double p) {
    if (histogram->count == 0)
        return 0;
    const double position = p * (double)(histogram->count - 1);
    const uint64_t below = (uint64_t)position;
    if (below + 1 >= histogram->count)
        return value_at(histogram, histogram->count - 1);
    const double low = value_at(histogram, below), high = value_at(histogram, below + 1);
    return low + (high - low) * (position - (double)below);
}
