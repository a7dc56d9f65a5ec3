#include "sim/base/units.h"
#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <math.h>

#define STORAGE "/var/lib/alloy/data"
#define CONFIG_PATH "alloy.configMap.content"

static const struct values_row rows[] = {
    {"fullnameOverride", VALUES_STRING, STACK_ALLOY_NAME, NULL},
    {"crds.create", VALUES_PLAIN, "false", "the PodLogs resource is not used"},
    {"controller.type", VALUES_STRING, "daemonset", NULL},
    {"controller.tolerations[0].operator", VALUES_STRING, "Exists", "logs come from every node"},
    {"controller.volumes.extra[0].name", VALUES_STRING, "data", NULL},
    {"controller.volumes.extra[0].hostPath.path", VALUES_STRING, STORAGE, NULL},
    {"controller.volumes.extra[0].hostPath.type", VALUES_STRING, "DirectoryOrCreate", NULL},
    {"configReloader.enabled", VALUES_PLAIN, "false",
     "a second container with requests of its own; a changed configuration restarts the pod"},
    {"service.enabled", VALUES_PLAIN, "false", NULL},
    {"rbac.rules[0].apiGroups[0]", VALUES_STRING, "",
     "the default reads every secret of the cluster; finding pods needs no more than this"},
    {"rbac.rules[0].resources[0]", VALUES_STRING, "pods", NULL},
    {"rbac.rules[0].verbs[0]", VALUES_STRING, "get", NULL},
    {"rbac.rules[0].verbs[1]", VALUES_STRING, "list", NULL},
    {"rbac.rules[0].verbs[2]", VALUES_STRING, "watch", NULL},
    {"rbac.clusterRules[0].nonResourceURLs[0]", VALUES_STRING, "/metrics", NULL},
    {"rbac.clusterRules[0].verbs[0]", VALUES_STRING, "get", NULL},
    {"alloy.enableReporting", VALUES_PLAIN, "false", NULL},
    {"alloy.clustering.enabled", VALUES_PLAIN, "false", NULL},
    {"alloy.storagePath", VALUES_STRING, STORAGE,
     "the default is a temporary folder: positions are lost at each restart and lines sent twice"},
    {"alloy.mounts.varlog", VALUES_PLAIN, "true", NULL},
    {"alloy.mounts.extra[0].name", VALUES_STRING, "data", NULL},
    {"alloy.mounts.extra[0].mountPath", VALUES_STRING, STORAGE, NULL},
    {"alloy.securityContext.runAsUser", VALUES_PLAIN, "0", "log files belong to root"},
    {"alloy.securityContext.allowPrivilegeEscalation", VALUES_PLAIN, "false", NULL},
    {"alloy.securityContext.capabilities.drop[0]", VALUES_STRING, "ALL", NULL},
    {"alloy.securityContext.seccompProfile.type", VALUES_STRING, "RuntimeDefault", NULL},
};

/** A label of each stream and the pod's metadata it comes from. */
struct relabel_rule {
    const char *target, *sources, *more;
};

/* The labels that the Promtail chart sets too; more labels would be more streams. */
static const struct relabel_rule rules[] = {
    {"namespace", "\"__meta_kubernetes_namespace\"", ""},
    {"pod", "\"__meta_kubernetes_pod_name\"", ""},
    {"container", "\"__meta_kubernetes_pod_container_name\"", ""},
    {"node_name", "\"__meta_kubernetes_pod_node_name\"", ""},
    {"app",
     "\"__meta_kubernetes_pod_label_app_kubernetes_io_name\", "
     "\"__meta_kubernetes_pod_label_app\", \"__meta_kubernetes_pod_container_name\"",
     "    regex         = \"^;*([^;]+)(;.*)?$\"\n"},
    {"__path__", "\"__meta_kubernetes_pod_uid\", \"__meta_kubernetes_pod_container_name\"",
     "    separator     = \"/\"\n    replacement   = \"/var/log/pods/*$1/*.log\"\n"},
};

static void print_discovery(struct text *text) {
    text_add(text, "logging {\n"
                   "  level  = \"warn\"\n"
                   "  format = \"logfmt\"\n"
                   "}\n"
                   "\n"
                   "discovery.kubernetes \"pods\" {\n"
                   "  role = \"pod\"\n"
                   "\n"
                   "  selectors {\n"
                   "    role  = \"pod\"\n"
                   "    field = \"spec.nodeName=\" + sys.env(\"HOSTNAME\")\n"
                   "  }\n"
                   "}\n"
                   "\n"
                   "discovery.relabel \"pods\" {\n"
                   "  targets = discovery.kubernetes.pods.targets\n");
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        text_print(text,
                   "\n"
                   "  rule {\n"
                   "    source_labels = [%s]\n"
                   "%s"
                   "    target_label  = \"%s\"\n"
                   "  }\n",
                   rules[i].sources, rules[i].more, rules[i].target);
    text_add(text, "}\n"
                   "\n"
                   "local.file_match \"pods\" {\n"
                   "  path_targets = discovery.relabel.pods.output\n"
                   "}\n"
                   "\n"
                   "loki.source.file \"pods\" {\n"
                   "  targets    = local.file_match.pods.targets\n"
                   "  forward_to = [loki.process.pods.receiver]\n"
                   "}\n");
}

static void print_process(struct text *text, const char *older_than) {
    text_print(text,
               "\n"
               "loki.process \"pods\" {\n"
               "  forward_to = [loki.write.loki.receiver]\n"
               "\n"
               "  stage.cri { }\n"
               "\n"
               "  stage.match {\n"
               "    selector = \"{app=~\\\".*(dramatiq|worker).*\\\"}\"\n"
               "\n"
               "    stage.multiline {\n"
               "      firstline     = \"^\\\\[\\\\d{4}-\\\\d{2}-\\\\d{2} "
               "\\\\d{2}:\\\\d{2}:\\\\d{2},\\\\d{3}\\\\] \"\n"
               "      max_wait_time = \"3s\"\n"
               "      max_lines     = 128\n"
               "    }\n"
               "  }\n"
               "\n"
               "  stage.drop {\n"
               "    older_than          = \"%s\"\n"
               "    drop_counter_reason = \"too_old\"\n"
               "  }\n"
               "\n"
               "  stage.label_drop {\n"
               "    values = [\"filename\"]\n"
               "  }\n"
               "}\n",
               older_than);
}

static void print_write(struct text *text) {
    text_add(text, "\n"
                   "loki.write \"loki\" {\n"
                   "  endpoint {\n"
                   "    url                 = \"" STACK_LOKI_URL "/loki/api/v1/push\"\n"
                   "    batch_wait          = \"1s\"\n"
                   "    batch_size          = \"1MiB\"\n"
                   "    min_backoff_period  = \"500ms\"\n"
                   "    max_backoff_period  = \"5m\"\n"
                   "    max_backoff_retries = 10\n"
                   "  }\n"
                   "}\n");
}

static void set_config(struct values *values, const struct plan *plan) {
    double oldest = values_common_oldest_seconds(plan) - SECONDS_PER_HOUR;
    char older_than[VALUES_COMMON_BYTES];
    struct text text;
    text_init(&text);
    values_common_duration(older_than, sizeof older_than, fmax(oldest, SECONDS_PER_HOUR));
    print_discovery(&text);
    print_process(&text, older_than);
    print_write(&text);
    if (text_failed(&text))
        values_fail(values, CONFIG_PATH, "memory is out");
    else
        values_string(values, CONFIG_PATH, text.data);
    text_fini(&text);
    values_tuned(values, CONFIG_PATH,
                 "drops lines older than %s, just below Loki's reject_old_samples_max_age; tries a "
                 "push ten times, as simulated",
                 older_than);
}

void values_alloy(struct values *values, const struct scenario *scenario,
                  const struct plan_outcome *outcome) {
    (void)scenario;
    values_rows(values, rows, sizeof rows / sizeof *rows);
    values_common_resources(values, "alloy.resources", outcome, COMPONENT_AGENT);
    set_config(values, &outcome->plan);
}
