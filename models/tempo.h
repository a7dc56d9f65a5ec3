/**
 * Tempo, single binary, local storage: memory, CPU and disk of one process at a given load.
 *
 * Between block cuts memory is low; the peaks are the turn of the WAL into a Parquet block every
 * `max_block_duration` (or `max_block_bytes`) and the compaction of two blocks. That peak is partly
 * chance: a completion and a compaction that coincide add up, and so does where the collector's
 * cycle stands. The model splits its error into what stays for one installation (`memory_peak`)
 * and what is drawn anew at each block (`memory_chance`).
 * Mechanism and coefficients: models/tempo.c, models/data/calibration/tempo.csv.
 *
 * It was measured with hours passing in minutes. Go also collects every two minutes of real time,
 * which then hardly ever happened: in real time what a block leaves behind goes sooner, so means
 * and, below some ten traces a second, peaks are upper estimates. The one block that was measured
 * in real time (160 spans/s) peaked at 1.25 GB, where the model says 1.4 for a block alone.
 *
 * Everything is bytes, seconds, cores. Functions are pure; no allocation; thread-safe.
 */
#ifndef MODELS_TEMPO_H
#define MODELS_TEMPO_H

#include "models/go_heap.h"

struct tempo_settings {
    double max_block_duration_seconds;        /**< 1800 by default */
    double max_block_bytes;                   /**< 524,288,000 by default */
    double flush_check_period_seconds;        /**< 10 by default */
    double trace_idle_period_seconds;         /**< 10 by default; without effect: Tempo 2.6.1 cuts
                                                   every trace at each flush check */
    double parquet_row_group_size_bytes;      /**< 100,000,000 by default */
    double compacted_block_retention_seconds; /**< 3600 by default */
    double compaction_window_seconds;         /**< 3600 by default */
    double gogc;                              /**< 100 by default */
    double memory_goal_bytes;                 /**< GOMEMLIMIT; 0 when unset */
    double memory_limit_bytes; /**< the container's, 0 when none; no need depends on it */
};

/** Tempo 2.6.1's defaults, no GOMEMLIMIT. */
struct tempo_settings tempo_settings_default(void);

struct tempo_load {
    double traces_per_second;
    double spans_per_trace;
    double bytes_per_span;     /**< as received (OTLP); 470 with eight attributes */
    double queries_per_second; /**< searches */
};

/** What one Tempo needs: medians. Every field is non-decreasing in `rate_scale`. */
struct tempo_need {
    double memory_live_bytes;      /**< reachable heap at the worst moment */
    double memory_fixed_bytes;     /**< text, runtime, stacks */
    double memory_idle_bytes;      /**< resident between block cuts */
    double memory_free_peak_bytes; /**< median peak over a few blocks, without GOMEMLIMIT; that of
                                        one block is this times exp(-0.85 memory_chance), 0.85
                                        being the mean of the greatest of three normal draws */
    double memory_peak_bytes;      /**< the same with the settings' GOMEMLIMIT */
    double memory_mean_bytes;
    double cpu_cores;
    double block_received_bytes; /**< received bytes that one block takes in */
    double wal_peak_bytes;
    double block_bytes_per_second;   /**< stored in blocks */
    double blocks_per_second;        /**< completed, so inodes (about 5 files a block) */
    double compaction_extra_seconds; /**< how long compacted inputs stay beside their output */
    double replay_seconds;
    double replay_memory_peak_bytes;
};

/** Standard deviations of ln(measured / predicted) on runs left out of the fit. */
struct tempo_error {
    double memory_peak;   /**< part that stays for one installation */
    double memory_chance; /**< part drawn at each block */
    double memory_mean;
    double cpu;
    double wal_peak;
    double block_bytes;
    double degrees_of_freedom;
};

/** Standard deviation of ln(measured / predicted) of the peak of one run of a few blocks: what a
 *  prediction interval of memory_peak_bytes is made of. */
double tempo_run_peak_error(const struct tempo_error *error);

#define TEMPO_COEFFICIENTS_MAX 32

struct tempo_model {
    double coefficient[TEMPO_COEFFICIENTS_MAX];
    double standard_error[TEMPO_COEFFICIENTS_MAX];
    struct go_heap_model heap;
    struct tempo_error error;
};

/** Need at `rate_scale` times the load's traces; searches stay. Every output is set. */
void tempo_predict(const struct tempo_model *model, const struct tempo_settings *settings,
                   const struct tempo_load *load, double rate_scale, struct tempo_need *need);

#endif
