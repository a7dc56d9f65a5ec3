/* The targets and the bill: matched by name between the sides. */
#include "reports/diff_rows.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <string.h>

static enum diff_unit target_unit(const struct diff_target *target) {
    if (target->of_miss)
        return DIFF_UNIT_CHANCE;
    if (strcmp(target->unit, "USD/month") == 0)
        return DIFF_UNIT_USD;
    if (strcmp(target->unit, "seconds") == 0)
        return DIFF_UNIT_SECONDS;
    return strcmp(target->unit, "fraction") == 0 ? DIFF_UNIT_SHARE : DIFF_UNIT_NUMBER;
}

static const char *value_text(struct diff *diff, const struct diff_target *target) {
    char words[DIFF_WORDS_BYTES];
    if (target->of_miss)
        phrase_chance(words, sizeof words, target->probability.value);
    else
        phrase_words(words, sizeof words, target->value_text);
    return diff_format(diff, "%s", words);
}

static struct diff_cell target_cell(struct diff *diff, const struct diff_target *target) {
    char words[DIFF_WORDS_BYTES];
    if (!target)
        return (struct diff_cell){.there = false, .text = "no such target"};
    const char *verdict = phrase_verdict_marked(target->holds);
    struct diff_cell cell = {.there = true, .number = target->value};
    cell.text = diff_format(diff, "%s, %s", verdict, value_text(diff, target));
    if (target->of_miss)
        cell.detail =
            diff_format(diff, "(%s)", phrase_interval(words, sizeof words, &target->probability));
    else
        cell.detail = diff_format(diff, "in %s",
                                  phrase_probability(words, sizeof words, &target->probability));
    return cell;
}

static bool same_target(const struct diff_target *a, const struct diff_target *b) {
    return a->holds == b->holds && a->value == b->value &&
           diff_same_chance(&a->probability, &b->probability) &&
           strcmp(a->value_text, b->value_text) == 0;
}

/** How far the value moved, or, where it reads the same, its chance; empty when neither did. */
static const char *print_move(struct diff *diff, enum diff_unit unit,
                              const struct diff_target *from, const struct diff_target *to) {
    char words[DIFF_WORDS_BYTES];
    double before = from->value, after = to->value;
    if (from->of_miss || strcmp(value_text(diff, from), value_text(diff, to)) == 0) {
        unit = DIFF_UNIT_CHANCE;
        before = from->probability.value;
        after = to->probability.value;
    }
    if (before == after)
        return "";
    return diff_format(diff, "%s", diff_print_change(words, sizeof words, unit, before, after));
}

/** `gained`, `lost` or how far the value moved; below it what else there is to know. */
static void describe_change(struct diff *diff, struct diff_row *row, const struct diff_target *from,
                            const struct diff_target *to) {
    const char *moved = print_move(diff, row->unit, from, to);
    const char *bound = strcmp(from->bound_text, to->bound_text) != 0 ? "target moved" : "";
    const char *chance = row->overlap ? "intervals overlap" : "";
    row->change = row->flip > 0 ? "gained" : row->flip < 0 ? "lost" : moved;
    const char *parts[] = {row->flip != 0 ? moved : "", row->flip != 0 ? bound : "", chance};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i][0])
            row->change_detail = row->change_detail
                                     ? diff_format(diff, "%s; %s", row->change_detail, parts[i])
                                     : parts[i];
}

/** Whether a row would show two different things: values, chances, or intervals that lie apart. */
static bool reads_differently(const struct diff_row *row) {
    char from[DIFF_WORDS_BYTES], to[DIFF_WORDS_BYTES];
    phrase_chance(from, sizeof from, row->from_chance.value);
    phrase_chance(to, sizeof to, row->to_chance.value);
    bool apart = !row->overlap && !diff_same_chance(&row->from_chance, &row->to_chance);
    return apart || strcmp(row->from.text, row->to.text) != 0 || strcmp(from, to) != 0;
}

static void add_target(struct diff *diff, const struct diff_target *from,
                       const struct diff_target *to) {
    const struct diff_target *any = from ? from : to;
    const struct diff_subject subject = {DIFF_TARGETS, diff_format(diff, "targets.%s", any->name),
                                         any->title};
    if (from && to && same_target(from, to))
        return;
    struct diff_row *row = diff_add_row(diff, &subject);
    if (!row)
        return;
    row->from = target_cell(diff, from);
    row->to = target_cell(diff, to);
    row->unit = target_unit(any);
    if (!from || !to) {
        row->change = from ? "dropped" : "new";
        return;
    }
    row->flip = (int)to->holds - (int)from->holds;
    diff_set_chance(row, &from->probability, &to->probability);
    describe_change(diff, row, from, to);
    row->shown = reads_differently(row);
}

static void add_bound(struct diff *diff, const struct diff_target *from,
                      const struct diff_target *to) {
    char before[DIFF_WORDS_BYTES], after[DIFF_WORDS_BYTES];
    const struct diff_subject subject = {DIFF_CHANGED,
                                         diff_format(diff, "targets.%s.bound", from->name),
                                         diff_format(diff, "%s target", from->title)};
    if (strcmp(from->bound_text, to->bound_text) == 0)
        return;
    phrase_words(before, sizeof before, from->bound_text);
    phrase_words(after, sizeof after, to->bound_text);
    diff_add_words(diff, &subject, diff_format(diff, "%s", before), diff_format(diff, "%s", after));
}

static const struct diff_target *find_target(const struct diff_plan *plan, const char *name) {
    for (size_t i = 0; i < plan->target_count; i++)
        if (strcmp(plan->targets[i].name, name) == 0)
            return &plan->targets[i];
    return NULL;
}

void diff_add_targets(struct diff *diff) {
    const struct diff_plan *a = &diff->a->as_written, *b = &diff->b->as_written;
    for (size_t i = 0; i < a->target_count; i++)
        add_target(diff, &a->targets[i], find_target(b, a->targets[i].name));
    for (size_t i = 0; i < b->target_count; i++)
        if (!find_target(a, b->targets[i].name))
            add_target(diff, NULL, &b->targets[i]);
}

void diff_add_bounds(struct diff *diff) {
    const struct diff_plan *a = &diff->a->as_written, *b = &diff->b->as_written;
    for (size_t i = 0; i < a->target_count; i++) {
        const struct diff_target *to = find_target(b, a->targets[i].name);
        if (to)
            add_bound(diff, &a->targets[i], to);
    }
}

static void add_item(struct diff *diff, const struct diff_item *from, const struct diff_item *to) {
    char words[DIFF_WORDS_BYTES];
    const struct diff_item *any = from ? from : to;
    double before = from ? from->usd_per_month : 0, after = to ? to->usd_per_month : 0;
    const struct diff_subject subject = {
        DIFF_BILL, diff_format(diff, "cost.items.%s.%s", any->component, any->item),
        diff_format(diff, "%s: %s", any->component, any->item)};
    if (from && to) {
        diff_add_number(diff, &subject, DIFF_UNIT_USD, before, after);
        return;
    }
    struct diff_row *row = diff_add_row(diff, &subject);
    if (!row)
        return;
    const char *amount =
        diff_format(diff, "%s", units_print_usd(words, sizeof words, from ? before : after));
    row->unit = DIFF_UNIT_USD;
    row->from = (struct diff_cell){from != NULL, from ? amount : DIFF_NOTHING, NULL, before};
    row->to = (struct diff_cell){to != NULL, to ? amount : DIFF_NOTHING, NULL, after};
    row->change = diff_format(diff, "%s",
                              diff_print_change(words, sizeof words, DIFF_UNIT_USD, before, after));
}

/** The item's like in the other bill that no earlier item has taken, or NULL. */
static const struct diff_item *take_item(const struct diff_plan *plan, bool taken[DIFF_ITEMS_MAX],
                                         const struct diff_item *like) {
    for (size_t i = 0; i < plan->item_count; i++)
        if (!taken[i] && strcmp(plan->items[i].component, like->component) == 0 &&
            strcmp(plan->items[i].item, like->item) == 0) {
            taken[i] = true;
            return &plan->items[i];
        }
    return NULL;
}

void diff_add_bill(struct diff *diff) {
    const struct diff_plan *a = &diff->a->as_written, *b = &diff->b->as_written;
    bool taken[DIFF_ITEMS_MAX] = {false};
    for (size_t i = 0; i < a->item_count; i++)
        add_item(diff, &a->items[i], take_item(b, taken, &a->items[i]));
    for (size_t i = 0; i < b->item_count; i++)
        if (!taken[i])
            add_item(diff, NULL, &b->items[i]);
}
