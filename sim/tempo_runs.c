#include "sim/tempo_runs.h"

#include "sim/base/csv.h"
#include "sim/base/embedded.h"

#include <math.h>
#include <string.h>

/** Where the number of a column goes: `offset` in a row's struct, `if_empty` for an empty cell. */
struct column_target {
    const char *column;
    size_t offset;
    double if_empty;
};

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

static const struct column_target run_columns[] = {
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

static const struct column_target block_columns[] = {
    SHARED(BLOCK),
    BLOCK("idle_heap_goal_bytes", idle_heap_goal_bytes, NAN),
    BLOCK("heap_goal_bytes", heap_goal_bytes, NAN),
    BLOCK("resident_peak_bytes", resident_peak_bytes, NAN),
};

static enum status read_shipped(struct arena *arena, const char *file, struct csv_table *table,
                                struct diagnostics *diagnostics) {
    size_t length = 0;
    const char *bytes = embedded_file(file, &length);
    if (!bytes)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, file, 0, 0,
                               "the table is not in this program");
    return csv_read(arena, file, bytes, length, table, diagnostics);
}

/** Fill one column of all rows; `rows` is an array of structs of `size` bytes. */
static enum status read_column(const struct csv_table *table, const struct column_target *target,
                               char *rows, size_t size, struct diagnostics *diagnostics) {
    size_t column = 0;
    enum status status = csv_column(table, target->column, &column, diagnostics);
    for (size_t row = 0; row < table->rows && status == STATUS_OK; row++) {
        double number = 0;
        status = csv_number(table, row, column, target->if_empty, &number, diagnostics);
        memcpy(rows + row * size + target->offset, &number, sizeof number);
    }
    return status;
}

static enum status read_columns(const struct csv_table *table, const struct column_target *targets,
                                size_t count, char *rows, size_t size,
                                struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_column(table, &targets[i], rows, size, diagnostics);
    return status;
}

static enum status read_runs(struct arena *arena, struct tempo_runs *runs,
                             struct diagnostics *diagnostics) {
    struct csv_table table;
    size_t name = 0;
    enum status status =
        read_shipped(arena, "models/data/calibration/tempo.csv", &table, diagnostics);
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
    return read_columns(&table, run_columns, sizeof run_columns / sizeof *run_columns, (char *)rows,
                        sizeof *rows, diagnostics);
}

static enum status read_blocks(struct arena *arena, struct tempo_runs *runs,
                               struct diagnostics *diagnostics) {
    struct csv_table table;
    size_t name = 0;
    enum status status =
        read_shipped(arena, "models/data/calibration/tempo_blocks.csv", &table, diagnostics);
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
    return read_columns(&table, block_columns, sizeof block_columns / sizeof *block_columns,
                        (char *)rows, sizeof *rows, diagnostics);
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
