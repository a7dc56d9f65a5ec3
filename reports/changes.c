#include "reports/changes.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/** More than a plan can differ in. */
#define CHANGES_MAX 64

enum unit { UNIT_BYTES, UNIT_CORES, UNIT_DURATION, UNIT_BYTE_RATE, UNIT_COUNT };

/** A number of the plan that can be chosen. */
struct field {
    const char *what;
    int component;
    size_t offset; /**< of a double in struct plan */
    enum unit unit;
};

/** Resources: `offset` is within struct scenario_resources, the component's title comes first. */
static const struct field resource_fields[] = {
    {"memory limit", 0, offsetof(struct scenario_resources, limit_bytes), UNIT_BYTES},
    {"memory request", 0, offsetof(struct scenario_resources, request_bytes), UNIT_BYTES},
    {"CPU limit", 0, offsetof(struct scenario_resources, limit_cores), UNIT_CORES},
    {"CPU request", 0, offsetof(struct scenario_resources, request_cores), UNIT_CORES},
    {"volume", 0, offsetof(struct scenario_resources, volume_bytes), UNIT_BYTES},
};

#define LOKI(member) COMPONENT_LOKI, offsetof(struct plan, member)
#define TEMPO(member) COMPONENT_TEMPO, offsetof(struct plan, member)
static const struct field setting_fields[] = {
    {"Loki GOMEMLIMIT", LOKI(loki.memory_goal_bytes), UNIT_BYTES},
    {"Loki max_chunk_age", LOKI(loki.max_chunk_age_seconds), UNIT_DURATION},
    {"Loki chunk_idle_period", LOKI(loki.chunk_idle_period_seconds), UNIT_DURATION},
    {"Loki chunk_target_size", LOKI(loki.chunk_target_size_bytes), UNIT_BYTES},
    {"Loki chunk_block_size", LOKI(loki.chunk_block_size_bytes), UNIT_BYTES},
    {"Loki WAL checkpoint", LOKI(loki.wal_checkpoint_seconds), UNIT_DURATION},
    {"Loki chunk cache", LOKI(loki.chunk_cache_bytes), UNIT_BYTES},
    {"Loki retention", LOKI(loki_retention_seconds), UNIT_DURATION},
    {"Loki ingestion rate limit", LOKI(ingestion_rate_bytes_per_second), UNIT_BYTE_RATE},
    {"Loki stream limit", LOKI(max_streams), UNIT_COUNT},
    {"Tempo GOMEMLIMIT", TEMPO(tempo.memory_goal_bytes), UNIT_BYTES},
    {"Tempo max_block_duration", TEMPO(tempo.max_block_duration_seconds), UNIT_DURATION},
    {"Tempo max_block_bytes", TEMPO(tempo.max_block_bytes), UNIT_BYTES},
    {"Tempo row group", TEMPO(tempo.parquet_row_group_size_bytes), UNIT_BYTES},
    {"Tempo flush_check_period", TEMPO(tempo.flush_check_period_seconds), UNIT_DURATION},
    {"Tempo trace_idle_period", TEMPO(tempo.trace_idle_period_seconds), UNIT_DURATION},
    {"Tempo compacted blocks kept", TEMPO(tempo.compacted_block_retention_seconds), UNIT_DURATION},
    {"Tempo compaction window", TEMPO(tempo.compaction_window_seconds), UNIT_DURATION},
    {"Tempo GOGC", TEMPO(tempo.gogc), UNIT_COUNT},
    {"Tempo retention", TEMPO(tempo_retention_seconds), UNIT_DURATION},
    {"Root volume of a node", CHANGE_OF_CLUSTER, offsetof(struct plan, root_volume_bytes),
     UNIT_BYTES},
};
#undef LOKI
#undef TEMPO

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/** Nodes, purchase, credits, agent, split, traces kept, encoding. */
#define COMPARED_WORDS 7
_Static_assert(COMPARED_WORDS + COUNT_OF(setting_fields) +
                       COMPONENT_COUNT * COUNT_OF(resource_fields) <=
                   CHANGES_MAX,
               "every difference has room");

/** What is being listed, and where to. */
struct listing {
    struct arena *arena;
    struct change *changes;
    size_t count;
    bool failed;
};

static void add_change(struct listing *listing, const char *what, int component, const char *from,
                       const char *to) {
    struct arena *arena = listing->arena;
    struct change change = {arena_copy(arena, what, strlen(what)),
                            arena_copy(arena, from, strlen(from)),
                            arena_copy(arena, to, strlen(to)), component};
    if (!change.what || !change.from || !change.to || listing->count == CHANGES_MAX)
        listing->failed = true;
    else
        listing->changes[listing->count++] = change;
}

static void print_value(char *buffer, size_t size, enum unit unit, double value) {
    char inner[PHRASE_BYTES];
    if (value == 0) {
        snprintf(buffer, size, "unset");
        return;
    }
    switch (unit) {
    case UNIT_BYTES:
        units_print_quantity(buffer, size, value);
        break;
    case UNIT_CORES:
        units_print_cores(buffer, size, value);
        break;
    case UNIT_DURATION:
        units_print_duration(buffer, size, value);
        break;
    case UNIT_BYTE_RATE:
        units_print_bytes(inner, sizeof inner, value);
        snprintf(buffer, size, "%.80s/s", inner);
        break;
    case UNIT_COUNT:
        phrase_count(buffer, size, value);
        break;
    }
}

/** Equal but for the last digits that arithmetic leaves. */
static bool same_value(double a, double b) {
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static void compare_field(struct listing *listing, const struct field *field, const char *what,
                          int component, const void *from, const void *to) {
    double before, after;
    memcpy(&before, (const char *)from + field->offset, sizeof before);
    memcpy(&after, (const char *)to + field->offset, sizeof after);
    if (same_value(before, after))
        return;
    char before_text[PHRASE_BYTES], after_text[PHRASE_BYTES];
    print_value(before_text, sizeof before_text, field->unit, before);
    print_value(after_text, sizeof after_text, field->unit, after);
    add_change(listing, what, component, before_text, after_text);
}

static void compare_words(struct listing *listing, const char *what, int component,
                          const char *from, const char *to) {
    if (strcmp(from, to) != 0)
        add_change(listing, what, component, from, to);
}

static const char *print_kept(char *buffer, size_t size, const struct plan *plan) {
    if (plan->traces_dropped <= 0)
        snprintf(buffer, size, "all");
    else
        phrase_share(buffer, size, 1 - plan->traces_dropped);
    return buffer;
}

/** What binds pods to nodes, and what the collector keeps. */
static void compare_collector(struct listing *listing, const struct plan *from,
                              const struct plan *to) {
    char before[PHRASE_BYTES], after[PHRASE_BYTES];
    compare_words(listing, "Pods on one node", CHANGE_OF_CLUSTER,
                  plan_print_split(&from->split, before, sizeof before),
                  plan_print_split(&to->split, after, sizeof after));
    compare_words(listing, "Traces kept", COMPONENT_COLLECTOR,
                  print_kept(before, sizeof before, from), print_kept(after, sizeof after, to));
}

static void compare_cluster(struct listing *listing, const struct plan *from,
                            const struct plan *to) {
    char from_nodes[256], to_nodes[256];
    plan_print_nodes(from, from_nodes, sizeof from_nodes);
    plan_print_nodes(to, to_nodes, sizeof to_nodes);
    compare_words(listing, "Nodes", CHANGE_OF_CLUSTER, from_nodes, to_nodes);
    compare_words(listing, "Purchase", CHANGE_OF_CLUSTER, purchase_name(from->purchase),
                  purchase_name(to->purchase));
    compare_words(listing, "CPU credits", CHANGE_OF_CLUSTER,
                  from->credits_unlimited ? "unlimited" : "standard",
                  to->credits_unlimited ? "unlimited" : "standard");
    compare_words(listing, "Log agent", COMPONENT_AGENT,
                  component_title(COMPONENT_AGENT, from->agent_kind),
                  component_title(COMPONENT_AGENT, to->agent_kind));
}

static void compare_resources(struct listing *listing, const struct plan *from,
                              const struct plan *to) {
    for (int component = 0; component < COMPONENT_COUNT; component++)
        for (size_t i = 0; i < COUNT_OF(resource_fields); i++) {
            char what[PHRASE_BYTES];
            snprintf(what, sizeof what, "%s %s",
                     component_title((enum component)component, to->agent_kind),
                     resource_fields[i].what);
            compare_field(listing, &resource_fields[i], what, component,
                          &from->resources[component], &to->resources[component]);
        }
}

const struct change *changes_list(struct arena *arena, const struct plan *from,
                                  const struct plan *to, size_t *count) {
    struct listing listing = {.arena = arena,
                              .changes = arena_array(arena, CHANGES_MAX, sizeof(struct change))};
    *count = 0;
    if (!listing.changes)
        return NULL;
    compare_cluster(&listing, from, to);
    compare_collector(&listing, from, to);
    compare_resources(&listing, from, to);
    compare_words(&listing, "Loki encoding", COMPONENT_LOKI,
                  loki_encoding_name(from->loki.encoding), loki_encoding_name(to->loki.encoding));
    for (size_t i = 0; i < COUNT_OF(setting_fields); i++)
        compare_field(&listing, &setting_fields[i], setting_fields[i].what,
                      setting_fields[i].component, from, to);
    if (listing.failed)
        return NULL;
    *count = listing.count;
    return listing.changes;
}
