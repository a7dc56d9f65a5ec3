#include "tests/unit/fixture_scenario.h"

#include "sim/base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct instance_type t3_medium = {
    .name = "t3.medium",
    .vcpu = 2,
    .memory_kernel_mib = 3827,
    .max_pods = 17,
    .credits_per_hour = 24,
    .credit_cap = 576,
    .baseline_fraction = 0.2,
    .burstable = true,
    .ebs_baseline_iops = 2000,
    .ebs_max_iops = 11800,
    .ebs_baseline_mib_per_second = 43.4,
    .ebs_max_mib_per_second = 260.6,
};

static const struct scenario_service services[] = {
    {"api", 4, 20, 350, 2, {2.5, 4.0, 4.2}, 15, 0.1, 8, 470},
    {"worker", 3, 15, 300, 2, {2.4, 3.9, 4.1}, 2, 0.1, 6, 470},
    {"web", 2, 25, 240, 1, {2.8, 4.4, 4.6}, 0, 0.1, 1, 470},
};

static const double business_hours[24] = {0.30, 0.25, 0.22, 0.22, 0.25, 0.35, 0.55, 0.95,
                                          1.45, 1.75, 1.85, 1.85, 1.70, 1.75, 1.85, 1.80,
                                          1.65, 1.40, 1.05, 0.80, 0.65, 0.55, 0.45, 0.36};

static struct scenario_resources resources(double request_cores, double request_mib,
                                           double limit_cores, double limit_mib,
                                           double volume_gib) {
    return (struct scenario_resources){request_cores, request_mib * MIB, limit_cores,
                                       limit_mib * MIB, volume_gib * GIB};
}

static void fill_stack(struct scenario_stack *stack) {
    stack->loki = (struct scenario_loki){
        .resources = resources(0.5, 512, 2, 2048, 10),
        .settings = {.encoding = LOKI_ENCODING_SNAPPY,
                     .max_chunk_age_seconds = 7200,
                     .chunk_idle_period_seconds = 1800,
                     .chunk_target_size_bytes = 1572864,
                     .chunk_block_size_bytes = 262144,
                     .wal_checkpoint_seconds = 300,
                     .chunk_cache_bytes = 64e6,
                     .memory_goal_bytes = 1843 * MIB,
                     .memory_limit_bytes = 2048 * MIB},
        .retention_seconds = 7 * SECONDS_PER_DAY,
        .memory_limit_target = 0.9,
        .ingestion_rate_bytes_per_second = 4 * MIB,
        .max_streams = 5000,
    };
    stack->tempo = (struct scenario_tempo){
        .resources = resources(0.25, 256, 1, 1024, 5),
        .settings = {1800, 524288000, 10, 10, 1e8, 3600, 3600, 100, 921 * MIB, 1024 * MIB},
        .retention_seconds = 7 * SECONDS_PER_DAY,
        .memory_limit_target = 0.9,
    };
    stack->grafana = resources(0.1, 128, 0.5, 512, 1);
    stack->collector = resources(0.1, 128, 0.5, 512, 0);
    stack->agent = resources(0.05, 64, 0.2, 192, 0);
    stack->agent_kind = AGENT_KIND_PROMTAIL;
}

static void fill_workload(struct scenario_workload *workload) {
    workload->services = services;
    workload->service_count = sizeof services / sizeof *services;
    memcpy(workload->profile.daily, business_hours, sizeof business_hours);
    workload->profile.weekend_fraction = 0.4;
    workload->profile.noise_cv = 0.25;
    workload->profile.noise_correlation_seconds = 1800;
    workload->profile.growth_fraction_per_month = 0.03;
    workload->incidents = (struct scenario_incidents){2, {4, 12}, {1800, 10800}};
    workload->queries = (struct scenario_queries){60, 6 * SECONDS_PER_HOUR, 5};
}

static void fill_targets(struct scenario_targets *targets) {
    targets->cost = (struct scenario_target){true, 40, 0.95};
    targets->logs_retention = (struct scenario_target){true, 7 * SECONDS_PER_DAY, 0.99};
    targets->traces_retention = (struct scenario_target){true, 7 * SECONDS_PER_DAY, 0.99};
    targets->out_of_memory = (struct scenario_target){true, 0.01, 0};
    targets->log_loss = (struct scenario_target){true, 0.001, 0.99};
    targets->savings = (struct scenario_target){true, 0.6, 0};
}

struct scenario *fixture_scenario(void) {
    struct scenario *scenario = calloc(1, sizeof *scenario);
    if (!scenario)
        return NULL;
    arena_init(&scenario->arena);
    scenario->file = "scenarios/prod.yaml";
    scenario->name = "prod";
    scenario->region = "us-east-1";
    fill_workload(&scenario->workload);
    fill_stack(&scenario->stack);
    scenario->cluster.nodes[0] = (struct scenario_node_group){"t3.medium", 1};
    scenario->cluster.node_group_count = 1;
    scenario->cluster.purchase = PURCHASE_ON_DEMAND;
    scenario->cluster.credits_unlimited = true;
    scenario->cluster.system_pods = true;
    scenario->cluster.root_volume_bytes = 20 * GIB;
    scenario->cluster.dedicated = true;
    fill_targets(&scenario->targets);
    scenario->managed = (struct scenario_managed){MANAGED_AWS, 2, 3, 5};
    scenario->search = (struct scenario_search){
        .instance_types = {"t3.small", "t3.medium", "t3.large"},
        .instance_type_count = 3,
        .max_nodes = 3,
        .purchase = {PURCHASE_ON_DEMAND},
        .purchase_count = 1,
        .encodings = {LOKI_ENCODING_SNAPPY, LOKI_ENCODING_GZIP},
        .encoding_count = 2,
        .volume_step_bytes = GIB,
        .memory_step_bytes = 64 * MIB,
    };
    scenario->simulation = (struct scenario_simulation){
        30 * SECONDS_PER_DAY, 5 * SECONDS_PER_MINUTE, 10000, 1, CALIBRATION_SHIPPED};
    scenario->output_folder = "out";
    return scenario;
}

void fixture_scenario_free(struct scenario *scenario) {
    if (!scenario)
        return;
    arena_fini(&scenario->arena);
    free(scenario);
}

static void add_pod(struct plan *plan, const char *name, int component, double cores,
                    double bytes) {
    struct plan_pod *pod = &plan->pods[plan->pod_count++];
    snprintf(pod->name, sizeof pod->name, "%s", name);
    pod->system = component < 0;
    pod->component = component;
    pod->request_cores = cores;
    pod->request_bytes = bytes;
}

static void fill_pods(struct plan *plan) {
    static const char *const names[COMPONENT_COUNT] = {"loki-0", "tempo-0", "grafana",
                                                       "opentelemetry-collector", "promtail"};
    add_pod(plan, "aws-node", -1, 0.05, 0);
    add_pod(plan, "kube-proxy", -1, 0.1, 0);
    add_pod(plan, "coredns-1", -1, 0.1, 70 * MIB);
    add_pod(plan, "coredns-2", -1, 0.1, 70 * MIB);
    add_pod(plan, "ebs-csi-node", -1, 0.03, 120 * MIB);
    for (int i = 0; i < COMPONENT_COUNT; i++)
        add_pod(plan, names[i], i, plan->resources[i].request_cores,
                plan->resources[i].request_bytes);
}

void fixture_plan(const struct scenario *scenario, struct plan *plan) {
    const struct scenario_stack *stack = &scenario->stack;
    *plan = (struct plan){
        .nodes = {&t3_medium},
        .node_count = 1,
        .purchase = PURCHASE_ON_DEMAND,
        .credits_unlimited = true,
        .root_volume_bytes = scenario->cluster.root_volume_bytes,
        .resources = {stack->loki.resources, stack->tempo.resources, stack->grafana,
                      stack->collector, stack->agent},
        .loki = stack->loki.settings,
        .tempo = stack->tempo.settings,
        .loki_retention_seconds = stack->loki.retention_seconds,
        .tempo_retention_seconds = stack->tempo.retention_seconds,
        .loki_memory_limit_target = stack->loki.memory_limit_target,
        .tempo_memory_limit_target = stack->tempo.memory_limit_target,
        .ingestion_rate_bytes_per_second = stack->loki.ingestion_rate_bytes_per_second,
        .max_streams = stack->loki.max_streams,
        .agent_kind = stack->agent_kind,
    };
    fill_pods(plan);
}
