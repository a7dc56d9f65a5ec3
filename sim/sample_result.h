/**
 * From what was counted to what is reported: rates, replicas, streams, and the compression ratio at
 * the rate of a stream.
 *
 * Thread safety: reentrant; compression uses threads of its own.
 */
#ifndef SIM_SAMPLE_RESULT_H
#define SIM_SAMPLE_RESULT_H

#include "sim/sample.h"
#include "sim/sample_blocks.h"

/**
 * Fill the times, rates, replicas and streams of a report whose files are known; `label_sets` is
 * the number of different label sets in all of them.
 *
 * Files that cover the same time are taken as replicas of one service; files that follow one
 * another as one replica's rotated logs. Each replica has streams of its own.
 */
void sample_result_rates(struct sample_report *report, double label_sets);

/** Fill the compression of a report whose rates are known. */
enum status sample_result_compression(const struct sample_blocks *blocks, int threads,
                                      struct sample_report *report,
                                      struct diagnostics *diagnostics) MUST_CHECK;

#endif
