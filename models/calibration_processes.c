#include "models/calibration_slots.h"

#define AGENT(kind, name, field, unit, meaning) SLOT(name, agent[kind], field, unit, meaning)
#define AGENT_SLOTS(kind, name, base, cpu, error)                                                  \
    AGENT(kind, name, memory_base_bytes, "bytes", base),                                           \
        AGENT(kind, name, memory_bytes_at_rate, "bytes", "growth at high rates: read buffers"),    \
        AGENT(kind, name, memory_half_rate_bytes_per_second, "bytes/s",                            \
              "rate at which half of that growth is there"),                                       \
        AGENT(kind, name, memory_bytes_per_file, "bytes/file", "tailed file"),                     \
        AGENT(kind, name, cpu_base_cores, "cores", "CPU when nothing is read"),                    \
        AGENT(kind, name, cpu_busy_cores, "cores", "CPU of reading at all"),                       \
        AGENT(kind, name, cpu_seconds_per_byte, "s/byte", cpu),                                    \
        AGENT(kind, name, cpu_cores_per_file, "cores/file", "CPU of a file being read"),           \
        AGENT(kind, name, memory_error, "ln", error), AGENT(kind, name, cpu_error, "ln", error)
#define COLLECTOR(field, unit, meaning) SLOT("collector", collector, field, unit, meaning)
#define GRAFANA(field, unit, meaning) SLOT("grafana", grafana, field, unit, meaning)

static const struct coefficient_slot slots[] = {
    COLLECTOR(memory_base_bytes, "bytes", "resident when idle"),
    COLLECTOR(memory_bytes_per_span_per_second, "bytes s/span", "growth with the rate of spans"),
    COLLECTOR(memory_busy_bytes, "bytes", "growth as soon as spans come"),
    COLLECTOR(half_rate_spans_per_second, "span/s", "rate at which half of that is there"),
    COLLECTOR(cpu_base_cores, "cores", "CPU when idle"),
    COLLECTOR(cpu_busy_cores, "cores", "CPU of forwarding at all"),
    COLLECTOR(cpu_seconds_per_span, "s/span", "CPU of a span forwarded"),
    COLLECTOR(memory_error, "ln", "of ln(measured/predicted), twice what the fit leaves"),
    COLLECTOR(cpu_error, "ln", "of ln(measured/predicted), twice what the fit leaves"),
    AGENT_SLOTS(AGENT_KIND_PROMTAIL, "promtail", "resident when nothing is read",
                "CPU of a byte forwarded", "of ln(measured/predicted), twice what the fit leaves"),
    AGENT_SLOTS(AGENT_KIND_ALLOY, "alloy",
                "published: 218 MB resident with journal and file logs (grafana/alloy#6480)",
                "between Promtail's and one core per MiB/s (Estimate Grafana Alloy resource usage)",
                "of ln(real/predicted), an estimate from published figures"),
    GRAFANA(memory_base_bytes, "bytes", "published: Grafana 11 idles at 100 to 150 MB"),
    GRAFANA(memory_bytes_per_user, "bytes/user",
            "published: the least asked for, 512 MB, over the small tier's 25 users"),
    GRAFANA(cpu_base_cores, "cores", "published: 0.2 % of a core idle (grafana/grafana#99749)"),
    GRAFANA(cpu_cores_per_user, "cores/user",
            "published: one core for 25 users, a quarter of it used on average"),
    GRAFANA(disk_bytes, "bytes", "database and plugins, an estimate"),
    GRAFANA(memory_error, "ln", "of ln(real/predicted), an estimate from published figures"),
    GRAFANA(cpu_error, "ln", "of ln(real/predicted), an estimate from published figures"),
};

struct coefficient_slots calibration_process_slots(void) {
    return (struct coefficient_slots){slots, sizeof slots / sizeof *slots};
}
