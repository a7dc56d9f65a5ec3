#include "sim/base/words.h"
#include "sim/scenario_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { GUESS_BYTES = 64 };

/** How people write units that are not the format's: `suffix` in any case, then number x factor
 *  and the right unit. An empty suffix is a bare number. First rule that fits wins. */
static const struct {
    enum scenario_type type;
    const char *suffix;
    double factor;
    const char *unit;
} rules[] = {
    {SCENARIO_DURATION, "d", 1, "d"},
    {SCENARIO_DURATION, "day", 1, "d"},
    {SCENARIO_DURATION, "days", 1, "d"},
    {SCENARIO_DURATION, "w", 7, "d"},
    {SCENARIO_DURATION, "week", 7, "d"},
    {SCENARIO_DURATION, "weeks", 7, "d"},
    {SCENARIO_DURATION, "mo", 30, "d"},
    {SCENARIO_DURATION, "month", 30, "d"},
    {SCENARIO_DURATION, "months", 30, "d"},
    {SCENARIO_DURATION, "y", 365, "d"},
    {SCENARIO_DURATION, "year", 365, "d"},
    {SCENARIO_DURATION, "years", 365, "d"},
    {SCENARIO_DURATION, "h", 1, "h"},
    {SCENARIO_DURATION, "hr", 1, "h"},
    {SCENARIO_DURATION, "hrs", 1, "h"},
    {SCENARIO_DURATION, "hour", 1, "h"},
    {SCENARIO_DURATION, "hours", 1, "h"},
    {SCENARIO_DURATION, "m", 1, "m"},
    {SCENARIO_DURATION, "min", 1, "m"},
    {SCENARIO_DURATION, "mins", 1, "m"},
    {SCENARIO_DURATION, "minute", 1, "m"},
    {SCENARIO_DURATION, "minutes", 1, "m"},
    {SCENARIO_DURATION, "s", 1, "s"},
    {SCENARIO_DURATION, "sec", 1, "s"},
    {SCENARIO_DURATION, "secs", 1, "s"},
    {SCENARIO_DURATION, "second", 1, "s"},
    {SCENARIO_DURATION, "seconds", 1, "s"},
    {SCENARIO_DURATION, "ms", 1e-3, "s"},
    {SCENARIO_BYTES, "k", 1, "Ki"},
    {SCENARIO_BYTES, "kb", 1, "Ki"},
    {SCENARIO_BYTES, "kib", 1, "Ki"},
    {SCENARIO_BYTES, "ki", 1, "Ki"},
    {SCENARIO_BYTES, "m", 1, "Mi"},
    {SCENARIO_BYTES, "mb", 1, "Mi"},
    {SCENARIO_BYTES, "mib", 1, "Mi"},
    {SCENARIO_BYTES, "mi", 1, "Mi"},
    {SCENARIO_BYTES, "g", 1, "Gi"},
    {SCENARIO_BYTES, "gb", 1, "Gi"},
    {SCENARIO_BYTES, "gib", 1, "Gi"},
    {SCENARIO_BYTES, "gi", 1, "Gi"},
    {SCENARIO_BYTES, "t", 1, "Ti"},
    {SCENARIO_BYTES, "tb", 1, "Ti"},
    {SCENARIO_BYTES, "tib", 1, "Ti"},
    {SCENARIO_BYTES, "ti", 1, "Ti"},
    {SCENARIO_BYTES, "b", 1, ""},
    {SCENARIO_BYTES, "", 1, "Mi"},
    {SCENARIO_BYTES, "", 1, "Gi"},
    {SCENARIO_CORES, "", 1, "m"},
    {SCENARIO_CORES, "m", 1, "m"},
    {SCENARIO_CORES, "mi", 1, "m"},
    {SCENARIO_CORES, "c", 1, ""},
    {SCENARIO_CORES, "cpu", 1, ""},
    {SCENARIO_CORES, "cpus", 1, ""},
    {SCENARIO_CORES, "core", 1, ""},
    {SCENARIO_CORES, "cores", 1, ""},
    {SCENARIO_CORES, "vcpu", 1, ""},
    {SCENARIO_CORES, "%", 10, "m"},
    {SCENARIO_PERCENT, "%", 1, "%"},
    {SCENARIO_PERCENT, "pct", 1, "%"},
    {SCENARIO_PERCENT, "percent", 1, "%"},
    {SCENARIO_NUMBER, "", 1, ""},
    {SCENARIO_NUMBER, "k", 1e3, ""},
    {SCENARIO_NUMBER, "m", 1e6, ""},
    {SCENARIO_NUMBER, "x", 1, ""},
    {SCENARIO_NUMBER, "b", 1, ""},
    {SCENARIO_NUMBER, "%", 0.01, ""},
    {SCENARIO_NUMBER, "/s", 1, ""},
    {SCENARIO_WHOLE, "", 1, ""},
    {SCENARIO_WHOLE, "k", 1e3, ""},
    {SCENARIO_WHOLE, "m", 1e6, ""},
    {SCENARIO_USD, "", 1, ""},
    {SCENARIO_USD, "usd", 1, ""},
    {SCENARIO_USD, "$", 1, ""},
    {SCENARIO_USD, "k", 1e3, ""},
};

/** Whether the comma at `text` groups thousands; else it is a decimal comma. */
static bool groups_thousands(const char *text) {
    return strspn(text + 1, "0123456789") == 3;
}

/** Split "$1,000 GB" into 1000 and "GB"; false when it does not begin with a number. */
static bool split(const char *text, double *number, char *suffix, size_t size) {
    char digits[GUESS_BYTES];
    size_t count = 0;
    text += strspn(text, " $+");
    for (; *text && (isdigit((unsigned char)*text) || strchr("., _", *text)); text++) {
        if (isdigit((unsigned char)*text) || *text == '.')
            digits[count++] = *text;
        else if (*text == ',' && !groups_thousands(text))
            digits[count++] = '.';
    }
    digits[count] = '\0';
    if (count == 0 || strlen(text) >= size)
        return false;
    char *end;
    *number = strtod(digits, &end);
    snprintf(suffix, size, "%s", text);
    return *end == '\0';
}

static bool fits(const struct scenario_field *field, const char *candidate) {
    double value;
    return scenario_value_read(field, candidate, &value);
}

/** A bare number takes the unit of the default, as `retention: 7` next to a default of 7d. Sizes
 *  are left to the rules: 512 is not meant as 512Gi because the default is 2Gi. */
static bool guess_unit_of_default(const struct scenario_field *field, double number, char *buffer,
                                  size_t size) {
    if (!field->fallback || field->type == SCENARIO_BYTES)
        return false;
    const char *unit = field->fallback + strspn(field->fallback, "0123456789.");
    snprintf(buffer, size, "%.15g%s", number, unit);
    return unit[0] && fits(field, buffer);
}

static bool guess_fraction(const struct scenario_field *field, double number, char *buffer,
                           size_t size) {
    if (number == 1) {
        snprintf(buffer, size, "1%% or 100%%");
        return true;
    }
    snprintf(buffer, size, "%.10g%%", number < 1 ? number * 100 : number);
    return fits(field, buffer);
}

static bool guess_quantity(const struct scenario_field *field, const char *text, char *buffer,
                           size_t size) {
    double number;
    char suffix[16];
    if (!split(text, &number, suffix, sizeof suffix))
        return false;
    if (suffix[0] == '\0' && field->type == SCENARIO_PERCENT)
        return guess_fraction(field, number, buffer, size);
    if (suffix[0] == '\0' && guess_unit_of_default(field, number, buffer, size))
        return true;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].type != field->type || strcasecmp(rules[i].suffix, suffix) != 0)
            continue;
        snprintf(buffer, size, "%.15g%s", number * rules[i].factor, rules[i].unit);
        if (strcmp(buffer, text) != 0 && fits(field, buffer))
            return true;
    }
    return false;
}

static bool guess_choice(const struct scenario_field *field, const char *text, char *buffer,
                         size_t size) {
    size_t count = 0;
    while (field->words[count])
        count++;
    int nearest = words_nearest(text, field->words, count);
    size_t length = strlen(text);
    for (size_t i = 0; nearest < 0 && length > 2 && i < count; i++)
        if (strncasecmp(field->words[i], text, length) == 0)
            nearest = (int)i;
    if (nearest >= 0)
        snprintf(buffer, size, "%s", field->words[nearest]);
    return nearest >= 0;
}

static bool guess_switch(const struct scenario_field *field, const char *text, char *buffer,
                         size_t size) {
    static const char *const truths[] = {"yes", "on", "y", "1", "t"};
    static const char *const lies[] = {"no", "off", "n", "0", "f"};
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        bool truth = strcasecmp(text, truths[i]) == 0;
        if (!truth && strcasecmp(text, lies[i]) != 0)
            continue;
        snprintf(buffer, size, "%s", truth ? "true" : "false");
        return true;
    }
    return guess_choice(field, text, buffer, size);
}

/** Lower case, with `-` for what people put between words. */
static bool guess_name(const struct scenario_field *field, const char *text, char *buffer,
                       size_t size) {
    size_t used = 0;
    for (; *text && used + 1 < size; text++) {
        unsigned char letter = (unsigned char)*text;
        bool dot = letter == '.' && field->type != SCENARIO_NAME;
        if (!isalnum(letter) && !strchr("-_ .", letter))
            return false;
        buffer[used++] = isalnum(letter) ? (char)tolower(letter) : dot ? '.' : '-';
    }
    buffer[used] = '\0';
    return fits(field, buffer);
}

bool scenario_value_guess(const struct scenario_field *field, const char *text, char *buffer,
                          size_t size) {
    if (strlen(text) >= GUESS_BYTES)
        return false;
    switch (field->type) {
    case SCENARIO_SWITCH:
        return guess_switch(field, text, buffer, size);
    case SCENARIO_CHOICE:
    case SCENARIO_CHOICES:
    case SCENARIO_DAILY:
        return guess_choice(field, text, buffer, size);
    case SCENARIO_NAME:
    case SCENARIO_WORD:
    case SCENARIO_WORDS:
        return guess_name(field, text, buffer, size);
    default:
        return guess_quantity(field, text, buffer, size);
    }
}
