/** prices import: from a file of AWS's to the prices of the next run. */
#include "tests/e2e/program.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char offer[] = "tests/data/offer_ec2.csv";
static const char small[] = "tests/e2e/small.yaml";

static bool is_there(struct program *program, const char *name) {
    return access(program_path(program, name), F_OK) == 0;
}

static void an_import_prices_the_next_run(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "prices", "import", offer);
    assert_status(program, 0);
    assert_string_equal(program->err, "");
    assert_contains(program->out, "AmazonEC2 of 2026-02-03: 5 prices of 1 region taken");
    assert_contains(program->out, "most up: t3.medium on-demand in us-east-1 $0.0416");
    assert_contains(program->out, "divided by 1,024");
    assert_contains(program->out, "32 regions of the shipped table");
    assert_width(program->out, 100);
    assert_true(is_there(program, "simulate/prices/ec2.csv"));
    PROGRAM_RUN(program, "plan", small, PROGRAM_SMALL, "--set", "region=us-east-1", "--set",
                "cluster.nodes=[{type: t3.medium, count: 1}]");
    assert_contains(program->out, "imported AWS price list AmazonEC2 20260203040506 (2026-02-03)");
    assert_contains(program->out, "$0.052");
}

static void a_folder_can_be_named(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "prices", "import", offer, "--prices", program_path(program, "mine"),
                "--format", "json");
    assert_status(program, 0);
    json_t *json = json_loads(program->out, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "offer")), "AmazonEC2");
    assert_int_equal(json_integer_value(json_object_get(json, "prices")), 6);
    assert_int_equal(json_array_size(json_object_get(json, "regions")), 2);
    json_decref(json);
    assert_true(is_there(program, "mine/ec2.csv"));
    assert_true(is_there(program, "mine/ebs.csv"));
    assert_false(is_there(program, "simulate"));
}

static void standard_input_is_read(void **state) {
    struct program *program = *state;
    size_t length;
    program->input = program_read(program, offer, &length);
    PROGRAM_RUN(program, "prices", "import", "-", "--format", "csv");
    assert_status(program, 0);
    assert_contains(program->out, "us-east-1,t3.medium,on-demand,0.052,hour,2026-02-03\n");
    assert_contains(program->out, "us-east-1,,gp3 throughput,0.05,MiB/s-month,2026-02-03\n");
}

static void damage_leaves_the_tables_alone(void **state) {
    struct program *program = *state;
    size_t length, before_length;
    PROGRAM_RUN(program, "prices", "import", offer, "--quiet");
    assert_status(program, 0);
    assert_string_equal(program->out, "");
    const char *table = program_path(program, "simulate/prices/ec2.csv");
    const char *before = program_read(program, table, &before_length);
    char *text = program_read(program, offer, &length);
    text[length / 2] = '"';
    const char *damaged = program_path(program, "damaged.csv");
    FILE *file = fopen(damaged, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    PROGRAM_RUN(program, "prices", "import", damaged);
    assert_status(program, 3);
    assert_contains(program->err, "damaged.csv:");
    assert_contains(program->err, "quote");
    assert_string_equal(program_read(program, table, &length), before);
    char **paths;
    assert_int_equal(program_files(program, program_path(program, "simulate/prices"), &paths), 2);
}

static void a_savings_plan_can_pay(void **state) {
    struct program *program = *state;
    const char *paid = "cluster.purchase=savings-plan-1y";
    PROGRAM_RUN(program, "check", "scenarios/prod.yaml", "--set", paid);
    assert_status(program, 3);
    assert_contains(program->err, "simulate prices import FILE");
    PROGRAM_RUN(program, "prices", "import", "tests/data/offer_savings_plan.csv");
    assert_status(program, 0);
    assert_contains(program->out, "1 savings-plan-1y, 1 instance-savings-plan-1y");
    PROGRAM_RUN(program, "check", "scenarios/prod.yaml", "--set", paid);
    assert_status(program, 0);
}

/** A pipe that never ends: the program stops at once, and nothing is written. */
static void ctrl_c_leaves_nothing(void **state) {
    struct program *program = *state;
    const char *pipe_path = program_path(program, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    pid_t id = program_start(program, (const char *const[]){"prices", "import", pipe_path, NULL});
    FILE *pipe = fopen(pipe_path, "w"); /* returns once the program has opened it too */
    assert_non_null(pipe);
    fputs("FormatVersion,v1.0\n", pipe);
    fflush(pipe);
    usleep(50000);
    kill(id, SIGINT);
    program_wait(program, id);
    fclose(pipe);
    assert_status(program, 130);
    assert_false(is_there(program, "simulate"));
}

static void wrong_use_is_explained(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "prices", "export", offer);
    assert_status(program, 2);
    assert_contains(program->err, "did you mean simulate prices import FILE?");
    PROGRAM_RUN(program, "prices", "import", offer, "--format", "html");
    assert_status(program, 2);
    PROGRAM_RUN(program, "prices", "import", small);
    assert_status(program, 3);
    PROGRAM_RUN(program, "prices", "import", "nowhere.csv");
    assert_status(program, 4);
    PROGRAM_RUN(program, "prices", "import", offer, "--prices", small);
    assert_status(program, 4);
}

static void markdown_is_a_table(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "prices", "import", offer, "--format", "markdown");
    assert_status(program, 0);
    assert_contains(program->out, "### AmazonEC2 of 2026-02-03");
    assert_contains(program->out, "| us-east-1 |");
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(an_import_prices_the_next_run), test(a_folder_can_be_named),
        test(standard_input_is_read),        test(damage_leaves_the_tables_alone),
        test(ctrl_c_leaves_nothing),         test(wrong_use_is_explained),
        test(markdown_is_a_table),           test(a_savings_plan_can_pay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
