#include "sim/tempo_runs.h"

#include "sim/base/csv.h"

#include <math.h>
#include <string.h>

#define RUN(column, field, if_empty)                                                               \
    { column, offsetof(struct tempo_run, field), if_empty }
#define BLOCK(column, field, if_empty)                                                             \
    { column, offsetof(struct tempo_block, field), if_empty }
#define SHARED(ROW)                                                                                \
    ROW("traces_per_second", load.traces_per_second, 0),                                           \
        ROW("spans_per_trace", load.spans_per_trace, 0),                                           \
        ROW("bytes_per_span", load.bytes_per_span, 0), ROW("gogc", settings.gogc, 100),            \
        ROW("max_block_seconds", settings.max_block_duration_seconds, 1800),                       \
        ROW("row_group_bytes", settings.parquet_row_group_size_bytes, 1e8),                        \
        ROW("flush_check_seconds", settings.flush_check_period_seconds, 10)

static const struct csv_field run_fields[] = {
    SHARED(RUN),
    RUN("memory_goal_bytes", settings.memory_goal_bytes, 0),
    RUN("searches_per_second", load.queries_per_second, 0),
    RUN("time_dilation", time_dilation, 1),
    RUN("memory_peak_bytes", memory_peak_bytes, NAN),
    RUN("memory_mean_bytes", memory_mean_bytes, NAN),
    RUN("heap_in_use_mean_bytes", heap_in_use_mean_bytes, NAN),
    RUN("cpu_cores_dilated", cpu_cores_dilated, NAN),
    RUN("block_stored_bytes", block_stored_bytes, NAN),
    RUN("wal_peak_bytes", wal_peak_bytes, NAN),
    RUN("ready_seconds", ready_seconds, NAN),
    RUN("ready_memory_peak_bytes", ready_memory_peak_bytes, NAN),
};

static const struct csv_field block_fields[] = {
    SHARED(BLOCK),
    BLOCK("idle_heap_goal_bytes", idle_heap_goal_bytes, NAN),
    BLOCK("heap_goal_bytes", heap_goal_bytes, NAN),
    BLOCK("resident_peak_bytes", resident_peak_bytes, NAN),
};

static enum status read_runs(struct arena *arena, struct tempo_runs *runs,
                             struct diagnostics *diagnostics) {
    struct csv_table table;
    size_t name = 0;
    enum status status =
        csv_read_shipped(arena, "models/data/calibration/tempo.csv", &table, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(&table, "run", &name, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct tempo_run *rows = arena_array(arena, table.rows, sizeof *rows);
    if (!rows)
        return diagnostics_out_of_memory(diagnostics, table.file);
    for (size_t i = 0; i < table.rows; i++)
        rows[i] = (struct tempo_run){.name = csv_cell(&table, i, name),
                                     .settings = tempo_settings_default()};
    runs->runs = rows;
    runs->count = table.rows;
    return csv_fill(&table, run_fields, sizeof run_fields / sizeof *run_fields, rows, sizeof *rows,
                    diagnostics);
}

static enum status read_blocks(struct arena *arena, struct tempo_runs *runs,
                               struct diagnostics *diagnostics) {
    struct csv_table table;
    size_t name = 0;
    enum status status =
        csv_read_shipped(arena, "models/data/calibration/tempo_blocks.csv", &table, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(&table, "run", &name, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct tempo_block *rows = arena_array(arena, table.rows, sizeof *rows);
    if (!rows)
        return diagnostics_out_of_memory(diagnostics, table.file);
    for (size_t i = 0; i < table.rows; i++)
        rows[i] = (struct tempo_block){.run = csv_cell(&table, i, name),
                                       .settings = tempo_settings_default()};
    runs->blocks = rows;
    runs->block_count = table.rows;
    return csv_fill(&table, block_fields, sizeof block_fields / sizeof *block_fields, rows,
                    sizeof *rows, diagnostics);
}

enum status tempo_runs_read(struct arena *arena, struct tempo_runs *runs,
                            struct diagnostics *diagnostics) {
    *runs = (struct tempo_runs){0};
    enum status status = read_runs(arena, runs, diagnostics);
    return status == STATUS_OK ? read_blocks(arena, runs, diagnostics) : status;
}

const struct tempo_run *tempo_run_find(const struct tempo_runs *runs, const char *name) {
    for (size_t i = 0; i < runs->count; i++)
        if (strcmp(runs->runs[i].name, name) == 0)
            return &runs->runs[i];
    return NULL;
}

bool tempo_run_is_plain(const struct tempo_run *run) {
    return run->load.traces_per_second > 0 && run->load.queries_per_second <= 0 &&
           run->settings.memory_goal_bytes <= 0;
}
