/**
 * A plan and its outcome as JSON, and the makers the rest of result.json is built with.
 *
 * A json_maker's failure is sticky, so that building reads straight on and looks once at its end.
 * Every function takes over the values it is given and never returns one that must be freed when
 * it was set into another.
 */
#ifndef REPORTS_JSON_PLAN_H
#define REPORTS_JSON_PLAN_H

#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/result.h"

#include <jansson.h>
#include <stdbool.h>

struct json_maker {
    const char *not_finite; /**< key of the first number that was not finite; NULL when none */
    bool failed;            /**< memory ran out */
};

json_t *json_maker_object(struct json_maker *maker);
json_t *json_maker_array(struct json_maker *maker);

/** Set `key` of `object` to `value`, which is taken over; NULL is a failure. */
void json_maker_set(struct json_maker *maker, json_t *object, const char *key, json_t *value);
void json_maker_append(struct json_maker *maker, json_t *array, json_t *value);

/** A string; NULL becomes null. In one that is not UTF-8, bytes beyond ASCII become `?`. */
void json_maker_string(struct json_maker *maker, json_t *object, const char *key,
                       const char *string);
void json_maker_real(struct json_maker *maker, json_t *object, const char *key, double value);
/** A number that is whole by its nature (bytes, counts): rounded, all its digits kept. */
void json_maker_whole(struct json_maker *maker, json_t *object, const char *key, double value);
void json_maker_bool(struct json_maker *maker, json_t *object, const char *key, bool value);

/**
 * Add `root`, which is taken over, to `text` with six significant digits: more is noise, and a last
 * bit that differs between machines must not make two results differ. STATUS_INTERNAL when a number
 * was not finite, STATUS_SYSTEM when memory is out, in `what`.
 */
enum status json_maker_write(const struct json_maker *maker, json_t *root, const char *what,
                             struct text *text, struct diagnostics *diagnostics) MUST_CHECK;

/** The array of a bill's items. */
json_t *json_bill_items(struct json_maker *maker, const struct bill *bill);

/** PLAN: nodes, placement, components, cost, targets, binding. */
json_t *json_plan(struct json_maker *maker, const struct plan_outcome *outcome);

#endif
