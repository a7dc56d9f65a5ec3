#include "sim/planner_screen.h"

#include "models/volume.h"
#include "sim/base/units.h"
#include "sim/stats.h"

#include <math.h>
#include <string.h>

/** Large enough that nothing is killed, small enough for single precision. */
static const double no_limit_bytes = 1e15;

/** GOMEMLIMIT as a share of the limit, tried after the scenario's own. */
static const double usual_goals[] = {0.9, 0.75, 0.6, 0.45};

/** Limits cost nothing where the node has the memory: one of them leaves room for more load. */
static const double roomy = 1.5;

/** CPU requests and limits are whole multiples of these. */
static const double request_step_cores = 0.05, limit_step_cores = 0.1;

/** What sizing one variant works with. */
struct sizer {
    const struct planner_input *input;
    struct arena *arena;
    size_t replicas;
    float *sorted;                 /**< [replicas] scratch */
    double kill_share, full_share; /**< what the targets allow */
};

double planner_chunk_cache_bytes(const struct plan *written) {
    return fmin(written->loki.chunk_cache_bytes, 32e6);
}

/** A plan that nothing stops: demand alone, on no node. What a volume is asked to hold does not
 *  depend on its size. */
static struct plan demand_plan(const struct planner_input *input,
                               const struct planner_variant *variant, enum component component) {
    struct plan plan = *input->as_written;
    plan.node_count = 0;
    plan.pod_count = 0;
    planner_variant_apply(variant, component, &plan);
    plan.loki.memory_goal_bytes = 0;
    plan.tempo.memory_goal_bytes = 0;
    for (int stores = COMPONENT_LOKI; stores <= COMPONENT_TEMPO; stores++) {
        plan.resources[stores].limit_bytes = no_limit_bytes;
        plan.resources[stores].volume_bytes = VOLUME_GP3_BYTES_MAX;
    }
    return plan;
}

/** Sort `values` into the sizer's scratch, for quantile(). */
static void sort(const struct sizer *sizer, const float *values) {
    memcpy(sizer->sorted, values, sizer->replicas * sizeof *values);
    stats_sort(sizer->sorted, sizer->replicas);
}

/** Of what was sorted last. */
static double sorted_quantile(const struct sizer *sizer, double p) {
    return stats_quantile(sizer->sorted, sizer->replicas, p);
}

static double quantile(const struct sizer *sizer, const float *values, double p) {
    sort(sizer, values);
    return sorted_quantile(sizer, p);
}

static double up_to(double value, double step) {
    return fmax(ceil(value / step - 1e-9), 1) * step;
}

double planner_goal_bytes(double limit_bytes, double goal_fraction) {
    return floor(limit_bytes * goal_fraction / MIB) * MIB;
}

/** Smallest limit, in whole steps, that a free peak of `free_bytes` survives. */
static double least_limit(const struct sizer *sizer, const struct engine_heap_shape *heap,
                          double goal_fraction, double free_bytes) {
    const double step = sizer->input->context->scenario->search.memory_step_bytes;
    double low = 1, high = ceil(free_bytes / step) + 1;
    while (low < high) {
        double middle = floor((low + high) / 2);
        double goal = planner_goal_bytes(middle * step, goal_fraction);
        if (engine_heap_kill_bytes(heap, goal, middle * step) >= free_bytes)
            high = middle;
        else
            low = middle + 1;
    }
    return low * step;
}

/** Smallest volume, in whole steps, that offers as much; the largest there is when none does. */
static double least_volume(const struct sizer *sizer, double need_bytes, double need_inodes) {
    const double step = sizer->input->context->scenario->search.volume_step_bytes;
    const double most = fmax(1, floor(VOLUME_GP3_BYTES_MAX / step));
    double steps = fmin(fmax(1, floor(need_bytes / step)), most);
    for (; steps < most; steps++) {
        if (volume_usable_bytes(steps * step) >= need_bytes &&
            volume_inodes(steps * step) >= need_inodes)
            break;
    }
    return steps * step;
}

/** A volume of `bytes`, and in which runs it fills. */
static bool fill_volume(const struct sizer *sizer, double bytes, struct planner_variant *variant,
                        size_t index) {
    const struct planner_need *need = &variant->need;
    const float usable_gib = (float)(volume_usable_bytes(bytes) / GIB);
    const float inodes = (float)volume_inodes(bytes);
    uint32_t *full = arena_array(sizer->arena, sizer->replicas, sizeof *full);
    if (!full)
        return false;
    size_t count = 0;
    for (uint32_t i = 0; i < sizer->replicas; i++)
        if (need->disk_peak_gib[i] > usable_gib || need->inodes_peak[i] > inodes)
            full[count++] = i;
    variant->volume_bytes[index] = bytes;
    variant->full[index] = full;
    variant->full_count[index] = count;
    return true;
}

/** Volumes that fill in no more than a half, and a twentieth, of the runs that the target allows.
 */
static bool size_volumes(const struct sizer *sizer, struct planner_variant *variant) {
    const double allowed[PLANNER_VOLUMES] = {sizer->full_share / 2, sizer->full_share / 20};
    double gib[PLANNER_VOLUMES];
    bool fine = true;
    sort(sizer, variant->need.disk_peak_gib);
    for (size_t v = 0; v < PLANNER_VOLUMES; v++)
        gib[v] = sorted_quantile(sizer, 1 - allowed[v]);
    sort(sizer, variant->need.inodes_peak);
    for (size_t v = 0; v < PLANNER_VOLUMES && fine; v++)
        fine = fill_volume(
            sizer, least_volume(sizer, gib[v] * GIB, sorted_quantile(sizer, 1 - allowed[v])),
            variant, v);
    return fine;
}

static void size_limits(const struct sizer *sizer, const struct planner_store *store,
                        struct planner_variant *variant) {
    const double written = sizer->input->as_written->resources[store->component].limit_bytes;
    sort(sizer, variant->need.free_peak_mib);
    const double safe = sorted_quantile(sizer, 1 - sizer->kill_share / 4) * MIB;
    const double safer = sorted_quantile(sizer, 1 - sizer->kill_share / 20) * MIB;
    for (size_t g = 0; g < store->goal_count; g++) {
        const double goal = store->goals[g];
        double *limits = variant->limit_bytes[g];
        limits[LIMIT_WRITTEN] = written;
        limits[LIMIT_SAFE] = least_limit(sizer, &variant->heap, goal, safe);
        limits[LIMIT_SAFER] = least_limit(sizer, &variant->heap, goal, safer);
        limits[LIMIT_ROOMY] = least_limit(sizer, &variant->heap, goal, roomy * safer);
        limits[LIMIT_NODE] = 0;
    }
}

static void size_requests(const struct sizer *sizer, enum component component,
                          struct planner_variant *variant) {
    const struct planner_need *need = &variant->need;
    const double step = sizer->input->context->scenario->search.memory_step_bytes;
    const double written = sizer->input->as_written->resources[component].limit_cores;
    variant->request_bytes =
        up_to(quantile(sizer, need->memory_busy_mib, PLANNER_USUAL_SHARE) * MIB, step);
    variant->request_cores =
        up_to(quantile(sizer, need->cores_busy, PLANNER_USUAL_SHARE), request_step_cores);
    variant->limit_cores = fmax(
        written, up_to(quantile(sizer, need->cores_peak, PLANNER_USUAL_SHARE), limit_step_cores));
}

static bool holds_retention(const struct sizer *sizer, const struct planner_store *store,
                            size_t full_count) {
    const struct scenario_targets *targets = &sizer->input->context->scenario->targets;
    const struct plan *written = sizer->input->as_written;
    const bool loki = store->component == COMPONENT_LOKI;
    const struct scenario_target *target =
        loki ? &targets->logs_retention : &targets->traces_retention;
    const double configured =
        loki ? written->loki_retention_seconds : written->tempo_retention_seconds;
    return !target->set ||
           (configured >= target->bound &&
            1 - (double)full_count / (double)sizer->replicas >= target->probability);
}

static bool size_variant(const struct sizer *sizer, const struct planner_store *store,
                         struct planner_variant *variant) {
    size_limits(sizer, store, variant);
    size_requests(sizer, store->component, variant);
    if (!size_volumes(sizer, variant))
        return false;
    for (size_t v = 0; v < PLANNER_VOLUMES; v++)
        variant->kept[v] = holds_retention(sizer, store, variant->full_count[v]);
    return true;
}

/** Number the pairs of requests: where pods land follows from them alone. */
static void number_requests(struct planner_store *store) {
    store->request_count = 0;
    for (size_t v = 0; v < store->variant_count; v++) {
        struct planner_variant *own = &store->variants[v];
        own->requests = store->request_count;
        for (size_t i = 0; i < v; i++)
            if (store->variants[i].request_bytes == own->request_bytes &&
                store->variants[i].request_cores == own->request_cores)
                own->requests = store->variants[i].requests;
        store->request_count += own->requests == store->request_count;
    }
}

/** The share of replicas that a target lets go wrong. */
static double allowed_share(const struct scenario_target *target, bool at_most) {
    if (!target->set)
        return PLANNER_UNASKED_SHARE;
    return fmax(at_most ? target->bound : 1 - target->probability, 1e-4);
}

static bool size_store(struct sizer *sizer, struct planner_store *store) {
    const struct scenario_targets *targets = &sizer->input->context->scenario->targets;
    const struct plan *written = sizer->input->as_written;
    const bool loki = store->component == COMPONENT_LOKI;
    const double own_goal =
        loki ? written->loki_memory_limit_target : written->tempo_memory_limit_target;
    bool fine = true;
    sizer->full_share =
        allowed_share(loki ? &targets->logs_retention : &targets->traces_retention, false);
    store->goals[store->goal_count++] = own_goal;
    for (size_t g = 0; g < sizeof usual_goals / sizeof *usual_goals; g++)
        if (usual_goals[g] != own_goal && store->goal_count < PLANNER_GOALS)
            store->goals[store->goal_count++] = usual_goals[g];
    for (int limit = 0; limit < PLANNER_LIMITS; limit++)
        store->limits[store->limit_count++] = (enum planner_limit)limit;
    store->volume_count = PLANNER_VOLUMES;
    for (size_t v = 0; v < store->variant_count && fine; v++)
        fine = size_variant(sizer, store, &store->variants[v]);
    if (fine)
        planner_variants_prune(store, sizer->replicas);
    number_requests(store);
    return fine;
}

/** Grafana, the collector and the agents: what is written, raised to what they need. Of their
 *  memory only peaks are modelled, the usual is less: half of the runs' peaks must do. */
static void size_small(const struct sizer *sizer, const struct planner_demand *demand,
                       struct planner_screen *screen) {
    const double step = sizer->input->context->scenario->search.memory_step_bytes;
    for (int c = COMPONENT_GRAFANA; c < COMPONENT_COUNT; c++) {
        const struct planner_need *need = &demand->small[c];
        const double peak = quantile(sizer, need->free_peak_mib, 1 - sizer->kill_share / 20) * MIB;
        const double memory = quantile(sizer, need->memory_busy_mib, 0.5) * MIB;
        const double busy = quantile(sizer, need->cores_busy, PLANNER_USUAL_SHARE);
        const double most = quantile(sizer, need->cores_peak, PLANNER_USUAL_SHARE);
        struct scenario_resources *own = &screen->small[c];
        *own = sizer->input->as_written->resources[c];
        if (peak > own->limit_bytes)
            own->limit_bytes = up_to(peak, step);
        if (memory > own->request_bytes)
            own->request_bytes = fmin(up_to(memory, step), own->limit_bytes);
        if (most > own->limit_cores)
            own->limit_cores = up_to(most, limit_step_cores);
        if (busy > own->request_cores)
            own->request_cores = fmin(up_to(busy, request_step_cores), own->limit_cores);
    }
}

/** Constants of the variants of one store, on no node. */
static enum status list_constants(const struct planner_input *input, struct planner_store *store,
                                  struct arena *arena, struct engine_plan **constants,
                                  struct diagnostics *diagnostics) {
    *constants = arena_array(arena, store->variant_count, sizeof **constants);
    if (!*constants)
        return diagnostics_out_of_memory(diagnostics, "the search");
    enum status status = STATUS_OK;
    for (size_t v = 0; v < store->variant_count && status == STATUS_OK; v++) {
        const struct plan plan = demand_plan(input, &store->variants[v], store->component);
        status = engine_plan_init(
            input->context->scenario, input->engine.calibration, input->context->prices, &plan,
            input->engine.workload->step_seconds, &(*constants)[v], diagnostics);
        store->variants[v].heap = store->component == COMPONENT_LOKI ? (*constants)[v].loki_heap
                                                                     : (*constants)[v].tempo_heap;
    }
    return status;
}

static enum status find_demand(const struct planner_input *input, const struct engine_input *engine,
                               struct arena *arena, struct planner_screen *screen,
                               struct planner_demand *demand, struct diagnostics *diagnostics) {
    struct planner_store *loki = &screen->loki, *tempo = &screen->tempo;
    struct engine_plan *of_loki, *of_tempo;
    enum status status = list_constants(input, loki, arena, &of_loki, diagnostics);
    if (status == STATUS_OK)
        status = list_constants(input, tempo, arena, &of_tempo, diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct planner_demand_input all = {engine,
                                             of_loki,
                                             of_tempo,
                                             loki->variant_count,
                                             tempo->variant_count,
                                             input->as_written->agent_kind};
    status = planner_demand_run(&all, arena, demand, diagnostics);
    for (size_t v = 0; v < loki->variant_count && status == STATUS_OK; v++)
        loki->variants[v].need = demand->loki[v];
    for (size_t v = 0; v < tempo->variant_count && status == STATUS_OK; v++)
        tempo->variants[v].need = demand->tempo[v];
    return status;
}

enum status planner_screen_init(const struct planner_input *input, struct arena *arena,
                                struct planner_screen *screen, struct diagnostics *diagnostics) {
    const struct scenario_targets *targets = &input->context->scenario->targets;
    memset(screen, 0, sizeof *screen);
    screen->loki.component = COMPONENT_LOKI;
    screen->tempo.component = COMPONENT_TEMPO;
    planner_variants_list(input, &screen->loki, &screen->tempo);
    struct engine_input engine = input->engine;
    if (engine.replicas > PLANNER_REPLICAS)
        engine.replicas = PLANNER_REPLICAS;
    screen->replicas = (size_t)engine.replicas;
    struct planner_demand demand;
    enum status status = find_demand(input, &engine, arena, screen, &demand, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct sizer sizer = {.input = input,
                          .arena = arena,
                          .replicas = screen->replicas,
                          .sorted = arena_array(arena, screen->replicas, sizeof(float)),
                          .kill_share = allowed_share(&targets->out_of_memory, true)};
    if (!sizer.sorted || !size_store(&sizer, &screen->loki) || !size_store(&sizer, &screen->tempo))
        return diagnostics_out_of_memory(diagnostics, "the search");
    size_small(&sizer, &demand, screen);
    screen->log_factor_p99 = quantile(&sizer, demand.log_factor_peak, 0.99);
    screen->trace_factor_p99 = quantile(&sizer, demand.trace_factor_peak, 0.99);
    screen->loki_peak_p99_mib = quantile(&sizer, screen->loki.variants[0].need.free_peak_mib, 0.99);
    return STATUS_OK;
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
