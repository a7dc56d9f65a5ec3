#include "sim/base/embedded.h"
#include "stack/chart_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char small_list[] = "# chart: small\n"
                                 "\n"
                                 "replicas\n"
                                 "pod.labels{}\n"
                                 "pod.resources.limits.cpu\n"
                                 "tolerations[]\n"
                                 "grafana\\.ini{}\n"
                                 "app.limits{} -> limits_config\n"
                                 "app.structured{} -> .\n"
                                 "!app.secret\n"
                                 "!ignored\n"
                                 "last";

static void a_list_takes_what_it_names(void **state) {
    (void)state;
    static const struct {
        const char *path;
        enum chart_value value;
        enum chart_keys_verdict verdict;
        const char *config;
    } cases[] = {
        {"replicas", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, ""},
        {"replicas", CHART_VALUE_NULL, CHART_KEYS_KNOWN, ""},
        {"replica", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"replicasX", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"replicas.x", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"replicas[0]", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"last", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, ""},
        {"# chart", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"", CHART_VALUE_NULL, CHART_KEYS_UNKNOWN, ""},
        /* A mapping takes any key below it, but no scalar in its place. */
        {"pod.labels.any\\.key", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, ""},
        {"pod.labels", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"pod.labels", CHART_VALUE_EMPTY, CHART_KEYS_KNOWN, ""},
        {"pod.labels[0]", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        /* A branch of the defaults can be taken away with null, never with {}. */
        {"pod.resources", CHART_VALUE_NULL, CHART_KEYS_KNOWN, ""},
        {"pod.resources", CHART_VALUE_EMPTY, CHART_KEYS_UNKNOWN, ""},
        {"pod.resources", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"pod.resource", CHART_VALUE_NULL, CHART_KEYS_UNKNOWN, ""},
        {"tolerations[0].operator", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, ""},
        {"tolerations.operator", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        {"tolerations", CHART_VALUE_EMPTY, CHART_KEYS_KNOWN, ""},
        {"grafana\\.ini.users.allow_sign_up", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, ""},
        {"grafana.ini.users", CHART_VALUE_SCALAR, CHART_KEYS_UNKNOWN, ""},
        /* What lands in the program's configuration says where. */
        {"app.limits.rate", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, "limits_config.rate"},
        {"app.limits", CHART_VALUE_EMPTY, CHART_KEYS_KNOWN, ""},
        {"app.structured.store.size", CHART_VALUE_SCALAR, CHART_KEYS_KNOWN, "store.size"},
        {"app.secret", CHART_VALUE_SCALAR, CHART_KEYS_REFUSED, ""},
        {"ignored.below", CHART_VALUE_SCALAR, CHART_KEYS_REFUSED, ""},
        {"ignored", CHART_VALUE_NULL, CHART_KEYS_REFUSED, ""},
        {"ignoredNot", CHART_VALUE_NULL, CHART_KEYS_UNKNOWN, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char config[CHART_KEYS_PATH_MAX];
        enum chart_keys_verdict verdict = chart_keys_find(small_list, sizeof small_list - 1,
                                                          cases[i].path, cases[i].value, config);
        if (verdict != cases[i].verdict || strcmp(config, cases[i].config) != 0)
            fail_msg("case %zu, \"%s\": verdict %d, config \"%s\"", i, cases[i].path, verdict,
                     config);
    }
}

static void a_path_beyond_bounds_is_unknown(void **state) {
    (void)state;
    char path[CHART_KEYS_PATH_MAX + 1], config[CHART_KEYS_PATH_MAX];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    memcpy(path, "pod.labels.", strlen("pod.labels."));
    assert_int_equal(
        chart_keys_find(small_list, sizeof small_list - 1, path, CHART_VALUE_SCALAR, config),
        CHART_KEYS_UNKNOWN);
    path[CHART_KEYS_PATH_MAX - 1] = '\0';
    assert_int_equal(
        chart_keys_find(small_list, sizeof small_list - 1, path, CHART_VALUE_SCALAR, config),
        CHART_KEYS_KNOWN);
}

static void every_chart_is_pinned(void **state) {
    (void)state;
    static const char grafana[] = "https://grafana.github.io/helm-charts";
    static const struct {
        enum helm_chart chart;
        const char *name, *version, *app_version, *repository;
    } pins[] = {
        {CHART_LOKI, "loki", "6.30.0", "3.5.0", grafana},
        {CHART_TEMPO, "tempo", "1.17.0", "2.6.1", grafana},
        {CHART_GRAFANA, "grafana", "8.8.2", "11.4.0", grafana},
        {CHART_PROMTAIL, "promtail", "6.17.1", "3.5.1", grafana},
        {CHART_ALLOY, "alloy", "1.6.0", "1.13.0", grafana},
        {CHART_COLLECTOR, "opentelemetry-collector", "0.145.0", "0.145.0",
         "https://open-telemetry.github.io/opentelemetry-helm-charts"},
    };
    assert_int_equal(sizeof pins / sizeof *pins, CHART_COUNT);
    for (size_t i = 0; i < CHART_COUNT; i++) {
        struct diagnostics diagnostics;
        struct chart_pin pin;
        diagnostics_init(&diagnostics);
        assert_int_equal(chart_keys_pin(CHART_PROFILE_BRIEF, pins[i].chart, &pin, &diagnostics),
                         STATUS_OK);
        assert_string_equal(pin.name, pins[i].name);
        assert_string_equal(pin.version, pins[i].version);
        assert_string_equal(pin.app_version, pins[i].app_version);
        assert_string_equal(pin.repository, pins[i].repository);
        assert_true(pin.alias[0] && pin.state[0]);
    }
}

static enum status check(enum helm_chart chart, const char *path, enum chart_value value,
                         struct diagnostics *diagnostics) {
    diagnostics_init(diagnostics);
    return chart_keys_check(CHART_PROFILE_BRIEF, chart, path, value, diagnostics);
}

/* The keys that render and change nothing, or that would hold a secret. */
static void traps_are_refused(void **state) {
    (void)state;
    static const struct {
        enum helm_chart chart;
        const char *path;
    } traps[] = {
        {CHART_LOKI, "singleBinary.persistence.storageClassName"},
        {CHART_LOKI, "singleBinary.image.tag"},
        {CHART_LOKI, "loki.limitsConfig.retention_period"},
        {CHART_LOKI, "loki.storageConfig.filesystem.directory"},
        {CHART_LOKI, "persistence.size"},
        {CHART_LOKI, "retention_period"},
        {CHART_LOKI, "global.extraEnv[0].name"},
        {CHART_LOKI, "minio.rootPassword"},
        {CHART_TEMPO, "tempo.compactor.compaction.block_retention"},
        {CHART_TEMPO, "tempo.nodeSelector.disk"},
        {CHART_TEMPO, "persistence.storageClass"},
        {CHART_TEMPO, "resources.limits.memory"},
        {CHART_GRAFANA, "persistence.storageClass"},
        {CHART_GRAFANA, "extraEnv[0].name"},
        {CHART_GRAFANA, "replicaCount"},
        {CHART_GRAFANA, "sidecar.dashboards.resources.limits.memory"},
        {CHART_GRAFANA, "adminPassword"},
        {CHART_PROMTAIL, "config.lokiAddress"},
        {CHART_PROMTAIL, "config.client.url"},
        {CHART_ALLOY, "resources.limits.memory"},
        {CHART_ALLOY, "controller.resources.limits.memory"},
        {CHART_ALLOY, "tolerations[0].operator"},
    };
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        struct diagnostics diagnostics;
        if (check(traps[i].chart, traps[i].path, CHART_VALUE_SCALAR, &diagnostics) !=
            STATUS_INTERNAL)
            fail_msg("\"%s\" was taken", traps[i].path);
        assert_non_null(strstr(diagnostics.items[0].message, traps[i].path));
        assert_string_equal(diagnostics.items[0].path, traps[i].path);
    }
}

static void keys_that_work_are_taken(void **state) {
    (void)state;
    static const struct {
        enum helm_chart chart;
        const char *path;
        enum chart_value value;
    } keys[] = {
        {CHART_LOKI, "singleBinary.persistence.storageClass", CHART_VALUE_SCALAR},
        {CHART_LOKI, "singleBinary.affinity", CHART_VALUE_NULL},
        {CHART_LOKI, "loki.limits_config.retention_stream[0].period", CHART_VALUE_SCALAR},
        {CHART_TEMPO, "persistence.storageClassName", CHART_VALUE_SCALAR},
        {CHART_TEMPO, "tempo.receivers.jaeger.protocols.grpc", CHART_VALUE_NULL},
        {CHART_TEMPO, "tempo.queryFrontend.search.concurrent_jobs", CHART_VALUE_SCALAR},
        {CHART_GRAFANA, "persistence.annotations.helm\\.sh/resource-policy", CHART_VALUE_SCALAR},
        {CHART_GRAFANA, "datasources.datasources\\.yaml.apiVersion", CHART_VALUE_SCALAR},
        {CHART_PROMTAIL, "config.clients[0].url", CHART_VALUE_SCALAR},
        {CHART_ALLOY, "alloy.mounts.extra[0].name", CHART_VALUE_SCALAR},
        {CHART_COLLECTOR, "config.receivers.jaeger", CHART_VALUE_NULL},
        {CHART_COLLECTOR, "ports.otlp-http.enabled", CHART_VALUE_SCALAR},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct diagnostics diagnostics;
        if (check(keys[i].chart, keys[i].path, keys[i].value, &diagnostics) != STATUS_OK)
            fail_msg("%s", diagnostics.items[0].message);
    }
}

/* A typo inside a configuration map passes Helm and then stops the process. */
static void typos_in_a_program_configuration_are_refused(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    assert_int_equal(check(CHART_LOKI, "loki.limits_config.max_query_paralelism",
                           CHART_VALUE_SCALAR, &diagnostics),
                     STATUS_INTERNAL);
    assert_non_null(strstr(diagnostics.items[0].message, "max_query_paralelism"));
    assert_int_equal(check(CHART_LOKI, "loki.structuredConfig.chunk_store.size", CHART_VALUE_SCALAR,
                           &diagnostics),
                     STATUS_INTERNAL);
    assert_int_equal(
        check(CHART_TEMPO, "tempo.ingester.max_block_durations", CHART_VALUE_SCALAR, &diagnostics),
        STATUS_INTERNAL);
    diagnostics_init(&diagnostics);
    assert_int_equal(chart_keys_check_config(CHART_PROFILE_BRIEF, CHART_TEMPO,
                                             "compactor.compaction.compaction_window",
                                             CHART_VALUE_SCALAR, &diagnostics),
                     STATUS_OK);
    assert_int_equal(chart_keys_check_config(CHART_PROFILE_BRIEF, CHART_TEMPO,
                                             "compactor.compaction_window", CHART_VALUE_SCALAR,
                                             &diagnostics),
                     STATUS_INTERNAL);
    assert_int_equal(chart_keys_check_config(CHART_PROFILE_BRIEF, CHART_GRAFANA, "any",
                                             CHART_VALUE_SCALAR, &diagnostics),
                     STATUS_INTERNAL);
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void lists_name_each_key_once(void **state) {
    (void)state;
    static const char *const files[] = {
        "loki-6.30.0",       "tempo-1.17.0",      "grafana-8.8.2",
        "promtail-6.17.1",   "loki-18.11.0",      "tempo-2.2.4",
        "grafana-12.11.1",   "alloy-1.6.0",       "opentelemetry-collector-0.145.0",
        "loki-config-3.5.0", "tempo-config-2.6.1"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[96], *lines[2000];
        size_t length = 0, count = 0;
        snprintf(path, sizeof path, "stack/charts/%s.keys", files[i]);
        const char *bytes = embedded_file(path, &length);
        assert_non_null(bytes);
        char *copy = strndup(bytes, length), *rest = copy;
        for (char *line; (line = strsep(&rest, "\n")) && count < 2000;)
            if (line[0] && line[0] != '#')
                lines[count++] = line;
        assert_in_range(count, 50, 1999);
        qsort(lines, count, sizeof *lines, compare_lines);
        for (size_t j = 1; j < count; j++)
            if (strcmp(lines[j - 1], lines[j]) == 0)
                fail_msg("%s names %s twice", path, lines[j]);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_takes_what_it_names),
        cmocka_unit_test(a_path_beyond_bounds_is_unknown),
        cmocka_unit_test(every_chart_is_pinned),
        cmocka_unit_test(traps_are_refused),
        cmocka_unit_test(keys_that_work_are_taken),
        cmocka_unit_test(typos_in_a_program_configuration_are_refused),
        cmocka_unit_test(lists_name_each_key_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
