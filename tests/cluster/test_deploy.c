/* Plans deployed to a real control plane with the real helm. The charts are those of the folder
 * CHARTS, or small ones of our own that take the same keys. */
#include "stack/names.h"
#include "tests/cluster/live.h"
#include "tests/unit/loopback.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/** A plan that holds; and twelve times the logs, for which Loki's volume must be larger. */
#define SMALL "workload.services.0.logs.lines_per_second=5"
#define LARGE "workload.services.0.logs.lines_per_second=60"

static const char *charts(void) {
    const char *given = getenv("CHARTS");
    return given && given[0] ? given : "tests/e2e/charts";
}

#define DEPLOY(program, ...)                                                                       \
    PROGRAM_RUN((program), "deploy", "tests/cluster/stack.yaml", "--output", (program)->folder,    \
                "--charts", charts(), "--timeout", "60s", __VA_ARGS__)
#define DEPLOY_YES(program, ...) DEPLOY((program), "--yes", "--no-smoke", "--set", __VA_ARGS__)

static int begin(void **state) {
    if (program_setup(state) != 0)
        return -1;
    LIVE_KUBECTL(*state, "apply", "--server-side", "--filename", "tests/cluster/eks.yaml");
    LIVE_KUBECTL(*state, "wait", "--for=condition=Ready", "node", "--all", "--timeout=60s");
    live_renew(*state);
    return 0;
}

static void assert_installed(struct program *program) {
    size_t count;
    assert_int_equal(live_revisions(program, &count), 5);
    assert_int_equal(count, 5);
    assert_string_equal(LIVE_KUBECTL(program, "get", "pods", "--namespace", STACK_NAMESPACE,
                                     "--field-selector=status.phase!=Running", "--output=name"),
                        "");
}

static void assert_nothing_there(struct program *program) {
    size_t count;
    live_revisions(program, &count);
    assert_int_equal(count, 0);
    assert_string_equal(LIVE_KUBECTL(program, "get", "namespace", STACK_NAMESPACE,
                                     "--ignore-not-found", "--output=name"),
                        "");
}

/** The password is in the secret alone: neither printed nor in any file or release. */
static void assert_secret_is_kept(struct program *program) {
    const char *password = LIVE_KUBECTL(
        program, "get", "secret", STACK_ADMIN_SECRET, "--namespace", STACK_NAMESPACE,
        "--output=go-template={{index .data \"" STACK_ADMIN_PASSWORD_KEY "\" | base64decode}}");
    char **files;
    size_t length, count = program_files(program, program->folder, &files);
    assert_true(strlen(password) >= 16);
    assert_null(strstr(program->out, password));
    assert_null(strstr(LIVE_HELM(program, "get", "all", "grafana", "--namespace", STACK_NAMESPACE),
                       password));
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++)
        assert_null(
            strstr(program_read(program, program_path(program, files[i]), &length), password));
}

static void fresh_then_repeated_then_removed(void **state) {
    struct program *program = *state;
    size_t count;
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    assert_contains(program->out, "5 installed");
    assert_width(program->out, 200);
    assert_installed(program);
    assert_secret_is_kept(program);
    const char *password = live_field(program, "secret", STACK_ADMIN_SECRET, "{.data}");
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    assert_contains(program->out, "5 unchanged");
    assert_installed(program);
    assert_string_equal(live_field(program, "secret", STACK_ADMIN_SECRET, "{.data}"), password);
    PROGRAM_RUN(program, "deploy", "--uninstall", "tests/cluster/stack.yaml", "--yes");
    assert_status(program, 0);
    live_revisions(program, &count);
    assert_int_equal(count, 0);
    assert_string_equal(live_field(program, "pvc", "storage-loki-0", "{.status.phase}"), "Bound");
    assert_string_equal(live_field(program, "pvc", "grafana", "{.status.phase}"), "Bound");
    PROGRAM_RUN(program, "deploy", "--uninstall", "tests/cluster/stack.yaml", "--yes",
                "--delete-data");
    assert_status(program, 0);
    assert_string_equal(
        LIVE_KUBECTL(program, "get", "pvc", "--namespace", STACK_NAMESPACE, "--output=name"), "");
}

static void dry_run_changes_nothing(void **state) {
    struct program *program = *state;
    DEPLOY(program, "--dry-run");
    assert_status(program, 0);
    assert_contains(program->out, "helm --kube-context loopback upgrade --install loki");
    assert_nothing_there(program);
}

/** The volume that Loki's StatefulSet asks for. */
static const char *asked_size(struct program *program) {
    return live_field(program, "statefulset", "loki",
                      "{.spec.volumeClaimTemplates[0].spec.resources.requests.storage}");
}

/** The large plan takes what the small one left, its claim with it. */
static void assert_grows(struct program *program, const char *small) {
    const char *claim = live_field(program, "pvc", "storage-loki-0", "{.metadata.uid}");
    DEPLOY_YES(program, LARGE);
    assert_status(program, 0);
    const char *large = asked_size(program);
    assert_string_not_equal(large, small);
    assert_string_equal(live_field(program, "pvc", "storage-loki-0", "{.status.capacity.storage}"),
                        large);
    assert_string_equal(live_field(program, "pvc", "storage-loki-0", "{.metadata.uid}"), claim);
}

static void volumes_grow_and_do_not_shrink(void **state) {
    struct program *program = *state;
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    assert_grows(program, asked_size(program));
    const char *large = asked_size(program);
    assert_int_equal(live_revision(program, "loki", NULL), 2);
    assert_int_equal(live_revision(program, "promtail", NULL), 1);
    DEPLOY_YES(program, SMALL);
    assert_status(program, 5);
    assert_contains(program->err, "cannot shrink");
    assert_int_equal(live_revision(program, "loki", NULL), 2);
    assert_string_equal(asked_size(program), large);
}

/** What --uninstall keeps is not what the chart's new StatefulSet would ask for. */
static void a_kept_volume_grows(void **state) {
    struct program *program = *state;
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    const char *small = asked_size(program);
    PROGRAM_RUN(program, "deploy", "--uninstall", "tests/cluster/stack.yaml", "--yes");
    assert_status(program, 0);
    assert_grows(program, small);
}

/** Grafana, the last, fails: it alone goes back, to what it was. */
static void failing_pod_is_rolled_back(void **state) {
    struct program *program = *state;
    const char *status = "";
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    static const char limit[] = "{.spec.template.spec.containers[0].resources.limits.memory}";
    const char *before = live_field(program, "deployment", "grafana", limit);
    live_tell(program, "fail.grafana=CrashLoopBackOff");
    DEPLOY_YES(program, SMALL, "--set", "stack.grafana.limits.memory=600Mi", "--timeout", "15s");
    assert_status(program, 5);
    assert_contains(program->err, "grafana");
    assert_contains(program->out, "CrashLoopBackOff");
    assert_contains(program->out, "cannot go on");
    assert_string_equal(live_field(program, "deployment", "grafana", limit), before);
    assert_int_equal(live_revision(program, "loki", NULL), 1);
    live_tell(program, NULL);
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    live_revision(program, "grafana", &status);
    assert_string_equal(status, "deployed");
}

/** Tempo, the second of a first installation, fails: Loki stays, nothing of Tempo does. */
static void failing_first_install_leaves_no_release(void **state) {
    struct program *program = *state;
    live_tell(program, "fail.tempo=ImagePullBackOff");
    DEPLOY_YES(program, SMALL, "--timeout", "15s");
    assert_status(program, 5);
    assert_contains(program->out, "ImagePullBackOff");
    assert_int_equal(live_revision(program, "loki", NULL), 1);
    assert_int_equal(live_revision(program, "tempo", NULL), 0);
    assert_int_equal(live_revision(program, "grafana", NULL), 0);
}

static void wait_for_release(struct program *program, const char *release) {
    for (int i = 0; i < 300 && live_revision(program, release, NULL) == 0; i++)
        nanosleep(&(struct timespec){0, 200000000}, NULL);
    assert_int_equal(live_revision(program, release, NULL), 1);
}

static void interrupted_deployment_can_go_on(void **state) {
    struct program *program = *state;
    live_tell(program, "fail.tempo=ContainerCreating");
    const char *const words[] = {"deploy",   "tests/cluster/stack.yaml",
                                 "--output", program->folder,
                                 "--charts", charts(),
                                 "--yes",    "--no-smoke",
                                 "--set",    SMALL,
                                 NULL};
    pid_t id = program_start(program, words);
    wait_for_release(program, "tempo");
    assert_int_equal(kill(id, SIGINT), 0);
    program_wait(program, id);
    assert_status(program, 130);
    assert_contains(program->out, "interrupted");
    assert_int_equal(live_revision(program, "loki", NULL), 1);
    assert_int_equal(live_revision(program, "grafana", NULL), 0);
    live_tell(program, NULL);
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    assert_contains(program->out, "4 installed");
}

static void unreachable_cluster_is_said(void **state) {
    struct program *program = *state;
    const char *config = program_path(program, "nowhere.yaml");
    FILE *file = fopen(config, "w");
    assert_non_null(file);
    fputs("apiVersion: v1\nkind: Config\ncurrent-context: nowhere\n"
          "clusters: [{name: nowhere, cluster: {server: \"https://127.0.0.1:1\"}}]\n"
          "users: [{name: nobody, user: {token: none}}]\n"
          "contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]\n",
          file);
    fclose(file);
    DEPLOY_YES(program, SMALL, "--kubeconfig", config);
    assert_status(program, 5);
    assert_contains(program->err, "127.0.0.1:1");
}

static void missing_helm_is_said(void **state) {
    struct program *program = *state;
    char *path = getenv("PATH");
    const char *kept = arena_print(&program->arena, "%s", path), *home = getenv("PROGRAMS");
    const char *folder = program_path(program, "bin");
    assert_non_null(home);
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_int_equal(symlink(arena_print(&program->arena, "%s/cluster", home),
                             program_path(program, "bin/kubectl")),
                     0);
    setenv("PATH", folder, 1);
    DEPLOY_YES(program, SMALL);
    setenv("PATH", kept, 1);
    assert_status(program, 5);
    assert_contains(program->err, "helm");
    assert_nothing_there(program);
}

static void reader_is_told_what_is_missing(void **state) {
    struct program *program = *state;
    DEPLOY_YES(program, SMALL, "--kubeconfig", getenv("KUBECONFIG_READER"));
    assert_status(program, 5);
    assert_contains(program->err, "create");
    assert_nothing_there(program);
}

static void namespace_of_others_is_kept(void **state) {
    struct program *program = *state;
    LIVE_KUBECTL(program, "create", "namespace", STACK_NAMESPACE);
    LIVE_KUBECTL(program, "label", "namespace", STACK_NAMESPACE, "team=payments");
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    assert_installed(program);
    assert_string_equal(
        live_field(program, "namespace", STACK_NAMESPACE, "{.metadata.labels.team}"), "payments");
    PROGRAM_RUN(program, "deploy", "--uninstall", "tests/cluster/stack.yaml", "--yes",
                "--delete-data");
    assert_status(program, 0);
    assert_string_equal(
        live_field(program, "namespace", STACK_NAMESPACE, "{.metadata.labels.team}"), "payments");
}

static void release_of_others_is_left_alone(void **state) {
    struct program *program = *state;
    LIVE_HELM(program, "install", "tempo", "tests/e2e/charts/tempo", "--namespace", STACK_NAMESPACE,
              "--create-namespace");
    DEPLOY_YES(program, SMALL);
    assert_status(program, 5);
    assert_contains(program->err, "tempo");
    assert_int_equal(live_revision(program, "tempo", NULL), 1);
    assert_int_equal(live_revision(program, "loki", NULL), 0);
}

#define VERIFY(program)                                                                            \
    PROGRAM_RUN((program), "verify", "tests/cluster/stack.yaml", "--output", (program)->folder,    \
                "--set", SMALL)

static void drift_is_seen(void **state) {
    struct program *program = *state;
    DEPLOY_YES(program, SMALL);
    VERIFY(program);
    assert_status(program, 0);
    live_tell(program, "memory.tempo=3Gi");
    VERIFY(program);
    assert_status(program, 1);
    assert_contains(program->out, "memory now");
    live_tell(program, NULL);
    LIVE_KUBECTL(program, "set", "resources", "deployment/grafana", "--limits=memory=1Gi",
                 "--namespace", STACK_NAMESPACE);
    LIVE_KUBECTL(program, "rollout", "status", "deployment/grafana", "--namespace",
                 STACK_NAMESPACE);
    VERIFY(program);
    assert_status(program, 1);
    assert_contains(program->out, "memory limit");
}

/** Loki, the collector and Grafana as one server behind their pods' ports: the way to them,
 * Grafana's login and kubectl's port-forward are real. */
static const struct loopback_rule answers[] = {
    {"POST /loki/api/v1/push ", 204, "", 0},
    {"POST /v1/traces ", 200, "{}", 0},
    {"/loki/api/v1/query_range?", 200,
     "{\"data\":{\"result\":[{\"values\":[[\"1\",\"trace_id=%s\"]]}]}}", 1},
    {"/api/traces/", 200, "{\"stringValue\":\"simulate-smoke\"}", 1},
    {NULL, 0, NULL, 0},
};

static void smoke_test_goes_through_forwarded_ports(void **state) {
    struct program *program = *state;
    struct loopback server;
    DEPLOY_YES(program, SMALL);
    assert_status(program, 0);
    loopback_start(&server, answers);
    const char *backend = server.server.url + strlen("http://");
    LIVE_KUBECTL(program, "create", "configmap", "node-agent", "--namespace", "kube-system",
                 arena_print(&program->arena, "--from-literal=port.3000=%s", backend),
                 arena_print(&program->arena, "--from-literal=port.3100=%s", backend),
                 arena_print(&program->arena, "--from-literal=port.4318=%s", backend));
    DEPLOY(program, "--yes", "--set", SMALL);
    loopback_stop(&server);
    assert_status(program, 0);
    assert_contains(program->out, "5 unchanged");
    for (int rule = 0; rule < 4; rule++)
        assert_true(server.matches[rule] > 0);
    assert_contains(server.asked, "Authorization: Basic ");
}

/** Two unlike nodes, on which EKS's own pods have been spread anew; and targets that nothing meets,
 *  so that the plan as written is deployed. */
#define TWO_NODES                                                                                  \
    "cluster={nodes: [{type: t3.medium, count: 1}, {type: t3.small, count: 1}]}", "--set",         \
        "targets={cost: {at_most: 1}}"

static void add_node(struct program *program) {
    LIVE_KUBECTL(program, "create", "--filename", "tests/cluster/node-2.yaml");
    LIVE_KUBECTL(program, "wait", "--for=condition=Ready", "node/node-2", "--timeout=60s");
    LIVE_KUBECTL(program, "rollout", "status", "daemonset/ebs-csi-node", "--namespace",
                 "kube-system");
    static const char *const replicas[] = {"--replicas=0", "--replicas=2"};
    static const char *const names[] = {"deployment/coredns", "deployment/ebs-csi-controller"};
    for (int i = 0; i < 4; i++) {
        LIVE_KUBECTL(program, "scale", names[i % 2], replicas[i / 2], "--namespace", "kube-system");
        LIVE_KUBECTL(program, "rollout", "status", names[i % 2], "--namespace", "kube-system");
    }
}

/** The node that the plan as written gives a pod: 0 or 1. */
static json_int_t planned_node(const json_t *result, const char *pod) {
    const json_t *placement = json_object_get(json_object_get(result, "as_written"), "placement");
    for (size_t i = 0; i < json_array_size(placement); i++) {
        const json_t *item = json_array_get(placement, i);
        if (strcmp(json_string_value(json_object_get(item, "pod")), pod) == 0)
            return json_integer_value(json_object_get(item, "node"));
    }
    fail_msg("the plan has no pod %s", pod);
    return -1;
}

static void pods_are_where_the_plan_says(void **state) {
    struct program *program = *state;
    static const char *const pods[] = {"loki", "tempo", "grafana", "opentelemetry-collector"};
    add_node(program);
    DEPLOY_YES(program, TWO_NODES);
    assert_status(program, 0);
    PROGRAM_RUN(program, "tests/cluster/stack.yaml", "--format", "json", "--output",
                program->folder, "--set", TWO_NODES);
    json_t *result = json_loads(program->out, 0, NULL);
    assert_non_null(result);
    for (size_t i = 0; i < sizeof pods / sizeof *pods; i++) {
        const char *node =
            LIVE_KUBECTL(program, "get", "pods", "--namespace", STACK_NAMESPACE, "--selector",
                         arena_print(&program->arena, "app.kubernetes.io/name=%s", pods[i]),
                         "--output=jsonpath={.items[0].spec.nodeName}");
        print_message("%s is on %s\n", pods[i], node);
        assert_string_equal(node, planned_node(result, pods[i]) == 0 ? "node-1" : "node-2");
    }
    json_decref(result);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, program_teardown)
    const struct CMUnitTest tests[] = {
        CASE(fresh_then_repeated_then_removed),
        CASE(dry_run_changes_nothing),
        CASE(volumes_grow_and_do_not_shrink),
        CASE(a_kept_volume_grows),
        CASE(failing_pod_is_rolled_back),
        CASE(failing_first_install_leaves_no_release),
        CASE(interrupted_deployment_can_go_on),
        CASE(unreachable_cluster_is_said),
        CASE(missing_helm_is_said),
        CASE(reader_is_told_what_is_missing),
        CASE(namespace_of_others_is_kept),
        CASE(release_of_others_is_left_alone),
        CASE(drift_is_seen),
        CASE(smoke_test_goes_through_forwarded_ports),
        CASE(pods_are_where_the_plan_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
