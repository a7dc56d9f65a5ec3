#include "models/loki_coefficients.h"
#include "models/loki_parts.h"

#include <math.h>

/** GOGC 100: the heap grows to twice what lived at the last collection. Go's documentation. */
static const double heap_per_live_byte = 2;

/* Defaults of Loki 3.5.0 that bound what queries hold at once. */
static const double query_workers = 4;          /* querier.max_concurrent */
static const double query_split_seconds = 3600; /* split_queries_by_interval */

double loki_live_bytes(const double *coefficient, const struct loki_totals *totals,
                       double synchrony) {
    if (totals->bytes_per_second <= 0)
        return 0;
    double flush = totals->heap_flush_bytes + totals->cached_bytes +
                   coefficient[LOKI_memory_flush_share] * totals->flush_uncached_bytes;
    double together = fmax(flush, fmax(totals->heap_peak_bytes,
                                       totals->heap_cached_peak_bytes + totals->cached_bytes));
    double spread = totals->heap_mean_bytes + totals->cached_mean_bytes;
    double chunks = spread + synchrony * fmax(together - spread, 0);
    return coefficient[LOKI_memory_loaded_live_bytes] +
           coefficient[LOKI_memory_chunk_factor] * chunks;
}

double loki_query_open_bytes(const struct loki_load *load, double bytes_per_second) {
    double parts = ceil(load->query_range_seconds / query_split_seconds);
    double running = fmin(load->query_concurrency * parts, query_workers);
    double seconds = fmin(load->query_range_seconds, query_split_seconds);
    return fmax(running * seconds * bytes_per_second, 0);
}

double loki_query_resident_bytes(const double *coefficient, const struct loki_load *load,
                                 double bytes_per_second) {
    return heap_per_live_byte * coefficient[LOKI_memory_query_share] *
           loki_query_open_bytes(load, bytes_per_second);
}

double loki_query_bytes_per_second(const struct loki_load *load, double bytes_per_second) {
    return fmax(load->queries_per_second * load->query_range_seconds * bytes_per_second, 0);
}

double loki_resident_bytes(const double *coefficient, double live_bytes) {
    return coefficient[LOKI_memory_fixed_bytes] +
           heap_per_live_byte * (coefficient[LOKI_memory_idle_live_bytes] + live_bytes);
}

/** Heap that lives on average over a chunk's life, beyond an idle process's. */
static double mean_live_bytes(const double *coefficient, const struct loki_totals *totals) {
    if (totals->bytes_per_second <= 0)
        return 0;
    return coefficient[LOKI_memory_loaded_live_bytes] +
           coefficient[LOKI_memory_chunk_factor] *
               (totals->heap_mean_bytes + totals->cached_mean_bytes);
}

/** Resident bytes on average, GOMEMLIMIT taken to work on the mean as it does on the peak. */
static double mean_bytes(const struct loki_model *model, const struct loki_settings *settings,
                         double live_bytes) {
    const double *coefficient = model->coefficient;
    double free_bytes =
        loki_resident_bytes(coefficient, 0) + coefficient[LOKI_memory_mean_factor] * live_bytes;
    return go_heap_peak_bytes(&model->heap, free_bytes,
                              coefficient[LOKI_memory_idle_live_bytes] + live_bytes,
                              coefficient[LOKI_memory_fixed_bytes], settings->memory_goal_bytes);
}

void loki_memory(const struct loki_model *model, const struct loki_settings *settings,
                 const struct loki_load *load, const struct loki_totals *totals, double synchrony,
                 struct loki_need *need) {
    const double *coefficient = model->coefficient;
    double queries = coefficient[LOKI_memory_query_share] *
                     loki_query_open_bytes(load, totals->bytes_per_second);
    double live = loki_live_bytes(coefficient, totals, synchrony) + queries;
    need->memory_fixed_bytes = coefficient[LOKI_memory_fixed_bytes];
    need->memory_live_bytes = coefficient[LOKI_memory_idle_live_bytes] + live;
    need->memory_free_peak_bytes = loki_resident_bytes(coefficient, live);
    need->memory_peak_bytes =
        go_heap_peak_bytes(&model->heap, need->memory_free_peak_bytes, need->memory_live_bytes,
                           need->memory_fixed_bytes, settings->memory_goal_bytes);
    need->memory_mean_bytes =
        fmin(mean_bytes(model, settings, mean_live_bytes(coefficient, totals) + queries / 2),
             need->memory_peak_bytes);
}
