#include "sim/prices_import_rows.h"

#include "sim/base/words.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 3 };

/** What a column is called in an EC2 offer file and in a savings-plan file; NULL where there is
 *  none. */
static const struct {
    const char *ec2[NAMES_MAX], *savings[NAMES_MAX];
    bool optional;
} column_names[OFFER_COLUMN_COUNT] = {
    [OFFER_PRICE] = {{"PricePerUnit"}, {"DiscountedRate"}, false},
    [OFFER_UNIT] = {{"Unit"}, {"Unit"}, false},
    [OFFER_CURRENCY] = {{"Currency"}, {"Currency"}, false},
    [OFFER_EFFECTIVE] = {{"EffectiveDate"}, {"EffectiveDate"}, true},
    [OFFER_REGION] = {{"Region Code"}, {"DiscountedRegionCode"}, false},
    [OFFER_TYPE] = {{"Instance Type"}, {"DiscountedInstanceType"}, false},
    [OFFER_USAGE] = {{"usageType"}, {"DiscountedUsageType"}, false},
    [OFFER_OPERATION] = {{"operation"}, {"DiscountedOperation"}, false},
    [OFFER_PURCHASE] = {{"PurchaseOption"}, {"PurchaseOption"}, false},
    [OFFER_LEASE] = {{"LeaseContractLength"}, {"LeaseContractLength"}, false},
    [OFFER_FAMILY] = {{"Product Family"}, {"Product Family"}, false},
    [OFFER_TERM] = {{"TermType"}, {NULL}, false},
    [OFFER_CLASS] = {{"OfferingClass"}, {NULL}, false},
    [OFFER_LOCATION] = {{"Location Type"}, {NULL}, false},
    [OFFER_TENANCY] = {{"Tenancy"}, {NULL}, false},
    [OFFER_SYSTEM] = {{"Operating System"}, {NULL}, false},
    [OFFER_SOFTWARE] = {{"Pre Installed S/W", "preInstalledSw"}, {NULL}, false},
    [OFFER_CAPACITY] = {{"CapacityStatus"}, {NULL}, false},
    [OFFER_MARKET] = {{"MarketOption"}, {NULL}, true},
    [OFFER_LEASE_UNIT] = {{NULL}, {"LeaseContractLengthUnit"}, false},
    [OFFER_SERVICE] = {{NULL}, {"DiscountedServiceCode"}, false},
};

struct condition {
    enum offer_column column;
    const char *value; /**< NULL ends the list */
};

enum { CONDITIONS_MAX = 12 };

#define ON_A_NODE                                                                                  \
    {OFFER_UNIT, "Hrs"}, {OFFER_SYSTEM, "Linux"}, {OFFER_TENANCY, "Shared"},                       \
        {OFFER_SOFTWARE, "NA"}, {OFFER_CAPACITY, "Used"}, {OFFER_OPERATION, "RunInstances"}, {     \
        OFFER_LOCATION, "AWS Region"                                                               \
    }
#define OF_A_VOLUME                                                                                \
    {OFFER_TERM, "OnDemand"}, {                                                                    \
        OFFER_LOCATION, "AWS Region"                                                               \
    }
#define OF_A_PLAN                                                                                  \
    {OFFER_UNIT, "Hrs"}, {OFFER_PURCHASE, "No Upfront"}, {OFFER_LEASE, "1"},                       \
        {OFFER_LEASE_UNIT, "year"}, {OFFER_OPERATION, "RunInstances"}, {                           \
        OFFER_SERVICE, "AmazonEC2"                                                                 \
    }

/** What makes a row one of a kind. AWS's own JSON offer files (2020, 2026) have the two families of
 *  savings plans under these names; of their CSV files one with the second alone was at hand. The
 * usage type, without its region's prefix, is the end of the field or, for instances, what stands
 * before the type. */
static const struct {
    bool savings;
    const char *usage; /**< NULL for any */
    struct condition conditions[CONDITIONS_MAX];
} kinds[PRICES_KIND_COUNT] = {
    [PRICES_ON_DEMAND] = {false, NULL, {{OFFER_TERM, "OnDemand"}, ON_A_NODE}},
    [PRICES_RESERVED] = {false,
                         NULL,
                         {{OFFER_TERM, "Reserved"},
                          {OFFER_LEASE, "1yr"},
                          {OFFER_PURCHASE, "No Upfront"},
                          {OFFER_CLASS, "standard"},
                          ON_A_NODE}},
    [PRICES_SAVINGS_PLAN] = {true, "BoxUsage:", {{OFFER_FAMILY, "ComputeSavingsPlans"}, OF_A_PLAN}},
    [PRICES_INSTANCE_SAVINGS_PLAN] = {true,
                                      "BoxUsage:",
                                      {{OFFER_FAMILY, "EC2InstanceSavingsPlans"}, OF_A_PLAN}},
    [PRICES_GP3_GIB] = {false, "EBS:VolumeUsage.gp3", {OF_A_VOLUME}},
    [PRICES_GP3_IOPS] = {false, "EBS:VolumeP-IOPS.gp3", {OF_A_VOLUME}},
    [PRICES_GP3_THROUGHPUT] = {false, "EBS:VolumeP-Throughput.gp3", {OF_A_VOLUME}},
};

/** Units a price may have, and what one of the price tables' units is worth in them. */
static const struct {
    enum prices_kind kind;
    const char *unit;
    double per_unit;
} units[] = {
    {PRICES_ON_DEMAND, "Hrs", 1},
    {PRICES_RESERVED, "Hrs", 1},
    {PRICES_SAVINGS_PLAN, "Hrs", 1},
    {PRICES_INSTANCE_SAVINGS_PLAN, "Hrs", 1},
    {PRICES_GP3_GIB, "GB-Mo", 1},
    {PRICES_GP3_IOPS, "IOPS-Mo", 1},
    {PRICES_GP3_THROUGHPUT, "GiBps-mo", 1.0 / 1024},
    {PRICES_GP3_THROUGHPUT, "MiBps-mo", 1},
};

enum status offer_layout_find(const struct csv_stream_row *header, struct offer_layout *layout,
                              struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    layout->savings = csv_stream_find(header, column_names[OFFER_PRICE].savings) != SIZE_MAX &&
                      csv_stream_find(header, column_names[OFFER_PRICE].ec2) == SIZE_MAX;
    for (size_t i = 0; i < OFFER_COLUMN_COUNT; i++) {
        const char *const *names = layout->savings ? column_names[i].savings : column_names[i].ec2;
        layout->columns[i] = SIZE_MAX;
        if (!names[0])
            continue;
        if (column_names[i].optional)
            layout->columns[i] = csv_stream_find(header, names);
        else if (csv_stream_need(header, names, &layout->columns[i], diagnostics) != STATUS_OK)
            status = STATUS_INVALID;
    }
    return status;
}

const char *offer_field(const struct offer_layout *layout, const struct csv_stream_row *row,
                        enum offer_column column) {
    size_t index = layout->columns[column];
    return index < row->count ? row->fields[index] : "";
}

/** Does `usage` hold `wanted` as a whole word: at its start or behind the region's `-`? */
static bool usage_is(const char *usage, const char *wanted) {
    const char *at = strstr(usage, wanted);
    if (!at || (at > usage && at[-1] != '-'))
        return false;
    size_t length = strlen(wanted);
    return at[length] == '\0' || wanted[length - 1] == ':';
}

static bool row_is(const struct offer_layout *layout, const struct csv_stream_row *row,
                   enum prices_kind kind) {
    if (kinds[kind].savings != layout->savings)
        return false;
    for (const struct condition *condition = kinds[kind].conditions; condition->value; condition++)
        if (strcmp(offer_field(layout, row, condition->column), condition->value) != 0)
            return false;
    const char *usage = kinds[kind].usage;
    return !usage || usage_is(offer_field(layout, row, OFFER_USAGE), usage);
}

bool offer_row_kind(const struct offer_layout *layout, const struct csv_stream_row *row,
                    enum prices_kind *kind) {
    const char *market = offer_field(layout, row, OFFER_MARKET);
    if (*market && strcmp(market, "OnDemand") != 0)
        return false;
    for (*kind = PRICES_ON_DEMAND; *kind < PRICES_KIND_COUNT; ++*kind)
        if (row_is(layout, row, *kind))
            return true;
    return false;
}

enum status offer_row_price(const struct offer_layout *layout, const struct csv_stream_row *row,
                            enum prices_kind kind, double *usd, struct diagnostics *diagnostics) {
    const char *unit = offer_field(layout, row, OFFER_UNIT);
    const char *wanted = "";
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].kind != kind)
            continue;
        wanted = *wanted ? wanted : units[i].unit;
        if (strcasecmp(unit, units[i].unit) != 0)
            continue;
        enum status status = csv_stream_number(row, layout->columns[OFFER_PRICE],
                                               layout->savings ? "DiscountedRate" : "PricePerUnit",
                                               usd, diagnostics);
        if (status == STATUS_OK && *usd < 0)
            status = csv_stream_refuse(row, layout->columns[OFFER_PRICE], diagnostics,
                                       "a price is not negative");
        *usd *= units[i].per_unit;
        return status;
    }
    char quoted[WORDS_QUOTE_BYTES];
    return csv_stream_refuse(row, layout->columns[OFFER_UNIT], diagnostics,
                             "column `Unit`: expected %s, found %s", wanted,
                             words_quote(quoted, sizeof quoted, unit));
}
