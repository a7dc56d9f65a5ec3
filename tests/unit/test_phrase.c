/* How numbers read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <string.h>

typedef char *printer(char *buffer, size_t size, double value);

struct number_case {
    printer *print;
    double value;
    const char *expected;
};

static void test_numbers(void **state) {
    (void)state;
    static const struct number_case cases[] = {
        {phrase_chance, 0, "<0.1 %"},
        {phrase_chance, 0.00099, "<0.1 %"},
        {phrase_chance, 0.001, "0.1 %"},
        {phrase_chance, 0.0123, "1.2 %"},
        {phrase_chance, 0.514, "51 %"},
        {phrase_chance, 0.94, "94 %"},
        {phrase_chance, 0.9412, "94.1 %"},
        {phrase_chance, 0.999, "99.9 %"},
        {phrase_chance, 0.9991, ">99.9 %"},
        {phrase_chance, 1, ">99.9 %"},
        {phrase_share, 0, "0 %"},
        {phrase_share, 0.00004, "<0.1 %"},
        {phrase_share, 0.793, "79 %"},
        {phrase_share, 1, "100 %"},
        {phrase_count, 0, "0"},
        {phrase_count, 999.4, "999"},
        {phrase_count, 10000, "10,000"},
        {phrase_count, 1234567, "1,234,567"},
        {phrase_count, -1234, "-1,234"},
        {phrase_quantity, 730, "730"},
        {phrase_quantity, 35.5, "35.5"},
        {phrase_quantity, 1240.256, "1,240.26"},
        {phrase_quantity, 0.004, "0.004"},
        {phrase_quantity, 0, "0"},
        {phrase_number, 0.31, "0.31"},
        {phrase_number, 0.0041, "0.0041"},
        {phrase_number, 0.0656, "0.066"},
        {phrase_number, 12.34, "12.3"},
        {phrase_number, 99.6, "100"},
        {phrase_number, 1234.5, "1,234"},
        {phrase_number, 999.7, "1,000"},
        {phrase_number, 0.00002, "2.0e-05"},
        {phrase_unit_price, 0.0416, "$0.0416"},
        {phrase_unit_price, 0.08, "$0.08"},
        {phrase_unit_price, 5, "$5.00"},
        {phrase_unit_price, 0.5, "$0.50"},
        {phrase_unit_price, 0.000005, "$0.000005"},
        {phrase_unit_price, 0.0000015, "$0.0000015"},
        {phrase_unit_price, 0.00004267, "$0.0000427"},
        {phrase_unit_price, 0.00000025, "$2.50e-07"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[PHRASE_BYTES];
        assert_string_equal(cases[i].print(buffer, sizeof buffer, cases[i].value),
                            cases[i].expected);
    }
}

/* 93.64 and 94.57 per cent round outward to one decimal: 93.6 and 94.6. */
static void test_intervals(void **state) {
    (void)state;
    char buffer[PHRASE_BYTES];
    struct probability kill = {0.9412, 0.9364, 0.9457};
    assert_string_equal(phrase_probability(buffer, sizeof buffer, &kill), "94.1 % (93.6–94.6)");
    struct probability exact = {0.94, 0.935, 0.945};
    assert_string_equal(phrase_probability(buffer, sizeof buffer, &exact), "94 % (93.5–94.5)");
    struct probability never = {0, 0, 0.00037};
    assert_string_equal(phrase_probability(buffer, sizeof buffer, &never), "<0.1 % (0–0.1)");
    struct probability always = {1, 0.99963, 1};
    assert_string_equal(phrase_interval(buffer, sizeof buffer, &always), "99.9–100");
}

static void test_ranges(void **state) {
    (void)state;
    char buffer[PHRASE_BYTES];
    assert_string_equal(phrase_memory_range(buffer, sizeof buffer, 512 * MIB, 2 * GIB),
                        "512Mi → 2Gi");
    assert_string_equal(phrase_memory_range(buffer, sizeof buffer, 0, 2 * GIB), "– → 2Gi");
    assert_string_equal(phrase_cpu_range(buffer, sizeof buffer, 0.5, 2), "500m → 2");
    assert_string_equal(phrase_cpu_range(buffer, sizeof buffer, 0.1, 0), "100m → –");
}

/** A buffer that is too small is filled, never overrun. */
static void test_small_buffer(void **state) {
    (void)state;
    char buffer[8] = "xxxxxxx";
    phrase_count(buffer, 4, 1234567);
    assert_true(strlen(buffer) < 4);
    assert_string_equal(buffer + 4, "xxx");
    phrase_probability(buffer, 4, &(struct probability){0.94, 0.935, 0.945});
    assert_true(strlen(buffer) < 4);
    assert_string_equal(buffer + 4, "xxx");
}

static void test_units_stay(void **state) {
    (void)state;
    assert_true(phrase_binds_unit("94 %", 2));
    assert_true(phrase_binds_unit("1.2 GiB,", 3));
    assert_false(phrase_binds_unit("of GiB", 2));
    assert_false(phrase_binds_unit("1 node", 1));
    assert_false(phrase_binds_unit(" %", 0));
    assert_true(phrase_binds_unit("1 x t3.medium", 1));
    assert_true(phrase_binds_unit("1 x t3.medium", 3));
    assert_true(phrase_binds_unit("at 1.14 x: full", 7));
    assert_false(phrase_binds_unit("8 xlarge", 1));
    assert_false(phrase_binds_unit("at x t3", 4));
    assert_false(phrase_binds_unit("x t3", 1));
}

static void test_horizons(void **state) {
    (void)state;
    char buffer[PHRASE_BYTES];
    assert_string_equal(phrase_horizon(buffer, sizeof buffer, 30 * 86400.0), "month");
    assert_string_equal(phrase_horizon(buffer, sizeof buffer, 7 * 86400.0), "week");
    assert_string_equal(phrase_horizon(buffer, sizeof buffer, 365 * 86400.0), "year");
    assert_string_equal(phrase_horizon(buffer, sizeof buffer, 90 * 86400.0), "90-day run");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_ranges),     cmocka_unit_test(test_small_buffer),
        cmocka_unit_test(test_units_stay), cmocka_unit_test(test_horizons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
