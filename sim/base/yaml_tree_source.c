/* The lines of a YAML text, and saying what is wrong in them. */
#include "sim/base/yaml_tree.h"

#include "sim/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/** Bytes of the line end at `at`, as libyaml counts lines: LF, CR, CRLF, NEL, LS, PS; 0: none. */
static size_t line_end(const char *at, size_t left) {
    if (*at != '\n' && *at != '\r' && *at != '\xC2' && *at != '\xE2')
        return 0;
    static const char *const ends[] = {"\r\n",     "\n",           "\r",
                                       "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t length = strlen(ends[i]);
        if (left >= length && memcmp(at, ends[i], length) == 0)
            return length;
    }
    return 0;
}

void yaml_tree_source(const struct yaml_document *document, unsigned line, char *buffer,
                      size_t size) {
    size_t at = 0;
    for (unsigned number = 1; number < line && at < document->length;) {
        size_t end = line_end(document->bytes + at, document->length - at);
        if (end > 0)
            number++;
        at += end > 0 ? end : 1;
    }
    size_t length = 0;
    while (at + length < document->length &&
           line_end(document->bytes + at + length, document->length - at - length) == 0)
        length++;
    length = text_cut(document->bytes + at, length, size - 1);
    memcpy(buffer, document->bytes + at, length);
    buffer[length] = '\0';
}

enum status yaml_tree_complain(const struct yaml_document *document, unsigned line, unsigned column,
                               struct diagnostics *diagnostics, const char *format, ...) {
    char message[sizeof diagnostics->items[0].message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    diagnostics_add(diagnostics, STATUS_INVALID, document->file, document->one_line ? 0 : line,
                    column, "%s", message);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last)
        yaml_tree_source(document, line, last->source, sizeof last->source);
    return STATUS_INVALID;
}
