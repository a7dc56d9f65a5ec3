#include "stack/kubectl.h"

#include "stack/cluster_tool.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char kubectl_needed[] = "kubectl of the cluster's version, or one next to it, is needed: "
                              "https://kubernetes.io/docs/tasks/tools";

bool kubectl_name_is_valid(const char *name) {
    size_t length = strlen(name);
    if (length == 0 || length > 253 ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != length)
        return false;
    return isalnum((unsigned char)name[0]) && isalnum((unsigned char)name[length - 1]);
}

bool kubectl_context_is_valid(const char *name) {
    size_t length = strlen(name);
    if (length == 0 || length > 253 || name[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7F)
            return false;
    return true;
}

static const struct cluster_tool kubectl = {.name = "kubectl",
                                            .context_option = "--context",
                                            .needed = kubectl_needed,
                                            .timeout_seconds = KUBECTL_TIMEOUT_SECONDS};

bool kubectl_words(const struct cluster *cluster, const char *const *words, const char **all) {
    return cluster_tool_words(&kubectl, cluster, words, all);
}

enum status kubectl_run(const struct cluster *cluster, const char *const *words, const char *input,
                        size_t input_length, struct process_result *result,
                        struct diagnostics *diagnostics) {
    return cluster_tool_run(&kubectl, cluster, words, input, input_length, 0, result, diagnostics);
}

enum status kubectl_do(const struct cluster *cluster, const char *const *words, const char *what,
                       struct process_result *result, struct diagnostics *diagnostics) {
    return cluster_tool_do(&kubectl, cluster, words, what, result, diagnostics);
}

enum status kubectl_json(const struct cluster *cluster, const char *const *words, const char *what,
                         json_t **answer, struct diagnostics *diagnostics) {
    return cluster_tool_json(&kubectl, cluster, words, what, answer, diagnostics);
}

enum status kubectl_get(const struct cluster *cluster, const char *kind, const char *name,
                        json_t **object, struct diagnostics *diagnostics) {
    char what[160];
    const char *const words[] = {
        "get", kind, name, "--namespace", cluster->name_space, "--ignore-not-found", NULL};
    snprintf(what, sizeof what, "reading %s %s", kind, name);
    return kubectl_json(cluster, words, what, object, diagnostics);
}

static json_t *walk(const json_t *json, va_list keys) {
    json_t *at = NULL;
    for (const char *key; (key = va_arg(keys, const char *)) != NULL; json = at) {
        at = json_object_get(json, key);
        if (!at)
            return NULL;
    }
    return at;
}

json_t *kubectl_value(const json_t *json, ...) {
    va_list keys;
    va_start(keys, json);
    json_t *value = walk(json, keys);
    va_end(keys);
    return value;
}

const char *kubectl_string(const json_t *json, ...) {
    va_list keys;
    va_start(keys, json);
    const char *string = json_string_value(walk(json, keys));
    va_end(keys);
    return string ? string : "";
}

json_t *kubectl_items(const json_t *list) {
    json_t *items = json_object_get(list, "items");
    return json_is_array(items) ? items : NULL;
}

const json_t *kubectl_named(const json_t *array, const char *name) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        if (strcmp(kubectl_string(item, "name", NULL), name) == 0)
            return item;
    }
    return NULL;
}

const json_t *kubectl_condition(const json_t *object, const char *type) {
    const json_t *conditions = kubectl_value(object, "status", "conditions", NULL);
    for (size_t i = 0; i < json_array_size(conditions); i++) {
        const json_t *condition = json_array_get(conditions, i);
        if (strcmp(kubectl_string(condition, "type", NULL), type) == 0)
            return condition;
    }
    return NULL;
}

bool kubectl_condition_holds(const json_t *object, const char *type) {
    return strcmp(kubectl_string(kubectl_condition(object, type), "status", NULL), "True") == 0;
}
