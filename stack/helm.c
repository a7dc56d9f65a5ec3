#include "stack/helm.h"

#include "stack/cluster_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char helm_needed[] =
    "version 3.13 or newer is needed: https://helm.sh/docs/intro/install";

/* Rolling back takes a while: helm has the time before it is asked more firmly. */
static const struct cluster_tool helm = {.name = "helm",
                                         .context_option = "--kube-context",
                                         .needed = helm_needed,
                                         .timeout_seconds = 120,
                                         .interrupt_grace_seconds = 120};

bool helm_words(const struct cluster *cluster, const char *const *words, const char **all) {
    return cluster_tool_words(&helm, cluster, words, all);
}

struct process_options helm_options(const struct cluster *cluster, const char *const *all,
                                    double timeout_seconds) {
    return cluster_tool_options(&helm, cluster, all, timeout_seconds);
}

enum status helm_run(const struct cluster *cluster, const char *const *words,
                     double timeout_seconds, struct process_result *result,
                     struct diagnostics *diagnostics) {
    return cluster_tool_run(&helm, cluster, words, NULL, 0, timeout_seconds, result, diagnostics);
}

enum status helm_json(const struct cluster *cluster, const char *const *words, const char *what,
                      json_t **answer, struct diagnostics *diagnostics) {
    return cluster_tool_json(&helm, cluster, words, what, answer, diagnostics);
}

bool helm_parse_version(const char *text, int *major, int *minor) {
    int length = 0;
    text += *text == 'v';
    return sscanf(text, "%4d.%4d%n", major, minor, &length) == 2 && length > 0;
}

static enum status judge_version(const char *version, struct diagnostics *diagnostics) {
    int major, minor;
    if (!helm_parse_version(version, &major, &minor))
        return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                               "helm calls its version \"%.40s\", which is none", version);
    if (major > HELM_MAJOR_TESTED || (major == HELM_MAJOR_TESTED && minor >= HELM_MINOR_MIN))
        return STATUS_OK;
    enum status status =
        diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "helm %s is too old", version);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last)
        snprintf(last->hint, sizeof last->hint, "%s", helm_needed);
    return status;
}

enum status helm_version(const struct cluster *cluster, char *version, size_t size,
                         struct diagnostics *diagnostics) {
    struct process_result result;
    enum status status = cluster_tool_do(
        &helm, cluster, (const char *const[]){"version", "--template", "{{.Version}}", NULL},
        "asking helm for its version", &result, diagnostics);
    if (status == STATUS_OK) {
        const char *text = result.out + strspn(result.out, " \t\r\nv");
        snprintf(version, size, "%.*s", (int)strcspn(text, " \t\r\n"), text);
        status = judge_version(version, diagnostics);
    }
    process_result_fini(&result);
    return status;
}

void helm_split_chart(const char *text, struct helm_release *release) {
    const char *at = text;
    while ((at = strchr(at, '-')) != NULL) {
        size_t digits = strspn(at + 1, "0123456789");
        if (digits > 0 && at[1 + digits] == '.')
            break;
        at++;
    }
    int length = at ? (int)(at - text) : (int)strlen(text);
    snprintf(release->chart, sizeof release->chart, "%.*s", length, text);
    snprintf(release->version, sizeof release->version, "%s", at ? at + 1 : "");
}

static void take_release(const json_t *item, struct helm_release *release) {
    *release = (struct helm_release){.ours = false};
    snprintf(release->name, sizeof release->name, "%s", kubectl_string(item, "name", NULL));
    snprintf(release->status, sizeof release->status, "%s", kubectl_string(item, "status", NULL));
    snprintf(release->updated, sizeof release->updated, "%s",
             kubectl_string(item, "updated", NULL));
    helm_split_chart(kubectl_string(item, "chart", NULL), release);
    /* helm writes the number as a string. */
    release->revision = (int)strtol(kubectl_string(item, "revision", NULL), NULL, 10);
}

/** Where the release called `name` is; `list->count` when it is nowhere. */
static size_t place_of(const struct helm_list *list, const char *name) {
    size_t i = 0;
    while (i < list->count && strcmp(list->items[i].name, name) != 0)
        i++;
    return i;
}

const struct helm_release *helm_find(const struct helm_list *list, const char *name) {
    size_t i = place_of(list, name);
    return i < list->count ? &list->items[i] : NULL;
}

enum status helm_list(const struct cluster *cluster, struct helm_list *list,
                      struct diagnostics *diagnostics) {
    json_t *all, *ours = NULL;
    list->count = 0;
    enum status status = helm_json(
        cluster, (const char *const[]){"list", "--namespace", cluster->name_space, "--all", NULL},
        "listing the releases", &all, diagnostics);
    if (status == STATUS_OK && json_array_size(all) > 0)
        status = helm_json(cluster,
                           (const char *const[]){"list", "--namespace", cluster->name_space,
                                                 "--all", "--selector", HELM_OURS, NULL},
                           "listing our releases", &ours, diagnostics);
    if (status == STATUS_OK && json_array_size(all) > HELM_RELEASES_MAX)
        status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                 "namespace %s holds more than %d releases", cluster->name_space,
                                 HELM_RELEASES_MAX);
    for (size_t i = 0; i < json_array_size(all) && list->count < HELM_RELEASES_MAX; i++)
        take_release(json_array_get(all, i), &list->items[list->count++]);
    for (size_t i = 0; i < json_array_size(ours); i++) {
        size_t place = place_of(list, kubectl_string(json_array_get(ours, i), "name", NULL));
        if (place < list->count)
            list->items[place].ours = true;
    }
    json_decref(all);
    json_decref(ours);
    return status;
}

enum status helm_values(const struct cluster *cluster, const char *name, json_t **values,
                        struct diagnostics *diagnostics) {
    char what[128];
    snprintf(what, sizeof what, "reading the values of %s", name);
    enum status status = helm_json(
        cluster,
        (const char *const[]){"get", "values", name, "--namespace", cluster->name_space, NULL},
        what, values, diagnostics);
    /* null: it was given none. */
    if (status == STATUS_OK && !json_is_object(*values)) {
        json_decref(*values);
        *values = json_object();
        if (!*values)
            status = diagnostics_out_of_memory(diagnostics, what);
    }
    return status;
}
