/* What reports say of the plan's limits: headroom, cheaper plans, break-even. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/report.h"
#include "tests/unit/fixture_result.h"

#include <string.h>

static struct result *make_result(void) {
    struct result *result = fixture_result();
    assert_non_null(result);
    return result;
}

/** Whether the terminal's report, wide enough not to wrap, has these words. */
static void assert_text_says(const struct result *result, const char *words, bool said) {
    struct report report = {.result = result};
    struct report_text_options options = {.width = 250};
    struct diagnostics diagnostics;
    struct text text;
    diagnostics_init(&diagnostics);
    text_init(&text);
    assert_int_equal(report_text(&report, &options, &text, &diagnostics), STATUS_OK);
    if ((strstr(text.data, words) != NULL) != said)
        fail_msg("\"%s\" is %sin:\n%s", words, said ? "not " : "", text.data);
    text_fini(&text);
}

static void test_headroom(void **state) {
    (void)state;
    struct result *result = make_result();
    struct headroom *headroom = &result->headroom;
    assert_text_says(result,
                     "  Headroom    holds up to 1.6 x the load (in 16 months of 3 % growth); at "
                     "1.8 x: Tempo is killed: building a block peaks at 1.4 GiB, the limit is "
                     "1.3 GiB\n",
                     true);
    headroom->months_of_growth = 0.4;
    assert_text_says(result, "the load (within a month of 3 % growth); at", true);
    headroom->months_of_growth = 1.2;
    assert_text_says(result, "the load (in 1 month of 3 % growth); at", true);
    *headroom = (struct headroom){true, 6, 0, NULL, 0};
    assert_text_says(result, "  holds up to 6 x the load, the most that was tried\n", true);
    *headroom = (struct headroom){true, 1, 1.07, "Loki keeps 6d", 0};
    assert_text_says(result, "  Headroom    no more than this load; at 1.07 x: Loki keeps 6d\n",
                     true);
    headroom->reason = NULL;
    assert_text_says(result, "; at 1.07 x: a target is missed\n", true);
    headroom->known = false;
    assert_text_says(result, "Headroom", false);
    fixture_result_free(result);
}

/** Where nothing holds, a cheap plan with a pod that finds no node is not the least bad one. */
static void test_the_least_bad_plan_can_run(void **state) {
    (void)state;
    struct result *result = make_result();
    result->best = NULL;
    result->as_written->holds = false;
    struct plan_outcome *cheap = result->cheaper[1];
    for (size_t i = 0; i < cheap->target_count; i++)
        cheap->targets[i].holds = true;
    result->alternatives[0] = cheap;
    result->alternative_count = 1;
    cheap->plan.pending = 0;
    assert_text_says(result, "  Least bad   1 x t3.small, $18.86 a month\n", true);
    cheap->plan.pending = 1;
    assert_text_says(result, "  Least bad   as written, ", true);
    fixture_result_free(result);
}

/** A plan that holds what was asked may still be killed in most months. */
static void test_kills_that_no_target_asks_about(void **state) {
    (void)state;
    struct result *result = make_result();
    struct scenario *scenario = (struct scenario *)(uintptr_t)result->scenario;
    struct probability *kills = &result->best->components[COMPONENT_TEMPO].out_of_memory;
    *kills = (struct probability){0.13, 0.12, 0.14};
    assert_text_says(result, "Not asked", false);
    scenario->targets.out_of_memory.set = false;
    assert_text_says(result,
                     "  Not asked   Tempo is killed, out of memory, in 13 % of months: no target "
                     "asks about it\n",
                     true);
    *kills = (struct probability){0.01, 0.005, 0.02};
    assert_text_says(result, "Not asked", false);
    fixture_result_free(result);
}

static void test_cheaper(void **state) {
    (void)state;
    struct result *result = make_result();
    struct plan_outcome *next = result->cheaper[1];
    /* The best plan's $34.05 less half of the node's 730 h x $0.0416. */
    assert_text_says(result,
                     "  Cheaper     1 x t3.small, $18.86 a month: has memory kills in 6.9 % of "
                     "months\n",
                     true);
    assert_text_says(result, "  1 x t3.micro   $11.27  Room for every pod        –  2 pods find",
                     true);
    assert_text_says(result, "  1 x t3.small   $18.86  Memory kills          6.9 %  Loki is", true);
    /* Missed more often, but not what the plan's own sentence is about. */
    struct target_outcome *logs = &next->targets[TARGET_LOGS_RETENTION];
    logs->holds = false;
    logs->probability = (struct probability){0.1, 0.08, 0.12};
    assert_text_says(result, "has memory kills in 6.9 % of months", true);
    assert_text_says(result, "also Log retention", true);
    next->binding = "Something else";
    assert_text_says(result, ": keeps logs too short a time in 90 % of months\n", true);
    assert_text_says(result, "88–92", true);
    assert_text_says(result, "also Memory kills", true);
    assert_text_says(result, "reserved-1y", false);
    next->plan.purchase = PURCHASE_RESERVED_1Y;
    assert_text_says(result, "1 x t3.small, $18.86 a month, reserved-1y: keeps", true);
    assert_text_says(result, "  on-demand\n", true);
    next->plan.purchase = result->best->plan.purchase;
    /* A plan that held after all is no answer to why nothing cheaper does. */
    next->holds = true;
    assert_text_says(result, "  Cheaper     1 x t3.micro, $11.27 a month: 2 pods find no room",
                     true);
    assert_text_says(result, "1 x t3.small", false);
    result->cheaper_count = 0;
    assert_text_says(result, "heaper", false);
    fixture_result_free(result);
}

static void test_break_even(void **state) {
    (void)state;
    struct result *result = make_result();
    assert_text_says(result, "Against the best plan at $34.05 a month", true);
    assert_text_says(
        result, "New Relic          $130.32                 –                –  always dearer\n",
        true);
    assert_text_says(
        result, "AWS                $164.74             0.033          0.008 x  dearer above\n",
        true);
    assert_text_says(result, "more load than the plan holds", false);
    result->break_even[MANAGED_AWS] = (struct break_even){MANAGED_AWS, true, false, 1.9, 7.79};
    result->break_even[MANAGED_DATADOG] = (struct break_even){MANAGED_DATADOG, false, true, 0, 0};
    assert_text_says(
        result, "Datadog            $706.47                 –                –  always cheaper\n",
        true);
    assert_text_says(result, "more load than the plan holds\n", true);
    /* Without a search nothing is known. */
    memset(result->break_even, 0, sizeof result->break_even);
    assert_text_says(result, "Break-even", false);
    fixture_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headroom),
        cmocka_unit_test(test_kills_that_no_target_asks_about),
        cmocka_unit_test(test_the_least_bad_plan_can_run),
        cmocka_unit_test(test_cheaper),
        cmocka_unit_test(test_break_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
