/**
 * Installing a plan with helm, or removing it: what is wanted, what is there, what was done.
 *
 * The way of a deployment: deploy_begin() looks for the tools and the cluster; deploy_want() says
 * what is wanted; preflight_check() (stack/preflight.h) finds everything that stands in the way
 * before anything is changed; deploy_overview() is what a person confirms; then deploy_apply(), or
 * deploy_rehearse() for a dry run. Or, after deploy_begin(), deploy_uninstall().
 *
 * Nothing here prints or asks. Lines that tell what happens go to `say`.
 * Thread safety: one thread at a time for one deployment.
 */
#ifndef STACK_DEPLOY_H
#define STACK_DEPLOY_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/plan.h"
#include "stack/helm.h"
#include "stack/kubectl.h"
#include "stack/releases.h"
#include "stack/smoke.h"

#include <stdbool.h>

/** A release may take so long to be ready. */
#define DEPLOY_TIMEOUT_SECONDS 600.0
/** While helm waits, its pods are looked at so often. */
#define DEPLOY_LOOK_SECONDS 5.0

enum deploy_line {
    DEPLOY_LINE_DONE,    /**< a step that is finished, or part of an explanation */
    DEPLOY_LINE_NOW,     /**< what goes on right now; the next line takes its place */
    DEPLOY_LINE_COMMAND, /**< of a dry run: a command that would run, to be pasted */
    DEPLOY_LINE_DIFF     /**< of a dry run: what it would change; several lines */
};

struct deploy_options {
    struct cluster cluster;
    const char *folder;        /**< where emit_plan() wrote its files; not needed to uninstall */
    const char *charts_folder; /**< holds NAME or NAME-VERSION.tgz; NULL: the repositories */
    double timeout_seconds;    /**< of one release; 0: DEPLOY_TIMEOUT_SECONDS */
    double look_seconds;       /**< 0: DEPLOY_LOOK_SECONDS */
    unsigned width;            /**< columns of the overview; 0: 100 */
    bool dry_run;
    bool smoke;       /**< deploy_smoke() is to follow: ask whether this user may */
    bool delete_data; /**< with deploy_uninstall(): volumes and the secret too */
    /** `line` has no newline at its end. NULL: nothing is said. */
    void (*say)(enum deploy_line kind, const char *line, void *context);
    void *say_context;
};

/** What became of a release, a manifest, a secret or a volume. */
enum deploy_outcome {
    DEPLOY_WAITING, /**< not reached */
    DEPLOY_UNCHANGED,
    DEPLOY_CREATED,
    DEPLOY_CHANGED,
    DEPLOY_INSTALLED,
    DEPLOY_UPGRADED,
    DEPLOY_REMOVED,
    DEPLOY_KEPT,
    DEPLOY_FAILED,
    DEPLOY_INTERRUPTED
};

/** "created", "not_reached", ...: as the JSON summary says it. */
const char *deploy_outcome_text(enum deploy_outcome outcome);

/** The volume of a release, wanted and found. */
struct deploy_volume {
    double wanted_bytes;   /**< 0: it has none */
    double claimed_bytes;  /**< of the PersistentVolumeClaim; 0: there is none */
    double template_bytes; /**< of the StatefulSet; 0: there is none */
    bool grows;            /**< the claim is to be patched */
    bool recreates;        /**< the StatefulSet is to be deleted, its pod kept, and made anew */
};

/** One release: wanted, found, done. */
struct deploy_item {
    const struct release *release;
    const char *chart;         /**< as helm takes it: a name, or a path, which is in the arena */
    struct helm_release found; /**< its name is empty when there is none */
    bool unchanged;            /**< chart, version and values are as wanted, and it is deployed */
    const char *changes;       /**< "a.b: 1 -> 2, ...", for an upgrade; arena, NULL for none */
    char *manifest;            /**< of a dry run: what helm would install; owned */
    struct deploy_volume volume;
    enum deploy_outcome outcome;
    double seconds;
    const char *problem; /**< why it failed, several lines; arena, NULL when it did not */
};

#define DEPLOY_MANIFESTS_MAX 8
#define DEPLOY_REMOVALS_MAX 24
#define DEPLOY_WARNINGS_MAX 16

/** A manifest that was applied, or a thing that was removed or kept. */
struct deploy_step {
    const char *kind; /**< of a removal: "release", "configmap", ...; NULL for a manifest */
    const char *name; /**< "manifests/namespace.yaml", "loki", ... */
    enum deploy_outcome outcome;
    double seconds;
};

struct deployment {
    struct deploy_options options;
    struct cluster cluster; /**< options.cluster with its context found */
    struct arena arena;
    char helm_version[40], kubectl_version[40], server_version[40];
    const char *label;       /**< of the plan: "best" */
    const struct plan *plan; /**< borrowed; NULL to uninstall */
    struct release_list releases;
    struct deploy_item items[RELEASES_MAX];
    struct helm_list found;       /**< every release of the namespace */
    struct helm_release replaced; /**< our log agent of the other kind; name empty: none */
    bool namespace_exists, secret_exists, storage_class_exists;
    const char *nodes_text; /**< "1 x t3.medium"; arena */
    const char *room_text;  /**< what stays free on the fullest node; arena */
    const char *warnings[DEPLOY_WARNINGS_MAX];
    size_t warning_count;
    struct deploy_step manifests[DEPLOY_MANIFESTS_MAX];
    size_t manifest_count;
    enum deploy_outcome secret;
    struct deploy_step removals[DEPLOY_REMOVALS_MAX];
    size_t removal_count;
    bool smoked; /**< the smoke test went well: `smoke` holds its times */
    struct smoke_answer smoke;
};

/** Begin: helm and kubectl are there and new enough, the context is known. `options` is copied,
 *  its strings are borrowed. deploy_fini() is right after any of these, also a failure. */
enum status deploy_begin(struct deployment *deployment, const struct deploy_options *options,
                         struct diagnostics *diagnostics) MUST_CHECK;

/** Say which plan and which releases are wanted; `plan` and `releases` are borrowed and copied. */
enum status deploy_want(struct deployment *deployment, const struct plan *plan, const char *label,
                        const struct release_list *releases,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** Add what a person confirms: the cluster, and what will be done to it. */
void deploy_overview(const struct deployment *deployment, struct text *text);

/** The same of an uninstallation, after deploy_find_removals(). */
void deploy_removals_overview(const struct deployment *deployment, struct text *text);

/**
 * Make it so. On failure or Ctrl-C the outcomes say what was done; STATUS_EXTERNAL. A release that
 * fails is rolled back by helm, and those before it stay as they are.
 */
enum status deploy_apply(struct deployment *deployment, struct diagnostics *diagnostics) MUST_CHECK;

/** Say every command that deploy_apply() would run and what it would change; changes nothing. */
enum status deploy_rehearse(struct deployment *deployment,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Find what deploy_uninstall() would remove: `deployment->removals`. `releases` says in which
 *  order, and which volumes; it is copied. Also warns of releases that are not ours: they stay, and
 *  with them the volumes, secret and dashboards that have their names. */
enum status deploy_find_removals(struct deployment *deployment, const struct release_list *releases,
                                 struct diagnostics *diagnostics) MUST_CHECK;

/** Remove our releases in reverse order and the dashboards; with options.delete_data volumes and
 *  secret too. A dry run says the commands only. */
enum status deploy_uninstall(struct deployment *deployment,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** Push a log line and a span through the stack and read them back through Grafana. */
enum status deploy_smoke(struct deployment *deployment, struct diagnostics *diagnostics) MUST_CHECK;

/** Add how many releases were done, and how to look at Grafana. */
void deploy_summary(const struct deployment *deployment, struct text *text);

/** Add all of it as one JSON object. */
enum status deploy_json(const struct deployment *deployment, struct text *text,
                        struct diagnostics *diagnostics) MUST_CHECK;

void deploy_fini(struct deployment *deployment);

/** Keep a warning for the overview; the text is a printf format. */
void deploy_warn(struct deployment *deployment, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Add a diagnostic with a hint; STATUS_EXTERNAL. */
enum status deploy_refuse(struct diagnostics *diagnostics, const char *hint, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));

/** Say a line. */
void deploy_say(const struct deployment *deployment, enum deploy_line kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** True when the caller wants to stop. */
bool deploy_interrupted(const struct deployment *deployment);

/** The words of `helm upgrade --install` for one release, without those that name the cluster;
 *  `more` (NULL: none) follow. Buffers are `deployment`'s arena. NULL when memory is out. */
const char *const *deploy_upgrade_words(struct deployment *deployment,
                                        const struct deploy_item *item, const char *const *more);

#endif
