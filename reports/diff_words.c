#include "reports/diff_words.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>

const char *diff_unit_name(enum diff_unit unit) {
    static const char *const names[] = {
        [DIFF_UNIT_NONE] = NULL,
        [DIFF_UNIT_BYTES] = "bytes",
        [DIFF_UNIT_CORES] = "cores",
        [DIFF_UNIT_CORES_USED] = "cores",
        [DIFF_UNIT_MIB] = "MiB",
        [DIFF_UNIT_GIB] = "GiB",
        [DIFF_UNIT_USD] = "USD/month",
        [DIFF_UNIT_CHANCE] = "fraction",
        [DIFF_UNIT_SHARE] = "fraction",
        [DIFF_UNIT_SECONDS] = "seconds",
        [DIFF_UNIT_BYTES_PER_SECOND] = "bytes/second",
        [DIFF_UNIT_GB_PER_DAY] = "GB/day",
        [DIFF_UNIT_PER_SECOND] = "1/second",
        [DIFF_UNIT_NUMBER] = "1",
    };
    return names[unit];
}

static bool is_quantity(enum diff_unit unit) {
    return unit == DIFF_UNIT_BYTES || unit == DIFF_UNIT_CORES;
}

/** A number and what it counts. */
static void print_counted(char *buffer, size_t size, double number, const char *what) {
    char words[PHRASE_BYTES];
    snprintf(buffer, size, "%s%s", phrase_number(words, sizeof words, number), what);
}

char *diff_print_value(char *buffer, size_t size, enum diff_unit unit, double value) {
    char words[PHRASE_BYTES];
    if (is_quantity(unit) && value == 0) {
        snprintf(buffer, size, "unset");
        return buffer;
    }
    switch (unit) {
    case DIFF_UNIT_BYTES:
        return units_print_quantity(buffer, size, value);
    case DIFF_UNIT_CORES:
        return units_print_cores(buffer, size, value);
    case DIFF_UNIT_CORES_USED:
        print_counted(buffer, size, value, " cores");
        break;
    case DIFF_UNIT_MIB:
        return units_print_bytes(buffer, size, value * MIB);
    case DIFF_UNIT_GIB:
        return units_print_bytes(buffer, size, value * GIB);
    case DIFF_UNIT_USD:
        return units_print_usd(buffer, size, value);
    case DIFF_UNIT_CHANCE:
        return phrase_chance(buffer, size, value);
    case DIFF_UNIT_SHARE:
        return phrase_share(buffer, size, value);
    case DIFF_UNIT_SECONDS:
        return units_print_duration(buffer, size, value);
    case DIFF_UNIT_BYTES_PER_SECOND:
        snprintf(buffer, size, "%s/s", units_print_bytes(words, sizeof words, value));
        break;
    case DIFF_UNIT_GB_PER_DAY:
        print_counted(buffer, size, value, " GB");
        break;
    case DIFF_UNIT_NONE:
    case DIFF_UNIT_PER_SECOND:
    case DIFF_UNIT_NUMBER:
        print_counted(buffer, size, value, "");
        break;
    }
    return buffer;
}

/** In per cent of `from`; nothing when there is no such figure or it would read as zero. */
static void print_relative(char *buffer, size_t size, double from, double to) {
    double percent = from > 0 ? 100 * (to / from - 1) : 0;
    buffer[0] = '\0';
    if (isfinite(percent) && fabs(percent) >= 0.05)
        snprintf(buffer, size, " (%+.*f %%)", fabs(percent) < 9.95 ? 1 : 0, percent);
}

/** Below this a chance reads as <0.1 %, and a factor would be made of noise. */
#define CHANCE_READABLE 0.001

/** In percentage points; where it is half as much again or more, also as a factor. */
static void print_points(char *buffer, size_t size, double from, double to) {
    char factor[PHRASE_BYTES] = "", number[PHRASE_BYTES];
    bool readable = from >= CHANCE_READABLE && to >= CHANCE_READABLE;
    double points = 100 * (to - from), ratio = readable ? to / from : 0;
    if (ratio >= 1.5)
        snprintf(factor, sizeof factor, " (×%.40s)", phrase_number(number, sizeof number, ratio));
    else if (ratio > 0 && ratio <= 1 / 1.5)
        snprintf(factor, sizeof factor, " (÷%.40s)",
                 phrase_number(number, sizeof number, 1 / ratio));
    if (fabs(points) >= 0.05)
        snprintf(buffer, size, "%+.1f points%s", points, factor);
    else
        snprintf(buffer, size, "%+.1g points%s", points, factor);
}

/** A difference of durations: days with a decimal, or whole minutes, where it is no round one. */
static void print_seconds(char *buffer, size_t size, double seconds) {
    if (seconds >= SECONDS_PER_DAY && fmod(seconds, SECONDS_PER_HOUR) != 0)
        snprintf(buffer, size, "%.1f days", seconds / SECONDS_PER_DAY);
    else if (seconds >= SECONDS_PER_HOUR)
        units_print_duration(buffer, size,
                             SECONDS_PER_MINUTE * round(seconds / SECONDS_PER_MINUTE));
    else
        units_print_duration(buffer, size, seconds);
}

char *diff_print_change(char *buffer, size_t size, enum diff_unit unit, double from, double to) {
    char absolute[PHRASE_BYTES], relative[PHRASE_BYTES];
    buffer[0] = '\0';
    if (unit == DIFF_UNIT_NONE)
        return buffer;
    if (is_quantity(unit) && (from == 0 || to == 0)) {
        snprintf(buffer, size, from == 0 ? "now set" : "no longer set");
        return buffer;
    }
    if (unit == DIFF_UNIT_CHANCE || unit == DIFF_UNIT_SHARE) {
        print_points(buffer, size, from, to);
        return buffer;
    }
    if (unit == DIFF_UNIT_SECONDS)
        print_seconds(absolute, sizeof absolute, fabs(to - from));
    else
        diff_print_value(absolute, sizeof absolute, unit, fabs(to - from));
    print_relative(relative, sizeof relative, from, to);
    snprintf(buffer, size, "%s%.80s%.40s", to < from ? "-" : "+", absolute, relative);
    return buffer;
}

const char *diff_verdict(bool holds) {
    return holds ? "holds" : "missed";
}
