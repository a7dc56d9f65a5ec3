#include "sim/scenario.h"
#include "sim/scenario_schema.h"

#include <stdio.h>
#include <string.h>

/** Columns of a comment line; keys of a section that is written in one line. */
enum { COMMENT_WIDTH = 96, SMALL_KEYS_MAX = 3 };

static size_t depth_of(const char *path) {
    size_t depth = 0;
    for (; *path; path++)
        depth += *path == '.' || *path == '[';
    return depth;
}

/** `doc` as comment lines at `indent`, broken between words. */
static void write_comment(struct text *text, size_t indent, const char *doc) {
    while (*doc) {
        size_t room = COMMENT_WIDTH - indent - 2, length = strlen(doc);
        if (length > room) {
            length = room;
            while (length > 0 && doc[length] != ' ')
                length--;
        }
        text_repeat(text, ' ', indent);
        text_add(text, "# ");
        text_add_bytes(text, doc, length);
        text_add(text, "\n");
        doc += length + strspn(doc + length, " ");
    }
}

/** Whether `field` is the first key of an item, which begins with "- ". */
static bool begins_item(const struct scenario_field *field, const struct scenario_field *before) {
    return strstr(field->path, "[].") && before->type == SCENARIO_SECTIONS;
}

/** Whether the section has few keys and no sections in it: then it is written in one line. */
static bool is_small(const struct scenario_field *section) {
    size_t count, keys = 0;
    const struct scenario_field *fields = scenario_schema(&count);
    if (section->type != SCENARIO_SECTION || depth_of(section->path) == 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!scenario_schema_is_child(&fields[i], section->path))
            continue;
        if (++keys > SMALL_KEYS_MAX || !fields[i].fallback)
            return false;
    }
    return true;
}

/** Whether `field` is part of what another one writes in its line. */
static bool is_within_line(const struct scenario_field *field) {
    char parent[SCENARIO_PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", field->path);
    char *end = strrchr(parent, '.');
    if (!end)
        return false;
    *end = '\0';
    const struct scenario_field *section = scenario_schema_find(parent);
    return strcmp(parent, "cluster.nodes[]") == 0 || (section && is_small(section));
}

static void write_small(struct text *text, const struct scenario_field *section) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    const char *before = " {";
    for (size_t i = 0; i < count; i++) {
        if (!scenario_schema_is_child(&fields[i], section->path))
            continue;
        text_print(text, "%s%s: %s", before, scenario_schema_key(&fields[i]), fields[i].fallback);
        before = ", ";
    }
    text_add(text, "}");
}

static void write_key(struct text *text, const struct scenario_field *field, bool item) {
    size_t indent = 2 * depth_of(field->path) - (item ? 2 : 0);
    write_comment(text, indent, field->doc);
    text_repeat(text, ' ', indent);
    text_print(text, "%s%s:", item ? "- " : "", scenario_schema_key(field));
    if (is_small(field))
        write_small(text, field);
    else if (field->fallback)
        text_print(text, " %s", field->fallback);
    text_add(text, "\n");
}

void scenario_write_template(struct text *text) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    text_add(text, "# yaml-language-server: $schema=schema.json\n"
                   "#\n"
                   "# A scenario with every key at its default. Only version, name and services "
                   "must be there;\n"
                   "# delete what you do not change. `simulate explain KEY` says more.\n\n");
    for (size_t i = 0; i < count; i++) {
        if (is_within_line(&fields[i]))
            continue;
        if (i > 0 && depth_of(fields[i].path) == 0)
            text_add(text, "\n");
        write_key(text, &fields[i], i > 0 && begins_item(&fields[i], &fields[i - 1]));
    }
}
