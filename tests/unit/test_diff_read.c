/** Reading a result.json for `simulate diff`: cut short, changed, broken or of another shape. */
#include "reports/diff_side.h"

#include "reports/diff_place.h"
#include "tests/unit/fixture_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/** A made-up result, and what was read last. */
struct reading {
    struct result *result;
    struct arena arena;
    struct diagnostics diagnostics;
    struct diff_side side;
};

static int reading_new(void **state) {
    struct reading *reading = calloc(1, sizeof *reading);
    assert_non_null(reading);
    reading->result = fixture_result();
    assert_non_null(reading->result);
    arena_init(&reading->arena);
    diagnostics_init(&reading->diagnostics);
    *state = reading;
    return 0;
}

static int reading_free(void **state) {
    struct reading *reading = *state;
    fixture_result_free(reading->result);
    arena_fini(&reading->arena);
    free(reading);
    return 0;
}

static void keep_only(json_t *object, const char *const *keys) {
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, key, value) {
        bool kept = false;
        for (size_t i = 0; keys[i]; i++)
            kept = kept || strcmp(key, keys[i]) == 0;
        if (!kept)
            json_object_del(object, key);
    }
}

/** A result with little beyond what the comparison reads, on one line: small enough to be read
 *  thousands of times. */
static char *small_json(struct reading *reading) {
    static const char *const components[] = {"requests",
                                             "limits",
                                             "volume_bytes",
                                             "memory_peak_mib",
                                             "disk_gib",
                                             "settings",
                                             "cpu_throttled_fraction",
                                             "out_of_memory_probability",
                                             "cpu_cores",
                                             "volume_full_probability",
                                             NULL};
    static const char *const quantities[] = {"cpu_cores", "memory_bytes", "p95", NULL};
    static const char *const roots[] = {
        "schema_version",  "version",      "scenario", "region",     "seed", "replicas",
        "horizon_seconds", "step_seconds", "workload", "as_written", "best", NULL};
    static const char *const plans[] = {"holds",
                                        "nodes",
                                        "purchase",
                                        "credits",
                                        "root_volume_bytes",
                                        "pending_pods",
                                        "components",
                                        "cost",
                                        "credits_exhausted_probability",
                                        "targets",
                                        NULL};
    const struct report report = {.result = reading->result};
    struct text text;
    text_init(&text);
    assert_int_equal(report_json(&report, &text, &reading->diagnostics), STATUS_OK);
    json_t *root = json_loadb(text.data, text.length, 0, NULL);
    keep_only(root, roots);
    json_object_set_new(root, "best", json_null());
    json_t *written = json_object_get(root, "as_written"), *component, *part;
    const char *key, *name;
    keep_only(written, plans);
    json_object_foreach(json_object_get(written, "components"), key, component) {
        keep_only(component, components);
        json_object_foreach(component, name, part) if (strcmp(name, "settings") != 0 &&
                                                       !json_object_get(part, "low"))
            keep_only(part, quantities);
    }
    json_t *targets = json_object_get(written, "targets");
    while (json_array_size(targets) > 2)
        json_array_remove(targets, 2);
    json_t *items = json_object_get(json_object_get(written, "cost"), "items");
    while (json_array_size(items) > 1)
        json_array_remove(items, 1);
    char *json = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(6));
    assert_non_null(json);
    json_decref(root);
    text_fini(&text);
    return json;
}

static enum status read_bytes(struct reading *reading, const char *bytes, size_t length) {
    arena_fini(&reading->arena);
    diagnostics_init(&reading->diagnostics);
    return diff_side_read("r.json", bytes, length, &reading->arena, &reading->side,
                          &reading->diagnostics);
}

/** Each beginning of a result, in memory of its own length so that a sanitizer sees any step
 *  beyond it. */
static void cut_short_anywhere_it_is_refused(void **state) {
    struct reading *reading = *state;
    char *json = small_json(reading);
    size_t whole = strlen(json);
    for (size_t length = 0; length < whole; length++) {
        char *cut = malloc(length > 0 ? length : 1);
        assert_non_null(cut);
        memcpy(cut, json, length);
        assert_int_equal(read_bytes(reading, cut, length), STATUS_INVALID);
        assert_int_equal(reading->diagnostics.count, 1);
        assert_int_equal(reading->diagnostics.items[0].line, 1);
        assert_in_range(reading->diagnostics.items[0].column, 1, length + 1);
        free(cut);
    }
    assert_int_equal(read_bytes(reading, json, whole), STATUS_OK);
    free(json);
}

/** With every third byte changed in turn: never more than a refusal. */
static void with_any_byte_changed_it_is_read_or_refused(void **state) {
    struct reading *reading = *state;
    char *json = small_json(reading);
    static const char bytes[] = "\"{}[],:0-e\\\n\xff";
    size_t refused = 0, length = strlen(json);
    for (size_t i = 0; i < length; i += 3) {
        char before = json[i];
        json[i] = bytes[i % (sizeof bytes - 1)];
        enum status status = read_bytes(reading, json, length);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        assert_int_equal(status == STATUS_INVALID, reading->diagnostics.count > 0);
        refused += status == STATUS_INVALID ? 1 : 0;
        json[i] = before;
    }
    assert_true(refused > length / 12);
    free(json);
}

static void broken_json_is_placed(void **state) {
    struct reading *reading = *state;
    static const struct {
        const char *json, *message;
        unsigned line, column;
    } cases[] = {
        {"", "not JSON: '[' or '{' expected near end of file", 1, 1},
        {"{\n  \"a\" 1}", "not JSON: ':' expected near '1'", 2, 7},
        {"{\"a\": nope}", "not JSON: invalid token near 'nope'", 1, 7},
        {"{\"a\":1} z", "not JSON: end of file expected near 'z'", 1, 9},
        {"{\"a\":1,\n\"a\":2}", "not JSON: duplicate object key near '\"a\"'", 2, 1},
        {"[]", "expected an object, found an array", 1, 1},
        {"\n {}", "has no schema_version, so it is no result.json of this program", 2, 2},
        {"{\"schema_version\": 2}",
         "results of schema version 2 cannot be compared, only those of version 1", 1, 20},
        {"{\"schema_version\": 0}",
         "results of schema version 0 cannot be compared, only those of version 1", 1, 20},
        {"{\"schema_version\":\n\"1\"}", "expected a whole number, found a string", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_bytes(reading, cases[i].json, strlen(cases[i].json)), STATUS_INVALID);
        const struct diagnostic *found = &reading->diagnostics.items[0];
        assert_int_equal(reading->diagnostics.count, 1);
        assert_string_equal(found->message, cases[i].message);
        assert_string_equal(found->file, "r.json");
        assert_int_equal(found->line, cases[i].line);
        assert_int_equal(found->column, cases[i].column);
    }
}

/** The value at a path such as `as_written.targets.0` is replaced by `json`, or taken away. */
static char *with_value(const char *json, const char *path, const char *replacement) {
    json_t *root = json_loads(json, 0, NULL), *parent = root;
    char key[64];
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        snprintf(key, sizeof key, "%.*s", (int)(dot - path), path);
        parent = json_is_array(parent) ? json_array_get(parent, strtoul(key, NULL, 10))
                                       : json_object_get(parent, key);
        assert_non_null(parent);
    }
    json_t *value = replacement ? json_loads(replacement, JSON_DECODE_ANY, NULL) : NULL;
    if (!value)
        assert_int_equal(json_object_del(parent, path), 0);
    else if (json_is_array(parent))
        assert_int_equal(json_array_set_new(parent, strtoul(path, NULL, 10), value), 0);
    else
        assert_int_equal(json_object_set_new(parent, path, value), 0);
    char *changed = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(root);
    return changed;
}

/** What stands at the diagnostic's place. */
static const char *at_place(const char *json, const struct diagnostic *diagnostic) {
    for (unsigned line = 1; line < diagnostic->line; line++)
        json = strchr(json, '\n') + 1;
    return json + diagnostic->column - 1;
}

static void wrong_members_are_named_and_placed(void **state) {
    struct reading *reading = *state;
    char *json = small_json(reading);
    static const struct {
        const char *path, *replacement, *named, *message, *there;
    } cases[] = {
        {"seed", "true", "seed", "expected a whole number, found true or false", "true"},
        {"region", NULL, "region", "expected a string, found nothing", "{"},
        {"scenario", "\"a-->b\"", "scenario", "expected a name of a-z, 0-9 and -", "\"a-->b\""},
        {"as_written", "[]", "as_written", "expected an object, found an array", "[]"},
        {"best", "7", "best", "expected an object, found a number", "7"},
        {"as_written.holds", "1", "as_written.holds", "expected true or false, found a number",
         "1"},
        {"as_written.nodes.0.count", "null", "as_written.nodes[0].count",
         "expected a number, found null", "null"},
        {"as_written.components.tempo", NULL, "as_written.components.tempo",
         "expected an object, found nothing", "{"},
        {"as_written.components.tempo.settings.gogc", "[1]",
         "as_written.components.tempo.settings.gogc",
         "expected a number, a string or null, found an array", "["},
        {"as_written.targets.1.probability.low", "0.9999", "as_written.targets[1].probability",
         "expected 0 <= low <= value <= high <= 1", "{"},
        {"as_written.targets.0", "\"x\"", "as_written.targets[0]",
         "expected an object, found a string", "\"x\""},
        {"as_written.cost.items.0.usd_per_month", "\"8\"", "as_written.cost.items[0].usd_per_month",
         "expected a number, found a string", "\"8\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *changed = with_value(json, cases[i].path, cases[i].replacement);
        assert_int_equal(read_bytes(reading, changed, strlen(changed)), STATUS_INVALID);
        const struct diagnostic *found = &reading->diagnostics.items[0];
        assert_int_equal(reading->diagnostics.count, 1);
        assert_string_equal(found->path, cases[i].named);
        assert_string_equal(found->message, cases[i].message);
        assert_memory_equal(at_place(changed, found), cases[i].there, strlen(cases[i].there));
        free(changed);
    }
    free(json);
}

static void no_file_writes_to_the_terminal(void **state) {
    struct reading *reading = *state;
    char *json = small_json(reading);
    char *changed = with_value(json, "region", "\"a\\u001b[31m\\n\\u007f\\u009b|b\"");
    assert_int_equal(read_bytes(reading, changed, strlen(changed)), STATUS_OK);
    assert_string_equal(reading->side.region, "a?[31m????|b");
    free(changed);
    free(json);
}

static void too_much_is_refused(void **state) {
    struct reading *reading = *state;
    char *json = small_json(reading);
    struct text many;
    text_init(&many);
    text_add(&many, "[{}");
    for (size_t i = 0; i < DIFF_TARGETS_MAX; i++)
        text_add(&many, ",{}");
    text_add(&many, "]");
    char *changed = with_value(json, "as_written.targets", many.data);
    assert_int_equal(read_bytes(reading, changed, strlen(changed)), STATUS_INVALID);
    assert_string_equal(reading->diagnostics.items[0].message,
                        "expected at most 16 elements, found 17");
    free(changed);
    text_fini(&many);
    free(json);
}

static void places_are_found(void **state) {
    (void)state;
    static const char json[] = " {\"a\": [1, {\"b\\\"]\": 0, \"b\": \"x\\\"]\"}, [2, [3]], 4 ]}";
    static const struct {
        struct diff_step steps[4];
        size_t count;
        const char *there;
    } cases[] = {
        {{{NULL, 0}}, 0, "{\"a\""},
        {{{"a", 0}}, 1, "[1, {"},
        {{{"a", 0}, {NULL, 0}}, 2, "1, {"},
        {{{"a", 0}, {NULL, 1}, {"b", 0}}, 3, "\"x\\\"]\"}"},
        {{{"a", 0}, {NULL, 2}, {NULL, 1}, {NULL, 0}}, 4, "3]]"},
        {{{"a", 0}, {NULL, 3}}, 2, "4 ]"},
        /* No fourth element, no such key: the last container on the way. */
        {{{"a", 0}, {NULL, 4}}, 2, "[1, {"},
        {{{"c", 0}, {NULL, 4}}, 2, "{\"a\""},
        {{{NULL, 0}}, 1, "{\"a\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t offset = diff_place_find(json, strlen(json), cases[i].steps, cases[i].count);
        assert_memory_equal(json + offset, cases[i].there, strlen(cases[i].there));
    }
}
static void results_are_told_from_scenarios(void **state) {
    (void)state;
    static const struct {
        const char *file, *bytes;
        bool result;
    } cases[] = {
        {"out/prod/result.json", "", true},  {"prod.yaml", "{version: 1}", false},
        {"prod.yml", "{version: 1}", false}, {"<stdin>", " \n{\"schema_version\": 1}", true},
        {"<stdin>", "version: 1\n", false},  {"<stdin>", "", false},
        {"/dev/fd/63", "# x\n{}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(diff_is_result(cases[i].file, cases[i].bytes, strlen(cases[i].bytes)),
                         cases[i].result);
}

#define WITH_READING(test) cmocka_unit_test_setup_teardown(test, reading_new, reading_free)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_READING(cut_short_anywhere_it_is_refused),
        WITH_READING(with_any_byte_changed_it_is_read_or_refused),
        WITH_READING(broken_json_is_placed),
        WITH_READING(wrong_members_are_named_and_placed),
        WITH_READING(no_file_writes_to_the_terminal),
        WITH_READING(too_much_is_refused),
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(results_are_told_from_scenarios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
