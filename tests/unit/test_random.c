/** Philox against the authors' published vectors; the vectorisable functions against libm and GSL.
 */
#include "sim/base/random.h"
#include "sim/base/vecmath.h"
#include "tests/unit/assert_close.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Known answers of the Random123 distribution (philox4x32, 10 rounds): counter and key all zeros,
 * then all ones. */
static void philox_gives_the_published_words(void **state) {
    (void)state;
    struct random_words zero = random_words(0, 0, 0, 0);
    assert_int_equal(zero.word[0], 0x6627e8d5);
    assert_int_equal(zero.word[1], 0xe169c58d);
    assert_int_equal(zero.word[2], 0xbc57ac4c);
    assert_int_equal(zero.word[3], 0x9b00dbd8);
    struct random_words ones = random_words(UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX);
    assert_int_equal(ones.word[0], 0x408f276d);
    assert_int_equal(ones.word[1], 0x41c83b0e);
    assert_int_equal(ones.word[2], 0xa20bc7c6);
    assert_int_equal(ones.word[3], 0x6d5451fd);
}

static void streams_repeat_and_differ(void **state) {
    (void)state;
    struct random_stream a = random_stream_at(7, 3, 1), b = a, other = random_stream_at(7, 3, 2);
    double difference = 0;
    for (int i = 0; i < 100; i++) {
        double u = random_stream_uniform(&a);
        assert_true(u > 0 && u < 1);
        assert_true(u == random_stream_uniform(&b));
        difference += fabs(u - random_stream_uniform(&other));
    }
    assert_true(difference > 10);
}

static void gsl_takes_the_generator(void **state) {
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    assert_non_null(rng);
    gsl_rng_set(rng, 42);
    double sum = 0;
    const int draws = 20000;
    for (int i = 0; i < draws; i++)
        sum += gsl_ran_poisson(rng, 3.0);
    gsl_rng_free(rng);
    /* Standard error of the mean is sqrt(3 / 20000) = 0.0122. */
    assert_close(sum / draws, 3.0, 0, 5 * 0.0122);
}

static void exponential_is_libm_s(void **state) {
    (void)state;
    for (double x = -86; x <= 87; x += 0.01037) {
        float given = (float)x;
        assert_close((double)vec_exp(given), exp((double)given), 3e-7, 0);
    }
}

static void power_of_two_is_libm_s(void **state) {
    (void)state;
    for (double x = -125; x <= 126; x += 0.01037) {
        float given = (float)x;
        assert_close((double)vec_exp2(given), exp2((double)given), 3e-7, 0);
    }
    assert_close((double)vec_exp2(-1000), exp2(-126), 3e-7, 0);
}

/** All directions at some distances, all distances in some directions: what Box and Muller's
 *  formulas make of the same bits. */
static void pairs_are_box_and_muller_s(void **state) {
    (void)state;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += bits % 7 == 0 ? 4099 : 1048573) {
        const struct vec_pair z = vec_normal_pair((uint32_t)bits);
        const double u = ((double)(bits >> 12) + 0.5) / 1048576;
        const double t = ((double)(bits & 1023) + 0.5) / 1024 - 0.5;
        double r = sqrt(-2 * log(u)) * ((bits & 2048) != 0 ? -1 : 1);
        const double sine = sin(M_PI / 2 * t), cosine = cos(M_PI / 2 * t);
        assert_close((double)z.first, r * ((bits & 1024) != 0 ? sine : cosine), 2e-5, 2e-5);
        assert_close((double)z.second, r * ((bits & 1024) != 0 ? cosine : sine), 2e-5, 2e-5);
    }
}

static void normal_is_gsl_s_inverse(void **state) {
    (void)state;
    for (uint64_t bits = 0; bits < UINT32_MAX; bits += 1048573) {
        uint32_t even = (uint32_t)bits & ~1u;
        double v = ((double)(even >> 1) + 0.5) / 2147483648.0;
        double expected = gsl_cdf_ugaussian_Qinv(v / 2);
        assert_close((double)vec_normal(even), expected, 2e-5, 2e-7);
        assert_close((double)vec_normal(even | 1u), -expected, 2e-5, 2e-7);
    }
    assert_close((double)vec_normal(0), gsl_cdf_ugaussian_Qinv(0.25 / 2147483648.0), 2e-5, 0);
}

/** Moments of `draws` normals against 0, 1, 0, 3. Standard errors: 1, sqrt 2, sqrt 15, sqrt 96,
 * each over sqrt(draws). */
static void assert_normal(const double sum[5], double draws) {
    const double error = 4 / sqrt(draws);
    assert_close(sum[1] / draws, 0, 0, error);
    assert_close(sum[2] / draws, 1, 0, error * 1.414);
    assert_close(sum[3] / draws, 0, 0, error * 3.873);
    assert_close(sum[4] / draws, 3, 0, error * 9.798);
}

static void add_powers(double z, double sum[5]) {
    for (int power = 1; power <= 4; power++)
        sum[power] += pow(z, power);
}

static void normals_have_the_right_moments(void **state) {
    (void)state;
    double single[5] = {0}, pairs[5] = {0}, product = 0, square_product = 0;
    const uint32_t words = 400000;
    for (uint32_t i = 0; i < words / 4; i++) {
        struct random_words four = random_words(1, 0, 0, i);
        for (int k = 0; k < 4; k++) {
            const struct vec_pair pair = vec_normal_pair(four.word[k]);
            const double first = (double)pair.first, second = (double)pair.second;
            add_powers((double)vec_normal(four.word[k]), single);
            add_powers(first, pairs);
            add_powers(second, pairs);
            product += first * second;
            square_product += (first * first - 1) * (second * second - 1);
        }
    }
    assert_normal(single, words);
    assert_normal(pairs, 2.0 * words);
    /* The two of a pair are independent: neither they nor their squares go together. Standard
     * errors 1 and 2 over sqrt(words). */
    assert_close(product / words, 0, 0, 4 / sqrt(words));
    assert_close(square_product / words, 0, 0, 8 / sqrt(words));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_words),
        cmocka_unit_test(streams_repeat_and_differ),
        cmocka_unit_test(gsl_takes_the_generator),
        cmocka_unit_test(exponential_is_libm_s),
        cmocka_unit_test(power_of_two_is_libm_s),
        cmocka_unit_test(pairs_are_box_and_muller_s),
        cmocka_unit_test(normal_is_gsl_s_inverse),
        cmocka_unit_test(normals_have_the_right_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
