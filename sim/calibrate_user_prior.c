#include "sim/calibrate_user.h"

#include <math.h>
#include <string.h>

/** Memory follows from the program's own structures, with another build, allocator and kernel; one
 *  core of another processor does up to twice or half as much; what is written is fixed by the
 *  format. */
static const struct {
    const char *prefix;
    double width;
} installations[] = {{"memory", 0.15}, {"cpu", 0.35}, {"replay", 0.3}};
static const double installation_otherwise = 0.1;

/** A figure that one run gave has no standard error of its own. */
static const double once_width = 0.3;
/** Beyond this the normal distribution of a logarithm says nothing of use. */
static const double width_max = 1;

double calibrate_user_installation(const char *name) {
    for (size_t i = 0; i < sizeof installations / sizeof *installations; i++)
        if (strncmp(name, installations[i].prefix, strlen(installations[i].prefix)) == 0)
            return installations[i].width;
    return installation_otherwise;
}

double calibrate_user_prior(const struct coefficient_slot *slot, double value,
                            double standard_error) {
    double own = standard_error > 0 && value > 0 ? standard_error / value : once_width;
    return fmin(hypot(own, calibrate_user_installation(slot->name)), width_max);
}

#define LOKI(field) offsetof(struct calibration, loki.error.field)
#define TEMPO(field) offsetof(struct calibration, tempo.error.field)

/** In the order of measurement_figure_names(). */
static const size_t deviations[PREDICT_MODEL_COUNT][PREDICT_FIGURES_MAX] = {
    [PREDICT_LOKI] = {LOKI(memory_peak), LOKI(memory_mean), LOKI(cpu), LOKI(wal_peak),
                      LOKI(wal_rate), LOKI(chunk_bytes), LOKI(chunks), LOKI(index_bytes)},
    [PREDICT_TEMPO] = {TEMPO(memory_peak), TEMPO(memory_mean), TEMPO(cpu), TEMPO(wal_peak),
                       TEMPO(block_bytes)},
};

void calibrate_user_set_deviation(struct calibration *calibration, enum predict_model model,
                                  size_t figure, double deviation) {
    size_t offset = deviations[model][figure];
    if (offset == TEMPO(memory_peak)) {
        struct tempo_error *error = &calibration->tempo.error;
        double factor = deviation / tempo_run_peak_error(error);
        error->memory_peak *= factor;
        error->memory_chance *= factor;
        return;
    }
    calibration_set(calibration, offset, deviation);
}
