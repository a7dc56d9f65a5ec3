#include "reports/diff_rows.h"

#include "reports/phrase.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/** Shares below it are as good as nothing. */
#define SHARE_SHOWN 0.001

const char *diff_format(struct diff *diff, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *words = arena_print_list(diff->arena, format, arguments);
    va_end(arguments);
    diff->failed = diff->failed || !words;
    return words ? words : "";
}

struct diff_row *diff_add_row(struct diff *diff, const struct diff_subject *subject) {
    if (diff->row_count == diff->row_capacity) {
        diff->failed = true;
        return NULL;
    }
    struct diff_row *row = &diff->rows[diff->row_count++];
    *row = (struct diff_row){.section = subject->section,
                             .key = subject->key,
                             .what = subject->what,
                             .from = {.there = true, .text = ""},
                             .to = {.there = true, .text = ""},
                             .shown = true};
    return row;
}

void diff_add_number(struct diff *diff, const struct diff_subject *subject, enum diff_unit unit,
                     double from, double to) {
    char words[DIFF_WORDS_BYTES];
    if (from == to)
        return;
    struct diff_row *row = diff_add_row(diff, subject);
    if (!row)
        return;
    row->unit = unit;
    row->from.number = from;
    row->to.number = to;
    row->from.text = diff_format(diff, "%s", diff_print_value(words, sizeof words, unit, from));
    row->to.text = diff_format(diff, "%s", diff_print_value(words, sizeof words, unit, to));
    row->change = diff_format(diff, "%s", diff_print_change(words, sizeof words, unit, from, to));
    bool alike = strcmp(row->from.text, row->to.text) == 0 ||
                 (unit == DIFF_UNIT_SHARE && fmax(fabs(from), fabs(to)) < SHARE_SHOWN);
    row->shown = !alike || subject->section == DIFF_CHANGED;
    if (alike && row->shown) {
        /* What somebody chose differs, however little. */
        row->from.text = diff_format(diff, "%.17g", from);
        row->to.text = diff_format(diff, "%.17g", to);
    }
}

void diff_add_words(struct diff *diff, const struct diff_subject *subject, const char *from,
                    const char *to) {
    if (from && to && strcmp(from, to) == 0)
        return;
    struct diff_row *row = diff_add_row(diff, subject);
    if (!row)
        return;
    row->from = (struct diff_cell){.there = from != NULL, .text = from ? from : DIFF_NOTHING};
    row->to = (struct diff_cell){.there = to != NULL, .text = to ? to : DIFF_NOTHING};
}

bool diff_same_chance(const struct probability *a, const struct probability *b) {
    return a->value == b->value && a->low == b->low && a->high == b->high;
}

void diff_set_chance(struct diff_row *row, const struct probability *from,
                     const struct probability *to) {
    row->chance = true;
    row->from_chance = *from;
    row->to_chance = *to;
    row->overlap = !diff_same_chance(from, to) && from->low <= to->high && to->low <= from->high;
}

void diff_add_chance(struct diff *diff, const struct diff_subject *subject,
                     const struct probability *from, const struct probability *to) {
    char words[DIFF_WORDS_BYTES];
    if (diff_same_chance(from, to))
        return;
    struct diff_row *row = diff_add_row(diff, subject);
    if (!row)
        return;
    row->unit = DIFF_UNIT_CHANCE;
    row->from.number = from->value;
    row->to.number = to->value;
    row->from.text = diff_format(diff, "%s", phrase_chance(words, sizeof words, from->value));
    row->to.text = diff_format(diff, "%s", phrase_chance(words, sizeof words, to->value));
    row->from.detail = diff_format(diff, "%s", phrase_interval(words, sizeof words, from));
    row->to.detail = diff_format(diff, "%s", phrase_interval(words, sizeof words, to));
    if (from->value != to->value)
        row->change = diff_format(
            diff, "%s",
            diff_print_change(words, sizeof words, DIFF_UNIT_CHANCE, from->value, to->value));
    diff_set_chance(row, from, to);
    row->shown = !row->overlap || strcmp(row->from.text, row->to.text) != 0;
    if (row->overlap)
        row->change_detail = "intervals overlap";
}
