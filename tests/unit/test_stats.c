/** Quantiles and Clopper-Pearson limits against hand-worked and published values. */
#include "sim/stats.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void quantiles_are_exact(void **state) {
    (void)state;
    float values[] = {5, 1, 4, 2, 3};
    struct quantiles q = stats_quantiles(values, 5);
    /* Definition 7: position p (n - 1); 0.95 x 4 = 3.8 lies between 4 and 5. */
    assert_close(q.p50, 3, 0, 1e-9);
    assert_close(q.p95, 4.8, 1e-6, 0);
    assert_close(q.p5, 1.2, 1e-6, 0);
    assert_close(q.max, 5, 0, 1e-9);
    assert_close(stats_quantile(values, 0, 0.5), 0, 0, 1e-12);
    assert_close(stats_quantile(values, 1, 0.99), 1, 0, 1e-12);
}

/** Enough values for the sort by digits: both signs, tiny and huge, the same ones again. */
static void many_values_are_sorted(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    static float values[COUNT], expected[COUNT];
    uint32_t word = 1;
    for (size_t i = 0; i < COUNT; i++) {
        word = word * 1664525u + 1013904223u;
        const float size = (float)(word >> 8) * (i % 3 == 0 ? 1e-30F : i % 3 == 1 ? 1.0F : 1e20F);
        values[i] = expected[i] = word & 128 ? -size : size;
        if (i % 10 == 0)
            values[i] = expected[i] = i % 20 == 0 ? 0.0F : 1.5F;
    }
    stats_sort(values, COUNT);
    for (size_t i = 1; i < COUNT; i++) {
        const float value = expected[i];
        size_t at = i;
        for (; at > 0 && expected[at - 1] > value; at--)
            expected[at] = expected[at - 1];
        expected[at] = value;
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_true(values[i] == expected[i]);
}

static void limits_are_clopper_and_pearson_s(void **state) {
    (void)state;
    /* No hit in n: the upper limit is 1 - 0.025^(1/n). */
    struct probability none = stats_probability(0, 10000);
    assert_close(none.value, 0, 0, 1e-12);
    assert_close(none.low, 0, 0, 1e-12);
    assert_close(none.high, 3.688e-4, 1e-3, 0);
    struct probability all = stats_probability(20, 20);
    assert_close(all.low, 0.8316, 1e-4, 0); /* 0.025^(1/20) */
    assert_close(all.high, 1, 0, 1e-12);
    /* 4 of 20: 0.0573 to 0.4366, as in textbooks' tables. */
    struct probability some = stats_probability(4, 20);
    assert_close(some.low, 0.0573, 2e-3, 0);
    assert_close(some.high, 0.4366, 1e-3, 0);
    /* All but two of 10,000: GSL's own inverse fails here. By symmetry 1 - P(2 of 10,000). */
    struct probability most = stats_probability(9998, 10000);
    struct probability few = stats_probability(2, 10000);
    assert_close(most.low, 1 - few.high, 1e-9, 0);
    assert_close(most.low, 0.99927773, 1e-6, 0);
    struct probability empty = stats_probability(0, 0);
    assert_close(empty.high, 1, 0, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_exact),
        cmocka_unit_test(many_values_are_sorted),
        cmocka_unit_test(limits_are_clopper_and_pearson_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
