/**
 * A key's documentation in parts that several writers share. Private to the files sim/scenario*.c.
 */
#ifndef SIM_SCENARIO_DOCS_H
#define SIM_SCENARIO_DOCS_H

#include "sim/scenario_schema.h"

/** What the value is, in one or two words: "duration", "percentage", "one of snappy, gzip, zstd".
 */
char *scenario_docs_type(const struct scenario_field *field, char *buffer, size_t size);

/** "24h to 3650d", "1 to 8 items"; empty when there is no range. */
char *scenario_docs_range(const struct scenario_field *field, char *buffer, size_t size);

/** Whether a value of the field has a least and a most. */
bool scenario_docs_is_ranged(const struct scenario_field *field);

/** Whether the value is a list. */
bool scenario_docs_is_list(const struct scenario_field *field);

#endif
