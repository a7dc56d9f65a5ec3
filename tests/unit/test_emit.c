#include "sim/base/units.h"
#include "stack/emit.h"
#include "stack/manifests.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/golden.h"
#include "tests/unit/values_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/** One thing that must stand in a values file. */
struct expected {
    const char *path, *scalar;
};

static void expect_all(enum helm_chart chart, const struct plan_outcome *outcome,
                       const struct expected *expected, size_t count) {
    struct values_file file;
    values_file_emit(&file, chart, shared_result->scenario, outcome);
    for (size_t i = 0; i < count; i++)
        values_file_expect(&file, expected[i].path, expected[i].scalar);
    values_file_fini(&file);
}

#define EXPECT_ALL(chart, outcome, expected)                                                       \
    expect_all(chart, outcome, expected, sizeof expected / sizeof *expected)

/* The plan's figures, hand-worked: 2 cores, 2048 MiB and 10 GiB as Kubernetes writes them; 7 days
 * are 168 h; 4 MiB/s are 4 "mb" with twice that as burst; 3/8 of 2048 MiB are 768 MiB; 1/32 and
 * 1/64 of them 64 and 32. */
static void loki_gets_what_the_plan_says(void **state) {
    (void)state;
    static const struct expected expected[] = {
        {"singleBinary.resources.requests.cpu", "500m"},
        {"singleBinary.resources.requests.memory", "512Mi"},
        {"singleBinary.resources.limits.cpu", "2"},
        {"singleBinary.resources.limits.memory", "2Gi"},
        {"singleBinary.persistence.size", "10Gi"},
        {"singleBinary.extraEnv[0].name", "GOMEMLIMIT"},
        {"singleBinary.extraEnv[0].value", "1843MiB"},
        {"singleBinary.extraEnv[1].name", "GODEBUG"},
        {"singleBinary.extraEnv[1].value", "gctrace=1"},
        {"singleBinary.extraEnv[2]", NULL},
        {"loki.ingester.chunk_encoding", "snappy"},
        {"loki.ingester.max_chunk_age", "2h"},
        {"loki.ingester.chunk_idle_period", "30m"},
        {"loki.ingester.chunk_target_size", "1572864"},
        {"loki.ingester.chunk_block_size", "262144"},
        {"loki.ingester.wal.checkpoint_duration", "5m"},
        {"loki.ingester.wal.replay_memory_ceiling", "768MB"},
        {"loki.limits_config.retention_period", "168h"},
        {"loki.limits_config.reject_old_samples_max_age", "168h"},
        {"loki.limits_config.max_query_lookback", "168h"},
        {"loki.limits_config.max_query_length", "169h"},
        {"loki.limits_config.ingestion_rate_mb", "4"},
        {"loki.limits_config.ingestion_burst_size_mb", "8"},
        {"loki.limits_config.per_stream_rate_limit", "4MB"},
        {"loki.limits_config.per_stream_rate_limit_burst", "20MB"},
        {"loki.limits_config.max_global_streams_per_user", "5000"},
        {"loki.structuredConfig.chunk_store_config.chunk_cache_config.embedded_cache.max_size_mb",
         "64"},
        {"loki.query_range.results_cache.cache.embedded_cache.max_size_mb", "32"},
    };
    EXPECT_ALL(CHART_LOKI, shared_result->as_written, expected);
}

/* What the chart's own defaults break on a small node; each line is a fact about the chart. */
static void loki_avoids_the_traps_of_its_chart(void **state) {
    (void)state;
    static const struct expected expected[] = {
        {"deploymentMode", "SingleBinary"},
        {"loki.auth_enabled", "false"},
        {"loki.commonConfig.replication_factor", "1"},
        {"loki.storage.type", "filesystem"},
        {"loki.schemaConfig.configs[0].from", "2024-04-01"},
        {"loki.schemaConfig.configs[0].index.period", "24h"},
        {"loki.compactor.retention_enabled", "true"},
        {"loki.compactor.delete_request_store", "filesystem"},
        {"singleBinary.replicas", "1"},
        {"read.replicas", "0"},
        {"write.replicas", "0"},
        {"backend.replicas", "0"},
        {"singleBinary.affinity", "null"},
        {"singleBinary.persistence.enableStatefulSetAutoDeletePVC", "false"},
        {"singleBinary.persistence.storageClass", "gp3"},
        {"chunksCache.enabled", "false"},
        {"resultsCache.enabled", "false"},
        {"gateway.enabled", "false"},
        {"lokiCanary.enabled", "false"},
        {"test.enabled", "false"},
        {"sidecar.rules.enabled", "false"},
        {"ruler.enabled", "false"},
        {"minio.enabled", "false"},
        {"serviceAccount.automountServiceAccountToken", "false"},
    };
    struct values_file file;
    EXPECT_ALL(CHART_LOKI, shared_result->as_written, expected);
    values_file_emit(&file, CHART_LOKI, shared_result->scenario, shared_result->as_written);
    /* A date without quotes would reach the chart as a time stamp, null with quotes as a string. */
    assert_true(values_file_node(&file, "loki.schemaConfig.configs[0].from")->quoted);
    assert_false(values_file_node(&file, "singleBinary.affinity")->quoted);
    assert_false(values_file_node(&file, "read.replicas")->quoted);
    assert_true(values_file_node(&file, "singleBinary.resources.limits.cpu")->quoted);
    values_file_fini(&file);
}

static void tempo_gets_what_the_plan_says(void **state) {
    (void)state;
    static const struct expected expected[] = {
        {"tempo.resources.requests.cpu", "250m"},
        {"tempo.resources.requests.memory", "256Mi"},
        {"tempo.resources.limits.cpu", "1"},
        {"tempo.resources.limits.memory", "1Gi"},
        {"tempo.extraEnv[0].name", "GOMEMLIMIT"},
        {"tempo.extraEnv[0].value", "921MiB"},
        {"tempo.extraEnv[1].name", "GODEBUG"},
        {"tempo.extraEnv[2]", NULL},
        {"tempo.retention", "168h"},
        {"persistence.size", "5Gi"},
        {"persistence.enabled", "true"},
        {"persistence.storageClassName", "gp3"},
        {"persistence.enableStatefulSetAutoDeletePVC", "false"},
        {"tempo.ingester.max_block_duration", "30m"},
        {"tempo.ingester.max_block_bytes", "524288000"},
        {"tempo.ingester.trace_idle_period", "10s"},
        {"tempo.ingester.flush_check_period", "10s"},
        {"tempo.ingester.complete_block_timeout", "15m"},
        {"tempo.queryFrontend.search.query_backend_after", "15m"},
        {"tempo.queryFrontend.search.query_ingesters_until", "30m"},
        {"tempo.queryFrontend.search.max_duration", "168h"},
        {"tempo.storage.trace.block.parquet_row_group_size_bytes", "100000000"},
        {"tempo.memBallastSizeMbs", "0"},
        {"tempo.livenessProbe.failureThreshold", "30"},
        {"tempo.receivers.jaeger.protocols.grpc", "null"},
        {"tempo.receivers.jaeger.protocols.thrift_http", "null"},
        {"tempo.metricsGenerator.enabled", "false"},
        {"tempo.reportingEnabled", "false"},
    };
    EXPECT_ALL(CHART_TEMPO, shared_result->as_written, expected);
}

static void tempos_own_file_reads_the_charts_values(void **state) {
    (void)state;
    struct values_file file;
    values_file_emit(&file, CHART_TEMPO, shared_result->scenario, shared_result->as_written);
    const char *config = values_file_node(&file, "config")->scalar;
    static const char *const parts[] = {
        "    block_retention: {{ .Values.tempo.retention }}\n",
        "    compacted_block_retention: 1h\n",
        "    compaction_window: 1h\n",
        "  {{- toYaml .Values.tempo.global_overrides | nindent 2 }}\n",
        "  {{- toYaml .Values.tempo.queryFrontend | nindent 2 }}\n",
        "      {{- toYaml .Values.tempo.receivers.otlp | nindent 6 }}\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(config, parts[i]))
            fail_msg("not in config: %s", parts[i]);
    assert_null(strstr(config, "jaeger"));
    values_file_fini(&file);
}

/* The simulation knows no limit on spans: mean 4 x 15 x 10 % x 8 x 470 and 3 x 2 x 10 % x 6 x 470
 * and 0 are 24,252 bytes a second. The busiest hour weighs 1.85, a weekday beside a weekend at 40 %
 * 7 / 5.8, an incident 12, 30 of 30.4 days at 3 % a month 1.0296: 669 kB, far below Tempo's default
 * of 15 MB. With a thousand times the requests, 6.6 traces a second become 6,600, which 20 s, 1.85,
 * 7 / 5.8, 12 and 1.0296 make 3.64 million open traces; twice that is the limit. */
static void tempos_limits_lie_above_the_worst_moment(void **state) {
    (void)state;
    struct scenario scenario = *shared_result->scenario;
    struct scenario_service services[3];
    struct values_file file;
    values_file_emit(&file, CHART_TEMPO, &scenario, shared_result->as_written);
    values_file_expect(&file, "tempo.global_overrides.defaults.ingestion.rate_limit_bytes",
                       "15000000");
    values_file_expect(&file, "tempo.global_overrides.defaults.ingestion.max_traces_per_user",
                       "10000");
    values_file_fini(&file);
    memcpy(services, scenario.workload.services, sizeof services);
    for (size_t i = 0; i < 3; i++)
        services[i].requests_per_second *= 1000;
    scenario.workload.services = services;
    values_file_emit(&file, CHART_TEMPO, &scenario, shared_result->as_written);
    double traces, bytes, burst;
    const char *path = "tempo.global_overrides.defaults.ingestion.max_traces_per_user";
    assert_true(units_number(values_file_node(&file, path)->scalar, &traces));
    assert_true(units_number(
        values_file_node(&file, "tempo.global_overrides.defaults.ingestion.rate_limit_bytes")
            ->scalar,
        &bytes));
    assert_true(units_number(
        values_file_node(&file, "tempo.global_overrides.defaults.ingestion.burst_size_bytes")
            ->scalar,
        &burst));
    assert_true(traces > 7.28e6 && traces < 7.29e6);
    assert_true(bytes > 1.33e9 && bytes < 1.35e9);
    assert_true(burst > bytes);
    values_file_fini(&file);
}

static void grafana_links_logs_and_traces(void **state) {
    (void)state;
    static const struct expected expected[] = {
        {"resources.limits.memory", "512Mi"},
        {"persistence.size", "1Gi"},
        {"persistence.storageClassName", "gp3"},
        {"persistence.annotations.helm\\.sh/resource-policy", "keep"},
        {"deploymentStrategy.type", "Recreate"},
        {"admin.existingSecret", "grafana-admin"},
        {"grafana\\.ini.plugins.preinstall_disabled", "true"},
        {"datasources.datasources\\.yaml.datasources[0].type", "loki"},
        {"datasources.datasources\\.yaml.datasources[0].url", "http://loki:3100"},
        {"datasources.datasources\\.yaml.datasources[0].jsonData.derivedFields[0].datasourceUid",
         "tempo"},
        {"datasources.datasources\\.yaml.datasources[0].jsonData.derivedFields[0].url",
         "$${__value.raw}"},
        {"datasources.datasources\\.yaml.datasources[1].uid", "tempo"},
        {"datasources.datasources\\.yaml.datasources[1].url", "http://tempo:3100"},
        {"datasources.datasources\\.yaml.datasources[1].jsonData.tracesToLogsV2.datasourceUid",
         "loki"},
        {"dashboardsConfigMaps.observability", "grafana-dashboards"},
        {"dashboardProviders.dashboardproviders\\.yaml.providers[0].name", "observability"},
        {"dashboardProviders.dashboardproviders\\.yaml.providers[0].options.path",
         "/var/lib/grafana/dashboards/observability"},
        {"sidecar", NULL},
        {"adminPassword", NULL},
    };
    EXPECT_ALL(CHART_GRAFANA, shared_result->as_written, expected);
}

static void agents_send_to_loki(void **state) {
    (void)state;
    static const struct expected promtail[] = {
        {"resources.requests.cpu", "50m"},
        {"resources.limits.memory", "192Mi"},
        {"config.clients[0].url", "http://loki:3100/loki/api/v1/push"},
        {"config.clients[0].backoff_config.max_retries", "10"},
        {"config.snippets.pipelineStages[0].cri.max_partial_line_size", "262144"},
        {"config.snippets.pipelineStages[2].drop.older_than", "167h"},
        {"config.snippets.pipelineStages[3].labeldrop[0]", "filename"},
    };
    static const struct expected alloy[] = {
        {"alloy.resources.requests.memory", "64Mi"},
        {"alloy.resources.limits.cpu", "200m"},
        {"alloy.storagePath", "/var/lib/alloy/data"},
        {"controller.volumes.extra[0].hostPath.path", "/var/lib/alloy/data"},
        {"configReloader.enabled", "false"},
        {"resources", NULL},
        {"rbac.rules[0].resources[0]", "pods"},
        {"rbac.rules[1]", NULL},
    };
    struct values_file file;
    EXPECT_ALL(CHART_PROMTAIL, shared_result->as_written, promtail);
    EXPECT_ALL(CHART_ALLOY, shared_result->as_written, alloy);
    values_file_emit(&file, CHART_ALLOY, shared_result->scenario, shared_result->as_written);
    const char *config = values_file_node(&file, "alloy.configMap.content")->scalar;
    assert_non_null(strstr(config, "\"http://loki:3100/loki/api/v1/push\""));
    assert_non_null(strstr(config, "older_than          = \"167h\""));
    assert_non_null(strstr(config, "max_backoff_retries = 10"));
    values_file_fini(&file);
}

/* A quarter of 512 MiB over 512 spans of twice 470 bytes (all the fixture's spans): 278 batches. */
static void collector_forwards_traces_to_tempo(void **state) {
    (void)state;
    static const struct expected expected[] = {
        {"mode", "deployment"},
        {"image.repository", "otel/opentelemetry-collector-k8s"},
        {"resources.limits.memory", "512Mi"},
        {"useGOMEMLIMIT", "true"},
        {"config.exporters.otlp/tempo.endpoint", "tempo:4317"},
        {"config.exporters.otlp/tempo.sending_queue.queue_size", "278"},
        {"config.receivers.jaeger", "null"},
        {"config.receivers.zipkin", "null"},
        {"config.receivers.prometheus", "null"},
        {"config.exporters.debug", "null"},
        {"config.service.pipelines.metrics", "null"},
        {"config.service.pipelines.logs", "null"},
        {"config.service.pipelines.traces.receivers[0]", "otlp"},
        {"config.service.pipelines.traces.receivers[1]", NULL},
        {"ports.zipkin.enabled", "false"},
    };
    EXPECT_ALL(CHART_COLLECTOR, shared_result->as_written, expected);
}

/** Only where the plan leaves traces out is there a sampler, between limiter and batch. */
static void dropped_traces_are_sampled(void **state) {
    (void)state;
    static const struct expected all[] = {
        {"config.processors.probabilistic_sampler", NULL},
        {"config.service.pipelines.traces.processors[0]", "memory_limiter"},
        {"config.service.pipelines.traces.processors[1]", "batch"},
        {"config.service.pipelines.traces.processors[2]", NULL},
    };
    static const struct expected quarter[] = {
        {"config.processors.probabilistic_sampler.sampling_percentage", "25"},
        {"config.service.pipelines.traces.processors[1]", "probabilistic_sampler"},
        {"config.service.pipelines.traces.processors[2]", "batch"},
    };
    struct plan_outcome outcome = *shared_result->as_written;
    EXPECT_ALL(CHART_COLLECTOR, &outcome, all);
    outcome.plan.traces_dropped = 0.75;
    EXPECT_ALL(CHART_COLLECTOR, &outcome, quarter);
}

#define REQUIRED "requiredDuringSchedulingIgnoredDuringExecution"
#define NAME_LABEL ".labelSelector.matchLabels.app\\.kubernetes\\.io/name"

/** Loki alone; Tempo and the others together: Grafana and the collector follow Tempo. */
static void affinities_bind_pods_as_planned(void **state) {
    (void)state;
    static const struct expected loki[] = {
        {"singleBinary.affinity.podAntiAffinity." REQUIRED "[0]" NAME_LABEL, "tempo"},
        {"singleBinary.affinity.podAntiAffinity." REQUIRED "[0].topologyKey",
         "kubernetes.io/hostname"},
        {"singleBinary.affinity.podAntiAffinity." REQUIRED "[2]" NAME_LABEL,
         "opentelemetry-collector"},
        {"singleBinary.affinity.podAffinity", NULL},
    };
    static const struct expected tempo[] = {
        {"affinity.podAntiAffinity." REQUIRED "[0]" NAME_LABEL, "loki"},
        {"affinity.podAntiAffinity." REQUIRED "[1]", NULL},
        {"affinity.podAffinity", NULL},
    };
    static const struct expected grafana[] = {
        {"affinity.podAffinity." REQUIRED "[0]" NAME_LABEL, "tempo"},
        {"affinity.podAntiAffinity." REQUIRED "[0]" NAME_LABEL, "loki"},
    };
    static const struct expected free[] = {{"affinity", NULL}};
    struct plan_outcome outcome = *shared_result->as_written;
    EXPECT_ALL(CHART_GRAFANA, &outcome, free);
    outcome.plan.split = (struct plan_split){true, {0, 1, 1, 1}};
    EXPECT_ALL(CHART_LOKI, &outcome, loki);
    EXPECT_ALL(CHART_TEMPO, &outcome, tempo);
    EXPECT_ALL(CHART_GRAFANA, &outcome, grafana);
    EXPECT_ALL(CHART_COLLECTOR, &outcome, grafana);
}

static void without_a_memory_goal_there_is_no_gomemlimit(void **state) {
    (void)state;
    static const struct expected loki[] = {{"singleBinary.extraEnv[0].name", "GODEBUG"},
                                           {"singleBinary.extraEnv[1]", NULL}};
    static const struct expected tempo[] = {{"tempo.extraEnv[0].name", "GOGC"},
                                            {"tempo.extraEnv[0].value", "50"},
                                            {"tempo.extraEnv[1].name", "GODEBUG"},
                                            {"tempo.extraEnv[2]", NULL}};
    struct plan_outcome outcome = *shared_result->as_written;
    outcome.plan.loki.memory_goal_bytes = 0;
    outcome.plan.tempo.memory_goal_bytes = 0;
    outcome.plan.tempo.gogc = 50;
    EXPECT_ALL(CHART_LOKI, &outcome, loki);
    EXPECT_ALL(CHART_TEMPO, &outcome, tempo);
}

static void another_plan_gives_other_values(void **state) {
    (void)state;
    static const struct expected loki[] = {
        {"loki.ingester.chunk_encoding", "gzip"},
        {"loki.ingester.max_chunk_age", "1h30m"},
        {"loki.ingester.chunk_idle_period", "1m30s"},
        {"singleBinary.resources.limits.memory", "1792Mi"},
        {"singleBinary.persistence.size", "9Gi"},
        {"loki.ingester.wal.replay_memory_ceiling", "672MB"},
        {"loki.limits_config.retention_period", "720h"},
        {"loki.limits_config.reject_old_samples_max_age", "168h"},
        {"loki.limits_config.max_query_lookback", "720h"},
        {"loki.limits_config.ingestion_rate_mb", "1.5"},
        {"loki.limits_config.ingestion_burst_size_mb", "6"},
        {"loki.limits_config.per_stream_rate_limit", "3MB"},
        {"loki.limits_config.max_global_streams_per_user", "1500000"},
    };
    static const struct expected tempo[] = {
        {"tempo.retention", "36h"},
        {"tempo.queryFrontend.search.max_duration", "168h"},
        {"tempo.queryFrontend.search.query_ingesters_until", "1h"},
        {"tempo.ingester.max_block_duration", "1h"},
        {"tempo.ingester.trace_idle_period", "2500ms"},
    };
    struct plan_outcome outcome = *shared_result->best;
    outcome.plan.loki.max_chunk_age_seconds = 5400;
    outcome.plan.loki.chunk_idle_period_seconds = 90;
    outcome.plan.loki_retention_seconds = 30 * SECONDS_PER_DAY;
    outcome.plan.ingestion_rate_bytes_per_second = 1.5 * MIB;
    outcome.plan.max_streams = 1.5e6;
    outcome.plan.tempo_retention_seconds = 36 * SECONDS_PER_HOUR;
    outcome.plan.tempo.max_block_duration_seconds = 3600;
    outcome.plan.tempo.trace_idle_period_seconds = 2.5;
    EXPECT_ALL(CHART_LOKI, &outcome, loki);
    EXPECT_ALL(CHART_TEMPO, &outcome, tempo);
}

static void a_day_of_retention_bounds_what_is_accepted(void **state) {
    (void)state;
    static const struct expected loki[] = {
        {"loki.limits_config.reject_old_samples_max_age", "24h"}};
    static const struct expected promtail[] = {
        {"config.snippets.pipelineStages[2].drop.older_than", "23h"}};
    struct plan_outcome outcome = *shared_result->as_written;
    outcome.plan.loki_retention_seconds = SECONDS_PER_DAY;
    EXPECT_ALL(CHART_LOKI, &outcome, loki);
    EXPECT_ALL(CHART_PROMTAIL, &outcome, promtail);
}

static void no_limit_means_none_is_written(void **state) {
    (void)state;
    static const struct expected loki[] = {
        {"singleBinary.resources.limits", NULL},
        {"singleBinary.resources.requests.cpu", "500m"},
        {"loki.ingester.wal.replay_memory_ceiling", NULL},
    };
    struct plan_outcome outcome = *shared_result->as_written;
    outcome.plan.resources[COMPONENT_LOKI].limit_cores = 0;
    outcome.plan.resources[COMPONENT_LOKI].limit_bytes = 0;
    EXPECT_ALL(CHART_LOKI, &outcome, loki);
}

struct chart_of_profile {
    enum chart_profile profile;
    enum helm_chart chart;
};

/** For values_file_walk(): every path is known to the chart that `context` points to. */
static void is_known(const char *path, const struct yaml_node *node, void *context) {
    const struct chart_of_profile *chart = context;
    struct diagnostics diagnostics;
    enum chart_value value = CHART_VALUE_SCALAR;
    diagnostics_init(&diagnostics);
    if (node->kind != YAML_KIND_SCALAR)
        value = CHART_VALUE_EMPTY;
    else if (!node->quoted && strcmp(node->scalar, "null") == 0)
        value = CHART_VALUE_NULL;
    if (chart_keys_check(chart->profile, chart->chart, path, value, &diagnostics) != STATUS_OK)
        fail_msg("%s", diagnostics.items[0].message);
}

/** Integers of a million and more must not come as 1e+06, in either notation. */
static void is_not_exponential(const char *path, const struct yaml_node *node, void *context) {
    double number;
    (void)context;
    if (node->scalar && !node->quoted && units_number(node->scalar, &number) &&
        strpbrk(node->scalar, "eE"))
        fail_msg("%s is %s", path, node->scalar);
}

static void expect_known_keys(struct chart_of_profile chart, const struct plan_outcome *outcome) {
    struct scenario scenario = *shared_result->scenario;
    struct values_file file;
    scenario.stack.chart_profile = chart.profile;
    values_file_emit(&file, chart.chart, &scenario, outcome);
    values_file_walk(&file, is_known, &chart);
    values_file_walk(&file, is_not_exponential, NULL);
    values_file_fini(&file);
}

static void every_file_holds_only_keys_its_chart_knows(void **state) {
    (void)state;
    for (int p = 0; p < CHART_PROFILE_COUNT; p++)
        for (int c = 0; c < CHART_COUNT; c++) {
            struct chart_of_profile chart = {(enum chart_profile)p, (enum helm_chart)c};
            if (p == CHART_PROFILE_SUCCESSOR && c == CHART_PROMTAIL)
                continue;
            expect_known_keys(chart, shared_result->as_written);
            expect_known_keys(chart, shared_result->best);
        }
}

/* The newer chart's name for Tempo's limits, and its port: the older ones would render and change
 * nothing. */
static void the_successor_takes_its_own_names(void **state) {
    (void)state;
    static const struct expected tempo[] = {
        {"tempo.overrides.defaults.ingestion.max_traces_per_user", "10000"},
        {"tempo.global_overrides", NULL},
    };
    static const struct expected grafana[] = {
        {"datasources.datasources\\.yaml.datasources[0].url", "http://loki:3100"},
        {"datasources.datasources\\.yaml.datasources[1].url", "http://tempo:3200"},
    };
    static const struct expected loki[] = {
        {"defaults.goSettings.goMemLimitFactor", "0"},
        {"defaults.goSettings.gogc", "0"},
    };
    struct scenario *scenario = (struct scenario *)shared_result->scenario;
    struct values_file file;
    scenario->stack.chart_profile = CHART_PROFILE_SUCCESSOR;
    EXPECT_ALL(CHART_LOKI, shared_result->as_written, loki);
    EXPECT_ALL(CHART_TEMPO, shared_result->as_written, tempo);
    EXPECT_ALL(CHART_GRAFANA, shared_result->as_written, grafana);
    values_file_emit(&file, CHART_TEMPO, scenario, shared_result->as_written);
    assert_non_null(strstr(values_file_node(&file, "config")->scalar,
                           "{{- toYaml .Values.tempo.overrides | nindent 2 }}"));
    assert_non_null(strstr(file.text.data, "grafana-community/tempo --version 2.2.4"));
    values_file_fini(&file);
    scenario->stack.chart_profile = CHART_PROFILE_BRIEF;
}

static void the_header_says_what_and_why(void **state) {
    (void)state;
    static const struct {
        enum helm_chart chart;
        const char *line;
    } lines[] = {
        {CHART_LOKI, "# Chart      loki 6.30.0 (application 3.5.0) from "
                     "https://grafana.github.io/helm-charts\n"},
        {CHART_LOKI, "helm upgrade --install loki grafana/loki --version 6.30.0\n"},
        {CHART_LOKI, "#   singleBinary.resources.limits.memory: 2Gi\n"
                     "#       peak P95 1.4 GiB; chance of a kill 0.2% (0.1% to 0.3%)\n"},
        {CHART_LOKI, "#   loki.limits_config.max_global_streams_per_user: 5000\n"
                     "#       16 streams at the same time"},
        {CHART_TEMPO, "#   tempo.resources.limits.memory: 1Gi\n"
                      "#       peak P95 1.3 GiB; chance of a kill 94.1% (93.6% to 94.6%)\n"},
        {CHART_TEMPO, "(10000 replicas of 30d)"},
        {CHART_PROMTAIL, "Promtail itself reached its end of life on 2026-03-02"},
        {CHART_GRAFANA, "create secret generic grafana-admin"},
        {CHART_COLLECTOR, "https://open-telemetry.github.io/opentelemetry-helm-charts"},
        {CHART_ALLOY, "# Helm values of Alloy for the scenario prod, plan: as written.\n"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct values_file file;
        values_file_emit(&file, lines[i].chart, shared_result->scenario, shared_result->as_written);
        if (!strstr(file.text.data, lines[i].line))
            fail_msg("not in the values of chart %d: %s", lines[i].chart, lines[i].line);
        values_file_fini(&file);
    }
}

static void files_are_as_they_were(void **state) {
    (void)state;
    static const struct {
        enum helm_chart chart;
        const char *name;
    } files[] = {
        {CHART_LOKI, "values/loki.yaml"},
        {CHART_TEMPO, "values/tempo.yaml"},
        {CHART_GRAFANA, "values/grafana.yaml"},
        {CHART_PROMTAIL, "values/promtail.yaml"},
        {CHART_ALLOY, "values/alloy.yaml"},
        {CHART_COLLECTOR, "values/opentelemetry-collector.yaml"},
    };
    struct diagnostics diagnostics;
    struct text text;
    diagnostics_init(&diagnostics);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        text_init(&text);
        assert_int_equal(emit_values(files[i].chart, shared_result->scenario, shared_result->best,
                                     &text, &diagnostics),
                         STATUS_OK);
        assert_golden(files[i].name, &text, NULL);
        text_fini(&text);
    }
    text_init(&text);
    assert_int_equal(manifests_namespace(&text, &diagnostics), STATUS_OK);
    assert_golden("values/namespace.yaml", &text, NULL);
    text_fini(&text);
    assert_int_equal(manifests_storage_class(&text, &diagnostics), STATUS_OK);
    assert_golden("values/storageclass-gp3.yaml", &text, NULL);
    text_fini(&text);
}

static bool is_there(const char *folder, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, R_OK) == 0;
}

static void remove_files(const char *folder) {
    static const char *const names[] = {"values/loki.yaml",
                                        "values/tempo.yaml",
                                        "values/grafana.yaml",
                                        "values/promtail.yaml",
                                        "values/alloy.yaml",
                                        "values/opentelemetry-collector.yaml",
                                        "manifests/namespace.yaml",
                                        "manifests/storageclass-gp3.yaml",
                                        "manifests/observability-dashboards.yaml",
                                        "dashboards/stack.json",
                                        "dashboards/fastapi.json",
                                        "dashboards/dramatiq.json",
                                        "dashboards",
                                        "values",
                                        "manifests",
                                        "."};
    char path[256];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(i + 1 < sizeof names / sizeof *names ? path : folder);
    }
}

static void a_plan_becomes_a_folder(void **state) {
    (void)state;
    char folder[] = P_tmpdir "/simulate-emit-XXXXXX";
    struct diagnostics diagnostics;
    struct plan_outcome outcome = *shared_result->as_written;
    assert_non_null(mkdtemp(folder));
    diagnostics_init(&diagnostics);
    assert_int_equal(emit_plan(shared_result->scenario, &outcome, folder, &diagnostics), STATUS_OK);
    assert_true(is_there(folder, "values/loki.yaml"));
    assert_true(is_there(folder, "values/tempo.yaml"));
    assert_true(is_there(folder, "values/grafana.yaml"));
    assert_true(is_there(folder, "values/promtail.yaml"));
    assert_false(is_there(folder, "values/alloy.yaml"));
    assert_true(is_there(folder, "values/opentelemetry-collector.yaml"));
    assert_true(is_there(folder, "manifests/namespace.yaml"));
    assert_true(is_there(folder, "manifests/storageclass-gp3.yaml"));
    assert_true(is_there(folder, "manifests/observability-dashboards.yaml"));
    assert_true(is_there(folder, "dashboards/stack.json"));
    assert_true(is_there(folder, "dashboards/fastapi.json"));
    assert_true(is_there(folder, "dashboards/dramatiq.json"));
    remove_files(folder);
    assert_int_equal(access(folder, F_OK), -1);
    outcome.plan.agent_kind = AGENT_KIND_ALLOY;
    assert_int_equal(emit_plan(shared_result->scenario, &outcome, folder, &diagnostics), STATUS_OK);
    assert_true(is_there(folder, "values/alloy.yaml"));
    assert_false(is_there(folder, "values/promtail.yaml"));
    remove_files(folder);
}

static void a_folder_that_cannot_be_is_an_error(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(emit_plan(shared_result->scenario, shared_result->as_written, "/dev/null/plan",
                               &diagnostics),
                     STATUS_SYSTEM);
    assert_true(diagnostics.count > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loki_gets_what_the_plan_says),
        cmocka_unit_test(loki_avoids_the_traps_of_its_chart),
        cmocka_unit_test(tempo_gets_what_the_plan_says),
        cmocka_unit_test(tempos_own_file_reads_the_charts_values),
        cmocka_unit_test(tempos_limits_lie_above_the_worst_moment),
        cmocka_unit_test(grafana_links_logs_and_traces),
        cmocka_unit_test(agents_send_to_loki),
        cmocka_unit_test(collector_forwards_traces_to_tempo),
        cmocka_unit_test(dropped_traces_are_sampled),
        cmocka_unit_test(affinities_bind_pods_as_planned),
        cmocka_unit_test(without_a_memory_goal_there_is_no_gomemlimit),
        cmocka_unit_test(another_plan_gives_other_values),
        cmocka_unit_test(a_day_of_retention_bounds_what_is_accepted),
        cmocka_unit_test(no_limit_means_none_is_written),
        cmocka_unit_test(every_file_holds_only_keys_its_chart_knows),
        cmocka_unit_test(the_successor_takes_its_own_names),
        cmocka_unit_test(the_header_says_what_and_why),
        cmocka_unit_test(files_are_as_they_were),
        cmocka_unit_test(a_plan_becomes_a_folder),
        cmocka_unit_test(a_folder_that_cannot_be_is_an_error),
    };
    return cmocka_run_group_tests(tests, shared_result_setup, shared_result_teardown);
}
