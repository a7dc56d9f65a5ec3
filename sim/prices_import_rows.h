/**
 * Which rows of an offer file are prices to take. Private to the prices_import files.
 */
#ifndef SIM_PRICES_IMPORT_ROWS_H
#define SIM_PRICES_IMPORT_ROWS_H

#include "sim/base/csv_stream.h"
#include "sim/prices_import.h"

/** Columns of both layouts that rows are chosen by. */
enum offer_column {
    OFFER_PRICE,
    OFFER_UNIT,
    OFFER_CURRENCY,
    OFFER_EFFECTIVE,
    OFFER_REGION,
    OFFER_TYPE,
    OFFER_USAGE,
    OFFER_OPERATION,
    OFFER_PURCHASE,
    OFFER_LEASE,
    OFFER_FAMILY,
    OFFER_TERM, /**< EC2 alone, as those below */
    OFFER_CLASS,
    OFFER_LOCATION,
    OFFER_TENANCY,
    OFFER_SYSTEM,
    OFFER_SOFTWARE,
    OFFER_CAPACITY,
    OFFER_MARKET,     /**< optional */
    OFFER_LEASE_UNIT, /**< savings plans alone, as those below */
    OFFER_SERVICE
};
#define OFFER_COLUMN_COUNT 21

struct offer_layout {
    bool savings;
    size_t columns[OFFER_COLUMN_COUNT]; /**< SIZE_MAX where the layout has none */
};

/** Find the layout's columns in its header; a diagnostic for each that is missing. */
enum status offer_layout_find(const struct csv_stream_row *header, struct offer_layout *layout,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** The field, "" where the layout or the row has none. */
const char *offer_field(const struct offer_layout *layout, const struct csv_stream_row *row,
                        enum offer_column column);

/** Is the row a price of a kind that is taken? */
bool offer_row_kind(const struct offer_layout *layout, const struct csv_stream_row *row,
                    enum prices_kind *kind);

/** Its price in the unit of the price tables. */
enum status offer_row_price(const struct offer_layout *layout, const struct csv_stream_row *row,
                            enum prices_kind kind, double *usd,
                            struct diagnostics *diagnostics) MUST_CHECK;

#endif
