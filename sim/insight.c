#include "sim/insight.h"

#include <math.h>
#include <string.h>

/** Replicas that each multiple is simulated with, at most. */
enum { HEADROOM_REPLICAS = 512, MULTIPLES = 4 };

/** The coarse grid; the last one is as far as is looked. */
static const double coarse[MULTIPLES] = {1.3, 1.8, 3, 6};

/** The first target but cost and savings that an outcome misses, or NULL. */
static const struct target_outcome *first_missed(const struct plan_outcome *outcome) {
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        if (!target->holds && target->kind != TARGET_COST && target->kind != TARGET_SAVINGS)
            return target;
    }
    return NULL;
}

/** Simulate the plan at rising multiples and narrow the bracket down to the first miss. */
static enum status try_multiples(const struct insight_input *input, const struct plan *plan,
                                 const double multiples[MULTIPLES], struct headroom *headroom,
                                 struct diagnostics *diagnostics) {
    struct engine_input engine = input->engine;
    struct engine_variation variations[MULTIPLES];
    struct engine_samples samples[MULTIPLES];
    struct plan plans[MULTIPLES];
    struct plan_outcome *outcome = arena_take(input->context->arena, sizeof *outcome);
    if (!outcome)
        return diagnostics_out_of_memory(diagnostics, "the headroom");
    for (size_t i = 0; i < MULTIPLES; i++) {
        plans[i] = *plan;
        variations[i] = (struct engine_variation){.load_scale = multiples[i]};
    }
    engine.variations = variations;
    engine.series = false;
    engine.progress = NULL;
    if (engine.replicas > HEADROOM_REPLICAS)
        engine.replicas = HEADROOM_REPLICAS;
    struct arena scratch;
    arena_init(&scratch);
    enum status status = engine_run(&engine, plans, MULTIPLES, &scratch, samples, diagnostics);
    for (size_t i = 0; i < MULTIPLES && status == STATUS_OK; i++) {
        status = outcome_make(input->context, plan, &samples[i], "headroom", outcome, diagnostics);
        if (status != STATUS_OK)
            break;
        const struct target_outcome *missed = first_missed(outcome);
        if (missed) {
            headroom->first_miss = multiples[i];
            headroom->reason = missed->reason;
            break;
        }
        headroom->multiple = multiples[i];
    }
    arena_fini(&scratch);
    return status;
}

static enum status find_headroom(const struct insight_input *input, const struct plan *plan,
                                 struct headroom *headroom, struct diagnostics *diagnostics) {
    *headroom = (struct headroom){.known = true, .multiple = 1};
    enum status status = try_multiples(input, plan, coarse, headroom, diagnostics);
    if (status == STATUS_OK && headroom->first_miss > 0) {
        const double ratio = headroom->first_miss / headroom->multiple;
        double fine[MULTIPLES];
        /* The last point is the miss that is known: it stays one, for the replicas are the same. */
        for (int i = 0; i < MULTIPLES; i++)
            fine[i] = headroom->multiple * pow(ratio, (i + 1.0) / MULTIPLES);
        status = try_multiples(input, plan, fine, headroom, diagnostics);
    }
    const double growth = input->context->scenario->workload.profile.growth_fraction_per_month;
    if (growth > 0)
        headroom->months_of_growth = log(headroom->multiple) / log1p(growth);
    return status;
}

/** The managed bill at `multiple` times the load. */
static enum status bill_at(const struct insight_input *input, enum managed_service service,
                           double multiple, double *usd, struct diagnostics *diagnostics) {
    struct arena scratch;
    struct bill bill;
    struct managed_load load = input->load;
    load.log_gb *= multiple;
    load.log_lines *= multiple;
    load.trace_count *= multiple;
    load.span_count *= multiple;
    load.span_gb *= multiple;
    load.scanned_gb *= multiple;
    load.traces_scanned *= multiple;
    arena_init(&scratch);
    enum status status = managed_bill(&scratch, input->context->prices, service,
                                      input->context->scenario->region, &load, &bill, diagnostics);
    *usd = status == STATUS_OK ? bill_total(&bill) : 0;
    arena_fini(&scratch);
    return status;
}

static enum status find_break_even(const struct insight_input *input, double plan_usd,
                                   double log_gb_per_day, struct break_even *out,
                                   struct diagnostics *diagnostics) {
    double low = 1e-3, high = 1e3, at_low, at_high;
    enum status status = bill_at(input, out->service, low, &at_low, diagnostics);
    if (status == STATUS_OK)
        status = bill_at(input, out->service, high, &at_high, diagnostics);
    if (status != STATUS_OK)
        return status;
    out->found = at_low < plan_usd && at_high > plan_usd;
    out->managed_cheaper = at_high <= plan_usd;
    for (int i = 0; i < 50 && out->found; i++) {
        double middle = sqrt(low * high), usd;
        status = bill_at(input, out->service, middle, &usd, diagnostics);
        if (status != STATUS_OK)
            return status;
        if (usd < plan_usd)
            low = middle;
        else
            high = middle;
    }
    out->multiple = out->found ? low : 0;
    out->log_gb_per_day = out->multiple * log_gb_per_day;
    return STATUS_OK;
}

enum status insight_make(const struct insight_input *input, struct result *result,
                         struct diagnostics *diagnostics) {
    const struct plan_outcome *outcome = result->best ? result->best : result->as_written;
    enum status status = STATUS_OK;
    if (outcome->holds)
        status = find_headroom(input, &outcome->plan, &result->headroom, diagnostics);
    for (int service = 0; service < MANAGED_COUNT && status == STATUS_OK; service++) {
        struct break_even *out = &result->break_even[service];
        out->service = (enum managed_service)service;
        status = find_break_even(input, outcome->monthly_usd.p50, result->log_gb_per_day, out,
                                 diagnostics);
    }
    return status;
}
