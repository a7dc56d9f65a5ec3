/**
 * The calibration runs of Loki, as rows and as loads for the model.
 *
 * Private to sim/fit_loki*.c and their tests. Rows live in the arena they were read into.
 */
#ifndef SIM_FIT_LOKI_RUNS_H
#define SIM_FIT_LOKI_RUNS_H

#include "models/loki.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"

#include <stdbool.h>

/** One row of models/data/calibration/loki.csv. Empty cells are 0; `clock` marks figures of the
 *  machine's own clock, all others are of real time. */
struct loki_run {
    const char *name;
    enum loki_encoding encoding;
    double bytes_per_second, streams, bytes_per_line, compression;
    double max_chunk_age_seconds, chunk_idle_seconds, chunk_target_bytes;
    double clock_pushes_per_second;
    double memory_goal_bytes;
    double clock_queries_per_second, clock_query_range_seconds, query_concurrency;
    double time_dilation, clock_run_seconds;
    double memory_peak_bytes, memory_mean_bytes, heap_in_use_mean_bytes;
    double clock_cpu_cores;
    double ingested_bytes, chunks, chunk_stored_bytes, wal_peak_bytes;
    double clock_wal_bytes_per_second, index_bytes;
    double restart_seconds, restart_memory_peak_bytes, restart_wal_bytes;
};

struct loki_runs {
    struct loki_run *rows;
    size_t count;
};

enum status loki_runs_read(struct arena *arena, struct loki_runs *runs,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Lines came in, without queries and without GOMEMLIMIT: the runs that models are fitted on. */
bool loki_run_is_plain(const struct loki_run *run);

/** What the model says of the run's steady state in real time: memory, disk. */
void loki_run_predict(const struct loki_model *model, const struct loki_run *run,
                      struct loki_need *need);

/** Resident peak of the run, queries included, which are of the machine's own clock. */
double loki_run_peak_bytes(const struct loki_model *model, const struct loki_run *run);

/** CPU and disk of the process as it ran, periods cut and rates raised by D; memory is not filled.
 *  Queries read what had come in by then, half of the run's lines on average. */
void loki_run_predict_clock(const struct loki_model *model, const struct loki_run *run,
                            struct loki_need *need);

/** Heap of open chunks and the chunk cache `real_seconds` after the start. */
double loki_run_chunk_heap_bytes(const struct loki_run *run, double real_seconds);

/** Chunks flushed in the run and their stored bytes: of every life that was over by its end. */
double loki_run_chunks(const struct loki_run *run, double *stored_bytes);

#endif
