/**
 * The Helm releases of a stack: which charts, from where, in which order.
 *
 * Thread safety: every function is reentrant.
 */
#ifndef STACK_RELEASES_H
#define STACK_RELEASES_H

#include "sim/plan.h"
#include "stack/chart_keys.h"

/** One Helm release. Strings but those of `pin` are static. */
struct release {
    enum helm_chart chart;
    enum component component;
    struct chart_pin pin;      /**< chart, version, repository */
    const char *title;         /**< "Loki", "the OpenTelemetry Collector": for sentences */
    const char *name;          /**< of the release */
    const char *values_file;   /**< below the output folder: "values/loki.yaml" */
    const char *workload_kind; /**< "StatefulSet", "Deployment" or "DaemonSet" */
    const char *workload;      /**< its name in the cluster */
    const char *container;     /**< the program's container in its pods */
    const char *claim;         /**< PersistentVolumeClaim of its volume; NULL without one */
    const char *service;       /**< in front of it, at `pin.port`; NULL for none */
};

#define RELEASES_MAX 5

struct release_list {
    struct release items[RELEASES_MAX]; /**< in the order in which they are installed */
    size_t count;
};

/** Below the output folder, in the order in which they are applied, all before the first release;
 *  ends with NULL. */
extern const char *const releases_manifests[];

/** List the releases of a plan: `profile` is the scenario's `stack.charts.profile`, `agent` the
 *  plan's `agent_kind`. What a release needs comes before it: Loki before the log agent, Tempo
 *  before the collector, both before Grafana. Fails when the shipped lists are broken, or when the
 *  profile has no such agent. */
enum status releases_list(enum chart_profile profile, enum agent_kind agent,
                          struct release_list *list, struct diagnostics *diagnostics) MUST_CHECK;

/** Is a release of that name among them? */
bool releases_have(const struct release_list *list, const char *name);

/** How people call the program of `chart`, for sentences. */
const char *releases_title(enum helm_chart chart);

/** What to say before the releases are installed: that Promtail is past its end of life. NULL for
 *  nothing. */
const char *releases_warning(enum agent_kind agent);

#endif
