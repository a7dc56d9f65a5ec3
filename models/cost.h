/**
 * A bill: cost items with quantity, unit and price source. Money is the sum of its items.
 */
#ifndef MODELS_COST_H
#define MODELS_COST_H

#include <stddef.h>

struct cost_item {
    const char *component; /**< node, loki, tempo, grafana, cluster, network, or a service's name */
    const char *item;      /**< "t3.medium on demand", "gp3 storage", ... */
    double quantity;
    const char *unit; /**< "hour", "GiB-month", ... */
    double usd_per_unit;
    double usd_per_month; /**< quantity x price; what is free is not in the quantity */
    const char *source;   /**< where the price is from, with its date */
};

#define BILL_ITEMS_MAX 32

/** Items in the order they are shown. Strings are borrowed from price tables or arenas. */
struct bill {
    struct cost_item items[BILL_ITEMS_MAX];
    size_t count;
};

/** Sum of the items. */
double bill_total(const struct bill *bill);

/** Add `quantity` units at `usd_per_unit`; items past BILL_ITEMS_MAX are an assertion failure. */
void bill_add(struct bill *bill, const char *component, const char *item, double quantity,
              const char *unit, double usd_per_unit, const char *source);

#endif
