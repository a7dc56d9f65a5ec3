#include "sim/sample_json.h"

#include <stdint.h>
#include <string.h>

const char *sample_json_skip_spaces(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    return at;
}

/** Behind the closing quote of the string whose opening quote is at `at`. */
static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

/** Brackets are only counted: what stands in them is not looked at. */
static const char *skip_nested(const char *at, const char *end) {
    size_t depth = 0;
    while (at && at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if ((*at == '}' || *at == ']') && --depth == 0)
            return at + 1;
        at++;
    }
    return NULL;
}

const char *sample_json_skip(const char *at, const char *end) {
    if (at == end)
        return NULL;
    if (*at == '"')
        return skip_string(at, end);
    if (*at == '{' || *at == '[')
        return skip_nested(at, end);
    const char *begin = at;
    while (at < end && (unsigned char)*at > ' ' && *at != ',' && *at != '}' && *at != ']' &&
           *at != '"')
        at++;
    return at > begin ? at : NULL;
}

static bool take_hex(const char **at, const char *end, uint32_t *value) {
    static const char digits[] = "0123456789abcdef";
    *value = 0;
    if (end - *at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char digit = (char)((*at)[i] | 0x20);
        const char *found = digit == 0x20 ? NULL : strchr(digits, digit);
        if (!found || ((*at)[i] < '0'))
            return false;
        *value = *value << 4 | (uint32_t)(found - digits);
    }
    *at += 4;
    return true;
}

static void add_utf8(struct text *text, uint32_t code) {
    char bytes[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(lead[length] | code);
    text_add_bytes(text, bytes, length);
}

/** Behind `\u`: four digits, and four more where a pair makes one character. */
static const char *unescape_unicode(const char *at, const char *end, struct text *text) {
    uint32_t code, low;
    if (!take_hex(&at, end, &code))
        return NULL;
    const char *ahead = at + 2;
    if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' &&
        take_hex(&ahead, end, &low) && low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at = ahead;
    }
    add_utf8(text, code);
    return at;
}

const char *sample_json_unescape(const char *at, const char *end, struct text *text) {
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (at == end || *at != '"')
        return NULL;
    at++;
    while (at && at < end && *at != '"') {
        const char *plain = at;
        while (at < end && *at != '"' && *at != '\\')
            at++;
        text_add_bytes(text, plain, (size_t)(at - plain));
        if (at == end || *at == '"')
            continue;
        if (end - at < 2)
            return NULL;
        const char *escape = at[1] == '\0' ? NULL : strchr(escapes, at[1]);
        at += 2;
        if (escape)
            text_add_bytes(text, meanings + (escape - escapes), 1);
        else
            at = at[-1] == 'u' ? unescape_unicode(at, end, text) : NULL;
    }
    return at && at < end ? at + 1 : NULL;
}

const char *sample_json_member(const char *at, const char *end, struct sample_json_member *member) {
    at = sample_json_skip_spaces(at, end);
    if (at == end || *at != '"')
        return NULL;
    const char *after = skip_string(at, end);
    if (!after)
        return NULL;
    member->begin = at;
    member->key = at + 1;
    member->key_length = (size_t)(after - at) - 2;
    at = sample_json_skip_spaces(after, end);
    if (at == end || *at != ':')
        return NULL;
    member->value = sample_json_skip_spaces(at + 1, end);
    member->value_end = sample_json_skip(member->value, end);
    return member->value_end ? sample_json_skip_spaces(member->value_end, end) : NULL;
}
