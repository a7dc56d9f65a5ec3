#include "sim/prices_import.h"

#include "sim/base/csv_stream.h"
#include "sim/prices_import_rows.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Rows before the header, at most, and prices that are kept, at most: no file of AWS's comes near.
 */
enum { FACT_ROWS_MAX = 20, PRICES_MAX = 200000, SLOTS_FIRST = 4096 };

struct importing {
    const struct prices_import_input *input;
    struct prices_import *prices;
    struct offer_layout layout;
    bool header_seen;
    size_t columns;
    size_t fact_rows;
    bool wanted[CSV_STREAM_COLUMNS_MAX];
};

static const char *const kind_names[PRICES_KIND_COUNT] = {
    [PRICES_ON_DEMAND] = "on-demand",
    [PRICES_RESERVED] = "reserved-1y",
    [PRICES_SAVINGS_PLAN] = "savings-plan-1y",
    [PRICES_INSTANCE_SAVINGS_PLAN] = "instance-savings-plan-1y",
    [PRICES_GP3_GIB] = "gp3 storage",
    [PRICES_GP3_IOPS] = "gp3 IOPS",
    [PRICES_GP3_THROUGHPUT] = "gp3 throughput",
};

const char *prices_kind_name(enum prices_kind kind) {
    return kind_names[kind];
}

/** The day of `2025-09-12T22:53:08Z` or `2025-09-12`; false when it is no date. */
static bool take_day(const char *text, char day[11]) {
    static const char shape[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    snprintf(day, 11, "%.10s", text);
    return true;
}

static enum status take_fact(struct importing *importing, const struct csv_stream_row *row,
                             struct diagnostics *diagnostics) {
    struct prices_import *prices = importing->prices;
    if (++importing->fact_rows > FACT_ROWS_MAX || row->count > 2) {
        enum status status = csv_stream_refuse(
            row, 0, diagnostics, "expected the header of an AWS offer file, with a column `SKU`");
        struct diagnostic *last = diagnostics_last(diagnostics);
        if (last)
            snprintf(last->hint, sizeof last->hint,
                     "this command reads index.csv of AmazonEC2 or AmazonComputeSavingsPlan");
        return status;
    }
    if (row->count < 2)
        return STATUS_OK;
    if (csv_stream_same_name(row->fields[0], "Publication Date"))
        take_day(row->fields[1], prices->published);
    else if (csv_stream_same_name(row->fields[0], "Version"))
        snprintf(prices->version, sizeof prices->version, "%s", row->fields[1]);
    else if (csv_stream_same_name(row->fields[0], "OfferCode"))
        snprintf(prices->offer, sizeof prices->offer, "%s", row->fields[1]);
    return STATUS_OK;
}

static enum status take_header(struct importing *importing, const struct csv_stream_row *row,
                               struct diagnostics *diagnostics) {
    enum status status = offer_layout_find(row, &importing->layout, diagnostics);
    if (status != STATUS_OK)
        return status;
    importing->header_seen = true;
    importing->columns = row->count;
    memset(importing->wanted, 0, sizeof importing->wanted);
    for (size_t i = 0; i < OFFER_COLUMN_COUNT; i++)
        if (importing->layout.columns[i] != SIZE_MAX)
            importing->wanted[importing->layout.columns[i]] = true;
    struct prices_import *prices = importing->prices;
    if (!*prices->offer)
        snprintf(prices->offer, sizeof prices->offer, "%s",
                 importing->layout.savings ? "AmazonComputeSavingsPlan" : "AmazonEC2");
    return STATUS_OK;
}

static size_t hash_of(const struct prices_found *found) {
    size_t hash = 14695981039346656037u ^ (size_t)found->kind;
    for (const char *c = found->region; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    for (const char *c = found->type; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash ^ hash >> 29;
}

static bool same_key(const struct prices_found *a, const struct prices_found *b) {
    return a->kind == b->kind && strcmp(a->region, b->region) == 0 && strcmp(a->type, b->type) == 0;
}

/** The slot of `found`'s key: it holds 0, or one more than the index of its price. */
static size_t *find_slot(const struct prices_import *prices, const struct prices_found *found) {
    size_t at = hash_of(found) & (prices->slot_count - 1);
    while (prices->slots[at] && !same_key(&prices->found[prices->slots[at] - 1], found))
        at = (at + 1) & (prices->slot_count - 1);
    return &prices->slots[at];
}

/** Room for one more; the slots are never more than half full. */
static bool make_room(struct prices_import *prices) {
    if (prices->count < prices->capacity)
        return true;
    size_t capacity = prices->capacity ? 2 * prices->capacity : SLOTS_FIRST / 2;
    struct prices_found *found = realloc(prices->found, capacity * sizeof *found);
    if (!found)
        return false;
    prices->found = found;
    size_t *slots = calloc(2 * capacity, sizeof *slots);
    if (!slots)
        return false;
    free(prices->slots);
    prices->slots = slots;
    prices->slot_count = 2 * capacity;
    prices->capacity = capacity;
    for (size_t i = 0; i < prices->count; i++)
        *find_slot(prices, &prices->found[i]) = i + 1;
    return true;
}

static enum status keep(struct prices_import *prices, const struct prices_found *found,
                        struct diagnostics *diagnostics) {
    if (!make_room(prices))
        return diagnostics_out_of_memory(diagnostics, "the prices");
    size_t *slot = find_slot(prices, found);
    if (*slot) {
        struct prices_found *known = &prices->found[*slot - 1];
        known->contradicted |= known->usd != found->usd;
        return STATUS_OK;
    }
    if (prices->count == PRICES_MAX)
        return diagnostics_add(diagnostics, STATUS_INVALID, prices->file, found->line, 0,
                               "the file has more than %d prices to take", PRICES_MAX);
    prices->found[prices->count++] = *found;
    *slot = prices->count;
    return STATUS_OK;
}

/** `us-gov-west-1` is a region, `us-west-2-lax-1` a zone: digits come last alone. */
static bool is_region(const char *code) {
    const char *digit = strpbrk(code, "0123456789");
    return digit && digit > code && digit[-1] == '-' &&
           strspn(digit, "0123456789") == strlen(digit) &&
           strspn(code, "abcdefghijklmnopqrstuvwxyz-") == (size_t)(digit - code);
}

static enum status take_price(struct importing *importing, const struct csv_stream_row *row,
                              enum prices_kind kind, struct diagnostics *diagnostics) {
    struct prices_import *prices = importing->prices;
    const struct offer_layout *layout = &importing->layout;
    struct prices_found found = {.kind = kind, .line = row->line};
    const char *type = PRICES_IS_INSTANCE(kind) ? offer_field(layout, row, OFFER_TYPE) : "";
    const char *region = offer_field(layout, row, OFFER_REGION);
    snprintf(found.region, sizeof found.region, "%s", region);
    snprintf(found.type, sizeof found.type, "%s", type);
    if (!take_day(offer_field(layout, row, OFFER_EFFECTIVE), found.as_of))
        snprintf(found.as_of, sizeof found.as_of, "undated");
    if (*prices->published)
        memcpy(found.as_of, prices->published, sizeof found.as_of);
    enum status status = offer_row_price(layout, row, kind, &found.usd, diagnostics);
    if (status != STATUS_OK)
        return status;
    if (!*region)
        return csv_stream_refuse(row, layout->columns[OFFER_REGION], diagnostics,
                                 "the price has no region");
    if (strcmp(offer_field(layout, row, OFFER_CURRENCY), "USD") != 0)
        prices->left[PRICES_LEFT_CURRENCY]++;
    else if (!is_region(region))
        prices->left[PRICES_LEFT_ZONE]++;
    else if (*type && !instance_find(importing->input->instances, type))
        prices->left[PRICES_LEFT_TYPE]++;
    else if (found.usd <= 0)
        prices->left[PRICES_LEFT_ZERO]++;
    else
        return keep(prices, &found, diagnostics);
    return STATUS_OK;
}

static bool is_header(const struct csv_stream_row *row) {
    static const char *const names[] = {"SKU", "PricePerUnit", "DiscountedRate", NULL};
    return csv_stream_find(row, names) != SIZE_MAX;
}

static enum status take_row(const struct csv_stream_row *row, void *context,
                            struct diagnostics *diagnostics) {
    struct importing *importing = context;
    if (!importing->header_seen)
        return is_header(row) ? take_header(importing, row, diagnostics)
                              : take_fact(importing, row, diagnostics);
    if (row->count != importing->columns)
        return csv_stream_refuse(row, row->count - 1, diagnostics,
                                 "the row has %zu fields, the header has %zu", row->count,
                                 importing->columns);
    importing->prices->rows++;
    enum prices_kind kind;
    return offer_row_kind(&importing->layout, row, &kind)
               ? take_price(importing, row, kind, diagnostics)
               : STATUS_OK;
}

static bool report_progress(double share, double bytes, void *context) {
    const struct importing *importing = context;
    const struct prices_import_input *input = importing->input;
    importing->prices->bytes = bytes;
    return !input->progress || input->progress(share, bytes, input->progress_context);
}

static int compare_found(const void *a, const void *b) {
    const struct prices_found *left = a, *right = b;
    int order = strcmp(left->region, right->region);
    if (order == 0)
        order = strcmp(left->type, right->type);
    return order != 0 ? order : (int)left->kind - (int)right->kind;
}

/** Sort, and drop what the file contradicts itself about. */
static void settle(struct prices_import *prices) {
    size_t kept = 0;
    for (size_t i = 0; i < prices->count; i++) {
        if (prices->found[i].contradicted)
            prices->left[PRICES_LEFT_CONTRADICTED]++;
        else
            prices->found[kept++] = prices->found[i];
    }
    prices->count = kept;
    free(prices->slots);
    prices->slots = NULL;
    if (kept > 0)
        qsort(prices->found, kept, sizeof *prices->found, compare_found);
}

enum status prices_import_read(const struct prices_import_input *input,
                               struct prices_import *prices, struct diagnostics *diagnostics) {
    *prices =
        (struct prices_import){.file = strcmp(input->path, "-") == 0 ? "<stdin>" : input->path};
    struct importing importing = {.input = input, .prices = prices};
    memset(importing.wanted, 1, sizeof importing.wanted);
    const struct csv_stream_input stream = {
        .path = input->path,
        .interrupted = input->interrupted,
        .progress = report_progress,
        .take = take_row,
        .context = &importing,
        .wanted = importing.wanted,
    };
    enum status status = csv_stream_read(&stream, diagnostics);
    if (status == STATUS_OK && !importing.header_seen)
        status = diagnostics_add(diagnostics, STATUS_INVALID, prices->file, 0, 0,
                                 "the file ends before the header of an AWS offer file, with a "
                                 "column `SKU`");
    if (status == STATUS_OK)
        settle(prices);
    return status;
}

void prices_import_fini(struct prices_import *prices) {
    free(prices->found);
    free(prices->slots);
    *prices = (struct prices_import){0};
}
