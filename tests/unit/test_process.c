/** Child processes: fed, heard, bounded, stopped, reaped. */
#include "sim/base/clock.h"
#include "stack/process.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct diagnostics diagnostics;
static struct process_result result;

static int setup(void **state) {
    (void)state;
    diagnostics_init(&diagnostics);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    process_result_fini(&result);
    /* Every child was reaped. */
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SCRIPT(text) WORDS("sh", "-c", text)

static void run(const struct process_options *options) {
    process_result_fini(&result);
    if (process_run(options, &result, &diagnostics) != STATUS_OK)
        fail_msg("%s", diagnostics.items[0].message);
}

static void run_script(const char *script) {
    run(&(struct process_options){.arguments = SCRIPT(script)});
}

static void outputs_and_exit_status_are_told_apart(void **state) {
    (void)state;
    run_script("echo out; echo err >&2; exit 7");
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.exit_status, 7);
    assert_string_equal(result.out, "out\n");
    assert_string_equal(result.err, "err\n");
    assert_false(process_succeeded(&result));
    run_script("exit 0");
    assert_true(process_succeeded(&result));
    assert_string_equal(result.out, "");
}

/** Words reach the child as they are: no shell looks at them. */
static void arguments_are_not_interpreted(void **state) {
    (void)state;
    run(&(struct process_options){
        .arguments = WORDS("printf", "<%s>", "$(id)", "a b", "", "*", ";true", "'\"")});
    assert_string_equal(result.out, "<$(id)><a b><><*><;true><'\">");
}

/** More than a pipe holds, both ways at once: neither side may wait for ever. */
static void input_comes_from_memory(void **state) {
    (void)state;
    enum { BYTES = 300000 };
    char *input = malloc(BYTES);
    assert_non_null(input);
    for (size_t i = 0; i < BYTES; i++)
        input[i] = (char)('a' + i % 26);
    run(&(struct process_options){
        .arguments = WORDS("cat"), .input = input, .input_length = BYTES});
    assert_int_equal(result.out_length, BYTES);
    assert_memory_equal(result.out, input, BYTES);
    free(input);
    run(&(struct process_options){.arguments = WORDS("cat")});
    assert_string_equal(result.out, "");
}

/** SIGPIPE would end the test itself. */
static void input_that_nobody_reads_is_no_harm(void **state) {
    (void)state;
    static char input[1 << 20];
    run(&(struct process_options){
        .arguments = SCRIPT("exec <&-; exit 3"), .input = input, .input_length = sizeof input});
    assert_int_equal(result.exit_status, 3);
}

/* 1,000 lines of 10 bytes with a bound of 100: the first 50 bytes are lines 1 to 5, the last 50
 * lines 996 to 1000, and 9,900 bytes are gone. */
static void output_is_bounded(void **state) {
    (void)state;
    run(&(struct process_options){
        .arguments = SCRIPT("i=0; while [ $i -lt 1000 ]; do i=$((i+1)); printf '%09d\\n' $i; done"),
        .output_bytes_max = 100});
    assert_string_equal(result.out, "000000001\n000000002\n000000003\n000000004\n000000005\n"
                                    "\n[... 9900 bytes are not shown ...]\n"
                                    "000000996\n000000997\n000000998\n000000999\n000001000\n");
    assert_int_equal(result.out_cut, 9900);
}

static void output_just_within_the_bound_is_whole(void **state) {
    (void)state;
    run(&(struct process_options){.arguments = WORDS("printf", "%s", "0123456789abcdef"),
                                  .output_bytes_max = 16});
    assert_string_equal(result.out, "0123456789abcdef");
    assert_int_equal(result.out_cut, 0);
}

static void a_child_that_takes_too_long_is_stopped(void **state) {
    (void)state;
    double start = clock_seconds();
    run(&(struct process_options){.arguments = WORDS("sleep", "30"), .timeout_seconds = 0.1});
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_int_equal(result.signal, SIGINT);
    assert_true(clock_seconds() - start < 5);
}

/** Told by interrupt, then by terminate, then it is not asked any more. */
static void a_deaf_child_is_killed(void **state) {
    (void)state;
    run(&(struct process_options){.arguments = SCRIPT("trap 'echo int' INT; trap 'echo term' TERM; "
                                                      "while :; do sleep 0.02; done"),
                                  .timeout_seconds = 0.1,
                                  .interrupt_grace_seconds = 0.1,
                                  .terminate_grace_seconds = 0.1});
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_int_equal(result.signal, SIGKILL);
    assert_string_equal(result.out, "int\nterm\n");
}

static atomic_bool interrupted;

static bool is_interrupted(void *context) {
    (void)context;
    return interrupted;
}

static void interrupt_soon(int number) {
    (void)number;
    interrupted = true;
}

/** The child tidies up after SIGINT and chooses its own status. */
static void an_interrupted_child_may_tidy_up(void **state) {
    (void)state;
    interrupted = false;
    signal(SIGALRM, interrupt_soon);
    ualarm(100000, 0);
    run(&(struct process_options){
        .arguments = SCRIPT("trap 'echo tidied; exit 9' INT; while :; do sleep 0.02; done"),
        .interrupted = is_interrupted});
    signal(SIGALRM, SIG_DFL);
    assert_int_equal(result.end, PROCESS_INTERRUPTED);
    assert_int_equal(result.exit_status, 9);
    assert_string_equal(result.out, "tidied\n");
}

/** Gone, or a zombie that is init's to reap. */
static bool has_ended(pid_t id) {
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)id);
    FILE *file = fopen(path, "r");
    if (!file)
        return true;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    return !read || strstr(line, ") Z");
}

/** A grandchild in the same group goes with the child, and does not hold its pipes open. */
static void nothing_of_a_stopped_group_is_left(void **state) {
    (void)state;
    run(&(struct process_options){.arguments =
                                      SCRIPT("(trap '' INT; exec sleep 30) & echo $!; wait"),
                                  .timeout_seconds = 0.1});
    pid_t grandchild = (pid_t)strtol(result.out, NULL, 10);
    assert_true(grandchild > 1);
    for (int i = 0; i < 500 && !has_ended(grandchild); i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    assert_true(has_ended(grandchild));
}

static void a_process_left_behind_does_not_hold_us(void **state) {
    (void)state;
    double start = clock_seconds();
    run_script("sleep 3 & echo done");
    assert_string_equal(result.out, "done\n");
    assert_true(clock_seconds() - start < 2);
}

static void a_missing_program_is_named(void **state) {
    (void)state;
    const struct process_options options = {.arguments = WORDS("no-such-program-here"),
                                            .needed_hint = "version 3.8 or newer is needed"};
    assert_int_equal(process_run(&options, &result, &diagnostics), STATUS_EXTERNAL);
    assert_string_equal(diagnostics.items[0].message,
                        "no-such-program-here is not installed: no folder of PATH has it");
    assert_string_equal(diagnostics.items[0].hint, "version 3.8 or newer is needed");
    assert_null(result.out);
}

static void a_program_of_another_kind_fails_plainly(void **state) {
    (void)state;
    const struct process_options options = {.arguments = WORDS("/etc/passwd")};
    assert_int_equal(process_run(&options, &result, &diagnostics), STATUS_EXTERNAL);
    assert_string_equal(diagnostics.items[0].message, "/etc/passwd is no program that can be run");
}

static void additions_win_over_the_environment(void **state) {
    (void)state;
    setenv("PROCESS_TEST_A", "ours", 1);
    setenv("PROCESS_TEST_B", "kept", 1);
    run(&(struct process_options){
        .arguments = SCRIPT("echo $PROCESS_TEST_A $PROCESS_TEST_B $PROCESS_TEST_C; "
                            "env | grep -c ^PROCESS_TEST_A="),
        .environment = WORDS("PROCESS_TEST_A=added", "PROCESS_TEST_C=new")});
    assert_string_equal(result.out, "added kept new\n1\n");
}

/** Even a descriptor that somebody opened without close-on-exec. */
static void no_other_descriptor_is_inherited(void **state) {
    (void)state;
    int open_one = open("/dev/null", O_RDONLY);
    assert_true(open_one > STDERR_FILENO);
    run_script("for f in /proc/self/fd/*; do n=${f##*/}; [ $n -gt 2 ] && readlink $f; done");
    close(open_one);
    /* The shell's own look at the folder is there for a moment. */
    assert_null(strstr(result.out, "/dev/null"));
    assert_null(strstr(result.out, "pipe:"));
}

static void a_child_runs_beside_us(void **state) {
    (void)state;
    struct process process;
    const struct process_options options = {
        .arguments = SCRIPT("echo Forwarding from 127.0.0.1:4000; while :; do sleep 0.02; done")};
    assert_int_equal(process_start(&options, &process, &diagnostics), STATUS_OK);
    assert_true(process_wait_for(&process, "127.0.0.1:4000", 5));
    size_t length;
    assert_memory_equal(process_printed(&process, &length), "Forwarding", 10);
    assert_int_equal(length, strlen("Forwarding from 127.0.0.1:4000\n"));
    assert_true(process_pump(&process, 0.05));
    assert_int_equal(process_finish(&process, &result, &diagnostics), STATUS_OK);
    assert_int_equal(result.end, PROCESS_STOPPED);
    assert_string_equal(result.out, "Forwarding from 127.0.0.1:4000\n");
}

static void waiting_ends_with_the_child(void **state) {
    (void)state;
    struct process process;
    const struct process_options options = {.arguments = SCRIPT("echo no; exit 4")};
    assert_int_equal(process_start(&options, &process, &diagnostics), STATUS_OK);
    assert_false(process_wait_for(&process, "yes", 10));
    assert_int_equal(process_finish(&process, &result, &diagnostics), STATUS_OK);
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.exit_status, 4);
}

static void expect_command(const char *const *words, const char *expected) {
    struct text text;
    text_init(&text);
    process_print_command(&text, words);
    assert_string_equal(text.data, expected);
    text_fini(&text);
}

static void commands_can_be_pasted(void **state) {
    (void)state;
    expect_command(WORDS("helm", "upgrade", "--install", "loki", "grafana/loki"),
                   "helm upgrade --install loki grafana/loki");
    expect_command(WORDS("kubectl", "-o", "jsonpath={.items[*]}", "a b", "", "it's", "$x"),
                   "kubectl -o 'jsonpath={.items[*]}' 'a b' '' 'it'\\''s' '$x'");
}

static void endings_are_told_in_words(void **state) {
    (void)state;
    const struct process_options options = {
        .arguments = SCRIPT("echo first >&2; echo 'Error: no' >&2; echo >&2; exit 1")};
    run(&options);
    assert_int_equal(process_complain("sh", &result, "installing loki", &diagnostics),
                     STATUS_EXTERNAL);
    assert_string_equal(diagnostics.items[0].message,
                        "installing loki: sh exited with status 1: Error: no");
    const struct process_options killed = {.arguments = SCRIPT("kill -9 $$")};
    run(&killed);
    assert_int_equal(result.end, PROCESS_SIGNALLED);
    assert_int_equal(process_complain("sh", &result, "x", &diagnostics), STATUS_EXTERNAL);
    assert_string_equal(diagnostics.items[1].message, "x: sh was ended by signal 9 (Killed)");
    run(&(struct process_options){.arguments = WORDS("sleep", "30"), .timeout_seconds = 0.1});
    assert_int_equal(process_complain("sleep", &result, "x", &diagnostics), STATUS_EXTERNAL);
    assert_string_equal(diagnostics.items[2].message, "x: sleep did not finish within 0.1 s");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(outputs_and_exit_status_are_told_apart),
        test(arguments_are_not_interpreted),
        test(input_comes_from_memory),
        test(input_that_nobody_reads_is_no_harm),
        test(output_is_bounded),
        test(output_just_within_the_bound_is_whole),
        test(a_child_that_takes_too_long_is_stopped),
        test(a_deaf_child_is_killed),
        test(an_interrupted_child_may_tidy_up),
        test(nothing_of_a_stopped_group_is_left),
        test(a_process_left_behind_does_not_hold_us),
        test(a_missing_program_is_named),
        test(a_program_of_another_kind_fails_plainly),
        test(additions_win_over_the_environment),
        test(no_other_descriptor_is_inherited),
        test(a_child_runs_beside_us),
        test(waiting_ends_with_the_child),
        test(commands_can_be_pasted),
        test(endings_are_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
