#include "stack/deploy.h"

#include "stack/deploy_parts.h"
#include "stack/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_BYTES = 1024 };

void deploy_warn(struct deployment *deployment, const char *format, ...) {
    va_list arguments;
    if (deployment->warning_count == DEPLOY_WARNINGS_MAX)
        return;
    va_start(arguments, format);
    char *text = arena_print_list(&deployment->arena, format, arguments);
    va_end(arguments);
    /* Whoever shows it breaks the lines. */
    for (char *at = text; at && (at = strchr(at, '\n')) != NULL;)
        *at = ' ';
    deployment->warnings[deployment->warning_count++] =
        text ? text : "a warning was lost: memory is out";
}

enum status deploy_refuse(struct diagnostics *diagnostics, const char *hint, const char *format,
                          ...) {
    char message[sizeof diagnostics->items[0].message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    enum status status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "%s", message);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last && hint)
        snprintf(last->hint, sizeof last->hint, "%s", hint);
    return status;
}

void deploy_say(const struct deployment *deployment, enum deploy_line kind, const char *format,
                ...) {
    char line[LINE_BYTES];
    va_list arguments;
    if (!deployment->options.say)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    deployment->options.say(kind, line, deployment->options.say_context);
}

bool deploy_interrupted(const struct deployment *deployment) {
    const struct cluster *cluster = &deployment->cluster;
    return cluster->interrupted && cluster->interrupted(cluster->interrupted_context);
}

enum deploy_outcome deploy_failure(const struct deployment *deployment) {
    return deploy_interrupted(deployment) ? DEPLOY_INTERRUPTED : DEPLOY_FAILED;
}

/** `kubectl version --client`: "1.31.1". */
static enum status find_kubectl(struct deployment *deployment, struct diagnostics *diagnostics) {
    json_t *version;
    const struct cluster nowhere = {.interrupted = deployment->cluster.interrupted,
                                    .interrupted_context = deployment->cluster.interrupted_context};
    enum { MINOR_MIN = 22 };
    int major, minor;
    enum status status = kubectl_json(&nowhere, (const char *const[]){"version", "--client", NULL},
                                      "asking kubectl for its version", &version, diagnostics);
    if (status != STATUS_OK)
        return status;
    const char *text = kubectl_string(version, "clientVersion", "gitVersion", NULL);
    snprintf(deployment->kubectl_version, sizeof deployment->kubectl_version, "%s",
             text + (text[0] == 'v'));
    json_decref(version);
    /* Server-side apply and diff are what is needed of it. */
    if (helm_parse_version(deployment->kubectl_version, &major, &minor) &&
        (major > 1 || minor >= MINOR_MIN))
        return STATUS_OK;
    return deploy_refuse(diagnostics, kubectl_needed, "kubectl %s is too old, or says no version",
                         deployment->kubectl_version);
}

static void warn_of_helm(struct deployment *deployment) {
    int major, minor;
    if (helm_parse_version(deployment->helm_version, &major, &minor) && major > HELM_MAJOR_TESTED)
        deploy_warn(deployment, "helm %s is newer than what this is tested with, helm %d.",
                    deployment->helm_version, HELM_MAJOR_TESTED);
}

static bool is_named_fine(const char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

/** Paths reach arguments: they must not be read as options, nor hold what a terminal acts on. */
static enum status check_path(const char *option, const char *path, bool folder,
                              struct diagnostics *diagnostics) {
    struct stat facts;
    if (!path)
        return STATUS_OK;
    if (!path[0] || path[0] == '-' || !is_named_fine(path))
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0, "%s takes a path", option);
    if (stat(path, &facts) != 0 || (folder && !S_ISDIR(facts.st_mode)))
        return diagnostics_add(diagnostics, STATUS_SYSTEM, path, 0, 0,
                               folder ? "there is no such folder" : "there is no such file");
    return STATUS_OK;
}

enum status deploy_begin(struct deployment *deployment, const struct deploy_options *options,
                         struct diagnostics *diagnostics) {
    *deployment = (struct deployment){.options = *options, .cluster = options->cluster};
    arena_init(&deployment->arena);
    if (deployment->options.timeout_seconds <= 0)
        deployment->options.timeout_seconds = DEPLOY_TIMEOUT_SECONDS;
    if (deployment->options.look_seconds <= 0)
        deployment->options.look_seconds = DEPLOY_LOOK_SECONDS;
    if (!deployment->cluster.name_space)
        deployment->cluster.name_space = STACK_NAMESPACE;
    if (!kubectl_name_is_valid(deployment->cluster.name_space))
        return deploy_refuse(diagnostics, NULL, "the namespace's name is none");
    enum status status =
        check_path("--kubeconfig", deployment->cluster.kubeconfig, false, diagnostics);
    if (status == STATUS_OK)
        status = check_path("--charts", options->charts_folder, true, diagnostics);
    if (status != STATUS_OK)
        return status;
    /* Both tools are asked for, so that one look tells of both. */
    status = helm_version(&deployment->cluster, deployment->helm_version,
                          sizeof deployment->helm_version, diagnostics);
    enum status found = find_kubectl(deployment, diagnostics);
    warn_of_helm(deployment);
    if (status == STATUS_OK)
        status = found;
    return status == STATUS_OK ? cluster_find(&deployment->cluster, &deployment->arena, diagnostics)
                               : status;
}

static bool exists(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0;
}

/** What helm takes: a chart's name in a repository, or a path in --charts. */
static enum status find_chart(struct deployment *deployment, struct deploy_item *item,
                              struct diagnostics *diagnostics) {
    const struct chart_pin *pin = &item->release->pin;
    const char *folder = deployment->options.charts_folder;
    if (!folder) {
        item->chart = pin->name;
        return STATUS_OK;
    }
    /* A path that helm takes for one, never for a repository's alias. */
    const char *here = folder[0] == '/' || folder[0] == '.' ? "" : "./";
    const char *archive =
        arena_print(&deployment->arena, "%s%s/%s-%s.tgz", here, folder, pin->name, pin->version);
    const char *path = arena_print(&deployment->arena, "%s%s/%s", here, folder, pin->name);
    if (!archive || !path)
        return diagnostics_out_of_memory(diagnostics, "the deployment");
    item->chart = exists(archive) ? archive : path;
    if (exists(item->chart))
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_SYSTEM, folder, 0, 0,
                           "holds neither a folder %s nor %s-%s.tgz", pin->name, pin->name,
                           pin->version);
}

enum status deploy_want(struct deployment *deployment, const struct plan *plan, const char *label,
                        const struct release_list *releases, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    deployment->plan = plan;
    deployment->label = label;
    deployment->releases = *releases;
    for (size_t i = 0; i < deployment->releases.count; i++) {
        struct deploy_item *item = &deployment->items[i];
        *item = (struct deploy_item){.release = &deployment->releases.items[i]};
        if (item->release->claim)
            item->volume.wanted_bytes = plan->resources[item->release->component].volume_bytes;
        enum status found = find_chart(deployment, item, diagnostics);
        if (status == STATUS_OK)
            status = found;
    }
    const char *warning = releases_warning(plan->agent_kind);
    if (warning)
        deploy_warn(deployment, "%s", warning);
    for (size_t i = 0; releases_manifests[i] && i < DEPLOY_MANIFESTS_MAX; i++)
        deployment->manifests[deployment->manifest_count++].name = releases_manifests[i];
    return status;
}

bool deploy_leaves_alone(const struct deployment *deployment, const char *file) {
    return deployment->storage_class_exists && strstr(file, "storageclass-") != NULL;
}

bool deploy_grows_claim(const struct deploy_item *item) {
    return item->volume.grows && strcmp(item->release->workload_kind, "StatefulSet") == 0;
}

void deploy_fini(struct deployment *deployment) {
    for (size_t i = 0; i < RELEASES_MAX; i++)
        free(deployment->items[i].manifest);
    arena_fini(&deployment->arena);
}
