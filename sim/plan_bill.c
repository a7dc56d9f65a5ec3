/* What a plan costs a month, item by item. */
#include "sim/base/units.h"
#include "sim/plan.h"

#include <string.h>

static const char *dated(struct arena *arena, const struct price *price) {
    if (strstr(price->source, price->as_of))
        return price->source;
    const char *text = arena_print(arena, "%s (%s)", price->source, price->as_of);
    return text ? text : price->source;
}

static enum status missing(const struct scenario *scenario, const char *what,
                           struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_INVALID, scenario->file, 0, 0,
                           "no price of %s in region %s; add it to a table and name its folder "
                           "with --prices",
                           what, scenario->region);
}

static const char *const purchase_words[PURCHASE_COUNT] = {
    [PURCHASE_ON_DEMAND] = "on demand",
    [PURCHASE_RESERVED_1Y] = "reserved 1 year",
    [PURCHASE_SAVINGS_PLAN_1Y] = "savings plan 1 year",
    [PURCHASE_INSTANCE_SAVINGS_PLAN_1Y] = "instance savings plan 1 year",
};

static enum status add_nodes(const struct scenario *scenario, const struct plan *plan,
                             const struct price_table *prices, struct arena *arena,
                             struct bill *bill, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < plan->node_count;) {
        size_t count = 1;
        while (i + count < plan->node_count && plan->nodes[i + count] == plan->nodes[i])
            count++;
        const char *type = plan->nodes[i]->name;
        struct price price;
        if (!price_instance_hour(prices, scenario->region, type, plan->purchase, &price))
            return missing(scenario, type, diagnostics);
        const char *item = arena_print(arena, "%zu x %s %s", count, type,
                                       purchase_words[plan->purchase]);
        if (!item)
            return diagnostics_out_of_memory(diagnostics, "the bill");
        bill_add(bill, "nodes", item, (double)count * HOURS_PER_MONTH, "hour", price.usd,
                 dated(arena, &price));
        i += count;
    }
    return STATUS_OK;
}

static enum status add_volumes(const struct scenario *scenario, const struct plan *plan,
                               const struct price_table *prices, struct arena *arena,
                               struct bill *bill, struct diagnostics *diagnostics) {
    struct price price;
    if (!price_gp3_gib_month(prices, scenario->region, &price))
        return missing(scenario, "gp3 volumes", diagnostics);
    const char *source = dated(arena, &price);
    bill_add(bill, "nodes", "root volumes, gp3",
             (double)plan->node_count * plan->root_volume_bytes / GIB, "GiB-month", price.usd,
             source);
    for (int component = 0; component < COMPONENT_COUNT; component++)
        if (plan->resources[component].volume_bytes > 0)
            bill_add(bill, component_name((enum component)component), "volume, gp3",
                     plan->resources[component].volume_bytes / GIB, "GiB-month", price.usd, source);
    return STATUS_OK;
}

static enum status add_network(const struct scenario *scenario, const struct price_table *prices,
                               struct arena *arena, struct bill *bill,
                               struct diagnostics *diagnostics) {
    const struct scenario_cluster *cluster = &scenario->cluster;
    struct price price;
    if (cluster->public_ipv4 > 0) {
        if (!price_other(prices, "VPC", "public_ipv4", scenario->region, &price))
            return missing(scenario, "public IPv4 addresses", diagnostics);
        bill_add(bill, "network", "public IPv4 addresses", cluster->public_ipv4 * HOURS_PER_MONTH,
                 "address-hour", price.usd, dated(arena, &price));
    }
    if (cluster->nat_gateways > 0) {
        if (!price_other(prices, "VPC", "nat_gateway_hour", scenario->region, &price))
            return missing(scenario, "NAT gateways", diagnostics);
        bill_add(bill, "network", "NAT gateways", cluster->nat_gateways * HOURS_PER_MONTH, "hour",
                 price.usd, dated(arena, &price));
    }
    if (cluster->cross_az_fraction > 0) {
        if (!price_other(prices, "EC2 transfer", "cross_az_each_direction", scenario->region,
                         &price))
            return missing(scenario, "traffic between zones", diagnostics);
        double bytes_per_second =
            scenario_log_bytes_per_second(scenario) + scenario_span_bytes_per_second(scenario);
        /* Each byte is charged on its way out and on its way in. */
        double gb = 2 * cluster->cross_az_fraction * bytes_per_second * SECONDS_PER_MONTH / 1e9;
        bill_add(bill, "network", "traffic between zones, both ways", gb, "GB", price.usd,
                 dated(arena, &price));
    }
    return STATUS_OK;
}

enum status plan_bill(const struct scenario *scenario, const struct plan *plan,
                      const struct price_table *prices, struct arena *arena, struct bill *bill,
                      struct diagnostics *diagnostics) {
    bill->count = 0;
    enum status status = add_nodes(scenario, plan, prices, arena, bill, diagnostics);
    if (status == STATUS_OK)
        status = add_volumes(scenario, plan, prices, arena, bill, diagnostics);
    if (status == STATUS_OK && scenario->cluster.control_plane_included) {
        struct price price;
        if (!price_eks_control_plane_hour(prices, &price))
            return missing(scenario, "the EKS control plane", diagnostics);
        bill_add(bill, "cluster", "EKS control plane", HOURS_PER_MONTH, "hour", price.usd,
                 dated(arena, &price));
    }
    if (status == STATUS_OK)
        status = add_network(scenario, prices, arena, bill, diagnostics);
    return status;
}
