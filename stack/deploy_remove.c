/* Removing what was installed: releases in reverse order, then what is ours beside them. */
#include "sim/base/clock.h"
#include "stack/deploy_parts.h"
#include "stack/names.h"

#include <stdio.h>
#include <string.h>

#define KIND_RELEASE "release"

static void add_removal(struct deployment *deployment, const char *kind, const char *name) {
    if (deployment->removal_count < DEPLOY_REMOVALS_MAX && kubectl_name_is_valid(name))
        deployment->removals[deployment->removal_count++] =
            (struct deploy_step){.kind = kind, .name = name};
}

/** Ours that no list knows, such as a log agent that has since been replaced, go first. */
static void add_releases(struct deployment *deployment) {
    const struct release_list *releases = &deployment->releases;
    for (size_t i = 0; i < deployment->found.count; i++) {
        const struct helm_release *found = &deployment->found.items[i];
        if (found->ours && !releases_have(releases, found->name))
            add_removal(deployment, KIND_RELEASE, found->name);
        else if (!found->ours)
            deploy_warn(deployment, "release %s (%s %s) is not ours and stays.", found->name,
                        found->chart, found->version);
    }
    for (size_t i = releases->count; i-- > 0;) {
        const struct helm_release *found = helm_find(&deployment->found, releases->items[i].name);
        if (found && found->ours)
            add_removal(deployment, KIND_RELEASE, found->name);
    }
}

/** Is there an object that --uninstall also takes away? */
static enum status add_object(struct deployment *deployment, const char *kind, const char *name,
                              struct diagnostics *diagnostics) {
    struct process_result result = {0};
    char what[160];
    snprintf(what, sizeof what, "looking for %s %s", kind, name);
    enum status status = kubectl_do(
        &deployment->cluster,
        (const char *const[]){"get", kind, name, "--namespace", deployment->cluster.name_space,
                              "--ignore-not-found", "--output", "name", NULL},
        what, &result, diagnostics);
    if (status == STATUS_OK && result.out_length > 0)
        add_removal(deployment, kind, name);
    process_result_fini(&result);
    return status;
}

/** What a release of that name would use belongs to it, not to us, when somebody else made it. */
static bool is_of_others(const struct deployment *deployment, const char *release) {
    const struct helm_release *found = helm_find(&deployment->found, release);
    return found && !found->ours;
}

/** Volumes, and Grafana's secret, which goes with its database. */
static enum status add_data(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->releases.count && status == STATUS_OK; i++) {
        const struct release *release = &deployment->releases.items[i];
        if (release->claim && !is_of_others(deployment, release->name))
            status = add_object(deployment, "persistentvolumeclaim", release->claim, diagnostics);
    }
    if (status == STATUS_OK && !is_of_others(deployment, STACK_GRAFANA_NAME))
        status = add_object(deployment, "secret", STACK_ADMIN_SECRET, diagnostics);
    return status;
}

enum status deploy_find_removals(struct deployment *deployment, const struct release_list *releases,
                                 struct diagnostics *diagnostics) {
    deployment->releases = *releases;
    enum status status = helm_list(&deployment->cluster, &deployment->found, diagnostics);
    if (status != STATUS_OK)
        return status;
    add_releases(deployment);
    if (!is_of_others(deployment, STACK_GRAFANA_NAME))
        status = add_object(deployment, "configmap", STACK_DASHBOARDS_CONFIG_MAP, diagnostics);
    return status == STATUS_OK && deployment->options.delete_data
               ? add_data(deployment, diagnostics)
               : status;
}

static enum status run(struct deployment *deployment, const struct deploy_step *step,
                       struct diagnostics *diagnostics) {
    char what[160];
    struct process_result result = {0};
    bool release = strcmp(step->kind, KIND_RELEASE) == 0;
    const char *const *words = release ? deploy_uninstall_words(deployment, step->name)
                                       : deploy_delete_words(deployment, step->kind, step->name);
    enum status status;
    snprintf(what, sizeof what, "removing %s %s", step->kind, step->name);
    if (!words)
        return diagnostics_out_of_memory(diagnostics, what);
    if (!release)
        status = kubectl_do(&deployment->cluster, words, what, &result, diagnostics);
    else {
        status = helm_run(&deployment->cluster, words,
                          deployment->options.timeout_seconds + KUBECTL_TIMEOUT_SECONDS, &result,
                          diagnostics);
        if (status == STATUS_OK && !process_succeeded(&result))
            status = process_complain("helm", &result, what, diagnostics);
    }
    process_result_fini(&result);
    return status;
}

enum status deploy_remove(struct deployment *deployment, struct deploy_step *step,
                          struct diagnostics *diagnostics) {
    char name[128];
    double start = clock_seconds();
    snprintf(name, sizeof name, "%s %s", step->kind, step->name);
    deploy_say(deployment, DEPLOY_LINE_NOW, "removing %s", name);
    enum status status = run(deployment, step, diagnostics);
    step->seconds = clock_seconds() - start;
    step->outcome = status == STATUS_OK ? DEPLOY_REMOVED : deploy_failure(deployment);
    deploy_say_step(deployment, name, step->outcome, step->seconds);
    return status;
}

static void say_removal(struct deployment *deployment, const struct deploy_step *step) {
    if (strcmp(step->kind, KIND_RELEASE) == 0)
        deploy_say_helm(deployment, deploy_uninstall_words(deployment, step->name));
    else
        deploy_say_kubectl(deployment, deploy_delete_words(deployment, step->kind, step->name));
}

enum status deploy_uninstall(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->removal_count && status == STATUS_OK; i++) {
        struct deploy_step *step = &deployment->removals[i];
        if (deployment->options.dry_run)
            say_removal(deployment, step);
        else if (deploy_interrupted(deployment))
            status = deploy_refuse(diagnostics, NULL, "interrupted before %s %s", step->kind,
                                   step->name);
        else
            status = deploy_remove(deployment, step, diagnostics);
    }
    return status;
}
