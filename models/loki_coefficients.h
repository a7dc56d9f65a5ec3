/**
 * Loki's fitted coefficients by name: one line each, in the order of models/data/coefficients.csv.
 * Private to models/loki*.c, models/calibration_loki.c and the fit in sim/fit_loki.c.
 */
#ifndef MODELS_LOKI_COEFFICIENTS_H
#define MODELS_LOKI_COEFFICIENTS_H

/** name, unit, meaning */
#define LOKI_COEFFICIENT_LIST(X)                                                                   \
    X(memory_base_bytes, "bytes", "resident when idle")                                            \
    X(memory_per_block_byte, "1", "resident per byte of compressed blocks")                        \
    X(memory_per_head_byte, "1", "resident per byte of uncompressed heads")                        \
    X(memory_per_entry, "bytes", "resident per line in a head")                                    \
    X(memory_per_stream, "bytes", "resident per stream")                                           \
    X(memory_rate_seconds, "s", "resident per byte per second pushed")                             \
    X(memory_mean_fraction, "1", "of the peak that is resident on average")                        \
    X(memory_query_bytes, "bytes", "resident per query that runs")                                 \
    X(cpu_base_cores, "cores", "CPU when idle")                                                    \
    X(cpu_seconds_per_byte, "s", "CPU of a byte pushed")                                           \
    X(cpu_seconds_per_line, "s", "CPU of a line pushed")                                           \
    X(cpu_seconds_per_push, "s", "CPU of a push request")                                          \
    X(cpu_seconds_per_stream_checkpoint, "s", "CPU of a stream in a checkpoint")                   \
    X(cpu_gzip_seconds_per_byte, "s", "more CPU of a byte with gzip")                              \
    X(cpu_query_seconds_per_byte, "s", "CPU of a stored byte that a query reads")                  \
    X(wal_bytes_per_byte, "1", "logged per byte pushed")                                           \
    X(wal_bytes_per_line, "bytes", "logged per line pushed")                                       \
    X(wal_checkpoint_fraction, "1", "checkpoint per byte of open chunks")                          \
    X(index_bytes_per_chunk, "bytes", "index per chunk")                                           \
    X(index_bytes_per_stream_day, "bytes", "index per stream and day")                             \
    X(replay_seconds_per_byte, "s", "of replay per byte of WAL (one run)")                         \
    X(replay_memory_fraction, "1", "peak of replay per free peak (one run)")

enum loki_coefficient {
#define X(name, unit, meaning) LOKI_##name,
    LOKI_COEFFICIENT_LIST(X)
#undef X
        LOKI_COEFFICIENT_COUNT
};

#endif
