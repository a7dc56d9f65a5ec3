#include "sim/scenario_value.h"

#include "sim/base/units.h"
#include "sim/base/words.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NAME_LETTERS_MAX = 63, TEXT_BYTES_MAX = 1024 };

static bool is_name(const char *text) {
    size_t length = strlen(text);
    if (length == 0 || length > NAME_LETTERS_MAX || text[0] == '-' || text[length - 1] == '-')
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool is_word(const char *text) {
    size_t length = strlen(text);
    return length > 0 && length <= NAME_LETTERS_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

static bool is_text(const char *text) {
    size_t length = strlen(text);
    if (length == 0 || length > TEXT_BYTES_MAX)
        return false;
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static bool read_choice(const struct scenario_field *field, const char *text, double *value) {
    for (size_t i = 0; field->words[i]; i++) {
        if (strcmp(field->words[i], text) == 0) {
            *value = (double)i;
            return true;
        }
    }
    return false;
}

static bool read_text(bool fits, double *value) {
    if (fits)
        *value = 0;
    return fits;
}

static bool is_ranged(const struct scenario_field *field) {
    switch (field->type) {
    case SCENARIO_NUMBER:
    case SCENARIO_WHOLE:
    case SCENARIO_USD:
    case SCENARIO_DURATION:
    case SCENARIO_BYTES:
    case SCENARIO_CORES:
    case SCENARIO_PERCENT:
        return true;
    default:
        return false;
    }
}

/** The value by its type alone, in range or not. */
static bool read_any(const struct scenario_field *field, const char *text, double *value) {
    double number;
    switch (field->type) {
    case SCENARIO_NAME:
        return read_text(is_name(text), value);
    case SCENARIO_WORD:
    case SCENARIO_WORDS:
        return read_text(is_word(text), value);
    case SCENARIO_TEXT:
        return read_text(is_text(text), value);
    case SCENARIO_NUMBER:
    case SCENARIO_USD:
        return units_number(text, value);
    case SCENARIO_WHOLE:
        if (!units_number(text, &number) || number != floor(number))
            return false;
        *value = number;
        return true;
    case SCENARIO_DURATION:
        return units_duration(text, value);
    case SCENARIO_BYTES:
        return units_bytes(text, value);
    case SCENARIO_CORES:
        return units_cores(text, value);
    case SCENARIO_PERCENT:
        return units_percent(text, value);
    case SCENARIO_CHOICE:
    case SCENARIO_SWITCH:
    case SCENARIO_CHOICES:
    case SCENARIO_DAILY:
        return read_choice(field, text, value);
    default:
        return false;
    }
}

bool scenario_value_read(const struct scenario_field *field, const char *text, double *value) {
    double number;
    if (!read_any(field, text, &number))
        return false;
    if (is_ranged(field) && !(number >= field->least && number <= field->most))
        return false;
    *value = number;
    return true;
}

bool scenario_value_store(const struct scenario_field *field, const char *text, double value,
                          struct arena *arena, void *base) {
    char *member = (char *)base + field->offset;
    switch (field->store) {
    case STORE_DOUBLE:
        *(double *)member = value;
        return true;
    case STORE_UNSIGNED:
        *(unsigned *)member = (unsigned)value;
        return true;
    case STORE_U64:
        *(uint64_t *)member = (uint64_t)value;
        return true;
    case STORE_BOOL:
        *(bool *)member = value != 0;
        return true;
    case STORE_TEXT: {
        const char *copy = arena_copy(arena, text, strlen(text));
        *(const char **)member = copy;
        return copy != NULL;
    }
    default:
        return true;
    }
}

bool scenario_value_wants_plain(const struct scenario_field *field) {
    return field->type == SCENARIO_NUMBER || field->type == SCENARIO_WHOLE ||
           field->type == SCENARIO_USD || field->type == SCENARIO_SWITCH;
}

char *scenario_value_print(const struct scenario_field *field, double value, char *buffer,
                           size_t size) {
    switch (field->type) {
    case SCENARIO_DURATION:
        /* 24h says more than 1d to those who know Loki's own rule. */
        if (value == SECONDS_PER_DAY)
            snprintf(buffer, size, "24h");
        else
            units_print_duration(buffer, size, value);
        break;
    case SCENARIO_BYTES:
        if (value >= 1024 * GIB && fmod(value, 1024 * GIB) == 0)
            snprintf(buffer, size, "%.0fTi", value / (1024 * GIB));
        else
            units_print_quantity(buffer, size, value);
        break;
    case SCENARIO_CORES:
        units_print_cores(buffer, size, value);
        break;
    case SCENARIO_PERCENT:
        snprintf(buffer, size, "%.10g%%", value * 100.0);
        break;
    default:
        snprintf(buffer, size, "%.16g", value);
        break;
    }
    return buffer;
}

static char *join_words(const char *const *words, char *buffer, size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; words[i] && used < size; i++) {
        const char *before = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", before, words[i]);
    }
    return buffer;
}

char *scenario_value_expected(const struct scenario_field *field, char *buffer, size_t size) {
    static const char *const kinds[] = {
        [SCENARIO_SECTION] = "a mapping of keys",
        [SCENARIO_SECTIONS] = "a list of mappings",
        [SCENARIO_SWITCH] = "true or false",
        [SCENARIO_DURATION] = "a duration such as 90s, 30m, 2h or 7d",
        [SCENARIO_BYTES] = "a size such as 512Mi or 10Gi",
        [SCENARIO_CORES] = "CPU such as 500m or 2",
        [SCENARIO_PERCENT] = "a percentage such as 5%",
    };
    static const char *const examples[] = {
        [SCENARIO_NAME] = "a name of a-z, 0-9 and -",
        [SCENARIO_WORD] = "a name",
        [SCENARIO_TEXT] = "a text",
        [SCENARIO_NUMBER] = "a number",
        [SCENARIO_WHOLE] = "a whole number",
        [SCENARIO_USD] = "an amount in USD",
        [SCENARIO_CHOICES] = "a list",
        [SCENARIO_WORDS] = "a list",
    };
    char words[160];
    if (field->type == SCENARIO_CHOICE)
        join_words(field->words, buffer, size);
    else if (field->type == SCENARIO_DAILY)
        snprintf(buffer, size, "%s, or a list of 24 numbers",
                 join_words(field->words, words, sizeof words));
    else if (field->type < sizeof kinds / sizeof *kinds && kinds[field->type])
        snprintf(buffer, size, "%s", kinds[field->type]);
    else
        snprintf(buffer, size, "%s such as %s", examples[field->type], field->fallback);
    return buffer;
}

bool scenario_value_is_null(const char *text, bool quoted) {
    return !quoted && (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static void refuse_range(const struct scenario_field *field, const char *text, double value,
                         struct scenario_refusal *refusal) {
    char bound[48], shown[WORDS_QUOTE_BYTES];
    if (field->least == field->most)
        snprintf(refusal->message, sizeof refusal->message, "must be %s, found %s",
                 scenario_value_print(field, field->least, bound, sizeof bound), text);
    else
        snprintf(refusal->message, sizeof refusal->message, "must be at %s %s, found %.40s",
                 value < field->least ? "least" : "most",
                 scenario_value_print(field, value < field->least ? field->least : field->most,
                                      bound, sizeof bound),
                 text);
    if (scenario_value_guess(field, text, shown, sizeof shown))
        snprintf(refusal->hint, sizeof refusal->hint, "did you mean %s?", shown);
    else if (value < field->least && field->least_why)
        snprintf(refusal->hint, sizeof refusal->hint, "%s", field->least_why);
    else if (value > field->most && field->most_why)
        snprintf(refusal->hint, sizeof refusal->hint, "%s", field->most_why);
}

void scenario_value_refuse(const struct scenario_field *field, const char *text, bool quoted,
                           struct scenario_refusal *refusal) {
    char expected[192], shown[WORDS_QUOTE_BYTES];
    double value;
    refusal->hint[0] = '\0';
    scenario_value_expected(field, expected, sizeof expected);
    if (scenario_value_is_null(text, quoted)) {
        snprintf(refusal->message, sizeof refusal->message, "has no value; expected %s", expected);
        if (field->fallback && !field->required)
            snprintf(refusal->hint, sizeof refusal->hint,
                     "leave the key out to take the default, %s", field->fallback);
        return;
    }
    if (!(quoted && scenario_value_wants_plain(field)) && read_any(field, text, &value)) {
        refuse_range(field, text, value, refusal);
        return;
    }
    words_quote(shown, sizeof shown, text);
    if (quoted && scenario_value_read(field, text, &value)) {
        snprintf(refusal->message, sizeof refusal->message, "expected %s, found the text %s",
                 expected, shown);
        snprintf(refusal->hint, sizeof refusal->hint, "remove the quotes: %s", text);
        return;
    }
    snprintf(refusal->message, sizeof refusal->message, "expected %s, found %s", expected, shown);
    if (scenario_value_guess(field, text, shown, sizeof shown))
        snprintf(refusal->hint, sizeof refusal->hint, "did you mean %s?", shown);
}
