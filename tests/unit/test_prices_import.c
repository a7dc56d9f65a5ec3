/** Offer files: which prices are taken, in which unit, and what is said of the others. */
#include "sim/prices_import_tables.h"
#include "tests/unit/assert_close.h"

#include "models/price.h"
#include "sim/base/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char made_up[] = "tests/data/offer_ec2.csv";
static const char made_up_plan[] = "tests/data/offer_savings_plan.csv";

struct fixture {
    struct arena arena;
    struct instance_table instances;
    struct diagnostics diagnostics;
    struct prices_import prices;
    struct prices_tables tables;
    char folder[64];
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    snprintf(fixture->folder, sizeof fixture->folder, "build/test_prices_XXXXXX");
    *state = fixture;
    if (!mkdtemp(fixture->folder))
        return -1;
    return instance_table_shipped(&fixture->arena, &fixture->instances, &fixture->diagnostics) ==
                   STATUS_OK
               ? 0
               : -1;
}

static char *path_of(struct fixture *fixture, const char *name) {
    char *path = file_join(&fixture->arena, fixture->folder, name);
    assert_non_null(path);
    return path;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    static const char *const names[] = {"ec2.csv", "ebs.csv", "offer.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(fixture, names[i]));
    /* Fails when anything else was left behind. */
    int left = rmdir(fixture->folder);
    prices_import_fini(&fixture->prices);
    prices_tables_fini(&fixture->tables);
    arena_fini(&fixture->arena);
    free(fixture);
    return left;
}

static enum status import(struct fixture *fixture, const char *path) {
    const struct prices_import_input input = {.path = path, .instances = &fixture->instances};
    prices_import_fini(&fixture->prices);
    prices_tables_fini(&fixture->tables);
    enum status status = prices_import_read(&input, &fixture->prices, &fixture->diagnostics);
    if (status == STATUS_OK)
        status = prices_tables_make(&fixture->arena, fixture->folder, &fixture->prices,
                                    &fixture->tables, &fixture->diagnostics);
    return status;
}

static void write_tables(struct fixture *fixture) {
    assert_int_equal(
        prices_tables_write(&fixture->tables, fixture->folder, NULL, &fixture->diagnostics),
        STATUS_OK);
}

static void assert_price(const struct fixture *fixture, size_t at, const char *region,
                         const char *type, enum prices_kind kind, double usd) {
    assert_true(at < fixture->prices.count);
    const struct prices_found *found = &fixture->prices.found[at];
    assert_string_equal(found->region, region);
    assert_string_equal(found->type, type);
    assert_int_equal(found->kind, kind);
    assert_close(found->usd, usd, 1e-12, 0);
}

/* 51.2 dollars a GiB/s and month / 1,024 = 0.05 a MiB/s. */
static void the_wanted_rows_are_taken(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(import(fixture, made_up), STATUS_OK);
    const struct prices_import *prices = &fixture->prices;
    assert_string_equal(prices->offer, "AmazonEC2");
    assert_string_equal(prices->version, "20260203040506");
    assert_string_equal(prices->published, "2026-02-03");
    assert_close(prices->rows, 17, 0, 0);
    assert_int_equal(prices->count, 6);
    assert_price(fixture, 0, "eu-west-1", "", PRICES_GP3_GIB, 0.088);
    assert_price(fixture, 1, "us-east-1", "", PRICES_GP3_GIB, 0.09);
    assert_price(fixture, 2, "us-east-1", "", PRICES_GP3_IOPS, 0.006);
    assert_price(fixture, 3, "us-east-1", "", PRICES_GP3_THROUGHPUT, 0.05);
    assert_price(fixture, 4, "us-east-1", "t3.medium", PRICES_ON_DEMAND, 0.052);
    assert_price(fixture, 5, "us-east-1", "t3.medium", PRICES_RESERVED, 0.031);
    assert_close(prices->left[PRICES_LEFT_TYPE], 1, 0, 0);
    assert_close(prices->left[PRICES_LEFT_CURRENCY], 1, 0, 0);
    /* The region without IOPS and throughput prices keeps what it had. */
    assert_int_equal(fixture->tables.gp3_incomplete, 1);
    assert_false(fixture->tables.regions[0].gp3);
    assert_true(fixture->tables.regions[1].gp3);
    /* Of the 34 regions shipped two are here. */
    assert_int_equal(fixture->tables.missing_region_count, 32);
    assert_int_equal(fixture->tables.regions[1].taken[PRICES_ON_DEMAND], 1);
    assert_int_equal(fixture->tables.regions[1].shipped[PRICES_ON_DEMAND], 40);
    assert_string_equal(fixture->tables.regions[1].missing,
                        "on-demand: all but t3.medium; reserved-1y: all but t3.medium");
    assert_string_equal(fixture->tables.regions[0].missing, "on-demand: all; reserved-1y: all");
}

static void savings_plans_are_read(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(import(fixture, made_up_plan), STATUS_OK);
    assert_int_equal(fixture->prices.count, 2);
    assert_price(fixture, 0, "us-east-1", "t3.medium", PRICES_SAVINGS_PLAN, 0.0301);
    assert_price(fixture, 1, "us-east-1", "t3.medium", PRICES_INSTANCE_SAVINGS_PLAN, 0.026);
    assert_close(fixture->prices.left[PRICES_LEFT_ZONE], 1, 0, 0);
    assert_true(fixture->tables.files[PRICES_FILE_EC2].written_anew);
    assert_false(fixture->tables.files[PRICES_FILE_EBS].written_anew);
    assert_int_equal(fixture->tables.files[PRICES_FILE_EC2].fresh, 2);
}

/** What a run finds in the folder: the import's prices, dated, and the shipped ones beside them. */
static void the_tables_serve_a_run(void **state) {
    struct fixture *fixture = *state;
    const struct price_table *table;
    struct price price, shipped;
    assert_int_equal(import(fixture, made_up), STATUS_OK);
    const struct prices_table *ec2 = &fixture->tables.files[PRICES_FILE_EC2];
    assert_int_equal(ec2->changed, 2);
    assert_int_equal(ec2->fresh, 0);
    assert_string_equal(ec2->rise.item, "t3.medium on-demand");
    assert_close(ec2->rise.before, 0.0416, 0, 0);
    assert_close(ec2->rise.after, 0.052, 0, 0);
    write_tables(fixture);
    assert_int_equal(
        price_table_load(&fixture->arena, fixture->folder, &table, &fixture->diagnostics),
        STATUS_OK);
    assert_true(price_instance_hour(table, "us-east-1", "t3.medium", PURCHASE_ON_DEMAND, &price));
    assert_close(price.usd, 0.052, 0, 0);
    assert_string_equal(price.source, "imported AWS price list AmazonEC2 20260203040506");
    assert_string_equal(price.as_of, "2026-02-03");
    assert_int_equal(price_region_count(table), 34);
    assert_true(price_gp3_gib_month(table, "eu-west-1", &shipped));
    assert_close(shipped.usd, 0.088, 1e-12, 0);
    assert_null(strstr(shipped.source, "imported"));
}

static void a_second_import_keeps_the_first(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(import(fixture, made_up), STATUS_OK);
    write_tables(fixture);
    assert_int_equal(import(fixture, made_up_plan), STATUS_OK);
    assert_int_equal(fixture->tables.files[PRICES_FILE_EC2].kept, 2);
    write_tables(fixture);
    assert_int_equal(import(fixture, made_up), STATUS_OK);
    assert_int_equal(fixture->tables.files[PRICES_FILE_EC2].kept, 2);
    assert_int_equal(fixture->tables.files[PRICES_FILE_EC2].unchanged, 2);
    assert_int_equal(fixture->tables.files[PRICES_FILE_EC2].changed, 0);
}

static void put(struct fixture *fixture, const char *name, const char *text) {
    FILE *file = fopen(path_of(fixture, name), "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/** A price of one's own stays, one that an older import took over from the shipped table goes. */
static void rows_of_ones_own_stay(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "ec2.csv",
        "region,type,purchase,usd_per_hour,source,as_of\n"
        "eu-west-1,t3.medium,on-demand,0.01,contract 7,2026-01-02\n"
        "eu-west-1,t3.small,on-demand,0.99,ec2shop-od,2020-01-01\n");
    assert_int_equal(import(fixture, made_up), STATUS_OK);
    const struct prices_table *ec2 = &fixture->tables.files[PRICES_FILE_EC2];
    assert_int_equal(ec2->kept, 1);
    assert_non_null(strstr(ec2->text.data, "eu-west-1,t3.medium,on-demand,0.01,contract 7"));
    assert_null(strstr(ec2->text.data, "0.99"));
}

/** Replace `from` in the made-up file once and import that. */
static enum status import_damaged(struct fixture *fixture, const char *from, const char *to) {
    char *bytes;
    size_t length;
    assert_int_equal(
        file_read(&fixture->arena, made_up, 1 << 20, &bytes, &length, &fixture->diagnostics),
        STATUS_OK);
    char *at = strstr(bytes, from);
    assert_non_null(at);
    char *damaged =
        arena_print(&fixture->arena, "%.*s%s%s", (int)(at - bytes), bytes, to, at + strlen(from));
    assert_non_null(damaged);
    put(fixture, "offer.csv", damaged);
    return import(fixture, path_of(fixture, "offer.csv"));
}

static void damage_is_named_with_its_place(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *from, *to, *message, *hint;
        unsigned line, column;
    } cases[] = {
        /* The first price stands on the second line of a row of two. */
        {"0.0520000000", "five", "column `PricePerUnit`: expected a number, found \"five\"", "", 8,
         33},
        {"0.0520000000", "-1", "a price is not negative", "", 8, 33},
        {"GiBps-mo", "furlongs", "column `Unit`: expected GiBps-mo, found \"furlongs\"", "", 22,
         59},
        {"\"PricePerUnit\"", "\"PricePerUint\"", "column `PricePerUnit` is missing",
         "the nearest is \"PricePerUint\": did you mean PricePerUnit?", 6, 0},
        {"\"Windows\",\"2026", "\"Windows,\"2026", "a quoted field is not closed", "", 13, 29},
        {",\"IOPS\",", ",", "the row has 21 fields, the header has 22", "", 21, 141},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        diagnostics_init(&fixture->diagnostics);
        assert_int_equal(import_damaged(fixture, cases[i].from, cases[i].to), STATUS_INVALID);
        const struct diagnostic *found = &fixture->diagnostics.items[0];
        assert_non_null(strstr(found->message, cases[i].message));
        assert_string_equal(found->hint, cases[i].hint);
        assert_int_equal(found->line, cases[i].line);
        assert_int_equal(found->column, cases[i].column);
    }
}

static void prices_given_twice_are_left_out(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(import_damaged(fixture, "\"Dedicated\"", "\"Shared\""), STATUS_OK);
    assert_close(fixture->prices.left[PRICES_LEFT_CONTRADICTED], 1, 0, 0);
    assert_int_equal(fixture->prices.count, 5);
}

static void other_files_are_refused(void **state) {
    struct fixture *fixture = *state;
    static const char *const texts[] = {"", "a,b,c\n1,2,3\n", "FormatVersion,v1.0\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put(fixture, "offer.csv", texts[i]);
        diagnostics_init(&fixture->diagnostics);
        assert_int_equal(import(fixture, path_of(fixture, "offer.csv")), STATUS_INVALID);
        assert_non_null(strstr(fixture->diagnostics.items[0].message, "AWS offer file"));
    }
}

static bool at_once(void) {
    return true;
}

static void an_interruption_changes_nothing(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(import(fixture, made_up), STATUS_OK);
    assert_int_equal(
        prices_tables_write(&fixture->tables, fixture->folder, at_once, &fixture->diagnostics),
        STATUS_EXTERNAL);
    assert_false(prices_folder_has_tables(fixture->folder));
}

static void a_damaged_table_is_not_replaced(void **state) {
    struct fixture *fixture = *state;
    put(fixture, "ec2.csv", "region,type\nx,y\n");
    assert_int_equal(import(fixture, made_up), STATUS_INVALID);
    assert_non_null(strstr(fixture->diagnostics.items[0].file, "ec2.csv"));
}

/** Genuine pieces of AWS's files lie beside the checkout on some machines. */
static void genuine_files_are_read(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *path;
        double rows;
        size_t prices;
    } cases[] = {
        {"../shared/data/prices/price_list_sample.csv", 44, 0},
        {"../shared/data/prices/price_list_sample_t3_gp3_constructed.csv", 22, 18},
        {"../shared/data/prices/savings_plan_sample.csv", 10, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (access(cases[i].path, R_OK) != 0)
            skip();
        assert_int_equal(import(fixture, cases[i].path), STATUS_OK);
        assert_close(fixture->prices.rows, cases[i].rows, 0, 0);
        assert_int_equal(fixture->prices.count, cases[i].prices);
        assert_int_equal(fixture->tables.files[PRICES_FILE_EC2].changed, 0);
        assert_int_equal(fixture->tables.files[PRICES_FILE_EBS].changed, 0);
    }
}

static void the_folder_is_found(void **state) {
    struct fixture *fixture = *state;
    setenv("XDG_DATA_HOME", "/data", 1);
    setenv("HOME", "/home/me", 1);
    assert_string_equal(prices_folder(&fixture->arena, NULL), "/data/simulate/prices");
    assert_string_equal(prices_folder(&fixture->arena, "mine"), "mine");
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_string_equal(prices_folder(&fixture->arena, NULL),
                        "/home/me/.local/share/simulate/prices");
    unsetenv("HOME");
    assert_null(prices_folder(&fixture->arena, NULL));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_wanted_rows_are_taken),       TEST(savings_plans_are_read),
        TEST(the_tables_serve_a_run),          TEST(a_second_import_keeps_the_first),
        TEST(rows_of_ones_own_stay),           TEST(damage_is_named_with_its_place),
        TEST(prices_given_twice_are_left_out), TEST(other_files_are_refused),
        TEST(an_interruption_changes_nothing), TEST(a_damaged_table_is_not_replaced),
        TEST(genuine_files_are_read),          TEST(the_folder_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
