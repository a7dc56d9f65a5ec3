#include "sim/invoice_reason.h"

#include "sim/base/units.h"

#include <math.h>

/** A difference below this share of the prediction, or below a cent, is none. */
static const double same_share = 0.005, same_usd = 0.01;

/** Why something can be on a bill and not in a prediction. */
static const char *const billed_alone[INVOICE_KIND_COUNT] = {
    [INVOICE_INSTANCE] = "not modelled: a node of another type than the scenario's cluster.nodes",
    [INVOICE_GP3_STORAGE] = "not modelled: the scenario has no volume",
    [INVOICE_GP3_IOPS] = "not modelled: volumes are priced with the 3,000 IOPS that are free",
    [INVOICE_GP3_THROUGHPUT] = "not modelled: volumes are priced with the 125 MiB/s that are free",
    [INVOICE_OTHER_VOLUME] = "not modelled: volumes are priced as gp3",
    [INVOICE_SNAPSHOT] = "not modelled: the stack makes no snapshots; something else does",
    [INVOICE_CREDITS] = "not predicted: nodes work above their baseline more than the scenario's "
                        "load says, or share it with other pods",
    [INVOICE_CONTROL_PLANE] = "not in the scenario: cluster.control_plane is excluded",
    [INVOICE_EXTENDED_SUPPORT] = "not modelled: the cluster's Kubernetes version is past its "
                                 "standard support; upgrading ends this",
    [INVOICE_PUBLIC_IPV4] = "not in the scenario: cluster.public_ipv4 is 0",
    [INVOICE_NAT_HOURS] = "not in the scenario: cluster.nat_gateways is 0",
    [INVOICE_NAT_DATA] = "not modelled: what goes through the gateway is not known",
    [INVOICE_CROSS_ZONE] = "not in the scenario: cluster.cross_az is 0 %; other services' traffic "
                           "is in here too",
    [INVOICE_TRANSFER] = "not modelled: traffic to the internet and other regions",
    [INVOICE_CLOUDWATCH] = "not modelled: logs and metrics that this stack may replace",
    [INVOICE_XRAY] = "not modelled: traces that this stack may replace",
    [INVOICE_GRAFANA] = "not modelled: what this stack's Grafana may replace",
    [INVOICE_OTHER] = "not modelled",
};

static const char *price_words(struct arena *arena, const struct invoice_line *line) {
    double billed = line->billed.usd / line->billed.quantity;
    double predicted = line->predicted.usd / line->predicted.quantity;
    const char *likely = "";
    if (line->kind == INVOICE_INSTANCE && billed < 0.97 * predicted)
        likely = ", as with a reservation, a savings plan or spot";
    return arena_print(arena, "price: $%.4g billed against $%.4g per %s (%+.1f %%)%s", billed,
                       predicted, line->unit, 100 * (billed / predicted - 1), likely);
}

static const char *quantity_words(struct arena *arena, const struct invoice_line *line) {
    double more = line->billed.quantity - line->predicted.quantity;
    double share = 100 * more / line->predicted.quantity;
    if (line->kind == INVOICE_INSTANCE || line->kind == INVOICE_NAT_HOURS ||
        line->kind == INVOICE_CONTROL_PLANE || line->kind == INVOICE_PUBLIC_IPV4)
        return arena_print(arena, "hours: %.0f billed against %.0f, as %.2g %s running all month",
                           line->billed.quantity, line->predicted.quantity,
                           fabs(more) / HOURS_PER_MONTH, more > 0 ? "more" : "fewer");
    return arena_print(arena, "quantity: %.4g billed against %.4g %ss (%+.0f %%)",
                       line->billed.quantity, line->predicted.quantity, line->unit, share);
}

static bool matters(double usd, const struct invoice_line *line) {
    return fabs(usd) >= same_usd && fabs(usd) >= same_share * fabs(line->predicted.usd);
}

static const char *both_sides(const struct invoice_line *line, struct arena *arena) {
    bool quantity = matters(line->quantity_usd, line), price = matters(line->price_usd, line);
    if (line->billed.quantity <= 0)
        return "the bill says no quantity";
    if (quantity && price) {
        bool quantity_first = fabs(line->quantity_usd) >= fabs(line->price_usd);
        const char *a = quantity_words(arena, line), *b = price_words(arena, line);
        return a && b ? arena_print(arena, "%s; %s", quantity_first ? a : b, quantity_first ? b : a)
                      : NULL;
    }
    return quantity ? quantity_words(arena, line) : price_words(arena, line);
}

const char *invoice_reason(const struct invoice_line *line, const struct scenario *scenario,
                           struct arena *arena) {
    if (!line->billed.there)
        return line->kind == INVOICE_INSTANCE
                   ? arena_print(arena,
                                 "not on the bill: no such instance in %s, or not tagged as "
                                 "the cluster's",
                                 scenario->region)
                   : "not on the bill";
    if (!line->predicted.there)
        return billed_alone[line->kind];
    if (!matters(line->difference_usd, line))
        return "as predicted";
    return both_sides(line, arena);
}
