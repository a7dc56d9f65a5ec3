/**
 * What an import took and lacks, region by region. Private to the prices_import files.
 */
#ifndef SIM_PRICES_IMPORT_REGIONS_H
#define SIM_PRICES_IMPORT_REGIONS_H

#include "sim/base/csv.h"
#include "sim/prices_import_tables.h"

/** Do the three prices of gp3 stand at `at` of the sorted prices: storage, IOPS, throughput? */
bool prices_gp3_is_whole(const struct prices_import *prices, size_t at);

/** Fill in regions, missing regions and gp3_incomplete; `ec2` is the shipped table. */
enum status prices_regions_make(struct arena *arena, const struct prices_import *prices,
                                const struct csv_table *ec2, struct prices_tables *tables,
                                struct diagnostics *diagnostics) MUST_CHECK;

#endif
