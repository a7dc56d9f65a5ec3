#include "models/price_table.h"

#include "sim/base/csv.h"
#include "sim/base/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES_MAX (64u << 20)

/** What one price column of a table holds; a row of the file gives a price for each. */
struct price_column {
    const char *name;
    const char *key; /**< last key of the price; NULL when the file's columns make up all keys */
};

static const struct table_layout {
    const char *file;
    const char *keys[PRICE_KEYS]; /**< columns that make up the keys; NULL where there are fewer */
    struct price_column prices[PRICE_KEYS];
    const char *unit; /**< of a table that has no column `unit` */
} layouts[PRICE_FILE_COUNT] = {
    [PRICE_FILE_SOURCES] = {.file = "sources.csv"},
    [PRICE_FILE_EC2] = {"ec2.csv",
                        {"region", "type", "purchase"},
                        {{"usd_per_hour", NULL}},
                        "hour"},
    [PRICE_FILE_EBS] = {"ebs.csv",
                        {"region"},
                        {{"usd_per_gib", "GiB"},
                         {"usd_per_iops", "IOPS"},
                         {"usd_per_mib_per_second", "MiB/s"}},
                        "month"},
    [PRICE_FILE_OTHER] = {"aws_other.csv",
                          {"service", "meter", "region"},
                          {{"usd_per_unit", NULL}},
                          NULL},
    [PRICE_FILE_MANAGED] = {"managed.csv",
                            {"service", "meter", "region"},
                            {{"usd_per_unit", NULL}},
                            NULL},
};

struct loading {
    struct arena *arena;
    const char *folder; /**< NULL: only what is shipped */
    struct diagnostics *diagnostics;
    struct price_table *table;
    size_t replaced; /**< tables that came from the folder */
};

/** A table being read: where its columns are. */
struct columns {
    struct csv_table csv;
    size_t keys[PRICE_KEYS], prices[PRICE_KEYS];
    size_t key_count, price_count;
    size_t source, as_of, unit, free;
    bool has_unit, has_free;
};

static enum status out_of_memory(struct loading *loading) {
    return diagnostics_out_of_memory(loading->diagnostics, "price tables");
}

static enum status read_table(struct loading *loading, enum price_file which,
                              struct csv_table *csv) {
    const char *name = layouts[which].file;
    if (loading->folder) {
        char *path = file_join(loading->arena, loading->folder, name);
        if (!path)
            return out_of_memory(loading);
        if (access(path, F_OK) == 0) {
            char *bytes = NULL;
            size_t length = 0;
            enum status status = file_read(loading->arena, path, FILE_BYTES_MAX, &bytes, &length,
                                           loading->diagnostics);
            if (status != STATUS_OK)
                return status;
            loading->replaced++;
            return csv_read(loading->arena, path, bytes, length, csv, loading->diagnostics);
        }
    }
    char *path = file_join(loading->arena, "models/data/prices", name);
    if (!path)
        return out_of_memory(loading);
    return csv_read_shipped(loading->arena, path, csv, loading->diagnostics);
}

static bool optional_column(const struct csv_table *csv, const char *name, size_t *column) {
    for (*column = 0; *column < csv->columns; ++*column)
        if (strcmp(csv->header[*column], name) == 0)
            return true;
    return false;
}

static enum status find_columns(struct loading *loading, const struct table_layout *layout,
                                struct columns *columns) {
    const struct csv_table *csv = &columns->csv;
    while (columns->key_count < PRICE_KEYS && layout->keys[columns->key_count])
        columns->key_count++;
    enum status worst =
        csv_columns(csv, layout->keys, columns->key_count, columns->keys, loading->diagnostics);
    for (; columns->price_count < PRICE_KEYS && layout->prices[columns->price_count].name;
         columns->price_count++)
        if (csv_column(csv, layout->prices[columns->price_count].name,
                       &columns->prices[columns->price_count], loading->diagnostics) != STATUS_OK)
            worst = STATUS_INVALID;
    if (csv_column(csv, "source", &columns->source, loading->diagnostics) != STATUS_OK ||
        csv_column(csv, "as_of", &columns->as_of, loading->diagnostics) != STATUS_OK)
        worst = STATUS_INVALID;
    columns->has_unit = optional_column(csv, "unit", &columns->unit);
    columns->has_free = optional_column(csv, "free_per_month", &columns->free);
    return worst;
}

static enum status read_amount(struct loading *loading, const struct csv_table *csv, size_t row,
                               size_t column, double *amount) {
    enum status status = csv_number(csv, row, column, 0, amount, loading->diagnostics);
    if (status == STATUS_OK && *amount < 0)
        return diagnostics_add(loading->diagnostics, STATUS_INVALID, csv->file, csv->lines[row], 0,
                               "column `%s`: a price is not negative, found `%s`",
                               csv->header[column], csv_cell(csv, row, column));
    return status;
}

/** What every price of a row shares: source, date, unit, free amount. */
static enum status read_shared(struct loading *loading, const struct table_layout *layout,
                               const struct columns *columns, size_t row, struct price *price) {
    const struct csv_table *csv = &columns->csv;
    const char *code = csv_cell(csv, row, columns->source);
    price->as_of = csv_cell(csv, row, columns->as_of);
    if (!*code || !*price->as_of)
        return diagnostics_add(loading->diagnostics, STATUS_INVALID, csv->file, csv->lines[row], 0,
                               "a price needs a source and a date (columns `source`, `as_of`)");
    const struct price_row *citation =
        price_rows_find(&loading->table->files[PRICE_FILE_SOURCES], code, "", "");
    price->source = citation ? citation->price.source : code;
    price->unit = columns->has_unit ? csv_cell(csv, row, columns->unit) : layout->unit;
    if (!price->unit)
        price->unit = "";
    if (!columns->has_free)
        return STATUS_OK;
    return read_amount(loading, csv, row, columns->free, &price->free_per_month);
}

/** The prices of one row of the file, put at the end of `rows`. */
static enum status read_row(struct loading *loading, const struct table_layout *layout,
                            const struct columns *columns, size_t row, struct price_rows *rows) {
    const struct csv_table *csv = &columns->csv;
    struct price shared = {0};
    enum status status = read_shared(loading, layout, columns, row, &shared);
    for (size_t i = 0; status == STATUS_OK && i < columns->price_count; i++) {
        struct price_row *out = &rows->rows[rows->count];
        *out = (struct price_row){.keys = {"", "", ""}, .price = shared, .line = csv->lines[row]};
        for (size_t k = 0; k < columns->key_count; k++)
            out->keys[k] = csv_cell(csv, row, columns->keys[k]);
        if (layout->prices[i].key)
            out->keys[columns->key_count] = layout->prices[i].key;
        if (!*csv_cell(csv, row, columns->prices[i]))
            return diagnostics_add(loading->diagnostics, STATUS_INVALID, csv->file, csv->lines[row],
                                   0, "column `%s` is empty", csv->header[columns->prices[i]]);
        status = read_amount(loading, csv, row, columns->prices[i], &out->price.usd);
        if (strcmp(out->keys[PRICE_KEYS - 1], "us-east-1") == 0) {
            out->elsewhere = arena_print(loading->arena, "%s (us-east-1's price; none listed here)",
                                         shared.source);
            if (!out->elsewhere)
                return out_of_memory(loading);
        }
        rows->count++;
    }
    return status;
}

static enum status sort_rows(struct loading *loading, const char *file, struct price_rows *rows) {
    if (rows->count > 0)
        qsort(rows->rows, rows->count, sizeof *rows->rows, price_row_compare);
    enum status status = STATUS_OK;
    for (size_t i = 1; i < rows->count; i++) {
        const struct price_row *row = &rows->rows[i];
        if (price_row_compare(row - 1, row) == 0)
            status = diagnostics_add(loading->diagnostics, STATUS_INVALID, file, row->line, 0,
                                     "`%s %s %s` is there twice (also in line %u)", row->keys[0],
                                     row->keys[1], row->keys[2], row[-1].line);
    }
    return status;
}

static enum status load_prices(struct loading *loading, enum price_file which) {
    const struct table_layout *layout = &layouts[which];
    struct price_rows *rows = &loading->table->files[which];
    struct columns columns = {0};
    enum status status = read_table(loading, which, &columns.csv);
    if (status == STATUS_OK)
        status = find_columns(loading, layout, &columns);
    if (status != STATUS_OK)
        return status;
    rows->rows =
        arena_array(loading->arena, columns.csv.rows * columns.price_count, sizeof *rows->rows);
    if (!rows->rows)
        return out_of_memory(loading);
    for (size_t row = 0; row < columns.csv.rows; row++) {
        enum status row_status = read_row(loading, layout, &columns, row, rows);
        status = row_status != STATUS_OK ? row_status : status;
    }
    if (status != STATUS_OK)
        return status;
    return sort_rows(loading, columns.csv.file, rows);
}

static enum status load_sources(struct loading *loading) {
    struct price_rows *rows = &loading->table->files[PRICE_FILE_SOURCES];
    struct csv_table csv;
    size_t code = 0, citation = 0;
    enum status status = read_table(loading, PRICE_FILE_SOURCES, &csv);
    if (status == STATUS_OK)
        status = csv_column(&csv, "code", &code, loading->diagnostics);
    if (status == STATUS_OK)
        status = csv_column(&csv, "citation", &citation, loading->diagnostics);
    if (status != STATUS_OK)
        return status;
    rows->rows = arena_array(loading->arena, csv.rows, sizeof *rows->rows);
    if (!rows->rows)
        return out_of_memory(loading);
    for (; rows->count < csv.rows; rows->count++)
        rows->rows[rows->count] =
            (struct price_row){.keys = {csv_cell(&csv, rows->count, code), "", ""},
                               .price = {.source = csv_cell(&csv, rows->count, citation)},
                               .line = csv.lines[rows->count]};
    return sort_rows(loading, csv.file, rows);
}

/** The regions with instance prices; their rows are sorted by region. */
static enum status list_regions(struct loading *loading) {
    struct price_table *table = loading->table;
    const struct price_rows *rows = &table->files[PRICE_FILE_EC2];
    table->regions = arena_array(loading->arena, rows->count, sizeof *table->regions);
    if (!table->regions)
        return out_of_memory(loading);
    for (size_t i = 0; i < rows->count; i++) {
        const char *region = rows->rows[i].keys[0];
        if (table->region_count == 0 ||
            strcmp(table->regions[table->region_count - 1], region) != 0)
            table->regions[table->region_count++] = region;
    }
    return STATUS_OK;
}

enum status price_table_load(struct arena *arena, const char *folder,
                             const struct price_table **table, struct diagnostics *diagnostics) {
    struct loading loading = {
        .arena = arena,
        .folder = folder,
        .diagnostics = diagnostics,
        .table = arena_take(arena, sizeof(struct price_table)),
    };
    if (!loading.table)
        return out_of_memory(&loading);
    enum status status = load_sources(&loading);
    for (enum price_file which = PRICE_FILE_EC2; status == STATUS_OK && which <= PRICE_FILE_MANAGED;
         which++)
        status = load_prices(&loading, which);
    if (status == STATUS_OK)
        status = list_regions(&loading);
    if (status == STATUS_OK && folder && loading.replaced == 0)
        status = diagnostics_add(diagnostics, STATUS_INVALID, folder, 0, 0,
                                 "the folder has no price table (ec2.csv, ebs.csv, aws_other.csv, "
                                 "managed.csv or sources.csv)");
    if (status == STATUS_OK)
        *table = loading.table;
    return status;
}
