/**
 * The measured runs of Tempo: models/data/calibration/tempo.csv and tempo_blocks.csv, typed.
 *
 * Read from the shipped tables into an arena; read-only afterwards, so safe to share.
 */
#ifndef SIM_TEMPO_RUNS_H
#define SIM_TEMPO_RUNS_H

#include "models/tempo.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/** One run: hours in minutes by `time_dilation`; figures not measured are NaN. */
struct tempo_run {
    const char *name;
    struct tempo_settings settings;
    struct tempo_load load; /**< of real time, but for searches: those of the run's own clock */
    double time_dilation;
    double memory_peak_bytes;
    double memory_mean_bytes;
    double heap_in_use_mean_bytes;
    double cpu_cores_dilated;  /**< at `time_dilation` times the load */
    double block_stored_bytes; /**< one completed block */
    double wal_peak_bytes;
    double ready_seconds; /**< of a restart */
    double ready_memory_peak_bytes;
};

/** One block completed without compaction beside it; figures not measured are NaN. */
struct tempo_block {
    const char *run; /**< name of its run, or of a run that has no row of its own */
    struct tempo_settings settings;
    struct tempo_load load;
    double idle_heap_goal_bytes; /**< the collector's goal before */
    double heap_goal_bytes;      /**< its greatest goal meanwhile */
    double resident_peak_bytes;
};

struct tempo_runs {
    const struct tempo_run *runs; /**< [count] */
    size_t count;
    const struct tempo_block *blocks; /**< [block_count] */
    size_t block_count;
};

enum status tempo_runs_read(struct arena *arena, struct tempo_runs *runs,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** The run called `name`, or NULL. */
const struct tempo_run *tempo_run_find(const struct tempo_runs *runs, const char *name);

/** True for a run under load, without searches and without GOMEMLIMIT: what accuracy is stated
 *  for. */
bool tempo_run_is_plain(const struct tempo_run *run);

#endif
