#include "reports/json_sensitivity.h"

static json_t *share_object(struct json_maker *maker, double value, double low, double high) {
    json_t *object = json_maker_object(maker);
    json_maker_real(maker, object, "value", value);
    json_maker_real(maker, object, "low", low);
    json_maker_real(maker, object, "high", high);
    return object;
}

static json_t *index_object(struct json_maker *maker, const struct sensitivity_index *index) {
    json_t *object = json_maker_object(maker);
    json_maker_set(maker, object, "first_order",
                   share_object(maker, index->first, index->first_low, index->first_high));
    json_maker_set(maker, object, "total",
                   share_object(maker, index->total, index->total_low, index->total_high));
    return object;
}

/** Cost and nodes are null where no plan passes. */
static json_t *end_object(struct json_maker *maker, const struct sensitivity_end *end) {
    json_t *object = json_maker_object(maker);
    json_maker_real(maker, object, "at", end->at);
    json_maker_real(maker, object, "miss_probability", end->risk);
    json_maker_bool(maker, object, "holds", end->holds);
    json_maker_string(maker, object, "reason", end->reason);
    if (end->found)
        json_maker_real(maker, object, "cheapest_monthly_usd", end->monthly_usd);
    else
        json_maker_set(maker, object, "cheapest_monthly_usd", json_null());
    json_maker_string(maker, object, "cheapest_nodes", end->found ? end->nodes : NULL);
    return object;
}

json_t *json_sensitivity(struct json_maker *maker, const struct result *result) {
    json_t *array = json_maker_array(maker);
    for (size_t i = 0; i < result->sensitivity_count; i++) {
        const struct sensitivity *row = &result->sensitivity[i];
        json_t *object = json_maker_object(maker);
        json_maker_string(maker, object, "input", row->name);
        json_maker_string(maker, object, "title", row->title);
        json_maker_string(maker, object, "at_is", row->per);
        json_maker_set(maker, object, "p10", end_object(maker, &row->low));
        json_maker_set(maker, object, "p90", end_object(maker, &row->high));
        json_maker_bool(maker, object, "changes_decision", row->decides);
        json_maker_set(maker, object, "memory_headroom", index_object(maker, &row->memory));
        json_maker_set(maker, object, "disk_headroom", index_object(maker, &row->disk));
        json_maker_append(maker, array, object);
    }
    return array;
}

json_t *json_sensitivity_summary(struct json_maker *maker,
                                 const struct sensitivity_summary *summary) {
    json_t *object = json_maker_object(maker);
    json_t *chance = json_maker_object(maker);
    json_maker_set(maker, object, "base", end_object(maker, &summary->base));
    json_maker_set(maker, chance, "memory_headroom", index_object(maker, &summary->chance_memory));
    json_maker_set(maker, chance, "disk_headroom", index_object(maker, &summary->chance_disk));
    json_maker_set(maker, object, "chance", chance);
    json_maker_whole(maker, object, "replicas", (double)summary->replicas);
    json_maker_whole(maker, object, "evaluations", (double)summary->evaluations);
    json_maker_string(maker, object, "measure_next", summary->measure_next);
    return object;
}
