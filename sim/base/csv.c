#include "sim/base/csv.h"

#include "sim/base/embedded.h"

#include <csv.h>
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What libcsv's callbacks know. */
struct reading {
    struct arena *arena;
    struct csv_table *table;
    struct diagnostics *diagnostics;
    enum status status;
    const char **fields; /**< [header, then cells]: as many as the bytes can hold */
    size_t field_count;
    size_t row_fields; /**< of the row being read */
    bool row_begun;
    unsigned row_line;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct reading *reading,
                                                         const char *format, ...) {
    char message[sizeof reading->diagnostics->items[0].message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    reading->status = diagnostics_add(reading->diagnostics, STATUS_INVALID, reading->table->file,
                                      reading->row_line, 0, "%s", message);
}

static bool is_header(const struct reading *reading) {
    return !reading->table->header;
}

static void on_field(void *bytes, size_t length, void *data) {
    struct reading *reading = data;
    if (reading->status == STATUS_SYSTEM)
        return;
    if (memchr(bytes, '\0', length)) {
        refuse(reading, "a field holds a NUL byte");
        length = 0;
    }
    char *copy = arena_copy(reading->arena, bytes, length);
    if (!copy) {
        reading->status = diagnostics_out_of_memory(reading->diagnostics, reading->table->file);
        return;
    }
    reading->fields[reading->field_count++] = copy;
    reading->row_fields++;
}

static void check_header(struct reading *reading) {
    struct csv_table *table = reading->table;
    if (table->columns > CSV_COLUMNS_MAX) {
        refuse(reading, "the header has more than %d columns", CSV_COLUMNS_MAX);
        return;
    }
    for (size_t i = 0; i < table->columns; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(table->header[i], table->header[j]) == 0) {
                refuse(reading, "column `%s` is there twice", table->header[i]);
                return;
            }
}

static void on_row(int terminator, void *data) {
    (void)terminator;
    struct reading *reading = data;
    struct csv_table *table = reading->table;
    if (reading->status == STATUS_SYSTEM)
        return;
    if (is_header(reading)) {
        table->columns = reading->row_fields;
        table->header = reading->fields;
        table->cells = reading->fields + table->columns;
        check_header(reading);
    } else if (reading->row_fields == table->columns) {
        table->lines[table->rows++] = reading->row_line;
    } else {
        refuse(reading, "the row has %zu fields, the header has %zu", reading->row_fields,
               table->columns);
        reading->field_count -= reading->row_fields;
    }
    reading->row_fields = 0;
    reading->row_begun = false;
}

/** libcsv grows its field buffer through this, so a field cannot grow without end. */
static void *bounded_realloc(void *old, size_t size) {
    return size > CSV_FIELD_BYTES_MAX + 1 ? NULL : realloc(old, size);
}

/** Length of the physical line at `bytes`, its end included: LF, CR LF or a lone CR. */
static size_t line_length(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            return i + 1;
        if (bytes[i] == '\r' && (i + 1 == length || bytes[i + 1] != '\n'))
            return i + 1;
    }
    return length;
}

bool csv_is_blank(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)bytes[i]))
            return false;
    return true;
}

static void refuse_parser_error(struct reading *reading, struct csv_parser *parser) {
    int error = csv_error(parser);
    if (error == CSV_EPARSE)
        refuse(reading, "a quote is out of place: quote the whole field and double quotes in it");
    else if (csv_get_buffer_size(parser) > CSV_FIELD_BYTES_MAX)
        refuse(reading, "a field is longer than %d bytes (is a closing quote missing?)",
               CSV_FIELD_BYTES_MAX);
    else
        reading->status = diagnostics_out_of_memory(reading->diagnostics, reading->table->file);
}

/** Feed the parser line by line, since it counts neither lines nor the blank rows it drops. */
static void feed_lines(struct reading *reading, struct csv_parser *parser, const char *bytes,
                       size_t length) {
    size_t at = 0;
    for (unsigned line = 1; at < length && reading->status != STATUS_SYSTEM; line++) {
        const char *text = bytes + at;
        size_t text_length = line_length(text, length - at);
        at += text_length;
        if (!reading->row_begun) {
            if (csv_is_blank(text, text_length) || (is_header(reading) && text[0] == '#'))
                continue;
            reading->row_begun = true;
            reading->row_line = line;
        }
        if (csv_parse(parser, text, text_length, on_field, on_row, reading) != text_length) {
            refuse_parser_error(reading, parser);
            return; /* csv_fini would hand out half a row */
        }
    }
    if (csv_fini(parser, on_field, on_row, reading) != 0 && reading->status != STATUS_SYSTEM)
        refuse(reading, "a quoted field is not closed");
}

/** Room for every field and row the bytes could hold: at most one more than their separators. */
static enum status make_room(struct reading *reading, const char *bytes, size_t length) {
    size_t fields = 1, lines = 1;
    for (size_t i = 0; i < length; i++) {
        bool ends_line = bytes[i] == '\n' || bytes[i] == '\r';
        lines += ends_line;
        fields += ends_line || bytes[i] == ',';
    }
    reading->fields = arena_array(reading->arena, fields, sizeof *reading->fields);
    reading->table->lines = arena_array(reading->arena, lines, sizeof *reading->table->lines);
    if (!reading->fields || !reading->table->lines)
        return diagnostics_out_of_memory(reading->diagnostics, reading->table->file);
    return STATUS_OK;
}

enum status csv_read(struct arena *arena, const char *file, const char *bytes, size_t length,
                     struct csv_table *table, struct diagnostics *diagnostics) {
    *table = (struct csv_table){.file = file};
    struct reading reading = {.arena = arena, .table = table, .diagnostics = diagnostics};
    if (length >= UINT_MAX)
        return diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0, "the table is too large");
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    enum status status = make_room(&reading, bytes, length);
    if (status != STATUS_OK)
        return status;
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, file, 0, 0, "libcsv did not start");
    csv_set_realloc_func(&parser, bounded_realloc);
    feed_lines(&reading, &parser, bytes, length);
    csv_free(&parser);
    if (reading.status == STATUS_OK && is_header(&reading))
        refuse(&reading, "the table has no header row");
    return reading.status;
}

enum status csv_read_shipped(struct arena *arena, const char *path, struct csv_table *table,
                             struct diagnostics *diagnostics) {
    size_t length = 0;
    const char *bytes = embedded_file(path, &length);
    if (!bytes)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, path, 0, 0,
                               "the table is not in this program");
    return csv_read(arena, path, bytes, length, table, diagnostics);
}

enum status csv_column(const struct csv_table *table, const char *name, size_t *column,
                       struct diagnostics *diagnostics) {
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->header[i], name) == 0) {
            *column = i;
            return STATUS_OK;
        }
    return diagnostics_add(diagnostics, STATUS_INVALID, table->file, 0, 0, "column `%s` is missing",
                           name);
}

enum status csv_columns(const struct csv_table *table, const char *const *names, size_t count,
                        size_t *columns, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++)
        if (csv_column(table, names[i], &columns[i], diagnostics) != STATUS_OK)
            status = STATUS_INVALID;
    return status;
}

enum status csv_number(const struct csv_table *table, size_t row, size_t column, double if_empty,
                       double *value, struct diagnostics *diagnostics) {
    const char *cell = csv_cell(table, row, column);
    if (!*cell) {
        *value = if_empty;
        return STATUS_OK;
    }
    char *end = NULL;
    double number = strtod(cell, &end);
    bool decimal = strspn(cell, "+-.0123456789eE") == strlen(cell);
    if (!decimal || end == cell || *end || !isfinite(number))
        return diagnostics_add(diagnostics, STATUS_INVALID, table->file, table->lines[row], 0,
                               "column `%s`: expected a number, found `%s`", table->header[column],
                               cell);
    *value = number;
    return STATUS_OK;
}

static enum status fill_column(const struct csv_table *table, const struct csv_field *field,
                               char *rows, size_t size, struct diagnostics *diagnostics) {
    size_t column = 0;
    enum status status = csv_column(table, field->column, &column, diagnostics);
    for (size_t row = 0; row < table->rows && status == STATUS_OK; row++) {
        double number = 0;
        status = csv_number(table, row, column, field->if_empty, &number, diagnostics);
        memcpy(rows + row * size + field->offset, &number, sizeof number);
    }
    return status;
}

enum status csv_fill(const struct csv_table *table, const struct csv_field *fields,
                     size_t field_count, void *rows, size_t size, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < field_count && status == STATUS_OK; i++)
        status = fill_column(table, &fields[i], rows, size, diagnostics);
    return status;
}

void csv_write_field(struct text *text, const char *field) {
    size_t length = strlen(field);
    bool spaced = length > 0 &&
                  (isspace((unsigned char)field[0]) || isspace((unsigned char)field[length - 1]));
    if (!spaced && field[0] != '#' && !strpbrk(field, ",\"\r\n")) {
        text_add(text, field);
        return;
    }
    text_add(text, "\"");
    for (const char *quote; (quote = strchr(field, '"')); field = quote + 1) {
        text_add_bytes(text, field, (size_t)(quote - field) + 1);
        text_add(text, "\"");
    }
    text_add(text, field);
    text_add(text, "\"");
}
