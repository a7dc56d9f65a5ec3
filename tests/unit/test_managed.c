#include "models/managed.h"
#include "sim/base/units.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct diagnostics diagnostics;
static const struct price_table *prices;

static int setup(void **state) {
    (void)state;
    diagnostics_init(&diagnostics);
    arena_init(&arena);
    return price_table_load(&arena, NULL, &prices, &diagnostics) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct bill bill_for(enum managed_service service, const char *region,
                            const struct managed_load *load) {
    struct bill bill = {0};
    assert_int_equal(managed_bill(&arena, prices, service, region, load, &bill, &diagnostics),
                     STATUS_OK);
    return bill;
}

static const struct cost_item *item_of(const struct bill *bill, const char *words) {
    for (size_t i = 0; i < bill->count; i++)
        if (strstr(bill->items[i].item, words))
            return &bill->items[i];
    return NULL;
}

static void assert_item(const struct bill *bill, const char *words, double quantity, double usd) {
    const struct cost_item *item = item_of(bill, words);
    if (!item)
        fail_msg("no item `%s`", words);
    assert_close(item->quantity, quantity, 1e-9, 0);
    assert_close(item->usd_per_month, usd, 1e-9, 0);
    assert_close(item->usd_per_month, item->quantity * item->usd_per_unit, 1e-12, 0);
    assert_true(*item->source && *item->unit && *item->component);
}

static double managed_usd(const char *service, const char *meter) {
    struct price price = {0};
    assert_true(price_managed(prices, service, meter, "us-east-1", &price));
    return price.usd;
}

/* Before the free tier: 1,000 x 0.50 = 500; 500 x 0.03 = 15; 250 x 0.005 = 1.25. */
static void cloudwatch_prices_are_the_published_ones(void **state) {
    (void)state;
    assert_close(1000 * managed_usd("CloudWatch Logs", "ingest_standard"), 500, 1e-12, 0);
    assert_close(500 * managed_usd("CloudWatch Logs", "storage_archived_compressed"), 15, 1e-12, 0);
    assert_close(250 * managed_usd("CloudWatch Logs", "logs_insights_scanned"), 1.25, 1e-12, 0);
}

/* 1,000 GB a month kept ten months are 10,000 x 0.15 = 1,500 GB stored: 995 x 0.50 = 497.50, 1,500
 * x 0.03 = 45, 250 x 0.005 = 1.25. */
static void cloudwatch_bill(void **state) {
    (void)state;
    const struct managed_load load = {
        .log_gb = 1000, .log_retention_days = 10 * DAYS_PER_MONTH, .scanned_gb = 250};
    struct bill bill = bill_for(MANAGED_AWS, "us-east-1", &load);
    assert_int_equal(bill.count, 3);
    assert_item(&bill, "log ingest, after 5 GB free", 995, 497.5);
    assert_item(&bill, "log storage", 1500, 45);
    assert_item(&bill, "scans", 250, 1.25);
    assert_close(bill_total(&bill), 543.75, 1e-12, 0);
    assert_string_equal(bill.items[0].component, "CloudWatch Logs");
    assert_non_null(strstr(bill.items[0].source, "2025-04-30"));
}

/* 3 GB in leave 2 of the 5 free: 3 x 0.15 x 2 months = 0.9 stored are free, 1.1 left for scans:
 * 4 - 1.1 = 2.9 billed. */
static void the_free_gigabytes_are_shared(void **state) {
    (void)state;
    const struct managed_load load = {
        .log_gb = 3, .log_retention_days = 2 * DAYS_PER_MONTH, .scanned_gb = 4};
    struct bill bill = bill_for(MANAGED_AWS, "us-east-1", &load);
    assert_item(&bill, "log ingest", 0, 0);
    assert_item(&bill, "log storage at 15 % of raw size, after 2 GB-month free", 0, 0);
    assert_item(&bill, "scans, after 1.1 GB free", 2.9, 2.9 * 0.005);
}

/* 2,000 requests/h x 10 % x 24 x 31 = 148,800 traces, less 100,000 free: 0.0488 million x 5 =
 * 0.244. 10 GB of spans would cost 3.50 in Transaction Search. 2.5 million scanned, less one
 * million free: 1.5 x 0.5. */
static void xray_bill(void **state) {
    (void)state;
    const struct managed_load load = {
        .trace_count = 2000 * 0.10 * 24 * 31, .span_gb = 10, .traces_scanned = 2.5e6};
    struct bill bill = bill_for(MANAGED_AWS, "us-east-1", &load);
    assert_int_equal(bill.count, 2);
    assert_item(&bill,
                "traces recorded (Transaction Search instead: $3.50), after 0.1 million "
                "traces free",
                0.0488, 0.244);
    assert_item(&bill, "traces retrieved", 1.5, 0.75);
    assert_close(bill_total(&bill) - 0.75, 0.24, 0, 0.005);
}

/* 2 editors x 9 + 3 viewers x 5 = 33. */
static void managed_grafana_bill(void **state) {
    (void)state;
    const struct managed_load load = {.editors = 2, .viewers = 3};
    struct bill bill = bill_for(MANAGED_AWS, "eu-west-1", &load);
    assert_item(&bill, "editors", 2, 18);
    assert_item(&bill, "viewers", 3, 15);
    assert_close(bill_total(&bill), 33, 1e-12, 0);
}

/* 19 + (150 - 50) x 0.50 + (150 - 50) x 2 started 30 days (80 days) x 0.10 + (60 - 50) x 0.50 +
 * (5 - 3) users x 8 = 19 + 50 + 20 + 5 + 16 = 110. */
static void grafana_cloud_bill(void **state) {
    (void)state;
    const struct managed_load load = {.log_gb = 150,
                                      .log_retention_days = 80,
                                      .span_gb = 60,
                                      .trace_retention_days = 30,
                                      .editors = 2,
                                      .viewers = 3};
    struct bill bill = bill_for(MANAGED_GRAFANA_CLOUD, "us-east-1", &load);
    assert_item(&bill, "platform fee", 1, 19);
    assert_item(&bill, "logs, after 50 GB free", 100, 50);
    assert_item(&bill, "kept beyond 30 days", 200, 20);
    assert_item(&bill, "traces, after 50 GB free", 10, 5);
    assert_item(&bill, "active users, after 3 users free", 2, 16);
    assert_int_equal(bill.count, 5);
    assert_close(bill_total(&bill), 110, 1e-12, 0);
}

/* 100 x 0.10 + 300 million x 1.70 + 2 x 31 + (310 - 2 x 150) x 0.10 + (52 - 2 x 1) x 1.70 = 10 +
 * 510 + 62 + 1 + 85 = 668. */
static void datadog_bill(void **state) {
    (void)state;
    const struct managed_load load = {
        .log_gb = 100, .log_lines = 300e6, .span_gb = 310, .span_count = 52e6, .hosts = 2};
    struct bill bill = bill_for(MANAGED_DATADOG, "us-east-1", &load);
    assert_item(&bill, "log ingest", 100, 10);
    assert_item(&bill, "log events indexed", 300, 510);
    assert_item(&bill, "APM hosts", 2, 62);
    assert_item(&bill, "span ingest, after 300 GB free", 10, 1);
    assert_item(&bill, "spans indexed for 15 days, after 2 million spans free", 50, 85);
    assert_close(bill_total(&bill), 668, 1e-12, 0);
    const struct managed_load logs = {.log_gb = 100, .log_lines = 300e6, .hosts = 2};
    bill = bill_for(MANAGED_DATADOG, "us-east-1", &logs);
    assert_close(bill_total(&bill), 520, 1e-12, 0);
}

/* (120 + 30 - 100) x 0.40 + (3 - 1) x 49 = 20 + 98 = 118. */
static void new_relic_bill(void **state) {
    (void)state;
    const struct managed_load load = {.log_gb = 120, .span_gb = 30, .editors = 3, .viewers = 50};
    struct bill bill = bill_for(MANAGED_NEW_RELIC, "us-east-1", &load);
    assert_item(&bill, "log and span ingest, after 100 GB free", 50, 20);
    assert_item(&bill, "core users", 2, 98);
    assert_close(bill_total(&bill), 118, 1e-12, 0);
}

static void every_region_has_a_baseline(void **state) {
    (void)state;
    const struct managed_load load = {.log_gb = 100,
                                      .log_lines = 3e8,
                                      .log_retention_days = 7,
                                      .trace_count = 1e6,
                                      .span_count = 8e6,
                                      .span_gb = 4,
                                      .trace_retention_days = 7,
                                      .scanned_gb = 100,
                                      .traces_scanned = 2e6,
                                      .editors = 2,
                                      .viewers = 3,
                                      .hosts = 1};
    for (size_t i = 0; i < price_region_count(prices); i++)
        for (int service = 0; service < MANAGED_COUNT; service++) {
            struct bill bill =
                bill_for((enum managed_service)service, price_region(prices, i), &load);
            assert_true(bill.count >= 2 && bill_total(&bill) > 0);
        }
    struct bill bill = bill_for(MANAGED_AWS, "us-gov-east-1", &load);
    assert_non_null(strstr(bill.items[0].source, "us-east-1's price"));
}

static void nothing_costs_nothing(void **state) {
    (void)state;
    const struct managed_load load = {0};
    static const double expected[MANAGED_COUNT] = {0, 19, 0, 0};
    for (int service = 0; service < MANAGED_COUNT; service++) {
        struct bill bill = bill_for((enum managed_service)service, "us-east-1", &load);
        assert_close(bill_total(&bill), expected[service], 0, 0);
    }
}

static void services_have_names(void **state) {
    (void)state;
    assert_string_equal(managed_name(MANAGED_AWS), "aws");
    assert_string_equal(managed_name(MANAGED_GRAFANA_CLOUD), "grafana-cloud");
    assert_string_equal(managed_name(MANAGED_DATADOG), "datadog");
    assert_string_equal(managed_name(MANAGED_NEW_RELIC), "new-relic");
    assert_string_equal(managed_title(MANAGED_AWS),
                        "AWS (CloudWatch Logs, X-Ray, Managed Grafana)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cloudwatch_prices_are_the_published_ones),
        cmocka_unit_test(cloudwatch_bill),
        cmocka_unit_test(the_free_gigabytes_are_shared),
        cmocka_unit_test(xray_bill),
        cmocka_unit_test(managed_grafana_bill),
        cmocka_unit_test(grafana_cloud_bill),
        cmocka_unit_test(datadog_bill),
        cmocka_unit_test(new_relic_bill),
        cmocka_unit_test(every_region_has_a_baseline),
        cmocka_unit_test(nothing_costs_nothing),
        cmocka_unit_test(services_have_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
