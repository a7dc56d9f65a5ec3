/**
 * Commands: each in a file of its own, command_NAME.c. With main.c they are the top of the program:
 * they alone know every room, and print. A command works on one struct program, which main() makes
 * and frees; it returns a status with diagnostics, or sets the exit status of an answer.
 */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

#include "sim/base/text.h"
#include "sim/cli.h"
#include "sim/result.h"
#include "sim/run.h"

/** An answer that is "no": targets are missed, or what runs differs. */
enum { EXIT_MISSED = 1 };

/** Everything a command works with; freed in one place. */
struct program {
    const char *version;
    struct cli cli;
    struct arena arena; /**< lives as long as the program */
    struct run_tables tables;
    struct scenario *scenario; /**< NULL until program_load() */
    struct result *result;     /**< NULL until program_simulate() */
    struct text out;           /**< what goes to standard output, printed once it is whole */
    struct diagnostics diagnostics;
};

typedef enum status command_function(struct program *program, int *exit_status);

command_function command_run;
command_function command_check;
command_function command_plan;
command_function command_emit;
command_function command_verify;
command_function command_sweep;
command_function command_diff;
command_function command_predict;
command_function command_sample;
command_function command_calibrate;
command_function command_prices;
command_function command_bill;
command_function command_explain;
command_function command_init;
command_function command_schema;
command_function command_reference;
command_function command_deploy;
command_function command_completion;
command_function command_manual;

/** Has the user pressed Ctrl-C, or mpirun said stop? Any thread may ask. */
bool program_interrupted(void);

/** Refuse how the command was called; STATUS_USAGE. */
enum status program_usage(struct program *program, const char *message);

/** Print the finished `out` to standard output: rank 0 only. */
enum status program_print(struct program *program) MUST_CHECK;

/** Write `words` over the line of progress on standard error, to a terminal or with --progress, or
 *  clear what is left of it (NULL). From one thread at a time. */
void program_progress_line(const struct program *program, const char *words);

/**
 * Say on standard error how far `what` ("simulating") has come, `done` of 1: to a terminal, or with
 * --progress. False when interrupted. From one thread at a time.
 */
bool program_progress(const struct program *program, const char *what, double done);

/** Columns to write for: what COLUMNS says, else the terminal's; 100 at most and without either. */
unsigned program_terminal_width(void);

bool program_wants_color(const struct program *program);

/** Load prices, instances and calibration, once. */
enum status program_load_tables(struct program *program) MUST_CHECK;

/** Load the tables and the scenario `file` with the command line's overrides. */
enum status program_load(struct program *program, const char *file) MUST_CHECK;

/** Simulate the loaded scenario and search its best plan; `series` for what charts draw. */
enum status program_simulate(struct program *program, bool series) MUST_CHECK;

/** FOLDER/NAME, where the scenario's files go; NULL when memory is out. */
const char *program_output_folder(struct program *program);

/** The plan that files are written for: the best, or the stack as written when none holds. */
const struct plan_outcome *program_chosen_plan(const struct result *result);

#endif
