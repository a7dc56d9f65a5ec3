#include "sim/prices_import_regions.h"

#include <string.h>

/** Columns of the shipped ec2.csv. */
struct shipped {
    const struct csv_table *csv;
    size_t region, type, purchase;
};

bool prices_gp3_is_whole(const struct prices_import *prices, size_t at) {
    for (size_t i = 0; i < 3; i++)
        if (at + i >= prices->count ||
            prices->found[at + i].kind != (enum prices_kind)(PRICES_GP3_GIB + i) ||
            strcmp(prices->found[at + i].region, prices->found[at].region) != 0)
            return false;
    return true;
}

static bool has_kind(const struct prices_import *prices, enum prices_kind kind) {
    for (size_t i = 0; i < prices->count; i++)
        if (prices->found[i].kind == kind)
            return true;
    return false;
}

static bool has_price(const struct prices_import *prices, const char *region, const char *type,
                      enum prices_kind kind) {
    for (size_t i = 0; i < prices->count; i++)
        if (prices->found[i].kind == kind && strcmp(prices->found[i].type, type) == 0 &&
            strcmp(prices->found[i].region, region) == 0)
            return true;
    return false;
}

/** The kind a row of the shipped table stands beside: itself, or for savings plans, which are not
 *  shipped, its on-demand price. */
static bool stands_beside(const char *purchase, enum prices_kind kind) {
    bool savings = kind == PRICES_SAVINGS_PLAN || kind == PRICES_INSTANCE_SAVINGS_PLAN;
    return strcmp(purchase, prices_kind_name(savings ? PRICES_ON_DEMAND : kind)) == 0;
}

/** Add the shipped types of the region that the import has, or those that it lacks. */
static void list_types(const struct prices_import *prices, const struct shipped *shipped,
                       const struct prices_region *region, enum prices_kind kind, bool had,
                       struct text *list) {
    for (size_t i = 0, listed = 0; i < shipped->csv->rows; i++) {
        const char *type = csv_cell(shipped->csv, i, shipped->type);
        if (strcmp(csv_cell(shipped->csv, i, shipped->region), region->name) == 0 &&
            stands_beside(csv_cell(shipped->csv, i, shipped->purchase), kind) &&
            has_price(prices, region->name, type, kind) == had)
            text_print(list, "%s%s", listed++ > 0 ? ", " : "", type);
    }
}

/** Count the region's shipped prices of a kind and name those that the import lacks: the types, or
 *  all but those it has when that is shorter. */
static void look_for(const struct prices_import *prices, const struct shipped *shipped,
                     struct prices_region *region, enum prices_kind kind, struct text *missing) {
    size_t lacking = 0;
    for (size_t i = 0; i < shipped->csv->rows; i++) {
        if (strcmp(csv_cell(shipped->csv, i, shipped->region), region->name) != 0 ||
            !stands_beside(csv_cell(shipped->csv, i, shipped->purchase), kind))
            continue;
        region->shipped[kind]++;
        lacking += !has_price(prices, region->name, csv_cell(shipped->csv, i, shipped->type), kind);
    }
    if (lacking == 0)
        return;
    size_t had = region->shipped[kind] - lacking;
    text_print(missing, "%s%s: %s", missing->length > 0 ? "; " : "", prices_kind_name(kind),
               had == 0        ? "all"
               : had < lacking ? "all but "
                               : "");
    if (had > 0)
        list_types(prices, shipped, region, kind, had < lacking, missing);
}

static enum status describe(struct arena *arena, const struct prices_import *prices,
                            const struct shipped *shipped, struct prices_region *region,
                            struct diagnostics *diagnostics) {
    struct text missing;
    text_init(&missing);
    for (enum prices_kind kind = 0; PRICES_IS_INSTANCE(kind); kind++)
        if (has_kind(prices, kind))
            look_for(prices, shipped, region, kind, &missing);
    region->missing = arena_copy(arena, missing.data ? missing.data : "", missing.length);
    bool failed = text_failed(&missing) || !region->missing;
    text_fini(&missing);
    return failed ? diagnostics_out_of_memory(diagnostics, "the prices") : STATUS_OK;
}

static const struct prices_region *find_region(const struct prices_tables *tables,
                                               const char *name) {
    for (size_t i = 0; i < tables->region_count; i++)
        if (strcmp(tables->regions[i].name, name) == 0)
            return &tables->regions[i];
    return NULL;
}

/** The import's regions with their counts; the prices are sorted by region. */
static size_t count_regions(const struct prices_import *prices, struct prices_region *regions,
                            size_t *gp3_incomplete) {
    size_t count = 0, part = 0;
    for (size_t i = 0; i < prices->count; i++) {
        const struct prices_found *found = &prices->found[i];
        if (count == 0 || strcmp(regions[count - 1].name, found->region) != 0) {
            regions[count++].name = found->region;
            part = 0;
        }
        struct prices_region *region = &regions[count - 1];
        region->taken[found->kind]++;
        if (PRICES_IS_INSTANCE(found->kind))
            continue;
        region->gp3 |= prices_gp3_is_whole(prices, i);
        *gp3_incomplete += part++ == 0 && !region->gp3;
    }
    return count;
}

/** Regions of the shipped table, whose rows stand together, that the import lacks. */
static void name_missing(const struct shipped *shipped, struct prices_tables *tables,
                         struct text *text) {
    const char *last = "";
    for (size_t i = 0; i < shipped->csv->rows; i++) {
        const char *region = csv_cell(shipped->csv, i, shipped->region);
        if (strcmp(region, last) == 0)
            continue;
        last = region;
        if (find_region(tables, region))
            continue;
        text_print(text, "%s%s", tables->missing_region_count++ > 0 ? ", " : "", region);
    }
}

enum status prices_regions_make(struct arena *arena, const struct prices_import *prices,
                                const struct csv_table *ec2, struct prices_tables *tables,
                                struct diagnostics *diagnostics) {
    struct shipped shipped = {.csv = ec2};
    enum status status = csv_column(ec2, "region", &shipped.region, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(ec2, "type", &shipped.type, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(ec2, "purchase", &shipped.purchase, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct prices_region *regions = arena_array(arena, prices->count + 1, sizeof *regions);
    if (!regions)
        return diagnostics_out_of_memory(diagnostics, "the prices");
    tables->regions = regions;
    tables->region_count = count_regions(prices, regions, &tables->gp3_incomplete);
    for (size_t i = 0; i < tables->region_count && status == STATUS_OK; i++)
        status = describe(arena, prices, &shipped, &regions[i], diagnostics);
    struct text missing;
    text_init(&missing);
    name_missing(&shipped, tables, &missing);
    tables->missing_regions = arena_copy(arena, missing.data ? missing.data : "", missing.length);
    if (text_failed(&missing) || !tables->missing_regions)
        status = diagnostics_out_of_memory(diagnostics, "the prices");
    text_fini(&missing);
    return status;
}
