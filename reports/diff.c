#include "reports/diff.h"

#include "reports/diff_rows.h"
#include "sim/base/units.h"

/** Rows that two sides can differ in: all that either has, and the few single figures. */
#define SINGLE_ROWS 32
#define COMPONENT_ROWS (16 + 2 * DIFF_SETTINGS_MAX)
#define ROWS_MAX                                                                                   \
    (SINGLE_ROWS + COMPONENT_COUNT * COMPONENT_ROWS + 3 * DIFF_TARGETS_MAX + 2 * DIFF_ITEMS_MAX)

#define NUMBER(section, key, what, unit, member)                                                   \
    diff_add_number(diff, &(const struct diff_subject){section, key, what}, unit, a->member,       \
                    b->member)
#define WORDS(section, key, what, member)                                                          \
    diff_add_words(diff, &(const struct diff_subject){section, key, what}, a->member, b->member)

static void add_cluster(struct diff *diff, const struct diff_plan *a, const struct diff_plan *b) {
    WORDS(DIFF_CHANGED, "nodes", "Nodes", nodes);
    WORDS(DIFF_CHANGED, "purchase", "Purchase", purchase);
    WORDS(DIFF_CHANGED, "credits", "CPU credits", credits);
    NUMBER(DIFF_CHANGED, "root_volume_bytes", "Root volume of a node", DIFF_UNIT_BYTES,
           root_volume_bytes);
}

static void add_load(struct diff *diff, const struct diff_side *a, const struct diff_side *b) {
    WORDS(DIFF_CHANGED, "region", "Region", region);
    NUMBER(DIFF_CHANGED, "workload.log_gb_per_day", "Logs a day", DIFF_UNIT_GB_PER_DAY,
           log_gb_per_day);
    NUMBER(DIFF_CHANGED, "workload.spans_per_second_mean", "Spans a second", DIFF_UNIT_PER_SECOND,
           spans_per_second);
}

static void add_simulation(struct diff *diff, const struct diff_side *a,
                           const struct diff_side *b) {
    NUMBER(DIFF_CHANGED, "horizon_seconds", "Horizon", DIFF_UNIT_SECONDS, horizon_seconds);
    NUMBER(DIFF_CHANGED, "step_seconds", "Time step", DIFF_UNIT_SECONDS, step_seconds);
    NUMBER(DIFF_CHANGED, "replicas", "Simulated runs", DIFF_UNIT_NUMBER, replicas);
    WORDS(DIFF_CHANGED, "seed", "Seed", seed);
}

static void add_cost(struct diff *diff, const struct diff_plan *a, const struct diff_plan *b) {
    NUMBER(DIFF_FOLLOWS, "cost.monthly_usd.p50", "Cost a month, P50", DIFF_UNIT_USD,
           monthly_usd_p50);
    /* Without surplus credits every run costs the same: once is enough. */
    if (a->monthly_usd_p50 != a->monthly_usd_p95 || b->monthly_usd_p50 != b->monthly_usd_p95)
        NUMBER(DIFF_FOLLOWS, "cost.monthly_usd.p95", "Cost a month, P95", DIFF_UNIT_USD,
               monthly_usd_p95);
}

static const char *best_words(struct diff *diff, const struct diff_side *side) {
    char usd[DIFF_WORDS_BYTES];
    if (!side->has_best)
        return "none found";
    return diff_format(diff, "%s, %s", side->best.nodes,
                       units_print_usd(usd, sizeof usd, side->best.monthly_usd_p50));
}

static void add_best(struct diff *diff) {
    const struct diff_subject subject = {DIFF_FOLLOWS, "best", "Best plan found"};
    const size_t before = diff->row_count;
    diff_add_words(diff, &subject, best_words(diff, diff->a), best_words(diff, diff->b));
    if (diff->row_count == before || !diff->a->has_best || !diff->b->has_best)
        return;
    char change[DIFF_WORDS_BYTES];
    double from = diff->a->best.monthly_usd_p50, to = diff->b->best.monthly_usd_p50;
    if (from != to)
        diff->rows[before].change = diff_format(
            diff, "%s", diff_print_change(change, sizeof change, DIFF_UNIT_USD, from, to));
}

static void add_headroom(struct diff *diff, const struct diff_side *a, const struct diff_side *b) {
    if (a->headroom > 0 && b->headroom > 0)
        NUMBER(DIFF_FOLLOWS, "headroom.load_multiple", "Best plan's headroom, × load",
               DIFF_UNIT_NUMBER, headroom);
}

static void add_rows(struct diff *diff) {
    const struct diff_plan *a = &diff->a->as_written, *b = &diff->b->as_written;
    diff_add_targets(diff);
    add_cluster(diff, a, b);
    add_load(diff, diff->a, diff->b);
    diff_add_components(diff);
    diff_add_bounds(diff);
    add_simulation(diff, diff->a, diff->b);
    add_cost(diff, a, b);
    add_best(diff);
    add_headroom(diff, diff->a, diff->b);
    NUMBER(DIFF_FOLLOWS, "pending_pods", "Pods without a node", DIFF_UNIT_NUMBER, pending_pods);
    diff_add_chance(diff,
                    &(const struct diff_subject){DIFF_FOLLOWS, "credits_exhausted_probability",
                                                 "CPU credits exhausted"},
                    &a->credits_exhausted, &b->credits_exhausted);
    diff_add_findings(diff);
    diff_add_bill(diff);
}

static void count_flips(struct diff *diff) {
    for (size_t i = 0; i < diff->row_count; i++) {
        diff->gained += diff->rows[i].flip > 0 ? 1 : 0;
        diff->lost += diff->rows[i].flip < 0 ? 1 : 0;
    }
    diff->worse = diff->lost > 0 || (diff->a->as_written.holds && !diff->b->as_written.holds);
}

enum status diff_make(const struct diff_side *a, const struct diff_side *b, struct arena *arena,
                      struct diff *diff, struct diagnostics *diagnostics) {
    *diff = (struct diff){.arena = arena, .a = a, .b = b};
    diff->rows = arena_array(arena, ROWS_MAX, sizeof *diff->rows);
    diff->row_capacity = diff->rows ? ROWS_MAX : 0;
    diff->failed = !diff->rows;
    add_rows(diff);
    count_flips(diff);
    diff_set_headline(diff);
    return diff->failed ? diagnostics_out_of_memory(diagnostics, "the comparison") : STATUS_OK;
}
