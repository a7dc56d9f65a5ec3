/**
 * Diagnostics as a person reads them.
 *
 *     prod.yaml:12:14: stack.loki.volume: expected a size such as 512Mi or 10Gi, found "10GB"
 *           volume: 10GB
 *                   ^
 *       did you mean 10Gi?
 *
 * Parts that a diagnostic does not know are left out. Control characters of the input are shown as
 * `?`, so that a file cannot write to the terminal. Thread safety: pure but for the text.
 */
#ifndef SIM_BASE_DIAGNOSTIC_PRINT_H
#define SIM_BASE_DIAGNOSTIC_PRINT_H

#include "sim/base/status.h"
#include "sim/base/text.h"

/** Add one diagnostic, ending in a newline. */
void diagnostic_print(struct text *text, const struct diagnostic *diagnostic);

/** Add all of them in their order, and how many more there were. */
void diagnostics_print(struct text *text, const struct diagnostics *diagnostics);

#endif
