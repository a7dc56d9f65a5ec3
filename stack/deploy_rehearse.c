/* A dry run: every command as it would run, and what the server says it would change. */
#include "stack/deploy_parts.h"
#include "stack/names.h"
#include "stack/secret.h"

#include <stdio.h>
#include <string.h>

/** A first install's dashboards alone are thousands of lines. */
enum { DIFF_LINES = 60, OBJECTS_SHOWN = 40 };

/** Where kubectl says which files it compares, the object's name is enough. */
static void add_diff_line(struct text *text, const char *line, int length) {
    static const char head[] = "diff ";
    if (strncmp(line, "--- /", 5) == 0 || strncmp(line, "+++ /", 5) == 0)
        return;
    if (strncmp(line, head, sizeof head - 1) == 0) {
        const char *name = line + length;
        while (name > line && name[-1] != '/')
            name--;
        text_print(text, "%.*s\n", (int)(line + length - name), name);
        return;
    }
    text_print(text, "%.*s\n", length, line);
}

static void say_text(const struct deployment *deployment, struct text *text) {
    while (text->length > 0 && text->data[text->length - 1] == '\n')
        text->data[--text->length] = '\0';
    if (text->length > 0 && deployment->options.say)
        deployment->options.say(DEPLOY_LINE_DIFF, text->data, deployment->options.say_context);
}

static void say_diff(const struct deployment *deployment, const char *diff) {
    struct text text;
    size_t lines = 0;
    text_init(&text);
    for (const char *at = diff; *at; lines++) {
        int length = (int)strcspn(at, "\n");
        if (lines < DIFF_LINES)
            add_diff_line(&text, at, length);
        at += length + (at[length] == '\n');
    }
    if (lines > DIFF_LINES)
        text_print(&text, "[... %zu more lines]\n", lines - DIFF_LINES);
    say_text(deployment, &text);
    text_fini(&text);
}

/** kubectl diff: 0 nothing differs, 1 something does, more than that an error. */
static enum status diff(const struct deployment *deployment, const char *const *words,
                        const char *input, struct diagnostics *diagnostics) {
    struct process_result result;
    enum status status = kubectl_run(&deployment->cluster, words, input, input ? strlen(input) : 0,
                                     &result, diagnostics);
    if (status == STATUS_OK && result.end == PROCESS_INTERRUPTED)
        status = deploy_refuse(diagnostics, NULL, "interrupted; nothing was changed");
    else if (status == STATUS_OK && result.end != PROCESS_EXITED)
        status = process_complain("kubectl", &result, "comparing with the cluster", diagnostics);
    else if (status == STATUS_OK && result.exit_status == 0)
        deploy_say(deployment, DEPLOY_LINE_DIFF, "no difference");
    else if (status == STATUS_OK) {
        say_diff(deployment, result.out);
        /* What an upgrade cannot change in place is no reason to stop the rehearsal. */
        if (result.exit_status > 1)
            say_diff(deployment, result.err);
    }
    process_result_fini(&result);
    return status;
}

static enum status rehearse_manifest(struct deployment *deployment, const struct deploy_step *step,
                                     struct diagnostics *diagnostics) {
    if (deploy_leaves_alone(deployment, step->name)) {
        deploy_say(deployment, DEPLOY_LINE_DONE, "# %s: it is there and stays as it is",
                   step->name);
        return STATUS_OK;
    }
    deploy_say_kubectl(deployment, deploy_apply_words(deployment, step->name));
    /* The server cannot compare what would live in a namespace that is not there. */
    if (!deployment->namespace_exists && strstr(step->name, "namespace") == NULL &&
        strstr(step->name, "storageclass") == NULL) {
        deploy_say(deployment, DEPLOY_LINE_DIFF, "new, with the namespace");
        return STATUS_OK;
    }
    const char *path =
        arena_print(&deployment->arena, "%s/%s", deployment->options.folder, step->name);
    return path ? diff(deployment,
                       (const char *const[]){"diff", "--server-side", "--field-manager", "simulate",
                                             "--filename", path, NULL},
                       NULL, diagnostics)
                : diagnostics_out_of_memory(diagnostics, step->name);
}

static void rehearse_secret(const struct deployment *deployment) {
    const char *words[6];
    if (deployment->secret_exists) {
        deploy_say(deployment, DEPLOY_LINE_DONE,
                   "# secret " STACK_ADMIN_SECRET ": it is there and stays as it is");
        return;
    }
    secret_create_words(&deployment->cluster, words);
    deploy_say_kubectl(deployment, words);
    deploy_say(deployment, DEPLOY_LINE_DIFF,
               "on its standard input: secret " STACK_ADMIN_SECRET
               ", with a password that is made at that moment");
}

/** The objects of a manifest, "StatefulSet loki", by the lines that begin each. */
static void say_objects(const struct deployment *deployment, const char *manifest) {
    struct text text;
    char kind[64] = "";
    size_t count = 0;
    bool in_metadata = false;
    text_init(&text);
    for (const char *at = manifest; *at; at += *at == '\n') {
        int length = (int)strcspn(at, "\n");
        char name[128];
        if (strncmp(at, "kind: ", 6) == 0)
            snprintf(kind, sizeof kind, "%.*s", length - 6, at + 6);
        in_metadata = at[0] == ' ' ? in_metadata : strncmp(at, "metadata:", 9) == 0;
        if (in_metadata && strncmp(at, "  name: ", 8) == 0 && count++ < OBJECTS_SHOWN) {
            snprintf(name, sizeof name, "%.*s", length - 8, at + 8);
            text_print(&text, "+ %s %s\n", kind, name);
        }
        at += length;
    }
    if (count > OBJECTS_SHOWN)
        text_print(&text, "[... %zu more]\n", count - OBJECTS_SHOWN);
    say_text(deployment, &text);
    text_fini(&text);
}

/** Add the documents of a manifest but for StatefulSets. */
static void add_others(struct text *text, const char *manifest) {
    static const char between[] = "\n---\n", kind[] = "\nkind: StatefulSet\n";
    while (*manifest) {
        const char *end = strstr(manifest, between);
        size_t length = end ? (size_t)(end - manifest) + sizeof between - 1 : strlen(manifest);
        if (!memmem(manifest, length, kind, sizeof kind - 1))
            text_add_bytes(text, manifest, length);
        manifest += length;
    }
}

/** As helm would own the fields that it sets: only then does the server show what they become. */
static enum status diff_manifest(struct deployment *deployment, const char *manifest,
                                 struct diagnostics *diagnostics) {
    return diff(deployment,
                (const char *const[]){"diff", "--server-side", "--force-conflicts",
                                      "--field-manager", "helm", "--namespace",
                                      deployment->cluster.name_space, "--filename", "-", NULL},
                manifest, diagnostics);
}

/** What takes the place of the StatefulSet cannot be compared with it; the rest can. */
static enum status rehearse_growth(struct deployment *deployment, const struct deploy_item *item,
                                   struct diagnostics *diagnostics) {
    struct text others;
    enum status status = STATUS_OK;
    text_init(&others);
    add_others(&others, item->manifest);
    deploy_say(deployment, DEPLOY_LINE_DIFF,
               "StatefulSet %s is made anew around its pod and volume; values: %s",
               item->release->workload, item->changes ? item->changes : "the same");
    if (text_failed(&others))
        status = diagnostics_out_of_memory(diagnostics, "a manifest");
    else if (others.length > 0)
        status = diff_manifest(deployment, others.data, diagnostics);
    text_fini(&others);
    return status;
}

static enum status rehearse_item(struct deployment *deployment, struct deploy_item *item,
                                 struct diagnostics *diagnostics) {
    if (item->unchanged && !item->volume.grows) {
        deploy_say(deployment, DEPLOY_LINE_DONE, "# release %s %s: unchanged", item->release->name,
                   item->found.version);
        return STATUS_OK;
    }
    if (deploy_grows_claim(item))
        deploy_say_kubectl(deployment, deploy_grow_words(deployment, item));
    if (item->volume.recreates)
        deploy_say_kubectl(deployment, deploy_orphan_words(deployment, item));
    deploy_say_helm(deployment, deploy_upgrade_words(deployment, item, NULL));
    if (!item->found.name[0]) {
        say_objects(deployment, item->manifest);
        return STATUS_OK;
    }
    return item->volume.recreates ? rehearse_growth(deployment, item, diagnostics)
                                  : diff_manifest(deployment, item->manifest, diagnostics);
}

enum status deploy_rehearse(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->manifest_count && status == STATUS_OK; i++)
        status = rehearse_manifest(deployment, &deployment->manifests[i], diagnostics);
    if (status == STATUS_OK)
        rehearse_secret(deployment);
    for (size_t i = 0; i < deployment->releases.count && status == STATUS_OK; i++)
        status = rehearse_item(deployment, &deployment->items[i], diagnostics);
    if (status == STATUS_OK && deployment->replaced.name[0])
        deploy_say_helm(deployment, deploy_uninstall_words(deployment, deployment->replaced.name));
    return status;
}
