#include "sim/base/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Longest number that is read; longer ones are surely a mistake. */
enum { NUMBER_BYTES_MAX = 63 };

static const char *skip_digits(const char *at) {
    while (isdigit((unsigned char)*at))
        at++;
    return at;
}

/** End of the exponent that begins at `at`, or `at` when none does: `1E` is an exabyte. */
static const char *skip_exponent(const char *at) {
    if (*at != 'e' && *at != 'E')
        return at;
    const char *digits = at + 1;
    if (*digits == '+' || *digits == '-')
        digits++;
    const char *end = skip_digits(digits);
    return end == digits ? at : end;
}

/** Read the unsigned decimal number at `*at` and move `*at` behind it. */
static bool take_number(const char **at, bool exponent, double *value) {
    const char *start = *at;
    const char *end = skip_digits(start);
    if (end == start || (*start == '0' && end - start > 1))
        return false;
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        if (end == fraction)
            return false;
    }
    if (exponent)
        end = skip_exponent(end);
    size_t length = (size_t)(end - start);
    char copy[NUMBER_BYTES_MAX + 1];
    if (length > NUMBER_BYTES_MAX)
        return false;
    memcpy(copy, start, length);
    copy[length] = '\0';
    double number = strtod(copy, NULL);
    if (!isfinite(number))
        return false;
    *value = number;
    *at = end;
    return true;
}

static bool take_signed(const char **at, double *value) {
    bool negative = **at == '-';
    if (negative)
        ++*at;
    double number;
    if (!take_number(at, true, &number))
        return false;
    *value = negative ? -number : number;
    return true;
}

bool units_number(const char *text, double *value) {
    double number;
    if (!take_signed(&text, &number) || *text != '\0')
        return false;
    *value = number;
    return true;
}

bool units_percent(const char *text, double *fraction) {
    double number;
    if (!take_signed(&text, &number) || strcmp(text, "%") != 0)
        return false;
    *fraction = number / 100.0;
    return true;
}

bool units_duration(const char *text, double *seconds) {
    static const struct {
        char letter;
        double seconds;
    } parts[] = {
        {'d', SECONDS_PER_DAY}, {'h', SECONDS_PER_HOUR}, {'m', SECONDS_PER_MINUTE}, {'s', 1}};
    const size_t count = sizeof parts / sizeof *parts;
    double sum = 0;
    size_t next = 0;
    do {
        double number;
        if (!take_number(&text, false, &number))
            return false;
        while (next < count && parts[next].letter != *text)
            next++;
        if (next == count)
            return false;
        sum += number * parts[next++].seconds;
        text++;
    } while (*text != '\0');
    if (!isfinite(sum))
        return false;
    *seconds = sum;
    return true;
}

bool units_bytes(const char *text, double *bytes) {
    static const struct {
        const char *suffix;
        double bytes;
    } units[] = {{"", 1},           {"k", 1e3},  {"Ki", KIB},      {"M", 1e6},  {"Mi", MIB},
                 {"G", 1e9},        {"Gi", GIB}, {"T", 1e12},      {"P", 1e15}, {"Ti", 1024 * GIB},
                 {"Pi", MIB * GIB}, {"E", 1e18}, {"Ei", GIB * GIB}};
    double number;
    if (!take_number(&text, true, &number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].suffix) != 0)
            continue;
        double product = number * units[i].bytes;
        if (!isfinite(product))
            return false;
        *bytes = product;
        return true;
    }
    return false;
}

bool units_cores(const char *text, double *cores) {
    double number;
    if (!take_number(&text, true, &number))
        return false;
    if (strcmp(text, "m") == 0)
        number /= 1000.0;
    else if (*text != '\0')
        return false;
    *cores = number;
    return true;
}

/** A number that is not finite has no text of its own. */
static bool print_unknown(char *buffer, size_t size, double value) {
    if (isfinite(value))
        return false;
    snprintf(buffer, size, "unknown");
    return true;
}

char *units_print_bytes(char *buffer, size_t size, double bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    const size_t last = sizeof units / sizeof *units - 1;
    if (print_unknown(buffer, size, bytes))
        return buffer;
    size_t unit = 0;
    /* 1023.95 KiB would round to "1024.0 KiB". */
    for (; unit < last && fabs(bytes) >= 1023.95; unit++)
        bytes /= KIB;
    const char *format = unit == 0 || fabs(bytes) >= 99.95 ? "%.0f %s" : "%.1f %s";
    snprintf(buffer, size, format, bytes, units[unit]);
    return buffer;
}

char *units_print_quantity(char *buffer, size_t size, double bytes) {
    static const struct {
        const char *suffix;
        double bytes;
    } exact[] = {{"Gi", GIB}, {"Mi", MIB}, {"G", 1e9}, {"M", 1e6}, {"Ki", KIB}};
    if (print_unknown(buffer, size, bytes))
        return buffer;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        if (bytes < exact[i].bytes || fmod(bytes, exact[i].bytes) != 0)
            continue;
        snprintf(buffer, size, "%.0f%s", bytes / exact[i].bytes, exact[i].suffix);
        return buffer;
    }
    if (bytes >= MIB)
        snprintf(buffer, size, "%.0fMi", floor(bytes / MIB));
    else
        snprintf(buffer, size, "%.0f", floor(bytes));
    return buffer;
}

char *units_print_cores(char *buffer, size_t size, double cores) {
    if (print_unknown(buffer, size, cores))
        return buffer;
    double thousandths = round(cores * 1000.0);
    /* What is not nothing must not be printed as nothing. */
    if (thousandths < 1 && cores > 0)
        thousandths = 1;
    if (fmod(thousandths, 1000) == 0)
        snprintf(buffer, size, "%.0f", thousandths / 1000.0);
    else
        snprintf(buffer, size, "%.0fm", thousandths);
    return buffer;
}

char *units_print_duration(char *buffer, size_t size, double seconds) {
    if (print_unknown(buffer, size, seconds))
        return buffer;
    if (seconds < 1) {
        snprintf(buffer, size, "%.3gs", seconds);
        return buffer;
    }
    double rest = round(seconds);
    double days = floor(rest / SECONDS_PER_DAY);
    rest -= days * SECONDS_PER_DAY;
    const struct {
        double count;
        char letter;
    } parts[] = {{days, 'd'},
                 {floor(rest / SECONDS_PER_HOUR), 'h'},
                 {floor(fmod(rest, SECONDS_PER_HOUR) / SECONDS_PER_MINUTE), 'm'},
                 {fmod(rest, SECONDS_PER_MINUTE), 's'}};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && used < size; i++)
        if (parts[i].count > 0)
            used += (size_t)snprintf(buffer + used, size - used, "%.0f%c", parts[i].count,
                                     parts[i].letter);
    return buffer;
}

/** Drop ".0" before the end of the number that ends the text. */
static void drop_zero_decimal(char *number) {
    size_t length = strlen(number);
    if (length > 2 && strcmp(number + length - 2, ".0") == 0)
        number[length - 2] = '\0';
}

char *units_print_percent(char *buffer, size_t size, double fraction) {
    if (print_unknown(buffer, size, fraction))
        return buffer;
    double percent = fraction * 100.0;
    if (percent < 0 && percent > -0.05)
        percent = 0; /* would be "-0%" */
    if (percent > 0 && percent < 0.1 - 1e-9) {
        snprintf(buffer, size, "<0.1%%");
    } else if (percent > 99.9 + 1e-9 && percent < 100) {
        snprintf(buffer, size, ">99.9%%");
    } else {
        /* Near nothing and near certainty a decimal matters; between them it is noise. */
        char number[400];
        bool fine = fabs(percent) < 10 || (percent > 90 && percent < 100);
        snprintf(number, sizeof number, fine ? "%.1f" : "%.0f", percent);
        drop_zero_decimal(number);
        snprintf(buffer, size, "%s%%", number);
    }
    return buffer;
}

char *units_print_usd(char *buffer, size_t size, double usd) {
    if (print_unknown(buffer, size, usd))
        return buffer;
    char plain[400];
    snprintf(plain, sizeof plain, "%.2f", fabs(usd));
    bool negative = usd < 0 && strcmp(plain, "0.00") != 0;
    size_t digits = strcspn(plain, ".");
    char grouped[600];
    size_t used = 0;
    for (size_t i = 0; plain[i]; i++) {
        if (i > 0 && i < digits && (digits - i) % 3 == 0)
            grouped[used++] = ',';
        grouped[used++] = plain[i];
    }
    grouped[used] = '\0';
    snprintf(buffer, size, "%s$%s", negative ? "-" : "", grouped);
    return buffer;
}
