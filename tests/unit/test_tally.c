/** Counts, sums and quantiles of replicas that come in one round or in several. */
#include "sim/stats.h"
#include "sim/tally.h"
#include "tests/unit/assert_close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 1000 };

static float metrics[METRIC_COUNT][COUNT];

/** Replicas `first` ... of the metrics above. */
static struct engine_samples samples_of(size_t first, size_t count) {
    struct engine_samples samples = {.replicas = count};
    for (int m = 0; m < METRIC_COUNT; m++)
        samples.metric[m] = metrics[m] + first;
    return samples;
}

static const struct tally_bounds bounds = {
    .limit_mib = {[COMPONENT_LOKI] = 1000,
                  [COMPONENT_TEMPO] = 1000,
                  [COMPONENT_GRAFANA] = 500,
                  [COMPONENT_COLLECTOR] = 500,
                  [COMPONENT_AGENT] = 190},
    .surplus_usd = 2,
    .log_loss = 0.25F,
};

/** Ten replicas worked by hand. */
static void fill_ten(void) {
    static const float loki_kills[] = {0, 1, 0, 0, 3, 0, 0, 0, 0, 0};
    static const float tempo_kills[] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 2};
    /* The second is killed for its node's sake: its own peak is below the limit of 1000. */
    static const float loki_peak[] = {800, 900, 990, 1000, 1001, 10, 20, 30, 40, 50};
    static const float agent_peak[] = {100, 100, 191, 190, 191, 1, 1, 1, 1, 1};
    static const float full[] = {0, 0, 3600, 0, 0, 300, 0, 0, 0, 0};
    static const float loss[] = {0, 0.25F, 0.26F, 1, 0, 0, 0, 0, 0, 0};
    static const float surplus[] = {0, 2, 2.5F, 3, 1, 0, 0, 0, 0, 9};
    static const float exhausted[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    static const float throttled[] = {0.5F, 0.25F, 0, 0, 0, 0, 0, 0, 0, 0.25F};
    memset(metrics, 0, sizeof metrics);
    memcpy(metrics[METRIC_LOKI_KILLS], loki_kills, sizeof loki_kills);
    memcpy(metrics[METRIC_TEMPO_KILLS], tempo_kills, sizeof tempo_kills);
    memcpy(metrics[METRIC_LOKI_MEMORY_PEAK_MIB], loki_peak, sizeof loki_peak);
    memcpy(metrics[METRIC_AGENT_MEMORY_PEAK_MIB], agent_peak, sizeof agent_peak);
    memcpy(metrics[METRIC_LOKI_FULL_SECONDS], full, sizeof full);
    memcpy(metrics[METRIC_LOG_LOSS], loss, sizeof loss);
    memcpy(metrics[METRIC_SURPLUS_USD], surplus, sizeof surplus);
    memcpy(metrics[METRIC_CREDITS_EXHAUSTED], exhausted, sizeof exhausted);
    memcpy(metrics[METRIC_LOKI_THROTTLED], throttled, sizeof throttled);
}

static void check_ten(const struct tally *tally) {
    const struct tally_component *loki = &tally->components[COMPONENT_LOKI];
    assert_int_equal(tally->replicas, 10);
    assert_int_equal(loki->over_limit, 1); /* 1001; 1000 is at the limit */
    assert_int_equal(loki->killed, 2);
    assert_int_equal(loki->volume_full, 2);
    assert_close(loki->throttled_sum, 1, 0, 0);
    assert_int_equal(tally->components[COMPONENT_TEMPO].killed, 2);
    assert_int_equal(tally->components[COMPONENT_AGENT].over_limit, 2);
    assert_int_equal(tally->components[COMPONENT_AGENT].killed, 2);
    assert_int_equal(tally->components[COMPONENT_GRAFANA].killed, 0);
    assert_int_equal(tally->any_killed, 4); /* 1, 2, 4, 9: two of them twice */
    assert_int_equal(tally->credits_exhausted, 2);
    assert_int_equal(tally->within_surplus, 7); /* all but 2.5, 3 and 9 */
    assert_int_equal(tally->within_loss, 8);    /* all but 0.26 and 1 */
}

/** Count replicas in rounds of `round`. The quantiles of one round need `samples`. */
static void count(size_t all, size_t round, struct arena *arena, struct engine_samples *samples,
                  struct tally *tally) {
    assert_true(tally_init(&bounds, round >= all, arena, tally));
    for (size_t first = 0; first < all; first += round) {
        *samples = samples_of(first, all - first < round ? all - first : round);
        assert_true(tally_fold(tally, samples));
    }
}

static void replicas_are_counted_by_hand(void **state) {
    (void)state;
    fill_ten();
    for (size_t round = 1; round <= 10; round++) {
        struct arena arena;
        struct engine_samples samples;
        struct tally tally;
        arena_init(&arena);
        count(10, round, &arena, &samples, &tally);
        check_ten(&tally);
        assert_true(tally_quantile(&tally, METRIC_LOKI_KILLS, 1) == 3);
        assert_true(tally_quantile(&tally, -1, 1) == 0);
        tally_fini(&tally);
        arena_fini(&arena);
    }
}

static void fill_random(void) {
    uint32_t word = 1;
    for (int m = 0; m < METRIC_COUNT; m++)
        for (size_t i = 0; i < COUNT; i++) {
            word = word * 1664525u + 1013904223u;
            const float value = (float)(word >> 8) / (float)(1 << 24);
            metrics[m][i] = m == METRIC_CREDIT_LOW ? 500 * value - 200 : 1200 * value;
        }
}

static void check_quantiles(struct quantiles found, const struct quantiles *exact,
                            double relative) {
    assert_close(found.p5, exact->p5, relative, 0);
    assert_close(found.p50, exact->p50, relative, 0);
    assert_close(found.p95, exact->p95, relative, 0);
    assert_close(found.p99, exact->p99, relative, 0);
    assert_close(found.max, exact->max, 0, 0);
}

/** One round is exact to the bit, several to a bin; samples keep their order. */
static void quantiles_are_those_of_sorted_values(void **state) {
    (void)state;
    fill_random();
    struct arena arena;
    struct engine_samples kept, last;
    struct tally one, many;
    arena_init(&arena);
    count(COUNT, COUNT, &arena, &kept, &one);
    count(COUNT, 192, &arena, &last, &many);
    const struct tally_metrics *m = tally_metrics(COMPONENT_TEMPO);
    const int asked[] = {m->memory_peak,    m->memory_mean,    m->cpu_mean, m->cpu_peak,
                         m->disk,           m->inodes,         m->kills,    METRIC_LOG_LOSS,
                         METRIC_CREDIT_LOW, METRIC_SURPLUS_USD};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        float values[COUNT];
        memcpy(values, metrics[asked[i]], sizeof values);
        const struct quantiles exact = stats_quantiles(values, COUNT);
        check_quantiles(tally_quantiles(&one, asked[i]), &exact, 0);
        check_quantiles(tally_quantiles(&many, asked[i]), &exact, 2.5e-4);
        assert_true(memcmp(values, metrics[asked[i]], sizeof values) != 0);
    }
    assert_int_equal(one.any_killed, many.any_killed);
    assert_close(many.components[COMPONENT_LOKI].throttled_sum,
                 one.components[COMPONENT_LOKI].throttled_sum, 0, 0);
    tally_fini(&one);
    tally_fini(&many);
    arena_fini(&arena);
}

static void nothing_counted_is_zero(void **state) {
    (void)state;
    struct tally tally;
    assert_true(tally_init(&bounds, true, NULL, &tally));
    assert_true(tally_quantiles(&tally, METRIC_LOG_LOSS).max == 0);
    tally_fini(&tally);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replicas_are_counted_by_hand),
        cmocka_unit_test(quantiles_are_those_of_sorted_values),
        cmocka_unit_test(nothing_counted_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
