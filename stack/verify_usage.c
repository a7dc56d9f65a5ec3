/* What is used now, as the kubelets say, against the simulated bands of memory, CPU and disk. */
#include "stack/verify_lines.h"

#include "sim/base/units.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/** What the kubelets say of one release's pods: the highest of them. */
struct used {
    size_t pods;
    double memory_bytes, cpu_cores; /**< working set, and the mean of the last few seconds */
    double disk_bytes;              /**< of its claim; below 0 when none was shown */
};

static double number_at(const json_t *object, const char *group, const char *key) {
    return json_number_value(kubectl_value(object, group, key, NULL));
}

static void take_containers(const struct release *release, const json_t *pod, struct used *used) {
    size_t i;
    json_t *container;
    json_array_foreach(json_object_get(pod, "containers"), i, container) {
        if (strcmp(kubectl_string(container, "name", NULL), release->container) != 0)
            continue;
        double memory = number_at(container, "memory", "workingSetBytes");
        double cores = number_at(container, "cpu", "usageNanoCores") * 1e-9;
        used->pods++;
        used->memory_bytes = memory > used->memory_bytes ? memory : used->memory_bytes;
        used->cpu_cores = cores > used->cpu_cores ? cores : used->cpu_cores;
    }
}

static void take_volumes(const struct release *release, const json_t *pod, struct used *used) {
    size_t i;
    json_t *volume;
    if (!release->claim)
        return;
    json_array_foreach(json_object_get(pod, "volume"), i, volume) {
        if (strcmp(kubectl_string(volume, "pvcRef", "name", NULL), release->claim) != 0)
            continue;
        used->disk_bytes = json_number_value(json_object_get(volume, "usedBytes"));
    }
}

/** Add one kubelet's summary. */
static void take_summary(const struct cluster *cluster, const struct release_list *releases,
                         const json_t *summary, struct used *used) {
    size_t i;
    json_t *pod;
    json_array_foreach(json_object_get(summary, "pods"), i, pod) {
        if (strcmp(kubectl_string(pod, "podRef", "namespace", NULL), cluster->name_space) != 0)
            continue;
        for (size_t r = 0; r < releases->count; r++) {
            take_containers(&releases->items[r], pod, &used[r]);
            take_volumes(&releases->items[r], pod, &used[r]);
        }
    }
}

/** Ask one node's kubelet, through the API server. */
static enum status take_node(const struct cluster *cluster, const struct release_list *releases,
                             const char *node, struct used *used, struct verify *verify,
                             struct diagnostics *diagnostics) {
    const char *answer, *why;
    char path[320];
    json_error_t problem;
    if (!kubectl_name_is_valid(node))
        return STATUS_OK;
    snprintf(path, sizeof path, "/api/v1/nodes/%s/proxy/stats/summary", node);
    enum status status = verify_raw(cluster, path, verify, &answer, &why, diagnostics);
    if (status != STATUS_OK)
        return status;
    json_t *summary = answer ? json_loads(answer, 0, &problem) : NULL;
    if (summary)
        take_summary(cluster, releases, summary, used);
    else
        verify_add(verify, (struct verify_place){VERIFY_USAGE, "nodes"}, node, VERIFY_UNSEEN, NULL,
                   NULL, "the kubelet's figures: %s", answer ? "not JSON" : why);
    json_decref(summary);
    return STATUS_OK;
}

/** A figure against its band: above the 99 % of what was simulated is drift, below is none. */
static void compare_band(struct verify *verify, struct verify_place place, const char *what,
                         double live, const struct quantiles *band, const char *meaning,
                         char *(*print)(char *, size_t, double)) {
    char low[32], high[32], planned[80], shown[32];
    if (band->max <= 0)
        return;
    snprintf(planned, sizeof planned, "%s to %s", print(low, sizeof low, band->p5),
             print(high, sizeof high, band->p95));
    print(shown, sizeof shown, live);
    verify_add(verify, place, what, live > band->p99 ? VERIFY_DRIFT : VERIFY_SAME, planned, shown,
               "%s", live > band->p99 ? "more than 99 % of the simulated runs ever use" : meaning);
}

static struct quantiles in_units(const struct quantiles *band, double factor) {
    return (struct quantiles){band->p5 * factor, band->p50 * factor, band->p95 * factor,
                              band->p99 * factor, band->max * factor};
}

static void compare_usage(struct verify *verify, const struct verify_plan *plan,
                          const struct release *release, const struct used *used) {
    const struct verify_place place = verify_place(VERIFY_USAGE, release);
    const struct component_outcome *outcome = &plan->outcome->components[release->component];
    const struct quantiles memory = in_units(&outcome->memory_peak_mib, MIB);
    const struct quantiles disk = in_units(&outcome->disk_gib, GIB);
    if (used->pods == 0)
        return;
    compare_band(verify, place, "memory now", used->memory_bytes, &memory,
                 "the band is of the peaks, P5 to P95", units_print_bytes);
    compare_band(verify, place, "CPU now", used->cpu_cores, &outcome->cpu_peak_cores,
                 "the band is of the busiest step, P5 to P95", units_print_cores);
    if (used->disk_bytes >= 0)
        compare_band(verify, place, "volume used", used->disk_bytes, &disk,
                     "the band is of the fullest moment, P5 to P95", units_print_bytes);
}

enum status verify_usage(const struct cluster *cluster, const struct verify_view *view,
                         struct verify *verify, struct diagnostics *diagnostics) {
    const struct release_list *releases = view->releases;
    struct used used[RELEASES_MAX] = {0};
    enum status status = STATUS_OK;
    json_t *node;
    size_t i;
    for (size_t r = 0; r < RELEASES_MAX; r++)
        used[r].disk_bytes = -1;
    json_array_foreach(kubectl_items(view->nodes), i, node) {
        if (status == STATUS_OK)
            status = take_node(cluster, releases, kubectl_string(node, "metadata", "name", NULL),
                               used, verify, diagnostics);
    }
    for (size_t r = 0; r < releases->count && status == STATUS_OK; r++)
        compare_usage(verify, view->plan, &releases->items[r], &used[r]);
    return status == STATUS_OK ? verify_ingest(cluster, view, verify, diagnostics) : status;
}
