/* One release: its volume grown if need be, then helm, watched; put back when it fails. */
#include "sim/base/clock.h"
#include "stack/deploy_parts.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/** helm rolls back within the timeout it was given for the upgrade. */
static const double rollback_share = 2;
static const double spare_seconds = 120;

static enum status run_kubectl(const struct cluster *cluster, const char *const *words,
                               const char *what, struct diagnostics *diagnostics) {
    struct process_result result = {0};
    if (!words)
        return diagnostics_out_of_memory(diagnostics, what);
    enum status status = kubectl_do(cluster, words, what, &result, diagnostics);
    process_result_fini(&result);
    return status;
}

/** The cluster, deaf to Ctrl-C: for steps that would leave a release half done. */
static struct cluster deaf(const struct deployment *deployment) {
    struct cluster cluster = deployment->cluster;
    cluster.interrupted = NULL;
    return cluster;
}

/** The claim first: a StatefulSet that is gone while its claim could not grow helps nobody. */
static enum status prepare_volume(struct deployment *deployment, const struct deploy_item *item,
                                  struct diagnostics *diagnostics) {
    char what[160];
    enum status status = STATUS_OK;
    if (deploy_grows_claim(item)) {
        snprintf(what, sizeof what, "growing volume %s", item->release->claim);
        status = run_kubectl(&deployment->cluster, deploy_grow_words(deployment, item), what,
                             diagnostics);
    }
    if (status == STATUS_OK && item->volume.recreates) {
        snprintf(what, sizeof what, "deleting StatefulSet %s, its pod kept",
                 item->release->workload);
        /* It is over in a moment; who presses Ctrl-C then has helm stopped, and it put back. */
        const struct cluster cluster = deaf(deployment);
        status = run_kubectl(&cluster, deploy_orphan_words(deployment, item), what, diagnostics);
    }
    return status;
}

/** The old StatefulSet asks for a volume of another size than the new one: helm's own rollback
 *  stumbles over that. Made anew it takes its pod back. Nobody waits for the pod: it ran before,
 *  and who pressed Ctrl-C wants to go. */
static void put_back(struct deployment *deployment, struct deploy_item *item, struct text *text) {
    struct diagnostics ignored;
    struct process_result result = {0};
    /* Ctrl-C has been heard. */
    const struct cluster cluster = deaf(deployment);
    diagnostics_init(&ignored);
    if (!item->volume.recreates || !item->found.name[0])
        return;
    deploy_say(deployment, DEPLOY_LINE_NOW, "putting %s back to revision %d", item->release->name,
               item->found.revision);
    bool fine = run_kubectl(&cluster, deploy_orphan_words(deployment, item),
                            "deleting a StatefulSet", &ignored) == STATUS_OK;
    const char *const *words = deploy_rollback_words(deployment, item);
    fine = fine && words &&
           helm_run(&cluster, words, deployment->options.timeout_seconds + spare_seconds, &result,
                    &ignored) == STATUS_OK &&
           process_succeeded(&result);
    text_print(text,
               fine ? "release %s was put back to revision %d\n"
                    : "release %s could not be put back to revision %d: helm rollback does it\n",
               item->release->name, item->found.revision);
    process_result_fini(&result);
}

static void keep_problem(struct deployment *deployment, struct deploy_item *item,
                         const struct text *text) {
    size_t length = text->length;
    while (length > 0 && text->data[length - 1] == '\n')
        length--;
    if (length > 0)
        item->problem = arena_copy(&deployment->arena, text->data, length);
}

static void hint_repeat(struct diagnostics *diagnostics) {
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last)
        snprintf(last->hint, sizeof last->hint,
                 "the releases before it stay; once this is mended, the same command goes on here");
}

static enum status fail(struct deployment *deployment, struct deploy_item *item,
                        struct deploy_watch *watch, const struct process_result *result,
                        struct diagnostics *diagnostics) {
    char what[160];
    struct text text;
    text_init(&text);
    bool interrupted = result->end == PROCESS_INTERRUPTED;
    item->outcome = interrupted ? DEPLOY_INTERRUPTED : DEPLOY_FAILED;
    snprintf(what, sizeof what, "%s release %s", item->found.name[0] ? "upgrading" : "installing",
             item->release->name);
    enum status status = STATUS_EXTERNAL;
    if (interrupted)
        deploy_refuse(diagnostics, NULL, "interrupted while %s", what);
    else {
        status = process_complain("helm", result, what, diagnostics);
        hint_repeat(diagnostics);
        deploy_watch_explain(watch, &text);
    }
    put_back(deployment, item, &text);
    if (result->signal == SIGKILL)
        text_print(&text, "helm had to be killed: helm list --namespace %s says how %s stands\n",
                   deployment->cluster.name_space, item->release->name);
    keep_problem(deployment, item, &text);
    text_fini(&text);
    return status;
}

static void say_now(const struct deployment *deployment, const struct deploy_item *item,
                    const struct deploy_watch *watch, double seconds) {
    char time[32];
    deploy_print_seconds(time, sizeof time, seconds);
    if (deploy_interrupted(deployment))
        deploy_say(deployment, DEPLOY_LINE_NOW, "stopping: helm takes %s back",
                   item->release->name);
    else
        deploy_say(deployment, DEPLOY_LINE_NOW, "%-26s %s  %s", item->release->name, time,
                   watch->now);
}

static enum status upgrade(struct deployment *deployment, struct deploy_item *item,
                           struct diagnostics *diagnostics) {
    const char *all[HELM_WORDS_MAX];
    struct process process;
    struct process_result result = {0};
    struct deploy_watch watch;
    const char *const *words = deploy_upgrade_words(deployment, item, NULL);
    if (!words || !helm_words(&deployment->cluster, words, all))
        return diagnostics_out_of_memory(diagnostics, "a helm command");
    const struct process_options options =
        helm_options(&deployment->cluster, all,
                     rollback_share * deployment->options.timeout_seconds + spare_seconds);
    enum status status = process_start(&options, &process, diagnostics);
    if (status != STATUS_OK)
        return status;
    deploy_watch_init(&watch, deployment, item);
    double start = clock_seconds();
    while (process_pump(&process, 0.5)) {
        if (!deploy_interrupted(deployment))
            deploy_watch_look(&watch);
        say_now(deployment, item, &watch, clock_seconds() - start);
    }
    status = process_finish(&process, &result, diagnostics);
    if (status == STATUS_OK && !process_succeeded(&result))
        status = fail(deployment, item, &watch, &result, diagnostics);
    process_result_fini(&result);
    deploy_watch_fini(&watch);
    return status;
}

enum status deploy_item_apply(struct deployment *deployment, struct deploy_item *item,
                              struct diagnostics *diagnostics) {
    double start = clock_seconds();
    if (item->unchanged && !item->volume.grows) {
        item->outcome = DEPLOY_UNCHANGED;
        return STATUS_OK;
    }
    enum status status = prepare_volume(deployment, item, diagnostics);
    if (status == STATUS_OK)
        status = upgrade(deployment, item, diagnostics);
    item->seconds = clock_seconds() - start;
    if (status == STATUS_OK)
        item->outcome = item->found.name[0] ? DEPLOY_UPGRADED : DEPLOY_INSTALLED;
    else if (item->outcome == DEPLOY_WAITING)
        item->outcome = deploy_failure(deployment);
    return status;
}
