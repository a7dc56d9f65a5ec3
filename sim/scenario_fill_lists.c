/* Lists of plain values: words to choose among, and the weights of a day's hours. */
#include "sim/base/words.h"
#include "sim/scenario_fill.h"
#include "sim/scenario_value.h"

#include <math.h>
#include <string.h>

bool scenario_fill_check_list(struct scenario_reader *reader, const struct scenario_field *field,
                              struct yaml_node *node, const char *shown) {
    if (node->kind != YAML_KIND_SEQUENCE) {
        scenario_fill_complain_kind(reader, field, node, shown);
        return false;
    }
    double count = (double)node->children;
    if (count >= field->least && count <= field->most)
        return true;
    bool few = count < field->least;
    scenario_complain(reader, node, PART_VALUE, shown, "must have at %s %.0f item%s, found %zu",
                      few ? "least" : "most", few ? field->least : field->most,
                      (few ? field->least : field->most) == 1 ? "" : "s", node->children);
    return false;
}

/** One word of a list; false when it was refused or stands in the list already. */
static bool read_item(struct scenario_reader *reader, const struct scenario_field *field,
                      const struct yaml_node *list, struct yaml_node *item, const char *shown,
                      double *value) {
    if (item->refused)
        return false;
    if (item->kind != YAML_KIND_SCALAR || scenario_fill_is_null(item) ||
        !scenario_value_read(field, item->scalar, value)) {
        char options[160], guess[WORDS_QUOTE_BYTES], found[WORDS_QUOTE_BYTES];
        bool scalar = item->kind == YAML_KIND_SCALAR;
        struct scenario_field single = *field;
        single.type = field->words ? SCENARIO_CHOICE : SCENARIO_WORD;
        if (!field->words)
            single.fallback = "t3.medium";
        scenario_value_expected(&single, options, sizeof options);
        scenario_complain(reader, item, PART_VALUE, shown, "expected %s, found %s", options,
                          scalar ? words_quote(found, sizeof found, item->scalar)
                                 : scenario_fill_kind(item));
        if (scalar && scenario_value_guess(&single, item->scalar, guess, sizeof guess))
            scenario_advise(reader, "did you mean %s?", guess);
        return false;
    }
    for (const struct yaml_node *other = list->first; other != item; other = other->next) {
        if (other->kind != YAML_KIND_SCALAR || strcmp(other->scalar, item->scalar) != 0)
            continue;
        scenario_complain(reader, item, PART_VALUE, shown, "%.63s stands in the list twice",
                          item->scalar);
        return false;
    }
    return true;
}

/** The three lists of words in `search`: which array, its length, its capacity. */
static void store_item(struct scenario_reader *reader, const struct scenario_field *field,
                       const char *word, double value) {
    struct scenario_search *search = &reader->scenario->search;
    const char *key = scenario_schema_key(field);
    if (strcmp(key, "purchase") == 0) {
        search->purchase[search->purchase_count++] = (enum purchase)value;
    } else if (strcmp(key, "encodings") == 0) {
        search->encodings[search->encoding_count++] = (enum loki_encoding)value;
    } else {
        const char *copy = arena_copy(&reader->scenario->arena, word, strlen(word));
        if (!copy)
            scenario_out_of_memory(reader);
        search->instance_types[search->instance_type_count++] = copy;
    }
}

void scenario_fill_words(struct scenario_reader *reader, const struct scenario_field *field,
                         struct yaml_node *node, const char *shown) {
    if (!scenario_fill_check_list(reader, field, node, shown))
        return;
    size_t index = 0;
    for (struct yaml_node *item = node->first; item; item = item->next) {
        char path[SCENARIO_PATH_BYTES];
        double value;
        if (read_item(reader, field, node, item, scenario_fill_index(path, shown, index++), &value))
            store_item(reader, field, item->scalar, value);
    }
}

/** 24 weights from a list; false when one is refused. */
static bool read_hours(struct scenario_reader *reader, struct yaml_node *node, const char *shown,
                       double hours[24]) {
    static const struct scenario_field hour = {
        "", SCENARIO_NUMBER, "1", 0, 1e9, .least_why = "a weight cannot be negative"};
    bool fine = true;
    size_t index = 0;
    for (struct yaml_node *item = node->first; item; item = item->next, index++) {
        char path[SCENARIO_PATH_BYTES];
        scenario_fill_scalar(reader, &hour, item, scenario_fill_index(path, shown, index), NULL);
        if (item->refused || !scenario_value_read(&hour, item->scalar, &hours[index]))
            fine = false;
    }
    return fine;
}

static bool make_mean_one(double hours[24]) {
    double sum = 0;
    for (size_t i = 0; i < 24; i++)
        sum += hours[i];
    const double scale = 24 / sum;
    for (size_t i = 0; isfinite(scale) && i < 24; i++)
        hours[i] *= scale;
    return isfinite(scale);
}

void scenario_fill_daily(struct scenario_reader *reader, const struct scenario_field *field,
                         struct yaml_node *node, const char *shown) {
    struct scenario_profile *profile = &reader->scenario->workload.profile;
    double preset;
    if (node->kind == YAML_KIND_SCALAR && scenario_value_read(field, node->scalar, &preset)) {
        memcpy(profile->daily, scenario_schema_daily((size_t)preset), sizeof profile->daily);
        make_mean_one(profile->daily);
        return;
    }
    if (node->kind != YAML_KIND_SEQUENCE) {
        scenario_fill_scalar(reader, field, node, shown, NULL);
        return;
    }
    double hours[24];
    if (node->children != 24) {
        scenario_complain(reader, node, PART_VALUE, shown,
                          "must have 24 numbers, one an hour, found %zu", node->children);
    } else if (read_hours(reader, node, shown, hours)) {
        if (make_mean_one(hours))
            memcpy(profile->daily, hours, sizeof hours);
        else
            scenario_complain(reader, node, PART_VALUE, shown, "at least one hour must be above 0");
    }
}
