#include "sim/sample_fields.h"

#include "sim/sample_json.h"

#include <stdio.h>
#include <string.h>

/** Where the fields of one line go. */
struct walk {
    sample_span_function *take;
    void *context;
    const char *end;
    char path[SAMPLE_FIELD_NAME_BYTES];
};

/** Make the path `path.key`, cut where it is too long. Returns the length before. */
static size_t push_key(struct walk *walk, const struct sample_json_member *member) {
    size_t length = strlen(walk->path), at = length;
    if (at > 0 && at + 1 < sizeof walk->path)
        walk->path[at++] = '.';
    size_t kept = text_cut(member->key, member->key_length, sizeof walk->path - 1 - at);
    memcpy(walk->path + at, member->key, kept);
    walk->path[at + kept] = '\0';
    return length;
}

static void give_member(struct walk *walk, const struct sample_json_member *member,
                        const char *before, const char *after) {
    struct sample_span span = {.begin = member->begin, .end = member->value_end};
    bool quoted = *member->value == '"';
    memcpy(span.name, walk->path, sizeof span.name);
    span.value_begin = member->value + quoted;
    span.value_end = member->value_end - quoted;
    /* With the comma that joins it: the one behind, or for the last the one before. */
    if (after < walk->end && *after == ',')
        span.end = after + 1;
    else if (*before == ',')
        span.begin = before;
    walk->take(walk->context, &span);
}

/** The members of the object whose brace is at `at`. */
static void walk_object(struct walk *walk, const char *at, unsigned depth) {
    struct sample_json_member member;
    const char *before = at;
    while ((at = sample_json_member(before + 1, walk->end, &member))) {
        size_t length = push_key(walk, &member);
        if (*member.value == '{' && depth < SAMPLE_JSON_DEPTH_MAX)
            walk_object(walk, member.value, depth + 1);
        else
            give_member(walk, &member, before, at);
        walk->path[length] = '\0';
        if (at == walk->end || *at != ',')
            return;
        before = at;
    }
}

static bool is_hex(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

static bool is_word(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '-' || byte == '.' ||
           byte == ':' || (byte & 0x80);
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/** Behind the token that begins at `at`: a comma between digits belongs to it. */
static const char *token_end(const char *at, const char *end) {
    const char *begin = at;
    while (at < end && (is_word(*at) || (*at == ',' && at > begin && end - at > 1 &&
                                         is_digit(at[-1]) && is_digit(at[1]))))
        at++;
    return at;
}

/** How the bytes of a token are made up. */
struct shape {
    size_t length, digits, hex, dashes, dots, colons;
};

static struct shape shape_of(const char *begin, const char *end) {
    struct shape shape = {.length = (size_t)(end - begin)};
    for (const char *at = begin; at < end; at++) {
        shape.digits += is_digit(*at);
        shape.hex += is_hex(*at);
        shape.dashes += *at == '-';
        shape.dots += *at == '.' || *at == ',';
        shape.colons += *at == ':';
    }
    return shape;
}

/** The name of a shape, or NULL for a word like any other. */
static const char *shape_name(const char *begin, const char *end) {
    enum { UUID_BYTES = 36, HEX_ID_BYTES = 12, DATE_BYTES = 10, CLOCK_BYTES = 8, NUMBER_BYTES = 3 };
    struct shape shape = shape_of(begin, end);
    size_t clock = shape.digits + shape.colons + shape.dots;
    if (shape.length == UUID_BYTES && shape.dashes == 4 && shape.hex == UUID_BYTES - 4)
        return "(UUID)";
    if (shape.length >= HEX_ID_BYTES && shape.hex == shape.length && shape.digits > 0 &&
        shape.digits < shape.length)
        return "(hex id)";
    if (shape.dots == 3 && shape.digits >= 4 && clock == shape.length)
        return "(IP address)";
    if ((shape.length >= DATE_BYTES && shape.dashes >= 2 && begin[4] == '-' && shape.digits >= 8) ||
        (shape.length >= CLOCK_BYTES && shape.colons == 2 && clock == shape.length))
        return "(time)";
    if (shape.length >= NUMBER_BYTES && shape.digits + shape.dots == shape.length)
        return "(number)";
    return NULL;
}

/** Behind the value that begins at `at`: in quotes, or up to a space. */
static const char *value_end(const char *at, const char *end) {
    if (at < end && *at == '"') {
        const char *after = sample_json_skip(at, end);
        return after ? after : end;
    }
    while (at < end && *at != ' ' && *at != '\t')
        at++;
    return at;
}

/** `key=value` whose key ends before `equals`; the space behind it goes too. */
static const char *give_pair(struct walk *walk, const char *key, const char *equals) {
    struct sample_span span = {.begin = key, .value_begin = equals + 1};
    const char *after = value_end(equals + 1, walk->end);
    bool quoted = after > equals + 2 && equals[1] == '"';
    memcpy(span.name, key, text_cut(key, (size_t)(equals - key), sizeof span.name - 1));
    span.value_begin += quoted;
    span.value_end = after - quoted;
    span.end = after < walk->end ? after + 1 : after;
    walk->take(walk->context, &span);
    return span.end;
}

static void give_shape(struct walk *walk, const char *name, const char *begin, const char *end) {
    struct sample_span span = {.begin = begin, .end = end, .value_begin = begin, .value_end = end};
    snprintf(span.name, sizeof span.name, "%s", name);
    walk->take(walk->context, &span);
}

/** Tokens of a line of text: runs of letters, digits and what ids and times are joined with. */
static void walk_text(struct walk *walk, const char *at) {
    while (at < walk->end) {
        const char *begin = at, *end = token_end(at, walk->end);
        at = end > begin ? end : begin + 1;
        if (end > begin && end < walk->end && *end == '=') {
            at = give_pair(walk, begin, end);
            continue;
        }
        while (end > begin && (end[-1] == '.' || end[-1] == ':' || end[-1] == '-'))
            end--;
        const char *name = shape_name(begin, end);
        if (name)
            give_shape(walk, name, begin, end);
    }
}

void sample_fields_each(enum sample_payload payload, const char *line, size_t length,
                        sample_span_function *take, void *context) {
    struct walk walk = {.take = take, .context = context, .end = line + length};
    if (payload != SAMPLE_PAYLOAD_JSON) {
        walk_text(&walk, line);
        return;
    }
    const char *brace = sample_json_skip_spaces(line, walk.end);
    if (brace < walk.end && *brace == '{')
        walk_object(&walk, brace, 1);
}

/** A line that is being written without some of its fields. */
struct drop {
    const struct sample_field_set *dropped;
    struct text *text;
    const char *kept_from; /**< not written yet from here on */
};

static void drop_span(void *context, const struct sample_span *span) {
    struct drop *drop = context;
    for (size_t i = 0; i < drop->dropped->count; i++) {
        if (strcmp(drop->dropped->names[i], span->name) != 0)
            continue;
        if (span->begin > drop->kept_from)
            text_add_bytes(drop->text, drop->kept_from, (size_t)(span->begin - drop->kept_from));
        if (span->end > drop->kept_from)
            drop->kept_from = span->end;
        return;
    }
}

void sample_fields_drop(enum sample_payload payload, const char *line, size_t length,
                        const struct sample_field_set *dropped, struct text *text) {
    struct drop drop = {dropped, text, line};
    text->length = 0;
    sample_fields_each(payload, line, length, drop_span, &drop);
    if (drop.kept_from < line + length)
        text_add_bytes(text, drop.kept_from, (size_t)(line + length - drop.kept_from));
}
