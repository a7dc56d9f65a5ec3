/**
 * Inside of a price table: rows sorted by keys. For models/price.c (look-up) and
 * models/price_load.c (reading) alone.
 */
#ifndef MODELS_PRICE_TABLE_H
#define MODELS_PRICE_TABLE_H

#include "models/price.h"

#define PRICE_KEYS 3

/** A price under up to three keys, such as region, type and purchase. */
struct price_row {
    const char *keys[PRICE_KEYS]; /**< never NULL; "" where the table has fewer */
    struct price price;
    const char *elsewhere; /**< the source's words when the price stands in for another region */
    unsigned line;         /**< in its file */
};

struct price_rows {
    struct price_row *rows; /**< sorted by keys */
    size_t count;
};

enum price_file {
    PRICE_FILE_SOURCES, /**< citations by code; no prices */
    PRICE_FILE_EC2,     /**< region, type, purchase */
    PRICE_FILE_EBS,     /**< region, "GiB" or "IOPS" or "MiB/s" */
    PRICE_FILE_OTHER,   /**< service, meter, region */
    PRICE_FILE_MANAGED  /**< service, meter, region */
};
#define PRICE_FILE_COUNT 5

struct price_table {
    struct price_rows files[PRICE_FILE_COUNT]; /**< [enum price_file] */
    const char **regions;
    size_t region_count;
};

/** Order of two rows by their keys, for qsort and bsearch. */
int price_row_compare(const void *a, const void *b);

/** The row with these keys, or NULL. */
const struct price_row *price_rows_find(const struct price_rows *rows, const char *first,
                                        const char *second, const char *third);

#endif
