/* prices import: take prices from an offer file of AWS's into the user's price tables. */
#include "reports/prices_report.h"
#include "sim/base/words.h"
#include "sim/command_statement.h"

#include <stdio.h>
#include <string.h>

static enum status write_report(struct program *program, const struct prices_report *report) {
    struct statement statement;
    if (program->cli.format == CLI_FORMAT_JSON)
        return prices_report_json(report, &program->out, &program->diagnostics);
    if (program->cli.format == CLI_FORMAT_CSV)
        return prices_report_csv(report, &program->out, &program->diagnostics);
    prices_report_make(&program->arena, report, &statement);
    return program_state(program, &statement);
}

/** Put the prices into the user's tables, unless there are none. */
static enum status replace_tables(struct program *program, const struct prices_import *prices,
                                  const char *folder) {
    struct prices_tables tables;
    enum status status =
        prices_tables_make(&program->arena, folder, prices, &tables, &program->diagnostics);
    bool any =
        tables.files[PRICES_FILE_EC2].written_anew || tables.files[PRICES_FILE_EBS].written_anew;
    if (status == STATUS_OK && any)
        status = prices_tables_write(&tables, folder, program_interrupted, &program->diagnostics);
    const struct prices_report report = {
        .prices = prices, .tables = &tables, .folder = folder, .written = any};
    if (status == STATUS_OK)
        status = program_answer(program, write_report(program, &report));
    prices_tables_fini(&tables);
    return status;
}

static enum status check_usage(struct program *program) {
    const struct cli *cli = &program->cli;
    char quoted[WORDS_QUOTE_BYTES];
    if (strcmp(cli->operands[0], "import") != 0) {
        enum status status = diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                                             "prices does not know %s",
                                             words_quote(quoted, sizeof quoted, cli->operands[0]));
        struct diagnostic *last = diagnostics_last(&program->diagnostics);
        if (last)
            snprintf(last->hint, sizeof last->hint, "did you mean simulate prices import FILE?");
        return status;
    }
    return program_check_statement_format(program, "prices import");
}

enum status command_prices(struct program *program, int *exit_status) {
    (void)exit_status;
    enum status status = check_usage(program);
    if (status == STATUS_OK)
        status = instance_table_shipped(&program->arena, &program->tables.instances,
                                        &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    const char *folder = prices_folder(&program->arena, program->cli.price_folder);
    if (!folder)
        return diagnostics_add(&program->diagnostics, STATUS_SYSTEM, NULL, 0, 0,
                               "no home folder is known to keep prices in: name one with --prices");
    const struct prices_import_input input = {
        .path = program->cli.operands[1],
        .instances = &program->tables.instances,
        .interrupted = program_interrupted,
        .progress = program_reading,
        .progress_context = program,
    };
    struct prices_import prices;
    status = prices_import_read(&input, &prices, &program->diagnostics);
    if (status == STATUS_OK)
        status = replace_tables(program, &prices, folder);
    prices_import_fini(&prices);
    return status;
}
