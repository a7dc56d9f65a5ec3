/** simulate verify against a cluster that is played: from outside, what it says and how it ends. */
#include "tests/e2e/fake_cluster.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIO "tests/e2e/small.yaml", PROGRAM_SMALL

static int setup(void **state) {
    if (program_setup(state) != 0)
        return -1;
    fake_cluster_begin(*state);
    return 0;
}

static int teardown(void **state) {
    fake_cluster_end();
    return program_teardown(state);
}

static void an_empty_cluster_is_drift(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "verify", SCENARIO);
    assert_status(program, 1);
    assert_contains(program->out, "prod: DRIFT, ");
    assert_contains(program->out, "it is not there");
    assert_contains(program->out, "Settings that Loki and Tempo run with");
    assert_width(program->out, 100);
    assert_string_equal(program->err, "");
}

/** What helm holds of a plan just deployed is as planned; nothing is changed by looking. */
static void releases_just_deployed_are_as_planned(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "deploy", SCENARIO, "--yes", "--no-smoke", "--output", program->folder);
    assert_status(program, 0);
    const char *before = fake_cluster_read(program, "releases.json");
    PROGRAM_RUN(program, "verify", SCENARIO, "--format", "json");
    assert_status(program, 1);
    assert_string_equal(fake_cluster_read(program, "releases.json"), before);
    json_t *json = json_loads(program->out, JSON_REJECT_DUPLICATES, NULL), *line;
    assert_non_null(json);
    size_t i, versions = 0;
    json_array_foreach(json_object_get(json, "lines"), i, line) {
        if (strcmp(json_string_value(json_object_get(line, "what")), "chart version") != 0)
            continue;
        assert_string_equal(json_string_value(json_object_get(line, "verdict")), "same");
        versions++;
    }
    assert_int_equal(versions, 5);
    json_decref(json);
}

/** There is no secret to log in with; what was compared is shown all the same. */
static void a_smoke_test_that_fails_hides_nothing(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "verify", SCENARIO, "--smoke");
    assert_status(program, 5);
    assert_contains(program->out, "prod: DRIFT, ");
    assert_contains(program->err, "there is no secret grafana-admin");
}

static void other_formats_are_refused(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "verify", SCENARIO, "--format", "csv");
    assert_status(program, 2);
    assert_contains(program->err, "verify prints text or json");
    PROGRAM_RUN(program, "verify", SCENARIO, "--context", "stagin");
    assert_status(program, 5);
    assert_contains(program->err, "did you mean staging?");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char *argv[]) {
    int played = fake_cluster_play(argc, argv);
    if (played >= 0)
        return played;
    const struct CMUnitTest tests[] = {
        test(an_empty_cluster_is_drift),
        test(releases_just_deployed_are_as_planned),
        test(a_smoke_test_that_fails_hides_nothing),
        test(other_formats_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
