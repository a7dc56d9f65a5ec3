/**
 * The user's own price tables: a folder with ec2.csv and ebs.csv as models/price.h reads them.
 *
 * A table replaces the shipped one as a whole, so one that an import writes has every row: those of
 * the file, then those that were in the user's table by hand or from earlier imports, then the
 * shipped ones. Each keeps its source and date. Rows that an earlier import took over from the
 * shipped table (their source is one of its codes) are taken from today's shipped table again.
 */
#ifndef SIM_PRICES_IMPORT_TABLES_H
#define SIM_PRICES_IMPORT_TABLES_H

#include "sim/base/arena.h"
#include "sim/base/text.h"
#include "sim/prices_import.h"

enum prices_file { PRICES_FILE_EC2, PRICES_FILE_EBS };
#define PRICES_FILE_COUNT 2

/** A price that is another than the one in force before. */
struct prices_change {
    const char *region, *item; /**< `t3.medium on-demand` or `gp3 storage`; item is NULL for none */
    double before, after;
};

/** One table after the import. */
struct prices_table {
    const char *name;                /**< `ec2.csv` */
    struct text text;                /**< the whole file; owned */
    bool written_anew;               /**< the import has prices for it */
    size_t fresh;                    /**< prices taken of which there was none before */
    size_t changed;                  /**< prices taken that differ from those in force before */
    size_t unchanged;                /**< prices taken that are as before, but dated anew */
    size_t kept;                     /**< rows of the user's table that stay */
    size_t shipped;                  /**< rows of the shipped table */
    struct prices_change rise, fall; /**< the largest of each, relatively */
};

/** What a region's prices came to. */
struct prices_region {
    const char *name;
    size_t taken[PRICES_KIND_COUNT];
    size_t shipped[PRICES_KIND_COUNT]; /**< how many the shipped tables have */
    bool gp3;                          /**< all three of gp3: less is not taken */
    const char *missing; /**< types with a shipped price and none here: `on-demand: all but
              t3.small; reserved-1y: all`; "" for none */
};

struct prices_tables {
    struct prices_table files[PRICES_FILE_COUNT];
    const struct prices_region *regions; /**< [region_count] that the import has, in order */
    size_t region_count;
    const char *missing_regions; /**< with shipped prices and none here: `a, b`; "" for none */
    size_t missing_region_count;
    size_t gp3_incomplete; /**< regions */
};

/** The folder to use: `given`, else $XDG_DATA_HOME/simulate/prices, else
 *  ~/.local/share/simulate/prices; NULL when there is no home or memory is out. */
char *prices_folder(struct arena *arena, const char *given);

/** Does the folder hold any price table? */
bool prices_folder_has_tables(const char *folder);

/** Make the tables that `folder` (which need not be there) would have with `prices`. Strings live
 *  in `arena`; prices_tables_fini() afterwards, also after a failure. STATUS_INVALID when a table
 *  in the folder is damaged. */
enum status prices_tables_make(struct arena *arena, const char *folder,
                               const struct prices_import *prices, struct prices_tables *tables,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Write those that are new: each whole to a temporary file and to the disk, then all renamed.
 * Until the first rename nothing is changed; `interrupted` (may be NULL) is asked for the last time
 *  there. */
enum status prices_tables_write(const struct prices_tables *tables, const char *folder,
                                bool (*interrupted)(void),
                                struct diagnostics *diagnostics) MUST_CHECK;

void prices_tables_fini(struct prices_tables *tables);

#endif
