/** Quantiles of a histogram against those of sorted values. */
#include "sim/histogram.h"
#include "sim/stats.h"
#include "tests/unit/assert_close.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 20000 };

static const double asked[] = {0, 1e-4, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.9999, 1};

/** A uniform number in 0..1 of a small generator. */
static double uniform(uint32_t *word) {
    *word = *word * 1664525u + 1013904223u;
    return (double)(*word >> 8) / (double)(1 << 24);
}

/** Quantiles of `values`, added in pieces, are the sorted ones', within `relative` and `absolute`.
 */
static void compare(float *values, size_t count, double relative, double absolute) {
    struct arena arena;
    arena_init(&arena);
    struct histogram *histogram = histogram_new(&arena);
    assert_non_null(histogram);
    for (size_t at = 0; at < count; at += 777)
        assert_true(histogram_add(histogram, values + at, count - at < 777 ? count - at : 777));
    stats_sort(values, count);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        assert_close(histogram_quantile(histogram, asked[i]),
                     stats_quantile(values, count, asked[i]), relative, absolute);
    assert_true(histogram_quantile(histogram, 0) == (double)values[0]);
    assert_true(histogram_quantile(histogram, 1) == (double)values[count - 1]);
    arena_fini(&arena);
}

/** The width of a bin, and what rounding adds to it. */
static const double bin = 1.0 / HISTOGRAM_PER_OCTAVE + 1e-9;

static void random_values_are_within_a_bin(void **state) {
    (void)state;
    static float values[COUNT];
    uint32_t word = 1;
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (float)(800 + 400 * uniform(&word));
    compare(values, COUNT, bin, 0);
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (float)exp(20 * (uniform(&word) - 0.5));
    compare(values, COUNT, bin, 0);
    /* 40,000 floats in all lie between 1 and 1.005, 20,000 values in 20 bins: the bins' own
       extremes do most of the work. */
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (float)(1 + 0.005 * uniform(&word));
    compare(values, COUNT, 1e-4, 0);
}

static void lone_values_come_back_exactly(void **state) {
    (void)state;
    static float values[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        values[i] = 1843.2F;
    compare(values, COUNT, 0, 0);
    memset(values, 0, sizeof values);
    compare(values, COUNT, 0, 0);
    /* Kills: a few whole numbers, most of them none. */
    for (size_t i = 0; i < COUNT; i++)
        values[i] = i % 100 < 90 ? 0 : (float)(i % 7);
    compare(values, COUNT, 0, 0);
    /* 512 values of which no two are nearer than a thousandth. */
    for (size_t i = 0; i < 512; i++)
        values[i] = (float)pow(1.001, (double)(i * 37 % 512));
    compare(values, 512, 1e-12, 0);
    values[0] = -3.5F;
    compare(values, 1, 0, 0);
}

/** Two constants a bin and a half apart are never in one bin; nearer ones may be, and are then
 * taken as the ends of what lies evenly between them. */
static void a_bin_is_no_wider_than_it_says(void **state) {
    (void)state;
    static float values[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        values[i] = i % 2 ? 1 : 1 + 1.5F / HISTOGRAM_PER_OCTAVE;
    compare(values, COUNT, 0, 0);
    for (size_t i = 0; i < COUNT; i++)
        values[i] = i % 100 ? 1 : 1 + 0.9F / HISTOGRAM_PER_OCTAVE;
    compare(values, COUNT, bin, 0);
}

static void any_finite_float_has_its_place(void **state) {
    (void)state;
    static float values[COUNT];
    uint32_t word = 7;
    static const float sizes[] = {1e-38F, 1e-20F, 1, 1e20F, 1e38F};
    for (size_t i = 0; i < COUNT; i++) {
        const float size = sizes[i % 5] * (float)(0.1 + uniform(&word));
        values[i] = i % 3 == 0 ? -size : i % 11 == 0 ? 0 : size;
    }
    values[10] = FLT_MAX;
    values[20] = -FLT_MAX;
    values[30] = FLT_TRUE_MIN;
    values[40] = -0.0F;
    compare(values, COUNT, bin, 3e-42);
}

static void denormals_differ_by_their_own_steps(void **state) {
    (void)state;
    static float values[COUNT];
    uint32_t word = 3;
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (float)(1e-39 * (uniform(&word) - 0.3));
    compare(values, COUNT, 0, 3e-42);
}

/** Balances of credits below 0: order is by value, not by size. */
static void negative_values_are_in_order(void **state) {
    (void)state;
    static float values[COUNT];
    uint32_t word = 5;
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (float)(600 * uniform(&word) - 400);
    /* Around zero a bin is as narrow as the value is small. */
    compare(values, COUNT, bin, 1e-12);
}

static void order_does_not_matter(void **state) {
    (void)state;
    static float values[COUNT], turned[COUNT];
    uint32_t word = 9;
    for (size_t i = 0; i < COUNT; i++)
        values[i] = turned[COUNT - 1 - i] = (float)exp(uniform(&word));
    struct arena arena;
    arena_init(&arena);
    struct histogram *one = histogram_new(&arena), *other = histogram_new(&arena);
    assert_true(one && other);
    assert_true(histogram_quantile(one, 0.5) == 0);
    assert_true(histogram_add(one, values, COUNT) && histogram_add(other, turned, COUNT));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        assert_true(histogram_quantile(one, asked[i]) == histogram_quantile(other, asked[i]));
    arena_fini(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_values_are_within_a_bin),
        cmocka_unit_test(lone_values_come_back_exactly),
        cmocka_unit_test(a_bin_is_no_wider_than_it_says),
        cmocka_unit_test(any_finite_float_has_its_place),
        cmocka_unit_test(denormals_differ_by_their_own_steps),
        cmocka_unit_test(negative_values_are_in_order),
        cmocka_unit_test(order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
