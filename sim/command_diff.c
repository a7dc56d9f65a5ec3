/* diff: two scenarios, or two results. */
#include "reports/diff.h"
#include "sim/base/files.h"
#include "sim/command.h"

#include <stdlib.h>
#include <string.h>

/** Simulate a scenario for its side of a comparison. */
static enum status simulate_side(struct program *program, const char *name, const char *bytes,
                                 size_t length, struct diff_side *side) {
    enum status status = program_load_tables(program);
    if (status == STATUS_OK)
        status =
            scenario_parse(name, bytes, length, program->cli.overrides, program->cli.override_count,
                           program->tables.prices, &program->tables.instances, &program->scenario,
                           &program->diagnostics);
    if (status == STATUS_OK)
        status = program_simulate(program, false);
    const struct report report = {program->result, &program->tables.calibration, false};
    if (status == STATUS_OK)
        status = diff_side_of_report(name, &report, &program->arena, side, &program->diagnostics);
    result_free(program->result);
    scenario_free(program->scenario);
    program->result = NULL;
    program->scenario = NULL;
    return status;
}

/** A result.json as it is, or a scenario, which is simulated. */
static enum status load_side(struct program *program, const char *operand, bool *simulated,
                             struct diff_side **side) {
    const char *name = strcmp(operand, "-") == 0 ? "<stdin>" : operand;
    char *bytes;
    size_t length;
    *side = arena_take(&program->arena, sizeof **side);
    if (!*side)
        return diagnostics_out_of_memory(&program->diagnostics, "the comparison");
    enum status status =
        file_read(&program->arena, operand, DIFF_BYTES_MAX, &bytes, &length, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    if (diff_is_result(name, bytes, length))
        return diff_side_read(name, bytes, length, &program->arena, *side, &program->diagnostics);
    *simulated = true;
    return simulate_side(program, name, bytes, length, *side);
}

static enum status print_diff(struct program *program, const struct diff *diff) {
    const struct report_text_options text = {program_terminal_width(), program_wants_color(program),
                                             NULL};
    enum status status;
    if (program->cli.quiet)
        return STATUS_OK;
    if (program->cli.format == CLI_FORMAT_JSON)
        status = diff_json(diff, &program->out, &program->diagnostics);
    else if (program->cli.format == CLI_FORMAT_MARKDOWN)
        status = diff_markdown(diff, &program->out, &program->diagnostics);
    else
        status = diff_text(diff, &text, &program->out, &program->diagnostics);
    return status == STATUS_OK ? program_print(program) : status;
}

enum status command_diff(struct program *program, int *exit_status) {
    const struct cli *cli = &program->cli;
    struct diff_side *a, *b;
    struct diff diff;
    bool simulated = false;
    if (cli->format != CLI_FORMAT_TEXT && cli->format != CLI_FORMAT_JSON &&
        cli->format != CLI_FORMAT_MARKDOWN)
        return program_usage(program, "diff prints text, json or markdown");
    if (strcmp(cli->operands[0], "-") == 0 && strcmp(cli->operands[1], "-") == 0)
        return program_usage(program, "only one side of a diff can be standard input");
    enum status status = load_side(program, cli->operands[0], &simulated, &a);
    if (status == STATUS_OK)
        status = load_side(program, cli->operands[1], &simulated, &b);
    if (status == STATUS_OK && !simulated && cli->override_count > 0)
        status = program_usage(program, "--set, --seed and --replicas change scenarios; both sides "
                                        "are finished results");
    if (status == STATUS_OK)
        status = diff_make(a, b, &program->arena, &diff, &program->diagnostics);
    if (status == STATUS_OK)
        status = print_diff(program, &diff);
    if (status == STATUS_OK)
        *exit_status = diff.worse ? EXIT_MISSED : EXIT_SUCCESS;
    return status;
}
