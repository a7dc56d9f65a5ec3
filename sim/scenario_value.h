/**
 * One value of a scenario: text to number, range, and what to say when it does not fit.
 * Private to the files sim/scenario*.c. Thread-safe but for the buffers given.
 */
#ifndef SIM_SCENARIO_VALUE_H
#define SIM_SCENARIO_VALUE_H

#include "sim/base/arena.h"
#include "sim/scenario_schema.h"

/** Why a value was refused. */
struct scenario_refusal {
    char message[320];
    char hint[192]; /**< empty when there is nothing to suggest */
};

/** Read the scalar `text` as `field` wants it: a number in the stored unit, the index of a choice,
 *  0 for text. False, and `*value` untouched, when it does not read or is out of range. */
bool scenario_value_read(const struct scenario_field *field, const char *text, double *value);

/** Put a value that was read into the member of `base`; false when memory is out. */
bool scenario_value_store(const struct scenario_field *field, const char *text, double value,
                          struct arena *arena, void *base);

/** Whether a scalar is YAML's way of saying nothing: empty, `~` or `null`, and not quoted. */
bool scenario_value_is_null(const char *text, bool quoted);

/** Say what is wrong with a scalar that scenario_value_read() refused, or that is quoted where a
 *  plain one is wanted, and what may have been meant. */
void scenario_value_refuse(const struct scenario_field *field, const char *text, bool quoted,
                           struct scenario_refusal *refusal);

/** Whether quotes turn the value into text that cannot be meant (`replicas: "4"`). */
bool scenario_value_wants_plain(const struct scenario_field *field);

/** What `field` expects, as in "a duration such as 7d". */
char *scenario_value_expected(const struct scenario_field *field, char *buffer, size_t size);

/** A value of the field's stored unit as one writes it in YAML: `24h`, `16Ti`, `95%`. */
char *scenario_value_print(const struct scenario_field *field, double value, char *buffer,
                           size_t size);

/** The value that was most likely meant by `text`, as one writes it; false when no guess fits. */
bool scenario_value_guess(const struct scenario_field *field, const char *text, char *buffer,
                          size_t size);

#endif
