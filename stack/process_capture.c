#include "stack/process_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 4096, MARK_BYTES = 80 };

void process_capture_init(struct process_capture *capture, size_t bytes_max) {
    *capture = (struct process_capture){.half = bytes_max / 2};
}

static void wipe(char *bytes, size_t length) {
    if (bytes)
        explicit_bzero(bytes, length);
    free(bytes);
}

void process_capture_fini(struct process_capture *capture) {
    wipe(capture->head, capture->head_capacity);
    wipe(capture->ring, capture->ring ? capture->half : 0);
    process_capture_init(capture, 2 * capture->half);
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/** Room for `more` bytes of the beginning. realloc() would leave a copy that nobody wipes. */
static bool grow_head(struct process_capture *capture, size_t more) {
    size_t needed = capture->head_length + more;
    if (needed <= capture->head_capacity)
        return true;
    size_t capacity = capture->head_capacity > 0 ? capture->head_capacity : FIRST_BYTES;
    while (capacity < needed)
        capacity *= 2;
    char *head = malloc(capacity);
    if (!head)
        return false;
    if (capture->head_length > 0)
        memcpy(head, capture->head, capture->head_length);
    wipe(capture->head, capture->head_capacity);
    capture->head = head;
    capture->head_capacity = capacity;
    return true;
}

static bool add_to_head(struct process_capture *capture, const char *bytes, size_t length) {
    if (length == 0)
        return true;
    if (!grow_head(capture, length))
        return false;
    memcpy(capture->head + capture->head_length, bytes, length);
    capture->head_length += length;
    return true;
}

static bool add_to_ring(struct process_capture *capture, const char *bytes, size_t length) {
    if (length > 0 && !capture->ring)
        capture->ring = malloc(capture->half);
    if (length > 0 && !capture->ring)
        return false;
    while (length > 0) {
        size_t piece = smaller(length, capture->half - capture->ring_next);
        memcpy(capture->ring + capture->ring_next, bytes, piece);
        capture->ring_next = (capture->ring_next + piece) % capture->half;
        capture->ring_written += piece;
        bytes += piece;
        length -= piece;
    }
    return true;
}

void process_capture_add(struct process_capture *capture, const char *bytes, size_t length) {
    size_t first = smaller(length, capture->half - capture->head_length);
    if (capture->failed)
        return;
    capture->failed =
        !add_to_head(capture, bytes, first) || !add_to_ring(capture, bytes + first, length - first);
}

size_t process_capture_cut(const struct process_capture *capture) {
    return capture->ring_written - smaller(capture->ring_written, capture->half);
}

char *process_capture_join(const struct process_capture *capture, size_t *length) {
    char mark[MARK_BYTES] = "";
    size_t cut = process_capture_cut(capture);
    size_t kept = capture->ring_written - cut;
    size_t oldest = cut > 0 ? capture->ring_next : 0;
    size_t first = smaller(kept, capture->half - oldest);
    if (cut > 0)
        snprintf(mark, sizeof mark, "\n[... %zu bytes are not shown ...]\n", cut);
    size_t mark_length = strlen(mark);
    char *joined = malloc(capture->head_length + mark_length + kept + 1);
    if (!joined)
        return NULL;
    char *end = joined;
    if (capture->head_length > 0)
        end = mempcpy(end, capture->head, capture->head_length);
    end = mempcpy(end, mark, mark_length);
    if (kept > 0) {
        end = mempcpy(end, capture->ring + oldest, first);
        end = mempcpy(end, capture->ring, kept - first);
    }
    *end = '\0';
    *length = (size_t)(end - joined);
    return joined;
}
