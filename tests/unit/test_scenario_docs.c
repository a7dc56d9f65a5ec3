#include "sim/scenario.h"

#include "sim/base/files.h"
#include "sim/base/yaml_tree.h"
#include "sim/scenario_schema.h"
#include "tests/unit/json_check.h"
#include "tests/unit/same_members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** scenarios/schema.json is what the table says. UPDATE_EXPECTED=1 writes it anew. */
static void test_schema_file_is_in_step(void **state) {
    (void)state;
    struct arena arena;
    struct diagnostics diagnostics;
    struct text text;
    char *bytes;
    size_t length;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    text_init(&text);
    scenario_write_schema(&text);
    assert_false(text_failed(&text));
    if (getenv("UPDATE_EXPECTED"))
        assert_int_equal(file_write_text("scenarios/schema.json", &text, &diagnostics), STATUS_OK);
    assert_int_equal(
        file_read(&arena, "scenarios/schema.json", 1 << 20, &bytes, &length, &diagnostics),
        STATUS_OK);
    assert_string_equal(bytes, text.data);
    text_fini(&text);
    arena_fini(&arena);
}

static json_t *schema(void) {
    struct text text;
    text_init(&text);
    scenario_write_schema(&text);
    json_error_t error;
    json_t *loaded = json_loads(text.data, JSON_REJECT_DUPLICATES, &error);
    text_fini(&text);
    assert_non_null(loaded);
    return loaded;
}

/** What the JSON Schema says of a path such as `workload.services[].name`, or NULL. */
static const json_t *part_of(const json_t *loaded, const char *path) {
    while (*path) {
        char key[64];
        size_t length = strcspn(path, ".[");
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        loaded = json_object_get(json_object_get(loaded, "properties"), key);
        path += length;
        if (strncmp(path, "[]", 2) == 0) {
            loaded = json_object_get(loaded, "items");
            path += 2;
        }
        path += *path == '.';
    }
    return loaded;
}

static void test_schema_has_every_key_documented(void **state) {
    (void)state;
    json_t *loaded = schema();
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        const json_t *part = part_of(loaded, fields[i].path);
        if (!part)
            fail_msg("%s is missing in the JSON Schema", fields[i].path);
        assert_true(strlen(json_string_value(json_object_get(part, "description"))) > 0);
    }
    json_decref(loaded);
}

static bool schema_accepts(const json_t *loaded, const char *yaml, size_t length) {
    struct arena arena;
    struct diagnostics diagnostics;
    struct yaml_document document = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    assert_int_equal(yaml_tree_parse(&arena, "x", yaml, length, &document, &diagnostics),
                     STATUS_OK);
    json_t *value = json_of_yaml(document.root);
    bool accepted = json_keeps_to(loaded, value);
    json_decref(value);
    arena_fini(&arena);
    return accepted;
}

static void test_schema_accepts_the_shipped_scenarios(void **state) {
    (void)state;
    static const char *const names[] = {"prod", "brief", "dev", "burst", "growth"};
    json_t *loaded = schema();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct arena arena;
        struct diagnostics diagnostics;
        char path[64], *bytes;
        size_t length;
        arena_init(&arena);
        diagnostics_init(&diagnostics);
        snprintf(path, sizeof path, "scenarios/%s.yaml", names[i]);
        assert_int_equal(file_read(&arena, path, 1 << 20, &bytes, &length, &diagnostics),
                         STATUS_OK);
        if (!schema_accepts(loaded, bytes, length))
            fail_msg("the JSON Schema refuses %s", path);
        arena_fini(&arena);
    }
    json_decref(loaded);
}

static void test_schema_refuses_what_the_loader_refuses(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "region: us-east-1",
        "version: 2",
        "name: My_Stack",
        "workload: {services: []}",
        "workload: {services: [{replicas: 2}]}",
        "workload: {services: [{name: api, replicas: 1.5}]}",
        "workload: {services: [{name: api, replicas: '4'}]}",
        "workload: {services: [{name: api, logs: {bytes_per_line: 0}}]}",
        "stack: {loki: {volum: 10Gi}}",
        "stack: {loki: {volume: 10GB}}",
        "stack: {loki: {volume: 10}}",
        "stack: {loki: {retention: 7}}",
        "stack: {loki: {retention: 1w}}",
        "stack: {loki: {encoding: lz4}}",
        "stack: {loki: {requests: {cpu: 500}}}",
        "stack: {loki: {memory_limit_target: 0.9}}",
        "cluster: {dedicated: 'yes'}",
        "search: {encodings: gzip}",
        "search: {encodings: []}",
        "targets: {cost: {probability: 95%}}",
    };
    json_t *loaded = schema();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char yaml[512];
        bool top = strncmp(wrong[i], "version", 7) == 0, name = strncmp(wrong[i], "name", 4) == 0,
             work = strncmp(wrong[i], "workload", 8) == 0, bare = i == 0;
        int length =
            snprintf(yaml, sizeof yaml, "%s%s%s%s\n", top || bare ? "" : "version: 1\n",
                     name || bare ? "" : "name: x\n",
                     work || bare ? "" : "workload: {services: [{name: api}]}\n", wrong[i]);
        if (schema_accepts(loaded, yaml, (size_t)length))
            fail_msg("the JSON Schema accepts %s", wrong[i]);
    }
    json_decref(loaded);
}

/** A template with everything at its default loads, and is the same as one that says nothing. */
static void test_template_is_the_defaults(void **state) {
    (void)state;
    static const char minimal[] =
        "version: 1\nname: my-stack\nworkload: {services: [{name: api, logs: {}, traces: {}}]}\n";
    struct text text;
    struct diagnostics diagnostics;
    struct scenario *made, *plain;
    text_init(&text);
    diagnostics_init(&diagnostics);
    scenario_write_template(&text);
    assert_int_equal(
        scenario_parse("t", text.data, text.length, NULL, 0, NULL, NULL, &made, &diagnostics),
        STATUS_OK);
    assert_int_equal(
        scenario_parse("m", minimal, strlen(minimal), NULL, 0, NULL, NULL, &plain, &diagnostics),
        STATUS_OK);
    assert_same_members("stack.", made, plain);
    assert_same_members("managed.", made, plain);
    assert_same_members("simulation.", made, plain);
    assert_same_members("workload.profile.", made, plain);
    assert_same_members("workload.services[].", &made->workload.services[0],
                        &plain->workload.services[0]);
    assert_memory_equal(made->workload.profile.daily, plain->workload.profile.daily,
                        sizeof made->workload.profile.daily);
    assert_true(made->targets.cost.set && made->targets.savings.set);
    json_t *loaded = schema();
    assert_true(schema_accepts(loaded, text.data, text.length));
    json_decref(loaded);
    scenario_free(made);
    scenario_free(plain);
    text_fini(&text);
}

static void test_reference_has_every_value(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    scenario_write_reference(&text);
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        char row[200];
        snprintf(row, sizeof row, "| `%s` | ", fields[i].path);
        if (fields[i].type != SCENARIO_SECTION && !strstr(text.data, row))
            fail_msg("%s has no row in the reference", fields[i].path);
    }
    assert_non_null(strstr(text.data, "| `stack.loki.volume` | bytes | `10Gi` | 1Gi to 64Ti | Size "
                                      "of Loki's gp3 volume. |\n"));
    text_fini(&text);
}

#define REFERENCE_BEGIN "<!-- scenario reference: begin -->\n"
#define REFERENCE_END "<!-- scenario reference: end -->\n"

/** The README's part between its two markers is the reference. UPDATE_EXPECTED=1 writes it anew. */
static void test_readme_is_in_step(void **state) {
    (void)state;
    struct arena arena;
    struct diagnostics diagnostics;
    struct text reference, readme;
    char *bytes;
    size_t length;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    text_init(&reference);
    text_init(&readme);
    if (file_read(&arena, "README.md", 1 << 20, &bytes, &length, &diagnostics) != STATUS_OK)
        skip();
    const char *begin = strstr(bytes, REFERENCE_BEGIN), *end = strstr(bytes, REFERENCE_END);
    if (!begin || !end)
        fail_msg("README.md lacks the lines %sand %s", REFERENCE_BEGIN, REFERENCE_END);
    begin += strlen(REFERENCE_BEGIN);
    scenario_write_reference(&reference);
    text_add_bytes(&readme, bytes, (size_t)(begin - bytes));
    text_add(&readme, reference.data);
    text_add(&readme, end);
    if (getenv("UPDATE_EXPECTED"))
        assert_int_equal(file_write_text("README.md", &readme, &diagnostics), STATUS_OK);
    else
        assert_string_equal(bytes, readme.data);
    text_fini(&readme);
    text_fini(&reference);
    arena_fini(&arena);
}

static void check_explained(const char *key, bool found, const char *expected) {
    struct text text;
    text_init(&text);
    assert_int_equal(scenario_explain(key, &text), found);
    assert_string_equal(text.data, expected);
    text_fini(&text);
}

static void test_explain(void **state) {
    (void)state;
    check_explained("stack.loki.retention", true,
                    "stack.loki.retention\n  How long Loki keeps logs.\n\n"
                    "  type     duration\n  default  7d\n  range    24h to 3650d\n"
                    "  least    Loki refuses a retention below 24h\n");
    check_explained("workload.services.3.name", true,
                    "workload.services[].name\n  Name of the service, once in the list.\n\n"
                    "  type     name\n  default  none: the key is required\n");
    check_explained("cluster.nodes", true,
                    "cluster.nodes\n  Groups of like nodes.\n\n"
                    "  type     list of sections\n  default  [{type: t3.medium, count: 1}]\n"
                    "  range    1 to 8 items\n\n"
                    "  type                         EC2 instance type.\n"
                    "  count                        Nodes of this type.\n");
    check_explained("stack.loki.volum", false,
                    "no scenario key is called \"stack.loki.volum\"; did you mean "
                    "stack.loki.volume?\n");
    check_explained("step", false,
                    "no scenario key is called \"step\"; did you mean simulation.step?\n");
    check_explained("colour", false, "no scenario key is called \"colour\"\n");
    check_explained("", false, "no scenario key is called \"\"\n");
}

static void test_explain_knows_every_key(void **state) {
    (void)state;
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        struct text text;
        text_init(&text);
        assert_true(scenario_explain(fields[i].path, &text));
        text_fini(&text);
    }
}

static void test_explain_survives_any_path(void **state) {
    (void)state;
    char path[600];
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    static const char *const odd[] = {".",
                                      "..",
                                      "0",
                                      "0.0.0",
                                      "stack.",
                                      ".stack",
                                      "workload.services.",
                                      "workload.services[]",
                                      "stack.loki.volume.x"};
    struct text text;
    text_init(&text);
    assert_false(scenario_explain(path, &text));
    for (size_t i = 0; i < sizeof path - 1; i += 2)
        path[i] = '.';
    assert_false(scenario_explain(path, &text));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        (void)scenario_explain(odd[i], &text);
    text_fini(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_file_is_in_step),
        cmocka_unit_test(test_schema_has_every_key_documented),
        cmocka_unit_test(test_schema_accepts_the_shipped_scenarios),
        cmocka_unit_test(test_schema_refuses_what_the_loader_refuses),
        cmocka_unit_test(test_template_is_the_defaults),
        cmocka_unit_test(test_reference_has_every_value),
        cmocka_unit_test(test_readme_is_in_step),
        cmocka_unit_test(test_explain),
        cmocka_unit_test(test_explain_knows_every_key),
        cmocka_unit_test(test_explain_survives_any_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
