/* The user's folder of price tables: where it is, and replacing tables in it. */
#include "sim/prices_import_tables.h"

#include "sim/base/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *prices_folder(struct arena *arena, const char *given) {
    if (given)
        return arena_copy(arena, given, strlen(given));
    const char *data = getenv("XDG_DATA_HOME");
    if (data && data[0] == '/')
        return arena_print(arena, "%s/simulate/prices", data);
    const char *home = getenv("HOME");
    return home && *home ? arena_print(arena, "%s/.local/share/simulate/prices", home) : NULL;
}

/** `folder`/`name`; false when it is too long. */
static bool print_path(char path[FILE_PATH_BYTES], const char *folder, const char *name) {
    int length = snprintf(path, FILE_PATH_BYTES, "%s/%s", folder, name);
    return length > 0 && length < FILE_PATH_BYTES;
}

bool prices_folder_has_tables(const char *folder) {
    static const char *const names[] = {"ec2.csv", "ebs.csv", "aws_other.csv", "managed.csv",
                                        "sources.csv"};
    char path[FILE_PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (print_path(path, folder, names[i]) && access(path, F_OK) == 0)
            return true;
    return false;
}

static enum status prepare(const struct prices_table *table, const char *folder,
                           struct file_replacement *replacement, struct diagnostics *diagnostics) {
    char path[FILE_PATH_BYTES];
    if (!print_path(path, folder, table->name))
        return diagnostics_add(diagnostics, STATUS_SYSTEM, folder, 0, 0, "the path is too long");
    return file_replacement_prepare(replacement, path, table->text.data ? table->text.data : "",
                                    table->text.length, true, diagnostics);
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
    struct file_replacement *replacements = calloc(PRICES_FILE_COUNT, sizeof *replacements);
    if (!replacements)
        return diagnostics_out_of_memory(diagnostics, "the price tables");
    enum status status = file_make_folder(folder, diagnostics);
    for (size_t i = 0; i < PRICES_FILE_COUNT && status == STATUS_OK; i++)
        if (tables->files[i].written_anew)
            status = prepare(&tables->files[i], folder, &replacements[i], diagnostics);
    if (status == STATUS_OK && interrupted && interrupted())
        status = diagnostics_add(diagnostics, STATUS_EXTERNAL, folder, 0, 0, "interrupted");
    for (size_t i = 0; i < PRICES_FILE_COUNT && status == STATUS_OK; i++)
        status = file_replacement_put(&replacements[i], diagnostics);
    for (size_t i = 0; i < PRICES_FILE_COUNT; i++)
        file_replacement_drop(&replacements[i]);
    free(replacements);
    if (status == STATUS_OK)
        settle_folder(folder);
    return status;
}
