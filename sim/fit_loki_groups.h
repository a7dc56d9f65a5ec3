/**
 * Which of Loki's coefficients are fitted together, on which runs, against which measurement.
 *
 * Private to sim/fit_loki*.c. Static tables and pure functions; thread-safe.
 */
#ifndef SIM_FIT_LOKI_GROUPS_H
#define SIM_FIT_LOKI_GROUPS_H

#include "models/loki_coefficients.h"
#include "sim/fit_loki_runs.h"

enum loki_group_name {
    LOKI_GROUP_PEAK,
    LOKI_GROUP_MEAN,
    LOKI_GROUP_CPU,
    LOKI_GROUP_WAL_RATE,
    LOKI_GROUP_WAL_PEAK,
    LOKI_GROUP_INDEX,
    LOKI_GROUP_COLLECTOR
};
#define LOKI_GROUP_COUNT 7
#define LOKI_GROUP_COEFFICIENTS_MAX 6

struct loki_group {
    const char *name; /**< for messages */
    size_t count;     /**< of coefficients */
    enum loki_coefficient coefficient[LOKI_GROUP_COEFFICIENTS_MAX];
    double start[LOKI_GROUP_COEFFICIENTS_MAX];       /**< what physics leads one to expect */
    double prior_width[LOKI_GROUP_COEFFICIENTS_MAX]; /**< how surely, as a deviation of its ln */
    double noise; /**< expected deviation of ln(measured / predicted) */
    bool (*takes_part)(const struct loki_run *run);
    double (*measured)(const struct loki_run *run);
    double (*predicted)(const struct loki_model *model, const struct loki_run *run);
};

/** Groups are fitted in the order of their names: later ones use what earlier ones found. */
const struct loki_group *loki_group(enum loki_group_name name);

#endif
