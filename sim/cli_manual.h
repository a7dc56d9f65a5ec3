/**
 * The manual page, section 1, from the tables of commands and options.
 */
#ifndef SIM_CLI_MANUAL_H
#define SIM_CLI_MANUAL_H

#include "sim/base/text.h"

/** Write the page in man(7) macros. */
void cli_write_manual(const char *version, struct text *text);

#endif
