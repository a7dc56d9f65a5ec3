/* sweep.csv. */
#include "reports/sweep_report.h"
#include "sim/base/csv.h"

static void add_amount(struct text *text, bool known, double value) {
    text_add(text, ",");
    if (known)
        text_print(text, "%.6g", value == 0 ? 0 : value);
}

static void add_head(const struct sweep *sweep, struct text *text) {
    for (size_t i = 0; i < sweep->grid.axis_count; i++) {
        csv_write_field(text, sweep->grid.axes[i].key);
        text_add(text, ",");
    }
    text_add(text, "verdict,as_written,as_written_usd_per_month");
    for (size_t i = 0; i < TARGET_COUNT; i++)
        text_print(text, ",%s_probability", target_name((enum target_kind)i));
    text_add(text, ",best_nodes,best_usd_per_month\n");
}

static void add_row(const struct sweep *sweep, size_t point, struct text *text) {
    const struct sweep_row *row = &sweep->rows[point];
    for (size_t i = 0; i < sweep->grid.axis_count; i++) {
        csv_write_field(text, sweep_grid_value(&sweep->grid, point, i));
        text_add(text, ",");
    }
    text_print(text, "%s,%s", row->holds ? "holds" : "missed",
               row->written_holds ? "holds" : "missed");
    add_amount(text, true, row->written_usd_per_month);
    for (size_t i = 0; i < TARGET_COUNT; i++)
        add_amount(text, row->targets[i].set, row->targets[i].probability);
    text_add(text, ",");
    csv_write_field(text, row->best_nodes);
    add_amount(text, row->found, row->best_usd_per_month);
    text_add(text, "\n");
}

enum status sweep_csv(const struct sweep *sweep, struct text *text,
                      struct diagnostics *diagnostics) {
    add_head(sweep, text);
    for (size_t i = 0; i < sweep->grid.point_count; i++)
        add_row(sweep, i, text);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "sweep.csv") : STATUS_OK;
}
