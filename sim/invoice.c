#include "sim/invoice.h"

#include "sim/base/words.h"
#include "sim/invoice_period.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Twice as many as groups, and a power of two. */
enum { SLOTS = 2 * INVOICE_GROUPS_MAX };

struct reading {
    const struct invoice_input *input;
    struct invoice *invoice;
    struct invoice_columns columns;
    bool header_seen;
    bool wanted[CSV_STREAM_COLUMNS_MAX];
};

static uint64_t hash_text(uint64_t hash, const char *text) {
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return (hash ^ 0xFF) * 1099511628211u;
}

static uint64_t hash_group(const struct invoice_group *group) {
    uint64_t hash = 14695981039346656037u ^ (uint64_t)group->kind;
    hash = hash_text(hash_text(hash, group->type), group->region);
    hash = hash_text(hash_text(hash, group->cluster), group->space);
    return hash ^ hash >> 29;
}

static bool same_group(const struct invoice_group *a, const struct invoice_group *b) {
    return a->kind == b->kind && strcmp(a->type, b->type) == 0 &&
           strcmp(a->region, b->region) == 0 && strcmp(a->cluster, b->cluster) == 0 &&
           strcmp(a->space, b->space) == 0;
}

/** The group with this key, made when there is room; else NULL. */
static struct invoice_group *find_group(struct invoice *invoice, const struct invoice_group *key) {
    size_t at = hash_group(key) & (SLOTS - 1);
    for (; invoice->slots[at]; at = (at + 1) & (SLOTS - 1))
        if (same_group(&invoice->groups[invoice->slots[at] - 1], key))
            return &invoice->groups[invoice->slots[at] - 1];
    if (invoice->group_count == INVOICE_GROUPS_MAX)
        return NULL;
    struct invoice_group *group = &invoice->groups[invoice->group_count++];
    invoice->slots[at] = invoice->group_count;
    *group = *key;
    return group;
}

/** The first 16 bytes, with the `T` that stands between day and time in most bills. */
static void copy_time(char copy[17], const char *time) {
    size_t length = strnlen(time, 16);
    memcpy(copy, time, length);
    copy[length] = '\0';
    if (length > 10)
        copy[10] = 'T';
}

/** Times in this form sort as text. */
static void take_period(struct invoice *invoice, const struct invoice_row *row) {
    char start[17], end[17];
    copy_time(start, row->start);
    copy_time(end, row->end);
    if (!*invoice->start || strcmp(start, invoice->start) < 0)
        memcpy(invoice->start, start, sizeof start);
    if (strcmp(end, invoice->end) > 0)
        memcpy(invoice->end, end, sizeof end);
}

static void take_usage(struct invoice *invoice, const struct invoice_row *row) {
    struct invoice_group key = {0};
    const char *type;
    key.kind = invoice_kind_of(row->usage, row->service, &type);
    if (key.kind != INVOICE_OTHER) {
        snprintf(key.type, sizeof key.type, "%s", type);
        snprintf(key.region, sizeof key.region, "%s", row->region);
        memcpy(key.cluster, row->tags.cluster, sizeof key.cluster);
        memcpy(key.space, row->tags.space, sizeof key.space);
    }
    invoice->tags_damaged += row->tags_damaged;
    take_period(invoice, row);
    struct invoice_group *group = find_group(invoice, &key);
    if (group) {
        group->rows++;
        group->quantity += row->quantity;
        group->usd += row->amount_usd;
    } else {
        invoice->rest.rows++;
        invoice->rest.usd += row->amount_usd;
    }
    if (row->amount_usd < 0) {
        invoice->apart[INVOICE_USAGE].rows++;
        invoice->apart[INVOICE_USAGE].usd += row->amount_usd;
    }
}

/** Prices are in dollars, so the bill must be; some rows without an amount have no currency. */
static enum status check_currency(const struct reading *reading, const struct csv_stream_row *csv,
                                  const struct invoice_row *row, struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    if (strcmp(row->currency, "USD") == 0 || (!*row->currency && row->billed_usd == 0))
        return STATUS_OK;
    bool mixed = reading->invoice->rows > 0;
    return csv_stream_refuse(csv, reading->columns.column[INVOICE_COLUMN_CURRENCY], diagnostics,
                             "%s is the currency here%s: prices are in USD, and this program has "
                             "no exchange rates",
                             words_quote(quoted, sizeof quoted, row->currency),
                             mixed ? ", USD in the rows before" : "");
}

static enum status take_row(const struct csv_stream_row *csv, void *context,
                            struct diagnostics *diagnostics) {
    struct reading *reading = context;
    struct invoice *invoice = reading->invoice;
    if (!reading->header_seen) {
        reading->header_seen = true;
        enum status status =
            invoice_columns_find(csv, &reading->columns, reading->wanted, diagnostics);
        invoice->layout = reading->columns.name;
        invoice->has_tags = reading->columns.tag_count > 0 ||
                            reading->columns.column[INVOICE_COLUMN_TAGS] != SIZE_MAX;
        return status;
    }
    struct invoice_row row;
    enum status status = invoice_row_read(&reading->columns, csv, &row, diagnostics);
    if (status == STATUS_OK)
        status = check_currency(reading, csv, &row, diagnostics);
    if (status != STATUS_OK)
        return status;
    invoice->rows++;
    invoice->billed_usd += row.billed_usd;
    if (row.class == INVOICE_USAGE) {
        take_usage(invoice, &row);
    } else {
        invoice->apart[row.class].rows++;
        invoice->apart[row.class].usd +=
            row.class == INVOICE_UNUSED ? row.amount_usd : row.billed_usd;
    }
    return STATUS_OK;
}

static bool report_progress(double share, double bytes, void *context) {
    const struct reading *reading = context;
    const struct invoice_input *input = reading->input;
    return !input->progress || input->progress(share, bytes, input->progress_context);
}

static enum status check_period(struct invoice *invoice, struct diagnostics *diagnostics) {
    if (!*invoice->start)
        return diagnostics_add(diagnostics, STATUS_INVALID, invoice->file, 0, 0,
                               "the bill has no usage: %s",
                               invoice->rows > 0 ? "only fees, credits or taxes" : "no row at all");
    invoice_period(invoice->start, invoice->end, &invoice->hours, &invoice->months);
    if (invoice->hours > 0)
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INVALID, invoice->file, 0, 0,
                           "the usage covers no time: it begins at %s and ends at %s",
                           invoice->start, invoice->end);
}

enum status invoice_read(const struct invoice_input *input, struct invoice *invoice,
                         struct diagnostics *diagnostics) {
    struct reading reading = {.input = input, .invoice = invoice};
    *invoice = (struct invoice){
        .file = strcmp(input->path, "-") == 0 ? "<stdin>" : input->path,
        .layout = "",
        .groups = calloc(INVOICE_GROUPS_MAX, sizeof *invoice->groups),
        .slots = calloc(SLOTS, sizeof *invoice->slots),
    };
    if (!invoice->groups || !invoice->slots)
        return diagnostics_out_of_memory(diagnostics, "the bill");
    memset(reading.wanted, 1, sizeof reading.wanted);
    const struct csv_stream_input stream = {
        .path = input->path,
        .interrupted = input->interrupted,
        .progress = report_progress,
        .take = take_row,
        .context = &reading,
        .wanted = reading.wanted,
    };
    enum status status = csv_stream_read(&stream, diagnostics);
    return status == STATUS_OK ? check_period(invoice, diagnostics) : status;
}

void invoice_fini(struct invoice *invoice) {
    free(invoice->groups);
    free(invoice->slots);
    *invoice = (struct invoice){0};
}
