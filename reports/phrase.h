/**
 * How numbers and verdicts read, so that they read the same in every report.
 *
 * Writers put at most `size` bytes with a final NUL into `buffer`, which they return. Money,
 * bytes, cores and durations are those of sim/base/units.h. Pure but for the buffer; thread-safe.
 */
#ifndef REPORTS_PHRASE_H
#define REPORTS_PHRASE_H

#include "sim/plan.h"
#include "sim/result.h"

#include <stdbool.h>
#include <stddef.h>

/** Enough for any of the phrases below. */
#define PHRASE_BYTES 96

/** The engine's words as reports write them: `95%` becomes `95 %`. Room for twice
 *  their length is enough; what does not fit is cut. */
char *phrase_words(char *buffer, size_t size, const char *words);

/** `94 %`, `99.5 %`, `<0.1 %`, `>99.9 %`: never a false 0 % or 100 %. */
char *phrase_chance(char *buffer, size_t size, double probability);

/** A share, which may be plainly nothing, all, or below zero: `0 %`, `93 %`, `-12 %`, `0.4 %`. */
char *phrase_share(char *buffer, size_t size, double fraction);

/** The interval in per cent, rounded outward: `93.5–94.5`. */
char *phrase_interval(char *buffer, size_t size, const struct probability *probability);

/** `94 % (93.5–94.5)`. */
char *phrase_probability(char *buffer, size_t size, const struct probability *probability);

/** A whole number with thousands separated: `10,000`. */
char *phrase_count(char *buffer, size_t size, double count);
/** The same in `arena`; NULL when memory is out. */
const char *phrase_count_in(struct arena *arena, double count);

/** A quantity with up to two decimals and thousands separated: `730`, `35.5`, `1,240.25`. */
char *phrase_quantity(char *buffer, size_t size, double quantity);

/** Two to three significant digits: `0.31`, `12`, `0.004`. */
char *phrase_number(char *buffer, size_t size, double number);

/** `month` for a horizon of about a month, `week`, `year`, `day`, else `12-day run`; plural takes
 *  an s. */
char *phrase_horizon(char *buffer, size_t size, double seconds);

/** The price of one unit, with the digits it needs: `$0.0416`, `$0.08`, `$5.00`. */
char *phrase_unit_price(char *buffer, size_t size, double usd);

/** `512Mi → 2Gi`; an unset side is a dash. */
char *phrase_memory_range(char *buffer, size_t size, double request_bytes, double limit_bytes);

/** `500m → 2`; an unset side is a dash. */
char *phrase_cpu_range(char *buffer, size_t size, double request_cores, double limit_cores);

/** Bytes of the control character that UTF-8 `words` begin with, of C0 or C1: what a terminal would
 *  obey, not show; 0 when they begin with none. */
size_t phrase_control_bytes(const char *words);

/** `✓ holds` or `✗ missed`: a symbol beside the word, so that colour is never needed. */
const char *phrase_verdict_marked(bool holds);

/** Title of a component in the plan: `OTel Collector`, `Promtail`, ... */
const char *phrase_component(const struct plan *plan, enum component component);

/** `AWS`, `Grafana Cloud`, ...: short enough for a row of a chart. */
const char *phrase_service(enum managed_service service);

/** The program's version, the same in every report; static storage. */
const char *phrase_version(void);

/** Is the space at `space` in `words` between a number and its unit, or in `2 x t3.medium`, so no
 *  place to break a line? */
bool phrase_binds_unit(const char *words, size_t space);

#endif
