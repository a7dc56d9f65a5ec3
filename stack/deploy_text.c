/* A deployment in words: what is about to be done, and what was. */
#include "sim/base/units.h"
#include "stack/deploy_parts.h"
#include "stack/names.h"
#include "stack/verify.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 100, LABEL = 12, RELEASE = 37 };

static const struct {
    const char *step, *json;
} outcomes[] = {
    [DEPLOY_WAITING] = {"not reached", "not_reached"},
    [DEPLOY_UNCHANGED] = {"unchanged", "unchanged"},
    [DEPLOY_CREATED] = {"created", "created"},
    [DEPLOY_CHANGED] = {"changed", "changed"},
    [DEPLOY_INSTALLED] = {"installed", "installed"},
    [DEPLOY_UPGRADED] = {"upgraded", "upgraded"},
    [DEPLOY_REMOVED] = {"removed", "removed"},
    [DEPLOY_KEPT] = {"kept", "kept"},
    [DEPLOY_FAILED] = {"FAILED", "failed"},
    [DEPLOY_INTERRUPTED] = {"interrupted", "interrupted"},
};

const char *deploy_outcome_text(enum deploy_outcome outcome) {
    return outcomes[outcome].json;
}

void deploy_say_step(const struct deployment *deployment, const char *name,
                     enum deploy_outcome outcome, double seconds) {
    char time[32];
    deploy_print_seconds(time, sizeof time, seconds);
    bool took = outcome != DEPLOY_KEPT && outcome != DEPLOY_WAITING && outcome != DEPLOY_UNCHANGED;
    deploy_say(deployment, DEPLOY_LINE_DONE, took ? "  %-42s %-12s %10s" : "  %-42s %s", name,
               outcomes[outcome].step, time);
}

static size_t width_of(const struct deployment *deployment) {
    return deployment->options.width > 0 ? deployment->options.width : WIDTH;
}

static void add_fact(const struct deployment *deployment, struct text *text, const char *label,
                     const char *fact) {
    text_print(text, "%-*s", LABEL, label);
    text_add_wrapped(text, fact, LABEL, width_of(deployment));
}

static void print_volume(const struct deploy_item *item, char *buffer, size_t size) {
    char there[32], wanted[32];
    const struct deploy_volume *volume = &item->volume;
    buffer[0] = '\0';
    if (volume->grows)
        snprintf(buffer, size, "volume %s -> %s",
                 units_print_quantity(there, sizeof there, volume->claimed_bytes),
                 units_print_quantity(wanted, sizeof wanted, volume->wanted_bytes));
    else if (volume->claimed_bytes > 0 && !item->found.name[0])
        snprintf(buffer, size, "takes its volume of %s back",
                 units_print_quantity(there, sizeof there, volume->claimed_bytes));
}

static void add_item(struct text *text, const struct deploy_item *item, size_t width) {
    char volume[80], state[1024];
    print_volume(item, volume, sizeof volume);
    const char *between = volume[0] ? "; " : "";
    if (!item->found.name[0])
        snprintf(state, sizeof state, "new%s%s", between, volume);
    else if (item->unchanged)
        snprintf(state, sizeof state, "unchanged%s%s", between, volume);
    else if (item->changes)
        snprintf(state, sizeof state, "%s%s%s", volume, between, item->changes);
    else
        snprintf(state, sizeof state, "%s%sagain: it is %s", volume, between, item->found.status);
    text_print(text, "  %-24s %-9s ", item->release->name, item->release->pin.version);
    text_add_wrapped(text, state, RELEASE, width);
}

static void add_cluster(const struct deployment *deployment, struct text *text) {
    char line[512];
    snprintf(line, sizeof line, "%s at %s, Kubernetes %s", deployment->cluster.context,
             deployment->cluster.server, deployment->server_version);
    add_fact(deployment, text, "Cluster", line);
    snprintf(line, sizeof line, "%s%s", deployment->cluster.name_space,
             deployment->namespace_exists ? "" : ", new");
    add_fact(deployment, text, "Namespace", line);
}

void deploy_overview(const struct deployment *deployment, struct text *text) {
    char line[512], nodes[160];
    add_cluster(deployment, text);
    snprintf(line, sizeof line, "helm %s, kubectl %s", deployment->helm_version,
             deployment->kubectl_version);
    add_fact(deployment, text, "Tools", line);
    plan_print_nodes(deployment->plan, nodes, sizeof nodes);
    if (strstr(deployment->label, nodes))
        snprintf(line, sizeof line, "%s", deployment->label);
    else
        snprintf(line, sizeof line, "%s, for %s", deployment->label, nodes);
    add_fact(deployment, text, "Plan", line);
    snprintf(line, sizeof line, "%s: it fits; %s", deployment->nodes_text, deployment->room_text);
    add_fact(deployment, text, "Nodes", line);
    add_fact(deployment, text, "Storage",
             deployment->storage_class_exists ? "StorageClass " STACK_STORAGE_CLASS
                                                " is there and is kept"
                                              : "StorageClass " STACK_STORAGE_CLASS ", new");
    add_fact(deployment, text, "Secret",
             deployment->secret_exists ? STACK_ADMIN_SECRET " is there and is kept"
                                       : STACK_ADMIN_SECRET ", new, with a random password");
    text_add(text, "Releases\n");
    for (size_t i = 0; i < deployment->releases.count; i++)
        add_item(text, &deployment->items[i], width_of(deployment));
    if (deployment->replaced.name[0])
        text_print(text, "  %-24s %-9s goes: both agents would send every line twice\n",
                   deployment->replaced.name, deployment->replaced.version);
    for (size_t i = 0; i < deployment->warning_count; i++)
        add_fact(deployment, text, "Warning", deployment->warnings[i]);
}

void deploy_removals_overview(const struct deployment *deployment, struct text *text) {
    char line[512];
    snprintf(line, sizeof line, "%s at %s", deployment->cluster.context,
             deployment->cluster.server);
    add_fact(deployment, text, "Cluster", line);
    add_fact(deployment, text, "Namespace", deployment->cluster.name_space);
    text_add(text, deployment->removal_count > 0 ? "To remove\n" : "To remove   nothing of ours\n");
    for (size_t i = 0; i < deployment->removal_count; i++)
        text_print(text, "  %s %s\n", deployment->removals[i].kind, deployment->removals[i].name);
    add_fact(deployment, text, "Stays",
             deployment->options.delete_data
                 ? "the namespace and the StorageClass; the data is gone for good"
                 : "volumes, Grafana's secret, the namespace, the StorageClass");
    for (size_t i = 0; i < deployment->warning_count; i++)
        add_fact(deployment, text, "Warning", deployment->warnings[i]);
}

static void add_command(struct text *text, const struct deployment *deployment,
                        const char *const *words) {
    const char *all[KUBECTL_WORDS_MAX];
    if (!kubectl_words(&deployment->cluster, words, all))
        return;
    text_add(text, "  ");
    process_print_command(text, all);
}

/** How many of the releases came to an end of each kind: "3 installed, 1 unchanged". */
static void add_counts(const struct deployment *deployment, struct text *text) {
    size_t shown = 0;
    for (size_t outcome = 0; outcome < sizeof outcomes / sizeof *outcomes; outcome++) {
        size_t count = 0;
        for (size_t i = 0; i < deployment->releases.count; i++)
            count += (size_t)deployment->items[i].outcome == outcome;
        if (count > 0)
            text_print(text, "%s%zu %s", shown++ > 0 ? ", " : "", count, outcomes[outcome].step);
    }
}

void deploy_summary(const struct deployment *deployment, struct text *text) {
    const char *name_space = deployment->cluster.name_space;
    text_add(text, "Releases: ");
    add_counts(deployment, text);
    text_add(text, "\n");
    if (deployment->smoked)
        verify_write_smoke(&deployment->smoke, text);
    text_add(text, "\nGrafana, on http://localhost:3000 (user admin) while this runs:\n");
    add_command(text, deployment,
                (const char *const[]){"--namespace", name_space, "port-forward",
                                      "service/" STACK_GRAFANA_NAME, "3000:80", NULL});
    text_add(text, "\nIts password:\n");
    add_command(text, deployment,
                (const char *const[]){
                    "--namespace", name_space, "get", "secret", STACK_ADMIN_SECRET, "--output",
                    "go-template={{index .data \"" STACK_ADMIN_PASSWORD_KEY "\" | base64decode}}",
                    NULL});
    text_add(text, "\n");
}
