/**
 * The OpenTelemetry Collector (traces in, traces out) and the log agent on each node
 * (Promtail or Alloy).
 *
 * Need = base + what working at all takes + slope x rate: even a low rate fills buffers and runs
 * batches, so the second part grows with rate / (rate + half_rate) and is soon whole. Coefficients
 * are fitted on models/data/calibration/agents.csv. Alloy was not measured: it takes Promtail's
 * memory slopes and published figures for the rest, with a wider error (sim/fit_processes.c names
 * them). Pure functions; thread-safe.
 */
#ifndef MODELS_COLLECTOR_H
#define MODELS_COLLECTOR_H

enum agent_kind { AGENT_KIND_PROMTAIL, AGENT_KIND_ALLOY };
#define AGENT_KIND_COUNT 2

struct collector_model {
    double memory_base_bytes, memory_bytes_per_span_per_second;
    double cpu_base_cores, cpu_seconds_per_span;
    double memory_error, cpu_error; /**< standard deviations of ln(measured / predicted) */
    double memory_busy_bytes, cpu_busy_cores; /**< part that grows with rate / (rate + half_rate) */
    double half_rate_spans_per_second;
};

struct agent_model {
    double memory_base_bytes;
    double memory_bytes_at_rate; /**< grows with rate / (rate + half_rate): read buffers fill */
    double memory_half_rate_bytes_per_second;
    double memory_bytes_per_file;
    double cpu_base_cores, cpu_seconds_per_byte;
    double cpu_cores_per_file; /**< of a file that is being read */
    double memory_error, cpu_error;
    double cpu_busy_cores; /**< grows with the rate as memory_bytes_at_rate does */
};

struct process_need {
    double memory_peak_bytes;
    double cpu_cores;
};

/** One collector that forwards `spans_per_second`. */
void collector_predict(const struct collector_model *model, double spans_per_second,
                       struct process_need *need);

/** One agent that tails `files` log files of `bytes_per_second` in all. */
void agent_predict(const struct agent_model *model, double bytes_per_second, double files,
                   struct process_need *need);

const char *agent_kind_name(enum agent_kind kind);

#endif
