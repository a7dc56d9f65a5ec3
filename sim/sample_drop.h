/**
 * Which fields the stored bytes go to: each is dropped in turn and the blocks compressed again.
 *
 * At most SAMPLE_DROP_BLOCKS blocks are looked at, and 96 different fields; the names of more are
 * not kept. Thread safety: reentrant; uses threads of its own.
 */
#ifndef SIM_SAMPLE_DROP_H
#define SIM_SAMPLE_DROP_H

#include "sim/sample.h"
#include "sim/sample_blocks.h"

/** Blocks that are compressed again and again. */
#define SAMPLE_DROP_BLOCKS 6

/** Fill fields, field_count, id_count and ids_save of the report from `blocks`. */
enum status sample_drop(const struct sample_blocks *blocks, int threads,
                        struct sample_report *report, struct diagnostics *diagnostics) MUST_CHECK;

#endif
