#include "sim/base/units.h"
#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <math.h>
#include <stdio.h>

#define SEARCH "tempo.queryFrontend.search."

/** Tempo's own limits, which are only raised. */
static const double default_rate_limit_bytes = 15e6;
static const double default_live_traces = 10000;
static const double default_search_seconds = 7 * SECONDS_PER_DAY;
static const double default_ingesters_until_seconds = 30 * SECONDS_PER_MINUTE;

static const struct values_row rows[] = {
    {"fullnameOverride", VALUES_STRING, STACK_TEMPO_NAME,
     "Grafana and the collector look for the service " STACK_TEMPO_NAME},
    {"replicas", VALUES_PLAIN, "1", NULL},
    {"tempo.memBallastSizeMbs", VALUES_PLAIN, "0",
     "default 1024: counts as live heap, so GOMEMLIMIT below it collects all the time"},
    {"tempo.reportingEnabled", VALUES_PLAIN, "false", NULL},
    {"tempo.multitenancyEnabled", VALUES_PLAIN, "false", NULL},
    {"tempo.metricsGenerator.enabled", VALUES_PLAIN, "false",
     "it would store every span twice; searches do not need it"},
    {"tempo.livenessProbe.failureThreshold", VALUES_PLAIN, "30",
     "default 3: replaying a long write-ahead log takes more than a minute, and the probe would "
     "kill the pod again and again"},
    {"tempo.ingester.complete_block_timeout", VALUES_STRING, "15m",
     "not below query_backend_after, or recent traces vanish from searches"},
    {SEARCH "query_backend_after", VALUES_STRING, "15m", NULL},
    {"tempo.ingester.concurrent_flushes", VALUES_PLAIN, "2", "default 4"},
    {"tempo.querier.max_concurrent_queries", VALUES_PLAIN, "5", "default 20, for many cores"},
    {"tempo.queryFrontend.max_outstanding_per_tenant", VALUES_PLAIN, "500", "default 2000"},
    {SEARCH "concurrent_jobs", VALUES_PLAIN, "50",
     "default 1000: each job opens a block's columns in memory"},
    {"tempo.queryFrontend.trace_by_id.query_shards", VALUES_PLAIN, "10", "default 50"},
    {"tempo.storage.trace.pool.max_workers", VALUES_PLAIN, "50", "default 400"},
    {"tempo.receivers.jaeger.protocols.grpc", VALUES_NULL, NULL,
     "only OTLP is received; the map stays, because the chart's port template reads it"},
    {"tempo.receivers.jaeger.protocols.thrift_binary", VALUES_NULL, NULL, NULL},
    {"tempo.receivers.jaeger.protocols.thrift_compact", VALUES_NULL, NULL, NULL},
    {"tempo.receivers.jaeger.protocols.thrift_http", VALUES_NULL, NULL, NULL},
    {"tempo.securityContext.allowPrivilegeEscalation", VALUES_PLAIN, "false", NULL},
    {"tempo.securityContext.readOnlyRootFilesystem", VALUES_PLAIN, "true", NULL},
    {"tempo.securityContext.capabilities.drop[0]", VALUES_STRING, "ALL", NULL},
    {"tempo.securityContext.seccompProfile.type", VALUES_STRING, "RuntimeDefault", NULL},
    {"serviceAccount.automountServiceAccountToken", VALUES_PLAIN, "false",
     "Tempo does not talk to the Kubernetes API"},
    {"persistence.enabled", VALUES_PLAIN, "true",
     "default false: traces on the container's own file system"},
    {"persistence.enableStatefulSetAutoDeletePVC", VALUES_PLAIN, "false", NULL},
    {"persistence.storageClassName", VALUES_STRING, STACK_STORAGE_CLASS,
     "manifests/storageclass-gp3.yaml; EKS brings no gp3 class"},
};

static void set_blocks(struct values *values, const struct plan_outcome *outcome) {
    const struct tempo_settings *settings = &outcome->plan.tempo;
    char memory[160];
    values_common_memory_figure(memory, sizeof memory, &outcome->components[COMPONENT_TEMPO]);
    values_common_set_duration(values, "tempo.ingester.max_block_duration",
                               settings->max_block_duration_seconds);
    values_tuned(values, "tempo.ingester.max_block_duration",
                 "building a block is Tempo's worst moment: %s", memory);
    values_integer(values, "tempo.ingester.max_block_bytes", settings->max_block_bytes);
    values_tuned(values, "tempo.ingester.max_block_bytes", "as simulated: %s", memory);
    values_common_set_duration(values, "tempo.ingester.trace_idle_period",
                               settings->trace_idle_period_seconds);
    values_common_set_duration(values, "tempo.ingester.flush_check_period",
                               settings->flush_check_period_seconds);
    values_integer(values, "tempo.storage.trace.block.parquet_row_group_size_bytes",
                   settings->parquet_row_group_size_bytes);
    values_tuned(values, "tempo.storage.trace.block.parquet_row_group_size_bytes",
                 "as simulated: %s", memory);
}

static void set_retention(struct values *values, const struct plan_outcome *outcome) {
    const struct plan *plan = &outcome->plan;
    values_common_set_duration(values, "tempo.retention", plan->tempo_retention_seconds);
    values_tuned(values, "tempo.retention", "disk use P95 %.1f GiB of a volume of %.0f GiB",
                 outcome->components[COMPONENT_TEMPO].disk_gib.p95,
                 plan->resources[COMPONENT_TEMPO].volume_bytes / GIB);
    values_common_set_duration(values, SEARCH "max_duration",
                               fmax(plan->tempo_retention_seconds, default_search_seconds));
    values_common_set_duration(
        values, SEARCH "query_ingesters_until",
        fmax(plan->tempo.max_block_duration_seconds, default_ingesters_until_seconds));
}

/** Times its mean that the load may reach: the busiest hour, the horizon's growth, a bad incident.
 */
static double peak_factor(const struct scenario *scenario) {
    const struct scenario_workload *workload = &scenario->workload;
    double months = scenario->simulation.horizon_seconds / SECONDS_PER_MONTH;
    double growth = pow(1 + fmax(workload->profile.growth_fraction_per_month, 0), months);
    double incident = workload->incidents.per_month > 0 ? workload->incidents.magnitude.p95 : 1;
    return values_common_busiest_hour(scenario) * growth * fmax(incident, 1);
}

/** What the chart calls the limits of every tenant; the other name renders and changes nothing. */
static const char *overrides_key(const struct values *values) {
    return values->profile == CHART_PROFILE_BRIEF ? "global_overrides" : "overrides";
}

/** Set a limit; its whole path is put into `path`. */
static void set_ingestion(struct values *values, const char *key, double number,
                          char path[CHART_KEYS_PATH_MAX]) {
    snprintf(path, CHART_KEYS_PATH_MAX, "tempo.%s.defaults.ingestion.%s", overrides_key(values),
             key);
    values_integer(values, path, number);
}

/** The simulation knows no limit on spans, so the emitted ones must lie above what it lets in. */
static void set_ingestion_limits(struct values *values, const struct scenario *scenario,
                                 const struct plan *plan) {
    const double margin = 2;
    double factor = margin * peak_factor(scenario);
    double bytes = ceil(factor * scenario_span_bytes_per_second(scenario));
    double lifetime =
        plan->tempo.trace_idle_period_seconds + plan->tempo.flush_check_period_seconds;
    double live = ceil(factor * scenario_traces_per_second(scenario) * lifetime);
    double rate_limit = fmax(bytes, default_rate_limit_bytes);
    char path[CHART_KEYS_PATH_MAX];
    set_ingestion(values, "rate_limit_bytes", rate_limit, path);
    values_tuned(values, path, "the worst expected moment brings %.0f bytes of spans a second",
                 bytes / margin);
    set_ingestion(values, "burst_size_bytes", ceil(rate_limit * 4 / 3), path);
    set_ingestion(values, "max_traces_per_user", fmax(live, default_live_traces), path);
    values_tuned(values, path, "the worst expected moment keeps %.0f traces open", live / margin);
}

static void set_environment(struct values *values, const struct plan_outcome *outcome) {
    const struct tempo_settings *settings = &outcome->plan.tempo;
    char percent[VALUES_COMMON_BYTES];
    size_t count = values_common_memory_goal(values, "tempo.extraEnv", 0,
                                             settings->memory_goal_bytes, outcome, COMPONENT_TEMPO);
    if (settings->gogc != 100) {
        snprintf(percent, sizeof percent, "%.0f", settings->gogc);
        values_common_environment(values, "tempo.extraEnv", count++, "GOGC", percent);
    }
    values_common_trace_memory(values, "tempo.extraEnv", count);
}

/** A block of tempo.yaml that the chart's own value fills. */
struct config_block {
    const char *block, *value;
};

static const struct config_block config_blocks[] = {
    {"server", "server"},
    {"ingester", "ingester"},
    {"storage", "storage"},
    {"querier", "querier"},
    {"query_frontend", "queryFrontend"},
};

static void check_config(struct values *values, const char *path) {
    if (values->status == STATUS_OK)
        values->status = chart_keys_check_config(values->profile, values->chart, path,
                                                 CHART_VALUE_SCALAR, values->diagnostics);
}

/** Add `key: duration` to the compactor's block. */
static void add_compaction(struct values *values, struct text *text, const char *key,
                           const char *value) {
    char path[CHART_KEYS_PATH_MAX];
    snprintf(path, sizeof path, "compactor.compaction.%s", key);
    check_config(values, path);
    text_print(text, "    %s: %s\n", key, value);
}

/** The chart has no key for the compactor, and its own text would start Jaeger receivers; so the
 *  whole of tempo.yaml is given, as a template that still reads the chart's values. */
static void print_config(struct values *values, const struct tempo_settings *settings,
                         struct text *text) {
    char value[VALUES_COMMON_BYTES];
    text_add(text, "memberlist:\n"
                   "  cluster_label: \"{{ .Release.Name }}.{{ .Release.Namespace }}\"\n"
                   "multitenancy_enabled: {{ .Values.tempo.multitenancyEnabled }}\n"
                   "usage_report:\n"
                   "  reporting_enabled: {{ .Values.tempo.reportingEnabled }}\n"
                   "compactor:\n"
                   "  compaction:\n");
    add_compaction(values, text, "block_retention", "{{ .Values.tempo.retention }}");
    add_compaction(
        values, text, "compacted_block_retention",
        values_common_duration(value, sizeof value, settings->compacted_block_retention_seconds));
    add_compaction(
        values, text, "compaction_window",
        values_common_duration(value, sizeof value, settings->compaction_window_seconds));
    add_compaction(values, text, "retention_concurrency", "2");
    text_add(text, "distributor:\n"
                   "  receivers:\n"
                   "    otlp:\n"
                   "      {{- toYaml .Values.tempo.receivers.otlp | nindent 6 }}\n");
    for (size_t i = 0; i < sizeof config_blocks / sizeof *config_blocks; i++)
        text_print(text, "%s:\n  {{- toYaml .Values.tempo.%s | nindent 2 }}\n",
                   config_blocks[i].block, config_blocks[i].value);
    text_print(text, "overrides:\n  {{- toYaml .Values.tempo.%s | nindent 2 }}\n",
               overrides_key(values));
}

static void set_config(struct values *values, const struct plan_outcome *outcome) {
    struct text text;
    text_init(&text);
    print_config(values, &outcome->plan.tempo, &text);
    if (text_failed(&text))
        values_fail(values, "config", "memory is out");
    else
        values_string(values, "config", text.data);
    text_fini(&text);
    values_tuned(values, "config",
                 "compacted_block_retention and compaction_window as simulated; the chart has no "
                 "key for them");
}

void values_tempo(struct values *values, const struct scenario *scenario,
                  const struct plan_outcome *outcome) {
    values_common_remark_resize(values, STACK_TEMPO_NAME);
    values_rows(values, rows, sizeof rows / sizeof *rows);
    (void)values_common_affinity(values, "affinity", &outcome->plan, COMPONENT_TEMPO);
    values_common_resources(values, "tempo.resources", outcome, COMPONENT_TEMPO);
    set_environment(values, outcome);
    values_common_volume(values, "persistence.size", outcome, COMPONENT_TEMPO);
    set_retention(values, outcome);
    set_blocks(values, outcome);
    set_ingestion_limits(values, scenario, &outcome->plan);
    set_config(values, outcome);
}
