#include "sim/sample_time.h"

#include <string.h>

enum { TEXT_BYTES = 128, FRACTION_DIGITS = 9 };

#define FIRST_SECOND 946684800LL /* 2000-01-01 */
#define LAST_SECOND 7258118400LL /* 2200-01-01 */

const char *const sample_time_keys[SAMPLE_TIME_KEY_COUNT] = {"timestamp", "ts", "time",
                                                             "@timestamp", "t"};

/** What is left to read. */
struct cursor {
    const char *at, *end;
};

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

static bool take_digits(struct cursor *cursor, int count, int *value) {
    if (cursor->end - cursor->at < count)
        return false;
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(cursor->at[i]))
            return false;
        *value = 10 * *value + (cursor->at[i] - '0');
    }
    cursor->at += count;
    return true;
}

static bool take_one_of(struct cursor *cursor, const char *characters) {
    if (cursor->at == cursor->end || *cursor->at == '\0' || !strchr(characters, *cursor->at))
        return false;
    cursor->at++;
    return true;
}

/** Days from 1970-01-01 to a day of the Gregorian calendar, counting years from March so that the
 *  leap day is the last of its year. */
static int64_t days_since_1970(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

/** `.013` or `,013`: nanoseconds; digits beyond the ninth are passed over. */
static int64_t take_fraction(struct cursor *cursor) {
    struct cursor ahead = *cursor;
    if (!take_one_of(&ahead, ".,") || ahead.at == ahead.end || !is_digit(*ahead.at))
        return 0;
    int64_t ns = 0;
    int digits = 0;
    for (; ahead.at < ahead.end && is_digit(*ahead.at); ahead.at++, digits++)
        if (digits < FRACTION_DIGITS)
            ns = 10 * ns + (*ahead.at - '0');
    for (; digits < FRACTION_DIGITS; digits++)
        ns *= 10;
    *cursor = ahead;
    return ns;
}

/** `Z`, `+02:00`, `-0530`: seconds east of Greenwich; nothing is UTC. */
static int take_zone(struct cursor *cursor) {
    struct cursor ahead = *cursor;
    int hours, minutes;
    if (take_one_of(cursor, "Zz") || ahead.at == ahead.end)
        return 0;
    int sign = *ahead.at == '-' ? -1 : 1;
    if (!take_one_of(&ahead, "+-") || !take_digits(&ahead, 2, &hours))
        return 0;
    take_one_of(&ahead, ":");
    if (!take_digits(&ahead, 2, &minutes))
        return 0;
    *cursor = ahead;
    return sign * (3600 * hours + 60 * minutes);
}

/** `09:00:00`, a fraction, a zone: joined to the day. */
static bool take_clock(struct cursor *cursor, int64_t days, int64_t *ns) {
    int hour, minute, second;
    if (!take_digits(cursor, 2, &hour) || !take_one_of(cursor, ":") ||
        !take_digits(cursor, 2, &minute) || !take_one_of(cursor, ":") ||
        !take_digits(cursor, 2, &second) || hour > 24 || minute > 59 || second > 60)
        return false;
    int64_t fraction = take_fraction(cursor);
    struct cursor ahead = *cursor;
    if (take_one_of(&ahead, " ") && ahead.at < ahead.end && (*ahead.at == '+' || *ahead.at == '-'))
        *cursor = ahead;
    int64_t seconds = 86400 * days + 3600 * hour + 60 * minute + second - take_zone(cursor);
    if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
        return false;
    *ns = seconds * SAMPLE_NANOSECONDS + fraction;
    return true;
}

bool sample_time_date(const char *bytes, size_t length, int64_t *ns, size_t *used) {
    struct cursor cursor = {bytes, bytes + length};
    int year, month, day;
    if (!take_digits(&cursor, 4, &year) || !take_one_of(&cursor, "-/") ||
        !take_digits(&cursor, 2, &month) || !take_one_of(&cursor, "-/") ||
        !take_digits(&cursor, 2, &day) || month < 1 || month > 12 || day < 1 || day > 31 ||
        !take_one_of(&cursor, "Tt ") || !take_clock(&cursor, days_since_1970(year, month, day), ns))
        return false;
    *used = (size_t)(cursor.at - bytes);
    return true;
}

/** `02/Nov/2026:09:00:00 +0000` */
static bool web_server_date(const char *bytes, size_t length, int64_t *ns) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct cursor cursor = {bytes, bytes + length};
    int year, day, month = 0;
    if (!take_digits(&cursor, 2, &day) || !take_one_of(&cursor, "/") ||
        cursor.end - cursor.at < 3 || day < 1 || day > 31)
        return false;
    while (month < 12 && memcmp(months + 3 * month, cursor.at, 3) != 0)
        month++;
    cursor.at += 3;
    return month < 12 && take_one_of(&cursor, "/") && take_digits(&cursor, 4, &year) &&
           take_one_of(&cursor, ":") &&
           take_clock(&cursor, days_since_1970(year, month + 1, day), ns);
}

/** `1762074000`, `1762074000.013`, or as milli-, micro- or nanoseconds: told by its size. */
static bool take_epoch(const char *bytes, size_t length, int64_t *ns, size_t *used) {
    struct cursor cursor = {bytes, bytes + length};
    uint64_t whole = 0; /* nineteen digits may pass what a signed number holds */
    int digits = 0;
    for (; cursor.at < cursor.end && is_digit(*cursor.at) && digits < 19; cursor.at++, digits++)
        whole = 10 * whole + (uint64_t)(*cursor.at - '0');
    uint64_t unit = SAMPLE_NANOSECONDS;
    for (int size = 10; size < digits; size += 3)
        unit /= 1000;
    if (digits < 9 || unit == 0 || (cursor.at < cursor.end && is_digit(*cursor.at)) ||
        whole / (SAMPLE_NANOSECONDS / unit) < FIRST_SECOND ||
        whole / (SAMPLE_NANOSECONDS / unit) > LAST_SECOND)
        return false;
    *ns = (int64_t)(whole * unit) + take_fraction(&cursor) / (int64_t)(SAMPLE_NANOSECONDS / unit);
    *used = (size_t)(cursor.at - bytes);
    return true;
}

bool sample_time_in_text(const char *line, size_t length, int64_t *ns) {
    size_t looked = length < TEXT_BYTES ? length : TEXT_BYTES, used;
    for (size_t i = 0; i < looked; i++) {
        if (!is_digit(line[i]) || (i > 0 && is_digit(line[i - 1])))
            continue;
        if (sample_time_date(line + i, length - i, ns, &used) ||
            web_server_date(line + i, length - i, ns))
            return true;
    }
    return take_epoch(line, length, ns, &used) &&
           (used == length || line[used] == ' ' || line[used] == '\t');
}

/** Behind `"key":` and spaces, or NULL. */
static const char *value_of(const char *line, size_t length, const char *key) {
    const char *end = line + length, *at = line;
    size_t key_length = strlen(key);
    while ((at = memmem(at, (size_t)(end - at), key, key_length))) {
        const char *after = at + key_length;
        bool quoted = at > line && at[-1] == '"' && after < end && *after == '"';
        at = after;
        if (!quoted)
            continue;
        for (after++; after < end && (*after == ' ' || *after == ':'); after++)
            if (*after == ':')
                at = NULL;
        if (!at)
            return after;
        at = after;
    }
    return NULL;
}

bool sample_time_in_json(const char *line, size_t length, const char *key, int64_t *ns) {
    const char *value = value_of(line, length, key);
    size_t used;
    if (!value)
        return false;
    size_t left = (size_t)(line + length - value);
    if (left > 0 && *value == '"') {
        value++;
        left--;
    }
    return sample_time_date(value, left, ns, &used) || take_epoch(value, left, ns, &used);
}
