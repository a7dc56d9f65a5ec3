/* The user's folder of price tables: where it is, and replacing tables in it. */
#include "sim/prices_import_tables.h"

#include "sim/base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096

/** A table on its way: whole and on the disk under `temporary`, to be renamed. */
struct replacement {
    char path[PATH_BYTES_MAX], temporary[PATH_BYTES_MAX];
    bool made; /**< the temporary file is there */
};

char *prices_folder(struct arena *arena, const char *given) {
    if (given)
        return arena_copy(arena, given, strlen(given));
    const char *data = getenv("XDG_DATA_HOME");
    if (data && data[0] == '/')
        return arena_print(arena, "%s/simulate/prices", data);
    const char *home = getenv("HOME");
    return home && *home ? arena_print(arena, "%s/.local/share/simulate/prices", home) : NULL;
}

/** `folder`/`name``ending`; false when it is too long. */
static bool print_path(char path[PATH_BYTES_MAX], const char *folder, const char *name,
                       const char *ending) {
    int length = snprintf(path, PATH_BYTES_MAX, "%s/%s%s", folder, name, ending);
    return length > 0 && length < PATH_BYTES_MAX;
}

bool prices_folder_has_tables(const char *folder) {
    static const char *const names[] = {"ec2.csv", "ebs.csv", "aws_other.csv", "managed.csv",
                                        "sources.csv"};
    char path[PATH_BYTES_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (print_path(path, folder, names[i], "") && access(path, F_OK) == 0)
            return true;
    return false;
}

static enum status system_error(const char *path, const char *what,
                                struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_SYSTEM, path, 0, 0, "cannot %s: %s", what,
                           strerror(errno));
}

static bool write_whole(int descriptor, const struct text *text) {
    for (size_t at = 0; at < text->length;) {
        ssize_t written = write(descriptor, text->data + at, text->length - at);
        if (written < 0 && errno != EINTR)
            return false;
        at += written > 0 ? (size_t)written : 0;
    }
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(descriptor, (mode_t)0666 & ~mask) == 0 && fsync(descriptor) == 0;
}

static enum status prepare(const struct prices_table *table, const char *folder,
                           struct replacement *replacement, struct diagnostics *diagnostics) {
    if (!print_path(replacement->path, folder, table->name, "") ||
        !print_path(replacement->temporary, folder, table->name, ".XXXXXX"))
        return diagnostics_add(diagnostics, STATUS_SYSTEM, folder, 0, 0, "the path is too long");
    int descriptor = mkstemp(replacement->temporary);
    if (descriptor < 0)
        return system_error(replacement->path, "create", diagnostics);
    replacement->made = true;
    bool fine = write_whole(descriptor, &table->text);
    int problem = errno;
    if (close(descriptor) != 0 && fine) {
        fine = false;
        problem = errno;
    }
    errno = problem;
    return fine ? STATUS_OK : system_error(replacement->path, "write", diagnostics);
}

static enum status put_in_place(struct replacement *replacement, struct diagnostics *diagnostics) {
    if (!replacement->made)
        return STATUS_OK;
    if (rename(replacement->temporary, replacement->path) != 0)
        return system_error(replacement->path, "write", diagnostics);
    replacement->made = false;
    return STATUS_OK;
}

/** A rename is on the disk once its folder is. Not every file system can say so. */
static void settle_folder(const char *folder) {
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

enum status prices_tables_write(const struct prices_tables *tables, const char *folder,
                                bool (*interrupted)(void), struct diagnostics *diagnostics) {
    struct replacement *replacements = calloc(PRICES_FILE_COUNT, sizeof *replacements);
    if (!replacements)
        return diagnostics_out_of_memory(diagnostics, "the price tables");
    enum status status = file_make_folder(folder, diagnostics);
    for (size_t i = 0; i < PRICES_FILE_COUNT && status == STATUS_OK; i++)
        if (tables->files[i].written_anew)
            status = prepare(&tables->files[i], folder, &replacements[i], diagnostics);
    if (status == STATUS_OK && interrupted && interrupted())
        status = diagnostics_add(diagnostics, STATUS_EXTERNAL, folder, 0, 0, "interrupted");
    for (size_t i = 0; i < PRICES_FILE_COUNT && status == STATUS_OK; i++)
        status = put_in_place(&replacements[i], diagnostics);
    for (size_t i = 0; i < PRICES_FILE_COUNT; i++)
        if (replacements[i].made)
            unlink(replacements[i].temporary);
    free(replacements);
    if (status == STATUS_OK)
        settle_folder(folder);
    return status;
}
