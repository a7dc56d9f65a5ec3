/* Making it so: manifests, the secret, the releases in order. */
#include "sim/base/clock.h"
#include "stack/deploy_parts.h"
#include "stack/names.h"
#include "stack/secret.h"

#include <stdio.h>
#include <string.h>

static void add_version(struct text *text, const json_t *object) {
    text_print(text, "%s/%s ", kubectl_string(object, "metadata", "uid", NULL),
               kubectl_string(object, "metadata", "resourceVersion", NULL));
}

/** What tells two states of some objects apart; empty when there are none. */
static void print_versions(struct text *text, const json_t *json) {
    const json_t *items = kubectl_items(json);
    for (size_t i = 0; i < json_array_size(items); i++)
        add_version(text, json_array_get(items, i));
    if (json && !items)
        add_version(text, json);
}

static enum status versions_now(struct deployment *deployment, const char *file, struct text *text,
                                struct diagnostics *diagnostics) {
    json_t *json;
    const char *path = arena_print(&deployment->arena, "%s/%s", deployment->options.folder, file);
    if (!path)
        return diagnostics_out_of_memory(diagnostics, file);
    enum status status =
        kubectl_json(&deployment->cluster,
                     (const char *const[]){"get", "--filename", path, "--ignore-not-found", NULL},
                     "looking for what is there", &json, diagnostics);
    print_versions(text, json);
    json_decref(json);
    return status;
}

static enum status versions_after(struct deployment *deployment, const char *file,
                                  struct text *text, struct diagnostics *diagnostics) {
    char what[160];
    struct process_result result = {0};
    const char *const *words = deploy_apply_words(deployment, file);
    if (!words)
        return diagnostics_out_of_memory(diagnostics, file);
    snprintf(what, sizeof what, "applying %s", file);
    enum status status = kubectl_do(&deployment->cluster, words, what, &result, diagnostics);
    if (status == STATUS_OK) {
        json_t *json = json_loadb(result.out, result.out_length, 0, NULL);
        print_versions(text, json);
        json_decref(json);
    }
    process_result_fini(&result);
    return status;
}

static enum status apply_manifest(struct deployment *deployment, struct deploy_step *step,
                                  struct diagnostics *diagnostics) {
    struct text before, after;
    double start = clock_seconds();
    if (deploy_leaves_alone(deployment, step->name)) {
        step->outcome = DEPLOY_KEPT;
        return STATUS_OK;
    }
    text_init(&before);
    text_init(&after);
    enum status status = versions_now(deployment, step->name, &before, diagnostics);
    if (status == STATUS_OK)
        status = versions_after(deployment, step->name, &after, diagnostics);
    if (status != STATUS_OK)
        step->outcome = deploy_failure(deployment);
    else if (before.length == 0)
        step->outcome = DEPLOY_CREATED;
    else
        step->outcome = after.length > 0 && strcmp(before.data, after.data) == 0 ? DEPLOY_UNCHANGED
                                                                                 : DEPLOY_CHANGED;
    step->seconds = clock_seconds() - start;
    text_fini(&before);
    text_fini(&after);
    return status;
}

static enum status apply_manifests(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->manifest_count && status == STATUS_OK; i++) {
        struct deploy_step *step = &deployment->manifests[i];
        status = apply_manifest(deployment, step, diagnostics);
        deploy_say_step(deployment, step->name, step->outcome, step->seconds);
    }
    return status;
}

static enum status apply_secret(struct deployment *deployment, struct diagnostics *diagnostics) {
    bool made = false;
    double start = clock_seconds();
    enum status status = STATUS_OK;
    if (!deployment->secret_exists)
        status = secret_create(&deployment->cluster, &made, diagnostics);
    deployment->secret = status != STATUS_OK ? deploy_failure(deployment)
                         : made              ? DEPLOY_CREATED
                                             : DEPLOY_KEPT;
    deploy_say_step(deployment, "secret " STACK_ADMIN_SECRET, deployment->secret,
                    clock_seconds() - start);
    return status;
}

/** Lines of an explanation, each said by itself. */
static void say_problem(const struct deployment *deployment, const char *problem) {
    while (*problem) {
        int length = (int)strcspn(problem, "\n");
        deploy_say(deployment, DEPLOY_LINE_DONE, "    %.*s", length, problem);
        problem += length + (problem[length] == '\n');
    }
}

static enum status apply_items(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->releases.count && status == STATUS_OK; i++) {
        struct deploy_item *item = &deployment->items[i];
        char name[128];
        if (deploy_interrupted(deployment))
            return deploy_refuse(diagnostics, NULL, "interrupted before release %s",
                                 item->release->name);
        status = deploy_item_apply(deployment, item, diagnostics);
        snprintf(name, sizeof name, "%s %s", item->release->name, item->release->pin.version);
        deploy_say_step(deployment, name, item->outcome, item->seconds);
        if (item->problem)
            say_problem(deployment, item->problem);
    }
    return status;
}

/** The agent of the other kind goes last: until the new one runs, lines are sent by the old. */
static enum status remove_replaced(struct deployment *deployment, struct diagnostics *diagnostics) {
    if (!deployment->replaced.name[0])
        return STATUS_OK;
    struct deploy_step *step = &deployment->removals[deployment->removal_count++];
    *step = (struct deploy_step){.kind = "release", .name = deployment->replaced.name};
    return deploy_remove(deployment, step, diagnostics);
}

/** After a failure: what is as it was. */
static void say_not_reached(const struct deployment *deployment) {
    for (size_t i = 0; i < deployment->releases.count; i++) {
        const struct deploy_item *item = &deployment->items[i];
        char name[128];
        snprintf(name, sizeof name, "%s %s", item->release->name, item->release->pin.version);
        if (item->outcome == DEPLOY_WAITING)
            deploy_say_step(deployment, name, DEPLOY_WAITING, 0);
    }
}

enum status deploy_apply(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = apply_manifests(deployment, diagnostics);
    if (status == STATUS_OK)
        status = apply_secret(deployment, diagnostics);
    if (status == STATUS_OK)
        status = apply_items(deployment, diagnostics);
    if (status == STATUS_OK)
        status = remove_replaced(deployment, diagnostics);
    if (status != STATUS_OK)
        say_not_reached(deployment);
    return status;
}

enum status deploy_smoke(struct deployment *deployment, struct diagnostics *diagnostics) {
    const struct smoke_options options = {.cluster = &deployment->cluster,
                                          .releases = &deployment->releases};
    deploy_say(deployment, DEPLOY_LINE_NOW, "pushing a log line and a span, to read them back");
    enum status status = smoke_test(&options, &deployment->smoke, diagnostics);
    deployment->smoked = status == STATUS_OK;
    if (!deployment->smoked)
        deploy_say(deployment, DEPLOY_LINE_DONE,
                   "The smoke test failed; all that was deployed stays as it is.");
    return status;
}
