#include "stack/values_json.h"

#include "sim/base/units.h"
#include "sim/base/yaml_tree.h"

#include <math.h>
#include <string.h>

static json_t *number(double value) {
    const double exact = 9007199254740992.0; /* 2^53 */
    return fabs(value) < exact && floor(value) >= value ? json_integer((json_int_t)value)
                                                        : json_real(value);
}

static json_t *scalar(const struct yaml_node *node) {
    double value;
    if (!node->quoted) {
        if (!*node->scalar || strcmp(node->scalar, "null") == 0 || strcmp(node->scalar, "~") == 0)
            return json_null();
        if (strcmp(node->scalar, "true") == 0)
            return json_true();
        if (strcmp(node->scalar, "false") == 0)
            return json_false();
        if (units_number(node->scalar, &value))
            return number(value);
    }
    return json_string(node->scalar);
}

/** NULL when memory is out, or a text is not UTF-8. Nesting is bounded by the tree's reader. */
static json_t *convert(const struct yaml_node *node) {
    if (node->kind == YAML_KIND_SCALAR)
        return scalar(node);
    bool mapping = node->kind == YAML_KIND_MAPPING;
    json_t *json = mapping ? json_object() : json_array();
    int failed = json ? 0 : -1;
    for (const struct yaml_node *child = node->first; child && failed == 0; child = child->next)
        failed = mapping ? json_object_set_new(json, child->key, convert(child))
                         : json_array_append_new(json, convert(child));
    if (failed != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

enum status values_json(const char *name, const char *yaml, size_t length, json_t **values,
                        struct diagnostics *diagnostics) {
    struct yaml_document document = {0};
    struct arena arena;
    *values = NULL;
    arena_init(&arena);
    enum status status = yaml_tree_parse(&arena, name, yaml, length, &document, diagnostics);
    if (status == STATUS_OK) {
        *values = document.root ? convert(document.root) : json_object();
        if (!*values)
            status = diagnostics_out_of_memory(diagnostics, "a values file");
    }
    arena_fini(&arena);
    return status;
}
