/**
 * What a child process prints, kept within a bound: its beginning and its end.
 *
 * Half of the bound is the beginning, the other half a ring that holds the latest bytes. Memory
 * grows with what comes, up to the bound, and is wiped before it is given back, because a child
 * may print a secret. Thread safety: one thread at a time.
 */
#ifndef STACK_PROCESS_CAPTURE_H
#define STACK_PROCESS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

struct process_capture {
    size_t half; /**< bytes kept of the beginning, and of the end */
    char *head;
    size_t head_length, head_capacity;
    char *ring;          /**< NULL until the beginning is full */
    size_t ring_next;    /**< where the next byte goes */
    size_t ring_written; /**< bytes that ever went into the ring */
    bool failed;         /**< memory ran out; what came afterwards is lost */
};

/** Begin; takes no memory. `bytes_max` is at least 2. */
void process_capture_init(struct process_capture *capture, size_t bytes_max);

/** Wipe and give back. */
void process_capture_fini(struct process_capture *capture);

void process_capture_add(struct process_capture *capture, const char *bytes, size_t length);

/** Bytes that had to be dropped between beginning and end. */
size_t process_capture_cut(const struct process_capture *capture);

/** Everything kept, in order, with a final NUL, and where bytes were dropped a line that says how
 *  many. From malloc(); NULL when memory is out. `*length` is without the NUL. */
char *process_capture_join(const struct process_capture *capture, size_t *length);

#endif
