/** A bill beside a prediction: whose usage counts, and what each difference is put down to. */
#include "sim/invoice_compare.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { GROUPS = 120 };

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct invoice_group groups[GROUPS];
    struct invoice invoice;
    struct scenario scenario;
    struct plan_outcome outcome;
    struct instance_type medium, small;
    struct invoice_comparison comparison;
};

/** A bill over exactly a billing month of 730 h, so that nothing is scaled. */
static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    fixture->medium.name = "t3.medium";
    fixture->small.name = "t3.small";
    fixture->scenario.name = "prod";
    fixture->scenario.region = "us-east-1";
    fixture->invoice =
        (struct invoice){.file = "bill.csv", .groups = fixture->groups, .hours = 730, .months = 1};
    struct plan *plan = &fixture->outcome.plan;
    plan->nodes[plan->node_count++] = &fixture->medium;
    bill_add(&fixture->outcome.bill, "nodes", "1 x t3.medium on demand", 730, "hour", 0.04, "");
    bill_add(&fixture->outcome.bill, "nodes", "root volumes, gp3", 20, "GiB-month", 0.08, "");
    bill_add(&fixture->outcome.bill, "loki", "volume, gp3", 10, "GiB-month", 0.08, "");
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    arena_fini(&fixture->arena);
    free(fixture);
    return 0;
}

static void bill(struct fixture *fixture, enum invoice_kind kind, const char *type,
                 const char *region, const char *cluster, const char *space, double quantity,
                 double usd) {
    struct invoice_group *group = &fixture->groups[fixture->invoice.group_count++];
    assert_true(fixture->invoice.group_count <= GROUPS);
    *group = (struct invoice_group){.kind = kind, .rows = 1, .quantity = quantity, .usd = usd};
    strncpy(group->type, type, sizeof group->type - 1);
    strncpy(group->region, region, sizeof group->region - 1);
    strncpy(group->cluster, cluster, sizeof group->cluster - 1);
    strncpy(group->space, space, sizeof group->space - 1);
}

static enum status compare(struct fixture *fixture) {
    const struct invoice_compare_input input = {
        &fixture->invoice, &fixture->scenario, &fixture->outcome, "observability", &fixture->arena};
    return invoice_compare(&input, &fixture->comparison, &fixture->diagnostics);
}

static const struct invoice_line *line(const struct fixture *fixture, const char *title) {
    for (size_t i = 0; i < fixture->comparison.line_count; i++)
        if (strcmp(fixture->comparison.lines[i].title, title) == 0)
            return &fixture->comparison.lines[i];
    fail_msg("no line %s", title);
    return NULL;
}

static void assert_reason(const struct fixture *fixture, const char *title, const char *words) {
    const char *reason = line(fixture, title)->reason;
    if (!strstr(reason, words))
        fail_msg("%s: \"%s\" does not say \"%s\"", title, reason, words);
}

/* 730 x 0.04 + 30 x 0.08 = 29.2 + 2.4 = 31.6. */
static void an_equal_bill_is_as_predicted(void **state) {
    struct fixture *fixture = *state;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "", "", 730, 29.2);
    bill(fixture, INVOICE_GP3_STORAGE, "", "us-east-1", "", "", 30, 2.4);
    assert_int_equal(compare(fixture), STATUS_OK);
    assert_close(fixture->comparison.predicted_usd, 31.6, 1e-12, 0);
    assert_close(fixture->comparison.billed_usd, 31.6, 1e-12, 0);
    assert_int_equal(fixture->comparison.line_count, 2);
    assert_string_equal(line(fixture, "t3.medium")->reason, "as predicted");
    assert_string_equal(line(fixture, "gp3 storage")->reason, "as predicted");
}

/* Twice the hours at three quarters of the price: 1,460 x 0.03 = 43.8 against 29.2. By hours
 * 730 x 0.04 = 29.2 more, by price 1,460 x -0.01 = 14.6 less. */
static void a_difference_is_split_by_hours_and_price(void **state) {
    struct fixture *fixture = *state;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "", "", 1460, 43.8);
    assert_int_equal(compare(fixture), STATUS_OK);
    const struct invoice_line *nodes = line(fixture, "t3.medium");
    assert_close(nodes->difference_usd, 14.6, 1e-9, 0);
    assert_close(nodes->quantity_usd, 29.2, 1e-9, 0);
    assert_close(nodes->price_usd, -14.6, 1e-9, 0);
    assert_string_equal(nodes->reason,
                        "hours: 1460 billed against 730, as 1 more running all month; price: "
                        "$0.03 billed against $0.04 per hour (-25.0 %), as with a reservation, a "
                        "savings plan or spot");
    assert_string_equal(line(fixture, "gp3 storage")->reason, "not on the bill");
}

/* A week of February: hours x 730 / 168, gigabyte-months x 4. */
static void amounts_are_scaled_to_a_month(void **state) {
    struct fixture *fixture = *state;
    fixture->invoice.hours = 168;
    fixture->invoice.months = 0.25;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "", "", 168, 6.72);
    bill(fixture, INVOICE_GP3_STORAGE, "", "us-east-1", "", "", 7.5, 0.6);
    assert_int_equal(compare(fixture), STATUS_OK);
    assert_string_equal(line(fixture, "t3.medium")->reason, "as predicted");
    assert_string_equal(line(fixture, "gp3 storage")->reason, "as predicted");
    assert_close(fixture->comparison.billed_usd, 31.6, 1e-9, 0);
}

static void others_usage_is_left_out(void **state) {
    struct fixture *fixture = *state;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "prod", "", 730, 29.2);
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "other", "", 730, 100);
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "", "", 730, 200);
    bill(fixture, INVOICE_INSTANCE, "t3.small", "us-east-1", "prod", "", 730, 15);
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "eu-west-1", "prod", "", 730, 300);
    bill(fixture, INVOICE_GP3_STORAGE, "", "us-east-1", "prod", "shop", 100, 8);
    bill(fixture, INVOICE_GP3_STORAGE, "", "us-east-1", "prod", "observability", 30, 2.4);
    bill(fixture, INVOICE_NAT_HOURS, "", "us-east-1", "", "", 730, 32.85);
    bill(fixture, INVOICE_OTHER, "", "", "", "", 0, 1000);
    assert_int_equal(compare(fixture), STATUS_OK);
    const struct invoice_comparison *comparison = &fixture->comparison;
    assert_string_equal(comparison->cluster, "prod");
    assert_true(comparison->cluster_by_name);
    static const double usd[INVOICE_EXCLUSION_COUNT] = {
        [INVOICE_COUNTED] = 29.2 + 15 + 2.4 + 32.85,
        [INVOICE_OTHER_REGION] = 300,
        [INVOICE_OTHER_CLUSTER] = 100,
        [INVOICE_OTHER_SPACE] = 8,
        [INVOICE_UNTAGGED] = 200,
        [INVOICE_OTHER_SERVICE] = 1000,
    };
    for (size_t i = 0; i < INVOICE_EXCLUSION_COUNT; i++)
        assert_close(comparison->sums[i].usd, usd[i], 1e-12, 0);
    assert_reason(fixture, "t3.small", "a node of another type");
    assert_reason(fixture, "NAT gateways", "cluster.nat_gateways is 0");
    assert_close(comparison->modelled_usd, 31.6, 1e-12, 0);
}

static void without_tags_the_plans_types_count(void **state) {
    struct fixture *fixture = *state;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "", "", 730, 29.2);
    bill(fixture, INVOICE_INSTANCE, "t3.small", "us-east-1", "", "", 730, 15);
    assert_int_equal(compare(fixture), STATUS_OK);
    assert_null(fixture->comparison.cluster);
    assert_close(fixture->comparison.sums[INVOICE_OTHER_TYPE].usd, 15, 0, 0);
    assert_close(fixture->comparison.billed_usd, 29.2, 1e-12, 0);
}

static void one_cluster_is_the_stacks(void **state) {
    struct fixture *fixture = *state;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "a", "", 730, 29.2);
    assert_int_equal(compare(fixture), STATUS_OK);
    assert_string_equal(fixture->comparison.cluster, "a");
    assert_false(fixture->comparison.cluster_by_name);
}

static void several_clusters_need_a_name(void **state) {
    struct fixture *fixture = *state;
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "a", "", 730, 29.2);
    bill(fixture, INVOICE_INSTANCE, "t3.medium", "us-east-1", "b", "", 730, 29.2);
    assert_int_equal(compare(fixture), STATUS_INVALID);
    assert_non_null(strstr(fixture->diagnostics.items[0].message, "(a, b)"));
    assert_string_equal(fixture->diagnostics.items[0].hint, "say which one with --set name=a");
}

/** Every kind that can be on a bill alone has its reason. */
static void each_kind_has_a_reason(void **state) {
    struct fixture *fixture = *state;
    for (enum invoice_kind kind = INVOICE_GP3_IOPS; kind < INVOICE_OTHER; kind++)
        bill(fixture, kind, "", "us-east-1", "", "", 1, 1);
    assert_int_equal(compare(fixture), STATUS_OK);
    for (enum invoice_kind kind = INVOICE_GP3_IOPS; kind < INVOICE_OTHER; kind++)
        assert_reason(fixture, invoice_kind_title(kind), "not ");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

/** Every type of a cluster whose nodes come and go: none of them is put down as another. */
static void further_instance_types_share_a_line(void **state) {
    struct fixture *fixture = *state;
    const struct invoice_comparison *comparison = &fixture->comparison;
    enum { TYPES = 100 };
    double usd = 0, shared_usd = 0;
    size_t types = 0;
    for (size_t i = 0; i < TYPES; i++) {
        char type[16];
        snprintf(type, sizeof type, "m%zu.large", i);
        bill(fixture, INVOICE_INSTANCE, type, "us-east-1", "prod", "", 1, 2);
    }
    bill(fixture, INVOICE_GP3_STORAGE, "", "us-east-1", "prod", "", 10, 0.8);
    assert_int_equal(compare(fixture), STATUS_OK);
    for (size_t i = 0; i < comparison->line_count; i++) {
        const struct invoice_line *line = &comparison->lines[i];
        usd += line->billed.usd;
        if (line->kind == INVOICE_GP3_STORAGE)
            assert_close(line->billed.usd, 0.8, 1e-12, 0);
        if (line->kind != INVOICE_INSTANCE || !line->billed.there)
            continue;
        if (strcmp(line->title, "instances of other types") == 0)
            shared_usd = line->billed.usd;
        else
            assert_close(line->billed.usd, 2, 1e-12, 0);
        types++;
    }
    assert_close(usd, 2.0 * TYPES + 0.8, 1e-12, 0);
    assert_close(shared_usd, 2.0 * (double)(TYPES - (types - 1)), 1e-12, 0);
    assert_true(shared_usd > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_equal_bill_is_as_predicted),       TEST(a_difference_is_split_by_hours_and_price),
        TEST(amounts_are_scaled_to_a_month),       TEST(others_usage_is_left_out),
        TEST(without_tags_the_plans_types_count),  TEST(one_cluster_is_the_stacks),
        TEST(several_clusters_need_a_name),        TEST(each_kind_has_a_reason),
        TEST(further_instance_types_share_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
