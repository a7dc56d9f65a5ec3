/**
 * The planner's answer against brute force: in small random search spaces every candidate is
 * simulated in full, and the cheapest that holds costs what the planner's best plan costs.
 */
#include "sim/base/random.h"
#include "sim/base/units.h"
#include "sim/planner_search.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/** PLANNER_CASES in the environment asks for more: `make test-slow` does. */
enum { CASES = 12, OVERRIDES = 10, TEXT = 200 };

/** A load, a stack and a small space of nodes drawn from `stream`. */
static struct fixture_run *draw_case(struct random_stream *stream) {
    static const char *const types[] = {"t3.small, t3.medium", "t3.medium, t3.large",
                                        "t3.large, m5.large", "t3.small, t3.large"};
    char text[OVERRIDES][TEXT];
    const char *overrides[OVERRIDES + 1] = {NULL};
    double u[8];
    for (int i = 0; i < 8; i++)
        u[i] = random_stream_uniform(stream);
    snprintf(text[0], TEXT, "workload.services.api.replicas=%d", 1 + (int)(20 * u[0]));
    snprintf(text[1], TEXT, "workload.profile.noise.cv=%.2f", 0.1 + 0.6 * u[1]);
    snprintf(text[2], TEXT,
             "workload.incidents={per_month: %.1f, magnitude: {median: 3, p95: 9}, "
             "duration: {median: 1h, p95: 4h}}",
             20 * u[2]);
    snprintf(text[3], TEXT,
             "search={instance_types: [%s], max_nodes: 2, encodings: [snappy, gzip], "
             "memory_step: 64Mi, allow_sampling: %s}",
             types[(int)(4 * u[3])], u[7] < 0.5 ? "true" : "false");
    snprintf(text[4], TEXT,
             "targets={cost: {at_most: %.0f, probability: 95%%}, out_of_memory: {at_most: %.0f%%}, "
             "logs_retention: {at_least: 1d, probability: 95%%}, "
             "log_loss: {at_most: 1%%, probability: 90%%}}",
             25 + 100 * u[4], 1 + 20 * u[5]);
    snprintf(text[5], TEXT, "simulation={horizon: 3d, step: 30m, replicas: 64, seed: %d}",
             1 + (int)(1000 * u[6]));
    snprintf(text[6], TEXT, "stack.loki.retention=1d");
    snprintf(text[7], TEXT, "stack.tempo.retention=1d");
    snprintf(text[8], TEXT, "cluster={nodes: [{type: t3.large, count: 1}]}");
    for (int i = 0; i < 9; i++)
        overrides[i] = text[i];
    return fixture_run_new(false, overrides);
}

/** Leave a store few variants, drawn among all, with a GOMEMLIMIT and a limit or two, so that
 *  brute force stays small. */
static void thin(struct planner_store *store, size_t limits, struct random_stream *stream) {
    enum { VARIANTS = 2 };
    size_t kept = 0;
    for (size_t v = 0; v < store->variant_count && kept < VARIANTS; v++) {
        const size_t left = store->variant_count - v;
        if (random_stream_uniform(stream) * (double)left < (double)(VARIANTS - kept))
            store->variants[kept++] = store->variants[v];
    }
    store->variant_count = kept;
    const size_t goal = (size_t)(random_stream_uniform(stream) * (double)store->goal_count);
    store->goals[0] = store->goals[goal];
    store->goal_count = 1;
    for (size_t v = 0; v < kept; v++)
        memcpy(store->variants[v].limit_bytes[0], store->variants[v].limit_bytes[goal],
               sizeof store->variants[v].limit_bytes[0]);
    const size_t first =
        (size_t)(random_stream_uniform(stream) * (double)(PLANNER_LIMITS - limits + 1));
    for (size_t l = 0; l < limits; l++)
        store->limits[l] = (enum planner_limit)(first + l);
    store->limit_count = limits;
    store->volume_count = 1 + (size_t)(random_stream_uniform(stream) * PLANNER_VOLUMES);
}

/** Cost of the cheapest record that holds when all are simulated; infinite when none does. */
static double brute_force(struct planner_state *search, struct fixture_run *run) {
    double cheapest = INFINITY;
    struct plan_outcome *outcome = malloc(sizeof *outcome);
    assert_non_null(outcome);
    for (size_t first = 0; first < search->record_count; first += ENGINE_PLANS_MAX) {
        static struct plan plans[ENGINE_PLANS_MAX];
        struct engine_samples samples[ENGINE_PLANS_MAX];
        struct arena arena;
        struct outcome_context context = *search->input->context;
        size_t count = search->record_count - first;
        count = count < ENGINE_PLANS_MAX ? count : ENGINE_PLANS_MAX;
        arena_init(&arena);
        context.arena = &arena;
        for (size_t i = 0; i < count; i++)
            plans[i] = planner_plan(search, &search->records[first + i]);
        assert_int_equal(engine_run(&run->engine, plans, count, &arena, samples, &run->diagnostics),
                         STATUS_OK);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(
                outcome_make(&context, &plans[i], &samples[i], "", outcome, &run->diagnostics),
                STATUS_OK);
            if (outcome->holds)
                cheapest = fmin(cheapest, outcome->monthly_usd.p50);
        }
        arena_fini(&arena);
    }
    free(outcome);
    return cheapest;
}

/** Which variants of a scenario are listed. */
static void list_variants(const char *const *overrides, struct planner_store *loki,
                          struct planner_store *tempo) {
    struct fixture_run *run = fixture_run_new(false, overrides);
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 8};
    memset(loki, 0, sizeof *loki);
    memset(tempo, 0, sizeof *tempo);
    planner_variants_list(&input, loki, tempo);
    fixture_run_free(run);
}

/** The scenario's own settings first; traces are left out only where that is allowed, down to what
 *  must be kept; the idle period is tried only where lines are rare. */
static void settings_are_tried_where_they_matter(void **state) {
    (void)state;
    struct planner_store *stores = calloc(2, sizeof *stores);
    assert_non_null(stores);
    struct planner_store *loki = &stores[0], *tempo = &stores[1];
    list_variants(NULL, loki, tempo);
    assert_int_equal(loki->variants[0].changes, 0);
    assert_int_equal(tempo->variants[0].changes, 0);
    /* Two encodings x two target sizes x three ages; two durations x two sizes x two row groups. */
    assert_int_equal(loki->variant_count, 12);
    assert_int_equal(tempo->variant_count, 8);
    for (size_t v = 0; v < tempo->variant_count; v++)
        assert_true(tempo->variants[v].traces_dropped == 0);
    /* A line each 2,000 s in a stream, ten times as far apart in quiet hours. */
    const char *const rare[] = {"search={allow_sampling: true, sampling_at_least: 20%}",
                                "workload.services.api.logs.lines_per_second=0.001",
                                "workload.services.api.logs.streams_per_replica=2", NULL};
    list_variants(rare, loki, tempo);
    assert_int_equal(loki->variant_count, 36);
    assert_int_equal(tempo->variant_count, 32);
    double most = 0;
    for (size_t v = 0; v < tempo->variant_count; v++)
        most = fmax(most, tempo->variants[v].traces_dropped);
    assert_close(most, 0.8, 1e-9, 0);
    free(stores);
}

/** Every plan that is proposed can run: all pods placed, no limit above its node's memory, no
 * request above its limit. */
static void check_plans(const struct planner_state *search) {
    for (size_t i = 0; i < search->record_count; i++) {
        const struct plan plan = planner_plan(search, &search->records[i]);
        assert_int_equal(plan.pending, 0);
        for (int c = COMPONENT_LOKI; c < COMPONENT_COUNT; c++) {
            const struct scenario_resources *own = &plan.resources[c];
            const int node = plan_node_of(&plan, (enum component)c);
            assert_true(own->request_bytes <= own->limit_bytes);
            assert_true(own->request_cores <= own->limit_cores + 1e-9);
            assert_true(c > COMPONENT_TEMPO ||
                        own->limit_bytes <= node_allocatable_bytes(plan.nodes[node]));
        }
    }
}

/** In bursts of lines the agent alone could use more CPU than its node has. */
static void no_limit_is_above_what_a_node_has(void **state) {
    (void)state;
    const char *const overrides[] = {
        "workload.services.api.replicas=60", "workload.profile.noise.cv=3",
        "workload.incidents={per_month: 20, magnitude: {median: 30, p95: 90}}",
        "search={instance_types: [m5.large], max_nodes: 1}", NULL};
    struct fixture_run *run = fixture_run_new(false, overrides);
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 8};
    struct planner_state *search = calloc(1, sizeof *search);
    assert_non_null(search);
    assert_int_equal(planner_state_open(&input, search, &run->diagnostics), STATUS_OK);
    assert_true(search->screen.small[COMPONENT_AGENT].limit_cores > 2);
    struct planner_record record;
    search->probes = NULL;
    planner_least_risky(search, 0, &record);
    const struct plan plan = planner_plan(search, &record);
    for (int c = 0; c < COMPONENT_COUNT; c++) {
        const struct scenario_resources *own = &plan.resources[c];
        assert_true(own->limit_cores <= fmax(2, own->request_cores));
    }
    planner_state_close(search);
    free(search);
    fixture_run_free(run);
}

/** How Loki's own variant fares when `replicas` services of 6 kB/s are kept for ten years. */
static struct planner_variant kept_for_ten_years(const char *replicas) {
    const char *const overrides[] = {replicas,
                                     "stack.loki.retention=3650d",
                                     "stack.loki.volume=64Ti",
                                     "targets.logs_retention={at_least: 3650d, probability: 90%}",
                                     "search.encodings=[snappy]",
                                     "simulation={horizon: 3650d, step: 1h, replicas: 8}",
                                     NULL};
    struct fixture_run *run = fixture_run_new(true, overrides);
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 8};
    struct planner_screen *screen = calloc(1, sizeof *screen);
    assert_non_null(screen);
    assert_int_equal(planner_screen_init(&input, &run->arena, screen, &run->diagnostics),
                     STATUS_OK);
    const struct planner_variant own = screen->loki.variants[0];
    free(screen);
    fixture_run_free(run);
    return own;
}

/** Volumes are searched up to the largest that is sold, 64 TiB, and no further. */
static void volumes_end_where_gp3_does(void **state) {
    (void)state;
    /* 30 x 6 kB/s = 180 kB/s, over 2.5 are 72 kB/s; in 3.1536e8 s that is 22.7 TB or 20.7 TiB. */
    struct planner_variant own = kept_for_ten_years("workload.services.api.replicas=30");
    assert_close(own.volume_bytes[0], 20.7 * 1024 * GIB, 0.05, 0);
    assert_int_equal(own.full_count[0], 0);
    assert_true(own.kept[0]);
    /* Four times as much is 82.6 TiB. */
    own = kept_for_ten_years("workload.services.api.replicas=120");
    assert_true(own.volume_bytes[0] == 64 * 1024 * GIB);
    assert_int_equal(own.full_count[0], 8);
    assert_false(own.kept[0]);
}

/** Mixtures that cost the same, with the same counts, stay in the order of the search's types. */
static void mixtures_of_one_price_keep_their_order(void **state) {
    (void)state;
    const char *const overrides[] = {
        "search={instance_types: [t3.large, m6i.large, m5.large], max_nodes: 2}", NULL};
    struct fixture_run *run = fixture_run_new(false, overrides);
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 8};
    struct planner_state search = {.input = &input};
    arena_init(&search.arena);
    assert_int_equal(planner_sets_list(&search, &run->diagnostics), STATUS_OK);
    /* Three types, one or two alike; then three pairs, the dearest of two of $0.096 an hour. */
    assert_int_equal(search.set_count, 9);
    const struct planner_node_set *first = &search.sets[6], *second = &search.sets[7];
    assert_true(first->fixed_usd == second->fixed_usd);
    assert_string_equal(first->types[0]->name, "m6i.large");
    assert_string_equal(second->types[0]->name, "m5.large");
    assert_true(first->listed < second->listed);
    assert_true(search.sets[8].fixed_usd > second->fixed_usd);
    arena_fini(&search.arena);
    fixture_run_free(run);
}

/** The same records, in the same order, judged by three threads as by one. */
static void threads_change_no_record(void **state) {
    (void)state;
    struct random_stream stream = random_stream_at(7, 0, 0);
    struct fixture_run *run = draw_case(&stream);
    struct outcome_context context = fixture_run_context(run);
    struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 8};
    struct planner_state *search = calloc(2, sizeof *search);
    assert_non_null(search);
    for (int i = 0; i < 2; i++) {
        input.engine.threads = i == 0 ? 1 : 3;
        assert_int_equal(planner_state_open(&input, &search[i], &run->diagnostics), STATUS_OK);
        assert_int_equal(planner_state_list(&search[i], &run->diagnostics), STATUS_OK);
    }
    assert_true(search[0].record_count > 100);
    assert_int_equal(search[0].record_count, search[1].record_count);
    assert_int_equal(search[0].screened, search[1].screened);
    for (size_t i = 0; i < search[0].record_count; i++)
        assert_int_equal(planner_compare(&search[0].records[i], &search[1].records[i]), 0);
    check_plans(&search[0]);
    planner_state_close(&search[0]);
    planner_state_close(&search[1]);
    free(search);
    fixture_run_free(run);
}

/** What the search pays with so many tries a cost; infinite when it finds no plan. */
static double search_usd(struct planner_state *search, struct planner_input *input, size_t tries,
                         struct fixture_run *run) {
    struct planner_output output = {0};
    input->tries_per_cost = tries;
    search->record_count = 0;
    assert_int_equal(planner_state_list(search, &run->diagnostics), STATUS_OK);
    assert_int_equal(planner_pick(search, &output, &run->diagnostics), STATUS_OK);
    return output.best ? output.best->monthly_usd.p50 : INFINITY;
}

static void the_answer_is_brute_force_s(void **state) {
    (void)state;
    struct random_stream stream = random_stream_at(2024, 0, 0);
    const char *wanted = getenv("PLANNER_CASES");
    const size_t cases = wanted ? strtoul(wanted, NULL, 10) : CASES;
    size_t found = 0, none = 0, split = 0, mixed = 0, sampled = 0;
    struct planner_state *search = malloc(sizeof *search);
    assert_non_null(search);
    for (size_t i = 0; i < cases; i++) {
        struct fixture_run *run = draw_case(&stream);
        struct outcome_context context = fixture_run_context(run);
        struct planner_input input = {run->engine, &context, &run->tables.instances, &run->plan, 0};
        assert_int_equal(planner_state_open(&input, search, &run->diagnostics), STATUS_OK);
        thin(&search->screen.loki, 2, &stream);
        thin(&search->screen.tempo, 1, &stream);
        assert_int_equal(planner_state_list(search, &run->diagnostics), STATUS_OK);
        double expected = brute_force(search, run);
        for (size_t r = 0; r < search->record_count; r++) {
            split += search->records[r].split.fixed;
            mixed += search->sets[search->records[r].nodes].counts[1] > 0;
            sampled += search->records[r].traces_dropped > 0;
        }
        /* Without a limit of tries, and as the program searches. */
        const double all = search_usd(search, &input, 0, run);
        const double usual = search_usd(search, &input, 8, run);
        if (isinf(expected)) {
            assert_true(isinf(all) && isinf(usual));
            none++;
        } else {
            assert_close(all, expected, 1e-9, 0.006);
            assert_close(usual, expected, 1e-9, 0.006);
            found++;
        }
        planner_state_close(search);
        fixture_run_free(run);
    }
    free(search);
    /* The cases must exercise both answers, and every dimension. */
    assert_true(split > 0 && mixed > 0 && sampled > 0);
    assert_true(found > cases / 10 && none > cases / 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_tried_where_they_matter),
        cmocka_unit_test(no_limit_is_above_what_a_node_has),
        cmocka_unit_test(volumes_end_where_gp3_does),
        cmocka_unit_test(mixtures_of_one_price_keep_their_order),
        cmocka_unit_test(threads_change_no_record),
        cmocka_unit_test(the_answer_is_brute_force_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
