/**
 * Which sums of a bill are the stack's. Private to the invoice files.
 */
#ifndef SIM_INVOICE_SELECT_H
#define SIM_INVOICE_SELECT_H

#include "sim/invoice_compare.h"

/** What tells the stack's own usage from others'. */
struct invoice_selection {
    const struct invoice_compare_input *input;
    const char *cluster; /**< NULL: tags name none */
    bool cluster_by_name;
    bool tagged_nodes, tagged_volumes; /**< some carry the stack's tag */
};

enum status invoice_selection_make(const struct invoice_compare_input *input,
                                   struct invoice_selection *selection,
                                   struct diagnostics *diagnostics) MUST_CHECK;

enum invoice_exclusion invoice_selection_of(const struct invoice_selection *selection,
                                            const struct invoice_group *group);

#endif
