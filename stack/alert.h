/**
 * Alert rules of a plan, provisioned through the Grafana chart's `alerting` value.
 *
 * Every rule asks Loki: the stack has nothing else that can be asked. They need no more than
 * Grafana's own alerting, and show in Grafana; who wants a message adds a contact point there.
 */
#ifndef STACK_ALERT_H
#define STACK_ALERT_H

#include "sim/result.h"
#include "stack/values.h"

/** Set the rules in the values of the chart grafana. */
void alert_rules(struct values *values, const struct scenario *scenario,
                 const struct plan_outcome *outcome);

#endif
