#include "models/calibration.h"

#define OF(field) offsetof(struct calibration, field), COEFFICIENT_NO_ERROR
#define AGENT(kind, name, field, unit, meaning)                                                    \
    { name, #field, OF(agent[kind].field), unit, meaning }
#define AGENT_SLOTS(kind, name)                                                                    \
    AGENT(kind, name, memory_base_bytes, "bytes", "resident when nothing is read"),                \
        AGENT(kind, name, memory_bytes_at_rate, "bytes", "growth at high rates: read buffers"),    \
        AGENT(kind, name, memory_half_rate_bytes_per_second, "bytes/s",                            \
              "rate at which half of that growth is there"),                                       \
        AGENT(kind, name, memory_bytes_per_file, "bytes/file", "tailed file"),                     \
        AGENT(kind, name, cpu_base_cores, "cores", "CPU when nothing is read"),                    \
        AGENT(kind, name, cpu_busy_cores, "cores", "CPU of reading at all"),                       \
        AGENT(kind, name, cpu_seconds_per_byte, "s/byte", "CPU of a byte forwarded"),              \
        AGENT(kind, name, cpu_cores_per_file, "cores/file", "CPU of a file being read"),           \
        AGENT(kind, name, memory_error, "ln", "standard deviation of ln(measured/predicted)"),     \
        AGENT(kind, name, cpu_error, "ln", "standard deviation of ln(measured/predicted)")
#define COLLECTOR(field, unit, meaning)                                                            \
    { "collector", #field, OF(collector.field), unit, meaning }
#define GRAFANA(field, unit, meaning)                                                              \
    { "grafana", #field, OF(grafana.field), unit, meaning }

static const struct coefficient_slot slots[] = {
    COLLECTOR(memory_base_bytes, "bytes", "resident when idle"),
    COLLECTOR(memory_bytes_per_span_per_second, "bytes s/span", "growth with the rate of spans"),
    COLLECTOR(memory_busy_bytes, "bytes", "growth as soon as spans come"),
    COLLECTOR(half_rate_spans_per_second, "span/s", "rate at which half of that is there"),
    COLLECTOR(cpu_base_cores, "cores", "CPU when idle"),
    COLLECTOR(cpu_busy_cores, "cores", "CPU of forwarding at all"),
    COLLECTOR(cpu_seconds_per_span, "s/span", "CPU of a span forwarded"),
    COLLECTOR(memory_error, "ln", "standard deviation of ln(measured/predicted)"),
    COLLECTOR(cpu_error, "ln", "standard deviation of ln(measured/predicted)"),
    AGENT_SLOTS(AGENT_KIND_PROMTAIL, "promtail"),
    AGENT_SLOTS(AGENT_KIND_ALLOY, "alloy"),
    GRAFANA(memory_base_bytes, "bytes", "resident when idle"),
    GRAFANA(memory_bytes_per_user, "bytes/user", "growth with users who look at once"),
    GRAFANA(cpu_base_cores, "cores", "CPU when idle"),
    GRAFANA(cpu_cores_per_user, "cores/user", "CPU of a user who looks"),
    GRAFANA(disk_bytes, "bytes", "database and plugins"),
    GRAFANA(memory_error, "ln", "standard deviation of ln(real/predicted), an estimate"),
    GRAFANA(cpu_error, "ln", "standard deviation of ln(real/predicted), an estimate"),
};

struct coefficient_slots calibration_process_slots(void) {
    return (struct coefficient_slots){slots, sizeof slots / sizeof *slots};
}
