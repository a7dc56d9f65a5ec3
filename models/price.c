#include "models/price_table.h"

#include <stdlib.h>
#include <string.h>

static const char *const purchase_names[PURCHASE_COUNT] = {
    [PURCHASE_ON_DEMAND] = "on-demand",
    [PURCHASE_RESERVED_1Y] = "reserved-1y",
    [PURCHASE_SAVINGS_PLAN_1Y] = "savings-plan-1y",
    [PURCHASE_INSTANCE_SAVINGS_PLAN_1Y] = "instance-savings-plan-1y",
};

const char *purchase_name(enum purchase purchase) {
    return purchase_names[purchase];
}

static int compare_keys(const char *const *a, const char *const *b) {
    for (size_t i = 0; i < PRICE_KEYS; i++) {
        int order = strcmp(a[i], b[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

int price_row_compare(const void *a, const void *b) {
    const struct price_row *left = a, *right = b;
    return compare_keys(left->keys, right->keys);
}

const struct price_row *price_rows_find(const struct price_rows *rows, const char *first,
                                        const char *second, const char *third) {
    const struct price_row wanted = {.keys = {first, second, third}};
    if (rows->count == 0)
        return NULL;
    return bsearch(&wanted, rows->rows, rows->count, sizeof *rows->rows, price_row_compare);
}

static bool give(const struct price_row *row, struct price *price) {
    if (row)
        *price = row->price;
    return row != NULL;
}

bool price_instance_hour(const struct price_table *table, const char *region, const char *type,
                         enum purchase purchase, struct price *price) {
    return give(
        price_rows_find(&table->files[PRICE_FILE_EC2], region, type, purchase_name(purchase)),
        price);
}

bool price_gp3_gib_month(const struct price_table *table, const char *region, struct price *price) {
    return give(price_rows_find(&table->files[PRICE_FILE_EBS], region, "GiB", ""), price);
}

static const struct price_row *find_meter(const struct price_rows *rows, const char *service,
                                          const char *meter, const char *region) {
    const struct price_row *row = price_rows_find(rows, service, meter, region);
    return row ? row : price_rows_find(rows, service, meter, "all");
}

bool price_other(const struct price_table *table, const char *service, const char *meter,
                 const char *region, struct price *price) {
    return give(find_meter(&table->files[PRICE_FILE_OTHER], service, meter, region), price);
}

bool price_eks_control_plane_hour(const struct price_table *table, struct price *price) {
    return price_other(table, "EKS", "control_plane_standard", "us-east-1", price);
}

bool price_surplus_vcpu_hour(const struct price_table *table, bool arm, struct price *price) {
    const char *meter = arm ? "surplus_credits_t4g" : "surplus_credits_t3";
    return price_other(table, "EC2", meter, "all", price);
}

bool price_managed(const struct price_table *table, const char *service, const char *meter,
                   const char *region, struct price *price) {
    const struct price_rows *rows = &table->files[PRICE_FILE_MANAGED];
    if (give(find_meter(rows, service, meter, region), price))
        return true;
    const struct price_row *row = price_rows_find(rows, service, meter, "us-east-1");
    if (!give(row, price))
        return false;
    price->source = row->elsewhere;
    return true;
}

size_t price_region_count(const struct price_table *table) {
    return table->region_count;
}

const char *price_region(const struct price_table *table, size_t index) {
    return table->regions[index];
}

bool price_region_known(const struct price_table *table, const char *region) {
    for (size_t i = 0; i < table->region_count; i++)
        if (strcmp(table->regions[i], region) == 0)
            return true;
    return false;
}
