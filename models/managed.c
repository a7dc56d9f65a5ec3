#include "models/managed.h"

#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MILLION 1e6
/** Share of its raw size at which CloudWatch counts a stored log (its price page's own example). */
#define CLOUDWATCH_STORED_SHARE 0.15
#define GRAFANA_CLOUD_INCLUDED_DAYS 30.0

static const struct {
    const char *name, *title;
} services[MANAGED_COUNT] = {
    [MANAGED_AWS] = {"aws", "AWS (CloudWatch Logs, X-Ray, Managed Grafana)"},
    [MANAGED_GRAFANA_CLOUD] = {"grafana-cloud", "Grafana Cloud (Pro)"},
    [MANAGED_DATADOG] = {"datadog", "Datadog (Logs, APM)"},
    [MANAGED_NEW_RELIC] = {"new-relic", "New Relic"},
};

const char *managed_name(enum managed_service service) {
    return services[service].name;
}

const char *managed_title(enum managed_service service) {
    return services[service].title;
}

/** A bill being written; after a failure further calls do nothing. */
struct billing {
    struct arena *arena;
    const struct price_table *prices;
    const char *region;
    struct bill *bill;
    struct diagnostics *diagnostics;
    enum status status;
};

struct meter {
    const char *service, *name;
};

static struct price price_of(struct billing *billing, struct meter meter) {
    struct price price = {0};
    if (billing->status == STATUS_OK &&
        !price_managed(billing->prices, meter.service, meter.name, billing->region, &price))
        billing->status =
            diagnostics_add(billing->diagnostics, STATUS_INVALID, "managed.csv", 0, 0,
                            "no price for `%s`, meter `%s`, in region `%s`, `all` or `us-east-1`",
                            meter.service, meter.name, billing->region);
    return price;
}

static double free_of(struct billing *billing, struct meter meter) {
    return price_of(billing, meter).free_per_month;
}

/** An item for what `quantity` exceeds `free`; none for a meter that is not used at all. */
static void charge_beyond(struct billing *billing, struct meter meter, const char *label,
                          double quantity, double free) {
    struct price price = price_of(billing, meter);
    if (billing->status != STATUS_OK || !(quantity > 0))
        return;
    char *item = free > 0
                     ? arena_print(billing->arena, "%s, after %g %s free", label, free, price.unit)
                     : arena_copy(billing->arena, label, strlen(label));
    char *source = arena_print(billing->arena, "%s, %s", price.source, price.as_of);
    char *unit = arena_copy(billing->arena, price.unit, strlen(price.unit));
    if (!item || !source || !unit) {
        billing->status = diagnostics_out_of_memory(billing->diagnostics, meter.service);
        return;
    }
    bill_add(billing->bill, meter.service, item, fmax(quantity - free, 0), unit, price.usd, source);
}

static void charge(struct billing *billing, struct meter meter, const char *label,
                   double quantity) {
    charge_beyond(billing, meter, label, quantity, free_of(billing, meter));
}

/** The free gigabytes go to ingest first, then to storage, then to scans: dearest first. */
static void bill_cloudwatch(struct billing *billing, const struct managed_load *load) {
    static const struct meter ingest = {"CloudWatch Logs", "ingest_standard"};
    static const struct meter storage = {"CloudWatch Logs", "storage_archived_compressed"};
    static const struct meter scans = {"CloudWatch Logs", "logs_insights_scanned"};
    double months = load->log_retention_days / DAYS_PER_MONTH;
    double stored = load->log_gb * months * CLOUDWATCH_STORED_SHARE;
    double free = free_of(billing, ingest);
    charge_beyond(billing, ingest, "log ingest", load->log_gb, free);
    free = fmax(free - load->log_gb, 0);
    charge_beyond(billing, storage, "log storage at 15 % of raw size", stored, free);
    free = fmax(free - stored, 0);
    charge_beyond(billing, scans, "Logs Insights scans", load->scanned_gb, free);
}

static void bill_xray(struct billing *billing, const struct managed_load *load) {
    static const struct meter recorded = {"X-Ray", "traces_recorded"};
    static const struct meter scanned = {"X-Ray", "traces_retrieved_or_scanned"};
    static const struct meter search = {"CloudWatch Transaction Search", "span_ingest_first_10TB"};
    char label[96];
    snprintf(label, sizeof label, "traces recorded (Transaction Search instead: $%.2f)",
             load->span_gb * price_of(billing, search).usd);
    charge(billing, recorded, label, load->trace_count / MILLION);
    charge(billing, scanned, "traces retrieved", load->traces_scanned / MILLION);
}

static void bill_aws(struct billing *billing, const struct managed_load *load) {
    static const struct meter editors = {"Amazon Managed Grafana", "editor_or_admin"};
    static const struct meter viewers = {"Amazon Managed Grafana", "viewer"};
    bill_cloudwatch(billing, load);
    bill_xray(billing, load);
    charge(billing, editors, "editors", load->editors);
    charge(billing, viewers, "viewers", load->viewers);
}

/** One signal of Grafana Cloud: its ingest, and what is kept beyond the included 30 days. */
static void bill_grafana_signal(struct billing *billing, struct meter ingest, struct meter retain,
                                const char *label, double gigabytes, double retention_days) {
    charge(billing, ingest, label, gigabytes);
    double billed = fmax(gigabytes - free_of(billing, ingest), 0);
    double extra_days = fmax(retention_days - GRAFANA_CLOUD_INCLUDED_DAYS, 0);
    double periods = ceil(extra_days / GRAFANA_CLOUD_INCLUDED_DAYS);
    charge(billing, retain, "kept beyond 30 days", billed * periods);
}

static void bill_grafana_cloud(struct billing *billing, const struct managed_load *load) {
#define METER(name) ((struct meter){"Grafana Cloud", name})
    charge(billing, METER("platform_fee_pro"), "platform fee", 1);
    bill_grafana_signal(billing, METER("logs_all_in_30d"), METER("logs_retain_per_extra_30d"),
                        "logs", load->log_gb, load->log_retention_days);
    bill_grafana_signal(billing, METER("traces_all_in_30d"), METER("traces_retain_per_extra_30d"),
                        "traces", load->span_gb, load->trace_retention_days);
    charge(billing, METER("users_visualization"), "active users", load->editors + load->viewers);
#undef METER
}

static void bill_datadog(struct billing *billing, const struct managed_load *load) {
    static const struct meter ingest = {"Datadog", "logs_ingest"};
    static const struct meter index = {"Datadog", "logs_index_15d_annual"};
    static const struct meter hosts = {"Datadog", "apm_host_annual"};
    static const struct meter span_ingest = {"Datadog", "spans_ingest"};
    static const struct meter span_index = {"Datadog", "spans_index_15d_annual"};
    charge(billing, ingest, "log ingest", load->log_gb);
    charge(billing, index, "log events indexed for 15 days", load->log_lines / MILLION);
    if (!(load->span_count > 0))
        return;
    double traced = fmax(load->hosts, 1);
    charge(billing, hosts, "APM hosts, paid yearly", traced);
    charge_beyond(billing, span_ingest, "span ingest", load->span_gb,
                  traced * free_of(billing, span_ingest));
    charge_beyond(billing, span_index, "spans indexed for 15 days", load->span_count / MILLION,
                  traced * free_of(billing, span_index));
}

static void bill_new_relic(struct billing *billing, const struct managed_load *load) {
    static const struct meter ingest = {"New Relic", "ingest_original_us"};
    static const struct meter full_user = {"New Relic", "user_full_platform"};
    static const struct meter core_user = {"New Relic", "user_core"};
    charge(billing, ingest, "log and span ingest", load->log_gb + load->span_gb);
    charge_beyond(billing, core_user, "core users, beyond the one free full user",
                  load->editors - free_of(billing, full_user), 0);
}

enum status managed_bill(struct arena *arena, const struct price_table *prices,
                         enum managed_service service, const char *region,
                         const struct managed_load *load, struct bill *bill,
                         struct diagnostics *diagnostics) {
    static void (*const writers[MANAGED_COUNT])(struct billing *, const struct managed_load *) = {
        [MANAGED_AWS] = bill_aws,
        [MANAGED_GRAFANA_CLOUD] = bill_grafana_cloud,
        [MANAGED_DATADOG] = bill_datadog,
        [MANAGED_NEW_RELIC] = bill_new_relic,
    };
    struct billing billing = {
        .arena = arena,
        .prices = prices,
        .region = region,
        .bill = bill,
        .diagnostics = diagnostics,
    };
    bill->count = 0;
    writers[service](&billing, load);
    return billing.status;
}
