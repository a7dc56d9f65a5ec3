/* The comparison as JSON, by jansson. */
#include "reports/diff.h"
#include "reports/json_plan.h"
#include "reports/phrase.h"

/** Bumped when a reader could trip over a change. */
#define DIFF_SCHEMA_VERSION 1

static json_t *side_object(struct json_maker *maker, const struct diff_side *side) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "file", side->file);
    json_maker_string(maker, object, "scenario", side->scenario);
    json_maker_string(maker, object, "version", side->version);
    json_maker_string(maker, object, "verdict", diff_verdict(side->as_written.holds));
    json_maker_string(maker, object, "nodes", side->as_written.nodes);
    json_maker_real(maker, object, "monthly_usd", side->as_written.monthly_usd_p50);
    json_maker_bool(maker, object, "best_found", side->has_best);
    return object;
}

/** Keys of the targets that flipped one way. */
static json_t *flips_array(struct json_maker *maker, const struct diff *diff, int flip) {
    json_t *array = json_maker_array(maker);
    for (size_t i = 0; i < diff->row_count; i++)
        if (diff->rows[i].flip == flip)
            json_maker_append(maker, array, json_string(diff->rows[i].key));
    return array;
}

static void set_chance(struct json_maker *maker, json_t *object, const char *key,
                       const struct probability *probability) {
    json_t *chance = json_maker_object(maker);
    json_maker_real(maker, chance, "value", probability->value);
    json_maker_real(maker, chance, "low", probability->low);
    json_maker_real(maker, chance, "high", probability->high);
    json_maker_set(maker, object, key, chance);
}

/** A number where the row has a unit, else words; null where the side has no such thing. */
static void set_cell(struct json_maker *maker, json_t *object, const char *key,
                     const struct diff_row *row, const struct diff_cell *cell) {
    if (!cell->there)
        json_maker_string(maker, object, key, NULL);
    else if (row->unit == DIFF_UNIT_NONE)
        json_maker_string(maker, object, key, cell->text);
    else
        json_maker_real(maker, object, key, cell->number);
}

static json_t *row_object(struct json_maker *maker, const struct diff_row *row) {
    static const char *const sections[DIFF_SECTIONS] = {"targets", "changed", "follows", "bill"};
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "section", sections[row->section]);
    json_maker_string(maker, object, "key", row->key);
    json_maker_string(maker, object, "title", row->what);
    json_maker_string(maker, object, "unit", diff_unit_name(row->unit));
    set_cell(maker, object, "a", row, &row->from);
    set_cell(maker, object, "b", row, &row->to);
    bool numbers = row->unit != DIFF_UNIT_NONE && row->from.there && row->to.there;
    if (numbers)
        json_maker_real(maker, object, "absolute", row->to.number - row->from.number);
    if (numbers && row->from.number > 0)
        json_maker_real(maker, object, "relative", row->to.number / row->from.number - 1);
    if (row->chance) {
        set_chance(maker, object, "a_probability", &row->from_chance);
        set_chance(maker, object, "b_probability", &row->to_chance);
        json_maker_bool(maker, object, "intervals_overlap", row->overlap);
    }
    json_maker_string(maker, object, "a_text", row->from.text);
    json_maker_string(maker, object, "b_text", row->to.text);
    json_maker_bool(maker, object, "shown", row->shown);
    return object;
}

static json_t *diff_object(struct json_maker *maker, const struct diff *diff) {
    json_t *object = json_maker_object(maker);
    json_maker_whole(maker, object, "schema_version", DIFF_SCHEMA_VERSION);
    json_maker_string(maker, object, "version", phrase_version());
    json_maker_string(maker, object, "headline", diff->headline);
    json_maker_bool(maker, object, "different", diff->row_count > 0);
    json_maker_bool(maker, object, "worse", diff->worse);
    json_maker_set(maker, object, "a", side_object(maker, diff->a));
    json_maker_set(maker, object, "b", side_object(maker, diff->b));
    json_maker_set(maker, object, "gained", flips_array(maker, diff, 1));
    json_maker_set(maker, object, "lost", flips_array(maker, diff, -1));
    json_t *rows = json_maker_array(maker);
    for (size_t i = 0; i < diff->row_count; i++)
        json_maker_append(maker, rows, row_object(maker, &diff->rows[i]));
    json_maker_set(maker, object, "differences", rows);
    return object;
}

enum status diff_json(const struct diff *diff, struct text *text, struct diagnostics *diagnostics) {
    struct json_maker maker = {0};
    json_t *root = diff_object(&maker, diff);
    if (!maker.not_finite)
        return json_maker_write(&maker, root, "the comparison", text, diagnostics);
    json_decref(root);
    return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                           "a figure or a difference (%s) is too large for a number",
                           maker.not_finite);
}
