/* Broken input of many kinds: never a crash, always a status that matches what was said. */
#include "sim/base/files.h"
#include "sim/scenario.h"
#include "tests/unit/same_members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const paths[] = {"scenarios/prod.yaml", "scenarios/brief.yaml",
                                    "scenarios/dev.yaml", "scenarios/burst.yaml",
                                    "scenarios/growth.yaml"};

/** Parse a copy that ends exactly where the input does, so that a sanitizer sees one byte more. */
static enum status try_bytes(const char *bytes, size_t length,
                             const struct scenario_override *overrides, size_t override_count) {
    char *exact = malloc(length > 0 ? length : 1);
    struct diagnostics diagnostics;
    struct scenario *scenario;
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    diagnostics_init(&diagnostics);
    enum status status = scenario_parse("x", exact, length, overrides, override_count, NULL, NULL,
                                        &scenario, &diagnostics);
    assert_true(status == STATUS_OK || status == STATUS_INVALID);
    assert_true((status == STATUS_OK) == (scenario != NULL));
    assert_true((status == STATUS_OK) == (diagnostics.count == 0));
    scenario_free(scenario);
    free(exact);
    return status;
}

static char *read_scenario(struct arena *arena, const char *path, size_t *length) {
    struct diagnostics diagnostics;
    char *bytes;
    diagnostics_init(&diagnostics);
    assert_int_equal(file_read(arena, path, 1 << 20, &bytes, length, &diagnostics), STATUS_OK);
    return bytes;
}

static void test_truncated_at_every_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct arena arena;
        size_t length;
        arena_init(&arena);
        const char *bytes = read_scenario(&arena, paths[i], &length);
        for (size_t cut = 0; cut < length; cut++)
            (void)try_bytes(bytes, cut, NULL, 0);
        assert_int_equal(try_bytes(bytes, length, NULL, 0), STATUS_OK);
        arena_fini(&arena);
    }
}

/** Every byte in turn becomes one that means something to YAML. */
static void test_one_byte_changed(void **state) {
    (void)state;
    static const char bytes_of_note[] = "\t\n:[{}]'\"&*!|>%@-#,? 0\\";
    struct arena arena;
    size_t length, next = 0;
    arena_init(&arena);
    char *bytes = read_scenario(&arena, paths[1], &length);
    for (size_t at = 0; at < length; at++) {
        char kept = bytes[at];
        bytes[at] = bytes_of_note[next++ % (sizeof bytes_of_note - 1)];
        (void)try_bytes(bytes, length, NULL, 0);
        bytes[at] = kept;
    }
    arena_fini(&arena);
}

static void test_override_cut_anywhere(void **state) {
    (void)state;
    static const char yaml[] = "version: 1\nname: x\nworkload: {services: [{name: api}]}\n";
    static const char set[] = "workload.services.api.logs={lines_per_second: 5, compression: {}}";
    for (size_t cut = 0; cut <= sizeof set - 1; cut++) {
        char part[sizeof set];
        snprintf(part, sizeof part, "%.*s", (int)cut, set);
        struct scenario_override override = {part};
        enum status status = try_bytes(yaml, sizeof yaml - 1, &override, 1);
        assert_int_equal(status, cut == sizeof set - 1 ? STATUS_OK : STATUS_INVALID);
    }
}

static void test_a_thousand_services(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    text_add(&text, "version: 1\nname: x\nworkload:\n  services:\n");
    for (int i = 0; i < 1000; i++)
        text_print(&text, "    - {name: s%d, logs: {lines_per_second: %d}}\n", i, i);
    assert_int_equal(try_bytes(text.data, text.length, NULL, 0), STATUS_OK);
    text_add(&text, "    - {name: one-too-many}\n");
    assert_int_equal(try_bytes(text.data, text.length, NULL, 0), STATUS_INVALID);
    text_fini(&text);
}

/** 24,000 unknown keys: advice is for those that are shown, so this must not take seconds. */
static void test_many_unknown_keys(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    for (int i = 0; i < 24000; i++)
        text_print(&text, "versionx_of_the_format_%d: 1\n", i);
    assert_int_equal(try_bytes(text.data, text.length, NULL, 0), STATUS_INVALID);
    text_fini(&text);
}

static void test_the_same_bytes_give_the_same_scenario(void **state) {
    (void)state;
    struct arena arena;
    struct diagnostics diagnostics;
    struct scenario *a, *b;
    size_t length;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    const char *bytes = read_scenario(&arena, paths[0], &length);
    assert_int_equal(scenario_parse("x", bytes, length, NULL, 0, NULL, NULL, &a, &diagnostics),
                     STATUS_OK);
    assert_int_equal(scenario_parse("x", bytes, length, NULL, 0, NULL, NULL, &b, &diagnostics),
                     STATUS_OK);
    assert_same_members("stack.", a, b);
    assert_same_members("targets.", a, b);
    assert_same_members("workload.profile.", a, b);
    scenario_free(a);
    scenario_free(b);
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_one_byte_changed),
        cmocka_unit_test(test_override_cut_anywhere),
        cmocka_unit_test(test_a_thousand_services),
        cmocka_unit_test(test_many_unknown_keys),
        cmocka_unit_test(test_the_same_bytes_give_the_same_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
