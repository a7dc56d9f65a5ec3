#include "sim/sensitivity_sobol.h"

#include "sim/base/units.h"
#include "sim/planner_screen.h"
#include "sim/sensitivity_indices.h"
#include "sim/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** What turns samples into headrooms, and what the model of Loki says at the base. */
struct sobol_base {
    const struct planner_input *input;
    const struct plan *plan;
    size_t rows;
    struct engine_plan *constants; /**< of the plan under the scenario as it is */
    struct planner_room room;
    double scale; /**< at which the median replica's memory peaks */
    struct arena arena;
};

/** A sample of all inputs and what comes of it. */
struct sobol_sample {
    const double *quantile; /**< [rows * inputs] */
    double *factor[2];      /**< [rows] of Loki's memory and of its bytes, from its model */
    double *out[SENSITIVITY_OUTPUT_COUNT]; /**< [rows] */
};

/** Inputs that act through the model of Loki. */
static bool acts_through_loki(int input) {
    return input == SENSITIVITY_LINE_BYTES || input == SENSITIVITY_COMPRESSION ||
           input == SENSITIVITY_STREAMS || input == SENSITIVITY_QUERIES;
}

static double curve_value(const struct engine_curve *curve, double scale) {
    double value = (double)curve->start;
    for (int k = 0; k < CURVE_KNOTS; k++)
        value += (double)curve->bend[k] * fmax(scale - (double)curve->knot[k], 0);
    return value;
}

/** Loki's free peak at `scale`, chunk ages half in step; MiB. */
static double loki_free_mib(const struct engine_loki *loki, double scale) {
    return curve_value(&loki->free_spread, scale) + 0.5 * curve_value(&loki->free_rise, scale);
}

/** The scale at which Loki's free peak is `mib`. */
static double scale_of(const struct engine_loki *loki, double mib) {
    double low = 0, high = 100;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (loki_free_mib(loki, middle) < mib)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double stored_gib(const struct engine_loki *loki) {
    return (double)loki->disk_per_second + (double)loki->disk_per_scale_second;
}

static struct sensitivity_point point_at(const struct sobol_sample *sample, size_t row) {
    struct sensitivity_point point;
    memcpy(point.quantile, &sample->quantile[row * SENSITIVITY_INPUT_COUNT], sizeof point.quantile);
    return point;
}

/** What the model of Loki makes of each row, over what it makes of the scenario as it is. */
static enum status fill_factors(const struct sobol_base *base, struct sobol_sample *sample,
                                struct diagnostics *diagnostics) {
    const struct engine_input *engine = &base->input->engine;
    const double memory = loki_free_mib(&base->constants->loki, base->scale);
    const double stored = stored_gib(&base->constants->loki);
    struct engine_plan *moved = malloc(sizeof *moved);
    enum status status =
        moved ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the sensitivity");
    for (size_t row = 0; row < base->rows && status == STATUS_OK; row++) {
        struct sensitivity_point point = point_at(sample, row);
        struct scenario scenario;
        struct arena scratch;
        arena_init(&scratch);
        for (int input = 0; input < SENSITIVITY_INPUT_COUNT; input++)
            if (!acts_through_loki(input))
                point.quantile[input] = -1;
        status = sensitivity_move(engine->scenario, &point, engine->calibration, &scratch,
                                  &scenario, diagnostics);
        if (status == STATUS_OK)
            status = engine_plan_init(&scenario, engine->calibration, engine->prices, base->plan,
                                      engine->workload->step_seconds, moved, diagnostics);
        if (status == STATUS_OK) {
            sample->factor[0][row] = loki_free_mib(&moved->loki, base->scale) / fmax(memory, 1e-9);
            sample->factor[1][row] = stored_gib(&moved->loki) / fmax(stored, 1e-30);
        }
        arena_fini(&scratch);
    }
    free(moved);
    return status;
}

/** The row's own load. */
static struct workload_own own_load(const struct engine_input *engine,
                                    const struct sensitivity_point *point) {
    const struct scenario_profile *profile = &engine->scenario->workload.profile;
    double factor[SENSITIVITY_INPUT_COUNT];
    for (int i = 0; i < SENSITIVITY_INPUT_COUNT; i++)
        factor[i] =
            sensitivity_factor((enum sensitivity_input)i, point->quantile[i], engine->calibration);
    const double cv = profile->noise_cv * factor[SENSITIVITY_NOISE];
    const double variance = log1p(cv * cv);
    const double growth = profile->growth_fraction_per_month;
    const double log_growth = log1p(growth * factor[SENSITIVITY_GROWTH]) - log1p(growth);
    return (struct workload_own){
        .log_scale = (float)factor[SENSITIVITY_LOG_RATE],
        .trace_scale = (float)factor[SENSITIVITY_SPAN_RATE],
        .noise_sigma = (float)sqrt(variance),
        .noise_shift = (float)(-variance / 2),
        .log_growth_per_step =
            (float)(log_growth * engine->workload->step_seconds / SECONDS_PER_MONTH),
        .incidents_per_second =
            engine->workload->incidents_per_second * factor[SENSITIVITY_INCIDENTS],
        .magnitude_log_mean =
            engine->workload->magnitude_log_mean + log(factor[SENSITIVITY_MAGNITUDE]),
        .duration_log_mean =
            engine->workload->duration_log_mean + log(factor[SENSITIVITY_DURATION]),
    };
}

static double headroom(double room, double need) {
    return log(fmax(room, 1e-6) / fmax(need, 1e-6));
}

static void read_headrooms(const struct sobol_base *base, const struct engine_samples *samples,
                           struct sobol_sample *sample) {
    const struct engine_loki *loki = &base->constants->loki;
    const struct engine_tempo *tempo = &base->constants->tempo;
    const struct planner_room *room = &base->room;
    for (size_t i = 0; i < base->rows; i++) {
        double need[METRIC_COUNT];
        for (int m = 0; m < METRIC_COUNT; m++)
            need[m] = (double)samples->metric[m][i];
        const double loki_mib = need[METRIC_LOKI_MEMORY_PEAK_MIB];
        const double tempo_mib = need[METRIC_TEMPO_MEMORY_PEAK_MIB];
        const double memory[] = {
            headroom((double)loki->heap.kill_free_mib, need[METRIC_LOKI_FREE_PEAK_MIB]),
            headroom((double)tempo->heap.kill_free_mib, need[METRIC_TEMPO_FREE_PEAK_MIB]),
            headroom((double)room->shared_mib, loki_mib + tempo_mib),
            headroom((double)room->loki_mib, loki_mib),
            headroom((double)room->tempo_mib, tempo_mib)};
        const double disk[] = {
            headroom((double)loki->usable_gib, need[METRIC_LOKI_DISK_PEAK_GIB]),
            headroom((double)tempo->usable_gib, need[METRIC_TEMPO_DISK_PEAK_GIB]),
            headroom((double)loki->usable_inodes, need[METRIC_LOKI_INODES_PEAK]),
            headroom((double)tempo->usable_inodes, need[METRIC_TEMPO_INODES_PEAK])};
        sample->out[SENSITIVITY_MEMORY][i] = memory[0];
        sample->out[SENSITIVITY_DISK][i] = disk[0];
        for (size_t k = 1; k < sizeof memory / sizeof *memory; k++)
            sample->out[SENSITIVITY_MEMORY][i] =
                fmin(sample->out[SENSITIVITY_MEMORY][i], memory[k]);
        for (size_t k = 1; k < sizeof disk / sizeof *disk; k++)
            sample->out[SENSITIVITY_DISK][i] = fmin(sample->out[SENSITIVITY_DISK][i], disk[k]);
    }
}

/** Simulate a sample, each row on the path of its number under `seed`. */
static enum status evaluate(const struct sobol_base *base, uint64_t seed,
                            struct sobol_sample *sample, struct diagnostics *diagnostics) {
    struct engine_input engine = base->input->engine;
    struct workload workload = *engine.workload;
    struct engine_samples samples;
    struct arena scratch;
    arena_init(&scratch);
    struct workload_own *own = arena_array(&scratch, base->rows, sizeof *own);
    struct engine_given *given = arena_array(&scratch, base->rows, sizeof *given);
    if (!own || !given) {
        arena_fini(&scratch);
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    }
    for (size_t row = 0; row < base->rows; row++) {
        const struct sensitivity_point point = point_at(sample, row);
        own[row] = own_load(&engine, &point);
        given[row] = sensitivity_given(&point, engine.calibration);
        given[row].loki_memory *= (float)sample->factor[0][row];
        given[row].loki_disk *= (float)sample->factor[1][row];
    }
    workload.seed = seed;
    workload.own = own;
    engine.workload = &workload;
    engine.replicas = base->rows;
    engine.series = false;
    engine.given = given;
    engine.given_count = base->rows;
    enum status status = engine_run(&engine, base->plan, 1, &scratch, &samples, diagnostics);
    if (status == STATUS_OK)
        read_headrooms(base, &samples, sample);
    arena_fini(&scratch);
    return status;
}

static bool sample_init(struct sobol_base *base, struct sobol_sample *sample) {
    bool fine = true;
    for (int i = 0; i < 2; i++) {
        sample->factor[i] = arena_array(&base->arena, base->rows, sizeof(double));
        fine = fine && sample->factor[i];
    }
    for (int i = 0; i < SENSITIVITY_OUTPUT_COUNT; i++) {
        sample->out[i] = arena_array(&base->arena, base->rows, sizeof(double));
        fine = fine && sample->out[i];
    }
    return fine;
}

/** The plan's constants, its nodes' room, and the scale where the median replica peaks. */
static enum status prepare(struct sobol_base *base, struct diagnostics *diagnostics) {
    struct engine_input engine = base->input->engine;
    struct engine_samples samples;
    engine.replicas = 4 * WORKLOAD_LANES;
    engine.series = false;
    base->constants = arena_take(&base->arena, sizeof *base->constants);
    if (!base->constants)
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    enum status status =
        engine_plan_init(engine.scenario, engine.calibration, engine.prices, base->plan,
                         engine.workload->step_seconds, base->constants, diagnostics);
    if (status == STATUS_OK)
        status = engine_run(&engine, base->plan, 1, &base->arena, &samples, diagnostics);
    if (status != STATUS_OK)
        return status;
    base->room = planner_screen_room(base->input, base->plan);
    float *peak = samples.metric[METRIC_LOKI_FREE_PEAK_MIB];
    base->scale = scale_of(&base->constants->loki, stats_quantiles(peak, samples.replicas).p50);
    return STATUS_OK;
}

/** A with column `input` from B. Chance is no column: then all of A, on B's paths. */
static void mix(const struct sobol_base *base, const struct sobol_sample *a,
                const struct sobol_sample *b, int input, double *quantile,
                struct sobol_sample *ab) {
    const size_t cells = base->rows * SENSITIVITY_INPUT_COUNT;
    memcpy(quantile, a->quantile, cells * sizeof *quantile);
    for (size_t at = (size_t)input; input < SENSITIVITY_INPUT_COUNT && at < cells;
         at += SENSITIVITY_INPUT_COUNT)
        quantile[at] = b->quantile[at];
    for (int i = 0; i < 2; i++)
        memcpy(ab->factor[i], a->factor[i], base->rows * sizeof(double));
    ab->quantile = quantile;
}

static enum status run(struct sobol_base *base, struct sensitivity_sobol *sobol,
                       struct diagnostics *diagnostics) {
    const size_t cells = base->rows * SENSITIVITY_INPUT_COUNT;
    const uint64_t seed = base->input->engine.workload->seed;
    struct sobol_sample a, b, ab;
    double *design[3];
    for (int i = 0; i < 3; i++) {
        design[i] = arena_array(&base->arena, cells, sizeof(double));
        if (!design[i])
            return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    }
    if (!sample_init(base, &a) || !sample_init(base, &b) || !sample_init(base, &ab))
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    enum status status =
        sensitivity_design(SENSITIVITY_INPUT_COUNT, base->rows, design[0], design[1], diagnostics);
    a.quantile = design[0];
    b.quantile = design[1];
    if (status == STATUS_OK)
        status = fill_factors(base, &a, diagnostics);
    if (status == STATUS_OK)
        status = fill_factors(base, &b, diagnostics);
    if (status == STATUS_OK)
        status = evaluate(base, seed, &a, diagnostics);
    if (status == STATUS_OK)
        status = evaluate(base, ~seed, &b, diagnostics);
    for (int input = 0; input <= SENSITIVITY_CHANCE && status == STATUS_OK; input++) {
        mix(base, &a, &b, input, design[2], &ab);
        if (acts_through_loki(input))
            status = fill_factors(base, &ab, diagnostics);
        if (status == STATUS_OK)
            status = evaluate(base, input == SENSITIVITY_CHANCE ? ~seed : seed, &ab, diagnostics);
        for (int o = 0; o < SENSITIVITY_OUTPUT_COUNT && status == STATUS_OK; o++)
            sobol->index[input][o] = sensitivity_index_of(a.out[o], b.out[o], ab.out[o], base->rows,
                                                          seed, (unsigned)input);
    }
    sobol->evaluations = base->rows * (SENSITIVITY_INPUT_COUNT + 3);
    return status;
}

enum status sensitivity_sobol(const struct planner_input *input, const struct plan *plan,
                              size_t rows, struct sensitivity_sobol *sobol,
                              struct diagnostics *diagnostics) {
    struct sobol_base base = {.input = input, .plan = plan, .rows = rows};
    memset(sobol, 0, sizeof *sobol);
    arena_init(&base.arena);
    enum status status = prepare(&base, diagnostics);
    if (status == STATUS_OK)
        status = run(&base, sobol, diagnostics);
    arena_fini(&base.arena);
    return status;
}
