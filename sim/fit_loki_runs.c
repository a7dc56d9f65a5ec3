#include "sim/fit_loki_runs.h"

#include "models/loki_chunk.h"
#include "models/loki_parts.h"
#include "sim/base/csv.h"
#include "sim/base/embedded.h"

#include <math.h>
#include <string.h>

static const char runs_file[] = "models/data/calibration/loki.csv";

/** Columns that are numbers, and where they go. */
#define COLUMN(name, field)                                                                        \
    { name, offsetof(struct loki_run, field) }
static const struct {
    const char *name;
    size_t offset;
} columns[] = {
    COLUMN("bytes_per_second", bytes_per_second),
    COLUMN("streams", streams),
    COLUMN("bytes_per_line", bytes_per_line),
    COLUMN("compression", compression),
    COLUMN("max_chunk_age_seconds", max_chunk_age_seconds),
    COLUMN("chunk_idle_seconds", chunk_idle_seconds),
    COLUMN("chunk_target_bytes", chunk_target_bytes),
    COLUMN("pushes_per_second", clock_pushes_per_second),
    COLUMN("memory_goal_bytes", memory_goal_bytes),
    COLUMN("queries_per_second", clock_queries_per_second),
    COLUMN("query_range_seconds", clock_query_range_seconds),
    COLUMN("query_concurrency", query_concurrency),
    COLUMN("time_dilation", time_dilation),
    COLUMN("run_seconds", clock_run_seconds),
    COLUMN("memory_peak_bytes", memory_peak_bytes),
    COLUMN("memory_mean_bytes", memory_mean_bytes),
    COLUMN("heap_in_use_mean_bytes", heap_in_use_mean_bytes),
    COLUMN("cpu_cores_dilated", clock_cpu_cores),
    COLUMN("ingested_bytes", ingested_bytes),
    COLUMN("chunks", chunks),
    COLUMN("chunk_stored_bytes", chunk_stored_bytes),
    COLUMN("wal_peak_bytes", wal_peak_bytes),
    COLUMN("wal_bytes_per_dilated_second", clock_wal_bytes_per_second),
    COLUMN("index_bytes", index_bytes),
    COLUMN("restart_seconds", restart_seconds),
    COLUMN("restart_memory_peak_bytes", restart_memory_peak_bytes),
    COLUMN("restart_wal_bytes", restart_wal_bytes),
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
    size_t name, encoding;
    enum status status = csv_column(table, "run", &name, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(table, "encoding", &encoding, diagnostics);
    for (size_t row = 0; status == STATUS_OK && row < table->rows; row++) {
        rows[row].name = csv_cell(table, row, name);
        status = read_encoding(table, row, encoding, &rows[row].encoding, diagnostics);
    }
    return status;
}

static enum status read_numbers(const struct csv_table *table, struct loki_run *rows,
                                struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sizeof columns / sizeof *columns; i++) {
        size_t column;
        status = csv_column(table, columns[i].name, &column, diagnostics);
        for (size_t row = 0; status == STATUS_OK && row < table->rows; row++) {
            double number = 0;
            status = csv_number(table, row, column, 0, &number, diagnostics);
            memcpy((char *)&rows[row] + columns[i].offset, &number, sizeof number);
        }
    }
    return status;
}

enum status loki_runs_read(struct arena *arena, struct loki_runs *runs,
                           struct diagnostics *diagnostics) {
    size_t length = 0;
    const char *bytes = embedded_file(runs_file, &length);
    if (!bytes)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, runs_file, 0, 0,
                               "the calibration runs are not in this program");
    struct csv_table table;
    enum status status = csv_read(arena, runs_file, bytes, length, &table, diagnostics);
    if (status != STATUS_OK)
        return status;
    runs->count = table.rows;
    runs->rows = arena_array(arena, table.rows, sizeof *runs->rows);
    if (!runs->rows)
        return diagnostics_out_of_memory(diagnostics, runs_file);
    status = read_names(&table, runs->rows, diagnostics);
    return status == STATUS_OK ? read_numbers(&table, runs->rows, diagnostics) : status;
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
