/* An import of prices, for programs: JSON and CSV. */
#include "reports/json_plan.h"
#include "reports/phrase.h"
#include "reports/prices_report.h"
#include "sim/base/csv.h"

/** Bumped when a reader could trip over a change. */
#define PRICES_SCHEMA_VERSION 1

static const char *const left_keys[PRICES_LEFT_COUNT] = {
    [PRICES_LEFT_TYPE] = "unknown_type",         [PRICES_LEFT_ZONE] = "zone",
    [PRICES_LEFT_CURRENCY] = "currency",         [PRICES_LEFT_ZERO] = "zero",
    [PRICES_LEFT_CONTRADICTED] = "contradicted",
};

static const char *const units[PRICES_KIND_COUNT] = {
    [PRICES_ON_DEMAND] = "hour",
    [PRICES_RESERVED] = "hour",
    [PRICES_SAVINGS_PLAN] = "hour",
    [PRICES_INSTANCE_SAVINGS_PLAN] = "hour",
    [PRICES_GP3_GIB] = "GiB-month",
    [PRICES_GP3_IOPS] = "IOPS-month",
    [PRICES_GP3_THROUGHPUT] = "MiB/s-month",
};

static json_t *region_object(struct json_maker *maker, const struct prices_region *region) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "region", region->name);
    json_t *counts = json_maker_object(maker);
    json_t *shipped = json_maker_object(maker);
    for (enum prices_kind kind = 0; kind < PRICES_KIND_COUNT; kind++) {
        json_maker_whole(maker, counts, prices_kind_name(kind), (double)region->taken[kind]);
        if (PRICES_IS_INSTANCE(kind))
            json_maker_whole(maker, shipped, prices_kind_name(kind), (double)region->shipped[kind]);
    }
    json_maker_set(maker, object, "taken", counts);
    json_maker_set(maker, object, "shipped", shipped);
    json_maker_bool(maker, object, "gp3", region->gp3);
    json_maker_string(maker, object, "missing", region->missing);
    return object;
}

static json_t *table_object(struct json_maker *maker, const struct prices_report *report,
                            const struct prices_table *table) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "name", table->name);
    json_maker_bool(maker, object, "written", report->written && table->written_anew);
    json_maker_whole(maker, object, "new", (double)table->fresh);
    json_maker_whole(maker, object, "changed", (double)table->changed);
    json_maker_whole(maker, object, "unchanged", (double)table->unchanged);
    json_maker_whole(maker, object, "kept", (double)table->kept);
    json_maker_whole(maker, object, "shipped", (double)table->shipped);
    return object;
}

static json_t *report_object(struct json_maker *maker, const struct prices_report *report) {
    const struct prices_import *prices = report->prices;
    json_t *object = json_maker_object(maker);
    json_maker_whole(maker, object, "schema_version", PRICES_SCHEMA_VERSION);
    json_maker_string(maker, object, "version", phrase_version());
    json_maker_string(maker, object, "file", prices->file);
    json_maker_string(maker, object, "offer", prices->offer);
    json_maker_string(maker, object, "offer_version", prices->version);
    json_maker_string(maker, object, "published", prices->published);
    json_maker_whole(maker, object, "rows", prices->rows);
    json_maker_whole(maker, object, "bytes", prices->bytes);
    json_maker_whole(maker, object, "prices", (double)prices->count);
    json_maker_string(maker, object, "folder", report->folder);
    json_t *left = json_maker_object(maker);
    for (size_t i = 0; i < PRICES_LEFT_COUNT; i++)
        json_maker_whole(maker, left, left_keys[i], prices->left[i]);
    json_maker_whole(maker, left, "gp3_incomplete_regions", (double)report->tables->gp3_incomplete);
    json_maker_set(maker, object, "left_out", left);
    json_t *tables = json_maker_array(maker), *regions = json_maker_array(maker);
    for (size_t i = 0; i < PRICES_FILE_COUNT; i++)
        json_maker_append(maker, tables, table_object(maker, report, &report->tables->files[i]));
    for (size_t i = 0; i < report->tables->region_count; i++)
        json_maker_append(maker, regions, region_object(maker, &report->tables->regions[i]));
    json_maker_set(maker, object, "tables", tables);
    json_maker_set(maker, object, "regions", regions);
    json_maker_string(maker, object, "missing_regions", report->tables->missing_regions);
    return object;
}

enum status prices_report_json(const struct prices_report *report, struct text *text,
                               struct diagnostics *diagnostics) {
    struct json_maker maker = {0};
    json_t *root = report_object(&maker, report);
    return json_maker_write(&maker, root, "the report", text, diagnostics);
}

enum status prices_report_csv(const struct prices_report *report, struct text *text,
                              struct diagnostics *diagnostics) {
    text_add(text, "region,type,price,usd_per_unit,unit,as_of\n");
    for (size_t i = 0; i < report->prices->count; i++) {
        const struct prices_found *found = &report->prices->found[i];
        csv_write_field(text, found->region);
        text_add(text, ",");
        csv_write_field(text, found->type);
        text_print(text, ",%s,%.10g,%s,%s\n", prices_kind_name(found->kind), found->usd,
                   units[found->kind], found->as_of);
    }
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the report") : STATUS_OK;
}
