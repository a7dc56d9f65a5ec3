/**
 * What the classes of a load come to together, and the parts of a prediction made from it.
 * Private to models/loki*.c and sim/fit_loki*.c. Pure functions; thread-safe.
 */
#ifndef MODELS_LOKI_PARTS_H
#define MODELS_LOKI_PARTS_H

#include "models/loki.h"

/** Sums over the streams of all classes, bytes and seconds. */
struct loki_totals {
    double streams, bytes_per_second, lines_per_second;
    double push_streams_per_second; /**< streams that a second's pushes touch */
    double chunks_per_second, stored_bytes_per_second;
    double raw_open_bytes;      /**< in chunks that are about to close */
    double raw_open_mean_bytes; /**< on average over their lives */
    /* Heap of open chunks: */
    double heap_flush_bytes;       /**< while chunks that closed together are flushed */
    double heap_peak_bytes;        /**< at the worst moment before that */
    double heap_cached_peak_bytes; /**< the same while flushed chunks are still cached */
    double heap_mean_bytes;
    double flush_stored_bytes;   /**< compressed bytes of one flush of every stream */
    double flush_uncached_bytes; /**< those of them that the chunk cache has no room for */
    double cached_bytes;         /**< chunk cache, just after a flush */
    double cached_mean_bytes;    /**< chunk cache on average */
    /* Checkpoints: */
    double checkpoint_peak_bytes, checkpoint_mean_bytes;
};

/** Sum up `load` at `rate_scale` times its rates. */
void loki_totals_of(const struct loki_settings *settings, const struct loki_load *load,
                    double rate_scale, struct loki_totals *totals);

/** Reachable heap beyond an idle process's when chunks are together or spread (`synchrony`),
 *  without queries. */
double loki_live_bytes(const double *coefficient, const struct loki_totals *totals,
                       double synchrony);

/** Raw bytes that queries hold in flight, and that they read a second. */
double loki_query_open_bytes(const struct loki_load *load, double bytes_per_second);
double loki_query_bytes_per_second(const struct loki_load *load, double bytes_per_second);

/** Resident bytes that queries add to a process without GOMEMLIMIT. */
double loki_query_resident_bytes(const double *coefficient, const struct loki_load *load,
                                 double bytes_per_second);

/** Resident peak of a process whose heap holds `live_bytes` more than an idle one's. */
double loki_resident_bytes(const double *coefficient, double live_bytes);

/** Fill the memory fields of `need`. */
void loki_memory(const struct loki_model *model, const struct loki_settings *settings,
                 const struct loki_load *load, const struct loki_totals *totals, double synchrony,
                 struct loki_need *need);

/** Fill the CPU fields; `pushes_per_second` is at the load's scale. */
void loki_cpu(const struct loki_model *model, const struct loki_settings *settings,
              const struct loki_load *load, const struct loki_totals *totals,
              double pushes_per_second, struct loki_need *need);

/** Fill the fields of disk and replay. */
void loki_disk(const struct loki_model *model, const struct loki_settings *settings,
               const struct loki_totals *totals, double synchrony, struct loki_need *need);

#endif
