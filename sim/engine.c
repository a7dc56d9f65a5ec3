#include "sim/engine.h"

#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/engine_plan.h"
#include "sim/engine_step.h"

#include <omp.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static uint64_t blocks_of(uint64_t replicas) {
    return (replicas + LANES - 1) / LANES;
}

uint64_t engine_round_replicas(const struct engine_input *input) {
    return LANES * blocks_of(input->round_replicas ? input->round_replicas : ENGINE_ROUND_REPLICAS);
}

/** Everything the threads share; read-only but for the progress and, between rounds, the samples.
 */
struct engine_job {
    const struct engine_input *input;
    const struct engine_plan *plans;
    const struct plan *chosen;
    size_t plan_count;
    struct engine_samples *samples;
    size_t interval_steps; /**< of a point of the bands */
    uint64_t block_count, round_blocks;
    bool ended; /**< after a round's end no other is begun; written by one thread between two rounds
                 */
    atomic_uint_least64_t blocks_done;
    atomic_bool stop;
    atomic_bool out_of_memory;
};

/** One thread's own state. */
struct engine_worker {
    alignas(CACHE_LINE) struct workload_block load;
    alignas(CACHE_LINE) struct engine_draws draws;
    struct arena arena;
    struct engine_block *blocks;               /**< [plan_count], owned */
    float (*high)[ENGINE_SERIES_COUNT][LANES]; /**< [plan_count] highest since the last point */
    gsl_rng *rng;
    struct diagnostics diagnostics;
};

static bool worker_init(const struct engine_job *job, struct engine_worker *worker) {
    memset(worker, 0, sizeof *worker);
    arena_init(&worker->arena);
    diagnostics_init(&worker->diagnostics);
    workload_block_init(&worker->load);
    worker->rng = gsl_rng_alloc(random_gsl_type);
    worker->blocks = aligned_alloc(CACHE_LINE, job->plan_count * sizeof *worker->blocks);
    worker->high = arena_array(&worker->arena, job->plan_count, sizeof *worker->high);
    if (!worker->rng || !worker->blocks || !worker->high)
        return false;
    for (size_t p = 0; p < job->plan_count; p++)
        if (engine_block_init(&worker->blocks[p], &job->plans[p], &worker->arena,
                              &worker->diagnostics) != STATUS_OK)
            return false;
    return true;
}

static void worker_fini(struct engine_worker *worker) {
    workload_block_fini(&worker->load);
    if (worker->rng)
        gsl_rng_free(worker->rng);
    free(worker->blocks);
    arena_fini(&worker->arena);
}

/** At the end of an interval the highest values become a point of the bands. */
static void write_point(struct engine_samples *samples, size_t point, uint64_t first, size_t lanes,
                        float high[ENGINE_SERIES_COUNT][LANES]) {
    for (size_t s = 0; s < ENGINE_SERIES_COUNT; s++)
        memcpy(samples->series[s] + point * samples->series_replicas + first, high[s],
               lanes * sizeof(float));
    memset(high, 0, ENGINE_SERIES_COUNT * sizeof *high);
}

/** Move one plan's block from step `from` to step `end`; at the ends of intervals the first `lanes`
 *  lanes become points of the bands, unless it is 0. */
static void run_steps(const struct engine_job *job, struct engine_worker *worker, size_t plan,
                      size_t from, size_t end, size_t lanes) {
    const struct workload *workload = job->input->workload;
    while (from < end) {
        const size_t interval = from / job->interval_steps;
        const size_t interval_end = (interval + 1) * job->interval_steps;
        const size_t stop = lanes > 0 && interval_end < end ? interval_end : end;
        const struct engine_span span = {.load = &worker->load,
                                         .draws = &worker->draws,
                                         .seed = workload->seed,
                                         .first = from,
                                         .end = stop,
                                         .last = stop == workload->steps};
        engine_block_steps(&worker->blocks[plan], &span, lanes > 0 ? worker->high[plan] : NULL);
        if (lanes > 0 && (stop == interval_end || span.last))
            write_point(&job->samples[plan], interval, worker->load.first_replica, lanes,
                        worker->high[plan]);
        from = stop;
    }
}

/** Simulate block `index`, the samples of whose round begin at block `round`. */
static void run_block(struct engine_job *job, struct engine_worker *worker, uint64_t index,
                      uint64_t round) {
    const struct engine_input *input = job->input;
    const struct workload *workload = input->workload;
    const uint64_t first = index * LANES;
    const size_t lanes =
        input->replicas - first < LANES ? (size_t)(input->replicas - first) : LANES;
    const bool series = input->series && first + lanes <= job->samples[0].series_replicas;
    if (workload_block_start(workload, first, &worker->load, &worker->diagnostics) != STATUS_OK) {
        atomic_store(&job->out_of_memory, true);
        return;
    }
    engine_draw(input->calibration, job->chosen[0].agent_kind, worker->rng, workload->seed, first,
                &worker->draws);
    if (input->given)
        engine_draws_give(input->given, input->given_count, first, &worker->draws);
    for (size_t p = 0; p < job->plan_count; p++)
        engine_block_reset(&worker->blocks[p], &worker->draws);
    memset(worker->high, 0, job->plan_count * sizeof *worker->high);
    for (size_t step = 0, end; step < workload->steps; step = end) {
        end = workload_block_steps(workload, step, &worker->load);
        for (size_t p = 0; p < job->plan_count; p++)
            run_steps(job, worker, p, step, end, series ? lanes : 0);
    }
    for (size_t p = 0; p < job->plan_count; p++)
        engine_block_finish(&worker->blocks[p], &worker->load, &worker->draws, workload->steps,
                            first - round * LANES, lanes, &job->samples[p]);
}

static void report_progress(struct engine_job *job) {
    uint64_t done = atomic_fetch_add(&job->blocks_done, 1) + 1;
    const struct engine_input *input = job->input;
    if (!input->progress)
        return;
#pragma omp critical(engine_progress)
    if (!input->progress((double)done / (double)job->block_count, input->progress_context))
        atomic_store(&job->stop, true);
}

/** Hand over the samples of a round that begins at block `first`. */
static void end_round(struct engine_job *job, uint64_t first) {
    const struct engine_input *input = job->input;
    const uint64_t next = first + job->round_blocks;
    const uint64_t end = next < job->block_count ? next * LANES : input->replicas;
    for (size_t p = 0; p < job->plan_count; p++)
        job->samples[p].replicas = (size_t)(end - first * LANES);
    job->ended = atomic_load(&job->stop) || atomic_load(&job->out_of_memory);
    if (!job->ended && input->fold &&
        !input->fold(job->samples, job->plan_count, input->fold_context)) {
        atomic_store(&job->out_of_memory, true);
        job->ended = true;
    }
}

static void run_job(struct engine_job *job, int threads) {
#pragma omp parallel num_threads(threads)
    {
        struct engine_worker worker;
        if (!worker_init(job, &worker))
            atomic_store(&job->out_of_memory, true);
        for (uint64_t first = 0; first < job->block_count && !job->ended;
             first += job->round_blocks) {
            const uint64_t next = first + job->round_blocks;
            const uint64_t end = next < job->block_count ? next : job->block_count;
#pragma omp for schedule(dynamic, 1)
            for (uint64_t index = first; index < end; index++) {
                if (atomic_load(&job->stop) || atomic_load(&job->out_of_memory))
                    continue;
                run_block(job, &worker, index, first);
                report_progress(job);
            }
#pragma omp single
            end_round(job, first);
        }
        worker_fini(&worker);
    }
}

/** Replicas whose samples are kept at once. */
static uint64_t kept_replicas(const struct engine_input *input) {
    const uint64_t round = engine_round_replicas(input);
    return input->fold && round < input->replicas ? round : input->replicas;
}

static bool samples_init(const struct engine_input *input, size_t interval_steps,
                         struct arena *arena, struct engine_samples *samples) {
    memset(samples, 0, sizeof *samples);
    samples->replicas = (size_t)kept_replicas(input);
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        samples->metric[m] = arena_array(arena, samples->replicas, sizeof(float));
        if (!samples->metric[m])
            return false;
    }
    if (!input->series)
        return true;
    const size_t steps = input->workload->steps;
    samples->points = (steps + interval_steps - 1) / interval_steps;
    samples->series_replicas =
        input->replicas < ENGINE_SERIES_REPLICAS ? (size_t)input->replicas : ENGINE_SERIES_REPLICAS;
    samples->day = arena_array(arena, samples->points, sizeof(float));
    if (!samples->day)
        return false;
    for (size_t point = 0; point < samples->points; point++) {
        size_t end = (point + 1) * interval_steps;
        samples->day[point] = (float)((double)(end < steps ? end : steps) *
                                      input->workload->step_seconds / SECONDS_PER_DAY);
    }
    for (size_t s = 0; s < ENGINE_SERIES_COUNT; s++) {
        samples->series[s] =
            arena_array(arena, samples->points * samples->series_replicas, sizeof(float));
        if (!samples->series[s])
            return false;
    }
    return true;
}

static enum status prepare(const struct engine_input *input, const struct plan *plans,
                           size_t plan_count, struct engine_plan *constants, size_t interval_steps,
                           struct arena *arena, struct engine_samples *samples,
                           struct diagnostics *diagnostics) {
    for (size_t p = 0; p < plan_count; p++) {
        enum status status =
            engine_plan_init(input->scenario, input->calibration, input->prices, &plans[p],
                             input->workload->step_seconds, &constants[p], diagnostics);
        if (status != STATUS_OK)
            return status;
        if (input->variations) {
            constants[p].load_scale = (float)input->variations[p].load_scale;
            constants[p].loki_only = input->variations[p].loki_only;
        }
        if (!samples_init(input, interval_steps, arena, &samples[p]))
            return diagnostics_out_of_memory(diagnostics, "the samples of the replicas");
    }
    return STATUS_OK;
}

enum status engine_run(const struct engine_input *input, const struct plan *plans,
                       size_t plan_count, struct arena *arena, struct engine_samples *samples,
                       struct diagnostics *diagnostics) {
    struct arena scratch;
    arena_init(&scratch);
    struct engine_plan *constants = arena_array(&scratch, plan_count, sizeof *constants);
    const size_t points = ENGINE_SERIES_POINTS_MAX - 1;
    const size_t interval_steps = (input->workload->steps + points - 1) / points;
    enum status status = constants ? prepare(input, plans, plan_count, constants, interval_steps,
                                             arena, samples, diagnostics)
                                   : diagnostics_out_of_memory(diagnostics, "the engine");
    if (status == STATUS_OK) {
        struct engine_job job = {.input = input,
                                 .plans = constants,
                                 .chosen = plans,
                                 .plan_count = plan_count,
                                 .samples = samples,
                                 .interval_steps = interval_steps,
                                 .block_count = blocks_of(input->replicas),
                                 .round_blocks = blocks_of(kept_replicas(input))};
        run_job(&job, input->threads > 0 ? input->threads : omp_get_max_threads());
        if (atomic_load(&job.out_of_memory))
            status = diagnostics_out_of_memory(diagnostics, "the engine");
        else if (atomic_load(&job.stop))
            status = diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "interrupted");
    }
    arena_fini(&scratch);
    return status;
}
