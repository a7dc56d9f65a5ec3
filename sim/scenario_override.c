#include "sim/base/words.h"
#include "sim/scenario_reader.h"
#include "sim/scenario_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** One part of an override's key path. */
struct part {
    const char *key;
    unsigned column;    /**< 1-based, within the override */
    size_t path_length; /**< of the path up to and with this part */
};

struct override {
    struct scenario_reader *reader;
    const char *text;
    struct yaml_document *document;
    struct part parts[YAML_TREE_DEPTH_MAX];
    size_t count;
};

static void complain_at(struct override *override, unsigned column, size_t path_length,
                        const char *message, const char *hint) {
    struct scenario_reader *reader = override->reader;
    yaml_tree_complain(override->document, 1, column, reader->diagnostics, "%s", message);
    struct diagnostic *last = diagnostics_last(reader->diagnostics);
    if (last)
        snprintf(last->path, sizeof last->path, "%.*s", (int)path_length, override->text);
    scenario_advise(reader, "%s", hint);
    if (reader->status == STATUS_OK)
        reader->status = STATUS_INVALID;
}

/** Split the path of `stack.loki.volume=20Gi`, `length` bytes before the equals sign, into its
 *  parts; false (with a complaint) when it is no path. */
static bool split_path(struct override *override, size_t length) {
    const char *text = override->text;
    for (size_t at = 0; at <= length;) {
        size_t part = strcspn(text + at, ".=");
        unsigned column = (unsigned)at + 1;
        if (part == 0 || override->count == YAML_TREE_DEPTH_MAX) {
            complain_at(override, column, 0, "expected key.path=value",
                        "for example stack.loki.volume=20Gi");
            return false;
        }
        const char *key = arena_copy(override->reader->scratch, text + at, part);
        if (!key) {
            scenario_out_of_memory(override->reader);
            return false;
        }
        at += part;
        override->parts[override->count++] = (struct part){key, column, at};
        at++;
    }
    return true;
}

/** Parse the value where it stands: blanks in place of the path keep its columns true. */
static struct yaml_node *parse_value(struct override *override, size_t path_length) {
    struct scenario_reader *reader = override->reader;
    size_t length = strlen(override->text);
    char *blanked = arena_copy(reader->scratch, override->text, length);
    if (!blanked) {
        scenario_out_of_memory(reader);
        return NULL;
    }
    memset(blanked, ' ', path_length + 1);
    if (blanked[path_length + 1 + strspn(blanked + path_length + 1, " ")] == '\0') {
        complain_at(override, (unsigned)length + 1, path_length, "has no value",
                    "write key.path=value");
        return NULL;
    }
    struct yaml_document value = {.one_line = true};
    size_t before = reader->diagnostics->count;
    enum status status = yaml_tree_parse(reader->scratch, override->document->file, blanked, length,
                                         &value, reader->diagnostics);
    for (size_t i = before; i < reader->diagnostics->count; i++)
        snprintf(reader->diagnostics->items[i].source, sizeof reader->diagnostics->items[i].source,
                 "%s", override->text);
    if (status != STATUS_OK && reader->status == STATUS_OK)
        reader->status = status;
    return value.root;
}

/** Nodes of the value name the blanked text as their origin; let them name the whole one. */
static void adopt(struct yaml_node *node, const struct yaml_document *document) {
    node->document = document;
    for (struct yaml_node *child = node->first; child; child = child->next)
        adopt(child, document);
}

static void place_key(struct yaml_node *node, const struct part *part) {
    node->key = part->key;
    node->key_line = 1;
    node->key_column = part->column;
}

static void append(struct yaml_node *parent, struct yaml_node *child) {
    struct yaml_node **tail = &parent->first;
    while (*tail)
        tail = &(*tail)->next;
    *tail = child;
    parent->children++;
}

/** Item of a list by its index, or by its `name`. */
static struct yaml_node *find_item(const struct yaml_node *list, const char *key) {
    size_t digits = strspn(key, "0123456789");
    if (key[digits] == '\0' && digits < 8) {
        size_t index = strtoul(key, NULL, 10);
        struct yaml_node *item = list->first;
        for (; item && index > 0; index--)
            item = item->next;
        return item;
    }
    for (struct yaml_node *item = list->first; item; item = item->next) {
        const struct yaml_node *name = yaml_tree_child(item, "name");
        if (name && name->kind == YAML_KIND_SCALAR && strcmp(name->scalar, key) == 0)
            return item;
    }
    return NULL;
}

static void complain_item(struct override *override, const struct yaml_node *list,
                          const struct part *part) {
    char message[160], quoted[WORDS_QUOTE_BYTES], hint[160] = "";
    const char *names[64];
    size_t count = 0;
    for (const struct yaml_node *item = list->first; item && count < 64; item = item->next) {
        const struct yaml_node *name = yaml_tree_child(item, "name");
        if (name && name->kind == YAML_KIND_SCALAR)
            names[count++] = name->scalar;
    }
    snprintf(message, sizeof message, "there is no item %s",
             words_quote(quoted, sizeof quoted, part->key));
    int nearest = words_nearest(part->key, names, count);
    if (nearest >= 0)
        snprintf(hint, sizeof hint, "did you mean %.60s?", names[nearest]);
    else if (list->children > 0)
        snprintf(hint, sizeof hint, "items count from 0 to %zu", list->children - 1);
    complain_at(override, part->column, part->path_length, message, hint);
}

/** A new, empty mapping for a section that the file leaves out. */
static struct yaml_node *new_mapping(struct override *override, struct yaml_node *parent,
                                     const struct part *part) {
    struct yaml_node *node = arena_take(override->reader->scratch, sizeof *node);
    if (!node) {
        scenario_out_of_memory(override->reader);
        return NULL;
    }
    node->kind = YAML_KIND_MAPPING;
    node->line = 1;
    node->column = part->column;
    node->document = override->document;
    place_key(node, part);
    append(parent, node);
    return node;
}

/** What the schema holds at the first `length` bytes of the override's path, or NULL. */
static const struct scenario_field *find_field(const struct override *override, size_t length) {
    char path[SCENARIO_PATH_BYTES];
    snprintf(path, sizeof path, "%.*s", (int)length, override->text);
    return scenario_schema_find(path);
}

static bool is_list(const struct override *override, size_t length) {
    const struct scenario_field *field = find_field(override, length);
    return field && field->type == SCENARIO_SECTIONS;
}

/** Whether the path leads into a list of plain values, which has no keys; complains when so. */
static bool leads_into_values(struct override *override) {
    for (size_t i = 0; i + 1 < override->count; i++) {
        const struct part *part = &override->parts[i];
        const struct scenario_field *field = find_field(override, part->path_length);
        if (!field || (field->type != SCENARIO_CHOICES && field->type != SCENARIO_WORDS &&
                       field->type != SCENARIO_DAILY))
            continue;
        const char *value = strchr(override->text, '=') + 1;
        char hint[SCENARIO_PATH_BYTES + 80];
        snprintf(hint, sizeof hint, "set the whole list: %s=[%.60s%s]", field->path,
                 field->type == SCENARIO_DAILY ? "" : value,
                 field->type == SCENARIO_DAILY ? "24 numbers" : "");
        complain_at(override, part[1].column, part[1].path_length,
                    "the items of this list are not set one by one", hint);
        return true;
    }
    return false;
}

/** One step down the tree, making sections that are missing; NULL after a complaint. */
static struct yaml_node *descend(struct override *override, struct yaml_node *parent,
                                 const struct part *part) {
    if (parent->kind == YAML_KIND_SEQUENCE) {
        struct yaml_node *item = find_item(parent, part->key);
        if (!item)
            complain_item(override, parent, part);
        return item;
    }
    struct yaml_node *child = yaml_tree_child(parent, part->key);
    if (!child && is_list(override, part->path_length)) {
        char hint[SCENARIO_PATH_BYTES + 40];
        snprintf(hint, sizeof hint, "set the whole list: %.*s=[{...}]", (int)part->path_length,
                 override->text);
        complain_at(override, part->column, part->path_length, "the file has no such list", hint);
        return NULL;
    }
    if (!child)
        return new_mapping(override, parent, part);
    if (child->kind == YAML_KIND_SCALAR && scenario_value_is_null(child->scalar, child->quoted)) {
        child->kind = YAML_KIND_MAPPING;
    } else if (child->kind == YAML_KIND_SCALAR) {
        complain_at(override, part->column, part->path_length,
                    "is a single value and has no keys of its own", "");
        return NULL;
    }
    return child;
}

static void put(struct yaml_node *parent, struct yaml_node *value, const struct part *part) {
    struct yaml_node *old = yaml_tree_child(parent, part->key);
    place_key(value, part);
    if (!old) {
        append(parent, value);
        return;
    }
    value->next = old->next;
    *old = *value;
}

void scenario_apply_override(struct scenario_reader *reader, const char *text) {
    struct yaml_document *document = arena_take(reader->scratch, sizeof *document);
    const char *file = arena_print(reader->scratch, "--set %s", text);
    if (!document || !file) {
        scenario_out_of_memory(reader);
        return;
    }
    *document = (struct yaml_document){
        .file = file, .bytes = text, .length = strlen(text), .one_line = true};
    struct override override = {.reader = reader, .text = text, .document = document};
    size_t length = strcspn(text, "=");
    if (text[length] == '\0') {
        complain_at(&override, 1, 0, "expected key.path=value",
                    "for example stack.loki.volume=20Gi");
        return;
    }
    if (!split_path(&override, length) || leads_into_values(&override))
        return;
    struct yaml_node *value = parse_value(&override, length);
    if (!value)
        return;
    adopt(value, document);
    struct yaml_node *parent = reader->root;
    for (size_t i = 0; parent && i + 1 < override.count; i++)
        parent = descend(&override, parent, &override.parts[i]);
    const struct part *last = &override.parts[override.count - 1];
    if (!parent)
        return;
    if (parent->kind == YAML_KIND_MAPPING)
        put(parent, value, last);
    else
        complain_at(&override, last->column, last->path_length,
                    "an item of a list is set key by key", "");
}
