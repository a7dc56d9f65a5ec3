#include "reports/phrase.h"

#include "sim/base/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/** Drop the zeros (and the point) that end a decimal number. */
static void drop_final_zeros(char *number) {
    if (!strchr(number, '.'))
        return;
    size_t length = strlen(number);
    while (length > 0 && number[length - 1] == '0')
        number[--length] = '\0';
    if (length > 0 && number[length - 1] == '.')
        number[length - 1] = '\0';
}

static void print_decimals(char *buffer, size_t size, double value, int decimals) {
    snprintf(buffer, size, "%.*f", decimals, value);
    drop_final_zeros(buffer);
    if (strcmp(buffer, "-0") == 0)
        snprintf(buffer, size, "0");
}

char *phrase_words(char *buffer, size_t size, const char *words) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; words[i] && used + 3 <= size; i++) {
        if (words[i] == '%' && i > 0 && isdigit((unsigned char)words[i - 1]))
            buffer[used++] = ' ';
        buffer[used++] = words[i];
        buffer[used] = '\0';
    }
    return buffer;
}

char *phrase_chance(char *buffer, size_t size, double probability) {
    if (probability < 0.001)
        snprintf(buffer, size, "<0.1 %%");
    else if (probability > 0.999)
        snprintf(buffer, size, ">99.9 %%");
    else
        phrase_share(buffer, size, probability);
    return buffer;
}

char *phrase_share(char *buffer, size_t size, double fraction) {
    char tight[PHRASE_BYTES];
    units_print_percent(tight, sizeof tight, fraction);
    size_t number = strcspn(tight, "%");
    snprintf(buffer, size, "%.*s%s", (int)number, tight, tight[number] ? " %" : "");
    return buffer;
}

char *phrase_interval(char *buffer, size_t size, const struct probability *probability) {
    /* Rounded outward, a hair inside first so that 0.935 stays 93.5. */
    double low = floor(1000 * probability->low + 1e-9) / 10;
    double high = ceil(1000 * probability->high - 1e-9) / 10;
    char low_text[PHRASE_BYTES], high_text[PHRASE_BYTES];
    print_decimals(low_text, sizeof low_text, low, 1);
    print_decimals(high_text, sizeof high_text, high, 1);
    snprintf(buffer, size, "%s–%s", low_text, high_text);
    return buffer;
}

char *phrase_probability(char *buffer, size_t size, const struct probability *probability) {
    char chance[PHRASE_BYTES], interval[PHRASE_BYTES];
    phrase_chance(chance, sizeof chance, probability->value);
    phrase_interval(interval, sizeof interval, probability);
    snprintf(buffer, size, "%s (%s)", chance, interval);
    return buffer;
}

/** Put a comma before every third digit of the whole part. */
static void separate_thousands(char *buffer, size_t size, const char *number) {
    size_t sign = number[0] == '-' ? 1 : 0;
    size_t digits = strcspn(number + sign, ".");
    size_t used = 0;
    for (size_t i = 0; number[i] && used + 2 < size; i++) {
        bool inside = i > sign && i < sign + digits;
        if (inside && (sign + digits - i) % 3 == 0)
            buffer[used++] = ',';
        buffer[used++] = number[i];
    }
    buffer[used] = '\0';
}

char *phrase_count(char *buffer, size_t size, double count) {
    char number[PHRASE_BYTES];
    print_decimals(number, sizeof number, count, 0);
    separate_thousands(buffer, size, number);
    return buffer;
}

const char *phrase_count_in(struct arena *arena, double count) {
    char words[PHRASE_BYTES];
    return arena_print(arena, "%s", phrase_count(words, sizeof words, count));
}

char *phrase_quantity(char *buffer, size_t size, double quantity) {
    char number[PHRASE_BYTES];
    print_decimals(number, sizeof number, quantity, 2);
    if (quantity != 0 && fabs(quantity) < 0.01)
        return phrase_number(buffer, size, quantity);
    separate_thousands(buffer, size, number);
    return buffer;
}

char *phrase_number(char *buffer, size_t size, double number) {
    double magnitude = fabs(number);
    if (magnitude >= 999.5)
        return phrase_count(buffer, size, number);
    if (magnitude > 0 && magnitude < 0.0001)
        snprintf(buffer, size, "%.1e", number);
    else
        print_decimals(buffer, size, number,
                       magnitude >= 99.5      ? 0
                       : magnitude >= 9.95    ? 1
                       : magnitude >= 0.0995  ? 2
                       : magnitude >= 0.00995 ? 3
                                              : 4);
    return buffer;
}

char *phrase_horizon(char *buffer, size_t size, double seconds) {
    static const struct {
        double low, high;
        const char *noun;
    } nouns[] = {
        {0.99, 1.01, "day"}, {6.99, 7.01, "week"}, {27.9, 31.1, "month"}, {359.9, 366.1, "year"}};
    double days = seconds / SECONDS_PER_DAY;
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
        if (days >= nouns[i].low && days <= nouns[i].high) {
            snprintf(buffer, size, "%s", nouns[i].noun);
            return buffer;
        }
    char number[PHRASE_BYTES];
    phrase_number(number, sizeof number, days);
    snprintf(buffer, size, "%s-day run", number);
    return buffer;
}

char *phrase_unit_price(char *buffer, size_t size, double usd) {
    char number[PHRASE_BYTES];
    /* Three digits that count, and six decimals at least. */
    int decimals_wanted = usd > 0 && usd < 1e-4 ? 2 - (int)floor(log10(usd)) : 6;
    if (usd > 0 && usd < 1e-6)
        snprintf(number, sizeof number, "%.2e", usd);
    else
        print_decimals(number, sizeof number, usd, decimals_wanted);
    const char *point = strchr(number, '.');
    size_t decimals = point ? strlen(point + 1) : 0;
    if (decimals < 2 && !strchr(number, 'e'))
        snprintf(number, sizeof number, "%.2f", usd);
    snprintf(buffer, size, "$%s", number);
    return buffer;
}

typedef char *unit_printer(char *buffer, size_t size, double value);

static char *print_range(char *buffer, size_t size, unit_printer *print, double request,
                         double limit) {
    char from[PHRASE_BYTES] = "–", to[PHRASE_BYTES] = "–";
    if (request > 0)
        print(from, sizeof from, request);
    if (limit > 0)
        print(to, sizeof to, limit);
    snprintf(buffer, size, "%.40s → %.40s", from, to);
    return buffer;
}

char *phrase_memory_range(char *buffer, size_t size, double request_bytes, double limit_bytes) {
    return print_range(buffer, size, units_print_quantity, request_bytes, limit_bytes);
}

char *phrase_cpu_range(char *buffer, size_t size, double request_cores, double limit_cores) {
    return print_range(buffer, size, units_print_cores, request_cores, limit_cores);
}

size_t phrase_control_bytes(const char *words) {
    const unsigned char *bytes = (const unsigned char *)words;
    if ((bytes[0] > 0 && bytes[0] < 0x20) || bytes[0] == 0x7F)
        return 1;
    return bytes[0] == 0xC2 && bytes[1] >= 0x80 && bytes[1] < 0xA0 ? 2 : 0;
}

const char *phrase_verdict_marked(bool holds) {
    return holds ? "✓ holds" : "✗ missed";
}

const char *phrase_component(const struct plan *plan, enum component component) {
    return component_title(component, plan->agent_kind);
}

const char *phrase_service(enum managed_service service) {
    static const char *const names[MANAGED_COUNT] = {
        [MANAGED_AWS] = "AWS",
        [MANAGED_GRAFANA_CLOUD] = "Grafana Cloud",
        [MANAGED_DATADOG] = "Datadog",
        [MANAGED_NEW_RELIC] = "New Relic",
    };
    return names[service];
}

const char *phrase_version(void) {
    return SIMULATE_VERSION;
}

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool phrase_binds_unit(const char *words, size_t space) {
    static const char *const units[] = {"%", "KiB", "MiB", "GiB", "TiB", "GB"};
    const char *next = words + space + 1;
    /* `2 x t3.medium` is one thing. */
    if (space >= 3 && words[space - 1] == 'x' && words[space - 2] == ' ')
        return is_digit(words[space - 3]);
    if (space == 0 || !is_digit(words[space - 1]))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strncmp(next, units[i], strlen(units[i])) == 0)
            return true;
    return next[0] == 'x' && !isalnum((unsigned char)next[1]);
}
