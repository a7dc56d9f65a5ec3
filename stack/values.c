#include "stack/values.h"

#include "stack/yaml_writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void values_init(struct values *values, enum chart_profile profile, enum helm_chart chart,
                 struct diagnostics *diagnostics) {
    *values = (struct values){.profile = profile,
                              .chart = chart,
                              .root = {.kind = VALUES_MAPPING},
                              .diagnostics = diagnostics};
    arena_init(&values->arena);
}

void values_fini(struct values *values) {
    arena_fini(&values->arena);
}

void values_fail(struct values *values, const char *path, const char *what) {
    if (values->status == STATUS_OK)
        values->status = diagnostics_add(values->diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                                         "values at \"%s\": %s", path, what);
}

static void fail_memory(struct values *values) {
    if (values->status == STATUS_OK)
        values->status = diagnostics_out_of_memory(values->diagnostics, "writing Helm values");
}

/** The next part of a path: a key (escapes removed) or a list index. */
struct path_part {
    char key[CHART_KEYS_PATH_MAX];
    bool is_index;
    size_t index;
};

/** Read the part at `*at` and move behind it; false at the end or when the path is malformed. */
static bool path_next(const char **at, struct path_part *part) {
    size_t length = 0;
    const char *from = *at;
    part->is_index = *from == '[';
    if (part->is_index) {
        char *end;
        part->index = strtoul(from + 1, &end, 10);
        *at = end + 1;
        return *end == ']';
    }
    if (*from == '.')
        from++;
    for (; *from && *from != '.' && *from != '[' && length < sizeof part->key - 1; from++) {
        if (*from == '\\' && from[1])
            from++;
        part->key[length++] = *from;
    }
    part->key[length] = '\0';
    *at = from;
    return length > 0;
}

static struct values_node *node_find(const struct values_node *parent,
                                     const struct path_part *part) {
    struct values_node *node = parent->first;
    if (part->is_index) {
        for (size_t i = 0; node && i < part->index; i++)
            node = node->next;
        return node;
    }
    while (node && strcmp(node->key, part->key) != 0)
        node = node->next;
    return node;
}

static struct values_node *node_add(struct values *values, struct values_node *parent,
                                    const struct path_part *part) {
    struct values_node *node = arena_take(&values->arena, sizeof *node);
    if (!node)
        return NULL;
    if (!part->is_index) {
        node->key = arena_copy(&values->arena, part->key, strlen(part->key));
        if (!node->key)
            return NULL;
    }
    *(parent->last ? &parent->last->next : &parent->first) = node;
    parent->last = node;
    parent->children++;
    return node;
}

/** Go from `parent` to the child `part` names, which is made when it is new. What follows in the
 *  path says what kind of node it is. NULL after a failure. */
static struct values_node *node_step(struct values *values, struct values_node *parent,
                                     const struct path_part *part, const char *path,
                                     const char *following, bool *made) {
    enum values_kind wanted = part->is_index ? VALUES_LIST : VALUES_MAPPING;
    if (parent->kind != wanted || (part->is_index && part->index > parent->children)) {
        values_fail(values, path, "does not go with what is there");
        return NULL;
    }
    struct values_node *node = node_find(parent, part);
    *made = !node;
    if (node)
        return node;
    node = node_add(values, parent, part);
    if (!node) {
        fail_memory(values);
        return NULL;
    }
    node->kind = *following == '[' ? VALUES_LIST : VALUES_MAPPING;
    return node;
}

/** The node at `path`; `*made` tells whether it is new. NULL after a failure. */
static struct values_node *node_at(struct values *values, const char *path, bool *made) {
    struct values_node *node = &values->root;
    struct path_part part;
    const char *at = path;
    *made = false;
    while (*at) {
        if (!path_next(&at, &part)) {
            values_fail(values, path, "is not a path");
            return NULL;
        }
        node = node_step(values, node, &part, path, at, made);
        if (!node)
            return NULL;
    }
    return node;
}

static enum chart_value chart_value_of(enum values_kind kind) {
    if (kind == VALUES_NULL)
        return CHART_VALUE_NULL;
    return kind == VALUES_MAPPING || kind == VALUES_LIST ? CHART_VALUE_EMPTY : CHART_VALUE_SCALAR;
}

static void set(struct values *values, const char *path, enum values_kind kind,
                const char *scalar) {
    bool made;
    if (values->status != STATUS_OK)
        return;
    values->status = chart_keys_check(values->profile, values->chart, path, chart_value_of(kind),
                                      values->diagnostics);
    if (values->status != STATUS_OK)
        return;
    struct values_node *node = node_at(values, path, &made);
    if (!node)
        return;
    if (!made) {
        values_fail(values, path, "is set twice");
        return;
    }
    node->kind = kind;
    if (!scalar)
        return;
    node->scalar = arena_copy(&values->arena, scalar, strlen(scalar));
    if (!node->scalar)
        fail_memory(values);
}

void values_string(struct values *values, const char *path, const char *value) {
    set(values, path, VALUES_STRING, value);
}

void values_plain(struct values *values, const char *path, const char *value) {
    set(values, path, VALUES_PLAIN, value);
}

void values_integer(struct values *values, const char *path, double value) {
    char number[64];
    snprintf(number, sizeof number, "%.0f", value);
    values_plain(values, path, number);
}

static void note(struct values *values, struct values_notes *notes, const char *path,
                 const char *text) {
    bool made = true;
    if (values->status != STATUS_OK)
        return;
    struct values_note *added = arena_take(&values->arena, sizeof *added);
    char *copy = arena_copy(&values->arena, text, strlen(text));
    char *path_copy = arena_copy(&values->arena, path, strlen(path));
    if (!added || !copy || !path_copy) {
        fail_memory(values);
        return;
    }
    *added = (struct values_note){.path = path_copy, .text = copy};
    if (path[0]) {
        added->node = node_at(values, path, &made);
        if (made)
            values_fail(values, path, "is noted but not set");
    }
    *(notes->last ? &notes->last->next : &notes->first) = added;
    notes->last = added;
}

void values_rows(struct values *values, const struct values_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        set(values, rows[i].path, rows[i].kind, rows[i].scalar);
        if (rows[i].why)
            values_fixed(values, rows[i].path, rows[i].why);
    }
}

void values_tuned(struct values *values, const char *path, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    note(values, &values->tuned, path, text);
}

void values_fixed(struct values *values, const char *path, const char *why) {
    note(values, &values->fixed, path, why);
}

void values_remark(struct values *values, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    note(values, &values->remarks, "", text);
}

static void write_node(struct yaml_writer *writer, const struct values_node *node) {
    switch (node->kind) {
    case VALUES_STRING:
        yaml_writer_string(writer, node->key, node->scalar);
        return;
    case VALUES_PLAIN:
        yaml_writer_plain(writer, node->key, node->scalar);
        return;
    case VALUES_NULL:
        yaml_writer_null(writer, node->key);
        return;
    case VALUES_MAPPING:
        yaml_writer_mapping(writer, node->key);
        break;
    case VALUES_LIST:
        yaml_writer_sequence(writer, node->key);
        break;
    }
    for (const struct values_node *child = node->first; child; child = child->next)
        write_node(writer, child);
    yaml_writer_end(writer);
}

static const char *node_text(const struct values_node *node) {
    switch (node->kind) {
    case VALUES_NULL:
        return "null";
    case VALUES_MAPPING:
    case VALUES_LIST:
        return "";
    default:
        return node->scalar && !strchr(node->scalar, '\n') ? node->scalar : "";
    }
}

static void write_notes(const struct values_notes *notes, const char *heading, struct text *text) {
    if (!notes->first)
        return;
    text_print(text, "#\n# %s\n", heading);
    for (const struct values_note *at = notes->first; at; at = at->next) {
        const char *value = node_text(at->node);
        text_print(text, "#   %s%s%s\n#       %s\n", at->path, value[0] ? ": " : "", value,
                   at->text);
    }
}

enum status values_write(const struct values *values, const char *title, const char *run,
                         struct text *text) {
    struct yaml_writer writer;
    char heading[256];
    if (values->status != STATUS_OK)
        return values->status;
    text_print(text, "# %s\n", title);
    if (values->remarks.first)
        text_add(text, "#\n");
    for (const struct values_note *at = values->remarks.first; at; at = at->next)
        text_print(text, "# %s\n", at->text);
    snprintf(heading, sizeof heading, "Tuned, each with the figure behind it (%s):", run);
    write_notes(&values->tuned, heading, text);
    write_notes(&values->fixed, "Fixed, and why the chart's own default will not do:", text);
    text_add(text, "\n");
    yaml_writer_open(&writer, text);
    write_node(&writer, &values->root);
    return yaml_writer_close(&writer, values->diagnostics);
}
