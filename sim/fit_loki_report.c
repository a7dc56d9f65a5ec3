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

struct columns {
    struct fit_loki_residuals peak, mean, cpu;
};

static double stored_error(const struct loki_run *run) {
    double stored;
    loki_run_chunks(run, &stored);
    return log(run->chunk_stored_bytes / stored);
}

static void write_run(const struct loki_run *run, const struct columns *columns,
                      struct text *markdown) {
    double peak = residual_of(&columns->peak, run);
    double open = fmin(run->bytes_per_second * run->max_chunk_age_seconds,
                       run->streams * run->chunk_target_bytes * run->compression);
    text_print(markdown, "| %s |", run->name);
    write_bytes(markdown, run->memory_peak_bytes);
    write_bytes(markdown, run->memory_peak_bytes * exp(-peak));
    write_error(markdown, peak);
    write_bytes(markdown, open);
    write_error(markdown, residual_of(&columns->mean, run));
    write_error(markdown, residual_of(&columns->cpu, run));
    write_error(markdown, stored_error(run));
    text_add(markdown, "\n");
}

static void write_spread(const char *name, const double *residual, size_t count,
                         struct text *markdown) {
    struct calibrate_spread spread = calibrate_spread_of(residual, count);
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

static void add_coverage(struct coverage *coverage, const double *logarithm, size_t count,
                         double deviation, double degrees_of_freedom) {
    const double width = predict_interval(deviation, degrees_of_freedom);
    for (size_t i = 0; i < count; i++) {
        /* A run that a figure rests on alone has none when it is left out. */
        if (isnan(logarithm[i]))
            continue;
        coverage->within += fabs(logarithm[i]) <= width;
        coverage->count++;
    }
}

static void write_coverage(const struct loki_error *error, const struct columns *columns,
                           const double *stored, struct text *markdown) {
    struct coverage peak = {0, 0}, all;
    add_coverage(&peak, columns->peak.logarithm, columns->peak.count, error->memory_peak,
                 error->degrees_of_freedom);
    all = peak;
    add_coverage(&all, columns->mean.logarithm, columns->mean.count, error->memory_mean,
                 error->degrees_of_freedom);
    add_coverage(&all, columns->cpu.logarithm, columns->cpu.count, error->cpu,
                 error->degrees_of_freedom);
    add_coverage(&all, stored, columns->peak.count, error->chunk_bytes, error->degrees_of_freedom);
    text_print(
        markdown,
        "- Within their 90 %% intervals: %zu of %zu peaks, %zu of all %zu figures (%.0f %%).\n",
        peak.within, peak.count, all.within, all.count,
        100 * (double)all.within / (double)all.count);
}

static void write_table(const struct loki_model *model, const struct loki_runs *runs,
                        const struct columns *columns, struct text *markdown) {
    double stored[CALIBRATE_ROWS_MAX];
    text_add(markdown,
             "| run | peak | predicted | error | rate × chunk age | mean | CPU | stored |\n"
             "|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < columns->peak.count; i++) {
        write_run(columns->peak.runs[i], columns, markdown);
        stored[i] = stored_error(columns->peak.runs[i]);
    }
    text_add(markdown, "\n");
    write_spread("Peak memory", columns->peak.logarithm, columns->peak.count, markdown);
    write_spread("Mean memory", columns->mean.logarithm, columns->mean.count, markdown);
    write_spread("CPU", columns->cpu.logarithm, columns->cpu.count, markdown);
    write_spread("Stored bytes", stored, columns->peak.count, markdown);
    write_coverage(&model->error, columns, stored, markdown);
    write_special(model, runs, markdown);
}

enum status fit_loki_fidelity(struct arena *arena, struct text *markdown,
                              struct diagnostics *diagnostics) {
    struct loki_runs runs;
    struct loki_model model;
    struct columns columns = {0};
    enum status status = loki_runs_read(arena, &runs, diagnostics);
    if (status == STATUS_OK)
        status = fit_loki_runs(&runs, &model, diagnostics);
    if (status == STATUS_OK)
        status = fit_loki_left_out(&model, &runs, LOKI_GROUP_PEAK, &columns.peak, diagnostics);
    if (status == STATUS_OK)
        status = fit_loki_left_out(&model, &runs, LOKI_GROUP_MEAN, &columns.mean, diagnostics);
    if (status == STATUS_OK)
        status = fit_loki_left_out(&model, &runs, LOKI_GROUP_CPU, &columns.cpu, diagnostics);
    if (status == STATUS_OK)
        write_table(&model, &runs, &columns, markdown);
    return status;
}
