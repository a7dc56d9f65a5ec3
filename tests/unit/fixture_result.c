#include "tests/unit/fixture_result.h"

#include "sim/base/units.h"
#include "tests/unit/fixture_scenario.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define EC2_SOURCE "AWS price list, EC2 us-east-1, 2025-04-30"
#define EBS_SOURCE "AWS price list, EBS us-east-1, 2025-04-30"
#define CLOUDWATCH_SOURCE "AWS price list, CloudWatch us-east-1, 2025-04-30"

static void add_item(struct bill *bill, const char *component, const char *item, double quantity,
                     const char *unit, double usd_per_unit, const char *source) {
    bill->items[bill->count++] = (struct cost_item){
        component, item, quantity, unit, usd_per_unit, quantity * usd_per_unit, source};
}

static double total(const struct bill *bill) {
    double sum = 0;
    for (size_t i = 0; i < bill->count; i++)
        sum += bill->items[i].usd_per_month;
    return sum;
}

static struct quantiles spread(double p50, double relative) {
    return (struct quantiles){p50 * (1 - relative), p50, p50 * (1 + relative),
                              p50 * (1 + 1.5 * relative), p50 * (1 + 2 * relative)};
}

static void fill_component(struct component_outcome *outcome, double peak_mib, double cores,
                           double disk_gib, struct probability kill) {
    outcome->memory_peak_mib = spread(peak_mib, 0.12);
    outcome->memory_mean_mib = spread(peak_mib * 0.55, 0.08);
    outcome->cpu_cores = spread(cores, 0.2);
    outcome->cpu_peak_cores = spread(cores * 3, 0.3);
    outcome->disk_gib = spread(disk_gib, 0.1);
    outcome->out_of_memory = kill;
    outcome->kills = (struct quantiles){0, kill.value > 0.5 ? 9 : 0, kill.value > 0.5 ? 17 : 0,
                                        kill.value > 0.5 ? 21 : 0, kill.value > 0.5 ? 26 : 1};
    outcome->volume_full = (struct probability){0, 0, 0.00037};
    outcome->inodes_peak_p95 = disk_gib * 4200;
    outcome->throttled_fraction = 0.0004;
}

/** Own nodes and volumes; `surplus_hours` of vCPU beyond the credits. */
static void fill_own_bill(struct bill *bill, const struct plan *plan, double surplus_hours) {
    static const struct {
        const char *component, *item;
        enum component owner;
    } volumes[] = {{"loki", "gp3 storage", COMPONENT_LOKI},
                   {"tempo", "gp3 storage", COMPONENT_TEMPO},
                   {"grafana", "gp3 storage", COMPONENT_GRAFANA}};
    add_item(bill, "node", "t3.medium on demand", HOURS_PER_MONTH, "hour", 0.0416, EC2_SOURCE);
    add_item(bill, "node", "gp3 root volume", plan->root_volume_bytes / GIB, "GiB-month", 0.08,
             EBS_SOURCE);
    for (size_t i = 0; i < sizeof volumes / sizeof *volumes; i++)
        add_item(bill, volumes[i].component, volumes[i].item,
                 plan->resources[volumes[i].owner].volume_bytes / GIB, "GiB-month", 0.08,
                 EBS_SOURCE);
    add_item(bill, "node", "surplus CPU credits", surplus_hours, "vCPU-hour", 0.05, EC2_SOURCE);
}

static const struct target_outcome as_written_targets[TARGET_COUNT] = {
    {TARGET_COST,
     true,
     40,
     0.95,
     33.88,
     {1, 0.99963, 1},
     "at most $40 a month in 95%",
     "$33.88",
     "The node is $30.37 of the bill; volumes and surplus credits are the rest"},
    {TARGET_LOGS_RETENTION,
     true,
     604800,
     0.99,
     604800,
     {0.9987, 0.9978, 0.9993},
     "at least 7d in 99%",
     "7d",
     "A week of logs takes 6.9 GiB of the 10 GiB volume"},
    {TARGET_TRACES_RETENTION,
     true,
     604800,
     0.99,
     604800,
     {0.9964, 0.9950, 0.9975},
     "at least 7d in 99%",
     "7d",
     "A week of traces takes 3.8 GiB of the 5 GiB volume"},
    {TARGET_OUT_OF_MEMORY,
     false,
     0.01,
     0,
     0.9412,
     {0.9412, 0.9364, 0.9457},
     "at most 1%",
     "94%",
     "Tempo is killed: building a block peaks at 1.2 GiB, the limit is 1 GiB"},
    {TARGET_LOG_LOSS,
     true,
     0.001,
     0.99,
     0.00012,
     {1, 0.99963, 1},
     "at most 0.1% in 99%",
     "0.01%",
     "Agents hold what Loki cannot take until it is back"},
    {TARGET_SAVINGS,
     true,
     0.6,
     0,
     0.795,
     {1, 0.99963, 1},
     "at least 60%",
     "80%",
     "AWS's managed services would cost $164.74 a month"},
};

static const struct target_outcome best_targets[TARGET_COUNT] = {
    {TARGET_COST,
     true,
     40,
     0.95,
     34.18,
     {1, 0.99963, 1},
     "at most $40 a month in 95%",
     "$34.18",
     "The node is $30.37 of the bill; volumes and surplus credits are the rest"},
    {TARGET_LOGS_RETENTION,
     true,
     604800,
     0.99,
     604800,
     {0.9999, 0.9994, 1},
     "at least 7d in 99%",
     "7d",
     "A week of logs takes 5.0 GiB of the 9 GiB volume"},
    {TARGET_TRACES_RETENTION,
     true,
     604800,
     0.99,
     604800,
     {0.9991, 0.9983, 0.9996},
     "at least 7d in 99%",
     "7d",
     "A week of traces takes 3.8 GiB of the 6 GiB volume"},
    {TARGET_OUT_OF_MEMORY,
     true,
     0.01,
     0,
     0.0041,
     {0.0041, 0.0029, 0.0056},
     "at most 1%",
     "0.4%",
     "Tempo peaks at 0.97 GiB with blocks of 10 minutes; the limit is 1.3 GiB"},
    {TARGET_LOG_LOSS,
     true,
     0.001,
     0.99,
     0.00002,
     {1, 0.99963, 1},
     "at most 0.1% in 99%",
     "<0.1%",
     "Nothing is lost but in the longest incidents"},
    {TARGET_SAVINGS,
     true,
     0.6,
     0,
     0.793,
     {1, 0.99963, 1},
     "at least 60%",
     "79%",
     "AWS's managed services would cost $164.74 a month"},
};

static void fill_outcome(struct plan_outcome *outcome, const char *label,
                         const struct target_outcome *targets, double surplus_hours) {
    outcome->label = label;
    fill_own_bill(&outcome->bill, &outcome->plan, surplus_hours);
    outcome->monthly_usd = spread(total(&outcome->bill), 0.004);
    outcome->log_loss = (struct quantiles){0, 0, 0, targets[TARGET_LOG_LOSS].value, 0.0011};
    outcome->credit_balance_low = (struct quantiles){0, 41, 122, 160, 201};
    outcome->credits_exhausted = (struct probability){0.31, 0.301, 0.3192};
    outcome->target_count = TARGET_COUNT;
    outcome->holds = true;
    for (size_t i = 0; i < TARGET_COUNT; i++) {
        outcome->targets[i] = targets[i];
        outcome->holds = outcome->holds && targets[i].holds;
    }
    fill_component(&outcome->components[COMPONENT_GRAFANA], 190, 0.02, 0.2,
                   (struct probability){0, 0, 0.00037});
    fill_component(&outcome->components[COMPONENT_COLLECTOR], 96, 0.03, 0,
                   (struct probability){0, 0, 0.00037});
    fill_component(&outcome->components[COMPONENT_AGENT], 84, 0.04, 0,
                   (struct probability){0, 0, 0.00037});
}

static void fill_as_written(struct plan_outcome *outcome, const struct scenario *scenario) {
    fixture_plan(scenario, &outcome->plan);
    fill_outcome(outcome, "as written", as_written_targets, 10);
    fill_component(&outcome->components[COMPONENT_LOKI], 1240, 0.21, 6.9,
                   (struct probability){0.0021, 0.0013, 0.0032});
    fill_component(&outcome->components[COMPONENT_TEMPO], 1228, 0.12, 3.8,
                   (struct probability){0.9412, 0.9364, 0.9457});
    outcome->binding = "Tempo's memory limit of 1 GiB is below the peak of building a block";
}

static void fill_best(struct plan_outcome *outcome, const struct scenario *scenario) {
    fixture_plan(scenario, &outcome->plan);
    outcome->plan.loki.encoding = LOKI_ENCODING_GZIP;
    outcome->plan.loki.max_chunk_age_seconds = 3600;
    outcome->plan.resources[COMPONENT_LOKI].limit_bytes = 1792 * MIB;
    outcome->plan.resources[COMPONENT_LOKI].volume_bytes = 9 * GIB;
    outcome->plan.resources[COMPONENT_TEMPO].limit_bytes = 1344 * MIB;
    outcome->plan.resources[COMPONENT_TEMPO].volume_bytes = 6 * GIB;
    outcome->plan.tempo.max_block_duration_seconds = 600;
    outcome->plan.tempo.memory_goal_bytes = 1209 * MIB;
    fill_outcome(outcome, "best", best_targets, 16);
    fill_component(&outcome->components[COMPONENT_LOKI], 990, 0.29, 5.0,
                   (struct probability){0.0009, 0.0004, 0.0017});
    fill_component(&outcome->components[COMPONENT_TEMPO], 990, 0.14, 3.8,
                   (struct probability){0.0032, 0.0022, 0.0045});
    outcome->binding = "The node itself: the next smaller one, t3.small, cannot hold Loki's peak";
}

static void fill_managed(struct managed_outcome managed[MANAGED_COUNT]) {
    struct bill *bill = &managed[MANAGED_AWS].bill;
    add_item(bill, "CloudWatch Logs", "ingest", 119.7, "GB", 0.5, CLOUDWATCH_SOURCE);
    add_item(bill, "CloudWatch Logs", "storage", 4.3, "GB-month", 0.03, CLOUDWATCH_SOURCE);
    add_item(bill, "CloudWatch Logs", "Logs Insights queries", 152, "GB", 0.005, CLOUDWATCH_SOURCE);
    add_item(bill, "X-Ray", "traces recorded", 14.2, "1M traces", 5, CLOUDWATCH_SOURCE);
    add_item(bill, "Managed Grafana", "editors", 2, "user", 9, "AWS price list, 2025-04-30");
    add_item(bill, "Managed Grafana", "viewers", 3, "user", 5, "AWS price list, 2025-04-30");
    bill = &managed[MANAGED_GRAFANA_CLOUD].bill;
    add_item(bill, "Grafana Cloud", "platform fee", 1, "month", 19, "grafana.com, 2025-05-02");
    add_item(bill, "Grafana Cloud", "logs", 74.7, "GB", 0.5, "grafana.com, 2025-05-02");
    add_item(bill, "Grafana Cloud", "traces", 6.1, "GB", 0.5, "grafana.com, 2025-05-02");
    add_item(bill, "Grafana Cloud", "users", 2, "user", 8, "grafana.com, 2025-05-02");
    bill = &managed[MANAGED_DATADOG].bill;
    add_item(bill, "Datadog", "log ingest", 124.7, "GB", 0.1, "datadoghq.com, 2025-05-02");
    add_item(bill, "Datadog", "log events indexed", 390, "1M events", 1.7,
             "datadoghq.com, 2025-05-02");
    add_item(bill, "Datadog", "APM host", 1, "host", 31, "datadoghq.com, 2025-05-02");
    bill = &managed[MANAGED_NEW_RELIC].bill;
    add_item(bill, "New Relic", "data ingest", 80.8, "GB", 0.4, "newrelic.com, 2025-05-02");
    add_item(bill, "New Relic", "core users", 2, "user", 49, "newrelic.com, 2025-05-02");
    for (int i = 0; i < MANAGED_COUNT; i++) {
        managed[i].service = (enum managed_service)i;
        managed[i].monthly_usd = total(&managed[i].bill);
    }
}

/** How a made-up series runs: it rises to `level`, breathes with the day and has a band. */
struct shape {
    const char *name, *title;
    double start, level, rise_days, daily, spread, limit;
};

static const struct shape as_written_shapes[FIXTURE_SERIES] = {
    {"loki_memory", "Loki memory", 0.62, 0.78, 0.3, 0.18, 0.10, 2.0},
    {"loki_disk", "Loki disk", 0.05, 6.2, 7.0, 0.03, 0.06, 10.0},
    {"tempo_memory", "Tempo memory", 0.55, 0.72, 0.3, 0.20, 0.26, 1.0},
    {"tempo_disk", "Tempo disk", 0.05, 3.4, 7.0, 0.03, 0.08, 5.0},
};

static const struct shape best_shapes[FIXTURE_SERIES] = {
    {"loki_memory", "Loki memory", 0.55, 0.66, 0.3, 0.16, 0.09, 1.75},
    {"loki_disk", "Loki disk", 0.05, 4.5, 7.0, 0.03, 0.06, 9.0},
    {"tempo_memory", "Tempo memory", 0.45, 0.58, 0.3, 0.18, 0.20, 1.3125},
    {"tempo_disk", "Tempo disk", 0.05, 3.4, 7.0, 0.03, 0.08, 6.0},
};

/** Standard normal values of the five quantiles. */
static const double normal_quantile[SERIES_QUANTILES] = {-1.645, -0.674, 0, 0.674, 1.645};

static bool fill_series(struct arena *arena, const struct shape *shape, size_t points, double days,
                        struct series *series) {
    double *day = arena_array(arena, points, sizeof *day);
    double *value[SERIES_QUANTILES];
    bool taken = day != NULL;
    for (size_t q = 0; q < SERIES_QUANTILES; q++) {
        value[q] = arena_array(arena, points, sizeof **value);
        taken = taken && value[q];
    }
    if (!taken)
        return false;
    for (size_t i = 0; i < points; i++) {
        double t = points > 1 ? days * (double)i / (double)(points - 1) : 0;
        double middle =
            shape->level - (shape->level - shape->start) * exp(-3 * t / shape->rise_days);
        middle *= 1 + 0.001 * t + shape->daily * sin(2 * 3.141592653589793 * (t - 0.3));
        day[i] = t;
        for (size_t q = 0; q < SERIES_QUANTILES; q++)
            value[q][i] = middle * exp(normal_quantile[q] * shape->spread);
    }
    *series = (struct series){.name = shape->name,
                              .title = shape->title,
                              .unit = "GiB",
                              .points = points,
                              .day = day,
                              .limit = shape->limit};
    for (size_t q = 0; q < SERIES_QUANTILES; q++)
        series->quantile[q] = value[q];
    return true;
}

static bool make_series(struct result *result, size_t points, double days) {
    bool made = true;
    for (size_t i = 0; i < FIXTURE_SERIES; i++) {
        made = made && fill_series(&result->arena, &as_written_shapes[i], points, days,
                                   &result->as_written_series[i]);
        made = made &&
               fill_series(&result->arena, &best_shapes[i], points, days, &result->best_series[i]);
    }
    result->as_written_series_count = made ? FIXTURE_SERIES : 0;
    result->best_series_count = made ? FIXTURE_SERIES : 0;
    return made;
}

void fixture_series(struct result *result, size_t points, double days) {
    if (!make_series(result, points, days))
        abort();
}

/** Uniform in 0..1 from an index: splitmix64's finaliser. */
static double uniform(uint64_t index) {
    uint64_t z = index * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static bool fill_candidates(struct result *result) {
    struct candidate_point *points =
        arena_array(&result->arena, FIXTURE_CANDIDATES, sizeof *points);
    if (!points)
        return false;
    for (size_t i = 0; i < FIXTURE_CANDIDATES; i++) {
        points[i].monthly_usd = 18 + 80 * uniform(2 * i + 1);
        double floor = points[i].monthly_usd < 33 ? 0.12 : 0.004;
        points[i].miss_probability =
            floor + (0.95 - floor) * exp(-(points[i].monthly_usd - 18) / 9) * uniform(2 * i + 2) +
            0.35 * uniform(3 * i + 7) * uniform(5 * i + 11);
    }
    points[0] = (struct candidate_point){result->as_written->monthly_usd.p50, 0.9431, false};
    points[1] = (struct candidate_point){result->best->monthly_usd.p50, 0.0049, false};
    for (size_t i = 0; i < FIXTURE_CANDIDATES; i++) {
        points[i].efficient = true;
        for (size_t j = 0; j < FIXTURE_CANDIDATES; j++)
            if (j != i && points[j].monthly_usd <= points[i].monthly_usd &&
                points[j].miss_probability <= points[i].miss_probability)
                points[i].efficient = false;
    }
    result->candidates = points;
    result->candidate_count = FIXTURE_CANDIDATES;
    result->candidates_screened = 11664;
    return true;
}

/** The second plan found: dearer, for a table of alternatives. */
static bool fill_alternatives(struct result *result) {
    for (size_t i = 0; i < 2; i++) {
        struct plan_outcome *other = arena_take(&result->arena, sizeof *other);
        if (!other)
            return false;
        *other = *result->best;
        other->label = i == 0 ? "snappy instead of gzip" : "20 minute blocks";
        other->bill.items[2].quantity += (double)(i + 1);
        other->bill.items[2].usd_per_month += 0.08 * (double)(i + 1);
        other->monthly_usd = spread(total(&other->bill), 0.004);
        result->alternatives[result->alternative_count++] = other;
    }
    return true;
}

/** Two sets of nodes below the best plan's price: pods without room, and logs kept too short. */
static bool fill_cheaper(struct result *result) {
    static const struct instance_type t3_micro = {.name = "t3.micro", .burstable = true},
                                      t3_small = {.name = "t3.small", .burstable = true};
    static const struct {
        const struct instance_type *type;
        double usd_per_hour, chance;
        const char *node, *binding;
    } sets[] = {
        {&t3_micro, 0.0104, 0, "t3.micro on demand",
         "2 pods find no room on the nodes: their requests are more than the nodes have"},
        {&t3_small, 0.0208, 0.0693, "t3.small on demand",
         "Loki is killed in 6.9% of months: a flush peaks at 1.3 GiB, the limit is 1.1 GiB"},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct plan_outcome *other = arena_take(&result->arena, sizeof *other);
        if (!other)
            return false;
        struct target_outcome *kills = &other->targets[TARGET_OUT_OF_MEMORY];
        struct cost_item *node = &other->bill.items[0];
        *other = *result->best;
        other->label = "cheaper";
        other->plan.nodes[0] = sets[i].type;
        other->plan.pending = i == 0 ? 2 : 0;
        node->item = sets[i].node;
        node->usd_per_unit = sets[i].usd_per_hour;
        node->usd_per_month = node->quantity * node->usd_per_unit;
        other->monthly_usd = spread(total(&other->bill), 0.004);
        other->holds = false;
        other->binding = kills->reason = sets[i].binding;
        kills->holds = i == 0;
        kills->value = sets[i].chance;
        kills->probability = (struct probability){sets[i].chance, 0.048, 0.096};
        result->cheaper[result->cheaper_count++] = other;
    }
    return true;
}

/** Loads at which the bills above come to the best plan's $34.05: two services have users and fees
 *  that cost more at any load. AWS: (34.05 - 33) / (164.74 - 33); Datadog: (34.05 - 31) / 675.47.
 */
static void fill_limits(struct result *result) {
    result->headroom = (struct headroom){
        true, 1.6, 1.8, "Tempo is killed: building a block peaks at 1.4 GiB, the limit is 1.3 GiB",
        15.9};
    for (int i = 0; i < MANAGED_COUNT; i++)
        result->break_even[i].service = (enum managed_service)i;
    result->break_even[MANAGED_AWS] = (struct break_even){MANAGED_AWS, true, false, 0.008, 0.0328};
    result->break_even[MANAGED_DATADOG] =
        (struct break_even){MANAGED_DATADOG, true, false, 0.0045, 0.01845};
}

static void fill_brief(struct result *result) {
    static const struct brief_line lines[] = {
        {"Loki: t3.medium", 15.0, 30.37, "730 h x $0.0416 on demand; " EC2_SOURCE},
        {"Loki: 10 GiB gp3", 1.0, 0.8, "10 GiB x $0.08; " EBS_SOURCE},
        {"Tempo: t3.medium", 15.0, 30.37, "730 h x $0.0416 on demand; " EC2_SOURCE},
        {"Tempo: 5 GiB gp3", 0.5, 0.4, "5 GiB x $0.08; " EBS_SOURCE},
        {"Grafana: t3.small", 7.5, 15.18, "730 h x $0.0208 on demand; " EC2_SOURCE},
        {"Grafana: 5 GiB gp3", 0.5, 0.4, "5 GiB x $0.08; " EBS_SOURCE},
    };
    result->brief_count = sizeof lines / sizeof *lines;
    for (size_t i = 0; i < result->brief_count; i++)
        result->brief[i] = lines[i];
}

static bool fill_result(struct result *result) {
    result->scenario = fixture_scenario();
    result->as_written = arena_take(&result->arena, sizeof *result->as_written);
    result->best = arena_take(&result->arena, sizeof *result->best);
    if (!result->scenario || !result->as_written || !result->best)
        return false;
    fill_as_written(result->as_written, result->scenario);
    fill_best(result->best, result->scenario);
    fill_managed(result->managed);
    fill_brief(result);
    fill_limits(result);
    result->holds = true;
    result->log_gb_per_day = 4.1;
    result->span_per_second_mean = 43;
    return make_series(result, FIXTURE_POINTS, 30) && fill_candidates(result) &&
           fill_alternatives(result) && fill_cheaper(result);
}

struct result *fixture_result(void) {
    struct result *result = calloc(1, sizeof *result);
    if (!result)
        return NULL;
    arena_init(&result->arena);
    if (!fill_result(result)) {
        fixture_result_free(result);
        return NULL;
    }
    return result;
}

void fixture_result_free(struct result *result) {
    if (!result)
        return;
    fixture_scenario_free((struct scenario *)(uintptr_t)result->scenario);
    arena_fini(&result->arena);
    free(result);
}

struct result *shared_result;

int shared_result_setup(void **state) {
    (void)state;
    shared_result = fixture_result();
    return shared_result ? 0 : -1;
}

int shared_result_teardown(void **state) {
    (void)state;
    fixture_result_free(shared_result);
    shared_result = NULL;
    return 0;
}
