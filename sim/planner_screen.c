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

static void add_age(struct planner_screen *screen, enum loki_encoding encoding, double seconds) {
    for (size_t i = 0; i < screen->loki_count; i++)
        if (screen->loki[i].encoding == encoding &&
            screen->loki[i].max_chunk_age_seconds == seconds)
            return;
    if (screen->loki_count < PLANNER_LOKI_VARIANTS_MAX)
        screen->loki[screen->loki_count++] = (struct planner_loki_variant){encoding, seconds};
}

static void add_block_duration(struct planner_screen *screen, double seconds) {
    for (size_t i = 0; i < screen->tempo_count; i++)
        if (screen->block_seconds[i] == seconds)
            return;
    if (screen->tempo_count < PLANNER_TEMPO_VARIANTS_MAX)
        screen->block_seconds[screen->tempo_count++] = seconds;
}

/** The scenario's own settings come first, so that they win ties. */
static void list_variants(const struct planner_input *input, struct planner_screen *screen) {
    const struct plan *written = input->as_written;
    const struct scenario_search *search = &input->context->scenario->search;
    const double ages[] = {written->loki.max_chunk_age_seconds, 2 * SECONDS_PER_HOUR,
                           SECONDS_PER_HOUR, 30 * SECONDS_PER_MINUTE};
    add_age(screen, written->loki.encoding, ages[0]);
    for (size_t e = 0; e < search->encoding_count; e++)
        for (size_t a = 0; a < sizeof ages / sizeof *ages; a++)
            add_age(screen, search->encodings[e], ages[a]);
    add_block_duration(screen, written->tempo.max_block_duration_seconds);
    add_block_duration(screen, 30 * SECONDS_PER_MINUTE);
    add_block_duration(screen, 10 * SECONDS_PER_MINUTE);
}

/** A plan that nothing stops: demand alone, on no node. */
static struct plan demand_plan(const struct planner_input *input,
                               const struct planner_screen *screen, size_t loki, size_t tempo) {
    struct plan plan = *input->as_written;
    plan.node_count = 0;
    plan.pod_count = 0;
    plan.loki.encoding = screen->loki[loki].encoding;
    plan.loki.max_chunk_age_seconds = screen->loki[loki].max_chunk_age_seconds;
    plan.tempo.max_block_duration_seconds = screen->block_seconds[tempo];
    plan.loki.memory_goal_bytes = 0;
    plan.tempo.memory_goal_bytes = 0;
    plan.resources[COMPONENT_LOKI].limit_bytes = no_limit_bytes;
    plan.resources[COMPONENT_TEMPO].limit_bytes = no_limit_bytes;
    plan.resources[COMPONENT_LOKI].volume_bytes = no_limit_volume_bytes;
    plan.resources[COMPONENT_TEMPO].volume_bytes = no_limit_volume_bytes;
    return plan;
}

/** Heap shapes of the variants, which do not depend on limits. */
static enum status shapes_init(const struct planner_input *input, const struct plan *plans,
                               size_t runs, struct planner_screen *screen,
                               struct diagnostics *diagnostics) {
    struct engine_plan *constants = malloc(sizeof *constants);
    if (!constants)
        return diagnostics_out_of_memory(diagnostics, "the search");
    enum status status = STATUS_OK;
    for (size_t run = 0; run < runs && status == STATUS_OK; run++) {
        status = engine_plan_init(input->context->scenario, input->engine.calibration,
                                  input->context->prices, &plans[run],
                                  input->engine.workload->step_seconds, constants, diagnostics);
        if (run < screen->loki_count)
            screen->loki_heap[run] = constants->loki_heap;
        if (run < screen->tempo_count)
            screen->tempo_heap[run] = constants->tempo_heap;
    }
    free(constants);
    return status;
}

static bool sorted_copy(const struct engine_samples *samples, struct arena *arena,
                        struct engine_samples *sorted) {
    *sorted = (struct engine_samples){.replicas = samples->replicas};
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        sorted->metric[m] = arena_array(arena, samples->replicas, sizeof(float));
        if (!sorted->metric[m])
            return false;
        memcpy(sorted->metric[m], samples->metric[m], samples->replicas * sizeof(float));
        stats_sort(sorted->metric[m], samples->replicas);
    }
    return true;
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
    /* Loki and Tempo do not touch each other without limits: run i serves Loki's variant i and
     * Tempo's variant i. */
    const size_t runs =
        screen->loki_count > screen->tempo_count ? screen->loki_count : screen->tempo_count;
    struct plan *plans = arena_array(arena, runs, sizeof *plans);
    struct engine_samples *samples = arena_array(arena, runs, sizeof *samples);
    if (!plans || !samples)
        return diagnostics_out_of_memory(diagnostics, "the search");
    for (size_t run = 0; run < runs; run++)
        plans[run] = demand_plan(input, screen, run < screen->loki_count ? run : 0,
                                 run < screen->tempo_count ? run : 0);
    enum status status = engine_run(&engine, plans, runs, arena, samples, diagnostics);
    if (status != STATUS_OK)
        return status;
    for (size_t run = 0; run < runs; run++) {
        struct engine_samples sorted;
        if (!sorted_copy(&samples[run], arena, &sorted))
            return diagnostics_out_of_memory(diagnostics, "the search");
        if (run < screen->loki_count) {
            screen->loki_samples[run] = samples[run];
            screen->loki_sorted[run] = sorted;
        }
        if (run < screen->tempo_count) {
            screen->tempo_samples[run] = samples[run];
            screen->tempo_sorted[run] = sorted;
        }
    }
    return shapes_init(input, plans, runs, screen, diagnostics);
}

double planner_screen_quantile(const struct engine_samples *sorted, enum engine_metric metric,
                               double p) {
    return stats_quantile(sorted->metric[metric], sorted->replicas, p);
}

double planner_screen_limit(const struct engine_samples *sorted, enum engine_metric free_peak,
                            const struct engine_heap_shape *shape, double goal_fraction,
                            double step_bytes, double allowed) {
    double free_bytes = planner_screen_quantile(sorted, free_peak, 1 - allowed) * MIB;
    /* The kill threshold grows with the limit: bisect over whole steps. */
    double low = 1, high = ceil(free_bytes / step_bytes) + 1;
    while (low < high) {
        double middle = floor((low + high) / 2);
        double limit = middle * step_bytes;
        double goal = floor(limit * goal_fraction / MIB) * MIB;
        if (engine_heap_kill_bytes(shape, goal, limit) >= free_bytes)
            high = middle;
        else
            low = middle + 1;
    }
    return low * step_bytes;
}

double planner_screen_volume(const struct engine_samples *sorted, enum engine_metric disk_gib,
                             enum engine_metric inodes, double step_bytes, double allowed) {
    double need_bytes = planner_screen_quantile(sorted, disk_gib, 1 - allowed) * GIB;
    double need_inodes = planner_screen_quantile(sorted, inodes, 1 - allowed);
    const double most_steps = no_limit_volume_bytes / step_bytes;
    double steps = fmax(1, floor(need_bytes / step_bytes));
    for (; steps < most_steps; steps++) {
        struct volume volume = {steps * step_bytes, VOLUME_GP3_FREE_IOPS,
                                VOLUME_GP3_FREE_MIB_PER_SECOND};
        if (volume_usable_bytes(&volume) >= need_bytes && volume_inodes(&volume) >= need_inodes)
            break;
    }
    return steps * step_bytes;
}

/** A candidate's thresholds, in the samples' units. */
struct thresholds {
    float loki_kill_mib, tempo_kill_mib;
    float loki_gib, tempo_gib, loki_inodes, tempo_inodes;
    float shared_room_mib; /**< for Loki and Tempo on one node; infinite when apart */
    float loki_room_mib, tempo_room_mib;
};

static void volume_thresholds(double volume_bytes, float *gib, float *inodes) {
    struct volume volume = {volume_bytes, VOLUME_GP3_FREE_IOPS, VOLUME_GP3_FREE_MIB_PER_SECOND};
    *gib = (float)(volume_usable_bytes(&volume) / GIB);
    *inodes = (float)volume_inodes(&volume);
}

static struct thresholds thresholds_of(const struct planner_screen *screen,
                                       const struct engine_plan *nodes,
                                       const struct planner_candidate *candidate) {
    const struct plan *plan = &candidate->plan;
    struct thresholds out = {
        .shared_room_mib = 1e9f, .loki_room_mib = 1e9f, .tempo_room_mib = 1e9f};
    out.loki_kill_mib =
        (float)(engine_heap_kill_bytes(&screen->loki_heap[candidate->loki],
                                       plan->loki.memory_goal_bytes,
                                       plan->resources[COMPONENT_LOKI].limit_bytes) /
                MIB);
    out.tempo_kill_mib =
        (float)(engine_heap_kill_bytes(&screen->tempo_heap[candidate->tempo],
                                       plan->tempo.memory_goal_bytes,
                                       plan->resources[COMPONENT_TEMPO].limit_bytes) /
                MIB);
    volume_thresholds(plan->resources[COMPONENT_LOKI].volume_bytes, &out.loki_gib,
                      &out.loki_inodes);
    volume_thresholds(plan->resources[COMPONENT_TEMPO].volume_bytes, &out.tempo_gib,
                      &out.tempo_inodes);
    for (size_t n = 0; n < nodes->node_count; n++) {
        const struct engine_node *node = &nodes->nodes[n];
        float room = node->allocatable_mib - node->fixed_mib;
        if (node->hosts_loki && node->hosts_tempo)
            out.shared_room_mib = room;
        else if (node->hosts_loki)
            out.loki_room_mib = room;
        else if (node->hosts_tempo)
            out.tempo_room_mib = room;
    }
    return out;
}

void planner_screen_judge(const struct planner_input *input, const struct planner_screen *screen,
                          const struct engine_plan *nodes, struct planner_candidate *candidate) {
    const struct scenario_targets *targets = &input->context->scenario->targets;
    const struct plan *plan = &candidate->plan;
    const struct thresholds t = thresholds_of(screen, nodes, candidate);
    const struct engine_samples *loki = &screen->loki_samples[candidate->loki];
    const struct engine_samples *tempo = &screen->tempo_samples[candidate->tempo];
    const struct engine_heap_shape *loki_heap = &screen->loki_heap[candidate->loki];
    const struct engine_heap_shape *tempo_heap = &screen->tempo_heap[candidate->tempo];
    size_t killed = 0, logs_full = 0, traces_full = 0, missed = 0;
    for (size_t i = 0; i < screen->replicas; i++) {
        const float loki_free = loki->metric[METRIC_LOKI_FREE_PEAK_MIB][i];
        const float tempo_free = tempo->metric[METRIC_TEMPO_FREE_PEAK_MIB][i];
        const double loki_mib = engine_heap_resident_bytes(loki_heap, plan->loki.memory_goal_bytes,
                                                           (double)loki_free * MIB) /
                                MIB;
        const double tempo_mib =
            engine_heap_resident_bytes(tempo_heap, plan->tempo.memory_goal_bytes,
                                       (double)tempo_free * MIB) /
            MIB;
        const bool kill = loki_free > t.loki_kill_mib || tempo_free > t.tempo_kill_mib ||
                          loki_mib + tempo_mib > (double)t.shared_room_mib ||
                          loki_mib > (double)t.loki_room_mib ||
                          tempo_mib > (double)t.tempo_room_mib;
        const bool logs = loki->metric[METRIC_LOKI_DISK_PEAK_GIB][i] > t.loki_gib ||
                          loki->metric[METRIC_LOKI_INODES_PEAK][i] > t.loki_inodes;
        const bool traces = tempo->metric[METRIC_TEMPO_DISK_PEAK_GIB][i] > t.tempo_gib ||
                            tempo->metric[METRIC_TEMPO_INODES_PEAK][i] > t.tempo_inodes;
        killed += kill;
        logs_full += logs;
        traces_full += traces;
        missed += kill || logs || traces;
    }
    const double n = (double)screen->replicas;
    candidate->miss = (double)missed / n;
    candidate->passes =
        plan->pending == 0 &&
        (!targets->out_of_memory.set || (double)killed / n <= targets->out_of_memory.bound) &&
        (!targets->logs_retention.set ||
         1 - (double)logs_full / n >= targets->logs_retention.probability) &&
        (!targets->traces_retention.set ||
         1 - (double)traces_full / n >= targets->traces_retention.probability);
    if (plan->pending > 0)
        candidate->miss = 1;
}
