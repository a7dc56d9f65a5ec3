#include "models/cost.h"

#include <assert.h>

double bill_total(const struct bill *bill) {
    double total = 0;
    for (size_t i = 0; i < bill->count; i++)
        total += bill->items[i].usd_per_month;
    return total;
}

void bill_add(struct bill *bill, const char *component, const char *item, double quantity,
              const char *unit, double usd_per_unit, const char *source) {
    assert(bill->count < BILL_ITEMS_MAX);
    if (bill->count >= BILL_ITEMS_MAX)
        return;
    bill->items[bill->count++] = (struct cost_item){
        .component = component,
        .item = item,
        .quantity = quantity,
        .unit = unit,
        .usd_per_unit = usd_per_unit,
        .usd_per_month = quantity * usd_per_unit,
        .source = source,
    };
}
