/**
 * The checkpoint of a sweep: a text file with a line a finished point.
 *
 * Its first line names the sweep by a fingerprint of all that its rows depend on: scenario,
 * overrides, grid, search, the calibration files' bytes, the price folder's name, version. Numbers
 * are written in hexadecimal floating point and so come back to the bit. A last line that was cut
 * off is passed over: that point is simulated again.
 */
#ifndef SIM_SWEEP_CHECKPOINT_H
#define SIM_SWEEP_CHECKPOINT_H

#include "sim/sweep.h"

/** Take the bytes of the calibration file that a point's scenario names, if it names one, into the
 *  fingerprint. STATUS_SYSTEM: it cannot be read. */
enum status sweep_checkpoint_note(struct sweep *sweep, const struct scenario *scenario,
                                  struct diagnostics *diagnostics) MUST_CHECK;

/** Write a new checkpoint with the points that are done over whatever is there; makes its folder.
 */
enum status sweep_checkpoint_create(const struct sweep *sweep, const char *path,
                                    struct diagnostics *diagnostics) MUST_CHECK;

/** Append a point. */
enum status sweep_checkpoint_append(const char *path, size_t point, const struct sweep_row *row,
                                    struct diagnostics *diagnostics) MUST_CHECK;

/** Fill in the rows that the file has and rewrite it with whole lines only. STATUS_SYSTEM: it
 *  cannot be read; STATUS_INVALID: it is another sweep's, or damaged. */
enum status sweep_checkpoint_read(struct sweep *sweep, const char *path,
                                  struct diagnostics *diagnostics) MUST_CHECK;

#endif
