#include "stack/dashboard.h"
#include "stack/names.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/query_check.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include <cmocka.h>

/** Dashboard `index` of the plan `outcome`; the caller frees it. */
static json_t *load(size_t index, const struct plan_outcome *outcome) {
    struct diagnostics diagnostics;
    struct text text;
    json_error_t error;
    diagnostics_init(&diagnostics);
    text_init(&text);
    assert_int_equal(dashboard_json(index, shared_result->scenario, outcome, &text, &diagnostics),
                     STATUS_OK);
    json_t *json = json_loads(text.data, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s: %s", dashboard_file(index), error.text);
    text_fini(&text);
    return json;
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool is_row(const json_t *panel) {
    return strcmp(text_of(panel, "type"), "row") == 0;
}

/** Call `check` for each panel of each dashboard. */
static void each_panel(void (*check)(const json_t *dashboard, const json_t *panel)) {
    for (size_t i = 0; i < DASHBOARD_COUNT; i++) {
        json_t *dashboard = load(i, shared_result->best);
        const json_t *panels = json_object_get(dashboard, "panels");
        assert_true(json_array_size(panels) > 5);
        for (size_t p = 0; p < json_array_size(panels); p++)
            check(dashboard, json_array_get(panels, p));
        json_decref(dashboard);
    }
}

static void has_texts(const json_t *dashboard, const json_t *panel) {
    (void)dashboard;
    const json_t *defaults = json_object_get(json_object_get(panel, "fieldConfig"), "defaults");
    const char *title = text_of(panel, "title");
    assert_true(title[0]);
    if (is_row(panel))
        return;
    if (!text_of(defaults, "unit")[0] || !text_of(defaults, "noValue")[0])
        fail_msg("%s: lacks unit or noValue", title);
    const char *description = text_of(panel, "description");
    size_t length = strlen(description);
    if (length < 20 || description[length - 1] != '.')
        fail_msg("%s: \"%s\" is no sentence", title, description);
}

static void every_panel_says_what_it_shows(void **state) {
    (void)state;
    each_panel(has_texts);
}

static bool is_known_source(const json_t *source) {
    const char *type = text_of(source, "type"), *uid = text_of(source, "uid");
    return (strcmp(type, "loki") == 0 || strcmp(type, "tempo") == 0) && strcmp(type, uid) == 0;
}

static void has_good_queries(const json_t *dashboard, const json_t *panel) {
    (void)dashboard;
    const char *title = text_of(panel, "title");
    const json_t *targets = json_object_get(panel, "targets");
    if (is_row(panel))
        return;
    if (!is_known_source(json_object_get(panel, "datasource")) || json_array_size(targets) == 0)
        fail_msg("%s: no data source, or no query", title);
    for (size_t i = 0; i < json_array_size(targets); i++) {
        const json_t *target = json_array_get(targets, i);
        bool traces = strcmp(text_of(target, "queryType"), "traceql") == 0;
        const char *query = text_of(target, traces ? "query" : "expr");
        if (!is_known_source(json_object_get(target, "datasource")) || !query[0] ||
            !query_is_balanced(query))
            fail_msg("%s: query %zu: %s", title, i, query);
    }
}

static void every_query_goes_to_a_source_that_is_there(void **state) {
    (void)state;
    each_panel(has_good_queries);
}

static void brackets_are_counted_outside_of_quotes(void **state) {
    (void)state;
    static const struct {
        const char *query;
        bool balanced;
    } cases[] = {
        {"{app=\"x\"}", true},      {"sum(rate({a=\"b\"}[5m]))", true},
        {"{app=\"x\"", false},      {"sum(rate({a=\"b\"}[5m])", false},
        {"sum(a]", false},          {")", false},
        {"{a=~\"(\"}", true},       {"{a=`\\`} |= \"\\\"\"", true},
        {"{a=\"x}", false},         {"{a=\"b\"} |~ `x(`", true},
        {"{a=\"b\"} |~ `x", false}, {"", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (query_is_balanced(cases[i].query) != cases[i].balanced)
            fail_msg("%s", cases[i].query);
}

struct box {
    json_int_t x, y, w, h;
};

static struct box box_of(const json_t *panel) {
    const json_t *at = json_object_get(panel, "gridPos");
    return (struct box){
        json_integer_value(json_object_get(at, "x")), json_integer_value(json_object_get(at, "y")),
        json_integer_value(json_object_get(at, "w")), json_integer_value(json_object_get(at, "h"))};
}

static bool overlap(struct box a, struct box b) {
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void stands_alone(const json_t *dashboard, const json_t *panel) {
    const json_t *panels = json_object_get(dashboard, "panels");
    struct box box = box_of(panel);
    json_int_t id = json_integer_value(json_object_get(panel, "id"));
    assert_true(id > 0 && box.x >= 0 && box.y >= 0 && box.w > 0 && box.h > 0);
    assert_true(box.x + box.w <= 24);
    for (size_t i = 0; i < json_array_size(panels); i++) {
        const json_t *other = json_array_get(panels, i);
        if (other == panel)
            continue;
        if (overlap(box, box_of(other)))
            fail_msg("%s lies on %s", text_of(panel, "title"), text_of(other, "title"));
        assert_true(json_integer_value(json_object_get(other, "id")) != id);
    }
}

static void panels_do_not_overlap(void **state) {
    (void)state;
    each_panel(stands_alone);
}

static void dashboards_are_told_apart(void **state) {
    (void)state;
    static const char *const uids[] = {"simulate-stack", "simulate-fastapi", "simulate-dramatiq"};
    static const char *const titles[] = {"Stack against plan", "FastAPI", "Dramatiq"};
    for (size_t i = 0; i < DASHBOARD_COUNT; i++) {
        json_t *dashboard = load(i, shared_result->best);
        assert_string_equal(text_of(dashboard, "uid"), uids[i]);
        assert_string_equal(text_of(dashboard, "title"), titles[i]);
        assert_int_equal(json_integer_value(json_object_get(dashboard, "schemaVersion")), 39);
        assert_null(json_object_get(dashboard, "id"));
        json_decref(dashboard);
    }
}

static void services_and_actors_can_be_chosen(void **state) {
    (void)state;
    static const char *const names[DASHBOARD_COUNT][2] = {
        {NULL}, {"service", NULL}, {"service", "actor"}};
    for (size_t i = 0; i < DASHBOARD_COUNT; i++) {
        json_t *dashboard = load(i, shared_result->best);
        const json_t *list = json_object_get(json_object_get(dashboard, "templating"), "list");
        for (size_t v = 0; v < 2; v++) {
            const json_t *variable = json_array_get(list, v);
            assert_true(!variable == !names[i][v]);
            if (variable)
                assert_string_equal(text_of(variable, "name"), names[i][v]);
        }
        json_decref(dashboard);
    }
}

static const json_t *find(const json_t *dashboard, const char *title) {
    const json_t *panels = json_object_get(dashboard, "panels");
    for (size_t i = 0; i < json_array_size(panels); i++)
        if (strcmp(text_of(json_array_get(panels, i), "title"), title) == 0)
            return json_array_get(panels, i);
    fail_msg("no panel %s", title);
    return NULL;
}

/** The query of the line `legend`, or "". */
static const char *line_of(const json_t *panel, const char *legend) {
    const json_t *targets = json_object_get(panel, "targets");
    for (size_t i = 0; i < json_array_size(targets); i++)
        if (strcmp(text_of(json_array_get(targets, i), "legendFormat"), legend) == 0)
            return text_of(json_array_get(targets, i), "expr");
    return "";
}

static void expect_line(const json_t *panel, const char *legend, double value) {
    char expected[64];
    snprintf(expected, sizeof expected, "vector(%.*f)", value < 1000 ? 3 : 0, value);
    assert_string_equal(line_of(panel, legend), expected);
}

static void the_plans_bands_are_those_of_the_result(void **state) {
    (void)state;
    const double mib = 1024.0 * 1024.0, gib = 1024 * mib;
    const struct plan_outcome *plan = shared_result->best;
    const struct component_outcome *loki = &plan->components[COMPONENT_LOKI];
    const struct component_outcome *tempo = &plan->components[COMPONENT_TEMPO];
    json_t *dashboard = load(0, plan);
    const json_t *memory = find(dashboard, "Loki's memory");
    expect_line(memory, "plan P5", loki->memory_peak_mib.p5);
    expect_line(memory, "plan P50", loki->memory_peak_mib.p50);
    expect_line(memory, "plan P95", loki->memory_peak_mib.p95);
    expect_line(memory, "plan P99", loki->memory_peak_mib.p99);
    expect_line(memory, "limit", plan->plan.resources[COMPONENT_LOKI].limit_bytes / mib);
    const json_t *disk = find(dashboard, "Tempo's volume at full retention");
    expect_line(disk, "plan P95", tempo->disk_gib.p95 * gib);
    expect_line(disk, "limit", plan->plan.resources[COMPONENT_TEMPO].volume_bytes);
    json_decref(dashboard);
}

/* 4 x 20 x 350 + 3 x 15 x 300 + 2 x 25 x 240 are 53,500 bytes a second. The busiest hour
 * weighs 1.85, and with a weekend at 40 % a weekday has 7 / 5.8 of the week's mean: 119,453. */
static void ingest_is_held_against_the_scenario(void **state) {
    (void)state;
    json_t *dashboard = load(0, shared_result->best);
    const json_t *ingest = find(dashboard, "Log ingest");
    expect_line(ingest, "plan mean", 53500);
    expect_line(ingest, "plan busiest hour", 119453);
    expect_line(ingest, "limit", shared_result->best->plan.ingestion_rate_bytes_per_second);
    json_decref(dashboard);
}

static void another_plan_moves_its_lines(void **state) {
    (void)state;
    struct plan_outcome outcome = *shared_result->best;
    outcome.plan.loki_retention_seconds = 30 * 86400.0;
    outcome.plan.loki.max_chunk_age_seconds = 3600;
    outcome.plan.loki.chunk_idle_period_seconds = 900;
    outcome.plan.resources[COMPONENT_LOKI].limit_bytes = 0;
    json_t *dashboard = load(0, &outcome);
    assert_string_equal(line_of(find(dashboard, "Loki's memory"), "limit"), "");
    assert_non_null(strstr(line_of(find(dashboard, "Loki's volume at full retention"), "predicted"),
                           "[24h])) * 30.0000"));
    assert_non_null(strstr(line_of(find(dashboard, "Streams"), "measured"), "[1h15m]"));
    assert_non_null(strstr(line_of(find(dashboard, "Oldest logs"), "lines"), "offset 718h"));
    json_decref(dashboard);
}

/* Loki lets a query touch 500 series. 16 streams are counted one by one; 4 x 5,000 need a sample of
 * one in 256, for 400 x 16 are 6,400. */
static void many_streams_are_counted_by_a_sample(void **state) {
    (void)state;
    struct scenario *scenario = (struct scenario *)shared_result->scenario;
    const struct scenario_service *services = scenario->workload.services;
    struct scenario_service many = services[0];
    json_t *few = load(0, shared_result->as_written);
    assert_string_equal(
        line_of(find(few, "Streams"), "measured"),
        "count(sum by (fp) (count_over_time({namespace=\"observability\", app=\"loki\"} |= "
        "`msg=\"flushing stream\"` | logfmt fp [2h30m])))");
    json_decref(few);
    many.replicas = 1000;
    many.streams_per_replica = 5;
    scenario->workload.services = &many;
    scenario->workload.service_count = 1;
    json_t *dashboard = load(0, shared_result->best);
    const char *query = line_of(find(dashboard, "Streams"), "measured");
    assert_non_null(strstr(query, " |= ` fp=00` | logfmt fp "));
    assert_non_null(strstr(query, "))) * 256"));
    json_decref(dashboard);
    scenario->workload.services = services;
    scenario->workload.service_count = 3;
}

/** The scalar at `key` of a mapping of libyaml's, or NULL. */
static yaml_node_t *child(yaml_document_t *document, const yaml_node_t *mapping, const char *key) {
    assert_int_equal(mapping->type, YAML_MAPPING_NODE);
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++)
        if (strcmp((const char *)yaml_document_get_node(document, pair->key)->data.scalar.value,
                   key) == 0)
            return yaml_document_get_node(document, pair->value);
    fail_msg("no %s", key);
    return NULL;
}

static void read_yaml(const struct text *text, yaml_document_t *document) {
    yaml_parser_t parser;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text->data, text->length);
    assert_true(yaml_parser_load(&parser, document));
    yaml_parser_delete(&parser);
}

/* `kubectl apply` keeps a copy in an annotation, and annotations end at 256 KiB. */
static void one_config_map_holds_them_all(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    struct text text, json;
    yaml_document_t document;
    diagnostics_init(&diagnostics);
    text_init(&text);
    assert_int_equal(
        dashboard_config_map(shared_result->scenario, shared_result->best, &text, &diagnostics),
        STATUS_OK);
    assert_true(text.length < 256 * 1024 / 2);
    read_yaml(&text, &document);
    yaml_node_t *root = yaml_document_get_root_node(&document);
    yaml_node_t *name = child(&document, child(&document, root, "metadata"), "name");
    yaml_node_t *data = child(&document, root, "data");
    assert_string_equal(name->data.scalar.value, STACK_DASHBOARDS_CONFIG_MAP);
    for (size_t i = 0; i < DASHBOARD_COUNT; i++) {
        text_init(&json);
        assert_int_equal(
            dashboard_json(i, shared_result->scenario, shared_result->best, &json, &diagnostics),
            STATUS_OK);
        assert_string_equal(child(&document, data, dashboard_file(i))->data.scalar.value,
                            json.data);
        text_fini(&json);
    }
    yaml_document_delete(&document);
    text_fini(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_panel_says_what_it_shows),
        cmocka_unit_test(every_query_goes_to_a_source_that_is_there),
        cmocka_unit_test(brackets_are_counted_outside_of_quotes),
        cmocka_unit_test(panels_do_not_overlap),
        cmocka_unit_test(dashboards_are_told_apart),
        cmocka_unit_test(services_and_actors_can_be_chosen),
        cmocka_unit_test(the_plans_bands_are_those_of_the_result),
        cmocka_unit_test(ingest_is_held_against_the_scenario),
        cmocka_unit_test(another_plan_moves_its_lines),
        cmocka_unit_test(many_streams_are_counted_by_a_sample),
        cmocka_unit_test(one_config_map_holds_them_all),
    };
    return cmocka_run_group_tests(tests, shared_result_setup, shared_result_teardown);
}
