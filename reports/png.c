#include "reports/png.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    CHANNELS = 3,
    COLORS_MAX = 256,
    SLOTS = 1024, /**< of the hash table; a power of two well above COLORS_MAX */
    COLOR_RGB = 2,
    COLOR_PALETTE = 3,
    LEVEL = 4,        /**< a tenth larger than level 6 in half the time */
    CHUNK_BYTES = 12, /**< length, type and checksum of a chunk */
    HEADER_BYTES = 13
};

/** Colours in the order they were met. */
struct palette {
    unsigned char colors[COLORS_MAX * CHANNELS];
    size_t count;
    uint16_t slots[SLOTS]; /**< index into colors plus one; 0 is empty */
};

/** Index of a colour, added when it is new; COLORS_MAX when there is no room. */
static size_t palette_index(struct palette *palette, const unsigned char *color) {
    uint32_t key = (uint32_t)color[0] << 16 | (uint32_t)color[1] << 8 | color[2];
    size_t slot = (key * 2654435761u) >> 22;
    for (; palette->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
        size_t index = palette->slots[slot] - 1u;
        if (memcmp(palette->colors + CHANNELS * index, color, CHANNELS) == 0)
            return index;
    }
    if (palette->count == COLORS_MAX)
        return COLORS_MAX;
    memcpy(palette->colors + CHANNELS * palette->count, color, CHANNELS);
    palette->slots[slot] = (uint16_t)++palette->count;
    return palette->count - 1;
}

/** Write rows of palette indices, each behind its filter byte; false when colours are too many. */
static bool index_rows(struct palette *palette, const unsigned char *pixels, size_t width,
                       size_t height, unsigned char *rows) {
    size_t index = palette_index(palette, pixels);
    for (size_t y = 0; y < height; y++) {
        *rows++ = 0;
        for (size_t x = 0; x < width; x++, pixels += CHANNELS) {
            if (memcmp(palette->colors + CHANNELS * index, pixels, CHANNELS) != 0)
                index = palette_index(palette, pixels);
            if (index == COLORS_MAX)
                return false;
            *rows++ = (unsigned char)index;
        }
    }
    return true;
}

static void copy_rows(const unsigned char *pixels, size_t width, size_t height,
                      unsigned char *rows) {
    size_t size = width * CHANNELS;
    for (size_t y = 0; y < height; y++) {
        rows[y * (size + 1)] = 0;
        memcpy(rows + y * (size + 1) + 1, pixels + y * size, size);
    }
}

static void put_32(unsigned char *at, size_t value) {
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/** Finish a chunk whose `size` bytes of data already stand at `at` + 8; returns its end. */
static unsigned char *finish_chunk(unsigned char *at, const char *type, size_t size) {
    put_32(at, size);
    memcpy(at + 4, type, 4);
    put_32(at + 8 + size, crc32(crc32(0, NULL, 0), at + 4, (uInt)(size + 4)));
    return at + CHUNK_BYTES + size;
}

/** Write the file around `rows`; `palette` is NULL for RGB. */
static unsigned char *write_file(const unsigned char *rows, size_t rows_size, size_t width,
                                 size_t height, const struct palette *palette, size_t *length) {
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    uLongf packed = compressBound(rows_size);
    unsigned char *file =
        malloc(sizeof signature + HEADER_BYTES + COLORS_MAX * CHANNELS + packed + 4 * CHUNK_BYTES);
    if (!file)
        return NULL;
    memcpy(file, signature, sizeof signature);
    unsigned char *at = file + sizeof signature;
    const unsigned char depth_and_so_on[] = {8, palette ? COLOR_PALETTE : COLOR_RGB, 0, 0, 0};
    put_32(at + 8, width);
    put_32(at + 12, height);
    memcpy(at + 16, depth_and_so_on, sizeof depth_and_so_on);
    at = finish_chunk(at, "IHDR", HEADER_BYTES);
    if (palette) {
        memcpy(at + 8, palette->colors, palette->count * CHANNELS);
        at = finish_chunk(at, "PLTE", palette->count * CHANNELS);
    }
    if (compress2(at + 8, &packed, rows, rows_size, LEVEL) != Z_OK) {
        free(file);
        return NULL;
    }
    at = finish_chunk(at, "IDAT", packed);
    at = finish_chunk(at, "IEND", 0);
    *length = (size_t)(at - file);
    return file;
}

unsigned char *png_encode(const unsigned char *pixels, size_t width, size_t height,
                          size_t *length) {
    struct palette palette = {.count = 0};
    unsigned char *rows = malloc((width * CHANNELS + 1) * height);
    if (!rows)
        return NULL;
    bool few = index_rows(&palette, pixels, width, height, rows);
    if (!few)
        copy_rows(pixels, width, height, rows);
    size_t row_size = (few ? width : width * CHANNELS) + 1;
    unsigned char *file =
        write_file(rows, row_size * height, width, height, few ? &palette : NULL, length);
    free(rows);
    return file;
}
