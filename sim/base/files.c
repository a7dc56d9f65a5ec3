#include "sim/base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** The process and a number, behind the name of the file that is replaced. Files that a killed
 *  process left behind may be in the way. */
enum { TEMPORARY_ENDING_BYTES = 32, ATTEMPTS_MAX = 1000 };

static enum status system_error(struct diagnostics *diagnostics, const char *path,
                                const char *what) {
    return diagnostics_add(diagnostics, STATUS_SYSTEM, path, 0, 0, "cannot %s: %s", what,
                           strerror(errno));
}

static enum status read_stream(struct arena *arena, FILE *stream, const char *path,
                               size_t limit_bytes, char **bytes, size_t *length,
                               struct diagnostics *diagnostics) {
    struct text content;
    text_init(&content);
    char piece[16384];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, stream)) > 0) {
        text_add_bytes(&content, piece, got);
        if (content.length > limit_bytes || content.failed)
            break;
    }
    enum status status = STATUS_OK;
    if (ferror(stream))
        status = system_error(diagnostics, path, "read");
    else if (content.length > limit_bytes)
        status = diagnostics_add(diagnostics, STATUS_INVALID, path, 0, 0,
                                 "the file is larger than %zu bytes, the most that is read",
                                 limit_bytes);
    else if (content.failed)
        status = diagnostics_out_of_memory(diagnostics, "reading a file");
    if (status == STATUS_OK) {
        *bytes = arena_copy(arena, content.data ? content.data : "", content.length);
        *length = content.length;
        if (!*bytes)
            status = diagnostics_out_of_memory(diagnostics, "reading a file");
    }
    text_fini(&content);
    return status;
}

enum status file_read(struct arena *arena, const char *path, size_t limit_bytes, char **bytes,
                      size_t *length, struct diagnostics *diagnostics) {
    if (strcmp(path, "-") == 0)
        return read_stream(arena, stdin, "<stdin>", limit_bytes, bytes, length, diagnostics);
    FILE *stream = fopen(path, "rbe");
    if (!stream)
        return system_error(diagnostics, path, "open");
    enum status status = read_stream(arena, stream, path, limit_bytes, bytes, length, diagnostics);
    fclose(stream);
    return status;
}

static bool write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/** A new file beside the one it is to replace; -1 and errno when there is none. */
static int create_temporary(struct file_replacement *replacement) {
    for (unsigned attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        snprintf(replacement->temporary, sizeof replacement->temporary, "%.*s.%ld-%u",
                 FILE_PATH_BYTES - TEMPORARY_ENDING_BYTES, replacement->path, (long)getpid(),
                 attempt);
        int descriptor =
            open(replacement->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

enum status file_replacement_prepare(struct file_replacement *replacement, const char *path,
                                     const char *bytes, size_t length, bool durable,
                                     struct diagnostics *diagnostics) {
    *replacement = (struct file_replacement){.made = false};
    size_t path_length = strlen(path);
    if (path_length > FILE_PATH_BYTES - TEMPORARY_ENDING_BYTES)
        return diagnostics_add(diagnostics, STATUS_SYSTEM, path, 0, 0, "the path is too long");
    memcpy(replacement->path, path, path_length + 1);
    int descriptor = create_temporary(replacement);
    if (descriptor < 0)
        return system_error(diagnostics, path, "create");
    replacement->made = true;
    bool fine = write_all(descriptor, bytes, length) && (!durable || fsync(descriptor) == 0);
    int problem = errno;
    if (close(descriptor) != 0 && fine) {
        fine = false;
        problem = errno;
    }
    errno = problem;
    return fine ? STATUS_OK : system_error(diagnostics, path, "write");
}

enum status file_replacement_put(struct file_replacement *replacement,
                                 struct diagnostics *diagnostics) {
    if (!replacement->made)
        return STATUS_OK;
    if (rename(replacement->temporary, replacement->path) != 0)
        return system_error(diagnostics, replacement->path, "write");
    replacement->made = false;
    return STATUS_OK;
}

void file_replacement_drop(struct file_replacement *replacement) {
    if (replacement->made)
        unlink(replacement->temporary);
    replacement->made = false;
}

enum status file_write(const char *path, const char *bytes, size_t length,
                       struct diagnostics *diagnostics) {
    struct file_replacement replacement;
    enum status status =
        file_replacement_prepare(&replacement, path, bytes, length, false, diagnostics);
    if (status == STATUS_OK)
        status = file_replacement_put(&replacement, diagnostics);
    file_replacement_drop(&replacement);
    return status;
}

enum status file_write_text(const char *path, const struct text *text,
                            struct diagnostics *diagnostics) {
    if (text->failed)
        return diagnostics_out_of_memory(diagnostics, path);
    return file_write(path, text->data ? text->data : "", text->length, diagnostics);
}

enum status file_append_text(const char *path, const struct text *text,
                             struct diagnostics *diagnostics) {
    if (text->failed)
        return diagnostics_out_of_memory(diagnostics, path);
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return system_error(diagnostics, path, "open");
    bool fine = write_all(descriptor, text->data ? text->data : "", text->length);
    if (close(descriptor) != 0)
        fine = false;
    return fine ? STATUS_OK : system_error(diagnostics, path, "write");
}

enum status file_make_folder(const char *path, struct diagnostics *diagnostics) {
    char prefix[FILE_PATH_BYTES];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof prefix)
        return diagnostics_add(diagnostics, STATUS_SYSTEM, path, 0, 0,
                               "a folder's path has 1 to %d bytes", FILE_PATH_BYTES - 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(prefix, path, i);
        prefix[i] = '\0';
        if (mkdir(prefix, 0777) != 0 && errno != EEXIST)
            return system_error(diagnostics, prefix, "create the folder");
    }
    struct stat facts;
    if (stat(path, &facts) != 0)
        return system_error(diagnostics, path, "open");
    if (!S_ISDIR(facts.st_mode))
        return diagnostics_add(diagnostics, STATUS_SYSTEM, path, 0, 0, "is not a folder");
    return STATUS_OK;
}

char *file_join(struct arena *arena, const char *folder, const char *name) {
    return arena_print(arena, "%s/%s", folder, name);
}
