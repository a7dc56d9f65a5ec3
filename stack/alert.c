#include "stack/alert.h"

#include "sim/base/units.h"
#include "stack/own_logs.h"
#include "stack/values_common.h"

#include <stdarg.h>
#include <stdio.h>

#define GROUPS "alerting.rules\\.yaml.groups"

enum { TEXT_BYTES = 640 };

/** Rules that are evaluated together. */
enum group { GROUP_NOW, GROUP_VOLUMES, GROUP_COUNT };

static const struct {
    const char *name, *interval;
} groups[GROUP_COUNT] = {
    [GROUP_NOW] = {.name = "stack", .interval = "1m"},
    /* Each reads a day of flush lines. */
    [GROUP_VOLUMES] = {.name = "volumes", .interval = "15m"},
};

/** What does not depend on the plan. */
struct rule {
    enum group group;
    const char *uid, *title;
    const char *condition;    /**< `gt` or `lt` */
    const char *wait;         /**< how long it must hold */
    const char *without_data; /**< state when the query finds nothing */
    const char *severity;
    const char *summary;
    int range_seconds; /**< that the query looks back */
};

/** What does. */
struct figures {
    double threshold;
    char query[TEXT_BYTES];
    char description[TEXT_BYTES];
};

struct builder {
    struct values *values;
    const struct scenario *scenario;
    const struct plan_outcome *outcome;
    size_t counts[GROUP_COUNT]; /**< rules so far */
};

static void set(const struct builder *builder, const struct rule *rule, const char *key,
                enum values_kind kind, const char *value) {
    char path[CHART_KEYS_PATH_MAX];
    snprintf(path, sizeof path, GROUPS "[%d].rules[%zu].%s", (int)rule->group,
             builder->counts[rule->group], key);
    if (kind == VALUES_PLAIN)
        values_plain(builder->values, path, value);
    else
        values_string(builder->values, path, value);
}

static void set_query(const struct builder *builder, const struct rule *rule,
                      const struct figures *figures) {
    char from[VALUES_COMMON_BYTES];
    snprintf(from, sizeof from, "%d", rule->range_seconds);
    set(builder, rule, "data[0].refId", VALUES_STRING, "A");
    set(builder, rule, "data[0].relativeTimeRange.from", VALUES_PLAIN, from);
    set(builder, rule, "data[0].relativeTimeRange.to", VALUES_PLAIN, "0");
    set(builder, rule, "data[0].datasourceUid", VALUES_STRING, STACK_LOKI_UID);
    set(builder, rule, "data[0].model.refId", VALUES_STRING, "A");
    set(builder, rule, "data[0].model.datasource.type", VALUES_STRING, "loki");
    set(builder, rule, "data[0].model.datasource.uid", VALUES_STRING, STACK_LOKI_UID);
    set(builder, rule, "data[0].model.editorMode", VALUES_STRING, "code");
    set(builder, rule, "data[0].model.queryType", VALUES_STRING, "instant");
    set(builder, rule, "data[0].model.expr", VALUES_STRING, figures->query);
}

static void set_condition(const struct builder *builder, const struct rule *rule,
                          double threshold) {
    char number[VALUES_COMMON_BYTES];
    snprintf(number, sizeof number, "%.0f", threshold);
    set(builder, rule, "data[1].refId", VALUES_STRING, "B");
    set(builder, rule, "data[1].datasourceUid", VALUES_STRING, "__expr__");
    set(builder, rule, "data[1].model.refId", VALUES_STRING, "B");
    set(builder, rule, "data[1].model.type", VALUES_STRING, "threshold");
    set(builder, rule, "data[1].model.datasource.type", VALUES_STRING, "__expr__");
    set(builder, rule, "data[1].model.datasource.uid", VALUES_STRING, "__expr__");
    set(builder, rule, "data[1].model.expression", VALUES_STRING, "A");
    set(builder, rule, "data[1].model.conditions[0].evaluator.type", VALUES_STRING,
        rule->condition);
    set(builder, rule, "data[1].model.conditions[0].evaluator.params[0]", VALUES_PLAIN, number);
}

static void add(struct builder *builder, const struct rule *rule, const struct figures *figures) {
    set(builder, rule, "uid", VALUES_STRING, rule->uid);
    set(builder, rule, "title", VALUES_STRING, rule->title);
    set(builder, rule, "condition", VALUES_STRING, "B");
    set_query(builder, rule, figures);
    set_condition(builder, rule, figures->threshold);
    set(builder, rule, "for", VALUES_STRING, rule->wait);
    set(builder, rule, "noDataState", VALUES_STRING, rule->without_data);
    set(builder, rule, "execErrState", VALUES_STRING, "Error");
    set(builder, rule, "annotations.summary", VALUES_STRING, rule->summary);
    set(builder, rule, "annotations.description", VALUES_STRING, figures->description);
    set(builder, rule, "labels.severity", VALUES_STRING, rule->severity);
    builder->counts[rule->group]++;
}

static void describe(struct figures *figures, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void describe(struct figures *figures, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(figures->description, sizeof figures->description, format, arguments);
    va_end(arguments);
}

static void add_volume(struct builder *builder, enum component component, const struct rule *rule,
                       const char *format, double retention_seconds) {
    const double full = 0.8;
    const struct component_outcome *plan = &builder->outcome->components[component];
    double volume = builder->outcome->plan.resources[component].volume_bytes;
    char size[VALUES_COMMON_BYTES], use[VALUES_COMMON_BYTES], retention[VALUES_COMMON_BYTES];
    struct figures figures = {.threshold = full * volume};
    if (volume <= 0)
        return;
    snprintf(figures.query, sizeof figures.query, format, retention_seconds / SECONDS_PER_DAY);
    describe(&figures,
             "What the last day wrote, over the retention of %s, is more than 80 %% of the volume "
             "of %s; the write-ahead log comes on top. The plan's highest use: P95 %s. Simulate "
             "with today's load, then enlarge the volume (it grows in place) or shorten the "
             "retention.",
             units_print_duration(retention, sizeof retention, retention_seconds),
             units_print_bytes(size, sizeof size, volume),
             units_print_bytes(use, sizeof use, plan->disk_gib.p95 * GIB));
    add(builder, rule, &figures);
}

static void add_volumes(struct builder *builder) {
    static const struct rule loki = {
        .group = GROUP_VOLUMES,
        .uid = "simulate-loki-volume",
        .title = "Loki's volume will fill",
        .condition = "gt",
        .wait = "1h",
        .without_data = "OK",
        .severity = "warning",
        .summary = "Loki's volume will be above 80 % at full retention",
        .range_seconds = 86400,
    };
    static const struct rule tempo = {
        .group = GROUP_VOLUMES,
        .uid = "simulate-tempo-volume",
        .title = "Tempo's volume will fill",
        .condition = "gt",
        .wait = "1h",
        .without_data = "OK",
        .severity = "warning",
        .summary = "Tempo's volume will be above 80 % at full retention",
        .range_seconds = 86400,
    };
    const struct plan *plan = &builder->outcome->plan;
    add_volume(builder, COMPONENT_LOKI, &loki, OWN_LOGS_FLUSHED("total_comp", "24h") " * %.4f",
               plan->loki_retention_seconds);
    add_volume(builder, COMPONENT_TEMPO, &tempo, OWN_LOGS_STORED_BYTES("24h") " * %.4f",
               plan->tempo_retention_seconds);
}

static void add_memory(struct builder *builder, enum component component, const struct rule *rule,
                       const char *query) {
    const double near_limit = 0.8;
    const struct component_outcome *plan = &builder->outcome->components[component];
    double limit_mib = builder->outcome->plan.resources[component].limit_bytes / MIB;
    bool beyond = limit_mib > 0 && plan->memory_peak_mib.p95 >= limit_mib;
    /* A heap cannot pass a percentile that lies above the limit: the kernel comes first. */
    struct figures figures = {.threshold =
                                  beyond ? near_limit * limit_mib : plan->memory_peak_mib.p95};
    char figure[160], limit[VALUES_COMMON_BYTES];
    snprintf(figures.query, sizeof figures.query, "%s", query);
    describe(
        &figures,
        "Go's heap alone is above %s. The plan for the whole process: %s. The limit is %s; the "
        "kernel kills above it. More load than the scenario says, larger queries, or a model "
        "that is wrong here: simulate again with measured figures.",
        beyond ? "80 % of the limit, which the plan expects to be passed"
               : "the plan's 95th percentile of the highest moment",
        values_common_memory_figure(figure, sizeof figure, plan),
        units_print_bytes(limit, sizeof limit, limit_mib * MIB));
    add(builder, rule, &figures);
}

static void add_memories(struct builder *builder) {
    static const struct rule loki = {
        .group = GROUP_NOW,
        .uid = "simulate-loki-memory",
        .title = "Loki's memory is above the plan",
        .condition = "gt",
        .wait = "5m",
        .without_data = "OK",
        .severity = "warning",
        .summary = "Loki's heap is above the plan's 95th percentile",
        .range_seconds = 900,
    };
    static const struct rule tempo = {
        .group = GROUP_NOW,
        .uid = "simulate-tempo-memory",
        .title = "Tempo's memory is above the plan",
        .condition = "gt",
        .wait = "5m",
        .without_data = "OK",
        .severity = "warning",
        .summary = "Tempo's heap is above the plan's 95th percentile",
        .range_seconds = 900,
    };
    add_memory(builder, COMPONENT_LOKI, &loki, OWN_LOGS_HEAP_MIB(OWN_LOGS_LOKI, "15m"));
    add_memory(builder, COMPONENT_TEMPO, &tempo, OWN_LOGS_HEAP_MIB(OWN_LOGS_TEMPO, "15m"));
}

/** A rule about lines that should not be there. */
static void add_lines(struct builder *builder, const struct rule *rule, const char *query,
                      const struct figures *figures) {
    struct figures with_query = *figures;
    snprintf(with_query.query, sizeof with_query.query, "%s", query);
    add(builder, rule, &with_query);
}

static void add_refused(struct builder *builder) {
    static const struct rule rule = {
        .group = GROUP_NOW,
        .uid = "simulate-refused",
        .title = "Loki refuses logs",
        .condition = "gt",
        .wait = "5m",
        .without_data = "OK",
        .severity = "warning",
        .summary = "Loki answers 429: the log agents push more than it takes",
        .range_seconds = 600,
    };
    char rate[VALUES_COMMON_BYTES], mean[VALUES_COMMON_BYTES], loss[VALUES_COMMON_BYTES];
    struct figures figures = {.threshold = 0};
    describe(&figures,
             "The limits are %s a second and %.0f streams; the scenario's mean is %s a second and "
             "%.0f streams. The agents try again up to ten times, then lines are lost (the plan's "
             "loss: P99 %s).",
             units_print_bytes(rate, sizeof rate,
                               builder->outcome->plan.ingestion_rate_bytes_per_second),
             builder->outcome->plan.max_streams,
             units_print_bytes(mean, sizeof mean, scenario_log_bytes_per_second(builder->scenario)),
             scenario_streams(builder->scenario),
             units_print_percent(loss, sizeof loss, builder->outcome->log_loss.p99));
    add_lines(builder, &rule, "sum(count_over_time(" OWN_LOGS_REFUSED " [10m]))", &figures);
}

static void add_dropped(struct builder *builder) {
    static const struct rule lines = {
        .group = GROUP_NOW,
        .uid = "simulate-dropped",
        .title = "Log lines are lost",
        .condition = "gt",
        .wait = "0s",
        .without_data = "OK",
        .severity = "critical",
        .summary = "A log agent gave up on a batch of lines",
        .range_seconds = 900,
    };
    static const struct rule spans = {
        .group = GROUP_NOW,
        .uid = "simulate-dropped-spans",
        .title = "Spans are lost",
        .condition = "gt",
        .wait = "0s",
        .without_data = "OK",
        .severity = "critical",
        .summary = "The collector gave up on a batch of spans",
        .range_seconds = 900,
    };
    char loss[VALUES_COMMON_BYTES];
    struct figures figures = {.threshold = 0};
    describe(&figures,
             "Ten tries were refused or timed out. The plan loses %s of the bytes at its 99th "
             "percentile; the agent's log says why, as far as it arrived.",
             units_print_percent(loss, sizeof loss, builder->outcome->log_loss.p99));
    add_lines(builder, &lines, "sum(count_over_time(" OWN_LOGS_DROPPED " [15m]))", &figures);
    describe(&figures, "Tempo was away or refused for longer than the collector's queue lasts. The "
                       "plan loses no span; the collector's log says why.");
    add_lines(builder, &spans, "sum(count_over_time(" OWN_LOGS_DROPPED_SPANS " [15m]))", &figures);
}

static void add_restarts(struct builder *builder) {
    static const struct rule rule = {
        .group = GROUP_NOW,
        .uid = "simulate-restart",
        .title = "A program started again",
        .condition = "gt",
        .wait = "0s",
        .without_data = "OK",
        .severity = "warning",
        .summary = "Loki, Tempo or Grafana came up in the last quarter of an hour",
        .range_seconds = 900,
    };
    static const enum component components[] = {COMPONENT_LOKI, COMPONENT_TEMPO, COMPONENT_GRAFANA};
    char chances[3][VALUES_COMMON_BYTES], horizon[VALUES_COMMON_BYTES];
    struct figures figures = {.threshold = 0};
    for (size_t i = 0; i < sizeof components / sizeof *components; i++)
        units_print_percent(chances[i], sizeof chances[i],
                            builder->outcome->components[components[i]].out_of_memory.value);
    describe(&figures,
             "After an install or an upgrade that is expected. Otherwise it was most likely killed "
             "for its memory: the plan's chance of that within %s is %s for Loki, %s for Tempo, %s "
             "for Grafana.",
             units_print_duration(horizon, sizeof horizon,
                                  builder->scenario->simulation.horizon_seconds),
             chances[0], chances[1], chances[2]);
    add_lines(builder, &rule, "sum by (app) (count_over_time(" OWN_LOGS_STARTS " [15m]))",
              &figures);
}

static void add_silences(struct builder *builder) {
    static const struct rule full = {
        .group = GROUP_NOW,
        .uid = "simulate-no-space",
        .title = "A volume is full",
        .condition = "gt",
        .wait = "0s",
        .without_data = "OK",
        .severity = "critical",
        .summary = "A program finds no space left on its volume",
        .range_seconds = 600,
    };
    static const struct rule silent = {
        .group = GROUP_NOW,
        .uid = "simulate-silence",
        .title = "No logs arrive",
        .condition = "lt",
        .wait = "5m",
        .without_data = "Alerting",
        .severity = "critical",
        .summary = "Loki got no line for ten minutes",
        .range_seconds = 600,
    };
    char loki[VALUES_COMMON_BYTES], tempo[VALUES_COMMON_BYTES];
    const struct component_outcome *plan = builder->outcome->components;
    struct figures figures = {.threshold = 0};
    describe(&figures, "The plan's chance that it fills up: %s for Loki's, %s for Tempo's.",
             units_print_percent(loki, sizeof loki, plan[COMPONENT_LOKI].volume_full.value),
             units_print_percent(tempo, sizeof tempo, plan[COMPONENT_TEMPO].volume_full.value));
    add_lines(builder, &full, "sum(count_over_time(" OWN_LOGS_NO_SPACE " [10m]))", &figures);
    figures.threshold = 1;
    describe(&figures,
             "The scenario's mean is %.0f lines a second. Every other rule here reads logs, so all "
             "of them are blind: look at the log agents and at Loki.",
             scenario_log_lines_per_second(builder->scenario));
    add_lines(builder, &silent, "sum(count_over_time({namespace=~\".+\"} [10m]))", &figures);
}

void alert_rules(struct values *values, const struct scenario *scenario,
                 const struct plan_outcome *outcome) {
    struct builder builder = {.values = values, .scenario = scenario, .outcome = outcome};
    char path[CHART_KEYS_PATH_MAX];
    values_plain(values, "alerting.rules\\.yaml.apiVersion", "1");
    for (int i = 0; i < GROUP_COUNT; i++) {
        snprintf(path, sizeof path, GROUPS "[%d].orgId", i);
        values_plain(values, path, "1");
        snprintf(path, sizeof path, GROUPS "[%d].name", i);
        values_string(values, path, groups[i].name);
        snprintf(path, sizeof path, GROUPS "[%d].folder", i);
        values_string(values, path, "Observability");
        snprintf(path, sizeof path, GROUPS "[%d].interval", i);
        values_string(values, path, groups[i].interval);
    }
    add_memories(&builder);
    add_refused(&builder);
    add_dropped(&builder);
    add_restarts(&builder);
    add_silences(&builder);
    add_volumes(&builder);
}
