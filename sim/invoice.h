/**
 * An AWS bill, summed up: FOCUS exports and Cost and Usage Reports (sim/invoice_row.h), of any
 * size in constant memory.
 *
 * Usage is summed by kind, instance type, region, cluster and namespace; what is not usage (taxes,
 * credits, fees) apart from it. All amounts are in US dollars: a bill in another currency, or in
 * several, is refused at its row. Thread safety: one thread at a time.
 */
#ifndef SIM_INVOICE_H
#define SIM_INVOICE_H

#include "sim/invoice_kind.h"
#include "sim/invoice_row.h"

/** Different sums that are kept; what comes later goes into `rest`. */
#define INVOICE_GROUPS_MAX 8192

struct invoice_group {
    enum invoice_kind kind;
    char type[32];   /**< of instances */
    char region[32]; /**< "" where the bill names none */
    char cluster[INVOICE_NAME_BYTES], space[INVOICE_NAME_BYTES]; /**< "" where no tag tells */
    double rows, quantity, usd;
};

struct invoice_sum {
    double rows, usd;
};

struct invoice {
    const char *file, *layout;
    double rows;
    double billed_usd;            /**< of all rows, as invoiced */
    struct invoice_group *groups; /**< [group_count]; owned */
    size_t group_count;
    struct invoice_sum rest;                       /**< usage past INVOICE_GROUPS_MAX groups */
    struct invoice_sum apart[INVOICE_CLASS_COUNT]; /**< by class; of usage: negative rows */
    double tags_damaged;                           /**< rows whose tags are no JSON object */
    bool has_tags;                                 /**< the bill has columns for them */
    char start[17], end[17];                       /**< YYYY-MM-DDTHH:MM of all usage, UTC */
    double hours;                                  /**< from start to end */
    double months;                                 /**< the same as calendar months */
    size_t *slots;
};

struct invoice_input {
    const char *path;          /**< `-` is standard input; gzip and zstd are unpacked */
    bool (*interrupted)(void); /**< may be NULL */
    bool (*progress)(double share, double bytes, void *context);
    void *progress_context;
};

/** Read a bill. invoice_fini() afterwards, also after a failure. STATUS_INVALID with line and
 *  column for damage, and for a bill without usage. */
enum status invoice_read(const struct invoice_input *input, struct invoice *invoice,
                         struct diagnostics *diagnostics) MUST_CHECK;

void invoice_fini(struct invoice *invoice);

#endif
