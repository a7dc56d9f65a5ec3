/** What the machine can do at best: the roof that the engine is measured against. */
#ifndef TESTS_BENCH_BENCH_PEAK_H
#define TESTS_BENCH_BENCH_PEAK_H

/** Single-precision multiplications and additions a second, in units of 1e9, of independent
 *  chains in registers, without fused multiply-add, which the engine may not use. */
double bench_peak_gflops(void);

#endif
