#include "reports/json_plan.h"

#include "sim/base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *json_maker_object(struct json_maker *maker) {
    json_t *object = json_object();
    maker->failed = maker->failed || !object;
    return object;
}

json_t *json_maker_array(struct json_maker *maker) {
    json_t *array = json_array();
    maker->failed = maker->failed || !array;
    return array;
}

void json_maker_set(struct json_maker *maker, json_t *object, const char *key, json_t *value) {
    if (json_object_set_new(object, key, value) != 0)
        maker->failed = true;
}

void json_maker_append(struct json_maker *maker, json_t *array, json_t *value) {
    if (json_array_append_new(array, value) != 0)
        maker->failed = true;
}

/** `string` with every byte beyond ASCII as `?`, for text that is not UTF-8. */
static json_t *ascii_string(const char *string) {
    size_t length = strlen(string);
    json_t *value = NULL;
    char *ascii = malloc(length + 1);
    if (ascii) {
        for (size_t i = 0; i <= length; i++)
            ascii[i] = (unsigned char)string[i] < 0x80 ? string[i] : '?';
        value = json_string(ascii);
    }
    free(ascii);
    return value;
}

void json_maker_string(struct json_maker *maker, json_t *object, const char *key,
                       const char *string) {
    json_t *value = string ? json_string(string) : json_null();
    json_maker_set(maker, object, key, value ? value : ascii_string(string));
}

/** Notes the first key whose number is not finite; then any number will do. */
static double checked(struct json_maker *maker, const char *key, double value) {
    if (isfinite(value))
        return value == 0 ? 0 : value; /* no negative zero */
    if (!maker->not_finite)
        maker->not_finite = key;
    return 0;
}

void json_maker_real(struct json_maker *maker, json_t *object, const char *key, double value) {
    json_maker_set(maker, object, key, json_real(checked(maker, key, value)));
}

void json_maker_whole(struct json_maker *maker, json_t *object, const char *key, double value) {
    /* Past 2^53 a double is no longer exact to the unit. */
    double bounded = fmin(fmax(checked(maker, key, value), -0x1p53), 0x1p53);
    json_maker_set(maker, object, key, json_integer((json_int_t)llround(bounded)));
}

void json_maker_bool(struct json_maker *maker, json_t *object, const char *key, bool value) {
    json_maker_set(maker, object, key, json_boolean(value));
}

enum status json_maker_write(const struct json_maker *maker, json_t *root, const char *what,
                             struct text *text, struct diagnostics *diagnostics) {
    if (maker->not_finite) {
        json_decref(root);
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "%s: %s is not a finite number", what, maker->not_finite);
    }
    char *dump = maker->failed ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    bool dumped = dump != NULL;
    if (dumped) {
        text_add(text, dump);
        text_add(text, "\n");
    }
    free(dump);
    json_decref(root);
    return dumped && !text_failed(text) ? STATUS_OK : diagnostics_out_of_memory(diagnostics, what);
}

static void set_quantiles(struct json_maker *maker, json_t *object, const char *key,
                          const struct quantiles *quantiles) {
    json_t *q = json_maker_object(maker);
    checked(maker, key, quantiles->p5 + quantiles->p50 + quantiles->p95 + quantiles->p99);
    json_maker_real(maker, q, "p5", quantiles->p5);
    json_maker_real(maker, q, "p50", quantiles->p50);
    json_maker_real(maker, q, "p95", quantiles->p95);
    json_maker_real(maker, q, "p99", quantiles->p99);
    json_maker_real(maker, q, "max", quantiles->max);
    json_maker_set(maker, object, key, q);
}

static void set_probability(struct json_maker *maker, json_t *object, const char *key,
                            const struct probability *probability) {
    json_t *p = json_maker_object(maker);
    checked(maker, key, probability->value + probability->low + probability->high);
    json_maker_real(maker, p, "value", probability->value);
    json_maker_real(maker, p, "low", probability->low);
    json_maker_real(maker, p, "high", probability->high);
    json_maker_set(maker, object, key, p);
}

json_t *json_bill_items(struct json_maker *maker, const struct bill *bill) {
    json_t *items = json_maker_array(maker);
    for (size_t i = 0; i < bill->count; i++) {
        const struct cost_item *item = &bill->items[i];
        json_t *object = json_maker_object(maker);
        json_maker_string(maker, object, "component", item->component);
        json_maker_string(maker, object, "item", item->item);
        json_maker_real(maker, object, "quantity", item->quantity);
        json_maker_string(maker, object, "unit", item->unit);
        json_maker_real(maker, object, "usd_per_unit", item->usd_per_unit);
        json_maker_real(maker, object, "usd_per_month", item->usd_per_month);
        json_maker_string(maker, object, "price_source", item->source);
        json_maker_append(maker, items, object);
    }
    return items;
}

/** Runs of like nodes, in the order by which `placement` counts them. */
static json_t *nodes_array(struct json_maker *maker, const struct plan *plan) {
    json_t *nodes = json_maker_array(maker);
    for (size_t i = 0; i < plan->node_count;) {
        size_t count = 1;
        while (i + count < plan->node_count &&
               strcmp(plan->nodes[i + count]->name, plan->nodes[i]->name) == 0)
            count++;
        json_t *group = json_maker_object(maker);
        json_maker_string(maker, group, "type", plan->nodes[i]->name);
        json_maker_whole(maker, group, "count", (double)count);
        json_maker_append(maker, nodes, group);
        i += count;
    }
    return nodes;
}

static json_t *placement_array(struct json_maker *maker, const struct plan *plan) {
    json_t *placement = json_maker_array(maker);
    for (size_t i = 0; i < plan->pod_count; i++) {
        json_t *pod = json_maker_object(maker);
        json_maker_string(maker, pod, "pod", plan->pods[i].name);
        if (plan->pods[i].node < 0)
            json_maker_set(maker, pod, "node", json_null());
        else
            json_maker_whole(maker, pod, "node", plan->pods[i].node);
        json_maker_append(maker, placement, pod);
    }
    return placement;
}

/** Groups of pods that share a node and no others; null where the scheduler is left to itself. */
static json_t *affinity_value(struct json_maker *maker, const struct plan *plan) {
    if (!plan->split.fixed)
        return json_null();
    json_t *groups = json_maker_array(maker);
    for (int first = 0; first < COMPONENT_AGENT; first++) {
        unsigned joins, shuns;
        plan_split_rules(&plan->split, (enum component)first, &joins, &shuns);
        if (joins != 0)
            continue;
        json_t *group = json_maker_array(maker);
        for (int other = first; other < COMPONENT_AGENT; other++)
            if (plan->split.group[other] == plan->split.group[first])
                json_maker_append(maker, group, json_string(component_name((enum component)other)));
        json_maker_append(maker, groups, group);
    }
    return groups;
}

/** `{"cpu": "500m", "memory": "512Mi", "cpu_cores": 0.5, "memory_bytes": 536870912}` */
static json_t *quantity_object(struct json_maker *maker, double cores, double bytes) {
    char words[64];
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "cpu", units_print_cores(words, sizeof words, cores));
    json_maker_string(maker, object, "memory", units_print_quantity(words, sizeof words, bytes));
    json_maker_real(maker, object, "cpu_cores", cores);
    json_maker_whole(maker, object, "memory_bytes", bytes);
    return object;
}

/** GOMEMLIMIT: null when unset. */
static void set_memory_goal(struct json_maker *maker, json_t *object, double bytes) {
    if (bytes > 0)
        json_maker_whole(maker, object, "gomemlimit_bytes", bytes);
    else
        json_maker_set(maker, object, "gomemlimit_bytes", json_null());
}

static json_t *loki_settings(struct json_maker *maker, const struct plan *plan) {
    const struct loki_settings *loki = &plan->loki;
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "encoding", loki_encoding_name(loki->encoding));
    json_maker_real(maker, object, "retention_seconds", plan->loki_retention_seconds);
    json_maker_real(maker, object, "max_chunk_age_seconds", loki->max_chunk_age_seconds);
    json_maker_real(maker, object, "chunk_idle_period_seconds", loki->chunk_idle_period_seconds);
    json_maker_whole(maker, object, "chunk_target_size_bytes", loki->chunk_target_size_bytes);
    json_maker_whole(maker, object, "chunk_block_size_bytes", loki->chunk_block_size_bytes);
    json_maker_real(maker, object, "wal_checkpoint_seconds", loki->wal_checkpoint_seconds);
    json_maker_whole(maker, object, "chunk_cache_bytes", loki->chunk_cache_bytes);
    json_maker_real(maker, object, "memory_limit_target", plan->loki_memory_limit_target);
    set_memory_goal(maker, object, loki->memory_goal_bytes);
    json_maker_whole(maker, object, "ingestion_rate_bytes_per_second",
                     plan->ingestion_rate_bytes_per_second);
    json_maker_whole(maker, object, "max_streams", plan->max_streams);
    return object;
}

static json_t *tempo_settings(struct json_maker *maker, const struct plan *plan) {
    const struct tempo_settings *tempo = &plan->tempo;
    json_t *object = json_maker_object(maker);
    json_maker_real(maker, object, "retention_seconds", plan->tempo_retention_seconds);
    json_maker_real(maker, object, "max_block_duration_seconds", tempo->max_block_duration_seconds);
    json_maker_whole(maker, object, "max_block_bytes", tempo->max_block_bytes);
    json_maker_real(maker, object, "flush_check_period_seconds", tempo->flush_check_period_seconds);
    json_maker_real(maker, object, "trace_idle_period_seconds", tempo->trace_idle_period_seconds);
    json_maker_whole(maker, object, "parquet_row_group_size_bytes",
                     tempo->parquet_row_group_size_bytes);
    json_maker_real(maker, object, "compacted_block_retention_seconds",
                    tempo->compacted_block_retention_seconds);
    json_maker_real(maker, object, "compaction_window_seconds", tempo->compaction_window_seconds);
    json_maker_real(maker, object, "gogc", tempo->gogc);
    json_maker_real(maker, object, "memory_limit_target", plan->tempo_memory_limit_target);
    json_maker_real(maker, object, "traces_kept", 1 - plan->traces_dropped);
    set_memory_goal(maker, object, tempo->memory_goal_bytes);
    return object;
}

static json_t *settings_object(struct json_maker *maker, const struct plan *plan,
                               enum component component) {
    if (component == COMPONENT_LOKI)
        return loki_settings(maker, plan);
    if (component == COMPONENT_TEMPO)
        return tempo_settings(maker, plan);
    json_t *object = json_maker_object(maker);
    if (component == COMPONENT_AGENT)
        json_maker_string(maker, object, "kind", agent_kind_name(plan->agent_kind));
    return object;
}

static void set_volume(struct json_maker *maker, json_t *object, double bytes) {
    if (bytes > 0) {
        char words[64];
        json_maker_string(maker, object, "volume",
                          units_print_quantity(words, sizeof words, bytes));
        json_maker_whole(maker, object, "volume_bytes", bytes);
    } else {
        json_maker_set(maker, object, "volume", json_null());
        json_maker_set(maker, object, "volume_bytes", json_null());
    }
}

static json_t *component_object(struct json_maker *maker, const struct plan_outcome *outcome,
                                enum component component) {
    const struct scenario_resources *resources = &outcome->plan.resources[component];
    const struct component_outcome *found = &outcome->components[component];
    json_t *object = json_maker_object(maker);
    json_maker_set(maker, object, "requests",
                   quantity_object(maker, resources->request_cores, resources->request_bytes));
    json_maker_set(maker, object, "limits",
                   quantity_object(maker, resources->limit_cores, resources->limit_bytes));
    set_volume(maker, object, resources->volume_bytes);
    json_maker_set(maker, object, "settings", settings_object(maker, &outcome->plan, component));
    set_quantiles(maker, object, "memory_peak_mib", &found->memory_peak_mib);
    set_quantiles(maker, object, "memory_mean_mib", &found->memory_mean_mib);
    set_quantiles(maker, object, "cpu_cores", &found->cpu_cores);
    set_quantiles(maker, object, "cpu_peak_cores", &found->cpu_peak_cores);
    set_quantiles(maker, object, "disk_gib", &found->disk_gib);
    set_probability(maker, object, "out_of_memory_probability", &found->out_of_memory);
    set_quantiles(maker, object, "kills", &found->kills);
    set_probability(maker, object, "volume_full_probability", &found->volume_full);
    json_maker_real(maker, object, "inodes_peak_p95", found->inodes_peak_p95);
    json_maker_real(maker, object, "cpu_throttled_fraction", found->throttled_fraction);
    return object;
}

static json_t *cost_object(struct json_maker *maker, const struct plan_outcome *outcome) {
    json_t *object = json_maker_object(maker);
    set_quantiles(maker, object, "monthly_usd", &outcome->monthly_usd);
    json_maker_real(maker, object, "items_usd_per_month", bill_total(&outcome->bill));
    json_maker_set(maker, object, "items", json_bill_items(maker, &outcome->bill));
    return object;
}

static const char *target_unit(enum target_kind kind) {
    static const char *const units[TARGET_COUNT] = {
        [TARGET_COST] = "USD/month",           [TARGET_LOGS_RETENTION] = "seconds",
        [TARGET_TRACES_RETENTION] = "seconds", [TARGET_OUT_OF_MEMORY] = "fraction",
        [TARGET_LOG_LOSS] = "fraction",        [TARGET_SAVINGS] = "fraction",
    };
    return units[kind];
}

static json_t *target_object(struct json_maker *maker, const struct target_outcome *target) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "name", target_name(target->kind));
    json_maker_bool(maker, object, "holds", target->holds);
    json_maker_real(maker, object, "value", target->value);
    json_maker_real(maker, object, "bound", target->bound);
    json_maker_string(maker, object, "unit", target_unit(target->kind));
    json_maker_real(maker, object, "probability_wanted", target->wanted);
    set_probability(maker, object, "probability", &target->probability);
    json_maker_string(maker, object, "bound_text", target->bound_text);
    json_maker_string(maker, object, "value_text", target->value_text);
    json_maker_string(maker, object, "reason", target->reason);
    return object;
}

static json_t *targets_array(struct json_maker *maker, const struct plan_outcome *outcome) {
    json_t *targets = json_maker_array(maker);
    for (size_t i = 0; i < outcome->target_count; i++)
        json_maker_append(maker, targets, target_object(maker, &outcome->targets[i]));
    return targets;
}

json_t *json_plan(struct json_maker *maker, const struct plan_outcome *outcome) {
    const struct plan *plan = &outcome->plan;
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "label", outcome->label);
    json_maker_bool(maker, object, "holds", outcome->holds);
    json_maker_set(maker, object, "nodes", nodes_array(maker, plan));
    json_maker_string(maker, object, "purchase", purchase_name(plan->purchase));
    json_maker_string(maker, object, "credits", plan->credits_unlimited ? "unlimited" : "standard");
    json_maker_whole(maker, object, "root_volume_bytes", plan->root_volume_bytes);
    json_maker_set(maker, object, "placement", placement_array(maker, plan));
    json_maker_set(maker, object, "affinity", affinity_value(maker, plan));
    json_maker_whole(maker, object, "pending_pods", (double)plan->pending);
    json_t *components = json_maker_object(maker);
    for (int i = 0; i < COMPONENT_COUNT; i++)
        json_maker_set(maker, components, component_name((enum component)i),
                       component_object(maker, outcome, (enum component)i));
    json_maker_set(maker, object, "components", components);
    json_maker_set(maker, object, "cost", cost_object(maker, outcome));
    set_quantiles(maker, object, "log_loss_fraction", &outcome->log_loss);
    set_quantiles(maker, object, "credit_balance_low_credits", &outcome->credit_balance_low);
    set_probability(maker, object, "credits_exhausted_probability", &outcome->credits_exhausted);
    json_maker_set(maker, object, "targets", targets_array(maker, outcome));
    json_maker_string(maker, object, "binding", outcome->binding);
    return object;
}
