/**
 * The schema of a scenario: one row a key. Private to the files sim/scenario*.c.
 *
 * Loader, JSON Schema, `simulate explain`, `simulate init` and the README's reference all read this
 * one table, so that they cannot disagree. Static storage; thread-safe.
 */
#ifndef SIM_SCENARIO_SCHEMA_H
#define SIM_SCENARIO_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

/** Longest key path, with its NUL; that of `struct diagnostic`. */
#define SCENARIO_PATH_BYTES 160

enum scenario_type {
    SCENARIO_SECTION,  /**< a mapping with keys of its own */
    SCENARIO_SECTIONS, /**< a list of such mappings; their keys' paths hold `[]` */
    SCENARIO_NAME,     /**< lower-case letters, digits and `-`, as Kubernetes names things */
    SCENARIO_WORD,     /**< a word that some table knows: a region, an instance type */
    SCENARIO_TEXT,     /**< any text that is not empty */
    SCENARIO_NUMBER,
    SCENARIO_WHOLE, /**< a number without a fraction */
    SCENARIO_USD,
    SCENARIO_DURATION, /**< seconds */
    SCENARIO_BYTES,
    SCENARIO_CORES,
    SCENARIO_PERCENT, /**< a fraction */
    SCENARIO_CHOICE,  /**< one of `words`; its index is stored */
    SCENARIO_SWITCH,  /**< true or false */
    SCENARIO_CHOICES, /**< a list of such words */
    SCENARIO_WORDS,   /**< a list of SCENARIO_WORD */
    SCENARIO_DAILY    /**< one of `words`, or 24 numbers */
};

/** How the member that a row fills is declared. */
enum scenario_store {
    STORE_NONE, /**< filled by code of its own, or not at all */
    STORE_DOUBLE,
    STORE_UNSIGNED, /**< also every enum */
    STORE_U64,
    STORE_BOOL,
    STORE_TEXT
};

struct scenario_field {
    const char *path; /**< `stack.loki.volume`, `workload.services[].name` */
    enum scenario_type type;
    const char *fallback; /**< the default as YAML; for a required key an example; or NULL */
    double least, most;   /**< inclusive, in the stored unit; for lists the number of items */
    size_t offset;        /**< of the member within scenario, service or node group */
    enum scenario_store store;
    const char *doc;          /**< one or two sentences */
    const char *unit;         /**< what the value counts, such as "bytes a second"; or NULL */
    const char *least_why;    /**< shown when a value is below its range; or NULL */
    const char *most_why;     /**< shown when it is above; or NULL */
    const char *const *words; /**< choices, NULL at the end */
    bool required;            /**< must be there whenever its section is */
    bool optional;            /**< a section that means something by being left out */
};

/** All rows, each section before its keys. */
const struct scenario_field *scenario_schema(size_t *count);

/** The row of `path`, or NULL. */
const struct scenario_field *scenario_schema_find(const char *path);

/** Whether `field` is a key of the section `parent` itself; "" is the top, and the keys of a list's
 *  items have the parent `list[]`. */
bool scenario_schema_is_child(const struct scenario_field *field, const char *parent);

/** The last part of the path. */
const char *scenario_schema_key(const struct scenario_field *field);

/** The 24 weights of a daily preset, by its index in `workload.profile.daily`'s words. */
const double *scenario_schema_daily(size_t preset);

#endif
