/**
 * Reading and writing whole files, safely: bounded reads, atomic writes.
 *
 * Thread safety: every function is reentrant.
 */
#ifndef SIM_BASE_FILES_H
#define SIM_BASE_FILES_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

/** Read all of `path` (`-` is standard input) into the arena with a final NUL; refuses more than
 *  `limit_bytes`. On success `*bytes` and `*length` are set. */
enum status file_read(struct arena *arena, const char *path, size_t limit_bytes, char **bytes,
                      size_t *length, struct diagnostics *diagnostics) MUST_CHECK;

/** Write `length` bytes to `path` through a temporary file in the same folder and a rename, so
 *  that a reader sees the old content or the new, never half. */
enum status file_write(const char *path, const char *bytes, size_t length,
                       struct diagnostics *diagnostics) MUST_CHECK;

#define FILE_PATH_BYTES 4096

/** A file on its way to replace another: whole under a temporary name in the same folder. */
struct file_replacement {
    char path[FILE_PATH_BYTES], temporary[FILE_PATH_BYTES];
    bool made; /**< the temporary file is there */
};

/** Write `length` bytes under a temporary name; `durable`: they are on the disk before it returns.
 *  For several files of which either all or none is to change: prepare them all, then put each in
 *  place. file_replacement_drop() is right afterwards, also after a failure. */
enum status file_replacement_prepare(struct file_replacement *replacement, const char *path,
                                     const char *bytes, size_t length, bool durable,
                                     struct diagnostics *diagnostics) MUST_CHECK;

/** Rename it into place; nothing when it was not prepared. */
enum status file_replacement_put(struct file_replacement *replacement,
                                 struct diagnostics *diagnostics) MUST_CHECK;

/** Remove the temporary file if it was not put in place. A zeroed replacement is fine. */
void file_replacement_drop(struct file_replacement *replacement);

/** file_write() of a finished text; STATUS_SYSTEM when the text has failed. */
enum status file_write_text(const char *path, const struct text *text,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Add a finished text to the end of `path`, which is made when it is not there. */
enum status file_append_text(const char *path, const struct text *text,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** Make the folder `path` and its parents; fine when it is there. */
enum status file_make_folder(const char *path, struct diagnostics *diagnostics) MUST_CHECK;

/** `folder`/`name` in the arena, or NULL when memory is out. */
char *file_join(struct arena *arena, const char *folder, const char *name);

#endif
