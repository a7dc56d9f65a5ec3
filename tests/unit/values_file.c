#include "tests/unit/values_file.h"

#include "stack/emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATH_BYTES = 512 };

void values_file_emit(struct values_file *file, enum helm_chart chart,
                      const struct scenario *scenario, const struct plan_outcome *outcome) {
    static struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    text_init(&file->text);
    arena_init(&file->arena);
    if (emit_values(chart, scenario, outcome, &file->text, &diagnostics) != STATUS_OK ||
        yaml_tree_parse(&file->arena, "values", file->text.data, file->text.length, &file->document,
                        &diagnostics) != STATUS_OK)
        fail_msg("chart %d: %s", chart, diagnostics.items[0].message);
}

void values_file_fini(struct values_file *file) {
    text_fini(&file->text);
    arena_fini(&file->arena);
}

static const struct yaml_node *step(const struct yaml_node *node, const char **at) {
    char key[PATH_BYTES];
    size_t length = 0;
    if (**at == '[') {
        char *end;
        unsigned long index = strtoul(*at + 1, &end, 10);
        *at = end + 1;
        node = node->kind == YAML_KIND_SEQUENCE ? node->first : NULL;
        while (node && index-- > 0)
            node = node->next;
        return node;
    }
    const char *from = **at == '.' ? *at + 1 : *at;
    for (; *from && *from != '.' && *from != '[' && length < sizeof key - 1; from++) {
        from += *from == '\\';
        key[length++] = *from;
    }
    key[length] = '\0';
    *at = from;
    return node->kind == YAML_KIND_MAPPING ? yaml_tree_child(node, key) : NULL;
}

const struct yaml_node *values_file_node(const struct values_file *file, const char *path) {
    const struct yaml_node *node = file->document.root;
    while (node && *path)
        node = step(node, &path);
    return node;
}

void values_file_expect(const struct values_file *file, const char *path, const char *expected) {
    const struct yaml_node *node = values_file_node(file, path);
    const char *actual = node && node->kind == YAML_KIND_SCALAR ? node->scalar : NULL;
    if (!expected && !node)
        return;
    if (!expected || !actual || strcmp(actual, expected) != 0)
        fail_msg("%s is %s, expected %s", path, actual ? actual : "not there",
                 expected ? expected : "nothing");
}

struct walk {
    void (*visit)(const char *path, const struct yaml_node *node, void *context);
    void *context;
};

static void append_key(char *path, size_t length, const char *key) {
    if (length > 0)
        path[length++] = '.';
    for (; *key && length < PATH_BYTES - 2; key++) {
        if (*key == '.')
            path[length++] = '\\';
        path[length++] = *key;
    }
    path[length] = '\0';
}

static void walk_node(const struct walk *walk, char *path, const struct yaml_node *node) {
    size_t length = strlen(path), index = 0;
    if (node->kind == YAML_KIND_SCALAR || !node->first) {
        walk->visit(path, node, walk->context);
        return;
    }
    for (const struct yaml_node *child = node->first; child; child = child->next, index++) {
        if (child->key)
            append_key(path, length, child->key);
        else
            snprintf(path + length, PATH_BYTES - length, "[%zu]", index);
        walk_node(walk, path, child);
        path[length] = '\0';
    }
}

void values_file_walk(const struct values_file *file,
                      void (*visit)(const char *path, const struct yaml_node *node, void *context),
                      void *context) {
    char path[PATH_BYTES] = "";
    struct walk walk = {visit, context};
    walk_node(&walk, path, file->document.root);
}
