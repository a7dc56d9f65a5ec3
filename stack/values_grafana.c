#include "stack/alert.h"
#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <stdio.h>

#define SOURCES "datasources.datasources\\.yaml."
#define LOKI_SOURCE SOURCES "datasources[0]."
#define TEMPO_SOURCE SOURCES "datasources[1]."
#define INI "grafana\\.ini."

/* Grafana takes a `$` in a provisioning file for a variable, so a literal one is `$$`; and the
 * chart runs the file through Helm's templates, so it must hold no double braces. */
#define TRACE_VALUE "$${__value.raw}"

static const struct values_row rows[] = {
    {"replicas", VALUES_PLAIN, "1", NULL},
    {"deploymentStrategy.type", VALUES_STRING, "Recreate",
     "a rolling update would wait forever for a volume that only one pod may mount"},
    {"admin.existingSecret", VALUES_STRING, STACK_ADMIN_SECRET,
     "the password stays out of values and of Helm's release record"},
    {"admin.userKey", VALUES_STRING, STACK_ADMIN_USER_KEY, NULL},
    {"admin.passwordKey", VALUES_STRING, STACK_ADMIN_PASSWORD_KEY, NULL},
    {"persistence.enabled", VALUES_PLAIN, "true", "default false"},
    {"persistence.type", VALUES_STRING, "pvc", NULL},
    {"persistence.storageClassName", VALUES_STRING, STACK_STORAGE_CLASS,
     "manifests/storageclass-gp3.yaml; EKS brings no gp3 class"},
    {"persistence.annotations.helm\\.sh/resource-policy", VALUES_STRING, "keep",
     "without it helm uninstall deletes the volume"},
    {"initChownData.enabled", VALUES_PLAIN, "false",
     "a root container; fsGroup already sets the owner on EBS volumes"},
    {"testFramework.enabled", VALUES_PLAIN, "false", NULL},
    {"rbac.create", VALUES_PLAIN, "false", "only the sidecars, which are off, read the API"},
    {"automountServiceAccountToken", VALUES_PLAIN, "false", NULL},
    {INI "analytics.reporting_enabled", VALUES_PLAIN, "false", NULL},
    {INI "analytics.check_for_updates", VALUES_PLAIN, "false", NULL},
    {INI "analytics.check_for_plugin_updates", VALUES_PLAIN, "false", NULL},
    {INI "news.news_feed_enabled", VALUES_PLAIN, "false", NULL},
    {INI "security.disable_gravatar", VALUES_PLAIN, "true", NULL},
    {INI "snapshots.external_enabled", VALUES_PLAIN, "false",
     "default true: one click publishes a dashboard's data"},
    {INI "users.allow_sign_up", VALUES_PLAIN, "false", NULL},
    {INI "database.wal", VALUES_PLAIN, "true", NULL},
    {INI "dataproxy.timeout", VALUES_PLAIN, "60", "Loki's own query timeout"},
    {INI "plugins.preinstall_disabled", VALUES_PLAIN, "true",
     "11.3 and later otherwise download a plugin from grafana.com at each start"},
};

/* Where the chart mounts the ConfigMap named below, by the provider's name. */
#define PROVIDER "dashboardProviders.dashboardproviders\\.yaml."
#define FOLDER "observability"

static const struct values_row dashboards[] = {
    {PROVIDER "apiVersion", VALUES_PLAIN, "1", NULL},
    {PROVIDER "providers[0].name", VALUES_STRING, FOLDER, NULL},
    {PROVIDER "providers[0].orgId", VALUES_PLAIN, "1", NULL},
    {PROVIDER "providers[0].folder", VALUES_STRING, "Observability", NULL},
    {PROVIDER "providers[0].type", VALUES_STRING, "file", NULL},
    {PROVIDER "providers[0].disableDeletion", VALUES_PLAIN, "true", NULL},
    {PROVIDER "providers[0].allowUiUpdates", VALUES_PLAIN, "false",
     "what is edited in Grafana would be lost at the next change of the ConfigMap; save a copy"},
    {PROVIDER "providers[0].updateIntervalSeconds", VALUES_PLAIN, "60", NULL},
    {PROVIDER "providers[0].options.path", VALUES_STRING, "/var/lib/grafana/dashboards/" FOLDER,
     NULL},
    {"dashboardsConfigMaps." FOLDER, VALUES_STRING, STACK_DASHBOARDS_CONFIG_MAP,
     "manifests/observability-dashboards.yaml, mounted; the sidecar that collects ConfigMaps would "
     "need 80 MiB that are in no plan"},
};

static const struct values_row sources[] = {
    {SOURCES "apiVersion", VALUES_PLAIN, "1", NULL},
    {LOKI_SOURCE "name", VALUES_STRING, "Loki", NULL},
    {LOKI_SOURCE "uid", VALUES_STRING, STACK_LOKI_UID, NULL},
    {LOKI_SOURCE "type", VALUES_STRING, "loki", NULL},
    {LOKI_SOURCE "access", VALUES_STRING, "proxy", NULL},
    {LOKI_SOURCE "url", VALUES_STRING, STACK_LOKI_URL, NULL},
    {LOKI_SOURCE "isDefault", VALUES_PLAIN, "true", NULL},
    {LOKI_SOURCE "editable", VALUES_PLAIN, "false", NULL},
    {LOKI_SOURCE "jsonData.maxLines", VALUES_PLAIN, "1000", NULL},
    {LOKI_SOURCE "jsonData.timeout", VALUES_PLAIN, "60", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[0].name", VALUES_STRING, "trace_id",
     "a trace id in a log line becomes a link to the trace"},
    {LOKI_SOURCE "jsonData.derivedFields[0].matcherType", VALUES_STRING, "regex", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[0].matcherRegex", VALUES_STRING,
     "(?:trace_id|traceID|traceId|trace\\.id)[\"']?\\s*[=:]\\s*[\"']?([0-9a-fA-F]{32})", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[0].url", VALUES_STRING, TRACE_VALUE, NULL},
    {LOKI_SOURCE "jsonData.derivedFields[0].urlDisplayLabel", VALUES_STRING, "View trace", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[0].datasourceUid", VALUES_STRING, STACK_TEMPO_UID, NULL},
    {LOKI_SOURCE "jsonData.derivedFields[1].name", VALUES_STRING, "trace_id (metadata)",
     "the same for a trace id that came as structured metadata"},
    {LOKI_SOURCE "jsonData.derivedFields[1].matcherType", VALUES_STRING, "label", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[1].matcherRegex", VALUES_STRING, "trace_id", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[1].url", VALUES_STRING, TRACE_VALUE, NULL},
    {LOKI_SOURCE "jsonData.derivedFields[1].urlDisplayLabel", VALUES_STRING, "View trace", NULL},
    {LOKI_SOURCE "jsonData.derivedFields[1].datasourceUid", VALUES_STRING, STACK_TEMPO_UID, NULL},
    {TEMPO_SOURCE "name", VALUES_STRING, "Tempo", NULL},
    {TEMPO_SOURCE "uid", VALUES_STRING, STACK_TEMPO_UID, NULL},
    {TEMPO_SOURCE "type", VALUES_STRING, "tempo", NULL},
    {TEMPO_SOURCE "access", VALUES_STRING, "proxy", NULL},
    {TEMPO_SOURCE "editable", VALUES_PLAIN, "false", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.datasourceUid", VALUES_STRING, STACK_LOKI_UID,
     "each span has a link to its service's logs around that time"},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.spanStartTimeShift", VALUES_STRING, "-5m", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.spanEndTimeShift", VALUES_STRING, "5m", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.filterByTraceID", VALUES_PLAIN, "true", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.filterBySpanID", VALUES_PLAIN, "false", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.customQuery", VALUES_PLAIN, "false", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.tags[0].key", VALUES_STRING, "service.name", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.tags[0].value", VALUES_STRING, "app",
     "the label that the log agent takes from app.kubernetes.io/name"},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.tags[1].key", VALUES_STRING, "k8s.namespace.name", NULL},
    {TEMPO_SOURCE "jsonData.tracesToLogsV2.tags[1].value", VALUES_STRING, "namespace", NULL},
    {TEMPO_SOURCE "jsonData.nodeGraph.enabled", VALUES_PLAIN, "true", NULL},
    {TEMPO_SOURCE "jsonData.traceQuery.timeShiftEnabled", VALUES_PLAIN, "true",
     "a trace is looked up in the hours around its log line, not in every block"},
    {TEMPO_SOURCE "jsonData.traceQuery.spanStartTimeShift", VALUES_STRING, "-1h", NULL},
    {TEMPO_SOURCE "jsonData.traceQuery.spanEndTimeShift", VALUES_STRING, "1h", NULL},
};

/** Tempo listens where its chart says. */
static void set_tempo_url(struct values *values) {
    struct chart_pin pin;
    char url[64];
    if (values->status == STATUS_OK)
        values->status = chart_keys_pin(values->profile, CHART_TEMPO, &pin, values->diagnostics);
    if (values->status != STATUS_OK)
        return;
    snprintf(url, sizeof url, "http://" STACK_TEMPO_NAME ":%u", pin.port);
    values_string(values, TEMPO_SOURCE "url", url);
}

void values_grafana(struct values *values, const struct scenario *scenario,
                    const struct plan_outcome *outcome) {
    values_remark(values,
                  "Password   simulate deploy makes the secret. By hand, without a trace of it:");
    values_remark(values, "             openssl rand -base64 24 | tr -d '\\n' |");
    values_remark(values, "             kubectl -n " STACK_NAMESPACE
                          " create secret generic " STACK_ADMIN_SECRET);
    values_remark(values, "               --from-literal=" STACK_ADMIN_USER_KEY "=admin "
                          "--from-file=" STACK_ADMIN_PASSWORD_KEY "=/dev/stdin");
    values_rows(values, rows, sizeof rows / sizeof *rows);
    (void)values_common_affinity(values, "affinity", &outcome->plan, COMPONENT_GRAFANA);
    values_common_resources(values, "resources", outcome, COMPONENT_GRAFANA);
    values_common_volume(values, "persistence.size", outcome, COMPONENT_GRAFANA);
    values_rows(values, sources, sizeof sources / sizeof *sources);
    set_tempo_url(values);
    values_rows(values, dashboards, sizeof dashboards / sizeof *dashboards);
    alert_rules(values, scenario, outcome);
}
