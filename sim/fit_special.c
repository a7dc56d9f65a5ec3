#include "sim/fit_special.h"

#include "sim/base/units.h"

#include <stdio.h>

void fit_special_begin(struct text *markdown) {
    text_add(markdown,
             "\nRuns that coefficients of their own rest on, predicted by the full fit; a figure "
             "that a coefficient rests on alone is met by itself:\n\n"
             "| run | figure | measured | predicted | error |\n|---|---|--:|--:|--:|\n");
}

static void write_amount(struct text *markdown, enum fit_special_unit unit, double value) {
    static const char *const formats[] = {
        [FIT_SPECIAL_CORES] = "%.3f cores", [FIT_SPECIAL_SECONDS] = "%.0f s"};
    char buffer[32];
    if (unit == FIT_SPECIAL_BYTES)
        units_print_bytes(buffer, sizeof buffer, value);
    else
        snprintf(buffer, sizeof buffer, formats[unit], value);
    text_print(markdown, " %s |", buffer);
}

void fit_special_row(struct text *markdown, const char *run, const char *figure,
                     enum fit_special_unit unit, double measured, double predicted) {
    text_print(markdown, "| %s | %s |", run, figure);
    write_amount(markdown, unit, measured);
    write_amount(markdown, unit, predicted);
    text_print(markdown, " %+.1f %% |\n", 100 * (predicted / measured - 1));
}
