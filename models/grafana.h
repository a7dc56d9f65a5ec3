/**
 * Grafana 11: published figures, not measured here, so the errors are wide.
 * Need = base + slope x the users who look at the same time, in bytes and cores; where each figure
 * is from: sim/fit_processes.c. Pure functions; thread-safe.
 */
#ifndef MODELS_GRAFANA_H
#define MODELS_GRAFANA_H

#include "models/collector.h"

struct grafana_model {
    double memory_base_bytes, memory_bytes_per_user;
    double cpu_base_cores, cpu_cores_per_user;
    double disk_bytes; /**< SQLite database and plugins */
    double memory_error, cpu_error;
};

/** One Grafana that `users` look at together; fewer than 0 count as 0. */
void grafana_predict(const struct grafana_model *model, double users, struct process_need *need);

#endif
