#include "sim/scenario.h"

#include "models/node.h"
#include "sim/base/diagnostic_print.h"
#include "sim/base/units.h"
#include "sim/scenario_schema.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char minimal[] = "version: 1\nname: x\nworkload: {services: [{name: api}]}\n";

/** Parse a scenario that must be right; its caller frees it. `sets` ends with NULL. */
static struct scenario *parse(const char *yaml, const char *const *sets) {
    struct scenario_override overrides[8];
    size_t count = 0;
    for (; sets && sets[count]; count++)
        overrides[count].text = sets[count];
    struct diagnostics diagnostics;
    struct scenario *scenario;
    diagnostics_init(&diagnostics);
    enum status status = scenario_parse("x.yaml", yaml, strlen(yaml), overrides, count, NULL, NULL,
                                        &scenario, &diagnostics);
    if (status != STATUS_OK) {
        struct text text;
        text_init(&text);
        diagnostics_print(&text, &diagnostics);
        print_error("%s", text.data);
        text_fini(&text);
        fail();
    }
    return scenario;
}

/** The hours are those of a preset, in proportion. */
static void assert_preset(const double hours[24], size_t preset) {
    const double *weights = scenario_schema_daily(preset);
    for (size_t i = 0; i < 24; i++)
        assert_close(hours[i] * weights[0], hours[0] * weights[i], 1e-12, 0);
}

static void test_defaults_are_those_of_the_documentation(void **state) {
    (void)state;
    struct scenario *s = parse(minimal, NULL);
    assert_string_equal(s->file, "x.yaml");
    assert_string_equal(s->name, "x");
    assert_string_equal(s->region, "us-east-1");
    assert_string_equal(s->output_folder, "out");
    const struct scenario_profile *profile = &s->workload.profile;
    assert_preset(profile->daily, 1); /* business-hours */
    assert_close(profile->weekend_fraction, 0.4, 1e-15, 0);
    assert_close(profile->noise_cv, 0.25, 0, 0);
    assert_close(profile->noise_correlation_seconds, 1800, 0, 0);
    assert_close(profile->growth_fraction_per_month, 0.03, 1e-15, 0);
    assert_close(s->workload.incidents.per_month, 2, 0, 0);
    assert_close(s->workload.incidents.magnitude.p95, 12, 0, 0);
    assert_close(s->workload.incidents.duration_seconds.median, 1800, 0, 0);
    assert_close(s->workload.queries.range_seconds, 6 * 3600, 0, 0);
    assert_int_equal(s->simulation.replicas, 10000);
    assert_int_equal(s->simulation.seed, 1);
    assert_close(s->simulation.horizon_seconds, 30 * 86400.0, 0, 0);
    assert_close(s->simulation.step_seconds, 300, 0, 0);
    assert_int_equal(s->managed.baseline, MANAGED_AWS);
    assert_close(s->managed.queries_scanned_gb_per_day, 5, 0, 0);
    scenario_free(s);
}

static void test_default_stack(void **state) {
    (void)state;
    struct scenario *s = parse(minimal, NULL);
    const struct scenario_loki *loki = &s->stack.loki;
    assert_close(loki->resources.request_cores, 0.5, 0, 0);
    assert_close(loki->resources.request_bytes, 512 * MIB, 0, 0);
    assert_close(loki->resources.limit_cores, 2, 0, 0);
    assert_close(loki->resources.limit_bytes, 2 * GIB, 0, 0);
    assert_close(loki->resources.volume_bytes, 10 * GIB, 0, 0);
    assert_close(loki->retention_seconds, 7 * 86400.0, 0, 0);
    assert_close(loki->memory_limit_target, 0.9, 1e-15, 0);
    assert_close(loki->ingestion_rate_bytes_per_second, 4194304, 0, 0);
    assert_close(loki->max_streams, 5000, 0, 0);
    assert_int_equal(loki->settings.encoding, LOKI_ENCODING_SNAPPY);
    assert_close(loki->settings.max_chunk_age_seconds, 7200, 0, 0);
    assert_close(loki->settings.chunk_idle_period_seconds, 1800, 0, 0);
    assert_close(s->stack.tempo.resources.volume_bytes, 5 * GIB, 0, 0);
    assert_close(s->stack.grafana.volume_bytes, GIB, 0, 0);
    assert_close(s->stack.collector.limit_bytes, 512 * MIB, 0, 0);
    assert_close(s->stack.collector.volume_bytes, 0, 0, 0);
    assert_close(s->stack.agent.limit_bytes, 192 * MIB, 0, 0);
    assert_int_equal(s->stack.agent_kind, AGENT_KIND_PROMTAIL);
    assert_int_equal(s->stack.chart_profile, CHART_PROFILE_BRIEF);
    scenario_free(s);
}

static void test_successor_charts_bring_alloy(void **state) {
    (void)state;
    const char *const sets[] = {"stack.charts.profile=successor", NULL};
    struct scenario *s = parse(minimal, sets);
    assert_int_equal(s->stack.chart_profile, CHART_PROFILE_SUCCESSOR);
    assert_int_equal(s->stack.agent_kind, AGENT_KIND_ALLOY);
    scenario_free(s);
}

static void test_default_cluster_and_search(void **state) {
    (void)state;
    struct scenario *s = parse(minimal, NULL);
    const struct scenario_cluster *cluster = &s->cluster;
    assert_int_equal(cluster->node_group_count, 1);
    assert_string_equal(cluster->nodes[0].type, "t3.medium");
    assert_int_equal(cluster->nodes[0].count, 1);
    assert_int_equal(cluster->purchase, PURCHASE_ON_DEMAND);
    assert_true(cluster->credits_unlimited);
    assert_false(cluster->control_plane_included);
    assert_true(cluster->system_pods);
    assert_true(cluster->dedicated);
    assert_close(cluster->root_volume_bytes, 20 * GIB, 0, 0);
    const struct scenario_search *search = &s->search;
    assert_int_equal(search->instance_type_count, 3);
    assert_string_equal(search->instance_types[2], "t3.large");
    assert_int_equal(search->max_nodes, 3);
    assert_int_equal(search->purchase_count, 1);
    assert_int_equal(search->encoding_count, 2);
    assert_int_equal(search->encodings[1], LOKI_ENCODING_GZIP);
    assert_close(search->volume_step_bytes, GIB, 0, 0);
    assert_close(search->memory_step_bytes, 64 * MIB, 0, 0);
    assert_false(search->allow_sampling);
    assert_close(search->least_kept_fraction, 0.1, 0, 0);
    scenario_free(s);
}

/** A reserved m5.large is not judged against on-demand t3 alone, unless the search says so. */
static void test_the_search_begins_where_the_cluster_is(void **state) {
    (void)state;
    const char *const cluster[] = {
        "cluster={nodes: [{type: m5.large, count: 1}, {type: t3.small, count: 1}], "
        "purchase: reserved-1y}",
        NULL};
    struct scenario *s = parse(minimal, cluster);
    assert_int_equal(s->search.purchase_count, 1);
    assert_int_equal(s->search.purchase[0], PURCHASE_RESERVED_1Y);
    assert_int_equal(s->search.instance_type_count, 4);
    assert_string_equal(s->search.instance_types[3], "m5.large");
    scenario_free(s);
    const char *const chosen[] = {
        cluster[0], "search={instance_types: [t3.small], purchase: [on-demand]}", NULL};
    s = parse(minimal, chosen);
    assert_int_equal(s->search.purchase[0], PURCHASE_ON_DEMAND);
    assert_int_equal(s->search.instance_type_count, 1);
    scenario_free(s);
}

/** A default that stands in the schema must not drift from the program's that it stands for. */
static void test_defaults_are_those_of_the_programs(void **state) {
    (void)state;
    struct scenario *s = parse(minimal, NULL);
    struct loki_settings loki = loki_settings_default();
    struct tempo_settings tempo = tempo_settings_default();
    assert_int_equal(s->stack.loki.settings.encoding, loki.encoding);
    /* All that follows is doubles; before them lies padding, which no compiler has to copy. */
    assert_memory_equal(&s->stack.loki.settings.max_chunk_age_seconds, &loki.max_chunk_age_seconds,
                        sizeof loki - offsetof(struct loki_settings, max_chunk_age_seconds));
    assert_memory_equal(&s->stack.tempo.settings, &tempo, sizeof tempo);
    scenario_free(s);
}

static void check_words(const char *path, const char *(*name)(size_t), size_t count) {
    const char *const *words = scenario_schema_find(path)->words;
    for (size_t i = 0; i < count; i++)
        assert_string_equal(words[i], name(i));
    assert_null(words[count]);
}

static const char *encoding_name(size_t index) {
    return loki_encoding_name((enum loki_encoding)index);
}

static const char *purchase_word(size_t index) {
    return purchase_name((enum purchase)index);
}

static const char *service_name(size_t index) {
    return managed_name((enum managed_service)index);
}

static const char *agent_name(size_t index) {
    return agent_kind_name((enum agent_kind)index);
}

static void test_words_are_those_of_the_models(void **state) {
    (void)state;
    check_words("stack.loki.encoding", encoding_name, LOKI_ENCODING_COUNT);
    check_words("search.encodings", encoding_name, LOKI_ENCODING_COUNT);
    check_words("cluster.purchase", purchase_word, PURCHASE_COUNT);
    check_words("managed.baseline", service_name, MANAGED_COUNT);
    check_words("stack.agent.kind", agent_name, AGENT_KIND_COUNT);
}

static void test_sums_of_prod(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    struct scenario *s;
    diagnostics_init(&diagnostics);
    assert_int_equal(scenario_load("scenarios/prod.yaml", NULL, 0, NULL, NULL, &s, &diagnostics),
                     STATUS_OK);
    /* api 4 x 20 x 350 = 28,000; worker 4 x 30 x 150 = 18,000; web 2 x 15 x 250 = 7,500 B/s */
    assert_close(scenario_log_bytes_per_second(s), 53500, 1e-12, 0);
    /* 4 x 20 + 4 x 30 + 2 x 15 */
    assert_close(scenario_log_lines_per_second(s), 230, 1e-12, 0);
    /* two a replica, ten replicas */
    assert_close(scenario_streams(s), 20, 1e-12, 0);
    /* api 4 x 15 x 10 % = 6; worker 4 x 6 x 10 % = 2.4; web none */
    assert_close(scenario_traces_per_second(s), 8.4, 1e-12, 0);
    /* 6 x 8 + 2.4 x 4 */
    assert_close(scenario_spans_per_second(s), 57.6, 1e-12, 0);
    assert_close(scenario_span_bytes_per_second(s), 57.6 * 470, 1e-12, 0);
    scenario_free(s);
}

static void test_service_without_logs_or_traces(void **state) {
    (void)state;
    struct scenario *s = parse("version: 1\nname: x\nworkload:\n  services:\n"
                               "    - {name: a, traces: {}}\n    - {name: b, logs: {}}\n"
                               "    - {name: c, logs: }\n    - {name: d}\n",
                               NULL);
    const struct scenario_service *services = s->workload.services;
    assert_int_equal(s->workload.service_count, 4);
    assert_close(services[0].lines_per_second, 0, 0, 0);
    assert_close(services[0].streams_per_replica, 0, 0, 0);
    assert_close(services[0].requests_per_second, 15, 0, 0);
    assert_close(services[1].lines_per_second, 20, 0, 0);
    assert_close(services[1].requests_per_second, 0, 0, 0);
    assert_close(services[2].lines_per_second, 20, 0, 0);
    assert_close(services[3].lines_per_second, 0, 0, 0);
    assert_close(services[3].bytes_per_line, 350, 0, 0);
    assert_close(services[3].compression[LOKI_ENCODING_ZSTD], 4.2, 0, 0);
    scenario_free(s);
}

static char *with(const char *more) {
    char *yaml = NULL;
    assert_true(asprintf(&yaml, "%s%s", minimal, more) > 0);
    return yaml;
}

static void test_targets_left_out_are_the_usual_ones(void **state) {
    (void)state;
    char *yaml = with("stack: {loki: {retention: 3d}}\n");
    struct scenario *s = parse(yaml, NULL);
    assert_false(s->targets.cost.set);
    assert_false(s->targets.savings.set);
    assert_true(s->targets.logs_retention.set);
    assert_close(s->targets.logs_retention.bound, 3 * 86400.0, 0, 0);
    assert_close(s->targets.logs_retention.probability, 0.99, 1e-15, 0);
    assert_true(s->targets.traces_retention.set);
    assert_close(s->targets.traces_retention.bound, 7 * 86400.0, 0, 0);
    assert_true(s->targets.out_of_memory.set);
    assert_close(s->targets.out_of_memory.bound, 0.01, 1e-15, 0);
    assert_close(s->targets.out_of_memory.probability, 0, 0, 0);
    assert_true(s->targets.log_loss.set);
    assert_close(s->targets.log_loss.bound, 0.001, 1e-15, 0);
    scenario_free(s);
    free(yaml);
}

static void test_only_targets_that_are_written_count(void **state) {
    (void)state;
    char *yaml = with("targets: {cost: {at_most: 30}}\n");
    struct scenario *s = parse(yaml, NULL);
    assert_true(s->targets.cost.set);
    assert_close(s->targets.cost.bound, 30, 0, 0);
    assert_close(s->targets.cost.probability, 0.95, 1e-15, 0);
    assert_false(s->targets.logs_retention.set);
    assert_false(s->targets.out_of_memory.set);
    scenario_free(s);
    free(yaml);
    yaml = with("targets: {}\n");
    s = parse(yaml, NULL);
    assert_false(s->targets.out_of_memory.set);
    assert_false(s->targets.log_loss.set);
    scenario_free(s);
    free(yaml);
}

static double mean_of(const double hours[24]) {
    double sum = 0;
    for (size_t i = 0; i < 24; i++)
        sum += hours[i];
    return sum / 24;
}

static void test_daily_profiles_have_mean_one(void **state) {
    (void)state;
    static const char *const presets[] = {"flat", "business-hours", "consumer", "nightly-batch"};
    for (size_t i = 0; i < 4; i++) {
        char set[64];
        snprintf(set, sizeof set, "workload.profile.daily=%s", presets[i]);
        struct scenario *s = parse(minimal, (const char *const[]){set, NULL});
        assert_preset(s->workload.profile.daily, i);
        assert_close(mean_of(s->workload.profile.daily), 1, 1e-14, 0);
        scenario_free(s);
    }
    /* Twelve hours of nothing and twelve of 7: mean 3.5, so the loud hours weigh 2. */
    struct scenario *s =
        parse(minimal, (const char *const[]){"workload.profile.daily=[0,0,0,0,0,0,0,0,0,0,0,0,"
                                             "7,7,7,7,7,7,7,7,7,7,7,7]",
                                             NULL});
    assert_close(s->workload.profile.daily[0], 0, 0, 0);
    assert_close(s->workload.profile.daily[23], 2, 1e-15, 0);
    scenario_free(s);
}

static void test_overrides(void **state) {
    (void)state;
    static const char *const sets[] = {
        "workload.services.0.replicas=8",
        "workload.services.worker.logs.lines_per_second=5",
        "stack.loki.volume=20Gi",
        "stack.loki.volume=30Gi",
        "search.encodings=[gzip, zstd]",
        "cluster={nodes: [{type: t3.large, count: 2}], credits: standard}",
        "simulation.seed=7",
        NULL};
    struct scenario *s = parse("version: 1\nname: x\nworkload:\n  services:\n    - name: api\n"
                               "    - name: worker\nstack:\n  loki:\n    encoding: zstd\n"
                               "search:\n  max_nodes: 2\nsimulation:\n",
                               sets);
    assert_close(s->workload.services[0].replicas, 8, 0, 0);
    assert_close(s->workload.services[1].replicas, 4, 0, 0);
    assert_close(s->workload.services[1].lines_per_second, 5, 0, 0);
    /* The last of two overrides counts, and what the file says beside it stays. */
    assert_close(s->stack.loki.resources.volume_bytes, 30 * GIB, 0, 0);
    assert_int_equal(s->stack.loki.settings.encoding, LOKI_ENCODING_ZSTD);
    assert_int_equal(s->search.encoding_count, 2);
    assert_int_equal(s->search.encodings[0], LOKI_ENCODING_GZIP);
    assert_int_equal(s->search.encodings[1], LOKI_ENCODING_ZSTD);
    assert_int_equal(s->search.max_nodes, 2);
    assert_string_equal(s->cluster.nodes[0].type, "t3.large");
    assert_int_equal(s->cluster.nodes[0].count, 2);
    assert_false(s->cluster.credits_unlimited);
    assert_int_equal(s->simulation.seed, 7);
    scenario_free(s);
}

static void test_override_of_a_bad_value_repairs_it(void **state) {
    (void)state;
    char *yaml = with("stack: {loki: {volume: 10GB}}\n");
    struct scenario *s = parse(yaml, (const char *const[]){"stack.loki.volume=10Gi", NULL});
    assert_close(s->stack.loki.resources.volume_bytes, 10 * GIB, 0, 0);
    scenario_free(s);
    free(yaml);
}

static void test_quantities_may_be_quoted(void **state) {
    (void)state;
    char *yaml = with("stack: {loki: {limits: {cpu: \"2\", memory: '3Gi'}, retention: \"14d\"}}\n");
    struct scenario *s = parse(yaml, NULL);
    assert_close(s->stack.loki.resources.limit_cores, 2, 0, 0);
    assert_close(s->stack.loki.resources.limit_bytes, 3 * GIB, 0, 0);
    assert_close(s->stack.loki.retention_seconds, 14 * 86400.0, 0, 0);
    scenario_free(s);
    free(yaml);
}

/** Parse what must be refused with one message that holds `words`. */
static void assert_refused(const char *more, const char *words) {
    char *yaml = with(more);
    struct scenario *s;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(
        scenario_parse("a.yaml", yaml, strlen(yaml), NULL, 0, NULL, NULL, &s, &diagnostics),
        STATUS_INVALID);
    assert_int_equal(diagnostics.count, 1);
    assert_non_null(strstr(diagnostics.items[0].message, words));
    free(yaml);
}

static void test_quoted_quantities_out_of_range_say_so(void **state) {
    (void)state;
    assert_refused("stack: {loki: {retention: \"1h\"}}\n", "must be at least 24h");
}

/** 24 over a sum of 1e-320 is infinite, and no weight 0 times that is a number. */
static void test_a_day_of_next_to_nothing_is_refused(void **state) {
    (void)state;
    static const struct scenario_override day = {
        "workload.profile.daily=[1e-320,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"};
    struct scenario *s;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(
        scenario_parse("a.yaml", minimal, strlen(minimal), &day, 1, NULL, NULL, &s, &diagnostics),
        STATUS_INVALID);
    assert_non_null(strstr(diagnostics.items[0].message, "at least one hour must be above 0"));
}

static void test_shipped_scenarios_pass_all_checks(void **state) {
    (void)state;
    static const char *const names[] = {"prod", "brief", "dev", "burst", "growth"};
    struct arena arena;
    struct diagnostics diagnostics;
    const struct price_table *prices;
    struct instance_table instances;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    assert_int_equal(price_table_load(&arena, NULL, &prices, &diagnostics), STATUS_OK);
    assert_int_equal(instance_table_shipped(&arena, &instances, &diagnostics), STATUS_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        struct scenario *s;
        snprintf(path, sizeof path, "scenarios/%s.yaml", names[i]);
        assert_int_equal(scenario_load(path, NULL, 0, prices, &instances, &s, &diagnostics),
                         STATUS_OK);
        assert_string_equal(s->name, names[i]);
        scenario_free(s);
    }
    arena_fini(&arena);
}

static void test_brief_is_the_stack_of_the_brief(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    struct scenario *s;
    diagnostics_init(&diagnostics);
    assert_int_equal(scenario_load("scenarios/brief.yaml", NULL, 0, NULL, NULL, &s, &diagnostics),
                     STATUS_OK);
    static const char *const types[] = {"t3.medium", "t3.medium", "t3.small"};
    assert_int_equal(s->cluster.node_group_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(s->cluster.nodes[i].type, types[i]);
        assert_int_equal(s->cluster.nodes[i].count, 1);
    }
    /* The brief's requests, limits and volumes are the schema's defaults. */
    struct scenario *defaults = parse(minimal, NULL);
    assert_memory_equal(&s->stack.loki.resources, &defaults->stack.loki.resources,
                        sizeof s->stack.loki.resources);
    assert_memory_equal(&s->stack.tempo.resources, &defaults->stack.tempo.resources,
                        sizeof s->stack.tempo.resources);
    assert_memory_equal(&s->stack.grafana, &defaults->stack.grafana, sizeof s->stack.grafana);
    assert_close(s->stack.loki.memory_limit_target, 0, 0, 0);
    assert_close(s->stack.tempo.memory_limit_target, 0, 0, 0);
    scenario_free(defaults);
    scenario_free(s);
}

static void test_file_that_is_not_there(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    struct scenario *s;
    diagnostics_init(&diagnostics);
    assert_int_equal(scenario_load("scenarios/none.yaml", NULL, 0, NULL, NULL, &s, &diagnostics),
                     STATUS_SYSTEM);
    assert_null(s);
    assert_int_equal(diagnostics.count, 1);
    assert_string_equal(diagnostics.items[0].message, "cannot open: No such file or directory");
}

static void test_at_most_twenty_mistakes_in_order(void **state) {
    (void)state;
    char yaml[4096] = "";
    size_t used = (size_t)snprintf(yaml, sizeof yaml, "%s", minimal);
    for (int i = 0; i < 30; i++)
        used += (size_t)snprintf(yaml + used, sizeof yaml - used, "wrong%d: 1\n", i);
    struct diagnostics diagnostics;
    struct scenario *s;
    diagnostics_init(&diagnostics);
    assert_int_equal(scenario_parse("x.yaml", yaml, used, NULL, 0, NULL, NULL, &s, &diagnostics),
                     STATUS_INVALID);
    assert_null(s);
    assert_int_equal(diagnostics.count, DIAGNOSTICS_MAX);
    assert_int_equal(diagnostics.suppressed, 10);
    for (unsigned i = 0; i < DIAGNOSTICS_MAX; i++)
        assert_int_equal(diagnostics.items[i].line, 4 + i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_those_of_the_documentation),
        cmocka_unit_test(test_default_stack),
        cmocka_unit_test(test_successor_charts_bring_alloy),
        cmocka_unit_test(test_default_cluster_and_search),
        cmocka_unit_test(test_the_search_begins_where_the_cluster_is),
        cmocka_unit_test(test_defaults_are_those_of_the_programs),
        cmocka_unit_test(test_words_are_those_of_the_models),
        cmocka_unit_test(test_sums_of_prod),
        cmocka_unit_test(test_service_without_logs_or_traces),
        cmocka_unit_test(test_targets_left_out_are_the_usual_ones),
        cmocka_unit_test(test_only_targets_that_are_written_count),
        cmocka_unit_test(test_daily_profiles_have_mean_one),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_override_of_a_bad_value_repairs_it),
        cmocka_unit_test(test_quantities_may_be_quoted),
        cmocka_unit_test(test_quoted_quantities_out_of_range_say_so),
        cmocka_unit_test(test_a_day_of_next_to_nothing_is_refused),
        cmocka_unit_test(test_shipped_scenarios_pass_all_checks),
        cmocka_unit_test(test_brief_is_the_stack_of_the_brief),
        cmocka_unit_test(test_file_that_is_not_there),
        cmocka_unit_test(test_at_most_twenty_mistakes_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
