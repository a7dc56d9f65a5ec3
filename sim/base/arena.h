/**
 * An arena: memory that is taken piece by piece and given back all at once.
 *
 * A scenario, the model tables and a result each own one; everything they point to dies with it.
 * Thread safety: one thread at a time.
 */
#ifndef SIM_BASE_ARENA_H
#define SIM_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head; /**< newest block; NULL when nothing was taken yet */
    size_t used;              /**< bytes taken from the newest block */
};

/** Make `arena` empty; takes no memory. */
void arena_init(struct arena *arena);

/** Give everything back; the arena is empty and usable again. */
void arena_fini(struct arena *arena);

/** `size` zeroed bytes aligned for any type, or NULL when memory is out. `size` may be 0. */
void *arena_take(struct arena *arena, size_t size) __attribute__((malloc));

/** `count` zeroed elements of `size` bytes, or NULL when memory is out or the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((malloc));

/** A copy of the first `length` bytes of `text` with a final NUL, or NULL. */
char *arena_copy(struct arena *arena, const char *text, size_t length) __attribute__((malloc));

/** A formatted string, or NULL when memory is out. */
char *arena_print(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), malloc));

/** arena_print() of an argument list, which stays the caller's to end. */
char *arena_print_list(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0), malloc));

#endif
