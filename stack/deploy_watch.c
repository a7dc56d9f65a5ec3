/* Why a release is not ready. helm says that time ran out; the pods say why, and they are gone once
 * helm has rolled back. So they are looked at while it waits. */
#include "sim/base/clock.h"
#include "stack/deploy_parts.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE_CHARACTERS = 300, LOG_LINES = 6, EVENTS_SHOWN = 3 };

void deploy_watch_init(struct deploy_watch *watch, const struct deployment *deployment,
                       const struct deploy_item *item) {
    *watch = (struct deploy_watch){.deployment = deployment, .item = item, .logged_restarts = -1};
    /* A release that fails, fails soon, or only when its time is up. */
    watch->next_look = clock_seconds() + deployment->options.look_seconds / 4;
    text_init(&watch->pods);
    text_init(&watch->logs);
}

void deploy_watch_fini(struct deploy_watch *watch) {
    text_fini(&watch->pods);
    text_fini(&watch->logs);
}

/** One line, without what a terminal would act on, in UTF-8. */
static void add_line(struct text *text, const char *line, int length) {
    char clean[MESSAGE_CHARACTERS + 1];
    snprintf(clean, sizeof clean, "%.*s", length, line);
    json_t *proper = json_string(clean);
    for (char *at = clean; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F || (!proper && (*at & 0x80)))
            *at = (*at & 0x80) ? '?' : ' ';
    json_decref(proper);
    text_add(text, clean);
}

static void note_reason(struct deploy_watch *watch, const char *pod, const char *where,
                        const char *reason, const char *message) {
    if (!watch->now[0])
        snprintf(watch->now, sizeof watch->now, "%.100s %.50s", pod, reason);
    text_print(&watch->pods, "pod %s%s%s: %s%s", pod, where[0] ? ", container " : "", where, reason,
               message[0] ? ": " : "");
    add_line(&watch->pods, message, MESSAGE_CHARACTERS);
    text_add(&watch->pods, "\n");
}

static void note_unscheduled(struct deploy_watch *watch, const json_t *pod, const char *name) {
    const json_t *scheduled = kubectl_condition(pod, "PodScheduled");
    if (strcmp(kubectl_string(scheduled, "status", NULL), "False") == 0)
        note_reason(watch, name, "", kubectl_string(scheduled, "reason", NULL),
                    kubectl_string(scheduled, "message", NULL));
}

static void fetch_logs(struct deploy_watch *watch, const char *pod, const char *container,
                       bool previous) {
    struct diagnostics ignored;
    struct process_result result;
    char tail[24];
    snprintf(tail, sizeof tail, "--tail=%d", LOG_LINES);
    const char *const words[] = {"logs",
                                 pod,
                                 "--container",
                                 container,
                                 "--namespace",
                                 watch->deployment->cluster.name_space,
                                 tail,
                                 "--limit-bytes=4096",
                                 previous ? "--previous" : NULL,
                                 NULL};
    diagnostics_init(&ignored);
    if (!kubectl_name_is_valid(pod) || !kubectl_name_is_valid(container))
        return;
    if (kubectl_run(&watch->deployment->cluster, words, NULL, 0, &result, &ignored) == STATUS_OK &&
        process_succeeded(&result) && result.out_length > 0) {
        text_fini(&watch->logs);
        text_add_bytes(&watch->logs, result.out, result.out_length);
    }
    process_result_fini(&result);
}

static void note_terminated(struct deploy_watch *watch, const char *pod, const char *container,
                            const json_t *ended, int restarts) {
    char reason[120];
    long status = (long)json_integer_value(json_object_get(ended, "exitCode"));
    snprintf(reason, sizeof reason, "ended with status %ld (%.60s), %d restart%s", status,
             kubectl_string(ended, "reason", NULL), restarts, restarts == 1 ? "" : "s");
    note_reason(watch, pod, container, reason, kubectl_string(ended, "message", NULL));
}

/** What is wrong with one container; its last words when it ended since they were last read. */
static void take_container(struct deploy_watch *watch, const char *pod, const json_t *container) {
    const char *name = kubectl_string(container, "name", NULL);
    const json_t *waiting = kubectl_value(container, "state", "waiting", NULL);
    const json_t *ended = kubectl_value(container, "state", "terminated", NULL);
    const json_t *before = kubectl_value(container, "lastState", "terminated", NULL);
    int restarts = (int)json_integer_value(json_object_get(container, "restartCount"));
    if (waiting)
        note_reason(watch, pod, name, kubectl_string(waiting, "reason", NULL),
                    kubectl_string(waiting, "message", NULL));
    if (before || ended)
        note_terminated(watch, pod, name, ended ? ended : before, restarts);
    else if (!waiting && !json_is_true(json_object_get(container, "ready")))
        note_reason(watch, pod, name, "runs, but is not ready", "");
    bool running = kubectl_value(container, "state", "running", NULL) != NULL;
    if (!before && !ended && !running)
        return;
    /* Of a container that runs on, its newest words; of one that ended, once for each end. */
    if ((before || ended) && watch->logged_restarts == restarts &&
        strcmp(watch->logged_pod, pod) == 0)
        return;
    watch->logged_restarts = before || ended ? restarts : -1;
    snprintf(watch->logged_pod, sizeof watch->logged_pod, "%s", pod);
    fetch_logs(watch, pod, name, before && !ended);
}

static void take_pod(struct deploy_watch *watch, const json_t *pod) {
    static const char *const lists[] = {"initContainerStatuses", "containerStatuses"};
    const char *name = kubectl_string(pod, "metadata", "name", NULL);
    if (watch->name_count < sizeof watch->names / sizeof *watch->names)
        snprintf(watch->names[watch->name_count++], sizeof *watch->names, "%s", name);
    note_unscheduled(watch, pod, name);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const json_t *containers = kubectl_value(pod, "status", lists[i], NULL);
        for (size_t j = 0; j < json_array_size(containers); j++) {
            const json_t *container = json_array_get(containers, j);
            if (!json_is_true(json_object_get(container, "ready")))
                take_container(watch, name, container);
        }
    }
}

void deploy_watch_take(struct deploy_watch *watch, const json_t *list) {
    const json_t *items = kubectl_items(list);
    size_t waiting = 0;
    for (size_t i = 0; i < json_array_size(items); i++)
        waiting += !kubectl_condition_holds(json_array_get(items, i), "Ready");
    watch->now[0] = '\0';
    /* A moment without pods, such as helm's own rollback, must not wipe out what was seen. */
    if (waiting == 0)
        return;
    text_fini(&watch->pods);
    watch->name_count = 0;
    for (size_t i = 0; i < json_array_size(items); i++)
        if (!kubectl_condition_holds(json_array_get(items, i), "Ready"))
            take_pod(watch, json_array_get(items, i));
}

void deploy_watch_look(struct deploy_watch *watch) {
    struct diagnostics ignored;
    char selector[128];
    json_t *list;
    if (clock_seconds() < watch->next_look)
        return;
    diagnostics_init(&ignored);
    snprintf(selector, sizeof selector, "app.kubernetes.io/instance=%s",
             watch->item->release->name);
    if (kubectl_json(&watch->deployment->cluster,
                     (const char *const[]){"get", "pods", "--namespace",
                                           watch->deployment->cluster.name_space, "--selector",
                                           selector, NULL},
                     "looking at the pods", &list, &ignored) == STATUS_OK)
        deploy_watch_take(watch, list);
    json_decref(list);
    watch->next_look = clock_seconds() + watch->deployment->options.look_seconds;
}

/** The latest warnings about one object, oldest first. */
static void explain_events(const struct deploy_watch *watch, const char *pod, struct text *text) {
    struct diagnostics ignored;
    char selector[320];
    json_t *list;
    diagnostics_init(&ignored);
    snprintf(selector, sizeof selector, "type=Warning,involvedObject.name=%s", pod);
    if (kubectl_name_is_valid(pod) &&
        kubectl_json(&watch->deployment->cluster,
                     (const char *const[]){
                         "get", "events", "--namespace", watch->deployment->cluster.name_space,
                         "--field-selector", selector, "--sort-by", ".lastTimestamp", NULL},
                     "reading events", &list, &ignored) == STATUS_OK) {
        const json_t *items = kubectl_items(list);
        size_t count = json_array_size(items);
        for (size_t i = count > EVENTS_SHOWN ? count - EVENTS_SHOWN : 0; i < count; i++) {
            const json_t *event = json_array_get(items, i);
            text_add(text, "event ");
            add_line(text, kubectl_string(event, "reason", NULL), MESSAGE_CHARACTERS);
            text_add(text, ": ");
            add_line(text, kubectl_string(event, "message", NULL), MESSAGE_CHARACTERS);
            text_add(text, "\n");
        }
        json_decref(list);
    }
}

static void explain_logs(const struct deploy_watch *watch, struct text *text) {
    if (watch->logs.length == 0)
        return;
    text_print(text, "last lines of %s:\n", watch->logged_pod);
    for (const char *at = watch->logs.data; *at; at += strspn(at, "\r\n")) {
        size_t length = strcspn(at, "\r\n");
        text_add(text, "  ");
        add_line(text, at, (int)(length < MESSAGE_CHARACTERS ? length : MESSAGE_CHARACTERS));
        text_add(text, "\n");
        at += length;
    }
}

void deploy_watch_explain(struct deploy_watch *watch, struct text *text) {
    if (watch->pods.length > 0)
        text_add(text, watch->pods.data);
    for (size_t i = 0; i < watch->name_count; i++)
        explain_events(watch, watch->names[i], text);
    /* No pod at all: what makes them says why it could not. */
    if (watch->name_count == 0)
        explain_events(watch, watch->item->release->workload, text);
    explain_logs(watch, text);
}
