#include "sim/base/units.h"
#include "sim/fit_loki.h"
#include "sim/fit_special.h"
#include "sim/predict.h"

#include <math.h>

static const char missing[] = "–";

/** Predicted against measured. */
static void write_error(struct text *markdown, double logarithm) {
    if (isnan(logarithm))
        text_print(markdown, " %s |", missing);
    else
        text_print(markdown, " %+.1f %% |", 100 * expm1(-logarithm));
}

static void write_bytes(struct text *markdown, double bytes) {
    char buffer[32];
    text_print(markdown, " %s |", units_print_bytes(buffer, sizeof buffer, bytes));
}

/** The row of `run` in a table of residuals, or NaN. */
static double residual_of(const struct fit_loki_residuals *residuals, const struct loki_run *run) {
    for (size_t i = 0; i < residuals->count; i++)
        if (residuals->runs[i] == run)
            return residuals->logarithm[i];
    return NAN;
}

static void write_run(const struct loki_run *run, const struct fit_loki_left_out *out,
                      struct text *markdown) {
    double peak = residual_of(&out->peak, run);
    double open = fmin(run->bytes_per_second * run->max_chunk_age_seconds,
                       run->streams * run->chunk_target_bytes * run->compression);
    text_print(markdown, "| %s |", run->name);
    write_bytes(markdown, run->memory_peak_bytes);
    write_bytes(markdown, run->memory_peak_bytes * exp(-peak));
    write_error(markdown, peak);
    write_bytes(markdown, open);
    write_error(markdown, residual_of(&out->mean, run));
    write_error(markdown, residual_of(&out->cpu, run));
    write_error(markdown, residual_of(&out->stored, run));
    text_add(markdown, "\n");
}

static void write_spread(const char *name, const struct fit_loki_residuals *residuals,
                         struct text *markdown) {
    struct calibrate_spread spread = calibrate_spread_of(residuals->logarithm, residuals->count);
    text_print(markdown, "- %s: %.1f %% at the median, %.1f %% at worst, %zu runs.\n", name,
               100 * spread.median, 100 * spread.greatest, spread.count);
}

/** What a run with queries or GOMEMLIMIT took, and the start after it where there was one. The
 *  model's start follows a kill at the fullest moment; the run was killed where it ended. */
static void write_special_run(const struct loki_model *model, const struct loki_run *run,
                              struct text *markdown) {
    struct loki_need real, clock;
    loki_run_predict(model, run, &real);
    loki_run_predict_clock(model, run, &clock);
    if (!loki_run_is_plain(run)) {
        fit_special_row(markdown, run->name, "peak memory", FIT_SPECIAL_BYTES,
                        run->memory_peak_bytes, loki_run_peak_bytes(model, run));
        fit_special_row(markdown, run->name, "CPU, dilated", FIT_SPECIAL_CORES,
                        run->clock_cpu_cores, clock.cpu_cores);
    }
    if (run->restart_seconds > 0) {
        fit_special_row(markdown, run->name, "peak memory of a replay, killed at its fullest",
                        FIT_SPECIAL_BYTES, run->restart_memory_peak_bytes,
                        real.replay_memory_peak_bytes);
        fit_special_row(markdown, run->name, "replay, killed at its fullest", FIT_SPECIAL_SECONDS,
                        run->restart_seconds, real.replay_seconds);
    }
}

static void write_special(const struct loki_model *model, const struct loki_runs *runs,
                          struct text *markdown) {
    fit_special_begin(markdown);
    for (size_t i = 0; i < runs->count; i++)
        write_special_run(model, &runs->rows[i], markdown);
}

/** Left-out figures, and how many of them lie within their 90 % interval. */
struct coverage {
    size_t within, count;
};

static void add_coverage(struct coverage *coverage, const struct fit_loki_residuals *residuals,
                         double deviation, double degrees_of_freedom) {
    const double width = predict_interval(deviation, degrees_of_freedom);
    for (size_t i = 0; i < residuals->count; i++) {
        /* A run that a figure rests on alone has none when it is left out. */
        if (isnan(residuals->logarithm[i]))
            continue;
        coverage->within += fabs(residuals->logarithm[i]) <= width;
        coverage->count++;
    }
}

static void write_coverage(const struct fit_loki_left_out *out, struct text *markdown) {
    const struct loki_error *error = &out->model.error;
    const double freedom = error->degrees_of_freedom;
    struct coverage peak = {0, 0}, all;
    add_coverage(&peak, &out->peak, error->memory_peak, freedom);
    all = peak;
    add_coverage(&all, &out->mean, error->memory_mean, freedom);
    add_coverage(&all, &out->cpu, error->cpu, freedom);
    add_coverage(&all, &out->stored, error->chunk_bytes, freedom);
    text_print(
        markdown,
        "- Within their 90 %% intervals: %zu of %zu peaks, %zu of all %zu figures (%.0f %%).\n",
        peak.within, peak.count, all.within, all.count,
        100 * (double)all.within / (double)all.count);
}

void fit_loki_fidelity(const struct fit_loki_left_out *out, struct text *markdown) {
    text_add(markdown,
             "| run | peak | predicted | error | rate × chunk age | mean | CPU | stored |\n"
             "|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < out->peak.count; i++)
        write_run(out->peak.runs[i], out, markdown);
    text_add(markdown, "\n");
    write_spread("Peak memory", &out->peak, markdown);
    write_spread("Mean memory", &out->mean, markdown);
    write_spread("CPU", &out->cpu, markdown);
    write_spread("Stored bytes", &out->stored, markdown);
    write_coverage(out, markdown);
    write_special(&out->model, &out->runs, markdown);
}
