#include "sim/invoice_row.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 4, LAYOUTS = 2 };

/** What the columns are called; the first is the one to ask for when none is there. */
static const struct {
    const char *names[LAYOUTS][NAMES_MAX];
    bool needed;
} column_names[INVOICE_COLUMN_COUNT] = {
    [INVOICE_COLUMN_CLASS] = {{{"ChargeCategory"}, {"lineItem/LineItemType"}}, true},
    [INVOICE_COLUMN_USAGE] = {{{"x_UsageType", "SkuMeter"}, {"lineItem/UsageType"}}, true},
    [INVOICE_COLUMN_SERVICE] = {{{"x_ServiceCode", "ServiceName"}, {"lineItem/ProductCode"}}, true},
    [INVOICE_COLUMN_START] = {{{"ChargePeriodStart"}, {"lineItem/UsageStartDate"}}, true},
    [INVOICE_COLUMN_END] = {{{"ChargePeriodEnd"}, {"lineItem/UsageEndDate"}}, true},
    [INVOICE_COLUMN_CURRENCY] = {{{"BillingCurrency"}, {"lineItem/CurrencyCode"}}, true},
    [INVOICE_COLUMN_BILLED] = {{{"BilledCost"}, {"lineItem/UnblendedCost"}}, true},
    [INVOICE_COLUMN_EFFECTIVE] = {{{"EffectiveCost"}, {"savingsPlan/SavingsPlanEffectiveCost"}},
                                  false},
    [INVOICE_COLUMN_RESERVED] = {{{NULL}, {"reservation/EffectiveCost"}}, false},
    [INVOICE_COLUMN_QUANTITY] = {{{"ConsumedQuantity", "PricingQuantity"},
                                  {"lineItem/UsageAmount"}},
                                 true},
    [INVOICE_COLUMN_PRICED] = {{{"PricingQuantity"}, {NULL}}, false},
    [INVOICE_COLUMN_REGION] = {{{"RegionId"}, {"product/regionCode", "product/region"}}, false},
    [INVOICE_COLUMN_RESOURCE] = {{{"ResourceId"}, {"lineItem/ResourceId"}}, false},
    [INVOICE_COLUMN_CORRECTION] = {{{"ChargeClass"}, {NULL}}, false},
    [INVOICE_COLUMN_STATUS] = {{{"CommitmentDiscountStatus"}, {NULL}}, false},
    [INVOICE_COLUMN_TAGS] = {{{"Tags"}, {"resource_tags"}}, false},
};

static const struct {
    enum invoice_layout layout;
    const char *name;
    enum invoice_class class;
} class_names[] = {
    {INVOICE_FOCUS, "Usage", INVOICE_USAGE},
    {INVOICE_FOCUS, "Purchase", INVOICE_COMMITMENT},
    {INVOICE_FOCUS, "Tax", INVOICE_TAX},
    {INVOICE_FOCUS, "Credit", INVOICE_CREDIT},
    {INVOICE_FOCUS, "Adjustment", INVOICE_REFUND},
    {INVOICE_CUR, "Usage", INVOICE_USAGE},
    {INVOICE_CUR, "DiscountedUsage", INVOICE_USAGE},
    {INVOICE_CUR, "SavingsPlanCoveredUsage", INVOICE_USAGE},
    {INVOICE_CUR, "Tax", INVOICE_TAX},
    {INVOICE_CUR, "Credit", INVOICE_CREDIT},
    {INVOICE_CUR, "Refund", INVOICE_REFUND},
    {INVOICE_CUR, "Fee", INVOICE_COMMITMENT},
    {INVOICE_CUR, "RIFee", INVOICE_COMMITMENT},
    {INVOICE_CUR, "SavingsPlanRecurringFee", INVOICE_COMMITMENT},
    {INVOICE_CUR, "SavingsPlanUpfrontFee", INVOICE_COMMITMENT},
    {INVOICE_CUR, "SavingsPlanNegation", INVOICE_NEGATION},
};

static void find_tag_columns(const struct csv_stream_row *header, struct invoice_columns *columns) {
    static const char *const prefixes[] = {"resourceTags/", "resource_tags_"};
    for (size_t i = 0; i < header->count; i++)
        for (size_t p = 0; p < sizeof prefixes / sizeof *prefixes; p++) {
            size_t length = strlen(prefixes[p]);
            const char *key = header->fields[i] + length;
            if (strncasecmp(header->fields[i], prefixes[p], length) != 0 ||
                !invoice_tag_matters(key) || columns->tag_count == INVOICE_TAG_COLUMNS_MAX)
                continue;
            snprintf(columns->tag_keys[columns->tag_count], sizeof *columns->tag_keys, "%s", key);
            columns->tags[columns->tag_count++] = i;
        }
}

static bool has_column(const struct csv_stream_row *header, const char *name) {
    return csv_stream_find(header, (const char *const[]){name, NULL}) != SIZE_MAX;
}

static enum status find_layout(const struct csv_stream_row *header, struct invoice_columns *columns,
                               struct diagnostics *diagnostics) {
    bool focus = has_column(header, "ChargeCategory") || has_column(header, "BilledCost");
    bool cur =
        has_column(header, "lineItem/LineItemType") || has_column(header, "lineItem/UnblendedCost");
    columns->layout = focus ? INVOICE_FOCUS : INVOICE_CUR;
    if (focus)
        columns->name = has_column(header, "x_UsageType") ? "FOCUS 1.0" : "FOCUS 1.2";
    else
        columns->name = has_column(header, "line_item_line_item_type") &&
                                !memchr(header->raw, '/', header->raw_length)
                            ? "Cost and Usage Report 2.0"
                            : "Cost and Usage Report";
    if (focus || cur)
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INVALID, header->file, header->line, 0,
                           "neither a FOCUS export (column `ChargeCategory`) nor a Cost and Usage "
                           "Report (column `lineItem/LineItemType`)");
}

enum status invoice_columns_find(const struct csv_stream_row *header,
                                 struct invoice_columns *columns, bool *wanted,
                                 struct diagnostics *diagnostics) {
    *columns = (struct invoice_columns){.count = header->count};
    enum status status = find_layout(header, columns, diagnostics);
    if (status != STATUS_OK)
        return status;
    memset(wanted, 0, CSV_STREAM_COLUMNS_MAX * sizeof *wanted);
    for (size_t i = 0; i < INVOICE_COLUMN_COUNT; i++) {
        const char *const *names = column_names[i].names[columns->layout];
        size_t *column = &columns->column[i];
        bool needed = column_names[i].needed ||
                      (i == INVOICE_COLUMN_EFFECTIVE && columns->layout == INVOICE_FOCUS);
        *column = SIZE_MAX;
        if (!needed && names[0])
            *column = csv_stream_find(header, names);
        else if (needed && csv_stream_need(header, names, column, diagnostics) != STATUS_OK)
            status = STATUS_INVALID;
        if (*column != SIZE_MAX)
            wanted[*column] = true;
    }
    if (columns->layout == INVOICE_CUR)
        find_tag_columns(header, columns);
    for (size_t i = 0; i < columns->tag_count; i++)
        wanted[columns->tags[i]] = true;
    return status;
}

static const char *field(const struct invoice_columns *columns, const struct csv_stream_row *csv,
                         enum invoice_column column) {
    size_t index = columns->column[column];
    return index < csv->count ? csv->fields[index] : "";
}

static enum status number(const struct invoice_columns *columns, const struct csv_stream_row *csv,
                          enum invoice_column column, double *value,
                          struct diagnostics *diagnostics) {
    *value = 0;
    return *field(columns, csv, column)
               ? csv_stream_number(csv, columns->column[column],
                                   column_names[column].names[columns->layout][0], value,
                                   diagnostics)
               : STATUS_OK;
}

static enum invoice_class class_of(const struct invoice_columns *columns,
                                   const struct csv_stream_row *csv) {
    const char *name = field(columns, csv, INVOICE_COLUMN_CLASS);
    if (strcmp(field(columns, csv, INVOICE_COLUMN_CORRECTION), "Correction") == 0)
        return INVOICE_REFUND;
    if (strcmp(field(columns, csv, INVOICE_COLUMN_STATUS), "Unused") == 0)
        return INVOICE_UNUSED;
    for (size_t i = 0; i < sizeof class_names / sizeof *class_names; i++)
        if (class_names[i].layout == columns->layout && strcmp(class_names[i].name, name) == 0)
            return class_names[i].class;
    /* EdpDiscount, BundledDiscount, PrivateRateDiscount and whatever follows them. */
    size_t length = strlen(name);
    return length >= 8 && strcmp(name + length - 8, "Discount") == 0 ? INVOICE_DISCOUNT
                                                                     : INVOICE_UNKNOWN;
}

/** The column that has what a row of usage really cost. */
static enum invoice_column amount_column(const struct invoice_columns *columns,
                                         const struct csv_stream_row *csv) {
    const char *name = field(columns, csv, INVOICE_COLUMN_CLASS);
    enum invoice_column column = INVOICE_COLUMN_BILLED;
    if (columns->layout == INVOICE_FOCUS || strcmp(name, "SavingsPlanCoveredUsage") == 0)
        column = INVOICE_COLUMN_EFFECTIVE;
    else if (strcmp(name, "DiscountedUsage") == 0)
        column = INVOICE_COLUMN_RESERVED;
    return *field(columns, csv, column) ? column : INVOICE_COLUMN_BILLED;
}

/** Two digits from `least` to `most`? */
static bool are_between(const char *digits, const char *least, const char *most) {
    return strncmp(digits, least, 2) >= 0 && strncmp(digits, most, 2) <= 0;
}

/** `2025-09-01T00:00`, or a space instead of the `T`, or the day alone. */
static bool is_time(const char *text) {
    static const char shape[] = "dddd-dd-dd dd:dd";
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (i == 10 && text[i] == '\0')
            break;
        if (shape[i] == 'd'   ? !isdigit((unsigned char)text[i])
            : shape[i] == ' ' ? text[i] != 'T' && text[i] != ' '
                              : text[i] != shape[i])
            return false;
    }
    return are_between(text + 5, "01", "12") && are_between(text + 8, "01", "31") &&
           (text[10] == '\0' ||
            (are_between(text + 11, "00", "24") && are_between(text + 14, "00", "59")));
}

static enum status check_time(const struct invoice_columns *columns,
                              const struct csv_stream_row *csv, enum invoice_column column,
                              struct diagnostics *diagnostics) {
    if (is_time(field(columns, csv, column)))
        return STATUS_OK;
    return csv_stream_refuse(csv, columns->column[column], diagnostics,
                             "column `%s`: expected a time such as 2025-09-01T00:00:00Z",
                             column_names[column].names[columns->layout][0]);
}

static void read_tags(const struct invoice_columns *columns, const struct csv_stream_row *csv,
                      struct invoice_row *row) {
    for (size_t i = 0; i < columns->tag_count; i++)
        invoice_tag_take(columns->tag_keys[i], csv->fields[columns->tags[i]], &row->tags);
    row->tags_damaged =
        !invoice_tags_take_json(field(columns, csv, INVOICE_COLUMN_TAGS), &row->tags);
    const char *resource = field(columns, csv, INVOICE_COLUMN_RESOURCE);
    const char *cluster = strncmp(resource, "arn:", 4) == 0 && strstr(resource, ":eks:")
                              ? strstr(resource, ":cluster/")
                              : NULL;
    if (cluster && !*row->tags.cluster)
        snprintf(row->tags.cluster, sizeof row->tags.cluster, "%s", cluster + strlen(":cluster/"));
}

enum status invoice_row_read(const struct invoice_columns *columns,
                             const struct csv_stream_row *csv, struct invoice_row *row,
                             struct diagnostics *diagnostics) {
    if (csv->count != columns->count)
        return csv_stream_refuse(csv, csv->count - 1, diagnostics,
                                 "the row has %zu fields, the header has %zu", csv->count,
                                 columns->count);
    *row = (struct invoice_row){
        .class = class_of(columns, csv),
        .usage = field(columns, csv, INVOICE_COLUMN_USAGE),
        .service = field(columns, csv, INVOICE_COLUMN_SERVICE),
        .start = field(columns, csv, INVOICE_COLUMN_START),
        .end = field(columns, csv, INVOICE_COLUMN_END),
        .region = field(columns, csv, INVOICE_COLUMN_REGION),
        .currency = field(columns, csv, INVOICE_COLUMN_CURRENCY),
    };
    enum status status = number(columns, csv, INVOICE_COLUMN_BILLED, &row->billed_usd, diagnostics);
    if (status == STATUS_OK)
        status = number(columns, csv, amount_column(columns, csv), &row->amount_usd, diagnostics);
    if (status != STATUS_OK || row->class != INVOICE_USAGE)
        return status;
    bool consumed = *field(columns, csv, INVOICE_COLUMN_QUANTITY);
    status = number(columns, csv, consumed ? INVOICE_COLUMN_QUANTITY : INVOICE_COLUMN_PRICED,
                    &row->quantity, diagnostics);
    if (status == STATUS_OK)
        status = check_time(columns, csv, INVOICE_COLUMN_START, diagnostics);
    if (status == STATUS_OK)
        status = check_time(columns, csv, INVOICE_COLUMN_END, diagnostics);
    if (status == STATUS_OK)
        read_tags(columns, csv, row);
    return status;
}
