/**
 * Units: strict reading and plain writing of the quantities people put into YAML.
 *
 * Every reader takes the whole NUL-terminated text: no surrounding space, no trailing characters,
 * no octal, hexadecimal, nan or inf. On failure it returns false and leaves `*value` alone.
 * Thread safety: every function is pure but for the buffer it is given.
 */
#ifndef SIM_BASE_UNITS_H
#define SIM_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#define KIB 1024.0
#define MIB (1024.0 * KIB)
#define GIB (1024.0 * MIB)

#define SECONDS_PER_MINUTE 60.0
#define SECONDS_PER_HOUR 3600.0
#define SECONDS_PER_DAY 86400.0
/** A billing month as AWS counts it. */
#define HOURS_PER_MONTH 730.0
#define SECONDS_PER_MONTH (HOURS_PER_MONTH * SECONDS_PER_HOUR)
#define DAYS_PER_MONTH (HOURS_PER_MONTH / 24.0)

/** `12`, `0.5`, `1e3`: a finite decimal number. */
bool units_number(const char *text, double *value);

/** `90s`, `30m`, `2h`, `7d`, also joined as in `1h30m`: seconds. A bare number is refused. */
bool units_duration(const char *text, double *seconds);

/** Kubernetes bytes: `512Mi`, `10Gi`, `500M`, `1048576`: bytes. `Mi` is 2^20, `M` is 10^6. */
bool units_bytes(const char *text, double *bytes);

/** Kubernetes CPU: `500m`, `2`, `0.25`: cores. */
bool units_cores(const char *text, double *cores);

/** `5%`, `0.1%`: a fraction (0.05). A bare number is refused. */
bool units_percent(const char *text, double *fraction);

/** Writers: at most `size` bytes with a final NUL into `buffer`, which they return. */
char *units_print_bytes(char *buffer, size_t size, double bytes);      /* 1.4 GiB */
char *units_print_quantity(char *buffer, size_t size, double bytes);   /* 1433Mi, as Kubernetes */
char *units_print_cores(char *buffer, size_t size, double cores);      /* 250m, as Kubernetes */
char *units_print_duration(char *buffer, size_t size, double seconds); /* 2h, 1h30m, 7d */
char *units_print_percent(char *buffer, size_t size, double fraction); /* 0.1%, <0.1%, 94% */
char *units_print_usd(char *buffer, size_t size, double usd);          /* $33.17 */

#endif
