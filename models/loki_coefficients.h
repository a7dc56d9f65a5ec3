/**
 * Loki's fitted coefficients by name: one line each, in the order of models/data/coefficients.csv.
 * Private to models/loki*.c, models/calibration_loki.c and the fit in sim/fit_loki*.c.
 */
#ifndef MODELS_LOKI_COEFFICIENTS_H
#define MODELS_LOKI_COEFFICIENTS_H

/** name, unit, meaning */
#define LOKI_COEFFICIENT_LIST(X)                                                                   \
    X(memory_fixed_bytes, "bytes", "resident beyond the heap: text, runtime, stacks (idle run)")   \
    X(memory_idle_live_bytes, "bytes", "heap that lives in an idle process (idle run)")            \
    X(memory_loaded_live_bytes, "bytes", "heap that lives besides chunks as soon as lines come")   \
    X(memory_chunk_factor, "1", "heap of chunks and of their cache, of what their structure says") \
    X(memory_flush_share, "1", "of a flush's bytes beyond the cache that live at once")            \
    X(memory_mean_factor, "1", "resident on average per byte of heap that lives on average")       \
    X(memory_query_share, "1", "heap per raw byte that queries have in flight (one run)")          \
    X(cpu_idle_cores, "cores", "CPU when idle")                                                    \
    X(cpu_loaded_cores, "cores", "more CPU as soon as lines come")                                 \
    X(cpu_seconds_per_line, "s", "CPU of a line pushed")                                           \
    X(cpu_seconds_per_push, "s", "CPU of a push request")                                          \
    X(cpu_seconds_per_checkpoint_stream, "s", "CPU of a stream in a checkpoint")                   \
    X(cpu_seconds_per_checkpoint_byte, "s", "CPU of a byte in a checkpoint")                       \
    X(cpu_gzip_seconds_per_byte, "s", "more CPU of a raw byte with gzip (one run); zstd the same") \
    X(cpu_query_seconds_per_byte, "s", "CPU of a raw byte that a query reads (one run)")           \
    X(cpu_collector_seconds_per_byte, "s",                                                         \
      "collector's CPU of a raw byte pushed where GOMEMLIMIT is twice the live heap (two runs)")   \
    X(wal_bytes_per_line, "bytes", "logged per line besides the line")                             \
    X(wal_bytes_per_push_stream, "bytes", "logged per stream in a second's pushes")                \
    X(wal_checkpoints, "1", "checkpoints on disk at the fullest moment seen")                      \
    X(index_bytes_per_stream_day, "bytes", "index per stream and day")                             \
    X(index_bytes_per_chunk, "bytes", "index per chunk")                                           \
    X(replay_seconds_per_byte, "s", "of replay per byte of WAL (one run)")                         \
    X(replay_live_share, "1", "heap of a replay per byte that lived before it (one run)")

enum loki_coefficient {
#define X(name, unit, meaning) LOKI_##name,
    LOKI_COEFFICIENT_LIST(X)
#undef X
        LOKI_COEFFICIENT_COUNT
};

#endif
