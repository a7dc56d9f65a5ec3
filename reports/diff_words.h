/**
 * How a compared figure and its change read.
 *
 * Writers put at most `size` bytes with a final NUL into `buffer`, which they return. Pure but for
 * the buffer.
 */
#ifndef REPORTS_DIFF_WORDS_H
#define REPORTS_DIFF_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/** Enough for any of the phrases below. */
#define DIFF_WORDS_BYTES 128

enum diff_unit {
    DIFF_UNIT_NONE,  /**< words */
    DIFF_UNIT_BYTES, /**< of a request or limit: `512Mi`, `unset` */
    DIFF_UNIT_CORES, /**< of a request or limit: `500m`, `unset` */
    DIFF_UNIT_CORES_USED,
    DIFF_UNIT_MIB,
    DIFF_UNIT_GIB,
    DIFF_UNIT_USD,
    DIFF_UNIT_CHANCE, /**< a fraction that a simulation estimates: never a false 0 % or 100 % */
    DIFF_UNIT_SHARE,  /**< a fraction that may be plainly nothing */
    DIFF_UNIT_SECONDS,
    DIFF_UNIT_BYTES_PER_SECOND,
    DIFF_UNIT_GB_PER_DAY,
    DIFF_UNIT_PER_SECOND,
    DIFF_UNIT_NUMBER
};

/** For JSON: `bytes`, `USD/month`, ...; NULL for words. Static storage. */
const char *diff_unit_name(enum diff_unit unit);

/** The value with its unit. */
char *diff_print_value(char *buffer, size_t size, enum diff_unit unit, double value);

/** Absolute and relative: `+$30.69 (+92 %)`, `-99.2 points (÷143)`, `+2.0 GiB (+50 %)`. */
char *diff_print_change(char *buffer, size_t size, enum diff_unit unit, double from, double to);

/** `holds` or `missed`. */
const char *diff_verdict(bool holds);

#endif
