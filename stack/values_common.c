#include "stack/values_common.h"

#include "sim/base/units.h"
#include "sim/planner.h"
#include "stack/own_logs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = CHART_KEYS_PATH_MAX };

char *values_common_duration(char *buffer, size_t size, double seconds) {
    long long milliseconds = llround(fmin(fmax(seconds, 0), 1e12) * 1000);
    if (milliseconds % 1000 != 0) {
        snprintf(buffer, size, "%lldms", milliseconds);
        return buffer;
    }
    const struct {
        long long count;
        char letter;
    } parts[] = {{milliseconds / 3600000, 'h'},
                 {milliseconds / 60000 % 60, 'm'},
                 {milliseconds / 1000 % 60, 's'}};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && used < size; i++)
        if (parts[i].count > 0)
            used += (size_t)snprintf(buffer + used, size - used, "%lld%c", parts[i].count,
                                     parts[i].letter);
    if (used == 0)
        snprintf(buffer, size, "0s");
    return buffer;
}

void values_common_set_duration(struct values *values, const char *path, double seconds) {
    char buffer[VALUES_COMMON_BYTES];
    values_string(values, path, values_common_duration(buffer, sizeof buffer, seconds));
}

/** A share of the runs; none or all of them are no certainty. */
static char *print_chance(char *buffer, size_t size, double chance) {
    if (chance <= 0)
        snprintf(buffer, size, "<0.1%%");
    else if (chance >= 1)
        snprintf(buffer, size, ">99.9%%");
    else
        units_print_percent(buffer, size, chance);
    return buffer;
}

char *values_common_memory_figure(char *buffer, size_t size,
                                  const struct component_outcome *figures) {
    char peak[VALUES_COMMON_BYTES], chance[VALUES_COMMON_BYTES];
    char low[VALUES_COMMON_BYTES], high[VALUES_COMMON_BYTES];
    snprintf(buffer, size, "peak P95 %s; chance of a kill %s (%s to %s)",
             units_print_bytes(peak, sizeof peak, figures->memory_peak_mib.p95 * MIB),
             print_chance(chance, sizeof chance, figures->out_of_memory.value),
             units_print_percent(low, sizeof low, figures->out_of_memory.low),
             units_print_percent(high, sizeof high, figures->out_of_memory.high));
    return buffer;
}

static void set_cores(struct values *values, const char *path, const char *key, double cores,
                      const char *figure_name, double figure_cores) {
    char full[PATH_BYTES], value[VALUES_COMMON_BYTES];
    if (cores <= 0)
        return;
    snprintf(full, sizeof full, "%s.%s", path, key);
    values_string(values, full, units_print_cores(value, sizeof value, cores));
    values_tuned(values, full, "%s P95 %.2f cores", figure_name, figure_cores);
}

static void set_bytes(struct values *values, const char *path, const char *key, double bytes,
                      const char *figure) {
    char full[PATH_BYTES], value[VALUES_COMMON_BYTES];
    if (bytes <= 0)
        return;
    snprintf(full, sizeof full, "%s.%s", path, key);
    values_string(values, full, units_print_quantity(value, sizeof value, bytes));
    values_tuned(values, full, "%s", figure);
}

/** The search chooses requests by how long they are passed; the user's own need no reason. */
static void print_request_reason(char *buffer, size_t size, const struct plan_outcome *outcome) {
    if (strcmp(outcome->label, "as written") == 0)
        snprintf(buffer, size, "mean over the run");
    else
        snprintf(buffer, size,
                 "passed at most %.0f%% of the time (in %.0f%% of runs); mean over "
                 "the run",
                 100 * PLANNER_BUSY_FRACTION, 100 * PLANNER_USUAL_SHARE);
}

void values_common_resources(struct values *values, const char *path,
                             const struct plan_outcome *outcome, enum component component) {
    const struct scenario_resources *resources = &outcome->plan.resources[component];
    const struct component_outcome *figures = &outcome->components[component];
    char figure[160], reason[96], mean[VALUES_COMMON_BYTES];
    print_request_reason(reason, sizeof reason, outcome);
    set_cores(values, path, "requests.cpu", resources->request_cores, reason,
              figures->cpu_cores.p95);
    snprintf(figure, sizeof figure, "%s P95 %s", reason,
             units_print_bytes(mean, sizeof mean, figures->memory_mean_mib.p95 * MIB));
    set_bytes(values, path, "requests.memory", resources->request_bytes, figure);
    set_cores(values, path, "limits.cpu", resources->limit_cores, "highest step",
              figures->cpu_peak_cores.p95);
    set_bytes(values, path, "limits.memory", resources->limit_bytes,
              values_common_memory_figure(figure, sizeof figure, figures));
}

void values_common_volume(struct values *values, const char *path,
                          const struct plan_outcome *outcome, enum component component) {
    const struct component_outcome *figures = &outcome->components[component];
    char size[VALUES_COMMON_BYTES], use[VALUES_COMMON_BYTES], full[VALUES_COMMON_BYTES];
    values_string(
        values, path,
        units_print_quantity(size, sizeof size, outcome->plan.resources[component].volume_bytes));
    if (figures->disk_gib.max <= 0) {
        values_tuned(values, path, "as the scenario sets it: what lies on it is not simulated");
        return;
    }
    values_tuned(values, path, "highest use P95 %s, %.0f inodes; chance that it fills up %s",
                 units_print_bytes(use, sizeof use, figures->disk_gib.p95 * GIB),
                 figures->inodes_peak_p95,
                 print_chance(full, sizeof full, figures->volume_full.value));
}

void values_common_environment(struct values *values, const char *path, size_t index,
                               const char *name, const char *value) {
    char full[PATH_BYTES];
    snprintf(full, sizeof full, "%s[%zu].name", path, index);
    values_string(values, full, name);
    snprintf(full, sizeof full, "%s[%zu].value", path, index);
    values_string(values, full, value);
}

char *values_common_print_goal(char *buffer, size_t size, double goal_bytes) {
    /* Go writes MiB where Kubernetes writes Mi. */
    snprintf(buffer, size, "%.0fMiB", floor(goal_bytes / MIB));
    return buffer;
}

size_t values_common_memory_goal(struct values *values, const char *path, size_t index,
                                 double goal_bytes, const struct plan_outcome *outcome,
                                 enum component component) {
    char goal[VALUES_COMMON_BYTES], figure[160], full[PATH_BYTES];
    char share[VALUES_COMMON_BYTES];
    double limit = outcome->plan.resources[component].limit_bytes;
    if (goal_bytes <= 0)
        return index;
    values_common_environment(values, path, index, "GOMEMLIMIT",
                              values_common_print_goal(goal, sizeof goal, goal_bytes));
    snprintf(full, sizeof full, "%s[%zu].value", path, index);
    values_common_memory_figure(figure, sizeof figure, &outcome->components[component]);
    if (limit > 0)
        values_tuned(values, full, "GOMEMLIMIT, %s of the limit: %s",
                     units_print_percent(share, sizeof share, goal_bytes / limit), figure);
    else
        values_tuned(values, full, "GOMEMLIMIT: %s", figure);
    return index + 1;
}

void values_common_trace_memory(struct values *values, const char *path, size_t index) {
    char full[PATH_BYTES];
    values_common_environment(values, path, index, "GODEBUG", OWN_LOGS_GODEBUG);
    snprintf(full, sizeof full, "%s[%zu].value", path, index);
    values_fixed(values, full,
                 "a line of 140 bytes at each garbage collection: memory for dashboards and alert "
                 "rules, there being no Prometheus");
}

double values_common_busiest_hour(const struct scenario *scenario) {
    const struct scenario_profile *profile = &scenario->workload.profile;
    double hour = 0;
    for (int i = 0; i < 24; i++)
        hour = fmax(hour, profile->daily[i]);
    return hour * fmax(1, profile->weekend_fraction) * 7 / (5 + 2 * profile->weekend_fraction);
}

double values_common_oldest_seconds(const struct plan *plan) {
    return fmin(plan->loki_retention_seconds, 7 * SECONDS_PER_DAY);
}

void values_common_remark_resize(struct values *values, const char *stateful_set) {
    values_remark(values,
                  "Resize     The size in a StatefulSet's volume template cannot be changed: "
                  "patch the claim first,");
    values_remark(values,
                  "           then kubectl -n %s delete statefulset %s --cascade=orphan, "
                  "then upgrade.",
                  STACK_NAMESPACE, stateful_set);
}

/** One rule of affinity or anti-affinity for each pod among `pods`, bits 1 << component. */
static void set_rules(struct values *values, const char *path, const char *kind, unsigned pods) {
    static const char *const names[COMPONENT_AGENT] = {
        [COMPONENT_LOKI] = STACK_LOKI_NAME,
        [COMPONENT_TEMPO] = STACK_TEMPO_NAME,
        [COMPONENT_GRAFANA] = STACK_GRAFANA_NAME,
        [COMPONENT_COLLECTOR] = STACK_COLLECTOR_NAME,
    };
    unsigned rule = 0;
    for (int component = 0; component < COMPONENT_AGENT; component++) {
        char label[PATH_BYTES], topology[PATH_BYTES];
        if ((pods & 1u << component) == 0)
            continue;
        snprintf(label, sizeof label,
                 "%s.%s.requiredDuringSchedulingIgnoredDuringExecution[%u].labelSelector."
                 "matchLabels.app\\.kubernetes\\.io/name",
                 path, kind, rule);
        snprintf(topology, sizeof topology,
                 "%s.%s.requiredDuringSchedulingIgnoredDuringExecution[%u].topologyKey", path, kind,
                 rule);
        values_string(values, label, names[component]);
        values_string(values, topology, "kubernetes.io/hostname");
        rule++;
    }
}

bool values_common_affinity(struct values *values, const char *path, const struct plan *plan,
                            enum component component) {
    unsigned joins, shuns;
    plan_split_rules(&plan->split, component, &joins, &shuns);
    if (joins == 0 && shuns == 0)
        return false;
    set_rules(values, path, "podAffinity", joins);
    set_rules(values, path, "podAntiAffinity", shuns);
    char groups[160];
    values_tuned(values, path, "nodes shared as planned: %s",
                 plan_print_split(&plan->split, groups, sizeof groups));
    return true;
}
