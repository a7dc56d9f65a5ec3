#include "stack/preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** kubectl is promised to work one minor version away from the server. */
enum { SKEW_MAX = 1 };

static void warn_of_skew(struct deployment *deployment) {
    int ours_major, ours, theirs_major, theirs;
    if (!helm_parse_version(deployment->kubectl_version, &ours_major, &ours) ||
        !helm_parse_version(deployment->server_version, &theirs_major, &theirs))
        return;
    if (ours_major != theirs_major || abs(ours - theirs) > SKEW_MAX)
        deploy_warn(deployment,
                    "kubectl %s and Kubernetes %s are more than one minor version apart, which "
                    "kubectl is not tested for.",
                    deployment->kubectl_version, deployment->server_version);
}

enum status preflight_server(struct deployment *deployment, struct diagnostics *diagnostics) {
    json_t *version;
    enum status status = kubectl_json(
        &deployment->cluster, (const char *const[]){"version", "--request-timeout", "15s", NULL},
        "asking the cluster for its version", &version, diagnostics);
    if (status != STATUS_OK) {
        struct diagnostic *last = diagnostics_last(diagnostics);
        if (last && !last->hint[0] && !deploy_interrupted(deployment))
            snprintf(
                last->hint, sizeof last->hint,
                "is %s the cluster you mean, can this machine reach it, and are you logged in?",
                deployment->cluster.server);
        return status;
    }
    const char *server = kubectl_string(version, "serverVersion", "gitVersion", NULL);
    snprintf(deployment->server_version, sizeof deployment->server_version, "%s",
             server + (server[0] == 'v'));
    json_decref(version);
    if (!deployment->server_version[0])
        return deploy_refuse(diagnostics, NULL, "the cluster does not tell its version");
    warn_of_skew(deployment);
    return STATUS_OK;
}

/** A check and what to say while it runs. */
struct check {
    enum status (*run)(struct deployment *deployment, struct diagnostics *diagnostics);
    const char *what;
};

/** Run all of them; the first status that is not STATUS_OK. */
static enum status run_checks(struct deployment *deployment, const struct check *checks,
                              size_t count, bool all, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && (all || status == STATUS_OK); i++) {
        if (deploy_interrupted(deployment))
            break;
        deploy_say(deployment, DEPLOY_LINE_NOW, "%s", checks[i].what);
        enum status checked = checks[i].run(deployment, diagnostics);
        if (status == STATUS_OK)
            status = checked;
    }
    return status;
}

enum status preflight_check(struct deployment *deployment, struct diagnostics *diagnostics) {
    /* Without these the rest would only repeat the same complaint. */
    static const struct check first[] = {{preflight_server, "reaching the cluster"},
                                         {preflight_permissions, "asking what you may do"}};
    static const struct check rest[] = {{preflight_storage, "looking at storage"},
                                        {preflight_releases, "looking at releases"},
                                        {preflight_volumes, "looking at volumes"},
                                        {preflight_nodes, "looking for room on the nodes"}};
    enum status status =
        run_checks(deployment, first, sizeof first / sizeof *first, false, diagnostics);
    if (status == STATUS_OK)
        status = run_checks(deployment, rest, sizeof rest / sizeof *rest, true, diagnostics);
    if (status == STATUS_OK)
        status = preflight_charts(deployment, diagnostics);
    if (status == STATUS_OK && deploy_interrupted(deployment))
        status = deploy_refuse(diagnostics, NULL, "interrupted; nothing was changed");
    return status;
}
