#include "sim/scenario_schema.h"

#include "models/volume.h"
#include "sim/base/units.h"
#include "sim/plan.h"
#include "sim/scenario.h"

#include <stdint.h>
#include <string.h>

#define TIB (1024.0 * GIB)
#define HOURS(count) ((count)*SECONDS_PER_HOUR)
#define DAYS(count) ((count)*SECONDS_PER_DAY)
/** Why no volume may be larger than VOLUME_GP3_BYTES_MAX. */
#define GP3_BYTES_MAX_WHY "the largest gp3 volume has 64Ti"
/** Whole numbers up to here are exact in a double and in everybody's JSON. */
#define EXACT_MAX 9007199254740991.0

#define STORE_OF(member)                                                                           \
    _Generic((member),                                                                             \
        double: STORE_DOUBLE,                                                                      \
        unsigned: STORE_UNSIGNED,                                                                  \
        uint64_t: STORE_U64,                                                                       \
        bool: STORE_BOOL,                                                                          \
        const char *: STORE_TEXT)
#define MEMBER(type, member)                                                                       \
    .offset = offsetof(struct type, member), .store = STORE_OF(((struct type *)0)->member)
#define AT(member) MEMBER(scenario, member)
#define SERVICE(member) MEMBER(scenario_service, member)
#define GROUP(member) MEMBER(scenario_node_group, member)

static const char *const encodings[] = {"snappy", "gzip", "zstd", NULL};
static const char *const agents[] = {"promtail", "alloy", NULL};
static const char *const profiles[] = {"brief", "successor", NULL};
static const char *const purchases[] = {"on-demand", "reserved-1y", "savings-plan-1y",
                                        "instance-savings-plan-1y", NULL};
static const char *const services[] = {"aws", "grafana-cloud", "datadog", "new-relic", NULL};
static const char *const dailies[] = {"flat", "business-hours", "consumer", "nightly-batch", NULL};
static const char *const credits[] = {"standard", "unlimited", NULL};
static const char *const control_planes[] = {"excluded", "included", NULL};
static const char *const system_pods[] = {"none", "eks-default", NULL};
static const char *const switches[] = {"false", "true", NULL};

/** Shapes of a day in UTC, before their mean is made 1. They are drawn by hand as typical, not
 *  measured: who has figures gives them as 24 numbers. */
static const double daily_weights[][24] = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
    {0.3, 0.3, 0.3, 0.3, 0.3, 0.4, 0.6, 1.0, 1.6, 2.0, 2.1, 2.1,
     1.9, 2.0, 2.1, 2.0, 1.8, 1.4, 1.0, 0.8, 0.6, 0.5, 0.4, 0.3},
    {0.6, 0.4, 0.3, 0.2, 0.2, 0.3, 0.5, 0.8, 0.9, 1.0, 1.0, 1.1,
     1.3, 1.2, 1.1, 1.1, 1.2, 1.4, 1.7, 2.0, 2.1, 1.9, 1.4, 0.9},
    {1.0, 4.0, 4.0, 3.0, 1.5, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5,
     0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5},
};

/** Requests and limits of one component; `why` explains the least memory it can start in. */
#define RESOURCES(key, member, title, rc, rm, lc, lm, least_limit, why)                            \
    {"stack." key ".requests", SCENARIO_SECTION,                                                   \
     .doc = "What the scheduler sets aside for " title "."},                                       \
        {"stack." key ".requests.cpu",                                                             \
         SCENARIO_CORES,                                                                           \
         rc,                                                                                       \
         0,                                                                                        \
         192,                                                                                      \
         AT(stack.member.request_cores),                                                           \
         .doc = "CPU request of " title "."},                                                      \
        {"stack." key ".requests.memory",                                                          \
         SCENARIO_BYTES,                                                                           \
         rm,                                                                                       \
         0,                                                                                        \
         3 * TIB,                                                                                  \
         AT(stack.member.request_bytes),                                                           \
         .doc = "Memory request of " title "."},                                                   \
        {"stack." key ".limits", SCENARIO_SECTION, .doc = "What " title " may use at most."},      \
        {"stack." key ".limits.cpu",                                                               \
         SCENARIO_CORES,                                                                           \
         lc,                                                                                       \
         0.01,                                                                                     \
         192,                                                                                      \
         AT(stack.member.limit_cores),                                                             \
         .doc = "CPU limit of " title "; above it the kernel throttles."},                         \
    {                                                                                              \
        "stack." key ".limits.memory", SCENARIO_BYTES, lm, least_limit, 3 * TIB,                   \
            AT(stack.member.limit_bytes),                                                          \
            .doc = "Memory limit of " title "; above it the kernel kills.", .least_why = why       \
    }

#define VOLUME(key, member, fall_back, title)                                                      \
    {                                                                                              \
        "stack." key ".volume", SCENARIO_BYTES, fall_back, GIB, VOLUME_GP3_BYTES_MAX,              \
            AT(stack.member.volume_bytes), .doc = "Size of " title "'s gp3 volume.",               \
                                           .least_why = "gp3 begins there",                        \
                                           .most_why = GP3_BYTES_MAX_WHY                           \
    }

/** A target: a section that is not set when it is left out. */
#define TARGET(key, text)                                                                          \
    { "targets." #key, SCENARIO_SECTION, AT(targets.key.set), .doc = text, .optional = true }
#define TARGET_PROBABILITY(key, fall_back)                                                         \
    {                                                                                              \
        "targets." #key ".probability", SCENARIO_PERCENT, fall_back, 0.5, 0.9999,                  \
            AT(targets.key.probability),                                                           \
            .doc = "How sure it must be.",                                                         \
            .most_why = "no simulation shows certainty; write 99.9% or less"                       \
    }

static const struct scenario_field fields[] = {
    {"version", SCENARIO_WHOLE, "1", 1, 1, .required = true, .doc = "Version of this format.",
     .least_why = "this program reads version 1", .most_why = "this program reads version 1"},
    {"name", SCENARIO_NAME, "my-stack", AT(name), .required = true,
     .doc = "Names the results; `a-z`, `0-9` and `-`."},
    {"region", SCENARIO_WORD, "us-east-1", AT(region), .doc = "AWS region, for prices."},

    {"workload", SCENARIO_SECTION, .required = true, .doc = "What the services send."},
    {"workload.services", SCENARIO_SECTIONS, NULL, 1, 1000, .required = true,
     .doc = "The services that write logs and traces."},
    {"workload.services[].name", SCENARIO_NAME, "api", SERVICE(name), .required = true,
     .doc = "Name of the service, once in the list."},
    {"workload.services[].replicas", SCENARIO_WHOLE, "4", 1, 100000, SERVICE(replicas),
     .doc = "Pods that run."},
    {"workload.services[].logs", SCENARIO_SECTION, .optional = true,
     .doc = "Leave it out for a service that writes no logs."},
    {"workload.services[].logs.lines_per_second", SCENARIO_NUMBER, "20", 0, 1e6,
     SERVICE(lines_per_second), .unit = "lines a second",
     .doc = "Mean over the week, one replica."},
    {"workload.services[].logs.bytes_per_line", SCENARIO_NUMBER, "350", 1, 262144,
     SERVICE(bytes_per_line), .doc = "Mean length; `simulate sample FILE` measures it.",
     .unit = "bytes", .most_why = "Loki refuses lines over 256 KiB"},
    {"workload.services[].logs.streams_per_replica", SCENARIO_NUMBER, "2", 0.01, 10000,
     SERVICE(streams_per_replica),
     .doc = "Different label sets of one replica (stdout and stderr are two). Below 1 when "
            "replicas share streams."},
    {"workload.services[].logs.compression", SCENARIO_SECTION,
     .doc = "Raw over stored size, as `simulate sample FILE` prints it. Request and trace ids "
            "hardly compress."},
    {"workload.services[].logs.compression.snappy", SCENARIO_NUMBER, "2.5", 1.01, 100,
     SERVICE(compression[LOKI_ENCODING_SNAPPY]), .doc = "With snappy."},
    {"workload.services[].logs.compression.gzip", SCENARIO_NUMBER, "4.0", 1.01, 100,
     SERVICE(compression[LOKI_ENCODING_GZIP]), .doc = "With gzip."},
    {"workload.services[].logs.compression.zstd", SCENARIO_NUMBER, "4.2", 1.01, 100,
     SERVICE(compression[LOKI_ENCODING_ZSTD]), .doc = "With zstd."},
    {"workload.services[].traces", SCENARIO_SECTION, .optional = true,
     .doc = "Leave it out for a service that sends no traces."},
    {"workload.services[].traces.requests_per_second", SCENARIO_NUMBER, "15", 0, 1e6,
     SERVICE(requests_per_second), .unit = "requests a second",
     .doc = "Mean over the week, one replica."},
    {"workload.services[].traces.sampled", SCENARIO_PERCENT, "10%", 0, 1, SERVICE(sampled_fraction),
     .doc = "Share of requests whose trace is kept."},
    {"workload.services[].traces.spans_per_trace", SCENARIO_NUMBER, "8", 1, 10000,
     SERVICE(spans_per_trace), .doc = "Mean number of spans."},
    {"workload.services[].traces.bytes_per_span", SCENARIO_NUMBER, "470", 50, 100000,
     SERVICE(bytes_per_span), .unit = "bytes",
     .doc = "As OTLP sends it; a span with eight attributes has about 470."},

    {"workload.profile", SCENARIO_SECTION, .doc = "How the load moves in time."},
    {"workload.profile.daily", SCENARIO_DAILY, "business-hours", .words = dailies,
     .doc = "A preset, or 24 numbers: the weight of each hour in UTC. Only their proportions "
            "count; the mean stays as the services say."},
    {"workload.profile.weekend", SCENARIO_PERCENT, "40%", 0, 5,
     AT(workload.profile.weekend_fraction), .doc = "Load on Saturday and Sunday, of a weekday's."},
    {"workload.profile.noise", SCENARIO_SECTION, .doc = "Random swings around the daily shape."},
    {"workload.profile.noise.cv", SCENARIO_NUMBER, "0.25", 0, 3, AT(workload.profile.noise_cv),
     .doc = "Standard deviation over mean; 0 for none."},
    {"workload.profile.noise.correlation_time", SCENARIO_DURATION, "30m", SECONDS_PER_MINUTE,
     DAYS(7), AT(workload.profile.noise_correlation_seconds),
     .doc = "How long a swing lasts: correlation falls to 1/e in this time."},
    {"workload.profile.growth_per_month", SCENARIO_PERCENT, "3%", -0.5, 1,
     AT(workload.profile.growth_fraction_per_month),
     .doc = "Growth of all load, compounding; negative when it shrinks."},
    {"workload.incidents", SCENARIO_SECTION,
     .doc = "Times when everything logs more: retries, stack traces, debug left on."},
    {"workload.incidents.per_month", SCENARIO_NUMBER, "2", 0, 1000,
     AT(workload.incidents.per_month), .doc = "Mean number; 0 for none."},
    {"workload.incidents.magnitude", SCENARIO_SECTION, .doc = "Times the normal log rate."},
    {"workload.incidents.magnitude.median", SCENARIO_NUMBER, "4", 1, 1000,
     AT(workload.incidents.magnitude.median), .doc = "Half of the incidents are larger."},
    {"workload.incidents.magnitude.p95", SCENARIO_NUMBER, "12", 1, 10000,
     AT(workload.incidents.magnitude.p95), .doc = "One in twenty is larger."},
    {"workload.incidents.duration", SCENARIO_SECTION, .doc = "How long they last."},
    {"workload.incidents.duration.median", SCENARIO_DURATION, "30m", SECONDS_PER_MINUTE, DAYS(30),
     AT(workload.incidents.duration_seconds.median), .doc = "Half of the incidents last longer."},
    {"workload.incidents.duration.p95", SCENARIO_DURATION, "3h", SECONDS_PER_MINUTE, DAYS(90),
     AT(workload.incidents.duration_seconds.p95), .doc = "One in twenty lasts longer."},
    {"workload.queries", SCENARIO_SECTION, .doc = "What people and dashboards ask of Loki."},
    {"workload.queries.per_hour", SCENARIO_NUMBER, "60", 0, 1e6, AT(workload.queries.per_hour),
     .doc = "Queries that read stored chunks.", .unit = "queries an hour"},
    {"workload.queries.range", SCENARIO_DURATION, "6h", SECONDS_PER_MINUTE, DAYS(366),
     AT(workload.queries.range_seconds), .doc = "How far back a query looks."},
    {"workload.queries.users", SCENARIO_NUMBER, "5", 0, 10000, AT(workload.queries.users),
     .doc = "Who look at the same time."},

    {"stack", SCENARIO_SECTION, .doc = "The programs, as they run or shall run."},
    {"stack.charts", SCENARIO_SECTION, .doc = "The Helm charts to install from."},
    {"stack.charts.profile", SCENARIO_CHOICE, "brief", AT(stack.chart_profile), .words = profiles,
     .doc = "`brief`: the versions that the models were fitted to. `successor`: the repositories "
            "that are still maintained, and Alloy instead of Promtail."},
    {"stack.loki", SCENARIO_SECTION, .doc = "Loki, one binary, chunks on its volume."},
    RESOURCES("loki", loki.resources, "Loki", "500m", "512Mi", "2000m", "2Gi", 128 * MIB,
              "Loki takes about 120 MiB before it has seen a line"),
    VOLUME("loki", loki.resources, "10Gi", "Loki"),
    {"stack.loki.retention", SCENARIO_DURATION, "7d", DAYS(1), DAYS(3650),
     AT(stack.loki.retention_seconds), .doc = "How long Loki keeps logs.",
     .least_why = "Loki refuses a retention below 24h"},
    {"stack.loki.encoding", SCENARIO_CHOICE, "snappy", AT(stack.loki.settings.encoding),
     .words = encodings, .doc = "Compression of chunks; gzip stores less and costs CPU."},
    {"stack.loki.max_chunk_age", SCENARIO_DURATION, "2h", SECONDS_PER_MINUTE, DAYS(7),
     AT(stack.loki.settings.max_chunk_age_seconds),
     .doc = "A chunk is written out at this age. Shorter takes less memory and more files."},
    {"stack.loki.chunk_idle_period", SCENARIO_DURATION, "30m", SECONDS_PER_MINUTE, DAYS(7),
     AT(stack.loki.settings.chunk_idle_period_seconds),
     .doc = "A chunk is written out when its stream was silent for so long."},
    {"stack.loki.chunk_target_size", SCENARIO_BYTES, "1536Ki", 64 * KIB, 64 * MIB,
     AT(stack.loki.settings.chunk_target_size_bytes),
     .doc = "A chunk is written out at this compressed size."},
    {"stack.loki.memory_limit_target", SCENARIO_PERCENT, "90%", 0, 1,
     AT(stack.loki.memory_limit_target),
     .doc = "GOMEMLIMIT as a share of the memory limit; 0% leaves it unset."},
    {"stack.loki.ingestion_rate", SCENARIO_BYTES, "4Mi", 64 * KIB, 16 * GIB,
     AT(stack.loki.ingestion_rate_bytes_per_second), .unit = "bytes a second",
     .doc = "Above this Loki answers 429 (`ingestion_rate_mb`, which counts MiB)."},
    {"stack.loki.max_streams", SCENARIO_WHOLE, "5000", 1, 1e7, AT(stack.loki.max_streams),
     .doc = "Above this Loki refuses new streams (`max_global_streams_per_user`)."},

    {"stack.tempo", SCENARIO_SECTION, .doc = "Tempo, one binary, blocks on its volume."},
    RESOURCES("tempo", tempo.resources, "Tempo", "250m", "256Mi", "1000m", "1Gi", 96 * MIB,
              "Tempo takes about 80 MiB before it has seen a span"),
    VOLUME("tempo", tempo.resources, "5Gi", "Tempo"),
    {"stack.tempo.retention", SCENARIO_DURATION, "7d", HOURS(1), DAYS(3650),
     AT(stack.tempo.retention_seconds), .doc = "How long Tempo keeps traces."},
    {"stack.tempo.max_block_duration", SCENARIO_DURATION, "30m", SECONDS_PER_MINUTE, DAYS(1),
     AT(stack.tempo.settings.max_block_duration_seconds),
     .doc = "A block is cut at this age. Shorter takes less memory."},
    {"stack.tempo.max_block_size", SCENARIO_BYTES, "500Mi", MIB, 100 * GIB,
     AT(stack.tempo.settings.max_block_bytes), .doc = "A block is cut at this size."},
    {"stack.tempo.parquet_row_group_size", SCENARIO_BYTES, "100M", 1e6, 10e9,
     AT(stack.tempo.settings.parquet_row_group_size_bytes),
     .doc = "Row group of a block; smaller takes less memory to build."},
    {"stack.tempo.memory_limit_target", SCENARIO_PERCENT, "90%", 0, 1,
     AT(stack.tempo.memory_limit_target),
     .doc = "GOMEMLIMIT as a share of the memory limit; 0% leaves it unset."},

    {"stack.grafana", SCENARIO_SECTION, .doc = "Grafana."},
    RESOURCES("grafana", grafana, "Grafana", "100m", "128Mi", "500m", "512Mi", 64 * MIB,
              "Grafana does not start in less"),
    VOLUME("grafana", grafana, "1Gi", "Grafana"),
    {"stack.collector", SCENARIO_SECTION, .doc = "The OpenTelemetry Collector in front of Tempo."},
    RESOURCES("collector", collector, "the collector", "100m", "128Mi", "500m", "512Mi", 48 * MIB,
              "the collector takes about 25 MiB idle, and needs room for a batch"),
    {"stack.agent", SCENARIO_SECTION, .doc = "What reads the log files, one on each node."},
    {"stack.agent.kind", SCENARIO_CHOICE, "promtail", AT(stack.agent_kind), .words = agents,
     .doc = "Promtail (past its end of life) or Alloy, its successor; with `successor` charts "
            "always Alloy."},
    RESOURCES("agent", agent, "the agent", "50m", "64Mi", "200m", "192Mi", 96 * MIB,
              "Promtail takes about 85 MiB idle, Alloy more"),

    {"cluster", SCENARIO_SECTION, .doc = "The nodes and how they are paid."},
    {"cluster.nodes", SCENARIO_SECTIONS, "[{type: t3.medium, count: 1}]", 1,
     SCENARIO_NODE_GROUPS_MAX, .doc = "Groups of like nodes."},
    {"cluster.nodes[].type", SCENARIO_WORD, "t3.medium", GROUP(type), .required = true,
     .doc = "EC2 instance type."},
    {"cluster.nodes[].count", SCENARIO_WHOLE, "1", 1, PLAN_NODES_MAX, GROUP(count),
     .doc = "Nodes of this type."},
    {"cluster.purchase", SCENARIO_CHOICE, "on-demand", AT(cluster.purchase), .words = purchases,
     .doc = "How the nodes are paid; reserved or by a savings plan for a year, nothing upfront. "
            "Savings plans need imported prices."},
    {"cluster.credits", SCENARIO_CHOICE, "unlimited", AT(cluster.credits_unlimited),
     .words = credits,
     .doc = "What burstable nodes do without CPU credits: pay for more, or slow down."},
    {"cluster.control_plane", SCENARIO_CHOICE, "excluded", AT(cluster.control_plane_included),
     .words = control_planes, .doc = "Whether EKS's own $73 a month counts."},
    {"cluster.system_pods", SCENARIO_CHOICE, "eks-default", AT(cluster.system_pods),
     .words = system_pods,
     .doc = "Whether aws-node, kube-proxy, CoreDNS and the EBS CSI driver take room on the nodes."},
    {"cluster.root_volume", SCENARIO_BYTES, "20Gi", 8 * GIB, VOLUME_GP3_BYTES_MAX,
     AT(cluster.root_volume_bytes), .doc = "Root volume of each node, gp3.",
     .least_why = "a node's system does not fit in less", .most_why = GP3_BYTES_MAX_WHY},
    {"cluster.dedicated", SCENARIO_SWITCH, "true", AT(cluster.dedicated), .words = switches,
     .doc = "false: the pods of `other_requests` share the nodes."},
    {"cluster.other_requests", SCENARIO_SECTION, .doc = "What other pods request, in all."},
    {"cluster.other_requests.cpu", SCENARIO_CORES, "0", 0, 3072, AT(cluster.other_request_cores),
     .doc = "CPU requests of other pods."},
    {"cluster.other_requests.memory", SCENARIO_BYTES, "0", 0, 48 * TIB,
     AT(cluster.other_request_bytes), .doc = "Memory requests of other pods."},
    {"cluster.other_requests.pods", SCENARIO_WHOLE, "0", 0, 1000, AT(cluster.other_pods),
     .doc = "Number of other pods."},
    {"cluster.public_ipv4", SCENARIO_WHOLE, "0", 0, 1000, AT(cluster.public_ipv4),
     .doc = "Public IPv4 addresses to pay for."},
    {"cluster.nat_gateways", SCENARIO_WHOLE, "0", 0, 100, AT(cluster.nat_gateways),
     .doc = "NAT gateways to pay for."},
    {"cluster.cross_az", SCENARIO_PERCENT, "0%", 0, 1, AT(cluster.cross_az_fraction),
     .doc = "Share of logs and traces that crosses availability zones, which is billed."},

    {"targets", SCENARIO_SECTION, .optional = true,
     .doc = "What must hold. A target that is left out is not asked for. Without `targets` at all "
            "these are: both retentions as the stack sets them (99%), out_of_memory at most 1%, "
            "log_loss at most 0.1% (99%)."},
    TARGET(cost, "The bill of a month."),
    {"targets.cost.at_most", SCENARIO_USD, "40", 0, 1e9, AT(targets.cost.bound), .required = true,
     .doc = "USD a month, everything in.", .unit = "USD a month"},
    TARGET_PROBABILITY(cost, "95%"),
    TARGET(logs_retention, "Logs are there for so long, because the volume never filled up."),
    {"targets.logs_retention.at_least", SCENARIO_DURATION, "7d", SECONDS_PER_HOUR, DAYS(3650),
     AT(targets.logs_retention.bound), .required = true, .doc = "Age that logs must reach."},
    TARGET_PROBABILITY(logs_retention, "99%"),
    TARGET(traces_retention, "Traces are there for so long."),
    {"targets.traces_retention.at_least", SCENARIO_DURATION, "7d", SECONDS_PER_HOUR, DAYS(3650),
     AT(targets.traces_retention.bound), .required = true, .doc = "Age that traces must reach."},
    TARGET_PROBABILITY(traces_retention, "99%"),
    TARGET(out_of_memory, "Chance that any container is killed within the horizon."),
    {"targets.out_of_memory.at_most", SCENARIO_PERCENT, "1%", 0, 1, AT(targets.out_of_memory.bound),
     .required = true, .doc = "Chance of any kill within the horizon."},
    TARGET(log_loss, "Share of log bytes that are lost."),
    {"targets.log_loss.at_most", SCENARIO_PERCENT, "0.1%", 0, 1, AT(targets.log_loss.bound),
     .required = true, .doc = "Share of log bytes over the horizon."},
    TARGET_PROBABILITY(log_loss, "99%"),
    TARGET(savings, "Saved against the managed baseline."),
    {"targets.savings.at_least", SCENARIO_PERCENT, "60%", 0, 1, AT(targets.savings.bound),
     .required = true, .doc = "Share of the baseline's bill that is saved."},

    {"managed", SCENARIO_SECTION, .doc = "The managed services to compare with."},
    {"managed.baseline", SCENARIO_CHOICE, "aws", AT(managed.baseline), .words = services,
     .doc = "Which of them `targets.savings` is held against; all are shown."},
    {"managed.editors", SCENARIO_WHOLE, "2", 0, 100000, AT(managed.editors),
     .doc = "People who edit dashboards."},
    {"managed.viewers", SCENARIO_WHOLE, "3", 0, 100000, AT(managed.viewers),
     .doc = "People who only look."},
    {"managed.queries_scanned_gb_per_day", SCENARIO_NUMBER, "5", 0, 1e6,
     AT(managed.queries_scanned_gb_per_day), .unit = "GB a day",
     .doc = "What queries would scan there."},

    {"search", SCENARIO_SECTION, .doc = "Where the best plan is looked for."},
    {"search.instance_types", SCENARIO_WORDS, "[t3.small, t3.medium, t3.large]", 1,
     SCENARIO_SEARCH_MAX, .doc = "Instance types to try; left out, also those of `cluster.nodes`."},
    {"search.max_nodes", SCENARIO_WHOLE, "3", 1, PLAN_NODES_MAX, AT(search.max_nodes),
     .doc = "Nodes at most."},
    {"search.purchase", SCENARIO_CHOICES, "[on-demand]", 1, PURCHASE_COUNT, .words = purchases,
     .doc = "Ways of paying to try; left out, that of `cluster.purchase`."},
    {"search.encodings", SCENARIO_CHOICES, "[snappy, gzip]", 1, LOKI_ENCODING_COUNT,
     .words = encodings, .doc = "Chunk encodings to try."},
    {"search.volume_step", SCENARIO_BYTES, "1Gi", GIB, TIB, AT(search.volume_step_bytes),
     .doc = "Volumes are tried in steps of this.", .least_why = "EBS sells whole GiB"},
    {"search.memory_step", SCENARIO_BYTES, "64Mi", MIB, 64 * GIB, AT(search.memory_step_bytes),
     .doc = "Memory limits are tried in steps of this."},
    {"search.allow_sampling", SCENARIO_SWITCH, "false", AT(search.allow_sampling),
     .words = switches,
     .doc = "true: a plan may have the collector leave traces out, when that is cheaper."},
    {"search.sampling_at_least", SCENARIO_PERCENT, "10%", 0.01, 1, AT(search.least_kept_fraction),
     .doc = "Least share of the traces sent that a plan keeps where `allow_sampling` is true."},

    {"simulation", SCENARIO_SECTION, .doc = "How much is simulated."},
    {"simulation.horizon", SCENARIO_DURATION, "30d", DAYS(1), DAYS(3650),
     AT(simulation.horizon_seconds), .doc = "How far ahead; a multiple of `step`."},
    {"simulation.step", SCENARIO_DURATION, "5m", 10, HOURS(1), AT(simulation.step_seconds),
     .doc = "Resolution in time; a day must be a whole number of steps."},
    {"simulation.replicas", SCENARIO_WHOLE, "10000", 1, 1e7, AT(simulation.replicas),
     .doc = "How often the future is drawn. More narrows the intervals."},
    {"simulation.seed", SCENARIO_WHOLE, "1", 0, EXACT_MAX, AT(simulation.seed),
     .doc = "The same seed gives the same result, anywhere."},
    {"simulation.calibration", SCENARIO_TEXT, CALIBRATION_SHIPPED, AT(simulation.calibration),
     .doc = "`shipped`, or a file that `simulate calibrate` wrote: models fitted to your own "
            "measurements."},

    {"output", SCENARIO_SECTION, .doc = "Where results go."},
    {"output.directory", SCENARIO_TEXT, "out", AT(output_folder),
     .doc = "Folder; each scenario gets one of its own in it, by name."},
};

const struct scenario_field *scenario_schema(size_t *count) {
    *count = sizeof fields / sizeof *fields;
    return fields;
}

const struct scenario_field *scenario_schema_find(const char *path) {
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

bool scenario_schema_is_child(const struct scenario_field *field, const char *parent) {
    size_t length = strlen(parent);
    if (length == 0)
        return strchr(field->path, '.') == NULL;
    return strncmp(field->path, parent, length) == 0 && field->path[length] == '.' &&
           strchr(field->path + length + 1, '.') == NULL;
}

const char *scenario_schema_key(const struct scenario_field *field) {
    const char *dot = strrchr(field->path, '.');
    return dot ? dot + 1 : field->path;
}

const double *scenario_schema_daily(size_t preset) {
    return daily_weights[preset];
}
