#include "sim/sweep.h"

#include "sim/sweep_checkpoint.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum status sweep_init(struct sweep *sweep, const struct sweep_input *input,
                       struct diagnostics *diagnostics) {
    *sweep = (struct sweep){.input = *input};
    arena_init(&sweep->arena);
    enum status status =
        sweep_grid_parse(input->vary, input->vary_count, &sweep->arena, &sweep->grid, diagnostics);
    if (status != STATUS_OK)
        return status;
    sweep->rows = arena_array(&sweep->arena, sweep->grid.point_count, sizeof *sweep->rows);
    return sweep->rows ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the sweep");
}

void sweep_fini(struct sweep *sweep) {
    arena_fini(&sweep->arena);
}

/** The loader calls every override --set; those of the grid were given as --vary. */
static void name_vary(const struct scenario_override *varied, size_t count, size_t from,
                      struct diagnostics *diagnostics) {
    static const char prefix[] = "--set ";
    for (size_t i = from; i < diagnostics->count; i++) {
        char *file = diagnostics->items[i].file;
        const size_t size = sizeof diagnostics->items[i].file;
        if (strncmp(file, prefix, strlen(prefix)) != 0)
            continue;
        for (size_t axis = 0; axis < count; axis++)
            if (strncmp(file + strlen(prefix), varied[axis].text, size - strlen(prefix) - 1) == 0) {
                snprintf(file, size, "--vary %s", varied[axis].text);
                break;
            }
    }
}

enum status sweep_load(const struct sweep *sweep, size_t point, struct scenario **scenario,
                       struct diagnostics *diagnostics) {
    const struct sweep_input *input = &sweep->input;
    const size_t count = input->override_count + sweep->grid.axis_count;
    const size_t before = diagnostics->count;
    struct arena arena;
    arena_init(&arena);
    *scenario = NULL;
    struct scenario_override *all = arena_array(&arena, count, sizeof *all);
    enum status status = STATUS_SYSTEM;
    if (all) {
        for (size_t i = 0; i < input->override_count; i++)
            all[i] = input->overrides[i];
        struct scenario_override *varied = all + input->override_count;
        sweep_grid_overrides(&sweep->grid, point, varied);
        status =
            scenario_parse(input->file, input->bytes, input->length, all, count,
                           input->tables->prices, &input->tables->instances, scenario, diagnostics);
        name_vary(varied, sweep->grid.axis_count, before, diagnostics);
    } else {
        diagnostics_out_of_memory(diagnostics, "the sweep");
    }
    arena_fini(&arena);
    return status;
}

enum status sweep_check(struct sweep *sweep, struct diagnostics *diagnostics) {
    for (size_t point = 0; point < sweep->grid.point_count; point++) {
        struct scenario *scenario;
        enum status status = sweep_load(sweep, point, &scenario, diagnostics);
        if (status == STATUS_OK)
            status = sweep_checkpoint_note(sweep, scenario, diagnostics);
        scenario_free(scenario);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static void fill_row(const struct result *result, struct sweep_row *row) {
    const struct plan_outcome *written = result->as_written;
    *row = (struct sweep_row){.done = true,
                              .holds = result->holds,
                              .written_holds = written->holds,
                              .written_usd_per_month = written->monthly_usd.p50,
                              .found = result->best != NULL};
    for (size_t i = 0; i < written->target_count; i++) {
        const struct target_outcome *target = &written->targets[i];
        row->targets[target->kind] =
            (struct sweep_target){true, target->holds, target->probability.value};
    }
    if (!result->best)
        return;
    row->best_usd_per_month = result->best->monthly_usd.p50;
    plan_print_nodes(&result->best->plan, row->best_nodes, sizeof row->best_nodes);
}

enum status sweep_point(const struct sweep *sweep, size_t point, int threads,
                        bool (*go_on)(double done, void *context), void *context,
                        struct sweep_row *row, struct diagnostics *diagnostics) {
    struct scenario *scenario;
    enum status status = sweep_load(sweep, point, &scenario, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct run_options options = {.threads = threads,
                                        .search = sweep->input.search,
                                        .no_insight = true,
                                        .progress = go_on,
                                        .progress_context = context};
    struct result *result = NULL;
    status = run_scenario(scenario, sweep->input.tables, &options, &result, diagnostics);
    if (status == STATUS_OK)
        fill_row(result, row);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (status != STATUS_OK && last && last->hint[0] == '\0')
        sweep_grid_print(&sweep->grid, point, last->hint, sizeof last->hint);
    result_free(result);
    scenario_free(scenario);
    return status;
}

enum status sweep_start(struct sweep *sweep, const struct sweep_options *options,
                        struct diagnostics *diagnostics) {
    if (!options->checkpoint)
        return STATUS_OK;
    if (options->resume)
        return sweep_checkpoint_read(sweep, options->checkpoint, diagnostics);
    return sweep_checkpoint_create(sweep, options->checkpoint, diagnostics);
}

enum status sweep_keep(struct sweep *sweep, const struct sweep_options *options, size_t point,
                       const struct sweep_row *row, struct diagnostics *diagnostics) {
    sweep->rows[point] = *row;
    sweep->done_count++;
    if (!options->checkpoint)
        return STATUS_OK;
    return sweep_checkpoint_append(options->checkpoint, point, row, diagnostics);
}

/** What the threads share. */
struct crew {
    struct sweep *sweep;
    const struct sweep_options *options;
    const size_t *todo; /**< [count] points */
    size_t count;
    int threads; /**< for each point */
    atomic_bool stop;
    bool interrupted;
    enum status status; /**< the first failure */
    struct diagnostics *diagnostics;
};

static bool report_progress(struct crew *crew) {
    const struct sweep_options *options = crew->options;
    if (options->progress &&
        !options->progress(crew->sweep->done_count, crew->sweep->grid.point_count,
                           options->progress_context)) {
        crew->interrupted = true;
        atomic_store(&crew->stop, true);
    }
    return !atomic_load(&crew->stop);
}

static bool go_on(double done, void *context) {
    struct crew *crew = context;
    bool more;
    (void)done;
#pragma omp critical(sweep_crew)
    more = report_progress(crew);
    return more;
}

static void fail(struct crew *crew, enum status status, const struct diagnostics *own) {
    atomic_store(&crew->stop, true);
    if (crew->status != STATUS_OK || crew->interrupted)
        return;
    crew->status = status;
    *crew->diagnostics = *own;
}

static void do_point(struct crew *crew, size_t point) {
    struct diagnostics own;
    struct sweep_row row;
    diagnostics_init(&own);
    enum status status = sweep_point(crew->sweep, point, crew->threads, go_on, crew, &row, &own);
#pragma omp critical(sweep_crew)
    {
        if (status == STATUS_OK)
            status = sweep_keep(crew->sweep, crew->options, point, &row, &own);
        if (status != STATUS_OK)
            fail(crew, status, &own);
        else
            report_progress(crew);
    }
}

static void run_crew(struct crew *crew, int threads) {
    const int outer = crew->count < (size_t)threads ? (int)crew->count : threads;
    crew->threads = threads / outer;
    omp_set_max_active_levels(2);
#pragma omp parallel for num_threads(outer) schedule(dynamic, 1)
    for (size_t i = 0; i < crew->count; i++)
        if (!atomic_load(&crew->stop))
            do_point(crew, crew->todo[i]);
}

enum status sweep_unfinished(const struct sweep *sweep, const struct sweep_options *options,
                             const char *why, struct diagnostics *diagnostics) {
    if (!options->checkpoint)
        return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "%s", why);
    return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                           "%s; %zu of %zu points are in %s, and --resume goes on from there", why,
                           sweep->done_count, sweep->grid.point_count, options->checkpoint);
}

enum status sweep_run(struct sweep *sweep, const struct sweep_options *options,
                      struct diagnostics *diagnostics) {
    size_t *todo = arena_array(&sweep->arena, sweep->grid.point_count, sizeof *todo);
    if (!todo)
        return diagnostics_out_of_memory(diagnostics, "the sweep");
    struct crew crew = {
        .sweep = sweep, .options = options, .todo = todo, .diagnostics = diagnostics};
    for (size_t point = 0; point < sweep->grid.point_count; point++)
        if (!sweep->rows[point].done)
            todo[crew.count++] = point;
    if (crew.count > 0)
        run_crew(&crew, options->threads > 0 ? options->threads : omp_get_max_threads());
    if (crew.interrupted)
        return sweep_unfinished(sweep, options, "interrupted", diagnostics);
    return crew.status;
}

bool sweep_holds(const struct sweep *sweep, bool strict) {
    for (size_t i = 0; i < sweep->grid.point_count; i++)
        if (strict ? !sweep->rows[i].written_holds : !sweep->rows[i].holds)
            return false;
    return true;
}
