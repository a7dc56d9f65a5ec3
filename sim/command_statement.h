/**
 * Statements of commands on standard output.
 */
#ifndef SIM_COMMAND_STATEMENT_H
#define SIM_COMMAND_STATEMENT_H

#include "reports/statement.h"
#include "sim/command.h"

/** Write a statement into the program's output, as text or, with `--format markdown`, Markdown. */
enum status program_state(struct program *program, const struct statement *statement) MUST_CHECK;

/** End a command whose report was written into the program's output with status `written`: print
 *  it, unless --quiet. */
enum status program_answer(struct program *program, enum status written) MUST_CHECK;

/** Say how far reading a file has come, when its size is known; false when interrupted. For
 *  csv_stream_read(), with the program as context. */
bool program_reading(double share, double bytes, void *context);

/** Refuse a format that statements do not have; `command` is for the message. */
enum status program_check_statement_format(struct program *program, const char *command) MUST_CHECK;

#endif
