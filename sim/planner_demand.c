#include "sim/planner_demand.h"

#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/planner_demand_step.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <string.h>

/** The busy load is read off this many moments of a path, or more. */
static const size_t level_moments = 2048;

struct worker {
    struct arena arena;
    struct demand_state state;
    gsl_rng *rng;
    struct diagnostics diagnostics;
};

struct job {
    const struct planner_demand_input *input;
    struct planner_demand *demand;
    size_t level_every; /**< steps between two counts */
    atomic_bool failed;
};

static bool worker_init(const struct planner_demand_input *input, struct worker *worker) {
    memset(worker, 0, sizeof *worker);
    arena_init(&worker->arena);
    diagnostics_init(&worker->diagnostics);
    workload_block_init(&worker->state.load);
    worker->rng = gsl_rng_alloc(random_gsl_type);
    size_t *loki = arena_array(&worker->arena, input->loki_count, sizeof *loki);
    size_t *tempo = arena_array(&worker->arena, input->tempo_count, sizeof *tempo);
    if (!worker->rng || !loki || !tempo)
        return false;
    for (size_t v = 0; v < input->loki_count; v++)
        loki[v] = input->loki[v].loki.window_steps;
    for (size_t v = 0; v < input->tempo_count; v++)
        tempo[v] = input->tempo[v].tempo.block_steps;
    return demand_store_init(&worker->state.loki, input->loki_count, loki,
                             input->loki[0].loki.bucket_count, &worker->arena) &&
           demand_store_init(&worker->state.tempo, input->tempo_count, tempo,
                             input->tempo[0].tempo.bucket_count, &worker->arena);
}

static void worker_fini(struct worker *worker) {
    workload_block_fini(&worker->state.load);
    if (worker->rng)
        gsl_rng_free(worker->rng);
    arena_fini(&worker->arena);
}

/** One lane's loads over the mean. */
struct lane_load {
    float mean, busy, peak;
};

static void finish_loki(const struct planner_demand_input *input, const struct worker *worker,
                        size_t lane, struct lane_load load, size_t replica,
                        const struct planner_need *needs) {
    const struct engine_draws *draws = &worker->state.draws;
    for (size_t v = 0; v < input->loki_count; v++) {
        const struct engine_loki *k = &input->loki[v].loki;
        const float per_scale = k->cpu_per_scale + k->cpu_query_per_scale;
        const struct planner_need *need = &needs[v];
        need->free_peak_mib[replica] = worker->state.loki.peak[v][lane];
        need->floor_mib[replica] = k->free_spread.start * draws->loki_memory[lane];
        need->memory_busy_mib[replica] =
            (k->mean_base + k->mean_per_scale * load.busy) * draws->loki_memory[lane];
        need->cores_busy[replica] = (k->cpu_base + per_scale * load.busy) * draws->loki_cpu[lane];
        need->cores_peak[replica] = (k->cpu_base + per_scale * load.peak) * draws->loki_cpu[lane];
        need->disk_peak_gib[replica] = worker->state.loki.disk[v][lane];
        need->inodes_peak[replica] = worker->state.loki.inodes[v][lane];
    }
}

static void finish_tempo(const struct planner_demand_input *input, const struct worker *worker,
                         size_t lane, struct lane_load load, size_t replica,
                         const struct planner_need *needs) {
    const struct engine_draws *draws = &worker->state.draws;
    for (size_t v = 0; v < input->tempo_count; v++) {
        const struct engine_tempo *k = &input->tempo[v].tempo;
        const struct planner_need *need = &needs[v];
        const float idle =
            (k->idle_base + k->idle_per_scale * load.peak) * draws->tempo_memory[lane];
        need->free_peak_mib[replica] = fmaxf(worker->state.tempo.peak[v][lane], idle);
        need->floor_mib[replica] = k->idle_base * draws->tempo_memory[lane];
        /* High for half a minute a block, which is seldom; the rest of the time it idles. */
        need->memory_busy_mib[replica] = fmaxf(k->mean_base + k->mean_per_scale * load.mean,
                                               k->idle_base + k->idle_per_scale * load.busy) *
                                         draws->tempo_memory[lane];
        need->cores_busy[replica] =
            (k->cpu_base + k->cpu_per_scale * load.busy) * draws->tempo_cpu[lane];
        need->cores_peak[replica] =
            (k->cpu_base + k->cpu_per_scale * load.peak) * draws->tempo_cpu[lane];
        need->disk_peak_gib[replica] = worker->state.tempo.disk[v][lane];
        need->inodes_peak[replica] = worker->state.tempo.inodes[v][lane];
    }
}

static void keep_small(const struct planner_need *need, size_t replica,
                       const struct process_need *busy, const struct process_need *peak,
                       float memory_draw, float cpu_draw) {
    need->free_peak_mib[replica] = (float)(peak->memory_peak_bytes / MIB) * memory_draw;
    need->floor_mib[replica] = need->free_peak_mib[replica];
    need->memory_busy_mib[replica] = (float)(busy->memory_peak_bytes / MIB) * memory_draw;
    need->cores_busy[replica] = (float)busy->cpu_cores * cpu_draw;
    need->cores_peak[replica] = (float)peak->cpu_cores * cpu_draw;
}

static void finish_small(const struct engine_plan *plan, const struct engine_draws *draws,
                         size_t lane, struct lane_load logs, struct lane_load traces,
                         size_t replica, const struct planner_need *needs) {
    struct process_need busy, peak;
    keep_small(&needs[COMPONENT_GRAFANA], replica, &plan->grafana, &plan->grafana,
               draws->grafana_memory[lane], draws->grafana_cpu[lane]);
    collector_predict(plan->collector, plan->spans_per_second * (double)traces.busy, &busy);
    collector_predict(plan->collector, plan->spans_per_second * (double)traces.peak, &peak);
    keep_small(&needs[COMPONENT_COLLECTOR], replica, &busy, &peak, draws->collector_memory[lane],
               draws->collector_cpu[lane]);
    agent_predict(plan->agent, plan->agent_bytes_per_second * (double)logs.busy, plan->agent_files,
                  &busy);
    agent_predict(plan->agent, plan->agent_bytes_per_second * (double)logs.peak, plan->agent_files,
                  &peak);
    keep_small(&needs[COMPONENT_AGENT], replica, &busy, &peak, draws->agent_memory[lane],
               draws->agent_cpu[lane]);
}

static struct lane_load load_of(const struct demand_store *store, size_t lane, size_t steps,
                                float moments) {
    return (struct lane_load){store->factor_sum[lane] / (float)steps,
                              demand_busy_factor(store, lane, moments), store->factor_peak[lane]};
}

static void finish(const struct job *job, const struct worker *worker, uint64_t first,
                   size_t lanes) {
    const struct planner_demand_input *input = job->input;
    struct planner_demand *demand = job->demand;
    const size_t steps = input->engine->workload->steps;
    const float moments = (float)((steps + job->level_every - 1) / job->level_every);
    for (size_t i = 0; i < lanes; i++) {
        const size_t replica = (size_t)first + i;
        const struct lane_load logs = load_of(&worker->state.loki, i, steps, moments);
        const struct lane_load traces = load_of(&worker->state.tempo, i, steps, moments);
        demand->log_factor_peak[replica] = logs.peak;
        demand->trace_factor_peak[replica] = traces.peak;
        finish_loki(input, worker, i, logs, replica, demand->loki);
        finish_tempo(input, worker, i, traces, replica, demand->tempo);
        finish_small(&input->loki[0], &worker->state.draws, i, logs, traces, replica,
                     demand->small);
    }
}

static void run_block(struct job *job, struct worker *worker, uint64_t index) {
    const struct planner_demand_input *input = job->input;
    const struct engine_input *engine = input->engine;
    const struct workload *workload = engine->workload;
    const uint64_t first = index * LANES;
    const size_t lanes =
        engine->replicas - first < LANES ? (size_t)(engine->replicas - first) : LANES;
    float fresh = 1;
    if (workload_block_start(workload, first, &worker->state.load, &worker->diagnostics) !=
        STATUS_OK) {
        atomic_store(&job->failed, true);
        return;
    }
    engine_draw(engine->calibration, input->agent_kind, worker->rng, workload->seed, first,
                &worker->state.draws);
    if (engine->given)
        engine_draws_give(engine->given, engine->given_count, first, &worker->state.draws);
    demand_store_reset(&worker->state.loki);
    demand_store_reset(&worker->state.tempo);
    for (size_t step = 0; step < workload->steps; step++) {
        const bool last = step + 1 == workload->steps;
        const size_t row = step % WORKLOAD_STEPS;
        if (row == 0)
            workload_block_steps(workload, step, &worker->state.load);
        demand_step_loki(input, &worker->state, step, fresh, last);
        demand_step_tempo(input, &worker->state, step, last);
        if (step % job->level_every == 0) {
            demand_count_levels(worker->state.load.log_factor[row], &worker->state.loki);
            demand_count_levels(worker->state.load.trace_factor[row], &worker->state.tempo);
        }
        fresh *= input->loki[0].loki.synchrony_keep;
    }
    finish(job, worker, first, lanes);
}

static void run_job(struct job *job, uint64_t blocks, int threads) {
#pragma omp parallel num_threads(threads)
    {
        struct worker worker;
        if (!worker_init(job->input, &worker))
            atomic_store(&job->failed, true);
#pragma omp for schedule(dynamic, 1)
        for (uint64_t index = 0; index < blocks; index++)
            if (!atomic_load(&job->failed))
                run_block(job, &worker, index);
        worker_fini(&worker);
    }
}

static bool need_init(struct planner_need *need, size_t replicas, struct arena *arena) {
    float **const arrays[] = {&need->free_peak_mib, &need->floor_mib,  &need->memory_busy_mib,
                              &need->cores_busy,    &need->cores_peak, &need->disk_peak_gib,
                              &need->inodes_peak};
    bool fine = true;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = arena_array(arena, replicas, sizeof(float));
        fine = fine && *arrays[i];
    }
    return fine;
}

enum status planner_demand_run(const struct planner_demand_input *input, struct arena *arena,
                               struct planner_demand *demand, struct diagnostics *diagnostics) {
    const size_t replicas = (size_t)input->engine->replicas;
    const size_t steps = input->engine->workload->steps;
    *demand = (struct planner_demand){
        .replicas = replicas,
        .loki = arena_array(arena, input->loki_count, sizeof *demand->loki),
        .tempo = arena_array(arena, input->tempo_count, sizeof *demand->tempo),
        .log_factor_peak = arena_array(arena, replicas, sizeof(float)),
        .trace_factor_peak = arena_array(arena, replicas, sizeof(float)),
    };
    bool fine =
        demand->loki && demand->tempo && demand->log_factor_peak && demand->trace_factor_peak;
    for (size_t v = 0; fine && v < input->loki_count; v++)
        fine = need_init(&demand->loki[v], replicas, arena);
    for (size_t v = 0; fine && v < input->tempo_count; v++)
        fine = need_init(&demand->tempo[v], replicas, arena);
    for (int c = COMPONENT_GRAFANA; fine && c < COMPONENT_COUNT; c++)
        fine = need_init(&demand->small[c], replicas, arena);
    struct job job = {.input = input,
                      .demand = demand,
                      .level_every = steps > level_moments ? steps / level_moments : 1};
    if (fine)
        run_job(&job, (replicas + LANES - 1) / LANES,
                input->engine->threads > 0 ? input->engine->threads : omp_get_max_threads());
    return fine && !atomic_load(&job.failed) ? STATUS_OK
                                             : diagnostics_out_of_memory(diagnostics, "the search");
}
