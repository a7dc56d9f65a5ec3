/* run, plan, emit and check: one scenario. */
#include "reports/charts.h"
#include "reports/report.h"
#include "sim/base/files.h"
#include "sim/command.h"
#include "stack/emit.h"
#include "stack/releases.h"

#include <stdlib.h>

/** The report in the format asked for, on standard output. */
static enum status print_report(struct program *program, const struct report *report,
                                const char *folder, const struct chart_set *charts) {
    struct diagnostics *diagnostics = &program->diagnostics;
    const struct report_text_options text = {program_terminal_width(), program_wants_color(program),
                                             folder};
    struct text *out = &program->out;
    struct text summary;
    enum status status = STATUS_OK;
    if (program->cli.quiet)
        return STATUS_OK;
    switch (program->cli.format) {
    case CLI_FORMAT_TEXT:
        status = report_text(report, &text, out, diagnostics);
        break;
    case CLI_FORMAT_JSON:
        status = report_json(report, out, diagnostics);
        break;
    case CLI_FORMAT_CSV:
        status = report_cost_csv(report, out, diagnostics);
        break;
    case CLI_FORMAT_MARKDOWN:
        status = report_markdown(report, out, diagnostics);
        break;
    case CLI_FORMAT_HTML:
        status = report_html(report, charts, out, diagnostics);
        break;
    case CLI_FORMAT_GITHUB:
        text_init(&summary);
        status = report_github(report, &summary, out, diagnostics);
        if (status == STATUS_OK && getenv("GITHUB_STEP_SUMMARY"))
            status = file_append_text(getenv("GITHUB_STEP_SUMMARY"), &summary, diagnostics);
        text_fini(&summary);
        break;
    }
    return status == STATUS_OK ? program_print(program) : status;
}

static enum status run(struct program *program, bool write_files, int *exit_status) {
    enum status status = program_load(program, program->cli.operands[0]);
    if (status == STATUS_OK)
        status = program_simulate(program, true);
    if (status != STATUS_OK)
        return status;
    const struct result *result = program->result;
    const struct report report = {result, &program->tables.calibration, program->cli.strict};
    const char *folder = write_files ? program_output_folder(program) : NULL;
    struct chart_set charts = {0};
    if (write_files && !folder)
        return diagnostics_out_of_memory(&program->diagnostics, "the output folder");
    if (write_files)
        status = charts_make(result, &charts, &program->diagnostics);
    else if (program->cli.format == CLI_FORMAT_HTML)
        status = charts_make_svg(result, &charts, &program->diagnostics);
    if (status == STATUS_OK && write_files) {
        status = report_write_files(&report, &charts, folder, &program->diagnostics);
        if (status == STATUS_OK)
            status = emit_plan(program->scenario, program_chosen_plan(result), folder,
                               &program->diagnostics);
    }
    if (status == STATUS_OK)
        status = print_report(program, &report, folder, &charts);
    chart_set_fini(&charts);
    bool holds = program->cli.strict ? result->as_written->holds : result->holds;
    *exit_status = holds ? EXIT_SUCCESS : EXIT_MISSED;
    return status;
}

enum status command_run(struct program *program, int *exit_status) {
    return run(program, true, exit_status);
}

enum status command_plan(struct program *program, int *exit_status) {
    return run(program, false, exit_status);
}

/** Commands that say a word or two: nobody's script shall take that for the format it asked for. */
static bool wants_words(const struct program *program) {
    return program->cli.format == CLI_FORMAT_TEXT || program->cli.format == CLI_FORMAT_GITHUB;
}

static void print_emitted(struct program *program, const char *folder) {
    const char *warning = releases_warning(program->scenario->stack.agent_kind);
    text_print(&program->out, "wrote values, manifests and dashboards to %s for the %s\n", folder,
               program->result->best ? "best plan" : "stack as written; no plan holds");
    if (warning)
        text_print(&program->out, "%s\n", warning);
}

enum status command_emit(struct program *program, int *exit_status) {
    (void)exit_status;
    if (!wants_words(program))
        return program_usage(program, "emit prints text or github");
    enum status status = program_load(program, program->cli.operands[0]);
    if (status == STATUS_OK)
        status = program_simulate(program, false);
    if (status != STATUS_OK)
        return status;
    const char *folder = program_output_folder(program);
    if (!folder)
        return diagnostics_out_of_memory(&program->diagnostics, "the output folder");
    status = emit_plan(program->scenario, program_chosen_plan(program->result), folder,
                       &program->diagnostics);
    if (status == STATUS_OK && !program->cli.quiet)
        print_emitted(program, folder);
    return status == STATUS_OK ? program_print(program) : status;
}

enum status command_check(struct program *program, int *exit_status) {
    (void)exit_status;
    if (!wants_words(program))
        return program_usage(program, "check prints text or github");
    enum status status = program_load(program, program->cli.operands[0]);
    if (status == STATUS_OK && !program->cli.quiet)
        text_print(&program->out, "%s: valid\n", program->cli.operands[0]);
    return status == STATUS_OK ? program_print(program) : status;
}
