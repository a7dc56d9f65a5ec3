#include "stack/kubectl.h"

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

bool kubectl_words(const struct cluster *cluster, const char *const *words, const char **all) {
    size_t count = 0;
    all[count++] = "kubectl";
    if (cluster->kubeconfig) {
        all[count++] = "--kubeconfig";
        all[count++] = cluster->kubeconfig;
    }
    if (cluster->context) {
        all[count++] = "--context";
        all[count++] = cluster->context;
    }
    for (; *words && count + 1 < KUBECTL_WORDS_MAX; words++)
        all[count++] = *words;
    all[count] = NULL;
    return !*words;
}

static struct process_options options_of(const struct cluster *cluster, const char *const *all,
                                         const char *input, size_t input_length) {
    return (struct process_options){.arguments = all,
                                    .input = input,
                                    .input_length = input_length,
                                    .output_bytes_max = KUBECTL_ANSWER_BYTES,
                                    .timeout_seconds = KUBECTL_TIMEOUT_SECONDS,
                                    .interrupted = cluster->interrupted,
                                    .context = cluster->interrupted_context,
                                    .needed_hint = kubectl_needed};
}

static enum status too_many(struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                           "a kubectl command has more than %d words", KUBECTL_WORDS_MAX);
}

enum status kubectl_run(const struct cluster *cluster, const char *const *words, const char *input,
                        size_t input_length, struct process_result *result,
                        struct diagnostics *diagnostics) {
    const char *all[KUBECTL_WORDS_MAX];
    *result = (struct process_result){.exit_status = -1};
    if (!kubectl_words(cluster, words, all))
        return too_many(diagnostics);
    const struct process_options options = options_of(cluster, all, input, input_length);
    return process_run(&options, result, diagnostics);
}

enum status kubectl_do(const struct cluster *cluster, const char *const *words, const char *what,
                       struct process_result *result, struct diagnostics *diagnostics) {
    const char *all[KUBECTL_WORDS_MAX];
    enum status status = kubectl_run(cluster, words, NULL, 0, result, diagnostics);
    if (status != STATUS_OK || process_succeeded(result))
        return status;
    if (!kubectl_words(cluster, words, all))
        return too_many(diagnostics);
    const struct process_options options = options_of(cluster, all, NULL, 0);
    return process_complain(&options, result, what, diagnostics);
}

static bool is_blank(const char *text) {
    return text[strspn(text, " \t\r\n")] == '\0';
}

enum status kubectl_json(const struct cluster *cluster, const char *const *words, const char *what,
                         json_t **answer, struct diagnostics *diagnostics) {
    const char *with_format[KUBECTL_WORDS_MAX];
    struct process_result result;
    json_error_t problem;
    size_t count = 0;
    *answer = NULL;
    for (; words[count] && count + 3 < KUBECTL_WORDS_MAX; count++)
        with_format[count] = words[count];
    if (words[count])
        return too_many(diagnostics);
    with_format[count] = "--output";
    with_format[count + 1] = "json";
    with_format[count + 2] = NULL;
    enum status status = kubectl_do(cluster, with_format, what, &result, diagnostics);
    if (status == STATUS_OK && result.out_cut > 0)
        status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                 "%s: kubectl answered with more than %zu MiB", what,
                                 KUBECTL_ANSWER_BYTES >> 20);
    if (status == STATUS_OK && !is_blank(result.out)) {
        *answer = json_loadb(result.out, result.out_length, 0, &problem);
        if (!*answer)
            status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                     "%s: kubectl answered with something that is not JSON: %s",
                                     what, problem.text);
    }
    process_result_fini(&result);
    return status;
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
