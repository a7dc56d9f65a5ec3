#include "tests/cluster/live.h"

#include "sim/base/text.h"
#include "stack/names.h"
#include "stack/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

char *live_run(struct program *program, const char *const words[]) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    const struct process_options options = {.arguments = words, .timeout_seconds = 120};
    struct process_result result;
    if (process_run(&options, &result, &diagnostics) != STATUS_OK)
        fail_msg("%s: %s", words[0], diagnostics.items[0].message);
    if (!process_succeeded(&result))
        fail_msg("%s %s: %s", words[0], words[1], result.err);
    char *out = arena_print(&program->arena, "%s", result.out);
    process_result_fini(&result);
    assert_non_null(out);
    return out;
}

void live_renew(struct program *program) {
    live_tell(program, NULL);
    LIVE_KUBECTL(program, "delete", "node", "node-2", "--ignore-not-found");
    LIVE_KUBECTL(program, "delete", "namespace", STACK_NAMESPACE, "--ignore-not-found");
    LIVE_KUBECTL(program, "delete", "storageclass", STACK_STORAGE_CLASS, "--ignore-not-found");
}

static json_t *list_releases(struct program *program) {
    const char *text =
        LIVE_HELM(program, "list", "--all", "--namespace", STACK_NAMESPACE, "--output", "json");
    json_t *list = json_loads(text, 0, NULL);
    assert_true(json_is_array(list));
    return list;
}

/** helm prints revisions as text. */
static int revision_of(const json_t *release) {
    int revision = 0;
    const char *text = json_string_value(json_object_get(release, "revision"));
    assert_non_null(text);
    for (; *text >= '0' && *text <= '9'; text++)
        revision = 10 * revision + (*text - '0');
    return revision;
}

int live_revision(struct program *program, const char *release, const char **status) {
    json_t *list = list_releases(program);
    int revision = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(item, "name")), release) != 0)
            continue;
        revision = revision_of(item);
        if (status)
            *status = arena_print(&program->arena, "%s",
                                  json_string_value(json_object_get(item, "status")));
    }
    json_decref(list);
    return revision;
}

int live_revisions(struct program *program, size_t *count) {
    json_t *list = list_releases(program);
    int sum = 0;
    *count = json_array_size(list);
    for (size_t i = 0; i < *count; i++)
        sum += revision_of(json_array_get(list, i));
    json_decref(list);
    return sum;
}

void live_tell(struct program *program, const char *setting) {
    LIVE_KUBECTL(program, "delete", "configmap", "node-agent", "--namespace", "kube-system",
                 "--ignore-not-found");
    if (setting)
        LIVE_KUBECTL(program, "create", "configmap", "node-agent", "--namespace", "kube-system",
                     arena_print(&program->arena, "--from-literal=%s", setting));
}

char *live_field(struct program *program, const char *kind, const char *name, const char *path) {
    const char *output = arena_print(&program->arena, "jsonpath=%s", path);
    return LIVE_KUBECTL(program, "get", kind, name, "--namespace", STACK_NAMESPACE,
                        "--ignore-not-found", "--output", output);
}
