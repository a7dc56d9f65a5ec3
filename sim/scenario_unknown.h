/**
 * A key that the schema does not know: what was meant, or where it belongs.
 * Private to the files sim/scenario*.c.
 */
#ifndef SIM_SCENARIO_UNKNOWN_H
#define SIM_SCENARIO_UNKNOWN_H

#include "sim/scenario_reader.h"

/** Complain of the unknown key of `node` in the section `parent` (a schema path). */
void scenario_complain_unknown(struct scenario_reader *reader, struct yaml_node *node,
                               const char *parent, const char *shown);

/** Complete the last complaint with the keys of the section `parent`. */
void scenario_advise_keys(struct scenario_reader *reader, const char *parent);

/** Key of the section `parent` that `key` was most likely meant to be, or NULL. */
const char *scenario_nearest_key(const char *parent, const char *key);

/** Key of any section that `key` was most likely meant to be, or NULL. */
const char *scenario_nearest_anywhere(const char *key);

/** Full path of the schema that `path` was most likely meant to be, or NULL. */
const char *scenario_nearest_path(const char *path);

#endif
