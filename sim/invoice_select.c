#include "sim/invoice_select.h"

#include "sim/base/text.h"

#include <stdio.h>
#include <string.h>

/** Clusters that an error names, at most. */
enum { NAMED_MAX = 8 };

static bool in_region(const struct invoice_compare_input *input,
                      const struct invoice_group *group) {
    return !*group->region || strcmp(group->region, input->scenario->region) == 0;
}

static enum status refuse_clusters(const struct invoice_compare_input *input,
                                   const char *const *names, size_t count,
                                   struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < count && i < NAMED_MAX; i++)
        text_print(&text, "%s%s", i > 0 ? ", " : "", names[i]);
    if (count > NAMED_MAX)
        text_add(&text, ", ...");
    enum status status = diagnostics_add(
        diagnostics, STATUS_INVALID, input->invoice->file, 0, 0,
        "the bill has several clusters in %s (%s), none of them called %s like the scenario",
        input->scenario->region, text.data ? text.data : "", input->scenario->name);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last)
        snprintf(last->hint, sizeof last->hint, "say which one with --set name=%s", names[0]);
    text_fini(&text);
    return status;
}

/** The cluster called like the scenario, or the only one; several others are an error. */
static enum status find_cluster(struct invoice_selection *selection,
                                struct diagnostics *diagnostics) {
    const struct invoice_compare_input *input = selection->input;
    const char *names[NAMED_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < input->invoice->group_count; i++) {
        const struct invoice_group *group = &input->invoice->groups[i];
        if (!*group->cluster || !in_region(input, group))
            continue;
        if (strcmp(group->cluster, input->scenario->name) == 0) {
            selection->cluster = group->cluster;
            selection->cluster_by_name = true;
            return STATUS_OK;
        }
        size_t known = 0;
        while (known < count && strcmp(names[known], group->cluster) != 0)
            known++;
        if (known == count && count <= NAMED_MAX)
            names[count++] = group->cluster;
    }
    if (count > 1)
        return refuse_clusters(input, names, count, diagnostics);
    selection->cluster = count == 1 ? names[0] : NULL;
    return STATUS_OK;
}

static bool is_placed(const struct invoice_selection *selection,
                      const struct invoice_group *group) {
    return (selection->cluster && strcmp(group->cluster, selection->cluster) == 0) ||
           strcmp(group->space, selection->input->space) == 0;
}

enum status invoice_selection_make(const struct invoice_compare_input *input,
                                   struct invoice_selection *selection,
                                   struct diagnostics *diagnostics) {
    *selection = (struct invoice_selection){.input = input};
    enum status status = find_cluster(selection, diagnostics);
    for (size_t i = 0; i < input->invoice->group_count; i++) {
        const struct invoice_group *group = &input->invoice->groups[i];
        if (!in_region(input, group) || !is_placed(selection, group))
            continue;
        selection->tagged_nodes |= invoice_kind_is_node(group->kind);
        selection->tagged_volumes |= invoice_kind_is_volume(group->kind);
    }
    return status;
}

static bool plan_has_type(const struct invoice_compare_input *input, const char *type) {
    const struct plan *plan = &input->outcome->plan;
    for (size_t i = 0; i < plan->node_count; i++)
        if (strcmp(plan->nodes[i]->name, type) == 0)
            return true;
    return false;
}

enum invoice_exclusion invoice_selection_of(const struct invoice_selection *selection,
                                            const struct invoice_group *group) {
    const struct invoice_compare_input *input = selection->input;
    if (group->kind == INVOICE_OTHER)
        return INVOICE_OTHER_SERVICE;
    if (!in_region(input, group))
        return INVOICE_OTHER_REGION;
    if (*group->cluster && selection->cluster && strcmp(group->cluster, selection->cluster) != 0)
        return INVOICE_OTHER_CLUSTER;
    if (*group->space && strcmp(group->space, input->space) != 0)
        return INVOICE_OTHER_SPACE;
    if (is_placed(selection, group))
        return INVOICE_COUNTED;
    if ((invoice_kind_is_node(group->kind) && selection->tagged_nodes) ||
        (invoice_kind_is_volume(group->kind) && selection->tagged_volumes))
        return INVOICE_UNTAGGED;
    if (group->kind == INVOICE_INSTANCE && !plan_has_type(input, group->type))
        return INVOICE_OTHER_TYPE;
    return INVOICE_COUNTED;
}
