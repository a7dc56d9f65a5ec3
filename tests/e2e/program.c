#include "tests/e2e/program.h"

#include "sim/base/files.h"
#include "sim/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILE_BYTES_MAX = 16 << 20, ARGUMENTS_MAX = 64, FILES_MAX = 256 };

int program_setup(void **state) {
    static struct program program;
    memset(&program, 0, sizeof program);
    arena_init(&program.arena);
    const char *temporary = getenv("TMPDIR");
    program.folder =
        arena_print(&program.arena, "%s/simulate-e2e-XXXXXX", temporary ? temporary : "/tmp");
    *state = &program;
    if (!program.folder || !mkdtemp(program.folder))
        return -1;
    /* Prices that whoever runs the tests has imported stay out of them. */
    return setenv("XDG_DATA_HOME", program.folder, 1);
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *place) {
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

void program_remove(struct program *program, const char *name) {
    nftw(program_path(program, name), remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int program_teardown(void **state) {
    struct program *program = *state;
    int status = nftw(program->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    arena_fini(&program->arena);
    return status;
}

char *program_path(struct program *program, const char *name) {
    char *path = file_join(&program->arena, program->folder, name);
    assert_non_null(path);
    return path;
}

char *program_read(struct program *program, const char *path, size_t *length) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    char *bytes;
    if (file_read(&program->arena, path, FILE_BYTES_MAX, &bytes, length, &diagnostics) != STATUS_OK)
        fail_msg("%s: %s", path, diagnostics.items[0].message);
    return bytes;
}

static void fill_arguments(const char *const arguments[], char *words[ARGUMENTS_MAX]) {
    size_t count = 0;
    words[count] = getenv("SIMULATE");
    if (!words[count++])
        fail_msg("the environment variable SIMULATE must name the program");
    for (; *arguments; arguments++) {
        assert_true(count + 1 < ARGUMENTS_MAX);
        /* posix_spawn() takes words it might change, and does not. */
        words[count++] = (char *)(uintptr_t)*arguments;
    }
    words[count] = NULL;
}

static pid_t spawn(const posix_spawn_file_actions_t *actions, const char *const arguments[]) {
    char *words[ARGUMENTS_MAX];
    fill_arguments(arguments, words);
    posix_spawnattr_t attributes;
    assert_int_equal(posix_spawnattr_init(&attributes), 0);
    assert_int_equal(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID), 0);
    pid_t id;
    int problem = posix_spawn(&id, words[0], actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    if (problem != 0)
        fail_msg("cannot start %s: %s", words[0], strerror(problem));
    return id;
}

pid_t program_start(struct program *program, const char *const arguments[]) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    const char *in = program_path(program, ".in");
    const char *input = program->input ? program->input : "";
    assert_int_equal(file_write(in, input, strlen(input), &diagnostics), STATUS_OK);
    posix_spawn_file_actions_t actions;
    int flags = O_WRONLY | O_CREAT | O_TRUNC;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, program_path(program, ".out"), flags,
                                     0666);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, program_path(program, ".err"), flags,
                                     0666);
    pid_t id = spawn(&actions, arguments);
    posix_spawn_file_actions_destroy(&actions);
    return id;
}

static void take_status(struct program *program, pid_t id) {
    int status;
    while (waitpid(id, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    program->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void program_wait(struct program *program, pid_t id) {
    size_t err_length;
    take_status(program, id);
    program->out = program_read(program, program_path(program, ".out"), &program->out_length);
    program->err = program_read(program, program_path(program, ".err"), &err_length);
}

void program_run(struct program *program, const char *const arguments[]) {
    program_wait(program, program_start(program, arguments));
}

/** A new terminal's two ends, or false where there are none. */
static bool open_terminal(unsigned short columns, int *ours, char name[static 64]) {
    *ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*ours < 0)
        return false;
    const struct winsize size = {.ws_row = 50, .ws_col = columns};
    if (grantpt(*ours) == 0 && unlockpt(*ours) == 0 && ptsname_r(*ours, name, 64) == 0 &&
        access(name, R_OK | W_OK) == 0 && ioctl(*ours, TIOCSWINSZ, &size) == 0)
        return true;
    close(*ours);
    return false;
}

bool program_run_on_terminal(struct program *program, unsigned short columns,
                             const char *const arguments[]) {
    int ours;
    char name[64];
    if (!open_terminal(columns, &ours, name))
        return false;
    posix_spawn_file_actions_t actions;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    for (int end = STDIN_FILENO; end <= STDERR_FILENO; end++)
        posix_spawn_file_actions_addopen(&actions, end, name, O_RDWR | O_NOCTTY, 0);
    pid_t id = spawn(&actions, arguments);
    posix_spawn_file_actions_destroy(&actions);
    struct text shown;
    text_init(&shown);
    /* What is typed waits in the terminal until the program asks. */
    if (program->input)
        assert_true(write(ours, program->input, strlen(program->input)) > 0);
    char piece[4096];
    /* The read fails with EIO once the program has closed its end. */
    for (ssize_t got; (got = read(ours, piece, sizeof piece)) > 0;)
        text_add_bytes(&shown, piece, (size_t)got);
    close(ours);
    take_status(program, id);
    program->out = arena_copy(&program->arena, shown.data ? shown.data : "", shown.length);
    program->out_length = shown.length;
    program->err = arena_copy(&program->arena, "", 0);
    text_fini(&shown);
    assert_non_null(program->out);
    return true;
}

static int by_name(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void add_files(struct program *program, const char *folder, const char *prefix,
                      char *paths[FILES_MAX], size_t *count) {
    DIR *stream = opendir(folder);
    if (!stream)
        return;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *name = arena_print(&program->arena, "%s%s", prefix, entry->d_name);
        char *path = file_join(&program->arena, folder, entry->d_name);
        struct stat facts;
        assert_int_equal(stat(path, &facts), 0);
        if (S_ISDIR(facts.st_mode)) {
            add_files(program, path, arena_print(&program->arena, "%s/", name), paths, count);
            continue;
        }
        assert_true(*count < FILES_MAX);
        paths[(*count)++] = name;
    }
    closedir(stream);
}

size_t program_files(struct program *program, const char *folder, char ***paths) {
    size_t count = 0;
    *paths = arena_array(&program->arena, FILES_MAX, sizeof **paths);
    assert_non_null(*paths);
    add_files(program, folder, "", *paths, &count);
    qsort(*paths, count, sizeof **paths, by_name);
    return count;
}

void assert_status_at(const struct program *program, int expected, const char *file, int line) {
    if (program->status == expected)
        return;
    print_error("exit status %d, expected %d\n--- printed\n%.2000s\n--- said\n%.2000s\n",
                program->status, expected, program->out, program->err);
    _fail(file, line);
}

void assert_contains_at(const char *text, const char *part, const char *file, int line) {
    if (strstr(text, part))
        return;
    print_error("\"%s\" is not in\n%.2000s\n", part, text);
    _fail(file, line);
}

void assert_width_at(const char *text, size_t columns, const char *file, int line) {
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        char *row = strndup(text, length);
        assert_non_null(row);
        bool fits = text_width(row) <= columns;
        if (!fits)
            print_error("wider than %zu columns:\n%s\n", columns, row);
        free(row);
        if (!fits)
            _fail(file, line);
        text += length;
        text += strspn(text, "\r\n");
    }
}
