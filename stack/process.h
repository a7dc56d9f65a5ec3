/**
 * Child processes: started from an argument vector, never through a shell; fed from memory; what
 * they print kept within a bound; stopped in time.
 *
 *     const char *const arguments[] = {"kubectl", "version", "--output", "json", NULL};
 *     const struct process_options options = {.arguments = arguments, .timeout_seconds = 30};
 *     struct process_result result;
 *     enum status status = process_run(&options, &result, diagnostics);
 *     if (status == STATUS_OK && process_succeeded(&result))
 *         ... result.out ...
 *     process_result_fini(&result);
 *
 * Each child leads a process group of its own, so a Ctrl-C on the terminal reaches this program
 * alone, which then stops the child: SIGINT to its group, after a grace period SIGTERM, after
 * another SIGKILL. No descriptor but the three standard ones reaches a child. A child that closes
 * its input early costs no SIGPIPE. Every child is reaped.
 *
 * Thread safety: reentrant; one struct process belongs to one thread at a time.
 */
#ifndef STACK_PROCESS_H
#define STACK_PROCESS_H

#include "sim/base/status.h"
#include "sim/base/text.h"
#include "stack/process_capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Kept of each of the two outputs unless options say otherwise: half of it the beginning, half
 *  the end; a line between them says how much is missing. */
#define PROCESS_OUTPUT_BYTES ((size_t)1 << 20)

#define PROCESS_INTERRUPT_GRACE_SECONDS 10.0
#define PROCESS_TERMINATE_GRACE_SECONDS 5.0

/** What to run. All pointers are borrowed until the child has ended. */
struct process_options {
    /** The program's name or path, its arguments, NULL. A name is looked up in PATH, whose empty
     *  entries are passed over: they would mean the current folder. */
    const char *const *arguments;
    /** Additions to the environment, `NAME=value`, NULL; they win. May be NULL. */
    const char *const *environment;
    const char *input;              /**< standard input; NULL: empty */
    size_t input_length;            /**< bytes of it */
    size_t output_bytes_max;        /**< kept of each output, 2 or more; 0: PROCESS_OUTPUT_BYTES */
    double timeout_seconds;         /**< then it is stopped; 0: never */
    double interrupt_grace_seconds; /**< between SIGINT and SIGTERM; 0: the default above */
    double terminate_grace_seconds; /**< between SIGTERM and SIGKILL; 0: the default above */
    /** Asked at least ten times a second; true stops the child. NULL: never. */
    bool (*interrupted)(void *context);
    void *context;           /**< given to `interrupted` */
    const char *needed_hint; /**< said when the program is missing: which version, where from */
};

enum process_end {
    PROCESS_EXITED,      /**< by itself; `exit_status` says how */
    PROCESS_SIGNALLED,   /**< by a signal that was not ours: `signal` */
    PROCESS_TIMED_OUT,   /**< stopped after timeout_seconds */
    PROCESS_INTERRUPTED, /**< stopped because `interrupted` said so */
    PROCESS_STOPPED      /**< by process_stop() */
};

struct process_result {
    enum process_end end;
    int exit_status;        /**< of a child that exited, else -1 */
    int signal;             /**< that ended the child, else 0 */
    double seconds;         /**< from start to end */
    double timeout_seconds; /**< as the options had it; 0: none */
    char *out, *err; /**< with a final NUL, never NULL after success; owned, wiped when freed */
    size_t out_length, err_length; /**< without the NUL */
    size_t out_cut, err_cut;       /**< bytes that were dropped from the middle */
};

/** A child that runs. */
struct process {
    pid_t id;            /**< 0 when none runs */
    int input, out, err; /**< our ends of its pipes; -1 when closed */
    const struct process_options *options;
    size_t input_written;
    struct process_capture out_capture, err_capture;
    double started, ended; /**< CLOCK_MONOTONIC, seconds; `ended` 0 while it runs */
    double signalled;      /**< when the last signal of ours was sent; 0: none was */
    int signal_sent;       /**< the last signal of ours; 0: none */
    enum process_end why;  /**< why it was sent a signal */
    int wait_status;       /**< as waitpid() gave it, once it has ended */
};

/**
 * Run a child to its end. STATUS_OK when it was started and has ended, however it did: judge
 * `result`. Else STATUS_EXTERNAL (the program is missing) or STATUS_SYSTEM, and `result` is
 * empty. process_result_fini() is right after either.
 */
enum status process_run(const struct process_options *options, struct process_result *result,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** True when the child exited with status 0. */
bool process_succeeded(const struct process_result *result);

/** Wipe and give back what the child printed. A zeroed result is fine. */
void process_result_fini(struct process_result *result);

/** Start a child that goes on beside this program, such as a port-forward. End it with
 *  process_finish(). On failure nothing runs. */
enum status process_start(const struct process_options *options, struct process *process,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** Read and write for at most `seconds`. False once the child has ended; also acts on timeout and
 *  interruption. */
bool process_pump(struct process *process, double seconds);

/** Pump until the child has printed `text` (to either output; within the first half of the bound)
 *  or has ended or `seconds` have passed. True when it is there. */
bool process_wait_for(struct process *process, const char *text, double seconds);

/** What the child has printed so far, from the beginning, at most the first half of the bound;
 *  not NUL-terminated. Valid until the next call. */
const char *process_printed(const struct process *process, size_t *length);

/** Stop the child if it still runs, reap it, fill `result` and give the rest back. */
enum status process_finish(struct process *process, struct process_result *result,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Add the command as a person could paste it into a POSIX shell, without a newline. */
void process_print_command(struct text *text, const char *const *arguments);

/** Fail with "installing loki: helm exited with status 1: Error: no such chart", or how else it
 *  ended; STATUS_EXTERNAL. `program` is its name, `what` says what was being done; after it comes
 *  the last line of its standard error that begins with "error", or just the last. */
enum status process_complain(const char *program, const struct process_result *result,
                             const char *what, struct diagnostics *diagnostics);

#endif
