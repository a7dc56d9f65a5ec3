/**
 * Completions for shells, from the tables of commands, options and scenario keys.
 */
#ifndef SIM_CLI_COMPLETION_H
#define SIM_CLI_COMPLETION_H

#include "sim/base/text.h"

#include <stdbool.h>

/** Write the completion file of `bash`, `zsh` or `fish`; false for any other shell. */
bool cli_write_completion(const char *shell, struct text *text);

#endif
