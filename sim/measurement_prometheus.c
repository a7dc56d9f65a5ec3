#include "sim/measurement_prometheus.h"

#include "sim/base/units.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_BYTES_MAX = 768 };

/** A query, `@` standing for the window (`7200s`), and what its answer is. */
struct question {
    const char *query;
    const char *key;    /**< of the input it tells; NULL: it tells a figure */
    const char *figure; /**< name of the figure */
    double factor;      /**< from the answer's unit */
};

#define OF_PROCESS(what, build) "sum(" what " and on(job, instance) " build ")"
#define LOKI(what) OF_PROCESS(what, "loki_build_info")
#define TEMPO(what) OF_PROCESS(what, "tempo_build_info")
#define PER_DAY SECONDS_PER_DAY

static const struct question loki_questions[] = {
    {"sum(rate(loki_distributor_bytes_received_total[@]))", "bytes_per_second", NULL, 1},
    {"sum(avg_over_time(loki_ingester_memory_streams[@]))", "streams", NULL, 1},
    {"sum(rate(loki_distributor_bytes_received_total[@])) / "
     "sum(rate(loki_distributor_lines_received_total[@]))",
     "bytes_per_line", NULL, 1},
    {"sum(rate(loki_ingester_chunk_compression_ratio_sum[@])) / "
     "sum(rate(loki_ingester_chunk_compression_ratio_count[@]))",
     "compression", NULL, 1},
    {"sum(rate(loki_request_duration_seconds_count{route=~\"loki_api_v1_push|otlp_v1_logs|"
     "api_prom_push\"}[@]))",
     "pushes_per_second", NULL, 1},
    {"sum(rate(loki_request_duration_seconds_count{route=~\"loki_api_v1_query|"
     "loki_api_v1_query_range|api_prom_query\"}[@]))",
     "queries_per_second", NULL, 1},
    {LOKI("max_over_time(process_resident_memory_bytes[@])"), NULL, "memory_peak_bytes", 1},
    {LOKI("avg_over_time(process_resident_memory_bytes[@])"), NULL, "memory_mean_bytes", 1},
    {LOKI("rate(process_cpu_seconds_total[@])"), NULL, "cpu_cores", 1},
    {"sum(rate(loki_ingester_wal_logged_bytes_total[@]))", NULL, "wal_bytes_per_second", 1},
    {"sum(rate(loki_ingester_chunk_stored_bytes_total[@]))", NULL, "chunk_bytes_per_day", PER_DAY},
    {"sum(rate(loki_ingester_chunks_stored_total[@]))", NULL, "chunks_per_day", PER_DAY},
    /* Not an answer yet: how long the process has been up. */
    {"max(time() - (process_start_time_seconds and on(job, instance) loki_build_info))",
     "synchrony", NULL, 1},
};

static const struct question tempo_questions[] = {
    {"sum(rate(tempo_ingester_traces_created_total[@]))", "traces_per_second", NULL, 1},
    {"sum(rate(tempo_distributor_spans_received_total[@])) / "
     "sum(rate(tempo_ingester_traces_created_total[@]))",
     "spans_per_trace", NULL, 1},
    {"sum(rate(tempo_distributor_bytes_received_total[@])) / "
     "sum(rate(tempo_distributor_spans_received_total[@]))",
     "bytes_per_span", NULL, 1},
    {"sum(rate(tempo_query_frontend_queries_total[@]))", "queries_per_second", NULL, 1},
    {TEMPO("max_over_time(process_resident_memory_bytes[@])"), NULL, "memory_peak_bytes", 1},
    {TEMPO("avg_over_time(process_resident_memory_bytes[@])"), NULL, "memory_mean_bytes", 1},
    {TEMPO("rate(process_cpu_seconds_total[@])"), NULL, "cpu_cores", 1},
    {"sum(rate(tempo_ingester_flush_size_bytes_sum[@]))", NULL, "block_bytes_per_day", PER_DAY},
};

struct interview {
    enum predict_model model;
    const char *processes; /**< how many there are */
    const struct question *questions;
    size_t count;
};

static const struct interview interviews[PREDICT_MODEL_COUNT] = {
    {PREDICT_LOKI, "count(loki_build_info)", loki_questions,
     sizeof loki_questions / sizeof *loki_questions},
    {PREDICT_TEMPO, "count(tempo_build_info)", tempo_questions,
     sizeof tempo_questions / sizeof *tempo_questions},
};

/** Windows of one model. */
struct windows {
    double seconds, first_end;
    size_t count;
};

/** Add `text` with everything but letters and digits as %XX. */
static void add_escaped(struct text *url, const char *text) {
    for (; *text; text++) {
        bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                     (*text >= '0' && *text <= '9');
        if (plain)
            text_add_bytes(url, text, 1);
        else
            text_print(url, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

/** The question with its window in place of `@`. */
static void add_query(struct text *url, const char *question, double seconds) {
    char query[QUERY_BYTES_MAX], window[32];
    size_t used = 0;
    snprintf(window, sizeof window, "%.0fs", seconds);
    for (; *question && used + sizeof window < sizeof query; question++) {
        if (*question == '@')
            used += (size_t)snprintf(query + used, sizeof query - used, "%s", window);
        else
            query[used++] = *question;
    }
    query[used] = '\0';
    add_escaped(url, query);
}

/** The values of a range query's only series by window; NaN where it has none. False when the
 *  answer is no such thing. */
static bool read_matrix(const json_t *root, const struct windows *windows, double *values) {
    const char *status = json_string_value(json_object_get(root, "status"));
    const json_t *result = json_object_get(json_object_get(root, "data"), "result");
    if (!status || strcmp(status, "success") != 0 || !json_is_array(result))
        return false;
    const json_t *pairs = json_object_get(json_array_get(result, 0), "values");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *pair = json_array_get(pairs, i);
        const char *value = json_string_value(json_array_get(pair, 1));
        double step = round((json_number_value(json_array_get(pair, 0)) - windows->first_end) /
                            windows->seconds);
        if (value && step >= 0 && step < (double)windows->count)
            values[(size_t)step] = strtod(value, NULL);
    }
    return true;
}

/** Ask one question for every window. */
static enum status ask(const struct measurement_prometheus *prometheus, const char *question,
                       const struct windows *windows, double values[MEASUREMENT_WINDOWS_MAX],
                       struct diagnostics *diagnostics) {
    struct text url;
    struct http_response response = {0};
    size_t length = strlen(prometheus->url);
    while (length > 0 && prometheus->url[length - 1] == '/')
        length--;
    text_init(&url);
    text_add_bytes(&url, prometheus->url, length);
    text_add(&url, "/api/v1/query_range?query=");
    add_query(&url, question, windows->seconds);
    text_print(&url, "&start=%.3f&end=%.3f&step=%.0f", windows->first_end,
               windows->first_end + (double)(windows->count - 1) * windows->seconds,
               windows->seconds);
    for (size_t i = 0; i < MEASUREMENT_WINDOWS_MAX; i++)
        values[i] = NAN;
    enum status status = text_failed(&url)
                             ? diagnostics_out_of_memory(diagnostics, "a query")
                             : metrics_fetch(&prometheus->fetch, url.data, &response, diagnostics);
    if (status == STATUS_OK) {
        json_t *root = json_loadb(response.body, response.length, 0, NULL);
        if (!root || !read_matrix(root, windows, values))
            status = diagnostics_add(diagnostics, STATUS_EXTERNAL, prometheus->url, 0, 0,
                                     "the answer is not that of a Prometheus");
        json_decref(root);
    }
    http_response_fini(&response);
    text_fini(&url);
    return status;
}

static struct windows windows_of(const struct measurement_prometheus *prometheus,
                                 const struct predict_input *input) {
    double all = prometheus->seconds > 0 ? prometheus->seconds : SECONDS_PER_DAY;
    double needed = input->model == PREDICT_LOKI
                        ? input->loki.settings.max_chunk_age_seconds
                        : 3 * input->tempo.settings.max_block_duration_seconds;
    struct windows windows = {.seconds = ceil(fmax(needed, all / MEASUREMENT_WINDOWS_MAX))};
    windows.count = (size_t)fmin(fmax(floor(all / windows.seconds), 1), MEASUREMENT_WINDOWS_MAX);
    windows.first_end =
        floor(prometheus->now_seconds) - (double)(windows.count - 1) * windows.seconds;
    return windows;
}

static int find(const char *const *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

static void set_key(struct predict_input *input, const char *name, double value) {
    size_t count;
    const struct predict_key *keys = predict_keys(input->model, &count);
    if (strcmp(name, "synchrony") == 0)
        value = exp(-value / LOKI_SYNCHRONY_SECONDS);
    int key = predict_key_find(input->model, name);
    if (key >= 0 && value >= keys[key].least && value <= keys[key].most)
        predict_input_set(input, (size_t)key, value);
}

static void take_answer(const struct question *question, double value,
                        struct measurement *measurement) {
    size_t count;
    const char *const *names = measurement_figure_names(measurement->input.model, &count);
    if (!isfinite(value))
        return;
    if (question->key)
        set_key(&measurement->input, question->key, value * question->factor);
    else if (value > 0)
        measurement->figure[find(names, count, question->figure)] = value * question->factor;
}

/** Ask everything; each answer goes into the windows' measurements. */
static enum status interview(const struct measurement_prometheus *prometheus,
                             const struct interview *about, const struct windows *windows,
                             struct measurement *measurements, struct diagnostics *diagnostics) {
    double values[MEASUREMENT_WINDOWS_MAX];
    enum status status = STATUS_OK;
    for (size_t q = 0; q < about->count && status == STATUS_OK; q++) {
        status = ask(prometheus, about->questions[q].query, windows, values, diagnostics);
        for (size_t i = 0; i < windows->count && status == STATUS_OK; i++)
            take_answer(&about->questions[q], values[i], &measurements[i]);
    }
    return status;
}

/** A process that started within its window has shown no whole one: its peak is a bound, its mean
 *  none. */
static void mind_start(const struct windows *windows, struct measurement *measurement) {
    enum { PEAK, MEAN };
    double up_seconds = -log(measurement->input.loki.synchrony) * LOKI_SYNCHRONY_SECONDS;
    if (measurement->input.model != PREDICT_LOKI || up_seconds >= windows->seconds)
        return;
    measurement->at_least[PEAK] = !isnan(measurement->figure[PEAK]);
    measurement->figure[MEAN] = NAN;
}

/** The load of a window that Prometheus knows nothing of is 0. */
static bool has_load(const struct measurement *measurement) {
    return measurement->input.model == PREDICT_LOKI
               ? measurement->input.loki.class_of.bytes_per_second > 0
               : measurement->input.tempo.load.traces_per_second > 0;
}

static enum status take_windows(const struct measurement_prometheus *prometheus,
                                const struct interview *about, const struct windows *windows,
                                struct measurement_set *set, struct text *notes,
                                struct diagnostics *diagnostics) {
    char seconds[32];
    size_t taken = 0;
    struct measurement *measurements = calloc(windows->count, sizeof *measurements);
    if (!measurements)
        return diagnostics_out_of_memory(diagnostics, "the measurements");
    for (size_t i = 0; i < windows->count; i++) {
        measurement_init(about->model, &measurements[i]);
        measurements[i].source = prometheus->url;
        measurements[i].line = (unsigned)i + 1;
    }
    enum status status = interview(prometheus, about, windows, measurements, diagnostics);
    for (size_t i = 0; i < windows->count && status == STATUS_OK; i++) {
        status = metrics_apply(prometheus->settings, prometheus->setting_count,
                               &measurements[i].input, diagnostics);
        if (status != STATUS_OK || !has_load(&measurements[i]))
            continue;
        mind_start(windows, &measurements[i]);
        measurement_add(set, &measurements[i]);
        taken++;
    }
    free(measurements);
    if (status == STATUS_OK)
        text_print(notes, "%s: %s, %zu window%s of %s\n", prometheus->url,
                   about->model == PREDICT_LOKI ? "Loki" : "Tempo", taken, taken == 1 ? "" : "s",
                   units_print_duration(seconds, sizeof seconds, windows->seconds));
    return status;
}

/** One model, when Prometheus knows one process of it. */
static enum status ask_about(const struct measurement_prometheus *prometheus,
                             const struct interview *about, struct measurement_set *set,
                             struct text *notes, bool *known, struct diagnostics *diagnostics) {
    double processes[MEASUREMENT_WINDOWS_MAX], most = 0;
    struct predict_input input;
    predict_input_init(about->model, &input);
    enum status status =
        metrics_apply(prometheus->settings, prometheus->setting_count, &input, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct windows windows = windows_of(prometheus, &input);
    status = ask(prometheus, about->processes, &windows, processes, diagnostics);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < windows.count; i++)
        most = fmax(most, processes[i]);
    if (most > 1)
        return diagnostics_add(diagnostics, STATUS_INVALID, prometheus->url, 0, 0,
                               "%.0f processes of %s at the same time: single binaries alone are "
                               "modelled",
                               most, predict_model_name(about->model));
    *known = *known || most > 0;
    return most > 0 ? take_windows(prometheus, about, &windows, set, notes, diagnostics)
                    : STATUS_OK;
}

enum status measurement_prometheus_ask(const struct measurement_prometheus *prometheus,
                                       struct measurement_set *set, struct text *notes,
                                       struct diagnostics *diagnostics) {
    bool known = false;
    enum status status = STATUS_OK;
    for (size_t m = 0; m < PREDICT_MODEL_COUNT && status == STATUS_OK; m++)
        status = ask_about(prometheus, &interviews[m], set, notes, &known, diagnostics);
    if (status == STATUS_OK && !known)
        return diagnostics_add(diagnostics, STATUS_INVALID, prometheus->url, 0, 0,
                               "it scrapes neither Loki nor Tempo: loki_build_info and "
                               "tempo_build_info are unknown to it");
    return status;
}
