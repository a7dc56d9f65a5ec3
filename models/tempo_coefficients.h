/**
 * Tempo's fitted coefficients by name: one line each, in the order of models/data/coefficients.csv.
 * Private to models/tempo.c, models/calibration_tempo.c and the fit in sim/fit_tempo.c.
 */
#ifndef MODELS_TEMPO_COEFFICIENTS_H
#define MODELS_TEMPO_COEFFICIENTS_H

/** A calibration run completed three or four blocks: the greatest of three normal draws has this
 *  standard deviation (tables of normal order statistics). */
#define TEMPO_RUN_SHARE_OF_CHANCE 0.748

/** name, unit, meaning */
#define TEMPO_COEFFICIENT_LIST(X)                                                                  \
    X(memory_fixed_bytes, "bytes", "resident and not heap, idle run")                              \
    X(memory_idle_heap_bytes, "bytes", "live heap without load, idle run")                         \
    X(memory_load_heap_bytes, "bytes", "live heap more as soon as traces come")                    \
    X(memory_per_trace_bytes, "bytes", "live heap per trace in the head block: its index")         \
    X(memory_complete_bytes, "bytes", "live heap that completing any block takes")                 \
    X(memory_per_page_bytes, "bytes", "live heap per WAL page that completing a block opens")      \
    X(memory_per_row_value_bytes, "bytes", "live heap per value in a row group being built")       \
    X(memory_compact_bytes, "bytes", "live heap of compaction whose page buffers are full")        \
    X(memory_query_bytes, "bytes", "resident more when a search meets a peak (one run)")           \
    X(memory_mean_fraction, "1", "of the way from idle to peak that is resident on average")       \
    X(cpu_base_cores, "cores", "CPU without load, idle run")                                       \
    X(cpu_cores_at_one_trace, "cores", "CPU at one trace a second; grows with the root")           \
    X(cpu_seconds_per_byte, "s", "CPU of a byte received")                                         \
    X(cpu_seconds_per_query, "s", "CPU of a search (one run)")                                     \
    X(cpu_collector_seconds, "s", "per block in which GOMEMLIMIT presses the collector")           \
    X(wal_bytes_per_byte, "1", "WAL per byte received")                                            \
    X(wal_bytes_per_span, "bytes", "WAL per span received")                                        \
    X(stored_bytes_per_byte, "1", "stored in a block per byte received")                           \
    X(stored_bytes_per_span, "bytes", "stored in a block per span")                                \
    X(stored_bytes_per_trace, "bytes", "stored in a block per trace")                              \
    X(replay_seconds, "s", "from start to ready (one run)")                                        \
    X(replay_memory_fraction, "1", "peak of that start per peak (one run)")

enum tempo_coefficient {
#define X(name, unit, meaning) TEMPO_##name,
    TEMPO_COEFFICIENT_LIST(X)
#undef X
        TEMPO_COEFFICIENT_COUNT
};

#endif
