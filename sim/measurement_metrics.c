#include "sim/measurement_metrics.h"

#include "sim/base/words.h"
#include "sim/prom_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** How the samples of one name come together. */
enum gather { SUM, ONE };

/** A metric and the member of struct metrics_page that takes it. */
struct metric {
    const char *name;
    size_t offset;
    enum gather gather;
    const char *label;         /**< only samples that have it with one of `values`; or NULL */
    const char *const *values; /**< NULL at the end */
};

/** Routes are paths with `_` for `/`: Loki 3.5.0, pkg/loki/modules.go. */
static const char *const push_routes[] = {"loki_api_v1_push", "otlp_v1_logs", "api_prom_push",
                                          NULL};
static const char *const query_routes[] = {"loki_api_v1_query_range", "loki_api_v1_query",
                                           "api_prom_query", NULL};

#define AT(member) offsetof(struct metrics_page, member)
static const struct metric metrics[] = {
    {"process_start_time_seconds", AT(start_seconds), ONE, NULL, NULL},
    {"process_resident_memory_bytes", AT(resident_bytes), ONE, NULL, NULL},
    {"process_cpu_seconds_total", AT(cpu_seconds), ONE, NULL, NULL},
    {"go_gc_gomemlimit_bytes", AT(memory_goal_bytes), ONE, NULL, NULL},
    {"go_gc_gogc_percent", AT(gogc), ONE, NULL, NULL},
    {"loki_distributor_bytes_received_total", AT(bytes), SUM, NULL, NULL},
    {"loki_distributor_lines_received_total", AT(lines), SUM, NULL, NULL},
    {"loki_request_duration_seconds_count", AT(pushes), SUM, "route", push_routes},
    {"loki_request_duration_seconds_count", AT(queries), SUM, "route", query_routes},
    {"loki_ingester_memory_streams", AT(streams), SUM, NULL, NULL},
    {"loki_ingester_chunk_compression_ratio_sum", AT(compression_sum), SUM, NULL, NULL},
    {"loki_ingester_chunk_compression_ratio_count", AT(compression_count), SUM, NULL, NULL},
    {"loki_ingester_chunks_stored_total", AT(chunks), SUM, NULL, NULL},
    {"loki_ingester_chunk_stored_bytes_total", AT(chunk_bytes), SUM, NULL, NULL},
    {"loki_ingester_wal_logged_bytes_total", AT(wal_bytes), SUM, NULL, NULL},
    {"tempo_ingester_traces_created_total", AT(traces), SUM, NULL, NULL},
    {"tempo_distributor_spans_received_total", AT(spans), SUM, NULL, NULL},
    {"tempo_distributor_bytes_received_total", AT(span_bytes), SUM, NULL, NULL},
    {"tempo_query_frontend_queries_total", AT(searches), SUM, NULL, NULL},
    {"tempo_ingester_blocks_flushed_total", AT(blocks), SUM, NULL, NULL},
    {"tempo_ingester_flush_size_bytes_sum", AT(block_bytes), SUM, NULL, NULL},
};

/** Names whose values are times; the greatest of them is when the page was made, or little before.
 */
static const char *const times[] = {"go_memstats_last_gc_time_seconds",
                                    "loki_ring_oldest_member_timestamp",
                                    "tempo_ring_oldest_member_timestamp"};

/** Go tells an unset GOMEMLIMIT as the greatest number of 64 bits. */
static const double memory_goal_unset = 9e18;

struct reading {
    struct metrics_page *page;
    double cpu_total, threads; /**< of Go's CPU classes: all CPU time that there was */
    bool seen[PREDICT_MODEL_COUNT];
    const char *several; /**< a metric of the process that is there twice */
};

static bool is_wanted(const struct metric *metric, const struct prom_sample *sample) {
    if (strcmp(metric->name, sample->name) != 0 || isnan(sample->value))
        return false;
    if (!metric->label)
        return true;
    const char *value = prom_text_label(sample, metric->label);
    for (size_t i = 0; value && metric->values[i]; i++)
        if (strcmp(value, metric->values[i]) == 0)
            return true;
    return false;
}

static void take_metric(const struct metric *metric, double value, struct reading *reading) {
    double member;
    char *at = (char *)reading->page + metric->offset;
    memcpy(&member, at, sizeof member);
    if (!isnan(member) && metric->gather == ONE)
        reading->several = metric->name;
    member = isnan(member) ? value : member + value;
    memcpy(at, &member, sizeof member);
}

static void take(const struct prom_sample *sample, void *context) {
    struct reading *reading = context;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (is_wanted(&metrics[i], sample))
            take_metric(&metrics[i], sample->value, reading);
    double *now = &reading->page->now_seconds;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strcmp(times[i], sample->name) == 0)
            *now = fmax(*now, sample->value);
    if (!isnan(sample->timestamp_seconds))
        *now = fmax(*now, sample->timestamp_seconds);
    if (strcmp(sample->name, "go_cpu_classes_total_cpu_seconds_total") == 0)
        reading->cpu_total = sample->value;
    if (strcmp(sample->name, "go_sched_gomaxprocs_threads") == 0)
        reading->threads = sample->value;
    if (strcmp(sample->name, "loki_build_info") == 0 ||
        strcmp(sample->name, "loki_distributor_bytes_received_total") == 0)
        reading->seen[PREDICT_LOKI] = true;
    if (strcmp(sample->name, "tempo_build_info") == 0 ||
        strcmp(sample->name, "tempo_distributor_bytes_received_total") == 0)
        reading->seen[PREDICT_TEMPO] = true;
}

static void forget(struct metrics_page *page) {
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        const double none = NAN;
        memcpy((char *)page + metrics[i].offset, &none, sizeof none);
    }
}

static enum status check_page(const char *file, const struct reading *reading,
                              struct diagnostics *diagnostics) {
    const struct metrics_page *page = reading->page;
    const bool *seen = reading->seen;
    if (seen[PREDICT_LOKI] == seen[PREDICT_TEMPO])
        return diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0,
                               seen[PREDICT_LOKI] ? "the page is of a Loki and of a Tempo: give "
                                                    "each one's own /metrics"
                                                  : "the page is neither Loki's nor Tempo's: it "
                                                    "has no loki_build_info or tempo_build_info");
    if (reading->several)
        return diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0,
                               "%s is there twice, as of several processes: give the /metrics of "
                               "one",
                               reading->several);
    if (!(page->start_seconds > 0) || !(page->cpu_seconds >= 0) || !(page->resident_bytes > 0))
        return diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0,
                               "the page lacks process_start_time_seconds, "
                               "process_cpu_seconds_total or process_resident_memory_bytes");
    return STATUS_OK;
}

enum status metrics_page_read(const char *file, const char *bytes, size_t length,
                              struct metrics_page *page, struct diagnostics *diagnostics) {
    *page = (struct metrics_page){0};
    forget(page);
    struct reading reading = {.page = page};
    enum status status = prom_text_read(file, bytes, length, take, &reading, diagnostics);
    if (status == STATUS_OK)
        status = check_page(file, &reading, diagnostics);
    if (status != STATUS_OK)
        return status;
    page->model = reading.seen[PREDICT_LOKI] ? PREDICT_LOKI : PREDICT_TEMPO;
    if (reading.threads >= 1)
        page->now_seconds =
            fmax(page->now_seconds, page->start_seconds + reading.cpu_total / reading.threads);
    if (page->memory_goal_bytes >= memory_goal_unset)
        page->memory_goal_bytes = 0;
    return STATUS_OK;
}

bool metrics_pages_join(const struct metrics_page *first, const struct metrics_page *last) {
    return first->model == last->model && fabs(first->start_seconds - last->start_seconds) < 1 &&
           last->cpu_seconds >= first->cpu_seconds;
}

void metrics_watch_add(struct metrics_watch *watch, const struct metrics_page *page) {
    watch->looks++;
    watch->resident_sum += page->resident_bytes;
    watch->resident_most = fmax(watch->resident_most, page->resident_bytes);
}

static enum status apply_one(const char *setting, struct predict_input *input,
                             struct diagnostics *diagnostics) {
    char name[64], quoted[WORDS_QUOTE_BYTES];
    const char *equals = strchr(setting, '=');
    size_t count;
    double value;
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - setting) : 0, setting);
    int key = predict_key_find(input->model, name);
    enum predict_model other = input->model == PREDICT_LOKI ? PREDICT_TEMPO : PREDICT_LOKI;
    if (key < 0 && predict_key_find(other, name) >= 0)
        return STATUS_OK;
    if (key < 0)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "--set %s: expected KEY=VALUE with a key of `simulate predict`",
                               words_quote(quoted, sizeof quoted, setting));
    const struct predict_key *known = &predict_keys(input->model, &count)[key];
    if (!predict_key_parse(known, equals + 1, &value) || value < known->least ||
        value > known->most)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "--set %s: expected %s from %.15g to %.15g",
                               words_quote(quoted, sizeof quoted, setting),
                               predict_key_expected(known), known->least, known->most);
    predict_input_set(input, (size_t)key, value);
    return STATUS_OK;
}

enum status metrics_apply(const struct scenario_override *settings, size_t count,
                          struct predict_input *input, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++)
        if (apply_one(settings[i].text, input, diagnostics) != STATUS_OK)
            status = STATUS_INVALID;
    return status;
}
