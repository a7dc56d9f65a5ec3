/** Bills: what a row is for, whose it is, how long the period is, and what is refused. */
#include "sim/invoice.h"
#include "sim/invoice_period.h"
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
    char path[64];
    struct diagnostics diagnostics;
    struct invoice invoice;
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "build/test_invoice_XXXXXX");
    int descriptor = mkstemp(fixture->path);
    diagnostics_init(&fixture->diagnostics);
    *state = fixture;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    invoice_fini(&fixture->invoice);
    unlink(fixture->path);
    free(fixture);
    return 0;
}

static enum status read_file(struct fixture *fixture, const char *path) {
    const struct invoice_input input = {.path = path};
    invoice_fini(&fixture->invoice);
    diagnostics_init(&fixture->diagnostics);
    return invoice_read(&input, &fixture->invoice, &fixture->diagnostics);
}

static enum status read_text(struct fixture *fixture, const char *text) {
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return read_file(fixture, fixture->path);
}

static const struct invoice_group *find(const struct fixture *fixture, enum invoice_kind kind,
                                        const char *type, const char *cluster) {
    for (size_t i = 0; i < fixture->invoice.group_count; i++) {
        const struct invoice_group *group = &fixture->invoice.groups[i];
        if (group->kind == kind && strcmp(group->type, type) == 0 &&
            strcmp(group->cluster, cluster) == 0)
            return group;
    }
    fail_msg("no group %s of %s, cluster \"%s\"", type, invoice_kind_title(kind), cluster);
    return NULL;
}

static void usage_types_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *usage, *service;
        enum invoice_kind kind;
        const char *type;
    } cases[] = {
        {"BoxUsage:t3.medium", "AmazonEC2", INVOICE_INSTANCE, "t3.medium"},
        {"EUC1-BoxUsage:m7g.large", "AmazonEC2", INVOICE_INSTANCE, "m7g.large"},
        {"EU-SpotUsage:t3.large", "AmazonEC2", INVOICE_INSTANCE, "t3.large"},
        {"DedicatedUsage:t3.medium", "AmazonEC2", INVOICE_OTHER, ""},
        {"UnusedBox:t3.medium", "AmazonEC2", INVOICE_OTHER, ""},
        {"EBS:VolumeUsage.gp3", "AmazonEC2", INVOICE_GP3_STORAGE, ""},
        {"APN1-EBS:VolumeP-IOPS.gp3", "AmazonEC2", INVOICE_GP3_IOPS, ""},
        {"EBS:VolumeP-Throughput.gp3", "AmazonEC2", INVOICE_GP3_THROUGHPUT, ""},
        {"EBS:VolumeUsage.gp2", "AmazonEC2", INVOICE_OTHER_VOLUME, ""},
        {"EBS:VolumeUsage", "AmazonEC2", INVOICE_OTHER_VOLUME, ""},
        {"USW2-EBS:SnapshotUsage", "AmazonEC2", INVOICE_SNAPSHOT, ""},
        {"APN2-CPUCredits:t4g", "AmazonEC2", INVOICE_CREDITS, ""},
        {"USE1-AmazonEKS-Hours:perCluster", "AmazonEKS", INVOICE_CONTROL_PLANE, ""},
        {"AmazonEKS-Hours:extendedSupport", "AmazonEKS", INVOICE_EXTENDED_SUPPORT, ""},
        {"USE1-PublicIPv4:InUseAddress", "AmazonVPC", INVOICE_PUBLIC_IPV4, ""},
        {"NatGateway-Hours", "AmazonEC2", INVOICE_NAT_HOURS, ""},
        {"EUC1-NatGateway-Bytes", "AmazonEC2", INVOICE_NAT_DATA, ""},
        {"DataTransfer-Regional-Bytes", "AmazonEC2", INVOICE_CROSS_ZONE, ""},
        {"DataTransfer-Out-Bytes", "AmazonEC2", INVOICE_TRANSFER, ""},
        {"USE1-USW2-AWS-Out-Bytes", "AmazonEC2", INVOICE_TRANSFER, ""},
        {"DataProcessing-Bytes", "AmazonCloudWatch", INVOICE_CLOUDWATCH, ""},
        {"USE1-XRay-TracesStored", "AWSXRay", INVOICE_XRAY, ""},
        {"XRay-TracesStored", "AWS X-Ray", INVOICE_XRAY, ""},
        {"TimedStorage-ByteHrs", "AmazonS3", INVOICE_OTHER, ""},
        {"", "", INVOICE_OTHER, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *type;
        if (invoice_kind_of(cases[i].usage, cases[i].service, &type) != cases[i].kind)
            fail_msg("%s is taken for something else", cases[i].usage);
        assert_string_equal(type, cases[i].type);
    }
}

static void tags_tell_cluster_and_namespace(void **state) {
    (void)state;
    static const struct {
        const char *json, *cluster, *space;
        bool fine;
    } cases[] = {
        {"", "", "", true},
        {"{\"aws:eks:cluster-name\":\"prod\"}", "prod", "", true},
        {"{\"user_eks_cluster_name\":\"prod\"}", "prod", "", true},
        {"{\"kubernetes.io/cluster/a-b\":\"owned\"}", "a-b", "", true},
        {"{\"kubernetes.io/cluster/a-b\":\"\"}", "", "", true},
        {"{\"KubernetesCluster\":\"prod\",\"Name\":\"x\"}", "prod", "", true},
        {"{\"kubernetes.io/created-for/pvc/namespace\":\"shop\"}", "", "shop", true},
        {"{\"aws:eks:namespace\":\"shop\",\"cluster\":\"no key of EKS's\"}", "", "shop", true},
        {"{\"Name\":\"x\"}", "", "", true},
        {"{\"cluster\":", "", "", false},
        {"[\"cluster\"]", "", "", false},
        {"{\"aws:eks:cluster-name\":7}", "", "", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct invoice_tags tags = {0};
        assert_int_equal(invoice_tags_take_json(cases[i].json, &tags), cases[i].fine);
        assert_string_equal(tags.cluster, cases[i].cluster);
        assert_string_equal(tags.space, cases[i].space);
    }
}

static void periods_are_measured(void **state) {
    (void)state;
    static const struct {
        const char *start, *end;
        double hours, months;
    } cases[] = {
        {"2026-03-01T00:00", "2026-04-01T00:00", 744, 1},
        {"2026-02-01", "2026-03-01", 672, 1},
        {"2024-02-01", "2024-03-01", 696, 1},
        {"2026-02-01T00:00", "2026-02-08T00:00", 168, 0.25},
        {"2025-12-01T00:00", "2026-02-01T00:00", 1488, 2},
        {"2026-02-15T00:00", "2026-04-01T00:00", 14 * 24 + 744, 1.5},
        {"2026-03-01T00:00", "2026-03-31T23:59", 744, 1},
        {"2026-03-01T00:00", "2026-03-01T00:00", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double hours, months;
        invoice_period(cases[i].start, cases[i].end, &hours, &months);
        assert_close(hours, cases[i].hours, 1e-12, 1e-9);
        assert_close(months, cases[i].months, 1e-12, 1e-12);
    }
}

/* t3.medium of prod: 31 days for 24 h at 0.0416, then 10 days of a second at 0.03 by a savings
 * plan: 984 h, 744 x 0.0416 + 240 x 0.03 = 38.1504. */
static void a_focus_export_is_summed(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_file(fixture, "tests/data/bill_focus.csv"), STATUS_OK);
    const struct invoice *invoice = &fixture->invoice;
    assert_string_equal(invoice->layout, "FOCUS 1.2");
    assert_close(invoice->rows, 64, 0, 0);
    assert_close(invoice->hours, 744, 0, 0);
    assert_close(invoice->months, 1, 1e-12, 0);
    const struct invoice_group *nodes = find(fixture, INVOICE_INSTANCE, "t3.medium", "prod");
    assert_close(nodes->quantity, 984, 1e-12, 0);
    assert_close(nodes->usd, 38.1504, 1e-9, 0);
    assert_close(nodes->rows, 41, 0, 0);
    assert_close(find(fixture, INVOICE_CONTROL_PLANE, "", "prod")->usd, 74.4, 1e-12, 0);
    assert_close(find(fixture, INVOICE_INSTANCE, "m5.large", "staging")->usd, 71.424, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_TAX].usd, 20.5, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_CREDIT].usd, -5, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_REFUND].usd, -1, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_COMMITMENT].usd, 22, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_UNUSED].usd, 2.5, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_USAGE].rows, 0, 0, 0);
}

/* Two t3.medium for a week: 6.9888 on demand and 4.2 by a savings plan; a t3.small at 1.68 by a
 * reservation. The bill's own sum: 6.9888 + 6.9888 - 6.9888 + 4.2 + 1.68 + 0.2 + 0.4 - 0.5 - 0.25
 * + 1.5 - 0.08 = 14.1388. */
static void a_cost_and_usage_report_is_summed(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(read_file(fixture, "tests/data/bill_cur.csv"), STATUS_OK);
    const struct invoice *invoice = &fixture->invoice;
    assert_string_equal(invoice->layout, "Cost and Usage Report");
    assert_close(invoice->billed_usd, 14.1388, 1e-9, 0);
    assert_close(invoice->hours, 168, 0, 0);
    assert_close(invoice->months, 0.25, 1e-12, 0);
    assert_close(find(fixture, INVOICE_INSTANCE, "t3.medium", "only-one")->usd, 11.1888, 1e-9, 0);
    assert_close(find(fixture, INVOICE_INSTANCE, "t3.small", "only-one")->usd, 1.68, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_NEGATION].usd, -6.9888, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_COMMITMENT].usd, 5.88, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_DISCOUNT].usd, -0.5, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_REFUND].usd, -0.25, 1e-12, 0);
    assert_close(invoice->apart[INVOICE_USAGE].usd, -0.08, 1e-12, 0);
}

#define FOCUS_HEADER                                                                               \
    "ChargeCategory,x_UsageType,x_ServiceCode,ChargePeriodStart,ChargePeriodEnd,BillingCurrency,"  \
    "BilledCost,EffectiveCost,ConsumedQuantity,RegionId\n"
#define HOUR "2026-01-01T00:00:00Z,2026-01-01T01:00:00Z"

static void what_is_wrong_has_its_place(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *text, *message, *hint;
        unsigned line, column;
    } cases[] = {
        {"", "the bill has no usage: no row at all", "", 0, 0},
        {"a,b\n1,2\n", "neither a FOCUS export", "", 1, 0},
        {FOCUS_HEADER, "no row at all", "", 0, 0},
        {FOCUS_HEADER "Tax,,," HOUR ",USD,1,1,,\n", "only fees, credits or taxes", "", 0, 0},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2," HOUR ",USD,1,1,1,\n"
                      "Usage,BoxUsage:t3.medium,AmazonEC2," HOUR ",EUR,1,1,1,\n",
         "\"EUR\" is the currency here, USD in the rows before", "", 3, 78},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2," HOUR ",EUR,1,1,1,\n",
         "\"EUR\" is the currency here: prices are in USD", "", 2, 78},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2," HOUR ",USD,1,much,1,\n",
         "column `EffectiveCost`: expected a number, found \"much\"", "", 2, 84},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2,yesterday,x,USD,1,1,1,\n",
         "column `ChargePeriodStart`: expected a time", "", 2, 36},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2,2026-13-01,x,USD,1,1,1,\n",
         "column `ChargePeriodStart`: expected a time", "", 2, 36},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2,2026-01-01T00:60:00Z,x,USD,1,1,1,\n",
         "column `ChargePeriodStart`: expected a time", "", 2, 36},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2," HOUR ",USD,1,1,1\n",
         "the row has 9 fields, the header has 10", "", 2, 86},
        {FOCUS_HEADER "Usage,BoxUsage:t3.medium,AmazonEC2,2026-01-01T00:00:00Z,"
                      "2026-01-01T00:00:00Z,USD,1,1,1,\n",
         "the usage covers no time", "", 0, 0},
        {"ChargeCategory,UsageType,x_ServiceCode,ChargePeriodStart,ChargePeriodEnd,BillingCurrency,"
         "BilledCost,EffectiveCost,ConsumedQuantity\n",
         "column `x_UsageType` is missing",
         "the nearest is \"UsageType\": did you mean x_UsageType?", 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(fixture, cases[i].text), STATUS_INVALID);
        const struct diagnostic *found = &fixture->diagnostics.items[0];
        if (!strstr(found->message, cases[i].message))
            fail_msg("\"%s\" is not in \"%s\"", cases[i].message, found->message);
        assert_string_equal(found->hint, cases[i].hint);
        assert_int_equal(found->line, cases[i].line);
        assert_int_equal(found->column, cases[i].column);
    }
}

static void cur_2_is_the_same_bill(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(
        read_text(fixture,
                  "line_item_line_item_type,line_item_usage_type,line_item_product_code,"
                  "line_item_usage_start_date,line_item_usage_end_date,line_item_currency_code,"
                  "line_item_unblended_cost,line_item_usage_amount,product_region_code,"
                  "resource_tags\n"
                  "Usage,BoxUsage:t3.medium,AmazonEC2,2026-01-01 00:00:00.000,"
                  "2026-01-02 00:00:00.000,USD,1,24,us-east-1,"
                  "\"{\"\"aws_eks_cluster_name\"\":\"\"prod\"\"}\"\n"),
        STATUS_OK);
    assert_string_equal(fixture->invoice.layout, "Cost and Usage Report 2.0");
    assert_string_equal(fixture->invoice.start, "2026-01-01T00:00");
    assert_close(find(fixture, INVOICE_INSTANCE, "t3.medium", "prod")->usd, 1, 0, 0);
}

/** More clusters than there is room for: the sums stay whole, memory stays the same. */
static void too_many_groups_go_into_the_rest(void **state) {
    struct fixture *fixture = *state;
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    enum { ROWS = INVOICE_GROUPS_MAX + 10 };
    fputs("ChargeCategory,x_UsageType,x_ServiceCode,ChargePeriodStart,ChargePeriodEnd,"
          "BillingCurrency,BilledCost,EffectiveCost,ConsumedQuantity,Tags\n",
          file);
    for (int i = 0; i < ROWS; i++)
        fprintf(file,
                "Usage,BoxUsage:t3.medium,AmazonEC2," HOUR
                ",USD,1,1,1,\"{\"\"aws:eks:cluster-name\"\":\"\"c%d\"\"}\"\n",
                i);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(read_file(fixture, fixture->path), STATUS_OK);
    assert_int_equal(fixture->invoice.group_count, INVOICE_GROUPS_MAX);
    assert_close(fixture->invoice.rest.rows, 10, 0, 0);
    assert_close(fixture->invoice.billed_usd, ROWS, 0, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(usage_types_are_told_apart),
        TEST(tags_tell_cluster_and_namespace),
        TEST(periods_are_measured),
        TEST(a_focus_export_is_summed),
        TEST(a_cost_and_usage_report_is_summed),
        TEST(what_is_wrong_has_its_place),
        TEST(cur_2_is_the_same_bill),
        TEST(too_many_groups_go_into_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
