/**
 * Floating-point operations of one replica-step, counted by hand from the source: the numerator of
 * the roofline.
 *
 * Counted as one each: + - x / sqrt, and vec_min() and vec_max(), which are one instruction. Not
 * counted: signs, comparisons that only select, conversions, bit moves, the integer work of the
 * random numbers, and what does not depend on the lane and leaves the loop. Nor is what only hard
 * pressed groups of lanes do: the share of the roofline is that of the short way. A broken line is
 * 8 x (subtract, max, multiply, add). Whoever changes a loop counts it again here; the count only
 * scales the printed share.
 */
#ifndef TESTS_BENCH_BENCH_FLOPS_H
#define TESTS_BENCH_BENCH_FLOPS_H

#include "sim/engine_plan.h"

enum {
    FLOPS_CURVE = 8 * 4,
    FLOPS_EXP2 = 16, /* clamp 2, shift 2, reduce 1, polynomial 10, power 1 */
    FLOPS_PAIR = 29, /* logarithm 11, distance 4, angle 3, sine 5, cosine 4, products 2 */

    /* sim/workload.c, two steps of draw_noise(): AR(1) 3 and exponent 2 each. */
    FLOPS_NOISE_OF_TWO = FLOPS_PAIR + 2 * (3 + 2 + FLOPS_EXP2),
    /* combine_lanes(): base 1, logs 2, traces 3, sums 2, peaks 2, highest 2. */
    FLOPS_COMBINE = 1 + 2 + 3 + 2 + 2 + 2,

    /* sim/engine_lanes.h, take(): resident 4, peaks and sum 4. */
    FLOPS_TAKE = 8,
    /* loki_lanes(): load 1, window 4, synchrony 4, free 3, cores 4, retention 1, and both memory
     * curves on one set of hinges. */
    FLOPS_LOKI = 1 + 4 + 4 + 3 + 4 + 1 + FLOPS_TAKE,
    FLOPS_LOKI_KNOT = 6,
    FLOPS_COLLECTOR = FLOPS_CURVE + 2,
    /* tempo_lanes(): load 1, window 3, idle memory 3, cores 3, retention 1. */
    FLOPS_TEMPO = 1 + 3 + 3 + 3 + 1 + FLOPS_TAKE,
    /* Once a block: what is served 12, its peak 6 and a curve, its chance. */
    FLOPS_CUT = 12 + 6 + FLOPS_CURVE + FLOPS_PAIR / 2 + 1 + FLOPS_EXP2,
    FLOPS_QUIET = 6,

    /* sim/engine_step.c, node_lanes(): credits 11, memory 5, trouble 7. */
    FLOPS_NODE = 11 + 5 + 7,

    /* sim/engine_disk.c, once a bucket: stored and lost 9, window 4, disk 8, inodes 2, full 9,
     * peaks 3; Tempo's: window 4, disk 6, full 3, peaks 3. */
    FLOPS_LOKI_DISK = 9 + 4 + 8 + 2 + 9 + 3,
    FLOPS_TEMPO_DISK = 4 + 6 + 3 + 3,
};

/** Of one step of one replica under `plan`, the path included. */
static inline double bench_flops(const struct engine_plan *plan) {
    const int knots = plan->loki.knots <= CURVE_KNOTS_FEW ? CURVE_KNOTS_FEW : CURVE_KNOTS;
    const double block_steps = (double)plan->tempo.block_steps;
    double flops = FLOPS_NOISE_OF_TWO / 2.0 + FLOPS_COMBINE;
    flops += FLOPS_LOKI + FLOPS_LOKI_KNOT * knots + FLOPS_TEMPO + FLOPS_CUT / block_steps;
    flops += plan->loki.collects ? FLOPS_COLLECTOR : 0;
    flops += plan->tempo.collects ? (FLOPS_COLLECTOR + FLOPS_QUIET) / block_steps : 0;
    flops += (double)FLOPS_NODE * (double)plan->node_count;
    flops += (double)FLOPS_LOKI_DISK / (double)plan->loki.bucket_steps;
    flops += (double)FLOPS_TEMPO_DISK / (double)plan->tempo.bucket_steps;
    return flops;
}

#endif
