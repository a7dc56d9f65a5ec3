#include "sim/engine_plan.h"

#include "models/volume.h"
#include "sim/base/units.h"
#include "sim/engine_curve.h"

#include <math.h>
#include <string.h>

/* Facts of Kubernetes and of the agents that the models do not carry. */

/** kubelet keeps 5 files of 10 MiB a container (containerLogMaxFiles, containerLogMaxSize). */
static const double log_files_bytes_per_container = 50 * MIB;
/** Promtail gives a batch up after 10 tries that wait 0.5 s, doubling: 511.5 s. */
static const double push_retry_seconds = 511.5;
static const double push_batch_bytes = 1 * MIB;
/** A container's restart besides its replay: kubelet's first back-off of 10 s and the start of the
 *  process. An assumption; images are on the node already. */
static const double restart_seconds = 20;
/** Loki deletes two hours after the retention mark, in a compaction every ten minutes
 *  (compactor.retention_delete_delay, compaction_interval). */
static const double delete_delay_seconds = 2 * SECONDS_PER_HOUR + 10 * SECONDS_PER_MINUTE;
/** Loads at which the memory curves bend, in multiples of the mean: dense where stacks live. */
static const double scale_knots[CURVE_KNOTS] = {0, 0.4, 0.7, 1, 1.6, 2.6, 5, 12};
/** The last piece is drawn to here and goes on as straight. */
static const double scale_end = 24;
enum { BUCKETS_MAX = 512 };

static size_t at_least_one(double steps) {
    return steps < 1 ? 1 : (size_t)llround(steps);
}

/** Retention buckets: an hour each, longer when the retention has more than BUCKETS_MAX hours. */
static void buckets(double retention_seconds, double step_seconds, size_t *bucket_steps,
                    size_t *bucket_count) {
    double bucket_seconds = fmax(SECONDS_PER_HOUR, retention_seconds / BUCKETS_MAX);
    *bucket_steps = at_least_one(ceil(bucket_seconds / step_seconds));
    *bucket_count = at_least_one(ceil(retention_seconds / ((double)*bucket_steps * step_seconds)));
}

/** One point of a free peak: free, live and fixed bytes. */
struct heap_point {
    double free_bytes, live_bytes, fixed_bytes;
};

/**
 * Reduce the heap model to the engine's form through its own function: with a goal of next to
 * nothing it gives the trimmed floor, which is affine in the free peak along one load curve.
 */
static struct engine_heap_shape heap_shape(const struct go_heap_model *model, struct heap_point low,
                                           struct heap_point high) {
    const double some_goal = 1 * GIB;
    double floor_low =
        go_heap_peak_bytes(model, low.free_bytes, low.live_bytes, low.fixed_bytes, 1);
    double floor_high =
        go_heap_peak_bytes(model, high.free_bytes, high.live_bytes, high.fixed_bytes, 1);
    double slope = (floor_high - floor_low) / fmax(high.free_bytes - low.free_bytes, 1);
    return (struct engine_heap_shape){
        .slope = slope,
        .offset_bytes = floor_low - slope * low.free_bytes,
        .goal_offset_bytes =
            go_heap_peak_bytes(model, 1e18, 0, low.fixed_bytes, some_goal) - some_goal,
    };
}

double engine_heap_kill_bytes(const struct engine_heap_shape *shape, double goal_bytes,
                              double limit_bytes) {
    if (goal_bytes <= 0 || goal_bytes + shape->goal_offset_bytes > limit_bytes || shape->slope <= 0)
        return limit_bytes;
    return fmax(limit_bytes, (limit_bytes - shape->offset_bytes) / shape->slope);
}

static void heap_init(const struct engine_heap_shape *shape, double goal_bytes, double limit_bytes,
                      struct engine_heap *heap) {
    *heap = (struct engine_heap){.slope = 1};
    if (limit_bytes <= 0)
        limit_bytes = 1e15;
    heap->kill_free_mib = (float)(engine_heap_kill_bytes(shape, goal_bytes, limit_bytes) / MIB);
    if (goal_bytes <= 0)
        return;
    heap->slope = (float)shape->slope;
    heap->offset_mib = (float)(shape->offset_bytes / MIB);
    heap->goal_mib = (float)((goal_bytes + shape->goal_offset_bytes) / MIB);
}

static struct heap_point loki_point(const struct loki_need *need) {
    return (struct heap_point){need->memory_free_peak_bytes, need->memory_live_bytes,
                               need->memory_fixed_bytes};
}

static struct heap_point tempo_point(const struct tempo_need *need) {
    return (struct heap_point){need->memory_free_peak_bytes, need->memory_live_bytes,
                               need->memory_fixed_bytes};
}

/** Loki's load as the model wants it. */
struct loki_case {
    struct loki_class classes[1000];
    struct loki_load load;
};

static void loki_case_init(const struct scenario *scenario, const struct plan *plan,
                           struct loki_case *out) {
    const struct scenario_queries *queries = &scenario->workload.queries;
    out->load = (struct loki_load){
        .classes = out->classes,
        .pushes_per_second = plan_service_hosts(scenario),
        .queries_per_second = queries->per_hour / SECONDS_PER_HOUR,
        .query_range_seconds = queries->range_seconds,
        .query_concurrency = queries->per_hour > 0 ? fmax(queries->users, 1) : 0,
    };
    double streams = scenario_streams(scenario);
    double kept = streams > plan->max_streams ? plan->max_streams / streams : 1;
    for (size_t i = 0; i < scenario->workload.service_count; i++) {
        const struct scenario_service *service = &scenario->workload.services[i];
        double lines = service->lines_per_second * service->replicas;
        if (lines <= 0)
            continue;
        out->classes[out->load.class_count++] = (struct loki_class){
            .streams = service->replicas * service->streams_per_replica * kept,
            .bytes_per_second = lines * service->bytes_per_line * kept,
            .bytes_per_line = service->bytes_per_line,
            .compression = service->compression[plan->loki.encoding],
        };
    }
}

static struct loki_need loki_at(const struct loki_model *model,
                                const struct loki_settings *settings, const struct loki_case *loki,
                                double scale, double synchrony) {
    struct loki_need need;
    loki_predict(model, settings, &loki->load, scale, synchrony, &need);
    return need;
}

double engine_plan_query_share(const struct scenario *scenario,
                               const struct calibration *calibration, const struct plan *plan,
                               double peak_bytes) {
    const struct loki_model *model = &calibration->loki;
    const double synchrony = 0.5; /* the mean of what replicas draw */
    struct loki_case loki;
    loki_case_init(scenario, plan, &loki);
    double low = 0, high = scale_end;
    for (int i = 0; i < 20; i++) {
        const double middle = (low + high) / 2;
        const struct loki_need need = loki_at(model, &plan->loki, &loki, middle, synchrony);
        *(need.memory_peak_bytes < peak_bytes ? &low : &high) = middle;
    }
    const double all = loki_at(model, &plan->loki, &loki, high, synchrony).memory_peak_bytes;
    loki.load.queries_per_second = loki.load.query_concurrency = 0;
    const double rest = loki_at(model, &plan->loki, &loki, high, synchrony).memory_peak_bytes;
    return all > 0 ? fmax(1 - rest / all, 0) : 0;
}

static void loki_memory(const struct loki_model *model, const struct plan *plan,
                        const struct loki_settings *settings, const struct loki_case *loki,
                        struct engine_plan *out) {
    double spread[CURVE_KNOTS + 1], rise[CURVE_KNOTS + 1];
    for (int k = 0; k <= CURVE_KNOTS; k++) {
        double scale = k < CURVE_KNOTS ? scale_knots[k] : scale_end;
        spread[k] = loki_at(model, settings, loki, scale, 0).memory_free_peak_bytes / MIB;
        rise[k] = loki_at(model, settings, loki, scale, 1).memory_free_peak_bytes / MIB - spread[k];
    }
    engine_curve_init(scale_knots, spread, scale_end, spread[CURVE_KNOTS], &out->loki.free_spread);
    engine_curve_init(scale_knots, rise, scale_end, rise[CURVE_KNOTS], &out->loki.free_rise);
    out->loki.knots = engine_curve_drop_straight(&out->loki.free_spread, &out->loki.free_rise);
    double collector[CURVE_KNOTS + 1];
    for (int k = 0; k <= CURVE_KNOTS; k++) {
        double scale = k < CURVE_KNOTS ? scale_knots[k] : scale_end;
        collector[k] = loki_at(model, &plan->loki, loki, scale, 1).cpu_cores -
                       loki_at(model, settings, loki, scale, 1).cpu_cores;
    }
    engine_curve_init(scale_knots, collector, scale_end, collector[CURVE_KNOTS],
                      &out->loki.collector);
    out->loki.collects = engine_curve_rises(&out->loki.collector);
    struct loki_need low = loki_at(model, settings, loki, 0.5, 1);
    struct loki_need high = loki_at(model, settings, loki, 4, 1);
    out->loki_heap = heap_shape(&model->heap, loki_point(&low), loki_point(&high));
    heap_init(&out->loki_heap, plan->loki.memory_goal_bytes,
              plan->resources[COMPONENT_LOKI].limit_bytes, &out->loki.heap);
}

static void loki_disk(const struct plan *plan, struct loki_need idle, struct loki_need mean,
                      double step_seconds, struct engine_loki *out) {
    double idle_rate = (idle.chunk_disk_bytes_per_second + idle.index_bytes_per_second) / GIB;
    double mean_rate = (mean.chunk_disk_bytes_per_second + mean.index_bytes_per_second) / GIB;
    out->disk_per_second = (float)idle_rate;
    out->disk_per_scale_second = (float)(mean_rate - idle_rate);
    out->inodes_per_second = (float)idle.chunks_per_second;
    out->inodes_per_scale_second = (float)(mean.chunks_per_second - idle.chunks_per_second);
    /* What fills a volume is the highest moment, not the highest sample. */
    out->wal_base = (float)(idle.wal_bound_bytes / GIB);
    out->wal_per_scale = (float)((mean.wal_bound_bytes - idle.wal_bound_bytes) / GIB);
    const double volume_bytes = plan->resources[COMPONENT_LOKI].volume_bytes;
    out->usable_gib = (float)(volume_usable_bytes(volume_bytes) / GIB);
    out->usable_inodes = (float)volume_inodes(volume_bytes);
    /* Chunks are on disk one chunk's life after their first line: that much less is retained at
     * any time, and that much is in memory instead; the two cancel to within the delay below. */
    buckets(plan->loki_retention_seconds + delete_delay_seconds, step_seconds, &out->bucket_steps,
            &out->bucket_count);
}

static void loki_agents(const struct scenario *scenario, const struct plan *plan,
                        struct engine_loki *out) {
    const double rate = fmax(scenario_log_bytes_per_second(scenario), 1e-9);
    double replicas = 0;
    for (size_t i = 0; i < scenario->workload.service_count; i++)
        replicas += scenario->workload.services[i].replicas;
    double streams = scenario_streams(scenario);
    out->rate_cap_scale = (float)fmin(plan->ingestion_rate_bytes_per_second / rate, 1e9);
    out->stream_loss = (float)(streams > plan->max_streams ? 1 - plan->max_streams / streams : 0);
    out->backlog_cap = (float)fmin(replicas * log_files_bytes_per_container / rate, 1e9);
    out->drop_per_second = (float)fmin(
        plan_service_hosts(scenario) * push_batch_bytes / push_retry_seconds / rate, 1e9);
}

static void loki_init(const struct scenario *scenario, const struct calibration *calibration,
                      const struct plan *plan, double step_seconds, struct loki_case *loki,
                      struct engine_plan *engine) {
    struct engine_loki *out = &engine->loki;
    const struct loki_model *model = &calibration->loki;
    struct loki_settings settings = plan->loki;
    settings.memory_goal_bytes = 0;
    loki_case_init(scenario, plan, loki);
    loki_memory(model, plan, &settings, loki, engine);
    struct loki_need idle = loki_at(model, &settings, loki, 0, 1);
    struct loki_need mean = loki_at(model, &settings, loki, 1, 1);
    out->mean_base = (float)(idle.memory_mean_bytes / MIB);
    out->mean_per_scale = (float)((mean.memory_mean_bytes - idle.memory_mean_bytes) / MIB);
    out->cpu_base = (float)idle.cpu_cores;
    out->cpu_query_per_scale = (float)mean.cpu_query_cores;
    out->cpu_per_scale = (float)(mean.cpu_cores - mean.cpu_query_cores - idle.cpu_cores);
    out->cpu_limit = (float)plan->resources[COMPONENT_LOKI].limit_cores;
    out->window_steps = at_least_one(plan->loki.max_chunk_age_seconds / step_seconds);
    out->restart_seconds = (float)restart_seconds;
    out->replay_seconds_per_scale = (float)mean.replay_seconds;
    out->synchrony_keep = (float)exp(-step_seconds / LOKI_SYNCHRONY_SECONDS);
    out->node = plan_node_of(plan, COMPONENT_LOKI);
    loki_disk(plan, idle, mean, step_seconds, out);
    loki_agents(scenario, plan, out);
}

static struct tempo_need tempo_at(const struct tempo_model *model,
                                  const struct tempo_settings *settings,
                                  const struct tempo_load *load, double scale) {
    struct tempo_need need;
    tempo_predict(model, settings, load, scale, &need);
    return need;
}

/** What the collector passes on. */
static struct tempo_load tempo_load_of(const struct scenario *scenario, const struct plan *plan) {
    const double kept = 1 - plan->traces_dropped;
    double traces = scenario_traces_per_second(scenario) * kept;
    double spans = scenario_spans_per_second(scenario) * kept;
    double bytes = scenario_span_bytes_per_second(scenario) * kept;
    return (struct tempo_load){
        .traces_per_second = traces,
        .spans_per_trace = traces > 0 ? spans / traces : 0,
        .bytes_per_span = spans > 0 ? bytes / spans : 0,
        .queries_per_second = scenario->workload.queries.per_hour / SECONDS_PER_HOUR,
    };
}

static void tempo_memory(const struct tempo_model *model, const struct plan *plan,
                         const struct tempo_settings *settings, const struct tempo_load *load,
                         struct engine_plan *out) {
    /* The model's peak is that of a calibration run of some three blocks; the expected maximum of
     * three normal draws is 0.85 standard deviations above the median of one. */
    const double one_block = exp(-0.85 * model->error.memory_chance);
    double peak[CURVE_KNOTS + 1];
    for (int k = 0; k <= CURVE_KNOTS; k++)
        peak[k] = tempo_at(model, settings, load, k < CURVE_KNOTS ? scale_knots[k] : scale_end)
                      .memory_free_peak_bytes *
                  one_block / MIB;
    engine_curve_init(scale_knots, peak, scale_end, peak[CURVE_KNOTS], &out->tempo.free_peak);
    double collector[CURVE_KNOTS + 1];
    for (int k = 0; k <= CURVE_KNOTS; k++) {
        double scale = k < CURVE_KNOTS ? scale_knots[k] : scale_end;
        collector[k] = tempo_at(model, &plan->tempo, load, scale).cpu_cores -
                       tempo_at(model, settings, load, scale).cpu_cores;
    }
    engine_curve_init(scale_knots, collector, scale_end, collector[CURVE_KNOTS],
                      &out->tempo.collector);
    out->tempo.collects = engine_curve_rises(&out->tempo.collector);
    struct tempo_need low = tempo_at(model, settings, load, 0.5);
    struct tempo_need high = tempo_at(model, settings, load, 4);
    out->tempo_heap = heap_shape(&model->heap, tempo_point(&low), tempo_point(&high));
    heap_init(&out->tempo_heap, plan->tempo.memory_goal_bytes,
              plan->resources[COMPONENT_TEMPO].limit_bytes, &out->tempo.heap);
}

static void tempo_init(const struct scenario *scenario, const struct calibration *calibration,
                       const struct plan *plan, double step_seconds, struct engine_plan *engine) {
    struct engine_tempo *out = &engine->tempo;
    const struct tempo_model *model = &calibration->tempo;
    struct tempo_settings settings = plan->tempo;
    settings.memory_goal_bytes = 0;
    const struct tempo_load load = tempo_load_of(scenario, plan);
    tempo_memory(model, plan, &settings, &load, engine);
    struct tempo_need idle = tempo_at(model, &settings, &load, 0);
    struct tempo_need mean = tempo_at(model, &settings, &load, 1);
    out->idle_base = (float)(idle.memory_idle_bytes / MIB);
    out->idle_per_scale = (float)((mean.memory_idle_bytes - idle.memory_idle_bytes) / MIB);
    out->mean_base = (float)(idle.memory_mean_bytes / MIB);
    out->mean_per_scale = (float)((mean.memory_mean_bytes - idle.memory_mean_bytes) / MIB);
    out->cpu_base = (float)idle.cpu_cores;
    out->cpu_per_scale = (float)(mean.cpu_cores - idle.cpu_cores);
    out->cpu_limit = (float)plan->resources[COMPONENT_TEMPO].limit_cores;
    out->block_steps = at_least_one(plan->tempo.max_block_duration_seconds / step_seconds);
    out->chance_sigma = (float)model->error.memory_chance;
    out->restart_seconds = (float)restart_seconds;
    out->replay_seconds_per_scale = (float)mean.replay_seconds;
    out->node = plan_node_of(plan, COMPONENT_TEMPO);
    out->disk_per_scale_second = (float)(mean.block_bytes_per_second / GIB);
    out->extra_base = (float)(idle.wal_peak_bytes / GIB);
    out->extra_per_scale = (float)((mean.wal_peak_bytes - idle.wal_peak_bytes +
                                    mean.block_bytes_per_second * mean.compaction_extra_seconds) /
                                   GIB);
    /* A block is five files and a folder: data, bloom filter, index, meta and its compacted twin.
     */
    out->inodes_per_second = (float)(6 * mean.blocks_per_second);
    const double volume_bytes = plan->resources[COMPONENT_TEMPO].volume_bytes;
    out->usable_gib = (float)(volume_usable_bytes(volume_bytes) / GIB);
    out->usable_inodes = (float)volume_inodes(volume_bytes);
    buckets(plan->tempo_retention_seconds, step_seconds, &out->bucket_steps, &out->bucket_count);
}

enum status engine_plan_init(const struct scenario *scenario, const struct calibration *calibration,
                             const struct price_table *prices, const struct plan *plan,
                             double step_seconds, struct engine_plan *out,
                             struct diagnostics *diagnostics) {
    struct arena scratch;
    arena_init(&scratch);
    struct loki_case *loki = arena_take(&scratch, sizeof *loki);
    if (!loki)
        return diagnostics_out_of_memory(diagnostics, "a plan's constants");
    memset(out, 0, sizeof *out);
    out->step_seconds = (float)step_seconds;
    out->load_scale = 1;
    out->day_steps = at_least_one(SECONDS_PER_DAY / step_seconds);
    out->credits_unlimited = plan->credits_unlimited;
    out->loki_request_mib = (float)(plan->resources[COMPONENT_LOKI].request_bytes / MIB);
    out->tempo_request_mib = (float)(plan->resources[COMPONENT_TEMPO].request_bytes / MIB);
    loki_init(scenario, calibration, plan, step_seconds, loki, out);
    tempo_init(scenario, calibration, plan, step_seconds, out);
    engine_plan_nodes(scenario, calibration, prices, plan, step_seconds, out);
    arena_fini(&scratch);
    return STATUS_OK;
}
