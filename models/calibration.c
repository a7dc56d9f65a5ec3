#include "models/calibration.h"

#include "sim/base/csv.h"
#include "sim/base/embedded.h"

#include <string.h>

static const char shipped_file[] = "models/data/coefficients.csv";

const struct coefficient_slot *calibration_slot(size_t index) {
    const struct coefficient_slots tables[] = {calibration_loki_slots(), calibration_tempo_slots(),
                                               calibration_process_slots()};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        if (index < tables[t].count)
            return &tables[t].slots[index];
        index -= tables[t].count;
    }
    return NULL;
}

static size_t count_slots(void) {
    size_t count = 0;
    while (calibration_slot(count))
        count++;
    return count;
}

/** Index of the slot of this model and name, or `count`. */
static size_t find_slot(const char *model, const char *name, size_t count) {
    size_t index = 0;
    while (index < count) {
        const struct coefficient_slot *slot = calibration_slot(index);
        if (strcmp(slot->model, model) == 0 && strcmp(slot->name, name) == 0)
            break;
        index++;
    }
    return index;
}

/** Columns of the table; `unit` and `meaning` are for people. */
enum { COLUMN_MODEL, COLUMN_NAME, COLUMN_VALUE, COLUMN_ERROR, COLUMN_COUNT };
static const char *const column_names[COLUMN_COUNT] = {"model", "name", "value", "standard_error"};

/** A cell that must hold a finite number. */
static enum status read_value(const struct csv_table *table, size_t row, size_t column,
                              double *value, struct diagnostics *diagnostics) {
    if (*csv_cell(table, row, column) == '\0')
        return diagnostics_add(diagnostics, STATUS_INVALID, table->file, table->lines[row], 0,
                               "the coefficient has no value");
    return csv_number(table, row, column, 0, value, diagnostics);
}

static enum status read_row(const struct csv_table *table, const size_t *columns, size_t row,
                            bool *seen, size_t count, struct calibration *calibration,
                            struct diagnostics *diagnostics) {
    const char *model = csv_cell(table, row, columns[COLUMN_MODEL]);
    const char *name = csv_cell(table, row, columns[COLUMN_NAME]);
    size_t index = find_slot(model, name, count);
    if (index == count)
        return diagnostics_add(diagnostics, STATUS_INVALID, table->file, table->lines[row], 0,
                               "no model has a coefficient %s.%s", model, name);
    if (seen[index])
        return diagnostics_add(diagnostics, STATUS_INVALID, table->file, table->lines[row], 0,
                               "coefficient %s.%s is given twice", model, name);
    seen[index] = true;
    const struct coefficient_slot *slot = calibration_slot(index);
    double value = 0, standard_error = 0;
    enum status status = read_value(table, row, columns[COLUMN_VALUE], &value, diagnostics);
    if (status != STATUS_OK)
        return status;
    calibration_set(calibration, slot->value, value);
    if (slot->standard_error == COEFFICIENT_NO_ERROR)
        return STATUS_OK;
    status = csv_number(table, row, columns[COLUMN_ERROR], 0, &standard_error, diagnostics);
    if (status == STATUS_OK)
        calibration_set(calibration, slot->standard_error, standard_error);
    return status;
}

static enum status check_complete(const char *file, const bool *seen, size_t count,
                                  struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        if (seen[i])
            continue;
        const struct coefficient_slot *slot = calibration_slot(i);
        status = diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0,
                                 "coefficient %s.%s is missing", slot->model, slot->name);
    }
    return status;
}

enum status calibration_read(struct arena *arena, const char *file, const char *bytes,
                             size_t length, struct calibration *calibration,
                             struct diagnostics *diagnostics) {
    struct csv_table table;
    size_t columns[COLUMN_COUNT] = {0};
    enum status status = csv_read(arena, file, bytes, length, &table, diagnostics);
    if (status == STATUS_OK)
        status = csv_columns(&table, column_names, COLUMN_COUNT, columns, diagnostics);
    if (status != STATUS_OK)
        return status;
    size_t count = count_slots();
    bool *seen = arena_array(arena, count, sizeof *seen);
    if (!seen)
        return diagnostics_out_of_memory(diagnostics, file);
    memset(calibration, 0, sizeof *calibration);
    for (size_t row = 0; row < table.rows; row++) {
        enum status of_row = read_row(&table, columns, row, seen, count, calibration, diagnostics);
        if (of_row != STATUS_OK)
            status = of_row;
    }
    enum status complete = check_complete(file, seen, count, diagnostics);
    return status == STATUS_OK ? complete : status;
}

enum status calibration_shipped(struct arena *arena, struct calibration *calibration,
                                struct diagnostics *diagnostics) {
    size_t length = 0;
    const char *bytes = embedded_file(shipped_file, &length);
    if (!bytes)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, shipped_file, 0, 0,
                               "the shipped coefficients are not in this program");
    return calibration_read(arena, shipped_file, bytes, length, calibration, diagnostics);
}
