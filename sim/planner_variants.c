/* Settings that change what Loki and Tempo need: which are tried, and which are not worth it. */
#include "sim/base/units.h"
#include "sim/planner_screen.h"

#include <math.h>
#include <string.h>

/** Values that are tried beside the scenario's own: the programs' defaults, and what they were
 *  measured or read to need less with. */
static const double chunk_ages[] = {2 * SECONDS_PER_HOUR, SECONDS_PER_HOUR,
                                    30 * SECONDS_PER_MINUTE};
static const double chunk_targets[] = {1536 * KIB, 768 * KIB};
static const double chunk_idles[] = {30 * SECONDS_PER_MINUTE, 10 * SECONDS_PER_MINUTE,
                                     SECONDS_PER_HOUR};
static const double block_durations[] = {30 * SECONDS_PER_MINUTE, 10 * SECONDS_PER_MINUTE};
static const double block_sizes[] = {500 * MIB, 100 * MIB};
static const double row_groups[] = {1e8, 1e7};
static const double kept_shares[] = {0.5, 0.25, 0.1};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/** A list of values without repetitions, the scenario's own first. */
struct values {
    double value[8];
    size_t count;
};

static void add_value(struct values *values, double value) {
    for (size_t i = 0; i < values->count; i++)
        if (values->value[i] == value)
            return;
    if (values->count < COUNT_OF(values->value))
        values->value[values->count++] = value;
}

static struct values values_of(double own, const double *others, size_t count) {
    struct values values = {.value = {own}, .count = 1};
    for (size_t i = 0; i < count; i++)
        add_value(&values, others[i]);
    return values;
}

static void add_variant(struct planner_store *store, const struct planner_variant *variant) {
    if (store->variant_count < PLANNER_VARIANTS_MAX)
        store->variants[store->variant_count++] = *variant;
}

static unsigned count_true(bool a, bool b, bool c, bool d) {
    return (unsigned)a + (unsigned)b + (unsigned)c + (unsigned)d;
}

/** Whether some service writes so seldom that a chunk may close before its next line comes; the
 *  idle period changes nothing else. */
static bool lines_are_rare(const struct scenario *scenario) {
    /* Nights and quiet weeks are a tenth of the mean. */
    const double quiet = 0.1;
    for (size_t i = 0; i < scenario->workload.service_count; i++) {
        const struct scenario_service *service = &scenario->workload.services[i];
        const double streams = fmax(service->streams_per_replica, 1e-9);
        const double lines_per_second = quiet * service->lines_per_second / streams;
        if (service->lines_per_second > 0 && lines_per_second * SECONDS_PER_HOUR < 6)
            return true;
    }
    return false;
}

static void list_loki(const struct planner_input *input, struct planner_store *store) {
    const struct loki_settings *own = &input->as_written->loki;
    const struct scenario *scenario = input->context->scenario;
    struct values encodings = {.value = {own->encoding}, .count = 1};
    for (size_t e = 0; e < scenario->search.encoding_count; e++)
        add_value(&encodings, scenario->search.encodings[e]);
    const struct values ages =
        values_of(own->max_chunk_age_seconds, chunk_ages, COUNT_OF(chunk_ages));
    const struct values targets =
        values_of(own->chunk_target_size_bytes, chunk_targets, COUNT_OF(chunk_targets));
    const struct values idles = values_of(own->chunk_idle_period_seconds, chunk_idles,
                                          lines_are_rare(scenario) ? COUNT_OF(chunk_idles) : 0);
    for (size_t i = 0; i < idles.count; i++)
        for (size_t t = 0; t < targets.count; t++)
            for (size_t e = 0; e < encodings.count; e++)
                for (size_t a = 0; a < ages.count; a++) {
                    struct planner_variant variant = {
                        .loki = *own, .changes = count_true(i > 0, t > 0, e > 0, a > 0)};
                    variant.loki.encoding = (enum loki_encoding)encodings.value[e];
                    variant.loki.max_chunk_age_seconds = ages.value[a];
                    variant.loki.chunk_target_size_bytes = targets.value[t];
                    variant.loki.chunk_idle_period_seconds = idles.value[i];
                    variant.loki.chunk_cache_bytes = planner_chunk_cache_bytes(input->as_written);
                    add_variant(store, &variant);
                }
}

static void list_tempo(const struct planner_input *input, struct planner_store *store) {
    const struct tempo_settings *own = &input->as_written->tempo;
    const struct scenario_search *search = &input->context->scenario->search;
    const struct values durations =
        values_of(own->max_block_duration_seconds, block_durations, COUNT_OF(block_durations));
    const struct values sizes = values_of(own->max_block_bytes, block_sizes, COUNT_OF(block_sizes));
    const struct values rows =
        values_of(own->parquet_row_group_size_bytes, row_groups, COUNT_OF(row_groups));
    struct values kept = {.value = {1}, .count = 1};
    for (size_t i = 0; search->allow_sampling && i < COUNT_OF(kept_shares); i++)
        if (kept_shares[i] > search->least_kept_fraction)
            add_value(&kept, kept_shares[i]);
    if (search->allow_sampling)
        add_value(&kept, search->least_kept_fraction);
    for (size_t k = 0; k < kept.count; k++)
        for (size_t r = 0; r < rows.count; r++)
            for (size_t s = 0; s < sizes.count; s++)
                for (size_t d = 0; d < durations.count; d++) {
                    struct planner_variant variant = {
                        .tempo = *own,
                        .traces_dropped =
                            input->as_written->traces_dropped +
                            (1 - input->as_written->traces_dropped) * (1 - kept.value[k]),
                        .changes = count_true(k > 0, r > 0, s > 0, d > 0)};
                    variant.tempo.max_block_duration_seconds = durations.value[d];
                    variant.tempo.max_block_bytes = sizes.value[s];
                    variant.tempo.parquet_row_group_size_bytes = rows.value[r];
                    add_variant(store, &variant);
                }
}

void planner_variants_list(const struct planner_input *input, struct planner_store *loki,
                           struct planner_store *tempo) {
    list_loki(input, loki);
    list_tempo(input, tempo);
}

void planner_variant_apply(const struct planner_variant *variant, enum component component,
                           struct plan *plan) {
    if (component == COMPONENT_LOKI) {
        plan->loki = variant->loki;
        return;
    }
    plan->tempo = variant->tempo;
    plan->traces_dropped = variant->traces_dropped;
}

static bool nowhere_above(const float *a, const float *b, size_t count) {
    size_t above = 0;
    for (size_t i = 0; i < count; i++)
        above += a[i] > b[i];
    return above == 0;
}

/** The same of what is left of the peaks when GOMEMLIMIT trims all it can. */
static bool trimmed_nowhere_above(const struct planner_variant *a, const struct planner_variant *b,
                                  size_t replicas) {
    size_t above = 0;
    for (size_t i = 0; i < replicas; i++) {
        const double of_a = a->heap.slope * (double)a->need.free_peak_mib[i] * MIB;
        const double of_b = b->heap.slope * (double)b->need.free_peak_mib[i] * MIB;
        above += of_a + a->heap.offset_bytes > of_b + b->heap.offset_bytes;
    }
    return above == 0;
}

/** `a` needs no more of anything than `b`, and keeps no fewer traces. */
static bool covers(const struct planner_variant *a, const struct planner_variant *b,
                   size_t replicas) {
    if (a->changes > b->changes || a->traces_dropped > b->traces_dropped ||
        a->request_bytes > b->request_bytes || a->request_cores > b->request_cores)
        return false;
    for (size_t v = 0; v < PLANNER_VOLUMES; v++)
        if (a->volume_bytes[v] > b->volume_bytes[v])
            return false;
    return nowhere_above(a->need.free_peak_mib, b->need.free_peak_mib, replicas) &&
           nowhere_above(a->need.floor_mib, b->need.floor_mib, replicas) &&
           nowhere_above(a->need.cores_peak, b->need.cores_peak, replicas) &&
           nowhere_above(a->need.disk_peak_gib, b->need.disk_peak_gib, replicas) &&
           nowhere_above(a->need.inodes_peak, b->need.inodes_peak, replicas) &&
           trimmed_nowhere_above(a, b, replicas);
}

void planner_variants_prune(struct planner_store *store, size_t replicas) {
    bool dropped[PLANNER_VARIANTS_MAX] = {false};
    size_t left = 0;
    for (size_t b = 0; b < store->variant_count; b++) {
        bool covered = false;
        /* Of two alike the first stays. */
        for (size_t a = 0; a < store->variant_count && !covered && b > 0; a++)
            covered = a != b && covers(&store->variants[a], &store->variants[b], replicas) &&
                      (a < b || !covers(&store->variants[b], &store->variants[a], replicas));
        dropped[b] = covered;
    }
    for (size_t v = 0; v < store->variant_count; v++)
        if (!dropped[v])
            store->variants[left++] = store->variants[v];
    store->variant_count = left;
}
