#include "stack/preflight.h"

#include "sim/base/units.h"

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

enum status preflight_check(struct deployment *deployment, struct diagnostics *diagnostics) {
    typedef enum status check(struct deployment * deployment, struct diagnostics * diagnostics);
    /* Without these the rest would only repeat the same complaint. */
    static check *const first[] = {preflight_server, preflight_permissions};
    static check *const rest[] = {preflight_storage, preflight_releases, preflight_volumes,
                                  preflight_nodes};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof first / sizeof *first && status == STATUS_OK; i++)
        status = first[i](deployment, diagnostics);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < sizeof rest / sizeof *rest && !deploy_interrupted(deployment); i++) {
        enum status checked = rest[i](deployment, diagnostics);
        if (status == STATUS_OK)
            status = checked;
    }
    if (status == STATUS_OK)
        status = preflight_charts(deployment, diagnostics);
    if (status == STATUS_OK && deploy_interrupted(deployment))
        status = deploy_refuse(diagnostics, NULL, "interrupted; nothing was changed");
    return status;
}
