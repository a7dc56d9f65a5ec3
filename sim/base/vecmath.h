/**
 * Elementary functions of one float, written so that compilers vectorise loops over them and every
 * instruction set gives the same bits: no branches, no contraction, only +, -, x, /, sqrt and bit
 * moves. Polynomials are our own minimax fits; errors are the largest measured against the C
 * library in tests/unit/test_random.c.
 *
 * Arguments must be finite. Thread safety: pure.
 */
#ifndef SIM_BASE_VECMATH_H
#define SIM_BASE_VECMATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float vec_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t vec_to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float vec_min(float a, float b) {
    return a < b ? a : b;
}

static inline float vec_max(float a, float b) {
    return a > b ? a : b;
}

/** e^x; relative error below 3e-7 for -87 <= x <= 88, clamped outside. */
static inline float vec_exp(float x) {
    x = vec_min(vec_max(x, -87.0f), 88.0f);
    /* Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low mantissa bits. */
    const float shifter = 12582912.0f;
    float shifted = x * 1.44269504f + shifter;
    float n = shifted - shifter;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 0.0083725821f;
    p = 0.0013823549f * r + p;
    p = p * r + 0.0416682996f;
    p = p * r + 0.1666645259f;
    p = p * r + 0.4999999404f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t power = (vec_to_bits(shifted) << 23) + 0x3F800000u;
    return p * vec_from_bits(power);
}

/** ln(1 + m) / m for sqrt(1/2) - 1 <= m <= sqrt(2) - 1; relative error below 2e-7. */
static inline float vec_log_ratio(float m) {
    float p = 0.0863287225f;
    p = p * m - 0.1419675946f;
    p = p * m + 0.1490888148f;
    p = p * m - 0.1658316999f;
    p = p * m + 0.1996297836f;
    p = p * m - 0.2500135601f;
    p = p * m + 0.3333399892f;
    p = p * m - 0.4999999404f;
    return p * m + 1.0f;
}

/**
 * A standard normal deviate from 32 random bits, by inversion: one bit is the sign, the others the
 * two-sided tail probability v. With s = sqrt(-ln(v (2 - v))), z / s is smooth in s, so a single
 * polynomial serves from the centre to |z| = 6.3. Relative error below 2e-5.
 */
static inline float vec_normal(uint32_t bits) {
    /* Halving keeps the integer inside int32_t, whose conversion vectorises everywhere. */
    float v = ((float)(int32_t)(bits >> 1) + 0.5f) * 4.656612873e-10f;
    float x = 1.0f - v;
    float y = v * (2.0f - v);
    /* y = 2^e (1 + m) with 1 + m in [sqrt(1/2), sqrt(2)). */
    uint32_t offset = vec_to_bits(y) - 0x3F3504F3u;
    int32_t e = (int32_t)offset >> 23;
    float scaled = vec_from_bits((offset & 0x007FFFFFu) + 0x3F3504F3u);
    /* Near v = 1 the logarithm of y = 1 - x^2 would lose its digits. */
    float m = e == 0 ? -x * x : scaled - 1.0f;
    float w = -((float)e * 0.693147181f + m * vec_log_ratio(m));
    float s = sqrtf(vec_max(w, 0.0f));
    float p = 6.7613463e-06f;
    p = p * s - 0.00012330299f;
    p = p * s + 0.00085087388f;
    p = p * s - 0.00259214966f;
    p = p * s + 0.00278560771f;
    p = p * s - 0.00154930132f;
    p = p * s + 0.01474327687f;
    p = p * s + 0.00017327596f;
    p = p * s + 1.25330078602f;
    float z = p * s;
    return (bits & 1u) != 0 ? -z : z;
}

/** 2^x; relative error below 3e-7 for -126 <= x <= 127, clamped outside. */
static inline float vec_exp2(float x) {
    x = vec_min(vec_max(x, -126.0f), 127.0f);
    const float shifter = 12582912.0f; /* as in vec_exp() */
    float shifted = x + shifter;
    float r = x - (shifted - shifter);
    float p = 0.00132764719f;
    p = p * r + 0.00967554096f;
    p = p * r + 0.0555071272f;
    p = p * r + 0.240221202f;
    p = p * r + 0.693146969f;
    p = p * r + 1.0f;
    uint32_t power = (vec_to_bits(shifted) << 23) + 0x3F800000u;
    return p * vec_from_bits(power);
}

struct vec_pair {
    float first, second;
};

/**
 * Two independent standard normal deviates from 32 random bits, by Box and Muller: 20 bits for the
 * distance from the origin, 12 for the direction. Half the work of vec_normal() and a quarter of
 * its random words for each deviate. They reach no further than |z| = 5.4 and lie on a grid of 2^32
 * points in the plane: for noise that is summed up, not for the tails of a single draw. Error below
 * 2e-5.
 */
static inline struct vec_pair vec_normal_pair(uint32_t bits) {
    /* The distance: with u = k / 2^21, k odd, r^2 = -2 ln u; k = 2^e (1 + m) as in vec_normal(). */
    const uint32_t k = vec_to_bits((float)(int32_t)((bits >> 12) * 2u + 1u));
    const uint32_t offset = k - 0x3F3504F3u;
    const float m = vec_from_bits((offset & 0x007FFFFFu) + 0x3F3504F3u) - 1.0f;
    const float halvings = (float)(21 - ((int32_t)offset >> 23));
    float log = -0.286396578f;
    log = log * m + 0.44660128f;
    log = log * m - 0.509449343f;
    log = log * m + 0.664517466f;
    log = log * m - 0.999701027f;
    log = log * m + 2.00002556f;
    float r = sqrtf(halvings * 1.38629436f - m * log);
    /* The direction: t of a right angle, -1/2 < t < 1/2; one bit mirrors it in the diagonal, so
     * that a half plane is covered, one turns the plane. */
    const float t = ((float)(int32_t)(bits & 1023u) - 511.5f) * 0.0009765625f;
    const float tt = t * t;
    const float sine = ((0.0779550328f * tt - 0.645801842f) * tt + 1.57079408f) * t;
    const float cosine = (0.245949037f * tt - 1.23298042f) * tt + 0.99999003f;
    const uint32_t mirror = bits & 1024u;
    r = vec_from_bits(vec_to_bits(r) | ((bits & 2048u) << 20));
    return (struct vec_pair){r * (mirror ? sine : cosine), r * (mirror ? cosine : sine)};
}

#endif
