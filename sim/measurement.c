#include "sim/measurement.h"

#include "sim/base/random.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

/** Inputs within some 5 % make a point as long as there is room. */
static const double likeness_first = 0.05;
/** No two inputs are so far apart: everything but the encoding is alike. */
static const double likeness_last = 100;

static const char *const loki_figures[] = {
    "memory_peak_bytes",    "memory_mean_bytes",   "cpu_cores",      "wal_peak_bytes",
    "wal_bytes_per_second", "chunk_bytes_per_day", "chunks_per_day", "index_bytes_per_day"};
static const char *const tempo_figures[] = {"memory_peak_bytes", "memory_mean_bytes", "cpu_cores",
                                            "wal_peak_bytes", "block_bytes_per_day"};

const char *const *measurement_figure_names(enum predict_model model, size_t *count) {
    *count = model == PREDICT_LOKI ? sizeof loki_figures / sizeof *loki_figures
                                   : sizeof tempo_figures / sizeof *tempo_figures;
    return model == PREDICT_LOKI ? loki_figures : tempo_figures;
}

enum status measurement_set_init(const struct calibration *shipped, struct arena *arena,
                                 struct measurement_set *set, struct diagnostics *diagnostics) {
    *set = (struct measurement_set){.shipped = shipped, .likeness = likeness_first};
    set->cells = arena_array(arena, MEASUREMENT_CELLS_MAX + 1, sizeof *set->cells);
    return set->cells ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the measurements");
}

void measurement_init(enum predict_model model, struct measurement *measurement) {
    *measurement = (struct measurement){0};
    predict_input_init(model, &measurement->input);
    for (size_t i = 0; i < PREDICT_FIGURES_MAX; i++)
        measurement->figure[i] = NAN;
}

/** FNV-1a, a word at a time. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    return (hash ^ word) * UINT64_C(1099511628211);
}

/** Like loads have the same key. */
static uint64_t key_of(const struct measurement *measurement, double likeness) {
    size_t count;
    const struct predict_key *keys = predict_keys(measurement->input.model, &count);
    uint64_t hash = mix(UINT64_C(14695981039346656037), measurement->input.model);
    for (size_t i = 0; i < count; i++) {
        double value = predict_input_get(&measurement->input, i);
        int64_t step = INT64_MIN;
        if (keys[i].kind == PREDICT_ENCODING)
            step = (int64_t)value;
        else if (likeness >= likeness_last)
            step = 0;
        else if (value > 0)
            step = llround(log(value) / likeness);
        hash = mix(hash, (uint64_t)step);
    }
    for (size_t i = 0; i < PREDICT_FIGURES_MAX; i++)
        hash = mix(hash, measurement->at_least[i]);
    return hash;
}

/** The place for one value more of a figure that had `count`; MEASUREMENT_KEPT for none. Each of
 *  them is kept with the same chance. */
static size_t place_of(size_t count, uint64_t key, size_t figure) {
    if (count < MEASUREMENT_KEPT)
        return count;
    uint32_t word = random_words(key, count, (uint32_t)figure, 0).word[0];
    size_t place = (size_t)(random_uniform(word) * (double)(count + 1));
    return place < MEASUREMENT_KEPT ? place : MEASUREMENT_KEPT;
}

static void keep(struct measurement_cell *cell, size_t figure, double logarithm) {
    size_t place = place_of(cell->figure[figure].count, cell->key, figure);
    cell->figure[figure].count++;
    if (place < MEASUREMENT_KEPT)
        cell->figure[figure].logarithm[place] = logarithm;
}

/** Whether any value of the measurement would be kept: of millions in a point hardly one is, and
 *  only those need a prediction. */
static bool is_kept(const struct measurement *measurement, const struct measurement_cell *cell) {
    for (size_t i = 0; i < PREDICT_FIGURES_MAX; i++)
        if (!isnan(measurement->figure[i]) &&
            place_of(cell->figure[i].count, cell->key, i) < MEASUREMENT_KEPT)
            return true;
    return false;
}

static void keep_all(const struct measurement_set *set, const struct measurement *measurement,
                     struct measurement_cell *cell) {
    struct predict_estimate estimates[PREDICT_FIGURES_MAX] = {{0}};
    if (is_kept(measurement, cell))
        predict_estimates(set->shipped, &measurement->input, estimates);
    for (size_t i = 0; i < PREDICT_FIGURES_MAX; i++)
        if (!isnan(measurement->figure[i]))
            keep(cell, i, log(measurement->figure[i] / estimates[i].value));
    cell->rows++;
}

static void widen_range(struct measurement_set *set, const struct predict_input *input) {
    struct measurement_range *range = &set->range[input->model];
    size_t count;
    predict_keys(input->model, &count);
    for (size_t i = 0; i < count; i++) {
        double value = predict_input_get(input, i);
        range->least[i] = range->rows > 0 ? fmin(range->least[i], value) : value;
        range->most[i] = range->rows > 0 ? fmax(range->most[i], value) : value;
    }
    if (input->model == PREDICT_LOKI)
        range->encodings |= 1u << (unsigned)input->loki.encoding;
    range->rows++;
}

static size_t find(const struct measurement_set *set, uint64_t key) {
    size_t i = 0;
    while (i < set->count && set->cells[i].key != key)
        i++;
    return i;
}

/** What `from` kept goes into `to`, whose load stands for both from now on. */
static void merge(const struct measurement_cell *from, struct measurement_cell *to) {
    for (size_t f = 0; f < PREDICT_FIGURES_MAX; f++) {
        size_t kept = from->figure[f].count;
        for (size_t i = 0; i < kept && i < MEASUREMENT_KEPT; i++)
            keep(to, f, from->figure[f].logarithm[i]);
    }
    to->rows += from->rows;
}

/** Take "like" wider until there is room again. */
static void coarsen(struct measurement_set *set) {
    while (set->count > MEASUREMENT_CELLS_MAX && set->likeness < likeness_last) {
        size_t old_count = set->count;
        set->likeness *= 2;
        set->count = 0;
        for (size_t i = 0; i < old_count; i++) {
            uint64_t key = key_of(&set->cells[i].first, set->likeness);
            size_t place = find(set, key);
            if (place < set->count) {
                merge(&set->cells[i], &set->cells[place]);
                continue;
            }
            if (place != i)
                set->cells[place] = set->cells[i];
            set->cells[place].key = key;
            set->count++;
        }
    }
}

void measurement_add(struct measurement_set *set, const struct measurement *measurement) {
    bool any = false;
    for (size_t i = 0; i < PREDICT_FIGURES_MAX; i++)
        any = any || !isnan(measurement->figure[i]);
    if (!any)
        return;
    widen_range(set, &measurement->input);
    uint64_t key = key_of(measurement, set->likeness);
    size_t place = find(set, key);
    struct measurement_cell *cell = &set->cells[place];
    if (place == set->count) {
        memset(cell, 0, sizeof *cell);
        cell->first = *measurement;
        cell->key = key;
        set->count++;
    }
    keep_all(set, measurement, cell);
    coarsen(set);
}

double measurement_figure(const struct measurement_set *set, const struct measurement_cell *cell,
                          size_t figure) {
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    double sorted[MEASUREMENT_KEPT];
    size_t count = cell->figure[figure].count;
    if (count == 0)
        return NAN;
    count = count < MEASUREMENT_KEPT ? count : MEASUREMENT_KEPT;
    memcpy(sorted, cell->figure[figure].logarithm, count * sizeof *sorted);
    gsl_sort(sorted, 1, count);
    predict_estimates(set->shipped, &cell->first.input, estimates);
    return estimates[figure].value * exp(gsl_stats_median_from_sorted_data(sorted, 1, count));
}
