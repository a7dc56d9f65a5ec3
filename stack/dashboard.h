/**
 * Grafana's dashboards of a plan: *Stack against plan*, *FastAPI*, *Dramatiq*.
 *
 * Each is written as JSON of its own, to import by hand, and all of them into one ConfigMap that
 * Grafana's pod mounts: a sidecar that collects ConfigMaps would need some 80 MiB that are in no
 * plan. Thread safety: every function is reentrant.
 */
#ifndef STACK_DASHBOARD_H
#define STACK_DASHBOARD_H

#include "sim/base/text.h"
#include "sim/result.h"

#define DASHBOARD_COUNT 3

/** Name of the file of dashboard `index`, below `dashboards/`: `stack.json`. */
const char *dashboard_file(size_t index);

/** Add the JSON of dashboard `index` to `text`. */
enum status dashboard_json(size_t index, const struct scenario *scenario,
                           const struct plan_outcome *outcome, struct text *text,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Add the ConfigMap that holds all dashboards to `text`. */
enum status dashboard_config_map(const struct scenario *scenario,
                                 const struct plan_outcome *outcome, struct text *text,
                                 struct diagnostics *diagnostics) MUST_CHECK;

#endif
