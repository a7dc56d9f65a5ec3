#include "models/calibration.h"

#define ERROR(field, meaning)                                                                      \
    {                                                                                              \
        "tempo_error", #field, offsetof(struct calibration, tempo.error.field),                    \
            COEFFICIENT_NO_ERROR, "ln", meaning                                                    \
    }

static const struct coefficient_slot slots[] = {
    ERROR(memory_peak, "peak memory: what stays for one installation"),
    ERROR(memory_chance, "peak memory: what is drawn anew at each block"),
    ERROR(memory_mean, "mean memory, runs left out"),
    ERROR(cpu, "CPU, runs left out"),
    ERROR(wal_peak, "WAL on disk, runs left out"),
    ERROR(block_bytes, "stored bytes, runs left out"),
    {"tempo_error", "degrees_of_freedom",
     offsetof(struct calibration, tempo.error.degrees_of_freedom), COEFFICIENT_NO_ERROR, "1",
     "of Student's t for the intervals"},
};

struct coefficient_slots calibration_tempo_slots(void) {
    return (struct coefficient_slots){slots, sizeof slots / sizeof *slots};
}
