#include "models/collector.h"

#include <math.h>

/** How much of the work that does not depend on the rate is there: 0 when idle, soon 1. */
static double busy_share(double rate, double half_rate) {
    return rate > 0 ? rate / (rate + half_rate) : 0;
}

void collector_predict(const struct collector_model *model, double spans_per_second,
                       struct process_need *need) {
    double spans = fmax(0, spans_per_second);
    double busy = busy_share(spans, model->half_rate_spans_per_second);
    need->memory_peak_bytes = model->memory_base_bytes + model->memory_busy_bytes * busy +
                              model->memory_bytes_per_span_per_second * spans;
    need->cpu_cores =
        model->cpu_base_cores + model->cpu_busy_cores * busy + model->cpu_seconds_per_span * spans;
}

void agent_predict(const struct agent_model *model, double bytes_per_second, double files,
                   struct process_need *need) {
    double rate = fmax(0, bytes_per_second);
    double tailed = fmax(0, files);
    double busy = busy_share(rate, model->memory_half_rate_bytes_per_second);
    need->memory_peak_bytes = model->memory_base_bytes + model->memory_bytes_at_rate * busy +
                              model->memory_bytes_per_file * tailed;
    need->cpu_cores = model->cpu_base_cores +
                      (model->cpu_busy_cores + model->cpu_cores_per_file * tailed) * busy +
                      model->cpu_seconds_per_byte * rate;
}

const char *agent_kind_name(enum agent_kind kind) {
    static const char *const names[AGENT_KIND_COUNT] = {"promtail", "alloy"};
    return names[kind];
}
