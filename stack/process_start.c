#include "stack/process.h"

#include "sim/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** The three pipes of a child: [0] reads, [1] writes; -1 where there is none. */
struct pipes {
    int input[2], out[2], err[2];
};

static void close_end(int *end) {
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void close_pipes(struct pipes *pipes) {
    for (int i = 0; i < 2; i++) {
        close_end(&pipes->input[i]);
        close_end(&pipes->out[i]);
        close_end(&pipes->err[i]);
    }
}

/** Above 2: dup2() of a standard descriptor onto itself would keep it close-on-exec, and one pipe
 *  would run over another. */
static bool move_up(int *end) {
    if (*end > STDERR_FILENO)
        return true;
    int moved = fcntl(*end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0)
        return false;
    close(*end);
    *end = moved;
    return true;
}

/** Our own ends do not block: one thread serves all three. */
static bool open_pipe(int ends[2], int ours) {
    if (pipe2(ends, O_CLOEXEC) != 0) {
        ends[0] = ends[1] = -1;
        return false;
    }
    return move_up(&ends[0]) && move_up(&ends[1]) && fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0;
}

static bool open_pipes(struct pipes *pipes, bool with_input) {
    *pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    return (!with_input || open_pipe(pipes->input, 1)) && open_pipe(pipes->out, 0) &&
           open_pipe(pipes->err, 0);
}

static int fill_actions(posix_spawn_file_actions_t *actions, const struct pipes *pipes) {
    int problem =
        pipes->input[0] >= 0
            ? posix_spawn_file_actions_adddup2(actions, pipes->input[0], STDIN_FILENO)
            : posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(actions, pipes->out[1], STDOUT_FILENO);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(actions, pipes->err[1], STDERR_FILENO);
    if (problem == 0)
        problem = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    return problem;
}

/** A group of its own, no signal blocked, and none ignored that the child may want to hear. */
static int fill_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    static const int heard[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
        sigaddset(&defaults, heard[i]);
    int problem = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (problem == 0)
        problem = posix_spawnattr_setpgroup(attributes, 0);
    if (problem == 0)
        problem = posix_spawnattr_setsigmask(attributes, &none);
    if (problem == 0)
        problem = posix_spawnattr_setsigdefault(attributes, &defaults);
    return problem;
}

/** `NAME=` of an entry of the environment, its length; 0 when it is not of that form. */
static size_t name_length(const char *entry) {
    const char *equals = strchr(entry, '=');
    return equals ? (size_t)(equals - entry) + 1 : 0;
}

static bool is_replaced(const char *entry, const char *const *additions) {
    size_t length = name_length(entry);
    for (; length > 0 && additions && *additions; additions++)
        if (strncmp(entry, *additions, length) == 0)
            return true;
    return false;
}

static size_t count_words(const char *const *words) {
    size_t count = 0;
    while (words && words[count])
        count++;
    return count;
}

/** Ours without what `additions` replace, then these. From malloc(); NULL when memory is out. */
static char **make_environment(const char *const *additions) {
    size_t ours = count_words((const char *const *)environ), more = count_words(additions);
    char **made = malloc((ours + more + 1) * sizeof *made);
    if (!made)
        return NULL;
    size_t count = 0;
    for (size_t i = 0; i < ours; i++)
        if (!is_replaced(environ[i], additions))
            made[count++] = environ[i];
    /* posix_spawn() takes words it might change, and does not; the same below. */
    for (size_t i = 0; i < more; i++)
        made[count++] = (char *)(uintptr_t)additions[i];
    made[count] = NULL;
    return made;
}

static int spawn(const char *path, const struct process_options *options, const struct pipes *pipes,
                 char **environment, pid_t *id) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int problem = posix_spawn_file_actions_init(&actions);
    if (problem != 0)
        return problem;
    problem = posix_spawnattr_init(&attributes);
    if (problem == 0) {
        problem = fill_actions(&actions, pipes);
        if (problem == 0)
            problem = fill_attributes(&attributes);
        if (problem == 0)
            problem = posix_spawn(id, path, &actions, &attributes,
                                  (char **)(uintptr_t)options->arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

static enum status complain(const struct process_options *options, int problem,
                            struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_SYSTEM, NULL, 0, 0, "cannot start %s: %s",
                           options->arguments[0], strerror(problem));
}

static enum status missing(const struct process_options *options, struct diagnostics *diagnostics) {
    enum status status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                         strchr(options->arguments[0], '/')
                                             ? "%s is no program that can be run"
                                             : "%s is not installed: no folder of PATH has it",
                                         options->arguments[0]);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last && options->needed_hint)
        snprintf(last->hint, sizeof last->hint, "%s", options->needed_hint);
    return status;
}

static void take_over(struct process *process, struct pipes *pipes) {
    process->input = pipes->input[1];
    process->out = pipes->out[0];
    process->err = pipes->err[0];
    pipes->input[1] = pipes->out[0] = pipes->err[0] = -1;
}

static void prepare(struct process *process, const struct process_options *options) {
    size_t bytes_max =
        options->output_bytes_max > 0 ? options->output_bytes_max : PROCESS_OUTPUT_BYTES;
    *process = (struct process){
        .input = -1, .out = -1, .err = -1, .options = options, .started = clock_seconds()};
    process_capture_init(&process->out_capture, bytes_max);
    process_capture_init(&process->err_capture, bytes_max);
}

static bool can_run(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode) && access(path, X_OK) == 0;
}

/** Where `name` is in PATH, or itself when it has a slash. */
static bool find(const char *name, char *path, size_t size) {
    if (strchr(name, '/')) {
        int length = snprintf(path, size, "%s", name);
        return length > 0 && (size_t)length < size && can_run(path);
    }
    const char *folders = getenv("PATH");
    while (name[0] && folders && *folders) {
        int length = (int)strcspn(folders, ":");
        int needed = snprintf(path, size, "%.*s/%s", length, folders, name);
        if (length > 0 && needed > 0 && (size_t)needed < size && can_run(path))
            return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

enum status process_start(const struct process_options *options, struct process *process,
                          struct diagnostics *diagnostics) {
    char path[PATH_MAX];
    struct pipes pipes;
    prepare(process, options);
    if (!find(options->arguments[0], path, sizeof path))
        return missing(options, diagnostics);
    char **environment = make_environment(options->environment);
    if (!environment)
        return diagnostics_out_of_memory(diagnostics, "starting a program");
    int problem = 0;
    if (!open_pipes(&pipes, options->input && options->input_length > 0))
        problem = errno;
    if (problem == 0)
        problem = spawn(path, options, &pipes, environment, &process->id);
    if (problem == 0)
        take_over(process, &pipes);
    close_pipes(&pipes);
    free(environment);
    return problem == 0 ? STATUS_OK : complain(options, problem, diagnostics);
}
