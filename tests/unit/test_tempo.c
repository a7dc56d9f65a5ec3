#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/tempo.h"
#include "models/tempo_coefficients.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <math.h>
#include <string.h>

/** Round numbers, so that the cases below can be worked by hand. */
static struct tempo_model round_model(void) {
    struct tempo_model model = {.heap = {.trimmed_overhead = 1.1, .collector_gain = 0.05}};
    double *c = model.coefficient;
    c[TEMPO_memory_fixed_bytes] = 60e6;
    c[TEMPO_memory_idle_heap_bytes] = 10e6;
    c[TEMPO_memory_load_heap_bytes] = 30e6;
    c[TEMPO_memory_per_trace_bytes] = 1000;
    c[TEMPO_memory_complete_bytes] = 200e6;
    c[TEMPO_memory_per_page_bytes] = 1e6;
    c[TEMPO_memory_per_row_value_bytes] = 5;
    c[TEMPO_memory_compact_bytes] = 800e6;
    c[TEMPO_memory_query_bytes] = 100e6;
    c[TEMPO_memory_mean_fraction] = 0.5;
    c[TEMPO_cpu_base_cores] = 0.001;
    c[TEMPO_cpu_cores_at_one_trace] = 0.002;
    c[TEMPO_cpu_seconds_per_byte] = 1e-7;
    c[TEMPO_cpu_seconds_per_query] = 0.05;
    c[TEMPO_cpu_collector_seconds] = 9;
    c[TEMPO_wal_bytes_per_byte] = 0.4;
    c[TEMPO_stored_bytes_per_byte] = 0.2;
    c[TEMPO_stored_bytes_per_trace] = 100;
    c[TEMPO_replay_seconds] = 75;
    c[TEMPO_replay_memory_fraction] = 0.5;
    return model;
}

/** 20 traces/s of 8 spans of 470 B: 75,200 B/s, 135.36 MB and 36,000 traces in half an hour. */
static const struct tempo_load twenty = {
    .traces_per_second = 20, .spans_per_trace = 8, .bytes_per_span = 470};

static struct tempo_need predict(const struct tempo_settings *settings,
                                 const struct tempo_load *load) {
    struct tempo_model model = round_model();
    struct tempo_need need;
    tempo_predict(&model, settings, load, 1, &need);
    return need;
}

/*
 * Between blocks live 10 + 30 + 36,000 x 1000 B + 75,200 x 10 s = 76.752 MB. A span is
 * 39 + 0.158 x 470 = 113.26 values, a block 288,000 x 113.26 = 32.61888 million. Two blocks
 * compacted: a row group of 65.23776 million x 5 B = 326.1888 MB, and readers that are full to
 * 135.36 / (135.36 + 27.000832) = 0.833698 of 800 MB = 666.958 MB. Peak = 60 + 2 x (76.752 +
 * 326.1888 + 666.958) = 2199.80 MB.
 */
static void compaction_makes_the_peak(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    struct tempo_need need = predict(&settings, &twenty);
    assert_close(need.memory_live_bytes, 1069.899e6, 1e-5, 0);
    assert_close(need.memory_free_peak_bytes, 2199.80e6, 1e-5, 0);
    assert_close(need.memory_peak_bytes, need.memory_free_peak_bytes, 0, 0);
    assert_close(need.memory_idle_bytes, 60e6 + 2 * 76.752e6, 1e-9, 0);
    assert_close(need.memory_mean_bytes, (213.504e6 + 2199.80e6) / 2, 1e-5, 0);
    assert_close(need.replay_memory_peak_bytes, 1099.90e6, 1e-5, 0);
    assert_close(need.block_received_bytes, 135.36e6, 1e-12, 0);
}

/*
 * A window of one block is never compacted. Completing the block: 200 MB, 180 pages of 1 MB, a row
 * group of 32.61888 million x 5 B = 163.0944 MB; 60 + 2 x (76.752 + 543.0944) = 1299.693 MB.
 * With flush checks every 2 s there are 900 pages: 60 + 2 x (76.752 - 0.6016 + 1263.0944) =
 * 2738.49 MB, 0.6016 MB being the 8 s of traces no longer held back.
 */
static void completion_makes_the_peak_without_compaction(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    settings.compaction_window_seconds = 1800;
    assert_close(predict(&settings, &twenty).memory_peak_bytes, 1299.693e6, 1e-5, 0);
    settings.flush_check_period_seconds = 2;
    assert_close(predict(&settings, &twenty).memory_peak_bytes, 2738.49e6, 1e-5, 0);
}

/* A row group of 10 million values is full: 50 MB instead of 326.1888 MB, twice. */
static void small_row_group_saves_its_buffers(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    double large = predict(&settings, &twenty).memory_peak_bytes;
    settings.parquet_row_group_size_bytes = 10e6;
    assert_close(large - predict(&settings, &twenty).memory_peak_bytes, 2 * 276.1888e6, 1e-9, 0);
}

static void gogc_scales_the_heap(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    settings.gogc = 50;
    assert_close(predict(&settings, &twenty).memory_peak_bytes, 60e6 + 1.5 * 1069.899e6, 1e-5, 0);
}

static void idle_needs_no_block(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    struct tempo_need need = predict(&settings, &(struct tempo_load){0});
    assert_close(need.memory_peak_bytes, 80e6, 1e-12, 0);
    assert_close(need.memory_mean_bytes, 80e6, 1e-12, 0);
    assert_close(need.cpu_cores, 0.001, 1e-12, 0);
    assert_close(need.blocks_per_second, 0, 0, 0);
    assert_close(need.block_bytes_per_second, 0, 0, 0);
    assert_close(need.wal_peak_bytes, 0, 0, 0);
}

/* 0.001 + 0.002 x sqrt(20) + 1e-7 x 75,200 + 0.05 x 0.2 = 0.0274643 cores. The limit below the
 * live heap: two cores of collection in 9 s of every 1800 s, 0.01 cores more. */
static void cpu_adds_up(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    struct tempo_load load = twenty;
    load.queries_per_second = 0.2;
    double free_cores = predict(&settings, &load).cpu_cores;
    assert_close(free_cores, 0.0274643, 1e-5, 0);
    settings.memory_goal_bytes = 700e6;
    assert_close(predict(&settings, &load).cpu_cores - free_cores, 0.01, 1e-9, 0);
}

/* Searches that come all the time meet every peak: 100 MB more. */
static void searches_add_to_the_peak(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    struct tempo_load load = twenty;
    load.queries_per_second = 10;
    assert_close(predict(&settings, &load).memory_peak_bytes, 2299.80e6, 1e-5, 0);
}

/* Stored 0.2 x 75,200 + 100 x 20 = 17,040 B/s, WAL 30,080 B/s. The folder just before a completed
 * block is dropped, 915 s after its cut: 915 x 30,080 + 1800 x 17,040 = 58.1952 MB; just before
 * the cut 1800 x 30,080 = 54.144 MB. With blocks of 600 s one is kept at the cut,
 * 600 x (30,080 + 17,040) = 28.272 MB, two just before the drop,
 * 315 x 30,080 + 1200 x 17,040 = 29.9232 MB. */
static void wal_folder_holds_completed_blocks(void **state) {
    (void)state;
    struct tempo_settings settings = tempo_settings_default();
    struct tempo_need need = predict(&settings, &twenty);
    assert_close(need.block_bytes_per_second, 17040, 1e-12, 0);
    assert_close(need.wal_peak_bytes, 58.1952e6, 1e-12, 0);
    settings.max_block_duration_seconds = 600;
    assert_close(predict(&settings, &twenty).wal_peak_bytes, 29.9232e6, 1e-12, 0);
}

/* At 100 times the rate the WAL grows by 3.008 MB/s and reaches 524.288 MB in 174.3 s. */
static void large_blocks_are_cut_by_size(void **state) {
    (void)state;
    struct tempo_model model = round_model();
    struct tempo_settings settings = tempo_settings_default();
    struct tempo_need need;
    tempo_predict(&model, &settings, &twenty, 100, &need);
    assert_close(1 / need.blocks_per_second, 524.288 / 3.008, 1e-9, 0);
    assert_close(need.block_received_bytes, 524.288e6 / 0.4, 1e-9, 0);
}

static void error_of_a_run_is_less_than_its_blocks(void **state) {
    (void)state;
    const struct tempo_error error = {.memory_peak = 0.03, .memory_chance = 0.04 / 0.748};
    assert_close(tempo_run_peak_error(&error), 0.05, 1e-12, 0);
}

static void shipped_coefficients_are_positive(void **state) {
    const struct calibration *calibration = *state;
    for (int i = 0; i < TEMPO_COEFFICIENT_COUNT; i++)
        assert_true(calibration->tempo.coefficient[i] > 0);
    const struct tempo_error *error = &calibration->tempo.error;
    assert_true(error->memory_peak > 0 && error->memory_chance > 0 && error->memory_mean > 0);
    assert_true(error->cpu > 0 && error->wal_peak > 0 && error->block_bytes > 0);
}

#define FIELDS (sizeof(struct tempo_need) / sizeof(double))

static void assert_not_less(const struct tempo_need *before, const struct tempo_need *after) {
    double a[FIELDS], b[FIELDS];
    memcpy(a, before, sizeof a);
    memcpy(b, after, sizeof b);
    for (size_t i = 0; i < FIELDS; i++) {
        assert_true(isfinite(b[i]) && b[i] >= 0);
        assert_true(b[i] >= a[i] * (1 - 1e-12));
    }
}

static void sweep_rate(const struct tempo_model *model, const struct tempo_settings *settings,
                       double spans) {
    const struct tempo_load load = {
        .traces_per_second = 1, .spans_per_trace = spans, .bytes_per_span = 470};
    struct tempo_need before = {0};
    for (double rate = 0.01; rate < 3000; rate *= 1.1) {
        struct tempo_need need;
        tempo_predict(model, settings, &load, rate, &need);
        assert_not_less(&before, &need);
        before = need;
    }
}

/* Other rates, block durations, row groups, goals and block sizes than were measured. */
static void more_load_never_needs_less(void **state) {
    const struct calibration *calibration = *state;
    const double durations[] = {300, 600, 1800, 3600, 7200}, goals[] = {0, 450e6, 2e9};
    for (size_t d = 0; d < sizeof durations / sizeof *durations; d++)
        for (size_t g = 0; g < sizeof goals / sizeof *goals; g++) {
            struct tempo_settings settings = tempo_settings_default();
            settings.max_block_duration_seconds = durations[d];
            settings.memory_goal_bytes = goals[g];
            sweep_rate(&calibration->tempo, &settings, 3);
            settings.parquet_row_group_size_bytes = 10e6;
            settings.max_block_bytes = 50e6;
            sweep_rate(&calibration->tempo, &settings, 50);
        }
}

static void senseless_settings_stay_finite(void **state) {
    (void)state;
    const struct tempo_settings nothing = {0};
    struct tempo_need need = predict(&nothing, &twenty), none = {0};
    assert_not_less(&none, &need);
    const struct tempo_load negative = {.traces_per_second = -5, .spans_per_trace = 8};
    struct tempo_settings settings = tempo_settings_default();
    need = predict(&settings, &negative);
    assert_not_less(&none, &need);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compaction_makes_the_peak),
        cmocka_unit_test(completion_makes_the_peak_without_compaction),
        cmocka_unit_test(small_row_group_saves_its_buffers),
        cmocka_unit_test(gogc_scales_the_heap),
        cmocka_unit_test(idle_needs_no_block),
        cmocka_unit_test(cpu_adds_up),
        cmocka_unit_test(searches_add_to_the_peak),
        cmocka_unit_test(wal_folder_holds_completed_blocks),
        cmocka_unit_test(large_blocks_are_cut_by_size),
        cmocka_unit_test(error_of_a_run_is_less_than_its_blocks),
        cmocka_unit_test(shipped_coefficients_are_positive),
        cmocka_unit_test(more_load_never_needs_less),
        cmocka_unit_test(senseless_settings_stay_finite),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
