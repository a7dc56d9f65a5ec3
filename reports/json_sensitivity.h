/** The sensitivity analysis as JSON. */
#ifndef REPORTS_JSON_SENSITIVITY_H
#define REPORTS_JSON_SENSITIVITY_H

#include "reports/json_plan.h"

/** The inputs that move the plan most, the strongest first; empty unless asked for. */
json_t *json_sensitivity(struct json_maker *maker, const struct result *result);

/** The base, the indices of chance, and what to measure next. */
json_t *json_sensitivity_summary(struct json_maker *maker,
                                 const struct sensitivity_summary *summary);

#endif
