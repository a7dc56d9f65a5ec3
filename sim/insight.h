/**
 * What a plan's owner asks next: how much more load it takes, and at which load a managed service
 * would be as cheap.
 */
#ifndef SIM_INSIGHT_H
#define SIM_INSIGHT_H

#include "models/managed.h"
#include "sim/outcome.h"

struct insight_input {
    struct engine_input engine;
    const struct outcome_context *context;
    struct managed_load load; /**< of a month, as the managed bills have it */
};

/**
 * Fill headroom and break_even of a result whose plans are made.
 *
 * Headroom: the best plan (or the stack as written when that holds and nothing better was found) is
 * simulated at multiples of the load with the same random numbers, first on a coarse grid, then
 * inside the bracket; targets of cost and savings do not count, streams stay as they are.
 * Break-even: the multiple m at which managed_bill(m x load) equals the plan's bill, by bisection
 * between 1/1000 and 1000 times the load; users stay as they are.
 */
enum status insight_make(const struct insight_input *input, struct result *result,
                         struct diagnostics *diagnostics) MUST_CHECK;

#endif
