/**
 * The parts of reading a scenario, each in a file of its own. Private to sim/scenario*.c.
 *
 * scenario_load.c reads the file; scenario_override.c changes its tree; scenario_fill*.c turn the
 * tree into the struct; scenario_check.c looks at what no single key can show. Each adds what is
 * wrong to the reader's diagnostics and goes on.
 */
#ifndef SIM_SCENARIO_READER_H
#define SIM_SCENARIO_READER_H

#include "sim/base/yaml_tree.h"
#include "sim/scenario.h"
#include "sim/scenario_schema.h"

struct scenario_reader {
    struct arena *scratch; /**< dies when loading ends: trees, keys */
    struct scenario *scenario;
    struct yaml_node *root;
    struct diagnostics *diagnostics;
    enum status status; /**< the first trouble; reading goes on after STATUS_INVALID */
    const struct price_table *prices;       /**< may be NULL */
    const struct instance_table *instances; /**< may be NULL */
};

/** What of a node a complaint is about. */
enum scenario_part {
    PART_VALUE, /**< the value, which is refused by this */
    PART_KEY,   /**< the key; the value is refused with it */
    PART_LACK   /**< something that is missing in it; what is there stays good */
};

/** Report trouble with `node` at key path `path`. */
void scenario_complain(struct scenario_reader *reader, struct yaml_node *node,
                       enum scenario_part part, const char *path, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** Complete the last complaint, unless it was one too many. */
void scenario_advise(struct scenario_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Whether complaints still reach the user, so that costly advice is worth its while. */
bool scenario_is_heard(const struct scenario_reader *reader);

/** Report that memory ran out. */
void scenario_out_of_memory(struct scenario_reader *reader);

/** The node at a path such as `workload.services.0.logs`, or NULL when the file leaves it out. */
struct yaml_node *scenario_node(const struct scenario_reader *reader, const char *path);

/** Whether nothing on the way to `path` was refused, so that its value (or default) is good. */
bool scenario_is_good(const struct scenario_reader *reader, const char *path);

/** Fill the scenario from the tree at `reader->root`, defaults first. */
void scenario_fill(struct scenario_reader *reader);

/** Apply one `--set` to the tree. */
void scenario_apply_override(struct scenario_reader *reader, const char *text);

/** Checks across keys, of those keys that were read well. */
void scenario_check(struct scenario_reader *reader);

#endif
