#include "reports/diff_place.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/** A place in the text; `at` never passes `end`. */
struct walk {
    const char *at, *end;
};

static char now(const struct walk *walk) {
    return walk->at < walk->end ? *walk->at : '\0';
}

static void skip_space(struct walk *walk) {
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) && *walk->at)
        walk->at++;
}

/** Past the string that begins at `at`, with its quotes. */
static void skip_string(struct walk *walk) {
    for (walk->at++; walk->at < walk->end && *walk->at != '"'; walk->at++)
        if (*walk->at == '\\' && walk->at + 1 < walk->end)
            walk->at++;
    if (walk->at < walk->end)
        walk->at++;
}

static void skip_value(struct walk *walk) {
    size_t depth = 0;
    while (walk->at < walk->end) {
        char character = *walk->at;
        if (depth == 0 && strchr(",]} \t\r\n", character))
            return;
        if (character == '"') {
            skip_string(walk);
        } else {
            depth += character == '{' || character == '[' ? 1 : 0;
            depth -= character == '}' || character == ']' ? 1 : 0;
            walk->at++;
        }
        if (depth == 0 && strchr("\"]}", character))
            return;
    }
}

/** Past the value and the comma behind it; false when the container ends there. */
static bool next_member(struct walk *walk) {
    skip_value(walk);
    skip_space(walk);
    bool more = now(walk) == ',';
    walk->at += more ? 1 : 0;
    skip_space(walk);
    return more;
}

static bool enter_member(struct walk *walk, const char *key) {
    size_t length = strlen(key);
    bool more = now(walk) == '"';
    while (more) {
        const char *name = walk->at + 1;
        skip_string(walk);
        bool found = (size_t)(walk->at - name) == length + 1 && memcmp(name, key, length) == 0;
        skip_space(walk);
        walk->at += now(walk) == ':' ? 1 : 0;
        skip_space(walk);
        if (found)
            return true;
        more = next_member(walk) && now(walk) == '"';
    }
    return false;
}

static bool enter_element(struct walk *walk, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (!next_member(walk))
            return false;
    return now(walk) != ']';
}

/** Into the container at `at`, to the value the step names. */
static bool enter(struct walk *walk, const struct diff_step *step) {
    if (now(walk) != (step->key ? '{' : '['))
        return false;
    walk->at++;
    skip_space(walk);
    return step->key ? enter_member(walk, step->key) : enter_element(walk, step->index);
}

size_t diff_place_find(const char *bytes, size_t length, const struct diff_step *steps,
                       size_t count) {
    struct walk walk = {bytes, bytes + length};
    skip_space(&walk);
    const char *found = walk.at;
    for (size_t i = 0; i < count && enter(&walk, &steps[i]); i++)
        found = walk.at;
    return (size_t)(found - bytes);
}

void diff_place_mark(const char *bytes, size_t length, size_t offset,
                     struct diagnostic *diagnostic) {
    size_t start = 0;
    unsigned line = 1;
    for (size_t i = 0; i < offset && i < length; i++)
        if (bytes[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t end = start, most = sizeof diagnostic->source - 1;
    while (end < length && end - start < most && bytes[end] != '\n')
        end++;
    diagnostic->line = line;
    diagnostic->column = (unsigned)(offset - start) + 1;
    snprintf(diagnostic->source, sizeof diagnostic->source, "%.*s", (int)(end - start),
             bytes + start);
}
