#include "tests/bench/bench_peak.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif

typedef float vector __attribute__((vector_size(VECTOR_BYTES)));

/* Seven products and seven sums fill the units, whose results come after three or four cycles, and
 * with their two constants the sixteen registers of SSE2 and AVX2. */
enum { CHAINS = 7, ROUNDS = 2000000 };

static double thread_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double bench_peak_gflops(void) {
    vector product[CHAINS], sum[CHAINS], factor, addend;
    memset(product, 0, sizeof product);
    memset(sum, 0, sizeof sum);
    for (int i = 0; i < CHAINS; i++)
        product[i] += (float)(i + 1);
    /* Read through volatile, so that no compiler knows the values. */
    volatile float one_less = 0.99999994F, little = 1e-7F;
    memset(&factor, 0, sizeof factor);
    memset(&addend, 0, sizeof addend);
    factor += one_less;
    addend += little;
    const double start = thread_seconds();
    for (int round = 0; round < ROUNDS; round++) {
#pragma GCC unroll 7
        for (int i = 0; i < CHAINS; i++) {
            product[i] *= factor;
            sum[i] += addend;
        }
    }
    const double seconds = thread_seconds() - start;
    volatile float used = 0;
    for (int i = 0; i < CHAINS; i++)
        used = used + product[i][0] + sum[i][0];
    const double lanes = (double)VECTOR_BYTES / sizeof(float);
    return 2.0 * CHAINS * lanes * ROUNDS / seconds / 1e9;
}
