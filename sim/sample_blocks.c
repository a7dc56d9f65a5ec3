#include "sim/sample_blocks.h"

#include "sim/base/random.h"
#include "sim/sample_chunk.h"
#include "sim/sample_time.h"

#include <stdlib.h>
#include <string.h>

/** Lines without any time come so often: ten a second. */
#define UNTIMED_NS (SAMPLE_NANOSECONDS / 10)
#define UNTIMED_FIRST_NS 1600000000000000000

static const uint64_t reservoir_seed = 0x53616D706C65;

void sample_blocks_init(struct sample_blocks *blocks) {
    *blocks = (struct sample_blocks){0};
}

void sample_blocks_fini(struct sample_blocks *blocks) {
    for (size_t i = 0; i < blocks->count; i++)
        free(blocks->blocks[i].records);
    for (size_t i = 0; i < SAMPLE_HEADS_MAX; i++)
        text_fini(&blocks->heads[i].records);
    *blocks = (struct sample_blocks){0};
}

void sample_blocks_begin(struct sample_blocks *blocks, const struct sample_format *format) {
    blocks->payload = format->payload;
    blocks->own_times = format->wrapper != SAMPLE_WRAPPER_NONE;
}

/** Where the next block goes; SAMPLE_BLOCKS_MAX when it is not kept. */
static size_t place_of_next(struct sample_blocks *blocks) {
    uint64_t index = blocks->seen++;
    if (blocks->count < SAMPLE_BLOCKS_MAX)
        return blocks->count++;
    struct random_words words = random_words(reservoir_seed, index, 0, 0);
    double place = random_uniform(words.word[0]) * (double)(index + 1);
    return place < SAMPLE_BLOCKS_MAX ? (size_t)place : SAMPLE_BLOCKS_MAX;
}

/** The head becomes a block, in memory of exactly its size, and is empty again. */
static void cut(struct sample_blocks *blocks, struct sample_head *head) {
    size_t place = place_of_next(blocks);
    if (place < SAMPLE_BLOCKS_MAX) {
        struct sample_block *block = &blocks->blocks[place];
        char *records = realloc(block->records, head->records.length);
        if (!records) {
            blocks->failed = true;
            return;
        }
        memcpy(records, head->records.data, head->records.length);
        *block = (struct sample_block){.records = records,
                                       .size = head->records.length,
                                       .raw_bytes = head->raw_bytes,
                                       .payload = blocks->payload,
                                       .own_times = blocks->own_times};
    }
    head->records.length = 0;
    head->raw_bytes = 0;
    head->filled = true;
}

static struct sample_head *head_of(struct sample_blocks *blocks, uint64_t stream) {
    for (size_t i = 0; i < SAMPLE_HEADS_MAX; i++) {
        struct sample_head *head = &blocks->heads[i];
        if (!head->used) {
            head->used = true;
            head->stream = stream;
            head->last_ns = UNTIMED_FIRST_NS;
        }
        if (head->stream == stream)
            return head;
    }
    return NULL;
}

void sample_blocks_add(struct sample_blocks *blocks, uint64_t stream,
                       const struct sample_line *line) {
    struct sample_head *head = head_of(blocks, stream);
    if (!head || blocks->failed)
        return;
    struct sample_record record = {.ns = line->timed ? line->ns : head->last_ns + UNTIMED_NS,
                                   .length = line->length};
    head->last_ns = record.ns;
    text_add_bytes(&head->records, (const char *)&record, sizeof record);
    text_add_bytes(&head->records, line->bytes, line->length);
    head->raw_bytes += line->length + SAMPLE_METADATA_RAW_BYTES;
    if (text_failed(&head->records))
        blocks->failed = true;
    else if (head->raw_bytes >= SAMPLE_BLOCK_BYTES)
        cut(blocks, head);
}

void sample_blocks_end(struct sample_blocks *blocks) {
    for (size_t i = 0; i < SAMPLE_HEADS_MAX; i++) {
        struct sample_head *head = &blocks->heads[i];
        if (!head->filled && head->records.length > 0 && !blocks->failed)
            cut(blocks, head);
        head->used = head->filled = false;
        head->records.length = 0;
        head->raw_bytes = 0;
    }
}

void sample_blocks_pick(const struct sample_blocks *blocks, size_t count,
                        struct sample_block *picked) {
    for (size_t i = 0; i < count; i++)
        picked[i] = blocks->blocks[i * blocks->count / count];
}

bool sample_block_next(const struct sample_block *block, size_t *at, struct sample_record *record,
                       const char **bytes) {
    if (*at >= block->size)
        return false;
    memcpy(record, block->records + *at, sizeof *record);
    *bytes = block->records + *at + sizeof *record;
    *at += sizeof *record + record->length;
    return true;
}
