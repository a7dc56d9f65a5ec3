/**
 * Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random
 * numbers: as easy as 1, 2, 3", SC11).
 *
 * A draw is a pure function of (seed, replica, stream, index), so it depends on no thread, block
 * size or order. Thread safety: pure.
 */
#ifndef SIM_BASE_RANDOM_H
#define SIM_BASE_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#define RANDOM_MULTIPLIER_0 0xD2511F53u
#define RANDOM_MULTIPLIER_1 0xCD9E8D57u
#define RANDOM_WEYL_0 0x9E3779B9u
#define RANDOM_WEYL_1 0xBB67AE85u
#define RANDOM_ROUNDS 10

struct random_words {
    uint32_t word[4];
};

/** Four words at counter (index, replica low, replica high, stream) under key `seed`. */
static inline struct random_words random_words(uint64_t seed, uint64_t replica, uint32_t stream,
                                               uint32_t index) {
    /* The counter's words lie in the lower halves of 64-bit words, whose upper halves hold what is
     * left of products: in vectors, bringing those down to 32 bits takes longer than all else. */
    const uint64_t lower = 0xFFFFFFFFu;
    uint64_t c0 = index, c1 = replica, c2 = replica >> 32, c3 = stream;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < RANDOM_ROUNDS; round++) {
        const uint64_t p0 = RANDOM_MULTIPLIER_0 * (c0 & lower);
        const uint64_t p1 = RANDOM_MULTIPLIER_1 * (c2 & lower);
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c1 = p1;
        c3 = p0;
        k0 += RANDOM_WEYL_0;
        k1 += RANDOM_WEYL_1;
    }
    return (struct random_words){{(uint32_t)c0, (uint32_t)c1, (uint32_t)c2, (uint32_t)c3}};
}

/** The words of `count` replicas from `first` on: word k of replica first + i is
 *  words[k * count + i]. The replicas' numbers share their upper 32 bits. */
static inline __attribute__((always_inline)) void random_words_each(uint64_t seed, uint64_t first,
                                                                    size_t count, uint32_t stream,
                                                                    uint32_t index,
                                                                    uint32_t *restrict words) {
    const uint64_t upper = first & 0xFFFFFFFF00000000u;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        const uint64_t replica = upper | ((uint32_t)first + (uint32_t)i);
        const struct random_words drawn = random_words(seed, replica, stream, index);
        words[i] = drawn.word[0];
        words[count + i] = drawn.word[1];
        words[2 * count + i] = drawn.word[2];
        words[3 * count + i] = drawn.word[3];
    }
}

/** A uniform deviate in (0, 1), never 0 or 1, from 32 random bits. */
static inline double random_uniform(uint32_t word) {
    return ((double)word + 0.5) / 4294967296.0;
}

/** The words of one (seed, replica, stream) one after another. */
struct random_stream {
    uint64_t seed, replica;
    uint32_t stream, index;
    unsigned used; /**< words of the current four that were handed out */
    struct random_words words;
};

struct random_stream random_stream_at(uint64_t seed, uint64_t replica, uint32_t stream);

/** The next uniform deviate in (0, 1). */
double random_stream_uniform(struct random_stream *stream);

/** The next standard normal deviate (double precision, by inversion). */
double random_stream_normal(struct random_stream *stream);

/** The same generator behind GSL's interface, for its distributions; seeded by gsl_rng_set(). */
extern const gsl_rng_type *const random_gsl_type;

#endif
