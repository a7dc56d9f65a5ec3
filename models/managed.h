/**
 * What the same logs and traces would cost in managed services.
 *
 * aws: CloudWatch Logs, X-Ray (kept 30 days; what Transaction Search would cost stands beside it)
 * and Managed Grafana. grafana-cloud: Pro, all-in price a gigabyte, longer retention by 30 days.
 * datadog: logs and spans indexed for 15 days, one APM host a node, yearly commitment. new-relic:
 * logs and spans by the gigabyte; the first editor is the free full user, further ones are core
 * users, viewers are free basic users. Retention that a service does not sell is not priced.
 *
 * Free tiers count: an item's quantity is what is billed and its text names what is free. A meter
 * without a price in the region takes us-east-1's, and its source says so. Logs are stored at a
 * steady state: every month's logs for `log_retention_days`. Gigabytes are decimal (10^9), as
 * these services bill. Pure; thread-safe.
 */
#ifndef MODELS_MANAGED_H
#define MODELS_MANAGED_H

#include "models/cost.h"
#include "models/price.h"

enum managed_service { MANAGED_AWS, MANAGED_GRAFANA_CLOUD, MANAGED_DATADOG, MANAGED_NEW_RELIC };
#define MANAGED_COUNT 4

/** Load of one month. */
struct managed_load {
    double log_gb; /**< raw log bytes */
    double log_lines;
    double log_retention_days;
    double trace_count; /**< recorded (sampled) traces */
    double span_count;
    double span_gb;
    double trace_retention_days;
    double scanned_gb;     /**< Logs Insights */
    double traces_scanned; /**< X-Ray retrieved or scanned */
    double editors, viewers;
    double hosts; /**< nodes that run the services, for per-host prices */
};

/** The bill of `service` in `region` for a month of `load`. Strings live as long as `arena`. */
enum status managed_bill(struct arena *arena, const struct price_table *prices,
                         enum managed_service service, const char *region,
                         const struct managed_load *load, struct bill *bill,
                         struct diagnostics *diagnostics) MUST_CHECK;

/** `aws`, `grafana-cloud`, `datadog`, `new-relic`. */
const char *managed_name(enum managed_service service);
/** `AWS (CloudWatch Logs, X-Ray, Managed Grafana)` and so on. */
const char *managed_title(enum managed_service service);

#endif
