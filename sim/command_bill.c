/* bill: an AWS bill beside what the stack as written is predicted to cost. */
#include "reports/invoice_report.h"
#include "sim/command_statement.h"
#include "stack/names.h"

#include <string.h>

static bool show_simulating(double done, void *context) {
    return program_progress(context, "simulating", done);
}

static enum status write_report(struct program *program, const struct invoice_report *report) {
    struct statement statement;
    if (program->cli.format == CLI_FORMAT_JSON)
        return invoice_report_json(report, &program->out, &program->diagnostics);
    if (program->cli.format == CLI_FORMAT_CSV)
        return invoice_report_csv(report, &program->out, &program->diagnostics);
    invoice_report_make(&program->arena, report, &statement);
    return program_state(program, &statement);
}

/** Simulate the stack as written alone and compare. */
static enum status compare(struct program *program, const struct invoice *invoice) {
    const struct run_options options = {
        .threads = program->cli.threads, .progress = show_simulating, .progress_context = program};
    struct invoice_comparison comparison;
    enum status status = run_scenario(program->scenario, &program->tables, &options,
                                      &program->result, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct invoice_compare_input input = {
        .invoice = invoice,
        .scenario = program->scenario,
        .outcome = program->result->as_written,
        .space = STACK_NAMESPACE,
        .arena = &program->arena,
    };
    status = invoice_compare(&input, &comparison, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    const struct invoice_report report = {&comparison, program->scenario, input.outcome};
    return program_answer(program, write_report(program, &report));
}

static enum status check_usage(struct program *program) {
    const struct cli *cli = &program->cli;
    if (strcmp(cli->operands[0], "-") == 0 && strcmp(cli->operands[1], "-") == 0)
        return program_usage(program, "only one of bill and scenario can be standard input");
    return program_check_statement_format(program, "bill");
}

enum status command_bill(struct program *program, int *exit_status) {
    (void)exit_status;
    const struct invoice_input input = {
        .path = program->cli.operands[0],
        .interrupted = program_interrupted,
        .progress = program_reading,
        .progress_context = program,
    };
    struct invoice invoice = {0};
    enum status status = check_usage(program);
    /* A scenario is checked in a moment, a bill may take minutes. */
    if (status == STATUS_OK)
        status = program_load(program, program->cli.operands[1]);
    if (status == STATUS_OK)
        status = invoice_read(&input, &invoice, &program->diagnostics);
    if (status == STATUS_OK)
        status = compare(program, &invoice);
    invoice_fini(&invoice);
    return status;
}
