/** The sentences that explain a verdict name what is to blame. */
#include "sim/outcome.h"
#include "tests/unit/fixture_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/** The reason of a target after a simulation of the plan as written; arena. */
static const char *reason_of(struct fixture_run *run, enum target_kind kind) {
    static const char *const label = "written";
    static struct plan_outcome made;
    const struct outcome_context context = fixture_run_context(run);
    struct engine_samples samples;
    struct plan_outcome *outcome = &made;
    const struct outcome_plans plans = {&run->plan, &label, 1, &samples};
    assert_int_equal(
        outcome_simulate(&run->engine, &context, &plans, &run->arena, &outcome, &run->diagnostics),
        STATUS_OK);
    for (size_t i = 0; i < made.target_count; i++)
        if (made.targets[i].kind == kind)
            return made.targets[i].reason;
    fail_msg("no such target");
    return "";
}

static void assert_reason(const char *const *overrides, enum target_kind kind, const char *part) {
    struct fixture_run *run = fixture_run_new(true, overrides);
    const char *reason = reason_of(run, kind);
    if (!strstr(reason, part))
        fail_msg("\"%s\" is not in \"%s\"", part, reason);
    fixture_run_free(run);
}

/** Loki's peak is mostly queries where five users read six hours at once, and chunks where nobody
 *  asks. */
static void what_fills_loki_is_named(void **state) {
    (void)state;
    const char *asked[] = {"workload.queries={per_hour: 60, range: 6h, users: 5}",
                           "workload.services.0.logs.lines_per_second=100",
                           "stack.loki.requests.memory=256Mi", "stack.loki.limits.memory=400Mi",
                           NULL};
    const char *quiet[] = {"workload.queries={per_hour: 0, range: 6h, users: 5}",
                           "stack.loki.requests.memory=256Mi", "stack.loki.limits.memory=300Mi",
                           NULL};
    assert_reason(asked, TARGET_OUT_OF_MEMORY, "answering queries");
    assert_reason(quiet, TARGET_OUT_OF_MEMORY, "holding its open chunks");
}

/** Two m5.large for 730 hours at $0.096 are $140.16; the control plane's $73 are not for them. */
static void nodes_do_not_pay_for_the_control_plane(void **state) {
    (void)state;
    const char *overrides[] = {"cluster.control_plane=included",
                               "targets.cost={at_most: 100, probability: 95%}", NULL};
    assert_reason(overrides, TARGET_COST, "$140.16 of it is for 2 x m5.large");
}

/** A volume that is full for the whole run loses lines in every replica; where the ingestion limit
 *  does, it is not blamed. */
static void loss_is_put_down_to_what_happens(void **state) {
    (void)state;
    const char *full[] = {"stack.loki.volume=1Gi", "targets.log_loss={at_most: 0.1%}", NULL};
    const char *limited[] = {"stack.loki.ingestion_rate=64Ki",
                             "workload.services.0.logs.bytes_per_line=700",
                             "targets.log_loss={at_most: 0.1%}", NULL};
    assert_reason(full, TARGET_LOG_LOSS, "full volume");
    assert_reason(limited, TARGET_LOG_LOSS, "Bursts pass the ingestion limit");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fills_loki_is_named),
        cmocka_unit_test(nodes_do_not_pay_for_the_control_plane),
        cmocka_unit_test(loss_is_put_down_to_what_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
