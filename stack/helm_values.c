/* What differs between two sets of values. */
#include "stack/helm.h"

#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 256, PATH_SHOWN = 60, VALUE_BYTES = 32, DEPTH_MAX = 64 };

/** Where the comparison stands, and what it has found. */
struct changes {
    char path[PATH_BYTES];
    size_t count, shown, most;
    struct text *text;
};

/** Take away the beginning of a character that was cut off at the end of `buffer`. */
static void trim_character(char *buffer, const char *whole) {
    size_t length = strlen(buffer);
    while (length > 0 && ((unsigned char)whole[length] & 0xC0) == 0x80)
        length--;
    buffer[length] = '\0';
}

/** A scalar as it is, anything else by its kind; control characters never. */
static void print_value(char *buffer, size_t size, const json_t *value) {
    static const char *const kinds[] = {[JSON_OBJECT] = "{...}",
                                        [JSON_ARRAY] = "[...]",
                                        [JSON_TRUE] = "true",
                                        [JSON_FALSE] = "false",
                                        [JSON_NULL] = "nothing"};
    if (!value)
        snprintf(buffer, size, "nothing");
    else if (json_is_string(value))
        snprintf(buffer, size, "%s", json_string_value(value));
    else if (json_is_number(value))
        snprintf(buffer, size, "%.15g", json_number_value(value));
    else
        snprintf(buffer, size, "%s", kinds[json_typeof(value)]);
    for (char *at = buffer; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = ' ';
    /* Half a character would be no UTF-8. */
    if (json_is_string(value) && json_string_length(value) >= size)
        trim_character(buffer, json_string_value(value));
}

/** Long paths lead to texts and queries, which nobody reads in a list like this; nor is there
 *  anything to see where both begin alike. */
static void note(struct changes *changes, const json_t *before, const json_t *after) {
    char old[VALUE_BYTES], new[VALUE_BYTES];
    changes->count++;
    print_value(old, sizeof old, before);
    print_value(new, sizeof new, after);
    if (changes->shown == changes->most || strlen(changes->path) > PATH_SHOWN ||
        strcmp(old, new) == 0)
        return;
    text_print(changes->text, "%s%s: %s -> %s", changes->shown++ > 0 ? ", " : "", changes->path,
               old, new);
}

static bool is_nothing(const json_t *value) {
    return !value || json_is_null(value);
}

static void compare(struct changes *changes, json_t *before, json_t *after, int depth);

/** Compare two children and put the path back as it was. */
static void step(struct changes *changes, const char *part, json_t *before, json_t *after,
                 int depth) {
    size_t length = strlen(changes->path);
    snprintf(changes->path + length, sizeof changes->path - length, "%s%s",
             length > 0 && part[0] != '[' ? "." : "", part);
    compare(changes, before, after, depth + 1);
    changes->path[length] = '\0';
}

static void compare_objects(struct changes *changes, json_t *before, json_t *after, int depth) {
    const char *key;
    json_t *value;
    json_object_foreach(after, key, value)
        step(changes, key, json_object_get(before, key), value, depth);
    json_object_foreach(before, key, value) if (!json_object_get(after, key))
        step(changes, key, value, NULL, depth);
}

static void compare_arrays(struct changes *changes, json_t *before, json_t *after, int depth) {
    size_t old = json_array_size(before), new = json_array_size(after);
    char part[32];
    for (size_t i = 0; i < old || i < new; i++) {
        snprintf(part, sizeof part, "[%zu]", i);
        step(changes, part, json_array_get(before, i), json_array_get(after, i), depth);
    }
}

static bool same_scalar(json_t *before, json_t *after) {
    if (json_is_number(before) && json_is_number(after)) {
        double difference = json_number_value(before) - json_number_value(after);
        return !(difference < 0) && !(difference > 0);
    }
    return json_equal(before, after);
}

static void compare(struct changes *changes, json_t *before, json_t *after, int depth) {
    if (is_nothing(before) && is_nothing(after))
        return;
    if (depth < DEPTH_MAX && json_is_object(before) && json_is_object(after))
        compare_objects(changes, before, after, depth);
    else if (depth < DEPTH_MAX && json_is_array(before) && json_is_array(after))
        compare_arrays(changes, before, after, depth);
    else if (is_nothing(before) || is_nothing(after) || !same_scalar(before, after))
        note(changes, before, after);
}

size_t helm_values_changes(json_t *before, json_t *after, size_t most, struct text *text) {
    struct changes changes = {.most = most, .text = text};
    compare(&changes, before, after, 0);
    size_t left = changes.count - changes.shown;
    if (left > 0)
        text_print(text, "%s%zu %svalue%s", changes.shown > 0 ? " and " : "", left,
                   changes.shown > 0 ? "other " : "", left == 1 ? "" : "s");
    return changes.count;
}
