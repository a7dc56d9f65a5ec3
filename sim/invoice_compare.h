/**
 * A bill beside what the stack as written is predicted to cost: one line for each difference, and
 * why it is likely there.
 *
 * What counts of the bill: usage of the scenario's region (or of none) whose tags do not name
 * another cluster or another namespace. Where tags name clusters, one is the stack's: the one
 * called like the scenario, or the only one. As soon as some instances (or volumes) carry its tag,
 * those without are left out; instances that no tag places count when the plan has their type. All
 * else (NAT gateways, addresses, traffic, CloudWatch) serves the whole account and counts.
 *
 * Amounts are scaled to a month of 730 hours: hours and gigabytes by the hours that the usage
 * covers, what is metered by the month by its calendar months.
 */
#ifndef SIM_INVOICE_COMPARE_H
#define SIM_INVOICE_COMPARE_H

#include "sim/invoice.h"
#include "sim/result.h"

/** Why usage of a kind that stacks have does not count. */
enum invoice_exclusion {
    INVOICE_COUNTED,
    INVOICE_OTHER_REGION,
    INVOICE_OTHER_CLUSTER,
    INVOICE_OTHER_SPACE,
    INVOICE_UNTAGGED,   /**< others of its kind carry the cluster's tag */
    INVOICE_OTHER_TYPE, /**< an instance of a type that the plan does not have */
    INVOICE_OTHER_SERVICE
};
#define INVOICE_EXCLUSION_COUNT 7

/** One side of a line, a month. */
struct invoice_amount {
    double quantity, usd;
    bool there;
};

struct invoice_line {
    enum invoice_kind kind;
    const char *title; /**< `t3.medium`, `gp3 storage` */
    const char *unit;  /**< "" where quantities say nothing */
    struct invoice_amount billed, predicted;
    double difference_usd; /**< billed - predicted */
    double quantity_usd;   /**< of it, by how much was used; at the predicted price */
    double price_usd;      /**< of it, by what a unit cost */
    const char *reason;    /**< a sentence */
};

/** Room for what the plan has, for every kind and for INVOICE_TYPES_MAX instance types; those of
 *  further types share a line. */
#define INVOICE_TYPES_MAX 64
#define INVOICE_LINES_MAX 128

struct invoice_comparison {
    const struct invoice *invoice;
    const char *cluster;  /**< whose tags count; NULL when no tag names one */
    const char *space;    /**< the stack's namespace */
    bool cluster_by_name; /**< it is called like the scenario; else it is the only one */
    struct invoice_line lines[INVOICE_LINES_MAX];
    size_t line_count;
    struct invoice_sum sums[INVOICE_EXCLUSION_COUNT]; /**< as on the bill, not scaled */
    double hour_factor, month_factor;                 /**< what amounts were multiplied by */
    double billed_usd, predicted_usd;                 /**< a month, of all lines */
    double modelled_usd; /**< of billed_usd, for what the prediction has too */
};

struct invoice_compare_input {
    const struct invoice *invoice;
    const struct scenario *scenario;
    const struct plan_outcome *outcome; /**< of the stack as written */
    const char *space;                  /**< namespace of the stack */
    struct arena *arena;
};

/** Compare. STATUS_INVALID when several clusters are on the bill and none is called like the
 *  scenario. */
enum status invoice_compare(const struct invoice_compare_input *input,
                            struct invoice_comparison *comparison,
                            struct diagnostics *diagnostics) MUST_CHECK;

#endif
