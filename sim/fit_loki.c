#include "sim/fit_loki.h"

#include "models/loki_coefficients.h"
#include "models/loki_parts.h"
#include "sim/calibrate.h"
#include "sim/fit_loki_groups.h"

#include <math.h>

/** A heap that swings between what lives and twice that holds 1.5 times it on average. */
static const double swing_mean = 1.5;

/** What chunks hold follows from their structure; who measures their own Loki may find more or
 * less, about as surely as peaks of runs left out show. */
static const double structure_holds = 1;

/** A group, the model it completes and the runs it is held against. */
struct group_fit {
    const struct loki_group *group;
    const struct loki_model *model;
    const struct loki_run *runs[CALIBRATE_ROWS_MAX];
    double measured[CALIBRATE_ROWS_MAX];
    size_t count;
};

static double predict(const double *parameters, size_t row, const void *context) {
    const struct group_fit *fit = context;
    struct loki_model model = *fit->model;
    for (size_t i = 0; i < fit->group->count; i++)
        model.coefficient[fit->group->coefficient[i]] = parameters[i];
    return fit->group->predicted(&model, fit->runs[row]);
}

static struct calibrate_problem problem_of(const struct group_fit *fit) {
    return (struct calibrate_problem){.name = fit->group->name,
                                      .rows = fit->count,
                                      .parameters = fit->group->count,
                                      .measured = fit->measured,
                                      .start = fit->group->start,
                                      .prior_width = fit->group->prior_width,
                                      .noise = fit->group->noise,
                                      .predict = predict,
                                      .context = fit};
}

static void group_fit_init(enum loki_group_name name, const struct loki_model *model,
                           const struct loki_runs *runs, struct group_fit *fit) {
    *fit = (struct group_fit){.group = loki_group(name), .model = model};
    for (size_t i = 0; i < runs->count && fit->count < CALIBRATE_ROWS_MAX; i++) {
        if (!fit->group->takes_part(&runs->rows[i]))
            continue;
        fit->runs[fit->count] = &runs->rows[i];
        fit->measured[fit->count++] = fit->group->measured(&runs->rows[i]);
    }
}

static enum status solve_group(enum loki_group_name name, const struct loki_runs *runs,
                               struct loki_model *model, struct diagnostics *diagnostics) {
    struct group_fit fit;
    struct calibrate_solution solution;
    group_fit_init(name, model, runs, &fit);
    struct calibrate_problem problem = problem_of(&fit);
    enum status status = calibrate_fit(&problem, NULL, &solution, diagnostics);
    for (size_t i = 0; status == STATUS_OK && i < fit.group->count; i++) {
        model->coefficient[fit.group->coefficient[i]] = solution.value[i];
        model->standard_error[fit.group->coefficient[i]] = solution.standard_error[i];
    }
    return status;
}

/** Only this run shows a coefficient of the group, so nothing is learnt by leaving it out. */
static bool stands_alone(enum loki_group_name name, const struct loki_run *run) {
    return name == LOKI_GROUP_CPU && run->encoding != LOKI_ENCODING_SNAPPY;
}

enum status fit_loki_left_out(const struct loki_model *model, const struct loki_runs *runs,
                              enum loki_group_name name, struct fit_loki_residuals *residuals,
                              struct diagnostics *diagnostics) {
    struct group_fit fit;
    group_fit_init(name, model, runs, &fit);
    struct calibrate_problem problem = problem_of(&fit);
    enum status status = calibrate_leave_one_out(&problem, residuals->logarithm, diagnostics);
    residuals->count = fit.count;
    for (size_t i = 0; i < fit.count; i++) {
        residuals->runs[i] = fit.runs[i];
        if (stands_alone(name, fit.runs[i]))
            residuals->logarithm[i] = NAN;
    }
    return status;
}

static const struct loki_run *find_run(const struct loki_runs *runs,
                                       bool (*wanted)(const struct loki_run *)) {
    for (size_t i = 0; i < runs->count; i++)
        if (wanted(&runs->rows[i]))
            return &runs->rows[i];
    return NULL;
}

static bool is_idle(const struct loki_run *run) {
    return run->streams <= 0;
}

static bool has_queries(const struct loki_run *run) {
    return run->clock_queries_per_second > 0;
}

static bool has_restart(const struct loki_run *run) {
    return run->restart_seconds > 0;
}

/** What one process without load takes. */
static void take_idle(const struct loki_run *run, struct loki_model *model) {
    double *coefficient = model->coefficient;
    double live = run->heap_in_use_mean_bytes / swing_mean;
    coefficient[LOKI_memory_idle_live_bytes] = live;
    coefficient[LOKI_memory_fixed_bytes] = run->memory_peak_bytes - 2 * live;
    coefficient[LOKI_cpu_idle_cores] = run->clock_cpu_cores;
}

/** What queries add to the same run without them. */
static void take_queries(const struct loki_run *run, struct loki_model *model) {
    double *coefficient = model->coefficient;
    double rate = run->bytes_per_second * run->time_dilation;
    struct loki_load load = {.queries_per_second = run->clock_queries_per_second,
                             .query_range_seconds = run->clock_run_seconds,
                             .query_concurrency = run->query_concurrency};
    struct loki_need real, clock;
    loki_run_predict(model, run, &real);
    loki_run_predict_clock(model, run, &clock);
    coefficient[LOKI_memory_query_share] =
        fmax(run->memory_peak_bytes - real.memory_peak_bytes, 0) / 2 /
        loki_query_open_bytes(&load, rate);
    load.query_range_seconds /= 2;
    coefficient[LOKI_cpu_query_seconds_per_byte] =
        fmax(run->clock_cpu_cores - clock.cpu_cores, 0) / loki_query_bytes_per_second(&load, rate);
}

/** What a replay takes of what lived when the process was killed, at the end of the run. */
static void take_restart(const struct loki_run *run, struct loki_model *model) {
    double *coefficient = model->coefficient;
    double lived = coefficient[LOKI_memory_loaded_live_bytes] +
                   loki_run_chunk_heap_bytes(run, run->clock_run_seconds * run->time_dilation);
    double replayed = (run->restart_memory_peak_bytes - loki_resident_bytes(coefficient, 0)) / 2;
    coefficient[LOKI_replay_live_share] = replayed / lived;
    coefficient[LOKI_replay_seconds_per_byte] = run->restart_seconds / run->restart_wal_bytes;
}

/** Geometric mean over the runs with GOMEMLIMIT below what lives. */
static void take_goals(const struct loki_runs *runs, struct loki_model *model) {
    double sum = 0, count = 0;
    for (size_t i = 0; i < runs->count; i++) {
        const struct loki_run *run = &runs->rows[i];
        struct loki_need need;
        loki_run_predict(model, run, &need);
        if (run->memory_goal_bytes <= 0 || need.memory_live_bytes < run->memory_goal_bytes)
            continue;
        sum += log((run->memory_peak_bytes - need.memory_fixed_bytes) / need.memory_live_bytes);
        count++;
    }
    model->heap.trimmed_overhead = count > 0 ? exp(sum / count) : 1;
}

static enum status fit_groups(const struct loki_runs *runs, struct loki_model *model,
                              struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (int name = 0; status == STATUS_OK && name < LOKI_GROUP_COUNT; name++)
        status = solve_group((enum loki_group_name)name, runs, model, diagnostics);
    return status;
}

static enum status fit_coefficients(const struct loki_runs *runs, struct loki_model *model,
                                    struct diagnostics *diagnostics) {
    const struct loki_run *idle = find_run(runs, is_idle);
    const struct loki_run *queries = find_run(runs, has_queries);
    const struct loki_run *restart = find_run(runs, has_restart);
    if (!idle || !queries || !restart)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "Loki's runs need one idle, one with queries, one with a restart");
    *model = (struct loki_model){0};
    model->coefficient[LOKI_memory_chunk_factor] = structure_holds;
    take_idle(idle, model);
    enum status status = fit_groups(runs, model, diagnostics);
    take_queries(queries, model);
    take_restart(restart, model);
    take_goals(runs, model);
    return status;
}

/** Deviations of what is not fitted: chunks and their bytes over the runs. */
static void chunk_errors(const struct loki_runs *runs, struct loki_error *error) {
    double chunks[CALIBRATE_ROWS_MAX], stored[CALIBRATE_ROWS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < runs->count && count < CALIBRATE_ROWS_MAX; i++) {
        const struct loki_run *run = &runs->rows[i];
        double stored_bytes;
        if (!loki_run_is_plain(run))
            continue;
        chunks[count] = log(run->chunks / loki_run_chunks(run, &stored_bytes));
        stored[count++] = log(run->chunk_stored_bytes / stored_bytes);
    }
    error->chunks = calibrate_spread_of(chunks, count).root_mean_square;
    error->chunk_bytes = calibrate_spread_of(stored, count).root_mean_square;
}

/** Leave every run out of each group: deviations of all groups, residuals of those that are shown.
 */
static enum status fit_errors(struct fit_loki_left_out *out, struct diagnostics *diagnostics) {
    struct loki_error *error = &out->model.error;
    struct fit_loki_residuals not_shown = {0};
    const struct {
        enum loki_group_name name;
        double *deviation;
        struct fit_loki_residuals *residuals;
    } wanted[] = {{LOKI_GROUP_PEAK, &error->memory_peak, &out->peak},
                  {LOKI_GROUP_MEAN, &error->memory_mean, &out->mean},
                  {LOKI_GROUP_CPU, &error->cpu, &out->cpu},
                  {LOKI_GROUP_WAL_RATE, &error->wal_rate, &not_shown},
                  {LOKI_GROUP_WAL_PEAK, &error->wal_peak, &not_shown},
                  {LOKI_GROUP_INDEX, &error->index_bytes, &not_shown}};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sizeof wanted / sizeof *wanted; i++) {
        const struct fit_loki_residuals *residuals = wanted[i].residuals;
        status = fit_loki_left_out(&out->model, &out->runs, wanted[i].name, wanted[i].residuals,
                                   diagnostics);
        struct calibrate_spread spread =
            calibrate_spread_of(residuals->logarithm, residuals->count);
        *wanted[i].deviation = spread.root_mean_square;
        if (wanted[i].name == LOKI_GROUP_PEAK)
            error->degrees_of_freedom = (double)(spread.count - loki_group(wanted[i].name)->count);
    }
    chunk_errors(&out->runs, error);
    out->model.standard_error[LOKI_memory_chunk_factor] = error->memory_peak;
    return status;
}

/** Stored bytes of the runs whose peaks are predicted; no fit knows of them. */
static void compare_stored(const struct fit_loki_residuals *peak,
                           struct fit_loki_residuals *residuals) {
    residuals->count = peak->count;
    for (size_t i = 0; i < peak->count; i++) {
        double stored;
        loki_run_chunks(peak->runs[i], &stored);
        residuals->runs[i] = peak->runs[i];
        residuals->logarithm[i] = log(peak->runs[i]->chunk_stored_bytes / stored);
    }
}

/** Fit the runs of `out` and leave each out. */
static enum status leave_out(struct fit_loki_left_out *out, struct diagnostics *diagnostics) {
    enum status status = fit_coefficients(&out->runs, &out->model, diagnostics);
    if (status == STATUS_OK)
        status = fit_errors(out, diagnostics);
    compare_stored(&out->peak, &out->stored);
    return status;
}

enum status fit_loki_runs(const struct loki_runs *runs, struct loki_model *model,
                          struct diagnostics *diagnostics) {
    struct fit_loki_left_out out = {.runs = *runs};
    enum status status = leave_out(&out, diagnostics);
    *model = out.model;
    return status;
}

enum status fit_loki(struct arena *arena, struct loki_model *model,
                     struct diagnostics *diagnostics) {
    struct loki_runs runs;
    enum status status = loki_runs_read(arena, &runs, diagnostics);
    return status == STATUS_OK ? fit_loki_runs(&runs, model, diagnostics) : status;
}

enum status fit_loki_leave_out(struct arena *arena, struct fit_loki_left_out *left_out,
                               struct diagnostics *diagnostics) {
    *left_out = (struct fit_loki_left_out){0};
    enum status status = loki_runs_read(arena, &left_out->runs, diagnostics);
    return status == STATUS_OK ? leave_out(left_out, diagnostics) : status;
}
