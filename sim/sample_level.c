#include "sim/sample_level.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

const char *const sample_level_names[SAMPLE_LEVEL_COUNT] = {
    "trace", "debug", "info", "warn", "error", "critical", "fatal", "unknown"};

enum { TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, FATAL, UNKNOWN };

struct word {
    const char *word;
    uint32_t level;
};

/** Values of a field of the level. */
static const struct word values[] = {
    {"trace", TRACE}, {"trc", TRACE},         {"debug", DEBUG}, {"dbg", DEBUG},   {"info", INFO},
    {"inf", INFO},    {"warn", WARN},         {"wrn", WARN},    {"error", ERROR}, {"warning", WARN},
    {"err", ERROR},   {"critical", CRITICAL}, {"fatal", FATAL},
};

/** Words anywhere in a line, in Loki's order. */
static const struct word words[] = {
    {"info", INFO},    {"INFO", INFO},    {"err:", ERROR},         {"ERR:", ERROR},
    {"error", ERROR},  {"ERROR", ERROR},  {"warn:", WARN},         {"WARN:", WARN},
    {"warning", WARN}, {"WARNING", WARN}, {"CRITICAL:", CRITICAL}, {"critical:", CRITICAL},
    {"debug:", DEBUG}, {"DEBUG:", DEBUG},
};

static const char *const fields[] = {"level", "severity", "lvl", "SeverityText", "severity_text"};

static const char *find(const char *line, size_t length, const char *word) {
    return memmem(line, length, word, strlen(word));
}

/** The level that `"level":"info"` or `level=info` says; UNKNOWN when there is none. */
static uint32_t level_of_field(const char *line, size_t length, const char *field) {
    const char *at = find(line, length, field), *end = line + length;
    if (!at)
        return UNKNOWN;
    at += strlen(field);
    bool assigned = false;
    for (; at < end && strchr("\": =", *at) && *at != '\0'; at++)
        assigned = assigned || *at == ':' || *at == '=';
    for (size_t i = 0; assigned && i < sizeof values / sizeof *values; i++) {
        size_t size = strlen(values[i].word);
        bool fits = (size_t)(end - at) >= size && strncasecmp(at, values[i].word, size) == 0;
        if (fits && (at + size == end || strchr("\", }\t", at[size])))
            return values[i].level;
    }
    return UNKNOWN;
}

uint32_t sample_level_of(const char *line, size_t length) {
    bool has_fields = length > 0 && (*line == '{' || memchr(line, '=', length));
    for (size_t i = 0; has_fields && i < sizeof fields / sizeof *fields; i++) {
        uint32_t level = level_of_field(line, length, fields[i]);
        if (level != UNKNOWN)
            return level;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (find(line, length, words[i].word))
            return words[i].level;
    return UNKNOWN;
}
