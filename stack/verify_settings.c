/* What Loki and Tempo say they run with: retention first of all. A ConfigMap that was changed
 * after the pod had started, or a pod that was not restarted, shows here and nowhere else. */
#include "stack/verify_lines.h"

#include "sim/base/units.h"
#include "sim/base/yaml_tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum setting_kind { SETTING_DURATION, SETTING_BYTES, SETTING_WORD };

struct setting {
    enum component component;
    const char *path; /**< in the program's configuration */
    const char *what;
    enum setting_kind kind;
    size_t offset; /**< of a double in struct plan; not for words */
};

#define SETTING(component, path, what, kind, member)                                               \
    { component, path, what, kind, offsetof(struct plan, member) }

static const struct setting settings[] = {
    SETTING(COMPONENT_LOKI, "limits_config.retention_period", "retention", SETTING_DURATION,
            loki_retention_seconds),
    SETTING(COMPONENT_LOKI, "ingester.chunk_encoding", "encoding", SETTING_WORD, loki.encoding),
    SETTING(COMPONENT_LOKI, "ingester.max_chunk_age", "max_chunk_age", SETTING_DURATION,
            loki.max_chunk_age_seconds),
    SETTING(COMPONENT_LOKI, "ingester.chunk_idle_period", "chunk_idle_period", SETTING_DURATION,
            loki.chunk_idle_period_seconds),
    SETTING(COMPONENT_LOKI, "ingester.chunk_target_size", "chunk_target_size", SETTING_BYTES,
            loki.chunk_target_size_bytes),
    SETTING(COMPONENT_TEMPO, "compactor.compaction.block_retention", "retention", SETTING_DURATION,
            tempo_retention_seconds),
    SETTING(COMPONENT_TEMPO, "ingester.max_block_duration", "max_block_duration", SETTING_DURATION,
            tempo.max_block_duration_seconds),
    SETTING(COMPONENT_TEMPO, "ingester.max_block_bytes", "max_block_bytes", SETTING_BYTES,
            tempo.max_block_bytes),
    SETTING(COMPONENT_TEMPO, "storage.trace.block.parquet_row_group_size_bytes", "row group size",
            SETTING_BYTES, tempo.parquet_row_group_size_bytes),
};

/** Where each program shows its configuration. */
static const char *const config_path[COMPONENT_COUNT] = {
    [COMPONENT_LOKI] = "config",
    [COMPONENT_TEMPO] = "status/config",
};

/** The scalar at a dotted path, or NULL. */
static const char *scalar_at(const struct yaml_node *node, const char *path) {
    char key[64];
    while (node && *path) {
        size_t length = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        node = yaml_tree_child(node, key);
        path += length + (path[length] == '.');
    }
    return node && node->kind == YAML_KIND_SCALAR ? node->scalar : NULL;
}

/** As Go programs print one: "168h0m0s", and Loki also "1w". */
static bool read_duration(const char *text, double *seconds) {
    double number;
    size_t length = strlen(text);
    char head[32];
    if (length < 2 || length >= sizeof head || (text[length - 1] != 'w' && text[length - 1] != 'y'))
        return units_duration(text, seconds);
    snprintf(head, sizeof head, "%.*s", (int)length - 1, text);
    if (!units_number(head, &number))
        return false;
    *seconds = number * SECONDS_PER_DAY * (text[length - 1] == 'w' ? 7 : 365);
    return true;
}

static void compare_number(struct verify *verify, struct verify_place place,
                           const struct setting *setting, double planned, const char *live) {
    char wanted[32], shown[32];
    double found = 0;
    bool duration = setting->kind == SETTING_DURATION;
    bool read = duration ? read_duration(live, &found) : units_number(live, &found);
    bool same = read && fabs(found - planned) <= 0.001 * planned;
    if (duration) {
        units_print_duration(wanted, sizeof wanted, planned);
        units_print_duration(shown, sizeof shown, found);
    } else {
        snprintf(wanted, sizeof wanted, "%.0f", planned);
        snprintf(shown, sizeof shown, "%.0f", found);
    }
    verify_add(verify, place, setting->what, same ? VERIFY_SAME : VERIFY_DRIFT, wanted,
               read ? shown : live, NULL);
}

static void compare_settings(struct verify *verify, const struct plan *plan,
                             const struct release *release, const struct yaml_node *config) {
    const struct verify_place place = verify_place(VERIFY_SETTINGS, release);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *setting = &settings[i];
        if (setting->component != release->component)
            continue;
        const char *live = scalar_at(config, setting->path);
        if (!live)
            verify_add(verify, place, setting->what, VERIFY_UNSEEN, NULL, NULL,
                       "%s is not in the configuration it shows", setting->path);
        else if (setting->kind == SETTING_WORD)
            verify_compare(verify, place, setting->what, loki_encoding_name(plan->loki.encoding),
                           live);
        else
            compare_number(verify, place, setting,
                           *(const double *)((const char *)plan + setting->offset), live);
    }
}

/** Tempo puts the path that was asked above its YAML, with a line of dashes between. */
static const char *skip_title(const char *answer) {
    static const char dashes[] = "---\n";
    const char *second = strchr(answer, '\n');
    return second && strncmp(second + 1, dashes, sizeof dashes - 1) == 0 ? second + sizeof dashes
                                                                         : answer;
}

/** A configuration that is no YAML for us is one that we do not see. */
static void read_config(struct verify *verify, const struct plan *plan,
                        const struct release *release, const char *answer) {
    const struct verify_place place = verify_place(VERIFY_SETTINGS, release);
    struct yaml_document document = {0};
    struct diagnostics problems;
    const char *yaml = skip_title(answer);
    diagnostics_init(&problems);
    if (yaml_tree_parse(verify->arena, release->name, yaml, strlen(yaml), &document, &problems) ==
        STATUS_OK)
        compare_settings(verify, plan, release, document.root);
    else
        verify_add(verify, place, "configuration", VERIFY_UNSEEN, NULL, NULL, "line %u: %s",
                   problems.items[0].line, problems.items[0].message);
}

enum status verify_settings(const struct cluster *cluster, const struct verify_view *view,
                            struct verify *verify, struct diagnostics *diagnostics) {
    const struct release_list *releases = view->releases;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < releases->count && status == STATUS_OK; i++) {
        const struct release *release = &releases->items[i];
        const struct verify_place place = verify_place(VERIFY_SETTINGS, release);
        const char *answer, *why;
        char path[256];
        if (!config_path[release->component])
            continue;
        snprintf(path, sizeof path, "/api/v1/namespaces/%s/services/%s:%u/proxy/%s",
                 cluster->name_space, release->service, release->pin.port,
                 config_path[release->component]);
        status = verify_raw(cluster, path, verify, &answer, &why, diagnostics);
        if (status == STATUS_OK && answer)
            read_config(verify, &view->plan->outcome->plan, release, answer);
        else if (status == STATUS_OK)
            verify_add(verify, place, "configuration", VERIFY_UNSEEN, NULL, NULL, "%s", why);
    }
    return status;
}
