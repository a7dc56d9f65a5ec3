/**
 * A growing text: what every writer of the program writes into before a file is touched.
 *
 * Failure is sticky: after memory ran out every further call does nothing and text_failed() is
 * true, so a writer checks once, at its end. Thread safety: one thread at a time.
 */
#ifndef SIM_BASE_TEXT_H
#define SIM_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data;    /**< NUL-terminated once anything was added; owned */
    size_t length; /**< bytes without the NUL */
    size_t capacity;
    bool failed;
};

void text_init(struct text *text);
void text_fini(struct text *text);

/** Add `length` bytes. */
void text_add_bytes(struct text *text, const char *bytes, size_t length);

/** Add a NUL-terminated string. */
void text_add(struct text *text, const char *string);

/** Add formatted text. */
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Add `character` `count` times. */
void text_repeat(struct text *text, char character, size_t count);

/** Add words, in lines of at most `columns`, and a newline. The first begins at column `indent`,
 *  which is where the text stands; the others are indented as much. Words are separated by spaces
 *  and newlines; one that is too long stands alone. */
void text_add_wrapped(struct text *text, const char *words, size_t indent, size_t columns);

/** Characters (not bytes) of the UTF-8 string, for aligning columns. */
size_t text_width(const char *utf8);

/** How many of the `length` bytes fit into `room`, without half a UTF-8 character at the end. */
size_t text_cut(const char *utf8, size_t length, size_t room);

bool text_failed(const struct text *text);

#endif
