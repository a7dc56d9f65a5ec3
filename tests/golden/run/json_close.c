#include "tests/golden/run/json_close.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATH_BYTES = 512, SHOWN_MAX = 20 };

struct comparison {
    const struct json_close_limits *limits;
    char path[PATH_BYTES];
    size_t differences;
};

static void compare(struct comparison *comparison, const json_t *actual, const json_t *expected);

static void differ(struct comparison *comparison, const json_t *actual, const json_t *expected) {
    if (comparison->differences++ >= SHOWN_MAX)
        return;
    char *sides[2] = {NULL, NULL};
    const json_t *values[2] = {expected, actual};
    for (int i = 0; i < 2; i++)
        sides[i] = values[i] ? json_dumps(values[i], JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    print_error("%s\n- %.200s\n+ %.200s\n", comparison->path, sides[0] ? sides[0] : "(absent)",
                sides[1] ? sides[1] : "(absent)");
    for (int i = 0; i < 2; i++)
        free(sides[i]);
}

/** Compare one member with its name at the end of the path. */
static void compare_at(struct comparison *comparison, const char *name, const json_t *actual,
                       const json_t *expected) {
    size_t length = strlen(comparison->path);
    snprintf(comparison->path + length, PATH_BYTES - length, "%s%s", length > 0 ? "." : "", name);
    compare(comparison, actual, expected);
    comparison->path[length] = '\0';
}

static void compare_objects(struct comparison *comparison, const json_t *actual,
                            const json_t *expected) {
    const char *key;
    json_t *value;
    json_t *const sides[2] = {(json_t *)(uintptr_t)actual, (json_t *)(uintptr_t)expected};
    json_object_foreach(sides[1], key, value)
        compare_at(comparison, key, json_object_get(actual, key), value);
    json_object_foreach(sides[0], key, value) if (!json_object_get(expected, key))
        compare_at(comparison, key, value, NULL);
}

static void compare_lists(struct comparison *comparison, const json_t *actual,
                          const json_t *expected) {
    size_t ours = json_array_size(actual), theirs = json_array_size(expected);
    for (size_t i = 0; i < ours || i < theirs; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        compare_at(comparison, name, json_array_get(actual, i), json_array_get(expected, i));
    }
}

static void compare_numbers(struct comparison *comparison, const json_t *actual,
                            const json_t *expected) {
    double found = json_number_value(actual), wanted = json_number_value(expected);
    const struct json_close_limits *limits = comparison->limits;
    if (!(fabs(found - wanted) <= limits->absolute + limits->relative * fabs(wanted)))
        differ(comparison, actual, expected);
}

static void compare(struct comparison *comparison, const json_t *actual, const json_t *expected) {
    if (!actual || !expected)
        differ(comparison, actual, expected);
    else if (json_is_number(actual) && json_is_number(expected))
        compare_numbers(comparison, actual, expected);
    else if (json_is_object(actual) && json_is_object(expected))
        compare_objects(comparison, actual, expected);
    else if (json_is_array(actual) && json_is_array(expected))
        compare_lists(comparison, actual, expected);
    else if (!json_equal(actual, expected))
        differ(comparison, actual, expected);
}

size_t json_close_differences(const json_t *actual, const json_t *expected,
                              const struct json_close_limits *limits) {
    struct comparison comparison = {.limits = limits};
    compare(&comparison, actual, expected);
    return comparison.differences;
}
