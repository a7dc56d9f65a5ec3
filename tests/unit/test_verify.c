/** What runs against the plan: a cluster that answers from files, first as planned, then not. */
#include "sim/base/units.h"
#include "stack/emit.h"
#include "stack/values_json.h"
#include "stack/verify.h"
#include "tests/unit/canned_cluster.h"
#include "tests/unit/fixture_result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/** A comparison and all it needs. */
struct fixture {
    struct canned_cluster fake;
    struct result *result;
    struct verify_plan plan;
    struct release_list releases;
    struct cluster cluster;
    struct arena arena;
    struct verify verify;
    struct diagnostics diagnostics;
};

static json_t *quantity_of_cores(double cores) {
    char text[32];
    return json_string(units_print_cores(text, sizeof text, cores));
}

static json_t *quantity_of_bytes(double bytes) {
    char text[32];
    return json_string(units_print_quantity(text, sizeof text, bytes));
}

/** A workload as the API server shows it, with the plan's resources. */
static json_t *workload(const struct fixture *fixture, const struct release *release) {
    const struct plan *plan = &fixture->plan.outcome->plan;
    const struct scenario_resources *planned = &plan->resources[release->component];
    json_t *environment = json_array();
    double goal = release->component == COMPONENT_LOKI    ? plan->loki.memory_goal_bytes
                  : release->component == COMPONENT_TEMPO ? plan->tempo.memory_goal_bytes
                                                          : 0;
    char text[32];
    snprintf(text, sizeof text, "%.0fMiB", floor(goal / MIB));
    if (goal > 0)
        json_array_append_new(environment,
                              json_pack("{ss ss}", "name", "GOMEMLIMIT", "value", text));
    json_t *container = json_pack(
        "{ss so s{s{so so} s{so so}}}", "name", release->container, "env", environment, "resources",
        "requests", "cpu", quantity_of_cores(planned->request_cores), "memory",
        quantity_of_bytes(planned->request_bytes), "limits", "cpu",
        quantity_of_cores(planned->limit_cores), "memory", quantity_of_bytes(planned->limit_bytes));
    return json_pack("{ss s{ss} s{si s{s{s[o]}}} s{si si si}}", "kind", release->workload_kind,
                     "metadata", "name", release->workload, "spec", "replicas", 1, "template",
                     "spec", "containers", container, "status", "readyReplicas", 1, "numberReady",
                     3, "desiredNumberScheduled", 3);
}

static json_t *claim(const struct fixture *fixture, const struct release *release) {
    double bytes = fixture->plan.outcome->plan.resources[release->component].volume_bytes;
    return json_pack("{s{ss} s{ss s{s{so}}} s{s{so}}}", "metadata", "name", release->claim, "spec",
                     "storageClassName", "gp3", "resources", "requests", "storage",
                     quantity_of_bytes(bytes), "status", "capacity", "storage",
                     quantity_of_bytes(bytes));
}

static json_t *helm_item(const struct release *release) {
    char chart[80];
    snprintf(chart, sizeof chart, "%s-%s", release->pin.name, release->pin.version);
    return json_pack("{ss ss ss ss}", "name", release->name, "chart", chart, "status", "deployed",
                     "revision", "1");
}

/** What the plan would write as values of a release, as helm gives them back. */
static json_t *values_of(struct fixture *fixture, const struct release *release) {
    struct text text;
    json_t *values;
    text_init(&text);
    assert_int_equal(emit_values(release->chart, fixture->plan.scenario, fixture->plan.outcome,
                                 &text, &fixture->diagnostics),
                     STATUS_OK);
    assert_int_equal(
        values_json(release->name, text.data, text.length, &values, &fixture->diagnostics),
        STATUS_OK);
    text_fini(&text);
    return values;
}

/** Answers of a cluster where everything is as planned, and half a day's ingest came in. */
static void answer_objects(struct fixture *fixture) {
    json_t *workloads = json_array(), *claims = json_array(), *releases = json_array();
    const struct plan *plan = &fixture->plan.outcome->plan;
    json_t *nodes = json_array();
    for (size_t i = 0; i < fixture->releases.count; i++) {
        const struct release *release = &fixture->releases.items[i];
        char pattern[96];
        json_array_append_new(workloads, workload(fixture, release));
        json_array_append_new(releases, helm_item(release));
        if (release->claim)
            json_array_append_new(claims, claim(fixture, release));
        snprintf(pattern, sizeof pattern, "helm * get values %s *", release->name);
        canned_cluster_answer_json(&fixture->fake, pattern, values_of(fixture, release));
    }
    for (size_t i = 0; i < plan->node_count; i++)
        json_array_append_new(nodes,
                              json_pack("{s{ss s{ss}}}", "metadata", "name", "node-1", "labels",
                                        "node.kubernetes.io/instance-type", plan->nodes[i]->name));
    canned_cluster_answer_json(&fixture->fake, "helm * list *", releases);
    canned_cluster_answer_json(&fixture->fake, "kubectl * get statefulsets,*",
                               json_pack("{so}", "items", workloads));
    canned_cluster_answer_json(&fixture->fake, "kubectl * get persistentvolumeclaims *",
                               json_pack("{so}", "items", claims));
    canned_cluster_answer_json(&fixture->fake, "kubectl * get pods *", json_pack("{s[]}", "items"));
    canned_cluster_answer_json(&fixture->fake, "kubectl * get nodes *",
                               json_pack("{so}", "items", nodes));
}

static void answer_settings(struct fixture *fixture) {
    const struct plan *plan = &fixture->plan.outcome->plan;
    char text[1024];
    /* Durations as Go prints them: seven days are 1w in Loki, 168h0m0s in Tempo. */
    assert_int_equal((int)plan->loki_retention_seconds, 604800);
    assert_int_equal((int)plan->tempo_retention_seconds, 604800);
    snprintf(text, sizeof text,
             "ingester:\n  chunk_encoding: %s\n  max_chunk_age: %.0fs\n"
             "  chunk_idle_period: %.0fs\n  chunk_target_size: %.0f\n"
             "limits_config:\n  retention_period: 1w\n",
             loki_encoding_name(plan->loki.encoding), plan->loki.max_chunk_age_seconds,
             plan->loki.chunk_idle_period_seconds, plan->loki.chunk_target_size_bytes);
    canned_cluster_answer(&fixture->fake, "* /api/v1/namespaces/*/services/loki:*/proxy/config",
                          text);
    snprintf(text, sizeof text,
             "GET /status/config\n---\n"
             "compactor:\n  compaction:\n    block_retention: 168h0m0s\n"
             "ingester:\n  max_block_duration: %.0fm0s\n  max_block_bytes: %.0f\n"
             "storage:\n  trace:\n    block:\n      parquet_row_group_size_bytes: %.0f\n",
             plan->tempo.max_block_duration_seconds / 60, plan->tempo.max_block_bytes,
             plan->tempo.parquet_row_group_size_bytes);
    canned_cluster_answer(&fixture->fake,
                          "* /api/v1/namespaces/*/services/tempo:*/proxy/status/config", text);
}

/** The load planned for, since twelve hours. */
static void answer_metrics(struct fixture *fixture, double factor) {
    const double age = 43200;
    char text[512];
    snprintf(text, sizeof text,
             "# TYPE loki_distributor_bytes_received_total counter\n"
             "loki_distributor_bytes_received_total{tenant=\"a\"} %.3f\n"
             "loki_distributor_bytes_received_total{tenant=\"b b} 9\"} %.3f\n"
             "process_start_time_seconds %.0f\n",
             0.5 * factor * fixture->result->log_gb_per_day * 1e9 / 2,
             0.5 * factor * fixture->result->log_gb_per_day * 1e9 / 2, (double)time(NULL) - age);
    canned_cluster_answer(&fixture->fake, "* /api/v1/namespaces/*/services/loki:*/proxy/metrics",
                          text);
    snprintf(text, sizeof text,
             "tempo_distributor_spans_received_total %.3f\nprocess_start_time_seconds %.0f\n",
             factor * age * fixture->result->span_per_second_mean, (double)time(NULL) - age);
    canned_cluster_answer(&fixture->fake, "* /api/v1/namespaces/*/services/tempo:*/proxy/metrics",
                          text);
}

/** The kubelet: Loki at `memory_mib` with `disk_gib` on its volume. */
static void answer_kubelet(struct fixture *fixture, double memory_mib, double disk_gib) {
    const struct release *loki = &fixture->releases.items[0];
    assert_int_equal(loki->component, COMPONENT_LOKI);
    json_t *pod =
        json_pack("{s{ss ss} s[{ss s{sf} s{sf}}] s[{s{ss} sf sf}]}", "podRef", "name", "loki-0",
                  "namespace", "observability", "containers", "name", loki->container, "memory",
                  "workingSetBytes", memory_mib * MIB, "cpu", "usageNanoCores", 1e6, "volume",
                  "pvcRef", "name", loki->claim, "usedBytes", disk_gib * GIB, "inodesUsed", 1000.0);
    canned_cluster_answer_json(&fixture->fake, "* /api/v1/nodes/node-1/proxy/stats/summary",
                               json_pack("{s[o]}", "pods", pod));
}

static int setup(void **state) {
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    fixture.result = fixture_result();
    canned_cluster_start(&fixture.fake);
    arena_init(&fixture.arena);
    diagnostics_init(&fixture.diagnostics);
    fixture.plan =
        (struct verify_plan){fixture.result->scenario, fixture.result, fixture.result->best};
    fixture.cluster =
        (struct cluster){.context = "test", .server = "", .name_space = "observability"};
    fixture.verify.arena = &fixture.arena;
    assert_int_equal(releases_list(CHART_PROFILE_BRIEF, fixture.result->best->plan.agent_kind,
                                   &fixture.releases, &fixture.diagnostics),
                     STATUS_OK);
    answer_objects(&fixture);
    answer_settings(&fixture);
    answer_metrics(&fixture, 1.0);
    answer_kubelet(&fixture, 1, 0.01);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    canned_cluster_stop(&fixture->fake);
    fixture_result_free(fixture->result);
    arena_fini(&fixture->arena);
    return 0;
}

static void look(struct fixture *fixture) {
    enum status status =
        verify_cluster(&fixture->cluster, &fixture->plan, &fixture->verify, &fixture->diagnostics);
    if (status != STATUS_OK)
        print_error("%s\n", fixture->diagnostics.items[0].message);
    assert_int_equal(status, STATUS_OK);
}

static const struct verify_line *find(const struct fixture *fixture, const char *part,
                                      const char *what) {
    for (size_t i = 0; i < fixture->verify.count; i++)
        if (strcmp(fixture->verify.lines[i].part, part) == 0 &&
            strcmp(fixture->verify.lines[i].what, what) == 0)
            return &fixture->verify.lines[i];
    fail_msg("no line says %s of %s", what, part);
    return NULL;
}

static void expect_one_drift(struct fixture *fixture, const char *part, const char *what,
                             const char *live) {
    look(fixture);
    for (size_t i = 0; i < fixture->verify.count; i++)
        if (fixture->verify.lines[i].verdict != VERIFY_SAME)
            print_message("%s %s: %s, %s\n", fixture->verify.lines[i].part,
                          fixture->verify.lines[i].what, fixture->verify.lines[i].planned,
                          fixture->verify.lines[i].live);
    assert_int_equal(fixture->verify.drifts, 1);
    const struct verify_line *line = find(fixture, part, what);
    assert_int_equal(line->verdict, VERIFY_DRIFT);
    assert_string_equal(line->live, live);
}

static void nothing_differs_where_all_is_as_planned(void **state) {
    struct fixture *fixture = *state;
    look(fixture);
    for (size_t i = 0; i < fixture->verify.count; i++) {
        const struct verify_line *line = &fixture->verify.lines[i];
        if (line->verdict != VERIFY_SAME)
            print_error("%s %s: %s, %s (%s)\n", line->part, line->what, line->planned, line->live,
                        line->remark ? line->remark : "");
        assert_int_equal(line->verdict, VERIFY_SAME);
    }
    assert_true(fixture->verify.count > 50);
    assert_int_equal(fixture->verify.drifts, 0);
    assert_int_equal(fixture->verify.unseen, 0);
}

static void a_retention_that_differs_is_drift(void **state) {
    struct fixture *fixture = *state;
    canned_cluster_answer(&fixture->fake,
                          "* /api/v1/namespaces/*/services/tempo:*/proxy/status/config",
                          "compactor:\n  compaction:\n    block_retention: 24h0m0s\n");
    look(fixture);
    assert_int_equal(fixture->verify.drifts, 1);
    /* What a short configuration leaves out is unseen: three more settings of Tempo's. */
    assert_int_equal(fixture->verify.unseen, 3);
    const struct verify_line *line = find(fixture, "Tempo", "retention");
    assert_string_equal(line->planned, "7d");
    assert_string_equal(line->live, "1d");
}

static void a_load_past_the_headroom_is_drift(void **state) {
    struct fixture *fixture = *state;
    fixture->result->headroom.known = true;
    fixture->result->headroom.multiple = 1.5;
    answer_metrics(fixture, 1.4);
    look(fixture);
    assert_int_equal(fixture->verify.drifts, 0);
    fixture->verify.count = 0;
    answer_metrics(fixture, 1.6);
    look(fixture);
    assert_int_equal(fixture->verify.drifts, 2);
    assert_int_equal(find(fixture, "Loki", "logs ingested")->verdict, VERIFY_DRIFT);
}

static void more_memory_than_was_simulated_is_drift(void **state) {
    struct fixture *fixture = *state;
    const struct quantiles *peak =
        &fixture->plan.outcome->components[COMPONENT_LOKI].memory_peak_mib;
    char live[32];
    answer_kubelet(fixture, peak->p99 * 1.01, 0.01);
    units_print_bytes(live, sizeof live, peak->p99 * 1.01 * MIB);
    expect_one_drift(fixture, "Loki", "memory now", live);
}

static void a_release_of_another_version_is_drift(void **state) {
    struct fixture *fixture = *state;
    json_t *releases = json_array();
    for (size_t i = 0; i < fixture->releases.count; i++)
        json_array_append_new(releases, helm_item(&fixture->releases.items[i]));
    json_object_set_new(json_array_get(releases, 0), "chart", json_string("loki-6.29.0"));
    canned_cluster_answer_json(&fixture->fake, "helm * list *", releases);
    expect_one_drift(fixture, "Loki", "chart version", "6.29.0");
}

static void a_changed_value_is_named_by_its_key(void **state) {
    struct fixture *fixture = *state;
    const struct release *grafana = &fixture->releases.items[fixture->releases.count - 1];
    json_t *values = values_of(fixture, grafana);
    assert_string_equal(grafana->title, "Grafana");
    json_object_set_new(json_object_get(values, "persistence"), "size", json_string("99Gi"));
    canned_cluster_answer_json(&fixture->fake, "helm * get values grafana *", values);
    expect_one_drift(fixture, "Grafana", "values", "1 differ");
    assert_non_null(strstr(find(fixture, "Grafana", "values")->remark, "persistence.size: "));
    assert_non_null(strstr(find(fixture, "Grafana", "values")->remark, "-> 99Gi"));
    assert_null(fixture->verify.mend);
}

static void a_kill_shows_with_its_chance(void **state) {
    struct fixture *fixture = *state;
    json_t *status = json_pack("{ss si s{s{ss}}}", "name", fixture->releases.items[0].container,
                               "restartCount", 2, "lastState", "terminated", "reason", "OOMKilled");
    canned_cluster_answer_json(
        &fixture->fake, "kubectl * get pods *",
        json_pack("{s[{s{s[o]}}]}", "items", "status", "containerStatuses", status));
    expect_one_drift(fixture, "Loki", "restarts", "2, 1 for memory");
}

/** Loki's limit was set by hand: helm's revision, once more, puts it back. A changed value, which
 *  simulate deploy puts back, brings no such command. */
static void what_was_changed_past_helm_comes_with_the_way_back(void **state) {
    struct fixture *fixture = *state;
    json_t *workloads = json_array();
    for (size_t i = 0; i < fixture->releases.count; i++)
        json_array_append_new(workloads, workload(fixture, &fixture->releases.items[i]));
    json_t *containers =
        kubectl_value(json_array_get(workloads, 0), "spec", "template", "spec", "containers", NULL);
    json_object_set_new(kubectl_value(json_array_get(containers, 0), "resources", "limits", NULL),
                        "memory", json_string("1Gi"));
    canned_cluster_answer_json(&fixture->fake, "kubectl * get statefulsets,*",
                               json_pack("{so}", "items", workloads));
    expect_one_drift(fixture, "Loki", "memory limit", "1Gi");
    assert_string_equal(fixture->verify.mend,
                        "    helm --kube-context test --namespace observability rollback loki 1 "
                        "--wait\n");
}

static void an_empty_namespace_is_all_drift(void **state) {
    struct fixture *fixture = *state;
    canned_cluster_answer(&fixture->fake, "helm * list *", "[]");
    canned_cluster_answer(&fixture->fake, "kubectl * get statefulsets,*", "{\"items\":[]}");
    canned_cluster_answer(&fixture->fake, "kubectl * get persistentvolumeclaims *",
                          "{\"items\":[]}");
    look(fixture);
    /* Five charts, five workloads, three volumes. */
    assert_int_equal(fixture->verify.drifts, 13);
    assert_string_equal(find(fixture, "Loki", "workload")->remark, "it is not there");
}

static void what_cannot_be_read_is_said(void **state) {
    struct fixture *fixture = *state;
    canned_cluster_answer(&fixture->fake, "* /api/v1/nodes/node-1/proxy/stats/summary", "not json");
    canned_cluster_answer(&fixture->fake, "* /api/v1/namespaces/*/services/loki:*/proxy/config",
                          "a: [\n");
    canned_cluster_answer(&fixture->fake, "* /api/v1/namespaces/*/services/loki:*/proxy/metrics",
                          "<html>\n");
    look(fixture);
    assert_int_equal(fixture->verify.drifts, 0);
    assert_int_equal(fixture->verify.unseen, 3);
}

/** A pod may answer anything through the API server's proxy; none of it acts on the terminal. */
static void what_a_terminal_acts_on_is_not_shown(void **state) {
    struct fixture *fixture = *state;
    struct text text;
    canned_cluster_answer(&fixture->fake,
                          "* /api/v1/namespaces/*/services/tempo:*/proxy/status/config",
                          "compactor:\n  compaction:\n    block_retention: \"\\e[2J24h\"\n");
    look(fixture);
    assert_string_equal(find(fixture, "Tempo", "retention")->live, "?[2J24h");
    text_init(&text);
    verify_write_text(&fixture->verify, &fixture->cluster, 80, false, &text);
    assert_null(strchr(text.data, '\x1b'));
    text_fini(&text);
}

static void the_table_fits_80_columns(void **state) {
    struct fixture *fixture = *state;
    struct text text;
    fixture->result->headroom.multiple = 1;
    answer_metrics(fixture, 2);
    look(fixture);
    text_init(&text);
    verify_write_text(&fixture->verify, &fixture->cluster, 80, false, &text);
    assert_non_null(strstr(text.data, "test: DRIFT, 2 of "));
    for (char *line = strtok(text.data, "\n"); line; line = strtok(NULL, "\n")) {
        if (text_width(line) > 80)
            print_error("%s\n", line);
        assert_true(text_width(line) <= 80);
    }
    text_fini(&text);
}

static void json_holds_every_line(void **state) {
    struct fixture *fixture = *state;
    const struct smoke_answer smoke = {.id = "ab", .line_seconds = 1.5};
    struct text text;
    json_error_t problem;
    look(fixture);
    text_init(&text);
    assert_int_equal(verify_write_json(&fixture->verify, &fixture->cluster, &smoke, &text,
                                       &fixture->diagnostics),
                     STATUS_OK);
    json_t *json = json_loads(text.data, 0, &problem);
    assert_non_null(json);
    assert_int_equal(json_array_size(json_object_get(json, "lines")), fixture->verify.count);
    assert_int_equal(json_integer_value(json_object_get(json, "drifts")), 0);
    assert_string_equal(kubectl_string(json, "smoke", "id", NULL), "ab");
    json_decref(json);
    text_fini(&text);
}

#define WITH_CLUSTER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_CLUSTER(nothing_differs_where_all_is_as_planned),
        WITH_CLUSTER(a_retention_that_differs_is_drift),
        WITH_CLUSTER(a_load_past_the_headroom_is_drift),
        WITH_CLUSTER(more_memory_than_was_simulated_is_drift),
        WITH_CLUSTER(a_release_of_another_version_is_drift),
        WITH_CLUSTER(a_changed_value_is_named_by_its_key),
        WITH_CLUSTER(a_kill_shows_with_its_chance),
        WITH_CLUSTER(what_was_changed_past_helm_comes_with_the_way_back),
        WITH_CLUSTER(an_empty_namespace_is_all_drift),
        WITH_CLUSTER(what_cannot_be_read_is_said),
        WITH_CLUSTER(what_a_terminal_acts_on_is_not_shown),
        WITH_CLUSTER(the_table_fits_80_columns),
        WITH_CLUSTER(json_holds_every_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
