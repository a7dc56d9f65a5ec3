/**
 * The table of options, and the rows that CLI_COMMANDS gives. Private to the cli_*.c files:
 * parsing, help, manual and completions read the same rows, so none of them can fall behind.
 */
#ifndef SIM_CLI_TABLE_H
#define SIM_CLI_TABLE_H

#include "sim/cli.h"

#include <stdint.h>

struct cli_command_row {
    const char *name, *operands, *help;
    unsigned char operands_min, operands_max; /**< UINT8_MAX: as many as are given */
};

/** How an option's value is taken. */
enum cli_option_kind {
    CLI_OPTION_FLAG,     /**< bool, no value */
    CLI_OPTION_TEXT,     /**< const char *, borrowed from argv */
    CLI_OPTION_DURATION, /**< double, seconds */
    CLI_OPTION_THREADS,
    CLI_OPTION_FORMAT,
    CLI_OPTION_SET,
    CLI_OPTION_SEED,
    CLI_OPTION_REPLICAS,
    CLI_OPTION_VARY,
    CLI_OPTION_LABEL_KEY,
};

struct cli_option_row {
    const char *name, *value, *help; /**< `value` is NULL for a flag */
    enum cli_option_kind kind;
    size_t offset;     /**< in struct cli, for flags, texts and durations */
    uint64_t commands; /**< bit 1 << enum cli_command of those it belongs to; 0: all */
};

extern const struct cli_command_row cli_command_rows[];
extern const size_t cli_command_count;
extern const struct cli_option_row cli_option_rows[];
extern const size_t cli_option_count;
extern const char *const cli_format_names[];
extern const size_t cli_format_count;

/** Does the option go with the command? */
bool cli_option_belongs(const struct cli_option_row *option, enum cli_command command);

#endif
