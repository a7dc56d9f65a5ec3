#include "sim/base/diagnostic_print.h"

#include <ctype.h>
#include <string.h>

/** One of U+0080 to U+009F, in two bytes: terminals take them as orders, like those of one byte. */
static bool is_long_control(const char *at) {
    return (unsigned char)at[0] == 0xC2 && ((unsigned char)at[1] & 0xE0) == 0x80;
}

static void add_visible(struct text *text, const char *string) {
    for (; *string; string++) {
        bool two_bytes = is_long_control(string);
        bool shown = *string == '\t' || (!iscntrl((unsigned char)*string) && !two_bytes);
        text_add_bytes(text, shown ? string : "?", 1);
        string += two_bytes;
    }
}

static void print_position(struct text *text, const struct diagnostic *diagnostic) {
    if (diagnostic->file[0] == '\0')
        return;
    add_visible(text, diagnostic->file);
    if (diagnostic->line > 0)
        text_print(text, ":%u", diagnostic->line);
    if (diagnostic->line > 0 && diagnostic->column > 0)
        text_print(text, ":%u", diagnostic->column);
    else if (diagnostic->column > 0)
        text_print(text, ": column %u", diagnostic->column);
    text_add(text, ": ");
}

/** The source line and a caret below the column: under a tab stands a tab, and a character of
 *  several bytes takes one place. */
static void print_source(struct text *text, const struct diagnostic *diagnostic) {
    size_t before = diagnostic->column - 1;
    if (strlen(diagnostic->source) < before)
        return; /* the line was cut before the column */
    text_add(text, "    ");
    add_visible(text, diagnostic->source);
    text_add(text, "\n    ");
    for (size_t i = 0; i < before; i++) {
        unsigned char byte = (unsigned char)diagnostic->source[i];
        if (byte == '\t')
            text_add(text, "\t");
        else if ((byte & 0xC0) != 0x80)
            text_add(text, " ");
    }
    text_add(text, "^\n");
}

void diagnostic_print(struct text *text, const struct diagnostic *diagnostic) {
    print_position(text, diagnostic);
    if (diagnostic->path[0] != '\0') {
        add_visible(text, diagnostic->path);
        text_add(text, ": ");
    }
    add_visible(text, diagnostic->message);
    text_add(text, "\n");
    if (diagnostic->source[0] != '\0' && diagnostic->column > 0)
        print_source(text, diagnostic);
    if (diagnostic->hint[0] != '\0') {
        text_add(text, "  ");
        add_visible(text, diagnostic->hint);
        text_add(text, "\n");
    }
}

void diagnostics_print(struct text *text, const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->count; i++)
        diagnostic_print(text, &diagnostics->items[i]);
    if (diagnostics->suppressed > 0)
        text_print(text, "and %zu more\n", diagnostics->suppressed);
}
