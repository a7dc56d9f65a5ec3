#include "tests/unit/decode_png.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static size_t get_32(const unsigned char *at) {
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

/** Data of the chunk at `*at`, which must be `type`; moves `*at` behind it. */
static const unsigned char *take_chunk(const unsigned char **at, const unsigned char *end,
                                       const char *type, size_t *size) {
    assert_true(end - *at >= 12);
    *size = get_32(*at);
    assert_true((size_t)(end - *at) >= 12 + *size);
    assert_memory_equal(*at + 4, type, 4);
    const unsigned char *data = *at + 8;
    assert_int_equal(get_32(data + *size), crc32(crc32(0, NULL, 0), *at + 4, (uInt)(*size + 4)));
    *at = data + *size + 4;
    return data;
}

static void unpack(const unsigned char *packed, size_t packed_size, const unsigned char *palette,
                   struct decoded_png *decoded) {
    size_t depth = decoded->palette_colors > 0 ? 1 : 3;
    size_t row_size = decoded->width * depth + 1;
    uLongf size = row_size * decoded->height;
    unsigned char *rows = malloc(size);
    assert_non_null(rows);
    assert_int_equal(uncompress(rows, &size, packed, packed_size), Z_OK);
    assert_int_equal(size, row_size * decoded->height);
    decoded->pixels = malloc(decoded->width * decoded->height * 3);
    assert_non_null(decoded->pixels);
    for (size_t y = 0; y < decoded->height; y++) {
        const unsigned char *row = rows + y * row_size;
        assert_int_equal(row[0], 0);
        for (size_t x = 0; x < decoded->width; x++) {
            if (depth == 1)
                assert_true(row[1 + x] < decoded->palette_colors);
            memcpy(decoded->pixels + 3 * (y * decoded->width + x),
                   depth == 1 ? palette + 3 * (size_t)row[1 + x] : row + 1 + 3 * x, 3);
        }
    }
    free(rows);
}

void decode_png(const unsigned char *png, size_t length, struct decoded_png *decoded) {
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    const unsigned char *at = png + 8, *end = png + length, *palette = NULL;
    size_t size;
    assert_true(length > 8);
    assert_memory_equal(png, signature, sizeof signature);
    const unsigned char *header = take_chunk(&at, end, "IHDR", &size);
    assert_int_equal(size, 13);
    *decoded = (struct decoded_png){.width = get_32(header), .height = get_32(header + 4)};
    assert_int_equal(header[8], 8);
    if (header[9] == 3) {
        palette = take_chunk(&at, end, "PLTE", &size);
        decoded->palette_colors = size / 3;
    } else {
        assert_int_equal(header[9], 2);
    }
    const unsigned char *packed = take_chunk(&at, end, "IDAT", &size);
    unpack(packed, size, palette, decoded);
    take_chunk(&at, end, "IEND", &size);
    assert_ptr_equal(at, end);
}
