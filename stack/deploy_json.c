/* A deployment as one JSON object, for scripts. */
#include "stack/deploy.h"

#include <stdlib.h>

static json_t *release_json(const struct deploy_item *item) {
    const struct release *release = item->release;
    return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:b, s:s?, s:f, s:s?}", "name",
                     release->name, "chart", release->pin.name, "version", release->pin.version,
                     "found_version", item->found.name[0] ? item->found.version : NULL,
                     "found_status", item->found.name[0] ? item->found.status : NULL, "outcome",
                     deploy_outcome_text(item->outcome), "changes",
                     !item->unchanged || item->volume.grows, "changed_values", item->changes,
                     "seconds", item->seconds, "problem", item->problem);
}

static json_t *step_json(const struct deploy_step *step) {
    return json_pack("{s:s?, s:s, s:s, s:f}", "kind", step->kind, "name", step->name, "outcome",
                     deploy_outcome_text(step->outcome), "seconds", step->seconds);
}

static json_t *releases_json(const struct deployment *deployment) {
    json_t *list = json_array();
    /* Of an uninstallation the releases are among what was removed. */
    for (size_t i = 0; deployment->plan && i < deployment->releases.count; i++)
        json_array_append_new(list, release_json(&deployment->items[i]));
    return list;
}

static json_t *steps_json(const struct deploy_step *steps, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, step_json(&steps[i]));
    return list;
}

static json_t *warnings_json(const struct deployment *deployment) {
    json_t *list = json_array();
    for (size_t i = 0; i < deployment->warning_count; i++)
        json_array_append_new(list, json_string(deployment->warnings[i]));
    return list;
}

static json_t *smoke_json(const struct deployment *deployment) {
    const struct smoke_answer *smoke = &deployment->smoke;
    return deployment->smoked ? json_pack("{s:f, s:f}", "line_seconds", smoke->line_seconds,
                                          "trace_seconds", smoke->trace_seconds)
                              : json_null();
}

enum status deploy_json(const struct deployment *deployment, struct text *text,
                        struct diagnostics *diagnostics) {
    json_t *json = json_pack(
        "{s:s, s:s?, s:s?, s:s, s:s, s:s, s:s, s:b, s:s?, s:s, s:o, s:o, s:o, s:o, s:o}", "action",
        deployment->plan ? "deploy" : "uninstall", "context", deployment->cluster.context, "server",
        deployment->cluster.server, "namespace", deployment->cluster.name_space,
        "kubernetes_version", deployment->server_version, "helm_version", deployment->helm_version,
        "kubectl_version", deployment->kubectl_version, "dry_run", deployment->options.dry_run,
        "plan", deployment->label, "secret", deploy_outcome_text(deployment->secret), "manifests",
        steps_json(deployment->manifests, deployment->manifest_count), "releases",
        releases_json(deployment), "removed",
        steps_json(deployment->removals, deployment->removal_count), "smoke",
        smoke_json(deployment), "warnings", warnings_json(deployment));
    char *printed = json ? json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(4)) : NULL;
    json_decref(json);
    if (!printed)
        return diagnostics_out_of_memory(diagnostics, "the summary");
    text_add(text, printed);
    text_add(text, "\n");
    free(printed);
    return STATUS_OK;
}
