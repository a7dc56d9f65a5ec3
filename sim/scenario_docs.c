#include "sim/scenario_docs.h"

#include "sim/base/words.h"
#include "sim/scenario.h"
#include "sim/scenario_unknown.h"
#include "sim/scenario_value.h"

#include <stdio.h>
#include <string.h>

bool scenario_docs_is_list(const struct scenario_field *field) {
    return field->type == SCENARIO_SECTIONS || field->type == SCENARIO_CHOICES ||
           field->type == SCENARIO_WORDS;
}

bool scenario_docs_is_ranged(const struct scenario_field *field) {
    return field->least < field->most;
}

char *scenario_docs_type(const struct scenario_field *field, char *buffer, size_t size) {
    static const char *const names[] = {[SCENARIO_SECTION] = "section",
                                        [SCENARIO_SECTIONS] = "list of sections",
                                        [SCENARIO_NAME] = "name",
                                        [SCENARIO_WORD] = "name",
                                        [SCENARIO_TEXT] = "text",
                                        [SCENARIO_NUMBER] = "number",
                                        [SCENARIO_WHOLE] = "whole number",
                                        [SCENARIO_USD] = "USD",
                                        [SCENARIO_DURATION] = "duration",
                                        [SCENARIO_BYTES] = "bytes",
                                        [SCENARIO_CORES] = "CPU",
                                        [SCENARIO_PERCENT] = "percentage",
                                        [SCENARIO_CHOICE] = "one of",
                                        [SCENARIO_SWITCH] = "true or false",
                                        [SCENARIO_CHOICES] = "list of",
                                        [SCENARIO_WORDS] = "list of names",
                                        [SCENARIO_DAILY] = "24 numbers, or one of"};
    size_t used = (size_t)snprintf(buffer, size, "%s", names[field->type]);
    if (field->unit && used < size)
        used += (size_t)snprintf(buffer + used, size - used, ", %s", field->unit);
    if (field->type == SCENARIO_SWITCH || !field->words)
        return buffer;
    for (size_t i = 0; field->words[i] && used < size; i++)
        used += (size_t)snprintf(buffer + used, size - used, "%s %s", i == 0 ? "" : ",",
                                 field->words[i]);
    return buffer;
}

char *scenario_docs_range(const struct scenario_field *field, char *buffer, size_t size) {
    char least[48], most[48];
    buffer[0] = '\0';
    if (scenario_docs_is_ranged(field))
        snprintf(buffer, size, "%s to %s%s",
                 scenario_value_print(field, field->least, least, sizeof least),
                 scenario_value_print(field, field->most, most, sizeof most),
                 scenario_docs_is_list(field) ? " items" : "");
    return buffer;
}

/** Sections of the reference: the top-level keys, and those of the stack one by one. */
static bool opens_table(const struct scenario_field *field) {
    const char *dot = strchr(field->path, '.');
    if (field->type != SCENARIO_SECTION || strcmp(field->path, "stack") == 0)
        return false;
    return !dot || (strncmp(field->path, "stack.", 6) == 0 && !strchr(dot + 1, '.'));
}

/** Whether the reference gives `field` a row: a section only if leaving it out means something. */
static bool has_row(const struct scenario_field *field) {
    return field->type != SCENARIO_SECTION || (field->optional && !opens_table(field));
}

static void write_row(struct text *text, const struct scenario_field *field) {
    char type[128], range[96];
    scenario_docs_type(field, type, sizeof type);
    scenario_docs_range(field, range, sizeof range);
    const char *fallback = field->required ? "*required*" : field->fallback ? field->fallback : "";
    const char *quote = !field->required && fallback[0] ? "`" : "";
    text_print(text, "| `%s` | %s | %s%s%s | %s | %s |\n", field->path, type, quote, fallback,
               quote, range, field->doc);
}

static void open_table(struct text *text, const char *title, const char *doc) {
    text_print(text, "\n### `%s`\n\n%s\n\n", title, doc);
    text_add(text, "| key | type | default | range | meaning |\n|---|---|---|---|---|\n");
}

void scenario_write_reference(struct text *text) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    text_add(text, "Durations are written `90s`, `30m`, `2h`, `7d`; sizes and CPU as Kubernetes "
                   "writes them (`512Mi`, `10Gi`, `500m`, `2`); percentages `5%`; money in USD. "
                   "A key that is left out takes its default; an unknown key is an error.\n\n"
                   "| key | type | default | range | meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        if (opens_table(&fields[i]))
            open_table(text, fields[i].path, fields[i].doc);
        if (has_row(&fields[i]))
            write_row(text, &fields[i]);
    }
}

/** The schema path that a user's path stands for: `services.0.name` and `services.name` are both
 *  `services[].name`. NULL when there is none. */
static const struct scenario_field *find_loosely(const char *key_path) {
    char path[SCENARIO_PATH_BYTES] = "";
    size_t used = 0;
    while (*key_path && used + 4 < sizeof path) {
        size_t length = strcspn(key_path, ".");
        size_t digits = strspn(key_path, "0123456789");
        if (digits != length || length == 0) {
            int written = snprintf(path + used, sizeof path - used, "%s%.*s", used ? "." : "",
                                   (int)(length < 100 ? length : 100), key_path);
            used += (size_t)written;
        }
        if (used >= sizeof path)
            return NULL;
        key_path += length + (key_path[length] == '.');
        const struct scenario_field *field = scenario_schema_find(path);
        if (field && field->type == SCENARIO_SECTIONS && *key_path && used + 3 < sizeof path) {
            memcpy(path + used, "[]", 3);
            used += 2;
        }
    }
    return *key_path ? NULL : scenario_schema_find(path);
}

enum { EXPLAIN_COLUMNS = 100 };

static void explain_value(struct text *text, const struct scenario_field *field) {
    char buffer[192];
    text_print(text, "  type     %s\n", scenario_docs_type(field, buffer, sizeof buffer));
    if (field->required)
        text_print(text, "  default  none: the key is required\n");
    else if (field->fallback)
        text_print(text, "  default  %s\n", field->fallback);
    if (scenario_docs_is_ranged(field))
        text_print(text, "  range    %s\n", scenario_docs_range(field, buffer, sizeof buffer));
    if (field->least_why)
        text_print(text, "  least    %s\n", field->least_why);
    if (field->most_why && field->most_why != field->least_why)
        text_print(text, "  most     %s\n", field->most_why);
}

static void explain_keys(struct text *text, const struct scenario_field *section) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    char parent[SCENARIO_PATH_BYTES];
    snprintf(parent, sizeof parent, "%s%s", section->path,
             section->type == SCENARIO_SECTIONS ? "[]" : "");
    for (size_t i = 0; i < count; i++)
        if (scenario_schema_is_child(&fields[i], parent)) {
            text_print(text, "  %-28s ", scenario_schema_key(&fields[i]));
            text_add_wrapped(text, fields[i].doc, 31, EXPLAIN_COLUMNS);
        }
}

/** Add the paths that end in `key`, a few at most; how many. */
static size_t name_paths(struct text *text, const char *key) {
    size_t count, named = 0;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count && named < 5; i++)
        if (strcmp(scenario_schema_key(&fields[i]), key) == 0)
            text_print(text, "%s%s", named++ == 0 ? "; did you mean " : ", ", fields[i].path);
    return named;
}

static void explain_nothing(struct text *text, const char *key_path) {
    char quoted[WORDS_QUOTE_BYTES];
    const char *dot = strrchr(key_path, '.');
    const char *nearest = scenario_nearest_path(key_path);
    text_print(text, "no scenario key is called %s", words_quote(quoted, sizeof quoted, key_path));
    size_t named = nearest ? 1 : name_paths(text, dot ? dot + 1 : key_path);
    if (nearest)
        text_print(text, "; did you mean %s", nearest);
    else if (named == 0 && (nearest = scenario_nearest_anywhere(dot ? dot + 1 : key_path)))
        named = name_paths(text, nearest);
    text_add(text, named > 0 ? "?\n" : "\n");
}

bool scenario_explain(const char *key_path, struct text *text) {
    const struct scenario_field *field = find_loosely(key_path);
    if (!field) {
        explain_nothing(text, key_path);
        return false;
    }
    text_print(text, "%s\n  ", field->path);
    text_add_wrapped(text, field->doc, 2, EXPLAIN_COLUMNS);
    text_add(text, "\n");
    if (field->type == SCENARIO_SECTION) {
        explain_keys(text, field);
        return true;
    }
    explain_value(text, field);
    if (field->type == SCENARIO_SECTIONS) {
        text_add(text, "\n");
        explain_keys(text, field);
    }
    return true;
}
