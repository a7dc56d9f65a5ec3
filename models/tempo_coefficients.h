/**
 * Tempo's fitted coefficients by name: one line each, in the order of models/data/coefficients.csv.
 * Private to models/tempo.c, models/calibration_tempo.c and the fit in sim/fit_tempo.c.
 */
#ifndef MODELS_TEMPO_COEFFICIENTS_H
#define MODELS_TEMPO_COEFFICIENTS_H

/** name, unit, meaning */
#define TEMPO_COEFFICIENT_LIST(X)                                                                  \
    X(memory_fixed_bytes, "bytes", "resident and not heap: text, runtime, stacks")                 \
    X(memory_idle_heap_bytes, "bytes", "heap of a process without load")                           \
    X(memory_idle_per_root_byte, "1", "resident between cuts per square root of a block's bytes")  \
    X(memory_build_bytes, "bytes", "heap that building a block takes whatever its size")           \
    X(memory_build_per_root_byte, "1", "the same per square root of a block's bytes")              \
    X(memory_query_bytes, "bytes", "resident more when a search meets a block being built")        \
    X(memory_query_seconds, "s", "time in which it can meet it")                                   \
    X(memory_mean_fraction, "1", "of the way from idle to peak that is resident on average")       \
    X(cpu_base_cores, "cores", "CPU whatever the load")                                            \
    X(cpu_seconds_per_byte, "s", "CPU of a byte received")                                         \
    X(cpu_seconds_per_trace, "s", "CPU of a trace received")                                       \
    X(cpu_seconds_per_query, "s", "CPU of a search")                                               \
    X(cpu_collector_seconds, "s", "of each block in which GOMEMLIMIT presses the collector")       \
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
