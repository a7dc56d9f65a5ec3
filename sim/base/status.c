#include "sim/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int exit_status;
    const char *text;
} facts[] = {
#define X(name, exit_status, text) {exit_status, text},
    STATUS_LIST(X)
#undef X
};

int status_exit(enum status status) {
    return facts[status].exit_status;
}

const char *status_text(enum status status) {
    return facts[status].text;
}

void diagnostics_init(struct diagnostics *diagnostics) {
    diagnostics->count = 0;
    diagnostics->suppressed = 0;
}

enum status diagnostics_add(struct diagnostics *diagnostics, enum status code, const char *file,
                            unsigned line, unsigned column, const char *format, ...) {
    if (diagnostics->count == DIAGNOSTICS_MAX) {
        diagnostics->suppressed++;
        return code;
    }
    struct diagnostic *item = &diagnostics->items[diagnostics->count++];
    memset(item, 0, sizeof *item);
    item->code = code;
    item->line = line;
    item->column = column;
    if (file)
        snprintf(item->file, sizeof item->file, "%s", file);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(item->message, sizeof item->message, format, arguments);
    va_end(arguments);
    return code;
}

struct diagnostic *diagnostics_last(struct diagnostics *diagnostics) {
    if (diagnostics->count == 0 || diagnostics->suppressed > 0)
        return NULL;
    return &diagnostics->items[diagnostics->count - 1];
}

static bool comes_before(const struct diagnostic *a, const struct diagnostic *b) {
    int by_file = strcmp(a->file, b->file);
    if (by_file != 0)
        return by_file < 0;
    if (a->line != b->line)
        return a->line < b->line;
    return a->column < b->column;
}

void diagnostics_sort(struct diagnostics *diagnostics) {
    /* Insertion sort: stable, and there are at most twenty entries. */
    for (size_t i = 1; i < diagnostics->count; i++) {
        struct diagnostic moving = diagnostics->items[i];
        size_t j = i;
        for (; j > 0 && comes_before(&moving, &diagnostics->items[j - 1]); j--)
            diagnostics->items[j] = diagnostics->items[j - 1];
        diagnostics->items[j] = moving;
    }
}

enum status diagnostics_out_of_memory(struct diagnostics *diagnostics, const char *what) {
    return diagnostics_add(diagnostics, STATUS_SYSTEM, NULL, 0, 0, "out of memory in %s", what);
}
