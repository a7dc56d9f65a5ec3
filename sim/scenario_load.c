#include "sim/base/files.h"
#include "sim/scenario_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scenario_is_heard(const struct scenario_reader *reader) {
    return reader->diagnostics->suppressed == 0;
}

void scenario_complain(struct scenario_reader *reader, struct yaml_node *node,
                       enum scenario_part part, const char *path, const char *format, ...) {
    char message[sizeof reader->diagnostics->items[0].message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    bool at_key = part != PART_VALUE && node->key;
    yaml_tree_complain(node->document, at_key ? node->key_line : node->line,
                       at_key ? node->key_column : node->column, reader->diagnostics, "%s",
                       message);
    struct diagnostic *last = diagnostics_last(reader->diagnostics);
    if (last)
        snprintf(last->path, sizeof last->path, "%s", path);
    if (part != PART_LACK)
        node->refused = true;
    if (reader->status == STATUS_OK)
        reader->status = STATUS_INVALID;
}

void scenario_advise(struct scenario_reader *reader, const char *format, ...) {
    struct diagnostic *last = diagnostics_last(reader->diagnostics);
    if (!last)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last->hint, sizeof last->hint, format, arguments);
    va_end(arguments);
}

void scenario_out_of_memory(struct scenario_reader *reader) {
    reader->status = diagnostics_out_of_memory(reader->diagnostics, "reading a scenario");
}

/** The child that the first part of `*path` names, or NULL; moves `*path` behind that part. */
static struct yaml_node *step_down(const struct yaml_node *parent, const char **path) {
    const char *key = *path;
    size_t length = strcspn(key, ".");
    *path += length + (key[length] == '.');
    struct yaml_node *child = parent->first;
    if (parent->kind == YAML_KIND_SEQUENCE) {
        for (size_t index = strtoul(key, NULL, 10); child && index > 0; index--)
            child = child->next;
        return child;
    }
    while (child && (strncmp(child->key, key, length) != 0 || child->key[length] != '\0'))
        child = child->next;
    return child;
}

struct yaml_node *scenario_node(const struct scenario_reader *reader, const char *path) {
    struct yaml_node *node = reader->root;
    while (node && *path)
        node = step_down(node, &path);
    return node;
}

bool scenario_is_good(const struct scenario_reader *reader, const char *path) {
    const struct yaml_node *node = reader->root;
    while (node && !node->refused && *path)
        node = step_down(node, &path);
    return !node || !node->refused;
}

/** Tree, overrides, struct, checks; what is wrong ends up in reader->status. */
static void read_tree(struct scenario_reader *reader, const char *bytes, size_t length,
                      const struct scenario_override *overrides, size_t override_count) {
    struct yaml_document *document = arena_take(reader->scratch, sizeof *document);
    if (!document) {
        scenario_out_of_memory(reader);
        return;
    }
    reader->status = yaml_tree_parse(reader->scratch, reader->scenario->file, bytes, length,
                                     document, reader->diagnostics);
    reader->root = document->root;
    if (!reader->root)
        return;
    if (reader->root->kind != YAML_KIND_MAPPING) {
        scenario_complain(reader, reader->root, PART_VALUE, "",
                          "expected keys such as version, name and workload");
        return;
    }
    for (size_t i = 0; i < override_count; i++)
        scenario_apply_override(reader, overrides[i].text);
    scenario_fill(reader);
    scenario_check(reader);
}

static struct scenario *scenario_new(const char *file) {
    struct scenario *scenario = calloc(1, sizeof *scenario);
    if (!scenario)
        return NULL;
    arena_init(&scenario->arena);
    /* The schema's keys fill the settings that a scenario can choose; the others stay. */
    scenario->stack.loki.settings = loki_settings_default();
    scenario->stack.tempo.settings = tempo_settings_default();
    scenario->file = arena_copy(&scenario->arena, file, strlen(file));
    if (!scenario->file) {
        scenario_free(scenario);
        return NULL;
    }
    return scenario;
}

enum status scenario_parse(const char *file, const char *bytes, size_t length,
                           const struct scenario_override *overrides, size_t override_count,
                           const struct price_table *prices, const struct instance_table *instances,
                           struct scenario **scenario, struct diagnostics *diagnostics) {
    *scenario = NULL;
    struct scenario *made = scenario_new(file);
    if (!made)
        return diagnostics_out_of_memory(diagnostics, "reading a scenario");
    struct arena scratch;
    arena_init(&scratch);
    struct scenario_reader reader = {.scratch = &scratch,
                                     .scenario = made,
                                     .diagnostics = diagnostics,
                                     .prices = prices,
                                     .instances = instances};
    read_tree(&reader, bytes, length, overrides, override_count);
    arena_fini(&scratch);
    if (reader.status == STATUS_OK) {
        *scenario = made;
        return STATUS_OK;
    }
    scenario_free(made);
    diagnostics_sort(diagnostics);
    return reader.status;
}

enum status scenario_load(const char *file, const struct scenario_override *overrides,
                          size_t override_count, const struct price_table *prices,
                          const struct instance_table *instances, struct scenario **scenario,
                          struct diagnostics *diagnostics) {
    *scenario = NULL;
    struct arena arena;
    arena_init(&arena);
    char *bytes;
    size_t length;
    enum status status =
        file_read(&arena, file, YAML_TREE_INPUT_BYTES_MAX, &bytes, &length, diagnostics);
    if (status == STATUS_OK) {
        const char *name = strcmp(file, "-") == 0 ? "<stdin>" : file;
        status = scenario_parse(name, bytes, length, overrides, override_count, prices, instances,
                                scenario, diagnostics);
    }
    arena_fini(&arena);
    return status;
}

void scenario_free(struct scenario *scenario) {
    if (!scenario)
        return;
    arena_fini(&scenario->arena);
    free(scenario);
}
