#include "sim/fit_loki_runs.h"

#include "models/loki_chunk.h"
#include "models/loki_parts.h"
#include "sim/base/csv.h"

#include <math.h>
#include <string.h>

#define FIELD(column, member)                                                                      \
    { column, offsetof(struct loki_run, member), 0 }
static const struct csv_field fields[] = {
    FIELD("bytes_per_second", bytes_per_second),
    FIELD("streams", streams),
    FIELD("bytes_per_line", bytes_per_line),
    FIELD("compression", compression),
    FIELD("max_chunk_age_seconds", max_chunk_age_seconds),
    FIELD("chunk_idle_seconds", chunk_idle_seconds),
    FIELD("chunk_target_bytes", chunk_target_bytes),
    FIELD("pushes_per_second", clock_pushes_per_second),
    FIELD("memory_goal_bytes", memory_goal_bytes),
    FIELD("queries_per_second", clock_queries_per_second),
    FIELD("query_range_seconds", clock_query_range_seconds),
    FIELD("query_concurrency", query_concurrency),
    FIELD("time_dilation", time_dilation),
    FIELD("run_seconds", clock_run_seconds),
    FIELD("memory_peak_bytes", memory_peak_bytes),
    FIELD("memory_mean_bytes", memory_mean_bytes),
    FIELD("heap_in_use_mean_bytes", heap_in_use_mean_bytes),
    FIELD("cpu_cores_dilated", clock_cpu_cores),
    FIELD("ingested_bytes", ingested_bytes),
    FIELD("chunks", chunks),
    FIELD("chunk_stored_bytes", chunk_stored_bytes),
    FIELD("wal_peak_bytes", wal_peak_bytes),
    FIELD("wal_bytes_per_dilated_second", clock_wal_bytes_per_second),
    FIELD("index_bytes", index_bytes),
    FIELD("restart_seconds", restart_seconds),
    FIELD("restart_memory_peak_bytes", restart_memory_peak_bytes),
    FIELD("restart_wal_bytes", restart_wal_bytes),
};

static enum status read_encoding(const struct csv_table *table, size_t row, size_t column,
                                 enum loki_encoding *encoding, struct diagnostics *diagnostics) {
    const char *name = csv_cell(table, row, column);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++) {
        *encoding = (enum loki_encoding)i;
        if (strcmp(name, loki_encoding_name(*encoding)) == 0)
            return STATUS_OK;
    }
    return diagnostics_add(diagnostics, STATUS_INVALID, table->file, table->lines[row], 0,
                           "no encoding is called %s", name);
}

static enum status read_names(const struct csv_table *table, struct loki_run *rows,
                              struct diagnostics *diagnostics) {
    enum { NAME, ENCODING, COUNT };
    static const char *const names[COUNT] = {"run", "encoding"};
    size_t columns[COUNT] = {0};
    enum status status = csv_columns(table, names, COUNT, columns, diagnostics);
    for (size_t row = 0; status == STATUS_OK && row < table->rows; row++) {
        rows[row].name = csv_cell(table, row, columns[NAME]);
        status = read_encoding(table, row, columns[ENCODING], &rows[row].encoding, diagnostics);
    }
    return status;
}

enum status loki_runs_read(struct arena *arena, struct loki_runs *runs,
                           struct diagnostics *diagnostics) {
    struct csv_table table;
    enum status status =
        csv_read_shipped(arena, "models/data/calibration/loki.csv", &table, diagnostics);
    if (status != STATUS_OK)
        return status;
    runs->count = table.rows;
    runs->rows = arena_array(arena, table.rows, sizeof *runs->rows);
    if (!runs->rows)
        return diagnostics_out_of_memory(diagnostics, table.file);
    status = read_names(&table, runs->rows, diagnostics);
    if (status != STATUS_OK)
        return status;
    return csv_fill(&table, fields, sizeof fields / sizeof *fields, runs->rows, sizeof *runs->rows,
                    diagnostics);
}

bool loki_run_is_plain(const struct loki_run *run) {
    return run->streams > 0 && run->memory_goal_bytes <= 0 && run->clock_queries_per_second <= 0;
}

/** Rate that really came in: the clients fell short of the nominal rate by up to 2 %. */
static double real_bytes_per_second(const struct loki_run *run) {
    return run->ingested_bytes / run->clock_run_seconds / run->time_dilation;
}

static struct loki_settings settings_of(const struct loki_run *run) {
    struct loki_settings settings = loki_settings_default();
    settings.encoding = run->encoding;
    settings.max_chunk_age_seconds = run->max_chunk_age_seconds;
    settings.chunk_idle_period_seconds = run->chunk_idle_seconds;
    settings.chunk_target_size_bytes = run->chunk_target_bytes;
    settings.memory_goal_bytes = run->memory_goal_bytes;
    return settings;
}

static struct loki_class class_of(const struct loki_run *run) {
    return (struct loki_class){.streams = run->streams,
                               .bytes_per_second = real_bytes_per_second(run),
                               .bytes_per_line = run->bytes_per_line,
                               .compression = run->compression};
}

void loki_run_predict(const struct loki_model *model, const struct loki_run *run,
                      struct loki_need *need) {
    const struct loki_settings settings = settings_of(run);
    const struct loki_class class = class_of(run);
    const struct loki_load load = {.classes = &class, .class_count = run->streams > 0};
    loki_predict(model, &settings, &load, 1, 1, need);
}

double loki_run_peak_bytes(const struct loki_model *model, const struct loki_run *run) {
    const struct loki_load load = {
        .query_range_seconds = fmin(run->clock_query_range_seconds, run->clock_run_seconds),
        .query_concurrency = run->query_concurrency,
    };
    struct loki_need need;
    loki_run_predict(model, run, &need);
    double rate = run->bytes_per_second * run->time_dilation;
    return need.memory_peak_bytes + loki_query_resident_bytes(model->coefficient, &load, rate);
}

/** What is open does not depend on the clock; rates do, and so do the streams a push touches. */
static void raise_rates(double time_dilation, struct loki_totals *totals) {
    totals->bytes_per_second *= time_dilation;
    totals->lines_per_second *= time_dilation;
    totals->push_streams_per_second =
        totals->streams * -expm1(-totals->lines_per_second / fmax(totals->streams, 1));
}

void loki_run_predict_clock(const struct loki_model *model, const struct loki_run *run,
                            struct loki_need *need) {
    struct loki_settings settings = settings_of(run);
    const struct loki_class class = class_of(run);
    const struct loki_load load = {
        .classes = &class,
        .class_count = run->streams > 0,
        .queries_per_second = run->clock_queries_per_second,
        .query_range_seconds = fmin(run->clock_query_range_seconds, run->clock_run_seconds / 2),
        .query_concurrency = run->query_concurrency,
    };
    struct loki_totals totals;
    loki_totals_of(&settings, &load, 1, &totals);
    raise_rates(run->time_dilation, &totals);
    settings.wal_checkpoint_seconds /= run->time_dilation;
    *need = (struct loki_need){0};
    loki_cpu(model, &settings, &load, &totals, run->clock_pushes_per_second, need);
    loki_disk(model, &settings, &totals, 1, need);
}

static void chunk_of(const struct loki_run *run, struct loki_chunk *chunk) {
    const struct loki_settings settings = settings_of(run);
    const struct loki_class class = class_of(run);
    loki_chunk_init(&settings, &class, run->streams, chunk);
    chunk->flush_work_seconds *= run->time_dilation;
    loki_chunk_set_rate(chunk, class.bytes_per_second / fmax(run->streams, 1));
}

double loki_run_chunk_heap_bytes(const struct loki_run *run, double real_seconds) {
    if (run->streams <= 0)
        return 0;
    struct loki_chunk chunk;
    chunk_of(run, &chunk);
    double lives = floor(real_seconds / chunk.life_seconds);
    double raw = (real_seconds - lives * chunk.life_seconds) * chunk.bytes_per_second;
    double flushed = lives * run->streams * chunk.raw_bytes / chunk.compression;
    return run->streams * loki_chunk_at(&chunk, chunk.heap, raw) +
           fmin(flushed, loki_settings_default().chunk_cache_bytes);
}

double loki_run_chunks(const struct loki_run *run, double *stored_bytes) {
    struct loki_chunk chunk;
    chunk_of(run, &chunk);
    double lives = floor(run->clock_run_seconds * run->time_dilation / chunk.life_seconds);
    double chunks = lives * run->streams;
    *stored_bytes = chunks * loki_chunk_flushed_raw_bytes(&chunk) / chunk.compression;
    return chunks;
}
