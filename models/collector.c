#include "models/collector.h"

#include <math.h>

void collector_predict(const struct collector_model *model, double spans_per_second,
                       struct process_need *need) {
    double spans = fmax(0, spans_per_second);
    need->memory_peak_bytes =
        model->memory_base_bytes + model->memory_bytes_per_span_per_second * spans;
    need->cpu_cores = model->cpu_base_cores + model->cpu_seconds_per_span * spans;
}

void agent_predict(const struct agent_model *model, double bytes_per_second, double files,
                   struct process_need *need) {
    double rate = fmax(0, bytes_per_second);
    double tailed = fmax(0, files);
    double half = model->memory_half_rate_bytes_per_second;
    double filled = rate > 0 ? rate / (rate + half) : 0;
    need->memory_peak_bytes = model->memory_base_bytes + model->memory_bytes_at_rate * filled +
                              model->memory_bytes_per_file * tailed;
    need->cpu_cores = model->cpu_base_cores + model->cpu_seconds_per_byte * rate +
                      model->cpu_cores_per_file * tailed;
}

const char *agent_kind_name(enum agent_kind kind) {
    static const char *const names[AGENT_KIND_COUNT] = {"promtail", "alloy"};
    return names[kind];
}
