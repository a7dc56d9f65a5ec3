/* cost.csv and series.csv. */
#include "sim/base/csv.h"
#include "reports/report.h"

/** Six significant digits, as in result.json. */
static void add_number(struct text *text, double value) {
    text_print(text, ",%.6g", value == 0 ? 0 : value);
}

static void add_field(struct text *text, const char *field) {
    text_add(text, ",");
    csv_write_field(text, field ? field : "");
}

static void add_bill(struct text *text, const char *plan, const struct bill *bill) {
    for (size_t i = 0; i < bill->count; i++) {
        const struct cost_item *item = &bill->items[i];
        csv_write_field(text, plan);
        add_field(text, item->component);
        add_field(text, item->item);
        add_number(text, item->quantity);
        add_field(text, item->unit);
        add_number(text, item->usd_per_unit);
        add_number(text, item->usd_per_month);
        add_field(text, item->source);
        text_add(text, "\n");
    }
}

enum status report_cost_csv(const struct report *report, struct text *text,
                            struct diagnostics *diagnostics) {
    const struct result *result = report->result;
    text_add(text, "plan,component,item,quantity,unit,usd_per_unit,usd_per_month,price_source\n");
    add_bill(text, "as written", &result->as_written->bill);
    if (result->best)
        add_bill(text, "best", &result->best->bill);
    for (size_t i = 0; i < MANAGED_COUNT; i++)
        add_bill(text, managed_name(result->managed[i].service), &result->managed[i].bill);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "cost.csv") : STATUS_OK;
}

static void add_series(struct text *text, const char *plan, const struct series *series) {
    for (size_t i = 0; i < series->points; i++) {
        csv_write_field(text, plan);
        add_field(text, series->name);
        add_field(text, series->unit);
        add_number(text, series->day[i]);
        for (size_t q = 0; q < SERIES_QUANTILES; q++)
            add_number(text, series->quantile[q][i]);
        if (series->limit > 0)
            add_number(text, series->limit);
        else
            text_add(text, ",");
        text_add(text, "\n");
    }
}

enum status report_series_csv(const struct report *report, struct text *text,
                              struct diagnostics *diagnostics) {
    const struct result *result = report->result;
    text_add(text, "plan,series,unit,day,p5,p25,p50,p75,p95,limit\n");
    for (size_t i = 0; i < result->as_written_series_count; i++)
        add_series(text, "as written", &result->as_written_series[i]);
    for (size_t i = 0; i < result->best_series_count; i++)
        add_series(text, "best", &result->best_series[i]);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "series.csv") : STATUS_OK;
}
