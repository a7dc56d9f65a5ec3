#include "stack/names.h"
#include "stack/preflight.h"

#include <stdio.h>
#include <string.h>

enum { CHANGES_SHOWN = 4, HINT_BYTES = sizeof((struct diagnostic){0}.hint) };

/** False when the command as a whole does not fit. */
static bool try_hint(char hint[HINT_BYTES], const char *before, bool kubectl,
                     const struct cluster *cluster, const char *const *words) {
    const char *all[KUBECTL_WORDS_MAX];
    struct text text;
    text_init(&text);
    text_print(&text, "%s: ", before);
    if (kubectl ? kubectl_words(cluster, words, all) : helm_words(cluster, words, all))
        process_print_command(&text, all);
    bool fits = !text_failed(&text) && text.length < HINT_BYTES;
    snprintf(hint, HINT_BYTES, "%s", fits ? text.data : "");
    text_fini(&text);
    return fits;
}

/** "BEFORE: helm --kube-context prod uninstall loki": a command to paste, the cluster named unless
 *  its names are too long: half a command would be another one. */
static void print_hint(char hint[HINT_BYTES], const char *before, bool kubectl,
                       const struct deployment *deployment, const char *const *words) {
    static const struct cluster unnamed = {0};
    char longer[80];
    snprintf(longer, sizeof longer, "%s (with this cluster's context)", before);
    if (!try_hint(hint, before, kubectl, &deployment->cluster, words))
        (void)try_hint(hint, longer, kubectl, &unnamed, words);
}

static enum status refuse_foreign(const struct deployment *deployment,
                                  const struct helm_release *found,
                                  struct diagnostics *diagnostics) {
    char hint[HINT_BYTES];
    const char *const words[] = {"uninstall", found->name, "--namespace",
                                 deployment->cluster.name_space, NULL};
    print_hint(hint, "see first whose it is; this removes it", false, deployment, words);
    return deploy_refuse(diagnostics, hint,
                         "a release called %s is in namespace %s, of chart %s %s: it is not ours",
                         found->name, deployment->cluster.name_space, found->chart, found->version);
}

static enum status refuse_unlabelled(const struct deployment *deployment,
                                     const struct helm_release *found,
                                     struct diagnostics *diagnostics) {
    char hint[HINT_BYTES], selector[96];
    snprintf(selector, sizeof selector, "owner=helm,name=%s", found->name);
    const char *const words[] = {"--namespace", deployment->cluster.name_space,
                                 "label",       "secrets",
                                 "--selector",  selector,
                                 HELM_OURS,     NULL};
    print_hint(hint, "take it over with", true, deployment, words);
    return deploy_refuse(
        diagnostics, hint,
        "release %s in namespace %s (%s %s) was not installed by this program: its values would "
        "be lost",
        found->name, deployment->cluster.name_space, found->chart, found->version);
}

static enum status refuse_pending(const struct deployment *deployment,
                                  const struct helm_release *found,
                                  struct diagnostics *diagnostics) {
    char hint[HINT_BYTES];
    bool first =
        strcmp(found->status, "pending-install") == 0 || strcmp(found->status, "uninstalling") == 0;
    const char *const words[] = {first ? "uninstall" : "rollback", found->name, "--namespace",
                                 deployment->cluster.name_space, NULL};
    print_hint(hint, "wait for it; if none runs", false, deployment, words);
    return deploy_refuse(diagnostics, hint,
                         "release %s is %s since %.19s: another helm is at work on it, or was cut "
                         "off",
                         found->name, found->status, found->updated);
}

static enum status judge(const struct deployment *deployment, const struct release *wanted,
                         const struct helm_release *found, struct diagnostics *diagnostics) {
    if (strcmp(found->chart, wanted->pin.name) != 0)
        return refuse_foreign(deployment, found, diagnostics);
    if (!found->ours)
        return refuse_unlabelled(deployment, found, diagnostics);
    if (strncmp(found->status, "pending-", 8) == 0 || strcmp(found->status, "uninstalling") == 0)
        return refuse_pending(deployment, found, diagnostics);
    return STATUS_OK;
}

/** Our log agent of the other kind is to go once the wanted one is there: both would send every
 *  line twice. */
static void find_replaced(struct deployment *deployment) {
    static const char *const agents[] = {STACK_PROMTAIL_NAME, STACK_ALLOY_NAME};
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        const struct helm_release *found = helm_find(&deployment->found, agents[i]);
        if (found && found->ours && !releases_have(&deployment->releases, agents[i]))
            deployment->replaced = *found;
    }
}

enum status preflight_releases(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = helm_list(&deployment->cluster, &deployment->found, diagnostics);
    for (size_t i = 0; i < deployment->releases.count && deployment->found.count > 0; i++) {
        struct deploy_item *item = &deployment->items[i];
        const struct helm_release *found = helm_find(&deployment->found, item->release->name);
        if (!found)
            continue;
        item->found = *found;
        enum status judged = judge(deployment, item->release, found, diagnostics);
        if (status == STATUS_OK)
            status = judged;
    }
    find_replaced(deployment);
    return status;
}

/** The version that the rehearsed chart really has. */
static enum status check_version(const struct deploy_item *item, const json_t *rehearsal,
                                 struct diagnostics *diagnostics) {
    const char *name = kubectl_string(rehearsal, "chart", "metadata", "name", NULL);
    const char *version = kubectl_string(rehearsal, "chart", "metadata", "version", NULL);
    if (strcmp(name, item->release->pin.name) == 0 &&
        strcmp(version, item->release->pin.version) == 0)
        return STATUS_OK;
    return deploy_refuse(diagnostics, NULL, "%s holds chart %s %s, but the plan needs %s %s",
                         item->chart, name, version, item->release->pin.name,
                         item->release->pin.version);
}

static enum status find_changes(struct deployment *deployment, struct deploy_item *item,
                                const json_t *rehearsal, struct diagnostics *diagnostics) {
    json_t *values;
    struct text text, paths;
    enum status status =
        helm_values(&deployment->cluster, item->release->name, &values, diagnostics);
    if (status != STATUS_OK)
        return status;
    text_init(&text);
    text_init(&paths);
    bool other_chart = strcmp(item->found.version, item->release->pin.version) != 0;
    if (other_chart)
        text_print(&text, "chart %s -> %s", item->found.version, item->release->pin.version);
    size_t count =
        helm_values_changes(values, json_object_get(rehearsal, "config"), CHANGES_SHOWN, &paths);
    if (paths.length > 0)
        text_print(&text, "%s%s", other_chart ? ", " : "", paths.data);
    item->unchanged = !other_chart && count == 0 && strcmp(item->found.status, "deployed") == 0;
    if (text.length > 0)
        item->changes = arena_copy(&deployment->arena, text.data, text.length);
    if (text_failed(&paths) || text_failed(&text) || (text.length > 0 && !item->changes))
        status = diagnostics_out_of_memory(diagnostics, "what would change");
    text_fini(&paths);
    text_fini(&text);
    json_decref(values);
    return status;
}

static enum status rehearse(struct deployment *deployment, struct deploy_item *item,
                            struct diagnostics *diagnostics) {
    json_t *rehearsal;
    char what[128];
    const char *const *words =
        deploy_upgrade_words(deployment, item, (const char *const[]){"--dry-run=server", NULL});
    if (!words)
        return diagnostics_out_of_memory(diagnostics, "a helm command");
    snprintf(what, sizeof what, "rehearsing release %s", item->release->name);
    enum status status = helm_json(&deployment->cluster, words, what, &rehearsal, diagnostics);
    if (status == STATUS_OK)
        status = check_version(item, rehearsal, diagnostics);
    if (status == STATUS_OK && item->found.name[0])
        status = find_changes(deployment, item, rehearsal, diagnostics);
    if (status == STATUS_OK && deployment->options.dry_run) {
        item->manifest = strdup(kubectl_string(rehearsal, "manifest", NULL));
        if (!item->manifest)
            status = diagnostics_out_of_memory(diagnostics, what);
    }
    json_decref(rehearsal);
    return status;
}

enum status preflight_charts(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->releases.count; i++) {
        struct deploy_item *item = &deployment->items[i];
        if (deploy_interrupted(deployment))
            break;
        deploy_say(deployment, DEPLOY_LINE_NOW, "rehearsing %s %s", item->release->pin.name,
                   item->release->pin.version);
        enum status rehearsed = rehearse(deployment, item, diagnostics);
        if (status == STATUS_OK)
            status = rehearsed;
    }
    return status;
}
