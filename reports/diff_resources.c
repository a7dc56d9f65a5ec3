/* What was chosen for each component, and what the simulation found of it. */
#include "reports/diff_rows.h"

#include <stddef.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/** A number of a component. */
struct field {
    const char *key, *what;
    size_t offset; /**< of a double, or a struct probability, in struct diff_component */
    enum diff_unit unit;
};

#define AT(member) offsetof(struct diff_component, member)
static const struct field chosen[] = {
    {"limits.memory_bytes", "memory limit", AT(limit_bytes), DIFF_UNIT_BYTES},
    {"requests.memory_bytes", "memory request", AT(request_bytes), DIFF_UNIT_BYTES},
    {"limits.cpu_cores", "CPU limit", AT(limit_cores), DIFF_UNIT_CORES},
    {"requests.cpu_cores", "CPU request", AT(request_cores), DIFF_UNIT_CORES},
    {"volume_bytes", "volume", AT(volume_bytes), DIFF_UNIT_BYTES},
};

static const struct field chances[] = {
    {"out_of_memory_probability", "killed for memory", AT(out_of_memory), DIFF_UNIT_CHANCE},
    {"volume_full_probability", "volume full", AT(volume_full), DIFF_UNIT_CHANCE},
};

static const struct field found[] = {
    {"memory_peak_mib.p95", "memory peak, P95", AT(memory_peak_p95_mib), DIFF_UNIT_MIB},
    {"disk_gib.p95", "disk, P95", AT(disk_p95_gib), DIFF_UNIT_GIB},
    {"cpu_cores.p95", "mean CPU, P95", AT(cpu_p95_cores), DIFF_UNIT_CORES_USED},
    {"cpu_throttled_fraction", "CPU throttled, share of time", AT(throttled_fraction),
     DIFF_UNIT_SHARE},
};
#undef AT

/** Settings whose name in words is another than their key. */
static const struct {
    const char *key, *what;
    enum diff_unit unit;
} named_settings[] = {
    {"gomemlimit_bytes", "GOMEMLIMIT", DIFF_UNIT_BYTES},
    {"gogc", "GOGC", DIFF_UNIT_NUMBER},
    {"memory_limit_target", "GOMEMLIMIT's share of the limit", DIFF_UNIT_SHARE},
};

/** What a key's ending says of its unit; longer endings first. */
static const struct {
    const char *ending;
    enum diff_unit unit;
} endings[] = {
    {"_bytes_per_second", DIFF_UNIT_BYTES_PER_SECOND},
    {"_bytes", DIFF_UNIT_BYTES},
    {"_seconds", DIFF_UNIT_SECONDS},
    {"_fraction", DIFF_UNIT_SHARE},
};

/** Promtail on one side may be Alloy on the other. */
static const char *component_words(int component) {
    return component == COMPONENT_AGENT
               ? "Log agent"
               : component_title((enum component)component, AGENT_KIND_PROMTAIL);
}

static struct diff_subject component_subject(struct diff *diff, enum diff_section section,
                                             int component, const char *key, const char *what) {
    return (struct diff_subject){
        section,
        diff_format(diff, "components.%s.%s", component_name((enum component)component), key),
        diff_format(diff, "%s %s", component_words(component), what)};
}

static double number_at(const struct diff_component *component, size_t offset) {
    double number;
    memcpy(&number, (const char *)component + offset, sizeof number);
    return number;
}

static void add_field(struct diff *diff, enum diff_section section, int component,
                      const struct field *field) {
    const struct diff_subject subject =
        component_subject(diff, section, component, field->key, field->what);
    diff_add_number(diff, &subject, field->unit,
                    number_at(&diff->a->as_written.components[component], field->offset),
                    number_at(&diff->b->as_written.components[component], field->offset));
}

static void add_chance_field(struct diff *diff, int component, const struct field *field) {
    struct probability from, to;
    memcpy(&from, (const char *)&diff->a->as_written.components[component] + field->offset,
           sizeof from);
    memcpy(&to, (const char *)&diff->b->as_written.components[component] + field->offset,
           sizeof to);
    const struct diff_subject subject =
        component_subject(diff, DIFF_FOLLOWS, component, field->key, field->what);
    diff_add_chance(diff, &subject, &from, &to);
}

/** The key without what its ending says of the unit. */
static const char *setting_words(struct diff *diff, const char *key, enum diff_unit *unit) {
    for (size_t i = 0; i < COUNT_OF(named_settings); i++)
        if (strcmp(key, named_settings[i].key) == 0) {
            *unit = named_settings[i].unit;
            return named_settings[i].what;
        }
    size_t length = strlen(key);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t ending = strlen(endings[i].ending);
        if (length > ending && strcmp(key + length - ending, endings[i].ending) == 0) {
            *unit = endings[i].unit;
            return diff_format(diff, "%.*s", (int)(length - ending), key);
        }
    }
    *unit = DIFF_UNIT_NUMBER;
    return key;
}

static const char *setting_text(struct diff *diff, const struct diff_setting *setting,
                                enum diff_unit unit) {
    char words[DIFF_WORDS_BYTES];
    if (!setting)
        return NULL;
    if (setting->unset)
        return "unset";
    if (setting->words)
        return setting->words;
    return diff_format(diff, "%s", diff_print_value(words, sizeof words, unit, setting->number));
}

static bool is_number(const struct diff_setting *setting) {
    return setting && !setting->unset && !setting->words;
}

/** One setting; NULL on the side that has none of that name. */
static void add_setting(struct diff *diff, int component, const struct diff_setting *from,
                        const struct diff_setting *to) {
    enum diff_unit unit;
    const char *key = from ? from->key : to->key;
    const char *what = setting_words(diff, key, &unit);
    const struct diff_subject subject = component_subject(
        diff, DIFF_CHANGED, component, diff_format(diff, "settings.%s", key), what);
    if (is_number(from) && is_number(to))
        diff_add_number(diff, &subject, unit, from->number, to->number);
    else
        diff_add_words(diff, &subject, setting_text(diff, from, unit),
                       setting_text(diff, to, unit));
}

static const struct diff_setting *find_setting(const struct diff_component *component,
                                               const char *key) {
    for (size_t i = 0; i < component->setting_count; i++)
        if (strcmp(component->settings[i].key, key) == 0)
            return &component->settings[i];
    return NULL;
}

static void add_settings(struct diff *diff, int component) {
    const struct diff_component *a = &diff->a->as_written.components[component];
    const struct diff_component *b = &diff->b->as_written.components[component];
    for (size_t i = 0; i < a->setting_count; i++)
        add_setting(diff, component, &a->settings[i], find_setting(b, a->settings[i].key));
    for (size_t i = 0; i < b->setting_count; i++)
        if (!find_setting(a, b->settings[i].key))
            add_setting(diff, component, NULL, &b->settings[i]);
}

void diff_add_components(struct diff *diff) {
    for (int component = 0; component < COMPONENT_COUNT; component++) {
        for (size_t i = 0; i < COUNT_OF(chosen); i++)
            add_field(diff, DIFF_CHANGED, component, &chosen[i]);
        add_settings(diff, component);
    }
}

void diff_add_findings(struct diff *diff) {
    for (size_t i = 0; i < COUNT_OF(chances); i++)
        for (int component = 0; component < COMPONENT_COUNT; component++)
            add_chance_field(diff, component, &chances[i]);
    for (size_t i = 0; i < COUNT_OF(found); i++)
        for (int component = 0; component < COMPONENT_COUNT; component++)
            add_field(diff, DIFF_FOLLOWS, component, &found[i]);
}
