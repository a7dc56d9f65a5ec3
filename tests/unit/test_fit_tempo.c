#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/tempo_coefficients.h"
#include "sim/fit_processes.h"
#include "sim/fit_tempo.h"
#include "sim/tempo_runs.h"
#include "tests/unit/assert_close.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

/** One fit for all tests: the tables do not change. */
struct fixture {
    struct arena arena;
    struct tempo_runs runs;
    struct tempo_model model;
    struct fit_tempo_left_out left_out;
};

static int fit_once(void **state) {
    static struct fixture fixture;
    struct diagnostics diagnostics;
    gsl_set_error_handler_off();
    diagnostics_init(&diagnostics);
    arena_init(&fixture.arena);
    *state = &fixture;
    if (tempo_runs_read(&fixture.arena, &fixture.runs, &diagnostics) != STATUS_OK ||
        fit_tempo(&fixture.arena, &fixture.model, &diagnostics) != STATUS_OK)
        return -1;
    return fit_tempo_leave_out(&fixture.arena, &fixture.left_out, &diagnostics) == STATUS_OK ? 0
                                                                                             : -1;
}

static int let_go(void **state) {
    struct fixture *fixture = *state;
    arena_fini(&fixture->arena);
    return 0;
}

static void every_run_is_read(void **state) {
    const struct fixture *fixture = *state;
    const struct tempo_run *run = tempo_run_find(&fixture->runs, "v11_20tps_rg10_md10m");
    assert_int_equal(fixture->runs.count, 15);
    assert_int_equal(fixture->runs.block_count, 16);
    assert_non_null(run);
    assert_close(run->settings.max_block_duration_seconds, 600, 0, 0);
    assert_close(run->settings.parquet_row_group_size_bytes, 1e7, 0, 0);
    assert_close(run->memory_peak_bytes, 1570029568, 0, 0);
    assert_true(tempo_run_is_plain(run));
    assert_false(tempo_run_is_plain(tempo_run_find(&fixture->runs, "v06_20tps_query")));
    assert_false(tempo_run_is_plain(tempo_run_find(&fixture->runs, "v07_20tps_gml700")));
    assert_false(tempo_run_is_plain(tempo_run_find(&fixture->runs, "t00_idle")));
    assert_null(tempo_run_find(&fixture->runs, "nothing"));
}

static void coefficients_are_positive_and_known(void **state) {
    const struct fixture *fixture = *state;
    for (int i = 0; i < TEMPO_COEFFICIENT_COUNT; i++) {
        double value = fixture->model.coefficient[i];
        assert_true(isfinite(value) && value > 0);
        assert_true(fixture->model.standard_error[i] > 0);
        assert_true(fixture->model.standard_error[i] <= 1.01 * value);
    }
}

/** Median and greatest |predicted / measured - 1| of runs left out. */
static void assert_within(const double *residual, size_t count, double median, double worst) {
    double errors[FIT_TEMPO_RUNS_MAX];
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(residual[i]))
            errors[known++] = fabs(expm1(-residual[i]));
    assert_true(known >= 10);
    gsl_sort(errors, 1, known);
    assert_true(gsl_stats_median_from_sorted_data(errors, 1, known) <= median);
    assert_true(errors[known - 1] <= worst);
}

static void runs_left_out_are_predicted(void **state) {
    const struct fit_tempo_left_out *out = &((const struct fixture *)*state)->left_out;
    assert_int_equal(out->count, 11);
    assert_within(out->memory_peak, out->count, 0.12, 0.25);
    assert_within(out->cpu, out->count, 0.10, 0.25);
    assert_within(out->block_bytes, out->count, 0.05, 0.10);
    assert_within(out->wal_peak, out->count, 0.15, 0.25);
    assert_within(out->memory_mean, out->count, 0.25, 0.55);
}

/** Fraction of runs left out within the 90 % interval of `deviation`. */
static double covered(const double *residual, size_t count, double deviation, double freedom) {
    double inside = 0, known = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(residual[i]))
            continue;
        known += 1;
        inside += fabs(residual[i]) <= gsl_cdf_tdist_Pinv(0.95, freedom) * deviation;
    }
    return inside / known;
}

static void intervals_cover_what_they_say(void **state) {
    const struct fixture *fixture = *state;
    const struct fit_tempo_left_out *out = &fixture->left_out;
    const struct tempo_error *error = &fixture->model.error;
    double freedom = error->degrees_of_freedom;
    double peak = covered(out->memory_peak, out->count, tempo_run_peak_error(error), freedom);
    assert_true(peak >= 0.85 && peak <= 0.95);
    assert_true(covered(out->memory_mean, out->count, error->memory_mean, freedom) >= 0.85);
    assert_true(covered(out->cpu, out->count, error->cpu, freedom) >= 0.85);
    assert_true(covered(out->wal_peak, out->count, error->wal_peak, freedom) >= 0.85);
    assert_true(covered(out->block_bytes, out->count, error->block_bytes, freedom) >= 0.85);
}

/* The two single completions that have no run of their own: 2.8 GB with a WAL page every 2 s,
 * 1.25 GB in real time, both rounded. */
static void single_completions_are_predicted(void **state) {
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < fixture->runs.block_count; i++) {
        const struct tempo_block *block = &fixture->runs.blocks[i];
        struct tempo_settings settings = block->settings;
        struct tempo_need need;
        if (isnan(block->resident_peak_bytes))
            continue;
        settings.compaction_window_seconds = settings.max_block_duration_seconds;
        tempo_predict(&fixture->model, &settings, &block->load, 1, &need);
        assert_close(need.memory_peak_bytes, block->resident_peak_bytes, 0.15, 0);
    }
}

/* GOMEMLIMIT 700 MiB held 0.90 GB, 450 MiB with small blocks 0.96 GB; without, more than 1.4. */
static void goals_trim_the_peak(void **state) {
    const struct fixture *fixture = *state;
    const char *const names[] = {"v07_20tps_gml700", "v12_20tps_rg10_md10m_gml450"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct tempo_run *run = tempo_run_find(&fixture->runs, names[i]);
        struct tempo_need need;
        tempo_predict(&fixture->model, &run->settings, &run->load, 1, &need);
        assert_close(need.memory_peak_bytes, run->memory_peak_bytes, 0.3, 0);
        assert_close(need.cpu_cores, run->cpu_cores_dilated / run->time_dilation, 0.3, 0);
        assert_true(need.memory_free_peak_bytes > 1.4e9);
    }
}

static void searches_and_restart_are_reproduced(void **state) {
    const struct fixture *fixture = *state;
    const struct tempo_run *run = tempo_run_find(&fixture->runs, "v06_20tps_query");
    struct tempo_need need;
    tempo_predict(&fixture->model, &run->settings, &run->load, 1, &need);
    assert_close(need.memory_peak_bytes, run->memory_peak_bytes, 0.01, 0);
    assert_close(need.replay_seconds, 75.1, 1e-9, 0);
}

static void fidelity_names_every_run(void **state) {
    const struct fixture *fixture = *state;
    struct text text;
    text_init(&text);
    fit_tempo_fidelity(&fixture->left_out, &text);
    for (size_t i = 0; i < fixture->left_out.count; i++)
        assert_non_null(strstr(text.data, fixture->left_out.run[i]));
    assert_non_null(
        strstr(text.data, "| v06_20tps_query | CPU, dilated | 0.240 cores | 0.240 cores"));
    assert_non_null(strstr(text.data, "| v07_20tps_gml700 | start | 75 s | 75 s | +0.0 % |"));
    assert_non_null(strstr(text.data, "| v12_20tps_rg10_md10m_gml450 | peak memory |"));
    assert_null(strstr(text.data, "nan"));
    text_fini(&text);
}

/* Collector: 36.7 MB and 0.0266 cores at 1600 spans/s. Promtail: 110.2 MB and 0.0511 cores at
 * 200,000 B/s in 100 files. */
static void processes_are_fitted(void **state) {
    struct fixture *fixture = *state;
    struct diagnostics diagnostics;
    struct collector_model collector;
    struct agent_model agents[AGENT_KIND_COUNT];
    struct grafana_model grafana;
    struct process_need need;
    diagnostics_init(&diagnostics);
    assert_int_equal(fit_processes(&fixture->arena, &collector, agents, &grafana, &diagnostics),
                     STATUS_OK);
    collector_predict(&collector, 1600, &need);
    assert_close(need.memory_peak_bytes, 36.7e6, 0.08, 0);
    assert_close(need.cpu_cores, 0.0266, 0.12, 0);
    agent_predict(&agents[AGENT_KIND_PROMTAIL], 200000, 100, &need);
    assert_close(need.memory_peak_bytes, 110.2e6, 0.03, 0);
    assert_close(need.cpu_cores, 0.0511, 0.08, 0);
    assert_true(agents[AGENT_KIND_ALLOY].memory_error > agents[AGENT_KIND_PROMTAIL].memory_error);
    assert_true(agents[AGENT_KIND_ALLOY].cpu_error > agents[AGENT_KIND_PROMTAIL].cpu_error);
    assert_true(grafana.memory_base_bytes >= 100e6 && grafana.memory_base_bytes <= 150e6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_is_read),
        cmocka_unit_test(coefficients_are_positive_and_known),
        cmocka_unit_test(runs_left_out_are_predicted),
        cmocka_unit_test(intervals_cover_what_they_say),
        cmocka_unit_test(single_completions_are_predicted),
        cmocka_unit_test(goals_trim_the_peak),
        cmocka_unit_test(searches_and_restart_are_reproduced),
        cmocka_unit_test(fidelity_names_every_run),
        cmocka_unit_test(processes_are_fitted),
    };
    return cmocka_run_group_tests(tests, fit_once, let_go);
}
