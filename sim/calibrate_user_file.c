/* The calibration file: writing it, and reading it over the shipped calibration. */
#include "sim/base/csv.h"
#include "sim/base/files.h"
#include "sim/calibrate_user.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const size_t file_bytes_max = (size_t)1 << 20;

/** Far above every coefficient of any model: what is greater was mistyped. */
static const double value_most = 1e18;

/** Does the slot belong to `model`: its coefficients (`loki`), `loki_heap`, `loki_error`? */
static bool belongs(const struct coefficient_slot *slot, enum predict_model model) {
    const char *name = predict_model_name(model);
    size_t length = strlen(name);
    return strncmp(slot->model, name, length) == 0 &&
           (slot->model[length] == '\0' || slot->model[length] == '_');
}

static void write_coefficients(const struct calibration *calibration, enum predict_model model,
                               struct text *csv) {
    const struct coefficient_slot *slot;
    for (size_t i = 0; (slot = calibration_slot(i)) != NULL; i++) {
        if (!belongs(slot, model))
            continue;
        text_print(csv, "%s,%s,%.8g,", slot->model, slot->name,
                   calibration_get(calibration, slot->value));
        if (slot->standard_error != COEFFICIENT_NO_ERROR)
            text_print(csv, "%.3g", calibration_get(calibration, slot->standard_error));
        text_add(csv, ",,,");
        csv_write_field(csv, slot->unit);
        text_add(csv, ",");
        csv_write_field(csv, slot->meaning);
        text_add(csv, "\n");
    }
}

static const char *unit_of(const struct predict_key *key) {
    static const char *const units[] = {[PREDICT_NUMBER] = "1",
                                        [PREDICT_BYTES] = "bytes",
                                        [PREDICT_DURATION] = "s",
                                        [PREDICT_ENCODING] = "1"};
    return units[key->kind];
}

static void write_ranges(const struct calibration_ranges *ranges, enum predict_model model,
                         struct text *csv) {
    const char *name = predict_model_name(model);
    size_t count;
    const struct predict_key *keys = predict_keys(model, &count);
    text_print(csv, "%s_data,points,%.15g,,,,1,points behind these figures\n", name,
               ranges->model[model].points);
    for (size_t i = 0; i < count; i++) {
        if (keys[i].kind == PREDICT_ENCODING)
            continue;
        text_print(csv, "%s_range,%s,,,%.15g,%.15g,%s,", name, keys[i].name,
                   ranges->model[model].least[i], ranges->model[model].most[i], unit_of(&keys[i]));
        csv_write_field(csv, keys[i].meaning);
        text_add(csv, "\n");
    }
    for (int e = 0; e < LOKI_ENCODING_COUNT && model == PREDICT_LOKI; e++)
        if (ranges->model[model].encodings >> e & 1)
            text_print(csv, "%s_range,encoding.%s,,,,,1,measured with this encoding\n", name,
                       loki_encoding_name((enum loki_encoding)e));
}

void calibrate_user_write(const struct calibrate_user *user, struct text *csv) {
    text_add(csv, "# Written by `simulate calibrate` from measurements of one installation: the "
                  "shipped\n# coefficients as those measurements moved them, and the range they "
                  "were made in.\n# Use it with simulation.calibration in a scenario, or `simulate "
                  "predict --set calibration=FILE`.\n"
                  "model,name,value,standard_error,least,most,unit,meaning\n");
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        if (!user->model[m].measured)
            continue;
        write_coefficients(&user->calibration, (enum predict_model)m, csv);
        write_ranges(&user->ranges, (enum predict_model)m, csv);
    }
}

enum { MODEL, NAME, VALUE, ERROR, LEAST, MOST, COLUMN_COUNT };
static const char *const column_names[COLUMN_COUNT] = {"model",          "name",  "value",
                                                       "standard_error", "least", "most"};

struct reading {
    const struct csv_table *table;
    size_t columns[COLUMN_COUNT];
    struct calibration *calibration;
    struct calibration_ranges *ranges;
    bool *seen; /**< by index of calibration_slot(): a row gave it */
    struct diagnostics *diagnostics;
};

static const char given_twice[] = "is given twice";

static enum status refuse(const struct reading *reading, size_t row, const char *message) {
    return diagnostics_add(reading->diagnostics, STATUS_INVALID, reading->table->file,
                           reading->table->lines[row], 0, "%s.%s: %s",
                           csv_cell(reading->table, row, reading->columns[MODEL]),
                           csv_cell(reading->table, row, reading->columns[NAME]), message);
}

static enum status number(const struct reading *reading, size_t row, size_t column, double *value) {
    return csv_number(reading->table, row, reading->columns[column], NAN, value,
                      reading->diagnostics);
}

/** The model whose `suffix` rows this is one of, or -1. */
static int model_of(const char *cell, const char *suffix) {
    char name[32];
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        snprintf(name, sizeof name, "%s%s", predict_model_name((enum predict_model)m), suffix);
        if (strcmp(cell, name) == 0)
            return m;
    }
    return -1;
}

static enum status read_encoding(const struct reading *reading, size_t row, int model,
                                 const char *encoding) {
    for (int e = 0; e < LOKI_ENCODING_COUNT; e++)
        if (strcmp(encoding, loki_encoding_name((enum loki_encoding)e)) == 0) {
            if (reading->ranges->model[model].encodings >> e & 1)
                return refuse(reading, row, given_twice);
            reading->ranges->model[model].encodings |= 1u << e;
            return STATUS_OK;
        }
    return refuse(reading, row, "no encoding is called so");
}

static enum status read_range(const struct reading *reading, size_t row, int model) {
    static const char encoding[] = "encoding.";
    const char *name = csv_cell(reading->table, row, reading->columns[NAME]);
    double least = 0, most = 0;
    if (strncmp(name, encoding, sizeof encoding - 1) == 0)
        return read_encoding(reading, row, model, name + sizeof encoding - 1);
    enum status status = number(reading, row, LEAST, &least);
    if (status == STATUS_OK)
        status = number(reading, row, MOST, &most);
    if (status != STATUS_OK)
        return status;
    if (!(least >= 0 && least <= most))
        return refuse(reading, row, "expected least and most, least first");
    int key = predict_key_find((enum predict_model)model, name);
    if (key < 0)
        return refuse(reading, row, "`simulate predict` has no such key");
    if (reading->ranges->model[model].most[key] < INFINITY) /* see forget_ranges() */
        return refuse(reading, row, given_twice);
    reading->ranges->model[model].least[key] = least;
    reading->ranges->model[model].most[key] = most;
    return STATUS_OK;
}

/** The slot and its index, or NULL and the number of slots. */
static const struct coefficient_slot *find_slot(const char *model, const char *name,
                                                size_t *index) {
    const struct coefficient_slot *slot = NULL;
    for (*index = 0; (slot = calibration_slot(*index)) != NULL; (*index)++)
        if (strcmp(slot->model, model) == 0 && strcmp(slot->name, name) == 0)
            break;
    return slot;
}

/** What is wrong with a coefficient's value, NaN where its cell is empty; NULL: nothing. */
static const char *value_problem(const struct coefficient_slot *slot, double value) {
    if (isnan(value))
        return "has no value";
    if (strcmp(slot->name, "degrees_of_freedom") == 0 && value < 1)
        return "expected a value of 1 or more";
    if (value < 0)
        return "expected a value that is not negative";
    return value > value_most ? "expected a value of at most 1e18" : NULL;
}

static enum status read_coefficient(const struct reading *reading, size_t row) {
    size_t index = 0;
    const struct coefficient_slot *slot =
        find_slot(csv_cell(reading->table, row, reading->columns[MODEL]),
                  csv_cell(reading->table, row, reading->columns[NAME]), &index);
    double value = 0, error = 0;
    if (!slot)
        return refuse(reading, row,
                      "no model has such a coefficient; was the file written by "
                      "another version?");
    if (reading->seen[index])
        return refuse(reading, row, given_twice);
    reading->seen[index] = true;
    enum status status = number(reading, row, VALUE, &value);
    if (status == STATUS_OK)
        status = number(reading, row, ERROR, &error);
    if (status != STATUS_OK)
        return status;
    const char *problem = value_problem(slot, value);
    if (problem)
        return refuse(reading, row, problem);
    if (error < 0)
        return refuse(reading, row, "expected a standard error that is not negative");
    calibration_set(reading->calibration, slot->value, value);
    if (slot->standard_error != COEFFICIENT_NO_ERROR && !isnan(error))
        calibration_set(reading->calibration, slot->standard_error, error);
    return STATUS_OK;
}

static enum status read_points(const struct reading *reading, size_t row, int model) {
    double points = 0;
    if (reading->ranges->model[model].known)
        return refuse(reading, row, given_twice);
    enum status status = number(reading, row, VALUE, &points);
    if (status == STATUS_OK && !(points >= 1))
        return refuse(reading, row, "expected a number of points");
    reading->ranges->model[model].points = points;
    reading->ranges->model[model].known = true;
    return status;
}

/** A key that the file does not know was not held against anything. */
static void forget_ranges(struct calibration_ranges *ranges) {
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++)
        for (size_t i = 0; i < PREDICT_KEYS_MAX; i++)
            ranges->model[m].most[i] = INFINITY;
}

static enum status read_row(const struct reading *reading, size_t row) {
    const char *cell = csv_cell(reading->table, row, reading->columns[MODEL]);
    int range = model_of(cell, "_range"), data = model_of(cell, "_data");
    if (range >= 0)
        return read_range(reading, row, range);
    return data >= 0 ? read_points(reading, row, data) : read_coefficient(reading, row);
}

enum status calibrate_user_parse(struct arena *arena, const char *file, const char *bytes,
                                 size_t length, struct calibration *calibration,
                                 struct diagnostics *diagnostics) {
    struct csv_table table;
    struct reading reading = {
        .table = &table, .calibration = calibration, .diagnostics = diagnostics};
    size_t slots = 0;
    enum status status = calibration_shipped(arena, calibration, diagnostics);
    if (status == STATUS_OK)
        status = csv_read(arena, file, bytes, length, &table, diagnostics);
    if (status == STATUS_OK)
        status = csv_columns(&table, column_names, COLUMN_COUNT, reading.columns, diagnostics);
    if (status != STATUS_OK)
        return status;
    while (calibration_slot(slots))
        slots++;
    reading.ranges = arena_take(arena, sizeof *reading.ranges);
    reading.seen = arena_array(arena, slots, sizeof *reading.seen);
    if (!reading.ranges || !reading.seen)
        return diagnostics_out_of_memory(diagnostics, file);
    forget_ranges(reading.ranges);
    for (size_t row = 0; row < table.rows; row++)
        if (read_row(&reading, row) != STATUS_OK)
            status = STATUS_INVALID;
    if (status == STATUS_OK && !reading.ranges->model[PREDICT_LOKI].known &&
        !reading.ranges->model[PREDICT_TEMPO].known)
        status = diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0,
                                 "no row loki_data,points or tempo_data,points says what the file "
                                 "rests on; `simulate calibrate` writes them");
    calibration->ranges = reading.ranges;
    return status;
}

enum status calibrate_user_read(struct arena *arena, const char *file,
                                struct calibration *calibration, struct diagnostics *diagnostics) {
    char *bytes = NULL;
    size_t length = 0;
    if (strcmp(file, "-") == 0)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "a calibration cannot come from standard input");
    enum status status = file_read(arena, file, file_bytes_max, &bytes, &length, diagnostics);
    return status == STATUS_OK
               ? calibrate_user_parse(arena, file, bytes, length, calibration, diagnostics)
               : status;
}
