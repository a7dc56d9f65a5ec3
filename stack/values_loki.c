#include "sim/base/units.h"
#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <math.h>
#include <stdio.h>

#define INGESTER "loki.ingester."
#define LIMITS "loki.limits_config."
#define RESULT_CACHE "loki.query_range.results_cache.cache.embedded_cache."
#define CHUNK_CACHE "loki.structuredConfig.chunk_store_config.chunk_cache_config.embedded_cache."

/** Loki's own defaults that a plan may raise but should not lower. */
static const double default_burst_mb = 6;
static const double default_stream_rate_mb = 3;

static const struct values_row rows[] = {
    {"fullnameOverride", VALUES_STRING, STACK_LOKI_NAME,
     "Grafana and the log agent look for the service " STACK_LOKI_NAME ":3100"},
    {"deploymentMode", VALUES_STRING, "SingleBinary",
     "any other spelling renders no StatefulSet and no error"},
    {"loki.auth_enabled", VALUES_PLAIN, "false",
     "one tenant; otherwise every push and query needs an X-Scope-OrgID header"},
    {"loki.podSecurityContext.seccompProfile.type", VALUES_STRING, "RuntimeDefault", NULL},
    {"loki.commonConfig.replication_factor", VALUES_PLAIN, "1",
     "default 3: a single pod then refuses every write"},
    {"loki.storage.type", VALUES_STRING, "filesystem", "default s3"},
    {"loki.schemaConfig.configs[0].from", VALUES_STRING, "2024-04-01", NULL},
    {"loki.schemaConfig.configs[0].store", VALUES_STRING, "tsdb", NULL},
    {"loki.schemaConfig.configs[0].object_store", VALUES_STRING, "filesystem", NULL},
    {"loki.schemaConfig.configs[0].schema", VALUES_STRING, "v13", NULL},
    {"loki.schemaConfig.configs[0].index.prefix", VALUES_STRING, "loki_index_", NULL},
    {"loki.schemaConfig.configs[0].index.period", VALUES_STRING, "24h",
     "retention works on daily index tables only"},
    {"loki.server.grpc_server_max_recv_msg_size", VALUES_PLAIN, "8388608",
     "default 4 MiB: a wide query's answer between Loki's own parts is larger"},
    {"loki.server.grpc_server_max_send_msg_size", VALUES_PLAIN, "8388608", NULL},
    {INGESTER "sync_period", VALUES_STRING, "0s",
     "default 1h cuts chunks early, each stream's at its own time; the model was measured without"},
    {INGESTER "concurrent_flushes", VALUES_PLAIN, "8", "default 32, for machines of many cores"},
    {LIMITS "reject_old_samples", VALUES_PLAIN, "true", NULL},
    {LIMITS "max_line_size_truncate", VALUES_PLAIN, "true",
     "default false: a line above 256 KB is refused instead of cut"},
    {LIMITS "max_query_parallelism", VALUES_PLAIN, "8",
     "default 32: one dashboard would take every core and much memory"},
    {LIMITS "tsdb_max_query_parallelism", VALUES_PLAIN, "16", "default 128"},
    {LIMITS "split_queries_by_interval", VALUES_STRING, "1h",
     "the chart's 15m makes four times the sub-queries"},
    {LIMITS "query_timeout", VALUES_STRING, "60s",
     "the chart's 300s lets a query hold memory for five minutes"},
    {"loki.query_scheduler.max_outstanding_requests_per_tenant", VALUES_PLAIN, "2048",
     "default 32000: a queue of that length is memory"},
    {"loki.query_range.cache_results", VALUES_PLAIN, "true", NULL},
    {RESULT_CACHE "enabled", VALUES_PLAIN, "true",
     "on anyway without memcached, and then each of six caches takes up to 100 MB"},
    {CHUNK_CACHE "enabled", VALUES_PLAIN, "true",
     "on anyway without memcached, and then takes up to 100 MB; the chart has no key of its own"},
    {"loki.compactor.compaction_interval", VALUES_STRING, "10m", NULL},
    {"loki.compactor.retention_enabled", VALUES_PLAIN, "true",
     "default false: nothing is ever deleted"},
    {"loki.compactor.delete_request_store", VALUES_STRING, "filesystem",
     "without it Loki does not start once retention is on"},
    {"loki.compactor.retention_delete_delay", VALUES_STRING, "2h", NULL},
    {"loki.compactor.retention_delete_worker_count", VALUES_PLAIN, "10", "default 150"},
    {"loki.analytics.reporting_enabled", VALUES_PLAIN, "false", NULL},
    {"singleBinary.replicas", VALUES_PLAIN, "1", "default 0"},
    {"singleBinary.terminationGracePeriodSeconds", VALUES_PLAIN, "300",
     "default 30: a kill in the middle of a checkpoint means a longer replay"},
    {"singleBinary.persistence.enabled", VALUES_PLAIN, "true", NULL},
    {"singleBinary.persistence.enableStatefulSetAutoDeletePVC", VALUES_PLAIN, "false",
     "default true: helm uninstall, or scaling to 0, deletes the logs"},
    {"singleBinary.persistence.storageClass", VALUES_STRING, STACK_STORAGE_CLASS,
     "manifests/storageclass-gp3.yaml; EKS brings no gp3 class"},
    {"read.replicas", VALUES_PLAIN, "0", "default 3, which fails beside a single binary"},
    {"write.replicas", VALUES_PLAIN, "0", "default 3"},
    {"backend.replicas", VALUES_PLAIN, "0", "default 3"},
    {"chunksCache.enabled", VALUES_PLAIN, "false",
     "the default memcached requests 9830Mi: no small node has them"},
    {"resultsCache.enabled", VALUES_PLAIN, "false", "the default memcached requests 1229Mi"},
    {"gateway.enabled", VALUES_PLAIN, "false", "one more pod in front of one pod"},
    {"lokiCanary.enabled", VALUES_PLAIN, "false", "a DaemonSet that writes test lines"},
    {"test.enabled", VALUES_PLAIN, "false", "must be off when the canary is"},
    {"sidecar.rules.enabled", VALUES_PLAIN, "false", "a second container in Loki's pod"},
    {"ruler.enabled", VALUES_PLAIN, "false", "no alert rules are evaluated here"},
    {"minio.enabled", VALUES_PLAIN, "false", NULL},
    {"rbac.namespaced", VALUES_PLAIN, "true", "nothing here needs a cluster role"},
    {"serviceAccount.automountServiceAccountToken", VALUES_PLAIN, "false",
     "Loki does not talk to the Kubernetes API"},
};

/** The newer chart sets both by itself unless it is told not to. */
static const struct values_row successor_rows[] = {
    {"defaults.goSettings.goMemLimitFactor", VALUES_PLAIN, "0",
     "default 0.85 of the limit where the plan leaves GOMEMLIMIT unset"},
    {"defaults.goSettings.gogc", VALUES_PLAIN, "0",
     "default 80: more CPU than simulated; without it Go's own 100 holds"},
};

/** The chart's default is a hard anti-affinity between Loki's own pods, which no plan counts on;
 *  {} would keep it, for maps merge. */
static const struct values_row no_affinity[] = {
    {"singleBinary.affinity", VALUES_NULL, NULL,
     "the default is a hard anti-affinity that no plan counts on; {} would keep it, for maps "
     "merge"},
};

/** A size as Loki's configuration writes it; its MB is 2^20 bytes. */
static void set_megabytes(struct values *values, const char *path, double bytes) {
    char size[VALUES_COMMON_BYTES];
    snprintf(size, sizeof size, "%.0fMB", fmax(floor(bytes / MIB), 1));
    values_string(values, path, size);
}

static void set_number(struct values *values, const char *path, double number) {
    char text[VALUES_COMMON_BYTES];
    snprintf(text, sizeof text, "%.6g", number);
    values_plain(values, path, text);
}

static void set_chunks(struct values *values, const struct scenario *scenario,
                       const struct plan_outcome *outcome) {
    const struct loki_settings *settings = &outcome->plan.loki;
    const struct component_outcome *figures = &outcome->components[COMPONENT_LOKI];
    char memory[160];
    values_common_memory_figure(memory, sizeof memory, figures);
    values_string(values, INGESTER "chunk_encoding", loki_encoding_name(settings->encoding));
    values_tuned(values, INGESTER "chunk_encoding",
                 "the scenario's lines shrink %.1f times with it; disk use P95 %.1f GiB",
                 scenario_compression(scenario, settings->encoding), figures->disk_gib.p95);
    values_common_set_duration(values, INGESTER "max_chunk_age", settings->max_chunk_age_seconds);
    values_tuned(values, INGESTER "max_chunk_age", "%.0f open streams: %s",
                 scenario_streams(scenario), memory);
    values_common_set_duration(values, INGESTER "chunk_idle_period",
                               settings->chunk_idle_period_seconds);
    values_tuned(values, INGESTER "chunk_idle_period", "as simulated: %s", memory);
    values_integer(values, INGESTER "chunk_block_size", settings->chunk_block_size_bytes);
    values_integer(values, INGESTER "chunk_target_size", settings->chunk_target_size_bytes);
    values_tuned(values, INGESTER "chunk_target_size", "as simulated: %s", memory);
    values_common_set_duration(values, INGESTER "wal.checkpoint_duration",
                               settings->wal_checkpoint_seconds);
}

/** Replay flushes early once the decoded log reaches the ceiling. The default of 4 GB lies above
 *  any small limit, so a restart would be killed again and again; and Go's heap may double between
 *  two collections, so even half of the limit is too much. */
static void set_replay_ceiling(struct values *values, const struct plan *plan) {
    const double share = 3.0 / 8.0;
    double limit = plan->resources[COMPONENT_LOKI].limit_bytes;
    char text[VALUES_COMMON_BYTES];
    if (limit <= 0)
        return;
    set_megabytes(values, INGESTER "wal.replay_memory_ceiling", share * limit);
    values_tuned(values, INGESTER "wal.replay_memory_ceiling",
                 "3/8 of the limit of %s; at the default of 4 GB a replay can kill the pod again",
                 units_print_quantity(text, sizeof text, limit));
}

/** Without memcached Loki keeps these caches in its own heap. */
static void set_caches(struct values *values, const struct plan *plan) {
    double limit = plan->resources[COMPONENT_LOKI].limit_bytes;
    double limit_mib = limit > 0 ? limit / MIB : 2048;
    values_integer(values, CHUNK_CACHE "max_size_mb",
                   fmax(floor(plan->loki.chunk_cache_bytes / 1e6), 1));
    values_tuned(values, CHUNK_CACHE "max_size_mb", "as simulated: part of the memory's peak");
    values_integer(values, RESULT_CACHE "max_size_mb", fmax(floor(limit_mib / 64), 4));
    values_tuned(values, RESULT_CACHE "max_size_mb",
                 "1/64 of the memory limit; the other five result caches take this setting over");
    values_string(values, RESULT_CACHE "ttl", "1h");
}

static void set_ingestion_limits(struct values *values, const struct scenario *scenario,
                                 const struct plan_outcome *outcome) {
    double rate_mb = outcome->plan.ingestion_rate_bytes_per_second / MIB;
    double stream_mb = fmax(default_stream_rate_mb, ceil(rate_mb));
    char rate[VALUES_COMMON_BYTES], loss[VALUES_COMMON_BYTES];
    set_number(values, LIMITS "ingestion_rate_mb", rate_mb);
    values_tuned(values, LIMITS "ingestion_rate_mb", "mean ingest %s a second; log loss P99 %s",
                 units_print_bytes(rate, sizeof rate, scenario_log_bytes_per_second(scenario)),
                 units_print_percent(loss, sizeof loss, outcome->log_loss.p99));
    set_number(values, LIMITS "ingestion_burst_size_mb", fmax(default_burst_mb, 2 * rate_mb));
    set_megabytes(values, LIMITS "per_stream_rate_limit", stream_mb * MIB);
    values_tuned(values, LIMITS "per_stream_rate_limit",
                 "never below ingestion_rate_mb, the one rate limit that was simulated");
    set_megabytes(values, LIMITS "per_stream_rate_limit_burst", 5 * stream_mb * MIB);
    values_integer(values, LIMITS "max_global_streams_per_user", outcome->plan.max_streams);
    values_tuned(values, LIMITS "max_global_streams_per_user",
                 "%.0f streams at the same time; above it new streams get 429",
                 scenario_streams(scenario));
}

static void set_retention(struct values *values, const struct plan_outcome *outcome) {
    double retention = outcome->plan.loki_retention_seconds;
    values_common_set_duration(values, LIMITS "retention_period", retention);
    values_tuned(values, LIMITS "retention_period", "disk use P95 %.1f GiB of a volume of %.0f GiB",
                 outcome->components[COMPONENT_LOKI].disk_gib.p95,
                 outcome->plan.resources[COMPONENT_LOKI].volume_bytes / GIB);
    values_common_set_duration(values, LIMITS "reject_old_samples_max_age",
                               values_common_oldest_seconds(&outcome->plan));
    values_common_set_duration(values, LIMITS "max_query_lookback", retention);
    values_common_set_duration(values, LIMITS "max_query_length", retention + SECONDS_PER_HOUR);
}

void values_loki(struct values *values, const struct scenario *scenario,
                 const struct plan_outcome *outcome) {
    values_common_remark_resize(values, STACK_LOKI_NAME);
    values_rows(values, rows, sizeof rows / sizeof *rows);
    if (values->profile == CHART_PROFILE_SUCCESSOR)
        values_rows(values, successor_rows, sizeof successor_rows / sizeof *successor_rows);
    if (!values_common_affinity(values, "singleBinary.affinity", &outcome->plan, COMPONENT_LOKI))
        values_rows(values, no_affinity, sizeof no_affinity / sizeof *no_affinity);
    values_common_resources(values, "singleBinary.resources", outcome, COMPONENT_LOKI);
    size_t count =
        values_common_memory_goal(values, "singleBinary.extraEnv", 0,
                                  outcome->plan.loki.memory_goal_bytes, outcome, COMPONENT_LOKI);
    values_common_trace_memory(values, "singleBinary.extraEnv", count);
    values_common_volume(values, "singleBinary.persistence.size", outcome, COMPONENT_LOKI);
    set_retention(values, outcome);
    set_chunks(values, scenario, outcome);
    set_replay_ceiling(values, &outcome->plan);
    set_caches(values, &outcome->plan);
    set_ingestion_limits(values, scenario, outcome);
}
