/**
 * A values file as JSON, to compare with what Helm holds of a release. Thread safety: reentrant.
 */
#ifndef STACK_VALUES_JSON_H
#define STACK_VALUES_JSON_H

#include "sim/base/status.h"

#include <jansson.h>

/** Parse `length` bytes of YAML; `name` names them in messages. Plain scalars become null, true,
 *  false or numbers where YAML's JSON schema says so, all others strings. json_decref() it. */
enum status values_json(const char *name, const char *yaml, size_t length, json_t **values,
                        struct diagnostics *diagnostics) MUST_CHECK;

#endif
