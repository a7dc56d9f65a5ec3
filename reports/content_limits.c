/* How far the plan is from where another would be better: plans that cost less, more load, and
   loads at which a managed service costs as much. */
#include "reports/break_even.h"
#include "reports/content_parts.h"
#include "reports/phrase.h"

#include <math.h>
#include <string.h>

/** Chance that the target is missed, with its interval. */
static struct probability miss_of(const struct target_outcome *target) {
    const struct probability *chance = &target->probability;
    if (target->kind == TARGET_OUT_OF_MEMORY)
        return *chance;
    return (struct probability){1 - chance->value, 1 - chance->high, 1 - chance->low};
}

/** The missed target that the plan's own sentence is about, else the one missed most often; NULL
 *  when none is missed. */
static const struct target_outcome *deciding_target(const struct plan_outcome *outcome) {
    const struct target_outcome *chosen = NULL;
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        if (target->holds)
            continue;
        if (target->reason && outcome->binding && strcmp(target->reason, outcome->binding) == 0)
            return target;
        if (!chosen || miss_of(target).value > miss_of(chosen).value)
            chosen = target;
    }
    return chosen;
}

/** `has memory kills in 6.9 % of months`. */
static const char *print_miss(struct content *content, const struct plan_outcome *outcome) {
    static const char *const verbs[TARGET_COUNT] = {
        [TARGET_COST] = "costs too much",
        [TARGET_LOGS_RETENTION] = "keeps logs too short a time",
        [TARGET_TRACES_RETENTION] = "keeps traces too short a time",
        [TARGET_OUT_OF_MEMORY] = "has memory kills",
        [TARGET_LOG_LOSS] = "loses too many logs",
        [TARGET_SAVINGS] = "saves too little",
    };
    const struct target_outcome *target = deciding_target(outcome);
    if (outcome->plan.pending > 0 || !target)
        return content_words(content, outcome->binding);
    char chance[PHRASE_BYTES], noun[PHRASE_BYTES];
    phrase_chance(chance, sizeof chance, miss_of(target).value);
    phrase_horizon(noun, sizeof noun,
                   content->report->result->scenario->simulation.horizon_seconds);
    return content_print(content, "%s in %s of %ss", verbs[target->kind], chance, noun);
}

/** How the nodes of a cheaper plan are paid; NULL when all are paid alike, which says nothing. */
static const char *print_purchase(const struct result *result, const struct plan_outcome *outcome) {
    for (size_t i = 0; i < result->cheaper_count; i++)
        if (result->cheaper[i]->plan.purchase != break_even_plan(result)->plan.purchase)
            return purchase_name(outcome->plan.purchase);
    return NULL;
}

/** The dearest of the cheaper plans that does miss something. */
static void add_cheaper_fact(struct content *content) {
    const struct result *result = content->report->result;
    for (size_t i = result->cheaper_count; i-- > 0;) {
        const struct plan_outcome *outcome = result->cheaper[i];
        if (outcome->holds)
            continue;
        const char *purchase = print_purchase(result, outcome);
        content_fact(content, "Cheaper", TONE_PLAIN,
                     content_print(content, "%s%s%s: %s", content_plan_price(content, outcome),
                                   purchase ? ", " : "", purchase ? purchase : "",
                                   print_miss(content, outcome)));
        return;
    }
}

/** ` (in 16 months of 3 % growth)`; "" where the load does not grow. */
static const char *print_growth(struct content *content, const struct headroom *headroom) {
    const struct scenario *scenario = content->report->result->scenario;
    char growth[PHRASE_BYTES], months[PHRASE_BYTES];
    double whole = round(headroom->months_of_growth);
    if (headroom->months_of_growth <= 0)
        return "";
    phrase_share(growth, sizeof growth, scenario->workload.profile.growth_fraction_per_month);
    if (whole < 1)
        return content_print(content, " (within a month of %s growth)", growth);
    return content_print(content, " (in %s month%s of %s growth)",
                         phrase_count(months, sizeof months, whole), whole < 1.5 ? "" : "s",
                         growth);
}

static void add_headroom_fact(struct content *content) {
    const struct headroom *headroom = &content->report->result->headroom;
    if (!headroom->known)
        return;
    char multiple[PHRASE_BYTES], miss[PHRASE_BYTES];
    const char *holds = "no more than this load";
    if (headroom->multiple > 1)
        holds = content_print(content, "holds up to %s x the load%s",
                              phrase_number(multiple, sizeof multiple, headroom->multiple),
                              print_growth(content, headroom));
    const char *then = ", the most that was tried";
    if (headroom->first_miss > 0)
        then = content_print(
            content, "; at %s x: %s", phrase_number(miss, sizeof miss, headroom->first_miss),
            headroom->reason ? content_words(content, headroom->reason) : "a target is missed");
    content_fact(content, "Headroom", TONE_PLAIN, content_print(content, "%s%s", holds, then));
}

void content_add_limit_facts(struct content *content) {
    const char *next_step = content->report->result->next_step;
    add_headroom_fact(content);
    if (next_step)
        content_fact(content, "Next step", TONE_PLAIN, content_words(content, next_step));
    add_cheaper_fact(content);
}

/** The other targets that are missed too: `also Log loss, Savings`; NULL for none. */
static const char *print_others(struct content *content, const struct plan_outcome *outcome,
                                const struct target_outcome *first) {
    const char *others = NULL;
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        if (!target->holds && target != first)
            others = content_print(content, "%s%s",
                                   others ? content_print(content, "%s, ", others) : "also ",
                                   target_title(target->kind));
    }
    return others;
}

static void fill_cheaper(struct content *content, const struct plan_outcome *outcome,
                         struct sheet_cell row[5]) {
    char nodes[256], chance[PHRASE_BYTES];
    const struct target_outcome *target =
        outcome->plan.pending > 0 ? NULL : deciding_target(outcome);
    row[0].text =
        content_print(content, "%s", plan_print_nodes(&outcome->plan, nodes, sizeof nodes));
    row[0].detail = print_purchase(content->report->result, outcome);
    row[1].text = content_usd(content, bill_total(&outcome->bill));
    row[2] = (struct sheet_cell){.text = outcome->plan.pending > 0 ? "Room for every pod" : "–",
                                 .tone = TONE_BAD};
    row[3].text = "–";
    row[4].text = content_words(content, outcome->binding);
    if (!target)
        return;
    struct probability miss = miss_of(target);
    row[2].text = target_title(target->kind);
    row[2].detail = print_others(content, outcome, target);
    row[3].text = content_print(content, "%s", phrase_chance(chance, sizeof chance, miss.value));
    row[3].detail = content_print(content, "%s", phrase_interval(chance, sizeof chance, &miss));
}

void content_add_cheaper(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Nodes", false, true},  {NULL, "A month", true, false},
        {NULL, "Misses", false, true}, {NULL, "Chance", true, false},
        {NULL, "Why", false, true},
    };
    const struct result *result = content->report->result;
    struct sheet *sheet = content_sheet(content, "cheaper", "Why nothing cheaper holds", columns,
                                        sizeof columns / sizeof *columns, RESULT_CHEAPER_MAX);
    sheet->note = "Sets of nodes that cost less, each by its least risky plan; chance that "
                  "the target is missed, with its 95 % interval.";
    for (size_t i = 0; i < result->cheaper_count; i++) {
        if (result->cheaper[i]->holds)
            continue;
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        fill_cheaper(content, result->cheaper[i], row);
    }
    content_sheet_end(content);
}

/** Does the plan itself miss a target at this multiple of the load? */
static bool beyond_headroom(const struct headroom *headroom, double multiple) {
    return headroom->known && headroom->first_miss > 0 && multiple >= headroom->first_miss;
}

static void fill_break_even(struct content *content, const struct break_even *point,
                            struct sheet_cell row[5]) {
    const struct result *result = content->report->result;
    char number[PHRASE_BYTES];
    row[0].text = phrase_service(point->service);
    row[1].text = content_usd(content, result->managed[point->service].monthly_usd);
    row[2].text = row[3].text = "–";
    if (!point->found) {
        row[4].text = point->managed_cheaper ? "always cheaper" : "always dearer";
        return;
    }
    row[2].text =
        content_print(content, "%s", phrase_number(number, sizeof number, point->log_gb_per_day));
    row[3].text =
        content_print(content, "%s x", phrase_number(number, sizeof number, point->multiple));
    row[4].text = "dearer above";
    if (beyond_headroom(&result->headroom, point->multiple))
        row[4].detail = "more load than the plan holds";
}

void content_add_break_even(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Service", false, true},
        {NULL, "A month now", true, false},
        {"Costs as much as the plan at", "GB of logs a day", true, true},
        {"Costs as much as the plan at", "times this load", true, true},
        {NULL, "The service is", false, true},
    };
    const struct result *result = content->report->result;
    struct break_even_list list;
    break_even_collect(result, &list);
    struct sheet *sheet = content_sheet(content, "break-even", "Break-even with managed services",
                                        columns, sizeof columns / sizeof *columns, MANAGED_COUNT);
    sheet->note = content_print(
        content,
        "Against %s at %s a month, a price held fixed while logs, traces and queries grow or "
        "shrink; users and hosts stay.",
        result->best ? "the best plan" : "the stack as written",
        content_usd(content, bill_total(&break_even_plan(result)->bill)));
    for (size_t i = 0; i < list.count; i++) {
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        fill_break_even(content, list.points[i], row);
    }
    content_sheet_end(content);
}
