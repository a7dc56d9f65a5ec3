/** Plans: pods placed as a real cluster does, GOMEMLIMITs set, bills to the cent. */
#include "sim/base/units.h"
#include "stack/releases.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const brief_on_one_node[] = {
    "cluster={nodes: [{type: t3.medium, count: 1}]}",
    "stack.loki={requests: {cpu: 500m, memory: 512Mi}, limits: {cpu: 2000m, memory: 2Gi}, "
    "volume: 10Gi, retention: 3d}",
    "stack.tempo={requests: {cpu: 250m, memory: 256Mi}, limits: {cpu: 1000m, memory: 1Gi}, "
    "volume: 5Gi, retention: 3d}",
    NULL};

/** With the brief's requests a real scheduler (1.34) puts all twelve pods on one t3.medium.
 *  Millicores: 50 + 100 + 30 + 50 on each node, 2 x 100 + 2 x 60, 500 + 250 + 100 + 100 = 1500;
 *  MiB: 104 + 64, 2 x 70 + 2 x 232, 512 + 256 + 128 + 128 = 1796. */
static void the_brief_fits_one_t3_medium(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, brief_on_one_node);
    double cores = 0, bytes = 0;
    assert_int_equal(run->plan.pending, 0);
    assert_int_equal(run->plan.pod_count, 12);
    for (size_t i = 0; i < run->plan.pod_count; i++) {
        assert_int_equal(run->plan.pods[i].node, 0);
        cores += run->plan.pods[i].request_cores;
        bytes += run->plan.pods[i].request_bytes;
    }
    assert_close(cores, 1.5, 1e-9, 0);
    assert_close(bytes / MIB, 1796, 1e-9, 0);
    fixture_run_free(run);
}

static void goals_are_whole_mebibytes_of_the_limit(void **state) {
    (void)state;
    const char *overrides[] = {"stack.loki.memory_limit_target=90%", "stack.loki.limits.memory=2Gi",
                               NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    /* 0.9 x 2048 = 1843.2 */
    assert_close(run->plan.loki.memory_goal_bytes, 1843 * MIB, 0, 0.5);
    assert_close(run->plan.tempo.memory_goal_bytes, 0, 0, 0.5);
    fixture_run_free(run);
}

static double bill_of(const char *const *overrides, struct bill *bill) {
    struct fixture_run *run = fixture_run_new(true, overrides);
    assert_int_equal(plan_bill(run->scenario, &run->plan, run->tables.prices, &run->arena, bill,
                               &run->diagnostics),
                     STATUS_OK);
    double total = 0;
    for (size_t i = 0; i < bill->count; i++) {
        total += bill->items[i].usd_per_month;
        assert_close(bill->items[i].quantity * bill->items[i].usd_per_unit,
                     bill->items[i].usd_per_month, 1e-9, 1e-9);
    }
    assert_close(bill_total(bill), total, 1e-12, 0);
    /* Strings of the bill die with the run's arena: only figures are used after this. */
    fixture_run_free(run);
    return total;
}

/** us-east-1: t3.medium 730 h x 0.0416 = 30.37; 20 + 10 + 5 + 1 GiB x 0.08 = 2.88. */
static void one_t3_medium_with_the_brief_s_volumes(void **state) {
    (void)state;
    struct bill bill;
    assert_close(bill_of(brief_on_one_node, &bill), 730 * 0.0416 + 36 * 0.08, 1e-9, 0);
    assert_int_equal(bill.count, 5);
}

/** Reserved for a year 0.0261; the control plane 73.00; one public address 730 h x 0.005. */
static void what_else_is_on_the_bill(void **state) {
    (void)state;
    const char *overrides[] = {brief_on_one_node[1], brief_on_one_node[2],
                               "cluster={nodes: [{type: t3.medium, count: 1}], "
                               "purchase: reserved-1y, control_plane: included, public_ipv4: 1}",
                               NULL};
    struct bill bill;
    assert_close(bill_of(overrides, &bill), 730 * 0.0261 + 36 * 0.08 + 73.00 + 730 * 0.005, 1e-9,
                 0);
}

static void pods_that_do_not_fit_stay_pending(void **state) {
    (void)state;
    const char *overrides[] = {"cluster={nodes: [{type: t3.small, count: 1}]}",
                               "stack.loki.requests={cpu: 500m, memory: 1Gi}", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    assert_true(run->plan.pending > 0);
    fixture_run_free(run);
}

/** Requests alone put Loki first on one of two like nodes, Tempo on the other. */
static void splits_bind_pods_to_nodes(void **state) {
    (void)state;
    const char *overrides[] = {"cluster={nodes: [{type: t3.medium, count: 2}]}", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    struct plan *plan = &run->plan;
    char text[96];
    assert_string_equal(plan_print_split(&plan->split, text, sizeof text), "left to the scheduler");
    plan->split = (struct plan_split){true, {0, 0, 0, 0}};
    plan_settle(run->scenario, plan);
    for (int component = 0; component < COMPONENT_AGENT; component++)
        assert_int_equal(plan_node_of(plan, (enum component)component),
                         plan_node_of(plan, COMPONENT_LOKI));
    plan->split = (struct plan_split){true, {0, 1, 1, 1}};
    plan_settle(run->scenario, plan);
    for (int component = 1; component < COMPONENT_AGENT; component++)
        assert_int_equal(plan_node_of(plan, (enum component)component),
                         1 - plan_node_of(plan, COMPONENT_LOKI));
    assert_int_equal(plan->pending, 0);
    assert_string_equal(plan_print_split(&plan->split, text, sizeof text),
                        "Loki / Tempo + Grafana + OTel Collector");
    /* Three groups want three nodes: Loki and Tempo take one each, then nothing is left. */
    plan->split = (struct plan_split){true, {0, 1, 2, 2}};
    plan_settle(run->scenario, plan);
    assert_int_equal(plan->pending, 2);
    fixture_run_free(run);
}

/** What is installed first is placed first, and nobody waits for the node of one that comes later:
 *  the collector is there before Grafana. */
static void pods_come_as_they_are_installed(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, brief_on_one_node);
    struct release_list releases;
    size_t order[PLAN_PODS_MAX], next = 0;
    unsigned joins, shuns;
    assert_int_equal(
        releases_list(CHART_PROFILE_BRIEF, AGENT_KIND_PROMTAIL, &releases, &run->diagnostics),
        STATUS_OK);
    plan_pod_order(&run->plan, order);
    for (size_t i = 0; i < run->plan.pod_count; i++) {
        const int component = run->plan.pods[order[i]].component;
        assert_true(component >= 0 || next == 0);
        if (component >= 0)
            assert_int_equal(component, releases.items[next++].component);
    }
    assert_int_equal(next, releases.count);
    const struct plan_split pairs = {true, {0, 0, 1, 1}};
    plan_split_rules(&pairs, COMPONENT_COLLECTOR, &joins, &shuns);
    assert_int_equal(joins, 0);
    assert_int_equal(shuns, 1u << COMPONENT_LOKI | 1u << COMPONENT_TEMPO);
    plan_split_rules(&pairs, COMPONENT_GRAFANA, &joins, &shuns);
    assert_int_equal(joins, 1u << COMPONENT_COLLECTOR);
    char text[96];
    assert_string_equal(plan_print_split(&pairs, text, sizeof text),
                        "Loki + Tempo / Grafana + OTel Collector");
    fixture_run_free(run);
}

/** The collector keeps a quarter: Tempo stores a quarter, and the collector sees all. */
static void dropped_traces_spare_tempo(void **state) {
    (void)state;
    struct fixture_run *run = fixture_run_new(true, NULL);
    const struct engine_samples all = fixture_run_samples(run);
    run->plan.traces_dropped = 0.75;
    const struct engine_samples quarter = fixture_run_samples(run);
    assert_true(quarter.metric[METRIC_TEMPO_FREE_PEAK_MIB][0] <
                all.metric[METRIC_TEMPO_FREE_PEAK_MIB][0]);
    assert_true(quarter.metric[METRIC_TEMPO_DISK_PEAK_GIB][0] <
                0.26F * all.metric[METRIC_TEMPO_DISK_PEAK_GIB][0]);
    assert_close((double)quarter.metric[METRIC_COLLECTOR_CPU_CORES][0],
                 (double)all.metric[METRIC_COLLECTOR_CPU_CORES][0], 1e-9, 0);
    fixture_run_free(run);
}

static void nodes_are_named_in_order(void **state) {
    (void)state;
    const char *overrides[] = {
        "cluster={nodes: [{type: t3.medium, count: 2}, {type: t3.small, count: 1}]}", NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    char text[64];
    assert_string_equal(plan_print_nodes(&run->plan, text, sizeof text),
                        "2 x t3.medium + 1 x t3.small");
    fixture_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_brief_fits_one_t3_medium),
        cmocka_unit_test(goals_are_whole_mebibytes_of_the_limit),
        cmocka_unit_test(one_t3_medium_with_the_brief_s_volumes),
        cmocka_unit_test(what_else_is_on_the_bill),
        cmocka_unit_test(pods_that_do_not_fit_stay_pending),
        cmocka_unit_test(splits_bind_pods_to_nodes),
        cmocka_unit_test(pods_come_as_they_are_installed),
        cmocka_unit_test(dropped_traces_spare_tempo),
        cmocka_unit_test(nodes_are_named_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
