#include "reports/content.h"

#include "reports/content_parts.h"
#include "reports/phrase.h"
#include "sim/base/units.h"

#include <stdarg.h>
#include <string.h>

const char *content_print(struct content *content, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *string = arena_print_list(&content->arena, format, arguments);
    va_end(arguments);
    content->failed = content->failed || !string;
    return string ? string : "";
}

const char *content_words(struct content *content, const char *words) {
    if (!words)
        return "";
    size_t size = 2 * strlen(words) + 1;
    char *spaced = arena_take(&content->arena, size);
    if (!spaced) {
        content->failed = true;
        return "";
    }
    return phrase_words(spaced, size, words);
}

void content_fact(struct content *content, const char *label, enum tone tone, const char *text) {
    if (content->fact_count < CONTENT_FACTS_MAX && text[0])
        content->facts[content->fact_count++] = (struct content_fact){label, text, tone};
}

struct sheet *content_sheet(struct content *content, const char *id, const char *title,
                            const struct sheet_column *columns, size_t column_count,
                            size_t row_capacity) {
    if (content->sheet_count == CONTENT_SHEETS_MAX) {
        content->failed = true;
        content->sheet_count--;
    }
    struct sheet *sheet = &content->sheets[content->sheet_count++];
    sheet_start(sheet, &content->arena, id, title, columns, column_count, row_capacity);
    return sheet;
}

void content_sheet_end(struct content *content) {
    const struct sheet *sheet = &content->sheets[content->sheet_count - 1];
    content->failed = content->failed || sheet->failed;
    if (sheet->row_count == 0)
        content->sheet_count--;
}

const char *content_usd(struct content *content, double usd) {
    char amount[PHRASE_BYTES];
    return content_print(content, "%s", units_print_usd(amount, sizeof amount, usd));
}

const char *content_plan_price(struct content *content, const struct plan_outcome *outcome) {
    char nodes[256];
    return content_print(content, "%s, %s a month",
                         plan_print_nodes(&outcome->plan, nodes, sizeof nodes),
                         content_usd(content, bill_total(&outcome->bill)));
}

const struct change *content_changes(struct content *content, const struct plan *from,
                                     const struct plan *to, size_t *count) {
    const struct change *changes = changes_list(&content->arena, from, to, count);
    content->failed = content->failed || !changes;
    return changes;
}

/** How many targets are missed; more than all of them where a pod finds no node: that cannot run.
 */
static size_t missed_targets(const struct plan_outcome *outcome) {
    size_t missed = outcome->plan.pending > 0 ? TARGET_COUNT + 1 : 0;
    for (size_t i = 0; i < outcome->target_count; i++)
        missed += outcome->targets[i].holds ? 0 : 1;
    return missed;
}

/** Where nothing holds: the plan that misses fewest targets, the cheaper of two alike. */
static const struct plan_outcome *least_bad(const struct result *result) {
    const struct plan_outcome *chosen = result->as_written;
    for (size_t i = 0; i < result->alternative_count; i++) {
        const struct plan_outcome *other = result->alternatives[i];
        size_t missed = missed_targets(other), fewest = missed_targets(chosen);
        if (missed < fewest ||
            (missed == fewest && bill_total(&other->bill) < bill_total(&chosen->bill)))
            chosen = other;
    }
    return chosen;
}

/** Does `outcome` differ from the stack as written in anything a user would set? */
static bool differs(struct content *content, const struct plan_outcome *outcome) {
    size_t count;
    content_changes(content, &content->report->result->as_written->plan, &outcome->plan, &count);
    return count > 0;
}

/** What stands beside the stack as written; NULL when there is nothing better to show. */
static const struct plan_outcome *second_plan(const struct result *result) {
    const struct plan_outcome *written = result->as_written;
    if (!result->best)
        return least_bad(result);
    if (written->holds && bill_total(&result->best->bill) >= bill_total(&written->bill))
        return NULL;
    return result->best;
}

static void choose_plans(struct content *content) {
    const struct result *result = content->report->result;
    content->standing = result->as_written->holds ? CONTENT_HOLDS
                        : result->best            ? CONTENT_FIXABLE
                                                  : CONTENT_MISSED;
    content->plans[content->plan_count++] = (struct content_plan){result->as_written, "As written"};
    const struct plan_outcome *other = second_plan(result);
    if (other && other != result->as_written && differs(content, other))
        content->plans[content->plan_count++] =
            (struct content_plan){other, result->best ? "Best plan" : "Least bad plan"};
}

/** Of how many plans the search looked at, for sentences. */
static const char *screened(struct content *content) {
    size_t count = content->report->result->candidates_screened;
    char number[PHRASE_BYTES];
    if (count == 0)
        return "no plan searched";
    return content_print(content, "none of the %s plans searched",
                         phrase_count(number, sizeof number, (double)count));
}

static void write_verdict(struct content *content) {
    const struct result *result = content->report->result;
    const char *name = result->scenario->name;
    const char *written = content_plan_price(content, result->as_written);
    const char *second =
        content_plan_price(content, content->plans[content->plan_count - 1].outcome);
    switch (content->standing) {
    case CONTENT_HOLDS:
        content->verdict =
            content->plan_count > 1
                ? content_print(content, "%s: HOLDS as written: %s; cheaper with the best plan: %s",
                                name, written, second)
                : content_print(content, "%s: HOLDS as written: %s; nothing cheaper found", name,
                                written);
        break;
    case CONTENT_FIXABLE:
        content->verdict = content_print(
            content, "%s: MISSED as written, holds with the best plan: %s", name, second);
        break;
    case CONTENT_MISSED:
        content->verdict = content_print(content, "%s: MISSED as written (%s), and %s holds", name,
                                         written, screened(content));
        break;
    }
}

/** Is `words` why a target is missed, so that it will be said anyway? */
static bool is_missed_reason(const struct plan_outcome *outcome, const char *words) {
    for (size_t i = 0; i < outcome->target_count; i++)
        if (!outcome->targets[i].holds && words && outcome->targets[i].reason &&
            strcmp(outcome->targets[i].reason, words) == 0)
            return true;
    return false;
}

static void add_missed_facts(struct content *content, const struct plan_outcome *outcome,
                             const char *label) {
    for (size_t i = 0; i < outcome->target_count; i++) {
        const struct target_outcome *target = &outcome->targets[i];
        if (!target->holds)
            content_fact(content, label, TONE_BAD,
                         content_print(content, "%s: %s", target_title(target->kind),
                                       content_words(content, target->reason)));
    }
    if (outcome->plan.pending > 0)
        content_fact(content, label, TONE_BAD,
                     content_print(content, "%zu pod%s no node", outcome->plan.pending,
                                   outcome->plan.pending == 1 ? " finds" : "s find"));
}

/** A change that may be what turns a miss into a hold: of the cluster, or of a component that is
 *  killed or whose volume fills less often with it. */
static bool change_matters(const struct change *change, const struct plan_outcome *from,
                           const struct plan_outcome *to) {
    if (change->component == CHANGE_OF_CLUSTER)
        return true;
    const struct component_outcome *before = &from->components[change->component];
    const struct component_outcome *after = &to->components[change->component];
    return before->out_of_memory.value > after->out_of_memory.value + 0.005 ||
           before->volume_full.value > after->volume_full.value + 0.005;
}

/** Changes named on the first screen; the rest are counted and stand in their table. */
#define FIX_CHANGES_MAX 4

static void add_fix(struct content *content, const struct plan_outcome *from,
                    const struct plan_outcome *to) {
    size_t count;
    const struct change *changes = content_changes(content, &from->plan, &to->plan, &count);
    bool any_matters = false;
    for (size_t i = 0; i < count; i++)
        any_matters = any_matters || change_matters(&changes[i], from, to);
    size_t shown = 0;
    const char *fix = "";
    for (size_t i = 0; i < count && shown < FIX_CHANGES_MAX; i++)
        if (!any_matters || change_matters(&changes[i], from, to))
            fix = content_print(content, "%s%s%s %s → %s", fix, shown++ ? "; " : "",
                                changes[i].what, changes[i].from, changes[i].to);
    if (count > shown)
        fix = content_print(content, "%s; %zu other change%s below", fix, count - shown,
                            count - shown == 1 ? "" : "s");
    content_fact(content, from->holds ? "Change" : "Fix", TONE_STRONG, fix);
}

static void add_saving(struct content *content, const struct plan_outcome *outcome) {
    const struct result *result = content->report->result;
    enum managed_service service = result->scenario->managed.baseline;
    double managed_usd = result->managed[service].monthly_usd;
    double saved = managed_usd - bill_total(&outcome->bill);
    if (managed_usd <= 0)
        return;
    char share[PHRASE_BYTES];
    phrase_share(share, sizeof share, (saved < 0 ? -saved : saved) / managed_usd);
    content_fact(content, saved < 0 ? "Costs more" : "Saves", TONE_PLAIN,
                 content_print(content, "%s a month (%s) against %s at %s",
                               content_usd(content, saved < 0 ? -saved : saved), share,
                               managed_title(service), content_usd(content, managed_usd)));
}

static void add_load(struct content *content) {
    const struct result *result = content->report->result;
    const struct scenario_simulation *simulation = &result->scenario->simulation;
    char log_gb[PHRASE_BYTES], spans[PHRASE_BYTES], replicas[PHRASE_BYTES], horizon[PHRASE_BYTES];
    content_fact(
        content, "Load", TONE_PLAIN,
        content_print(content,
                      "%s GB of logs a day, %s spans a second; "
                      "%s simulated runs of %s, seed %llu",
                      phrase_number(log_gb, sizeof log_gb, result->log_gb_per_day),
                      phrase_number(spans, sizeof spans, result->span_per_second_mean),
                      phrase_count(replicas, sizeof replicas, (double)simulation->replicas),
                      units_print_duration(horizon, sizeof horizon, simulation->horizon_seconds),
                      (unsigned long long)simulation->seed));
}

/** A chance of kills above this is worth a word though no target asks about it. */
#define KILLS_UNASKED 0.01

/** Holding every target says nothing of kills where none asks about them. */
static void add_unasked_kills(struct content *content, const struct plan_outcome *outcome) {
    const struct scenario *scenario = content->report->result->scenario;
    int worst = 0;
    for (int c = 1; c < COMPONENT_COUNT; c++)
        if (outcome->components[c].out_of_memory.value >
            outcome->components[worst].out_of_memory.value)
            worst = c;
    const double kills = outcome->components[worst].out_of_memory.value;
    if (scenario->targets.out_of_memory.set || kills <= KILLS_UNASKED)
        return;
    char chance[PHRASE_BYTES], noun[PHRASE_BYTES];
    content_fact(
        content, "Not asked", TONE_BAD,
        content_print(content, "%s is killed, out of memory, in %s of %ss: no target asks about it",
                      phrase_component(&outcome->plan, (enum component)worst),
                      phrase_chance(chance, sizeof chance, kills),
                      phrase_horizon(noun, sizeof noun, scenario->simulation.horizon_seconds)));
}

static void write_facts(struct content *content) {
    const struct result *result = content->report->result;
    const struct plan_outcome *written = result->as_written;
    const struct plan_outcome *shown = content->plans[content->plan_count - 1].outcome;
    const struct plan_outcome *limited = written->holds ? shown : written;
    if (!is_missed_reason(limited, limited->binding))
        content_fact(content, "Limit", TONE_STRONG, content_words(content, limited->binding));
    add_missed_facts(content, written, "Missed");
    if (content->plan_count > 1 && result->best)
        add_fix(content, written, shown);
    if (!result->best) {
        content_fact(content, "Least bad", TONE_STRONG,
                     content_print(content, "%s%s", shown == written ? "as written, " : "",
                                   content_plan_price(content, shown)));
        if (shown != written)
            add_missed_facts(content, shown, "It misses");
    }
    add_unasked_kills(content, shown);
    content_add_limit_facts(content);
    content_add_sensitivity_fact(content);
    add_saving(content, shown);
    add_load(content);
    content_add_calibration_fact(content);
}

static void write_cards(struct content *content) {
    const struct result *result = content->report->result;
    for (size_t p = 0; p < content->plan_count; p++) {
        const struct plan_outcome *outcome = content->plans[p].outcome;
        char nodes[256];
        content->cards[content->card_count++] = (struct content_card){
            content->plans[p].title, content_usd(content, bill_total(&outcome->bill)),
            content_print(content, "%s · %s", phrase_verdict_marked(outcome->holds),
                          plan_print_nodes(&outcome->plan, nodes, sizeof nodes)),
            outcome->holds ? TONE_GOOD : TONE_BAD};
    }
    const struct managed_outcome *baseline = &result->managed[result->scenario->managed.baseline];
    if (baseline->bill.count > 0)
        content->cards[content->card_count++] =
            (struct content_card){"The same, managed", content_usd(content, baseline->monthly_usd),
                                  managed_title(baseline->service), TONE_PLAIN};
}

enum status content_make(const struct report *report, struct content *content,
                         struct diagnostics *diagnostics) {
    static void (*const parts[])(struct content *) = {
        content_add_targets,     content_add_changes,   content_add_alternatives,
        content_add_cheaper,     content_add_resources, content_add_risks,
        content_add_nodes,       content_add_cost,      content_add_managed,
        content_add_break_even,  content_add_baseline,  content_add_brief,
        content_add_sensitivity, content_add_trust,     content_add_notes};
    *content = (struct content){.report = report};
    arena_init(&content->arena);
    choose_plans(content);
    write_verdict(content);
    write_cards(content);
    write_facts(content);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        parts[i](content);
    if (!content->failed)
        return STATUS_OK;
    content_fini(content);
    return diagnostics_out_of_memory(diagnostics, "a report");
}

void content_fini(struct content *content) {
    arena_fini(&content->arena);
}
