/**
 * What a row of an AWS bill is for, told by its usage type and service code.
 *
 * A usage type is the same in every kind of bill: `EUC1-BoxUsage:t3.medium`, a short form of the
 * region (left out for us-east-1), then the meter. Pure; thread-safe.
 */
#ifndef SIM_INVOICE_KIND_H
#define SIM_INVOICE_KIND_H

#include <stdbool.h>

enum invoice_kind {
    INVOICE_INSTANCE, /**< by instance type */
    INVOICE_GP3_STORAGE,
    INVOICE_GP3_IOPS,
    INVOICE_GP3_THROUGHPUT,
    INVOICE_OTHER_VOLUME,
    INVOICE_SNAPSHOT,
    INVOICE_CREDITS, /**< surplus CPU credits */
    INVOICE_CONTROL_PLANE,
    INVOICE_EXTENDED_SUPPORT, /**< of a Kubernetes version that is past its standard support */
    INVOICE_PUBLIC_IPV4,
    INVOICE_NAT_HOURS,
    INVOICE_NAT_DATA,
    INVOICE_CROSS_ZONE,
    INVOICE_TRANSFER,
    INVOICE_CLOUDWATCH,
    INVOICE_XRAY,
    INVOICE_GRAFANA,
    INVOICE_OTHER /**< nothing of the stack's */
};
#define INVOICE_KIND_COUNT 18

/** The kind of a row; for an instance `*type` is its type within `usage`, else "". */
enum invoice_kind invoice_kind_of(const char *usage, const char *service, const char **type);

/** `gp3 storage`, `NAT gateways`, ... */
const char *invoice_kind_title(enum invoice_kind kind);

/** `hour`, `GiB-month`, ... as the predicted bill counts it. */
const char *invoice_kind_unit(enum invoice_kind kind);

/** Is it metered by the calendar month, so that a whole month is 1 whatever its hours? */
bool invoice_kind_by_month(enum invoice_kind kind);

/** Does a volume or an instance belong to one cluster, as tags may tell? What else there is, a NAT
 *  gateway or traffic, serves a whole account. */
bool invoice_kind_is_node(enum invoice_kind kind);
bool invoice_kind_is_volume(enum invoice_kind kind);

#endif
