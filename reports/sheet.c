#include "reports/sheet.h"

#include <string.h>

void sheet_start(struct sheet *sheet, struct arena *arena, const char *id, const char *title,
                 const struct sheet_column *columns, size_t column_count, size_t row_capacity) {
    *sheet = (struct sheet){.id = id, .title = title};
    if (column_count == 0 || column_count > SHEET_COLUMNS_MAX) {
        sheet->failed = true;
        return;
    }
    memcpy(sheet->columns, columns, column_count * sizeof *columns);
    sheet->column_count = column_count;
    sheet->cells = arena_array(arena, row_capacity * column_count, sizeof *sheet->cells);
    sheet->failed = !sheet->cells;
    sheet->row_capacity = sheet->cells ? row_capacity : 0;
}

struct sheet_cell *sheet_row(struct sheet *sheet) {
    if (sheet->row_count >= sheet->row_capacity) {
        sheet->failed = true;
        return NULL;
    }
    return &sheet->cells[sheet->column_count * sheet->row_count++];
}

const struct sheet_cell *sheet_cells(const struct sheet *sheet, size_t row) {
    return &sheet->cells[sheet->column_count * row];
}

bool sheet_has_groups(const struct sheet *sheet) {
    for (size_t i = 0; i < sheet->column_count; i++)
        if (sheet->columns[i].group)
            return true;
    return false;
}

size_t sheet_group_span(const struct sheet *sheet, size_t column) {
    const char *group = sheet->columns[column].group;
    size_t span = 1;
    while (group && column + span < sheet->column_count && sheet->columns[column + span].group &&
           strcmp(sheet->columns[column + span].group, group) == 0)
        span++;
    return span;
}
