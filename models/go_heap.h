/**
 * Go's garbage-collected heap: from what lives to what is resident.
 *
 * With GOGC g (100 by default) a cycle ends when the heap has grown by g % over what was live, so
 * the resident peak is near (1 + g/100) times the live heap plus what is not heap. GOMEMLIMIT is a
 * soft ceiling on everything the runtime manages: above the live heap it trims the peak and costs
 * CPU; near or below it the process spends its time collecting.
 * Source: https://go.dev/doc/gc-guide; the coefficients are fitted (models/data/coefficients.csv).
 * Thread safety: pure functions.
 */
#ifndef MODELS_GO_HEAP_H
#define MODELS_GO_HEAP_H

struct go_heap_model {
    double trimmed_overhead; /**< resident / live bytes when GOMEMLIMIT is below the live heap */
    double collector_gain;   /**< CPU cores of collection at live = half of GOMEMLIMIT; Loki sets it
                                  anew for each load, from its bytes a second */
};

/**
 * Resident peak under GOMEMLIMIT.
 * `free_peak_bytes`: the peak without a ceiling; `live_bytes`: what lives at that moment;
 * `fixed_bytes`: text, runtime and stacks; `memory_goal_bytes`: GOMEMLIMIT, 0 when unset.
 */
double go_heap_peak_bytes(const struct go_heap_model *model, double free_peak_bytes,
                          double live_bytes, double fixed_bytes, double memory_goal_bytes);

/** CPU cores the collector adds because of the ceiling; 0 when unset. Finite for any input. */
double go_heap_collector_cores(const struct go_heap_model *model, double free_peak_bytes,
                               double live_bytes, double fixed_bytes, double memory_goal_bytes);

#endif
