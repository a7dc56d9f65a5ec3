/**
 * kubectl and helm, run against one cluster: what both have in common.
 *
 * Thread safety: every function is reentrant.
 */
#ifndef STACK_CLUSTER_TOOL_H
#define STACK_CLUSTER_TOOL_H

#include "stack/kubectl.h"

/** A program that speaks to a cluster. */
struct cluster_tool {
    const char *name;               /**< as PATH has it */
    const char *context_option;     /**< what names the context */
    const char *needed;             /**< what to say when it is missing */
    double timeout_seconds;         /**< of one question */
    double interrupt_grace_seconds; /**< 0: process.h's own */
};

/** Fill `all` (KUBECTL_WORDS_MAX) with the tool's name, what names the cluster, and `words`. False
 *  when there are too many. */
bool cluster_tool_words(const struct cluster_tool *tool, const struct cluster *cluster,
                        const char *const *words, const char **all);

/** How the tool is run with `all`; 0 seconds: the tool's own. */
struct process_options cluster_tool_options(const struct cluster_tool *tool,
                                            const struct cluster *cluster, const char *const *all,
                                            double timeout_seconds);

/** Run `tool WORDS...`; STATUS_OK when it ran to its end: judge `result`. `input` may be NULL. */
enum status cluster_tool_run(const struct cluster_tool *tool, const struct cluster *cluster,
                             const char *const *words, const char *input, size_t input_length,
                             double timeout_seconds, struct process_result *result,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** The same without input, and any exit status but 0 is STATUS_EXTERNAL. */
enum status cluster_tool_do(const struct cluster_tool *tool, const struct cluster *cluster,
                            const char *const *words, const char *what,
                            struct process_result *result,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Run `tool WORDS... --output json` and parse what it prints; `*answer` is NULL for nothing. */
enum status cluster_tool_json(const struct cluster_tool *tool, const struct cluster *cluster,
                              const char *const *words, const char *what, json_t **answer,
                              struct diagnostics *diagnostics) MUST_CHECK;

#endif
