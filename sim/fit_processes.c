#include "sim/fit_processes.h"

#include "sim/base/csv.h"
#include "sim/calibrate.h"

#include <math.h>
#include <string.h>

/** Four or five rows and three or four coefficients: what is left over says little, so errors are
 *  twice what it says. */
static const double few_rows_factor = 2;

/** A tenth of the lowest rate the collector was measured at, where its fixed work was all there. */
static const double collector_half_rate = 16;

/**
 * Alloy, published. Base: 218 MB resident with journal and file logs on a small host, grafana/alloy
 * issue 6480 (2026-06); 300 MB a pod and 400 MB were reported too (issues 4787 and 3953), which the
 * error covers. CPU: one core per MiB/s of logs says "Estimate Grafana Alloy resource usage"
 * (grafana.com/docs/alloy), ten times what Promtail was measured at; the middle of the two, with
 * an error that reaches either. Its 120 MiB per MiB/s agree with Promtail's growth at 200 kB/s.
 */
static const double alloy_base_bytes = 218e6;
static const double alloy_memory_error = 0.35;
static const double alloy_cpu_seconds_per_byte = 1.0 / 1048576;

/**
 * Grafana 11, published. Idle: 100 to 150 MB, and 0.2 % of a core (grafana/grafana issue 99749,
 * 11.4.1). By user: the least that "Install Grafana" (grafana.com/docs/grafana) asks for, 512 MB
 * and one core, over the 25 users its small tier ends at; panels are refreshed for a part of the
 * time, so a quarter of that core on average. 300 MiB held one user and some alerts on 12.4 (issue
 * 123017), and 512 MiB fell to one slow dashboard elsewhere: hence the errors.
 */
static const struct grafana_model published_grafana = {.memory_base_bytes = 130e6,
                                                       .memory_bytes_per_user =
                                                           (512e6 - 130e6) / 25,
                                                       .cpu_base_cores = 0.002,
                                                       .cpu_cores_per_user = 0.25 / 25,
                                                       .disk_bytes = 50e6,
                                                       .memory_error = 0.3,
                                                       .cpu_error = 1};

#define ROWS_MAX 16
struct rows {
    size_t count;
    double rate[ROWS_MAX]; /**< spans or bytes per second */
    double files[ROWS_MAX];
    double memory_peak_bytes[ROWS_MAX], cpu_cores[ROWS_MAX];
};

/** Columns of the table in the order of `struct rows`. */
enum { COLUMN_RATE, COLUMN_FILES, COLUMN_MEMORY, COLUMN_CPU, COLUMN_COUNT };

static enum status read_row(const struct csv_table *table, size_t row, const size_t *columns,
                            struct rows *rows, struct diagnostics *diagnostics) {
    double *const targets[COLUMN_COUNT] = {&rows->rate[rows->count], &rows->files[rows->count],
                                           &rows->memory_peak_bytes[rows->count],
                                           &rows->cpu_cores[rows->count]};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < COLUMN_COUNT && status == STATUS_OK; i++)
        status = csv_number(table, row, columns[i], 0, targets[i], diagnostics);
    rows->count++;
    return status;
}

/** Rows of the process called `process`, whose rate is in the column `rate`. */
static enum status read_rows(const struct csv_table *table, const char *process, const char *rate,
                             struct rows *rows, struct diagnostics *diagnostics) {
    const char *const names[COLUMN_COUNT] = {rate, "files", "memory_peak_bytes", "cpu_cores"};
    size_t columns[COLUMN_COUNT] = {0}, name = 0;
    enum status status = csv_column(table, "process", &name, diagnostics);
    if (status == STATUS_OK)
        status = csv_columns(table, names, COLUMN_COUNT, columns, diagnostics);
    rows->count = 0;
    for (size_t row = 0; row < table->rows && status == STATUS_OK; row++)
        if (strcmp(csv_cell(table, row, name), process) == 0 && rows->count < ROWS_MAX)
            status = read_row(table, row, columns, rows, diagnostics);
    return status;
}

static double collector_memory(const double *p, size_t row, const void *context) {
    const struct collector_model model = {.memory_base_bytes = p[0],
                                          .memory_busy_bytes = p[1],
                                          .memory_bytes_per_span_per_second = p[2],
                                          .half_rate_spans_per_second = collector_half_rate};
    struct process_need need;
    collector_predict(&model, ((const struct rows *)context)->rate[row], &need);
    return need.memory_peak_bytes;
}

static double collector_cpu(const double *p, size_t row, const void *context) {
    const struct collector_model model = {.cpu_base_cores = p[0],
                                          .cpu_busy_cores = p[1],
                                          .cpu_seconds_per_span = p[2],
                                          .half_rate_spans_per_second = collector_half_rate};
    struct process_need need;
    collector_predict(&model, ((const struct rows *)context)->rate[row], &need);
    return need.cpu_cores;
}

static double agent_memory(const double *p, size_t row, const void *context) {
    const struct rows *rows = context;
    const struct agent_model model = {.memory_base_bytes = p[0],
                                      .memory_bytes_at_rate = p[1],
                                      .memory_half_rate_bytes_per_second = p[2],
                                      .memory_bytes_per_file = p[3]};
    struct process_need need;
    agent_predict(&model, rows->rate[row], rows->files[row], &need);
    return need.memory_peak_bytes;
}

/** What Promtail's CPU is fitted with: its rows, and the half rate its memory gave. */
struct agent_cpu_context {
    const struct rows *rows;
    double half_rate;
};

static double agent_cpu(const double *p, size_t row, const void *opaque) {
    const struct agent_cpu_context *context = opaque;
    const struct agent_model model = {.cpu_base_cores = p[0],
                                      .cpu_busy_cores = p[1],
                                      .cpu_cores_per_file = p[2],
                                      .cpu_seconds_per_byte = p[3],
                                      .memory_half_rate_bytes_per_second = context->half_rate};
    struct process_need need;
    agent_predict(&model, context->rows->rate[row], context->rows->files[row], &need);
    return need.cpu_cores;
}

/** Error to state for a fit: what is left over, by degrees of freedom, times a factor. */
static double error_of(const struct calibrate_problem *problem,
                       const struct calibrate_solution *solution) {
    double squares = 0;
    for (size_t i = 0; i < problem->rows; i++)
        squares += solution->residual[i] * solution->residual[i];
    double freedom = fmax(1, (double)problem->rows - (double)problem->parameters);
    return fmax(problem->noise, few_rows_factor * sqrt(squares / freedom));
}

/** Fit one figure; `error` gets its standard deviation. */
static enum status fit(const struct calibrate_problem *problem, struct calibrate_solution *solution,
                       double *error, struct diagnostics *diagnostics) {
    enum status status = calibrate_fit(problem, NULL, solution, diagnostics);
    if (status == STATUS_OK)
        *error = error_of(problem, solution);
    return status;
}

static enum status fit_collector(const struct rows *rows, struct collector_model *model,
                                 struct diagnostics *diagnostics) {
    static const double memory_start[] = {24e6, 8e6, 3e3}, cpu_start[] = {1e-3, 5e-3, 1e-5};
    static const double width[] = {1, 1, 1};
    struct calibrate_problem problem = {.name = "the collector's memory",
                                        .rows = rows->count,
                                        .parameters = 3,
                                        .measured = rows->memory_peak_bytes,
                                        .start = memory_start,
                                        .prior_width = width,
                                        .noise = 0.05,
                                        .predict = collector_memory,
                                        .context = rows};
    struct calibrate_solution memory, cpu;
    enum status status = fit(&problem, &memory, &model->memory_error, diagnostics);
    if (status != STATUS_OK)
        return status;
    problem.name = "the collector's CPU";
    problem.measured = rows->cpu_cores;
    problem.start = cpu_start;
    problem.noise = 0.1;
    problem.predict = collector_cpu;
    status = fit(&problem, &cpu, &model->cpu_error, diagnostics);
    if (status != STATUS_OK)
        return status;
    model->memory_base_bytes = memory.value[0];
    model->memory_busy_bytes = memory.value[1];
    model->memory_bytes_per_span_per_second = memory.value[2];
    model->half_rate_spans_per_second = collector_half_rate;
    model->cpu_base_cores = cpu.value[0];
    model->cpu_busy_cores = cpu.value[1];
    model->cpu_seconds_per_span = cpu.value[2];
    return STATUS_OK;
}

static enum status fit_promtail(const struct rows *rows, struct agent_model *model,
                                struct diagnostics *diagnostics) {
    static const double memory_start[] = {88e6, 22e6, 2e4, 1e4};
    static const double cpu_start[] = {4e-3, 1e-2, 2e-4, 1e-7}, width[] = {1, 1, 1, 1};
    struct calibrate_problem problem = {.name = "Promtail's memory",
                                        .rows = rows->count,
                                        .parameters = 4,
                                        .measured = rows->memory_peak_bytes,
                                        .start = memory_start,
                                        .prior_width = width,
                                        .noise = 0.05,
                                        .predict = agent_memory,
                                        .context = rows};
    struct calibrate_solution memory, cpu;
    enum status status = fit(&problem, &memory, &model->memory_error, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct agent_cpu_context context = {.rows = rows, .half_rate = memory.value[2]};
    problem.name = "Promtail's CPU";
    problem.measured = rows->cpu_cores;
    problem.start = cpu_start;
    problem.noise = 0.1;
    problem.predict = agent_cpu;
    problem.context = &context;
    status = fit(&problem, &cpu, &model->cpu_error, diagnostics);
    if (status != STATUS_OK)
        return status;
    model->memory_base_bytes = memory.value[0];
    model->memory_bytes_at_rate = memory.value[1];
    model->memory_half_rate_bytes_per_second = memory.value[2];
    model->memory_bytes_per_file = memory.value[3];
    model->cpu_base_cores = cpu.value[0];
    model->cpu_busy_cores = cpu.value[1];
    model->cpu_cores_per_file = cpu.value[2];
    model->cpu_seconds_per_byte = cpu.value[3];
    return STATUS_OK;
}

/** Promtail's growth on a published base; CPU per byte halfway (in ln) to the published rule. */
static struct agent_model alloy_from(const struct agent_model *promtail) {
    struct agent_model alloy = *promtail;
    alloy.memory_base_bytes = alloy_base_bytes;
    alloy.memory_error = alloy_memory_error;
    alloy.cpu_seconds_per_byte = sqrt(promtail->cpu_seconds_per_byte * alloy_cpu_seconds_per_byte);
    alloy.cpu_error = log(alloy_cpu_seconds_per_byte / alloy.cpu_seconds_per_byte);
    return alloy;
}

enum status fit_processes(struct arena *arena, struct collector_model *collector,
                          struct agent_model *agents, struct grafana_model *grafana,
                          struct diagnostics *diagnostics) {
    struct csv_table table;
    struct rows rows;
    enum status status =
        csv_read_shipped(arena, "models/data/calibration/agents.csv", &table, diagnostics);
    if (status == STATUS_OK)
        status = read_rows(&table, "collector", "spans_per_second", &rows, diagnostics);
    if (status == STATUS_OK)
        status = fit_collector(&rows, collector, diagnostics);
    if (status == STATUS_OK)
        status = read_rows(&table, "promtail", "log_bytes_per_second", &rows, diagnostics);
    if (status == STATUS_OK)
        status = fit_promtail(&rows, &agents[AGENT_KIND_PROMTAIL], diagnostics);
    if (status != STATUS_OK)
        return status;
    agents[AGENT_KIND_ALLOY] = alloy_from(&agents[AGENT_KIND_PROMTAIL]);
    *grafana = published_grafana;
    return STATUS_OK;
}
