#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/loki_chunk.h"
#include "models/loki_coefficients.h"
#include "models/loki_parts.h"
#include "sim/base/csv.h"
#include "sim/base/embedded.h"
#include "sim/base/units.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <math.h>

static const double block = 256 * KIB;

static const struct loki_model *shipped(void **state) {
    const struct calibration *calibration = *state;
    return &calibration->loki;
}

/** One class at defaults; the load points into the static class. */
static struct loki_need need_of(const struct loki_model *model, struct loki_settings settings,
                                double bytes_per_second, double streams, double synchrony) {
    const struct loki_class class = {.streams = streams,
                                     .bytes_per_second = bytes_per_second,
                                     .bytes_per_line = 349,
                                     .compression = 2.46};
    const struct loki_load load = {.classes = &class, .class_count = 1, .pushes_per_second = 4};
    struct loki_need need;
    loki_predict(model, &settings, &load, 1, synchrony, &need);
    return need;
}

/** A piece of 64 KiB of 270,000 raw bytes shrinks to 25,486 (24,976 to 25,996 with the spread), a
 *  size class of 27,264. Doubled: 54,528, in pages 57,344; doubled again 114,688, which holds all
 *  105,000 to 107,100. gzip's buffer goes through powers of two: 65,536 holds 50,000. */
static void blocks_keep_the_buffer_they_grew_in(void **state) {
    (void)state;
    assert_close(loki_chunk_block_heap_bytes(LOKI_ENCODING_SNAPPY, 270000, 105000), 114688, 0, 0);
    assert_close(loki_chunk_block_heap_bytes(LOKI_ENCODING_GZIP, 270000, 50000), 65536, 0, 0);
}

/** 100 bytes/s for 2 h are 720,000 raw bytes: by age. At ratio 2.5 a block is stored in 104,857.6
 *  bytes; 13 blocks leave no room for a whole head within 1,572,864, but for 209,715.2 bytes of
 *  one: full at 13 x 262,144 + 209,715.2 = 3,617,587.2 raw bytes, at 1,000 bytes/s. */
static void chunks_close_by_age_or_by_size(void **state) {
    (void)state;
    const struct loki_settings settings = loki_settings_default();
    const struct loki_class class = {.bytes_per_line = 350, .compression = 2.5};
    struct loki_chunk chunk;
    loki_chunk_init(&settings, &class, 0, &chunk);
    assert_close(chunk.full_raw_bytes, 3617587.2, 1e-12, 0);
    loki_chunk_set_rate(&chunk, 100);
    assert_false(chunk.full);
    assert_close(chunk.raw_bytes, 720000, 0, 1e-6);
    assert_close(chunk.life_seconds, 7200, 0, 1e-9);
    loki_chunk_set_rate(&chunk, 1000);
    assert_true(chunk.full);
    assert_close(chunk.life_seconds, 3617.5872, 1e-12, 0);
    assert_close(loki_chunk_flushed_raw_bytes(&chunk), chunk.full_raw_bytes, 0, 0);
}

/** Blocks of 100,000 and heads of 1.5 a byte. Two and a half blocks: 200,000 + 196,608. Before the
 *  second cut it was 100,000 + 393,216. Over two blocks the mean is half a block's 100,000 and half
 *  a full head's 393,216. Between one block and two: 100,000 and half a head. */
static void a_chunk_saws_as_its_heads_are_cut(void **state) {
    (void)state;
    const struct loki_chunk chunk = {.block_raw_bytes = block};
    const struct loki_chunk_measure measure = {100000, 1.5};
    assert_close(loki_chunk_at(&chunk, measure, 2.5 * block), 396608, 1e-12, 0);
    assert_close(loki_chunk_most(&chunk, measure, 2.5 * block), 493216, 1e-12, 0);
    assert_close(loki_chunk_most(&chunk, measure, 0.5 * block), 196608, 1e-12, 0);
    assert_close(loki_chunk_mean(&chunk, measure, 2 * block), 50000 + 196608, 1e-12, 0);
    assert_close(loki_chunk_mean_between(&chunk, measure, block, 2 * block), 100000 + 196608, 1e-12,
                 0);
}

/** The mean in closed form against ten thousand points. */
static void the_mean_is_the_mean(void **state) {
    (void)state;
    enum { POINTS = 10000 };
    const struct loki_chunk chunk = {.block_raw_bytes = block};
    const struct loki_chunk_measure measure = {100000, 1.5};
    double sum = 0;
    for (int i = 0; i < POINTS; i++)
        sum += loki_chunk_at(&chunk, measure, 3.3 * block * (i + 0.5) / POINTS);
    assert_close(loki_chunk_mean(&chunk, measure, 3.3 * block), sum / POINTS, 1e-3, 0);
}

/** A line of 350 bytes every 35 minutes: each is a chunk of its own, the idle period being 30. */
static void a_line_beyond_the_idle_period_is_a_chunk(void **state) {
    (void)state;
    const struct loki_settings settings = loki_settings_default();
    const struct loki_class class = {.bytes_per_line = 350, .compression = 2.5};
    struct loki_chunk chunk;
    loki_chunk_init(&settings, &class, 1, &chunk);
    loki_chunk_set_rate(&chunk, 350.0 / 2100);
    assert_close(loki_chunk_closings_per_second(&chunk), 1.0 / 2100, 1e-12, 0);
}

static void an_idle_process_needs_what_the_idle_run_needed(void **state) {
    struct loki_need need;
    const struct loki_settings settings = loki_settings_default();
    const struct loki_load load = {.classes = NULL};
    loki_predict(shipped(state), &settings, &load, 1, 1, &need);
    assert_close(need.memory_peak_bytes, 124329984, 1e-5, 0);
    assert_close(need.cpu_cores, 0.0051, 1e-5, 0);
    assert_close(need.wal_peak_bytes, 0, 0, 0);
    assert_close(need.chunks_per_second, 0, 0, 0);
}

static void bytes_are_conserved(void **state) {
    struct loki_need need = need_of(shipped(state), loki_settings_default(), 60000, 500, 1);
    assert_close(need.chunk_bytes_per_second, 60000 / 2.46, 1e-12, 0);
    /* Chunks of (7,200 s + flush) x 120 bytes/s carry all that comes in. */
    assert_close(need.chunks_per_second * need.open_raw_bytes / 500, 60000, 1e-9, 0);
    assert_close(need.chunk_disk_bytes_per_second,
                 need.chunk_bytes_per_second + 2048 * need.chunks_per_second, 1e-12, 0);
    assert_true(need.wal_bytes_per_second > 60000);
}

static void two_halves_of_a_class_store_what_the_whole_does(void **state) {
    const struct loki_settings settings = loki_settings_default();
    const struct loki_class whole = {500, 60000, 349, 2.46};
    const struct loki_class halves[] = {{250, 30000, 349, 2.46}, {250, 30000, 349, 2.46}};
    const struct loki_load one = {.classes = &whole, .class_count = 1};
    const struct loki_load two = {.classes = halves, .class_count = 2};
    struct loki_need of_one, of_two;
    loki_predict(shipped(state), &settings, &one, 1, 1, &of_one);
    loki_predict(shipped(state), &settings, &two, 1, 1, &of_two);
    assert_close(of_two.chunks_per_second, of_one.chunks_per_second, 1e-9, 0);
    assert_close(of_two.memory_mean_bytes, of_one.memory_mean_bytes, 1e-9, 0);
    assert_true(of_two.memory_peak_bytes <= of_one.memory_peak_bytes * (1 + 1e-9));
}

static void rate_scale_is_the_rate(void **state) {
    const struct loki_settings settings = loki_settings_default();
    const struct loki_class class = {500, 60000, 349, 2.46};
    const struct loki_load load = {.classes = &class, .class_count = 1};
    struct loki_need scaled;
    loki_predict(shipped(state), &settings, &load, 2, 1, &scaled);
    struct loki_need direct = need_of(shipped(state), settings, 120000, 500, 1);
    assert_close(scaled.memory_peak_bytes, direct.memory_peak_bytes, 1e-12, 0);
    assert_close(scaled.wal_bytes_per_second, direct.wal_bytes_per_second, 1e-12, 0);
}

static void assert_sane(const struct loki_need *need) {
    const double fields[] = {need->memory_live_bytes,
                             need->memory_free_peak_bytes,
                             need->memory_peak_bytes,
                             need->memory_mean_bytes,
                             need->cpu_cores,
                             need->open_raw_bytes,
                             need->wal_bytes_per_second,
                             need->wal_peak_bytes,
                             need->chunk_bytes_per_second,
                             need->chunk_disk_bytes_per_second,
                             need->chunks_per_second,
                             need->index_bytes_per_second,
                             need->replay_seconds,
                             need->replay_memory_peak_bytes};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_true(isfinite(fields[i]) && fields[i] >= 0);
    assert_true(need->memory_mean_bytes <= need->memory_peak_bytes);
}

/** Small chunks weigh more in a full cache than large ones, hence not quite without exception. */
static void no_more_lines_need_less(void **state) {
    static const double ages[] = {900, 3600, 7200, 14400};
    static const double streams[] = {1, 20, 120, 500, 3000};
    for (size_t a = 0; a < sizeof ages / sizeof *ages; a++) {
        for (size_t n = 0; n < sizeof streams / sizeof *streams; n++) {
            for (double synchrony = 0; synchrony <= 1; synchrony += 0.5) {
                struct loki_settings settings = loki_settings_default();
                struct loki_need before = {0};
                settings.max_chunk_age_seconds = ages[a];
                for (double rate = 1000; rate < 5e6; rate *= 1.07) {
                    struct loki_need need =
                        need_of(shipped(state), settings, rate, streams[n], synchrony);
                    assert_sane(&need);
                    assert_true(need.memory_peak_bytes >= before.memory_peak_bytes * 0.99);
                    assert_true(need.cpu_cores >= before.cpu_cores * 0.97);
                    assert_true(need.chunks_per_second >= before.chunks_per_second * (1 - 1e-9));
                    assert_true(need.chunk_bytes_per_second > before.chunk_bytes_per_second);
                    before = need;
                }
            }
        }
    }
}

static void odd_loads_give_numbers(void **state) {
    static const struct loki_class odd[] = {
        {1, 0, 349, 2.5},      {0, 60000, 349, 2.5},  {5000, 60000, 0, 0},  {1, 1e10, 1, 1},
        {1e7, 1, 1e7, 1000},   {500, 60000, 349, 1},  {0.5, 100, 349, 2.5}, {-1, 60000, 349, 2.5},
        {500, -60000, 349, 2}, {1, 1e9, 1e6, 100000}, {1e6, 1e9, 20, 3},
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        const struct loki_settings all[] = {
            loki_settings_default(),
            {.encoding = LOKI_ENCODING_ZSTD},
            {.max_chunk_age_seconds = 1, .chunk_target_size_bytes = 1, .memory_goal_bytes = 1},
        };
        for (size_t s = 0; s < sizeof all / sizeof *all; s++) {
            const struct loki_load load = {.classes = &odd[i],
                                           .class_count = 1,
                                           .queries_per_second = 1,
                                           .query_range_seconds = 1e5,
                                           .query_concurrency = 10};
            struct loki_need need;
            loki_predict(shipped(state), &all[s], &load, 1, 1, &need);
            assert_sane(&need);
        }
    }
}

static void chunks_that_open_together_need_more(void **state) {
    struct loki_settings settings = loki_settings_default();
    struct loki_need spread = need_of(shipped(state), settings, 250000, 500, 0);
    struct loki_need half = need_of(shipped(state), settings, 250000, 500, 0.5);
    struct loki_need together = need_of(shipped(state), settings, 250000, 500, 1);
    assert_true(together.memory_peak_bytes > 1.3 * spread.memory_peak_bytes);
    assert_close(half.memory_peak_bytes,
                 (spread.memory_peak_bytes + together.memory_peak_bytes) / 2, 1e-12, 0);
    assert_close(spread.open_raw_bytes, together.open_raw_bytes / 2, 1e-12, 0);
    assert_close(together.chunks_per_second, spread.chunks_per_second, 0, 0);
}

/** A goal of 220 MiB lies below what lives at 60 kB/s in 500 streams: memory falls to what cannot
 *  be trimmed, the collector takes over. Far above the peak it changes nothing. */
static void a_memory_goal_trades_memory_for_cpu(void **state) {
    struct loki_settings settings = loki_settings_default();
    struct loki_need without = need_of(shipped(state), settings, 60000, 500, 1);
    settings.memory_goal_bytes = 220 * MIB;
    struct loki_need with = need_of(shipped(state), settings, 60000, 500, 1);
    assert_true(with.memory_peak_bytes < 0.7 * without.memory_peak_bytes);
    assert_true(with.memory_peak_bytes > with.memory_live_bytes);
    assert_true(with.cpu_cores > without.cpu_cores + 0.5);
    settings.memory_goal_bytes = 4 * GIB;
    with = need_of(shipped(state), settings, 60000, 500, 1);
    assert_close(with.memory_peak_bytes, without.memory_peak_bytes, 0, 0);
    assert_close(with.cpu_cores, without.cpu_cores, 0, 0);
}

/** Two queries of 30 minutes hold an hour's quarter of what four workers could: memory and CPU
 *  grow with both, and no further than the workers. */
static void queries_need_memory_up_to_the_workers(void **state) {
    (void)state;
    struct loki_load load = {.query_range_seconds = 1800, .query_concurrency = 2};
    assert_close(loki_query_open_bytes(&load, 1000), 2 * 1800 * 1000, 0, 0);
    load.query_concurrency = 50;
    assert_close(loki_query_open_bytes(&load, 1000), 4 * 1800 * 1000, 0, 0);
    load.query_concurrency = 1;
    load.query_range_seconds = 6 * 3600;
    assert_close(loki_query_open_bytes(&load, 1000), 4 * 3600 * 1000, 0, 0);
    load.queries_per_second = 0.5;
    assert_close(loki_query_bytes_per_second(&load, 1000), 0.5 * 6 * 3600 * 1000, 0, 0);
}

static void a_smaller_chunk_cache_saves_its_bytes_twice(void **state) {
    struct loki_settings settings = loki_settings_default();
    struct loki_need with = need_of(shipped(state), settings, 60000, 500, 1);
    settings.chunk_cache_bytes = 0;
    struct loki_need without = need_of(shipped(state), settings, 60000, 500, 1);
    double saved = with.memory_peak_bytes - without.memory_peak_bytes;
    assert_true(saved > 100e6 && saved < 220e6);
}

/** The greatest resident size up to `seconds` after all streams opened together. */
static double peak_since_start(const struct loki_model *model, double bytes_per_second,
                               double streams, double bytes_per_line, double compression,
                               double seconds) {
    const struct loki_settings settings = loki_settings_default();
    const struct loki_class class = {streams, bytes_per_second, bytes_per_line, compression};
    struct loki_chunk chunk;
    loki_chunk_init(&settings, &class, streams, &chunk);
    double raw = bytes_per_second / streams * seconds;
    double live = model->coefficient[LOKI_memory_loaded_live_bytes] +
                  streams * loki_chunk_most(&chunk, chunk.heap, raw);
    return loki_resident_bytes(model->coefficient, live);
}

/** A run without time dilation, which took no part in the fit. */
static void a_run_in_real_time_is_met(void **state) {
    static const char file[] = "models/data/calibration/loki_real_time.csv";
    static const char *const names[] = {"bytes_per_second",    "streams",
                                        "bytes_per_line",      "compression",
                                        "since_start_seconds", "memory_peak_bytes"};
    size_t length = 0, column;
    const char *bytes = embedded_file(file, &length);
    struct arena arena;
    struct diagnostics diagnostics;
    struct csv_table table;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    assert_int_equal(csv_read(&arena, file, bytes, length, &table, &diagnostics), STATUS_OK);
    assert_int_equal(table.rows, 2);
    for (size_t row = 0; row < table.rows; row++) {
        double cell[6];
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(csv_column(&table, names[i], &column, &diagnostics), STATUS_OK);
            assert_int_equal(csv_number(&table, row, column, NAN, &cell[i], &diagnostics),
                             STATUS_OK);
        }
        assert_close(peak_since_start(shipped(state), cell[0], cell[1], cell[2], cell[3], cell[4]),
                     cell[5], 0.06, 0);
    }
    arena_fini(&arena);
}

/** Rules of thumb of the field: streams, not bytes, fill memory; a shorter chunk age helps. */
static void streams_fill_memory_and_chunk_age_empties_it(void **state) {
    struct loki_settings settings = loki_settings_default();
    double few = need_of(shipped(state), settings, 250000, 50, 1).memory_peak_bytes;
    double many = need_of(shipped(state), settings, 60000, 5000, 1).memory_peak_bytes;
    double old = need_of(shipped(state), settings, 250000, 500, 1).memory_peak_bytes;
    settings.max_chunk_age_seconds = 1800;
    double young = need_of(shipped(state), settings, 250000, 500, 1).memory_peak_bytes;
    assert_true(many > 2 * few);
    assert_true(young < 0.55 * old);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_the_buffer_they_grew_in),
        cmocka_unit_test(chunks_close_by_age_or_by_size),
        cmocka_unit_test(a_chunk_saws_as_its_heads_are_cut),
        cmocka_unit_test(the_mean_is_the_mean),
        cmocka_unit_test(a_line_beyond_the_idle_period_is_a_chunk),
        cmocka_unit_test(an_idle_process_needs_what_the_idle_run_needed),
        cmocka_unit_test(bytes_are_conserved),
        cmocka_unit_test(two_halves_of_a_class_store_what_the_whole_does),
        cmocka_unit_test(rate_scale_is_the_rate),
        cmocka_unit_test(no_more_lines_need_less),
        cmocka_unit_test(odd_loads_give_numbers),
        cmocka_unit_test(chunks_that_open_together_need_more),
        cmocka_unit_test(a_memory_goal_trades_memory_for_cpu),
        cmocka_unit_test(queries_need_memory_up_to_the_workers),
        cmocka_unit_test(a_smaller_chunk_cache_saves_its_bytes_twice),
        cmocka_unit_test(a_run_in_real_time_is_met),
        cmocka_unit_test(streams_fill_memory_and_chunk_age_empties_it),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
