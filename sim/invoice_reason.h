/**
 * Why a line of a bill is likely to differ from the prediction, in words. Private to the invoice
 * files.
 */
#ifndef SIM_INVOICE_REASON_H
#define SIM_INVOICE_REASON_H

#include "sim/invoice_compare.h"

/** A sentence in the arena, or NULL when memory is out. */
const char *invoice_reason(const struct invoice_line *line, const struct scenario *scenario,
                           struct arena *arena);

#endif
