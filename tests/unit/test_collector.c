#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/collector.h"
#include "models/grafana.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <math.h>

/* 24 + 9 x 160/176 + 0.003 x 160 MB; 0.001 + 0.006 x 160/176 + 1e-5 x 160 cores. */
static void collector_need_adds_up(void **state) {
    (void)state;
    const struct collector_model model = {.memory_base_bytes = 24e6,
                                          .memory_busy_bytes = 9e6,
                                          .half_rate_spans_per_second = 16,
                                          .memory_bytes_per_span_per_second = 3000,
                                          .cpu_base_cores = 0.001,
                                          .cpu_busy_cores = 0.006,
                                          .cpu_seconds_per_span = 1e-5};
    struct process_need need;
    collector_predict(&model, 160, &need);
    assert_close(need.memory_peak_bytes, 32.6618182e6, 1e-8, 0);
    assert_close(need.cpu_cores, 0.00805454545, 1e-8, 0);
    collector_predict(&model, 0, &need);
    assert_close(need.memory_peak_bytes, 24e6, 1e-12, 0);
    assert_close(need.cpu_cores, 0.001, 1e-12, 0);
}

/* At the half rate: 88 + 22/2 + 20 x 0.05 MB; 0.004 + (0.01 + 20 x 0.0002)/2 + 20,000 x 1e-7. */
static void agent_need_adds_up(void **state) {
    (void)state;
    const struct agent_model model = {.memory_base_bytes = 88e6,
                                      .memory_bytes_at_rate = 22e6,
                                      .memory_half_rate_bytes_per_second = 20000,
                                      .memory_bytes_per_file = 50000,
                                      .cpu_base_cores = 0.004,
                                      .cpu_busy_cores = 0.01,
                                      .cpu_cores_per_file = 0.0002,
                                      .cpu_seconds_per_byte = 1e-7};
    struct process_need need;
    agent_predict(&model, 20000, 20, &need);
    assert_close(need.memory_peak_bytes, 100e6, 1e-12, 0);
    assert_close(need.cpu_cores, 0.013, 1e-12, 0);
    agent_predict(&model, 0, 20, &need);
    assert_close(need.memory_peak_bytes, 89e6, 1e-12, 0);
    assert_close(need.cpu_cores, 0.004, 1e-12, 0);
}

static void grafana_need_grows_with_users(void **state) {
    (void)state;
    const struct grafana_model model = {.memory_base_bytes = 130e6,
                                        .memory_bytes_per_user = 15e6,
                                        .cpu_base_cores = 0.002,
                                        .cpu_cores_per_user = 0.01};
    struct process_need need;
    grafana_predict(&model, 5, &need);
    assert_close(need.memory_peak_bytes, 205e6, 1e-12, 0);
    assert_close(need.cpu_cores, 0.052, 1e-12, 0);
}

static void assert_grows(const struct process_need *before, const struct process_need *after) {
    assert_true(isfinite(after->memory_peak_bytes) && isfinite(after->cpu_cores));
    assert_true(after->memory_peak_bytes >= before->memory_peak_bytes);
    assert_true(after->cpu_cores >= before->cpu_cores);
}

static void more_load_never_needs_less(void **state) {
    const struct calibration *calibration = *state;
    struct process_need collector = {0}, promtail = {0}, alloy = {0}, grafana = {0}, need;
    for (double rate = 0; rate < 1e7; rate = rate * 1.5 + 1) {
        collector_predict(&calibration->collector, rate, &need);
        assert_grows(&collector, &need);
        collector = need;
        agent_predict(&calibration->agent[AGENT_KIND_PROMTAIL], rate, 20, &need);
        assert_grows(&promtail, &need);
        promtail = need;
        agent_predict(&calibration->agent[AGENT_KIND_ALLOY], rate, 20, &need);
        assert_grows(&alloy, &need);
        alloy = need;
        grafana_predict(&calibration->grafana, rate / 1e5, &need);
        assert_grows(&grafana, &need);
        grafana = need;
    }
}

/* Measured at 200,000 B/s in 20 files: Promtail peaked at 107.4 MB with 0.0338 cores. */
static void shipped_models_are_near_what_was_measured(void **state) {
    const struct calibration *calibration = *state;
    struct process_need need, alloy;
    agent_predict(&calibration->agent[AGENT_KIND_PROMTAIL], 200000, 20, &need);
    assert_close(need.memory_peak_bytes, 107.4e6, 0.05, 0);
    assert_close(need.cpu_cores, 0.0338, 0.15, 0);
    agent_predict(&calibration->agent[AGENT_KIND_ALLOY], 200000, 20, &alloy);
    assert_true(alloy.memory_peak_bytes > need.memory_peak_bytes);
    collector_predict(&calibration->collector, 1600, &need);
    assert_close(need.memory_peak_bytes, 36.7e6, 0.1, 0);
    assert_close(need.cpu_cores, 0.0266, 0.15, 0);
}

static void nonsense_is_taken_as_nothing(void **state) {
    const struct calibration *calibration = *state;
    struct process_need idle, need;
    agent_predict(&calibration->agent[AGENT_KIND_PROMTAIL], 0, 0, &idle);
    agent_predict(&calibration->agent[AGENT_KIND_PROMTAIL], -1, -1, &need);
    assert_close(need.memory_peak_bytes, idle.memory_peak_bytes, 0, 0);
    collector_predict(&calibration->collector, 0, &idle);
    collector_predict(&calibration->collector, -1, &need);
    assert_close(need.cpu_cores, idle.cpu_cores, 0, 0);
}

static void kinds_have_names(void **state) {
    (void)state;
    assert_string_equal(agent_kind_name(AGENT_KIND_PROMTAIL), "promtail");
    assert_string_equal(agent_kind_name(AGENT_KIND_ALLOY), "alloy");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collector_need_adds_up),
        cmocka_unit_test(agent_need_adds_up),
        cmocka_unit_test(grafana_need_grows_with_users),
        cmocka_unit_test(more_load_never_needs_less),
        cmocka_unit_test(shipped_models_are_near_what_was_measured),
        cmocka_unit_test(nonsense_is_taken_as_nothing),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
