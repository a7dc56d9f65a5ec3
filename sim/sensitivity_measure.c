#include "sim/sensitivity_measure.h"

#include "sim/base/units.h"

#include <math.h>
#include <string.h>

static double spread(double a, double b, double c) {
    return fmax(a, fmax(b, c)) - fmin(a, fmin(b, c));
}

static bool same_decision(const struct sensitivity_end *a, const struct sensitivity_end *b) {
    return a->holds == b->holds && a->found == b->found && strcmp(a->nodes, b->nodes) == 0;
}

void sensitivity_weigh(const struct sensitivity_end *base, struct sensitivity *row) {
    const struct sensitivity_end *low = &row->low, *high = &row->high;
    const double risk = spread(low->risk, base->risk, high->risk);
    double cost = 0;
    if (low->found != base->found || high->found != base->found)
        cost = 1;
    else if (base->found)
        cost = spread(low->monthly_usd, base->monthly_usd, high->monthly_usd) /
               fmax(base->monthly_usd, 0.01);
    row->moves = fmax(risk, cost);
    row->decides = !same_decision(low, base) || !same_decision(high, base);
}

/** What is decided at one end: the verdict where it differs, and the cheapest plan. */
static const char *print_decision(struct arena *arena, const struct sensitivity_end *base,
                                  const struct sensitivity_end *end) {
    char usd[32], risk[32];
    units_print_usd(usd, sizeof usd, end->monthly_usd);
    units_print_percent(risk, sizeof risk, end->risk);
    const char *cheapest = "no plan passes";
    if (end->found)
        cheapest = arena_print(arena, "the cheapest that passes is %s at %s", end->nodes, usd);
    if (!cheapest || end->holds == base->holds)
        return cheapest;
    return arena_print(arena, "this plan %s (risk %s) and %s",
                       end->holds ? "would hold" : "would miss", risk, cheapest);
}

const char *sensitivity_measure_next(struct arena *arena, const struct sensitivity_end *base,
                                     const struct sensitivity *rows, size_t count) {
    size_t first = 0;
    while (first < count && !rows[first].decides)
        first++;
    if (first == count)
        return arena_print(arena, "No single input, if it were known, would change the decision");
    const struct sensitivity *row = &rows[first];
    const bool low = !same_decision(&row->low, base), high = !same_decision(&row->high, base);
    const bool show_low = !high || (low && row->low.risk > row->high.risk);
    const struct sensitivity_end *end = show_low ? &row->low : &row->high;
    const char *decision = print_decision(arena, base, end);
    if (!decision)
        return NULL;
    return arena_print(arena, "Measure %s: at %.2f %s, %s", row->noun, end->at, row->per, decision);
}
