/** bill: an AWS bill against a scenario. */
#include "tests/e2e/program.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/** Costs do not hang on chance here: a few runs will do. */
#define FEW "--replicas", "8", "--set", "simulation.horizon=7d"

static const char focus[] = "tests/data/bill_focus.csv";
static const char cur[] = "tests/data/bill_cur.csv";
static const char prod[] = "scenarios/prod.yaml";

static void differences_are_explained(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "bill", focus, prod, FEW);
    assert_status(program, 0);
    assert_string_equal(program->err, "");
    assert_contains(program->out, "prod: $40.31 a month billed for what is predicted at $33.25");
    assert_contains(program->out, "hours: 965 billed against 730");
    assert_contains(program->out, "as predicted");
    assert_contains(program->out, "cluster.control_plane is excluded");
    assert_contains(program->out, "$20.50 taxes (1 row)");
    assert_contains(program->out, "-$5.00 credits");
    assert_width(program->out, 100);
    if (program_run_on_terminal(program, 80, (const char *const[]){"bill", focus, prod, FEW, NULL}))
        assert_contains(program->out, "Likely reason");
}

static void what_the_scenario_has_is_compared(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "bill", focus, prod, FEW, "--set", "cluster.control_plane=included",
                "--set", "cluster.nat_gateways=1", "--set", "cluster.public_ipv4=1", "--format",
                "json");
    assert_status(program, 0);
    json_t *json = json_loads(program->out, 0, NULL);
    assert_non_null(json);
    size_t i, as_predicted = 0;
    json_t *line;
    json_array_foreach(json_object_get(json, "lines"), i, line) as_predicted +=
        strcmp(json_string_value(json_object_get(line, "reason")), "as predicted") == 0;
    assert_int_equal(as_predicted, 4);
    json_decref(json);
}

static void a_report_of_a_week_is_scaled(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "bill", cur, prod, FEW, "--format", "csv");
    assert_status(program, 0);
    /* 336 h x 730 / 168, 11.1888 x 730 / 168. */
    assert_contains(program->out, "t3.medium,hour,1460,48.618,730,30.368,");
    PROGRAM_RUN(program, "bill", cur, prod, FEW, "--format", "markdown");
    assert_status(program, 0);
    assert_contains(program->out, "| t3.medium |");
    assert_contains(program->out, "part of a month");
}

static void wrong_use_is_explained(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "bill", "-", "-");
    assert_status(program, 2);
    PROGRAM_RUN(program, "bill", focus, prod, "--format", "html");
    assert_status(program, 2);
    PROGRAM_RUN(program, "bill", focus);
    assert_status(program, 2);
    PROGRAM_RUN(program, "bill", prod, prod);
    assert_status(program, 3);
    PROGRAM_RUN(program, "bill", "nowhere.csv", prod);
    assert_status(program, 4);
    PROGRAM_RUN(program, "bill", focus, prod, "--set", "name=shop");
    assert_status(program, 3);
    assert_contains(program->err, "say which one with --set name=prod");
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(differences_are_explained),
        test(what_the_scenario_has_is_compared),
        test(a_report_of_a_week_is_scaled),
        test(wrong_use_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
