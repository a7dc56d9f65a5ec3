#include "sim/base/units.h"
#include "sim/calibrate.h"
#include "sim/fit_holdout.h"

#include <math.h>
#include <stdio.h>

static const char *const figure_names[FIT_HOLDOUT_FIGURE_COUNT] = {
    [FIT_HOLDOUT_PEAK] = "Peak memory", [FIT_HOLDOUT_MEAN] = "Mean memory",
    [FIT_HOLDOUT_CPU] = "CPU, dilated", [FIT_HOLDOUT_STORED] = "Stored bytes",
    [FIT_HOLDOUT_WAL] = "WAL on disk",
};

static void write_amount(struct text *markdown, size_t figure, double amount) {
    char buffer[32];
    if (figure == FIT_HOLDOUT_CPU)
        snprintf(buffer, sizeof buffer, "%.3f cores", amount);
    else
        units_print_bytes(buffer, sizeof buffer, amount);
    text_add(markdown, buffer);
}

static void write_value(struct text *markdown, size_t figure,
                        const struct fit_holdout_value *value) {
    text_print(markdown, " %s | ", figure_names[figure]);
    write_amount(markdown, figure, value->measured);
    text_add(markdown, " | ");
    write_amount(markdown, figure, value->predicted);
    text_print(markdown, " | %+.1f %% | ", 100 * expm1(-fit_holdout_residual(value)));
    write_amount(markdown, figure, value->predicted * exp(-value->width));
    text_add(markdown, " to ");
    write_amount(markdown, figure, value->predicted * exp(value->width));
    text_print(markdown, " | %s |\n", fit_holdout_is_inside(value) ? "yes" : "no");
}

static void write_rows(struct text *markdown, const struct fit_holdout *holdout) {
    text_add(markdown, "| run | figure | measured | predicted | error | 90 % interval | inside |\n"
                       "|---|---|--:|--:|--:|--:|---|\n");
    for (size_t row = 0; row < holdout->count; row++) {
        for (size_t figure = 0; figure < FIT_HOLDOUT_FIGURE_COUNT; figure++) {
            text_print(markdown, "| %s |", figure == 0 ? holdout->rows[row].run : "");
            write_value(markdown, figure, &holdout->rows[row].value[figure]);
        }
    }
    text_add(markdown, "\n");
}

/** One line a figure of one model: how far off, how many inside. */
static void write_spreads(struct text *markdown, const struct fit_holdout *holdout,
                          enum fit_holdout_model model, const char *name) {
    for (size_t figure = 0; figure < FIT_HOLDOUT_FIGURE_COUNT; figure++) {
        double residual[CALIBRATE_ROWS_MAX];
        size_t count = 0, inside = 0;
        for (size_t row = 0; row < holdout->count && count < CALIBRATE_ROWS_MAX; row++) {
            const struct fit_holdout_row *run = &holdout->rows[row];
            if (run->model != model)
                continue;
            residual[count++] = expm1(-fit_holdout_residual(&run->value[figure]));
            inside += fit_holdout_is_inside(&run->value[figure]);
        }
        struct calibrate_spread spread = calibrate_spread_of(residual, count);
        text_print(markdown,
                   "- %s, %s: %.1f %% at the median, %.1f %% at worst, %zu of %zu inside.\n", name,
                   figure_names[figure], 100 * spread.median, 100 * spread.greatest, inside, count);
    }
}

void fit_holdout_fidelity(const struct fit_holdout *holdout, struct text *markdown) {
    text_add(markdown, "Runs that no fit has seen, outside the range of those that they have, "
                       "predicted by the shipped models.\n\n");
    write_rows(markdown, holdout);
    write_spreads(markdown, holdout, FIT_HOLDOUT_LOKI, "Loki");
    write_spreads(markdown, holdout, FIT_HOLDOUT_TEMPO, "Tempo");
}
