/**
 * A scenario: the checked, typed form of a scenario file.
 *
 * Every field has the unit its name says. The schema table in sim/scenario_schema.c is the one
 * place that knows keys, types, ranges, defaults and documentation; the loader, the JSON Schema
 * (scenarios/schema.json), `simulate explain`, `simulate init` and the README's key reference all
 * come from it. A scenario owns its arena; read-only after loading, so safe to share.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "models/collector.h"
#include "models/loki.h"
#include "models/managed.h"
#include "models/price.h"
#include "models/tempo.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scenario_service {
    const char *name;
    double replicas;
    double lines_per_second; /**< mean of one replica */
    double bytes_per_line;
    double streams_per_replica;
    double compression[LOKI_ENCODING_COUNT]; /**< raw / stored, by enum loki_encoding */
    double requests_per_second;              /**< mean of one replica */
    double sampled_fraction;                 /**< of requests that become traces */
    double spans_per_trace;
    double bytes_per_span;
};

struct scenario_profile {
    double daily[24];                 /**< weight of each hour, mean 1 */
    double weekend_fraction;          /**< of a weekday's load, on Saturday and Sunday */
    double noise_cv;                  /**< coefficient of variation of the stack's ingest */
    double noise_correlation_seconds; /**< autocorrelation falls to 1/e in this time */
    double growth_fraction_per_month;
};

/** Median and 95th percentile of a lognormal quantity. */
struct scenario_spread {
    double median, p95;
};

struct scenario_incidents {
    double per_month;
    struct scenario_spread magnitude; /**< times the normal log rate */
    struct scenario_spread duration_seconds;
};

struct scenario_queries {
    double per_hour;
    double range_seconds;
    double users; /**< who look at the same time */
};

struct scenario_workload {
    const struct scenario_service *services; /**< [service_count] */
    size_t service_count;
    struct scenario_profile profile;
    struct scenario_incidents incidents;
    struct scenario_queries queries;
};

/** Requests, limits and volume of one component. CPU in cores. */
struct scenario_resources {
    double request_cores, request_bytes;
    double limit_cores, limit_bytes;
    double volume_bytes; /**< 0 for a component without a volume */
};

struct scenario_loki {
    struct scenario_resources resources;
    struct loki_settings settings; /**< memory_goal_bytes follows from memory_limit_target */
    double retention_seconds;
    double memory_limit_target;             /**< GOMEMLIMIT as a fraction of the limit; 0: unset */
    double ingestion_rate_bytes_per_second; /**< limits_config.ingestion_rate_mb */
    double max_streams;                     /**< limits_config.max_global_streams_per_user */
};

struct scenario_tempo {
    struct scenario_resources resources;
    struct tempo_settings settings;
    double retention_seconds;
    double memory_limit_target;
};

/** Which versions of the Helm charts are meant. */
enum chart_profile {
    CHART_PROFILE_BRIEF,    /**< those the models were fitted to */
    CHART_PROFILE_SUCCESSOR /**< from the repositories that go on; no Promtail */
};
#define CHART_PROFILE_COUNT 2

/** `brief`, `successor`: as in the scenario. */
const char *chart_profile_name(enum chart_profile profile);

struct scenario_stack {
    struct scenario_loki loki;
    struct scenario_tempo tempo;
    struct scenario_resources grafana;
    struct scenario_resources collector;
    struct scenario_resources agent; /**< one a node */
    enum agent_kind agent_kind;
    enum chart_profile chart_profile;
};

struct scenario_node_group {
    const char *type;
    unsigned count;
};

#define SCENARIO_NODE_GROUPS_MAX 8

struct scenario_cluster {
    struct scenario_node_group nodes[SCENARIO_NODE_GROUPS_MAX];
    size_t node_group_count;
    enum purchase purchase;
    bool credits_unlimited;
    bool control_plane_included;
    bool system_pods; /**< EKS's own pods take part in packing */
    double root_volume_bytes;
    bool dedicated;                                  /**< false: other_* share the nodes */
    double other_request_cores, other_request_bytes; /**< in all */
    unsigned other_pods;
    double public_ipv4; /**< addresses */
    double nat_gateways;
    double cross_az_fraction; /**< of ingested bytes that cross zones */
};

/** A target; `set` is false when the scenario leaves it out. */
struct scenario_target {
    bool set;
    double bound;       /**< USD a month, seconds, or a fraction */
    double probability; /**< that the bound must hold with; 0 when the target has none */
};

struct scenario_targets {
    struct scenario_target cost;             /**< at_most USD a month */
    struct scenario_target logs_retention;   /**< at_least seconds */
    struct scenario_target traces_retention; /**< at_least seconds */
    struct scenario_target out_of_memory;    /**< at_most: chance of any kill in the horizon */
    struct scenario_target log_loss;         /**< at_most: fraction of log bytes */
    struct scenario_target savings;          /**< at_least: fraction of the managed baseline */
};

struct scenario_managed {
    enum managed_service baseline;
    double editors, viewers;
    double queries_scanned_gb_per_day;
};

#define SCENARIO_SEARCH_MAX 48

struct scenario_search {
    const char *instance_types[SCENARIO_SEARCH_MAX];
    size_t instance_type_count;
    unsigned max_nodes;
    enum purchase purchase[PURCHASE_COUNT];
    size_t purchase_count;
    enum loki_encoding encodings[LOKI_ENCODING_COUNT];
    size_t encoding_count;
    double volume_step_bytes, memory_step_bytes;
    bool allow_sampling;        /**< plans may leave traces out */
    double least_kept_fraction; /**< of the traces that are sent, when they may */
};

struct scenario_simulation {
    double horizon_seconds;
    double step_seconds;
    uint64_t replicas;
    uint64_t seed;
    const char *calibration; /**< a file, or CALIBRATION_SHIPPED */
};

/** `simulation.calibration` where no file is named. */
#define CALIBRATION_SHIPPED "shipped"

struct scenario {
    struct arena arena; /**< owns everything below */
    const char *file;   /**< as the user named it */
    const char *name;
    const char *region;
    struct scenario_workload workload;
    struct scenario_stack stack;
    struct scenario_cluster cluster;
    struct scenario_targets targets;
    struct scenario_managed managed;
    struct scenario_search search;
    struct scenario_simulation simulation;
    const char *output_folder;
};

struct instance_table; /* models/node.h */

/** One `--set key.path=value`. */
struct scenario_override {
    const char *text; /**< `stack.loki.volume=20Gi`; sequence items as `services.0.replicas` */
};

/**
 * Read, override and check a scenario file (`-` is standard input).
 *
 * On success `*scenario` is owned by the caller: scenario_free(). On failure `*scenario` is NULL
 * and `diagnostics` holds up to DIAGNOSTICS_MAX entries, sorted by position; status is
 * STATUS_INVALID for what the user wrote and STATUS_SYSTEM for a file that cannot be read.
 * Checks that need tables (region, instance types) are made with `prices` and `instances`.
 */
enum status scenario_load(const char *file, const struct scenario_override *overrides,
                          size_t override_count, const struct price_table *prices,
                          const struct instance_table *instances, struct scenario **scenario,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** scenario_load() from memory; `file` names it in messages. */
enum status scenario_parse(const char *file, const char *bytes, size_t length,
                           const struct scenario_override *overrides, size_t override_count,
                           const struct price_table *prices, const struct instance_table *instances,
                           struct scenario **scenario, struct diagnostics *diagnostics) MUST_CHECK;

/** Free a scenario and all it owns; NULL is fine. */
void scenario_free(struct scenario *scenario);

/** The JSON Schema (draft 2020-12) of the scenario, for editors; ends in a newline. */
void scenario_write_schema(struct text *text);

/** The README's key reference: one Markdown table a section. */
void scenario_write_reference(struct text *text);

/** What `simulate explain KEY` prints about a key path; false when there is no such key, then
 *  `text` names the nearest ones. */
bool scenario_explain(const char *key_path, struct text *text);

/** A commented scenario with every default, for `simulate init`. */
void scenario_write_template(struct text *text);

/* Sums over services at profile factor 1, in the units their names say. */
double scenario_log_bytes_per_second(const struct scenario *scenario);
double scenario_log_lines_per_second(const struct scenario *scenario);
double scenario_streams(const struct scenario *scenario);
double scenario_traces_per_second(const struct scenario *scenario);
double scenario_spans_per_second(const struct scenario *scenario);
double scenario_span_bytes_per_second(const struct scenario *scenario);

/** Raw over stored bytes of all services' lines together; 1 when there are none. */
double scenario_compression(const struct scenario *scenario, enum loki_encoding encoding);

#endif
