/* What somebody changed past helm, and how it goes back: helm's own revision, applied once more. */
#include "stack/verify_lines.h"

#include "sim/base/text.h"
#include "stack/helm.h"

#include <stdio.h>
#include <string.h>

/** Of a pod template: what a revision of the release sets. Volumes, pods and nodes it cannot. */
static bool is_of_template(const char *what) {
    static const char *const whats[] = {"CPU request", "memory request", "CPU limit",
                                        "memory limit", "GOMEMLIMIT"};
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        if (strcmp(what, whats[i]) == 0)
            return true;
    return false;
}

/** Its objects differ though the values that helm holds are the plan's. */
static bool is_changed_past_helm(const struct verify *verify, const char *part) {
    bool template = false, release = false;
    for (size_t i = 0; i < verify->count; i++) {
        const struct verify_line *line = &verify->lines[i];
        if (line->verdict != VERIFY_DRIFT || strcmp(line->part, part) != 0)
            continue;
        template = template || (line->look == VERIFY_OBJECTS && is_of_template(line->what));
        release = release || line->look == VERIFY_RELEASES;
    }
    return template && !release;
}

static void add_command(const struct cluster *cluster, const char *name, int revision,
                        struct text *text) {
    char number[16];
    const char *all[HELM_WORDS_MAX];
    snprintf(number, sizeof number, "%d", revision);
    const char *const words[] = {
        "--namespace", cluster->name_space, "rollback", name, number, "--wait", NULL};
    if (!helm_words(cluster, words, all))
        return;
    text_add(text, "    ");
    process_print_command(text, all);
    text_add(text, "\n");
}

void verify_find_mend(const struct cluster *cluster, const struct release_list *releases,
                      struct verify *verify) {
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < releases->count; i++) {
        const struct release *release = &releases->items[i];
        if (verify->revision[i] > 0 &&
            is_changed_past_helm(verify, verify_place(VERIFY_OBJECTS, release).part))
            add_command(cluster, release->name, verify->revision[i], &text);
    }
    if (text.length > 0)
        verify->mend = arena_copy(verify->arena, text.data, text.length);
    verify->out_of_memory =
        verify->out_of_memory || text_failed(&text) || (text.length > 0 && !verify->mend);
    text_fini(&text);
}
