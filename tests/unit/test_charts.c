/** The charts of a result: what they say, and that nothing is clipped, covered or malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/chart_cost_group.h"
#include "reports/chart_fan_shape.h"
#include "reports/chart_parts.h"
#include "reports/charts.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/decode_png.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/svg_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** The fixture has no sensitivity: it was not asked for. */
enum { FIXTURE_CHARTS = CHARTS_MAX - 1 };

static const struct chart *find_chart(const struct chart_set *set, const char *name) {
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->charts[i].name, name) == 0)
            return &set->charts[i];
    fail_msg("no chart %s", name);
    return NULL;
}

static void draw(const struct result *result, struct chart_set *set) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = charts_make_svg(result, set, &diagnostics);
    if (status != STATUS_OK)
        fail_msg("%s", diagnostics.items[0].message);
    assert_int_equal(diagnostics.count, 0);
}

static void says(const struct result *result, const char *name, const char *title) {
    struct chart_set set;
    draw(result, &set);
    assert_string_equal(find_chart(&set, name)->title, title);
    chart_set_fini(&set);
}

static void check_set(const struct result *result, size_t charts) {
    struct chart_set set;
    draw(result, &set);
    assert_int_equal(set.count, charts);
    for (size_t i = 0; i < set.count; i++) {
        const struct chart *chart = &set.charts[i];
        assert_true(strlen(chart->title) > 10);
        assert_true(strlen(chart->description) > 40);
        assert_null(chart->png);
        const char *const svgs[] = {chart->svg.data, chart->svg_narrow.data};
        for (size_t k = 0; k < 2; k++) {
            assert_svg_well_formed(svgs[k]);
            assert_svg_texts_clear(svgs[k], chart->name);
            assert_null(strstr(svgs[k], "nan"));
            assert_null(strstr(svgs[k], "inf"));
        }
    }
    chart_set_fini(&set);
}

static void test_usual_result(void **state) {
    (void)state;
    struct result *result = fixture_result();
    check_set(result, FIXTURE_CHARTS);
    fixture_result_free(result);
}

static void test_no_plan_holds(void **state) {
    (void)state;
    struct result *result = fixture_result();
    result->best = NULL;
    result->best_series_count = 0;
    check_set(result, 7);
    says(result, "cost", "The stack as written costs $33.75 a month, 80 % less than AWS");
    struct scenario *scenario = (struct scenario *)(uintptr_t)result->scenario;
    /* The fixture's candidates: $34.05 is the safest below $40, $97.29 of all. */
    says(result, "cost-risk",
         "No plan holds every target: the safest within the budget, at $34.05, misses one in 0.5 % "
         "of months");
    scenario->targets.cost.set = false;
    says(result, "cost-risk",
         "No plan holds every target: the safest, at $97.29, misses one in 0.5 % of months");
    /* Up to $33 the safest misses in 16.8 %; $34.05 is the cheapest beyond with at most 2 %. */
    scenario->targets.cost = (struct scenario_target){true, 33, 0.95};
    says(result, "cost-risk",
         "No plan within $33.00 a month holds every target; for $34.05 the risk is 0.5 %");
    scenario->targets.cost = (struct scenario_target){true, 12, 0.95};
    says(result, "cost-risk",
         "No plan within $12.00 a month holds every target; for $34.05 the risk is 0.5 %");
    ((struct candidate_point *)(uintptr_t)result->candidates)[1].miss_probability = 0.3;
    result->candidate_count = 2;
    says(result, "cost-risk",
         "No plan within $12.00 a month holds every target; the cheapest found costs $33.75");
    fixture_result_free(result);
}

static void test_one_candidate(void **state) {
    (void)state;
    struct result *result = fixture_result();
    result->best = NULL;
    result->candidate_count = 1;
    check_set(result, 7);
    result->candidate_count = 0;
    check_set(result, 6);
    fixture_result_free(result);
}

static void test_a_year(void **state) {
    (void)state;
    struct result *result = fixture_result();
    struct scenario *scenario = (struct scenario *)(uintptr_t)result->scenario;
    scenario->simulation.horizon_seconds = 365 * 86400.0;
    fixture_series(result, 8760, 365);
    check_set(result, FIXTURE_CHARTS);
    says(result, "tempo-memory-as-written", "Tempo passes its 1 GiB limit in 94.1 % of years");
    struct chart_set set;
    draw(result, &set);
    /* 8,760 points fit a picture of 960 pixels: one point a day, a line and two bands. */
    assert_true(find_chart(&set, "loki-disk-best")->svg.length < 40000);
    chart_set_fini(&set);
    fixture_result_free(result);
}

static void test_limit_far_above(void **state) {
    (void)state;
    struct result *result = fixture_result();
    result->as_written_series[0].limit = 64;
    check_set(result, FIXTURE_CHARTS);
    struct chart_set set;
    draw(result, &set);
    const char *svg = find_chart(&set, "loki-memory-as-written")->svg.data;
    assert_non_null(strstr(svg, ">Limit 64 GiB, off the chart</text>"));
    assert_null(strstr(svg, "stroke-dasharray"));
    chart_set_fini(&set);
    fixture_result_free(result);
}

static void test_no_limit(void **state) {
    (void)state;
    struct result *result = fixture_result();
    for (size_t i = 0; i < FIXTURE_SERIES; i++)
        result->as_written_series[i].limit = 0;
    check_set(result, FIXTURE_CHARTS);
    /* 1240 MiB, 12 % more at the 95th percentile: 1388.8 MiB. */
    says(result, "loki-memory-as-written", "Loki's memory peaks at 1.36 GiB and has no limit");
    fixture_result_free(result);
}

static void test_bands_without_width(void **state) {
    (void)state;
    struct result *result = fixture_result();
    for (size_t i = 0; i < FIXTURE_SERIES; i++)
        for (size_t q = 0; q < SERIES_QUANTILES; q++)
            result->best_series[i].quantile[q] = result->best_series[i].quantile[2];
    check_set(result, FIXTURE_CHARTS);
    fixture_result_free(result);
}

static void scale(struct quantiles *quantiles, double factor) {
    quantiles->p5 *= factor;
    quantiles->p50 *= factor;
    quantiles->p95 *= factor;
    quantiles->p99 *= factor;
    quantiles->max *= factor;
}

/** Multiply what the fans of the best plan show. */
static void scale_best(struct result *result, double factor) {
    for (size_t i = 0; i < FIXTURE_SERIES; i++) {
        struct series *series = &result->best_series[i];
        series->limit *= factor;
        for (size_t q = 0; q < SERIES_QUANTILES; q++)
            for (size_t k = 0; k < series->points; k++)
                ((double *)(uintptr_t)series->quantile[q])[k] *= factor;
    }
    for (size_t c = 0; c < COMPONENT_COUNT; c++) {
        scale(&result->best->components[c].memory_peak_mib, factor);
        scale(&result->best->components[c].disk_gib, factor);
    }
}

static void test_tiny_and_huge_amounts(void **state) {
    (void)state;
    static const double factors[] = {1e-6, 0.02, 0.3, 1000};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        struct result *result = fixture_result();
        scale_best(result, factors[i]);
        check_set(result, FIXTURE_CHARTS);
        fixture_result_free(result);
    }
    struct result *result = fixture_result();
    scale_best(result, 0);
    for (size_t i = 0; i < FIXTURE_SERIES; i++)
        result->best_series[i].limit = 1;
    check_set(result, FIXTURE_CHARTS);
    fixture_result_free(result);
}

static void scale_bill(struct bill *bill, double factor) {
    for (size_t i = 0; i < bill->count; i++)
        bill->items[i].usd_per_month *= factor;
}

static void test_cheap_and_dear_plans(void **state) {
    (void)state;
    static const double factors[] = {0.001, 0.1, 365.8, 1e5};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        struct result *result = fixture_result();
        struct plan_outcome *const plans[] = {result->as_written, result->best};
        for (size_t p = 0; p < 2; p++) {
            scale_bill(&plans[p]->bill, factors[i]);
            scale(&plans[p]->monthly_usd, factors[i]);
        }
        for (size_t m = 0; m < MANAGED_COUNT; m++) {
            scale_bill(&result->managed[m].bill, factors[i]);
            result->managed[m].monthly_usd *= factors[i];
        }
        for (size_t c = 0; c < result->candidate_count; c++)
            ((struct candidate_point *)(uintptr_t)result->candidates)[c].monthly_usd *= factors[i];
        check_set(result, FIXTURE_CHARTS);
        fixture_result_free(result);
    }
}

static void test_little_is_known(void **state) {
    (void)state;
    struct result *result = fixture_result();
    result->as_written_series_count = result->best_series_count = 0;
    result->candidate_count = 0;
    for (size_t i = 0; i < MANAGED_COUNT; i++)
        result->managed[i].bill.count = 0;
    result->best = NULL;
    check_set(result, 0);
    fixture_result_free(result);
}

static void test_memory_headlines(void **state) {
    (void)state;
    struct result *result = fixture_result();
    struct component_outcome *loki = &result->as_written->components[COMPONENT_LOKI];
    const char *name = "loki-memory-as-written";
    says(result, name, "Loki's memory stays under its 2 GiB limit in 99.8 % of months");
    loki->out_of_memory.value = 0;
    says(result, name, "Loki's memory stays under its 2 GiB limit");
    loki->out_of_memory.value = 0.0002;
    says(result, name, "Loki's memory stays under its 2 GiB limit in more than 99.9 % of months");
    /* The target accepts one month in a hundred. The worst peak is 1240 MiB x 1.24, well below
       2 GiB, so the limit cannot be what kills until peaks are higher. */
    loki->out_of_memory.value = 0.015;
    says(result, name, "Loki is killed in 1.5 % of months, below its 2 GiB limit");
    scale(&loki->memory_peak_mib, 1.5);
    says(result, name, "Loki passes its 2 GiB limit in 1.5 % of months");
    ((struct scenario *)(uintptr_t)result->scenario)->targets.out_of_memory.set = false;
    loki->out_of_memory.value = 0.0002;
    says(result, name, "Loki passes its 2 GiB limit in less than 0.1 % of months");
    ((struct scenario *)(uintptr_t)result->scenario)->simulation.horizon_seconds = 12 * 86400.0;
    loki->out_of_memory.value = 0.25;
    says(result, name, "Loki passes its 2 GiB limit in 25 % of 12-day runs");
    fixture_result_free(result);
}

static void test_disk_headlines(void **state) {
    (void)state;
    struct result *result = fixture_result();
    /* 6.9 GiB and 20 % more in the worst run. */
    says(result, "loki-disk-as-written", "Loki never uses more than 8.28 GiB of its 10 GiB volume");
    result->as_written->components[COMPONENT_LOKI].volume_full.value = 0.31;
    says(result, "loki-disk-as-written", "Loki's 10 GiB volume fills up in 31 % of months");
    fixture_result_free(result);
}

static void test_cost_headlines(void **state) {
    (void)state;
    struct result *result = fixture_result();
    /* 1 - 34.048 / 164.739 = 0.793. */
    says(result, "cost", "The best plan costs $34.05 a month, 79 % less than AWS");
    result->managed[MANAGED_AWS].monthly_usd = 25;
    /* 34.048 / 25 - 1 = 0.362. */
    says(result, "cost", "The best plan costs $34.05 a month, 36 % more than AWS");
    result->managed[MANAGED_AWS].monthly_usd = 10;
    says(result, "cost", "The best plan costs $34.05 a month, 3.4 times as much as AWS");
    result->managed[MANAGED_AWS].monthly_usd = 0;
    says(result, "cost", "The best plan costs $34.05 a month");
    fixture_result_free(result);
}

static void test_risk_headlines(void **state) {
    (void)state;
    struct result *result = fixture_result();
    says(result, "cost-risk",
         "For $0.30 more a month, the risk of a missed target falls from 94.3 % to 0.5 %");
    result->as_written->plan.pending = 1;
    says(result, "cost-risk",
         "For $0.30 more a month, the risk of a missed target falls from more than 99.9 % to "
         "0.5 %");
    result->as_written->holds = true;
    says(result, "cost-risk",
         "No plan that holds every target is cheaper than the stack as written");
    result->as_written->monthly_usd.p50 = result->best->monthly_usd.p50 + 12.5;
    says(result, "cost-risk", "$12.50 less a month still holds every target");
    fixture_result_free(result);
}

/** Give one service a break-even at a multiple of the load. */
static void set_point(struct result *result, enum managed_service service, double multiple) {
    result->break_even[service] =
        (struct break_even){service, true, false, multiple, multiple * result->log_gb_per_day};
}

static void test_break_even_headlines(void **state) {
    (void)state;
    struct result *result = fixture_result();
    /* 4.1 GB a day; the plan holds up to 1.6 times as much. */
    says(result, "break-even",
         "The best plan is cheaper than every managed service down to 0.033 GB of logs a day");
    set_point(result, MANAGED_NEW_RELIC, 1.5);
    says(result, "break-even",
         "The best plan is cheaper than 3 of 4 managed services; New Relic costs less up to "
         "6.15 GB of logs a day");
    set_point(result, MANAGED_NEW_RELIC, 2);
    says(result, "break-even",
         "The best plan is cheaper than 3 of 4 managed services; New Relic costs less up to "
         "8.2 GB of logs a day or more");
    result->headroom.known = false;
    for (int i = 0; i < MANAGED_COUNT; i++)
        set_point(result, (enum managed_service)i, 2 + i);
    says(result, "break-even",
         "The best plan is cheaper than no managed service; AWS costs less up to 8.2 GB of logs a "
         "day");
    set_point(result, MANAGED_AWS, 0.5);
    for (int i = 1; i < MANAGED_COUNT; i++)
        result->break_even[i] = (struct break_even){(enum managed_service)i, false, true, 0, 0};
    result->best = NULL;
    says(result, "break-even", "The stack as written is cheaper than 1 of 4 managed services");
    fixture_result_free(result);
}

static void test_break_even_layouts(void **state) {
    (void)state;
    static const double multiples[] = {1e-3, 0.02, 0.97, 1, 1.03, 7, 1e3};
    enum { COUNT = sizeof multiples / sizeof *multiples };
    static const struct headroom headrooms[] = {
        {0}, {true, 1, 1.07, "", 0}, {true, 1.02, 1.1, "", 0.7}, {true, 6, 0, NULL, 60}};
    for (size_t i = 0; i < COUNT; i++)
        for (size_t h = 0; h < sizeof headrooms / sizeof *headrooms; h++) {
            struct result *result = fixture_result();
            result->as_written_series_count = result->best_series_count = 0;
            result->candidate_count = 0;
            result->headroom = headrooms[h];
            result->log_gb_per_day = h % 2 ? 3456 : 0.0041;
            for (size_t s = 0; s < MANAGED_COUNT; s++)
                set_point(result, (enum managed_service)s, multiples[(i + s * s) % COUNT]);
            if (i % 2)
                result->break_even[1] =
                    (struct break_even){MANAGED_GRAFANA_CLOUD, false, i % 3 == 0, 0, 0};
            check_set(result, 2); /* the bills stand beside it */
            fixture_result_free(result);
        }
}

/** Equal factors of the load lie equally far apart, whatever the order of the rows. */
static void test_break_even_axis(void **state) {
    (void)state;
    struct result *result = fixture_result();
    for (int i = 0; i < MANAGED_COUNT; i++)
        set_point(result, (enum managed_service)i, 0.02 * pow(5, (i + 2) % MANAGED_COUNT));
    struct chart_set set;
    draw(result, &set);
    const char *at = find_chart(&set, "break-even")->svg.data;
    double x[MANAGED_COUNT];
    for (size_t i = 0; i < MANAGED_COUNT; i++) {
        at = strstr(at, " cx=\"");
        assert_non_null(at);
        x[i] = strtod(at += 5, NULL);
    }
    assert_true(x[1] - x[0] > 50);
    assert_close(x[2] - x[1], x[1] - x[0], 0, 0.5);
    assert_close(x[3] - x[2], x[1] - x[0], 0, 0.5);
    chart_set_fini(&set);
    fixture_result_free(result);
}

/** Inputs with long names and prices, one risk at its end and one below the base. */
static void add_sensitivity(struct result *result) {
    result->sensitivity_summary =
        (struct sensitivity_summary){.known = true, .base = {.at = 1, .risk = 0.02}};
    result->sensitivity_count = RESULT_SENSITIVITY_MAX;
    for (size_t i = 0; i < RESULT_SENSITIVITY_MAX; i++)
        result->sensitivity[i] = (struct sensitivity){
            .title = i % 2 ? "Tempo's stored bytes" : "Strength of incidents",
            .noun = "the bytes that Tempo stores at a known load",
            .low = {.risk = 0.02 - 0.002 * (double)i, .found = true, .monthly_usd = 33.33},
            .high = {.risk = i == 9 ? 1 : 0.01 * (double)i, .found = i != 4, .monthly_usd = 1264}};
}

static void test_tornado(void **state) {
    (void)state;
    struct result *result = fixture_result();
    add_sensitivity(result);
    check_set(result, CHARTS_MAX);
    says(result, "sensitivity",
         "The risk hangs most on the bytes that Tempo stores at a known load: 0.2 % at its 10th "
         "percentile, more than 99.9 % at its 90th");
    for (size_t i = 0; i < RESULT_SENSITIVITY_MAX; i++)
        result->sensitivity[i].low.risk = result->sensitivity[i].high.risk = 0;
    result->sensitivity_summary.base.risk = 0;
    check_set(result, CHARTS_MAX);
    says(result, "sensitivity", "No uncertain input moves the risk");
    fixture_result_free(result);
}

static void test_no_break_even_no_chart(void **state) {
    (void)state;
    struct result *result = fixture_result();
    result->log_gb_per_day = 0;
    for (int i = 0; i < MANAGED_COUNT; i++)
        set_point(result, (enum managed_service)i, 0.5);
    check_set(result, FIXTURE_CHARTS - 1);
    memset(result->break_even, 0, sizeof result->break_even);
    result->log_gb_per_day = 4.1;
    check_set(result, FIXTURE_CHARTS - 1);
    fixture_result_free(result);
}

static void test_bills_fall_into_groups(void **state) {
    (void)state;
    struct result *result = fixture_result();
    struct cost_groups own = {{0}}, aws = {{0}}, relic = {{0}};
    cost_groups_add(&own, &result->as_written->bill, true);
    /* 730 h x 0.0416 + 10 x 0.05; (20 + 10 + 5 + 1) GiB x 0.08. */
    assert_close(own.usd[COST_GROUP_NODES], 30.868, 1e-9, 0);
    assert_close(own.usd[COST_GROUP_VOLUMES], 2.88, 1e-9, 0);
    assert_close(cost_groups_total(&own), 33.748, 1e-9, 0);
    cost_groups_add(&aws, &result->managed[MANAGED_AWS].bill, false);
    /* 119.7 x 0.5 + 4.3 x 0.03 + 152 x 0.005; 14.2 x 5; 2 x 9 + 3 x 5. */
    assert_close(aws.usd[COST_GROUP_LOGS], 60.739, 1e-9, 0);
    assert_close(aws.usd[COST_GROUP_TRACES], 71, 1e-9, 0);
    assert_close(aws.usd[COST_GROUP_USERS], 33, 1e-9, 0);
    cost_groups_add(&relic, &result->managed[MANAGED_NEW_RELIC].bill, false);
    assert_close(relic.usd[COST_GROUP_DATA], 32.32, 1e-9, 0);
    assert_close(relic.usd[COST_GROUP_OTHER], 0, 0, 0);
    fixture_result_free(result);
}

static void test_thinning_keeps_peaks(void **state) {
    (void)state;
    /* Ten points a day for eight days; one lone peak of 9 and one lone trough of 1 among fives.
       Eight points for eight days: slots of a day, the median their mean. */
    enum { POINTS = 80 };
    double day[POINTS], value[POINTS];
    struct series series = {.points = POINTS, .day = day};
    for (size_t i = 0; i < POINTS; i++) {
        day[i] = (double)i / 10;
        value[i] = i == 33 ? 9 : i == 57 ? 1 : 5;
    }
    for (size_t q = 0; q < SERIES_QUANTILES; q++)
        series.quantile[q] = value;
    struct fan_shape shape;
    assert_true(fan_shape_make(&series, 8, 8, &shape));
    assert_int_equal(shape.points, 8);
    assert_true(fan_shape_by_days(&series, 8, 8));
    assert_false(fan_shape_by_days(&series, 8, 40)); /* slots of a fifth of a day */
    assert_false(fan_shape_by_days(&series, 8, 100));
    assert_close(shape.quantile[4][3], 9, 0, 0);
    assert_close(shape.quantile[0][5], 1, 0, 0);
    assert_close(shape.quantile[2][3], 5.4, 1e-12, 0); /* (9 x 5 + 9) / 10 */
    assert_close(shape.day[0], 0, 0, 0);
    assert_close(shape.day[4], 4.45, 1e-12, 0);
    assert_close(shape.day[7], 7.9, 1e-12, 0);
    fan_shape_fini(&shape);
    /* Room for all of them: nothing changes. */
    assert_true(fan_shape_make(&series, 8, 100, &shape));
    assert_int_equal(shape.points, POINTS);
    assert_close(shape.quantile[2][33], 9, 0, 0);
    fan_shape_fini(&shape);
}

static void test_last_moment_is_no_day(void **state) {
    (void)state;
    /* 0, 0.5, ... 4.0 in slots of a day: the moment at day 4 belongs to the fourth day. */
    double day[9], value[9];
    struct series series = {.points = 9, .day = day};
    for (size_t i = 0; i < 9; i++) {
        day[i] = 0.5 * (double)i;
        value[i] = 1;
    }
    for (size_t q = 0; q < SERIES_QUANTILES; q++)
        series.quantile[q] = value;
    struct fan_shape shape;
    assert_true(fan_shape_make(&series, 4, 4, &shape));
    assert_int_equal(shape.points, 4);
    assert_close(shape.day[3], 4, 0, 0);
    fan_shape_fini(&shape);
}

static void test_amounts(void **state) {
    (void)state;
    char buffer[CHART_WORD_BYTES];
    assert_string_equal(chart_gib(buffer, sizeof buffer, 2), "2 GiB");
    assert_string_equal(chart_gib(buffer, sizeof buffer, 1.3125), "1.31 GiB");
    assert_string_equal(chart_gib(buffer, sizeof buffer, 0.5), "512 MiB");
    assert_string_equal(chart_gib(buffer, sizeof buffer, 1234.5), "1,235 GiB");
    assert_string_equal(chart_gib(buffer, sizeof buffer, 0.99999), "1 GiB");
    assert_string_equal(chart_number(buffer, sizeof buffer, 0, 2), "0");
    assert_string_equal(chart_number(buffer, sizeof buffer, 353000, 0), "353,000");
}

static void check_png(const struct chart *chart) {
    struct decoded_png png;
    assert_in_range(chart->png_length, 3000, 60000);
    decode_png(chart->png, chart->png_length, &png);
    assert_int_equal(png.width, 960);
    assert_int_equal(png.height, 540);
    size_t inked = 0;
    for (size_t i = 0; i < png.width * png.height; i++)
        inked += memcmp(png.pixels + 3 * i, "\xff\xff\xff", 3) != 0;
    double share = (double)inked / (double)(png.width * png.height);
    assert_true(share > 0.02 && share < 0.6);
    /* Nothing runs out of the picture. */
    for (size_t x = 0; x < png.width; x++) {
        assert_memory_equal(png.pixels + 3 * x, "\xff\xff\xff", 3);
        assert_memory_equal(png.pixels + 3 * ((png.height - 1) * png.width + x), "\xff\xff\xff", 3);
    }
    for (size_t y = 0; y < png.height; y++) {
        assert_memory_equal(png.pixels + 3 * y * png.width, "\xff\xff\xff", 3);
        assert_memory_equal(png.pixels + 3 * ((y + 1) * png.width - 1), "\xff\xff\xff", 3);
    }
    free(png.pixels);
}

static void test_png_of_each_chart(void **state) {
    (void)state;
    struct result *result = fixture_result();
    struct chart_set set;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    result->best_series_count = 0;
    assert_int_equal(charts_make(result, &set, &diagnostics), STATUS_OK);
    assert_int_equal(set.count, 7);
    for (size_t i = 0; i < set.count; i++)
        check_png(&set.charts[i]);
    chart_set_fini(&set);
    fixture_result_free(result);
}

static void test_bad_figures_are_an_error(void **state) {
    (void)state;
    struct result *result = fixture_result();
    struct chart_set set;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ((double *)(uintptr_t)result->as_written_series[0].quantile[2])[7] = NAN;
    assert_int_equal(charts_make_svg(result, &set, &diagnostics), STATUS_INTERNAL);
    assert_int_equal(diagnostics.count, 1);
    assert_non_null(strstr(diagnostics.items[0].message, "loki-memory-as-written"));
    assert_int_equal(set.count, 0);
    fixture_result_free(result);
}

/** A dot without a place has no cell among those taken. */
static void test_bad_candidates_are_an_error(void **state) {
    (void)state;
    struct result *result = fixture_result();
    struct chart_set set;
    struct diagnostics diagnostics;
    struct candidate_point *point = (struct candidate_point *)(uintptr_t)&result->candidates[0];
    double *const figures[] = {&point->monthly_usd, &point->miss_probability};
    point->efficient = false;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        double before = *figures[i];
        *figures[i] = NAN;
        diagnostics_init(&diagnostics);
        assert_int_equal(charts_make_svg(result, &set, &diagnostics), STATUS_INTERNAL);
        assert_non_null(strstr(diagnostics.items[0].message, "cost-risk"));
        *figures[i] = before;
    }
    fixture_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_result),
        cmocka_unit_test(test_no_plan_holds),
        cmocka_unit_test(test_one_candidate),
        cmocka_unit_test(test_a_year),
        cmocka_unit_test(test_limit_far_above),
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_bands_without_width),
        cmocka_unit_test(test_tiny_and_huge_amounts),
        cmocka_unit_test(test_cheap_and_dear_plans),
        cmocka_unit_test(test_little_is_known),
        cmocka_unit_test(test_memory_headlines),
        cmocka_unit_test(test_disk_headlines),
        cmocka_unit_test(test_cost_headlines),
        cmocka_unit_test(test_risk_headlines),
        cmocka_unit_test(test_break_even_headlines),
        cmocka_unit_test(test_break_even_layouts),
        cmocka_unit_test(test_break_even_axis),
        cmocka_unit_test(test_tornado),
        cmocka_unit_test(test_no_break_even_no_chart),
        cmocka_unit_test(test_bills_fall_into_groups),
        cmocka_unit_test(test_thinning_keeps_peaks),
        cmocka_unit_test(test_last_moment_is_no_day),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_png_of_each_chart),
        cmocka_unit_test(test_bad_figures_are_an_error),
        cmocka_unit_test(test_bad_candidates_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
