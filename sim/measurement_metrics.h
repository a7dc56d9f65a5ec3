/**
 * What the /metrics pages of a Loki or a Tempo say of its load and of what it takes.
 *
 * One page gives means since the process started; two pages of one process, or a watch, give a
 * window. Not everything can be learnt from them:
 * - CPU, WAL and rates are counters: their means are exact.
 * - A page knows the resident memory of one moment. Its greatest value bounds the peak from below;
 *   it is taken as the peak only when a watch lasted as long as a chunk lives (Loki), or three
 *   blocks (Tempo). A mean takes a watch too: of ten looks, and a chunk's life or a block.
 * - Stored bytes arrive a chunk's or a block's life late, and in lumps: they count from ten chunk
 *   lives since the start or two in a window, or twenty blocks on.
 * - No page tells settings (encoding, chunk age, ...): they are predict's defaults, or `--set`.
 * A page does not say when it was made either: its latest time stamp stands for that (the last
 * garbage collection, the ring's heartbeat). Chunks are taken to part ways after a restart as in
 * the engine, with the time constant LOKI_SYNCHRONY_SECONDS.
 *
 * Thread safety: reentrant.
 */
#ifndef SIM_MEASUREMENT_METRICS_H
#define SIM_MEASUREMENT_METRICS_H

#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/measurement.h"
#include "sim/scenario.h"

#include <stdbool.h>
#include <stddef.h>

/** What is kept of a page. Counters are since the start; NaN where the page has none. */
struct metrics_page {
    enum predict_model model;
    double now_seconds, start_seconds; /**< since 1970 */
    double resident_bytes, cpu_seconds;
    double memory_goal_bytes; /**< GOMEMLIMIT; 0 when unset, NaN when not told */
    double gogc;
    /* Loki: */
    double bytes, lines, pushes, queries;
    double streams; /**< now */
    double compression_sum, compression_count;
    double chunks, chunk_bytes, wal_bytes;
    /* Tempo: */
    double traces, spans, span_bytes, searches;
    double blocks, block_bytes;
};

/** Resident memory over a watch. */
struct metrics_watch {
    size_t looks;
    double resident_sum, resident_most;
};

/** A window of one process, as a source of one measurement. */
struct metrics_window {
    const struct metrics_page *first; /**< NULL: the window begins with the process */
    const struct metrics_page *last;
    double seconds;                    /**< how long it is */
    const struct metrics_watch *watch; /**< NULL: `last` is the only look */
    const char *source;                /**< for messages */
};

/** Read a page: which program it is of shows in its metrics. STATUS_INVALID when it is of neither,
 *  or of several processes. */
enum status metrics_page_read(const char *file, const char *bytes, size_t length,
                              struct metrics_page *page,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** Do both pages come from one run of one process, `first` before `last`? */
bool metrics_pages_join(const struct metrics_page *first, const struct metrics_page *last);

/** Count one look at resident memory. */
void metrics_watch_add(struct metrics_watch *watch, const struct metrics_page *page);

/**
 * Turn a window into a measurement; `settings` are `KEY=VALUE` for what pages do not tell, of
 * which each model takes its own. Adds to `notes` what was learnt and what was not. STATUS_INVALID
 * for settings that are wrong, a window that is too short, or values that cannot be.
 */
enum status metrics_measure(const struct metrics_window *window,
                            const struct scenario_override *settings, size_t setting_count,
                            struct measurement *measurement, struct text *notes,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Apply `settings` of its model to an input; those that no model knows are errors. */
enum status metrics_apply(const struct scenario_override *settings, size_t count,
                          struct predict_input *input, struct diagnostics *diagnostics) MUST_CHECK;

#endif
