#include "sim/scenario.h"

const char *chart_profile_name(enum chart_profile profile) {
    static const char *const names[CHART_PROFILE_COUNT] = {"brief", "successor"};
    return names[profile];
}

typedef double service_rate(const struct scenario_service *);

static double sum_over_replicas(const struct scenario *scenario, service_rate *of_replica) {
    double sum = 0;
    for (size_t i = 0; i < scenario->workload.service_count; i++) {
        const struct scenario_service *service = &scenario->workload.services[i];
        sum += service->replicas * of_replica(service);
    }
    return sum;
}

static double lines(const struct scenario_service *service) {
    return service->lines_per_second;
}

static double log_bytes(const struct scenario_service *service) {
    return service->lines_per_second * service->bytes_per_line;
}

static double streams(const struct scenario_service *service) {
    return service->streams_per_replica;
}

static double traces(const struct scenario_service *service) {
    return service->requests_per_second * service->sampled_fraction;
}

static double spans(const struct scenario_service *service) {
    return traces(service) * service->spans_per_trace;
}

static double span_bytes(const struct scenario_service *service) {
    return spans(service) * service->bytes_per_span;
}

double scenario_log_lines_per_second(const struct scenario *scenario) {
    return sum_over_replicas(scenario, lines);
}

double scenario_log_bytes_per_second(const struct scenario *scenario) {
    return sum_over_replicas(scenario, log_bytes);
}

double scenario_streams(const struct scenario *scenario) {
    return sum_over_replicas(scenario, streams);
}

double scenario_traces_per_second(const struct scenario *scenario) {
    return sum_over_replicas(scenario, traces);
}

double scenario_spans_per_second(const struct scenario *scenario) {
    return sum_over_replicas(scenario, spans);
}

double scenario_span_bytes_per_second(const struct scenario *scenario) {
    return sum_over_replicas(scenario, span_bytes);
}

double scenario_compression(const struct scenario *scenario, enum loki_encoding encoding) {
    double raw = 0, stored = 0;
    for (size_t i = 0; i < scenario->workload.service_count; i++) {
        const struct scenario_service *service = &scenario->workload.services[i];
        double rate = service->replicas * log_bytes(service);
        raw += rate;
        stored += rate / service->compression[encoding];
    }
    return stored > 0 ? raw / stored : 1;
}
