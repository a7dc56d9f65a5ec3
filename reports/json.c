/* result.json, by jansson. */
#include "reports/break_even.h"
#include "reports/json_plan.h"
#include "reports/json_sensitivity.h"
#include "reports/phrase.h"
#include "reports/report.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static json_t *workload_object(struct json_maker *maker, const struct result *result) {
    json_t *object = json_maker_object(maker);
    json_maker_real(maker, object, "log_gb_per_day", result->log_gb_per_day);
    json_maker_real(maker, object, "spans_per_second_mean", result->span_per_second_mean);
    return object;
}

static json_t *managed_object(struct json_maker *maker, const struct result *result) {
    json_t *all = json_maker_object(maker);
    for (size_t i = 0; i < MANAGED_COUNT; i++) {
        const struct managed_outcome *managed = &result->managed[i];
        if (managed->bill.count == 0)
            continue;
        json_t *one = json_maker_object(maker);
        json_maker_real(maker, one, "monthly_usd", managed->monthly_usd);
        json_maker_set(maker, one, "items", json_bill_items(maker, &managed->bill));
        json_maker_set(maker, all, managed_name(managed->service), one);
    }
    return all;
}

static json_t *plans_array(struct json_maker *maker, struct plan_outcome *const *plans,
                           size_t count) {
    json_t *array = json_maker_array(maker);
    for (size_t i = 0; i < count; i++)
        json_maker_append(maker, array, json_plan(maker, plans[i]));
    return array;
}

/** A number, or null where there is none. */
static void set_real_or_null(struct json_maker *maker, json_t *object, const char *key, bool known,
                             double value) {
    if (known)
        json_maker_real(maker, object, key, value);
    else
        json_maker_set(maker, object, key, json_null());
}

/** Null when no plan holds, so that there is none to load further. */
static json_t *headroom_or_null(struct json_maker *maker, const struct result *result) {
    const struct headroom *headroom = &result->headroom;
    if (!headroom->known)
        return json_null();
    json_t *object = json_maker_object(maker);
    bool missed = headroom->first_miss > 0;
    bool grows = result->scenario->workload.profile.growth_fraction_per_month > 0;
    json_maker_real(maker, object, "load_multiple", headroom->multiple);
    set_real_or_null(maker, object, "first_miss_load_multiple", missed, headroom->first_miss);
    json_maker_string(maker, object, "reason", missed ? headroom->reason : NULL);
    set_real_or_null(maker, object, "months_of_growth", grows, headroom->months_of_growth);
    return object;
}

/** By rising load; below it the service is the cheaper one. */
static json_t *break_even_array(struct json_maker *maker, const struct result *result) {
    json_t *array = json_maker_array(maker);
    struct break_even_list list;
    break_even_collect(result, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct break_even *point = list.points[i];
        json_t *object = json_maker_object(maker);
        json_maker_string(maker, object, "service", managed_name(point->service));
        json_maker_bool(maker, object, "found", point->found);
        json_maker_bool(maker, object, "managed_always_cheaper",
                        !point->found && point->managed_cheaper);
        set_real_or_null(maker, object, "load_multiple", point->found, point->multiple);
        set_real_or_null(maker, object, "log_gb_per_day", point->found, point->log_gb_per_day);
        json_maker_append(maker, array, object);
    }
    return array;
}

/** How wide the search was, and the plans that nothing is both cheaper and safer than. */
static json_t *search_object(struct json_maker *maker, const struct result *result) {
    json_t *object = json_maker_object(maker);
    json_maker_whole(maker, object, "candidates_screened", (double)result->candidates_screened);
    json_maker_whole(maker, object, "candidates_verified", (double)result->candidates_verified);
    json_maker_string(maker, object, "next_step", result->next_step);
    json_maker_string(maker, object, "volumes", result->volumes_note);
    json_t *front = json_maker_array(maker);
    for (size_t i = 0; i < result->candidate_count; i++) {
        if (!result->candidates[i].efficient)
            continue;
        json_t *point = json_maker_object(maker);
        json_maker_real(maker, point, "monthly_usd", result->candidates[i].monthly_usd);
        json_maker_real(maker, point, "miss_probability", result->candidates[i].miss_probability);
        json_maker_append(maker, front, point);
    }
    json_maker_set(maker, object, "efficient", front);
    return object;
}

static json_t *brief_array(struct json_maker *maker, const struct result *result) {
    json_t *array = json_maker_array(maker);
    for (size_t i = 0; i < result->brief_count; i++) {
        json_t *line = json_maker_object(maker);
        json_maker_string(maker, line, "item", result->brief[i].item);
        json_maker_real(maker, line, "brief_usd_per_month", result->brief[i].brief_usd);
        json_maker_real(maker, line, "list_usd_per_month", result->brief[i].list_usd);
        json_maker_string(maker, line, "note", result->brief[i].note);
        json_maker_append(maker, array, line);
    }
    return array;
}

/** JSON's integers end at 2^63 here; a seed above is written as a string of its digits. */
static json_t *seed_value(uint64_t seed) {
    char digits[24];
    if (seed <= INT64_MAX)
        return json_integer((json_int_t)seed);
    snprintf(digits, sizeof digits, "%" PRIu64, seed);
    return json_string(digits);
}

/** Whose measurements the models were fitted to, where not the shipped ones. */
static json_t *calibration_object(struct json_maker *maker, const struct calibrate_user_use *use) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "file", use->file);
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        json_t *model = json_maker_object(maker);
        json_maker_whole(maker, model, "points", use->points[m]);
        if (use->beyond[m])
            json_maker_string(maker, model, "beyond_range", use->beyond[m]);
        json_maker_set(maker, object, predict_model_name((enum predict_model)m), model);
    }
    return object;
}

static json_t *result_object(struct json_maker *maker, const struct result *result) {
    const struct scenario *scenario = result->scenario;
    json_t *object = json_maker_object(maker);
    json_maker_whole(maker, object, "schema_version", RESULT_SCHEMA_VERSION);
    json_maker_string(maker, object, "version", phrase_version());
    json_maker_string(maker, object, "scenario", scenario->name);
    json_maker_string(maker, object, "region", scenario->region);
    json_maker_set(maker, object, "seed", seed_value(scenario->simulation.seed));
    json_maker_whole(maker, object, "replicas", (double)scenario->simulation.replicas);
    json_maker_real(maker, object, "horizon_seconds", scenario->simulation.horizon_seconds);
    json_maker_real(maker, object, "step_seconds", scenario->simulation.step_seconds);
    if (result->calibration.file)
        json_maker_set(maker, object, "calibration",
                       calibration_object(maker, &result->calibration));
    json_maker_string(maker, object, "verdict", result->holds ? "holds" : "missed");
    json_maker_set(maker, object, "workload", workload_object(maker, result));
    json_maker_set(maker, object, "as_written", json_plan(maker, result->as_written));
    json_maker_set(maker, object, "best",
                   result->best ? json_plan(maker, result->best) : json_null());
    json_maker_set(maker, object, "alternatives",
                   plans_array(maker, result->alternatives, result->alternative_count));
    json_maker_set(maker, object, "cheaper",
                   plans_array(maker, result->cheaper, result->cheaper_count));
    json_maker_set(maker, object, "headroom", headroom_or_null(maker, result));
    json_maker_set(maker, object, "break_even", break_even_array(maker, result));
    json_maker_set(maker, object, "managed", managed_object(maker, result));
    json_maker_set(maker, object, "brief", brief_array(maker, result));
    json_maker_set(maker, object, "search", search_object(maker, result));
    json_maker_set(maker, object, "sensitivity", json_sensitivity(maker, result));
    if (result->sensitivity_summary.known)
        json_maker_set(maker, object, "sensitivity_summary",
                       json_sensitivity_summary(maker, &result->sensitivity_summary));
    return object;
}

enum status report_json(const struct report *report, struct text *text,
                        struct diagnostics *diagnostics) {
    struct json_maker maker = {0};
    json_t *root = result_object(&maker, report->result);
    return json_maker_write(&maker, root, "result.json", text, diagnostics);
}
