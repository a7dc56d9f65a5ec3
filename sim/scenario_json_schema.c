#include "sim/scenario.h"
#include "sim/scenario_docs.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Patterns that ECMA-262 and POSIX extended expressions read alike. */
#define NUMBER_PATTERN "(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"

static const char *const patterns[] = {
    [SCENARIO_NAME] = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    [SCENARIO_WORD] = "^[a-z0-9.-]+$",
    [SCENARIO_WORDS] = "^[a-z0-9.-]+$",
    [SCENARIO_DURATION] = "^((0|[1-9][0-9]*)(\\.[0-9]+)?[dhms])+$",
    [SCENARIO_BYTES] = "^" NUMBER_PATTERN "([KMGTPE]i|[kMGTPE])?$",
    [SCENARIO_CORES] = "^" NUMBER_PATTERN "m?$",
    [SCENARIO_PERCENT] = "^-?" NUMBER_PATTERN "%$",
};

/** Whole numbers without a fraction, so that the schema reads as people write. */
static json_t *number(double value) {
    return value >= -9007199254740991.0 && value <= 9007199254740991.0 &&
                   value == (double)(json_int_t)value
               ? json_integer((json_int_t)value)
               : json_real(value);
}

static json_t *words(const struct scenario_field *field) {
    json_t *list = json_array();
    for (size_t i = 0; field->words[i]; i++)
        json_array_append_new(list, json_string(field->words[i]));
    return list;
}

static json_t *text_like(enum scenario_type type) {
    json_t *schema = json_pack("{s:s}", "type", "string");
    if (type < sizeof patterns / sizeof *patterns && patterns[type])
        json_object_set_new(schema, "pattern", json_string(patterns[type]));
    return schema;
}

/** Quantities may be plain numbers too: `cpu: 2`, `volume: 10737418240`. */
static json_t *quantity(const struct scenario_field *field) {
    json_t *plain = json_pack("{s:s}", "type", "number");
    json_object_set_new(plain, "minimum", number(field->least));
    json_object_set_new(plain, "maximum", number(field->most));
    return json_pack("{s:[o,o]}", "anyOf", text_like(field->type), plain);
}

static json_t *numeric(const struct scenario_field *field) {
    json_t *schema =
        json_pack("{s:s}", "type", field->type == SCENARIO_WHOLE ? "integer" : "number");
    json_object_set_new(schema, "minimum", number(field->least));
    json_object_set_new(schema, "maximum", number(field->most));
    return schema;
}

static json_t *list_of(const struct scenario_field *field, json_t *item) {
    json_t *schema = json_pack("{s:s,s:o}", "type", "array", "items", item);
    json_object_set_new(schema, "minItems", number(field->least));
    json_object_set_new(schema, "maxItems", number(field->most));
    if (field->type != SCENARIO_SECTIONS)
        json_object_set_new(schema, "uniqueItems", json_true());
    return schema;
}

static json_t *daily(const struct scenario_field *field) {
    return json_pack("{s:[{s:o},{s:s,s:{s:s,s:i},s:i,s:i}]}", "anyOf", "enum", words(field), "type",
                     "array", "items", "type", "number", "minimum", 0, "minItems", 24, "maxItems",
                     24);
}

static json_t *section(const char *path);

static json_t *sections(const struct scenario_field *field) {
    char items[SCENARIO_PATH_BYTES];
    snprintf(items, sizeof items, "%s[]", field->path);
    return list_of(field, section(items));
}

static json_t *value_of(const struct scenario_field *field) {
    switch (field->type) {
    case SCENARIO_SECTION:
        return section(field->path);
    case SCENARIO_SECTIONS:
        return sections(field);
    case SCENARIO_NUMBER:
    case SCENARIO_WHOLE:
    case SCENARIO_USD:
        return numeric(field);
    case SCENARIO_BYTES:
    case SCENARIO_CORES:
        return quantity(field);
    case SCENARIO_SWITCH:
        return json_pack("{s:s}", "type", "boolean");
    case SCENARIO_CHOICE:
        return json_pack("{s:o}", "enum", words(field));
    case SCENARIO_CHOICES:
        return list_of(field, json_pack("{s:o}", "enum", words(field)));
    case SCENARIO_WORDS:
        return list_of(field, text_like(field->type));
    case SCENARIO_DAILY:
        return daily(field);
    default:
        return text_like(field->type);
    }
}

static void describe(json_t *schema, const struct scenario_field *field) {
    char range[96], doc[512];
    bool text = field->type == SCENARIO_DURATION || field->type == SCENARIO_BYTES ||
                field->type == SCENARIO_CORES || field->type == SCENARIO_PERCENT;
    /* `minimum` and `maximum` do not reach into texts. */
    scenario_docs_range(field, range, sizeof range);
    const char *unit = field->unit ? field->unit : "";
    snprintf(doc, sizeof doc, "%s%s%s%s%s%s%s", field->doc, unit[0] ? " (" : "", unit,
             unit[0] ? ")" : "", text && range[0] ? " From " : "", text ? range : "",
             text && range[0] ? "." : "");
    json_object_set_new(schema, "description", json_string(doc));
}

/** A default as JSON; lists are written as YAML flow and stay out. */
static void add_default(json_t *schema, const struct scenario_field *field) {
    const char *text = field->fallback;
    if (!text || field->required || scenario_docs_is_list(field))
        return;
    bool numeric_type = field->type == SCENARIO_NUMBER || field->type == SCENARIO_WHOLE;
    if (field->type == SCENARIO_SWITCH)
        json_object_set_new(schema, "default", json_boolean(strcmp(text, "true") == 0));
    else
        json_object_set_new(schema, "default",
                            numeric_type ? number(strtod(text, NULL)) : json_string(text));
}

/** The keys of a section (of an item: `list[]`) as an object that allows no others. */
static json_t *section(const char *path) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!scenario_schema_is_child(&fields[i], path))
            continue;
        json_t *value = value_of(&fields[i]);
        describe(value, &fields[i]);
        add_default(value, &fields[i]);
        const char *key = scenario_schema_key(&fields[i]);
        json_object_set_new(properties, key, value);
        if (fields[i].required)
            json_array_append_new(required, json_string(key));
    }
    json_t *schema = json_pack("{s:s,s:b,s:o}", "type", "object", "additionalProperties", 0,
                               "properties", properties);
    if (json_array_size(required) > 0)
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}

void scenario_write_schema(struct text *text) {
    json_t *schema = json_object();
    json_object_set_new(schema, "$schema",
                        json_string("https://json-schema.org/draft/2020-12/schema"));
    json_object_set_new(schema, "title", json_string("simulate scenario, version 1"));
    json_t *top = section("");
    json_object_update(schema, top);
    json_decref(top);
    char *dump = json_dumps(schema, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(schema);
    if (dump)
        text_add(text, dump);
    else
        text->failed = true;
    text_add(text, "\n");
    free(dump);
}
