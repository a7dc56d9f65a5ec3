#include "sim/base/yaml_tree.h"

#include "sim/base/words.h"
#include "sim/base/yaml_problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/** A place in the input known both by character, as libyaml counts, and by byte. */
struct cursor {
    size_t character, byte;
};

struct builder {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct yaml_document *document;
    yaml_parser_t parser;
    struct cursor mark; /**< of the node at hand */
    struct cursor line; /**< of the start of its line */
    size_t nodes;
    enum status fatal;   /**< reading cannot go on */
    enum status refused; /**< reading goes on, but the document is invalid */
};

struct position {
    unsigned line, column;
};

/** Byte offset of the character numbered `character`. Marks come nearly in order, so walking from
 *  the last one keeps the whole parse linear. */
static size_t byte_of(struct cursor *cursor, const struct yaml_document *document,
                      size_t character) {
    const unsigned char *bytes = (const unsigned char *)document->bytes;
    while (cursor->character < character && cursor->byte < document->length) {
        cursor->byte++;
        while (cursor->byte < document->length && (bytes[cursor->byte] & 0xC0) == 0x80)
            cursor->byte++;
        cursor->character++;
    }
    while (cursor->character > character && cursor->byte > 0) {
        cursor->byte--;
        while (cursor->byte > 0 && (bytes[cursor->byte] & 0xC0) == 0x80)
            cursor->byte--;
        cursor->character--;
    }
    return cursor->byte;
}

static struct position position_of(struct builder *builder, yaml_mark_t mark) {
    const struct yaml_document *document = builder->document;
    size_t at = byte_of(&builder->mark, document, mark.index);
    size_t start = byte_of(&builder->line, document, mark.index - mark.column);
    unsigned line = (unsigned)mark.line + 1;
    if (at > 0 && at == document->length && start == at && document->bytes[at - 1] != '\n') {
        /* libyaml puts the end of a text without a final newline on a line of its own. */
        line--;
        while (start > 0 && document->bytes[start - 1] != '\n')
            start--;
    }
    return (struct position){line, (unsigned)(at - start) + 1};
}

/** Refuse one node: reading goes on, so that other mistakes are found too. */
static void refuse(struct builder *builder, struct yaml_node *node, const char *message,
                   const char *hint) {
    node->refused = true;
    builder->refused = yaml_tree_complain(builder->document, node->line, node->column,
                                          builder->diagnostics, "%s", message);
    struct diagnostic *last = diagnostics_last(builder->diagnostics);
    if (last)
        snprintf(last->hint, sizeof last->hint, "%s", hint);
}

static void fail(struct builder *builder, struct position at, const char *message) {
    builder->fatal = yaml_tree_complain(builder->document, at.line, at.column, builder->diagnostics,
                                        "%s", message);
}

static void fail_memory(struct builder *builder) {
    builder->fatal = diagnostics_out_of_memory(builder->diagnostics, "reading YAML");
}

/** Put libyaml's complaint into words, at the place where a person would look. */
static void fail_parser(struct builder *builder) {
    const yaml_parser_t *parser = &builder->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        fail_memory(builder);
        return;
    }
    struct yaml_problem problem;
    struct position at;
    if (parser->error == YAML_READER_ERROR) {
        yaml_problem_of_bytes(builder->document, parser->problem, parser->problem_offset,
                              parser->problem_value, &problem);
        at = (struct position){problem.line, problem.column};
    } else {
        struct position context = position_of(builder, parser->context_mark);
        at = position_of(builder, parser->problem_mark);
        size_t offset = builder->mark.byte;
        char found = offset < builder->document->length ? builder->document->bytes[offset] : '\0';
        yaml_problem_of_syntax(parser->problem, found, context.line, &problem);
        if (problem.at_context)
            at = context;
    }
    fail(builder, at, problem.message);
    struct diagnostic *last = diagnostics_last(builder->diagnostics);
    if (last)
        snprintf(last->hint, sizeof last->hint, "%s", problem.hint);
}

static bool next_event(struct builder *builder, yaml_event_t *event) {
    if (builder->fatal != STATUS_OK)
        return false;
    if (yaml_parser_parse(&builder->parser, event))
        return true;
    fail_parser(builder);
    return false;
}

static struct yaml_node *new_node(struct builder *builder, enum yaml_kind kind, yaml_mark_t mark) {
    struct position at = position_of(builder, mark);
    if (++builder->nodes > YAML_TREE_NODES_MAX) {
        fail(builder, at, "too much YAML: at most 50,000 values are read");
        return NULL;
    }
    struct yaml_node *node = arena_take(builder->arena, sizeof *node);
    if (!node) {
        fail_memory(builder);
        return NULL;
    }
    node->kind = kind;
    node->line = at.line;
    node->column = at.column;
    node->document = builder->document;
    return node;
}

static void refuse_decoration(struct builder *builder, struct yaml_node *node,
                              const yaml_char_t *anchor, const yaml_char_t *tag) {
    char message[160], name[WORDS_QUOTE_BYTES];
    const yaml_char_t *found = anchor ? anchor : tag;
    if (!found)
        return;
    snprintf(message, sizeof message, "the %s %s is not supported", anchor ? "anchor" : "tag",
             words_quote(name, sizeof name, (const char *)found));
    refuse(builder, node, message,
           anchor ? "write the value out at every place that needs it"
                  : "leave the tag out; types follow from the key");
}

static struct yaml_node *read_scalar(struct builder *builder, const yaml_event_t *event) {
    struct yaml_node *node = new_node(builder, YAML_KIND_SCALAR, event->start_mark);
    if (!node)
        return NULL;
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->scalar = "";
    if (length > YAML_TREE_SCALAR_BYTES_MAX) {
        refuse(builder, node, "the text is longer than 4096 bytes", "");
        return node;
    }
    if (memchr(value, '\0', length)) {
        refuse(builder, node, "the text holds a NUL character", "");
        return node;
    }
    node->scalar = arena_copy(builder->arena, value, length);
    if (!node->scalar) {
        fail_memory(builder);
        return NULL;
    }
    refuse_decoration(builder, node, event->data.scalar.anchor, event->data.scalar.tag);
    return node;
}

static struct yaml_node *read_alias(struct builder *builder, const yaml_event_t *event) {
    struct yaml_node *node = new_node(builder, YAML_KIND_SCALAR, event->start_mark);
    if (!node)
        return NULL;
    char message[160], name[WORDS_QUOTE_BYTES];
    words_quote(name, sizeof name, (const char *)event->data.alias.anchor);
    snprintf(message, sizeof message, "the alias %s is not supported", name);
    node->scalar = "";
    refuse(builder, node, message, "write the value out at every place that needs it");
    return node;
}

static struct yaml_node *read_node(struct builder *builder, const yaml_event_t *event,
                                   unsigned depth);

/** Read the node that comes next; NULL at the end of the collection and on failure. */
static struct yaml_node *read_next(struct builder *builder, unsigned depth) {
    yaml_event_t event;
    if (!next_event(builder, &event))
        return NULL;
    struct yaml_node *node = NULL;
    if (event.type != YAML_SEQUENCE_END_EVENT && event.type != YAML_MAPPING_END_EVENT)
        node = read_node(builder, &event, depth);
    yaml_event_delete(&event);
    return node;
}

static void append(struct yaml_node *parent, struct yaml_node ***tail, struct yaml_node *child) {
    **tail = child;
    *tail = &child->next;
    parent->children++;
}

static struct yaml_node *read_sequence(struct builder *builder, const yaml_event_t *event,
                                       unsigned depth) {
    struct yaml_node *sequence = new_node(builder, YAML_KIND_SEQUENCE, event->start_mark);
    if (!sequence)
        return NULL;
    refuse_decoration(builder, sequence, event->data.sequence_start.anchor,
                      event->data.sequence_start.tag);
    struct yaml_node **tail = &sequence->first;
    struct yaml_node *item;
    while ((item = read_next(builder, depth + 1)) != NULL)
        append(sequence, &tail, item);
    return builder->fatal == STATUS_OK ? sequence : NULL;
}

static int compare_keys(const void *left, const void *right) {
    const struct yaml_node *a = *(struct yaml_node *const *)left;
    const struct yaml_node *b = *(struct yaml_node *const *)right;
    int by_key = strcmp(a->key, b->key);
    if (by_key != 0)
        return by_key;
    if (a->key_line != b->key_line)
        return a->key_line < b->key_line ? -1 : 1;
    return a->key_column < b->key_column ? -1 : 1;
}

static void refuse_duplicate(struct builder *builder, struct yaml_node *again, unsigned line) {
    char key[WORDS_QUOTE_BYTES];
    again->refused = true;
    builder->refused =
        yaml_tree_complain(builder->document, again->key_line, again->key_column,
                           builder->diagnostics, "the key %s stands here twice, first on line %u",
                           words_quote(key, sizeof key, again->key), line);
}

/** Sorting keeps a mapping of 50,000 keys from taking a billion comparisons. */
static void refuse_duplicates(struct builder *builder, struct yaml_node *mapping) {
    if (mapping->children < 2)
        return;
    struct yaml_node **sorted = calloc(mapping->children, sizeof(struct yaml_node *));
    if (!sorted) {
        fail_memory(builder);
        return;
    }
    size_t count = 0;
    for (struct yaml_node *child = mapping->first; child; child = child->next)
        sorted[count++] = child;
    qsort(sorted, count, sizeof(struct yaml_node *), compare_keys);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (strcmp(sorted[i]->key, sorted[first]->key) == 0)
            refuse_duplicate(builder, sorted[i], sorted[first]->key_line);
        else
            first = i;
    }
    free(sorted);
}

/** Whether a node can serve as a key; says why not. */
static bool key_is_plain(struct builder *builder, struct yaml_node *key) {
    if (key->refused)
        return false;
    if (key->kind != YAML_KIND_SCALAR) {
        refuse(builder, key, "a key must be plain text", "");
        return false;
    }
    if (!key->quoted && strcmp(key->scalar, "<<") == 0) {
        refuse(builder, key, "merge keys (<<) are not supported",
               "write the values out at every place that needs them");
        return false;
    }
    return true;
}

static struct yaml_node *read_mapping(struct builder *builder, const yaml_event_t *event,
                                      unsigned depth) {
    struct yaml_node *mapping = new_node(builder, YAML_KIND_MAPPING, event->start_mark);
    if (!mapping)
        return NULL;
    refuse_decoration(builder, mapping, event->data.mapping_start.anchor,
                      event->data.mapping_start.tag);
    struct yaml_node **tail = &mapping->first;
    struct yaml_node *key;
    while ((key = read_next(builder, depth + 1)) != NULL) {
        struct yaml_node *value = read_next(builder, depth + 1);
        if (!value)
            return NULL;
        if (!key_is_plain(builder, key))
            continue;
        value->key = key->scalar;
        value->key_line = key->line;
        value->key_column = key->column;
        append(mapping, &tail, value);
    }
    if (builder->fatal == STATUS_OK)
        refuse_duplicates(builder, mapping);
    return builder->fatal == STATUS_OK ? mapping : NULL;
}

static struct yaml_node *read_node(struct builder *builder, const yaml_event_t *event,
                                   unsigned depth) {
    if (depth >= YAML_TREE_DEPTH_MAX) {
        fail(builder, position_of(builder, event->start_mark),
             "nested too deeply: at most 32 levels are read");
        return NULL;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(builder, event);
    case YAML_ALIAS_EVENT:
        return read_alias(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return read_sequence(builder, event, depth);
    default:
        return read_mapping(builder, event, depth);
    }
}

/** Read on to where the next document begins; false at the end of the stream and on failure. */
static bool next_document(struct builder *builder, struct position *at) {
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    while (type != YAML_DOCUMENT_START_EVENT && type != YAML_STREAM_END_EVENT) {
        if (!next_event(builder, &event))
            return false;
        type = event.type;
        *at = position_of(builder, event.start_mark);
        bool tags =
            type == YAML_DOCUMENT_START_EVENT && event.data.document_start.tag_directives.start !=
                                                     event.data.document_start.tag_directives.end;
        yaml_event_delete(&event);
        if (tags) {
            fail(builder, *at, "%TAG directives are not supported");
            return false;
        }
    }
    return type == YAML_DOCUMENT_START_EVENT;
}

static void read_document(struct builder *builder) {
    struct position at;
    if (!next_document(builder, &at)) {
        if (builder->fatal == STATUS_OK)
            fail(builder, (struct position){1, 1}, "there is no YAML in here");
        return;
    }
    struct yaml_node *root = read_next(builder, 0);
    if (root && next_document(builder, &at))
        fail(builder, at, "a second YAML document begins here; only one is read");
    if (builder->fatal == STATUS_OK)
        builder->document->root = root;
}

/** What stands in the way of reading at all. */
static const char *unreadable(const char *bytes, size_t length) {
    if (length > YAML_TREE_INPUT_BYTES_MAX)
        return "too much YAML: at most 1 MiB is read";
    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
        return "the text is UTF-16; save it as UTF-8";
    return NULL;
}

enum status yaml_tree_parse(struct arena *arena, const char *file, const char *bytes, size_t length,
                            struct yaml_document *document, struct diagnostics *diagnostics) {
    const char *why = unreadable(bytes, length);
    if (why)
        return diagnostics_add(diagnostics, STATUS_INVALID, file, 0, 0, "%s", why);
    bool marked = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    document->file = file;
    document->bytes = marked ? bytes + 3 : bytes;
    document->length = marked ? length - 3 : length;
    document->root = NULL;
    struct builder builder = {.arena = arena, .diagnostics = diagnostics, .document = document};
    if (!yaml_parser_initialize(&builder.parser))
        return diagnostics_out_of_memory(diagnostics, "reading YAML");
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)document->bytes,
                                 document->length);
    read_document(&builder);
    yaml_parser_delete(&builder.parser);
    return builder.fatal != STATUS_OK ? builder.fatal : builder.refused;
}

struct yaml_node *yaml_tree_child(const struct yaml_node *mapping, const char *key) {
    if (mapping->kind != YAML_KIND_MAPPING)
        return NULL;
    for (struct yaml_node *child = mapping->first; child; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}
