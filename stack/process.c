#include "stack/process.h"

#include "sim/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 65536, TICK_MS = 50 };

/** What is left in the pipes of a child that has ended is read for so long; a process it left
 *  behind may hold them open for ever. */
static const double drain_seconds = 0.5;

static void close_end(int *end) {
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/** write() that fails with EPIPE instead of raising SIGPIPE, whatever the program does with it. */
static ssize_t write_quietly(int end, const char *bytes, size_t length) {
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    ssize_t written = write(end, bytes, length);
    int problem = errno;
    if (written < 0 && problem == EPIPE && !was_pending)
        sigtimedwait(&pipe, NULL, &(struct timespec){0, 0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = problem;
    return written;
}

static bool would_wait(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void feed(struct process *process) {
    const struct process_options *options = process->options;
    while (process->input_written < options->input_length) {
        ssize_t written = write_quietly(process->input, options->input + process->input_written,
                                        options->input_length - process->input_written);
        if (written < 0 && would_wait())
            return;
        if (written < 0)
            break;
        process->input_written += (size_t)written;
    }
    close_end(&process->input);
}

static void take(int *end, struct process_capture *capture) {
    char piece[READ_BYTES];
    ssize_t got = read(*end, piece, sizeof piece);
    if (got > 0)
        process_capture_add(capture, piece, (size_t)got);
    else if (got == 0 || !would_wait())
        close_end(end);
    explicit_bzero(piece, got > 0 ? (size_t)got : 0);
}

/** One round of reading and writing, waiting for at most `milliseconds`. False when nothing came
 *  or went. */
static bool exchange(struct process *process, int milliseconds) {
    struct pollfd ends[] = {
        {process->input, POLLOUT, 0}, {process->out, POLLIN, 0}, {process->err, POLLIN, 0}};
    /* A descriptor of -1 is passed over, so with none left this is a sleep. */
    if (poll(ends, sizeof ends / sizeof *ends, milliseconds) <= 0)
        return false;
    if (ends[0].revents)
        feed(process);
    if (ends[1].revents)
        take(&process->out, &process->out_capture);
    if (ends[2].revents)
        take(&process->err, &process->err_capture);
    return true;
}

static void send_signal(struct process *process, int number, enum process_end why) {
    if (!process->signal_sent)
        process->why = why;
    process->signal_sent = number;
    process->signalled = clock_seconds();
    kill(-process->id, number);
}

static double grace_seconds(const struct process *process) {
    const struct process_options *options = process->options;
    if (process->signal_sent == SIGINT)
        return options->interrupt_grace_seconds > 0 ? options->interrupt_grace_seconds
                                                    : PROCESS_INTERRUPT_GRACE_SECONDS;
    return options->terminate_grace_seconds > 0 ? options->terminate_grace_seconds
                                                : PROCESS_TERMINATE_GRACE_SECONDS;
}

/** Ask a child that has been asked before more firmly, once its grace is over. */
static void escalate(struct process *process) {
    if (process->signal_sent == SIGKILL ||
        clock_seconds() - process->signalled < grace_seconds(process))
        return;
    send_signal(process, process->signal_sent == SIGINT ? SIGTERM : SIGKILL, process->why);
}

static void watch(struct process *process) {
    const struct process_options *options = process->options;
    if (process->signal_sent)
        escalate(process);
    else if (options->interrupted && options->interrupted(options->context))
        send_signal(process, SIGINT, PROCESS_INTERRUPTED);
    else if (options->timeout_seconds > 0 &&
             clock_seconds() - process->started > options->timeout_seconds)
        send_signal(process, SIGINT, PROCESS_TIMED_OUT);
}

/** Collect a child that has ended. Of one that was stopped nothing is left behind: while it is not
 *  reaped, nobody else can have its number. */
static bool collect(struct process *process) {
    siginfo_t facts = {0};
    if (waitid(P_PID, (id_t)process->id, &facts, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        facts.si_pid == 0)
        return false;
    if (process->signal_sent)
        kill(-process->id, SIGKILL);
    pid_t ended;
    while ((ended = waitpid(process->id, &process->wait_status, 0)) < 0 && errno == EINTR)
        continue;
    /* Somebody else reaped it: how it ended is unknown, and it must not look like success. */
    if (ended < 0)
        process->wait_status = SIGKILL;
    return true;
}

/** Look whether the child has ended; if so read what it left. */
static bool reap(struct process *process) {
    if (!collect(process))
        return false;
    process->ended = clock_seconds();
    close_end(&process->input);
    /* At least one round, however late it is: it takes all that fits into a pipe. */
    while (process->out >= 0 || process->err >= 0) {
        exchange(process, TICK_MS);
        if (clock_seconds() - process->ended >= drain_seconds)
            break;
    }
    return true;
}

static bool runs(const struct process *process) {
    return process->id > 0 && process->ended == 0;
}

bool process_pump(struct process *process, double seconds) {
    double until = clock_seconds() + seconds;
    while (runs(process)) {
        double left = until - clock_seconds();
        if (left < 0)
            break;
        int wait = left < 1e-3 * TICK_MS ? (int)(1e3 * left) : TICK_MS;
        /* Without outputs left the child is about to end: look again soon. */
        if (process->out < 0 && process->err < 0 && wait > 2)
            wait = 2;
        exchange(process, wait);
        if (reap(process))
            break;
        watch(process);
    }
    return runs(process);
}

const char *process_printed(const struct process *process, size_t *length) {
    *length = process->out_capture.head_length;
    return process->out_capture.head;
}

static bool has(const struct process_capture *capture, const char *text) {
    return capture->head_length > 0 &&
           memmem(capture->head, capture->head_length, text, strlen(text)) != NULL;
}

bool process_wait_for(struct process *process, const char *text, double seconds) {
    double until = clock_seconds() + seconds;
    for (;;) {
        if (has(&process->out_capture, text) || has(&process->err_capture, text))
            return true;
        if (!runs(process) || clock_seconds() > until)
            return false;
        process_pump(process, 1e-3 * TICK_MS);
    }
}

static void judge(const struct process *process, struct process_result *result) {
    int status = process->wait_status;
    result->seconds = process->ended - process->started;
    result->timeout_seconds = process->options->timeout_seconds;
    result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->end = process->signal_sent  ? process->why
                  : WIFSIGNALED(status) ? PROCESS_SIGNALLED
                                        : PROCESS_EXITED;
}

static enum status hand_over(struct process *process, struct process_result *result,
                             struct diagnostics *diagnostics) {
    judge(process, result);
    result->out_cut = process_capture_cut(&process->out_capture);
    result->err_cut = process_capture_cut(&process->err_capture);
    result->out = process_capture_join(&process->out_capture, &result->out_length);
    result->err = process_capture_join(&process->err_capture, &result->err_length);
    if (result->out && result->err && !process->out_capture.failed && !process->err_capture.failed)
        return STATUS_OK;
    process_result_fini(result);
    return diagnostics_out_of_memory(diagnostics, "the output of a program");
}

enum status process_finish(struct process *process, struct process_result *result,
                           struct diagnostics *diagnostics) {
    *result = (struct process_result){.exit_status = -1};
    if (runs(process) && !process->signal_sent)
        send_signal(process, SIGINT, PROCESS_STOPPED);
    while (process_pump(process, 1))
        continue;
    enum status status = hand_over(process, result, diagnostics);
    close_end(&process->input);
    close_end(&process->out);
    close_end(&process->err);
    process_capture_fini(&process->out_capture);
    process_capture_fini(&process->err_capture);
    process->id = 0;
    return status;
}

enum status process_run(const struct process_options *options, struct process_result *result,
                        struct diagnostics *diagnostics) {
    struct process process;
    *result = (struct process_result){.exit_status = -1};
    enum status status = process_start(options, &process, diagnostics);
    if (status != STATUS_OK)
        return status;
    while (process_pump(&process, 60))
        continue;
    return process_finish(&process, result, diagnostics);
}

bool process_succeeded(const struct process_result *result) {
    return result->end == PROCESS_EXITED && result->exit_status == 0;
}

static void wipe(char **bytes, size_t length) {
    if (*bytes)
        explicit_bzero(*bytes, length);
    free(*bytes);
    *bytes = NULL;
}

void process_result_fini(struct process_result *result) {
    wipe(&result->out, result->out_length);
    wipe(&result->err, result->err_length);
    result->out_length = result->err_length = 0;
}
