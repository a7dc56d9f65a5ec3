/**
 * The bytes of a log file, whatever it is packed with: plain, gzip (also several members, as
 * `cat a.gz b.gz` gives) or zstd, told by the first bytes.
 *
 * Memory is constant: 64 KiB of input and what the packing itself needs: 40 KiB for gzip; for zstd
 * its window, 8 MiB up to level 19 and 128 MiB at most. Thread safety: one thread a source.
 */
#ifndef SIM_SAMPLE_SOURCE_H
#define SIM_SAMPLE_SOURCE_H

#include "sim/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum sample_packing { SAMPLE_PLAIN, SAMPLE_GZIP, SAMPLE_ZSTD };

struct sample_source;

/** Open `path` (`-` is standard input; borrowed). STATUS_SYSTEM when it cannot be opened or is a
 *  folder, STATUS_INVALID when it is packed in a way that is not read here. */
enum status sample_source_open(const char *path, struct sample_source **source,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Up to `size` unpacked bytes; `*length` is 0 at the end. Damage is STATUS_INVALID, with the
 *  offset in the packed file. */
enum status sample_source_read(struct sample_source *source, char *bytes, size_t size,
                               size_t *length, struct diagnostics *diagnostics) MUST_CHECK;

enum sample_packing sample_source_packing(const struct sample_source *source);

/** Share of the file that was read; negative when its size is not known. */
double sample_source_done(const struct sample_source *source);

/** NULL is fine. */
void sample_source_close(struct sample_source *source);

#endif
