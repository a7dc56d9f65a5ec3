/* A bill beside the prediction, for programs: JSON and CSV. */
#include "reports/invoice_report.h"
#include "reports/json_plan.h"
#include "reports/phrase.h"
#include "sim/base/csv.h"

/** Bumped when a reader could trip over a change. */
#define INVOICE_SCHEMA_VERSION 1

static const char *const exclusion_keys[INVOICE_EXCLUSION_COUNT] = {
    [INVOICE_COUNTED] = "counted",
    [INVOICE_OTHER_REGION] = "other_region",
    [INVOICE_OTHER_CLUSTER] = "other_cluster",
    [INVOICE_OTHER_SPACE] = "other_namespace",
    [INVOICE_UNTAGGED] = "untagged",
    [INVOICE_OTHER_TYPE] = "other_type",
    [INVOICE_OTHER_SERVICE] = "other_service",
};

static const char *const class_keys[INVOICE_CLASS_COUNT] = {
    [INVOICE_USAGE] = "negative_usage",
    [INVOICE_TAX] = "tax",
    [INVOICE_CREDIT] = "credit",
    [INVOICE_REFUND] = "refund",
    [INVOICE_DISCOUNT] = "discount",
    [INVOICE_COMMITMENT] = "commitment_fee",
    [INVOICE_UNUSED] = "unused_commitment",
    [INVOICE_NEGATION] = "savings_plan_negation",
    [INVOICE_UNKNOWN] = "unknown",
};

static json_t *sums_object(struct json_maker *maker, const struct invoice_sum *sums,
                           const char *const *keys, size_t count) {
    json_t *object = json_maker_object(maker);
    for (size_t i = 0; i < count; i++) {
        json_t *sum = json_maker_object(maker);
        json_maker_whole(maker, sum, "rows", sums[i].rows);
        json_maker_real(maker, sum, "usd", sums[i].usd);
        json_maker_set(maker, object, keys[i], sum);
    }
    return object;
}

static void set_amount(struct json_maker *maker, json_t *object, const char *key,
                       const struct invoice_amount *amount) {
    if (!amount->there) {
        json_maker_string(maker, object, key, NULL);
        return;
    }
    json_t *side = json_maker_object(maker);
    json_maker_real(maker, side, "quantity", amount->quantity);
    json_maker_real(maker, side, "usd", amount->usd);
    json_maker_set(maker, object, key, side);
}

static json_t *line_object(struct json_maker *maker, const struct invoice_line *line) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "item", line->title);
    json_maker_string(maker, object, "unit", line->unit);
    set_amount(maker, object, "billed", &line->billed);
    set_amount(maker, object, "predicted", &line->predicted);
    json_maker_real(maker, object, "difference_usd", line->difference_usd);
    json_maker_real(maker, object, "quantity_usd", line->quantity_usd);
    json_maker_real(maker, object, "price_usd", line->price_usd);
    json_maker_string(maker, object, "reason", line->reason);
    return object;
}

static json_t *bill_object(struct json_maker *maker, const struct invoice_comparison *comparison) {
    const struct invoice *invoice = comparison->invoice;
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "file", invoice->file);
    json_maker_string(maker, object, "layout", invoice->layout);
    json_maker_whole(maker, object, "rows", invoice->rows);
    json_maker_real(maker, object, "invoiced_usd", invoice->billed_usd);
    json_maker_string(maker, object, "start", invoice->start);
    json_maker_string(maker, object, "end", invoice->end);
    json_maker_real(maker, object, "hours", invoice->hours);
    json_maker_real(maker, object, "hour_factor", comparison->hour_factor);
    json_maker_real(maker, object, "month_factor", comparison->month_factor);
    json_maker_string(maker, object, "cluster", comparison->cluster);
    json_maker_string(maker, object, "namespace", comparison->space);
    json_maker_set(maker, object, "usage",
                   sums_object(maker, comparison->sums, exclusion_keys, INVOICE_EXCLUSION_COUNT));
    json_maker_set(maker, object, "apart",
                   sums_object(maker, invoice->apart, class_keys, INVOICE_CLASS_COUNT));
    return object;
}

enum status invoice_report_json(const struct invoice_report *report, struct text *text,
                                struct diagnostics *diagnostics) {
    const struct invoice_comparison *comparison = report->comparison;
    struct json_maker maker = {0};
    json_t *root = json_maker_object(&maker), *lines = json_maker_array(&maker);
    json_maker_whole(&maker, root, "schema_version", INVOICE_SCHEMA_VERSION);
    json_maker_string(&maker, root, "version", phrase_version());
    json_maker_string(&maker, root, "scenario", report->scenario->name);
    json_maker_real(&maker, root, "billed_usd_per_month", comparison->billed_usd);
    json_maker_real(&maker, root, "modelled_usd_per_month", comparison->modelled_usd);
    json_maker_real(&maker, root, "predicted_usd_per_month", comparison->predicted_usd);
    json_maker_set(&maker, root, "bill", bill_object(&maker, comparison));
    for (size_t i = 0; i < comparison->line_count; i++)
        json_maker_append(&maker, lines, line_object(&maker, &comparison->lines[i]));
    json_maker_set(&maker, root, "lines", lines);
    return json_maker_write(&maker, root, "the report", text, diagnostics);
}

/** A quantity or an amount, empty where the side has none. */
static void write_number(struct text *text, bool there, double number) {
    if (there)
        text_print(text, "%.6g", number);
    text_add(text, ",");
}

enum status invoice_report_csv(const struct invoice_report *report, struct text *text,
                               struct diagnostics *diagnostics) {
    text_add(text, "item,unit,billed_quantity,billed_usd,predicted_quantity,predicted_usd,"
                   "difference_usd,quantity_usd,price_usd,reason\n");
    for (size_t i = 0; i < report->comparison->line_count; i++) {
        const struct invoice_line *line = &report->comparison->lines[i];
        csv_write_field(text, line->title);
        text_print(text, ",%s,", line->unit);
        write_number(text, line->billed.there, line->billed.quantity);
        write_number(text, line->billed.there, line->billed.usd);
        write_number(text, line->predicted.there, line->predicted.quantity);
        write_number(text, line->predicted.there, line->predicted.usd);
        write_number(text, true, line->difference_usd);
        write_number(text, true, line->quantity_usd);
        write_number(text, true, line->price_usd);
        csv_write_field(text, line->reason);
        text_add(text, "\n");
    }
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the report") : STATUS_OK;
}
