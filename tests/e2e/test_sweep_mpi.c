/**
 * simulate sweep over Open MPI: the bytes of one process, and what is left when a rank dies. Built
 * with MPI=1 only; `make test-mpi` runs it.
 */
#include "tests/e2e/program.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/** mpirun refuses root and more ranks than cores unless told; only tests should. */
#define MPIRUN "--allow-run-as-root", "--oversubscribe", "-n"
#define SWEEP                                                                                      \
    "sweep", "tests/e2e/small.yaml", "--replicas", replicas, "--vary",                             \
        "stack.loki.volume=1Gi,2Gi,3Gi,4Gi,5Gi,6Gi,7Gi,8Gi", "--vary",                             \
        "stack.tempo.volume=5Gi,20Gi", "--output", program->folder

/* A sweep that is over before it can be killed is tried again with more work in every point. */
static const char *const more_replicas[] = {"2000", "8000", "32000", "128000"};

static const char *simulate, *replicas;
static char mpirun[4096];

/** Find what make test-mpi installs. */
static int find_mpirun(void **state) {
    (void)state;
    simulate = getenv("SIMULATE");
    replicas = more_replicas[0];
    const char *path = getenv("PATH");
    for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
        snprintf(mpirun, sizeof mpirun, "%.*s/mpirun", (int)strcspn(path, ":"), path);
        if (access(mpirun, X_OK) == 0)
            return simulate ? 0 : -1;
    }
    return -1;
}

static const char *file(struct program *program, const char *name) {
    size_t length;
    return program_read(program, program_path(program, name), &length);
}

struct reports {
    const char *out, *csv, *page;
};

static struct reports take_reports(struct program *program) {
    return (struct reports){program->out, file(program, "small/sweep.csv"),
                            file(program, "small/sweep.html")};
}

static void assert_same(const struct reports *a, const struct reports *b) {
    assert_string_equal(a->out, b->out);
    assert_string_equal(a->csv, b->csv);
    assert_string_equal(a->page, b->page);
}

/** What one process prints and writes. */
static struct reports alone(struct program *program) {
    setenv("SIMULATE", simulate, 1);
    PROGRAM_RUN(program, SWEEP);
    assert_status(program, 0);
    const struct reports reports = take_reports(program);
    program_remove(program, "small");
    setenv("SIMULATE", mpirun, 1);
    return reports;
}

static void ranks_change_no_byte(void **state) {
    struct program *program = *state;
    const struct reports expected = alone(program);
    static const char *const ranks[] = {"1", "2", "4"};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        PROGRAM_RUN(program, MPIRUN, ranks[i], simulate, SWEEP);
        assert_status(program, 0);
        const struct reports found = take_reports(program);
        assert_same(&expected, &found);
        assert_string_equal(program->err, "");
        program_remove(program, "small");
    }
}

static void rank_0_alone_complains(void **state) {
    struct program *program = *state;
    setenv("SIMULATE", mpirun, 1);
    PROGRAM_RUN(program, MPIRUN, "3", simulate, SWEEP, "--vary", "stack.loky.volume=1Gi,2Gi");
    assert_status(program, 3);
    const char *first = strstr(program->err, "did you mean loki?");
    assert_non_null(first);
    assert_null(strstr(first + 1, "did you mean loki?"));
    PROGRAM_RUN(program, MPIRUN, "2", simulate, "check", "tests/e2e/small.yaml");
    assert_status(program, 2);
    assert_contains(program->err, "only sweep runs on several ranks");
}

/** Does a process's environment name this rank? */
static bool has_rank(const char *id, const char *wanted) {
    char path[300], bytes[16384];
    snprintf(path, sizeof path, "/proc/%s/environ", id);
    FILE *environment = fopen(path, "r");
    if (!environment)
        return false;
    size_t length = fread(bytes, 1, sizeof bytes - 1, environment);
    fclose(environment);
    bytes[length] = '\0';
    for (size_t at = 0; at < length; at += strlen(bytes + at) + 1)
        if (strcmp(bytes + at, wanted) == 0)
            return true;
    return false;
}

static pid_t parent_of(const char *id) {
    char path[300];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", id);
    FILE *facts = fopen(path, "r");
    if (!facts)
        return 0;
    if (fscanf(facts, "%*d (%*[^)]) %*c %d", &parent) != 1)
        parent = 0;
    fclose(facts);
    return parent;
}

/** The child of `parent` that is rank 2; 0 while there is none. */
static pid_t child_of(pid_t parent) {
    DIR *folder = opendir("/proc");
    pid_t found = 0;
    assert_non_null(folder);
    for (struct dirent *entry; !found && (entry = readdir(folder)) != NULL;)
        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name) &&
            parent_of(entry->d_name) == parent && has_rank(entry->d_name, "OMPI_COMM_WORLD_RANK=2"))
            found = (pid_t)strtol(entry->d_name, NULL, 10);
    closedir(folder);
    return found;
}

static bool has_point(struct program *program, const char *checkpoint) {
    size_t length;
    const char *end = strchr(program_read(program, checkpoint, &length), '\n');
    return end && strchr(end + 1, '\n');
}

static bool is_over(pid_t id) {
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/** Wait until a point is in the checkpoint; false when the sweep ended before one was seen. */
static bool await_point(struct program *program, pid_t id) {
    const char *checkpoint = program_path(program, "small/sweep.checkpoint");
    while (!is_over(id)) {
        if (access(checkpoint, R_OK) == 0 && has_point(program, checkpoint))
            return true;
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    return false;
}

enum victim { WORKER, WATCHER, MPIRUN_ITSELF };

/** Kill rank 2 or the process that watches it, or ask mpirun to stop. */
static void strike(pid_t id, enum victim victim) {
    if (victim == MPIRUN_ITSELF) {
        kill(id, SIGTERM);
        return;
    }
    const pid_t watcher = child_of(id);
    const pid_t struck = victim == WORKER && watcher > 0 ? child_of(watcher) : watcher;
    /* None is there to be struck when the sweep is just over. */
    if (struck > 0)
        kill(struck, SIGKILL);
}

/** A sweep that died after its first point and left its checkpoint; what it would have printed. */
static struct reports interrupt(struct program *program, enum victim victim) {
    for (size_t i = 0; i < sizeof more_replicas / sizeof *more_replicas; i++) {
        replicas = more_replicas[i];
        const struct reports expected = alone(program);
        pid_t id =
            program_start(program, (const char *const[]){MPIRUN, "4", simulate, SWEEP, NULL});
        if (await_point(program, id))
            strike(id, victim);
        program_wait(program, id);
        if (access(program_path(program, "small/sweep.checkpoint"), R_OK) == 0)
            return expected;
        program_remove(program, "small");
    }
    fail_msg("no sweep was at work for long enough to be killed");
    return (struct reports){NULL, NULL, NULL};
}

static void assert_interrupted(const struct program *program, int status) {
    assert_status(program, status);
    assert_contains(program->err, "a rank died");
    assert_contains(program->err, "--resume goes on from there");
    assert_string_equal(program->out, "");
}

static void ranks_resume(struct program *program, const struct reports *expected) {
    PROGRAM_RUN(program, MPIRUN, "4", simulate, SWEEP, "--resume");
    assert_status(program, 0);
    const struct reports found = take_reports(program);
    assert_same(expected, &found);
}

static void a_dead_rank_ends_the_sweep_which_resumes(void **state) {
    struct program *program = *state;
    const struct reports expected = interrupt(program, WORKER);
    assert_interrupted(program, 5);
    ranks_resume(program, &expected);
}

/** Then mpirun itself says 128 + 9; the rest is as above. */
static void so_does_a_rank_whose_watcher_is_killed(void **state) {
    struct program *program = *state;
    const struct reports expected = interrupt(program, WATCHER);
    assert_interrupted(program, 128 + SIGKILL);
    ranks_resume(program, &expected);
}

static void one_process_resumes_what_ranks_began(void **state) {
    struct program *program = *state;
    const struct reports expected = interrupt(program, MPIRUN_ITSELF);
    assert_int_not_equal(program->status, 0);
    setenv("SIMULATE", simulate, 1);
    PROGRAM_RUN(program, SWEEP, "--resume");
    assert_status(program, 0);
    const struct reports found = take_reports(program);
    assert_same(&expected, &found);
}

#define test(name) cmocka_unit_test_setup_teardown(name, program_setup, program_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        test(ranks_change_no_byte),
        test(rank_0_alone_complains),
        test(a_dead_rank_ends_the_sweep_which_resumes),
        test(so_does_a_rank_whose_watcher_is_killed),
        test(one_process_resumes_what_ranks_began),
    };
    return cmocka_run_group_tests(tests, find_mpirun, NULL);
}
