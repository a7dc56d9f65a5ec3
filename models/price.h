/**
 * Prices of AWS's parts by region, each with its source and the day it was true.
 *
 * A month has 730 hours. Tables: models/data/prices/{ec2,ebs,aws_other,managed}.csv, and
 * sources.csv with the citations that their column `source` names by code; a folder given with
 * --prices replaces any of them by file name. Loaded once; then read-only and thread-safe.
 */
#ifndef MODELS_PRICE_H
#define MODELS_PRICE_H

#include "sim/base/arena.h"
#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/** Savings plans: one year, nothing upfront; Compute and EC2 Instance. None is shipped, for they
 *  come with `simulate prices import`. */
enum purchase {
    PURCHASE_ON_DEMAND,
    PURCHASE_RESERVED_1Y,
    PURCHASE_SAVINGS_PLAN_1Y,
    PURCHASE_INSTANCE_SAVINGS_PLAN_1Y
};
#define PURCHASE_COUNT 4

/** One price: `usd` per the unit its getter names; source such as "owner/repo@commit file". */
struct price {
    double usd;
    const char *source;
    const char *as_of;
    const char *unit;      /**< "hour", "GB", "million traces", ... */
    double free_per_month; /**< units of each month that are not billed; 0 when none */
};

struct price_table; /* opaque: rows sorted for look-up, owned by the arena */

/** Load the shipped tables, each replaced by `folder`/NAME.csv when `folder` is not NULL and the
 *  file is there (a folder with none of them is an error). Rows are checked: finite, not negative,
 *  source and date present, none twice. Everything lives in `arena`. */
enum status price_table_load(struct arena *arena, const char *folder,
                             const struct price_table **table,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** Region codes in order. */
size_t price_region_count(const struct price_table *table);
const char *price_region(const struct price_table *table, size_t index);
bool price_region_known(const struct price_table *table, const char *region);

/** Getters return false when the table has no such price. */
bool price_instance_hour(const struct price_table *table, const char *region, const char *type,
                         enum purchase purchase, struct price *price);
bool price_gp3_gib_month(const struct price_table *table, const char *region, struct price *price);
bool price_eks_control_plane_hour(const struct price_table *table, struct price *price);
/** Surplus CPU credits, per vCPU-hour; `arm` for t4g. */
bool price_surplus_vcpu_hour(const struct price_table *table, bool arm, struct price *price);
/** Any other AWS meter, such as ("VPC","public_ipv4"); falls back to region "all". */
bool price_other(const struct price_table *table, const char *service, const char *meter,
                 const char *region, struct price *price);
/** A managed service's meter, such as ("CloudWatch Logs","ingest_standard"); falls back to "all",
 *  then to us-east-1 (which the source then says). */
bool price_managed(const struct price_table *table, const char *service, const char *meter,
                   const char *region, struct price *price);

const char *purchase_name(enum purchase purchase);

#endif
