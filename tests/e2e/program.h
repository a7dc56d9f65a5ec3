/**
 * The built program as its users meet it: started from outside, judged by its exit status and by
 * what it prints and writes.
 *
 * The program is the file that the environment variable SIMULATE names; `make test` sets it. Every
 * test works in a folder of its own, made and removed by program_setup() and program_teardown().
 * A failure of the harness itself fails the running test.
 */
#ifndef TESTS_E2E_PROGRAM_H
#define TESTS_E2E_PROGRAM_H

#include "sim/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** A few runs of a few days: enough to see every file and every sentence, done in a moment. */
#define PROGRAM_SMALL "--replicas", "64", "--set", "simulation.horizon=7d"

/** What a test has at hand; the state of every test here. */
struct program {
    struct arena arena; /**< for paths and texts; freed with the test */
    char *folder;       /**< the test's own folder; arena */
    const char *input;  /**< standard input of the next runs; NULL: empty */
    int status;         /**< exit status of the last run; 128 + signal when one ended it */
    char *out, *err;    /**< what the last run printed; arena */
    size_t out_length;
};

int program_setup(void **state);
int program_teardown(void **state);

/** Run with these arguments, wait for the end and fill status, out and err. */
#define PROGRAM_RUN(program, ...) program_run((program), (const char *const[]){__VA_ARGS__, NULL})
void program_run(struct program *program, const char *const arguments[]);

/** Start only; the process's id. What it prints goes to the same files. */
pid_t program_start(struct program *program, const char *const arguments[]);

/** Wait for a started run and fill status, out and err. */
void program_wait(struct program *program, pid_t id);

/** Run on a terminal of `columns`, on which program->input is typed; out takes all that it shows.
 *  False where the machine has no terminals to give. */
bool program_run_on_terminal(struct program *program, unsigned short columns,
                             const char *const arguments[]);

/** A path below the test's folder; arena. */
char *program_path(struct program *program, const char *name);

/** All of a file with a final NUL; fails the test when it cannot be read. Arena. */
char *program_read(struct program *program, const char *path, size_t *length);

/** The paths of all files below `folder`, sorted, relative to it; arena. */
size_t program_files(struct program *program, const char *folder, char ***paths);

/** Remove a folder below the test's own, with all that is in it. */
void program_remove(struct program *program, const char *name);

/** Fails with everything the last run printed unless its exit status is this one. */
#define assert_status(program, expected) assert_status_at((program), (expected), __FILE__, __LINE__)
void assert_status_at(const struct program *program, int expected, const char *file, int line);

/** Fails unless `text` contains `part`. */
#define assert_contains(text, part) assert_contains_at((text), (part), __FILE__, __LINE__)
void assert_contains_at(const char *text, const char *part, const char *file, int line);

/** Fails at the first line with more than `columns` characters. */
#define assert_width(text, columns) assert_width_at((text), (columns), __FILE__, __LINE__)
void assert_width_at(const char *text, size_t columns, const char *file, int line);

#endif
