/* One line that says what matters: money, the targets that changed, the verdict. */
#include "reports/diff_rows.h"

#include "reports/phrase.h"
#include "sim/base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/** Targets that are named; a line has room for no more. */
#define NAMED_MAX 3

static const struct diff_target *find_target(const struct diff_plan *plan,
                                             const struct diff_row *row) {
    const char *name = row->key + strlen("targets.");
    for (size_t i = 0; i < plan->target_count; i++)
        if (strcmp(plan->targets[i].name, name) == 0)
            return &plan->targets[i];
    return NULL;
}

static void add_value(struct text *text, const struct diff_target *target) {
    char words[DIFF_WORDS_BYTES];
    if (target->of_miss)
        phrase_chance(words, sizeof words, target->probability.value);
    else
        phrase_words(words, sizeof words, target->value_text);
    text_add(text, words);
}

/** `memory kills >99.9 % → 0.7 %`; the chance where the values read the same. */
static void add_target(struct text *text, const struct diff_target *from,
                       const struct diff_target *to) {
    char words[DIFF_WORDS_BYTES];
    char first = (char)tolower((unsigned char)from->title[0]);
    text_add_bytes(text, &first, first ? 1 : 0);
    text_print(text, "%s ", first ? from->title + 1 : "");
    if (from->of_miss || strcmp(from->value_text, to->value_text) != 0) {
        add_value(text, from);
        text_add(text, " → ");
        add_value(text, to);
        return;
    }
    text_print(text, "in %s", phrase_chance(words, sizeof words, from->probability.value));
    text_print(text, " → %s", phrase_chance(words, sizeof words, to->probability.value));
}

/** Whether a row belongs to the `pass`-th kind in order of weight: lost, gained, kills that
 *  moved beyond chance. The cost has its own words. */
static bool is_named(const struct diff_row *row, int pass, const struct diff_target *from) {
    if (pass < 2)
        return row->flip == (pass == 0 ? -1 : 1) &&
               strcmp(from->name, target_name(TARGET_COST)) != 0;
    return row->flip == 0 && from->of_miss && row->shown && !row->overlap;
}

static void begin_part(struct text *text, size_t *parts) {
    text_add(text, (*parts)++ > 0 ? ", " : "");
}

static void add_targets(struct text *text, const struct diff *diff, size_t *parts) {
    size_t named = 0, more = 0;
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < diff->row_count; i++) {
            const struct diff_row *row = &diff->rows[i];
            if (row->section != DIFF_TARGETS || !row->from.there || !row->to.there)
                continue;
            const struct diff_target *from = find_target(&diff->a->as_written, row);
            const struct diff_target *to = find_target(&diff->b->as_written, row);
            if (!from || !to || !is_named(row, pass, from))
                continue;
            if (named++ >= NAMED_MAX) {
                more++;
                continue;
            }
            begin_part(text, parts);
            add_target(text, from, to);
        }
    if (more > 0)
        text_print(text, " and %zu more", more);
}

/** Whether the cost's own target was gained or lost. */
static int cost_flip(const struct diff *diff) {
    for (size_t i = 0; i < diff->row_count; i++)
        if (diff->rows[i].section == DIFF_TARGETS &&
            strcmp(diff->rows[i].key + strlen("targets."), target_name(TARGET_COST)) == 0)
            return diff->rows[i].flip;
    return 0;
}

static void add_cost(struct text *text, const struct diff *diff, size_t *parts) {
    double from = diff->a->as_written.monthly_usd_p50, to = diff->b->as_written.monthly_usd_p50;
    char words[DIFF_WORDS_BYTES];
    begin_part(text, parts);
    if (fabs(to - from) < 0.005)
        text_add(text, "same cost");
    else
        text_print(text, "cost %s",
                   diff_print_change(words, sizeof words, DIFF_UNIT_USD, from, to));
    int flip = cost_flip(diff);
    if (flip != 0)
        text_print(text, " (target %s)", flip > 0 ? "gained" : "lost");
}

static void add_verdict(struct text *text, const struct diff *diff) {
    bool held = diff->a->as_written.holds, holds = diff->b->as_written.holds;
    if (held != holds) {
        text_print(text, ": from %s to %s", diff_verdict(held), diff_verdict(holds));
        return;
    }
    text_add(text, holds ? ": still holds" : ": still missed");
    if (diff->lost > 0)
        text_print(text, ", %zu %s lost", diff->lost, diff->lost == 1 ? "target" : "targets");
    if (diff->gained > 0)
        text_print(text, ", %zu %s", diff->gained,
                   diff->lost > 0      ? "gained"
                   : diff->gained == 1 ? "target gained"
                                       : "targets gained");
}

static bool shows_any(const struct diff *diff) {
    for (size_t i = 0; i < diff->row_count; i++)
        if (diff->rows[i].shown)
            return true;
    return false;
}

void diff_set_headline(struct diff *diff) {
    struct text text;
    size_t parts = 0;
    text_init(&text);
    text_add(&text, diff->a->scenario);
    if (strcmp(diff->a->scenario, diff->b->scenario) != 0)
        text_print(&text, " → %s", diff->b->scenario);
    text_add(&text, ": ");
    if (!shows_any(diff)) {
        text_add(&text,
                 diff->row_count == 0 ? "no difference" : "no difference in the digits shown");
    } else {
        add_cost(&text, diff, &parts);
        add_targets(&text, diff, &parts);
        add_verdict(&text, diff);
    }
    diff->failed = diff->failed || text_failed(&text);
    diff->headline = diff_format(diff, "%s", text.data ? text.data : "");
    text_fini(&text);
}
