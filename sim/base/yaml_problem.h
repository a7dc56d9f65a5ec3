/**
 * What is wrong with a YAML text, in words a person can act on.
 *
 * libyaml's own words ("could not find expected ':'") name the grammar, not the mistake.
 */
#ifndef SIM_BASE_YAML_PROBLEM_H
#define SIM_BASE_YAML_PROBLEM_H

#include "sim/base/yaml_tree.h"

struct yaml_problem {
    char message[160];
    const char *hint; /**< never NULL */
    bool at_context;  /**< the place to show is where the construct began */
    unsigned line;    /**< set by yaml_problem_of_bytes() only; 1-based */
    unsigned column;
};

/** A complaint of libyaml's scanner or parser. `found` is the byte at the problem, NUL at
 *  the end of the text; `began` is the line where the construct around it began. */
void yaml_problem_of_syntax(const char *libyaml_problem, char found, unsigned began,
                            struct yaml_problem *problem);

/** A complaint of libyaml's reader about the `value` at byte `offset`: broken UTF-8 or a control
 *  character. */
void yaml_problem_of_bytes(const struct yaml_document *document, const char *libyaml_problem,
                           size_t offset, int value, struct yaml_problem *problem);

#endif
