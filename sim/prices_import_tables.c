#include "sim/prices_import_tables.h"

#include "sim/base/csv.h"
#include "sim/base/files.h"
#include "sim/prices_import_regions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TABLE_BYTES_MAX (64u << 20)

enum { KEYS_MAX = 3, VALUES_MAX = 3 };

static const struct layout {
    const char *name, *comment;
    const char *keys[KEYS_MAX], *values[VALUES_MAX];
    size_t key_count, value_count;
} layouts[PRICES_FILE_COUNT] = {
    [PRICES_FILE_EC2] = {"ec2.csv",
                         "# EC2 instances, Linux, shared tenancy, USD an hour. Written by "
                         "`simulate prices import`;\n# rows that it did not import are those that "
                         "stood here or those shipped, by their source.\n",
                         {"region", "type", "purchase"},
                         {"usd_per_hour"},
                         3,
                         1},
    [PRICES_FILE_EBS] = {"ebs.csv",
                         "# EBS gp3, USD a month: storage; IOPS beyond 3,000; throughput beyond "
                         "125 MiB/s. Written by\n# `simulate prices import`; rows that it did not "
                         "import are those that stood here or those shipped.\n",
                         {"region"},
                         {"usd_per_gib", "usd_per_iops", "usd_per_mib_per_second"},
                         1,
                         3},
};

static const char *const value_items[VALUES_MAX] = {"gp3 storage", "gp3 IOPS", "gp3 throughput"};

/** Where a row is from; of rows with the same keys the last of these wins. */
enum origin { ORIGIN_SHIPPED, ORIGIN_KEPT, ORIGIN_TAKEN };

struct row {
    const char *keys[KEYS_MAX], *values[VALUES_MAX];
    const char *source, *as_of;
    enum origin origin;
};

struct merging {
    struct arena *arena;
    const char *folder;
    const struct prices_import *prices;
    struct prices_tables *tables;
    struct diagnostics *diagnostics;
    struct csv_table shipped_sources;
    const char *source; /**< of what is imported */
    struct csv_table shipped[PRICES_FILE_COUNT];
};

static enum status out_of_memory(struct diagnostics *diagnostics) {
    return diagnostics_out_of_memory(diagnostics, "the price tables");
}

static int compare_keys(const struct row *a, const struct row *b) {
    for (size_t i = 0; i < KEYS_MAX; i++) {
        int order = strcmp(a->keys[i], b->keys[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b) {
    const struct row *left = a, *right = b;
    int order = compare_keys(left, right);
    return order != 0 ? order : (int)right->origin - (int)left->origin;
}

/** A source that is a code of the shipped sources.csv is the shipped table's. */
static bool is_shipped_source(const struct merging *merging, const char *source) {
    const struct csv_table *sources = &merging->shipped_sources;
    for (size_t i = 0; i < sources->rows; i++)
        if (strcmp(csv_cell(sources, i, 0), source) == 0)
            return true;
    return false;
}

/** Add the rows of a table that is read. */
static enum status add_table(struct merging *merging, const struct layout *layout,
                             const struct csv_table *csv, enum origin origin, struct row *rows,
                             size_t *count) {
    size_t keys[KEYS_MAX], values[VALUES_MAX], source, as_of;
    enum status status =
        csv_columns(csv, layout->keys, layout->key_count, keys, merging->diagnostics);
    if (status == STATUS_OK)
        status =
            csv_columns(csv, layout->values, layout->value_count, values, merging->diagnostics);
    if (status == STATUS_OK)
        status = csv_column(csv, "source", &source, merging->diagnostics);
    if (status == STATUS_OK)
        status = csv_column(csv, "as_of", &as_of, merging->diagnostics);
    for (size_t i = 0; i < csv->rows && status == STATUS_OK; i++) {
        struct row row = {.keys = {"", "", ""}, .values = {"", "", ""}, .origin = origin};
        for (size_t k = 0; k < layout->key_count; k++)
            row.keys[k] = csv_cell(csv, i, keys[k]);
        for (size_t v = 0; v < layout->value_count && status == STATUS_OK; v++) {
            double number;
            status = csv_number(csv, i, values[v], 0, &number, merging->diagnostics);
            row.values[v] = csv_cell(csv, i, values[v]);
        }
        row.source = csv_cell(csv, i, source);
        row.as_of = csv_cell(csv, i, as_of);
        if (origin != ORIGIN_KEPT || !is_shipped_source(merging, row.source))
            rows[(*count)++] = row;
    }
    return status;
}

/** The user's table as it stands; no rows when there is none. */
static enum status read_users(struct merging *merging, const struct layout *layout,
                              struct csv_table *csv) {
    char *bytes, *path = file_join(merging->arena, merging->folder, layout->name);
    size_t length;
    *csv = (struct csv_table){0};
    if (!path)
        return out_of_memory(merging->diagnostics);
    if (access(path, F_OK) != 0)
        return STATUS_OK;
    enum status status =
        file_read(merging->arena, path, TABLE_BYTES_MAX, &bytes, &length, merging->diagnostics);
    return status == STATUS_OK
               ? csv_read(merging->arena, path, bytes, length, csv, merging->diagnostics)
               : status;
}

static enum status start_row(struct merging *merging, const struct prices_found *found,
                             struct row *row) {
    *row = (struct row){.keys = {found->region, "", ""},
                        .values = {"", "", ""},
                        .source = merging->source,
                        .as_of = found->as_of,
                        .origin = ORIGIN_TAKEN};
    if (PRICES_IS_INSTANCE(found->kind)) {
        row->keys[1] = found->type;
        row->keys[2] = prices_kind_name(found->kind);
    }
    row->values[0] = arena_print(merging->arena, "%.10g", found->usd);
    return row->values[0] ? STATUS_OK : out_of_memory(merging->diagnostics);
}

static enum status add_imported(struct merging *merging, enum prices_file file, struct row *rows,
                                size_t *count) {
    const struct prices_import *prices = merging->prices;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < prices->count && status == STATUS_OK; i++) {
        const struct prices_found *found = &prices->found[i];
        if (PRICES_IS_INSTANCE(found->kind) != (file == PRICES_FILE_EC2))
            continue;
        if (file == PRICES_FILE_EBS && !prices_gp3_is_whole(prices, i))
            continue;
        struct row *row = &rows[(*count)++];
        status = start_row(merging, found, row);
        for (size_t v = 1; file == PRICES_FILE_EBS && v < VALUES_MAX && status == STATUS_OK; v++) {
            row->values[v] = arena_print(merging->arena, "%.10g", found[v].usd);
            status = row->values[v] ? STATUS_OK : out_of_memory(merging->diagnostics);
        }
    }
    return status;
}

static void note_change(struct merging *merging, struct prices_table *table, enum prices_file file,
                        const struct row *row, size_t value, double before, double after) {
    bool rise = after > before;
    struct prices_change *largest = rise ? &table->rise : &table->fall;
    double ratio = rise ? after / before : before / after;
    double known = !largest->item ? 0
                   : rise         ? largest->after / largest->before
                                  : largest->before / largest->after;
    if (ratio <= known)
        return;
    const char *item = file == PRICES_FILE_EBS
                           ? value_items[value]
                           : arena_print(merging->arena, "%s %s", row->keys[1], row->keys[2]);
    *largest = (struct prices_change){row->keys[0], item ? item : "", before, after};
}

/** Compare an imported row with the one it takes the place of. */
static void compare_with(struct merging *merging, struct prices_table *table, enum prices_file file,
                         const struct row *row, const struct row *before) {
    bool same = true;
    for (size_t v = 0; v < layouts[file].value_count; v++) {
        double old = strtod(before->values[v], NULL), new = strtod(row->values[v], NULL);
        /* Tables have four or five digits: what differs behind them is the same price. */
        if (old > 0 && new / old > 0.9999 && new / old < 1.0001)
            continue;
        same = false;
        if (old > 0 && new > 0)
            note_change(merging, table, file, row, v, old, new);
    }
    *(same ? &table->unchanged : &table->changed) += 1;
}

static void write_row(struct text *text, const struct layout *layout, const struct row *row) {
    for (size_t i = 0; i < layout->key_count; i++) {
        csv_write_field(text, row->keys[i]);
        text_add(text, ",");
    }
    for (size_t i = 0; i < layout->value_count; i++)
        text_print(text, "%s,", row->values[i]);
    csv_write_field(text, row->source);
    text_add(text, ",");
    csv_write_field(text, row->as_of);
    text_add(text, "\n");
}

static void write_header(struct text *text, const struct layout *layout) {
    text_add(text, layout->comment);
    for (size_t i = 0; i < layout->key_count; i++)
        text_print(text, "%s,", layout->keys[i]);
    for (size_t i = 0; i < layout->value_count; i++)
        text_print(text, "%s,", layout->values[i]);
    text_add(text, "source,as_of\n");
}

/** Of sorted rows the first of each key counts. */
static void write_table(struct merging *merging, enum prices_file file, const struct row *rows,
                        size_t count) {
    struct prices_table *table = &merging->tables->files[file];
    write_header(&table->text, &layouts[file]);
    for (size_t i = 0, next; i < count; i = next) {
        next = i + 1;
        while (next < count && compare_keys(&rows[i], &rows[next]) == 0)
            next++;
        write_row(&table->text, &layouts[file], &rows[i]);
        table->kept += rows[i].origin == ORIGIN_KEPT;
        table->shipped += rows[i].origin == ORIGIN_SHIPPED;
        if (rows[i].origin != ORIGIN_TAKEN)
            continue;
        table->written_anew = true;
        if (next == i + 1)
            table->fresh++;
        else
            compare_with(merging, table, file, &rows[i], &rows[i + 1]);
    }
}

static enum status make_table(struct merging *merging, enum prices_file file) {
    const struct layout *layout = &layouts[file];
    struct csv_table users;
    size_t count = 0;
    merging->tables->files[file].name = layout->name;
    enum status status = read_users(merging, layout, &users);
    if (status != STATUS_OK)
        return status;
    struct row *rows = arena_array(
        merging->arena, merging->shipped[file].rows + users.rows + merging->prices->count + 1,
        sizeof *rows);
    if (!rows)
        return out_of_memory(merging->diagnostics);
    status = add_table(merging, layout, &merging->shipped[file], ORIGIN_SHIPPED, rows, &count);
    if (status == STATUS_OK && users.rows > 0)
        status = add_table(merging, layout, &users, ORIGIN_KEPT, rows, &count);
    if (status == STATUS_OK)
        status = add_imported(merging, file, rows, &count);
    if (status != STATUS_OK)
        return status;
    qsort(rows, count, sizeof *rows, compare_rows);
    write_table(merging, file, rows, count);
    return text_failed(&merging->tables->files[file].text) ? out_of_memory(merging->diagnostics)
                                                           : STATUS_OK;
}

static enum status start(struct merging *merging) {
    const struct prices_import *prices = merging->prices;
    merging->source =
        *prices->version ? arena_print(merging->arena, "imported AWS price list %s %s",
                                       prices->offer, prices->version)
                         : arena_print(merging->arena, "imported AWS price list %s", prices->offer);
    if (!merging->source)
        return out_of_memory(merging->diagnostics);
    enum status status = csv_read_shipped(merging->arena, "models/data/prices/sources.csv",
                                          &merging->shipped_sources, merging->diagnostics);
    for (size_t i = 0; i < PRICES_FILE_COUNT && status == STATUS_OK; i++) {
        const char *path = file_join(merging->arena, "models/data/prices", layouts[i].name);
        if (!path)
            return out_of_memory(merging->diagnostics);
        status = csv_read_shipped(merging->arena, path, &merging->shipped[i], merging->diagnostics);
    }
    return status;
}

enum status prices_tables_make(struct arena *arena, const char *folder,
                               const struct prices_import *prices, struct prices_tables *tables,
                               struct diagnostics *diagnostics) {
    struct merging merging = {.arena = arena,
                              .folder = folder,
                              .prices = prices,
                              .tables = tables,
                              .diagnostics = diagnostics};
    *tables = (struct prices_tables){0};
    for (size_t i = 0; i < PRICES_FILE_COUNT; i++)
        text_init(&tables->files[i].text);
    enum status status = start(&merging);
    for (enum prices_file file = 0; file < PRICES_FILE_COUNT && status == STATUS_OK; file++)
        status = make_table(&merging, file);
    if (status == STATUS_OK)
        status = prices_regions_make(arena, prices, &merging.shipped[PRICES_FILE_EC2], tables,
                                     diagnostics);
    return status;
}

void prices_tables_fini(struct prices_tables *tables) {
    for (size_t i = 0; i < PRICES_FILE_COUNT; i++)
        text_fini(&tables->files[i].text);
    *tables = (struct prices_tables){0};
}
