#include "stack/releases.h"

#include "stack/names.h"

#include <string.h>

/* `kubectl apply -f manifests/` takes files by name, so they sort as they stand here: a ConfigMap
 * before its namespace would be refused. */
const char *const releases_manifests[] = {
    "manifests/namespace.yaml", "manifests/observability-dashboards.yaml",
    "manifests/storageclass-" STACK_STORAGE_CLASS ".yaml", NULL};

/** What is the same in every version of a chart. */
static const struct release templates[CHART_COUNT] = {
    [CHART_LOKI] = {.component = COMPONENT_LOKI,
                    .title = "Loki",
                    .name = STACK_LOKI_NAME,
                    .values_file = "values/loki.yaml",
                    .workload_kind = "StatefulSet",
                    .container = "loki",
                    .claim = "storage-" STACK_LOKI_NAME "-0",
                    .service = STACK_LOKI_NAME},
    [CHART_TEMPO] = {.component = COMPONENT_TEMPO,
                     .title = "Tempo",
                     .name = STACK_TEMPO_NAME,
                     .values_file = "values/tempo.yaml",
                     .workload_kind = "StatefulSet",
                     .container = "tempo",
                     .claim = "storage-" STACK_TEMPO_NAME "-0",
                     .service = STACK_TEMPO_NAME},
    [CHART_GRAFANA] = {.component = COMPONENT_GRAFANA,
                       .title = "Grafana",
                       .name = STACK_GRAFANA_NAME,
                       .values_file = "values/grafana.yaml",
                       .workload_kind = "Deployment",
                       .container = "grafana",
                       .claim = STACK_GRAFANA_NAME,
                       .service = STACK_GRAFANA_NAME},
    [CHART_PROMTAIL] = {.component = COMPONENT_AGENT,
                        .title = "Promtail",
                        .name = STACK_PROMTAIL_NAME,
                        .values_file = "values/promtail.yaml",
                        .workload_kind = "DaemonSet",
                        .container = "promtail"},
    [CHART_ALLOY] = {.component = COMPONENT_AGENT,
                     .title = "Alloy",
                     .name = STACK_ALLOY_NAME,
                     .values_file = "values/alloy.yaml",
                     .workload_kind = "DaemonSet",
                     .container = "alloy"},
    [CHART_COLLECTOR] = {.component = COMPONENT_COLLECTOR,
                         .title = "the OpenTelemetry Collector",
                         .name = STACK_COLLECTOR_NAME,
                         .values_file = "values/opentelemetry-collector.yaml",
                         .workload_kind = "Deployment",
                         .container = "opentelemetry-collector",
                         .service = STACK_COLLECTOR_NAME},
};

enum status releases_list(enum chart_profile profile, enum agent_kind agent,
                          struct release_list *list, struct diagnostics *diagnostics) {
    const enum helm_chart order[] = {CHART_LOKI, CHART_TEMPO, CHART_COLLECTOR,
                                     agent == AGENT_KIND_ALLOY ? CHART_ALLOY : CHART_PROMTAIL,
                                     CHART_GRAFANA};
    enum status status = STATUS_OK;
    list->count = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order && status == STATUS_OK; i++) {
        struct release *release = &list->items[list->count++];
        *release = templates[order[i]];
        release->chart = order[i];
        release->workload = release->name;
        status = chart_keys_pin(profile, release->chart, &release->pin, diagnostics);
    }
    return status;
}

bool releases_have(const struct release_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return true;
    return false;
}

const char *releases_title(enum helm_chart chart) {
    return templates[chart].title;
}

const char *releases_warning(enum agent_kind agent) {
    return agent == AGENT_KIND_PROMTAIL
               ? "Promtail reached its end of life on 2026-03-02: see stack.charts.profile"
               : NULL;
}
