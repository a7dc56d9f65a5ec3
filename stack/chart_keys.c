#include "stack/chart_keys.h"

#include "sim/base/embedded.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The list of each chart, by profile; NULL where a profile has no such chart. */
static const char *const chart_files[CHART_PROFILE_COUNT][CHART_COUNT] = {
    [CHART_PROFILE_BRIEF] =
        {
            [CHART_LOKI] = "loki-6.30.0",
            [CHART_TEMPO] = "tempo-1.17.0",
            [CHART_GRAFANA] = "grafana-8.8.2",
            [CHART_PROMTAIL] = "promtail-6.17.1",
            [CHART_ALLOY] = "alloy-1.6.0",
            [CHART_COLLECTOR] = "opentelemetry-collector-0.145.0",
        },
    [CHART_PROFILE_SUCCESSOR] =
        {
            [CHART_LOKI] = "loki-18.11.0",
            [CHART_TEMPO] = "tempo-2.2.4",
            [CHART_GRAFANA] = "grafana-12.11.1",
            [CHART_ALLOY] = "alloy-1.6.0",
            [CHART_COLLECTOR] = "opentelemetry-collector-0.145.0",
        },
};

/** A list as a whole, or what of it is still to be read. */
struct key_list {
    const char *at;
    const char *end;
};

static enum status list_open(const char *name, struct key_list *list,
                             struct diagnostics *diagnostics) {
    char path[96];
    size_t length = 0;
    snprintf(path, sizeof path, "stack/charts/%s.keys", name);
    list->at = embedded_file(path, &length);
    if (!list->at)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, path, 0, 0,
                               "the list of chart keys is not in the program");
    list->end = list->at + length;
    return STATUS_OK;
}

/** Copy the next line, without its end, into `line`; false after the last. Cuts long lines. */
static bool list_line(struct key_list *list, char *line, size_t size) {
    if (list->at >= list->end)
        return false;
    size_t rest = (size_t)(list->end - list->at);
    const char *newline = memchr(list->at, '\n', rest);
    size_t length = newline ? (size_t)(newline - list->at) : rest;
    size_t kept = length < size - 1 ? length : size - 1;
    memcpy(line, list->at, kept);
    line[kept] = '\0';
    list->at += newline ? length + 1 : length;
    return true;
}

/** Copy the value of the line `# name: value` into `value`; left empty when there is none. */
static void list_fact(struct key_list list, const char *name, char *value, size_t size) {
    char line[CHART_KEYS_PATH_MAX + 64];
    char start[32];
    int length = snprintf(start, sizeof start, "# %s: ", name);
    value[0] = '\0';
    while (list_line(&list, line, sizeof line)) {
        if (strncmp(line, start, (size_t)length) != 0)
            continue;
        snprintf(value, size, "%s", line + length);
        return;
    }
}

/** The list of `chart` in `profile`; NULL, with a diagnostic, when there is none. */
static const char *file_of(enum chart_profile profile, enum helm_chart chart,
                           struct diagnostics *diagnostics) {
    const char *file = chart_files[profile][chart];
    if (!file)
        diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0, "the profile %s has no chart %s",
                        chart_profile_name(profile), chart_files[CHART_PROFILE_BRIEF][chart]);
    return file;
}

enum status chart_keys_pin(enum chart_profile profile, enum helm_chart chart, struct chart_pin *pin,
                           struct diagnostics *diagnostics) {
    struct key_list list;
    char port[8];
    const char *file = file_of(profile, chart, diagnostics);
    enum status status = file ? list_open(file, &list, diagnostics) : STATUS_INTERNAL;
    if (status != STATUS_OK)
        return status;
    list_fact(list, "chart", pin->name, sizeof pin->name);
    list_fact(list, "version", pin->version, sizeof pin->version);
    list_fact(list, "app-version", pin->app_version, sizeof pin->app_version);
    list_fact(list, "repository", pin->repository, sizeof pin->repository);
    list_fact(list, "alias", pin->alias, sizeof pin->alias);
    list_fact(list, "state", pin->state, sizeof pin->state);
    list_fact(list, "config", pin->config, sizeof pin->config);
    list_fact(list, "port", port, sizeof port);
    pin->port = (unsigned)strtoul(port, NULL, 10);
    if (pin->name[0] && pin->version[0] && pin->repository[0] && pin->alias[0])
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INTERNAL, file, 0, 0,
                           "the list of chart keys lacks chart, version, repository or alias");
}

/** One line of a list, taken apart. */
struct key_line {
    char *path;
    const char *block; /**< of the program's configuration; NULL when there is none */
    bool refused, mapping, list;
};

/** False for comments and empty lines. Writes into `line`. */
static bool line_read(char *line, struct key_line *key) {
    if (line[0] == '\0' || line[0] == '#')
        return false;
    *key = (struct key_line){.path = line};
    char *arrow = strstr(line, " -> ");
    if (arrow) {
        *arrow = '\0';
        key->block = arrow + 4;
    }
    if (key->path[0] == '!') {
        key->refused = true;
        key->path++;
    }
    size_t length = strlen(key->path);
    if (length < 2)
        return true;
    char *suffix = key->path + length - 2;
    key->mapping = strcmp(suffix, "{}") == 0;
    key->list = strcmp(suffix, "[]") == 0;
    if (key->mapping || key->list)
        *suffix = '\0';
    return true;
}

/** Whether `path` is `start` or something below it; `*rest` is what follows `start`. */
static bool path_below(const char *path, const char *start, const char **rest) {
    size_t length = strlen(start);
    if (strncmp(path, start, length) != 0)
        return false;
    *rest = path + length;
    return **rest == '\0' || **rest == '.' || **rest == '[';
}

static bool line_takes(const struct key_line *key, const char *path, enum chart_value value,
                       const char **rest) {
    if (path_below(path, key->path, rest)) {
        if (**rest == '\0')
            return value != CHART_VALUE_SCALAR || (!key->mapping && !key->list);
        return (**rest == '.' && key->mapping) || (**rest == '[' && key->list);
    }
    /* Taking away a whole branch of the chart's defaults. */
    const char *below;
    *rest = "";
    return value == CHART_VALUE_NULL && path_below(key->path, path, &below);
}

static void config_path_print(char *config_path, const char *block, const char *rest) {
    bool top = strcmp(block, ".") == 0;
    if (*rest == '.' && top)
        rest++;
    snprintf(config_path, CHART_KEYS_PATH_MAX, "%s%s", top ? "" : block, rest);
}

enum chart_keys_verdict chart_keys_find(const char *list, size_t length, const char *path,
                                        enum chart_value value,
                                        char config_path[CHART_KEYS_PATH_MAX]) {
    struct key_list left = {list, list + length};
    enum chart_keys_verdict verdict = CHART_KEYS_UNKNOWN;
    char line[CHART_KEYS_PATH_MAX + 64];
    const char *rest;
    config_path[0] = '\0';
    if (path[0] == '\0' || strlen(path) >= CHART_KEYS_PATH_MAX)
        return CHART_KEYS_UNKNOWN;
    while (list_line(&left, line, sizeof line)) {
        struct key_line key;
        if (!line_read(line, &key))
            continue;
        if (key.refused && path_below(path, key.path, &rest))
            return CHART_KEYS_REFUSED;
        if (key.refused || verdict == CHART_KEYS_KNOWN || !line_takes(&key, path, value, &rest))
            continue;
        verdict = CHART_KEYS_KNOWN;
        if (key.block && *rest)
            config_path_print(config_path, key.block, rest);
    }
    return verdict;
}

static enum status complain(const char *name, const char *path, enum chart_keys_verdict verdict,
                            struct diagnostics *diagnostics) {
    const char *what = verdict == CHART_KEYS_REFUSED
                           ? "must not be written: it has no effect there or is a secret"
                           : "is not a key it knows, or not with such a value";
    diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0, "%s: \"%s\" %s", name, path, what);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last)
        snprintf(last->path, sizeof last->path, "%.*s", (int)sizeof last->path - 1, path);
    return STATUS_INTERNAL;
}

static enum status config_check(const char *name, const char *path, enum chart_value value,
                                struct diagnostics *diagnostics) {
    struct key_list list;
    char unused[CHART_KEYS_PATH_MAX];
    enum status status = list_open(name, &list, diagnostics);
    if (status != STATUS_OK)
        return status;
    enum chart_keys_verdict verdict =
        chart_keys_find(list.at, (size_t)(list.end - list.at), path, value, unused);
    return verdict == CHART_KEYS_KNOWN ? STATUS_OK : complain(name, path, verdict, diagnostics);
}

enum status chart_keys_check_config(enum chart_profile profile, enum helm_chart chart,
                                    const char *path, enum chart_value value,
                                    struct diagnostics *diagnostics) {
    struct chart_pin pin;
    enum status status = chart_keys_pin(profile, chart, &pin, diagnostics);
    if (status != STATUS_OK)
        return status;
    if (pin.config[0] == '\0')
        return complain(pin.name, path, CHART_KEYS_UNKNOWN, diagnostics);
    return config_check(pin.config, path, value, diagnostics);
}

enum status chart_keys_check(enum chart_profile profile, enum helm_chart chart, const char *path,
                             enum chart_value value, struct diagnostics *diagnostics) {
    struct key_list list;
    char config_path[CHART_KEYS_PATH_MAX];
    const char *file = file_of(profile, chart, diagnostics);
    enum status status = file ? list_open(file, &list, diagnostics) : STATUS_INTERNAL;
    if (status != STATUS_OK)
        return status;
    enum chart_keys_verdict verdict =
        chart_keys_find(list.at, (size_t)(list.end - list.at), path, value, config_path);
    if (verdict != CHART_KEYS_KNOWN)
        return complain(file, path, verdict, diagnostics);
    if (config_path[0] == '\0')
        return STATUS_OK;
    return chart_keys_check_config(profile, chart, config_path, value, diagnostics);
}
