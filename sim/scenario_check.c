#include "models/node.h"
#include "sim/base/units.h"
#include "sim/base/words.h"
#include "sim/calibrate_user_range.h"
#include "sim/plan.h"
#include "sim/scenario_reader.h"
#include "sim/scenario_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** Growth over the horizon above this is a typing error, not a forecast. */
#define GROWTH_FACTOR_MAX 1000.0
/** Replicas x steps; at some 5e7 a second that is more than five hours. */
#define REPLICA_STEPS_MAX 1e12
/** A smaller GOMEMLIMIT share leaves Go collecting all the time. */
#define MEMORY_LIMIT_TARGET_MIN 0.1

/** Where to point for `path`: its node, or the nearest section that is there. */
static struct yaml_node *node_for(const struct scenario_reader *reader, const char *path) {
    char prefix[SCENARIO_PATH_BYTES];
    snprintf(prefix, sizeof prefix, "%s", path);
    for (;;) {
        struct yaml_node *node = scenario_node(reader, prefix);
        if (node)
            return node;
        char *dot = strrchr(prefix, '.');
        if (!dot)
            return reader->root;
        *dot = '\0';
    }
}

/** One side of a comparison. */
struct side {
    const char *path;
    double value;
};

/** Complain when `low` is above `high`, at whichever of them the file holds. */
static void check_order(struct scenario_reader *reader, struct side low, struct side high,
                        const char *why) {
    if (low.value <= high.value || !scenario_is_good(reader, low.path) ||
        !scenario_is_good(reader, high.path))
        return;
    bool low_given = scenario_node(reader, low.path) != NULL;
    bool high_given = scenario_node(reader, high.path) != NULL;
    struct side at = low_given ? low : high, other = low_given ? high : low;
    char shown[48], bound[48];
    scenario_value_print(scenario_schema_find(at.path), at.value, shown, sizeof shown);
    scenario_value_print(scenario_schema_find(other.path), other.value, bound, sizeof bound);
    scenario_complain(reader, node_for(reader, at.path), PART_VALUE, at.path,
                      "%s is %s %s, which is %s%s", shown, low_given ? "above" : "below",
                      other.path, bound, low_given && high_given ? "" : " by default");
    scenario_advise(reader, "%s", why);
}

static void check_resources(struct scenario_reader *reader, const char *component,
                            const struct scenario_resources *resources) {
    char request[SCENARIO_PATH_BYTES], limit[SCENARIO_PATH_BYTES];
    snprintf(request, sizeof request, "stack.%s.requests.cpu", component);
    snprintf(limit, sizeof limit, "stack.%s.limits.cpu", component);
    check_order(reader, (struct side){request, resources->request_cores},
                (struct side){limit, resources->limit_cores},
                "Kubernetes refuses a request above its limit");
    snprintf(request, sizeof request, "stack.%s.requests.memory", component);
    snprintf(limit, sizeof limit, "stack.%s.limits.memory", component);
    check_order(reader, (struct side){request, resources->request_bytes},
                (struct side){limit, resources->limit_bytes},
                "Kubernetes refuses a request above its limit");
}

static void check_whole_gib(struct scenario_reader *reader, const char *path, double bytes) {
    if (!scenario_is_good(reader, path) || fmod(bytes, GIB) == 0)
        return;
    char shown[48];
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "EBS sells whole GiB, and this is %s",
                      units_print_bytes(shown, sizeof shown, bytes));
    scenario_advise(reader, "did you mean %.0fGi?", ceil(bytes / GIB));
}

static void check_memory_limit_target(struct scenario_reader *reader, const char *path,
                                      double target) {
    if (!scenario_is_good(reader, path) || target == 0 || target >= MEMORY_LIMIT_TARGET_MIN)
        return;
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "must be 0%% or at least 10%%, found %.4g%%", target * 100);
    scenario_advise(reader, "0%% leaves GOMEMLIMIT unset; a very low one leaves Go no time but "
                            "for collecting");
}

static void check_agent(struct scenario_reader *reader) {
    const char *path = "stack.agent.kind";
    const struct scenario_stack *stack = &reader->scenario->stack;
    if (stack->chart_profile != CHART_PROFILE_SUCCESSOR ||
        stack->agent_kind != AGENT_KIND_PROMTAIL || !scenario_is_good(reader, path) ||
        !scenario_is_good(reader, "stack.charts.profile"))
        return;
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "must be alloy with stack.charts.profile: successor, found promtail");
    scenario_advise(reader, "Promtail reached its end of life on 2026-03-02; leave the key out");
}

static void check_stack(struct scenario_reader *reader) {
    const struct scenario_stack *stack = &reader->scenario->stack;
    check_resources(reader, "loki", &stack->loki.resources);
    check_resources(reader, "tempo", &stack->tempo.resources);
    check_resources(reader, "grafana", &stack->grafana);
    check_resources(reader, "collector", &stack->collector);
    check_resources(reader, "agent", &stack->agent);
    check_agent(reader);
    check_whole_gib(reader, "stack.loki.volume", stack->loki.resources.volume_bytes);
    check_whole_gib(reader, "stack.tempo.volume", stack->tempo.resources.volume_bytes);
    check_whole_gib(reader, "stack.grafana.volume", stack->grafana.volume_bytes);
    check_memory_limit_target(reader, "stack.loki.memory_limit_target",
                              stack->loki.memory_limit_target);
    check_memory_limit_target(reader, "stack.tempo.memory_limit_target",
                              stack->tempo.memory_limit_target);
}

/** Index of the service before `index` that has its name, or `index`. A name that was refused is
 *  NULL. */
static size_t earlier_namesake(const struct scenario_workload *workload, size_t index) {
    const char *name = workload->services[index].name;
    for (size_t i = 0; name && i < index; i++)
        if (workload->services[i].name && strcmp(workload->services[i].name, name) == 0)
            return i;
    return index;
}

static void check_service_names(struct scenario_reader *reader) {
    const struct scenario_workload *workload = &reader->scenario->workload;
    for (size_t i = 1; i < workload->service_count; i++) {
        size_t namesake = earlier_namesake(workload, i);
        char path[SCENARIO_PATH_BYTES];
        snprintf(path, sizeof path, "workload.services.%zu.name", i);
        struct yaml_node *node = namesake < i ? scenario_node(reader, path) : NULL;
        if (!node || !scenario_is_good(reader, path))
            continue;
        scenario_complain(reader, node, PART_VALUE, path, "%s is the name of item %zu too",
                          workload->services[i].name, namesake);
        scenario_advise(reader, "give each service a name of its own");
    }
}

static void check_growth(struct scenario_reader *reader) {
    const char *path = "workload.profile.growth_per_month";
    const struct scenario *scenario = reader->scenario;
    double growth = scenario->workload.profile.growth_fraction_per_month;
    double months = scenario->simulation.horizon_seconds / SECONDS_PER_MONTH;
    if (!scenario_is_good(reader, path) || !scenario_is_good(reader, "simulation.horizon") ||
        pow(1 + growth, months) <= GROWTH_FACTOR_MAX)
        return;
    char horizon[48];
    scenario_complain(
        reader, node_for(reader, path), PART_VALUE, path,
        "the load would grow more than %.0f-fold within the horizon of %s", GROWTH_FACTOR_MAX,
        units_print_duration(horizon, sizeof horizon, scenario->simulation.horizon_seconds));
}

static void check_workload(struct scenario_reader *reader) {
    const struct scenario_incidents *incidents = &reader->scenario->workload.incidents;
    const char *why = "p95 is the size that one in twenty exceeds, the median one in two";
    check_order(reader,
                (struct side){"workload.incidents.magnitude.median", incidents->magnitude.median},
                (struct side){"workload.incidents.magnitude.p95", incidents->magnitude.p95}, why);
    check_order(
        reader,
        (struct side){"workload.incidents.duration.median", incidents->duration_seconds.median},
        (struct side){"workload.incidents.duration.p95", incidents->duration_seconds.p95}, why);
    check_service_names(reader);
    check_growth(reader);
}

static void check_targets(struct scenario_reader *reader) {
    const struct scenario *scenario = reader->scenario;
    if (!scenario_node(reader, "targets"))
        return;
    const struct scenario_target *logs = &scenario->targets.logs_retention;
    const struct scenario_target *traces = &scenario->targets.traces_retention;
    if (logs->set)
        check_order(reader, (struct side){"targets.logs_retention.at_least", logs->bound},
                    (struct side){"stack.loki.retention", scenario->stack.loki.retention_seconds},
                    "Loki deletes what is older than its retention");
    if (traces->set)
        check_order(reader, (struct side){"targets.traces_retention.at_least", traces->bound},
                    (struct side){"stack.tempo.retention", scenario->stack.tempo.retention_seconds},
                    "Tempo deletes what is older than its retention");
}

/** The nearest step, in whole minutes if it has one, that divides a day; `step` >= 1 s. */
static double nearest_step(double step) {
    double unit = step >= SECONDS_PER_MINUTE ? SECONDS_PER_MINUTE : 1;
    double middle = floor(step / unit) * unit;
    for (double away = 0; away < middle; away += unit) {
        if (fmod(SECONDS_PER_DAY, middle - away) == 0)
            return middle - away;
        if (fmod(SECONDS_PER_DAY, middle + away) == 0)
            return middle + away;
    }
    return unit;
}

static void check_simulation(struct scenario_reader *reader) {
    const struct scenario_simulation *simulation = &reader->scenario->simulation;
    double step = simulation->step_seconds, horizon = simulation->horizon_seconds;
    const char *step_path = "simulation.step", *horizon_path = "simulation.horizon";
    char shown[48];
    if (!scenario_is_good(reader, step_path))
        return;
    if (fmod(SECONDS_PER_DAY, step) != 0) {
        scenario_complain(reader, node_for(reader, step_path), PART_VALUE, step_path,
                          "a day must be a whole number of steps");
        scenario_advise(reader, "did you mean %s?",
                        units_print_duration(shown, sizeof shown, nearest_step(step)));
    } else if (scenario_is_good(reader, horizon_path) && fmod(horizon, step) != 0) {
        scenario_complain(reader, node_for(reader, horizon_path), PART_VALUE, horizon_path,
                          "must be a whole number of steps of %s",
                          units_print_duration(shown, sizeof shown, step));
        scenario_advise(reader, "did you mean %s?",
                        units_print_duration(shown, sizeof shown, ceil(horizon / step) * step));
    } else if (scenario_is_good(reader, horizon_path) &&
               scenario_is_good(reader, "simulation.replicas") &&
               (double)simulation->replicas * (horizon / step) > REPLICA_STEPS_MAX) {
        scenario_complain(reader, node_for(reader, "simulation.replicas"), PART_VALUE,
                          "simulation.replicas", "%.0f steps in %.0f replicas would take hours",
                          horizon / step, (double)simulation->replicas);
        scenario_advise(reader, "replicas x horizon / step can be 1e12 at most");
    }
}

/** The file is read again for a run; here so that `simulate check` says what is wrong with it. */
static void check_calibration(struct scenario_reader *reader) {
    static const char path[] = "simulation.calibration";
    const char *file = reader->scenario->simulation.calibration;
    char quoted[WORDS_QUOTE_BYTES];
    struct calibration calibration;
    if (!scenario_is_good(reader, path) || strcmp(file, CALIBRATION_SHIPPED) == 0 ||
        calibrate_user_read(reader->scratch, file, &calibration, reader->diagnostics) == STATUS_OK)
        return;
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "no calibration can be read from %s",
                      words_quote(quoted, sizeof quoted, file));
    scenario_advise(reader, "`simulate calibrate` writes such files; `shipped` is the default");
}

/** A run that ends before the volumes are full says nothing about whether they are large enough. */
static void check_horizon(struct scenario_reader *reader) {
    const struct scenario *scenario = reader->scenario;
    const struct side horizon = {"simulation.horizon", scenario->simulation.horizon_seconds};
    const char *why = "the volumes would not fill within the run: simulate at least the retention";
    check_order(reader,
                (struct side){"stack.loki.retention", scenario->stack.loki.retention_seconds},
                horizon, why);
    check_order(reader,
                (struct side){"stack.tempo.retention", scenario->stack.tempo.retention_seconds},
                horizon, why);
}

static void check_region(struct scenario_reader *reader) {
    const char *region = reader->scenario->region;
    if (!reader->prices || !scenario_is_good(reader, "region") ||
        price_region_known(reader->prices, region))
        return;
    const char *names[64];
    size_t count = price_region_count(reader->prices);
    for (size_t i = 0; i < count && i < 64; i++)
        names[i] = price_region(reader->prices, i);
    int nearest = words_nearest(region, names, count < 64 ? count : 64);
    scenario_complain(reader, node_for(reader, "region"), PART_VALUE, "region",
                      "no prices are known for the region %s", region);
    if (nearest >= 0)
        scenario_advise(reader, "did you mean %s?", names[nearest]);
    else
        scenario_advise(reader, "%zu regions are known, such as us-east-1", count);
}

/** Whether the tables know the instance type at `path`; complains when not. */
static bool check_instance(struct scenario_reader *reader, const char *path, const char *type) {
    const char *names[256];
    if (!reader->instances || !type || !scenario_is_good(reader, path))
        return false;
    if (instance_find(reader->instances, type))
        return true;
    size_t count = 0;
    for (; count < reader->instances->count && count < 256; count++)
        names[count] = reader->instances->types[count].name;
    int nearest = words_nearest(type, names, count);
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "the instance type %s is not known", type);
    if (nearest >= 0)
        scenario_advise(reader, "did you mean %s?", names[nearest]);
    else
        scenario_advise(reader, "%zu types are known, such as t3.medium", reader->instances->count);
    return false;
}

static void check_nodes(struct scenario_reader *reader) {
    const struct scenario *scenario = reader->scenario;
    unsigned nodes = 0;
    for (size_t i = 0; i < scenario->cluster.node_group_count; i++) {
        const struct scenario_node_group *group = &scenario->cluster.nodes[i];
        enum purchase purchase = scenario->cluster.purchase;
        char path[SCENARIO_PATH_BYTES];
        struct price price;
        snprintf(path, sizeof path, "cluster.nodes.%zu.type", i);
        nodes += group->count;
        if (check_instance(reader, path, group->type) && reader->prices &&
            scenario_is_good(reader, "region") && scenario_is_good(reader, "cluster.purchase") &&
            !price_instance_hour(reader->prices, scenario->region, group->type, purchase, &price)) {
            scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                              "no %s price of %s is known in %s", purchase_name(purchase),
                              group->type, scenario->region);
            scenario_advise(reader, "take it from an AWS offer file: simulate prices import FILE");
        }
    }
    if (scenario_is_good(reader, "cluster.nodes") && nodes > PLAN_NODES_MAX)
        scenario_complain(reader, node_for(reader, "cluster.nodes"), PART_VALUE, "cluster.nodes",
                          "at most %d nodes in all, found %u", PLAN_NODES_MAX, nodes);
}

/** The shipped tables know NAT gateways in one region only: better said here than by the bill. */
static void check_nat_gateways(struct scenario_reader *reader) {
    static const char path[] = "cluster.nat_gateways", meter[] = "nat_gateway_hour";
    const char *region = reader->scenario->region;
    struct price price;
    if (reader->scenario->cluster.nat_gateways <= 0 || !reader->prices ||
        !scenario_is_good(reader, path) || !scenario_is_good(reader, "region") ||
        price_other(reader->prices, "VPC", meter, region, &price))
        return;
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "no price of NAT gateways is known in %s", region);
    scenario_advise(reader, "set it to 0, or add VPC,%s,%s to an aws_other.csv for --prices", meter,
                    region);
}

static void check_cluster(struct scenario_reader *reader) {
    const struct scenario_cluster *cluster = &reader->scenario->cluster;
    check_nodes(reader);
    check_nat_gateways(reader);
    check_whole_gib(reader, "cluster.root_volume", cluster->root_volume_bytes);
    const char *path = "cluster.other_requests";
    bool others = cluster->other_request_cores > 0 || cluster->other_request_bytes > 0 ||
                  cluster->other_pods > 0;
    if (!cluster->dedicated || !others || !scenario_is_good(reader, path) ||
        !scenario_is_good(reader, "cluster.dedicated"))
        return;
    scenario_complain(reader, node_for(reader, path), PART_VALUE, path,
                      "other pods cannot request anything on dedicated nodes");
    scenario_advise(reader, "set cluster.dedicated to false, or leave other_requests out");
}

static void check_search(struct scenario_reader *reader) {
    check_whole_gib(reader, "search.volume_step", reader->scenario->search.volume_step_bytes);
    const struct yaml_node *list = scenario_node(reader, "search.instance_types");
    if (!list || !scenario_is_good(reader, "search.instance_types"))
        return;
    size_t index = 0;
    for (const struct yaml_node *item = list->first; item; item = item->next, index++) {
        char path[SCENARIO_PATH_BYTES];
        snprintf(path, sizeof path, "search.instance_types.%zu", index);
        check_instance(reader, path, item->scalar);
    }
}

void scenario_check(struct scenario_reader *reader) {
    if (reader->status != STATUS_OK && reader->status != STATUS_INVALID)
        return;
    check_region(reader);
    check_workload(reader);
    check_stack(reader);
    check_cluster(reader);
    check_targets(reader);
    check_search(reader);
    check_simulation(reader);
    check_calibration(reader);
    check_horizon(reader);
}
