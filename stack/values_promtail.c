#include "sim/base/units.h"
#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <math.h>

#define CLIENT "config.clients[0]."
#define CRI "config.snippets.pipelineStages[0].cri."
#define DRAMATIQ "config.snippets.pipelineStages[1].match."
#define OLD "config.snippets.pipelineStages[2].drop."
#define FILE_NAME "config.snippets.pipelineStages[3].labeldrop[0]"

static const struct values_row rows[] = {
    {"fullnameOverride", VALUES_STRING, STACK_PROMTAIL_NAME, NULL},
    {"tolerations[0].operator", VALUES_STRING, "Exists",
     "logs come from every node; the default list names control planes only"},
    {"defaultVolumes[0].name", VALUES_STRING, "run",
     "EKS runs containerd: the default's third volume, Docker's, is not there"},
    {"defaultVolumes[0].hostPath.path", VALUES_STRING, "/run/promtail", NULL},
    {"defaultVolumes[0].hostPath.type", VALUES_STRING, "DirectoryOrCreate", NULL},
    {"defaultVolumes[1].name", VALUES_STRING, "pods", NULL},
    {"defaultVolumes[1].hostPath.path", VALUES_STRING, "/var/log/pods", NULL},
    {"defaultVolumeMounts[0].name", VALUES_STRING, "run", NULL},
    {"defaultVolumeMounts[0].mountPath", VALUES_STRING, "/run/promtail", NULL},
    {"defaultVolumeMounts[1].name", VALUES_STRING, "pods", NULL},
    {"defaultVolumeMounts[1].mountPath", VALUES_STRING, "/var/log/pods", NULL},
    {"defaultVolumeMounts[1].readOnly", VALUES_PLAIN, "true", NULL},
    {"podSecurityContext.seccompProfile.type", VALUES_STRING, "RuntimeDefault", NULL},
    {"config.logLevel", VALUES_STRING, "warn", NULL},
    {CLIENT "url", VALUES_STRING, STACK_LOKI_URL "/loki/api/v1/push",
     "the default points at the gateway, which is off"},
    {CLIENT "batchwait", VALUES_STRING, "1s", NULL},
    {CLIENT "batchsize", VALUES_PLAIN, "1048576", NULL},
    {CLIENT "timeout", VALUES_STRING, "10s", NULL},
    {CLIENT "backoff_config.min_period", VALUES_STRING, "500ms", NULL},
    {CLIENT "backoff_config.max_period", VALUES_STRING, "5m", NULL},
    {CLIENT "backoff_config.max_retries", VALUES_PLAIN, "10",
     "as simulated: after the tenth refusal the lines are lost"},
    {"config.positions.filename", VALUES_STRING, "/run/promtail/positions.yaml", NULL},
    {"config.positions.sync_period", VALUES_STRING, "10s", NULL},
    {CRI "max_partial_lines", VALUES_PLAIN, "100", NULL},
    {CRI "max_partial_line_size", VALUES_PLAIN, "262144",
     "a plain number of bytes: 256KB does not decode"},
    {CRI "max_partial_line_size_truncate", VALUES_PLAIN, "true", NULL},
    {DRAMATIQ "selector", VALUES_STRING, "{app=~\".*(dramatiq|worker).*\"}",
     "a Dramatiq traceback becomes one entry; level is no label, for labels make streams and "
     "streams fill Loki's memory"},
    {DRAMATIQ "stages[0].multiline.firstline", VALUES_STRING,
     "^\\[\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2},\\d{3}\\] ", NULL},
    {DRAMATIQ "stages[0].multiline.max_wait_time", VALUES_STRING, "3s", NULL},
    {DRAMATIQ "stages[0].multiline.max_lines", VALUES_PLAIN, "128", NULL},
};

static const struct values_row label_rows[] = {
    {FILE_NAME, VALUES_STRING, "filename",
     "pod and container already tell; a new file would be a new stream"},
};

void values_promtail(struct values *values, const struct scenario *scenario,
                     const struct plan_outcome *outcome) {
    double oldest = values_common_oldest_seconds(&outcome->plan) - SECONDS_PER_HOUR;
    (void)scenario;
    values_rows(values, rows, sizeof rows / sizeof *rows);
    values_common_set_duration(values, OLD "older_than", fmax(oldest, SECONDS_PER_HOUR));
    values_tuned(
        values, OLD "older_than",
        "just below Loki's reject_old_samples_max_age, which would refuse the whole batch");
    values_string(values, OLD "drop_counter_reason", "too_old");
    values_rows(values, label_rows, sizeof label_rows / sizeof *label_rows);
    values_common_resources(values, "resources", outcome, COMPONENT_AGENT);
}
