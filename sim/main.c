/* The program: from the command line to a command, and from its status to an exit status. */
#include "reports/report.h"
#include "sim/base/diagnostic_print.h"
#include "sim/command.h"
#include "sim/predict.h"
#include "sim/prices_import_tables.h"
#include "sim/sweep_mpi.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_INTERRUPTED = 130 };

/* Whichever thread takes the signal sets them, all read them: too much for sig_atomic_t. */
static atomic_bool interrupted, terminated;

static void on_interrupt(int number) {
    (void)number;
    interrupted = true;
}

/** mpirun ends rank 0 this way, as when another rank dies. */
static void on_terminate(int number) {
    (void)number;
    interrupted = terminated = true;
}

bool program_interrupted(void) {
    return interrupted;
}

/* clang-format off: one a line, so that adding one changes one. */
static command_function *const commands[] = {
    [CLI_RUN] = command_run,
    [CLI_CHECK] = command_check,
    [CLI_PLAN] = command_plan,
    [CLI_EMIT] = command_emit,
    [CLI_DEPLOY] = command_deploy,
    [CLI_VERIFY] = command_verify,
    [CLI_SWEEP] = command_sweep,
    [CLI_DIFF] = command_diff,
    [CLI_PREDICT] = command_predict,
    [CLI_SAMPLE] = command_sample,
    [CLI_CALIBRATE] = command_calibrate,
    [CLI_PRICES] = command_prices,
    [CLI_BILL] = command_bill,
    [CLI_EXPLAIN] = command_explain,
    [CLI_INIT] = command_init,
    [CLI_SCHEMA] = command_schema,
    [CLI_REFERENCE] = command_reference,
    [CLI_COMPLETION] = command_completion,
    [CLI_MANUAL] = command_manual,
};
/* clang-format on */
_Static_assert(sizeof commands / sizeof *commands == CLI_COMMAND_COUNT, "a command is missing");

static enum status dispatch(struct program *program, int *exit_status) {
    if (sweep_mpi_size() > 1 && program->cli.command != CLI_SWEEP)
        return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "only sweep runs on several ranks");
    return commands[program->cli.command](program, exit_status);
}

static enum status help(struct program *program) {
    const struct cli *cli = &program->cli;
    if (!cli->command_given)
        cli_write_help(&program->out);
    else if (cli->command == CLI_PREDICT)
        predict_write_keys(cli->operand_count > 0 ? cli->operands[0] : NULL, &program->out);
    else
        cli_write_command_help(cli->command, &program->out);
    return program_print(program);
}

/** Diagnostics to standard error, and as annotations where GitHub reads standard output. */
static void print_diagnostics(const struct program *program) {
    struct text text;
    if (sweep_mpi_rank() > 0)
        return;
    program_progress_line(program, NULL);
    text_init(&text);
    if (program->cli.format == CLI_FORMAT_GITHUB) {
        report_github_diagnostics(&program->diagnostics, &text);
        if (text.data)
            fputs(text.data, stdout);
        text_fini(&text);
    }
    diagnostics_print(&text, &program->diagnostics);
    if (text.data)
        fprintf(stderr, "simulate: %s", text.data);
    text_fini(&text);
}

static void program_fini(struct program *program) {
    result_free(program->result);
    scenario_free(program->scenario);
    text_fini(&program->out);
    cli_fini(&program->cli);
    arena_fini(&program->arena);
}

/** The user's own prices, where there are any and no other folder is named. */
static void take_users_prices(struct program *program) {
    if (program->cli.price_folder)
        return;
    const char *folder = prices_folder(&program->arena, NULL);
    if (folder && prices_folder_has_tables(folder))
        program->cli.price_folder = folder;
}

static enum status answer(struct program *program, int argc, char *argv[], int *exit_status) {
    enum status status = cli_parse(argc, argv, &program->cli, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    if (program->cli.help)
        return help(program);
    if (program->cli.version) {
        text_print(&program->out, "simulate %s\n", program->version);
        return program_print(program);
    }
    take_users_prices(program);
    return dispatch(program, exit_status);
}

/** Ranks that wait for this one are ended by mpirun when it does not say goodbye. */
static int conclude(struct program *program, enum status status, int exit_status) {
    if (status == STATUS_OK) {
        sweep_mpi_end();
        return exit_status;
    }
    diagnostics_sort(&program->diagnostics);
    print_diagnostics(program);
    return terminated    ? status_exit(STATUS_EXTERNAL)
           : interrupted ? EXIT_INTERRUPTED
                         : status_exit(status);
}

int main(int argc, char *argv[]) {
    static struct program program = {.version = SIMULATE_VERSION};
    int exit_status = EXIT_SUCCESS;
    enum status status = STATUS_OK;
    gsl_set_error_handler_off();
    arena_init(&program.arena);
    text_init(&program.out);
    diagnostics_init(&program.diagnostics);
    int watched = sweep_mpi_watch(&program.diagnostics);
    if (watched >= 0) {
        print_diagnostics(&program);
        return watched;
    }
    signal(SIGINT, on_interrupt);
    if (!sweep_mpi_start())
        status = diagnostics_add(&program.diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                 "MPI does not start");
    if (sweep_mpi_size() > 1 && sweep_mpi_rank() == 0)
        signal(SIGTERM, on_terminate);
    if (status == STATUS_OK)
        status = answer(&program, argc, argv, &exit_status);
    exit_status = conclude(&program, status, exit_status);
    program_fini(&program);
    return exit_status;
}
