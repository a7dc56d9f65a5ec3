#include "models/calibration_slots.h"
#include "models/loki_coefficients.h"

_Static_assert(LOKI_COEFFICIENT_COUNT <= LOKI_COEFFICIENTS_MAX, "coefficients fit the model");

#define ERROR(field, meaning) SLOT("loki_error", loki.error, field, "ln", meaning)

static const struct coefficient_slot slots[] = {
#define X(name, unit, meaning) SLOT_FITTED("loki", loki, LOKI_##name, name, unit, meaning),
    LOKI_COEFFICIENT_LIST(X)
#undef X
        SLOT("loki_heap", loki.heap, trimmed_overhead, "1",
             "resident per live byte when GOMEMLIMIT is below the live heap"),
    ERROR(memory_peak, "peak memory, runs left out"),
    ERROR(memory_mean, "mean memory, runs left out"),
    ERROR(cpu, "CPU, runs left out"),
    ERROR(wal_peak, "WAL on disk, runs left out"),
    ERROR(wal_rate, "WAL bytes logged, runs left out"),
    ERROR(chunk_bytes, "stored bytes, runs left out"),
    ERROR(chunks, "chunks, runs left out"),
    ERROR(index_bytes, "index bytes, runs left out"),
    SLOT("loki_error", loki.error, degrees_of_freedom, "1", "of Student's t for the intervals"),
};

struct coefficient_slots calibration_loki_slots(void) {
    return (struct coefficient_slots){slots, sizeof slots / sizeof *slots};
}
