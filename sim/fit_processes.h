/**
 * Fitting the OpenTelemetry Collector and Promtail to models/data/calibration/agents.csv, and
 * setting Alloy and Grafana, which were not measured, from published figures.
 */
#ifndef SIM_FIT_PROCESSES_H
#define SIM_FIT_PROCESSES_H

#include "models/collector.h"
#include "models/grafana.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"

/** Every coefficient of the three; `agents` is [AGENT_KIND_COUNT]. Scratch from `arena`. */
enum status fit_processes(struct arena *arena, struct collector_model *collector,
                          struct agent_model *agents, struct grafana_model *grafana,
                          struct diagnostics *diagnostics) MUST_CHECK;

#endif
