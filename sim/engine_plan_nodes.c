/* What the nodes of a plan have, and what runs there besides Loki and Tempo. */
#include "sim/base/units.h"
#include "sim/engine_plan.h"

#include <math.h>

/** The small processes: their models and their mean load. */
static void small_init(const struct scenario *scenario, const struct calibration *calibration,
                       const struct plan *plan, struct engine_plan *out) {
    const double hosts = plan_service_hosts(scenario);
    out->collector = &calibration->collector;
    out->agent = &calibration->agent[plan->agent_kind];
    out->spans_per_second = scenario_spans_per_second(scenario);
    out->agent_bytes_per_second = scenario_log_bytes_per_second(scenario) / hosts;
    out->agent_files = fmax(scenario_streams(scenario) / hosts, 1);
    grafana_predict(&calibration->grafana, scenario->workload.queries.users, &out->grafana);
}

static void add_need(struct engine_node *node, const struct process_need *need) {
    node->fixed_cores += (float)need->cpu_cores;
    node->fixed_mib += (float)(need->memory_peak_bytes / MIB);
}

static void add_pod_use(const struct engine_plan *constants, const struct plan_pod *pod,
                        struct engine_node *node) {
    struct process_need need;
    switch (pod->component) {
    case COMPONENT_LOKI:
        node->hosts_loki = true;
        return;
    case COMPONENT_TEMPO:
        node->hosts_tempo = true;
        return;
    case COMPONENT_GRAFANA:
        add_need(node, &constants->grafana);
        return;
    case COMPONENT_COLLECTOR:
        collector_predict(constants->collector, constants->spans_per_second, &need);
        add_need(node, &need);
        return;
    case COMPONENT_AGENT:
        /* The stack's own nodes log little; the services run elsewhere. */
        agent_predict(constants->agent, 0, constants->agent_files, &need);
        add_need(node, &need);
        return;
    default:
        break;
    }
    node->fixed_cores += (float)pod->used_cores;
    node->fixed_mib += (float)(pod->used_bytes / MIB);
}

void engine_plan_nodes(const struct scenario *scenario, const struct calibration *calibration,
                       const struct price_table *prices, const struct plan *plan,
                       double step_seconds, struct engine_plan *out) {
    small_init(scenario, calibration, plan, out);
    out->node_count = plan->node_count;
    for (size_t i = 0; i < plan->node_count; i++) {
        const struct instance_type *type = plan->nodes[i];
        struct price price = {0};
        const float surplus_cap = (float)(24 * type->credits_per_hour);
        bool billed = price_surplus_vcpu_hour(prices, type->arm, &price);
        out->nodes[i] = (struct engine_node){
            .burstable = type->burstable,
            .vcpu = (float)type->vcpu,
            .allocatable_mib = (float)(node_allocatable_bytes(type) / MIB),
            .earn_per_step = (float)(type->credits_per_hour * step_seconds / SECONDS_PER_HOUR),
            .cap = (float)type->credit_cap,
            .surplus_cap = surplus_cap,
            .least_credits = !type->burstable          ? -1e30f
                             : plan->credits_unlimited ? -surplus_cap
                                                       : 0,
            .usd_per_credit = billed ? (float)(price.usd / 60) : 0,
        };
    }
    for (size_t i = 0; i < plan->pod_count; i++)
        if (plan->pods[i].node >= 0)
            add_pod_use(out, &plan->pods[i], &out->nodes[plan->pods[i].node]);
}
