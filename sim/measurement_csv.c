#include "sim/measurement_csv.h"

#include "sim/base/csv_stream.h"
#include "sim/base/units.h"
#include "sim/base/words.h"
#include "sim/measurement_metrics.h"

#include <stdio.h>
#include <string.h>

/** What a column of the file is for each model: a key, a figure, or nothing (-1). */
struct column {
    enum { COLUMN_MODEL, COLUMN_NAME, COLUMN_DATA } kind;
    int key[PREDICT_MODEL_COUNT], figure[PREDICT_MODEL_COUNT];
};

enum { COLUMNS_MAX = 2 + PREDICT_MODEL_COUNT * (PREDICT_KEYS_MAX + PREDICT_FIGURES_MAX) };

struct reading {
    const struct measurement_csv_options *options;
    struct measurement_set *set;
    struct column columns[COLUMNS_MAX];
    size_t count; /**< of columns; 0 before the header */
    size_t model; /**< the column of that name */
    size_t rows;
    struct measurement empty[PREDICT_MODEL_COUNT]; /**< what empty cells stand for */
};

static int figure_index(enum predict_model model, const char *name) {
    size_t count;
    const char *const *names = measurement_figure_names(model, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

/** Every name that a column may have; returns how many. */
static size_t all_names(const char *names[COLUMNS_MAX]) {
    size_t used = 0;
    names[used++] = "model";
    names[used++] = "name";
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        size_t count;
        const struct predict_key *keys = predict_keys((enum predict_model)m, &count);
        for (size_t i = 0; i < count; i++)
            names[used++] = keys[i].name;
        const char *const *figures = measurement_figure_names((enum predict_model)m, &count);
        for (size_t i = 0; i < count; i++)
            names[used++] = figures[i];
    }
    return used;
}

static enum status refuse_column(const struct csv_stream_row *header, size_t field,
                                 struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    const char *names[COLUMNS_MAX];
    size_t count = all_names(names);
    csv_stream_refuse(header, field, diagnostics, "no column is called %s",
                      words_quote(quoted, sizeof quoted, header->fields[field]));
    struct diagnostic *last = diagnostics_last(diagnostics);
    int nearest = words_nearest(header->fields[field], names, count);
    if (last && nearest >= 0)
        snprintf(last->hint, sizeof last->hint, "did you mean %s?", names[nearest]);
    else if (last)
        snprintf(last->hint, sizeof last->hint,
                 "columns: model, name, the keys of `simulate predict --help`, and the figures it "
                 "prints");
    return STATUS_INVALID;
}

static enum status take_column(const struct csv_stream_row *header, size_t field,
                               struct column *column, struct diagnostics *diagnostics) {
    const char *name = header->fields[field];
    bool known = false;
    for (size_t i = 0; i < field; i++)
        if (strcmp(header->fields[i], name) == 0)
            return csv_stream_refuse(header, field, diagnostics, "column %s is there twice", name);
    column->kind = strcmp(name, "model") == 0  ? COLUMN_MODEL
                   : strcmp(name, "name") == 0 ? COLUMN_NAME
                                               : COLUMN_DATA;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        column->key[m] = predict_key_find((enum predict_model)m, name);
        column->figure[m] = figure_index((enum predict_model)m, name);
        known = known || column->key[m] >= 0 || column->figure[m] >= 0;
    }
    if (column->kind == COLUMN_DATA && !known)
        return refuse_column(header, field, diagnostics);
    return STATUS_OK;
}

static enum status take_header(const struct csv_stream_row *header, struct reading *reading,
                               struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    reading->model = SIZE_MAX;
    for (size_t i = 0; i < header->count; i++) {
        struct column column;
        enum status own = take_column(header, i, &column, diagnostics);
        if (own != STATUS_OK || i >= COLUMNS_MAX) {
            status = STATUS_INVALID;
            continue;
        }
        reading->columns[i] = column;
        if (column.kind == COLUMN_MODEL)
            reading->model = i;
    }
    if (status == STATUS_OK && reading->model == SIZE_MAX)
        return diagnostics_add(diagnostics, STATUS_INVALID, header->file, header->line, 1,
                               "the header has no column called model, which says loki or tempo");
    reading->count = header->count;
    return status;
}

static enum status take_key(const struct csv_stream_row *row, size_t field, size_t key,
                            struct measurement *measurement, struct diagnostics *diagnostics) {
    size_t count;
    const struct predict_key *known = &predict_keys(measurement->input.model, &count)[key];
    char quoted[WORDS_QUOTE_BYTES];
    double value;
    words_quote(quoted, sizeof quoted, row->fields[field]);
    if (!predict_key_parse(known, row->fields[field], &value))
        return csv_stream_refuse(row, field, diagnostics, "%s is %s, expected %s", known->name,
                                 quoted, predict_key_expected(known));
    if (value < known->least || value > known->most)
        return csv_stream_refuse(row, field, diagnostics,
                                 "%s is %s, expected a value from %.15g to %.15g", known->name,
                                 quoted, known->least, known->most);
    predict_input_set(&measurement->input, key, value);
    return STATUS_OK;
}

/** Bytes and cores may be written with their units. */
static bool parse_figure(const char *name, const char *text, double *value) {
    if (strcmp(name, "cpu_cores") == 0)
        return units_cores(text, value) || units_number(text, value);
    return units_number(text, value) || (strstr(name, "bytes") && units_bytes(text, value));
}

static enum status take_figure(const struct csv_stream_row *row, size_t field, size_t figure,
                               struct measurement *measurement, struct diagnostics *diagnostics) {
    size_t count;
    const char *name = measurement_figure_names(measurement->input.model, &count)[figure];
    char quoted[WORDS_QUOTE_BYTES];
    double value;
    if (!parse_figure(name, row->fields[field], &value) || !(value > 0) ||
        value > MEASUREMENT_FIGURE_MAX)
        return csv_stream_refuse(row, field, diagnostics, "%s is %s, expected a number above 0",
                                 name, words_quote(quoted, sizeof quoted, row->fields[field]));
    measurement->figure[figure] = value;
    return STATUS_OK;
}

static enum status take_cell(const struct csv_stream_row *row, size_t field,
                             const struct column *column, struct measurement *measurement,
                             struct diagnostics *diagnostics) {
    enum predict_model model = measurement->input.model;
    if (row->fields[field][0] == '\0' || column->kind != COLUMN_DATA)
        return STATUS_OK;
    if (column->key[model] >= 0)
        return take_key(row, field, (size_t)column->key[model], measurement, diagnostics);
    if (column->figure[model] >= 0)
        return take_figure(row, field, (size_t)column->figure[model], measurement, diagnostics);
    return csv_stream_refuse(row, field, diagnostics, "%s has no such input or figure",
                             predict_model_name(model));
}

/** A required key that row and settings leave out; `given` are the keys that the row has. */
static enum status check_required(const struct csv_stream_row *row,
                                  const struct measurement *measurement, const bool *given,
                                  struct diagnostics *diagnostics) {
    size_t count;
    const struct predict_key *keys = predict_keys(measurement->input.model, &count);
    for (size_t i = 0; i < count; i++)
        if (keys[i].required && !given[i] && !(predict_input_get(&measurement->input, i) > 0))
            return diagnostics_add(diagnostics, STATUS_INVALID, row->file, row->line, 0,
                                   "the row has no %s: %s", keys[i].name, keys[i].meaning);
    return STATUS_OK;
}

static enum status take_row(const struct csv_stream_row *row, struct reading *reading,
                            struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    bool given[PREDICT_KEYS_MAX] = {false};
    struct measurement measurement;
    if (row->count != reading->count)
        return diagnostics_add(diagnostics, STATUS_INVALID, row->file, row->line, 0,
                               "the row has %zu fields, the header has %zu", row->count,
                               reading->count);
    int model = predict_model_find(row->fields[reading->model]);
    if (model < 0)
        return csv_stream_refuse(row, reading->model, diagnostics,
                                 "model is %s, expected loki or tempo",
                                 words_quote(quoted, sizeof quoted, row->fields[reading->model]));
    measurement = reading->empty[model];
    for (size_t i = 0; i < row->count; i++) {
        enum status status = take_cell(row, i, &reading->columns[i], &measurement, diagnostics);
        if (status != STATUS_OK)
            return status;
        if (reading->columns[i].key[model] >= 0 && row->fields[i][0] != '\0')
            given[reading->columns[i].key[model]] = true;
    }
    measurement.source = row->file;
    measurement.line = row->line;
    enum status status = check_required(row, &measurement, given, diagnostics);
    if (status == STATUS_OK) {
        measurement_add(reading->set, &measurement);
        reading->rows++;
    }
    return status;
}

static enum status take(const struct csv_stream_row *row, void *context,
                        struct diagnostics *diagnostics) {
    struct reading *reading = context;
    return reading->count == 0 ? take_header(row, reading, diagnostics)
                               : take_row(row, reading, diagnostics);
}

static bool progress(double share, double bytes, void *context) {
    (void)bytes;
    const struct reading *reading = context;
    const struct measurement_csv_options *options = reading->options;
    return !options->progress || share < 0 || options->progress(share, options->progress_context);
}

enum status measurement_csv_read(const char *path, const struct measurement_csv_options *options,
                                 struct measurement_set *set, size_t *rows,
                                 struct diagnostics *diagnostics) {
    struct reading reading = {.options = options, .set = set};
    const struct csv_stream_input input = {.path = path,
                                           .interrupted = options->interrupted,
                                           .progress = progress,
                                           .take = take,
                                           .context = &reading};
    enum status status = STATUS_OK;
    for (int m = 0; m < PREDICT_MODEL_COUNT && status == STATUS_OK; m++) {
        measurement_init((enum predict_model)m, &reading.empty[m]);
        status = metrics_apply(options->settings, options->setting_count, &reading.empty[m].input,
                               diagnostics);
    }
    if (status == STATUS_OK)
        status = csv_stream_read(&input, diagnostics);
    *rows = reading.rows;
    if (status == STATUS_OK && reading.rows == 0)
        return diagnostics_add(diagnostics, STATUS_INVALID, path, 0, 0,
                               "the file has no measurements: it needs a header and rows");
    return status;
}
