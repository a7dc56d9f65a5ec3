/* Which targets a plan holds, how surely, and why: the sentences on the first screen. */
#include "models/volume.h"
#include "sim/base/units.h"
#include "sim/engine_plan.h"
#include "sim/outcome.h"
#include "sim/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What the judges share. */
struct court {
    const struct outcome_context *context;
    struct tally *tally;
    struct plan_outcome *outcome;
    double tightest; /**< smallest headroom of a target that holds, as a share of its bound */
    const char *tightest_reason;
    double worst; /**< largest miss */
    const char *worst_reason;
};

/** Record a judged target; `headroom` is the share of its bound still free (negative: missed). */
static void record(struct court *court, struct target_outcome target, double headroom,
                   double miss) {
    struct plan_outcome *outcome = court->outcome;
    outcome->targets[outcome->target_count++] = target;
    if (target.holds && headroom < court->tightest) {
        court->tightest = headroom;
        court->tightest_reason = target.reason;
    }
    if (!target.holds && miss > court->worst) {
        court->worst = miss;
        court->worst_reason = target.reason;
    }
}

static const char *bound_text(struct arena *arena, const char *relation, const char *value,
                              double wanted) {
    char percent[32];
    if (wanted <= 0)
        return arena_print(arena, "%s %s", relation, value);
    return arena_print(arena, "%s %s, in %s of cases", relation, value,
                       units_print_percent(percent, sizeof percent, wanted));
}

static void judge_cost(struct court *court, const struct scenario_target *target) {
    struct arena *arena = court->context->arena;
    const struct plan_outcome *outcome = court->outcome;
    struct probability probability =
        stats_probability(court->tally->within_surplus, court->tally->replicas);
    char bound[32], found[32], nodes[160], node_usd[32];
    double compute = 0;
    for (size_t i = 0; i < outcome->bill.count; i++)
        if (strcmp(outcome->bill.items[i].component, "nodes") == 0 &&
            strcmp(outcome->bill.items[i].unit, "hour") == 0)
            compute += outcome->bill.items[i].usd_per_month;
    units_print_usd(bound, sizeof bound, target->bound);
    units_print_usd(found, sizeof found, outcome->monthly_usd.p95);
    units_print_usd(node_usd, sizeof node_usd, compute);
    const bool holds = probability.value >= target->probability;
    const char *reason =
        arena_print(arena,
                    holds ? "The bill is %s a month of %s allowed; %s for %s is most of it"
                          : "The bill is %s a month, %s is allowed; %s of it is for %s",
                    found, bound, node_usd, plan_print_nodes(&outcome->plan, nodes, sizeof nodes));
    record(court,
           (struct target_outcome){.kind = TARGET_COST,
                                   .holds = holds,
                                   .bound = target->bound,
                                   .wanted = target->probability,
                                   .value = outcome->monthly_usd.p95,
                                   .probability = probability,
                                   .bound_text =
                                       bound_text(arena, "at most", bound, target->probability),
                                   .value_text = arena_print(arena, "%s", found),
                                   .reason = reason},
           1 - outcome->monthly_usd.p95 / target->bound,
           outcome->monthly_usd.p95 / target->bound - 1);
}

/** Facts about one store and its volume. */
struct store {
    enum target_kind kind;
    enum component component;
    const char *what;
    double configured_seconds;
};

static const char *store_reason(struct court *court, const struct store *store, double disk_gib,
                                double inodes, double bound_seconds, bool holds) {
    struct arena *arena = court->context->arena;
    const struct scenario_resources *resources = &court->outcome->plan.resources[store->component];
    const char *title = component_title(store->component, court->outcome->plan.agent_kind);
    char kept[32], wanted[32], size[32], need[32], usable[32];
    units_print_duration(kept, sizeof kept, store->configured_seconds);
    units_print_duration(wanted, sizeof wanted, bound_seconds);
    units_print_bytes(size, sizeof size, resources->volume_bytes);
    /* Two decimals: where it is close, "4.8 of 4.8" would say nothing. */
    snprintf(need, sizeof need, "%.2f GiB", disk_gib);
    snprintf(usable, sizeof usable, "%.2f GiB", volume_usable_bytes(resources->volume_bytes) / GIB);
    if (store->configured_seconds < bound_seconds)
        return arena_print(arena, "%s keeps %s for %s, %s is wanted", title, store->what, kept,
                           wanted);
    if (inodes > volume_inodes(resources->volume_bytes))
        return arena_print(arena,
                           "%s's volume runs out of inodes: %s of %s are %.0f files, ext4 on %s "
                           "holds %.0f",
                           title, kept, store->what, inodes, size,
                           volume_inodes(resources->volume_bytes));
    return arena_print(arena,
                       holds ? "%s of %s need %s at most (P99), the %s volume offers %s"
                             : "%6$s's volume fills: %1$s of %2$s need %3$s (P99), the %4$s "
                               "volume offers %5$s",
                       kept, store->what, need, size, usable, title);
}

static void judge_retention(struct court *court, const struct scenario_target *target,
                            const struct store *store) {
    struct arena *arena = court->context->arena;
    struct tally *tally = court->tally;
    const struct scenario_resources *resources = &court->outcome->plan.resources[store->component];
    const struct tally_metrics *metrics = tally_metrics(store->component);
    const double usable_gib = volume_usable_bytes(resources->volume_bytes) / GIB;
    size_t held = 0;
    if (store->configured_seconds >= target->bound)
        held = tally->replicas - tally->components[store->component].volume_full;
    double wanted = target->probability > 0 ? target->probability : 0.5;
    double disk_gib = tally_quantile(tally, metrics->disk, fmax(wanted, 0.99));
    double at_wanted = tally_quantile(tally, metrics->disk, wanted);
    double inodes = tally_quantile(tally, metrics->inodes, 1);
    double seconds = store->configured_seconds * fmin(1, usable_gib / fmax(at_wanted, 1e-9));
    struct probability probability = stats_probability(held, tally->replicas);
    const bool holds = probability.value >= target->probability;
    char bound[32], value[32];
    units_print_duration(bound, sizeof bound, target->bound);
    snprintf(value, sizeof value, "%.1f days", seconds / SECONDS_PER_DAY);
    record(court,
           (struct target_outcome){
               .kind = store->kind,
               .holds = holds,
               .bound = target->bound,
               .wanted = target->probability,
               .value = seconds,
               .probability = probability,
               .bound_text = bound_text(arena, "at least", bound, target->probability),
               .value_text = arena_print(arena, "%s", value),
               .reason = store_reason(court, store, disk_gib, inodes, target->bound, holds),
           },
           1 - disk_gib / fmax(usable_gib, 1e-9), 1 - seconds / target->bound);
}

/** The component that is killed most often, or that is nearest to it. */
static enum component weakest(const struct plan_outcome *outcome) {
    enum component worst = COMPONENT_LOKI;
    double worst_score = -1;
    for (int component = 0; component < COMPONENT_COUNT; component++) {
        const struct component_outcome *own = &outcome->components[component];
        double limit_mib = outcome->plan.resources[component].limit_bytes / MIB;
        double score = own->out_of_memory.value +
                       1e-3 * fmin(own->memory_peak_mib.p99 / fmax(limit_mib, 1), 2);
        if (score > worst_score) {
            worst_score = score;
            worst = (enum component)component;
        }
    }
    return worst;
}

/** Share of replicas whose own peak passes the component's limit: other kills are the node's. */
static double share_over_limit(const struct court *court, enum component component) {
    const double all = (double)court->tally->replicas;
    return (double)court->tally->components[component].over_limit / all;
}

/** What a component does when its memory peaks. */
static const char *moment_of(const struct court *court, enum component component) {
    static const char *const moments[COMPONENT_COUNT] = {
        [COMPONENT_LOKI] = "holding its open chunks", [COMPONENT_TEMPO] = "building a block",
        [COMPONENT_GRAFANA] = "serving its users",    [COMPONENT_COLLECTOR] = "passing spans on",
        [COMPONENT_AGENT] = "reading log files",
    };
    const struct outcome_context *context = court->context;
    const double peak_bytes = court->outcome->components[component].memory_peak_mib.p50 * MIB;
    if (component == COMPONENT_LOKI && context->calibration &&
        engine_plan_query_share(context->scenario, context->calibration, &court->outcome->plan,
                                peak_bytes) > 0.5)
        return "answering queries";
    return moments[component];
}

static const char *kill_reason(struct court *court, enum component component, bool holds) {
    const char *moment = moment_of(court, component);
    struct arena *arena = court->context->arena;
    const struct plan_outcome *outcome = court->outcome;
    const struct component_outcome *own = &outcome->components[component];
    const char *title = component_title(component, outcome->plan.agent_kind);
    const double limit_bytes = outcome->plan.resources[component].limit_bytes;
    char peak[32], limit[32];
    double shown_mib = holds ? own->memory_peak_mib.p99 : own->memory_peak_mib.p50;
    units_print_bytes(peak, sizeof peak, shown_mib * MIB);
    units_print_bytes(limit, sizeof limit, limit_bytes);
    if (holds)
        return arena_print(arena, "%s comes nearest: %s peaks at %s (P99), the limit is %s", title,
                           moment, peak, limit);
    if (own->out_of_memory.value > 2 * share_over_limit(court, component))
        return arena_print(arena,
                           "%s is killed for its node's sake: the pods there together need more "
                           "memory than the node has, though %s seldom passes its own %s",
                           title, title, limit);
    if (shown_mib * MIB <= limit_bytes) {
        const bool often = own->memory_peak_mib.p99 * MIB > limit_bytes;
        units_print_bytes(peak, sizeof peak,
                          (often ? own->memory_peak_mib.p99 : own->memory_peak_mib.max) * MIB);
        return arena_print(arena,
                           "%s is killed at times: %s peaks at up to %s (%s), the limit is %s",
                           title, moment, peak, often ? "P99" : "worst of all runs", limit);
    }
    return arena_print(arena, "%s is killed: %s peaks at %s, the limit is %s", title, moment, peak,
                       limit);
}

static void judge_memory(struct court *court, const struct scenario_target *target) {
    struct arena *arena = court->context->arena;
    struct probability probability =
        stats_probability(court->tally->any_killed, court->tally->replicas);
    const bool holds = probability.value <= target->bound;
    const enum component worst = weakest(court->outcome);
    const double limit_mib = court->outcome->plan.resources[worst].limit_bytes / MIB;
    char bound[32], value[32];
    units_print_percent(bound, sizeof bound, target->bound);
    units_print_percent(value, sizeof value, probability.value);
    record(court,
           (struct target_outcome){.kind = TARGET_OUT_OF_MEMORY,
                                   .holds = holds,
                                   .bound = target->bound,
                                   .value = probability.value,
                                   .probability = probability,
                                   .bound_text = bound_text(arena, "at most", bound, 0),
                                   .value_text = arena_print(arena, "%s", value),
                                   .reason = kill_reason(court, worst, holds)},
           1 - court->outcome->components[worst].memory_peak_mib.p99 / fmax(limit_mib, 1),
           probability.value);
}

/** `losing`: the share of replicas that lose more than the target allows. */
static const char *loss_reason(struct court *court, bool holds, const char *lost, double losing) {
    struct arena *arena = court->context->arena;
    const struct plan_outcome *outcome = court->outcome;
    const struct component_outcome *loki = &outcome->components[COMPONENT_LOKI];
    const double streams = scenario_streams(court->context->scenario);
    if (holds)
        return arena_print(arena, "%s of the log lines are lost at most (P99)", lost);
    if (streams > outcome->plan.max_streams)
        return arena_print(arena,
                           "%.0f streams are active, Loki refuses those past %.0f "
                           "(max_global_streams_per_user)",
                           streams, outcome->plan.max_streams);
    /* What happens in far fewer runs than lose lines is not why they do. */
    const double often = fmax(losing / 2, 0.01);
    if (loki->volume_full.value > often)
        return arena_print(arena, "Loki cannot flush to a full volume: %s of the lines are lost",
                           lost);
    if (loki->out_of_memory.value > often)
        return arena_print(arena,
                           "Loki is down after kills, agents give batches up after their "
                           "retries: %s of the lines are lost",
                           lost);
    return arena_print(arena,
                       "Bursts pass the ingestion limit or Loki's CPU, agents give batches up "
                       "after their retries: %s of the lines are lost",
                       lost);
}

static void judge_loss(struct court *court, const struct scenario_target *target) {
    struct arena *arena = court->context->arena;
    struct probability probability =
        stats_probability(court->tally->within_loss, court->tally->replicas);
    const bool holds = probability.value >= target->probability;
    const double value = court->outcome->log_loss.p99;
    char bound[32], lost[32];
    units_print_percent(bound, sizeof bound, target->bound);
    units_print_percent(lost, sizeof lost, value);
    record(court,
           (struct target_outcome){
               .kind = TARGET_LOG_LOSS,
               .holds = holds,
               .bound = target->bound,
               .wanted = target->probability,
               .value = value,
               .probability = probability,
               .bound_text = bound_text(arena, "at most", bound, target->probability),
               .value_text = arena_print(arena, "%s", lost),
               .reason = loss_reason(court, holds, lost, 1 - probability.value)},
           1 - value / fmax(target->bound, 1e-9), 1 - probability.value);
}

static void judge_savings(struct court *court, const struct scenario_target *target) {
    struct arena *arena = court->context->arena;
    const double baseline = court->context->baseline_usd_per_month;
    const struct quantiles *usd = &court->outcome->monthly_usd;
    const double saved = baseline > 0 ? 1 - usd->p50 / baseline : 0;
    const bool holds = saved >= target->bound;
    const enum managed_service service = court->context->scenario->managed.baseline;
    char bound[32], value[32], own[32], theirs[32];
    units_print_percent(bound, sizeof bound, target->bound);
    units_print_percent(value, sizeof value, saved);
    units_print_usd(own, sizeof own, usd->p50);
    units_print_usd(theirs, sizeof theirs, baseline);
    const size_t all = court->tally->replicas;
    record(court,
           (struct target_outcome){
               .kind = TARGET_SAVINGS,
               .holds = holds,
               .bound = target->bound,
               .wanted = target->probability,
               .value = saved,
               .probability = stats_probability(holds ? all : 0, all),
               .bound_text = bound_text(arena, "at least", bound, target->probability),
               .value_text = arena_print(arena, "%s", value),
               .reason = arena_print(arena, "%s a month against %s for %s", own, theirs,
                                     managed_title(service)),
           },
           saved - target->bound, target->bound - saved);
}

static void judge_stores(struct court *court, const struct scenario_targets *targets) {
    const struct plan *plan = &court->outcome->plan;
    if (targets->logs_retention.set)
        judge_retention(court, &targets->logs_retention,
                        &(struct store){TARGET_LOGS_RETENTION, COMPONENT_LOKI, "logs",
                                        plan->loki_retention_seconds});
    if (targets->traces_retention.set)
        judge_retention(court, &targets->traces_retention,
                        &(struct store){TARGET_TRACES_RETENTION, COMPONENT_TEMPO, "traces",
                                        plan->tempo_retention_seconds});
}

enum status outcome_judge(struct outcome_draft *draft, struct diagnostics *diagnostics) {
    const struct outcome_context *context = draft->context;
    struct plan_outcome *outcome = draft->outcome;
    const struct scenario_targets *targets = &context->scenario->targets;
    struct court court = {context, &draft->tally, outcome, 1e9, NULL, -1e9, NULL};
    if (targets->cost.set)
        judge_cost(&court, &targets->cost);
    judge_stores(&court, targets);
    if (targets->out_of_memory.set)
        judge_memory(&court, &targets->out_of_memory);
    if (targets->log_loss.set)
        judge_loss(&court, &targets->log_loss);
    if (targets->savings.set)
        judge_savings(&court, &targets->savings);
    outcome->holds = outcome->plan.pending == 0;
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        if (!target->bound_text || !target->value_text || !target->reason)
            return diagnostics_out_of_memory(diagnostics, "the verdict");
        outcome->holds = outcome->holds && target->holds;
    }
    if (outcome->plan.pending > 0)
        outcome->binding =
            arena_print(context->arena,
                        "%zu %s on the nodes: their requests are more than the "
                        "nodes have",
                        outcome->plan.pending,
                        outcome->plan.pending == 1 ? "pod finds no room" : "pods find no room");
    else if (court.worst_reason)
        outcome->binding = court.worst_reason;
    else
        outcome->binding = court.tightest_reason ? court.tightest_reason : "No target is set";
    return outcome->binding ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the verdict");
}
