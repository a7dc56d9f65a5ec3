/**
 * Floating-point operations of one replica-step, counted by hand from the source: the numerator of
 * the roofline.
 *
 * Counted as one each: + - x / sqrt, and vec_min() and vec_max(), which are one instruction. Not
 * counted: signs, comparisons that only select, conversions, bit moves, the integer work of the
 * random numbers, and what does not depend on the lane and leaves the loop. A broken line is
 * 8 x (subtract, max, multiply, add). Whoever changes a loop counts it again here; the count only
 * scales the printed share.
 */
#ifndef TESTS_BENCH_BENCH_FLOPS_H
#define TESTS_BENCH_BENCH_FLOPS_H

#include "sim/engine_plan.h"

enum {
    FLOPS_CURVE = 8 * 4,
    FLOPS_EXP = 22, /* clamp 2, shift 3, reduce 4, polynomial 12, power 1 */
    FLOPS_NORMAL =
        45, /* v 2, x y 3, -x x and m 2, logarithm 19, root 2, polynomial 16, product 1 */

    /* sim/workload.c, advance(): AR(1) 3, exponent 2, base 1, logs 2, traces 3. */
    FLOPS_PATH = FLOPS_NORMAL + FLOPS_EXP + 3 + 2 + 1 + 2 + 3,

    /* sim/engine_step.c, loki_lanes(): CPU and what is served 18, agents 10, window 4, synchrony
     * 3, both memory curves on one set of hinges 8 x 6, free and resident 9, cores 8, retention 1,
     * stored and lost 14. */
    FLOPS_LOKI = 18 + 10 + 4 + 3 + 8 * 6 + 9 + 8 + 1 + 14,
    FLOPS_COLLECTOR = FLOPS_CURVE + 1,
    /* loki_disk(), once a retention bucket: window 4, disk 8, inodes 2, full 9, peaks 2. */
    FLOPS_LOKI_DISK = 4 + 8 + 2 + 9 + 2,

    /* tempo_lanes(): served 15, window 4, memory 13 and a curve, cores 5, retention and load 3. */
    FLOPS_TEMPO = 15 + 4 + 13 + FLOPS_CURVE + 5 + 3,
    /* tempo_chance(), once a block; tempo_disk(), once a bucket: window 4, disk 6, full 3, peaks 2.
     */
    FLOPS_CHANCE = FLOPS_NORMAL + FLOPS_EXP + 1,
    FLOPS_TEMPO_DISK = 4 + 6 + 3 + 2,

    /* node_step(): credits 21, memory 14, kills 2; any() twice. */
    FLOPS_NODE = 21 + 14 + 2,
    FLOPS_ANY = 2,
};

/** Of one step of one replica under `plan`, the path included. */
static inline double bench_flops(const struct engine_plan *plan) {
    double flops = FLOPS_PATH + FLOPS_LOKI + FLOPS_TEMPO + FLOPS_ANY;
    flops += plan->loki.collects ? FLOPS_COLLECTOR : 0;
    flops += plan->tempo.collects ? FLOPS_COLLECTOR : 0;
    flops += (double)FLOPS_NODE * (double)plan->node_count;
    flops += (double)FLOPS_CHANCE / (double)plan->tempo.block_steps;
    flops += (double)FLOPS_LOKI_DISK / (double)plan->loki.bucket_steps;
    flops += (double)FLOPS_TEMPO_DISK / (double)plan->tempo.bucket_steps;
    return flops;
}

#endif
