#include "reports/plot_canvas.h"

#include "reports/png.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    FACTOR = 3,      /**< drawn pixels for one of the picture's, each way */
    BAND_ROWS = 270, /**< rows of the picture drawn at a time: bounds the memory */
    CHANNELS = 3,
    HEADER_LINES = 4 /**< of a PPM by libplot: magic, comment, size, greatest value */
};

/** A stream that takes a PPM and keeps the mean of each FACTOR x FACTOR pixels. */
struct shrinker {
    size_t row_bytes; /**< of a drawn row */
    unsigned header_lines;
    bool refused;              /**< not a colour picture, or more than was expected */
    size_t column, rows;       /**< bytes of the unfinished drawn row; drawn rows in the sums */
    uint16_t *sums;            /**< [row_bytes] over drawn rows */
    unsigned char *next, *end; /**< where finished rows of the picture go */
};

static void finish_row(struct shrinker *shrinker) {
    const unsigned area = FACTOR * FACTOR;
    size_t size = shrinker->row_bytes / FACTOR;
    if ((size_t)(shrinker->end - shrinker->next) < size) {
        shrinker->refused = true;
        return;
    }
    for (size_t pixel = 0; pixel < size / CHANNELS; pixel++)
        for (size_t channel = 0; channel < CHANNELS; channel++) {
            const uint16_t *from = shrinker->sums + pixel * CHANNELS * FACTOR + channel;
            unsigned sum = area / 2;
            for (size_t i = 0; i < FACTOR; i++)
                sum += from[i * CHANNELS];
            shrinker->next[pixel * CHANNELS + channel] = (unsigned char)(sum / area);
        }
    memset(shrinker->sums, 0, shrinker->row_bytes * sizeof *shrinker->sums);
    shrinker->next += size;
    shrinker->rows = 0;
}

static void add_bytes(uint16_t *restrict sums, const unsigned char *restrict bytes, size_t count) {
    enum { BLOCK = 32 };
    size_t i = 0;
    /* Blocks of a fixed size are what compilers vectorise without being asked. */
    for (; i + BLOCK <= count; i += BLOCK)
        for (size_t j = 0; j < BLOCK; j++)
            sums[i + j] = (uint16_t)(sums[i + j] + bytes[i + j]);
    for (; i < count; i++)
        sums[i] = (uint16_t)(sums[i] + bytes[i]);
}

/** Take part of one drawn row; returns how many bytes belonged to it. */
static size_t take_row(struct shrinker *shrinker, const unsigned char *bytes, size_t size) {
    size_t rest = shrinker->row_bytes - shrinker->column;
    size_t taken = size < rest ? size : rest;
    add_bytes(shrinker->sums + shrinker->column, bytes, taken);
    shrinker->column += taken;
    if (shrinker->column == shrinker->row_bytes) {
        shrinker->column = 0;
        if (++shrinker->rows == FACTOR)
            finish_row(shrinker);
    }
    return taken;
}

static size_t take_header(struct shrinker *shrinker, const unsigned char *bytes, size_t size) {
    /* A picture without any colour would come as P5 or P4; ours always have coloured ink. */
    if (shrinker->header_lines == 0 && (size < 2 || memcmp(bytes, "P6", 2) != 0))
        shrinker->refused = true;
    size_t used = 0;
    while (shrinker->header_lines < HEADER_LINES && used < size)
        if (bytes[used++] == '\n')
            shrinker->header_lines++;
    return used;
}

static ssize_t take(void *cookie, const char *characters, size_t size) {
    struct shrinker *shrinker = cookie;
    const unsigned char *bytes = (const unsigned char *)characters;
    size_t used = take_header(shrinker, bytes, size);
    while (used < size && !shrinker->refused)
        used += take_row(shrinker, bytes + used, size - used);
    return (ssize_t)size;
}

/** Draw the rows from `top` to `bottom` into `pixels`. */
static bool draw_band(const struct plot *plot, size_t top, size_t bottom, uint16_t *sums,
                      unsigned char *pixels) {
    size_t row_bytes = (size_t)plot->width * FACTOR * CHANNELS;
    size_t row_size = row_bytes / FACTOR;
    struct shrinker shrinker = {
        .row_bytes = row_bytes,
        .sums = sums,
        .next = pixels + top * row_size,
        .end = pixels + bottom * row_size,
    };
    FILE *out = fopencookie(&shrinker, "w", (cookie_io_functions_t){.write = take});
    if (!out)
        return false;
    /* libplot writes whole rows: they need no copy on their way. */
    setvbuf(out, NULL, _IONBF, 0);
    bool drawn = plot_canvas_ppm(plot, (double)top, (double)bottom, FACTOR, out);
    drawn = fclose(out) == 0 && drawn;
    return drawn && !shrinker.refused && shrinker.next == shrinker.end;
}

static bool draw_pixels(const struct plot *plot, unsigned char *pixels) {
    size_t height = (size_t)plot->height;
    uint16_t *sums = calloc((size_t)plot->width * FACTOR * CHANNELS, sizeof *sums);
    bool drawn = sums != NULL;
    for (size_t top = 0; top < height && drawn; top += BAND_ROWS) {
        size_t bottom = top + BAND_ROWS < height ? top + BAND_ROWS : height;
        drawn = draw_band(plot, top, bottom, sums, pixels);
    }
    free(sums);
    return drawn;
}

enum status plot_write_png(const struct plot *plot, unsigned char **png, size_t *length,
                           struct diagnostics *diagnostics) {
    if (plot->failed)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "a chart has a coordinate that cannot be drawn, or memory is out");
    size_t width = (size_t)plot->width, height = (size_t)plot->height;
    unsigned char *pixels = malloc(width * height * CHANNELS);
    if (!pixels)
        return diagnostics_out_of_memory(diagnostics, "drawing a chart");
    bool drawn = draw_pixels(plot, pixels);
    if (drawn)
        *png = png_encode(pixels, width, height, length);
    free(pixels);
    if (!drawn)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "libplot could not draw a chart");
    if (!*png)
        return diagnostics_out_of_memory(diagnostics, "encoding a chart");
    return STATUS_OK;
}
