#include "sim/sample_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { INPUT_BYTES = 64 * 1024, GZIP_WRAPPER = 16, ZSTD_WINDOW_LOG_MAX = 27 };

struct sample_source {
    const char *name; /**< for messages */
    int descriptor;
    enum sample_packing packing;
    uint64_t size;  /**< of the packed file; 0 when unknown */
    uint64_t taken; /**< packed bytes read from it */
    size_t begin, end;
    bool at_end; /**< of the packed file */
    bool inside; /**< a gzip member or zstd frame has begun and not ended */
    bool inflating;
    z_stream gzip;
    ZSTD_DStream *zstd;
    unsigned char input[INPUT_BYTES];
};

static const struct {
    unsigned char bytes[6];
    size_t length;
    const char *name, *tool;
} refused[] = {
    {{0xFD, '7', 'z', 'X', 'Z', 0}, 6, "xz", "xz -dc"},
    {{'B', 'Z', 'h'}, 3, "bzip2", "bzip2 -dc"},
    {{0x04, 0x22, 0x4D, 0x18}, 4, "lz4", "lz4 -dc"},
    {{'P', 'K', 3, 4}, 4, "zip", "unzip -p"},
    {{0xFF, 0xFE}, 2, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
    {{0xFE, 0xFF}, 2, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
};
static const unsigned char gzip_magic[] = {0x1F, 0x8B}, zstd_magic[] = {0x28, 0xB5, 0x2F, 0xFD};

static enum status system_error(const char *name, const char *what,
                                struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_SYSTEM, name, 0, 0, "cannot %s: %s", what,
                           strerror(errno));
}

/** Read more packed bytes behind those that are left, at least one unless the file ends. */
static enum status fill(struct sample_source *source, struct diagnostics *diagnostics) {
    memmove(source->input, source->input + source->begin, source->end - source->begin);
    source->end -= source->begin;
    source->begin = 0;
    if (source->at_end || source->end == INPUT_BYTES)
        return STATUS_OK;
    ssize_t got;
    do
        got = read(source->descriptor, source->input + source->end, INPUT_BYTES - source->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return system_error(source->name, "read", diagnostics);
    source->at_end = got == 0;
    source->taken += (uint64_t)got;
    source->end += (size_t)got;
    return STATUS_OK;
}

static bool begins(const struct sample_source *source, const unsigned char *magic, size_t length) {
    return source->end - source->begin >= length &&
           memcmp(source->input + source->begin, magic, length) == 0;
}

static enum status refuse(const struct sample_source *source, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (!begins(source, refused[i].bytes, refused[i].length))
            continue;
        diagnostics_add(diagnostics, STATUS_INVALID, source->name, 0, 0,
                        "expected plain text, gzip or zstd, found %s: %s FILE | simulate sample -",
                        refused[i].name, refused[i].tool);
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

static enum status start_packing(struct sample_source *source, struct diagnostics *diagnostics) {
    if (begins(source, gzip_magic, sizeof gzip_magic)) {
        source->packing = SAMPLE_GZIP;
        if (inflateInit2(&source->gzip, MAX_WBITS + GZIP_WRAPPER) != Z_OK)
            return diagnostics_out_of_memory(diagnostics, "unpacking gzip");
        source->inflating = true;
    } else if (begins(source, zstd_magic, sizeof zstd_magic)) {
        source->packing = SAMPLE_ZSTD;
        source->zstd = ZSTD_createDStream();
        if (!source->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(source->zstd, ZSTD_d_windowLogMax,
                                                                 ZSTD_WINDOW_LOG_MAX)))
            return diagnostics_out_of_memory(diagnostics, "unpacking zstd");
    }
    return STATUS_OK;
}

/** Enough bytes to know the packing: pipes may give them one by one. */
static enum status look_at_packing(struct sample_source *source, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK && source->end < sizeof refused->bytes && !source->at_end)
        status = fill(source, diagnostics);
    if (status == STATUS_OK)
        status = refuse(source, diagnostics);
    return status == STATUS_OK ? start_packing(source, diagnostics) : status;
}

static enum status open_file(struct sample_source *source, const char *path,
                             struct diagnostics *diagnostics) {
    struct stat facts;
    source->descriptor = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (source->descriptor < 0)
        return system_error(source->name, "open", diagnostics);
    if (fstat(source->descriptor, &facts) != 0)
        return system_error(source->name, "read", diagnostics);
    if (S_ISDIR(facts.st_mode))
        return diagnostics_add(diagnostics, STATUS_SYSTEM, source->name, 0, 0,
                               "is a folder; name the log files in it");
    if (S_ISREG(facts.st_mode) && facts.st_size > 0)
        source->size = (uint64_t)facts.st_size;
    return look_at_packing(source, diagnostics);
}

enum status sample_source_open(const char *path, struct sample_source **source,
                               struct diagnostics *diagnostics) {
    struct sample_source *opened = calloc(1, sizeof *opened);
    *source = NULL;
    if (!opened)
        return diagnostics_out_of_memory(diagnostics, "reading a log file");
    opened->name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    enum status status = open_file(opened, path, diagnostics);
    if (status == STATUS_OK)
        *source = opened;
    else
        sample_source_close(opened);
    return status;
}

static enum status damaged(const struct sample_source *source, const char *what,
                           struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_INVALID, source->name, 0, 0,
                           "%s at byte %llu of the packed file", what,
                           (unsigned long long)(source->taken - (source->end - source->begin)));
}

static enum status read_plain(struct sample_source *source, char *bytes, size_t size,
                              size_t *length) {
    size_t left = source->end - source->begin;
    *length = left < size ? left : size;
    memcpy(bytes, source->input + source->begin, *length);
    source->begin += *length;
    return STATUS_OK;
}

static enum status read_gzip(struct sample_source *source, char *bytes, size_t size, size_t *length,
                             struct diagnostics *diagnostics) {
    z_stream *gzip = &source->gzip;
    if (!source->inside && !begins(source, gzip_magic, sizeof gzip_magic))
        return damaged(source, "gzip data is followed by something else", diagnostics);
    if (!source->inside && inflateReset(gzip) != Z_OK)
        return damaged(source, "damaged gzip data", diagnostics);
    source->inside = true;
    gzip->next_in = source->input + source->begin;
    gzip->avail_in = (uInt)(source->end - source->begin);
    gzip->next_out = (unsigned char *)bytes;
    gzip->avail_out = (uInt)size;
    int result = inflate(gzip, Z_NO_FLUSH);
    source->begin = source->end - gzip->avail_in;
    *length = size - gzip->avail_out;
    if (result == Z_MEM_ERROR)
        return diagnostics_out_of_memory(diagnostics, "unpacking gzip");
    if (result == Z_STREAM_END)
        source->inside = false;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return damaged(source, "damaged gzip data", diagnostics);
    return STATUS_OK;
}

static enum status read_zstd(struct sample_source *source, char *bytes, size_t size, size_t *length,
                             struct diagnostics *diagnostics) {
    ZSTD_inBuffer input = {source->input + source->begin, source->end - source->begin, 0};
    ZSTD_outBuffer output = {bytes, size, 0};
    size_t result = ZSTD_decompressStream(source->zstd, &output, &input);
    source->begin += input.pos;
    *length = output.pos;
    if (ZSTD_isError(result))
        return damaged(source, ZSTD_getErrorName(result), diagnostics);
    source->inside = result != 0;
    return STATUS_OK;
}

/** Unpacks what is at hand; *length may be 0 when more input is needed. */
static enum status unpack(struct sample_source *source, char *bytes, size_t size, size_t *length,
                          struct diagnostics *diagnostics) {
    switch (source->packing) {
    case SAMPLE_GZIP:
        return read_gzip(source, bytes, size, length, diagnostics);
    case SAMPLE_ZSTD:
        return read_zstd(source, bytes, size, length, diagnostics);
    default:
        return read_plain(source, bytes, size, length);
    }
}

enum status sample_source_read(struct sample_source *source, char *bytes, size_t size,
                               size_t *length, struct diagnostics *diagnostics) {
    *length = 0;
    for (;;) {
        /* A header may straddle two reads. */
        enum status status = STATUS_OK;
        while (status == STATUS_OK && !source->at_end &&
               source->end - source->begin < sizeof zstd_magic)
            status = fill(source, diagnostics);
        if (status != STATUS_OK)
            return status;
        size_t before = source->end - source->begin;
        if (before == 0 && !source->inside)
            return STATUS_OK;
        status = unpack(source, bytes, size, length, diagnostics);
        if (status != STATUS_OK || *length > 0)
            return status;
        if (source->at_end && source->end - source->begin == before && source->inside)
            return damaged(source,
                           source->packing == SAMPLE_GZIP ? "the gzip data is cut off"
                                                          : "the zstd data is cut off",
                           diagnostics);
    }
}

enum sample_packing sample_source_packing(const struct sample_source *source) {
    return source->packing;
}

double sample_source_done(const struct sample_source *source) {
    return source->size > 0 ? (double)source->taken / (double)source->size : -1;
}

void sample_source_close(struct sample_source *source) {
    if (!source)
        return;
    if (source->inflating)
        inflateEnd(&source->gzip);
    ZSTD_freeDStream(source->zstd);
    if (source->descriptor > STDIN_FILENO)
        close(source->descriptor);
    free(source);
}
