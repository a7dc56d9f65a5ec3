#include "sim/fit_tempo_parts.h"

#include "models/tempo_coefficients.h"
#include "sim/calibrate.h"

#include <math.h>
#include <string.h>

/** A measured figure and what of a prediction it is held against. */
struct observation {
    const char *run;
    struct tempo_settings settings;
    struct tempo_load load;
    double measured;
    double (*figure)(const struct tempo_need *need);
};

struct observations {
    struct observation rows[CALIBRATE_ROWS_MAX];
    size_t count;
};

static double figure_peak(const struct tempo_need *need) {
    return need->memory_free_peak_bytes;
}

static double figure_heap(const struct tempo_need *need) {
    return need->memory_free_peak_bytes - need->memory_fixed_bytes;
}

static double figure_idle_heap(const struct tempo_need *need) {
    return need->memory_idle_bytes - need->memory_fixed_bytes;
}

static double figure_mean(const struct tempo_need *need) {
    return need->memory_mean_bytes;
}

static double figure_cpu(const struct tempo_need *need) {
    return need->cpu_cores;
}

static double figure_wal(const struct tempo_need *need) {
    return need->wal_peak_bytes;
}

static double figure_stored(const struct tempo_need *need) {
    return need->block_bytes_per_second;
}

static void add(struct observations *all, const char *run, const struct tempo_settings *settings,
                const struct tempo_load *load, double measured,
                double (*figure)(const struct tempo_need *need)) {
    if (isnan(measured) || all->count == CALIBRATE_ROWS_MAX)
        return;
    all->rows[all->count++] = (struct observation){run, *settings, *load, measured, figure};
}

/** Geometric mean of a figure of all completions of `run`; NaN when none has it. */
static double mean_of_blocks(const struct tempo_runs *runs, const char *run, size_t offset) {
    double logs = 0, count = 0;
    for (size_t i = 0; i < runs->block_count; i++) {
        double figure = 0;
        memcpy(&figure, (const char *)&runs->blocks[i] + offset, sizeof figure);
        if (strcmp(runs->blocks[i].run, run) != 0 || isnan(figure))
            continue;
        logs += log(figure);
        count += 1;
    }
    return count > 0 ? exp(logs / count) : NAN;
}

static bool is_first_of_run(const struct tempo_runs *runs, size_t block) {
    for (size_t i = 0; i < block; i++)
        if (strcmp(runs->blocks[i].run, runs->blocks[block].run) == 0)
            return false;
    return true;
}

/** One observation a run of blocks: several of one run are not independent. */
static void add_blocks(const struct tempo_runs *runs, size_t offset, bool compaction,
                       double (*figure)(const struct tempo_need *need), struct observations *all) {
    for (size_t i = 0; i < runs->block_count; i++) {
        struct tempo_settings settings = runs->blocks[i].settings;
        if (!is_first_of_run(runs, i))
            continue;
        if (!compaction)
            settings.compaction_window_seconds = settings.max_block_duration_seconds;
        add(all, runs->blocks[i].run, &settings, &runs->blocks[i].load,
            mean_of_blocks(runs, runs->blocks[i].run, offset), figure);
    }
}

static void collect_base(const struct tempo_runs *runs, struct observations *all) {
    add_blocks(runs, offsetof(struct tempo_block, idle_heap_goal_bytes), true, figure_idle_heap,
               all);
}

static void collect_completions(const struct tempo_runs *runs, struct observations *all) {
    add_blocks(runs, offsetof(struct tempo_block, heap_goal_bytes), false, figure_heap, all);
    add_blocks(runs, offsetof(struct tempo_block, resident_peak_bytes), false, figure_peak, all);
}

static double measured_peak(const struct tempo_run *run) {
    return run->memory_peak_bytes;
}

static double measured_mean(const struct tempo_run *run) {
    return run->memory_mean_bytes;
}

static double measured_stored(const struct tempo_run *run) {
    return run->block_stored_bytes / run->settings.max_block_duration_seconds;
}

static double measured_wal(const struct tempo_run *run) {
    return run->wal_peak_bytes;
}

static double measured_cpu(const struct tempo_run *run) {
    return run->cpu_cores_dilated / run->time_dilation;
}

/** A coefficient to fit: where to begin and how far it may be from there (ln). */
struct unknown {
    enum tempo_coefficient coefficient;
    double start, prior_width;
};

#define UNKNOWNS_MAX 4
struct part {
    const char *name;
    double noise;
    double (*measured)(const struct tempo_run *run); /**< of plain runs, first; may be NULL */
    double (*figure)(const struct tempo_need *need); /**< what it is held against */
    void (*collect_blocks)(const struct tempo_runs *runs, struct observations *all); /**< or NULL */
    size_t count;
    struct unknown unknowns[UNKNOWNS_MAX];
};

/*
 * Where the priors come from: a trace's id stays in a buffer of 512 bytes and in a hash map until
 * its block is completed (Tempo 2.6.1, pkg/tempopb/prealloc.go); a WAL page that is being read
 * holds at least two buffers of 4 KiB for each of 103 columns and up to seven; a value in a row
 * group takes its levels and some bytes; a compaction reads two blocks through 103 columns of up to
 * three 256 KiB buffers, and Go's allocator and pools keep as much again; Parquet with snappy
 * stores a span in 100 bytes or so.
 */
static const struct part parts[TEMPO_PART_COUNT] = {
    [TEMPO_PART_BASE] = {.name = "Tempo's heap between blocks",
                         .noise = 0.1,
                         .collect_blocks = collect_base,
                         .count = 2,
                         .unknowns = {{TEMPO_memory_load_heap_bytes, 4e7, 1},
                                      {TEMPO_memory_per_trace_bytes, 600, 0.15}}},
    [TEMPO_PART_PEAK] = {.name = "Tempo's peak memory",
                         .noise = 0.11,
                         .measured = measured_peak,
                         .figure = figure_peak,
                         .collect_blocks = collect_completions,
                         .count = 4,
                         .unknowns = {{TEMPO_memory_complete_bytes, 2.5e8, 0.7},
                                      {TEMPO_memory_per_page_bytes, 1.5e6, 0.7},
                                      {TEMPO_memory_per_row_value_bytes, 4, 0.7},
                                      {TEMPO_memory_compact_bytes, 8e8, 0.7}}},
    [TEMPO_PART_MEAN] = {.name = "Tempo's mean memory",
                         .noise = 0.25,
                         .measured = measured_mean,
                         .figure = figure_mean,
                         .count = 1,
                         .unknowns = {{TEMPO_memory_mean_fraction, 0.4, 1}}},
    [TEMPO_PART_STORED] = {.name = "Tempo's stored bytes",
                           .noise = 0.03,
                           .measured = measured_stored,
                           .figure = figure_stored,
                           .count = 3,
                           .unknowns = {{TEMPO_stored_bytes_per_byte, 0.15, 1},
                                        {TEMPO_stored_bytes_per_span, 30, 1},
                                        {TEMPO_stored_bytes_per_trace, 100, 1}}},
    [TEMPO_PART_WAL] = {.name = "Tempo's WAL",
                        .noise = 0.12,
                        .measured = measured_wal,
                        .figure = figure_wal,
                        .count = 2,
                        .unknowns = {{TEMPO_wal_bytes_per_byte, 0.3, 0.5},
                                     {TEMPO_wal_bytes_per_span, 80, 0.5}}},
    [TEMPO_PART_CPU] = {.name = "Tempo's CPU",
                        .noise = 0.08,
                        .measured = measured_cpu,
                        .figure = figure_cpu,
                        .count = 2,
                        .unknowns = {{TEMPO_cpu_cores_at_one_trace, 1e-3, 1},
                                     {TEMPO_cpu_seconds_per_byte, 5e-8, 1}}},
};

static void collect(const struct part *part, const struct tempo_runs *runs,
                    struct observations *all) {
    all->count = 0;
    for (size_t i = 0; i < runs->count && part->measured; i++)
        if (tempo_run_is_plain(&runs->runs[i]))
            add(all, runs->runs[i].name, &runs->runs[i].settings, &runs->runs[i].load,
                part->measured(&runs->runs[i]), part->figure);
    if (part->collect_blocks)
        part->collect_blocks(runs, all);
}

/** A part, the model it completes and the figures it is held against. */
struct part_fit {
    const struct part *part;
    const struct tempo_model *model;
    struct observations all;
    double measured[CALIBRATE_ROWS_MAX], start[UNKNOWNS_MAX], prior_width[UNKNOWNS_MAX];
};

static double predict_row(const double *parameters, size_t row, const void *context) {
    const struct part_fit *fit = context;
    const struct observation *observation = &fit->all.rows[row];
    struct tempo_model model = *fit->model;
    struct tempo_need need;
    for (size_t i = 0; i < fit->part->count; i++)
        model.coefficient[fit->part->unknowns[i].coefficient] = parameters[i];
    tempo_predict(&model, &observation->settings, &observation->load, 1, &need);
    return observation->figure(&need);
}

/** Fill `fit`, which the problem returned borrows. */
static struct calibrate_problem part_fit_init(const struct tempo_runs *runs, enum tempo_part which,
                                              const struct tempo_model *model,
                                              struct part_fit *fit) {
    const struct part *part = &parts[which];
    fit->part = part;
    fit->model = model;
    collect(part, runs, &fit->all);
    for (size_t i = 0; i < fit->all.count; i++)
        fit->measured[i] = fit->all.rows[i].measured;
    for (size_t i = 0; i < part->count; i++) {
        fit->start[i] = part->unknowns[i].start;
        fit->prior_width[i] = part->unknowns[i].prior_width;
    }
    return (struct calibrate_problem){.name = part->name,
                                      .rows = fit->all.count,
                                      .parameters = part->count,
                                      .measured = fit->measured,
                                      .start = fit->start,
                                      .prior_width = fit->prior_width,
                                      .noise = part->noise,
                                      .predict = predict_row,
                                      .context = fit};
}

void fit_tempo_start(struct tempo_model *model) {
    for (size_t p = 0; p < TEMPO_PART_COUNT; p++)
        for (size_t i = 0; i < parts[p].count; i++)
            model->coefficient[parts[p].unknowns[i].coefficient] = parts[p].unknowns[i].start;
}

enum status fit_tempo_part(const struct tempo_runs *runs, enum tempo_part which,
                           struct tempo_model *model, struct diagnostics *diagnostics) {
    struct part_fit fit;
    struct calibrate_solution solution;
    const struct calibrate_problem problem = part_fit_init(runs, which, model, &fit);
    enum status status = calibrate_fit(&problem, NULL, &solution, diagnostics);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < fit.part->count; i++) {
        enum tempo_coefficient coefficient = fit.part->unknowns[i].coefficient;
        model->coefficient[coefficient] = solution.value[i];
        model->standard_error[coefficient] = solution.standard_error[i];
    }
    return STATUS_OK;
}

/** Leave the rows of `run` out of `use`; the first of them, or `all->count` when there is none. */
static size_t leave_out(const struct observations *all, const char *run, bool *use) {
    size_t first = all->count;
    for (size_t i = all->count; i-- > 0;) {
        use[i] = strcmp(all->rows[i].run, run) != 0;
        first = use[i] ? first : i;
    }
    return first;
}

enum status fit_tempo_leave_out_part(const struct tempo_runs *runs, enum tempo_part which,
                                     const struct tempo_model *model, const char *const *names,
                                     size_t count, double *residual,
                                     struct diagnostics *diagnostics) {
    struct part_fit fit;
    struct calibrate_solution solution;
    const struct calibrate_problem problem = part_fit_init(runs, which, model, &fit);
    enum status status = STATUS_OK;
    for (size_t run = 0; run < count && status == STATUS_OK; run++) {
        bool use[CALIBRATE_ROWS_MAX];
        size_t row = leave_out(&fit.all, names[run], use);
        residual[run] = NAN;
        if (row == fit.all.count)
            continue;
        status = calibrate_fit(&problem, use, &solution, diagnostics);
        if (status == STATUS_OK)
            residual[run] = solution.residual[row];
    }
    return status;
}
