/**
 * The parts of filling a scenario from its tree. Private to sim/scenario_fill*.c.
 *
 * scenario_fill.c goes through the sections, scenario_fill_lists.c reads lists of plain values. As
 * elsewhere `shown` is the key path in messages, and trouble goes to the reader's diagnostics.
 */
#ifndef SIM_SCENARIO_FILL_H
#define SIM_SCENARIO_FILL_H

#include "sim/scenario_reader.h"

/** Whether the file says nothing there: `key:`, `~` or `null`. */
bool scenario_fill_is_null(const struct yaml_node *node);

/** "a list" or "a mapping"; of no use for a scalar. */
const char *scenario_fill_kind(const struct yaml_node *node);

/** The path of the item `index` of the list `parent`, in `buffer`. */
char *scenario_fill_index(char buffer[SCENARIO_PATH_BYTES], const char *parent, size_t index);

/** A mapping or list stands where `field` wants something else, or a scalar where it wants those.
 */
void scenario_fill_complain_kind(struct scenario_reader *reader, const struct scenario_field *field,
                                 struct yaml_node *node, const char *shown);

/** Read a scalar and store it within `base`; with STORE_NONE only check it. */
void scenario_fill_scalar(struct scenario_reader *reader, const struct scenario_field *field,
                          struct yaml_node *node, const char *shown, void *base);

/** Whether `node` is a list with as many items as `field` allows; complains when not. */
bool scenario_fill_check_list(struct scenario_reader *reader, const struct scenario_field *field,
                              struct yaml_node *node, const char *shown);

/** One of the three lists of words in `search`. */
void scenario_fill_words(struct scenario_reader *reader, const struct scenario_field *field,
                         struct yaml_node *node, const char *shown);

/** `workload.profile.daily`: a preset's name or 24 weights, scaled to a mean of one. */
void scenario_fill_daily(struct scenario_reader *reader, const struct scenario_field *field,
                         struct yaml_node *node, const char *shown);

#endif
