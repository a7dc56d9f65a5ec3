#include "models/calibration_slots.h"
#include "models/tempo_coefficients.h"

_Static_assert(TEMPO_COEFFICIENT_COUNT <= TEMPO_COEFFICIENTS_MAX, "coefficients fit the model");

#define HEAP(field, unit, meaning) SLOT("tempo_heap", tempo.heap, field, unit, meaning)
#define ERROR(field, meaning) SLOT("tempo_error", tempo.error, field, "ln", meaning)

static const struct coefficient_slot slots[] = {
#define X(name, unit, meaning) SLOT_FITTED("tempo", tempo, TEMPO_##name, name, unit, meaning),
    TEMPO_COEFFICIENT_LIST(X)
#undef X
        HEAP(trimmed_overhead, "1",
             "resident per live byte when GOMEMLIMIT is below the live heap"),
    HEAP(collector_gain, "cores",
         "collector's CPU where GOMEMLIMIT is twice the live heap: set, not fitted; "
         "cpu_collector_seconds is fitted to it"),
    ERROR(memory_peak, "peak memory: what stays for one installation, a quarter of the variance on "
                       "runs left out"),
    ERROR(memory_chance, "peak memory: drawn anew at each block; three runs of one setting (v02 "
                         "v09 v14) differ as much as others do from the model"),
    ERROR(memory_mean, "mean memory, runs left out (hours pass in minutes there: in real time it "
                       "is nearer to idle)"),
    ERROR(cpu, "CPU, runs left out"),
    ERROR(wal_peak, "WAL on disk, runs left out"),
    ERROR(block_bytes, "stored bytes, runs left out"),
    SLOT("tempo_error", tempo.error, degrees_of_freedom, "1", "of Student's t for the intervals"),
};

struct coefficient_slots calibration_tempo_slots(void) {
    return (struct coefficient_slots){slots, sizeof slots / sizeof *slots};
}
