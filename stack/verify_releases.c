/* What helm holds: chart versions, states, and the values each release was given. */
#include "stack/verify_lines.h"

#include "stack/emit.h"
#include "stack/helm.h"
#include "stack/values_json.h"

#include <stdio.h>
#include <string.h>

enum { CHANGES_SHOWN = 12 };

/** The values that the plan would write, as JSON. */
static enum status planned_values(const struct verify_plan *plan, const struct release *release,
                                  json_t **values, struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    enum status status =
        emit_values(release->chart, plan->scenario, plan->outcome, &text, diagnostics);
    if (status == STATUS_OK)
        status = values_json(release->values_file, text.data, text.length, values, diagnostics);
    text_fini(&text);
    return status;
}

static void add_changes(struct verify *verify, struct verify_place place, size_t differ,
                        const struct text *changes) {
    char live[48];
    snprintf(live, sizeof live, "%zu differ", differ);
    if (differ == 0)
        verify_add(verify, place, "values", VERIFY_SAME, "as emitted", "as emitted", NULL);
    else
        verify_add(verify, place, "values", VERIFY_DRIFT, "as emitted", live, "%s",
                   changes->data ? changes->data : "");
}

static enum status compare_values(const struct cluster *cluster, const struct verify_plan *plan,
                                  const struct release *release, struct verify *verify,
                                  struct diagnostics *diagnostics) {
    const struct verify_place place = verify_place(VERIFY_RELEASES, release);
    json_t *planned = NULL, *live = NULL;
    struct text changes;
    text_init(&changes);
    enum status status = planned_values(plan, release, &planned, diagnostics);
    if (status == STATUS_OK)
        status = helm_values(cluster, release->name, &live, diagnostics);
    if (status == STATUS_OK) {
        size_t differ = helm_values_changes(planned, live, CHANGES_SHOWN, &changes);
        add_changes(verify, place, differ, &changes);
        verify->out_of_memory = verify->out_of_memory || text_failed(&changes);
    }
    json_decref(planned);
    json_decref(live);
    text_fini(&changes);
    return status;
}

static enum status compare_release(const struct cluster *cluster, const struct verify_plan *plan,
                                   const struct release *release, const struct helm_release *found,
                                   struct verify *verify, struct diagnostics *diagnostics) {
    const struct verify_place place = verify_place(VERIFY_RELEASES, release);
    const struct chart_pin *pin = &release->pin;
    char live[120] = "";
    if (found && strcmp(found->chart, pin->name) == 0)
        snprintf(live, sizeof live, "%s", found->version);
    else if (found)
        snprintf(live, sizeof live, "%s of chart %s", found->version, found->chart);
    verify_compare(verify, place, "chart version", pin->version, live);
    if (!found)
        return STATUS_OK;
    verify_compare(verify, place, "state", "deployed", found->status);
    return compare_values(cluster, plan, release, verify, diagnostics);
}

enum status verify_releases(const struct cluster *cluster, const struct verify_view *view,
                            struct verify *verify, struct diagnostics *diagnostics) {
    const struct release_list *releases = view->releases;
    struct helm_list *list = arena_take(verify->arena, sizeof *list);
    if (!list)
        return diagnostics_out_of_memory(diagnostics, "the list of releases");
    enum status status = helm_list(cluster, list, diagnostics);
    for (size_t i = 0; i < releases->count && status == STATUS_OK; i++) {
        const struct helm_release *found = helm_find(list, releases->items[i].name);
        verify->revision[i] = found ? found->revision : 0;
        status =
            compare_release(cluster, view->plan, &releases->items[i], found, verify, diagnostics);
    }
    return status;
}
