#include "sim/invoice_kind.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *title, *unit;
    bool by_month;
} kinds[INVOICE_KIND_COUNT] = {
    [INVOICE_INSTANCE] = {"instances", "hour", false},
    [INVOICE_GP3_STORAGE] = {"gp3 storage", "GiB-month", true},
    [INVOICE_GP3_IOPS] = {"gp3 IOPS", "IOPS-month", true},
    [INVOICE_GP3_THROUGHPUT] = {"gp3 throughput", "GiB/s-month", true},
    [INVOICE_OTHER_VOLUME] = {"other volumes", "GiB-month", true},
    [INVOICE_SNAPSHOT] = {"snapshots", "GiB-month", true},
    [INVOICE_CREDITS] = {"surplus CPU credits", "vCPU-hour", false},
    [INVOICE_CONTROL_PLANE] = {"EKS control plane", "hour", false},
    [INVOICE_EXTENDED_SUPPORT] = {"EKS extended support", "hour", false},
    [INVOICE_PUBLIC_IPV4] = {"public IPv4 addresses", "address-hour", false},
    [INVOICE_NAT_HOURS] = {"NAT gateways", "hour", false},
    [INVOICE_NAT_DATA] = {"data through NAT gateways", "GB", false},
    [INVOICE_CROSS_ZONE] = {"traffic between zones", "GB", false},
    [INVOICE_TRANSFER] = {"other traffic", "GB", false},
    [INVOICE_CLOUDWATCH] = {"CloudWatch", "", false},
    [INVOICE_XRAY] = {"X-Ray", "", false},
    [INVOICE_GRAFANA] = {"Managed Grafana", "", false},
    [INVOICE_OTHER] = {"other services", "", false},
};

/** Services that are one line whatever they meter, by code and by name. */
static const struct {
    const char *service;
    enum invoice_kind kind;
} services[] = {
    {"AmazonCloudWatch", INVOICE_CLOUDWATCH},
    {"AWSXRay", INVOICE_XRAY},
    {"AWS X-Ray", INVOICE_XRAY},
    {"AmazonGrafana", INVOICE_GRAFANA},
    {"Amazon Managed Grafana", INVOICE_GRAFANA},
};

/** How the meter begins; the first that fits. */
static const struct {
    const char *meter;
    enum invoice_kind kind;
} meters[] = {
    {"BoxUsage:", INVOICE_INSTANCE},
    {"SpotUsage:", INVOICE_INSTANCE},
    {"HeavyUsage:", INVOICE_INSTANCE},
    {"EBS:VolumeUsage.gp3", INVOICE_GP3_STORAGE},
    {"EBS:VolumeP-IOPS.gp3", INVOICE_GP3_IOPS},
    {"EBS:VolumeP-Throughput.gp3", INVOICE_GP3_THROUGHPUT},
    {"EBS:VolumeUsage", INVOICE_OTHER_VOLUME},
    {"EBS:Snapshot", INVOICE_SNAPSHOT},
    {"CPUCredits:", INVOICE_CREDITS},
    {"AmazonEKS-Hours:extendedSupport", INVOICE_EXTENDED_SUPPORT},
    {"AmazonEKS-Hours:", INVOICE_CONTROL_PLANE},
    {"PublicIPv4:", INVOICE_PUBLIC_IPV4},
    {"ElasticIP:", INVOICE_PUBLIC_IPV4},
    {"NatGateway-Hours", INVOICE_NAT_HOURS},
    {"NatGateway-Bytes", INVOICE_NAT_DATA},
    {"DataTransfer-Regional-Bytes", INVOICE_CROSS_ZONE},
    {"DataTransfer-", INVOICE_TRANSFER},
    {"AWS-Out-Bytes", INVOICE_TRANSFER},
    {"AWS-In-Bytes", INVOICE_TRANSFER},
};

/** Behind the short form of the region, which has no colon and a digit or two: `EUC1-`, `EU-`,
 *  `USE1-USW2-` between two. */
static const char *skip_region(const char *usage) {
    for (;;) {
        size_t length = strspn(usage, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (length < 2 || length > 6 || usage[length] != '-' || strncmp(usage, "AWS-", 4) == 0)
            return usage;
        usage += length + 1;
    }
}

enum invoice_kind invoice_kind_of(const char *usage, const char *service, const char **type) {
    *type = "";
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (strcmp(service, services[i].service) == 0)
            return services[i].kind;
    const char *meter = skip_region(usage);
    for (size_t i = 0; i < sizeof meters / sizeof *meters; i++) {
        size_t length = strlen(meters[i].meter);
        if (strncmp(meter, meters[i].meter, length) != 0)
            continue;
        if (meters[i].kind == INVOICE_INSTANCE)
            *type = meter + length;
        return meters[i].kind;
    }
    return INVOICE_OTHER;
}

const char *invoice_kind_title(enum invoice_kind kind) {
    return kinds[kind].title;
}

const char *invoice_kind_unit(enum invoice_kind kind) {
    return kinds[kind].unit;
}

bool invoice_kind_by_month(enum invoice_kind kind) {
    return kinds[kind].by_month;
}

bool invoice_kind_is_node(enum invoice_kind kind) {
    return kind == INVOICE_INSTANCE || kind == INVOICE_CREDITS;
}

bool invoice_kind_is_volume(enum invoice_kind kind) {
    return kind >= INVOICE_GP3_STORAGE && kind <= INVOICE_SNAPSHOT;
}
