/* result.json, cost.csv and series.csv: read back and held to the result they were made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/json_plan.h"
#include "reports/phrase.h"
#include "reports/report.h"
#include "sim/base/csv.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/golden.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Six significant digits: at most half a unit of the sixth. */
#define SIX_DIGITS 5.1e-6

static struct diagnostics diagnostics;

static struct result *make_result(void) {
    struct result *result = fixture_result();
    assert_non_null(result);
    diagnostics_init(&diagnostics);
    return result;
}

static void write_json(const struct result *result, struct text *text) {
    struct report report = {.result = result};
    text_init(text);
    assert_int_equal(report_json(&report, text, &diagnostics), STATUS_OK);
}

static json_t *parse(const struct text *text) {
    json_error_t error;
    json_t *root = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("line %d: %s", error.line, error.text);
    return root;
}

/** The member at a path such as `cost.items.0.quantity`. */
static json_t *at(json_t *value, const char *path) {
    char key[64];
    while (*path) {
        size_t length = strcspn(path, ".");
        assert_true(length < sizeof key);
        memcpy(key, path, length);
        key[length] = '\0';
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
        if (!value)
            fail_msg("no \"%s\"", path);
        path += length + (path[length] == '.');
    }
    return value;
}

static double number_at(json_t *value, const char *path) {
    json_t *number = at(value, path);
    assert_true(json_is_number(number));
    return json_number_value(number);
}

static void check_number(json_t *value, const char *path, double expected) {
    assert_close(number_at(value, path), expected, SIX_DIGITS, 0);
}

static void check_string(json_t *value, const char *path, const char *expected) {
    assert_string_equal(json_string_value(at(value, path)), expected);
}

static void check_quantiles(json_t *value, const char *path, const struct quantiles *expected) {
    json_t *quantiles = at(value, path);
    assert_int_equal(json_object_size(quantiles), 5);
    check_number(quantiles, "p5", expected->p5);
    check_number(quantiles, "p50", expected->p50);
    check_number(quantiles, "p95", expected->p95);
    check_number(quantiles, "p99", expected->p99);
    check_number(quantiles, "max", expected->max);
}

static void check_probability(json_t *value, const char *path, const struct probability *expected) {
    json_t *probability = at(value, path);
    assert_int_equal(json_object_size(probability), 3);
    check_number(probability, "value", expected->value);
    check_number(probability, "low", expected->low);
    check_number(probability, "high", expected->high);
}

static void check_component(json_t *value, const struct scenario_resources *resources,
                            const struct component_outcome *found) {
    check_number(value, "requests.cpu_cores", resources->request_cores);
    check_number(value, "requests.memory_bytes", resources->request_bytes);
    check_number(value, "limits.cpu_cores", resources->limit_cores);
    check_number(value, "limits.memory_bytes", resources->limit_bytes);
    if (resources->volume_bytes > 0)
        check_number(value, "volume_bytes", resources->volume_bytes);
    else
        assert_true(json_is_null(at(value, "volume")));
    check_quantiles(value, "memory_peak_mib", &found->memory_peak_mib);
    check_quantiles(value, "memory_mean_mib", &found->memory_mean_mib);
    check_quantiles(value, "cpu_cores", &found->cpu_cores);
    check_quantiles(value, "cpu_peak_cores", &found->cpu_peak_cores);
    check_quantiles(value, "disk_gib", &found->disk_gib);
    check_probability(value, "out_of_memory_probability", &found->out_of_memory);
    check_quantiles(value, "kills", &found->kills);
    check_probability(value, "volume_full_probability", &found->volume_full);
    check_number(value, "inodes_peak_p95", found->inodes_peak_p95);
    check_number(value, "cpu_throttled_fraction", found->throttled_fraction);
}

static void check_items(json_t *items, const struct bill *bill) {
    assert_int_equal(json_array_size(items), bill->count);
    for (size_t i = 0; i < bill->count; i++) {
        json_t *item = json_array_get(items, i);
        assert_int_equal(json_object_size(item), 7);
        check_string(item, "component", bill->items[i].component);
        check_string(item, "item", bill->items[i].item);
        check_string(item, "unit", bill->items[i].unit);
        check_string(item, "price_source", bill->items[i].source);
        check_number(item, "quantity", bill->items[i].quantity);
        check_number(item, "usd_per_unit", bill->items[i].usd_per_unit);
        check_number(item, "usd_per_month", bill->items[i].usd_per_month);
    }
}

static void check_targets(json_t *targets, const struct plan_outcome *outcome) {
    assert_int_equal(json_array_size(targets), outcome->target_count);
    for (size_t i = 0; i < outcome->target_count; i++) {
        json_t *target = json_array_get(targets, i);
        const struct target_outcome *expected = &outcome->targets[i];
        check_string(target, "name", target_name(expected->kind));
        assert_int_equal(json_is_true(at(target, "holds")), expected->holds);
        check_number(target, "value", expected->value);
        check_number(target, "bound", expected->bound);
        check_number(target, "probability_wanted", expected->wanted);
        check_probability(target, "probability", &expected->probability);
        check_string(target, "reason", expected->reason);
    }
}

static void check_placement(json_t *placement, const struct plan *plan) {
    assert_int_equal(json_array_size(placement), plan->pod_count);
    for (size_t i = 0; i < plan->pod_count; i++) {
        json_t *pod = json_array_get(placement, i);
        check_string(pod, "pod", plan->pods[i].name);
        if (plan->pods[i].node < 0)
            assert_true(json_is_null(at(pod, "node")));
        else
            assert_int_equal(json_integer_value(at(pod, "node")), plan->pods[i].node);
    }
}

static void check_plan(json_t *value, const struct plan_outcome *outcome) {
    const struct plan *plan = &outcome->plan;
    for (int i = 0; i < COMPONENT_COUNT; i++)
        check_component(at(at(value, "components"), component_name((enum component)i)),
                        &plan->resources[i], &outcome->components[i]);
    json_t *loki = at(value, "components.loki.settings");
    check_string(loki, "encoding", loki_encoding_name(plan->loki.encoding));
    check_number(loki, "max_chunk_age_seconds", plan->loki.max_chunk_age_seconds);
    check_number(loki, "chunk_target_size_bytes", plan->loki.chunk_target_size_bytes);
    check_number(loki, "gomemlimit_bytes", plan->loki.memory_goal_bytes);
    check_number(loki, "retention_seconds", plan->loki_retention_seconds);
    json_t *tempo = at(value, "components.tempo.settings");
    check_number(tempo, "max_block_duration_seconds", plan->tempo.max_block_duration_seconds);
    check_number(tempo, "gomemlimit_bytes", plan->tempo.memory_goal_bytes);
    check_number(tempo, "retention_seconds", plan->tempo_retention_seconds);
    check_string(value, "components.agent.settings.kind", agent_kind_name(plan->agent_kind));
    check_quantiles(value, "cost.monthly_usd", &outcome->monthly_usd);
    check_items(at(value, "cost.items"), &outcome->bill);
    check_quantiles(value, "log_loss_fraction", &outcome->log_loss);
    check_quantiles(value, "credit_balance_low_credits", &outcome->credit_balance_low);
    check_probability(value, "credits_exhausted_probability", &outcome->credits_exhausted);
    check_targets(at(value, "targets"), outcome);
    check_placement(at(value, "placement"), plan);
    check_string(value, "binding", outcome->binding);
    assert_int_equal(json_is_true(at(value, "holds")), outcome->holds);
}

static void test_json_numbers(void **state) {
    (void)state;
    struct result *result = make_result();
    struct text text;
    write_json(result, &text);
    json_t *root = parse(&text);
    assert_int_equal(json_integer_value(at(root, "schema_version")), RESULT_SCHEMA_VERSION);
    check_string(root, "version", phrase_version());
    check_string(root, "scenario", "prod");
    check_string(root, "verdict", "holds");
    assert_int_equal(json_integer_value(at(root, "seed")), 1);
    assert_int_equal(json_integer_value(at(root, "replicas")), 10000);
    assert_int_equal(json_array_size(at(root, "sensitivity")), 0);
    check_number(root, "workload.log_gb_per_day", 4.1);
    check_plan(at(root, "as_written"), result->as_written);
    check_plan(at(root, "best"), result->best);
    assert_int_equal(json_array_size(at(root, "alternatives")), result->alternative_count);
    check_plan(at(root, "alternatives.1"), result->alternatives[1]);
    assert_int_equal(json_array_size(at(root, "cheaper")), result->cheaper_count);
    check_plan(at(root, "cheaper.1"), result->cheaper[1]);
    for (size_t i = 0; i < MANAGED_COUNT; i++) {
        json_t *managed = at(at(root, "managed"), managed_name(result->managed[i].service));
        check_number(managed, "monthly_usd", result->managed[i].monthly_usd);
        check_items(at(managed, "items"), &result->managed[i].bill);
    }
    assert_int_equal(json_array_size(at(root, "brief")), result->brief_count);
    check_number(root, "brief.0.list_usd_per_month", 30.37);
    check_number(root, "search.candidates_screened", 11664);
    json_decref(root);
    text_fini(&text);
    fixture_result_free(result);
}

/** As a number as far as JSON's integers go here, then as a string; never another number. */
static void check_seed(uint64_t seed, const char *expected) {
    struct result *result = make_result();
    struct scenario scenario = *result->scenario;
    const struct scenario *own = result->scenario;
    scenario.simulation.seed = seed;
    result->scenario = &scenario;
    struct text text;
    write_json(result, &text);
    if (!strstr(text.data, expected))
        fail_msg("%s is not in the result", expected);
    result->scenario = own;
    text_fini(&text);
    fixture_result_free(result);
}

static void test_json_seeds(void **state) {
    (void)state;
    check_seed(0, "\"seed\": 0,");
    check_seed(9007199254740993, "\"seed\": 9007199254740993,");
    check_seed(INT64_MAX, "\"seed\": 9223372036854775807,");
    check_seed(UINT64_MAX, "\"seed\": \"18446744073709551615\",");
}

static void test_json_limits(void **state) {
    (void)state;
    struct result *result = make_result();
    result->break_even[MANAGED_GRAFANA_CLOUD].managed_cheaper = true;
    struct text text;
    write_json(result, &text);
    json_t *root = parse(&text);
    check_number(root, "headroom.load_multiple", 1.6);
    check_number(root, "headroom.first_miss_load_multiple", 1.8);
    check_number(root, "headroom.months_of_growth", 15.9);
    check_string(root, "headroom.reason", result->headroom.reason);
    /* By rising load: New Relic always dearer, Datadog, AWS, Grafana Cloud always cheaper. */
    assert_int_equal(json_array_size(at(root, "break_even")), MANAGED_COUNT);
    check_string(root, "break_even.0.service", "new-relic");
    assert_true(json_is_false(at(root, "break_even.0.found")));
    assert_true(json_is_false(at(root, "break_even.0.managed_always_cheaper")));
    assert_true(json_is_null(at(root, "break_even.0.load_multiple")));
    check_string(root, "break_even.2.service", "aws");
    check_number(root, "break_even.2.load_multiple", 0.008);
    check_number(root, "break_even.2.log_gb_per_day", 0.0328);
    assert_true(json_is_true(at(root, "break_even.3.managed_always_cheaper")));
    assert_true(json_is_null(at(root, "break_even.3.log_gb_per_day")));
    json_decref(root);
    text_fini(&text);
    result->headroom = (struct headroom){true, 6, 0, NULL, 60};
    ((struct scenario *)(uintptr_t)result->scenario)->workload.profile.growth_fraction_per_month =
        0;
    memset(result->break_even, 0, sizeof result->break_even);
    write_json(result, &text);
    root = parse(&text);
    assert_true(json_is_null(at(root, "headroom.first_miss_load_multiple")));
    assert_true(json_is_null(at(root, "headroom.reason")));
    assert_true(json_is_null(at(root, "headroom.months_of_growth")));
    assert_int_equal(json_array_size(at(root, "break_even")), 0);
    json_decref(root);
    text_fini(&text);
    fixture_result_free(result);
}

static void test_json_without_best(void **state) {
    (void)state;
    struct result *result = make_result();
    result->best = NULL;
    result->holds = false;
    result->headroom.known = false;
    result->cheaper_count = 0;
    result->as_written->plan.pods[7].node = PACKING_PENDING;
    result->as_written->plan.tempo.memory_goal_bytes = 0;
    struct text text;
    write_json(result, &text);
    json_t *root = parse(&text);
    check_string(root, "verdict", "missed");
    assert_true(json_is_null(at(root, "best")));
    assert_true(json_is_null(at(root, "headroom")));
    assert_int_equal(json_array_size(at(root, "cheaper")), 0);
    assert_true(json_is_null(at(root, "as_written.placement.7.node")));
    assert_true(json_is_null(at(root, "as_written.components.tempo.settings.gomemlimit_bytes")));
    json_decref(root);
    text_fini(&text);
    fixture_result_free(result);
}

/** t3.medium, t3.medium, t3.small, t3.medium: three runs, in order. */
static void test_json_nodes(void **state) {
    (void)state;
    struct result *result = make_result();
    struct plan *plan = &result->as_written->plan;
    struct instance_type small = *plan->nodes[0];
    small.name = "t3.small";
    plan->nodes[1] = plan->nodes[3] = plan->nodes[0];
    plan->nodes[2] = &small;
    plan->node_count = 4;
    struct text text;
    write_json(result, &text);
    json_t *root = parse(&text);
    json_t *nodes = at(root, "as_written.nodes");
    assert_int_equal(json_array_size(nodes), 3);
    check_string(nodes, "0.type", "t3.medium");
    check_number(nodes, "0.count", 2);
    check_string(nodes, "1.type", "t3.small");
    check_number(nodes, "2.count", 1);
    json_decref(root);
    text_fini(&text);
    fixture_result_free(result);
}

/** A number that is not finite is named, whichever field it is in. */
/** Whoever writes: what is not finite is no zero. */
static void test_json_writer_refuses(void **state) {
    (void)state;
    struct json_maker maker = {0};
    struct text text;
    text_init(&text);
    diagnostics_init(&diagnostics);
    json_t *root = json_maker_object(&maker);
    json_maker_real(&maker, root, "rate", NAN);
    assert_int_equal(json_maker_write(&maker, root, "the report", &text, &diagnostics),
                     STATUS_INTERNAL);
    assert_string_equal(diagnostics.items[0].message, "the report: rate is not a finite number");
    assert_int_equal(text.length, 0);
    text_fini(&text);
}

static void test_json_not_finite(void **state) {
    (void)state;
    struct result *result = make_result();
    double *const places[] = {&result->as_written->monthly_usd.p50,
                              &result->best->components[COMPONENT_TEMPO].out_of_memory.high,
                              &result->log_gb_per_day,
                              &result->best->targets[2].value,
                              &result->headroom.multiple,
                              &result->break_even[0].multiple};
    static const char *const names[] = {"monthly_usd",    "out_of_memory_probability",
                                        "log_gb_per_day", "value",
                                        "load_multiple",  "load_multiple"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        double before = *places[i];
        *places[i] = i % 2 ? (double)NAN : (double)INFINITY;
        struct report report = {.result = result};
        struct text text;
        text_init(&text);
        diagnostics_init(&diagnostics);
        assert_int_equal(report_json(&report, &text, &diagnostics), STATUS_INTERNAL);
        assert_non_null(strstr(diagnostics.items[0].message, names[i]));
        text_fini(&text);
        *places[i] = before;
    }
    fixture_result_free(result);
}

static void test_json_odd_strings(void **state) {
    (void)state;
    struct result *result = make_result();
    result->as_written->bill.items[0].source = "Latin-1 caf\xE9";
    result->as_written->bill.items[1].source = "quote \" back \\ line\nGrößen";
    struct text text;
    write_json(result, &text);
    json_t *root = parse(&text);
    check_string(root, "as_written.cost.items.0.price_source", "Latin-1 caf?");
    check_string(root, "as_written.cost.items.1.price_source", "quote \" back \\ line\nGrößen");
    json_decref(root);
    text_fini(&text);
    fixture_result_free(result);
}

/** Parse CSV that a writer made. */
static void read_csv(struct arena *arena, const struct text *text, struct csv_table *table) {
    arena_init(arena);
    assert_int_equal(csv_read(arena, "made.csv", text->data, text->length, table, &diagnostics),
                     STATUS_OK);
}

static void check_cell(const struct csv_table *table, size_t row, size_t column, double expected) {
    double value;
    assert_int_equal(csv_number(table, row, column, (double)NAN, &value, &diagnostics), STATUS_OK);
    assert_close(value, expected, SIX_DIGITS, 0);
}

static size_t check_bill_rows(const struct csv_table *table, size_t row, const char *plan,
                              const struct bill *bill) {
    for (size_t i = 0; i < bill->count; i++, row++) {
        assert_string_equal(csv_cell(table, row, 0), plan);
        assert_string_equal(csv_cell(table, row, 1), bill->items[i].component);
        assert_string_equal(csv_cell(table, row, 2), bill->items[i].item);
        check_cell(table, row, 3, bill->items[i].quantity);
        assert_string_equal(csv_cell(table, row, 4), bill->items[i].unit);
        check_cell(table, row, 5, bill->items[i].usd_per_unit);
        check_cell(table, row, 6, bill->items[i].usd_per_month);
        assert_string_equal(csv_cell(table, row, 7), bill->items[i].source);
    }
    return row;
}

static void test_cost_csv(void **state) {
    (void)state;
    struct result *result = make_result();
    result->best->bill.items[0].item = "t3.medium, \"on demand\"";
    struct report report = {.result = result};
    struct text text;
    text_init(&text);
    assert_int_equal(report_cost_csv(&report, &text, &diagnostics), STATUS_OK);
    struct arena arena;
    struct csv_table table;
    read_csv(&arena, &text, &table);
    static const char *const header[] = {"plan", "component",    "item",          "quantity",
                                         "unit", "usd_per_unit", "usd_per_month", "price_source"};
    assert_int_equal(table.columns, 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(table.header[i], header[i]);
    size_t row = check_bill_rows(&table, 0, "as written", &result->as_written->bill);
    row = check_bill_rows(&table, row, "best", &result->best->bill);
    for (size_t i = 0; i < MANAGED_COUNT; i++)
        row = check_bill_rows(&table, row, managed_name((enum managed_service)i),
                              &result->managed[i].bill);
    assert_int_equal(table.rows, row);
    arena_fini(&arena);
    text_fini(&text);
    fixture_result_free(result);
}

static size_t check_series_rows(const struct csv_table *table, size_t row, const char *plan,
                                const struct series *series) {
    for (size_t i = 0; i < series->points; i++, row++) {
        assert_string_equal(csv_cell(table, row, 0), plan);
        assert_string_equal(csv_cell(table, row, 1), series->name);
        assert_string_equal(csv_cell(table, row, 2), series->unit);
        check_cell(table, row, 3, series->day[i]);
        for (size_t q = 0; q < SERIES_QUANTILES; q++)
            check_cell(table, row, 4 + q, series->quantile[q][i]);
        if (series->limit > 0)
            check_cell(table, row, 9, series->limit);
        else
            assert_string_equal(csv_cell(table, row, 9), "");
    }
    return row;
}

static void test_series_csv(void **state) {
    (void)state;
    struct result *result = make_result();
    fixture_series(result, 4, 30);
    result->best_series[1].limit = 0;
    struct report report = {.result = result};
    struct text text;
    text_init(&text);
    assert_int_equal(report_series_csv(&report, &text, &diagnostics), STATUS_OK);
    struct arena arena;
    struct csv_table table;
    read_csv(&arena, &text, &table);
    assert_int_equal(table.columns, 10);
    assert_int_equal(table.rows, 2 * FIXTURE_SERIES * 4);
    size_t row = 0;
    for (size_t i = 0; i < FIXTURE_SERIES; i++)
        row = check_series_rows(&table, row, "as written", &result->as_written_series[i]);
    for (size_t i = 0; i < FIXTURE_SERIES; i++)
        row = check_series_rows(&table, row, "best", &result->best_series[i]);
    arena_fini(&arena);
    text_fini(&text);
    fixture_result_free(result);
}

static void test_goldens(void **state) {
    (void)state;
    struct result *result = make_result();
    fixture_series(result, 4, 30);
    result->alternative_count = 0;
    result->cheaper_count = 1;
    struct report report = {.result = result};
    struct text text;
    write_json(result, &text);
    char version[256];
    snprintf(version, sizeof version, "\"version\": \"%s\"", phrase_version());
    assert_golden("report.json", &text, version);
    text_fini(&text);
    assert_int_equal(report_cost_csv(&report, &text, &diagnostics), STATUS_OK);
    assert_golden("report_cost.csv", &text, NULL);
    text_fini(&text);
    assert_int_equal(report_series_csv(&report, &text, &diagnostics), STATUS_OK);
    assert_golden("report_series.csv", &text, NULL);
    text_fini(&text);
    fixture_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_numbers),
        cmocka_unit_test(test_json_limits),
        cmocka_unit_test(test_json_seeds),
        cmocka_unit_test(test_json_without_best),
        cmocka_unit_test(test_json_nodes),
        cmocka_unit_test(test_json_not_finite),
        cmocka_unit_test(test_json_writer_refuses),
        cmocka_unit_test(test_json_odd_strings),
        cmocka_unit_test(test_cost_csv),
        cmocka_unit_test(test_series_csv),
        cmocka_unit_test(test_goldens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
