/** The dashboards, one file each. Private to stack/dashboard*.c. */
#ifndef STACK_DASHBOARD_PAGES_H
#define STACK_DASHBOARD_PAGES_H

#include "sim/result.h"
#include "stack/dashboard_panel.h"

/** *FastAPI*: rate, errors and duration from access logs and traces. */
extern const struct dashboard_page dashboard_fastapi;

/** *Dramatiq*: failures, retries, limits and boots; throughput where the log level tells. */
extern const struct dashboard_page dashboard_dramatiq;

/** *Stack against plan*: what runs now against the simulated bands of `outcome`. Texts are in
 *  `arena`. */
enum status dashboard_stack(const struct scenario *scenario, const struct plan_outcome *outcome,
                            struct arena *arena, struct dashboard_page *page,
                            struct diagnostics *diagnostics) MUST_CHECK;

#endif
