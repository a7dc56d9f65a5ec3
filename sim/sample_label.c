#include "sim/sample_label.h"

#include "sim/sample_distinct.h"
#include "sim/sample_json.h"

#include <string.h>

struct value {
    const char *begin, *end;
};

/** The member that `key` names, in the object whose brace is at `brace`; a key may have dots of its
 *  own, or lead into nested objects. */
static bool find_member(const char *brace, const char *end, const char *key, size_t key_length,
                        struct value *value) {
    struct sample_json_member member;
    for (const char *at = brace; (at = sample_json_member(at + 1, end, &member));) {
        bool begins =
            member.key_length <= key_length && memcmp(member.key, key, member.key_length) == 0;
        if (begins && member.key_length == key_length) {
            *value = (struct value){member.value, member.value_end};
            return true;
        }
        if (begins && key[member.key_length] == '.' && *member.value == '{' &&
            find_member(member.value, end, key + member.key_length + 1,
                        key_length - member.key_length - 1, value))
            return true;
        if (at == end || *at != ',')
            return false;
    }
    return false;
}

/** Behind the last byte that is neither blank nor control character; of UTF-8 all are taken. */
static const char *end_of_word(const char *at, const char *end) {
    while (at < end && (unsigned char)*at > ' ')
        at++;
    return at;
}

/** `key=value` with nothing that belongs to a longer key before it. */
static bool find_pair(const char *line, const char *end, const char *key, size_t key_length,
                      struct value *value) {
    if (key_length == 0)
        return false;
    for (const char *at = line; (at = memmem(at, (size_t)(end - at), key, key_length));) {
        bool begins = at == line || strchr(" \t,;{[(", at[-1]);
        at += key_length;
        if (!begins || at == end || *at != '=')
            continue;
        value->begin = at + 1;
        value->end =
            value->begin < end && *value->begin == '"' ? sample_json_skip(value->begin, end) : NULL;
        if (!value->end)
            value->end = end_of_word(value->begin, end);
        return true;
    }
    return false;
}

static bool find_value(enum sample_payload payload, const struct sample_line *line, const char *key,
                       struct value *value) {
    const char *end = line->bytes + line->length;
    if (payload != SAMPLE_PAYLOAD_JSON)
        return find_pair(line->bytes, end, key, strlen(key), value);
    const char *brace = sample_json_skip_spaces(line->bytes, end);
    return brace < end && *brace == '{' && find_member(brace, end, key, strlen(key), value);
}

uint64_t sample_label_stream(const struct sample_options *options, enum sample_payload payload,
                             const struct sample_line *line, bool *missed) {
    uint64_t hash = line->output;
    for (size_t i = 0; i < options->label_key_count; i++) {
        struct value value = {NULL, NULL};
        if (find_value(payload, line, options->label_keys[i], &value))
            hash = sample_hash(hash + 1, value.begin, (size_t)(value.end - value.begin));
        else
            *missed = true;
        hash += i << 8;
    }
    return hash;
}
