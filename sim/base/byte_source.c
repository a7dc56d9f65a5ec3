#include "sim/base/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status system_error(const struct byte_source *source, const char *what,
                                struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_SYSTEM, source->name, 0, 0, "cannot %s: %s", what,
                           strerror(errno));
}

static bool is_interrupted(const struct byte_source *source) {
    return source->interrupted && source->interrupted();
}

static enum status interruption(const struct byte_source *source, struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_EXTERNAL, source->name, 0, 0, "interrupted");
}

/** A read() would be taken up again after a signal; poll() never is. */
static enum status wait_for_bytes(const struct byte_source *source,
                                  struct diagnostics *diagnostics) {
    struct pollfd wanted = {.fd = source->descriptor, .events = POLLIN};
    while (!is_interrupted(source)) {
        int ready = poll(&wanted, 1, 500);
        if (ready > 0)
            return STATUS_OK;
        if (ready < 0 && errno != EINTR)
            return system_error(source, "read", diagnostics);
    }
    return interruption(source, diagnostics);
}

static enum status read_some(struct byte_source *source, void *bytes, size_t room, size_t *got,
                             struct diagnostics *diagnostics) {
    ssize_t count = -1;
    do {
        enum status status = wait_for_bytes(source, diagnostics);
        if (status != STATUS_OK)
            return status;
        count = read(source->descriptor, bytes, room);
    } while (count < 0 && (errno == EINTR || errno == EAGAIN));
    if (count < 0)
        return system_error(source, "read", diagnostics);
    *got = (size_t)count;
    source->taken += (double)count;
    source->ended = count == 0;
    return STATUS_OK;
}

static enum status refill(struct byte_source *source, struct diagnostics *diagnostics) {
    source->at = 0;
    return read_some(source, source->piece, BYTE_SOURCE_PIECE_BYTES, &source->length, diagnostics);
}

/** How files begin that are neither text nor packed as is read here, and what makes them so. */
static const struct {
    char bytes[6];
    size_t length;
    const char *name, *hint;
} refused[] = {
    {"PK\x03\x04", 4, "a zip archive", "unpack it first: unzip -p FILE | simulate ... -"},
    {"PAR1", 4, "a Parquet file", ""},
    {"\xFD"
     "7zXZ",
     5, "an xz file", "unpack it first: xz -dc FILE | simulate ... -"},
    {"BZh", 3, "a bzip2 file", "unpack it first: bzip2 -dc FILE | simulate ... -"},
    {"\x04\x22\x4D\x18", 4, "an lz4 file", "unpack it first: lz4 -dc FILE | simulate ... -"},
    {"\xFF\xFE", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | simulate ... -"},
    {"\xFE\xFF", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | simulate ... -"},
};

enum { BEGINNING_BYTES = 6, ZSTD_WINDOW_LOG_MAX = 27 };
static const char gzip_beginning[] = "\x1F\x8B", zstd_beginning[] = "\x28\xB5\x2F\xFD";

static bool begins(const struct byte_source *source, const char *bytes, size_t length) {
    return source->length >= length && memcmp(source->piece, bytes, length) == 0;
}

static enum status check_beginning(const struct byte_source *source,
                                   struct diagnostics *diagnostics) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (!begins(source, refused[i].bytes, refused[i].length))
            continue;
        diagnostics_add(diagnostics, STATUS_INVALID, source->name, 0, 0,
                        "expected text, plain, gzip or zstd, found %s", refused[i].name);
        struct diagnostic *last = diagnostics_last(diagnostics);
        if (last)
            snprintf(last->hint, sizeof last->hint, "%s", refused[i].hint);
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

static enum status start_packing(struct byte_source *source, struct diagnostics *diagnostics) {
    if (begins(source, gzip_beginning, sizeof gzip_beginning - 1)) {
        /* 16 over the window's size: a gzip header and no other. */
        if (inflateInit2(&source->inflater, 16 + MAX_WBITS) != Z_OK)
            return diagnostics_out_of_memory(diagnostics, source->name);
        source->gzip = true;
        return STATUS_OK;
    }
    if (begins(source, zstd_beginning, sizeof zstd_beginning - 1)) {
        source->zstd = ZSTD_createDStream();
        if (!source->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(source->zstd, ZSTD_d_windowLogMax,
                                                                 ZSTD_WINDOW_LOG_MAX)))
            return diagnostics_out_of_memory(diagnostics, source->name);
        return STATUS_OK;
    }
    return check_beginning(source, diagnostics);
}

/** Look at the first bytes, which a pipe may hand out one by one. */
static enum status detect_packing(struct byte_source *source, struct diagnostics *diagnostics) {
    while (source->length < BEGINNING_BYTES && !source->ended) {
        size_t got = 0;
        enum status status = read_some(source, source->piece + source->length,
                                       BYTE_SOURCE_PIECE_BYTES - source->length, &got, diagnostics);
        if (status != STATUS_OK)
            return status;
        source->length += got;
    }
    return start_packing(source, diagnostics);
}

enum status byte_source_open(struct byte_source *source, const char *path,
                             bool (*interrupted)(void), struct diagnostics *diagnostics) {
    bool standard = strcmp(path, "-") == 0;
    *source = (struct byte_source){
        .name = standard ? "<stdin>" : path,
        .interrupted = interrupted,
        .descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC),
    };
    if (source->descriptor < 0)
        return system_error(source, "open", diagnostics);
    struct stat facts;
    if (fstat(source->descriptor, &facts) != 0)
        return system_error(source, "read", diagnostics);
    if (S_ISDIR(facts.st_mode))
        return diagnostics_add(diagnostics, STATUS_SYSTEM, source->name, 0, 0,
                               "is a folder; name a file in it");
    if (S_ISREG(facts.st_mode))
        source->size = (double)facts.st_size;
    source->piece = malloc(BYTE_SOURCE_PIECE_BYTES);
    if (!source->piece)
        return diagnostics_out_of_memory(diagnostics, source->name);
    return detect_packing(source, diagnostics);
}

static enum status take_plain(struct byte_source *source, char *bytes, size_t room, size_t *got,
                              struct diagnostics *diagnostics) {
    if (source->at == source->length)
        return source->ended ? STATUS_OK : read_some(source, bytes, room, got, diagnostics);
    size_t left = source->length - source->at;
    *got = left < room ? left : room;
    memcpy(bytes, source->piece + source->at, *got);
    source->at += *got;
    return STATUS_OK;
}

static const char *packing_name(const struct byte_source *source) {
    return source->gzip ? "gzip" : "zstd";
}

static enum status damage(const struct byte_source *source, const char *reason,
                          struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_INVALID, source->name, 0, 0,
                           "the %s file is damaged near byte %.0f: %s", packing_name(source),
                           source->taken - (double)(source->length - source->at),
                           reason ? reason : "no reason given");
}

/** One call of the inflater over what is at hand. */
static enum status inflate_some(struct byte_source *source, char *bytes, size_t room, size_t *got,
                                struct diagnostics *diagnostics) {
    z_stream *inflater = &source->inflater;
    if (source->member_ended && inflateReset(inflater) != Z_OK)
        return diagnostics_out_of_memory(diagnostics, source->name);
    source->member_ended = false;
    inflater->next_in = source->piece + source->at;
    inflater->avail_in = (unsigned)(source->length - source->at);
    inflater->next_out = (unsigned char *)bytes;
    inflater->avail_out = (unsigned)room;
    int code = inflate(inflater, Z_NO_FLUSH);
    source->at = source->length - inflater->avail_in;
    *got = room - inflater->avail_out;
    source->member_ended = code == Z_STREAM_END;
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        return STATUS_OK;
    return damage(source, inflater->msg, diagnostics);
}

/** One call of libzstd over what is at hand. */
static enum status unpack_zstd(struct byte_source *source, char *bytes, size_t room, size_t *got,
                               struct diagnostics *diagnostics) {
    ZSTD_inBuffer input = {source->piece + source->at, source->length - source->at, 0};
    ZSTD_outBuffer output = {bytes, room, 0};
    size_t left = ZSTD_decompressStream(source->zstd, &output, &input);
    source->at += input.pos;
    *got = output.pos;
    source->member_ended = left == 0;
    return ZSTD_isError(left) ? damage(source, ZSTD_getErrorName(left), diagnostics) : STATUS_OK;
}

static enum status take_packed(struct byte_source *source, char *bytes, size_t room, size_t *got,
                               struct diagnostics *diagnostics) {
    while (*got == 0) {
        if (is_interrupted(source))
            return interruption(source, diagnostics);
        if (source->at == source->length && !source->ended) {
            enum status status = refill(source, diagnostics);
            if (status != STATUS_OK)
                return status;
        }
        if (source->at == source->length && source->ended && source->member_ended)
            return STATUS_OK;
        bool ended = source->at == source->length && source->ended;
        enum status status = source->gzip ? inflate_some(source, bytes, room, got, diagnostics)
                                          : unpack_zstd(source, bytes, room, got, diagnostics);
        if (status != STATUS_OK)
            return status;
        /* What the library still held back is out. */
        if (ended && *got == 0)
            return diagnostics_add(diagnostics, STATUS_INVALID, source->name, 0, 0,
                                   "the %s file ends too early, at byte %.0f", packing_name(source),
                                   source->taken);
    }
    return STATUS_OK;
}

enum status byte_source_read(struct byte_source *source, char *bytes, size_t room, size_t *got,
                             struct diagnostics *diagnostics) {
    *got = 0;
    return source->gzip || source->zstd ? take_packed(source, bytes, room, got, diagnostics)
                                        : take_plain(source, bytes, room, got, diagnostics);
}

double byte_source_share(const struct byte_source *source) {
    if (source->size <= 0)
        return -1;
    return source->taken < source->size ? source->taken / source->size : 1;
}

void byte_source_close(struct byte_source *source) {
    if (source->gzip)
        inflateEnd(&source->inflater);
    ZSTD_freeDStream(source->zstd);
    free(source->piece);
    if (source->descriptor > STDERR_FILENO)
        close(source->descriptor);
    *source = (struct byte_source){.descriptor = -1};
}
