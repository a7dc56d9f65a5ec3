#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <math.h>
#include <stdio.h>

#define RECEIVERS "config.receivers."
#define EXPORTER "config.exporters.otlp/tempo."
#define PIPELINES "config.service.pipelines."
#define BATCH_SPANS 512

#define TEXT_OF(number) TEXT_OF_EXPANDED(number)
#define TEXT_OF_EXPANDED(number) #number

static const struct values_row rows[] = {
    {"fullnameOverride", VALUES_STRING, STACK_COLLECTOR_NAME, NULL},
    {"mode", VALUES_STRING, "deployment", "mandatory, without a default"},
    {"image.repository", VALUES_STRING, "otel/opentelemetry-collector-k8s",
     "mandatory, without a default"},
    {"replicaCount", VALUES_PLAIN, "1", NULL},
    {"rollout.strategy", VALUES_STRING, "Recreate",
     "a rolling update needs room for a second pod, which no plan keeps free"},
    {"useGOMEMLIMIT", VALUES_PLAIN, "true", "the chart sets GOMEMLIMIT to 80% of the limit"},
    {"serviceAccount.automountServiceAccountToken", VALUES_PLAIN, "false", NULL},
    {"podSecurityContext.runAsNonRoot", VALUES_PLAIN, "true", NULL},
    {"podSecurityContext.runAsUser", VALUES_PLAIN, "10001", NULL},
    {"podSecurityContext.seccompProfile.type", VALUES_STRING, "RuntimeDefault", NULL},
    {"securityContext.allowPrivilegeEscalation", VALUES_PLAIN, "false", NULL},
    {"securityContext.readOnlyRootFilesystem", VALUES_PLAIN, "true", NULL},
    {"securityContext.capabilities.drop[0]", VALUES_STRING, "ALL", NULL},
    {"ports.jaeger-compact.enabled", VALUES_PLAIN, "false",
     "only OTLP is received: the chart opens Jaeger's and Zipkin's ports too"},
    {"ports.jaeger-thrift.enabled", VALUES_PLAIN, "false", NULL},
    {"ports.jaeger-grpc.enabled", VALUES_PLAIN, "false", NULL},
    {"ports.zipkin.enabled", VALUES_PLAIN, "false", NULL},
    {RECEIVERS "jaeger", VALUES_NULL, NULL, NULL},
    {RECEIVERS "zipkin", VALUES_NULL, NULL, NULL},
    {RECEIVERS "prometheus", VALUES_NULL, NULL, NULL},
    {RECEIVERS "otlp.protocols.grpc.max_recv_msg_size_mib", VALUES_PLAIN, "8", NULL},
    {"config.processors.memory_limiter.check_interval", VALUES_STRING, "1s",
     "default 5s: memory fills faster than that"},
    {"config.processors.memory_limiter.limit_percentage", VALUES_PLAIN, "80", NULL},
    {"config.processors.memory_limiter.spike_limit_percentage", VALUES_PLAIN, "25", NULL},
    {"config.processors.batch.timeout", VALUES_STRING, "1s", NULL},
    {"config.processors.batch.send_batch_size", VALUES_PLAIN, TEXT_OF(BATCH_SPANS), NULL},
    {"config.processors.batch.send_batch_max_size", VALUES_PLAIN, "2048", NULL},
    {"config.exporters.debug", VALUES_NULL, NULL, NULL},
    {EXPORTER "endpoint", VALUES_STRING, STACK_TEMPO_NAME ":4317", NULL},
    {EXPORTER "tls.insecure", VALUES_PLAIN, "true", "Tempo listens without TLS in the cluster"},
    {EXPORTER "retry_on_failure.enabled", VALUES_PLAIN, "true", NULL},
    {EXPORTER "retry_on_failure.initial_interval", VALUES_STRING, "1s", NULL},
    {EXPORTER "retry_on_failure.max_interval", VALUES_STRING, "30s", NULL},
    {EXPORTER "retry_on_failure.max_elapsed_time", VALUES_STRING, "300s", NULL},
    {EXPORTER "sending_queue.enabled", VALUES_PLAIN, "true", NULL},
    {EXPORTER "sending_queue.num_consumers", VALUES_PLAIN, "4", NULL},
    {"config.service.telemetry.logs.level", VALUES_STRING, "warn", NULL},
    {PIPELINES "metrics", VALUES_NULL, NULL, "there is nothing here that stores metrics"},
    {PIPELINES "logs", VALUES_NULL, NULL, "logs come by the agent on each node, as simulated"},
    {PIPELINES "traces.receivers[0]", VALUES_STRING, "otlp", NULL},
    {PIPELINES "traces.exporters[0]", VALUES_STRING, "otlp/tempo", NULL},
};

/** A share of the traces is left out, all spans of a trace alike, before they wait in a batch. */
static void set_processors(struct values *values, const struct plan *plan) {
    const char *const sampler = "config.processors.probabilistic_sampler.sampling_percentage";
    const bool samples = plan->traces_dropped > 0;
    char kept[VALUES_COMMON_BYTES];
    values_string(values, PIPELINES "traces.processors[0]", "memory_limiter");
    if (samples) {
        snprintf(kept, sizeof kept, "%.6g", 100 * (1 - plan->traces_dropped));
        values_plain(values, sampler, kept);
        values_tuned(values, sampler,
                     "search.allow_sampling: the share of the traces that the plan keeps");
        values_string(values, PIPELINES "traces.processors[1]", "probabilistic_sampler");
    }
    values_string(values,
                  samples ? PIPELINES "traces.processors[2]" : PIPELINES "traces.processors[1]",
                  "batch");
}

/** As many batches as take a quarter of the memory limit, while Tempo is away; a span in memory is
 *  about twice what it is on the wire. */
static void set_queue(struct values *values, const struct scenario *scenario,
                      const struct plan *plan) {
    const double share = 0.25, bytes_in_memory = 2;
    double limit = plan->resources[COMPONENT_COLLECTOR].limit_bytes;
    double spans = scenario_spans_per_second(scenario);
    double span_bytes = spans > 0 ? scenario_span_bytes_per_second(scenario) / spans : 500;
    double batches = floor(share * limit / (BATCH_SPANS * bytes_in_memory * span_bytes));
    double size = fmin(fmax(batches, 10), 5000);
    char time[VALUES_COMMON_BYTES];
    values_integer(values, EXPORTER "sending_queue.queue_size", size);
    if (spans > 0)
        values_tuned(
            values, EXPORTER "sending_queue.queue_size",
            "a quarter of the memory limit at %.0f bytes a span; %s of the mean %.0f spans "
            "a second in full batches",
            span_bytes,
            values_common_duration(time, sizeof time, floor(size * BATCH_SPANS / spans)), spans);
}

void values_collector(struct values *values, const struct scenario *scenario,
                      const struct plan_outcome *outcome) {
    values_remark(values, "Send traces to " STACK_COLLECTOR_NAME "." STACK_NAMESPACE
                          ":4317 (OTLP over gRPC) or :4318 (over HTTP).");
    values_rows(values, rows, sizeof rows / sizeof *rows);
    (void)values_common_affinity(values, "affinity", &outcome->plan, COMPONENT_COLLECTOR);
    values_common_resources(values, "resources", outcome, COMPONENT_COLLECTOR);
    set_processors(values, &outcome->plan);
    set_queue(values, scenario, &outcome->plan);
}
