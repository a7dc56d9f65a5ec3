#include "models/go_heap.h"

#include <math.h>

/** Go's limiter gives the collector half of the cores, and idle cores mark too: a run on two cores
 *  with GOMEMLIMIT below its live heap kept nearly both busy (c09 in models/data/calibration). */
static const double collector_cores_max = 2.0;

double go_heap_peak_bytes(const struct go_heap_model *model, double free_peak_bytes,
                          double live_bytes, double fixed_bytes, double memory_goal_bytes) {
    if (memory_goal_bytes <= 0)
        return free_peak_bytes;
    double least = live_bytes * model->trimmed_overhead + fixed_bytes;
    return fmin(free_peak_bytes, fmax(least, memory_goal_bytes));
}

double go_heap_collector_cores(const struct go_heap_model *model, double free_peak_bytes,
                               double live_bytes, double fixed_bytes, double memory_goal_bytes) {
    if (memory_goal_bytes <= 0 || free_peak_bytes <= memory_goal_bytes)
        return 0;
    double room = memory_goal_bytes - fixed_bytes - live_bytes;
    if (room <= 0)
        return collector_cores_max;
    return fmin(collector_cores_max, model->collector_gain * live_bytes / room);
}
