#include "tests/unit/json_check.h"

#include "sim/base/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <regex.h>
#include <string.h>

static json_t *json_of_scalar(const struct yaml_node *node) {
    double number;
    if (node->quoted)
        return json_string(node->scalar);
    if (strcmp(node->scalar, "true") == 0 || strcmp(node->scalar, "false") == 0)
        return json_boolean(node->scalar[0] == 't');
    if (node->scalar[0] == '\0' || strcmp(node->scalar, "~") == 0)
        return json_null();
    if (units_number(node->scalar, &number))
        return json_real(number);
    return json_string(node->scalar);
}

json_t *json_of_yaml(const struct yaml_node *node) {
    if (node->kind == YAML_KIND_SCALAR)
        return json_of_scalar(node);
    json_t *made = node->kind == YAML_KIND_SEQUENCE ? json_array() : json_object();
    for (const struct yaml_node *child = node->first; child; child = child->next) {
        if (node->kind == YAML_KIND_SEQUENCE)
            json_array_append_new(made, json_of_yaml(child));
        else
            json_object_set_new(made, child->key, json_of_yaml(child));
    }
    return made;
}

typedef bool keyword(const json_t *wanted, const json_t *schema, const json_t *value);

static bool ignore(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)wanted, (void)schema, (void)value;
    return true;
}

static bool check_type(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    const char *type = json_string_value(wanted);
    if (strcmp(type, "object") == 0)
        return json_is_object(value);
    if (strcmp(type, "array") == 0)
        return json_is_array(value);
    if (strcmp(type, "string") == 0)
        return json_is_string(value);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    if (strcmp(type, "number") == 0)
        return json_is_number(value);
    assert_string_equal(type, "integer");
    return json_is_number(value) && json_number_value(value) == floor(json_number_value(value));
}

static bool check_properties(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)value, key, item) {
        const json_t *rule = json_object_get(wanted, key);
        if (rule && !json_keeps_to(rule, item))
            return false;
    }
    return true;
}

static bool check_no_others(const json_t *wanted, const json_t *schema, const json_t *value) {
    assert_true(json_is_false(wanted));
    const char *key;
    json_t *item;
    json_object_foreach(
        (json_t *)value, key,
        item) if (!json_object_get(json_object_get(schema, "properties"), key)) return false;
    return true;
}

static bool check_required(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    size_t i;
    json_t *key;
    json_array_foreach(wanted, i,
                       key) if (json_is_object(value) &&
                                !json_object_get(value, json_string_value(key))) return false;
    return true;
}

static bool check_items(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item) if (!json_keeps_to(wanted, item)) return false;
    return true;
}

static bool check_min_items(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    return !json_is_array(value) ||
           (json_int_t)json_array_size(value) >= json_integer_value(wanted);
}

static bool check_max_items(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    return !json_is_array(value) ||
           (json_int_t)json_array_size(value) <= json_integer_value(wanted);
}

static bool check_minimum(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    return !json_is_number(value) || json_number_value(value) >= json_number_value(wanted);
}

static bool check_maximum(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    return !json_is_number(value) || json_number_value(value) <= json_number_value(wanted);
}

static bool check_pattern(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    regex_t pattern;
    if (!json_is_string(value))
        return true;
    assert_int_equal(regcomp(&pattern, json_string_value(wanted), REG_EXTENDED | REG_NOSUB), 0);
    bool match = regexec(&pattern, json_string_value(value), 0, NULL, 0) == 0;
    regfree(&pattern);
    return match;
}

static bool check_enum(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    size_t i;
    json_t *choice;
    json_array_foreach(wanted, i, choice) if (json_equal(choice, value)) return true;
    return false;
}

static bool check_any_of(const json_t *wanted, const json_t *schema, const json_t *value) {
    (void)schema;
    size_t i;
    json_t *choice;
    json_array_foreach(wanted, i, choice) if (json_keeps_to(choice, value)) return true;
    return false;
}

static const struct {
    const char *name;
    keyword *check;
} keywords[] = {
    {"$schema", ignore},
    {"title", ignore},
    {"description", ignore},
    {"default", ignore},
    {"uniqueItems", ignore},
    {"type", check_type},
    {"properties", check_properties},
    {"additionalProperties", check_no_others},
    {"required", check_required},
    {"items", check_items},
    {"minItems", check_min_items},
    {"maxItems", check_max_items},
    {"minimum", check_minimum},
    {"maximum", check_maximum},
    {"pattern", check_pattern},
    {"enum", check_enum},
    {"anyOf", check_any_of},
};

static keyword *find_keyword(const char *name) {
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i].name, name) == 0)
            return keywords[i].check;
    return NULL;
}

bool json_keeps_to(const json_t *schema, const json_t *value) {
    const char *name;
    json_t *wanted;
    json_object_foreach((json_t *)schema, name, wanted) {
        keyword *check = find_keyword(name);
        if (!check)
            fail_msg("the keyword %s is not known", name);
        if (!check(wanted, schema, value))
            return false;
    }
    return true;
}
