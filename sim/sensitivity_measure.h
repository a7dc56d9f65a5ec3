/**
 * Which input to measure next: how much each moves the plan, and whether it changes the decision.
 * Private to the sensitivity analysis. Pure but for the arena.
 */
#ifndef SIM_SENSITIVITY_MEASURE_H
#define SIM_SENSITIVITY_MEASURE_H

#include "sim/result.h"

/** Fill `moves` and `decides` of a row whose ends are known. What it moves: the wider of the spread
 *  of risk and that of cost over the base's; where no plan is left at one end, 1 more. */
void sensitivity_weigh(const struct sensitivity_end *base, struct sensitivity *row);

/** One sentence on the first of the ranked rows that decides; NULL when memory is out. */
const char *sensitivity_measure_next(struct arena *arena, const struct sensitivity_end *base,
                                     const struct sensitivity *rows, size_t count);

#endif
