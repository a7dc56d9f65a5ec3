#include "sim/calibrate_user_range.h"

#include "sim/base/units.h"
#include "sim/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Within a tenth of a range's end counts as inside. */
static const double tolerance = 1.1;
/** Share of the variance that comes back with a doubling beyond the range. */
static const double lost_at_doubling = 0.75;
/** Inputs that are named. */
enum { NAMED_MAX = 3 };

/** Keys whose ranges say nothing: limits that change no figure or are not set, and what queries are
 *  like where there are none. */
static bool is_idle(const struct predict_key *key, const struct predict_input *input) {
    static const char *const always[] = {"memory_limit", "trace_idle_period"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (strcmp(key->name, always[i]) == 0)
            return true;
    if (strcmp(key->name, "gomemlimit") == 0)
        return (input->model == PREDICT_LOKI ? input->loki.settings.memory_goal_bytes
                                             : input->tempo.settings.memory_goal_bytes) <= 0;
    bool of_queries =
        strcmp(key->name, "query_range") == 0 || strcmp(key->name, "query_concurrency") == 0;
    return of_queries && input->loki.load.queries_per_second <= 0;
}

/** Doublings from the nearer end of the range; 0 inside. What was always there or never counts as
 *  one when it is otherwise; a share from 0 to 1 counts by its difference. */
static double doublings_beyond(const struct predict_key *key, double value, double least,
                               double most) {
    if (key->most <= 1)
        return fmax(fmax(value - most, least - value), 0);
    if (value > most * tolerance)
        return most > 0 ? log2(value / most) : 1;
    if (value * tolerance < least)
        return value > 0 ? log2(least / value) : 1;
    return 0;
}

static double encoding_beyond(const struct predict_input *input, unsigned encodings) {
    return encodings >> (unsigned)input->loki.encoding & 1 ? 0 : 1;
}

static int farthest_first(const void *a, const void *b) {
    const struct calibrate_user_outside *left = a, *right = b;
    return (left->doublings < right->doublings) - (left->doublings > right->doublings);
}

void calibrate_user_distance_of(const struct calibration_ranges *ranges,
                                const struct predict_input *input,
                                struct calibrate_user_distance *distance) {
    size_t count;
    const struct predict_key *keys = predict_keys(input->model, &count);
    double squares = 0;
    *distance = (struct calibrate_user_distance){0};
    if (!ranges || !ranges->model[input->model].known)
        return;
    for (size_t i = 0; i < count; i++) {
        double least = ranges->model[input->model].least[i];
        double most = ranges->model[input->model].most[i];
        double value = predict_input_get(input, i);
        double doublings = keys[i].kind == PREDICT_ENCODING
                               ? encoding_beyond(input, ranges->model[input->model].encodings)
                               : doublings_beyond(&keys[i], value, least, most);
        if (doublings <= 0 || is_idle(&keys[i], input))
            continue;
        squares += doublings * doublings;
        distance->outside[distance->count++] =
            (struct calibrate_user_outside){&keys[i], value, least, most, doublings};
    }
    distance->doublings = sqrt(squares);
    qsort(distance->outside, distance->count, sizeof *distance->outside, farthest_first);
}

char *calibrate_user_describe(const struct calibrate_user_distance *distance, char *buffer,
                              size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < distance->count && i < NAMED_MAX && used < size; i++) {
        const struct calibrate_user_outside *outside = &distance->outside[i];
        char value[32], least[32], most[32];
        predict_key_print(outside->key, outside->value, value, sizeof value);
        predict_key_print(outside->key, outside->least, least, sizeof least);
        predict_key_print(outside->key, outside->most, most, sizeof most);
        const char *between = i > 0 ? ", " : "";
        if (outside->key->kind == PREDICT_ENCODING)
            used += (size_t)snprintf(buffer + used, size - used, "%s%s %s (not calibrated with)",
                                     between, outside->key->name, value);
        else if (outside->most <= 0)
            used += (size_t)snprintf(buffer + used, size - used, "%s%s %s (calibrated without)",
                                     between, outside->key->name, value);
        else if (strcmp(least, most) == 0)
            used += (size_t)snprintf(buffer + used, size - used, "%s%s %s (calibrated at %s)",
                                     between, outside->key->name, value, least);
        else
            used += (size_t)snprintf(buffer + used, size - used, "%s%s %s (calibrated at %s to %s)",
                                     between, outside->key->name, value, least, most);
    }
    if (distance->count > NAMED_MAX && used < size)
        snprintf(buffer + used, size - used, ", and %zu more", distance->count - NAMED_MAX);
    return buffer;
}

void calibrate_user_widen(struct calibration *calibration, enum predict_model model,
                          double doublings) {
    char of_errors[16];
    const struct coefficient_slot *slot;
    double lost = 1 - pow(1 - lost_at_doubling, doublings);
    snprintf(of_errors, sizeof of_errors, "%s_error", predict_model_name(model));
    for (size_t i = 0; (slot = calibration_slot(i)) != NULL; i++) {
        /* What is drawn anew at each block does not depend on who measured. */
        if (strcmp(slot->model, of_errors) != 0 || strcmp(slot->unit, "ln") != 0 ||
            strcmp(slot->name, "memory_chance") == 0)
            continue;
        double deviation = calibration_get(calibration, slot->value);
        deviation = hypot(deviation, sqrt(lost) * calibrate_user_installation(slot->name));
        calibration_set(calibration, slot->value, deviation);
    }
}

static double ratio(double part, double whole, double otherwise) {
    return whole > 0 ? part / whole : otherwise;
}

/** The scenario at `scale` times its mean load, as `simulate predict` would be asked. GOMEMLIMIT is
 *  left out: emitted values nearly always set one, and it matters only where it binds. */
static void input_of(const struct scenario *scenario, enum predict_model model, double scale,
                     struct predict_input *input) {
    const struct scenario_queries *queries = &scenario->workload.queries;
    double bytes = scenario_log_bytes_per_second(scenario);
    double lines = scenario_log_lines_per_second(scenario);
    double traces = scenario_traces_per_second(scenario);
    double spans = scenario_spans_per_second(scenario);
    predict_input_init(model, input);
    input->loki.settings = scenario->stack.loki.settings;
    input->loki.settings.memory_goal_bytes = 0;
    input->loki.encoding = (double)scenario->stack.loki.settings.encoding;
    input->loki.class_of = (struct loki_class){
        scenario_streams(scenario), bytes * scale, ratio(bytes, lines, 350),
        bytes > 0 ? scenario_compression(scenario, scenario->stack.loki.settings.encoding) : 0};
    input->loki.load.pushes_per_second = plan_service_hosts(scenario);
    input->loki.load.queries_per_second = queries->per_hour / SECONDS_PER_HOUR;
    input->loki.load.query_range_seconds = queries->range_seconds;
    input->loki.load.query_concurrency = queries->per_hour > 0 ? fmax(queries->users, 1) : 0;
    input->tempo.settings = scenario->stack.tempo.settings;
    input->tempo.settings.memory_goal_bytes = 0;
    input->tempo.load =
        (struct tempo_load){traces * scale, ratio(spans, traces, 0),
                            ratio(scenario_span_bytes_per_second(scenario), spans, 0),
                            queries->per_hour / SECONDS_PER_HOUR};
}

void calibrate_user_scenario(const struct calibration_ranges *ranges,
                             const struct scenario *scenario, enum predict_model model,
                             struct calibrate_user_distance *distance) {
    struct calibrate_user_distance busy;
    struct predict_input input;
    double busiest = 1;
    for (size_t hour = 0; hour < 24; hour++)
        busiest = fmax(busiest, scenario->workload.profile.daily[hour]);
    input_of(scenario, model, 1, &input);
    calibrate_user_distance_of(ranges, &input, distance);
    input_of(scenario, model, busiest, &input);
    calibrate_user_distance_of(ranges, &input, &busy);
    if (busy.doublings > distance->doublings)
        *distance = busy;
}

enum status calibrate_user_for(const struct scenario *scenario, const struct calibration *shipped,
                               struct arena *arena, struct calibrate_user_use *use,
                               struct diagnostics *diagnostics) {
    const char *file = scenario->simulation.calibration;
    *use = (struct calibrate_user_use){.calibration = shipped};
    if (!file || strcmp(file, CALIBRATION_SHIPPED) == 0)
        return STATUS_OK;
    struct calibration *own = arena_take(arena, sizeof *own);
    if (!own)
        return diagnostics_out_of_memory(diagnostics, file);
    enum status status = calibrate_user_read(arena, file, own, diagnostics);
    if (status != STATUS_OK)
        return status;
    use->file = file;
    use->calibration = own;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        struct calibrate_user_distance distance;
        char words[512];
        if (own->ranges->model[m].known)
            use->points[m] = own->ranges->model[m].points;
        calibrate_user_scenario(own->ranges, scenario, (enum predict_model)m, &distance);
        if (distance.count == 0)
            continue;
        calibrate_user_describe(&distance, words, sizeof words);
        use->beyond[m] = arena_copy(arena, words, strlen(words));
        calibrate_user_widen(own, (enum predict_model)m, distance.doublings);
        if (!use->beyond[m])
            return diagnostics_out_of_memory(diagnostics, file);
    }
    return STATUS_OK;
}
