/** A small JSON Schema checker: enough of draft 2020-12 for the project's own schema. */
#ifndef TESTS_UNIT_JSON_CHECK_H
#define TESTS_UNIT_JSON_CHECK_H

#include "sim/base/yaml_tree.h"

#include <jansson.h>
#include <stdbool.h>

/** A YAML tree as JSON, as an editor sees it: plain true, false, null and numbers by their kind,
 *  everything else text. */
json_t *json_of_yaml(const struct yaml_node *node);

/** Whether `value` keeps to `schema`; a keyword that the checker does not know fails the test. */
bool json_keeps_to(const json_t *schema, const json_t *value);

#endif
