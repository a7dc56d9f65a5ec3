#include "sim/fit_tempo.h"

#include "models/tempo_coefficients.h"
#include "sim/calibrate.h"
#include "sim/fit_special.h"
#include "sim/fit_tempo_parts.h"
#include "sim/tempo_runs.h"

#include <math.h>

/** Of the variance of a run's peak, what is taken to stay for one installation. Three runs of one
 *  setting (v02, v09, v14) differ as much as runs of different settings do from the model, so
 *  nearly all is chance; a quarter is kept because no real service is the load generator. */
static const double lasting_share = 0.25;

/** The rule of thumb that the model is held against: 0.8 GB and 95 kB per root of a block's bytes.
 */
static const double rule_base_bytes = 0.8e9;
static const double rule_bytes_per_root = 95e3;

/** Cores of collection where GOMEMLIMIT is twice the live heap. Two runs cannot tell this from how
 *  long it lasts, so it is set, and the seconds are fitted to it. */
static const double collector_gain = 0.05;

/** Spread expected of figures that were measured once. */
static const double once_relative_error = 0.5;

static enum status need_run(const struct tempo_runs *runs, const char *name,
                            const struct tempo_run **run, struct diagnostics *diagnostics) {
    *run = tempo_run_find(runs, name);
    if (*run)
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INVALID, "models/data/calibration/tempo.csv", 0, 0,
                           "run `%s` is missing", name);
}

static void set_once(struct tempo_model *model, enum tempo_coefficient coefficient, double value,
                     double relative_error) {
    model->coefficient[coefficient] = value;
    model->standard_error[coefficient] = relative_error * value;
}

/** What a process without load is made of; the heap doubles between collections. */
static enum status take_idle(const struct tempo_runs *runs, struct tempo_model *model,
                             struct diagnostics *diagnostics) {
    const struct tempo_run *idle = NULL;
    enum status status = need_run(runs, "t00_idle", &idle, diagnostics);
    if (status != STATUS_OK)
        return status;
    double fixed = idle->memory_mean_bytes - idle->heap_in_use_mean_bytes;
    set_once(model, TEMPO_memory_fixed_bytes, fixed, 0.05);
    set_once(model, TEMPO_memory_idle_heap_bytes,
             (idle->memory_peak_bytes - fixed) / (1 + idle->settings.gogc / 100), 0.2);
    set_once(model, TEMPO_cpu_base_cores, idle->cpu_cores_dilated, 0.3);
    return STATUS_OK;
}

/** What three searches in ten seconds added to a run that is otherwise like others. */
static enum status take_searches(const struct tempo_runs *runs, struct tempo_model *model,
                                 struct diagnostics *diagnostics) {
    const struct tempo_run *run = NULL;
    enum status status = need_run(runs, "v06_20tps_query", &run, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct tempo_load quiet = run->load;
    struct tempo_need need;
    quiet.queries_per_second = 0;
    tempo_predict(model, &run->settings, &quiet, 1, &need);
    set_once(model, TEMPO_memory_query_bytes,
             fmax(1e6, run->memory_peak_bytes - need.memory_free_peak_bytes), 1);
    set_once(model, TEMPO_cpu_seconds_per_query,
             fmax(1e-3, run->cpu_cores_dilated - run->time_dilation * need.cpu_cores) /
                 run->load.queries_per_second,
             1);
    return STATUS_OK;
}

/** How far below the live heap the two runs under GOMEMLIMIT were trimmed, and what it cost. */
static enum status take_goals(const struct tempo_runs *runs, struct tempo_model *model,
                              struct diagnostics *diagnostics) {
    static const char *const names[] = {"v07_20tps_gml700", "v12_20tps_rg10_md10m_gml450"};
    const double count = sizeof names / sizeof *names;
    double trimmed = 0, seconds = 0;
    model->heap = (struct go_heap_model){.trimmed_overhead = 1, .collector_gain = collector_gain};
    model->coefficient[TEMPO_cpu_collector_seconds] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct tempo_run *run = NULL;
        struct tempo_need need;
        enum status status = need_run(runs, names[i], &run, diagnostics);
        if (status != STATUS_OK)
            return status;
        tempo_predict(model, &run->settings, &run->load, 1, &need);
        double cores = go_heap_collector_cores(&model->heap, need.memory_free_peak_bytes,
                                               need.memory_live_bytes, need.memory_fixed_bytes,
                                               run->settings.memory_goal_bytes);
        double extra = fmax(1e-4, run->cpu_cores_dilated / run->time_dilation - need.cpu_cores);
        trimmed += log((run->memory_peak_bytes - need.memory_fixed_bytes) / need.memory_live_bytes);
        seconds += log(extra * run->settings.max_block_duration_seconds / cores);
    }
    model->heap.trimmed_overhead = exp(trimmed / count);
    set_once(model, TEMPO_cpu_collector_seconds, exp(seconds / count), once_relative_error);
    return STATUS_OK;
}

static enum status take_restart(const struct tempo_runs *runs, struct tempo_model *model,
                                struct diagnostics *diagnostics) {
    const struct tempo_run *run = NULL;
    enum status status = need_run(runs, "v07_20tps_gml700", &run, diagnostics);
    if (status != STATUS_OK)
        return status;
    set_once(model, TEMPO_replay_seconds, run->ready_seconds, once_relative_error);
    set_once(model, TEMPO_replay_memory_fraction,
             run->ready_memory_peak_bytes / run->memory_peak_bytes, once_relative_error);
    return STATUS_OK;
}

static enum status fit_coefficients(const struct tempo_runs *runs, struct tempo_model *model,
                                    struct diagnostics *diagnostics) {
    *model = (struct tempo_model){0};
    fit_tempo_start(model);
    enum status status = take_idle(runs, model, diagnostics);
    for (int part = 0; part < TEMPO_PART_COUNT && status == STATUS_OK; part++)
        status = fit_tempo_part(runs, (enum tempo_part)part, model, diagnostics);
    if (status == STATUS_OK)
        status = take_searches(runs, model, diagnostics);
    if (status == STATUS_OK)
        status = take_goals(runs, model, diagnostics);
    return status == STATUS_OK ? take_restart(runs, model, diagnostics) : status;
}

static enum status score(const struct tempo_runs *runs, const struct tempo_model *model,
                         struct fit_tempo_left_out *out, struct diagnostics *diagnostics) {
    const struct {
        enum tempo_part part;
        double *residual;
    } figures[] = {{TEMPO_PART_PEAK, out->memory_peak},
                   {TEMPO_PART_MEAN, out->memory_mean},
                   {TEMPO_PART_CPU, out->cpu},
                   {TEMPO_PART_WAL, out->wal_peak},
                   {TEMPO_PART_STORED, out->block_bytes}};
    enum status status = STATUS_OK;
    out->count = 0;
    for (size_t i = 0; i < runs->count && out->count < FIT_TEMPO_RUNS_MAX; i++)
        if (tempo_run_is_plain(&runs->runs[i]))
            out->run[out->count++] = runs->runs[i].name;
    for (size_t i = 0; i < sizeof figures / sizeof *figures && status == STATUS_OK; i++)
        status = fit_tempo_leave_out_part(runs, figures[i].part, model, out->run, out->count,
                                          figures[i].residual, diagnostics);
    return status;
}

static double deviation(const double *residual, size_t count) {
    return calibrate_spread_of(residual, count).root_mean_square;
}

static struct tempo_error error_of(const struct fit_tempo_left_out *out) {
    double peak = deviation(out->memory_peak, out->count);
    return (struct tempo_error){.memory_peak = peak * sqrt(lasting_share),
                                .memory_chance =
                                    peak * sqrt(1 - lasting_share) / TEMPO_RUN_SHARE_OF_CHANCE,
                                .memory_mean = deviation(out->memory_mean, out->count),
                                .cpu = deviation(out->cpu, out->count),
                                .wal_peak = deviation(out->wal_peak, out->count),
                                .block_bytes = deviation(out->block_bytes, out->count),
                                .degrees_of_freedom = (double)out->count - 2};
}

enum status fit_tempo_leave_out(struct arena *arena, struct fit_tempo_left_out *left_out,
                                struct diagnostics *diagnostics) {
    struct tempo_model *model = &left_out->model;
    enum status status = tempo_runs_read(arena, &left_out->runs, diagnostics);
    if (status == STATUS_OK)
        status = fit_coefficients(&left_out->runs, model, diagnostics);
    if (status == STATUS_OK)
        status = score(&left_out->runs, model, left_out, diagnostics);
    if (status == STATUS_OK)
        model->error = error_of(left_out);
    return status;
}

enum status fit_tempo(struct arena *arena, struct tempo_model *model,
                      struct diagnostics *diagnostics) {
    struct fit_tempo_left_out left_out;
    enum status status = fit_tempo_leave_out(arena, &left_out, diagnostics);
    if (status == STATUS_OK)
        *model = left_out.model;
    return status;
}

/** Error in per cent of a prediction whose ln(measured / predicted) is `residual`. */
static double percent(double residual) {
    return 100 * expm1(-residual);
}

static void write_run(const struct tempo_run *run, const struct fit_tempo_left_out *out, size_t i,
                      struct text *markdown) {
    const struct tempo_load *load = &run->load;
    double block = load->traces_per_second * load->spans_per_trace * load->bytes_per_span *
                   run->settings.max_block_duration_seconds;
    double rule = rule_base_bytes + rule_bytes_per_root * sqrt(block);
    double measured = run->memory_peak_bytes;
    text_print(markdown, "| %s | %.0f MB | %.2f GB | %.2f GB | %+.0f %% | %+.0f %% | ", run->name,
               block / 1e6, measured / 1e9, measured * exp(-out->memory_peak[i]) / 1e9,
               percent(out->memory_peak[i]), 100 * (rule / measured - 1));
    text_print(markdown, "%+.0f %% | %+.0f %% | %+.0f %% | ", percent(out->memory_mean[i]),
               percent(out->cpu[i]), percent(out->wal_peak[i]));
    if (isnan(out->block_bytes[i]))
        text_add(markdown, "– |\n");
    else
        text_print(markdown, "%+.0f %% |\n", percent(out->block_bytes[i]));
}

static void write_spread(const char *name, const double *residual, size_t count,
                         struct text *markdown) {
    double errors[FIT_TEMPO_RUNS_MAX];
    for (size_t i = 0; i < count; i++)
        errors[i] = percent(residual[i]);
    struct calibrate_spread spread = calibrate_spread_of(errors, count);
    text_print(markdown, "- %s: %.0f %% at the median, %.0f %% at worst.\n", name, spread.median,
               spread.greatest);
}

/** What a run with searches or GOMEMLIMIT took, and the start after it where there was one. */
static void write_special_run(const struct tempo_model *model, const struct tempo_run *run,
                              struct text *markdown) {
    struct tempo_load quiet = run->load;
    struct tempo_need need;
    /* Searches are not dilated: they are added to the load's CPU on the machine's own clock. */
    quiet.queries_per_second /= run->time_dilation;
    tempo_predict(model, &run->settings, &run->load, 1, &need);
    fit_special_row(markdown, run->name, "peak memory", FIT_SPECIAL_BYTES, run->memory_peak_bytes,
                    need.memory_peak_bytes);
    if (run->ready_seconds > 0) {
        fit_special_row(markdown, run->name, "peak memory of the start", FIT_SPECIAL_BYTES,
                        run->ready_memory_peak_bytes, need.replay_memory_peak_bytes);
        fit_special_row(markdown, run->name, "start", FIT_SPECIAL_SECONDS, run->ready_seconds,
                        need.replay_seconds);
    }
    tempo_predict(model, &run->settings, &quiet, 1, &need);
    fit_special_row(markdown, run->name, "CPU, dilated", FIT_SPECIAL_CORES, run->cpu_cores_dilated,
                    run->time_dilation * need.cpu_cores);
}

static void write_special(const struct tempo_model *model, const struct tempo_runs *runs,
                          struct text *markdown) {
    fit_special_begin(markdown);
    for (size_t i = 0; i < runs->count; i++)
        if (runs->runs[i].load.traces_per_second > 0 && !tempo_run_is_plain(&runs->runs[i]))
            write_special_run(model, &runs->runs[i], markdown);
}

void fit_tempo_fidelity(const struct fit_tempo_left_out *out, struct text *markdown) {
    text_add(markdown, "| run | block | peak | predicted | error | rule of thumb | mean | CPU | "
                       "WAL | stored |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < out->count; i++)
        write_run(tempo_run_find(&out->runs, out->run[i]), out, i, markdown);
    text_add(markdown, "\n");
    write_spread("Peak memory", out->memory_peak, out->count, markdown);
    write_spread("Mean memory", out->memory_mean, out->count, markdown);
    write_spread("CPU", out->cpu, out->count, markdown);
    write_spread("WAL on disk", out->wal_peak, out->count, markdown);
    write_spread("Stored bytes", out->block_bytes, out->count, markdown);
    write_special(&out->model, &out->runs, markdown);
}
