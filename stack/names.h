/**
 * Names in the cluster that more than one part of the stack must agree on.
 */
#ifndef STACK_NAMES_H
#define STACK_NAMES_H

#define STACK_NAMESPACE "observability"
#define STACK_STORAGE_CLASS "gp3"

/* Names of the services, set through fullnameOverride so that they do not hang on release names. */
#define STACK_LOKI_NAME "loki"
#define STACK_TEMPO_NAME "tempo"
#define STACK_GRAFANA_NAME "grafana"
#define STACK_PROMTAIL_NAME "promtail"
#define STACK_ALLOY_NAME "alloy"
#define STACK_COLLECTOR_NAME "opentelemetry-collector"

/** Tempo's port depends on its chart: `port` of struct chart_pin. */
#define STACK_LOKI_URL "http://" STACK_LOKI_NAME ":3100"

/** The secret that holds Grafana's administrator, and its keys. It is made before Grafana is
 *  installed and never stands in a values file. */
#define STACK_ADMIN_SECRET "grafana-admin"
#define STACK_ADMIN_USER_KEY "admin-user"
#define STACK_ADMIN_PASSWORD_KEY "admin-password"

/** The ConfigMap that holds the dashboards; Grafana's pod does not start without it. */
#define STACK_DASHBOARDS_CONFIG_MAP "grafana-dashboards"

/** Uids of Grafana's data sources: dashboards, alert rules and links name them. */
#define STACK_LOKI_UID "loki"
#define STACK_TEMPO_UID "tempo"

#endif
