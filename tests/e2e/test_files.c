/** What a run leaves in its folder: every file, whole, in its own format. */
#include "tests/e2e/program.h"

#include <ctype.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include <cmocka.h>

static const char small[] = "tests/e2e/small.yaml";

/** Run the small scenario into the test's folder; the folder of its files. */
static char *run_small(struct program *program, const char *agent) {
    PROGRAM_RUN(program, "run", small, "--quiet", "--output", program->folder, "--set", agent);
    assert_status(program, 0);
    assert_string_equal(program->out, "");
    assert_string_equal(program->err, "");
    return program_path(program, "small");
}

static bool ends_in(const char *text, const char *ending) {
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

static void all_files_are_there_and_not_empty(void **state) {
    struct program *program = *state;
    static const char *const expected[] = {
        "report.html",
        "report.md",
        "result.json",
        "cost.csv",
        "series.csv",
        "values/loki.yaml",
        "values/tempo.yaml",
        "values/grafana.yaml",
        "values/promtail.yaml",
        "values/opentelemetry-collector.yaml",
        "manifests/namespace.yaml",
        "manifests/storageclass-gp3.yaml",
        "manifests/observability-dashboards.yaml",
        "dashboards/stack.json",
        "dashboards/fastapi.json",
        "dashboards/dramatiq.json",
        "plots/cost.svg",
        "plots/cost.png",
        "plots/cost-risk.svg",
        "plots/cost-risk.png",
        "plots/loki-memory-as-written.svg",
        "plots/loki-memory-as-written.png",
        "plots/loki-disk-best.svg",
        "plots/loki-disk-best.png",
        "plots/tempo-memory-best.svg",
        "plots/tempo-memory-best.png",
        "plots/tempo-disk-as-written.svg",
        "plots/tempo-disk-as-written.png",
    };
    char *folder = run_small(program, "stack.agent.kind=promtail");
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        size_t length;
        const char *path = arena_print(&program->arena, "%s/%s", folder, expected[i]);
        program_read(program, path, &length);
        if (length < 100)
            fail_msg("%s has %zu bytes", path, length);
    }
}

static void the_other_agent_has_its_own_values(void **state) {
    struct program *program = *state;
    char **paths;
    size_t count = program_files(program, run_small(program, "stack.agent.kind=alloy"), &paths);
    size_t alloy = 0, promtail = 0;
    for (size_t i = 0; i < count; i++) {
        alloy += strcmp(paths[i], "values/alloy.yaml") == 0;
        promtail += strcmp(paths[i], "values/promtail.yaml") == 0;
    }
    assert_int_equal(alloy, 1);
    assert_int_equal(promtail, 0);
}

/** Documents of a YAML file; fails with libyaml's words when it is not YAML. */
static size_t yaml_documents(const char *path, const char *bytes, size_t length) {
    yaml_parser_t parser;
    assert_int_equal(yaml_parser_initialize(&parser), 1);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    size_t documents = 0;
    for (bool ended = false; !ended;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event))
            fail_msg("%s:%zu: %s", path, parser.problem_mark.line + 1, parser.problem);
        documents += event.type == YAML_DOCUMENT_START_EVENT;
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return documents;
}

static void check_json(const char *path, const char *bytes) {
    json_error_t problem;
    json_t *json = json_loads(bytes, JSON_REJECT_DUPLICATES, &problem);
    if (!json)
        fail_msg("%s:%d: %s", path, problem.line, problem.text);
    static const char *const result[] = {"schema_version", "version", "scenario",    "seed",
                                         "replicas",       "verdict", "as_written",  "best",
                                         "alternatives",   "managed", "sensitivity", NULL};
    static const char *const dashboard[] = {"uid",        "title",         "panels",
                                            "templating", "schemaVersion", NULL};
    const char *const *keys = strncmp(path, "dashboards/", 11) == 0 ? dashboard : result;
    for (size_t i = 0; keys[i]; i++)
        if (!json_object_get(json, keys[i]))
            fail_msg("%s lacks the key %s", path, keys[i]);
    json_decref(json);
}

/** Every row has as many fields as the header; quotes are balanced. */
static void check_csv(const char *path, const char *bytes) {
    size_t fields = 1, wanted = 0, rows = 0;
    bool quoted = false;
    for (; *bytes; bytes++) {
        if (*bytes == '"')
            quoted = !quoted;
        else if (*bytes == ',' && !quoted)
            fields++;
        else if (*bytes == '\n' && !quoted) {
            wanted = rows++ == 0 ? fields : wanted;
            if (fields != wanted)
                fail_msg("%s: row %zu has %zu fields, the header %zu", path, rows, fields, wanted);
            fields = 1;
        }
    }
    assert_false(quoted);
    assert_true(rows > 5);
}

static void check_png(const char *path, const char *bytes, size_t length) {
    static const unsigned char start[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    static const unsigned char end[] = {'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
    if (length < 64 || memcmp(bytes, start, sizeof start) != 0 ||
        memcmp(bytes + length - sizeof end, end, sizeof end) != 0)
        fail_msg("%s is not a whole PNG", path);
}

static void check_svg(const char *path, const char *bytes) {
    if (!strstr(bytes, "<svg ") || !ends_in(bytes, "</svg>\n") || strstr(bytes, "nan"))
        fail_msg("%s is not a whole SVG", path);
    assert_contains(bytes, "role=\"img\"");
    assert_contains(bytes, "<title");
}

static void every_file_is_what_its_name_says(void **state) {
    struct program *program = *state;
    char **paths;
    const char *folder = run_small(program, "stack.agent.kind=promtail");
    size_t count = program_files(program, folder, &paths);
    assert_true(count >= 24);
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *path = paths[i];
        const char *full = arena_print(&program->arena, "%s/%s", folder, path);
        const char *bytes = program_read(program, full, &length);
        if (ends_in(path, ".yaml"))
            assert_int_equal(yaml_documents(path, bytes, length), 1);
        else if (ends_in(path, ".json"))
            check_json(path, bytes);
        else if (ends_in(path, ".csv"))
            check_csv(path, bytes);
        else if (ends_in(path, ".png"))
            check_png(path, bytes, length);
        else if (ends_in(path, ".svg"))
            check_svg(path, bytes);
        else if (!ends_in(path, ".html") && !ends_in(path, ".md"))
            fail_msg("%s is a file nobody asked for", path);
    }
}

/** Whether the tag that holds `at` starts with `name`. */
static bool inside_tag(const char *page, const char *at, const char *name) {
    while (at > page && *at != '<')
        at--;
    return strncasecmp(at, name, strlen(name)) == 0 && isspace((unsigned char)at[strlen(name)]);
}

static void check_nothing_is_loaded(const char *page, const char *attribute) {
    for (const char *at = page; (at = strcasestr(at, attribute)) != NULL; at++) {
        const char *value = at + strlen(attribute);
        value += *value == '"' || *value == '\'';
        if (*value != '#' && strncmp(value, "data:", 5) != 0 && !inside_tag(page, at, "<a"))
            fail_msg("the page loads %.80s", at);
    }
}

static void the_page_loads_nothing(void **state) {
    struct program *program = *state;
    size_t length;
    const char *folder = run_small(program, "stack.agent.kind=promtail");
    const char *page =
        program_read(program, arena_print(&program->arena, "%s/report.html", folder), &length);
    static const char *const loads[] = {" src=", " href=", "url(", "srcset=", "poster="};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        check_nothing_is_loaded(page, loads[i]);
    assert_null(strcasestr(page, "<script"));
    assert_null(strcasestr(page, "<link"));
    assert_null(strcasestr(page, "@import"));
    assert_contains(page, "<svg ");
    assert_contains(page, "</html>");
}

static void a_second_run_replaces_the_first(void **state) {
    struct program *program = *state;
    char **first, **second;
    size_t length;
    const char *folder = run_small(program, "stack.loki.volume=20Gi");
    size_t before = program_files(program, folder, &first);
    run_small(program, "stack.loki.volume=30Gi");
    assert_int_equal(program_files(program, folder, &second), before);
    for (size_t i = 0; i < before; i++)
        assert_string_equal(first[i], second[i]);
    const char *json = arena_print(&program->arena, "%s/result.json", folder);
    assert_contains(program_read(program, json, &length), "32212254720");
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(all_files_are_there_and_not_empty), test(the_other_agent_has_its_own_values),
        test(every_file_is_what_its_name_says),  test(the_page_loads_nothing),
        test(a_second_run_replaces_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
