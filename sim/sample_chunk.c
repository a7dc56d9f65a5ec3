#include "sim/sample_chunk.h"

#include "sim/base/random.h"
#include "sim/sample_level.h"
#include "sim/sample_time.h"

#include <math.h>
#include <omp.h>
#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
    SNAPPY_PIECE_BYTES = 64 * 1024,
    SNAPPY_HEADER_BYTES = 10, /**< of a framed stream */
    SNAPPY_PIECE_EXTRA = 8,   /**< type, length and checksum of a piece */
    GZIP_LEVEL = 6,
    GZIP_MEMORY_LEVEL = 8,
    GZIP_WRAPPER = 16,
    ZSTD_LEVEL = 3,
    OUTPUT_BYTES = 96 * 1024
};

/** What one thread compresses with. */
struct encoder {
    const struct sample_compression *how;
    struct text framed; /**< entries of the piece so far */
    struct text line;   /**< without the dropped fields */
    uint64_t raw, line_bytes;
    uint32_t levels[SAMPLE_LEVEL_COUNT]; /**< symbol of each level, 0 when not seen */
    uint32_t level_count;
    z_stream gzip;
    bool gzip_started, failed;
    ZSTD_CCtx *zstd;
    struct sample_sizes sizes;
    unsigned char output[OUTPUT_BYTES];
};

static void encoder_init(struct encoder *encoder, const struct sample_compression *how) {
    *encoder = (struct encoder){.how = how};
    text_init(&encoder->framed);
    text_init(&encoder->line);
    encoder->gzip_started =
        deflateInit2(&encoder->gzip, GZIP_LEVEL, Z_DEFLATED, MAX_WBITS + GZIP_WRAPPER,
                     GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
    encoder->zstd = ZSTD_createCCtx();
    encoder->failed =
        !encoder->gzip_started || !encoder->zstd ||
        ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL));
}

static void encoder_fini(struct encoder *encoder) {
    if (encoder->gzip_started)
        deflateEnd(&encoder->gzip);
    ZSTD_freeCCtx(encoder->zstd);
    text_fini(&encoder->framed);
    text_fini(&encoder->line);
}

/** The framed format as Go's buffered writer makes it: pieces that do not shrink stay as they are.
 */
static uint64_t snappy_bytes(struct encoder *encoder) {
    uint64_t stored = SNAPPY_HEADER_BYTES;
    for (size_t at = 0; at < encoder->framed.length; at += SNAPPY_PIECE_BYTES) {
        size_t left = encoder->framed.length - at, length = OUTPUT_BYTES;
        size_t piece = left < SNAPPY_PIECE_BYTES ? left : SNAPPY_PIECE_BYTES;
        if (snappy_compress(encoder->framed.data + at, piece, (char *)encoder->output, &length) !=
            SNAPPY_OK)
            encoder->failed = true;
        stored += SNAPPY_PIECE_EXTRA + (length < piece - piece / 8 ? length : piece);
    }
    return stored;
}

static uint64_t gzip_bytes(struct encoder *encoder) {
    z_stream *gzip = &encoder->gzip;
    int result = deflateReset(gzip);
    gzip->next_in = (unsigned char *)encoder->framed.data;
    gzip->avail_in = (uInt)encoder->framed.length;
    while (result == Z_OK) {
        gzip->next_out = encoder->output;
        gzip->avail_out = OUTPUT_BYTES;
        result = deflate(gzip, Z_FINISH);
    }
    encoder->failed = encoder->failed || result != Z_STREAM_END;
    return gzip->total_out;
}

/** Streamed without saying the size first, as Loki does. */
static uint64_t zstd_bytes(struct encoder *encoder) {
    ZSTD_inBuffer input = {encoder->framed.data, encoder->framed.length, 0};
    uint64_t stored = 0;
    size_t left = 1;
    ZSTD_EndDirective directive = ZSTD_e_continue;
    while (left > 0 && !ZSTD_isError(left)) {
        ZSTD_outBuffer output = {encoder->output, OUTPUT_BYTES, 0};
        left = ZSTD_compressStream2(encoder->zstd, &output, &input, directive);
        stored += output.pos;
        if (directive == ZSTD_e_continue && input.pos == input.size) {
            directive = ZSTD_e_end;
            left = left == 0 ? 1 : left;
        }
    }
    encoder->failed = encoder->failed || ZSTD_isError(left);
    return stored;
}

/** Compress the piece and begin the next. */
static void cut_piece(struct encoder *encoder) {
    static uint64_t (*const encode[LOKI_ENCODING_COUNT])(struct encoder *) = {
        [LOKI_ENCODING_SNAPPY] = snappy_bytes,
        [LOKI_ENCODING_GZIP] = gzip_bytes,
        [LOKI_ENCODING_ZSTD] = zstd_bytes};
    encoder->failed = encoder->failed || text_failed(&encoder->framed);
    if (encoder->framed.length == 0 || encoder->failed)
        return;
    for (unsigned encoding = 0; encoding < LOKI_ENCODING_COUNT; encoding++)
        if (encoder->how->encodings & 1u << encoding)
            encoder->sizes.stored[encoding] += encode[encoding](encoder) + SAMPLE_BLOCK_EXTRA_BYTES;
    encoder->sizes.raw += encoder->raw;
    encoder->sizes.line_bytes += encoder->line_bytes;
    encoder->raw = encoder->line_bytes = 0;
    encoder->framed.length = 0;
}

static void add_varint(struct text *text, uint64_t value) {
    char bytes[10];
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[length++] = (char)(value | 0x80);
    bytes[length++] = (char)value;
    text_add_bytes(text, bytes, length);
}

/** Nanoseconds that pass below the resolution that is known: any, but always the same. */
static int64_t jitter_ns(uint64_t seed, uint64_t index, int64_t below_ns) {
    struct random_words words = random_words(seed, index, 0, 0);
    return (int64_t)(random_uniform(words.word[0]) * (double)below_ns);
}

static int64_t stored_ns(const struct encoder *encoder, const struct sample_block *block,
                         size_t place, int64_t ns) {
    enum { MILLISECOND = 1000000 };
    if (block->own_times)
        return ns;
    if (encoder->how->times == SAMPLE_TIMES_OWN)
        return ns - ns % MILLISECOND + jitter_ns((uint64_t)ns, place, MILLISECOND);
    int64_t second = ns / SAMPLE_NANOSECONDS;
    return second * SAMPLE_NANOSECONDS + jitter_ns(0, (uint64_t)second, SAMPLE_NANOSECONDS);
}

/** Symbols are numbered as they come; 0 is the name `detected_level`. */
static uint32_t level_symbol(struct encoder *encoder, uint32_t level) {
    if (encoder->levels[level] == 0)
        encoder->levels[level] = ++encoder->level_count;
    return encoder->levels[level];
}

static void add_entry(struct encoder *encoder, int64_t ns, const char *line, size_t length,
                      uint32_t level) {
    const char metadata[] = {3, 1, 0, (char)level_symbol(encoder, level)};
    struct text *framed = &encoder->framed;
    add_varint(framed, (uint64_t)ns << 1);
    add_varint(framed, length);
    text_add_bytes(framed, line, length);
    text_add_bytes(framed, metadata, sizeof metadata);
}

static void encode_block(struct encoder *encoder, const struct sample_block *block) {
    const struct sample_compression *how = encoder->how;
    struct sample_record record;
    const char *line;
    size_t at = 0, place = 0;
    const uint64_t before = encoder->sizes.raw;
    encoder->level_count = 0;
    memset(encoder->levels, 0, sizeof encoder->levels);
    while (sample_block_next(block, &at, &record, &line) && !encoder->failed) {
        const char *kept = line;
        size_t length = record.length;
        if (how->dropped) {
            sample_fields_drop(block->payload, line, length, how->dropped, &encoder->line);
            encoder->failed = text_failed(&encoder->line);
            kept = encoder->line.data;
            length = encoder->line.length;
        }
        add_entry(encoder, stored_ns(encoder, block, place++, record.ns), kept, length,
                  sample_level_of(line, record.length));
        encoder->line_bytes += record.length;
        encoder->raw += record.length + SAMPLE_METADATA_RAW_BYTES;
        if (how->piece_bytes > 0 && encoder->raw >= how->piece_bytes)
            cut_piece(encoder);
    }
    /* What is left over is a shorter piece, which would say something else. */
    if (how->piece_bytes == 0 || encoder->sizes.raw == before)
        cut_piece(encoder);
    encoder->framed.length = 0;
    encoder->raw = encoder->line_bytes = 0;
}

static void add_sizes(struct sample_sizes *sum, const struct sample_sizes *sizes) {
    sum->raw += sizes->raw;
    sum->line_bytes += sizes->line_bytes;
    for (size_t i = 0; i < LOKI_ENCODING_COUNT; i++)
        sum->stored[i] += sizes->stored[i];
}

enum status sample_compress(const struct sample_block *blocks, size_t count,
                            const struct sample_compression *how, struct sample_sizes *sizes,
                            struct diagnostics *diagnostics) {
    bool failed = false;
    struct sample_sizes sum = {0};
#pragma omp parallel num_threads(how->threads > 0 ? how->threads : omp_get_max_threads())
    {
        struct encoder *encoder = malloc(sizeof *encoder);
        if (encoder)
            encoder_init(encoder, how);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < count; i++)
            if (encoder && !encoder->failed)
                encode_block(encoder, &blocks[i]);
#pragma omp critical(sample_compress)
        {
            failed = failed || !encoder || encoder->failed;
            if (encoder)
                add_sizes(&sum, &encoder->sizes);
        }
        if (encoder)
            encoder_fini(encoder);
        free(encoder);
    }
    *sizes = sum;
    return failed ? diagnostics_out_of_memory(diagnostics, "compressing the sample") : STATUS_OK;
}

double sample_ratio(const struct sample_sizes *sizes, enum loki_encoding encoding) {
    return sizes->stored[encoding] > 0 ? (double)sizes->raw / (double)sizes->stored[encoding] : 0;
}

/** Blocks of a chunk that closes because it is full: what is cut and the head together reach the
 *  target. The head is stored as a shorter block. */
static double full_blocks(double block) {
    double stored = SAMPLE_BLOCK_BYTES / block;
    return fmax(0, floor((SAMPLE_CHUNK_TARGET_BYTES - SAMPLE_BLOCK_BYTES) / stored) + 1);
}

static double full_raw_bytes(double block) {
    double blocks = full_blocks(block), stored = SAMPLE_BLOCK_BYTES / block;
    return blocks * SAMPLE_BLOCK_BYTES + fmax(0, SAMPLE_CHUNK_TARGET_BYTES - blocks * stored);
}

double sample_chunk_rest(double raw_bytes, double block) {
    return raw_bytes >= full_raw_bytes(block) ? 0 : fmod(raw_bytes, SAMPLE_BLOCK_BYTES);
}

double sample_chunk_ratio(double raw_bytes, double block, double rest, double *held_bytes) {
    double held = fmin(raw_bytes, full_raw_bytes(block));
    double last = fmod(held, SAMPLE_BLOCK_BYTES);
    double stored = SAMPLE_CHUNK_EXTRA_BYTES + (held - last) / block;
    if (last > 0)
        stored += last / (rest > 0 ? rest : block);
    if (held_bytes)
        *held_bytes = held;
    return held / stored;
}
