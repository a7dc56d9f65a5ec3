/**
 * What the values of several charts have in common: names in the cluster, requests and limits,
 * volumes, GOMEMLIMIT, and the sentences that name the simulated figures.
 */
#ifndef STACK_VALUES_COMMON_H
#define STACK_VALUES_COMMON_H

#include "sim/result.h"
#include "stack/names.h"
#include "stack/values.h"

#include <stdbool.h>
#include <stddef.h>

/** Buffer for one printed value. */
#define VALUES_COMMON_BYTES 32

/** A duration as Go and Prometheus both read it: `168h`, `1h30m`, `500ms`; Go knows no days. */
char *values_common_duration(char *buffer, size_t size, double seconds);

/** Set a duration at `path`. */
void values_common_set_duration(struct values *values, const char *path, double seconds);

/** Set requests and limits below `path` and name the figures of `component`. A limit or request
 *  of 0 is left out. */
void values_common_resources(struct values *values, const char *path,
                             const struct plan_outcome *outcome, enum component component);

/** Set a volume size at `path` and name its figures. */
void values_common_volume(struct values *values, const char *path,
                          const struct plan_outcome *outcome, enum component component);

/** A goal as GOMEMLIMIT takes it, in whole MiB: `512MiB`. */
char *values_common_print_goal(char *buffer, size_t size, double goal_bytes);

/** Set item `index` of the environment list at `path` to GOMEMLIMIT; nothing when `goal_bytes` is
 *  0. Returns how many items the list has now. */
size_t values_common_memory_goal(struct values *values, const char *path, size_t index,
                                 double goal_bytes, const struct plan_outcome *outcome,
                                 enum component component);

/** Set item `index` of the environment list at `path`. */
void values_common_environment(struct values *values, const char *path, size_t index,
                               const char *name, const char *value);

/** Set item `index` of the environment list at `path` to what makes Go tell its heap in the log. */
void values_common_trace_memory(struct values *values, const char *path, size_t index);

/** "peak P95 1.2 GiB; chance of a kill 0.2% (0.1% to 0.3%)". */
char *values_common_memory_figure(char *buffer, size_t size,
                                  const struct component_outcome *figures);

/** Times its mean that the load reaches in the busiest hour of a week, as it is simulated, without
 *  noise, incidents and growth. */
double values_common_busiest_hour(const struct scenario *scenario);

/** Loki takes no line older than this: a week, or the retention when that is shorter. */
double values_common_oldest_seconds(const struct plan *plan);

/** Bind the component's pod to other pods or away from them, as the plan has it, at `path` (a pod's
 *  affinity). False when the plan leaves it to the scheduler: then nothing is set. */
bool values_common_affinity(struct values *values, const char *path, const struct plan *plan,
                            enum component component);

/** Remark that says how to change the size of a StatefulSet's volume. */
void values_common_remark_resize(struct values *values, const char *stateful_set);

#endif
