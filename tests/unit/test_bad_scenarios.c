/* Every case in tests/bad/: a scenario that is wrong, and exactly what is said about it. A case is
 *
 *     === title
 *     --set key=value        (any number)
 *     the scenario
 *     >>>
 *     what is printed
 *
 * UPDATE_EXPECTED=1 in the environment rewrites the expected parts; read the difference. */
#include "models/node.h"
#include "sim/base/diagnostic_print.h"
#include "sim/base/files.h"
#include "sim/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { OVERRIDES_MAX = 4, FILE_BYTES_MAX = 1 << 20 };

struct bad_case {
    const char *start; /**< of the title's line */
    const char *yaml;
    size_t yaml_length;
    const char *expected;
    size_t expected_length;
    struct scenario_override overrides[OVERRIDES_MAX];
    size_t override_count;
};

/** What the shipped tables know. */
struct tables {
    struct arena arena;
    const struct price_table *prices;
    struct instance_table instances;
};

static void load_tables(struct tables *tables) {
    struct diagnostics diagnostics;
    arena_init(&tables->arena);
    diagnostics_init(&diagnostics);
    assert_int_equal(price_table_load(&tables->arena, NULL, &tables->prices, &diagnostics),
                     STATUS_OK);
    assert_int_equal(instance_table_shipped(&tables->arena, &tables->instances, &diagnostics),
                     STATUS_OK);
}

/** Split the case at `*at` and move `*at` to the next one. */
static struct bad_case next_case(struct arena *arena, const char **at) {
    struct bad_case found = {.start = *at};
    const char *line = strchr(*at, '\n') + 1;
    while (strncmp(line, "--set ", 6) == 0) {
        const char *end = strchr(line, '\n');
        assert_true(found.override_count < OVERRIDES_MAX);
        found.overrides[found.override_count++].text =
            arena_copy(arena, line + 6, (size_t)(end - line - 6));
        line = end + 1;
    }
    const char *marker = strncmp(line, ">>>\n", 4) == 0 ? line : strstr(line, "\n>>>\n") + 1;
    found.yaml = line;
    found.yaml_length = (size_t)(marker - line);
    found.expected = marker + 4;
    const char *next =
        strncmp(found.expected, "=== ", 4) == 0 ? found.expected : strstr(found.expected, "\n=== ");
    if (next && next != found.expected)
        next++;
    found.expected_length = next ? (size_t)(next - found.expected) : strlen(found.expected);
    *at = next;
    return found;
}

/** What is printed about the case; empty when it loads. */
static void run_case(const struct tables *tables, const struct bad_case *bad, struct text *said) {
    struct diagnostics diagnostics;
    struct scenario *scenario;
    diagnostics_init(&diagnostics);
    enum status status =
        scenario_parse("bad.yaml", bad->yaml, bad->yaml_length, bad->overrides, bad->override_count,
                       tables->prices, &tables->instances, &scenario, &diagnostics);
    diagnostics_print(said, &diagnostics);
    assert_true((status == STATUS_INVALID) == (diagnostics.count > 0));
    scenario_free(scenario);
}

/** Runs all cases of a file; returns how many there are. */
static size_t run_file(const struct tables *tables, const char *path) {
    bool update = getenv("UPDATE_EXPECTED") != NULL;
    struct arena arena;
    struct diagnostics diagnostics;
    struct text rewritten;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    text_init(&rewritten);
    char *bytes;
    size_t length, count = 0, wrong = 0;
    assert_int_equal(file_read(&arena, path, FILE_BYTES_MAX, &bytes, &length, &diagnostics),
                     STATUS_OK);
    for (const char *at = bytes; at; count++) {
        struct bad_case bad = next_case(&arena, &at);
        struct text said;
        text_init(&said);
        run_case(tables, &bad, &said);
        text_add_bytes(&rewritten, bad.start, (size_t)(bad.expected - bad.start));
        text_add_bytes(&rewritten, said.data ? said.data : "", said.length);
        bool same = said.length > 0 && said.length == bad.expected_length &&
                    memcmp(said.data, bad.expected, said.length) == 0;
        if (!same && !update) {
            print_error("%s: %.*s\n--- expected\n%.*s--- said\n%s", path,
                        (int)strcspn(bad.start, "\n"), bad.start, (int)bad.expected_length,
                        bad.expected, said.data ? said.data : "(nothing)\n");
            wrong++;
        }
        text_fini(&said);
    }
    if (update)
        assert_int_equal(file_write_text(path, &rewritten, &diagnostics), STATUS_OK);
    text_fini(&rewritten);
    arena_fini(&arena);
    assert_int_equal(wrong, 0);
    return count;
}

static void test_every_bad_scenario(void **state) {
    (void)state;
    static const char *const paths[] = {"tests/bad/yaml.txt", "tests/bad/keys.txt",
                                        "tests/bad/values.txt", "tests/bad/checks.txt",
                                        "tests/bad/overrides.txt"};
    struct tables tables;
    load_tables(&tables);
    size_t count = 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        count += run_file(&tables, paths[i]);
    arena_fini(&tables.arena);
    assert_true(count >= 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_bad_scenario)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
