/**
 * A bounded tree of YAML nodes that remember where they stand.
 *
 * Read from libyaml's events. Anchors, aliases, tags, merge keys, duplicate keys and further
 * documents are refused with their position; so is anything past the bounds below (libyaml itself
 * has none: nesting is quadratic). Owned by the arena it was read into.
 */
#ifndef SIM_BASE_YAML_TREE_H
#define SIM_BASE_YAML_TREE_H

#include "sim/base/arena.h"
#include "sim/base/status.h"

#include <stdbool.h>

#define YAML_TREE_INPUT_BYTES_MAX (1024 * 1024)
#define YAML_TREE_DEPTH_MAX 32
#define YAML_TREE_NODES_MAX 50000
#define YAML_TREE_SCALAR_BYTES_MAX 4096

enum yaml_kind { YAML_KIND_SCALAR, YAML_KIND_SEQUENCE, YAML_KIND_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    unsigned line;      /**< 1-based */
    unsigned column;    /**< 1-based, in bytes */
    const char *scalar; /**< for scalars: the value, NUL-terminated, no NUL inside */
    bool quoted;        /**< for scalars: quoted or block style, so never a number or null */
    const char *key;    /**< for children of a mapping: the key; else NULL */
    unsigned key_line;  /**< 1-based; 0 when there is no key */
    unsigned key_column;
    struct yaml_node *first; /**< first child; NULL when none */
    struct yaml_node *next;  /**< next sibling */
    size_t children;
    bool refused; /**< a diagnostic was added for it: whatever it says is not to be used */
    const struct yaml_document *document; /**< where it was written */
};

struct yaml_document {
    const char *file;  /**< as the user named it */
    const char *bytes; /**< the whole input, for quoting source lines */
    size_t length;
    struct yaml_node *root; /**< NULL when the text could not be read to its end */
    bool one_line;          /**< comes from a command line: messages give the column only */
};

/**
 * Parse `length` bytes of YAML, which must outlive the document. On failure diagnostics carry
 * file:line:column and source line. After a failure that concerns single nodes (an anchor, a
 * duplicate key) `document->root` is set all the same and those nodes are `refused`, so that a
 * caller can look for further mistakes. `document->one_line` is the caller's to set beforehand.
 */
enum status yaml_tree_parse(struct arena *arena, const char *file, const char *bytes, size_t length,
                            struct yaml_document *document,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Add a diagnostic at `line`:`column` of the document with its source line; STATUS_INVALID. */
enum status yaml_tree_complain(const struct yaml_document *document, unsigned line, unsigned column,
                               struct diagnostics *diagnostics, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** Child of a mapping by key, or NULL. */
struct yaml_node *yaml_tree_child(const struct yaml_node *mapping, const char *key);

/** Copy the source line `line` (1-based) without its end into `buffer`; cut to fit. */
void yaml_tree_source(const struct yaml_document *document, unsigned line, char *buffer,
                      size_t size);

#endif
