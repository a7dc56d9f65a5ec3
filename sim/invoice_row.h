/**
 * One row of an AWS bill, whichever layout it is written in.
 *
 * Layouts, told apart by their columns (case and punctuation do not count):
 * - FOCUS 1.0 and 1.2 as AWS exports them: the usage type is `x_UsageType` in 1.0 and `SkuMeter` in
 *   1.2; amounts are `EffectiveCost`, which spreads commitments over what they cover.
 * - the legacy Cost and Usage Report (`lineItem/UsageType`) and CUR 2.0 (`line_item_usage_type`):
 *   amounts are the unblended cost, or the effective cost of usage that a reservation or a savings
 *   plan covers.
 */
#ifndef SIM_INVOICE_ROW_H
#define SIM_INVOICE_ROW_H

#include "sim/base/csv_stream.h"
#include "sim/invoice_tags.h"

enum invoice_layout { INVOICE_FOCUS, INVOICE_CUR };

/** What a row does: it counts, or it is shown apart. */
enum invoice_class {
    INVOICE_USAGE,
    INVOICE_TAX,
    INVOICE_CREDIT,
    INVOICE_REFUND,     /**< refunds, corrections of earlier bills, adjustments */
    INVOICE_DISCOUNT,   /**< discounts that the bill lists as rows of their own */
    INVOICE_COMMITMENT, /**< fees of reservations and savings plans: usage has its share */
    INVOICE_UNUSED,     /**< what was committed to and not used */
    INVOICE_NEGATION,   /**< a savings plan's counter-entries of its usage */
    INVOICE_UNKNOWN     /**< of a kind this program does not know */
};
#define INVOICE_CLASS_COUNT 9

enum invoice_column {
    INVOICE_COLUMN_CLASS,
    INVOICE_COLUMN_USAGE,
    INVOICE_COLUMN_SERVICE,
    INVOICE_COLUMN_START,
    INVOICE_COLUMN_END,
    INVOICE_COLUMN_CURRENCY,
    INVOICE_COLUMN_BILLED,
    INVOICE_COLUMN_EFFECTIVE, /**< FOCUS; of savings plans in CUR */
    INVOICE_COLUMN_RESERVED,  /**< CUR: effective cost of reservations */
    INVOICE_COLUMN_QUANTITY,
    INVOICE_COLUMN_PRICED, /**< FOCUS: PricingQuantity, where nothing else is said */
    INVOICE_COLUMN_REGION,
    INVOICE_COLUMN_RESOURCE,
    INVOICE_COLUMN_CORRECTION, /**< FOCUS: ChargeClass */
    INVOICE_COLUMN_STATUS,     /**< FOCUS: CommitmentDiscountStatus */
    INVOICE_COLUMN_TAGS        /**< a JSON object */
};
#define INVOICE_COLUMN_COUNT 16

#define INVOICE_TAG_COLUMNS_MAX 64

struct invoice_columns {
    enum invoice_layout layout;
    const char *name;                     /**< `FOCUS 1.2`, `Cost and Usage Report`, ... */
    size_t column[INVOICE_COLUMN_COUNT];  /**< SIZE_MAX where there is none */
    size_t tags[INVOICE_TAG_COLUMNS_MAX]; /**< columns that are one tag each */
    char tag_keys[INVOICE_TAG_COLUMNS_MAX][160];
    size_t tag_count, count; /**< of tags; of all columns */
};

struct invoice_row {
    enum invoice_class class;
    const char *usage, *service, *start, *end, *region, *currency;
    double billed_usd; /**< as it was invoiced */
    double amount_usd; /**< what it really cost: with its share of commitments */
    double quantity;   /**< 0 when there is none */
    struct invoice_tags tags;
    bool tags_damaged;
};

/** Find the columns of either layout; a diagnostic for each that is missing. Marks in `wanted`
 *  [CSV_STREAM_COLUMNS_MAX] those that are read. */
enum status invoice_columns_find(const struct csv_stream_row *header,
                                 struct invoice_columns *columns, bool *wanted,
                                 struct diagnostics *diagnostics) MUST_CHECK;

/** Read a row; its strings are borrowed from `csv`. */
enum status invoice_row_read(const struct invoice_columns *columns,
                             const struct csv_stream_row *csv, struct invoice_row *row,
                             struct diagnostics *diagnostics) MUST_CHECK;

#endif
