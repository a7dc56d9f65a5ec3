/* Rows of a stream: where things are in them, and saying what is wrong. */
#include "sim/base/csv_stream_row.h"

#include "sim/base/csv_stream.h"
#include "sim/base/words.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_BYTES = 320 };

void csv_stream_row_place(const char *raw, size_t offset, unsigned *line, unsigned *column) {
    size_t start = 0;
    for (size_t i = 0; i < offset; i++)
        if (raw[i] == '\n') {
            ++*line;
            start = i + 1;
        }
    *column = (unsigned)(offset - start + 1);
}

static size_t skip_spaces(const char *raw, size_t length, size_t at) {
    while (at < length && (raw[at] == ' ' || raw[at] == '\t'))
        at++;
    return at;
}

/** Offset of the quote that ends what begins at `at`, or `length`. */
static size_t skip_quoted(const char *raw, size_t length, size_t at) {
    for (; at < length; at++) {
        if (raw[at] != '"')
            continue;
        if (at + 1 == length || raw[at + 1] != '"')
            return at;
        at++;
    }
    return length;
}

/** Offset behind the field that begins at `at`; `*whole` is false when its quotes are wrong. */
static size_t skip_field(const char *raw, size_t length, size_t at, bool *whole) {
    size_t i = skip_spaces(raw, length, at);
    *whole = true;
    if (i < length && raw[i] == '"') {
        i = skip_quoted(raw, length, i + 1);
        if (i == length) {
            *whole = false;
            return length;
        }
        i = skip_spaces(raw, length, i + 1);
        *whole = i == length || raw[i] == ',' || raw[i] == '\n' || raw[i] == '\r';
    }
    for (; i < length && raw[i] != ',' && raw[i] != '\n' && raw[i] != '\r'; i++)
        *whole = *whole && raw[i] != '"';
    return i;
}

/** Offset of field `field`, or of the last; with `damaged`, of the first whose quotes are wrong, or
 *  0. */
static size_t find_field(const char *raw, size_t length, size_t field, bool damaged) {
    size_t at = 0;
    for (size_t i = 0;; i++) {
        bool whole;
        size_t end = skip_field(raw, length, at, &whole);
        if (damaged ? !whole : i == field)
            return at;
        if (end == length || raw[end] != ',')
            return damaged ? 0 : at;
        at = end + 1;
    }
}

size_t csv_stream_row_damage(const char *raw, size_t length) {
    return find_field(raw, length, 0, true);
}

enum status csv_stream_refuse(const struct csv_stream_row *row, size_t field,
                              struct diagnostics *diagnostics, const char *format, ...) {
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    unsigned line = row->line, column = 0;
    csv_stream_row_place(row->raw, find_field(row->raw, row->raw_length, field, false), &line,
                         &column);
    return diagnostics_add(diagnostics, STATUS_INVALID, row->file, line, column, "%s", message);
}

static const char *next_letter(const char *text) {
    while (*text && !isalnum((unsigned char)*text))
        text++;
    return text;
}

bool csv_stream_same_name(const char *name, const char *other) {
    for (;; name++, other++) {
        name = next_letter(name);
        other = next_letter(other);
        if (tolower((unsigned char)*name) != tolower((unsigned char)*other))
            return false;
        if (!*name)
            return true;
    }
}

size_t csv_stream_find(const struct csv_stream_row *header, const char *const *names) {
    for (; *names; names++)
        for (size_t i = 0; i < header->count; i++)
            if (csv_stream_same_name(header->fields[i], *names))
                return i;
    return SIZE_MAX;
}

enum status csv_stream_need(const struct csv_stream_row *header, const char *const *names,
                            size_t *column, struct diagnostics *diagnostics) {
    *column = csv_stream_find(header, names);
    if (*column != SIZE_MAX)
        return STATUS_OK;
    enum status status = diagnostics_add(diagnostics, STATUS_INVALID, header->file, header->line, 0,
                                         "column `%s` is missing", names[0]);
    struct diagnostic *last = diagnostics_last(diagnostics);
    int near = words_nearest(names[0], header->fields, header->count);
    if (last && near >= 0) {
        char quoted[WORDS_QUOTE_BYTES];
        snprintf(last->hint, sizeof last->hint, "the nearest is %s: did you mean %s?",
                 words_quote(quoted, sizeof quoted, header->fields[near]), names[0]);
    }
    return status;
}

enum status csv_stream_number(const struct csv_stream_row *row, size_t column, const char *title,
                              double *number, struct diagnostics *diagnostics) {
    const char *cell = row->fields[column];
    char *end = NULL;
    char quoted[WORDS_QUOTE_BYTES];
    bool decimal = *cell && cell[strspn(cell, "+-.0123456789eE")] == '\0';
    *number = decimal ? strtod(cell, &end) : 0;
    if (decimal && end != cell && !*end && isfinite(*number))
        return STATUS_OK;
    return csv_stream_refuse(row, column, diagnostics, "column `%s`: expected a number, found %s",
                             title, words_quote(quoted, sizeof quoted, cell));
}
