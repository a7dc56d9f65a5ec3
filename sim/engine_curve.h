/**
 * Making the engine's broken lines out of points of a model's curve. Private to the engine. Pure
 * functions; thread-safe.
 */
#ifndef SIM_ENGINE_CURVE_H
#define SIM_ENGINE_CURVE_H

#include "sim/engine_plan.h"

/** Broken line through values[k] at knots[k], and `end_value` at `end`. */
void engine_curve_init(const double knots[CURVE_KNOTS], const double values[CURVE_KNOTS],
                       double end, double end_value, struct engine_curve *curve);

/** Move the knots at which neither of two curves bends to the end, out of reach; returns how many
 *  are left. Each is a tenth of Loki's arithmetic. */
int engine_curve_drop_straight(struct engine_curve *one, struct engine_curve *other);

/** Whether the curve is above 0 anywhere. */
bool engine_curve_rises(const struct engine_curve *curve);

#endif
