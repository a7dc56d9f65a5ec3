#include "stack/verify.h"

#include "stack/verify_lines.h"

#include <string.h>

/** The last line that is not blank, for a reason of one line. */
static const char *last_line(struct verify *verify, const char *text) {
    size_t end = strlen(text);
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == ' '))
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    const char *line = arena_copy(verify->arena, text + start, end - start);
    verify->out_of_memory = verify->out_of_memory || !line;
    return line && *line ? line : "no reason was given";
}

enum status verify_raw(const struct cluster *cluster, const char *path, struct verify *verify,
                       const char **answer, const char **why, struct diagnostics *diagnostics) {
    const char *const words[] = {"get", "--raw", path, NULL};
    struct process_result result;
    *answer = *why = NULL;
    enum status status = kubectl_run(cluster, words, NULL, 0, &result, diagnostics);
    if (status != STATUS_OK)
        return status;
    if (result.end == PROCESS_INTERRUPTED) {
        status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "interrupted");
    } else if (!process_succeeded(&result)) {
        *why = last_line(verify, result.err);
    } else if (result.out_cut > 0) {
        *why = "the answer is too long";
    } else {
        *answer = arena_copy(verify->arena, result.out, result.out_length);
        verify->out_of_memory = verify->out_of_memory || !*answer;
        *why = "memory ran out";
    }
    process_result_fini(&result);
    return status;
}

static enum status look_at_all(const struct cluster *cluster, const struct verify_view *view,
                               struct verify *verify, struct diagnostics *diagnostics) {
    static enum status (*const looks[])(const struct cluster *, const struct verify_view *,
                                        struct verify *, struct diagnostics *) = {
        verify_releases, verify_objects, verify_settings, verify_usage};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof looks / sizeof *looks && status == STATUS_OK; i++)
        status = looks[i](cluster, view, verify, diagnostics);
    if (status == STATUS_OK)
        verify_find_mend(cluster, view->releases, verify);
    if (status == STATUS_OK && verify->out_of_memory)
        status = diagnostics_out_of_memory(diagnostics, "the comparison with the cluster");
    return status;
}

enum status verify_cluster(const struct cluster *cluster, const struct verify_plan *plan,
                           struct verify *verify, struct diagnostics *diagnostics) {
    static const char *const words[] = {"get", "nodes", NULL};
    struct release_list *releases = arena_take(verify->arena, sizeof *releases);
    json_t *nodes = NULL;
    if (!releases)
        return diagnostics_out_of_memory(diagnostics, "the comparison with the cluster");
    enum status status = releases_list(plan->scenario->stack.chart_profile,
                                       plan->outcome->plan.agent_kind, releases, diagnostics);
    if (status == STATUS_OK)
        status = kubectl_json(cluster, words, "listing nodes", &nodes, diagnostics);
    const struct verify_view view = {.plan = plan, .releases = releases, .nodes = nodes};
    if (status == STATUS_OK)
        status = look_at_all(cluster, &view, verify, diagnostics);
    json_decref(nodes);
    return status;
}
