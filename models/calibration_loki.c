#include "models/calibration.h"
#include "models/loki_coefficients.h"

_Static_assert(LOKI_COEFFICIENT_COUNT <= LOKI_COEFFICIENTS_MAX, "coefficients fit the model");

#define ERROR(field, unit, meaning)                                                                \
    {                                                                                              \
        "loki_error", #field, offsetof(struct calibration, loki.error.field),                      \
            COEFFICIENT_NO_ERROR, unit, meaning                                                    \
    }
#define HEAP(field, unit, meaning)                                                                 \
    {                                                                                              \
        "loki_heap", #field, offsetof(struct calibration, loki.heap.field), COEFFICIENT_NO_ERROR,  \
            unit, meaning                                                                          \
    }

static const struct coefficient_slot slots[] = {
#define X(name, unit, meaning)                                                                     \
    {"loki",                                                                                       \
     #name,                                                                                        \
     offsetof(struct calibration, loki.coefficient[LOKI_##name]),                                  \
     offsetof(struct calibration, loki.standard_error[LOKI_##name]),                               \
     unit,                                                                                         \
     meaning},
    LOKI_COEFFICIENT_LIST(X)
#undef X
        HEAP(trimmed_overhead, "1",
             "resident per live byte when GOMEMLIMIT is below the live heap"),
    ERROR(memory_peak, "ln", "peak memory, runs left out"),
    ERROR(memory_mean, "ln", "mean memory, runs left out"),
    ERROR(cpu, "ln", "CPU, runs left out"),
    ERROR(wal_peak, "ln", "WAL on disk, runs left out"),
    ERROR(wal_rate, "ln", "WAL bytes logged, runs left out"),
    ERROR(chunk_bytes, "ln", "stored bytes, runs left out"),
    ERROR(chunks, "ln", "chunks, runs left out"),
    ERROR(index_bytes, "ln", "index bytes, runs left out"),
    ERROR(degrees_of_freedom, "1", "of Student's t for the intervals"),
};

struct coefficient_slots calibration_loki_slots(void) {
    return (struct coefficient_slots){slots, sizeof slots / sizeof *slots};
}
