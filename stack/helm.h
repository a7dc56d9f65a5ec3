/**
 * Helm: releases of one cluster's namespace.
 *
 * Ours is a release that carries the label HELM_OURS, which every install and upgrade of this
 * program sets; a release of the same name without it belongs to somebody else.
 *
 * Thread safety: every function is reentrant.
 */
#ifndef STACK_HELM_H
#define STACK_HELM_H

#include "sim/base/status.h"
#include "stack/kubectl.h"
#include "stack/process.h"

#include <jansson.h>
#include <stdbool.h>

/** Label of our releases, as `helm upgrade --labels` and `kubectl label` take it. */
#define HELM_OURS "app.kubernetes.io/managed-by=simulate"

/** The oldest Helm 3 that labels releases and asks the server in a dry run. */
#define HELM_MINOR_MIN 13
#define HELM_MAJOR_TESTED 3

#define HELM_WORDS_MAX KUBECTL_WORDS_MAX

/** A release as `helm list` shows it. */
struct helm_release {
    bool ours;
    char name[64];
    char chart[64];   /**< "loki" */
    char version[40]; /**< "6.30.0" */
    char status[24];  /**< "deployed", "failed", "pending-upgrade", ... */
    char updated[48]; /**< when, as helm writes it */
    int revision;
};

#define HELM_RELEASES_MAX 64

struct helm_list {
    struct helm_release items[HELM_RELEASES_MAX];
    size_t count;
};

/** Fill `all` (HELM_WORDS_MAX) with `helm`, what names the cluster, and `words`. False when there
 *  are too many. */
bool helm_words(const struct cluster *cluster, const char *const *words, const char **all);

/** How helm is run: `all` from helm_words(), for process_run() or process_start(). */
struct process_options helm_options(const struct cluster *cluster, const char *const *all,
                                    double timeout_seconds);

/** Run `helm WORDS...`; STATUS_OK when it ran to its end: judge `result`. */
enum status helm_run(const struct cluster *cluster, const char *const *words,
                     double timeout_seconds, struct process_result *result,
                     struct diagnostics *diagnostics) MUST_CHECK;

/** Run `helm WORDS... --output json` and parse what it prints; any exit status but 0 is
 *  STATUS_EXTERNAL. `*answer` may be NULL or null. json_decref() it. */
enum status helm_json(const struct cluster *cluster, const char *const *words, const char *what,
                      json_t **answer, struct diagnostics *diagnostics) MUST_CHECK;

/** Helm's version: "3.18.6" into `version`. STATUS_EXTERNAL when it is missing or too old. */
enum status helm_version(const struct cluster *cluster, char *version, size_t size,
                         struct diagnostics *diagnostics) MUST_CHECK;

/** All releases of the namespace, whatever their state. More than HELM_RELEASES_MAX are
 *  STATUS_EXTERNAL: one that is not seen would pass for one that is not there. */
enum status helm_list(const struct cluster *cluster, struct helm_list *list,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** The release called `name`, or NULL. */
const struct helm_release *helm_find(const struct helm_list *list, const char *name);

/** The values a release was given (not the chart's defaults): an object, {} when none.
 *  json_decref() it. */
enum status helm_values(const struct cluster *cluster, const char *name, json_t **values,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** Split "opentelemetry-collector-0.145.0" into name and version. */
void helm_split_chart(const char *text, struct helm_release *release);

/** Read "v3.18.6" or "3.18": false when it is no version. */
bool helm_parse_version(const char *text, int *major, int *minor);

/** Add to `text` the paths where `after` differs from `before`, as "a.b: 1 -> 2", joined by ", ",
 *  at most `most` of them and no long ones, then how many more. Returns how many differ in all. A
 *  null counts as nothing there. */
size_t helm_values_changes(json_t *before, json_t *after, size_t most, struct text *text);

#endif
