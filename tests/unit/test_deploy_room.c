/** What pods request of the real nodes, and what is wrong with pods that are not ready. */
#include "sim/base/units.h"
#include "stack/deploy_parts.h"
#include "stack/preflight.h"
#include "stack/preflight_nodes.h"
#include "stack/secret.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/canned_cluster.h"
#include "tests/unit/fixture_scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct release_list releases = {.items = {{.name = "loki"}}, .count = 1};

static struct preflight_room room_of_one(void) {
    return (struct preflight_room){
        .nodes = {{.name = "node-1", .free_cores = 2, .free_bytes = 4 * GIB, .free_pods = 17}},
        .count = 1};
}

/* An init container runs beside the sidecar before it: 2 - 0.1 - 0.25 - max(0.2 + 0.05, 0.05 + 0.5)
 * = 1.1 cores; 4096 - 70 - max(100 + 30, 30 + 64) = 3896 MiB; three pods. */
static void requests_are_taken_off(void **state) {
    (void)state;
    struct preflight_room room = room_of_one();
    preflight_room_take(&room,
                        "node-1\tkube-system\t<no value>\tC|100m|70Mi\n"
                        "node-1\tdefault\tweb\tC|250m|<no value>\tC\n"
                        "node-1\tdefault\tjob\tC|200m|100Mi\tS|50m|30Mi\tI|500m|64Mi\n"
                        "node-2\tdefault\tweb\tC|1|1Gi\n",
                        "observability", &releases);
    assert_close(room.nodes[0].free_cores, 1.1, 1e-9, 0);
    assert_close(room.nodes[0].free_bytes, 3896 * MIB, 1e-9, 0);
    assert_close(room.nodes[0].free_pods, 14, 1e-9, 0);
}

/** Our own pods are what is to be placed; others' of the same name count. */
static void our_own_pods_do_not_count(void **state) {
    (void)state;
    struct preflight_room room = room_of_one();
    preflight_room_take(&room,
                        "node-1\tobservability\tloki\tC|1|1Gi\n"
                        "node-1\tdefault\tloki\tC|1|1Gi\n",
                        "observability", &releases);
    assert_close(room.nodes[0].free_cores, 1, 1e-9, 0);
    assert_close(room.nodes[0].free_pods, 16, 1e-9, 0);
}

static void odd_lines_do_no_harm(void **state) {
    (void)state;
    static const char *const lines[] = {"",
                                        "\n",
                                        "\t\t\t\t",
                                        "node-1",
                                        "node-1\t\t\tC|||||\n",
                                        "|||\n|",
                                        "node-1\ta\tb\tC|x|y\t\tC|1\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct preflight_room room = room_of_one();
        preflight_room_take(&room, lines[i], "observability", &releases);
        assert_true(room.nodes[0].free_bytes <= 4 * GIB);
    }
}

/** A node of one core and 1 GiB. */
#define SMALL_NODE(name)                                                                           \
    "{\"metadata\":{\"name\":\"" name "\",\"labels\":{\"node.kubernetes.io/instance-type\":"       \
    "\"small\"}},\"status\":{\"allocatable\":{\"cpu\":\"1\",\"memory\":\"1Gi\",\"pods\":\"17\"},"  \
    "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"

/** What preflight_nodes() says of the fixture's plan with its pods in these groups, on a cluster of
 *  these nodes; "" when all fit. */
static void expect_split(struct plan_split split, const char *nodes, const char *message) {
    static struct deployment deployment;
    struct canned_cluster fake;
    struct diagnostics diagnostics;
    struct scenario *scenario = fixture_scenario();
    struct plan plan;
    assert_non_null(scenario);
    fixture_plan(scenario, &plan);
    plan.split = split;
    canned_cluster_start(&fake);
    canned_cluster_answer(&fake, "kubectl * get nodes *", nodes);
    canned_cluster_answer(&fake, "kubectl * get pods *", "");
    diagnostics_init(&diagnostics);
    deployment = (struct deployment){.plan = &plan,
                                     .cluster = {.context = "test", .name_space = "observability"}};
    arena_init(&deployment.arena);
    assert_int_equal(preflight_nodes(&deployment, &diagnostics),
                     message[0] ? STATUS_EXTERNAL : STATUS_OK);
    assert_string_equal(diagnostics.count > 0 ? diagnostics.items[0].message : "", message);
    deploy_fini(&deployment);
    canned_cluster_stop(&fake);
    fixture_scenario_free(scenario);
}

/* The agent takes 50m and 64 MiB of each node, so 950m and 960 MiB are left; Loki requests 500m and
 * 512 MiB, Tempo 250m and 256, Grafana and the collector 100m and 128 each: 950m and 1 GiB. */
static void groups_need_nodes_of_their_own(void **state) {
    (void)state;
    static const char two[] = "{\"items\":[" SMALL_NODE("a") "," SMALL_NODE("b") "]}";
    expect_split((struct plan_split){true, {0, 1, 1, 1}}, two, "");
    expect_split((struct plan_split){true, {0, 0, 0, 0}}, two,
                 "no room for Loki and Tempo and Grafana and OTel Collector: on one node they "
                 "request 950m CPU and 1.0 GiB; a has 950m CPU and 960 MiB left, and room for "
                 "16 pods");
    expect_split((struct plan_split){true, {0, 1, 2, 3}}, two,
                 "the plan keeps 4 groups of pods on nodes of their own; 2 x small cannot take "
                 "them");
    expect_split((struct plan_split){.fixed = false}, two, "");
    expect_split((struct plan_split){.fixed = false}, "{\"items\":[]}", "the cluster has no node");
}

static void expect_seen(const char *pod, const char *pods, const char *now) {
    char list[2048];
    static struct deployment deployment;
    const struct deploy_item item = {.release = &releases.items[0]};
    struct deploy_watch watch;
    snprintf(list, sizeof list, "{\"items\":[%s]}", pod);
    json_t *json = json_loads(list, 0, NULL);
    assert_non_null(json);
    deployment.cluster.name_space = "observability";
    deploy_watch_init(&watch, &deployment, &item);
    deploy_watch_take(&watch, json);
    assert_string_equal(watch.pods.data ? watch.pods.data : "", pods);
    assert_string_equal(watch.now, now);
    deploy_watch_fini(&watch);
    json_decref(json);
}

#define STATUS(name, status) "{\"metadata\":{\"name\":\"" name "\"},\"status\":{" status "}}"

static void pods_say_what_is_wrong(void **state) {
    (void)state;
    expect_seen(STATUS("loki-0", "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]"), "",
                "");
    expect_seen(STATUS("loki-0", "\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\","
                                 "\"reason\":\"Unschedulable\",\"message\":\"0/1 nodes\"}]"),
                "pod loki-0: Unschedulable: 0/1 nodes\n", "loki-0 Unschedulable");
    expect_seen(STATUS("loki-0", "\"containerStatuses\":[{\"name\":\"loki\",\"ready\":false,"
                                 "\"state\":{\"waiting\":{\"reason\":\"ImagePullBackOff\"}}}]"),
                "pod loki-0, container loki: ImagePullBackOff\n", "loki-0 ImagePullBackOff");
}

/** No kubectl is on the way, so no log lines; the rest is said all the same. */
static void killed_containers_are_told(void **state) {
    (void)state;
    setenv("PATH", "/nowhere", 1);
    expect_seen(STATUS("loki-0", "\"containerStatuses\":[{\"name\":\"loki\",\"ready\":false,"
                                 "\"restartCount\":2,\"state\":{\"waiting\":{\"reason\":"
                                 "\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{"
                                 "\"exitCode\":137,\"reason\":\"OOMKilled\"}}}]"),
                "pod loki-0, container loki: CrashLoopBackOff\n"
                "pod loki-0, container loki: ended with status 137 (OOMKilled), 2 restarts\n",
                "loki-0 CrashLoopBackOff");
    expect_seen(STATUS("loki-0", "\"containerStatuses\":[{\"name\":\"loki\",\"ready\":false,"
                                 "\"restartCount\":1,\"state\":{\"terminated\":{"
                                 "\"exitCode\":1,\"reason\":\"Error\"}}}]"),
                "pod loki-0, container loki: ended with status 1 (Error), 1 restart\n",
                "loki-0 ended with status 1 (Error), 1 restart");
}

/* 62 letters, 24,000 draws: 387 of each expected, with a standard deviation of 19.5; all 62 are
 * within 6 of them. */
static void passwords_are_even(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    char password[SECRET_PASSWORD_LENGTH + 1], before[SECRET_PASSWORD_LENGTH + 1] = "";
    unsigned counts[128] = {0};
    diagnostics_init(&diagnostics);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(secret_generate(password, &diagnostics), STATUS_OK);
        assert_string_not_equal(password, before);
        for (const char *at = password; *at; at++)
            counts[(unsigned char)*at % 128]++;
        memcpy(before, password, sizeof before);
    }
    unsigned seen = 0;
    for (size_t i = 0; i < 128; i++) {
        assert_true(counts[i] == 0 || (counts[i] > 387 - 117 && counts[i] < 387 + 117));
        seen += counts[i] > 0;
    }
    assert_int_equal(seen, 62);
}

static void times_are_readable(void **state) {
    (void)state;
    char buffer[32];
    assert_string_equal(deploy_print_seconds(buffer, sizeof buffer, 4.24), "4.2 s");
    assert_string_equal(deploy_print_seconds(buffer, sizeof buffer, 200), "3 min 20 s");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_taken_off), cmocka_unit_test(our_own_pods_do_not_count),
        cmocka_unit_test(odd_lines_do_no_harm),   cmocka_unit_test(groups_need_nodes_of_their_own),
        cmocka_unit_test(pods_say_what_is_wrong), cmocka_unit_test(killed_containers_are_told),
        cmocka_unit_test(passwords_are_even),     cmocka_unit_test(times_are_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
