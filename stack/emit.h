/**
 * Writing a plan out as Helm values, dashboards and Kubernetes manifests for the pinned charts.
 *
 * `values/loki.yaml`, `values/tempo.yaml`, `values/grafana.yaml`, `values/promtail.yaml` or
 * `values/alloy.yaml`, `values/opentelemetry-collector.yaml`, `dashboards/NAME.json`,
 * `manifests/namespace.yaml`, `manifests/storageclass-gp3.yaml`,
 * `manifests/observability-dashboards.yaml`. Each values file begins with a comment that says how
 * to install it and which simulated figure stands behind each tuned value. No secret is ever
 * written.
 *
 * Only keys that the chart knows are written; any other is STATUS_INTERNAL with the key's name.
 * Thread safety: every function is reentrant.
 */
#ifndef STACK_EMIT_H
#define STACK_EMIT_H

#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/result.h"
#include "sim/scenario.h"
#include "stack/chart_keys.h"

/** Write every file of the plan below `folder`, which is made when it is not there. */
enum status emit_plan(const struct scenario *scenario, const struct plan_outcome *outcome,
                      const char *folder, struct diagnostics *diagnostics) MUST_CHECK;

/** Add the values file of one chart to `text`. */
enum status emit_values(enum helm_chart chart, const struct scenario *scenario,
                        const struct plan_outcome *outcome, struct text *text,
                        struct diagnostics *diagnostics) MUST_CHECK;

#endif
