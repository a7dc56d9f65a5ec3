#include "reports/diff_side.h"

#include "reports/diff_json_reader.h"

#include <stdio.h>
#include <string.h>

static void read_setting(struct diff_reader *reader, const struct diff_spot *settings,
                         const char *key, struct diff_setting *setting) {
    struct diff_spot spot = diff_member(settings, key);
    *setting = (struct diff_setting){.key = diff_copy(reader, key)};
    setting->unset = json_is_null(spot.value);
    setting->number = json_number_value(spot.value);
    if (json_is_string(spot.value))
        setting->words = diff_copy(reader, json_string_value(spot.value));
    else if (!json_is_number(spot.value) && !setting->unset)
        diff_complain(reader, &spot, "a number, a string or null");
}

static void read_settings(struct diff_reader *reader, const struct diff_spot *parent,
                          struct diff_component *component) {
    struct diff_spot settings = diff_member(parent, "settings");
    if (!diff_is_object(reader, &settings))
        return;
    if (json_object_size(settings.value) > DIFF_SETTINGS_MAX) {
        diff_complain_plainly(reader, &settings, "more settings than any component has");
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach(settings.value, key, value)
        read_setting(reader, &settings, key, &component->settings[component->setting_count++]);
}

static double read_p95(struct diff_reader *reader, const struct diff_spot *parent,
                       const char *key) {
    struct diff_spot quantiles = diff_member(parent, key);
    return diff_is_object(reader, &quantiles) ? diff_number(reader, &quantiles, "p95") : 0;
}

static void read_component(struct diff_reader *reader, const struct diff_spot *spot,
                           struct diff_component *component) {
    if (!diff_is_object(reader, spot))
        return;
    struct diff_spot requests = diff_member(spot, "requests"), limits = diff_member(spot, "limits");
    if (diff_is_object(reader, &requests)) {
        component->request_cores = diff_number(reader, &requests, "cpu_cores");
        component->request_bytes = diff_number(reader, &requests, "memory_bytes");
    }
    if (diff_is_object(reader, &limits)) {
        component->limit_cores = diff_number(reader, &limits, "cpu_cores");
        component->limit_bytes = diff_number(reader, &limits, "memory_bytes");
    }
    component->volume_bytes = diff_number_or_none(reader, spot, "volume_bytes");
    component->memory_peak_p95_mib = read_p95(reader, spot, "memory_peak_mib");
    component->cpu_p95_cores = read_p95(reader, spot, "cpu_cores");
    component->disk_p95_gib = read_p95(reader, spot, "disk_gib");
    component->throttled_fraction = diff_number(reader, spot, "cpu_throttled_fraction");
    component->out_of_memory = diff_probability(reader, spot, "out_of_memory_probability");
    component->volume_full = diff_probability(reader, spot, "volume_full_probability");
    read_settings(reader, spot, component);
}

/** The target's title, or its name when a newer program has one that this one does not know. */
static const char *title_of(const char *name) {
    for (int i = 0; i < TARGET_COUNT; i++)
        if (strcmp(name, target_name((enum target_kind)i)) == 0)
            return target_title((enum target_kind)i);
    return name;
}

static void read_target(struct diff_reader *reader, const struct diff_spot *spot,
                        struct diff_target *target) {
    if (!diff_is_object(reader, spot))
        return;
    target->name = diff_string(reader, spot, "name");
    target->title = title_of(target->name);
    target->of_miss = strcmp(target->name, target_name(TARGET_OUT_OF_MEMORY)) == 0;
    target->holds = diff_bool(reader, spot, "holds");
    target->value = diff_number(reader, spot, "value");
    target->unit = diff_string(reader, spot, "unit");
    target->probability = diff_probability(reader, spot, "probability");
    target->bound_text = diff_string(reader, spot, "bound_text");
    target->value_text = diff_string(reader, spot, "value_text");
    target->reason = diff_string(reader, spot, "reason");
}

static void read_item(struct diff_reader *reader, const struct diff_spot *spot,
                      struct diff_item *item) {
    if (!diff_is_object(reader, spot))
        return;
    item->component = diff_string(reader, spot, "component");
    item->item = diff_string(reader, spot, "item");
    item->usd_per_month = diff_number(reader, spot, "usd_per_month");
}

static const char *read_nodes(struct diff_reader *reader, const struct diff_spot *parent) {
    struct diff_spot nodes = diff_member(parent, "nodes");
    size_t count = diff_array_size(reader, &nodes, DIFF_NODE_GROUPS_MAX);
    struct text words;
    text_init(&words);
    for (size_t i = 0; i < count; i++) {
        struct diff_spot group = diff_element(&nodes, i);
        if (diff_is_object(reader, &group))
            text_print(&words, "%s%.0f x %s", i > 0 ? " + " : "",
                       diff_number(reader, &group, "count"), diff_string(reader, &group, "type"));
    }
    text_add(&words, count == 0 ? "no node" : "");
    const char *copy = diff_copy(reader, text_failed(&words) ? NULL : words.data);
    text_fini(&words);
    return copy;
}

static void read_cost(struct diff_reader *reader, const struct diff_spot *parent,
                      struct diff_plan *plan) {
    struct diff_spot cost = diff_member(parent, "cost");
    if (!diff_is_object(reader, &cost))
        return;
    struct diff_spot monthly = diff_member(&cost, "monthly_usd");
    if (diff_is_object(reader, &monthly)) {
        plan->monthly_usd_p50 = diff_number(reader, &monthly, "p50");
        plan->monthly_usd_p95 = diff_number(reader, &monthly, "p95");
    }
    struct diff_spot items = diff_member(&cost, "items");
    plan->item_count = diff_array_size(reader, &items, DIFF_ITEMS_MAX);
    for (size_t i = 0; i < plan->item_count; i++) {
        struct diff_spot item = diff_element(&items, i);
        read_item(reader, &item, &plan->items[i]);
    }
}

static void read_plan(struct diff_reader *reader, const struct diff_spot *spot,
                      struct diff_plan *plan) {
    if (!diff_is_object(reader, spot))
        return;
    plan->holds = diff_bool(reader, spot, "holds");
    plan->nodes = read_nodes(reader, spot);
    plan->purchase = diff_string(reader, spot, "purchase");
    plan->credits = diff_string(reader, spot, "credits");
    plan->root_volume_bytes = diff_number(reader, spot, "root_volume_bytes");
    plan->pending_pods = diff_number(reader, spot, "pending_pods");
    plan->credits_exhausted = diff_probability(reader, spot, "credits_exhausted_probability");
    struct diff_spot components = diff_member(spot, "components");
    if (diff_is_object(reader, &components))
        for (int i = 0; i < COMPONENT_COUNT; i++) {
            struct diff_spot one = diff_member(&components, component_name((enum component)i));
            read_component(reader, &one, &plan->components[i]);
        }
    read_cost(reader, spot, plan);
    struct diff_spot targets = diff_member(spot, "targets");
    plan->target_count = diff_array_size(reader, &targets, DIFF_TARGETS_MAX);
    for (size_t i = 0; i < plan->target_count; i++) {
        struct diff_spot target = diff_element(&targets, i);
        read_target(reader, &target, &plan->targets[i]);
    }
}

/** A result of another format is not read: its figures could mean something else. */
static bool check_schema_version(struct diff_reader *reader, const struct diff_spot *root) {
    struct diff_spot spot = diff_member(root, "schema_version");
    if (!spot.value) {
        diff_complain_plainly(reader, root,
                              "has no schema_version, so it is no result.json of this program");
        return false;
    }
    if (!json_is_integer(spot.value)) {
        diff_complain(reader, &spot, "a whole number");
        return false;
    }
    json_int_t version = json_integer_value(spot.value);
    if (version == RESULT_SCHEMA_VERSION)
        return true;
    char message[160];
    snprintf(message, sizeof message,
             "results of schema version %lld cannot be compared, only those of version %d",
             (long long)version, RESULT_SCHEMA_VERSION);
    diff_complain_plainly(reader, &spot, message);
    struct diagnostic *last = diagnostics_last(reader->diagnostics);
    if (last)
        snprintf(last->hint, sizeof last->hint, "%s",
                 version > RESULT_SCHEMA_VERSION
                     ? "it was written by a newer program: use that one"
                     : "it was written by an older program: simulate its scenario again");
    return false;
}

static const char *read_scenario_name(struct diff_reader *reader, const struct diff_spot *root) {
    const char *name = diff_string(reader, root, "scenario");
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0')
        return name;
    struct diff_spot spot = diff_member(root, "scenario");
    diff_complain_plainly(reader, &spot, "expected a name of a-z, 0-9 and -");
    return "";
}

/** A whole number, or a string of digits when it is too large for one. */
static const char *read_seed(struct diff_reader *reader, const struct diff_spot *root) {
    struct diff_spot spot = diff_member(root, "seed");
    char digits[32];
    if (json_is_string(spot.value))
        return diff_copy(reader, json_string_value(spot.value));
    if (!json_is_integer(spot.value))
        diff_complain(reader, &spot, "a whole number");
    snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(spot.value));
    return diff_copy(reader, digits);
}

static void read_root(struct diff_reader *reader, const struct diff_spot *root,
                      struct diff_side *side) {
    if (!diff_is_object(reader, root) || !check_schema_version(reader, root))
        return;
    side->version = diff_string(reader, root, "version");
    side->scenario = read_scenario_name(reader, root);
    side->region = diff_string(reader, root, "region");
    side->seed = read_seed(reader, root);
    side->replicas = diff_number(reader, root, "replicas");
    side->horizon_seconds = diff_number(reader, root, "horizon_seconds");
    side->step_seconds = diff_number(reader, root, "step_seconds");
    struct diff_spot workload = diff_member(root, "workload");
    if (diff_is_object(reader, &workload)) {
        side->log_gb_per_day = diff_number(reader, &workload, "log_gb_per_day");
        side->spans_per_second = diff_number(reader, &workload, "spans_per_second_mean");
    }
    struct diff_spot written = diff_member(root, "as_written"), best = diff_member(root, "best");
    read_plan(reader, &written, &side->as_written);
    side->has_best = !json_is_null(best.value);
    if (side->has_best)
        read_plan(reader, &best, &side->best);
    /* Null without a best plan, and absent from earlier results of this schema. */
    struct diff_spot headroom = diff_member(root, "headroom");
    if (json_is_object(headroom.value))
        side->headroom = diff_number(reader, &headroom, "load_multiple");
}

enum status diff_side_read(const char *file, const char *bytes, size_t length, struct arena *arena,
                           struct diff_side *side, struct diagnostics *diagnostics) {
    struct diff_reader reader = {.file = file,
                                 .bytes = bytes,
                                 .length = length,
                                 .arena = arena,
                                 .diagnostics = diagnostics,
                                 .status = STATUS_OK};
    *side = (struct diff_side){.file = file};
    json_t *value = diff_reader_parse(&reader);
    if (value) {
        struct diff_spot root = {.value = value};
        read_root(&reader, &root, side);
    }
    json_decref(value);
    return reader.status;
}

enum status diff_side_of_report(const char *file, const struct report *report, struct arena *arena,
                                struct diff_side *side, struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    enum status status = report_json(report, &text, diagnostics);
    if (status == STATUS_OK)
        status = diff_side_read(file, text.data, text.length, arena, side, diagnostics);
    text_fini(&text);
    return status;
}

static bool ends_in(const char *file, const char *ending) {
    size_t length = strlen(file), part = strlen(ending);
    return length >= part && strcmp(file + length - part, ending) == 0;
}

bool diff_is_result(const char *file, const char *bytes, size_t length) {
    if (ends_in(file, ".json"))
        return true;
    if (ends_in(file, ".yaml") || ends_in(file, ".yml"))
        return false;
    size_t at = 0;
    while (at < length && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    return at < length && bytes[at] == '{';
}
