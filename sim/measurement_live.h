/**
 * Watching a running Loki and Tempo by their /metrics for a while.
 *
 * Looks come every fortieth of the time, at least every 15 s. When the user stops it, or a program
 * no longer answers, what was gathered until then counts. Thread safety: one thread at a time.
 */
#ifndef SIM_MEASUREMENT_LIVE_H
#define SIM_MEASUREMENT_LIVE_H

#include "sim/metrics_fetch.h"

struct measurement_live {
    const char *url[PREDICT_MODEL_COUNT]; /**< NULL: not watched */
    double seconds;                       /**< 0: one look */
    struct metrics_fetch fetch;
    const struct scenario_override *settings; /**< as for metrics_measure() */
    size_t setting_count;
    /** Told the share done, 0 to 1; false stops. */
    bool (*progress)(double share, void *context);
    void *progress_context;
};

/** Watch, and add what was learnt to `set` and `notes`. */
enum status measurement_live_watch(const struct measurement_live *live, struct measurement_set *set,
                                   struct text *notes, struct diagnostics *diagnostics) MUST_CHECK;

#endif
