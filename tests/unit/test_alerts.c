#include "sim/base/units.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/query_check.h"
#include "tests/unit/values_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GROUPS "alerting.rules\\.yaml.groups"

/** The scalar at `key` of a rule; fails the test when it is missing. */
static const char *rule_text(const struct values_file *file, size_t group, size_t rule,
                             const char *key) {
    char path[160];
    snprintf(path, sizeof path, GROUPS "[%zu].rules[%zu].%s", group, rule, key);
    const struct yaml_node *node = values_file_node(file, path);
    if (!node || !node->scalar || !node->scalar[0])
        fail_msg("no %s", path);
    return node->scalar;
}

static bool has_rule(const struct values_file *file, size_t group, size_t rule) {
    char path[160];
    snprintf(path, sizeof path, GROUPS "[%zu].rules[%zu]", group, rule);
    return values_file_node(file, path) != NULL;
}

/** Call `check` for each rule; returns how many there are. */
static size_t each_rule(const struct values_file *file,
                        void (*check)(const struct values_file *file, size_t group, size_t rule)) {
    size_t count = 0;
    for (size_t group = 0; group < 2; group++)
        for (size_t rule = 0; has_rule(file, group, rule); rule++, count++)
            check(file, group, rule);
    return count;
}

static bool is_state(const char *state) {
    return strcmp(state, "OK") == 0 || strcmp(state, "NoData") == 0 ||
           strcmp(state, "Alerting") == 0;
}

static void is_whole(const struct values_file *file, size_t group, size_t rule) {
    double seconds, threshold;
    const char *query = rule_text(file, group, rule, "data[0].model.expr");
    if (!query_is_balanced(query))
        fail_msg("%s", query);
    /* Helm runs the text through its templates, and Grafana takes a dollar for a variable. */
    assert_null(strstr(query, "{{"));
    assert_null(strchr(query, '$'));
    assert_string_equal(rule_text(file, group, rule, "data[0].datasourceUid"), "loki");
    assert_string_equal(rule_text(file, group, rule, "data[1].datasourceUid"), "__expr__");
    assert_string_equal(rule_text(file, group, rule, "condition"), "B");
    assert_true(units_duration(rule_text(file, group, rule, "for"), &seconds));
    assert_true(units_number(
        rule_text(file, group, rule, "data[1].model.conditions[0].evaluator.params[0]"),
        &threshold));
    assert_true(is_state(rule_text(file, group, rule, "noDataState")));
    assert_string_equal(rule_text(file, group, rule, "execErrState"), "Error");
    assert_true(strlen(rule_text(file, group, rule, "annotations.summary")) > 15);
    const char *description = rule_text(file, group, rule, "annotations.description");
    if (!strstr(description, "plan") && !strstr(description, "scenario"))
        fail_msg("names no figure of the plan: %s", description);
    assert_null(strpbrk(description, "{}$"));
}

static void every_rule_is_whole(void **state) {
    (void)state;
    const struct plan_outcome *plans[] = {shared_result->as_written, shared_result->best};
    for (size_t i = 0; i < 2; i++) {
        struct values_file file;
        values_file_emit(&file, CHART_GRAFANA, shared_result->scenario, plans[i]);
        assert_int_equal(each_rule(&file, is_whole), 10);
        values_file_fini(&file);
    }
}

/** The group and number of the rule `uid`, through `*group` and `*rule`. */
static void find(const struct values_file *file, const char *uid, size_t *group, size_t *rule) {
    for (*group = 0; *group < 2; ++*group)
        for (*rule = 0; has_rule(file, *group, *rule); ++*rule)
            if (strcmp(rule_text(file, *group, *rule, "uid"), uid) == 0)
                return;
    fail_msg("no rule %s", uid);
}

static double threshold_of(const struct values_file *file, const char *uid) {
    size_t group, rule;
    double threshold;
    find(file, uid, &group, &rule);
    assert_true(units_number(
        rule_text(file, group, rule, "data[1].model.conditions[0].evaluator.params[0]"),
        &threshold));
    return threshold;
}

/* 10 GiB x 0.8 are 8,589,934,592 bytes; 5 GiB x 0.8 half of that. The fixture's memory of Loki: P95
 * 1.4 GiB, in whole MiB; Tempo's P95 of 1.3 GiB lies above its limit of 1024 MiB, of which 80 % are
 * 819 MiB. */
static void thresholds_are_the_plans(void **state) {
    (void)state;
    struct values_file file;
    const struct component_outcome *plan = shared_result->as_written->components;
    values_file_emit(&file, CHART_GRAFANA, shared_result->scenario, shared_result->as_written);
    assert_true(threshold_of(&file, "simulate-loki-volume") == 8589934592.0);
    assert_true(threshold_of(&file, "simulate-tempo-volume") == 4294967296.0);
    double loki = threshold_of(&file, "simulate-loki-memory");
    double tempo = threshold_of(&file, "simulate-tempo-memory");
    assert_true(loki > 1.3 * 1024 && loki < 1.5 * 1024);
    assert_true(fabs(loki - plan[COMPONENT_LOKI].memory_peak_mib.p95) <= 0.5);
    assert_true(tempo == 819);
    assert_true(threshold_of(&file, "simulate-refused") == 0);
    assert_true(threshold_of(&file, "simulate-silence") == 1);
    values_file_fini(&file);
}

static void predictions_go_over_the_retention(void **state) {
    (void)state;
    struct plan_outcome outcome = *shared_result->as_written;
    struct values_file file;
    size_t group, rule;
    outcome.plan.loki_retention_seconds = 14 * 86400.0;
    values_file_emit(&file, CHART_GRAFANA, shared_result->scenario, &outcome);
    find(&file, "simulate-loki-volume", &group, &rule);
    assert_non_null(
        strstr(rule_text(&file, group, rule, "data[0].model.expr"), "[24h])) * 14.0000"));
    assert_non_null(strstr(rule_text(&file, group, rule, "annotations.description"),
                           "over the retention of 14d, is more than 80 % of the volume of 10.0 "
                           "GiB"));
    values_file_fini(&file);
}

/* Only silence is an alarm without data: all others count lines that should not be there. */
static void silence_alone_is_an_alarm(void **state) {
    (void)state;
    struct values_file file;
    size_t group, rule;
    values_file_emit(&file, CHART_GRAFANA, shared_result->scenario, shared_result->as_written);
    find(&file, "simulate-silence", &group, &rule);
    assert_string_equal(rule_text(&file, group, rule, "noDataState"), "Alerting");
    find(&file, "simulate-refused", &group, &rule);
    assert_string_equal(rule_text(&file, group, rule, "noDataState"), "OK");
    values_file_fini(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_is_whole),
        cmocka_unit_test(thresholds_are_the_plans),
        cmocka_unit_test(predictions_go_over_the_retention),
        cmocka_unit_test(silence_alone_is_an_alarm),
    };
    return cmocka_run_group_tests(tests, shared_result_setup, shared_result_teardown);
}
