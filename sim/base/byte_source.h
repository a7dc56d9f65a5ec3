/**
 * Bytes of a file or of standard input, however many: plain, or gzip or zstd unpacked on the way.
 *
 * Memory is constant: for zstd its window, 8 MiB up to level 19 and 128 MiB at most. Waiting for a
 * pipe ends when `interrupted` says so. A packed file may have several members, as joined ones do;
 * one that is cut short or damaged is refused, with the place in the packed file.
 * Thread safety: one thread at a time.
 */
#ifndef SIM_BASE_BYTE_SOURCE_H
#define SIM_BASE_BYTE_SOURCE_H

#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>
#include <zstd.h>

#define BYTE_SOURCE_PIECE_BYTES (128u * 1024)

struct byte_source {
    const char *name;          /**< for messages; `<stdin>` for `-` */
    bool (*interrupted)(void); /**< may be NULL */
    int descriptor;
    bool ended;        /**< of the file, before unpacking */
    bool gzip;         /**< unpacking */
    bool member_ended; /**< nothing of the next gzip member or zstd frame has been read */
    z_stream inflater;
    ZSTD_DStream *zstd;   /**< unpacking; NULL when it is not zstd; owned */
    unsigned char *piece; /**< [BYTE_SOURCE_PIECE_BYTES] as read; owned */
    size_t at, length;    /**< what of it is still to be used */
    double size;          /**< of the file; 0 when it is not known */
    double taken;         /**< bytes of the file read */
};

/** Open `path` (`-` is standard input), which is borrowed. byte_source_close() afterwards, also
 *  after a failure. */
enum status byte_source_open(struct byte_source *source, const char *path,
                             bool (*interrupted)(void), struct diagnostics *diagnostics) MUST_CHECK;

/** Up to `room` bytes; `*got` is 0 at the end alone. STATUS_EXTERNAL when interrupted. */
enum status byte_source_read(struct byte_source *source, char *bytes, size_t room, size_t *got,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** The share of the file that is read, 0 to 1; -1 when its size is not known. */
double byte_source_share(const struct byte_source *source);

void byte_source_close(struct byte_source *source);

#endif
