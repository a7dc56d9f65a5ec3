#include "sim/base/units.h"
#include "stack/dashboard_pages.h"
#include "stack/own_logs.h"
#include "stack/values_common.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define PANELS_MAX 32
#define EVERY_LOG "{namespace=~\".+\"}"

/** The page while it is put together; a text that found no memory is remembered. */
struct builder {
    struct arena *arena;
    const struct scenario *scenario;
    const struct plan_outcome *outcome;
    struct panel *panels;
    size_t count;
    bool failed;
};

static const char *print(struct builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const char *print(struct builder *builder, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_print_list(builder->arena, format, arguments);
    va_end(arguments);
    builder->failed |= !text;
    return text ? text : "";
}

static struct panel *add(struct builder *builder, struct panel panel) {
    struct panel *added = &builder->panels[builder->count];
    *added = panel;
    if (builder->count + 1 < PANELS_MAX)
        builder->count++;
    else
        builder->failed = true;
    return added;
}

static void row(struct builder *builder, const char *title) {
    add(builder, (struct panel){.kind = PANEL_ROW, .title = title});
}

/** A line at a constant; 0 is left out. */
static void constant(struct builder *builder, struct panel *panel, const char *legend,
                     double value) {
    size_t used = 0;
    while (used < PANEL_QUERIES_MAX && panel->queries[used].text)
        used++;
    if (used == PANEL_QUERIES_MAX || !(value > 0))
        return;
    panel->queries[used].text = print(builder, "vector(%.*f)", value < 1000 ? 3 : 0, value);
    panel->queries[used].legend = legend;
}

static void bands(struct builder *builder, struct panel *panel, const struct quantiles *plan,
                  double scale, double limit) {
    constant(builder, panel, PANEL_PLAN_P5, plan->p5 * scale);
    constant(builder, panel, PANEL_PLAN_P50, plan->p50 * scale);
    constant(builder, panel, PANEL_PLAN_P95, plan->p95 * scale);
    constant(builder, panel, PANEL_PLAN_P99, plan->p99 * scale);
    constant(builder, panel, PANEL_LIMIT, limit);
}

static void load_bands(struct builder *builder, struct panel *panel, double mean, double limit) {
    constant(builder, panel, PANEL_PLAN_MEAN, mean);
    constant(builder, panel, PANEL_PLAN_PEAK, mean * values_common_busiest_hour(builder->scenario));
    constant(builder, panel, PANEL_LIMIT, limit);
}

static void add_log_ingest(struct builder *builder) {
    double limit = builder->outcome->plan.ingestion_rate_bytes_per_second;
    struct panel *panel = add(
        builder,
        (struct panel){.kind = PANEL_SERIES,
                       .title = "Log ingest",
                       .unit = "binBps",
                       .description =
                           "Bytes of log lines a second, as Loki holds them, against the "
                           "scenario's mean and busiest hour at the start. Above the limit Loki "
                           "answers 429. The query reads every line: a long range costs Loki "
                           "what a search over it costs.",
                       .no_data = "No log line has arrived",
                       .width = 12,
                       .height = 8,
                       .queries = {{"sum(bytes_rate(" EVERY_LOG " [$__auto]))", "measured"}}});
    load_bands(builder, panel, scenario_log_bytes_per_second(builder->scenario), limit);
}

/** Hexadecimal digits of a fingerprint that choose a sample of the streams, so that four times
 *  the scenario's number stays below the 500 series that Loki lets a query touch. */
static int sample_digits(double streams) {
    const double series = 400;
    int digits = 0;
    while (digits < 4 && 4 * streams > series * pow(16, digits))
        digits++;
    return digits;
}

/** Every open stream is flushed within its longest age and the time to find it idle. */
static const char *streams_query(struct builder *builder) {
    const struct loki_settings *loki = &builder->outcome->plan.loki;
    const int digits = sample_digits(scenario_streams(builder->scenario));
    char window[VALUES_COMMON_BYTES], sample[32] = "", times[16] = "";
    values_common_duration(window, sizeof window,
                           loki->max_chunk_age_seconds + loki->chunk_idle_period_seconds);
    if (digits > 0) {
        snprintf(sample, sizeof sample, " |= ` fp=%.*s`", digits, "0000");
        snprintf(times, sizeof times, " * %.0f", pow(16, digits));
    }
    return print(builder,
                 "count(sum by (fp) (count_over_time(" OWN_LOGS_FLUSHES "%s | logfmt fp [%s])))%s",
                 sample, window, times);
}

static void add_streams(struct builder *builder) {
    const struct plan *plan = &builder->outcome->plan;
    const double streams = scenario_streams(builder->scenario);
    struct panel *panel =
        add(builder,
            (struct panel){.kind = PANEL_SERIES,
                           .title = "Streams",
                           .unit = "short",
                           .description = print(
                               builder,
                               "Streams that Loki wrote out within the longest life of a chunk, "
                               "which is every stream that was open, of any namespace; from "
                               "Loki's own log%s. Above the limit new streams get 429. An error "
                               "about 500 series: there are more than %.0f.",
                               sample_digits(streams) > 0 ? ", by a sample of fingerprints" : "",
                               500 * pow(16, sample_digits(streams))),
                           .no_data = "Loki has not flushed a stream yet: the first comes after "
                                      "chunk_idle_period or max_chunk_age",
                           .width = 6,
                           .height = 8});
    panel->queries[0].text = streams_query(builder);
    panel->queries[0].legend = "measured";
    constant(builder, panel, PANEL_PLAN_MEAN, streams);
    constant(builder, panel, PANEL_LIMIT, plan->max_streams);
}

static void add_traces(struct builder *builder) {
    struct panel *panel =
        add(builder,
            (struct panel){.kind = PANEL_SERIES,
                           .title = "Traces stored",
                           .unit = "suffix:traces/s",
                           .description = "Traces a second in new blocks, over an hour; from "
                                          "Tempo's compactor log, so about a block's life late.",
                           .no_data = "Tempo has compacted no block yet",
                           .width = 6,
                           .height = 8,
                           .queries = {{OWN_LOGS_STORED_TRACES("1h") " / 3600", "measured"}}});
    load_bands(builder, panel, scenario_traces_per_second(builder->scenario), 0);
}

static const char *memory_text(struct builder *builder, enum component component) {
    const struct component_outcome *figures = &builder->outcome->components[component];
    char figure[160];
    return print(
        builder,
        "Go's heap at the end of a collection, garbage included, from the process's own "
        "log (GODEBUG=" OWN_LOGS_GODEBUG "): there is no Prometheus here. What the "
        "kernel counts is more, by code, mapped files and pages not given back; simulate "
        "verify reads that from the node. The plan's lines are the highest moment of %.0f days, "
        "so most days stay below them. Simulated: %s.",
        builder->scenario->simulation.horizon_seconds / SECONDS_PER_DAY,
        values_common_memory_figure(figure, sizeof figure, figures));
}

static void add_memory(struct builder *builder, enum component component, const char *title,
                       const char *query) {
    const struct plan_outcome *outcome = builder->outcome;
    struct panel *panel =
        add(builder, (struct panel){.kind = PANEL_SERIES,
                                    .title = title,
                                    .unit = "mbytes",
                                    .description = memory_text(builder, component),
                                    .no_data = "No line of the garbage collector in this time",
                                    .width = 9,
                                    .height = 8,
                                    .queries = {{query, "heap"}}});
    bands(builder, panel, &outcome->components[component].memory_peak_mib, 1,
          outcome->plan.resources[component].limit_bytes / MIB);
}

static void add_starts(struct builder *builder) {
    add(builder, (struct panel){
                     .kind = PANEL_STAT,
                     .title = "Starts",
                     .unit = "short",
                     .description = "How often each program came up within the time range. A start "
                                    "that nobody asked for is most often a kill for memory; the "
                                    "plan's chance of one stands beside its memory.",
                     .no_data = "None in this time",
                     .width = 6,
                     .height = 8,
                     .warn = 2,
                     .bad = 4,
                     .queries = {{"sum by (app) (count_over_time(" OWN_LOGS_STARTS " [$__range]))",
                                  "{{app}}"}}});
}

static void add_disk(struct builder *builder, enum component component, const char *title,
                     const char *format, double retention_seconds, const char *source) {
    const struct plan_outcome *outcome = builder->outcome;
    char retention[VALUES_COMMON_BYTES];
    units_print_duration(retention, sizeof retention, retention_seconds);
    struct panel *panel = add(builder, (struct panel){.kind = PANEL_SERIES,
                                                      .title = title,
                                                      .unit = "bytes",
                                                      .no_data = "Nothing was written out yet",
                                                      .width = 12,
                                                      .height = 8});
    panel->description = print(builder,
                               "What one day's writing comes to over the retention of %s; %s. The "
                               "volume's fill itself is in no log: the write-ahead log comes on "
                               "top, and simulate verify reads the whole from the node. The first "
                               "day shows too little. The plan's lines are the highest use of the "
                               "simulated time.",
                               retention, source);
    panel->queries[0].text = print(builder, format, retention_seconds / SECONDS_PER_DAY);
    panel->queries[0].legend = "predicted";
    bands(builder, panel, &outcome->components[component].disk_gib, GIB,
          outcome->plan.resources[component].volume_bytes);
}

static void add_disks(struct builder *builder) {
    const struct plan *plan = &builder->outcome->plan;
    add_disk(builder, COMPONENT_LOKI, "Loki's volume at full retention",
             OWN_LOGS_FLUSHED("total_comp", "24h") " * %.4f", plan->loki_retention_seconds,
             "chunks by the sizes in Loki's flush log");
    add_disk(builder, COMPONENT_TEMPO, "Tempo's volume at full retention",
             OWN_LOGS_STORED_BYTES("24h") " * %.4f", plan->tempo_retention_seconds,
             "blocks by the sizes in Tempo's compactor log");
}

static void add_compression(struct builder *builder) {
    struct panel *panel = add(
        builder,
        (struct panel){
            .kind = PANEL_SERIES,
            .title = "Compression",
            .unit = "suffix:x",
            .description = "Raw over stored bytes of the chunks that Loki wrote out. When it is "
                           "below the scenario's, the volume fills faster than planned.",
            .no_data = "Loki has not flushed a stream yet",
            .width = 8,
            .height = 7,
            .queries = {
                {OWN_LOGS_FLUSHED("total_uncomp", "1h") " / " OWN_LOGS_FLUSHED("total_comp", "1h"),
                 "measured"}}});
    constant(builder, panel, PANEL_PLAN_MEAN,
             scenario_compression(builder->scenario, builder->outcome->plan.loki.encoding));
}

static void add_refusals(struct builder *builder) {
    static const struct panel panels[] = {
        {.kind = PANEL_SERIES,
         .title = "Refused and dropped",
         .unit = "short",
         .description = "Batches that Loki refused with 429 (the agent tries again up to ten "
                        "times), batches the agent gave up, and batches of spans the collector "
                        "gave up, in each step of the graph; from their own logs.",
         .no_data = "None",
         .width = 8,
         .height = 7,
         .queries = {{"sum(count_over_time(" OWN_LOGS_REFUSED " [$__auto]))", "429, tried again"},
                     {"sum(count_over_time(" OWN_LOGS_DROPPED " [$__auto]))", "log batches lost"},
                     {"sum(count_over_time(" OWN_LOGS_DROPPED_SPANS " [$__auto]))",
                      "span batches lost"}}},
        {.kind = PANEL_LOGS,
         .title = "Why",
         .unit = "short",
         .description = "What Loki says of the pushes it refused, and any program of a full "
                        "volume.",
         .no_data = "Nothing was refused",
         .width = 8,
         .height = 7,
         .queries = {{OWN_LOGS_LOKI " |= `msg=\"write operation failed\"`", NULL},
                     {OWN_LOGS_NO_SPACE, NULL}}},
    };
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++)
        add(builder, panels[i]);
}

/** An hour that ends an hour before the retention does. */
static const char *near_the_end(struct builder *builder, double retention_seconds) {
    char text[VALUES_COMMON_BYTES];
    return print(builder, "%s",
                 values_common_duration(text, sizeof text,
                                        fmax(retention_seconds - 2 * SECONDS_PER_HOUR, 0)));
}

static void add_retention(struct builder *builder) {
    const struct plan *plan = &builder->outcome->plan;
    char logs[VALUES_COMMON_BYTES], traces[VALUES_COMMON_BYTES];
    units_print_duration(logs, sizeof logs, plan->loki_retention_seconds);
    units_print_duration(traces, sizeof traces, plan->tempo_retention_seconds);
    struct panel *panel =
        add(builder,
            (struct panel){.kind = PANEL_STAT,
                           .title = "Oldest logs",
                           .unit = "suffix:lines",
                           .description = print(builder,
                                                "Lines of the hour that is about to reach the "
                                                "retention of %s. None: the stack is younger than "
                                                "that, or logs were lost.",
                                                logs),
                           .no_data = "No logs of that age",
                           .width = 8,
                           .height = 7});
    panel->queries[0].text = print(builder, "sum(count_over_time(" EVERY_LOG " [1h] offset %s))",
                                   near_the_end(builder, plan->loki_retention_seconds));
    panel->queries[0].legend = "lines";
    add(builder, (struct panel){.kind = PANEL_TRACES,
                                .title = "Oldest traces",
                                .unit = "ms",
                                .description = print(builder,
                                                     "Traces of the hour that is about to reach "
                                                     "the retention of %s.",
                                                     traces),
                                .no_data = "No traces of that age",
                                .width = 16,
                                .height = 7,
                                .time_from = "1h",
                                .time_shift = near_the_end(builder, plan->tempo_retention_seconds),
                                .queries = {{"{ }", NULL}}});
}

static void add_all(struct builder *builder) {
    row(builder, "Ingest");
    add_log_ingest(builder);
    add_streams(builder);
    add_traces(builder);
    row(builder, "Memory");
    add_memory(builder, COMPONENT_LOKI, "Loki's memory",
               OWN_LOGS_HEAP_MIB(OWN_LOGS_LOKI, "$__auto"));
    add_memory(builder, COMPONENT_TEMPO, "Tempo's memory",
               OWN_LOGS_HEAP_MIB(OWN_LOGS_TEMPO, "$__auto"));
    add_starts(builder);
    row(builder, "Disk");
    add_disks(builder);
    add_compression(builder);
    add_refusals(builder);
    row(builder, "Retention");
    add_retention(builder);
}

enum status dashboard_stack(const struct scenario *scenario, const struct plan_outcome *outcome,
                            struct arena *arena, struct dashboard_page *page,
                            struct diagnostics *diagnostics) {
    struct builder builder = {.arena = arena, .scenario = scenario, .outcome = outcome};
    builder.panels = arena_array(arena, PANELS_MAX, sizeof *builder.panels);
    if (!builder.panels)
        return diagnostics_out_of_memory(diagnostics, "writing a dashboard");
    add_all(&builder);
    *page = (struct dashboard_page){
        .uid = "simulate-stack",
        .title = "Stack against plan",
        .description = print(&builder,
                             "Loki and Tempo now, against %.0f simulated runs of the scenario %s "
                             "(plan: %s).",
                             (double)scenario->simulation.replicas, scenario->name, outcome->label),
        .from = "now-6h",
        .refresh = "5m",
        .panels = builder.panels,
        .panel_count = builder.count,
    };
    return builder.failed ? diagnostics_out_of_memory(diagnostics, "writing a dashboard")
                          : STATUS_OK;
}
