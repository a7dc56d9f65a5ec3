#include "sim/fit_holdout.h"

#include "sim/base/csv.h"
#include "sim/fit_loki_groups.h"
#include "sim/predict.h"
#include "sim/tempo_runs.h"

#include <math.h>
#include <string.h>

static const char runs_file[] = "models/data/holdout.csv";
static const char *const model_names[] = {
    [FIT_HOLDOUT_LOKI] = "loki",
    [FIT_HOLDOUT_TEMPO] = "tempo",
};
#define MODEL_COUNT (sizeof model_names / sizeof *model_names)

/** One row of the table: the run of the model that it names. */
struct run {
    enum fit_holdout_model model;
    struct loki_run loki;
    struct tempo_run tempo;
};

/** Columns that are numbers, and where they go. */
#define LOKI(name, field)                                                                          \
    { name, offsetof(struct run, loki) + offsetof(struct loki_run, field), 0 }
#define TEMPO(name, field)                                                                         \
    { name, offsetof(struct run, tempo) + offsetof(struct tempo_run, field), 0 }
static const struct csv_field columns[] = {
    LOKI("bytes_per_second", bytes_per_second),
    LOKI("streams", streams),
    LOKI("bytes_per_line", bytes_per_line),
    LOKI("compression", compression),
    LOKI("max_chunk_age_seconds", max_chunk_age_seconds),
    LOKI("chunk_idle_seconds", chunk_idle_seconds),
    LOKI("chunk_target_bytes", chunk_target_bytes),
    LOKI("pushes_per_second", clock_pushes_per_second),
    TEMPO("traces_per_second", load.traces_per_second),
    TEMPO("spans_per_trace", load.spans_per_trace),
    TEMPO("bytes_per_span", load.bytes_per_span),
    TEMPO("max_block_seconds", settings.max_block_duration_seconds),
    LOKI("time_dilation", time_dilation),
    TEMPO("time_dilation", time_dilation),
    LOKI("run_seconds", clock_run_seconds),
    LOKI("memory_peak_bytes", memory_peak_bytes),
    TEMPO("memory_peak_bytes", memory_peak_bytes),
    LOKI("memory_mean_bytes", memory_mean_bytes),
    TEMPO("memory_mean_bytes", memory_mean_bytes),
    LOKI("cpu_cores_dilated", clock_cpu_cores),
    TEMPO("cpu_cores_dilated", cpu_cores_dilated),
    LOKI("received_bytes", ingested_bytes),
    LOKI("chunks", chunks),
    LOKI("stored_bytes", chunk_stored_bytes),
    TEMPO("stored_bytes", block_stored_bytes),
    LOKI("wal_peak_bytes", wal_peak_bytes),
    TEMPO("wal_peak_bytes", wal_peak_bytes),
};

/** Which of `names` a cell holds. */
static enum status read_choice(const struct csv_table *table, size_t row, size_t column,
                               const char *const *names, size_t count, size_t *choice,
                               struct diagnostics *diagnostics) {
    const char *cell = csv_cell(table, row, column);
    for (*choice = 0; *choice < count; (*choice)++)
        if (strcmp(cell, names[*choice]) == 0)
            return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INVALID, table->file, table->lines[row], 0,
                           "%s: \"%s\" is not known", table->header[column], cell);
}

static enum status read_model(const struct csv_table *table, size_t row, size_t model,
                              size_t encoding, struct run *run, struct diagnostics *diagnostics) {
    const char *encodings[LOKI_ENCODING_COUNT];
    size_t choice = 0;
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        encodings[i] = loki_encoding_name((enum loki_encoding)i);
    enum status status =
        read_choice(table, row, model, model_names, MODEL_COUNT, &choice, diagnostics);
    run->model = (enum fit_holdout_model)choice;
    if (status != STATUS_OK || run->model != FIT_HOLDOUT_LOKI)
        return status;
    status =
        read_choice(table, row, encoding, encodings, LOKI_ENCODING_COUNT, &choice, diagnostics);
    run->loki.encoding = (enum loki_encoding)choice;
    return status;
}

static enum status read_words(const struct csv_table *table, struct run *runs,
                              struct diagnostics *diagnostics) {
    size_t name = 0, model = 0, encoding = 0;
    enum status status = csv_column(table, "run", &name, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(table, "model", &model, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(table, "encoding", &encoding, diagnostics);
    for (size_t row = 0; status == STATUS_OK && row < table->rows; row++) {
        runs[row].tempo.settings = tempo_settings_default();
        runs[row].loki.name = runs[row].tempo.name = csv_cell(table, row, name);
        status = read_model(table, row, model, encoding, &runs[row], diagnostics);
    }
    return status;
}

static enum status read_runs(struct arena *arena, struct run **runs, size_t *count,
                             struct diagnostics *diagnostics) {
    struct csv_table table;
    enum status status = csv_read_shipped(arena, runs_file, &table, diagnostics);
    if (status != STATUS_OK)
        return status;
    *count = table.rows;
    *runs = arena_array(arena, table.rows, sizeof **runs);
    if (!*runs)
        return diagnostics_out_of_memory(diagnostics, runs_file);
    status = read_words(&table, *runs, diagnostics);
    return status == STATUS_OK ? csv_fill(&table, columns, sizeof columns / sizeof *columns, *runs,
                                          sizeof **runs, diagnostics)
                               : status;
}

static void predict_loki(const struct loki_model *model, const struct loki_run *run,
                         struct fit_holdout_value *value) {
    static const enum loki_group_name groups[] = {[FIT_HOLDOUT_PEAK] = LOKI_GROUP_PEAK,
                                                  [FIT_HOLDOUT_MEAN] = LOKI_GROUP_MEAN,
                                                  [FIT_HOLDOUT_CPU] = LOKI_GROUP_CPU,
                                                  [FIT_HOLDOUT_WAL] = LOKI_GROUP_WAL_PEAK};
    for (size_t i = 0; i < FIT_HOLDOUT_FIGURE_COUNT; i++) {
        if (i == FIT_HOLDOUT_STORED)
            continue;
        value[i].measured = loki_group(groups[i])->measured(run);
        value[i].predicted = loki_group(groups[i])->predicted(model, run);
    }
    value[FIT_HOLDOUT_STORED].measured = run->chunk_stored_bytes;
    loki_run_chunks(run, &value[FIT_HOLDOUT_STORED].predicted);
}

static void predict_tempo(const struct tempo_model *model, const struct tempo_run *run,
                          struct fit_holdout_value *value) {
    struct tempo_need need;
    tempo_predict(model, &run->settings, &run->load, 1, &need);
    value[FIT_HOLDOUT_PEAK].measured = run->memory_peak_bytes;
    value[FIT_HOLDOUT_PEAK].predicted = need.memory_peak_bytes;
    value[FIT_HOLDOUT_MEAN].measured = run->memory_mean_bytes;
    value[FIT_HOLDOUT_MEAN].predicted = need.memory_mean_bytes;
    value[FIT_HOLDOUT_CPU].measured = run->cpu_cores_dilated;
    value[FIT_HOLDOUT_CPU].predicted = need.cpu_cores * run->time_dilation;
    value[FIT_HOLDOUT_STORED].measured = run->block_stored_bytes;
    value[FIT_HOLDOUT_STORED].predicted = need.block_bytes_per_second / need.blocks_per_second;
    value[FIT_HOLDOUT_WAL].measured = run->wal_peak_bytes;
    value[FIT_HOLDOUT_WAL].predicted = need.wal_peak_bytes;
}

double fit_holdout_width(const struct calibration *calibration, enum fit_holdout_model model,
                         enum fit_holdout_figure figure) {
    const struct loki_error *loki = &calibration->loki.error;
    const struct tempo_error *tempo = &calibration->tempo.error;
    const double deviation[MODEL_COUNT][FIT_HOLDOUT_FIGURE_COUNT] = {
        [FIT_HOLDOUT_LOKI] = {[FIT_HOLDOUT_PEAK] = loki->memory_peak,
                              [FIT_HOLDOUT_MEAN] = loki->memory_mean,
                              [FIT_HOLDOUT_CPU] = loki->cpu,
                              [FIT_HOLDOUT_STORED] = loki->chunk_bytes,
                              [FIT_HOLDOUT_WAL] = loki->wal_peak},
        [FIT_HOLDOUT_TEMPO] = {[FIT_HOLDOUT_PEAK] = tempo_run_peak_error(tempo),
                               [FIT_HOLDOUT_MEAN] = tempo->memory_mean,
                               [FIT_HOLDOUT_CPU] = tempo->cpu,
                               [FIT_HOLDOUT_STORED] = tempo->block_bytes,
                               [FIT_HOLDOUT_WAL] = tempo->wal_peak},
    };
    return predict_interval(deviation[model][figure], model == FIT_HOLDOUT_LOKI
                                                          ? loki->degrees_of_freedom
                                                          : tempo->degrees_of_freedom);
}

enum status fit_holdout_predict(struct arena *arena, const struct calibration *calibration,
                                struct fit_holdout *holdout, struct diagnostics *diagnostics) {
    struct run *runs = NULL;
    *holdout = (struct fit_holdout){0};
    enum status status = read_runs(arena, &runs, &holdout->count, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct fit_holdout_row *rows = arena_array(arena, holdout->count, sizeof *rows);
    if (!rows)
        return diagnostics_out_of_memory(diagnostics, runs_file);
    for (size_t i = 0; i < holdout->count; i++) {
        rows[i] = (struct fit_holdout_row){.run = runs[i].loki.name, .model = runs[i].model};
        if (runs[i].model == FIT_HOLDOUT_LOKI)
            predict_loki(&calibration->loki, &runs[i].loki, rows[i].value);
        else
            predict_tempo(&calibration->tempo, &runs[i].tempo, rows[i].value);
        for (int f = 0; f < FIT_HOLDOUT_FIGURE_COUNT; f++)
            rows[i].value[f].width =
                fit_holdout_width(calibration, runs[i].model, (enum fit_holdout_figure)f);
    }
    holdout->rows = rows;
    return STATUS_OK;
}

double fit_holdout_residual(const struct fit_holdout_value *value) {
    return log(value->measured / value->predicted);
}

bool fit_holdout_is_inside(const struct fit_holdout_value *value) {
    return fabs(fit_holdout_residual(value)) <= value->width;
}
