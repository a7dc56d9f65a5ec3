#include "sim/base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init(struct text *text) {
    *text = (struct text){0};
}

void text_fini(struct text *text) {
    free(text->data);
    text_init(text);
}

/** Room for `more` bytes and a NUL; false and sticky failure when there is none. */
static bool text_reserve(struct text *text, size_t more) {
    if (text->failed)
        return false;
    if (more < text->capacity - text->length)
        return true;
    if (more > SIZE_MAX / 4 || text->length > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    size_t capacity = 2 * (text->length + more) + 64;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length) {
    if (!text_reserve(text, length))
        return;
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string) {
    text_add_bytes(text, string, strlen(string));
}

void text_print(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        text->failed = true;
        return;
    }
    if (!text_reserve(text, (size_t)length))
        return;
    va_start(arguments, format);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_repeat(struct text *text, char character, size_t count) {
    if (!text_reserve(text, count))
        return;
    memset(text->data + text->length, character, count);
    text->length += count;
    text->data[text->length] = '\0';
}

void text_add_wrapped(struct text *text, const char *words, size_t indent, size_t columns) {
    static const char blanks[] = " \n";
    size_t column = indent;
    while (*words) {
        size_t length = strcspn(words, blanks);
        if (column > indent && column + 1 + length > columns) {
            text_add(text, "\n");
            text_repeat(text, ' ', indent);
            column = indent;
        } else if (column > indent) {
            text_add(text, " ");
            column++;
        }
        text_add_bytes(text, words, length);
        column += length;
        words += length + strspn(words + length, blanks);
    }
    text_add(text, "\n");
}

size_t text_width(const char *utf8) {
    size_t width = 0;
    for (; *utf8; utf8++)
        if (((unsigned char)*utf8 & 0xC0) != 0x80)
            width++;
    return width;
}

size_t text_cut(const char *utf8, size_t length, size_t room) {
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)utf8[room] & 0xC0) == 0x80)
        room--;
    return room;
}

bool text_failed(const struct text *text) {
    return text->failed;
}
