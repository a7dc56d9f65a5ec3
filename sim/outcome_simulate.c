/* Plans from their simulation to their outcomes, round by round. */
#include "sim/outcome.h"

/** Tell each draft of its plan's round. */
static bool fold(const struct engine_samples *samples, size_t plan_count, void *context) {
    struct outcome_draft *drafts = context;
    bool fine = true;
    for (size_t p = 0; p < plan_count && fine; p++)
        fine = tally_fold(&drafts[p].tally, &samples[p]);
    return fine;
}

enum status outcome_simulate(const struct engine_input *engine,
                             const struct outcome_context *context,
                             const struct outcome_plans *plans, struct arena *scratch,
                             struct plan_outcome *const *outcomes,
                             struct diagnostics *diagnostics) {
    struct outcome_draft drafts[ENGINE_PLANS_MAX];
    struct engine_input own = *engine;
    own.fold = fold;
    own.fold_context = drafts;
    const bool one_round = engine->replicas <= engine_round_replicas(engine);
    enum status status = STATUS_OK;
    size_t begun = 0;
    while (begun < plans->count && status == STATUS_OK) {
        const size_t p = begun++;
        status = outcome_begin(context, &plans->plans[p], plans->labels[p], one_round, scratch,
                               outcomes[p], &drafts[p], diagnostics);
    }
    if (status == STATUS_OK)
        status = engine_run(&own, plans->plans, plans->count, scratch, plans->samples, diagnostics);
    for (size_t p = 0; p < begun; p++) {
        if (status == STATUS_OK)
            status = outcome_end(&drafts[p], diagnostics);
        outcome_drop(&drafts[p]);
    }
    return status;
}
