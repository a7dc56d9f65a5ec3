/** Reading back the PNGs that the project writes: no interlace, 8 bits, unfiltered rows. */
#ifndef TESTS_UNIT_DECODE_PNG_H
#define TESTS_UNIT_DECODE_PNG_H

#include <stddef.h>

struct decoded_png {
    size_t width, height;
    size_t palette_colors; /**< 0 for RGB */
    unsigned char *pixels; /**< three bytes each, rows from the top; to be freed */
};

/** Fails the running cmocka test when a signature, checksum, length or filter is wrong. */
void decode_png(const unsigned char *png, size_t length, struct decoded_png *decoded);

#endif
