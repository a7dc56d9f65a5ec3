#include "reports/diff_json_reader.h"

#include "reports/diff_place.h"
#include "reports/phrase.h"

#include <stdio.h>
#include <string.h>

/** No value that is read lies deeper. */
#define DEPTH_MAX 12

static void failed(struct diff_reader *reader, enum status status) {
    if (reader->status == STATUS_OK)
        reader->status = status;
}

/** Where the token begins that jansson ends its message with, when it names one. */
static size_t token_start(const json_error_t *error) {
    size_t position = error->position > 0 ? (size_t)error->position : 0;
    const char *near = strstr(error->text, " near '");
    size_t quoted = near ? strlen(near) : 0, around = strlen(" near ''");
    return quoted > around && position >= quoted - around ? position - (quoted - around) : position;
}

json_t *diff_reader_parse(struct diff_reader *reader) {
    json_error_t error;
    json_t *root = json_loadb(reader->bytes, reader->length, JSON_REJECT_DUPLICATES, &error);
    if (root)
        return root;
    enum json_error_code code = json_error_code(&error);
    if (code == json_error_out_of_memory) {
        failed(reader, diagnostics_out_of_memory(reader->diagnostics, "reading a result"));
        return NULL;
    }
    failed(reader, diagnostics_add(reader->diagnostics, STATUS_INVALID, reader->file, 0, 0,
                                   "not JSON: %s", error.text));
    struct diagnostic *last = diagnostics_last(reader->diagnostics);
    if (last) {
        diff_place_mark(reader->bytes, reader->length, token_start(&error), last);
        if (code == json_error_premature_end_of_input)
            snprintf(last->hint, sizeof last->hint,
                     "the file ends early; was it cut short while it was written or copied?");
    }
    return NULL;
}

struct diff_spot diff_member(const struct diff_spot *parent, const char *key) {
    return (struct diff_spot){parent, key, 0, json_object_get(parent->value, key)};
}

struct diff_spot diff_element(const struct diff_spot *parent, size_t index) {
    return (struct diff_spot){parent, NULL, index, json_array_get(parent->value, index)};
}

/** The steps from the root to the spot. */
static size_t list_steps(const struct diff_spot *spot, struct diff_step steps[DEPTH_MAX]) {
    size_t depth = 0;
    for (const struct diff_spot *at = spot; at->parent && depth < DEPTH_MAX; at = at->parent)
        depth++;
    const struct diff_spot *at = spot;
    for (size_t i = depth; i > 0; i--, at = at->parent)
        steps[i - 1] = (struct diff_step){at->key, at->index};
    return depth;
}

static void print_path(char *path, size_t size, const struct diff_step *steps, size_t count) {
    size_t used = 0;
    path[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        int wrote = steps[i].key
                        ? snprintf(path + used, size - used, "%s%s", i > 0 ? "." : "", steps[i].key)
                        : snprintf(path + used, size - used, "[%zu]", steps[i].index);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

void diff_complain_plainly(struct diff_reader *reader, const struct diff_spot *spot,
                           const char *message) {
    struct diff_step steps[DEPTH_MAX];
    size_t count = list_steps(spot, steps);
    failed(reader,
           diagnostics_add(reader->diagnostics, STATUS_INVALID, reader->file, 0, 0, "%s", message));
    struct diagnostic *last = diagnostics_last(reader->diagnostics);
    if (!last)
        return;
    print_path(last->path, sizeof last->path, steps, count);
    size_t offset = diff_place_find(reader->bytes, reader->length, steps, count);
    diff_place_mark(reader->bytes, reader->length, offset, last);
}

static const char *kind_of(const json_t *value) {
    if (!value)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        return "null";
    }
    return "something else";
}

void diff_complain(struct diff_reader *reader, const struct diff_spot *spot, const char *expected) {
    bool silent = !spot->value && spot->parent && !json_is_object(spot->parent->value);
    char message[160];
    snprintf(message, sizeof message, "expected %s, found %s", expected, kind_of(spot->value));
    if (!silent)
        diff_complain_plainly(reader, spot, message);
}

bool diff_is_object(struct diff_reader *reader, const struct diff_spot *spot) {
    if (json_is_object(spot->value))
        return true;
    diff_complain(reader, spot, "an object");
    return false;
}

size_t diff_array_size(struct diff_reader *reader, const struct diff_spot *spot, size_t most) {
    char message[80];
    if (!json_is_array(spot->value)) {
        diff_complain(reader, spot, "an array");
        return 0;
    }
    size_t size = json_array_size(spot->value);
    if (size <= most)
        return size;
    snprintf(message, sizeof message, "expected at most %zu elements, found %zu", most, size);
    diff_complain_plainly(reader, spot, message);
    return 0;
}

double diff_number(struct diff_reader *reader, const struct diff_spot *parent, const char *key) {
    struct diff_spot spot = diff_member(parent, key);
    if (!json_is_number(spot.value))
        diff_complain(reader, &spot, "a number");
    return json_number_value(spot.value);
}

double diff_number_or_none(struct diff_reader *reader, const struct diff_spot *parent,
                           const char *key) {
    struct diff_spot spot = diff_member(parent, key);
    if (!json_is_number(spot.value) && !json_is_null(spot.value))
        diff_complain(reader, &spot, "a number or null");
    return json_number_value(spot.value);
}

bool diff_bool(struct diff_reader *reader, const struct diff_spot *parent, const char *key) {
    struct diff_spot spot = diff_member(parent, key);
    if (!json_is_boolean(spot.value))
        diff_complain(reader, &spot, "true or false");
    return json_is_true(spot.value);
}

const char *diff_copy(struct diff_reader *reader, const char *words) {
    char *copy = words ? arena_copy(reader->arena, words, strlen(words)) : NULL;
    if (!copy) {
        failed(reader, diagnostics_out_of_memory(reader->diagnostics, "reading a result"));
        return "";
    }
    for (char *at = copy; *at; at++)
        memset(at, '?', phrase_control_bytes(at));
    return copy;
}

const char *diff_string(struct diff_reader *reader, const struct diff_spot *parent,
                        const char *key) {
    struct diff_spot spot = diff_member(parent, key);
    if (!json_is_string(spot.value)) {
        diff_complain(reader, &spot, "a string");
        return "";
    }
    return diff_copy(reader, json_string_value(spot.value));
}

struct probability diff_probability(struct diff_reader *reader, const struct diff_spot *parent,
                                    const char *key) {
    struct diff_spot spot = diff_member(parent, key);
    struct probability probability = {0, 0, 0};
    if (!diff_is_object(reader, &spot))
        return probability;
    probability.value = diff_number(reader, &spot, "value");
    probability.low = diff_number(reader, &spot, "low");
    probability.high = diff_number(reader, &spot, "high");
    if (!(0 <= probability.low && probability.low <= probability.value &&
          probability.value <= probability.high && probability.high <= 1))
        diff_complain_plainly(reader, &spot, "expected 0 <= low <= value <= high <= 1");
    return probability;
}
