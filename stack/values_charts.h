/**
 * The values of each chart, from a plan. One file a chart: stack/values_NAME.c.
 *
 * Each function fills empty values; failures stick to `values`. Everything that the simulation
 * chose or assumed comes from the plan; what it says nothing about is a fixed row with its reason.
 */
#ifndef STACK_VALUES_CHARTS_H
#define STACK_VALUES_CHARTS_H

#include "sim/result.h"
#include "sim/scenario.h"
#include "stack/values.h"

void values_loki(struct values *values, const struct scenario *scenario,
                 const struct plan_outcome *outcome);
void values_tempo(struct values *values, const struct scenario *scenario,
                  const struct plan_outcome *outcome);
void values_grafana(struct values *values, const struct scenario *scenario,
                    const struct plan_outcome *outcome);
void values_promtail(struct values *values, const struct scenario *scenario,
                     const struct plan_outcome *outcome);
void values_alloy(struct values *values, const struct scenario *scenario,
                  const struct plan_outcome *outcome);
void values_collector(struct values *values, const struct scenario *scenario,
                      const struct plan_outcome *outcome);

#endif
