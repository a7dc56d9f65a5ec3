#include "sim/scenario_unknown.h"

#include "sim/base/words.h"

#include <stdio.h>
#include <string.h>

enum { KEYS_MAX = 256, PLACES_MAX = 3 };

/** Keys of the section `parent`, in the order of the schema. */
static size_t keys_of(const char *parent, const char *keys[KEYS_MAX]) {
    size_t count, found = 0;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count && found < KEYS_MAX; i++)
        if (scenario_schema_is_child(&fields[i], parent))
            keys[found++] = scenario_schema_key(&fields[i]);
    return found;
}

const char *scenario_nearest_key(const char *parent, const char *key) {
    const char *keys[KEYS_MAX];
    size_t count = keys_of(parent, keys);
    int nearest = words_nearest(key, keys, count);
    return nearest < 0 ? NULL : keys[nearest];
}

/** The nearest of all keys, or of all paths. */
static const char *nearest_of_all(const char *typed, bool whole_path) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    const char *words[KEYS_MAX];
    for (size_t i = 0; i < count && i < KEYS_MAX; i++)
        words[i] = whole_path ? fields[i].path : scenario_schema_key(&fields[i]);
    int nearest = words_nearest(typed, words, count < KEYS_MAX ? count : KEYS_MAX);
    return nearest < 0 ? NULL : words[nearest];
}

const char *scenario_nearest_anywhere(const char *key) {
    return nearest_of_all(key, false);
}

const char *scenario_nearest_path(const char *path) {
    return nearest_of_all(path, true);
}

/** Letters that two paths share at their beginning. */
static size_t shared(const char *a, const char *b) {
    size_t length = 0;
    while (a[length] && a[length] == b[length])
        length++;
    return length;
}

/** The places below `within` where `key` does belong, nearest to `parent` first; their number. */
static size_t places_of(const char *key, const char *parent, const char *within,
                        const char *places[PLACES_MAX]) {
    size_t count, found = 0, length = strlen(within);
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(scenario_schema_key(&fields[i]), key) != 0 ||
            strncmp(fields[i].path, within, length) != 0)
            continue;
        size_t at = found < PLACES_MAX ? found : PLACES_MAX;
        while (at > 0 && shared(places[at - 1], parent) < shared(fields[i].path, parent))
            at--;
        for (size_t j = PLACES_MAX - 1; j > at; j--)
            places[j] = places[j - 1];
        if (at < PLACES_MAX)
            places[at] = fields[i].path;
        found++;
    }
    return found;
}

static void advise_places(struct scenario_reader *reader, const char *key,
                          const char *const places[PLACES_MAX], size_t count) {
    static const char *const more[] = {"", ", among others"};
    const char *others = more[count > PLACES_MAX];
    if (count == 1)
        scenario_advise(reader, "%s belongs elsewhere: %s", key, places[0]);
    else if (count == 2)
        scenario_advise(reader, "%s belongs elsewhere: %s or %s", key, places[0], places[1]);
    else
        scenario_advise(reader, "%s belongs elsewhere: %s, %s or %s%s", key, places[0], places[1],
                        places[2], others);
}

void scenario_advise_keys(struct scenario_reader *reader, const char *parent) {
    const char *keys[KEYS_MAX];
    size_t count = keys_of(parent, keys);
    char list[200];
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", keys[i]);
    scenario_advise(reader, "keys here: %s", list);
}

void scenario_complain_unknown(struct scenario_reader *reader, struct yaml_node *node,
                               const char *parent, const char *shown) {
    const char *places[PLACES_MAX] = {NULL};
    char quoted[WORDS_QUOTE_BYTES];
    scenario_complain(reader, node, PART_KEY, shown, "unknown key %s",
                      words_quote(quoted, sizeof quoted, node->key));
    if (!scenario_is_heard(reader))
        return;
    const char *nearest = scenario_nearest_key(parent, node->key);
    size_t elsewhere = places_of(node->key, parent, parent, places);
    if (elsewhere == 0)
        elsewhere = places_of(node->key, parent, "", places);
    if (nearest)
        scenario_advise(reader, "did you mean %s?", nearest);
    else if (elsewhere > 0)
        advise_places(reader, node->key, places, elsewhere);
    else
        scenario_advise_keys(reader, parent);
}
