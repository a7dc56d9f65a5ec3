/* From a window of one process to one measurement. */
#include "sim/base/units.h"
#include "sim/measurement_metrics.h"

#include <math.h>
#include <string.h>

/** A shorter window says nothing of a mean. */
static const double window_seconds_min = 10;
/** No process is up for a century. */
static const double window_seconds_max = 36500 * SECONDS_PER_DAY;
/** Below this, a start is a good part of a mean since the start. */
static const double start_seconds_short = 1800;
/** Streams whose chunks are this much together have no steady mean within a chunk's life. */
static const double synchrony_low = 0.3;
static const size_t looks_min = 10;
enum { NOTE_COLUMNS = 79 };
static const double blocks_min = 20;

/** Chunk lives after which what was stored tells the rate: since the start, and in a window. */
static const double lives_since_start = 10, lives_in_window = 2;

/** Names of the figures in the order of measurement_figure_names(). */
enum loki_figure {
    LOKI_PEAK,
    LOKI_MEAN,
    LOKI_CPU,
    LOKI_WAL_PEAK,
    LOKI_WAL_RATE,
    LOKI_STORED,
    LOKI_CHUNKS
};
enum tempo_figure { TEMPO_PEAK, TEMPO_MEAN, TEMPO_CPU, TEMPO_WAL_PEAK, TEMPO_STORED };

/** What a counter rose by in the window; 0 where the page has no such counter. */
#define RISE(window, member)                                                                       \
    rise_of((window)->first ? (window)->first->member : 0, (window)->last->member)

static double rise_of(double before, double after) {
    return isnan(after) ? 0 : fmax(after - (isnan(before) ? 0 : before), 0);
}

static double ratio(double part, double whole, double otherwise) {
    return whole > 0 && part > 0 ? part / whole : otherwise;
}

static double uptime(const struct metrics_window *window) {
    return fmax(window->last->now_seconds - window->last->start_seconds, window->seconds);
}

static void loki_load(const struct metrics_window *window, struct predict_loki_input *input) {
    const struct metrics_page *last = window->last;
    double bytes = RISE(window, bytes), lines = RISE(window, lines);
    double ratios = RISE(window, compression_sum), chunks = RISE(window, compression_count);
    input->class_of.bytes_per_second = bytes / window->seconds;
    input->class_of.bytes_per_line = ratio(bytes, lines, input->class_of.bytes_per_line);
    input->class_of.streams = isnan(last->streams) ? 0 : last->streams;
    input->class_of.compression =
        ratio(ratios, chunks, ratio(last->compression_sum, last->compression_count, 0));
    input->load.pushes_per_second = RISE(window, pushes) / window->seconds;
    input->load.queries_per_second = RISE(window, queries) / window->seconds;
    input->load.query_concurrency = input->load.queries_per_second > 0 ? 1 : 0;
    input->synchrony = exp(-uptime(window) / LOKI_SYNCHRONY_SECONDS);
    if (last->memory_goal_bytes > 0)
        input->settings.memory_goal_bytes = last->memory_goal_bytes;
}

static void tempo_load(const struct metrics_window *window, struct predict_tempo_input *input) {
    double traces = RISE(window, traces), spans = RISE(window, spans);
    input->load.traces_per_second = traces / window->seconds;
    input->load.spans_per_trace = ratio(spans, traces, input->load.spans_per_trace);
    input->load.bytes_per_span = ratio(RISE(window, span_bytes), spans, input->load.bytes_per_span);
    input->load.queries_per_second = RISE(window, searches) / window->seconds;
    if (window->last->gogc > 0)
        input->settings.gogc = window->last->gogc;
    if (window->last->memory_goal_bytes > 0)
        input->settings.memory_goal_bytes = window->last->memory_goal_bytes;
}

/** Memory: the greatest that was seen is the peak when the watch lasted `peak_seconds`, else a
 *  bound; the mean counts when `steady`. */
static void measure_memory(const struct metrics_window *window, double peak_seconds, bool steady,
                           size_t peak, size_t mean, struct measurement *out) {
    const struct metrics_watch *watch = window->watch;
    out->figure[peak] = watch ? fmax(watch->resident_most, window->last->resident_bytes)
                              : window->last->resident_bytes;
    out->at_least[peak] = !watch || watch->looks < looks_min || window->seconds < peak_seconds;
    if (watch && watch->looks >= looks_min && steady)
        out->figure[mean] = watch->resident_sum / (double)watch->looks;
}

/** A counter's rate, if it rose at all. */
static void measure_rate(double rise, double seconds, size_t figure, struct measurement *out) {
    if (rise > 0)
        out->figure[figure] = rise / seconds;
}

static void loki_figures(const struct metrics_window *window, struct measurement *out) {
    const struct predict_loki_input *input = &out->input.loki;
    double life = input->settings.max_chunk_age_seconds;
    double lives = window->first ? lives_in_window : lives_since_start;
    bool steady = window->seconds >= life || input->synchrony < synchrony_low;
    measure_memory(window, life, steady, LOKI_PEAK, LOKI_MEAN, out);
    measure_rate(RISE(window, cpu_seconds), window->seconds, LOKI_CPU, out);
    measure_rate(RISE(window, wal_bytes), window->seconds, LOKI_WAL_RATE, out);
    if (window->seconds < lives * life)
        return;
    double days = window->seconds / SECONDS_PER_DAY;
    measure_rate(RISE(window, chunk_bytes), days, LOKI_STORED, out);
    measure_rate(RISE(window, chunks), days, LOKI_CHUNKS, out);
}

static void tempo_figures(const struct metrics_window *window, struct measurement *out) {
    double block = out->input.tempo.settings.max_block_duration_seconds;
    measure_memory(window, 3 * block, window->seconds >= block, TEMPO_PEAK, TEMPO_MEAN, out);
    measure_rate(RISE(window, cpu_seconds), window->seconds, TEMPO_CPU, out);
    if (RISE(window, blocks) >= blocks_min)
        measure_rate(RISE(window, block_bytes), window->seconds / SECONDS_PER_DAY, TEMPO_STORED,
                     out);
}

static void note_load(const struct measurement *measurement, struct text *notes) {
    char bytes[32];
    if (measurement->input.model == PREDICT_LOKI) {
        const struct predict_loki_input *input = &measurement->input.loki;
        text_print(notes, "  load: %s/s in lines of %.0f bytes, %.0f streams, %.3g pushes/s\n",
                   units_print_bytes(bytes, sizeof bytes, input->class_of.bytes_per_second),
                   input->class_of.bytes_per_line, input->class_of.streams,
                   input->load.pushes_per_second);
        return;
    }
    const struct tempo_load *load = &measurement->input.tempo.load;
    text_print(notes, "  load: %.3g traces/s of %.3g spans of %.0f bytes, %.3g searches/s\n",
               load->traces_per_second, load->spans_per_trace, load->bytes_per_span,
               load->queries_per_second);
}

/** One line of the figures that were learnt (as bounds or in full), or that were not. */
static void note_figures(const struct measurement *measurement, const char *title, bool known,
                         bool bound, struct text *notes) {
    size_t count, column = 0;
    const char *const *names = measurement_figure_names(measurement->input.model, &count);
    for (size_t i = 0; i < count; i++) {
        if (!isnan(measurement->figure[i]) != known || measurement->at_least[i] != bound)
            continue;
        bool first = column == 0, full = column + strlen(names[i]) + 3 > NOTE_COLUMNS;
        column = first ? strlen(title) : full ? 4 : column + 2;
        text_print(notes, "%s%s", first ? title : full ? ",\n    " : ", ", names[i]);
        column += strlen(names[i]);
    }
    if (column > 0)
        text_add(notes, "\n");
}

static void note(const struct metrics_window *window, const struct measurement *measurement,
                 struct text *notes) {
    char seconds[32];
    text_print(notes, "%s: %s, %s%s\n", window->source,
               measurement->input.model == PREDICT_LOKI ? "Loki" : "Tempo",
               units_print_duration(seconds, sizeof seconds, round(window->seconds)),
               !window->first             ? " since its start"
               : window->watch->looks > 2 ? " watched"
                                          : " between two looks");
    note_load(measurement, notes);
    note_figures(measurement, "  learnt: ", true, false, notes);
    note_figures(measurement, "  at least: ", true, true, notes);
    note_figures(measurement, "  not to be had from it: ", false, false, notes);
    if (!window->first && window->seconds < start_seconds_short)
        text_add(notes, "  its start is a good part of so short a time: means are rough\n");
}

/** Pages may be damaged: what no model takes, and what no process does, is refused. */
static enum status check(const struct metrics_window *window, const struct measurement *measurement,
                         struct diagnostics *diagnostics) {
    size_t key_count, figure_count;
    const enum predict_model model = measurement->input.model;
    const struct predict_key *keys = predict_keys(model, &key_count);
    const char *const *figures = measurement_figure_names(model, &figure_count);
    for (size_t i = 0; i < key_count; i++) {
        double value = predict_input_get(&measurement->input, i);
        if (!(value >= 0 && value <= keys[i].most))
            return diagnostics_add(diagnostics, STATUS_INVALID, window->source, 0, 0,
                                   "%s is %.4g by this page, expected at most %.15g", keys[i].name,
                                   value, keys[i].most);
    }
    for (size_t i = 0; i < figure_count; i++)
        if (measurement->figure[i] > MEASUREMENT_FIGURE_MAX)
            return diagnostics_add(diagnostics, STATUS_INVALID, window->source, 0, 0,
                                   "%s is %.4g by this page, expected at most %.15g", figures[i],
                                   measurement->figure[i], MEASUREMENT_FIGURE_MAX);
    return STATUS_OK;
}

enum status metrics_measure(const struct metrics_window *window,
                            const struct scenario_override *settings, size_t setting_count,
                            struct measurement *measurement, struct text *notes,
                            struct diagnostics *diagnostics) {
    if (!(window->seconds >= window_seconds_min))
        return diagnostics_add(diagnostics, STATUS_INVALID, window->source, 0, 0,
                               "the pages cover %.0f s, which is too short to say anything; when "
                               "they were made shows in go_memstats_last_gc_time_seconds",
                               fmax(window->seconds, 0));
    if (window->seconds > window_seconds_max)
        return diagnostics_add(diagnostics, STATUS_INVALID, window->source, 0, 0,
                               "the pages cannot cover %.4g s: look at their "
                               "process_start_time_seconds and go_memstats_last_gc_time_seconds",
                               window->seconds);
    measurement_init(window->last->model, measurement);
    measurement->source = window->source;
    if (window->last->model == PREDICT_LOKI)
        loki_load(window, &measurement->input.loki);
    else
        tempo_load(window, &measurement->input.tempo);
    enum status status = metrics_apply(settings, setting_count, &measurement->input, diagnostics);
    if (status != STATUS_OK)
        return status;
    if (window->last->model == PREDICT_LOKI)
        loki_figures(window, measurement);
    else
        tempo_figures(window, measurement);
    status = check(window, measurement, diagnostics);
    if (status != STATUS_OK)
        return status;
    note(window, measurement, notes);
    return STATUS_OK;
}
