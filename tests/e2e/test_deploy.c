/** deploy against kubectl and helm that are played: what is called in which order, and what of it a
 *  person or a file may see. tests/cluster has the same against a real control plane. */
#include "tests/e2e/fake_cluster.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static int setup(void **state) {
    if (program_setup(state) != 0)
        return -1;
    fake_cluster_begin(*state);
    return 0;
}

static int teardown(void **state) {
    fake_cluster_end();
    return program_teardown(state);
}

#define SCENARIO "deploy", "tests/e2e/small.yaml", "--output", program->folder, "--no-smoke"

static const char *log_of(struct program *program) {
    return fake_cluster_read(program, "log");
}

static void forget_log(struct program *program) {
    fake_cluster_put(program, "log", "");
}

/** Does `text` have these parts in this order? */
static void assert_order(const char *text, const char *const parts[]) {
    const char *at = text;
    for (; *parts; parts++) {
        at = strstr(at, *parts);
        if (!at)
            fail_msg("\"%s\" is missing, or too early, in\n%s", *parts, text);
    }
}

#define ASSERT_ORDER(text, ...) assert_order((text), (const char *const[]){__VA_ARGS__, NULL})

static void assert_changes_nothing(struct program *program) {
    const char *log = log_of(program);
    static const char *const changing[] = {" apply ",  " patch ",
                                           " delete ", "uninstall",
                                           "rollback", "create --filename - --namespace"};
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
        if (strstr(log, changing[i]))
            fail_msg("%s was called:\n%s", changing[i], log);
    for (const char *at = log; (at = strstr(at, "upgrade --install")) != NULL; at++) {
        const char *end = strchr(at, '\n'), *dry = strstr(at, "--dry-run=server");
        assert_true(dry && dry < end);
    }
}

static void assert_refused(struct program *program, const char *message) {
    assert_status(program, 5);
    assert_contains(program->err, message);
    assert_changes_nothing(program);
}

static void all_is_installed_in_order(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO, "--yes", "--timeout", "90s");
    assert_status(program, 0);
    ASSERT_ORDER(log_of(program), "apply --server-side", "manifests/namespace.yaml", "apply",
                 "manifests/storageclass-gp3.yaml", "create --filename - --namespace",
                 "upgrade --install loki loki --repo https://", "--version 6.30.0",
                 "--atomic --wait --timeout 90s\n", "upgrade --install tempo tempo",
                 "upgrade --install opentelemetry-collector", "upgrade --install promtail",
                 "upgrade --install grafana");
    ASSERT_ORDER(program->out, "Cluster", "prod at https://c.example", "Warning", "Promtail",
                 "namespace.yaml", "created", "loki 6.30.0", "installed", "5 installed");
    assert_width(program->out, 160);
}

/** Every command names its context, so that nothing else can redirect it. */
static void the_context_is_always_named(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO, "--yes", "--context", "staging");
    assert_status(program, 0);
    char *log = strdup(log_of(program));
    for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
        if (!strstr(line, "context staging") && !strstr(line, "--client") &&
            !strstr(line, "config view") && !strstr(line, "helm --kube-context staging"))
            fail_msg("%s", line);
    free(log);
}

/** The password reaches kubectl's standard input, and nothing else. */
static void the_password_is_in_the_secret_alone(void **state) {
    struct program *program = *state;
    char **paths;
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    json_t *secret = json_loads(fake_cluster_read(program, "secret.grafana-admin"), 0, NULL);
    const char *password =
        json_string_value(json_object_get(json_object_get(secret, "stringData"), "admin-password"));
    assert_non_null(password);
    assert_int_equal(strlen(password), 24);
    assert_int_equal(strspn(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789"),
                     24);
    size_t count = program_files(program, program->folder, &paths), length;
    for (size_t i = 0; i < count; i++)
        if (strcmp(paths[i], "cluster/secret.grafana-admin") != 0 &&
            strncmp(paths[i], "bin/", 4) != 0)
            assert_null(
                strstr(program_read(program, program_path(program, paths[i]), &length), password));
    json_decref(secret);
}

static void a_secret_that_exists_is_kept(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "secret.grafana-admin", "mine");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    assert_string_equal(fake_cluster_read(program, "secret.grafana-admin"), "mine");
    assert_contains(program->out, "secret grafana-admin                       kept");
}

static void repeating_changes_nothing(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    const char *before = fake_cluster_read(program, "releases.json");
    forget_log(program);
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    assert_contains(program->out, "5 unchanged");
    assert_string_equal(fake_cluster_read(program, "releases.json"), before);
    const char *log = log_of(program);
    for (const char *at = log; (at = strstr(at, "upgrade --install")) != NULL; at++)
        assert_true(strstr(at, "--dry-run=server") < strchr(at, '\n'));
}

/** Each command that a dry run prints is one that the deployment then runs, to the letter. */
static void a_dry_run_prints_what_would_run(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO, "--dry-run");
    assert_status(program, 0);
    assert_changes_nothing(program);
    char *printed = strdup(program->out);
    forget_log(program);
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    const char *log = log_of(program);
    size_t commands = 0;
    for (char *line = strtok(printed, "\n"); line; line = strtok(NULL, "\n"))
        if (strncmp(line, "kubectl ", 8) == 0 || strncmp(line, "helm ", 5) == 0) {
            assert_contains(log, line);
            commands++;
        }
    /* Three manifests or more, the secret, five releases. */
    assert_true(commands >= 9);
    free(printed);
}

#define RELEASE(name, chart, status, ours)                                                         \
    "[{\"name\":\"" name "\",\"revision\":\"2\",\"updated\":\"2026-11-23 16:48:02.8 +0000 UTC\","  \
    "\"status\":\"" status "\",\"chart\":\"" chart "\",\"ours\":" ours ",\"values\":{}}]"

static void releases_of_others_are_refused(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "releases.json",
                     RELEASE("tempo", "redis-1.2.3", "deployed", "false"));
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "a release called tempo is in namespace observability, of chart redis");
    assert_contains(program->err, "helm --kube-context prod uninstall tempo --namespace");
    fake_cluster_put(program, "releases.json", RELEASE("loki", "loki-6.30.0", "deployed", "false"));
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "was not installed by this program");
    assert_contains(program->err, "kubectl --context prod --namespace observability label ");
}

static void a_pending_release_is_explained(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "releases.json",
                     RELEASE("loki", "loki-6.30.0", "pending-upgrade", "true"));
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "release loki is pending-upgrade since 2026-11-23 16:48:02");
    assert_contains(program->err, "helm --kube-context prod rollback loki --namespace ");
}

/** A command that was cut off in the middle would be another command. */
static void a_long_context_does_not_cut_a_command(void **state) {
    struct program *program = *state;
    fake_cluster_put(
        program, "releases.json",
        RELEASE("opentelemetry-collector", "opentelemetry-collector-0.145.0", "deployed", "false"));
    PROGRAM_RUN(program, SCENARIO, "--yes", "--context", FAKE_CLUSTER_LONG_CONTEXT);
    assert_refused(program, "was not installed by this program");
    assert_contains(program->err, "kubectl --namespace observability label secrets --selector "
                                  "owner=helm,name=opentelemetry-collector "
                                  "app.kubernetes.io/managed-by=simulate");
}

static void missing_permissions_are_listed(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "readonly", "");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "you may not create, update, patch, delete: secrets, in namespace "
                            "observability");
    assert_contains(program->err, "statefulsets.apps");
    assert_null(strstr(program->err, "get"));
}

/** Only whoever wants the smoke test needs what it does; being refused afterwards helps nobody. */
static void the_smoke_test_needs_a_port(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "noforward", "");
    PROGRAM_RUN(program, "deploy", "tests/e2e/small.yaml", "--output", program->folder, "--yes");
    assert_refused(program, "you may not create: pods/portforward, in namespace observability");
    assert_contains(program->err, "--no-smoke deploys without");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    assert_null(strstr(program->err, "portforward"));
}

static void an_old_helm_is_refused(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "helm_version", "v3.8.2");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "helm 3.8.2 is too old");
    assert_contains(program->err, "version 3.13 or newer is needed");
}

static void missing_programs_are_both_named(void **state) {
    struct program *program = *state;
    unlink(program_path(program, "bin/helm"));
    unlink(program_path(program, "bin/kubectl"));
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "helm is not installed");
    assert_contains(program->err, "kubectl is not installed");
}

/** Of 1930m another pod takes 1870m and Promtail 50m: the 10m left do for nobody. */
static void a_plan_that_does_not_fit_is_refused(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "requests", "node-1\tdefault\tbig\tC|1870m|100Mi\n");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "no room for Loki: it requests");
    assert_contains(program->err, "node-1 has 10m CPU and ");
}

#define CLAIM(size)                                                                                \
    "{\"spec\":{\"storageClassName\":\"gp3\",\"resources\":{\"requests\":{\"storage\":\"" size     \
    "\"}}}}"
#define STATEFUL_SET(size)                                                                         \
    "{\"spec\":{\"volumeClaimTemplates\":[{\"spec\":{\"resources\":{\"requests\":{\"storage\":"    \
    "\"" size "\"}}}}]}}"

static void a_smaller_volume_is_refused(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "persistentvolumeclaim.storage-loki-0", CLAIM("900Gi"));
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "loki: volume storage-loki-0 has 900Gi and the plan says ");
}

static void a_larger_volume_grows(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "releases.json", RELEASE("loki", "loki-6.30.0", "deployed", "true"));
    fake_cluster_put(program, "storageclass.gp3",
                     "{\"provisioner\":\"ebs.csi.aws.com\",\"allowVolumeExpansion\":true}");
    fake_cluster_put(program, "persistentvolumeclaim.storage-loki-0", CLAIM("512Mi"));
    fake_cluster_put(program, "statefulset.loki", STATEFUL_SET("512Mi"));
    PROGRAM_RUN(program, SCENARIO, "--dry-run");
    assert_status(program, 0);
    assert_changes_nothing(program);
    ASSERT_ORDER(program->out, "patch persistentvolumeclaim storage-loki-0", "delete statefulset",
                 "upgrade --install loki", "StatefulSet loki is made anew");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    assert_contains(program->out, "volume 512Mi -> ");
    ASSERT_ORDER(log_of(program), "patch persistentvolumeclaim storage-loki-0",
                 "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"",
                 "delete statefulset loki --namespace observability --cascade=orphan",
                 "upgrade --install loki");
    fake_cluster_put(program, "storageclass.gp3", "{\"provisioner\":\"ebs.csi.aws.com\"}");
    forget_log(program);
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_refused(program, "but StorageClass gp3 does not allow it");
}

/** Its StatefulSet went with the release; what is made anew would take the claim as it is. */
static void a_volume_that_outlived_its_release_grows(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "storageclass.gp3",
                     "{\"provisioner\":\"ebs.csi.aws.com\",\"allowVolumeExpansion\":true}");
    fake_cluster_put(program, "persistentvolumeclaim.storage-loki-0", CLAIM("512Mi"));
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    assert_contains(program->out, "new; volume 512Mi -> ");
    ASSERT_ORDER(log_of(program), "patch persistentvolumeclaim storage-loki-0",
                 "upgrade --install loki");
    assert_null(strstr(log_of(program), "delete statefulset"));
}

static const char broken_pod[] =
    "{\"items\":[{\"metadata\":{\"name\":\"tempo-0\"},\"status\":{\"containerStatuses\":[{"
    "\"name\":\"tempo\",\"ready\":false,\"restartCount\":3,\"state\":{\"waiting\":{"
    "\"reason\":\"CrashLoopBackOff\",\"message\":\"back-off\"}},\"lastState\":{\"terminated\":{"
    "\"exitCode\":1,\"reason\":\"Error\"}}}]}}]}";

/** helm fails after a second here, and the pods are first looked at after five: so no look. */
static void a_failure_stops_and_explains(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "fail.tempo", "");
    fake_cluster_put(program, "events",
                     "{\"items\":[{\"reason\":\"FailedCreate\",\"message\":\"quota\"}]}");
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 5);
    assert_contains(program->err, "installing release tempo: helm exited with status 1: Error: "
                                  "UPGRADE FAILED: context deadline exceeded");
    ASSERT_ORDER(program->out, "loki 6.30.0", "installed", "tempo 1.17.0", "FAILED",
                 "event FailedCreate: quota", "grafana 8.8.2", "not reached");
    assert_null(strstr(fake_cluster_read(program, "releases.json"), "grafana"));
}

static void pause_until(struct program *program, const char *called) {
    for (int i = 0; i < 500 && !strstr(log_of(program), called); i++)
        nanosleep(&(struct timespec){0, 20000000}, NULL);
}

/** While helm hangs its pods are looked at; Ctrl-C then ends both, and says what was done. */
static void interrupted(struct program *program, int number) {
    fake_cluster_put(program, "hang.tempo", "");
    fake_cluster_put(program, "pods", broken_pod);
    const char *const words[] = {SCENARIO, "--yes", NULL};
    pid_t id = program_start(program, words);
    pause_until(program, "--atomic --wait --timeout 600s\nhelm --kube-context prod upgrade "
                         "--install tempo");
    assert_int_equal(kill(id, number), 0);
    program_wait(program, id);
    assert_status(program, 130);
    ASSERT_ORDER(program->out, "loki 6.30.0", "installed", "tempo 1.17.0", "interrupted",
                 "grafana 8.8.2", "not reached");
    assert_contains(program->err, "interrupted while installing release tempo");
}

static void ctrl_c_stops_helm(void **state) {
    interrupted(*state, SIGINT);
}

static void being_ended_stops_helm_too(void **state) {
    interrupted(*state, SIGTERM);
}

static void without_a_terminal_it_does_not_ask(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO);
    assert_status(program, 2);
    assert_contains(program->err, "--yes");
    assert_string_equal(log_of(program), "");
    PROGRAM_RUN(program, SCENARIO, "--yes", "--delete-data");
    assert_status(program, 2);
}

static void run_typing(struct program *program, const char *typed, const char *const words[]) {
    program->input = typed;
    if (!program_run_on_terminal(program, 80, words))
        skip();
    program->input = NULL;
}

static void a_person_is_asked(void **state) {
    struct program *program = *state;
    const char *const words[] = {SCENARIO, NULL};
    run_typing(program, "n\n", words);
    assert_status(program, 2);
    assert_contains(program->out, "Deploy to context prod? [y/N]");
    assert_contains(program->out, "nothing was changed");
    assert_changes_nothing(program);
    run_typing(program, "y\n", words);
    assert_status(program, 0);
    assert_contains(program->out, "5 installed");
    const char *const quiet[] = {SCENARIO, "--quiet", NULL};
    run_typing(program, "n\n", quiet);
    ASSERT_ORDER(program->out, "Cluster", "prod at https://c.example", "Deploy to context prod?");
}

static void removing_keeps_volumes(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO, "--yes");
    assert_status(program, 0);
    fake_cluster_put(program, "persistentvolumeclaim.storage-loki-0", CLAIM("1Gi"));
    forget_log(program);
    PROGRAM_RUN(program, SCENARIO, "--uninstall", "--yes");
    assert_status(program, 0);
    ASSERT_ORDER(log_of(program), "uninstall grafana", "uninstall promtail",
                 "uninstall opentelemetry-collector", "uninstall tempo", "uninstall loki");
    assert_null(strstr(log_of(program), "delete persistentvolumeclaim"));
    assert_string_equal(fake_cluster_read(program, "releases.json"), "[]");
}

static void deleting_data_needs_the_contexts_name(void **state) {
    struct program *program = *state;
    const char *const words[] = {SCENARIO, "--uninstall", "--delete-data", NULL};
    fake_cluster_put(program, "persistentvolumeclaim.storage-loki-0", CLAIM("1Gi"));
    run_typing(program, "y\n", words);
    assert_status(program, 2);
    assert_changes_nothing(program);
    run_typing(program, "prod\n", words);
    assert_status(program, 0);
    assert_contains(log_of(program), "delete persistentvolumeclaim storage-loki-0");
}

static void a_release_that_is_not_ours_is_never_removed(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "releases.json", RELEASE("loki", "loki-6.30.0", "deployed", "false"));
    PROGRAM_RUN(program, SCENARIO, "--uninstall", "--yes");
    assert_status(program, 0);
    assert_contains(program->out, "release loki (loki 6.30.0) is not ours and stays");
    assert_changes_nothing(program);
    /* Nor is its data, whoever asks for that. */
    fake_cluster_put(program, "persistentvolumeclaim.storage-loki-0", CLAIM("1Gi"));
    PROGRAM_RUN(program, SCENARIO, "--uninstall", "--delete-data", "--yes");
    assert_status(program, 0);
    assert_changes_nothing(program);
    fake_cluster_put(program, "releases.json",
                     RELEASE("grafana", "grafana-8.8.2", "deployed", "false"));
    fake_cluster_put(program, "secret.grafana-admin", "theirs");
    PROGRAM_RUN(program, SCENARIO, "--uninstall", "--delete-data", "--yes");
    assert_status(program, 0);
    assert_contains(log_of(program), "delete persistentvolumeclaim storage-loki-0");
    assert_null(strstr(log_of(program), "delete secret"));
}

static void the_other_agent_goes_after_the_new_one(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "releases.json",
                     RELEASE("promtail", "promtail-6.17.1", "deployed", "true"));
    PROGRAM_RUN(program, SCENARIO, "--yes", "--set", "stack.agent.kind=alloy");
    assert_status(program, 0);
    ASSERT_ORDER(log_of(program), "--atomic --wait --timeout 600s\n", "upgrade --install alloy",
                 "uninstall promtail");
}

static void a_script_gets_one_object(void **state) {
    struct program *program = *state;
    fake_cluster_put(program, "fail.grafana", "");
    PROGRAM_RUN(program, SCENARIO, "--yes", "--format", "json");
    assert_status(program, 5);
    json_t *summary = json_loads(program->out, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(summary);
    const json_t *releases = json_object_get(summary, "releases");
    assert_int_equal(json_array_size(releases), 5);
    assert_string_equal(json_string_value(json_object_get(json_array_get(releases, 0), "outcome")),
                        "installed");
    assert_string_equal(json_string_value(json_object_get(json_array_get(releases, 4), "outcome")),
                        "failed");
    json_decref(summary);
}

static void names_are_checked_before_they_are_used(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, SCENARIO, "--yes", "--context", "--as=root");
    assert_status(program, 2);
    PROGRAM_RUN(program, SCENARIO, "--yes", "--context", "stagin");
    assert_refused(program, "has no context \"stagin\"");
    assert_contains(program->err, "did you mean staging?");
    PROGRAM_RUN(program, SCENARIO, "--yes", "--charts", "/no/such/folder");
    assert_status(program, 4);
    assert_contains(program->err, "there is no such folder");
}

/** Longer than most, yet a path like any other. */
static void a_long_path_of_charts_is_found(void **state) {
    struct program *program = *state;
    static const char *const charts[] = {"opentelemetry-collector", "loki", "tempo", "grafana",
                                         "promtail"};
    char folder[1024];
    int length = snprintf(folder, sizeof folder, "%s", program->folder);
    for (int i = 0; i < 6; i++) {
        length += snprintf(folder + length, sizeof folder - (size_t)length, "/%0100d", i);
        assert_int_equal(mkdir(folder, 0700), 0);
    }
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++) {
        snprintf(folder + length, sizeof folder - (size_t)length, "/%s", charts[i]);
        assert_int_equal(mkdir(folder, 0700), 0);
    }
    folder[length] = '\0';
    /* What the played helm makes of an empty chart is not asked here. */
    PROGRAM_RUN(program, SCENARIO, "--yes", "--context", "staging", "--charts", folder);
    assert_null(strstr(program->err, "holds neither"));
    snprintf(folder + length, sizeof folder - (size_t)length, "/loki ");
    assert_contains(log_of(program), folder);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char *argv[]) {
    int played = fake_cluster_play(argc, argv);
    if (played >= 0)
        return played;
    const struct CMUnitTest tests[] = {
        test(all_is_installed_in_order),
        test(the_context_is_always_named),
        test(the_password_is_in_the_secret_alone),
        test(a_secret_that_exists_is_kept),
        test(repeating_changes_nothing),
        test(a_dry_run_prints_what_would_run),
        test(releases_of_others_are_refused),
        test(a_pending_release_is_explained),
        test(a_long_context_does_not_cut_a_command),
        test(missing_permissions_are_listed),
        test(the_smoke_test_needs_a_port),
        test(an_old_helm_is_refused),
        test(missing_programs_are_both_named),
        test(a_plan_that_does_not_fit_is_refused),
        test(a_smaller_volume_is_refused),
        test(a_larger_volume_grows),
        test(a_volume_that_outlived_its_release_grows),
        test(a_failure_stops_and_explains),
        test(ctrl_c_stops_helm),
        test(being_ended_stops_helm_too),
        test(without_a_terminal_it_does_not_ask),
        test(a_person_is_asked),
        test(removing_keeps_volumes),
        test(deleting_data_needs_the_contexts_name),
        test(a_release_that_is_not_ours_is_never_removed),
        test(the_other_agent_goes_after_the_new_one),
        test(a_script_gets_one_object),
        test(names_are_checked_before_they_are_used),
        test(a_long_path_of_charts_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
