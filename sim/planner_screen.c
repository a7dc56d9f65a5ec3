#include "sim/planner_screen.h"

#include "models/volume.h"
#include "sim/base/units.h"
#include "sim/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Large enough that nothing is killed or fills, small enough for single precision. */
static const double no_limit_bytes = 1e15;
static const double no_limit_volume_bytes = 16 * 1024 * GIB;

/** GOMEMLIMIT as a share of the limit, tried after the scenario's own. */
static const double usual_goals[] = {0.9, 0.75, 0.6, 0.45};

/** Limits cost nothing where the node has the memory: one choice leaves room for more load. */
static const double roomy = 1.5;

/** Metrics of a store. */
struct store_metrics {
    enum engine_metric free_peak, floor, memory_mean, cpu_mean, disk, inodes;
};
static const struct store_metrics loki_metrics = {
    METRIC_LOKI_FREE_PEAK_MIB,  METRIC_LOKI_FLOOR_MIB,     METRIC_LOKI_MEMORY_MEAN_MIB,
    METRIC_LOKI_CPU_MEAN_CORES, METRIC_LOKI_DISK_PEAK_GIB, METRIC_LOKI_INODES_PEAK};
static const struct store_metrics tempo_metrics = {
    METRIC_TEMPO_FREE_PEAK_MIB,  METRIC_TEMPO_FLOOR_MIB,     METRIC_TEMPO_MEMORY_MEAN_MIB,
    METRIC_TEMPO_CPU_MEAN_CORES, METRIC_TEMPO_DISK_PEAK_GIB, METRIC_TEMPO_INODES_PEAK};

/** What listing the choices of one store works with. */
struct lister {
    const struct planner_input *input;
    struct arena *arena;
    const struct engine_samples *samples; /**< of one variant */
    float *sorted;                        /**< [replicas] scratch */
    struct engine_heap_shape heap;
    const struct store_metrics *metrics;
    double kill_share, full_share; /**< what the targets allow */
};

static void add_variant(struct planner_store *store, enum loki_encoding encoding, double seconds) {
    for (size_t i = 0; i < store->variant_count; i++)
        if (store->variants[i].encoding == encoding && store->variants[i].seconds == seconds)
            return;
    if (store->variant_count < PLANNER_VARIANTS_MAX)
        store->variants[store->variant_count++] =
            (struct planner_variant){.encoding = encoding, .seconds = seconds};
}

/** The scenario's own settings come first, so that they win ties. */
static void list_variants(const struct planner_input *input, struct planner_screen *screen) {
    const struct plan *written = input->as_written;
    const struct scenario_search *search = &input->context->scenario->search;
    const double ages[] = {written->loki.max_chunk_age_seconds, 2 * SECONDS_PER_HOUR,
                           SECONDS_PER_HOUR, 30 * SECONDS_PER_MINUTE};
    screen->loki.component = COMPONENT_LOKI;
    screen->tempo.component = COMPONENT_TEMPO;
    add_variant(&screen->loki, written->loki.encoding, ages[0]);
    for (size_t e = 0; e < search->encoding_count; e++)
        for (size_t a = 0; a < sizeof ages / sizeof *ages; a++)
            add_variant(&screen->loki, search->encodings[e], ages[a]);
    add_variant(&screen->tempo, 0, written->tempo.max_block_duration_seconds);
    add_variant(&screen->tempo, 0, 30 * SECONDS_PER_MINUTE);
    add_variant(&screen->tempo, 0, 10 * SECONDS_PER_MINUTE);
}

double planner_chunk_cache_bytes(const struct plan *written) {
    return fmin(written->loki.chunk_cache_bytes, 32e6);
}

/** A plan that nothing stops: demand alone, on no node. */
static struct plan demand_plan(const struct planner_input *input,
                               const struct planner_variant *loki,
                               const struct planner_variant *tempo) {
    const struct plan *written = input->as_written;
    struct plan plan = *written;
    plan.node_count = 0;
    plan.pod_count = 0;
    plan.loki.encoding = loki->encoding;
    plan.loki.max_chunk_age_seconds = loki->seconds;
    plan.tempo.max_block_duration_seconds = tempo->seconds;
    plan.loki.chunk_cache_bytes = planner_chunk_cache_bytes(written);
    plan.loki.memory_goal_bytes = 0;
    plan.tempo.memory_goal_bytes = 0;
    plan.resources[COMPONENT_LOKI].limit_bytes = no_limit_bytes;
    plan.resources[COMPONENT_TEMPO].limit_bytes = no_limit_bytes;
    plan.resources[COMPONENT_LOKI].volume_bytes = no_limit_volume_bytes;
    plan.resources[COMPONENT_TEMPO].volume_bytes = no_limit_volume_bytes;
    return plan;
}

/** Quantile `p` of one metric of the variant. */
static double quantile(const struct lister *lister, enum engine_metric metric, double p) {
    memcpy(lister->sorted, lister->samples->metric[metric],
           lister->samples->replicas * sizeof(float));
    stats_sort(lister->sorted, lister->samples->replicas);
    return stats_quantile(lister->sorted, lister->samples->replicas, p);
}

static double up_to(double value, double step) {
    return fmax(ceil(value / step - 1e-9), 1) * step;
}

static double goal_bytes_of(double limit_bytes, double goal_fraction) {
    return floor(limit_bytes * goal_fraction / MIB) * MIB;
}

/** Smallest limit, in whole steps, that a free peak of `free_bytes` survives. */
static double least_limit(const struct lister *lister, double goal_fraction, double free_bytes) {
    const double step = lister->input->context->scenario->search.memory_step_bytes;
    double low = 1, high = ceil(free_bytes / step) + 1;
    while (low < high) {
        double middle = floor((low + high) / 2);
        double goal = goal_bytes_of(middle * step, goal_fraction);
        if (engine_heap_kill_bytes(&lister->heap, goal, middle * step) >= free_bytes)
            high = middle;
        else
            low = middle + 1;
    }
    return low * step;
}

static double least_volume(const struct lister *lister, double need_bytes, double need_inodes) {
    const double step = lister->input->context->scenario->search.volume_step_bytes;
    double steps = fmax(1, floor(need_bytes / step));
    for (; steps * step < no_limit_volume_bytes; steps++) {
        struct volume volume = {steps * step, VOLUME_GP3_FREE_IOPS, VOLUME_GP3_FREE_MIB_PER_SECOND};
        if (volume_usable_bytes(&volume) >= need_bytes && volume_inodes(&volume) >= need_inodes)
            break;
    }
    return steps * step;
}

static bool fill_volume(const struct lister *lister, double allowed,
                        struct planner_variant *variant, size_t index) {
    const struct engine_samples *samples = lister->samples;
    const double bytes =
        least_volume(lister, quantile(lister, lister->metrics->disk, 1 - allowed) * GIB,
                     quantile(lister, lister->metrics->inodes, 1 - allowed));
    const struct volume volume = {bytes, VOLUME_GP3_FREE_IOPS, VOLUME_GP3_FREE_MIB_PER_SECOND};
    const float usable_gib = (float)(volume_usable_bytes(&volume) / GIB);
    const float inodes = (float)volume_inodes(&volume);
    unsigned char *full = arena_take(lister->arena, samples->replicas);
    if (!full)
        return false;
    for (size_t i = 0; i < samples->replicas; i++)
        full[i] = samples->metric[lister->metrics->disk][i] > usable_gib ||
                  samples->metric[lister->metrics->inodes][i] > inodes;
    variant->volume_bytes[index] = bytes;
    variant->full[index] = full;
    return true;
}

static bool add_choice(const struct lister *lister, struct planner_store *store, unsigned variant,
                       double goal_fraction, double limit_bytes) {
    for (size_t i = 0; i < store->choice_count; i++)
        if (store->choices[i].variant == variant && store->choices[i].limit_bytes == limit_bytes &&
            store->choices[i].goal_fraction == goal_fraction)
            return true;
    const size_t replicas = lister->samples->replicas;
    const double goal = goal_bytes_of(limit_bytes, goal_fraction);
    const double kill_mib = engine_heap_kill_bytes(&lister->heap, goal, limit_bytes) / MIB;
    const float *free_mib = lister->samples->metric[lister->metrics->free_peak];
    float *resident = arena_array(lister->arena, replicas, sizeof *resident);
    unsigned char *killed = arena_take(lister->arena, replicas);
    if (!resident || !killed)
        return false;
    for (size_t i = 0; i < replicas; i++) {
        resident[i] =
            (float)(engine_heap_resident_bytes(&lister->heap, goal, (double)free_mib[i] * MIB) /
                    MIB);
        killed[i] = (double)free_mib[i] > kill_mib;
    }
    store->choices[store->choice_count++] =
        (struct planner_choice){variant,
                                goal_fraction,
                                limit_bytes,
                                resident,
                                lister->samples->metric[lister->metrics->floor],
                                killed};
    return true;
}

/** Choices of one variant: GOMEMLIMITs x limits, and its volumes and requests. */
static bool list_choices(const struct lister *lister, struct planner_store *store,
                         unsigned variant) {
    const struct plan *written = lister->input->as_written;
    const bool loki = store->component == COMPONENT_LOKI;
    const double own_goal =
        loki ? written->loki_memory_limit_target : written->tempo_memory_limit_target;
    struct planner_variant *own = &store->variants[variant];
    own->request_bytes = up_to(quantile(lister, lister->metrics->memory_mean, 0.95) * MIB,
                               lister->input->context->scenario->search.memory_step_bytes);
    own->request_cores = up_to(quantile(lister, lister->metrics->cpu_mean, 0.95), 0.05);
    bool fine = fill_volume(lister, lister->full_share / 2, own, 0) &&
                fill_volume(lister, lister->full_share / 20, own, 1);
    const double safe = quantile(lister, lister->metrics->free_peak, 1 - lister->kill_share / 4);
    const double safer = quantile(lister, lister->metrics->free_peak, 1 - lister->kill_share / 20);
    for (int g = 0; g < PLANNER_GOALS && fine; g++) {
        const double goal = g == 0 ? own_goal : usual_goals[g - 1];
        fine = add_choice(lister, store, variant, goal,
                          written->resources[store->component].limit_bytes) &&
               add_choice(lister, store, variant, goal, least_limit(lister, goal, safe * MIB)) &&
               add_choice(lister, store, variant, goal, least_limit(lister, goal, safer * MIB)) &&
               add_choice(lister, store, variant, goal,
                          least_limit(lister, goal, roomy * safer * MIB));
    }
    return fine;
}

/** The share of replicas that a target lets go wrong. */
static double allowed_share(const struct scenario_target *target, bool at_most) {
    if (!target->set)
        return 0.01;
    return fmax(at_most ? target->bound : 1 - target->probability, 1e-4);
}

static enum status list_store(const struct planner_input *input, struct arena *arena,
                              const struct plan *plans, const struct engine_samples *samples,
                              struct planner_store *store, struct diagnostics *diagnostics) {
    const struct scenario_targets *targets = &input->context->scenario->targets;
    const bool loki = store->component == COMPONENT_LOKI;
    struct lister lister = {
        .input = input,
        .arena = arena,
        .sorted = arena_array(arena, samples[0].replicas, sizeof(float)),
        .metrics = loki ? &loki_metrics : &tempo_metrics,
        .kill_share = allowed_share(&targets->out_of_memory, true),
        .full_share =
            allowed_share(loki ? &targets->logs_retention : &targets->traces_retention, false),
    };
    struct engine_plan *constants = malloc(sizeof *constants);
    enum status status = lister.sorted && constants
                             ? STATUS_OK
                             : diagnostics_out_of_memory(diagnostics, "the search");
    for (unsigned v = 0; v < store->variant_count && status == STATUS_OK; v++) {
        status = engine_plan_init(input->context->scenario, input->engine.calibration,
                                  input->context->prices, &plans[v],
                                  input->engine.workload->step_seconds, constants, diagnostics);
        lister.samples = &samples[v];
        lister.heap = loki ? constants->loki_heap : constants->tempo_heap;
        if (status == STATUS_OK && !list_choices(&lister, store, v))
            status = diagnostics_out_of_memory(diagnostics, "the search");
    }
    free(constants);
    return status;
}

/** Limits that Grafana, the collector and the agents need: never below what is written. */
static void list_small(const struct planner_input *input, const struct engine_samples *samples,
                       float *scratch, struct planner_screen *screen) {
    static const struct {
        enum component component;
        enum engine_metric metric;
    } small[] = {{COMPONENT_GRAFANA, METRIC_GRAFANA_MEMORY_PEAK_MIB},
                 {COMPONENT_COLLECTOR, METRIC_COLLECTOR_MEMORY_PEAK_MIB},
                 {COMPONENT_AGENT, METRIC_AGENT_MEMORY_PEAK_MIB}};
    const struct scenario *scenario = input->context->scenario;
    const double share = allowed_share(&scenario->targets.out_of_memory, true);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        memcpy(scratch, samples->metric[small[i].metric], samples->replicas * sizeof *scratch);
        stats_sort(scratch, samples->replicas);
        double need = stats_quantile(scratch, samples->replicas, 1 - share / 20) * MIB;
        screen->small_limit_bytes[small[i].component] =
            fmax(input->as_written->resources[small[i].component].limit_bytes,
                 up_to(need, scenario->search.memory_step_bytes));
    }
}

enum status planner_screen_init(const struct planner_input *input, struct arena *arena,
                                struct planner_screen *screen, struct diagnostics *diagnostics) {
    memset(screen, 0, sizeof *screen);
    list_variants(input, screen);
    struct engine_input engine = input->engine;
    engine.series = false;
    engine.progress = NULL;
    if (engine.replicas > PLANNER_REPLICAS)
        engine.replicas = PLANNER_REPLICAS;
    screen->replicas = (size_t)engine.replicas;
    /* Without limits Loki and Tempo do not touch each other: run i serves Loki's variant i and
     * Tempo's variant i. */
    const size_t loki = screen->loki.variant_count, tempo = screen->tempo.variant_count;
    const size_t runs = loki > tempo ? loki : tempo;
    struct plan *plans = arena_array(arena, runs, sizeof *plans);
    struct engine_samples *samples = arena_array(arena, runs, sizeof *samples);
    struct engine_variation *variations = arena_array(arena, runs, sizeof *variations);
    float *scratch = arena_array(arena, screen->replicas, sizeof *scratch);
    if (!plans || !samples || !variations || !scratch)
        return diagnostics_out_of_memory(diagnostics, "the search");
    engine.variations = variations;
    for (size_t run = 0; run < runs; run++) {
        variations[run] = (struct engine_variation){.load_scale = 1, .loki_only = run >= tempo};
        plans[run] = demand_plan(input, &screen->loki.variants[run < loki ? run : 0],
                                 &screen->tempo.variants[run < tempo ? run : 0]);
    }
    enum status status = engine_run(&engine, plans, runs, arena, samples, diagnostics);
    if (status == STATUS_OK)
        status = list_store(input, arena, plans, samples, &screen->loki, diagnostics);
    if (status == STATUS_OK)
        status = list_store(input, arena, plans, samples, &screen->tempo, diagnostics);
    if (status == STATUS_OK)
        list_small(input, &samples[0], scratch, screen);
    return status;
}

struct planner_room planner_screen_room(const struct planner_input *input,
                                        const struct plan *plan) {
    struct planner_room room = {1e9f, 1e9f, 1e9f};
    struct engine_plan nodes;
    memset(&nodes, 0, sizeof nodes);
    engine_plan_nodes(input->context->scenario, input->engine.calibration, input->context->prices,
                      plan, input->engine.workload->step_seconds, &nodes);
    for (size_t n = 0; n < nodes.node_count; n++) {
        const struct engine_node *node = &nodes.nodes[n];
        float left = node->allocatable_mib - node->fixed_mib;
        if (node->hosts_loki && node->hosts_tempo)
            room.shared_mib = left;
        else if (node->hosts_loki)
            room.loki_mib = left;
        else if (node->hosts_tempo)
            room.tempo_mib = left;
    }
    return room;
}

void planner_screen_judge(const struct planner_input *input, const struct planner_screen *screen,
                          const struct planner_room *room, const struct planner_choice *loki,
                          const struct planner_choice *tempo,
                          struct planner_verdict verdicts[PLANNER_VOLUMES * PLANNER_VOLUMES]) {
    const struct scenario_targets *targets = &input->context->scenario->targets;
    const size_t replicas = screen->replicas;
    const double n = (double)replicas;
    for (size_t v = 0; v < PLANNER_VOLUMES * PLANNER_VOLUMES; v++) {
        const unsigned char *logs = screen->loki.variants[loki->variant].full[v / PLANNER_VOLUMES];
        const unsigned char *traces =
            screen->tempo.variants[tempo->variant].full[v % PLANNER_VOLUMES];
        unsigned killed = 0, surely_killed = 0, logs_full = 0, traces_full = 0, missed = 0;
#pragma omp simd reduction(+ : killed, surely_killed, logs_full, traces_full, missed)
        for (size_t i = 0; i < replicas; i++) {
            const float loki_mib = loki->resident_mib[i], tempo_mib = tempo->resident_mib[i];
            const unsigned alone = (loki_mib > room->loki_mib) | (tempo_mib > room->tempo_mib) |
                                   loki->killed[i] | tempo->killed[i];
            const unsigned kill = alone | (loki_mib + tempo_mib > room->shared_mib);
            killed += kill;
            surely_killed += alone | (loki_mib + tempo->floor_mib[i] > room->shared_mib) |
                             (tempo_mib + loki->floor_mib[i] > room->shared_mib);
            logs_full += logs[i];
            traces_full += traces[i];
            missed += kill | logs[i] | traces[i];
        }
        verdicts[v].miss = missed / n;
        const bool kept = (!targets->logs_retention.set ||
                           1 - logs_full / n >= targets->logs_retention.probability) &&
                          (!targets->traces_retention.set ||
                           1 - traces_full / n >= targets->traces_retention.probability);
        const struct scenario_target *kills = &targets->out_of_memory;
        verdicts[v].passes = kept && (!kills->set || killed / n <= kills->bound);
        verdicts[v].possible = kept && (!kills->set || surely_killed / n <= kills->bound);
    }
}
