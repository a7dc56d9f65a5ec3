#include "sim/sample_drop.h"

#include "sim/sample_chunk.h"
#include "sim/sample_distinct.h"
#include "sim/sample_fields.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 96, CANDIDATES_MAX = 24 };

/** A value that every line has anew, and that is long: an id, or a time. */
#define ID_DISTINCT_SHARE 0.85
#define ID_VALUE_BYTES 12
/** Fields that save less are not shown. */
#define LEAST_SAVING 0.005

struct tally {
    char name[SAMPLE_FIELD_NAME_BYTES];
    uint64_t times, lines, bytes, value_bytes;
    uint64_t last_line; /**< on which it was seen, counted from 1 */
    double saves;       /**< of what snappy stores */
    struct sample_distinct values;
};

struct tallies {
    struct tally *items; /**< [FIELDS_MAX] */
    size_t count;
    uint64_t line; /**< counted from 1 */
};

static struct tally *tally_of(struct tallies *tallies, const char *name) {
    for (size_t i = 0; i < tallies->count; i++)
        if (strcmp(tallies->items[i].name, name) == 0)
            return &tallies->items[i];
    if (tallies->count == FIELDS_MAX)
        return NULL;
    struct tally *tally = &tallies->items[tallies->count++];
    memcpy(tally->name, name, sizeof tally->name);
    return tally;
}

static void count_span(void *context, const struct sample_span *span) {
    struct tallies *tallies = context;
    struct tally *tally = tally_of(tallies, span->name);
    if (!tally)
        return;
    size_t value_bytes = (size_t)(span->value_end - span->value_begin);
    tally->times++;
    tally->lines += tally->last_line != tallies->line;
    tally->last_line = tallies->line;
    tally->bytes += (uint64_t)(span->end - span->begin);
    tally->value_bytes += value_bytes;
    sample_distinct_add(&tally->values, sample_hash(0, span->value_begin, value_bytes));
}

static void count_fields(const struct sample_block *blocks, size_t count, struct tallies *tallies) {
    for (size_t i = 0; i < count; i++) {
        struct sample_record record;
        const char *line;
        for (size_t at = 0; sample_block_next(&blocks[i], &at, &record, &line);) {
            tallies->line++;
            sample_fields_each(blocks[i].payload, line, record.length, count_span, tallies);
        }
    }
}

/** A sample's blocks, and what they take as they are. */
struct study {
    const struct sample_block *blocks;
    size_t count;
    int threads;
    struct sample_sizes whole;
};

/** Share of the stored bytes that goes without `dropped`, for each of `encodings`. */
static enum status measure(const struct study *study, const struct sample_field_set *dropped,
                           unsigned encodings, double saves[LOKI_ENCODING_COUNT],
                           struct diagnostics *diagnostics) {
    const struct sample_compression how = {
        .encodings = encodings, .dropped = dropped, .threads = study->threads};
    struct sample_sizes sizes;
    enum status status = sample_compress(study->blocks, study->count, &how, &sizes, diagnostics);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        if (encodings & 1u << i)
            saves[i] = 1 - (double)sizes.stored[i] / (double)study->whole.stored[i];
    return status;
}

static int by_bytes(const void *a, const void *b) {
    const struct tally *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return strcmp(x->name, y->name);
}

static int by_saving(const void *a, const void *b) {
    const struct tally *x = a, *y = b;
    if (x->saves > y->saves || x->saves < y->saves)
        return x->saves < y->saves ? 1 : -1;
    return strcmp(x->name, y->name);
}

/** Snappy is fast: it ranks the largest fields, the rest is measured for the first of them. */
static enum status rank(const struct study *study, struct tallies *tallies,
                        struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    qsort(tallies->items, tallies->count, sizeof *tallies->items, by_bytes);
    if (tallies->count > CANDIDATES_MAX)
        tallies->count = CANDIDATES_MAX;
    for (size_t i = 0; i < tallies->count && status == STATUS_OK; i++) {
        double saves[LOKI_ENCODING_COUNT] = {0};
        const struct sample_field_set set = {{tallies->items[i].name}, 1};
        status = measure(study, &set, 1u << LOKI_ENCODING_SNAPPY, saves, diagnostics);
        tallies->items[i].saves = saves[LOKI_ENCODING_SNAPPY];
    }
    qsort(tallies->items, tallies->count, sizeof *tallies->items, by_saving);
    return status;
}

static enum status show(const struct study *study, const struct tally *tally, uint64_t lines,
                        struct sample_report *report, struct diagnostics *diagnostics) {
    struct sample_field *field = &report->fields[report->field_count++];
    const struct sample_field_set set = {{tally->name}, 1};
    double distinct = sample_distinct_count(&tally->values), times = (double)tally->times;
    *field = (struct sample_field){
        .bytes_per_line = (double)tally->bytes / (double)lines,
        .share_of_lines = (double)tally->lines / (double)lines,
        .distinct = distinct < times ? distinct : times,
        .id = distinct > ID_DISTINCT_SHARE * times &&
              (double)tally->value_bytes >= ID_VALUE_BYTES * times,
    };
    memcpy(field->name, tally->name, sizeof field->name);
    report->id_count += field->id;
    return measure(study, &set, SAMPLE_ALL_ENCODINGS, field->saves, diagnostics);
}

static enum status show_ids(const struct study *study, struct sample_report *report,
                            struct diagnostics *diagnostics) {
    struct sample_field_set ids = {.count = 0};
    for (size_t i = 0; i < report->field_count; i++)
        if (report->fields[i].id)
            ids.names[ids.count++] = report->fields[i].name;
    if (ids.count == 0)
        return STATUS_OK;
    return measure(study, &ids, SAMPLE_ALL_ENCODINGS, report->ids_save, diagnostics);
}

static enum status study_fields(struct study *study, struct tallies *tallies,
                                struct sample_report *report, struct diagnostics *diagnostics) {
    const struct sample_compression how = {.encodings = SAMPLE_ALL_ENCODINGS,
                                           .threads = study->threads};
    count_fields(study->blocks, study->count, tallies);
    report->field_lines = tallies->line;
    enum status status =
        sample_compress(study->blocks, study->count, &how, &study->whole, diagnostics);
    if (status == STATUS_OK)
        status = rank(study, tallies, diagnostics);
    for (size_t i = 0; i < tallies->count && status == STATUS_OK; i++)
        if (i < SAMPLE_FIELDS_SHOWN && tallies->items[i].saves >= LEAST_SAVING)
            status = show(study, &tallies->items[i], tallies->line, report, diagnostics);
    return status == STATUS_OK ? show_ids(study, report, diagnostics) : status;
}

enum status sample_drop(const struct sample_blocks *blocks, int threads,
                        struct sample_report *report, struct diagnostics *diagnostics) {
    struct sample_block picked[SAMPLE_DROP_BLOCKS];
    struct study study = {.blocks = picked,
                          .count = blocks->count < SAMPLE_DROP_BLOCKS ? blocks->count
                                                                      : SAMPLE_DROP_BLOCKS,
                          .threads = threads};
    struct tallies tallies = {.items = calloc(FIELDS_MAX, sizeof *tallies.items)};
    if (!tallies.items)
        return diagnostics_out_of_memory(diagnostics, "looking at fields");
    sample_blocks_pick(blocks, study.count, picked);
    enum status status = study_fields(&study, &tallies, report, diagnostics);
    free(tallies.items);
    return status;
}
