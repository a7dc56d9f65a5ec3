#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/loki_coefficients.h"
#include "sim/base/random.h"
#include "sim/calibrate_user.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PEAK, MEAN, CPU, WAL_PEAK, WAL_RATE };

struct fixture {
    const struct calibration *shipped;
    struct arena arena;
    struct measurement_set set;
    struct calibrate_user user;
    struct diagnostics diagnostics;
};

static void fixture_init(void **state, struct fixture *fixture) {
    fixture->shipped = *state;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    assert_int_equal(measurement_set_init(fixture->shipped, &fixture->arena, &fixture->set,
                                          &fixture->diagnostics),
                     STATUS_OK);
}

static void fixture_fini(struct fixture *fixture) {
    arena_fini(&fixture->arena);
}

static void fit(struct fixture *fixture) {
    assert_int_equal(
        calibrate_user_fit(&fixture->set, &fixture->arena, &fixture->user, &fixture->diagnostics),
        STATUS_OK);
}

static struct measurement loki_at(double bytes_per_second, double streams) {
    struct measurement measurement;
    measurement_init(PREDICT_LOKI, &measurement);
    measurement.input.loki.class_of.bytes_per_second = bytes_per_second;
    measurement.input.loki.class_of.streams = streams;
    return measurement;
}

/** What `truth` says of a figure at this load, times exp(off). */
static void measure(const struct calibration *truth, struct measurement *measurement, size_t figure,
                    double off) {
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    predict_estimates(truth, &measurement->input, estimates);
    measurement->figure[figure] = estimates[figure].value * exp(off);
}

static double predicted(const struct calibration *calibration, double bytes_per_second,
                        double streams, size_t figure) {
    struct measurement measurement = loki_at(bytes_per_second, streams);
    struct predict_estimate estimates[PREDICT_FIGURES_MAX];
    predict_estimates(calibration, &measurement.input, estimates);
    return estimates[figure].value;
}

static const struct calibrate_user_coefficient *coefficient(const struct calibrate_user *user,
                                                            const char *name) {
    const struct calibrate_user_model *model = &user->model[PREDICT_LOKI];
    for (size_t i = 0; i < model->coefficient_count; i++)
        if (strcmp(model->coefficient[i].slot->name, name) == 0)
            return &model->coefficient[i];
    fail_msg("no coefficient %s", name);
    return NULL;
}

/** Normal noise, the same at every run. */
static double noise(uint32_t index, double deviation) {
    return deviation * gsl_cdf_ugaussian_Pinv(random_uniform(random_words(7, 0, 0, index).word[0]));
}

/** Sixty loads measured on an installation that differs from the shipped one in three coefficients:
 *  each is found again within three of its standard errors, which are far below the prior's. */
static void known_coefficients_are_recovered(void **state) {
    static const struct {
        const char *name;
        enum loki_coefficient index;
        double factor;
    } changed[] = {{"memory_chunk_factor", LOKI_memory_chunk_factor, 1.25},
                   {"cpu_seconds_per_line", LOKI_cpu_seconds_per_line, 1.6},
                   {"wal_bytes_per_line", LOKI_wal_bytes_per_line, 1.15}};
    struct fixture fixture;
    fixture_init(state, &fixture);
    struct calibration truth = *fixture.shipped;
    for (size_t i = 0; i < 3; i++)
        truth.loki.coefficient[changed[i].index] *= changed[i].factor;
    for (uint32_t i = 0; i < 60; i++) {
        struct measurement one =
            loki_at(20000 * pow(100, (i % 12) / 12.0), 100 * pow(20, (i % 5) / 5.0));
        one.input.loki.class_of.bytes_per_line = i % 2 ? 200 : 600;
        measure(&truth, &one, PEAK, noise(i, 0.04));
        measure(&truth, &one, CPU, noise(100 + i, 0.08));
        measure(&truth, &one, WAL_RATE, noise(200 + i, 0.004));
        measurement_add(&fixture.set, &one);
    }
    fit(&fixture);
    for (size_t i = 0; i < 3; i++) {
        const struct calibrate_user_coefficient *found =
            coefficient(&fixture.user, changed[i].name);
        double off = log(found->value / (found->shipped * changed[i].factor));
        if (fabs(off) > 3 * found->error)
            fail_msg("%s: off by %g, its error is %g", found->slot->name, off, found->error);
        assert_true(found->error < 0.5 * found->shipped_error);
    }
    assert_close(fixture.user.model[PREDICT_LOKI].figure[CPU].deviation, 0.08, 0.3, 0);
    fixture_fini(&fixture);
}

/** Three points at twice the CPU: the forecast moves most of the way, never past them, and what
 *  they do not show stays as it was. */
static void three_points_help(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    for (int i = 0; i < 3; i++) {
        struct measurement one = loki_at(50000 + 20000 * i, 400);
        measure(fixture.shipped, &one, CPU, log(2));
        measurement_add(&fixture.set, &one);
    }
    fit(&fixture);
    double before = predicted(fixture.shipped, 70000, 400, CPU);
    double after = predicted(&fixture.user.calibration, 70000, 400, CPU);
    assert_true(after > 1.5 * before && after < 2.05 * before);
    assert_close(predicted(&fixture.user.calibration, 70000, 400, PEAK),
                 predicted(fixture.shipped, 70000, 400, PEAK), 1e-9, 0);
    for (size_t i = 0; i < fixture.user.model[PREDICT_LOKI].coefficient_count; i++) {
        const struct calibrate_user_coefficient *c =
            &fixture.user.model[PREDICT_LOKI].coefficient[i];
        assert_true(fabs(log(c->value / c->shipped)) < 3 * c->shipped_error);
        assert_true(c->error <= c->shipped_error * (1 + 1e-6));
    }
    fixture_fini(&fixture);
}

/** However absurd a single point is, the forecast moves towards it a little and no more, and the
 *  error that is stated grows. */
static void one_absurd_point_is_no_cliff(void **state) {
    for (int off = 2; off <= 10; off += 2)
        for (int sign = -1; sign <= 1; sign += 2) {
            struct fixture fixture;
            fixture_init(state, &fixture);
            struct measurement one = loki_at(60000, 500);
            measure(fixture.shipped, &one, CPU, sign * off);
            measurement_add(&fixture.set, &one);
            fit(&fixture);
            double moved = sign * log(predicted(&fixture.user.calibration, 60000, 500, CPU) /
                                      predicted(fixture.shipped, 60000, 500, CPU));
            assert_true(moved > 0 && moved < 0.5);
            assert_true(fixture.user.calibration.loki.error.cpu >
                        2 * fixture.shipped->loki.error.cpu);
            fixture_fini(&fixture);
        }
}

/** Nine points agree with what is shipped, the tenth is five times too high: its weight falls, the
 *  forecast hardly moves. */
static void an_outlier_is_held_down(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    for (int i = 0; i < 10; i++) {
        struct measurement one = loki_at(30000 + 10000 * i, 300);
        measure(fixture.shipped, &one, CPU, i == 6 ? log(5) : noise((uint32_t)i, 0.05));
        measurement_add(&fixture.set, &one);
    }
    fit(&fixture);
    const struct calibrate_user_model *model = &fixture.user.model[PREDICT_LOKI];
    assert_int_equal(model->residual_count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_true(i == 6 ? model->residual[i].weight < CALIBRATE_USER_WEIGHT_LOW
                           : model->residual[i].weight > 0.4);
    assert_close(predicted(&fixture.user.calibration, 70000, 300, CPU),
                 predicted(fixture.shipped, 70000, 300, CPU), 0.12, 0);
    fixture_fini(&fixture);
}

/** One of two far-apart loads stands alone: it decides its own fit; eight at one load share. */
static void a_lone_point_has_leverage(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    for (int i = 0; i < 8; i++) {
        struct measurement one = loki_at(30000 * pow(1.06, i), 100);
        measure(fixture.shipped, &one, CPU, noise((uint32_t)i, 0.05));
        measurement_add(&fixture.set, &one);
    }
    struct measurement far = loki_at(3000000, 100);
    measure(fixture.shipped, &far, CPU, 0.1);
    measurement_add(&fixture.set, &far);
    fit(&fixture);
    const struct calibrate_user_model *model = &fixture.user.model[PREDICT_LOKI];
    double sum = 0;
    for (size_t i = 0; i < model->residual_count; i++)
        sum += model->residual[i].leverage;
    assert_true(model->residual[8].leverage > CALIBRATE_USER_LEVERAGE_HIGH);
    assert_true(model->residual[3].leverage < 0.3);
    assert_true(sum < (double)model->coefficient_count);
    fixture_fini(&fixture);
}

/** A peak seen at times only is a bound: below the forecast it changes nothing, above it pulls. */
static void a_bound_pulls_one_way(void **state) {
    for (int above = 0; above < 2; above++) {
        struct fixture fixture;
        fixture_init(state, &fixture);
        struct measurement one = loki_at(60000, 500);
        measure(fixture.shipped, &one, PEAK, above ? 0.3 : -0.7);
        one.at_least[PEAK] = true;
        measurement_add(&fixture.set, &one);
        fit(&fixture);
        double ratio = predicted(&fixture.user.calibration, 60000, 500, PEAK) /
                       predicted(fixture.shipped, 60000, 500, PEAK);
        if (above)
            assert_true(ratio > 1.1);
        else
            assert_close(ratio, 1, 1e-6, 0);
        fixture_fini(&fixture);
    }
}

static void an_empty_set_is_refused(void **state) {
    struct fixture fixture;
    fixture_init(state, &fixture);
    assert_int_equal(
        calibrate_user_fit(&fixture.set, &fixture.arena, &fixture.user, &fixture.diagnostics),
        STATUS_INVALID);
    fixture_fini(&fixture);
}

/** What is written reads back the same, and what the file leaves out is as shipped. */
static void the_file_reads_back(void **state) {
    struct fixture fixture;
    struct calibration read;
    struct text text;
    fixture_init(state, &fixture);
    struct measurement one = loki_at(60000, 500);
    one.input.loki.encoding = LOKI_ENCODING_GZIP;
    measure(fixture.shipped, &one, CPU, 0.5);
    measurement_add(&fixture.set, &one);
    fit(&fixture);
    text_init(&text);
    calibrate_user_write(&fixture.user, &text);
    assert_int_equal(calibrate_user_parse(&fixture.arena, "file", text.data, text.length, &read,
                                          &fixture.diagnostics),
                     STATUS_OK);
    for (size_t i = 0; i < LOKI_COEFFICIENT_COUNT; i++)
        assert_close(read.loki.coefficient[i], fixture.user.calibration.loki.coefficient[i], 1e-6,
                     0);
    assert_close(read.loki.error.cpu, fixture.user.calibration.loki.error.cpu, 1e-6, 0);
    assert_close(read.tempo.coefficient[3], fixture.shipped->tempo.coefficient[3], 0, 0);
    assert_true(read.ranges->model[PREDICT_LOKI].known);
    assert_false(read.ranges->model[PREDICT_TEMPO].known);
    assert_int_equal(read.ranges->model[PREDICT_LOKI].encodings, 1 << LOKI_ENCODING_GZIP);
    assert_close(read.ranges->model[PREDICT_LOKI].most[0], 60000, 0, 0);
    text_fini(&text);
    fixture_fini(&fixture);
}

static void assert_refused(void **state, const char *rows, unsigned line, const char *words) {
    struct fixture fixture;
    struct calibration read;
    char file[512];
    fixture_init(state, &fixture);
    snprintf(file, sizeof file, "model,name,value,standard_error,least,most,unit,meaning\n%s",
             rows);
    assert_int_equal(calibrate_user_parse(&fixture.arena, "file", file, strlen(file), &read,
                                          &fixture.diagnostics),
                     STATUS_INVALID);
    if (!strstr(fixture.diagnostics.items[0].message, words))
        fail_msg("\"%s\" does not say \"%s\"", fixture.diagnostics.items[0].message, words);
    assert_int_equal(fixture.diagnostics.items[0].line, line);
    fixture_fini(&fixture);
}

static void a_damaged_file_is_refused(void **state) {
    assert_refused(state, "", 0, "says what the file rests on");
    assert_refused(state, "loki,nonsense,1,,,,,\n", 2, "no model has such a coefficient");
    assert_refused(state, "loki,cpu_idle_cores,,,,,,\n", 2, "cpu_idle_cores: has no value");
    assert_refused(state, "loki,cpu_idle_cores,2e18,,,,,\n", 2, "at most 1e18");
    assert_refused(state, "loki,cpu_idle_cores,1,-1,,,,\n", 2, "standard error that is not");
    assert_refused(state, "loki,cpu_idle_cores,-1,,,,,\n", 2, "a value that is not negative");
    assert_refused(state, "loki_error,degrees_of_freedom,0,,,,,\n", 2, "1 or more");
    assert_refused(state, "loki_range,streams,,,9,1,,\n", 2, "least first");
    assert_refused(state, "loki_range,stream,,,1,9,,\n", 2, "no such key");
    assert_refused(state, "loki_range,encoding.lz4,,,,,,\n", 2, "no encoding");
    assert_refused(state, "loki_data,points,0,,,,,\n", 2, "a number of points");
}

/** Two rows of one thing contradict each other, whatever they say. */
static void what_is_given_twice_is_refused(void **state) {
    static const char *const rows[] = {"loki,cpu_idle_cores,0.1,,,,,\n",
                                       "loki_data,points,3,,,,,\n", "loki_range,streams,,,1,9,,\n",
                                       "loki_range,encoding.gzip,,,,,,\n"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char twice[128];
        snprintf(twice, sizeof twice, "%s%s", rows[i], rows[i]);
        assert_refused(state, twice, 3, "is given twice");
    }
}

/** 40 % beyond the streams counts as log2(700 / 500) = 0.4854 doublings, a new encoding as one;
 *  together sqrt(0.4854^2 + 1) = 1.1116. */
static void beyond_the_range_is_told(void **state) {
    struct calibration_ranges ranges = {0};
    struct calibrate_user_distance distance;
    struct predict_input input = loki_at(60000, 500).input;
    char words[256];
    size_t count;
    (void)state;
    input.loki.class_of.compression = 2.5;
    predict_keys(PREDICT_LOKI, &count);
    ranges.model[PREDICT_LOKI].known = true;
    ranges.model[PREDICT_LOKI].encodings = 1 << LOKI_ENCODING_SNAPPY;
    for (size_t i = 0; i < count; i++)
        ranges.model[PREDICT_LOKI].least[i] = ranges.model[PREDICT_LOKI].most[i] =
            predict_input_get(&input, i);
    calibrate_user_distance_of(&ranges, &input, &distance);
    assert_int_equal(distance.count, 0);
    input.loki.class_of.streams = 540; /* within a tenth */
    calibrate_user_distance_of(&ranges, &input, &distance);
    assert_int_equal(distance.count, 0);
    input.loki.class_of.streams = 700;
    input.loki.encoding = LOKI_ENCODING_ZSTD;
    calibrate_user_distance_of(&ranges, &input, &distance);
    assert_int_equal(distance.count, 2);
    assert_close(distance.doublings, 1.1116, 1e-4, 0);
    assert_string_equal(calibrate_user_describe(&distance, words, sizeof words),
                        "encoding zstd (not calibrated with), streams 700 (calibrated at 500)");
    calibrate_user_distance_of(NULL, &input, &distance);
    assert_int_equal(distance.count, 0);
}

/** One doubling away three quarters of an unmeasured installation's variance are back: of peak
 *  memory, 0.15, that is sqrt(0.04^2 + 0.75 x 0.15^2) = 0.1359; far away all of it, 0.1552. */
static void deviations_widen_to_a_bound(void **state) {
    const double doublings[] = {0, 1, 50}, expected[] = {0.04, 0.13593, 0.15524};
    for (size_t i = 0; i < 3; i++) {
        struct calibration calibration = *(const struct calibration *)*state;
        calibration.loki.error.memory_peak = 0.04;
        calibrate_user_widen(&calibration, PREDICT_LOKI, doublings[i]);
        assert_close(calibration.loki.error.memory_peak, expected[i], 1e-4, 0);
        assert_close(calibration.tempo.error.cpu,
                     ((const struct calibration *)*state)->tempo.error.cpu, 0, 0);
        assert_close(calibration.loki.error.degrees_of_freedom,
                     ((const struct calibration *)*state)->loki.error.degrees_of_freedom, 0, 0);
    }
}

static int setup(void **state) {
    gsl_set_error_handler_off();
    return fixture_calibration(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_coefficients_are_recovered),
        cmocka_unit_test(three_points_help),
        cmocka_unit_test(one_absurd_point_is_no_cliff),
        cmocka_unit_test(an_outlier_is_held_down),
        cmocka_unit_test(a_lone_point_has_leverage),
        cmocka_unit_test(a_bound_pulls_one_way),
        cmocka_unit_test(an_empty_set_is_refused),
        cmocka_unit_test(the_file_reads_back),
        cmocka_unit_test(a_damaged_file_is_refused),
        cmocka_unit_test(what_is_given_twice_is_refused),
        cmocka_unit_test(beyond_the_range_is_told),
        cmocka_unit_test(deviations_widen_to_a_bound),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
