/**
 * What the files of a deployment share.
 */
#ifndef STACK_DEPLOY_PARTS_H
#define STACK_DEPLOY_PARTS_H

#include "stack/deploy.h"

/** Why a release is not ready, looked at while helm waits: afterwards its pods may be gone. */
struct deploy_watch {
    const struct deployment *deployment;
    const struct deploy_item *item;
    double next_look;     /**< on clock_seconds() */
    struct text pods;     /**< what is wrong with each pod that is not ready, a line each */
    struct text logs;     /**< the last lines of a container that ended */
    char logged_pod[254]; /**< whose they are */
    int logged_restarts;
    char names[4][254]; /**< of the pods that were not ready */
    size_t name_count;
    char now[160]; /**< in a few words: "loki-0 ContainerCreating" */
};

void deploy_watch_init(struct deploy_watch *watch, const struct deployment *deployment,
                       const struct deploy_item *item);
void deploy_watch_fini(struct deploy_watch *watch);

/** Look at the pods when it is time again. What cannot be read is passed over. */
void deploy_watch_look(struct deploy_watch *watch);

/** Add pods, events and log lines that explain why the release is not ready, a line each. */
void deploy_watch_explain(struct deploy_watch *watch, struct text *text);

/** Note what is wrong with the pods of one answer of `kubectl get pods --output json`. */
void deploy_watch_take(struct deploy_watch *watch, const json_t *list);

/** Install or upgrade one release; fills outcome, seconds and problem. */
enum status deploy_item_apply(struct deployment *deployment, struct deploy_item *item,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** Remove a release, or what else `step` names; fills its outcome and seconds. */
enum status deploy_remove(struct deployment *deployment, struct deploy_step *step,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** Words of the steps, without those that name the cluster; each ends with NULL. Texts that are
 *  made are the arena's; NULL when memory is out. */
const char *const *deploy_apply_words(struct deployment *deployment, const char *file);
const char *const *deploy_grow_words(struct deployment *deployment, const struct deploy_item *item);
const char *const *deploy_orphan_words(struct deployment *deployment,
                                       const struct deploy_item *item);
const char *const *deploy_rollback_words(struct deployment *deployment,
                                         const struct deploy_item *item);
const char *const *deploy_uninstall_words(struct deployment *deployment, const char *name);
const char *const *deploy_delete_words(struct deployment *deployment, const char *kind,
                                       const char *name);

/** Is the claim to be patched by us? One that a chart lists among its objects (a Deployment's) is
 *  grown by helm; a StatefulSet's never is, not even one that outlived its StatefulSet. */
bool deploy_grows_claim(const struct deploy_item *item);

/** Say a command of kubectl or helm as it would run. */
void deploy_say_kubectl(const struct deployment *deployment, const char *const *words);
void deploy_say_helm(const struct deployment *deployment, const char *const *words);

/** True for the manifest of the StorageClass, which is left alone when the class is there. */
bool deploy_leaves_alone(const struct deployment *deployment, const char *file);

/** What became of a step that did not go well. */
enum deploy_outcome deploy_failure(const struct deployment *deployment);

/** Say that a step is done: name, what became of it, how long it took. */
void deploy_say_step(const struct deployment *deployment, const char *name,
                     enum deploy_outcome outcome, double seconds);

/** "41.2 s", "3 min 20 s". */
char *deploy_print_seconds(char *buffer, size_t size, double seconds);

#endif
