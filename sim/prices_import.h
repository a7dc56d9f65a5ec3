/**
 * Prices from the offer files that AWS publishes, whatever their size.
 *
 * Two layouts are read, told apart by their columns: EC2 offer files (`index.csv` of AmazonEC2) and
 * savings-plan files (AmazonComputeSavingsPlan). Both begin with rows of facts (publication date,
 * version) before the header. Taken is what the models price:
 *
 * | kind | rows |
 * |---|---|
 * | on-demand | Linux, shared tenancy, no software, `RunInstances`, capacity status `Used` |
 * | reserved-1y | the same; standard class, one year, no upfront |
 * | savings-plan-1y | a Compute Savings Plan, one year, no upfront, for `BoxUsage` of Linux |
 * | instance-savings-plan-1y | the same of an EC2 Instance Savings Plan |
 * | gp3 | storage (GB-month), IOPS (IOPS-month) and throughput, which the file prices per GiB/s and
 *   month: it is divided by 1,024 for the MiB/s of the price tables |
 *
 * of regions (not local zones) and of the instance types that the program has facts about. Memory
 * is constant but for the prices taken. Thread safety: one thread at a time.
 */
#ifndef SIM_PRICES_IMPORT_H
#define SIM_PRICES_IMPORT_H

#include "models/node.h"
#include "sim/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum prices_kind {
    PRICES_ON_DEMAND,
    PRICES_RESERVED,
    PRICES_SAVINGS_PLAN,
    PRICES_INSTANCE_SAVINGS_PLAN,
    PRICES_GP3_GIB,
    PRICES_GP3_IOPS,
    PRICES_GP3_THROUGHPUT
};
#define PRICES_KIND_COUNT 7
#define PRICES_IS_INSTANCE(kind) ((kind) < PRICES_GP3_GIB)

/** As the column `purchase` of ec2.csv has it; for gp3 a word for messages. */
const char *prices_kind_name(enum prices_kind kind);

/** A price that the file has. */
struct prices_found {
    char region[32], type[32]; /**< type is "" for gp3 */
    char as_of[11];            /**< YYYY-MM-DD, or "undated" */
    enum prices_kind kind;
    double usd;        /**< an hour; for gp3 a month and GiB, IOPS or MiB/s */
    unsigned line;     /**< in the file */
    bool contradicted; /**< the file has another price too: not to be used */
};

/** Rows of the wanted kinds that were left out, and why. */
enum prices_left {
    PRICES_LEFT_TYPE,        /**< an instance type without facts in models/data/instances.csv */
    PRICES_LEFT_ZONE,        /**< savings plans in local and wavelength zones */
    PRICES_LEFT_CURRENCY,    /**< not in US dollars */
    PRICES_LEFT_ZERO,        /**< a price of zero */
    PRICES_LEFT_CONTRADICTED /**< prices given twice, differently */
};
#define PRICES_LEFT_COUNT 5

struct prices_import {
    const char *file;   /**< as named in messages */
    char offer[48];     /**< `AmazonEC2` */
    char version[32];   /**< `20250912225308`; "" when the file does not say */
    char published[11]; /**< YYYY-MM-DD; "" when the file does not say */
    double rows, bytes; /**< data rows; bytes unpacked */
    double left[PRICES_LEFT_COUNT];
    struct prices_found *found; /**< [count], sorted by region, type, kind once it is read; owned */
    size_t count, capacity;
    size_t *slots; /**< hash over `found` while reading */
    size_t slot_count;
};

struct prices_import_input {
    const char *path; /**< `-` is standard input; gzip and zstd are unpacked */
    const struct instance_table *instances;
    bool (*interrupted)(void); /**< may be NULL */
    bool (*progress)(double share, double bytes, void *context);
    void *progress_context;
};

/** Read a file. prices_import_fini() afterwards, also after a failure. STATUS_INVALID with line
 *  and column for damage: quotes, a missing column, a price that is no number. */
enum status prices_import_read(const struct prices_import_input *input,
                               struct prices_import *prices,
                               struct diagnostics *diagnostics) MUST_CHECK;

void prices_import_fini(struct prices_import *prices);

#endif
