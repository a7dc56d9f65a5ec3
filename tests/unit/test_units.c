#include "sim/base/units.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

typedef bool reader(const char *, double *);

struct reading {
    const char *text;
    double value;
};

static void check_readings(reader *read, const struct reading *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double value = NAN;
        if (!read(cases[i].text, &value))
            fail_msg("\"%s\" was refused", cases[i].text);
        assert_close(value, cases[i].value, 1e-15, 0);
    }
}

static void check_refused(reader *read, const char *const *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double value = 42;
        if (read(cases[i], &value))
            fail_msg("\"%s\" was read as %g", cases[i], value);
        assert_true(value == 42);
    }
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_number(void **state) {
    (void)state;
    static const struct reading good[] = {{"0", 0},      {"12", 12},    {"0.5", 0.5},
                                          {"1e3", 1000}, {"2E-2", .02}, {"-3.25", -3.25},
                                          {"1e+2", 100}};
    static const char *const bad[] = {"",    " 1",    "1 ",    "+1",    ".5",    "5.",     "010",
                                      "0x1", "1_000", "1,000", "nan",   "inf",   ".inf",   "1e999",
                                      "1e",  "--1",   "-",     "1.2.3", "12abc", "\u00A01"};
    check_readings(units_number, good, COUNT(good));
    check_refused(units_number, bad, COUNT(bad));
}

static void test_number_of_absurd_length(void **state) {
    (void)state;
    char digits[80];
    memset(digits, '9', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    double value;
    assert_false(units_number(digits, &value));
}

static void test_duration(void **state) {
    (void)state;
    static const struct reading good[] = {
        {"90s", 90},    {"30m", 1800}, {"2h", 7200},      {"7d", 604800},      {"1h30m", 5400},
        {"1.5h", 5400}, {"0s", 0},     {"1d12h", 129600}, {"1d1h1m1s", 90061}, {"365d", 31536000}};
    static const char *const bad[] = {"",       "7",   "0",    "7 d",   "d",
                                      "30min",  "1w",  "7D",   "30m1h", "1h1h",
                                      "1h 30m", "-1h", "1h30", "100ms", "1e3s"};
    check_readings(units_duration, good, COUNT(good));
    check_refused(units_duration, bad, COUNT(bad));
}

static void test_bytes(void **state) {
    (void)state;
    /* 3Gi = 3 x 1073741824; 3G = 3 x 10^9; 1E is an exabyte and 1E3 a thousand. */
    static const struct reading good[] = {{"1048576", 1048576},
                                          {"512Mi", 536870912},
                                          {"3Gi", 3221225472.0},
                                          {"3G", 3e9},
                                          {"500M", 5e8},
                                          {"1.5Gi", 1610612736},
                                          {"8Ki", 8192},
                                          {"8k", 8000},
                                          {"128e6", 128e6},
                                          {"1E", 1e18},
                                          {"1E3", 1000},
                                          {"1Ti", 1099511627776.0},
                                          {"1Ei", 1152921504606846976.0},
                                          {"0", 0}};
    static const char *const bad[] = {"",      "Gi",   "10GB", "10GiB", "10gi", "512m",  "8K",
                                      "10 Gi", "-1Gi", "Gi10", "1e400", "0x10", "512mi", "1e308Ei"};
    check_readings(units_bytes, good, COUNT(good));
    check_refused(units_bytes, bad, COUNT(bad));
}

static void test_cores(void **state) {
    (void)state;
    static const struct reading good[] = {
        {"500m", 0.5}, {"2", 2}, {"0.25", 0.25}, {"1500m", 1.5}, {"0", 0}};
    static const char *const bad[] = {"", "m", "500M", "2 cores", "500mi", "-1", "50%"};
    check_readings(units_cores, good, COUNT(good));
    check_refused(units_cores, bad, COUNT(bad));
}

static void test_percent(void **state) {
    (void)state;
    static const struct reading good[] = {
        {"5%", 0.05}, {"0.1%", 0.001}, {"100%", 1}, {"-5%", -0.05}, {"0%", 0}};
    static const char *const bad[] = {"", "%", "0.5", "5", "5 %", "5%%", "%5", "5pct"};
    check_readings(units_percent, good, COUNT(good));
    check_refused(units_percent, bad, COUNT(bad));
}

typedef char *writer(char *, size_t, double);

struct writing {
    double value;
    const char *text;
};

static void check_writings(writer *write, const struct writing *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char buffer[64];
        assert_string_equal(write(buffer, sizeof buffer, cases[i].value), cases[i].text);
        char small[3];
        write(small, sizeof small, cases[i].value);
        assert_true(strlen(small) < sizeof small);
    }
}

static void test_print_bytes(void **state) {
    (void)state;
    static const struct writing cases[] = {{0, "0 B"},
                                           {1023, "1023 B"},
                                           {1.4 * GIB, "1.4 GiB"},
                                           {MIB, "1.0 MiB"},
                                           {1023.99 * KIB, "1.0 MiB"},
                                           {250 * GIB, "250 GiB"},
                                           {-2 * GIB, "-2.0 GiB"},
                                           {INFINITY, "unknown"}};
    check_writings(units_print_bytes, cases, COUNT(cases));
}

static void test_print_quantity(void **state) {
    (void)state;
    /* 1.4 x 1024 = 1433.6: rounded down, because a limit must not grow on its way. */
    static const struct writing cases[] = {{0, "0"},
                                           {10 * GIB, "10Gi"},
                                           {512 * MIB, "512Mi"},
                                           {1.4 * GIB, "1433Mi"},
                                           {5e8, "500M"},
                                           {1e9, "1G"},
                                           {1572864, "1536Ki"},
                                           {1000, "1000"},
                                           {1536 * MIB, "1536Mi"}};
    check_writings(units_print_quantity, cases, COUNT(cases));
}

static void test_print_cores(void **state) {
    (void)state;
    static const struct writing cases[] = {{0, "0"},       {0.25, "250m"}, {2, "2"},
                                           {1.5, "1500m"}, {0.0001, "1m"}, {NAN, "unknown"}};
    check_writings(units_print_cores, cases, COUNT(cases));
}

static void test_print_duration(void **state) {
    (void)state;
    static const struct writing cases[] = {{7200, "2h"},      {5400, "1h30m"}, {604800, "7d"},
                                           {129600, "1d12h"}, {90, "1m30s"},   {0, "0s"},
                                           {0.25, "0.25s"},   {59.7, "1m"}};
    check_writings(units_print_duration, cases, COUNT(cases));
}

static void test_print_percent(void **state) {
    (void)state;
    static const struct writing cases[] = {
        {0, "0%"},       {0.001, "0.1%"},  {0.0004, "<0.1%"},  {0.94, "94%"},     {0.943, "94.3%"},
        {0.5049, "50%"}, {0.999, "99.9%"}, {0.9999, ">99.9%"}, {1, "100%"},       {0.0712, "7.1%"},
        {-0.05, "-5%"},  {2.5, "250%"},    {-0.0004, "0%"},    {-0.0006, "-0.1%"}};
    check_writings(units_print_percent, cases, COUNT(cases));
}

static void test_print_usd(void **state) {
    (void)state;
    static const struct writing cases[] = {{33.168, "$33.17"},    {0, "$0.00"},
                                           {-3.2, "-$3.20"},      {-0.001, "$0.00"},
                                           {1234.5, "$1,234.50"}, {1234567.891, "$1,234,567.89"},
                                           {999.999, "$1,000.00"}};
    check_writings(units_print_usd, cases, COUNT(cases));
}

/** What is written must be read back as the same quantity. */
static void test_round_trips(void **state) {
    (void)state;
    static const double values[] = {1, 59, 60, 90, 3600, 5400, 86400, 129600, 604800, 31536000};
    for (size_t i = 0; i < COUNT(values); i++) {
        char text[64];
        double back = NAN;
        assert_true(units_duration(units_print_duration(text, sizeof text, values[i]), &back));
        assert_close(back, values[i], 0, 0);
        assert_true(units_bytes(units_print_quantity(text, sizeof text, values[i] * MIB), &back));
        assert_close(back, values[i] * MIB, 0, 0);
        assert_true(units_cores(units_print_cores(text, sizeof text, values[i] / 1000), &back));
        assert_close(back, values[i] / 1000, 1e-15, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),        cmocka_unit_test(test_number_of_absurd_length),
        cmocka_unit_test(test_duration),      cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_cores),         cmocka_unit_test(test_percent),
        cmocka_unit_test(test_print_bytes),   cmocka_unit_test(test_print_quantity),
        cmocka_unit_test(test_print_cores),   cmocka_unit_test(test_print_duration),
        cmocka_unit_test(test_print_percent), cmocka_unit_test(test_print_usd),
        cmocka_unit_test(test_round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
