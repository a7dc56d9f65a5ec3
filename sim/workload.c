#include "sim/workload.h"

#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/base/vecmath.h"
#include "sim/simd.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/** Log mean and standard deviation of a lognormal from its median and 95th percentile. */
static void lognormal_of_spread(const struct scenario_spread *spread, double *log_mean,
                                double *log_sd) {
    *log_mean = log(spread->median);
    *log_sd = log(spread->p95 / spread->median) / gsl_cdf_ugaussian_Pinv(0.95);
}

static double shape_at(const struct scenario_profile *profile, double seconds) {
    const double week_mean = (5 + 2 * profile->weekend_fraction) / 7;
    size_t day = (size_t)(seconds / SECONDS_PER_DAY);
    size_t hour = (size_t)(fmod(seconds, SECONDS_PER_DAY) / SECONDS_PER_HOUR);
    double weekend = day % 7 >= 5 ? profile->weekend_fraction : 1;
    double growth = pow(1 + profile->growth_fraction_per_month, seconds / SECONDS_PER_MONTH);
    return profile->daily[hour] * weekend / week_mean * growth;
}

enum status workload_init(const struct scenario *scenario, struct arena *arena,
                          struct workload *workload, struct diagnostics *diagnostics) {
    const struct scenario_workload *load = &scenario->workload;
    *workload = (struct workload){
        .seed = scenario->simulation.seed,
        .step_seconds = scenario->simulation.step_seconds,
        .steps = (size_t)llround(scenario->simulation.horizon_seconds /
                                 scenario->simulation.step_seconds),
        .incidents_per_second = load->incidents.per_month / SECONDS_PER_MONTH,
    };
    workload->shape = arena_array(arena, workload->steps, sizeof *workload->shape);
    if (!workload->shape)
        return diagnostics_out_of_memory(diagnostics, "the workload");
    for (size_t i = 0; i < workload->steps; i++)
        workload->shape[i] = (float)shape_at(&load->profile, (double)i * workload->step_seconds);
    double keep = exp(-workload->step_seconds / load->profile.noise_correlation_seconds);
    double variance = log1p(load->profile.noise_cv * load->profile.noise_cv);
    workload->ar_keep = (float)keep;
    workload->ar_add = (float)sqrt(1 - keep * keep);
    workload->noise_sigma = (float)sqrt(variance);
    workload->noise_shift = (float)(-variance / 2);
    lognormal_of_spread(&load->incidents.magnitude, &workload->magnitude_log_mean,
                        &workload->magnitude_log_sd);
    lognormal_of_spread(&load->incidents.duration_seconds, &workload->duration_log_mean,
                        &workload->duration_log_sd);
    return STATUS_OK;
}

void workload_block_init(struct workload_block *block) {
    *block = (struct workload_block){0};
}

void workload_block_fini(struct workload_block *block) {
    free(block->edges);
    workload_block_init(block);
}

static bool add_edge(struct workload_block *block, struct workload_edge edge) {
    if (block->edge_count == block->edge_capacity) {
        size_t capacity = block->edge_capacity ? 2 * block->edge_capacity : 1024;
        struct workload_edge *edges = realloc(block->edges, capacity * sizeof *edges);
        if (!edges)
            return false;
        block->edges = edges;
        block->edge_capacity = capacity;
    }
    block->edges[block->edge_count++] = edge;
    return true;
}

/** Incidents of one replica: exponential gaps, then magnitude and duration of each. */
static bool draw_incidents(const struct workload *workload, struct workload_block *block,
                           uint32_t lane) {
    if (workload->incidents_per_second <= 0)
        return true;
    struct random_stream stream =
        random_stream_at(workload->seed, block->first_replica + lane, RANDOM_INCIDENTS);
    const double horizon = (double)workload->steps * workload->step_seconds;
    double seconds = 0;
    for (;;) {
        seconds -= log(random_stream_uniform(&stream)) / workload->incidents_per_second;
        double magnitude = exp(workload->magnitude_log_mean +
                               workload->magnitude_log_sd * random_stream_normal(&stream));
        double duration = exp(workload->duration_log_mean +
                              workload->duration_log_sd * random_stream_normal(&stream));
        if (seconds >= horizon)
            return true;
        double begin = round(seconds / workload->step_seconds);
        double end = round((seconds + duration) / workload->step_seconds);
        if (magnitude <= 1 || end <= begin || begin >= (double)workload->steps)
            continue;
        float excess = (float)(magnitude - 1);
        if (!add_edge(block, (struct workload_edge){(uint32_t)begin, lane, excess}))
            return false;
        if (end < (double)workload->steps &&
            !add_edge(block, (struct workload_edge){(uint32_t)end, lane, -excess}))
            return false;
    }
}

/* Ties are broken by lane and excess, so that the order never depends on the sort. */
static int compare_edges(const void *a, const void *b) {
    const struct workload_edge *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    return (x->log_excess > y->log_excess) - (x->log_excess < y->log_excess);
}

/** The workload as the lane's replica has it: what its incidents are drawn from. */
static struct workload workload_of_lane(const struct workload *workload, uint32_t lane,
                                        struct workload_block *block) {
    struct workload mine = *workload;
    if (workload->own) {
        const struct workload_own *own = &workload->own[block->first_replica + lane];
        mine.incidents_per_second = own->incidents_per_second;
        mine.magnitude_log_mean = own->magnitude_log_mean;
        mine.duration_log_mean = own->duration_log_mean;
        block->own_log[lane] = own->log_scale;
        block->own_trace[lane] = own->trace_scale;
        block->own_growth[lane] = own->log_growth_per_step;
        block->own_sigma[lane] = own->noise_sigma;
        block->own_shift[lane] = own->noise_shift;
    }
    return mine;
}

enum status workload_block_start(const struct workload *workload, uint64_t first_replica,
                                 struct workload_block *block, struct diagnostics *diagnostics) {
    block->first_replica = first_replica;
    block->next_edge = 0;
    block->edge_count = 0;
    for (uint32_t lane = 0; lane < WORKLOAD_LANES; lane++) {
        block->log_excess[lane] = 0;
        block->log_sum[lane] = block->log_peak[lane] = 0;
        block->trace_sum[lane] = block->trace_peak[lane] = 0;
        /* Index UINT32_MAX is out of the steps' reach: the first state is a draw of its own. */
        block->state[lane] = vec_normal(
            random_words(workload->seed, first_replica + lane, RANDOM_NOISE, UINT32_MAX).word[0]);
        const struct workload mine = workload_of_lane(workload, lane, block);
        if (!draw_incidents(&mine, block, lane))
            return diagnostics_out_of_memory(diagnostics, "the incidents");
    }
    if (block->edge_count > 1)
        qsort(block->edges, block->edge_count, sizeof *block->edges, compare_edges);
    return STATUS_OK;
}

static void apply_edges(struct workload_block *block, size_t step) {
    for (; block->next_edge < block->edge_count; block->next_edge++) {
        const struct workload_edge *edge = &block->edges[block->next_edge];
        if (edge->step > step)
            return;
        float excess = block->log_excess[edge->lane] + edge->log_excess;
        /* What is left after an end is rounding. */
        block->log_excess[edge->lane] = excess > 1e-4f ? excess : 0.0f;
    }
}

/**
 * Noise of WORKLOAD_STEPS steps from `step` on, into their rows of log_factor. One call of the
 * random generator gives four words, each word two normals: half of the calls, and a third of the
 * arithmetic, of a normal by inversion from a word of its own. `own` is a constant in each caller.
 */
static inline __attribute__((always_inline)) void
draw_noise(bool own, const struct workload *workload, size_t step,
           struct workload_block *restrict block) {
    const float keep = workload->ar_keep, add = workload->ar_add;
    const float log2_e = 1.44269504f;
    uint32_t words[WORKLOAD_STEPS / 2][WORKLOAD_LANES];
    random_words_each(workload->seed, block->first_replica, WORKLOAD_LANES, RANDOM_NOISE,
                      (uint32_t)(step / WORKLOAD_STEPS), words[0]);
    for (size_t k = 0; k < WORKLOAD_STEPS / 2; k++) {
        const float steps = (float)(step + 2 * k);
#pragma omp simd
        for (size_t lane = 0; lane < WORKLOAD_LANES; lane++) {
            const float sigma = (own ? block->own_sigma[lane] : workload->noise_sigma) * log2_e;
            const float growth = own ? block->own_growth[lane] * log2_e : 0.0f;
            float shift = (own ? block->own_shift[lane] : workload->noise_shift) * log2_e;
            shift = own ? shift + growth * steps : shift;
            const struct vec_pair z = vec_normal_pair(words[k][lane]);
            const float one = keep * block->state[lane] + add * z.first;
            const float two = keep * one + add * z.second;
            block->log_factor[2 * k][lane] = vec_exp2(sigma * one + shift);
            block->log_factor[2 * k + 1][lane] = vec_exp2(sigma * two + shift + growth);
            block->state[lane] = two;
        }
    }
}

SIMD_CLONES static void draw(const struct workload *workload, size_t step,
                             struct workload_block *restrict block) {
    if (workload->own)
        draw_noise(true, workload, step, block);
    else
        draw_noise(false, workload, step, block);
}

/** The noise in a row becomes the loads of its step. */
static inline __attribute__((always_inline)) void
combine_lanes(bool own, float shape, size_t row, struct workload_block *restrict block) {
    const float trace_share = (float)WORKLOAD_INCIDENT_TRACE_SHARE;
    float *restrict log_factor = block->log_factor[row];
    float *restrict trace_factor = block->trace_factor[row];
    float log_most = 0, trace_most = 0;
#pragma omp simd reduction(max : log_most, trace_most)
    for (size_t lane = 0; lane < WORKLOAD_LANES; lane++) {
        const float base = shape * log_factor[lane], excess = block->log_excess[lane];
        float logs = base * (1.0f + excess), traces = base * (1.0f + trace_share * excess);
        if (own) {
            logs *= block->own_log[lane];
            traces *= block->own_trace[lane];
        }
        log_factor[lane] = logs;
        trace_factor[lane] = traces;
        block->log_sum[lane] += logs;
        block->trace_sum[lane] += traces;
        block->log_peak[lane] = vec_max(block->log_peak[lane], logs);
        block->trace_peak[lane] = vec_max(block->trace_peak[lane], traces);
        log_most = vec_max(log_most, logs);
        trace_most = vec_max(trace_most, traces);
    }
    block->log_most[row] = log_most;
    block->trace_most[row] = trace_most;
}

SIMD_CLONES static void combine(bool own, float shape, size_t row,
                                struct workload_block *restrict block) {
    if (own)
        combine_lanes(true, shape, row, block);
    else
        combine_lanes(false, shape, row, block);
}

size_t workload_block_steps(const struct workload *workload, size_t first,
                            struct workload_block *block) {
    const size_t left = workload->steps - first;
    const size_t count = left < WORKLOAD_STEPS ? left : WORKLOAD_STEPS;
    draw(workload, first, block);
    for (size_t row = 0; row < count; row++) {
        apply_edges(block, first + row);
        combine(workload->own != NULL, workload->shape[first + row], row, block);
    }
    return first + count;
}

double workload_shape_mean(const struct workload *workload) {
    double sum = 0;
    for (size_t i = 0; i < workload->steps; i++)
        sum += (double)workload->shape[i];
    return sum / (double)workload->steps;
}

double workload_incident_mean(const struct workload *workload) {
    const double mu = workload->magnitude_log_mean, sd = workload->magnitude_log_sd;
    const double duration = exp(workload->duration_log_mean +
                                workload->duration_log_sd * workload->duration_log_sd / 2);
    double excess;
    if (sd > 0)
        excess = exp(mu + sd * sd / 2) * gsl_cdf_ugaussian_P((mu + sd * sd) / sd) -
                 gsl_cdf_ugaussian_P(mu / sd);
    else
        excess = fmax(exp(mu) - 1, 0);
    return 1 + workload->incidents_per_second * duration * excess;
}
