#include "models/node.h"
#include "sim/base/csv.h"
#include "sim/base/embedded.h"
#include "sim/base/units.h"
#include "tests/unit/assert_close.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;
static struct instance_table table;

static int setup(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    arena_init(&arena);
    return instance_table_shipped(&arena, &table, &diagnostics) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const struct instance_type *type_of(const char *name) {
    const struct instance_type *type = instance_find(&table, name);
    assert_non_null(type);
    return type;
}

static void types_load(void **state) {
    (void)state;
    assert_int_equal(table.count, 40);
    const struct instance_type *medium = type_of("t3.medium");
    assert_close(medium->vcpu, 2, 0, 0);
    assert_close(medium->memory_kernel_mib, 3827, 0, 0);
    assert_int_equal(medium->max_pods, 17);
    assert_true(medium->burstable && !medium->arm);
    assert_close(medium->baseline_fraction, 0.2, 1e-15, 0);
    assert_true(type_of("t4g.small")->arm && type_of("m7g.large")->arm);
    assert_false(type_of("m6i.large")->arm);
    assert_null(instance_find(&table, "t3"));
}

/* 347 Mbit/s = 43.375 x 10^6 bytes/s = 41.366 MiB/s; m7i's limits are not published. */
static void ebs_limits_are_mebibytes(void **state) {
    (void)state;
    const struct instance_type *medium = type_of("t3.medium");
    assert_close(medium->ebs_baseline_mib_per_second, 43.375e6 / 1048576, 1e-12, 0);
    assert_close(medium->ebs_max_mib_per_second, 248.55, 0, 0.005);
    assert_close(medium->ebs_baseline_iops, 2000, 0, 0);
    assert_close(medium->ebs_max_iops, 11800, 0, 0);
    assert_true(isnan(type_of("m7i.large")->ebs_baseline_iops));
    assert_true(isnan(type_of("m7i.large")->ebs_max_mib_per_second));
}

/* Every row has a source and a date. Credits an hour are vCPU x baseline x 60 and the cap is a day
 * of them; types that do not burst have neither and a baseline of all. */
static void rows_are_consistent(void **state) {
    (void)state;
    for (size_t i = 0; i < table.count; i++) {
        const struct instance_type *type = &table.types[i];
        assert_true(node_allocatable_cores(type) > 0 && node_allocatable_bytes(type) > 0);
        assert_close(type->credit_cap, 24 * type->credits_per_hour, 0, 0);
        assert_close(type->baseline_fraction,
                     type->burstable ? type->credits_per_hour / 60 / type->vcpu : 1, 1e-12, 0);
    }
    size_t length = 0, source = 0, as_of = 0;
    const char *bytes = embedded_file("models/data/instances.csv", &length);
    struct csv_table csv;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(csv_read(&arena, "instances", bytes, length, &csv, &diagnostics), STATUS_OK);
    assert_int_equal(csv_column(&csv, "source", &source, &diagnostics), STATUS_OK);
    assert_int_equal(csv_column(&csv, "as_of", &as_of, &diagnostics), STATUS_OK);
    for (size_t row = 0; row < csv.rows; row++)
        assert_true(*csv_cell(&csv, row, source) && *csv_cell(&csv, row, as_of));
}

/* t3.medium: 2000m - 60 - 10 = 1930m, 3827 - (255 + 11 x 17) - 100 = 3285 MiB. t3.small: 1901 -
 * (255 + 11 x 11) - 100 = 1425. t3.large: 7811 - (255 + 11 x 35) - 100 = 7071. t3.2xlarge: 8000m -
 * 60 - 10 - 2 x 5 - 4 x 2.5 = 7910m. */
static void allocatable(void **state) {
    (void)state;
    assert_close(node_allocatable_cores(type_of("t3.medium")), 1.93, 1e-12, 0);
    assert_close(node_allocatable_bytes(type_of("t3.medium")), 3285 * MIB, 0, 0);
    assert_close(node_allocatable_cores(type_of("t3.small")), 1.93, 1e-12, 0);
    assert_close(node_allocatable_bytes(type_of("t3.small")), 1425 * MIB, 0, 0);
    assert_close(node_allocatable_bytes(type_of("t3.large")), 7071 * MIB, 0, 0);
    assert_close(node_allocatable_cores(type_of("t3.2xlarge")), 7.91, 1e-12, 0);
    assert_close(node_allocatable_cores(type_of("m7g.medium")), 0.94, 1e-12, 0);
}

/* A full t3.medium (576 credits) at 2 vCPU spends 120 and earns 24 an hour: empty after 6 h. */
static void credits_drain_in_closed_form(void **state) {
    (void)state;
    const struct instance_type *type = type_of("t3.medium");
    struct credit_state credits = {.balance = 576};
    double hours = 0;
    while (credit_step(type, false, 2, 60, &credits) > 1.999)
        hours += 1.0 / 60;
    assert_close(hours, 6, 1e-9, 0);
    assert_close(credits.balance, 0, 0, 1e-9);
}

static void standard_falls_to_the_baseline(void **state) {
    (void)state;
    const struct instance_type *type = type_of("t3.medium");
    struct credit_state credits = {0};
    assert_close(credit_step(type, false, 2, 300, &credits), 0.4, 1e-12, 0);
    assert_close(credit_step(type, false, 0.3, 300, &credits), 0.3, 1e-12, 0);
    assert_close(credits.balance, 0.5, 1e-12, 0);
    /* 0.5 credits and 2 earned last 300 s at 0.5 cores. */
    assert_close(credit_step(type, false, 2, 300, &credits), 0.5, 1e-12, 0);
    assert_close(credits.surplus + credits.surplus_charged, 0, 0, 0);
}

/* The user guide's t3.nano: a full balance of 144, 24 h at 7 % of two vCPU would spend 201.6, of
 * which 144 are earned: balance 86.4. Idle again it fills in 9.6 h; the rest is lost. */
static void a_published_day(void **state) {
    (void)state;
    const struct instance_type *type = type_of("t3.nano");
    struct credit_state credits = {.balance = 144};
    for (int hour = 0; hour < 24; hour++)
        assert_close(credit_step(type, true, 0.14, 3600, &credits), 0.14, 0, 0);
    assert_close(credits.balance, 86.4, 1e-12, 0);
    for (int hour = 0; hour < 24; hour++)
        credit_step(type, true, 0, 3600, &credits);
    assert_close(credits.balance, 144, 1e-12, 0);
    assert_close(credits.lost, 144 - 57.6, 1e-12, 0);
}

/* t3.medium at 2 vCPU without balance: 96 an hour of surplus, so 576 after 6 h and then 96 an hour
 * charged: 10 h cost 384 credits = 6.4 vCPU-hours. Idle, 24 an hour pay 576 back in 24 h; only then
 * does the balance rise. */
static void unlimited_borrows_and_pays_back(void **state) {
    (void)state;
    const struct instance_type *type = type_of("t3.medium");
    struct credit_state credits = {0};
    for (int hour = 0; hour < 6; hour++)
        assert_close(credit_step(type, true, 2, 3600, &credits), 2, 0, 0);
    assert_close(credits.surplus, 576, 1e-12, 0);
    assert_close(credits.surplus_charged, 0, 0, 0);
    for (int hour = 0; hour < 4; hour++)
        credit_step(type, true, 2, 3600, &credits);
    assert_close(credits.surplus_charged, 384, 1e-12, 0);
    for (int hour = 0; hour < 24; hour++)
        credit_step(type, true, 0, 3600, &credits);
    assert_close(credits.surplus, 0, 0, 1e-9);
    assert_close(credits.balance, 0, 0, 1e-9);
    credit_step(type, true, 0, 3600, &credits);
    assert_close(credits.balance, 24, 1e-9, 0);
    assert_close(credits.surplus_charged, 384, 1e-12, 0);
}

static double next(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-53;
}

/* earned = spent + change of balance - change of surplus - charged + lost, whatever happens. */
static void credits_are_conserved(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (size_t i = 0; i < table.count; i++) {
        const struct instance_type *type = &table.types[i];
        for (int mode = 0; mode < 2; mode++) {
            double full = type->credit_cap * next(&seed);
            struct credit_state credits = {.balance = full};
            for (int step = 0; step < 2000; step++) {
                double wanted = type->vcpu * 1.5 * next(&seed) * (step / 500 % 2);
                double served = credit_step(type, mode == 1, wanted, 3600 * next(&seed), &credits);
                assert_true(served >= 0 && served <= fmin(wanted, type->vcpu) + 1e-12);
                assert_true(mode == 0 || served >= fmin(wanted, type->vcpu) - 1e-12);
                assert_true(credits.balance >= 0 && credits.balance <= type->credit_cap);
                assert_true(credits.surplus >= 0 && credits.surplus <= type->credit_cap);
            }
            assert_close(credits.spent + (credits.balance - full) - credits.surplus -
                             credits.surplus_charged + credits.lost,
                         credits.earned, 1e-10, 1e-9);
            assert_true(type->burstable ? credits.earned > 0 : credits.earned == 0);
        }
    }
}

static void odd_demands(void **state) {
    (void)state;
    const struct instance_type *type = type_of("t3.medium");
    struct credit_state credits = {.balance = 1};
    assert_close(credit_step(type, true, 99, 60, &credits), 2, 0, 0);
    assert_close(credit_step(type, true, -1, 60, &credits), 0, 0, 0);
    assert_close(credit_step(type, true, NAN, 60, &credits), 0, 0, 0);
    assert_close(credit_step(type, true, 1, 0, &credits), 1, 0, 0);
    assert_close(credit_step(type_of("m5.large"), false, 3, 60, &credits), 2, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_load),
        cmocka_unit_test(ebs_limits_are_mebibytes),
        cmocka_unit_test(rows_are_consistent),
        cmocka_unit_test(allocatable),
        cmocka_unit_test(credits_drain_in_closed_form),
        cmocka_unit_test(standard_falls_to_the_baseline),
        cmocka_unit_test(a_published_day),
        cmocka_unit_test(unlimited_borrows_and_pays_back),
        cmocka_unit_test(credits_are_conserved),
        cmocka_unit_test(odd_demands),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
