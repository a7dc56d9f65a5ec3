/**
 * Status codes and diagnostics: how every fallible function of the program reports trouble.
 *
 * A fallible function returns `enum status`; when it is not STATUS_OK the function has added at
 * least one entry to the `struct diagnostics` it was given. Nothing below main prints or exits.
 *
 * Thread safety: a `struct diagnostics` belongs to one thread at a time.
 */
#ifndef SIM_BASE_STATUS_H
#define SIM_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/** One line a status: name, process exit status, short text. */
#define STATUS_LIST(X)                                                                             \
    X(STATUS_OK, 0, "ok")                                                                          \
    X(STATUS_USAGE, 2, "wrong usage")                                                              \
    X(STATUS_INVALID, 3, "invalid input")                                                          \
    X(STATUS_SYSTEM, 4, "file or system error")                                                    \
    X(STATUS_EXTERNAL, 5, "an external program failed")                                            \
    X(STATUS_INTERNAL, 4, "internal error")

enum status {
#define X(name, exit_status, text) name,
    STATUS_LIST(X)
#undef X
};

#define MUST_CHECK __attribute__((warn_unused_result))

/** Process exit status that stands for `status` (0, 2, 3, 4 or 5). */
int status_exit(enum status status);

/** Short English text for `status`; static storage. */
const char *status_text(enum status status);

/** One thing that is wrong and what to do about it. Buffers are fixed so that reporting an
 *  out-of-memory condition needs no memory; longer texts are cut. */
struct diagnostic {
    enum status code;
    char file[256];    /**< as the user named it; empty when no file is concerned */
    unsigned line;     /**< 1-based; 0 when unknown */
    unsigned column;   /**< 1-based, in bytes; 0 when unknown */
    char path[160];    /**< key path such as `stack.loki.volume`; empty when none */
    char message[320]; /**< what is wrong and what was expected, without a final period */
    char hint[240];    /**< "did you mean ..."; empty when none */
    char source[320];  /**< the source line the caret points into; empty when unknown */
};

/** Diagnostics kept in one go; more are counted in `suppressed`. */
#define DIAGNOSTICS_MAX 20

struct diagnostics {
    struct diagnostic items[DIAGNOSTICS_MAX];
    size_t count;
    size_t suppressed;
};

/** Make `diagnostics` empty. */
void diagnostics_init(struct diagnostics *diagnostics);

/**
 * Add an entry and return `code`, so that `return diagnostics_add(...)` reads well.
 * `file` may be NULL; `line` and `column` may be 0; the message is a printf format.
 * The entry added last can be completed through diagnostics_last().
 */
enum status diagnostics_add(struct diagnostics *diagnostics, enum status code, const char *file,
                            unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** The entry added last, for filling in path, hint or source; NULL when empty or suppressed. */
struct diagnostic *diagnostics_last(struct diagnostics *diagnostics);

/** Sort entries by file, line, column (stable for equal positions). */
void diagnostics_sort(struct diagnostics *diagnostics);

/** Shorthand for running out of memory in `what`. */
enum status diagnostics_out_of_memory(struct diagnostics *diagnostics, const char *what);

#endif
