/**
 * What a Prometheus that scrapes Loki and Tempo remembers: one measurement a window.
 *
 * The time asked for, back from now, is cut into windows as long as the figures need: a chunk's
 * life (Loki) or three blocks (Tempo), longer where there would be more than
 * MEASUREMENT_WINDOWS_MAX. Each window gives means and the greatest resident memory within it.
 * Series of a process are told by loki_build_info and tempo_build_info on the same job and
 * instance; several of one kind are refused. Thread safety: reentrant.
 */
#ifndef SIM_MEASUREMENT_PROMETHEUS_H
#define SIM_MEASUREMENT_PROMETHEUS_H

#include "sim/metrics_fetch.h"

#define MEASUREMENT_WINDOWS_MAX 200

struct measurement_prometheus {
    const char *url;    /**< of Prometheus: `http://localhost:9090` */
    double seconds;     /**< how far back; 0: a day */
    double now_seconds; /**< since 1970 */
    struct metrics_fetch fetch;
    const struct scenario_override *settings; /**< as for metrics_measure() */
    size_t setting_count;
};

/** Ask, and add what was learnt to `set` and `notes`. STATUS_INVALID when it knows neither. */
enum status measurement_prometheus_ask(const struct measurement_prometheus *prometheus,
                                       struct measurement_set *set, struct text *notes,
                                       struct diagnostics *diagnostics) MUST_CHECK;

#endif
