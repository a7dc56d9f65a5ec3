#include "models/cost.h"
#include "models/price.h"
#include "sim/base/files.h"
#include "sim/base/units.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    const struct price_table *prices;
    char folder[64];
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    snprintf(fixture->folder, sizeof fixture->folder, "build/test_price_XXXXXX");
    *state = fixture;
    if (!mkdtemp(fixture->folder))
        return -1;
    return price_table_load(&fixture->arena, NULL, &fixture->prices, &fixture->diagnostics) ==
                   STATUS_OK
               ? 0
               : -1;
}

static const char *const names[] = {"ec2.csv", "ebs.csv", "aws_other.csv", "managed.csv",
                                    "sources.csv"};

static int teardown(void **state) {
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = file_join(&fixture->arena, fixture->folder, names[i]);
        if (path)
            unlink(path);
    }
    rmdir(fixture->folder);
    arena_fini(&fixture->arena);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, const char *name, const char *text) {
    char *path = file_join(&fixture->arena, fixture->folder, name);
    assert_non_null(path);
    assert_int_equal(file_write(path, text, strlen(text), &fixture->diagnostics), STATUS_OK);
}

static enum status load_folder(struct fixture *fixture) {
    return price_table_load(&fixture->arena, fixture->folder, &fixture->prices,
                            &fixture->diagnostics);
}

static double instance_hour(const struct fixture *fixture, const char *region, const char *type,
                            enum purchase purchase) {
    struct price price = {0};
    assert_true(price_instance_hour(fixture->prices, region, type, purchase, &price));
    return price.usd;
}

static double bill_of(double quantity, double usd) {
    struct bill bill = {0};
    bill_add(&bill, "test", "test", quantity, "unit", usd, "test");
    return bill_total(&bill);
}

/* 2,190 h x 0.0416 = 91.104; 730 h x 0.0832 = 60.736; 730 x 0.0416 = 30.368; reserved for a year
 * 730 x 0.0261 = 19.053. */
static void instances_cost_what_is_published(void **state) {
    const struct fixture *fixture = *state;
    double medium = instance_hour(fixture, "us-east-1", "t3.medium", PURCHASE_ON_DEMAND);
    double large = instance_hour(fixture, "us-east-1", "t3.large", PURCHASE_ON_DEMAND);
    double reserved = instance_hour(fixture, "us-east-1", "t3.medium", PURCHASE_RESERVED_1Y);
    assert_close(bill_of(2190, medium), 91.10, 0, 0.005);
    assert_close(bill_of(HOURS_PER_MONTH, large), 60.74, 0, 0.005);
    assert_close(bill_of(HOURS_PER_MONTH, medium), 30.37, 0, 0.005);
    assert_close(bill_of(HOURS_PER_MONTH, reserved), 19.05, 0, 0.005);
}

/* 40 GB x 0.08 = 3.20. */
static void gp3_costs_what_is_published(void **state) {
    const struct fixture *fixture = *state;
    struct price gib;
    assert_true(price_gp3_gib_month(fixture->prices, "us-east-1", &gib));
    assert_close(bill_of(40, gib.usd), 3.20, 1e-12, 0);
}

/* 730 h x 0.10 = 73.00; 730 h x 0.60 = 438.00. */
static void control_plane_costs_what_is_published(void **state) {
    const struct fixture *fixture = *state;
    struct price standard, extended;
    assert_true(price_eks_control_plane_hour(fixture->prices, &standard));
    assert_true(
        price_other(fixture->prices, "EKS", "control_plane_extended", "us-east-1", &extended));
    assert_close(bill_of(HOURS_PER_MONTH, standard.usd), 73.00, 1e-12, 0);
    assert_close(bill_of(HOURS_PER_MONTH, extended.usd), 438.00, 1e-12, 0);
}

/* The infracost sample behind the price: 2,100 vCPU-hours cost $105. */
static void surplus_credits(void **state) {
    const struct fixture *fixture = *state;
    struct price t3, t4g;
    assert_true(price_surplus_vcpu_hour(fixture->prices, false, &t3));
    assert_true(price_surplus_vcpu_hour(fixture->prices, true, &t4g));
    assert_close(bill_of(2100, t3.usd), 105.0, 1e-12, 0);
    assert_close(t4g.usd, 0.04, 0, 0);
}

static void all_regions_load(void **state) {
    const struct fixture *fixture = *state;
    assert_int_equal(price_region_count(fixture->prices), 34);
    size_t with_volumes = 0;
    for (size_t i = 0; i < 34; i++) {
        const char *region = price_region(fixture->prices, i);
        struct price price;
        assert_true(price_region_known(fixture->prices, region));
        assert_true(i == 0 || strcmp(price_region(fixture->prices, i - 1), region) < 0);
        double now = instance_hour(fixture, region, "t3.medium", PURCHASE_ON_DEMAND);
        double reserved = instance_hour(fixture, region, "t3.medium", PURCHASE_RESERVED_1Y);
        assert_true(reserved < now && now < 0.1);
        with_volumes += price_gp3_gib_month(fixture->prices, region, &price);
    }
    assert_int_equal(with_volumes, 31);
    assert_false(price_region_known(fixture->prices, "us-east-9"));
}

static void what_is_not_listed_is_said(void **state) {
    const struct fixture *fixture = *state;
    struct price price;
    assert_false(
        price_instance_hour(fixture->prices, "us-east-1", "t3.huge", PURCHASE_ON_DEMAND, &price));
    assert_false(price_gp3_gib_month(fixture->prices, "mx-central-1", &price));
    assert_false(price_other(fixture->prices, "VPC", "nat_gateway_hour", "eu-west-1", &price));
    assert_true(price_other(fixture->prices, "VPC", "public_ipv4", "eu-west-1", &price));
    assert_false(price_managed(fixture->prices, "CloudWatch Logs", "nothing", "us-east-1", &price));
}

static void prices_carry_source_and_date(void **state) {
    const struct fixture *fixture = *state;
    struct price price;
    assert_true(
        price_instance_hour(fixture->prices, "eu-west-1", "t3.medium", PURCHASE_ON_DEMAND, &price));
    assert_non_null(strstr(price.source, "yeo/ec2.shop@74c9fd8"));
    assert_string_equal(price.as_of, "2025-04-04");
    assert_string_equal(price.unit, "hour");
    assert_true(price_managed(fixture->prices, "X-Ray", "traces_recorded", "eu-west-1", &price));
    assert_non_null(strstr(price.source, "CloudWatchCashBack@3e75229"));
    assert_string_equal(price.unit, "million traces");
    assert_close(price.free_per_month, 0.1, 0, 0);
}

/* GovCloud has no CloudWatch prices here; Managed Grafana has one for all regions. */
static void managed_prices_fall_back(void **state) {
    const struct fixture *fixture = *state;
    struct price here, elsewhere;
    assert_true(
        price_managed(fixture->prices, "CloudWatch Logs", "ingest_standard", "us-east-1", &here));
    assert_true(price_managed(fixture->prices, "CloudWatch Logs", "ingest_standard",
                              "us-gov-west-1", &elsewhere));
    assert_close(elsewhere.usd, here.usd, 0, 0);
    assert_null(strstr(here.source, "none listed here"));
    assert_non_null(strstr(elsewhere.source, "us-east-1's price; none listed here"));
    assert_true(price_managed(fixture->prices, "Amazon Managed Grafana", "viewer", "sa-east-1",
                              &elsewhere));
    assert_close(elsewhere.usd, 5, 0, 0);
    assert_null(strstr(elsewhere.source, "none listed here"));
}

static void a_folder_replaces_tables(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "ec2.csv",
        "# our discount\nregion,type,purchase,usd_per_hour,source,as_of\n"
        "us-east-1,t3.medium,on-demand,0.02,contract 7,2026-01-02\n");
    assert_int_equal(load_folder(fixture), STATUS_OK);
    struct price price;
    assert_true(
        price_instance_hour(fixture->prices, "us-east-1", "t3.medium", PURCHASE_ON_DEMAND, &price));
    assert_close(price.usd, 0.02, 0, 0);
    assert_string_equal(price.source, "contract 7");
    assert_int_equal(price_region_count(fixture->prices), 1);
    assert_true(price_gp3_gib_month(fixture->prices, "eu-west-1", &price));
}

static void bad_rows_are_refused(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "ebs.csv",
        "region,usd_per_gib,usd_per_iops,usd_per_mib_per_second,source,as_of\n"
        "a,0.1,0.1,0.1,s,2026\n"
        "b,-0.1,0.1,0.1,s,2026\n"
        "c,0.1,x,0.1,s,2026\n"
        "d,0.1,0.1,,s,2026\n"
        "e,0.1,0.1,0.1,,2026\n");
    assert_int_equal(load_folder(fixture), STATUS_INVALID);
    static const char *const messages[] = {
        "column `usd_per_gib`: a price is not negative, found `-0.1`",
        "column `usd_per_iops`: expected a number, found `x`",
        "column `usd_per_mib_per_second` is empty",
        "a price needs a source and a date (columns `source`, `as_of`)",
    };
    assert_int_equal(fixture->diagnostics.count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_string_equal(fixture->diagnostics.items[i].message, messages[i]);
        assert_int_equal(fixture->diagnostics.items[i].line, i + 3);
    }
}

static void a_price_twice_is_refused(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "aws_other.csv",
        "service,meter,region,unit,usd_per_unit,source,as_of\n"
        "VPC,public_ipv4,all,hour,1,s,2026\nVPC,public_ipv4,all,hour,2,s,2026\n");
    assert_int_equal(load_folder(fixture), STATUS_INVALID);
    assert_non_null(
        strstr(fixture->diagnostics.items[0].message, "`VPC public_ipv4 all` is there twice"));
}

static void a_missing_column_is_named(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "managed.csv", "service,meter,region,usd_per_unit,as_of\n");
    assert_int_equal(load_folder(fixture), STATUS_INVALID);
    assert_string_equal(fixture->diagnostics.items[0].message, "column `source` is missing");
}

static void a_folder_without_tables_is_an_error(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(load_folder(fixture), STATUS_INVALID);
    assert_string_equal(fixture->diagnostics.items[0].file, fixture->folder);
}

static void bills_add_up(void **state) {
    (void)state;
    struct bill bill = {0};
    for (size_t i = 0; i < BILL_ITEMS_MAX; i++)
        bill_add(&bill, "node", "item", 2, "hour", 0.25, "source");
    assert_int_equal(bill.count, BILL_ITEMS_MAX);
    assert_close(bill.items[3].usd_per_month, 0.5, 0, 0);
    assert_close(bill_total(&bill), 0.5 * BILL_ITEMS_MAX, 1e-15, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(instances_cost_what_is_published),
        TEST(gp3_costs_what_is_published),
        TEST(control_plane_costs_what_is_published),
        TEST(surplus_credits),
        TEST(all_regions_load),
        TEST(what_is_not_listed_is_said),
        TEST(prices_carry_source_and_date),
        TEST(managed_prices_fall_back),
        TEST(a_folder_replaces_tables),
        TEST(bad_rows_are_refused),
        TEST(a_price_twice_is_refused),
        TEST(a_missing_column_is_named),
        TEST(a_folder_without_tables_is_an_error),
        TEST(bills_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
