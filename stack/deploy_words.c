/* The commands of a deployment, as words. */
#include "sim/base/units.h"
#include "stack/deploy_parts.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 32 };

/** Words put together in the arena. */
struct words {
    struct arena *arena;
    const char **list; /**< [WORDS_MAX], the last NULL */
    size_t count;
    bool failed;
};

static struct words words_begin(struct arena *arena) {
    struct words words = {.arena = arena};
    words.list = arena_array(arena, WORDS_MAX, sizeof *words.list);
    words.failed = !words.list;
    return words;
}

static void words_add(struct words *words, const char *word) {
    if (!word || words->failed || words->count + 1 == WORDS_MAX)
        words->failed = true;
    else
        words->list[words->count++] = word;
}

static void words_add_all(struct words *words, const char *const *more) {
    for (; more && *more; more++)
        words_add(words, *more);
}

static const char *const *words_end(const struct words *words) {
    return words->failed ? NULL : words->list;
}

static void add_chart(struct words *words, const struct deployment *deployment,
                      const struct deploy_item *item) {
    const struct chart_pin *pin = &item->release->pin;
    words_add(words, item->chart);
    if (deployment->options.charts_folder)
        return;
    words_add_all(
        words, (const char *const[]){"--repo", pin->repository, "--version", pin->version, NULL});
}

const char *const *deploy_upgrade_words(struct deployment *deployment,
                                        const struct deploy_item *item, const char *const *more) {
    struct words words = words_begin(&deployment->arena);
    struct arena *arena = &deployment->arena;
    words_add_all(&words, (const char *const[]){"upgrade", "--install", item->release->name, NULL});
    add_chart(&words, deployment, item);
    words_add_all(&words, (const char *const[]){"--namespace", deployment->cluster.name_space,
                                                "--values", NULL});
    words_add(&words,
              arena_print(arena, "%s/%s", deployment->options.folder, item->release->values_file));
    words_add_all(&words, (const char *const[]){"--labels", HELM_OURS, "--atomic", "--wait",
                                                "--timeout", NULL});
    words_add(&words, arena_print(arena, "%.0fs", deployment->options.timeout_seconds));
    words_add_all(&words, more);
    return words_end(&words);
}

const char *const *deploy_apply_words(struct deployment *deployment, const char *file) {
    struct words words = words_begin(&deployment->arena);
    words_add_all(&words, (const char *const[]){"apply", "--server-side", "--field-manager",
                                                "simulate", "--filename", NULL});
    words_add(&words, arena_print(&deployment->arena, "%s/%s", deployment->options.folder, file));
    words_add_all(&words, (const char *const[]){"--output", "json", NULL});
    return words_end(&words);
}

const char *const *deploy_grow_words(struct deployment *deployment,
                                     const struct deploy_item *item) {
    struct words words = words_begin(&deployment->arena);
    char size[32];
    units_print_quantity(size, sizeof size, item->volume.wanted_bytes);
    words_add_all(&words, (const char *const[]){
                              "patch", "persistentvolumeclaim", item->release->claim, "--namespace",
                              deployment->cluster.name_space, "--type", "merge", "--patch", NULL});
    words_add(&words,
              arena_print(&deployment->arena,
                          "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"%s\"}}}}", size));
    return words_end(&words);
}

const char *const *deploy_orphan_words(struct deployment *deployment,
                                       const struct deploy_item *item) {
    struct words words = words_begin(&deployment->arena);
    words_add_all(&words, (const char *const[]){"delete", "statefulset", item->release->workload,
                                                "--namespace", deployment->cluster.name_space,
                                                "--cascade=orphan", "--ignore-not-found", NULL});
    return words_end(&words);
}

const char *const *deploy_rollback_words(struct deployment *deployment,
                                         const struct deploy_item *item) {
    struct words words = words_begin(&deployment->arena);
    words_add_all(&words, (const char *const[]){"rollback", item->release->name, NULL});
    words_add(&words, arena_print(&deployment->arena, "%d", item->found.revision));
    words_add_all(&words,
                  (const char *const[]){"--namespace", deployment->cluster.name_space, NULL});
    return words_end(&words);
}

const char *const *deploy_uninstall_words(struct deployment *deployment, const char *name) {
    struct words words = words_begin(&deployment->arena);
    words_add_all(&words, (const char *const[]){"uninstall", name, "--namespace",
                                                deployment->cluster.name_space, "--wait",
                                                "--timeout", NULL});
    words_add(&words,
              arena_print(&deployment->arena, "%.0fs", deployment->options.timeout_seconds));
    return words_end(&words);
}

const char *const *deploy_delete_words(struct deployment *deployment, const char *kind,
                                       const char *name) {
    struct words words = words_begin(&deployment->arena);
    words_add_all(&words, (const char *const[]){"delete", kind, name, "--namespace",
                                                deployment->cluster.name_space,
                                                "--ignore-not-found", "--wait=false", NULL});
    return words_end(&words);
}

static void say_command(const struct deployment *deployment, const char *const *all) {
    struct text text;
    text_init(&text);
    process_print_command(&text, all);
    if (deployment->options.say && text.data)
        deployment->options.say(DEPLOY_LINE_COMMAND, text.data, deployment->options.say_context);
    text_fini(&text);
}

void deploy_say_kubectl(const struct deployment *deployment, const char *const *words) {
    const char *all[KUBECTL_WORDS_MAX];
    if (words && kubectl_words(&deployment->cluster, words, all))
        say_command(deployment, all);
}

void deploy_say_helm(const struct deployment *deployment, const char *const *words) {
    const char *all[HELM_WORDS_MAX];
    if (words && helm_words(&deployment->cluster, words, all))
        say_command(deployment, all);
}

char *deploy_print_seconds(char *buffer, size_t size, double seconds) {
    if (seconds < 60)
        snprintf(buffer, size, "%.1f s", seconds);
    else
        snprintf(buffer, size, "%d min %02d s", (int)seconds / 60, (int)seconds % 60);
    return buffer;
}
